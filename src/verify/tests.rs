//! What the gate refuses of what the renderer gives it; what it finds in a text alone is tested by `tests/verify.rs`.

use super::*;
use crate::rules::Patterns;
use crate::text::Span;

const BANNER: &str = "SECRET//REL TO USA, FVEY";

/// Runs the gate over kept and inserted pieces; what is kept is all of the source.
fn verdict(pieces: &[(&str, bool)], removed: &[&str]) -> Verdict {
    let source: String = pieces.iter().filter(|(_, kept)| *kept).map(|(text, _)| *text).collect();
    verdict_of(&source, Candidate::of_pieces(pieces), removed)
}

/// Runs the gate over what is said to be a release of a source.
fn verdict_of(source: &str, candidate: Candidate, removed: &[&str]) -> Verdict {
    let patterns = Patterns::built_in();
    let (rules, mut policy) = (patterns.build().unwrap(), Policy::load(&patterns, None).unwrap());
    policy.authority.derived_from = Some("Multiple Sources".to_owned());
    let audience = Audience::parse("FVEY", &policy).unwrap();
    let banner = crate::marking::parse(BANNER, crate::marking::Form::Banner).marking;
    let removed = Removed::new(removed.iter().map(|&word| word.to_owned()).collect());
    let document = Document::parse(SourceText::new(source.to_owned()), Format::Markdown);
    let marks = Marks::of(&document, None);
    let report = Report { document: &document, marks: &marks, let_out: &[], decided: &["by Friday evening"] };
    let gate = Gate {
        rules: &rules,
        policy: &policy,
        audience: &audience,
        assume: None,
        banner: Some(&banner),
        removed: &removed,
        report: Some(report),
        decided: &[],
        memory: &Memory::default(),
    };
    verify(candidate, Format::Markdown, &gate)
}

/// A release of which each run is said to be the source bytes at a place, or to stand in place of them.
fn claimed(runs: &[(&str, std::ops::Range<usize>, bool)]) -> Candidate {
    Candidate::of_claims(
        runs.iter().map(|(text, source, kept)| (*text, Span::new(source.start, source.end), *kept)),
    )
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
    for known in ["IT ", "Available information", "THE", "(U)", "12", "by Friday evening"] {
        assert_eq!(refused_by(&with(known)), [""; 0], "{known}");
    }
    for unknown in [
        "Then",
        "Available",
        "information indicates",
        "available information indicates that he",
        "40417",
        "4 of 7",
        "Derived From: Somebody",
        "(X//Y)",
        "desk officer",
    ] {
        let verdict = with(unknown);
        assert!(refused_by(&verdict).contains(&"origin"), "{unknown}: {:?}", refused_by(&verdict));
        assert!(!verdict.leaks.is_empty(), "the place of the insertion");
    }
}

#[test]
fn a_broken_plan_does_not_pass() {
    let source = format!(
        "{BANNER}\n\n(S//REL TO USA, FVEY) The quay at Dravik closes on 3 May.\n\n(S//NF) A ledger burns.\n"
    );
    let head = source.find("The quay").unwrap();
    let open = source.find("\n\n(S//NF)").unwrap();
    let secret = source.find("A ledger").unwrap();
    let release =
        |runs: &[(&str, std::ops::Range<usize>, bool)]| refused_by(&verdict_of(&source, claimed(runs), &[]));
    let (start, quay, ledger) = (&source[..head], &source[head..open], &source[secret..]);
    assert_eq!(release(&[(&source[..open], 0..open, true)]), [""; 0]);
    for (broken, runs) in [
        (
            "withheld bytes under another mark",
            vec![(start, 0..head, true), (ledger, secret..source.len(), true)],
        ),
        (
            "other bytes than the source's",
            vec![(start, 0..head, true), ("The quay at Dravik closes on 4 May.", head..open, true)],
        ),
        (
            "bytes of no place",
            vec![(start, 0..head, true), (quay, source.len() + 4..source.len() + 4 + quay.len(), true)],
        ),
        ("an order of its own", vec![(quay, head..open, true), (start, 0..head, true)]),
        ("withheld words as if put in", vec![(start, 0..head, true), (ledger, head..open, false)]),
    ] {
        assert!(release(&runs).contains(&"origin"), "{broken}: {:?}", release(&runs));
    }
}

#[test]
fn a_release_is_built_like_its_report() {
    let source = format!(
        "{BANNER}\n\n(U) The quay closes. Two ships left.\n\n(U) The ferry runs.\n\n| (U) Ship | (U) Port |\n|---|---|\n| (U) Ashir | (U) Kesh |\n| (U) Borum | (U) Ruun |\n\n```\n(U) code\n```\n\n1. (U) One\n2. (U) Two\n"
    );
    // The source with some of its bytes replaced.
    let with = |changes: &[(&str, &str)]| {
        let (mut runs, mut at) = (Vec::new(), 0);
        for (old, new) in changes {
            let from = at + source[at..].find(old).unwrap();
            runs.push((&source[at..from], at..from, true));
            runs.push((*new, from..from + old.len(), false));
            at = from + old.len();
        }
        runs.push((&source[at..], at..source.len(), true));
        runs.retain(|(text, ..)| !text.is_empty());
        refused_by(&verdict_of(&source, claimed(&runs), &[]))
    };
    assert_eq!(with(&[]), [""; 0]);
    assert_eq!(with(&[("| (U) Borum | (U) Ruun |\n", "")]), [""; 0]);
    for (what, changes) in [
        ("two portions out of one", &[(". Two", ".\n\n(U) Two")][..]),
        ("one portion out of two", &[(".\n\n(U) The ferry", ". The ferry")]),
        ("a heading out of a paragraph", &[("(U) The quay", "# (U) The quay")]),
        ("code out of a paragraph", &[("(U) The ferry", "    (U) The ferry")]),
        ("a cell in another column", &[("(U) Borum | ", "")]),
        ("an open fence", &[("\n```\n\n1", "\n\n1")]),
        ("a gap in the numbers", &[("2. (U) Two", "4. (U) Two")]),
        ("an empty item", &[("(U) One", "")]),
        ("an open footnote", &[("closes.", "closes.[^9]")]),
        ("a number of no note", &[("closes.", "closes.[9]")]),
    ] {
        assert!(with(changes).contains(&"structure"), "{what}: {:?}", with(changes));
    }
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
