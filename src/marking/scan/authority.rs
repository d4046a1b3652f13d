//! The lines of a classification authority block (E; 32 CFR 2001.21 to 26).

use std::ops::Range;

/// What a line of a classification authority block says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuthorityLabel {
    /// Who classified it.
    ClassifiedBy,
    /// What a derivative classification rests on.
    DerivedFrom,
    /// The reason of an original classification.
    Reason,
    /// When the classification ends.
    DeclassifyOn,
}

impl AuthorityLabel {
    /// The label as it is printed.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ClassifiedBy => "Classified By",
            Self::DerivedFrom => "Derived From",
            Self::Reason => "Reason",
            Self::DeclassifyOn => "Declassify On",
        }
    }
}

/// A line of a classification authority block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityField {
    /// What the line says.
    pub label: AuthorityLabel,
    /// Bytes of the value in the line, white space around it left out.
    pub value: Range<usize>,
}

/// Labels in capitals, longer ones before their beginnings. The second says whether a label in capitals counts
/// without its colon, as in older reports.
const LABELS: [(&str, AuthorityLabel, bool); 16] = [
    ("CLASSIFICATION REASON", AuthorityLabel::Reason, false),
    ("CLASSIFIED BY", AuthorityLabel::ClassifiedBy, true),
    ("CLASS BY", AuthorityLabel::ClassifiedBy, true),
    ("CL BY", AuthorityLabel::ClassifiedBy, true),
    ("DERIVED FROM", AuthorityLabel::DerivedFrom, true),
    ("DERV FROM", AuthorityLabel::DerivedFrom, true),
    ("DRV FROM", AuthorityLabel::DerivedFrom, true),
    ("DRV FRM", AuthorityLabel::DerivedFrom, true),
    ("REASON FOR CLASSIFICATION", AuthorityLabel::Reason, false),
    ("REASON", AuthorityLabel::Reason, false),
    ("CL REASON", AuthorityLabel::Reason, false),
    ("DECLASSIFY ON", AuthorityLabel::DeclassifyOn, true),
    ("DECLASSIFICATION DATE", AuthorityLabel::DeclassifyOn, false),
    ("DECLASS ON", AuthorityLabel::DeclassifyOn, true),
    ("DECLAS ON", AuthorityLabel::DeclassifyOn, true),
    ("DECL ON", AuthorityLabel::DeclassifyOn, true),
];

/// Is `line` one of a classification authority block? Emphasis must already be stripped, but for what stands at the
/// line's edges.
#[must_use]
pub fn authority_line(line: &str) -> Option<AuthorityField> {
    let edge = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '>');
    let start = line.len() - line.trim_start_matches(edge).len();
    let body = &line[start..];
    LABELS.iter().find_map(|&(text, label, bare)| {
        let head = body.get(..text.len()).filter(|head| head.eq_ignore_ascii_case(text))?;
        let after = body[text.len()..].trim_start_matches(edge);
        let value = match after.strip_prefix(':') {
            Some(value) => value,
            None if bare && head == text && after.len() < body.len() - text.len() => after,
            None => return None,
        };
        let value = value.trim_start_matches(edge);
        let start = line.len() - value.len();
        let end = start + value.trim_end_matches(edge).len();
        Some(AuthorityField { label, value: start..end })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_lines_of_a_block() {
        let field = |line: &'static str| authority_line(line).map(|field| (field.label, &line[field.value]));
        assert_eq!(field("Classified By: 4410087"), Some((AuthorityLabel::ClassifiedBy, "4410087")));
        assert_eq!(field("**Derived From:** Multiple Sources"), Some((AuthorityLabel::DerivedFrom, "Multiple Sources")));
        assert_eq!(field("DECL ON: X1 "), Some((AuthorityLabel::DeclassifyOn, "X1")));
        assert_eq!(field("CL BY 011981"), Some((AuthorityLabel::ClassifiedBy, "011981")));
        assert_eq!(field("Declassify On:"), Some((AuthorityLabel::DeclassifyOn, "")));
        assert_eq!(field("Classified by the ministry as secret"), None);
        assert_eq!(field("The reason: money"), None);
    }
}
