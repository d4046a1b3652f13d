//! Banner lines and the lines of a classification authority block.

use std::ops::Range;

use super::Condition;

/// The place of a banner in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BannerSite {
    /// Bytes of the marking itself: labels, page numbers and white space around it left out.
    pub range: Range<usize>,
    /// In what state it is.
    pub condition: Condition,
}

/// Is the whole of `line` a banner or page mark? Emphasis must already be stripped.
#[must_use]
pub fn banner_line(line: &str) -> Option<BannerSite> {
    const LEVELS: [&str; 7] =
        ["TOP SECRET", "SECRET", "CONFIDENTIAL", "UNCLASSIFIED", "CUI", "//JOINT", "CLASSIFICATION:"];
    let start = line.len() - line.trim_start().len();
    let body = line.trim();
    let level = LEVELS.iter().find(|level| body.starts_with(**level))?;
    let rest = &body[level.len()..];
    (rest.is_empty() || rest.starts_with("//") || level.ends_with(':') || level.starts_with('/'))
        .then(|| BannerSite { range: start..start + body.len(), condition: Condition::Sound })
}

/// What a line of a classification authority block says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuthorityLabel {
    /// Who classified it.
    ClassifiedBy,
    /// The source of a derivative classification.
    DerivedFrom,
    /// The reason of an original classification.
    Reason,
    /// When it ends.
    DeclassifyOn,
}

/// A line of a classification authority block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityField {
    /// What the line says.
    pub label: AuthorityLabel,
    /// Bytes of the value in the line, white space around it left out.
    pub value: Range<usize>,
}

/// Is `line` one of a classification authority block? Emphasis must already be stripped.
#[must_use]
pub fn authority_line(line: &str) -> Option<AuthorityField> {
    const LABELS: [(&str, AuthorityLabel); 4] = [
        ("classified by:", AuthorityLabel::ClassifiedBy),
        ("derived from:", AuthorityLabel::DerivedFrom),
        ("reason:", AuthorityLabel::Reason),
        ("declassify on:", AuthorityLabel::DeclassifyOn),
    ];
    let start = line.len() - line.trim_start().len();
    let (text, label) = LABELS.iter().find(|(text, _)| {
        line.get(start..start + text.len()).is_some_and(|head| head.eq_ignore_ascii_case(text))
    })?;
    let after = &line[start + text.len()..];
    let value = line.len() - after.trim_start().len();
    Some(AuthorityField { label: *label, value: value..value.max(line.trim_end().len()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_banners_and_authority_lines() {
        assert_eq!(banner_line(" SECRET//NOFORN ").map(|b| b.range), Some(1..15));
        assert_eq!(banner_line("SECRET meetings were held"), None);
        let field = authority_line("Derived From:  Multiple Sources").expect("an authority line");
        assert_eq!((field.label, field.value), (AuthorityLabel::DerivedFrom, 15..31));
    }
}
