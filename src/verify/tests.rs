//! What the gate refuses of what the renderer gives it; what it finds in a text alone is tested by `tests/verify.rs`.

use super::*;
use crate::rules::Patterns;
use crate::text::Span;

const BANNER: &str = "SECRET//REL TO USA, FVEY";

/// Runs the gate over kept and inserted pieces.
fn verdict(pieces: &[(&str, bool)], removed: &[&str]) -> Verdict {
    let patterns = Patterns::built_in();
    let (rules, policy) = (patterns.build().unwrap(), Policy::load(&patterns, None).unwrap());
    let audience = Audience::parse("FVEY", &policy).unwrap();
    let banner = crate::marking::parse(BANNER, crate::marking::Form::Banner).marking;
    let removed = Removed::new(removed.iter().map(|&word| word.to_owned()).collect());
    let gate = Gate {
        rules: &rules,
        policy: &policy,
        audience: &audience,
        assume: None,
        banner: Some(&banner),
        removed: &removed,
        origins: &["Available information indicates that"],
        decided: &[],
        memory: &Memory::default(),
    };
    verify(Candidate::of_pieces(pieces), Format::Markdown, &gate)
}

fn refused_by(verdict: &Verdict) -> Vec<&'static str> {
    assert_eq!(verdict.release.is_none(), verdict.checks.iter().any(|check| !check.ok));
    verdict.checks.iter().filter(|check| !check.ok).map(|check| check.name).collect()
}

#[test]
fn inserted_text_needs_an_origin() {
    let head = format!("{BANNER}\n\n(S//REL TO USA, FVEY) ");
    let with =
        |inserted: &str| verdict(&[(&head, true), (inserted, false), (" the harbour closes.\n", true)], &[]);
    let known = with("Available information indicates that");
    assert_eq!(refused_by(&known), [""; 0]);
    assert!(known.release.is_some_and(|release| release.text().contains("indicates that the harbour")));
    assert_eq!(refused_by(&with("1. ")), [""; 0], "numbers and white space mend structure");
    let unknown = with("Then");
    assert_eq!(refused_by(&unknown), ["origin"]);
    assert_eq!(unknown.leaks.len(), 1, "the place of the insertion");
}

#[test]
fn a_leak_is_led_back_to_the_source() {
    let head = format!("{BANNER}\n\n(S//REL TO USA, FVEY) The quay of ");
    let verdict = verdict(&[(&head, true), ("Zarn-\nholt closes.\n", true)], &["Zarnholt"]);
    assert_eq!(refused_by(&verdict), ["residue"]);
    let start = head.len();
    assert_eq!(verdict.leaks, [Span::new(start, start + "Zarn-\nholt".len())]);
    let detail = &verdict.checks.iter().find(|check| check.name == "residue").unwrap().detail;
    assert!(detail.starts_with("line 3 column 35: ") && !detail.contains("holt"), "{detail}");
}
