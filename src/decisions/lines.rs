//! Decisions as JSON Lines, one a line in the order they were made.

use super::decision::{Decision, Fault, Line};

/// Why a file of decisions cannot be read. Quotes nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// The line is no JSON object with the fields of a decision.
    #[error(
        "line {line} column {column}: not a decision; expected an object with source, audience, edit or portion, decision, by, at"
    )]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The fields do not make a decision.
    #[error("line {line}: {fault}")]
    Fault {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        fault: Fault,
    },
}

/// Reads decisions; blank lines are passed over.
///
/// # Errors
/// At the first line that is no decision.
pub fn parse(text: &str) -> Result<Vec<Decision>, LinesError> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| parse_line(line, index + 1))
        .collect()
}

fn parse_line(text: &str, line: usize) -> Result<Decision, LinesError> {
    let fields: Line = serde_json::from_str(text)
        .map_err(|error| LinesError::Syntax { line, column: error.column().max(1) })?;
    Decision::try_from(fields).map_err(|fault| LinesError::Fault { line, fault })
}

/// Writes decisions, a line each.
#[must_use]
pub fn write<'d>(decisions: impl IntoIterator<Item = &'d Decision>) -> String {
    decisions.into_iter().map(|decision| line(decision) + "\n").collect()
}

/// One decision as a line without its end.
pub(crate) fn line(decision: &Decision) -> String {
    serde_json::to_string(decision).expect("a decision is plain data")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCEPT: &str = r#"{"source":"a.md","audience":"*","scope":"one","edit":"e1","decision":"accept","by":"R. Ames","at":"2026-01-31T09:00:00Z","reason":""}"#;

    #[test]
    fn a_line_comes_back_as_it_was() {
        let lines = [
            ACCEPT,
            r#"{"source":"a.md","audience":"FVEY","scope":"equal","edit":"e1","equal":"q","decision":"reword","text":"a man","by":"R","at":"2026-01-31T09:00:00Z","reason":"r"}"#,
            r#"{"source":"a.md","audience":"FVEY","scope":"one","edit":"e1","decision":"mark","start":3,"end":9,"category":"humint","by":"R","at":"2026-01-31T09:00:00Z","reason":""}"#,
            r#"{"source":"a.md","audience":"FVEY","portion":"p1","decision":"release","mark":"(U)","text":"t","by":"R","at":"2026-01-31T09:00:00Z","reason":"r","authority":"FDO 7"}"#,
        ];
        for line in lines {
            assert_eq!(write(&parse(line).unwrap()).trim_end(), line);
        }
    }

    #[test]
    fn what_is_owed_is_asked_for_and_nothing_is_quoted() {
        let fault = |from: &str, to: &str| parse(&ACCEPT.replace(from, to)).unwrap_err().to_string();
        assert_eq!(fault(r#""accept""#, r#""reject""#), "line 1: `reason` is missing or empty");
        assert_eq!(fault("R. Ames", " "), "line 1: `by` is missing or empty");
        assert!(fault("2026-01-31T09:00:00Z", "yesterday").contains("RFC 3339"));
        assert!(fault(r#""edit":"e1","#, "").contains("exactly one of"));
        assert!(fault(r#""accept""#, r#""release""#).contains("`authority`"));
        let unknown = fault(r#""accept""#, r#""HEARSAY""#);
        assert!(unknown.contains("line 1 column") && !unknown.contains("HEARSAY"), "{unknown}");
    }
}
