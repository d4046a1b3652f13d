//! Annotations of GitHub Actions: a workflow command a line.

use super::Run;
use crate::lint::{Checked, Diagnostic, Severity};

pub(super) fn render(run: &Run<'_>) -> String {
    let mut out: String = run.active().map(|(file, diagnostic)| command(run, file, diagnostic)).collect();
    for (path, reason) in run.failed {
        out.push_str(&format!("::error file={}::{}\n", property(path), data(reason)));
    }
    out
}

fn command(run: &Run<'_>, file: &Checked, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::Off => "notice",
    };
    let (start, end) = (diagnostic.place.start, diagnostic.place.end);
    // A column is shown only for places on one line.
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    let help = diagnostic.help.as_deref().unwrap_or(&run.catalog.rule(diagnostic.lint).fix);
    format!(
        "::{level} file={},line={},endLine={}{columns},title={}::{}\n",
        property(&file.path),
        start.line,
        end.line,
        property(diagnostic.lint.id()),
        data(&format!("{}\n{help}", diagnostic.message)),
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn commands_are_escaped() {
        assert_eq!(data("50%\r\nof"), "50%25%0D%0Aof");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
