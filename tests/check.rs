//! The rules of `check` through the public API: a fixture for each, its findings in every format, and what must hold for all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};

use jiff::civil::date;
use proptest::prelude::*;
use tearline::lint::{
    Baseline, Catalog, Checked, Lint, Linter, Settings, Severities, Severity, Suppressed, Terms, fixed,
};
use tearline::report::{Format, Run, Style, render};
use tearline::rules::Patterns;
use tearline::{Audience, Policy, SourceText};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A linter of the rules alone: what the statistical reader finds changes with each training.
fn linter(change: impl FnOnce(&mut Settings, &Policy)) -> Linter {
    let mut patterns = Patterns::built_in();
    patterns.without_reader();
    let policy = Policy::load(&patterns, None).unwrap();
    let mut settings = Settings::new(Severities::new(&Catalog::load(&patterns).unwrap()));
    settings.key = Some([7; 32]);
    change(&mut settings, &policy);
    Linter::new(&patterns, policy, settings).unwrap()
}

fn fixtures() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("fixtures/check")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "md"));
    files.sort();
    files
}

fn text(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

fn check(linter: &Linter, name: &str, text: &str) -> Checked {
    linter.check(name, SourceText::new(text.to_owned()), tearline::Format::Markdown)
}

/// All fixtures, and the baseline with what is wrong with it.
fn all(linter: &Linter) -> Vec<Checked> {
    let mut files: Vec<Checked> =
        fixtures().iter().map(|file| check(linter, &name(file), &text(file))).collect();
    let baseline = text(&root().join("fixtures/check/baseline.jsonl"));
    let baseline = Baseline::parse(&baseline).unwrap();
    let mut reports: Vec<(String, &mut Checked)> =
        files.iter_mut().map(|checked| (checked.path.clone(), checked)).collect();
    let own = baseline.apply("baseline.jsonl", &mut reports, date(2026, 11, 22), linter.settings());
    files.push(own);
    files
}

fn shown(linter: &Linter, files: &[Checked], format: Format, show_text: bool) -> String {
    let failed = [("broken.md".to_owned(), "not UTF-8 at byte 3".to_owned())];
    let run = Run { files, failed: &failed, catalog: linter.catalog() };
    render(&run, format, Style { show_text, ..Style::default() })
}

const FORMATS: [(Format, &str); 5] = [
    (Format::Json, "json"),
    (Format::Sarif, "sarif"),
    (Format::Github, "github"),
    (Format::Junit, "junit"),
    (Format::Markdown, "markdown"),
];

#[test]
fn every_rule_has_a_fixture_on_which_it_fires() {
    let linter = linter(|_, _| {});
    let files = all(&linter);
    for &lint in Lint::ALL {
        let own = files.iter().filter(|file| file.path.starts_with(lint.id()) || lint.family() == "baseline");
        let fires = own.flat_map(|file| &file.diagnostics).any(|diagnostic| diagnostic.lint == lint);
        assert!(fires, "{lint} does not fire on its fixture");
    }
}

#[test]
fn findings_are_as_they_were_in_every_format() {
    let linter = linter(|_, _| {});
    let files = all(&linter);
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        for file in &files {
            let one = std::slice::from_ref(file);
            let run = Run { files: one, failed: &[], catalog: linter.catalog() };
            let text = render(&run, Format::Text, Style { show_text: true, ..Style::default() });
            insta::assert_snapshot!(format!("check-{}", file.path.trim_end_matches(".md")), text);
        }
        insta::assert_snapshot!("check-format-text", shown(&linter, &files, Format::Text, false));
        for (format, name) in FORMATS {
            insta::assert_snapshot!(format!("check-format-{name}"), shown(&linter, &files, format, false));
        }
    });
}

#[test]
fn places_are_exact() {
    let linter = linter(|_, _| {});
    for file in all(&linter) {
        let text = file.source.expose(file.source.span());
        for diagnostic in &file.diagnostics {
            for point in [diagnostic.place.start, diagnostic.place.end] {
                let before = &text[..point.byte];
                let line = before.replace("\r\n", "\n").matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
                assert_eq!((point.line, point.column), (line, column), "{} {}", file.path, diagnostic.lint);
            }
            assert_eq!(diagnostic.place.span.start(), diagnostic.place.start.byte);
            assert_eq!(diagnostic.place.span.end(), diagnostic.place.end.byte);
        }
    }
    let of = |name: &str, lint: Lint| {
        let text = text(&root().join("fixtures/check").join(name));
        let checked = check(&linter, name, &text);
        let place = checked.diagnostics.iter().find(|found| found.lint == lint).unwrap().place;
        (place.start.line, place.start.column, text[place.span.range()].to_owned())
    };
    let words = "According to a clandestine source with direct access,";
    assert_eq!(of("leak.releasable-portion.md", Lint::LeakReleasable), (5, 47, words.to_owned()));
    assert_eq!(
        of("marking.unmarked-portion.md", Lint::MarkingUnmarked),
        (7, 1, "The ferry goes on the 4th — as always.".to_owned())
    );
    assert_eq!(of("channel.invisible-character.md", Lint::ChannelInvisible), (5, 38, "\u{200B}".to_owned()));
    assert_eq!(of("tearline.unsupported.md", Lint::TearlineUnsupported), (11, 76, "Vellin".to_owned()));
}

#[test]
fn sarif_is_valid_by_the_official_schema() {
    let schema = text(&root().join("fixtures/schemas/sarif-schema-2.1.0.json"));
    let mut schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    // The official file has a stray bracket in the expression of a field that is not written here.
    for holder in ["run", "toolComponent"] {
        schema["definitions"][holder]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let linter = linter(|_, _| {});
    let log = shown(&linter, &all(&linter), Format::Sarif, false);
    let mut log: serde_json::Value = serde_json::from_str(&log).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&log).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().any(|result| result["fixes"][0]["artifactChanges"].is_array()));
    for kind in ["inSource", "external"] {
        assert!(results.iter().any(|result| result["suppressions"][0]["kind"] == kind), "{kind}");
    }
    assert!(results.iter().all(|result| {
        let baseline = result["ruleId"].as_str().unwrap().starts_with("baseline.");
        baseline || result["partialFingerprints"]["tearline/v1"].is_string()
    }));
    log["runs"][0]["results"][0]["level"] = "grave".into();
    assert!(!validator.is_valid(&log), "the schema is looked at");
}

#[test]
fn formats_for_logs_hold_no_word_of_a_report() {
    let linter = linter(|_, _| {});
    let files = all(&linter);
    let formats = FORMATS.iter().map(|&(format, _)| format).chain([Format::Text]);
    for format in formats {
        let log = shown(&linter, &files, format, false);
        for word in ["Dravik", "clandestine source", "harbour", "KR-9", "Vera", "Harrow", "4410087"] {
            assert!(!log.contains(word), "{word} stands in {format:?}");
        }
    }
}

#[test]
fn junit_is_well_formed() {
    let linter = linter(|_, _| {});
    let log = shown(&linter, &all(&linter), Format::Junit, false);
    let mut reader = quick_xml::Reader::from_str(&log);
    let mut failures = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) if tag.name().as_ref() == "failure" => failures += 1,
            _ => {}
        }
    }
    assert!(failures > 20);
}

#[test]
fn a_portion_is_judged_by_the_audiences() {
    let report = "SECRET//REL TO USA, GBR\n\n(S//REL TO USA, GBR) According to a clandestine source, the quay closes.\n";
    let leaks = |audience: &str| {
        let linter = linter(|settings, policy| {
            settings.audiences = vec![Audience::parse(audience, policy).unwrap()];
        });
        check(&linter, "a.md", report).diagnostics.iter().any(|found| found.lint == Lint::LeakReleasable)
    };
    assert!(leaks("USA,GBR") && !leaks("FVEY"));
}

#[test]
fn severities_are_configurable_and_off_is_off() {
    let linter = linter(|settings, _| {
        assert!(settings.severities.set("channel", Severity::Error));
        assert!(settings.severities.set("channel.image", Severity::Off));
        assert!(!settings.severities.set("chanel", Severity::Off));
    });
    let severity = |fixture: &str| {
        let file = format!("{fixture}.md");
        let checked = check(&linter, &file, &text(&root().join("fixtures/check").join(&file)));
        checked.diagnostics.iter().find(|found| found.lint.id() == fixture).map(|found| found.severity)
    };
    assert_eq!(severity("channel.link-target"), Some(Severity::Error));
    assert_eq!(severity("channel.image"), None);
}

#[test]
fn suppressions_quiet_only_what_they_name_and_not_without_leave() {
    let file = text(&root().join("fixtures/check/suppression.unused.md"));
    let quiet = |linter: &Linter| {
        let checked = check(linter, "a.md", &file);
        let of = |lint| checked.diagnostics.iter().filter(move |found| found.lint == lint);
        let reason = of(Lint::LeakReleasable).find_map(|found| match &found.suppressed {
            Some(Suppressed::Inline { reason, .. }) => Some(reason.clone()),
            _ => None,
        });
        (reason, of(Lint::SuppressionUnused).count())
    };
    assert_eq!(quiet(&linter(|_, _| {})), (Some("the source agreed to be named".to_owned()), 1));
    assert_eq!(quiet(&linter(|settings, _| settings.inline = false)), (None, 0));
}

#[test]
fn a_baseline_survives_moved_lines_and_ends_when_it_should() {
    let linter = linter(|_, _| {});
    let file = text(&root().join("fixtures/check/leak.releasable-portion.md"));
    let terms = Terms {
        reason: "known since spring".into(),
        author: "L. Dorn".into(),
        expires: Some(date(2027, 1, 31)),
    };
    let first = check(&linter, "a.md", &file);
    let written = Baseline::default().renewed(&[("a.md".to_owned(), &first)], &terms);
    assert_eq!(written, Baseline::default().renewed(&[("a.md".to_owned(), &first)], &terms));
    let baseline = Baseline::parse(&written).unwrap();
    let active = |text: &str, today| {
        let mut checked = check(&linter, "a.md", text);
        let mut reports = vec![("a.md".to_owned(), &mut checked)];
        let own = baseline.apply("b.jsonl", &mut reports, today, linter.settings());
        (checked.active().count(), own.diagnostics.iter().map(|found| found.lint).collect::<Vec<_>>())
    };
    let day = date(2026, 11, 22);
    assert_eq!(active(&file, day), (0, vec![]));
    let moved = file.replacen("(U) Exercise", "(U) One more line stands here now.\n\n(U) Exercise", 1);
    assert_eq!(active(&moved, day), (0, vec![]), "moved lines");
    let mended = file.replace("According to a clandestine source with direct access, the", "The");
    assert_eq!(active(&mended, day), (0, vec![Lint::BaselineUnused]));
    assert_eq!(active(&file, date(2027, 2, 1)), (1, vec![Lint::BaselineExpired]));
    let other = file.replace("direct access", "indirect access");
    assert_eq!(active(&other, day).0, 1, "other words are another finding");
    assert!(Baseline::parse("{\"path\":\"a\"}").unwrap_err().to_string().starts_with("line 1: "));
}

#[test]
fn safe_fixes_mend_order_and_banner_and_nothing_else() {
    let linter = linter(|_, _| {});
    let mend = |name: &str| {
        let checked = check(&linter, name, &text(&root().join("fixtures/check").join(name)));
        fixed(&checked).map(|fixed| fixed.text.expose(fixed.text.span()).to_owned())
    };
    let order = mend("marking.order.md").unwrap();
    assert!(order.contains("(S//REL TO USA, AUS, GBR, NZL) The quay"), "{order}");
    assert!(order.contains("(TS//SI/TK//REL TO USA, FVEY) The ferry"), "{order}");
    let banner = mend("marking.banner-too-low.md").unwrap();
    assert_eq!(banner.matches("\nTOP SECRET//NOFORN\n").count(), 1, "{banner}");
    assert!(banner.starts_with("TOP SECRET//NOFORN\n"), "{banner}");
    assert_eq!(mend("marking.banner-roll-up.md"), None, "a banner may be higher by compilation");
    assert_eq!(mend("marking.malformed.md"), None, "a person must confirm");
    let again = check(&linter, "a.md", &banner);
    assert_eq!(fixed(&again), None);
}

#[test]
fn a_draft_settles_to_what_a_check_finds() {
    let linter = linter(|_, _| {});
    let text = text(&root().join("fixtures/check/leak.releasable-portion.md"));
    let mut draft = linter.draft("a.md", SourceText::new(text.clone()), tearline::Format::Markdown);
    assert_eq!(draft.checked(), &check(&linter, "a.md", &text));
    let at = text.find("closes on").unwrap();
    let provisional = draft.edit(at..at + 6, "stays open, intercepted calls show,").unwrap().clone();
    assert!(!draft.is_settled());
    let leaks = provisional.diagnostics.iter().filter(|found| found.lint == Lint::LeakReleasable).count();
    assert_eq!(leaks, 2, "{:?}", provisional.diagnostics);
    assert_eq!(draft.settle(), &provisional);
    assert!(draft.is_settled());
    assert!(draft.edit(0..10_000_000, "").is_err() && draft.is_settled());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_is_checked_and_every_place_lies_in_it(
        parts in prop::collection::vec(prop::sample::select(vec![
            "(S//NF) ", "(U) ", "(S//REL TO USA, FVEY) ", "(S/", "SECRET//NOFORN", "\n\n", "\n", "---- TEARLINE ----", "END TEARLINE",
            "# ", "- ", "> ", "| a | b |\n| - | - |\n| c", " | ", "```x\n", "<!-- tearline: allow leak -- x -->", "<!--", "-->", "<b title=\"x\">",
            "[a](b \"c\")", "![a](b)", "[^1]", "[^1]: ", "~~x~~", "\u{200B}", "\u{430}bc", "é", "\r\n", "two ", "not likely ", "According to a \
            clandestine source, ", "Classified By: X\n", "Declassify On: OADR\n", "Page 1 of 2", "---\n", "as noted above ", "(TS//TK/SI//NF)",
        ]), 0..40),
    ) {
        static LINTER: std::sync::OnceLock<Linter> = std::sync::OnceLock::new();
        let linter = LINTER.get_or_init(|| linter(|_, _| {}));
        let text = parts.concat();
        for format in [tearline::Format::Markdown, tearline::Format::Text] {
            let checked = linter.check("a.md", SourceText::new(text.clone()), format);
            for diagnostic in &checked.diagnostics {
                prop_assert!(text.get(diagnostic.place.span.range()).is_some());
            }
            if let Some(fixed) = fixed(&checked) {
                prop_assert_ne!(fixed.text, SourceText::new(text.clone()));
            }
            for show_text in [false, true] {
                shown(linter, std::slice::from_ref(&checked), Format::Text, show_text);
            }
        }
    }

    #[test]
    fn any_edits_settle_to_what_a_check_finds(
        fixture in 0usize..40,
        edits in prop::collection::vec((0.0f64..1.0, 0usize..20, "[a-zA-Z (/)\n<-]{0,12}"), 1..4),
    ) {
        static LINTER: std::sync::OnceLock<Linter> = std::sync::OnceLock::new();
        let linter = LINTER.get_or_init(|| linter(|_, _| {}));
        let files = fixtures();
        let mut text = text(&files[fixture % files.len()]);
        let mut draft = linter.draft("a.md", SourceText::new(text.clone()), tearline::Format::Markdown);
        for (place, length, with) in edits {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
            let start = (place * text.len() as f64) as usize;
            let end = (start + length).min(text.len());
            if text.get(start..end).is_none() {
                prop_assert!(draft.edit(start..end, &with).is_err());
                continue;
            }
            text.replace_range(start..end, &with);
            draft.edit(start..end, &with).unwrap();
            prop_assert_eq!(draft.checked().source.expose(draft.checked().source.span()), &text);
        }
        prop_assert_eq!(draft.settle(), &check(linter, "a.md", &text));
    }
}
