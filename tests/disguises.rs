//! Every disguise of a word in every place of a report: it stands neither in the bytes of the release nor in what another
//! Markdown implementation shows of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod oracle_view;

use oracle_view::{render, reveals};
use tearline::{Audience, Pipeline, Policy, Report, rules::Patterns};

const TERM: &str = "ZEPHYRINE";

/// A way to write the term so that a reader sees it and a plain search does not.
type Disguise = (&'static str, fn() -> String);

/// Writes the term with `between` behind its fourth letter.
fn split(between: &str) -> String {
    format!("{}{between}{}", &TERM[..4], &TERM[4..])
}

fn joined(between: &str) -> String {
    TERM.chars().map(String::from).collect::<Vec<_>>().join(between)
}

/// Shifts each capital into a block of letters that starts at `base`.
fn lettered(base: u32) -> String {
    TERM.chars().map(|c| char::from_u32(base + (c as u32 - 'A' as u32)).unwrap()).collect()
}

const DISGUISES: &[Disguise] = &[
    ("none", || TERM.into()),
    ("other case", || "Zephyrine".into()),
    ("decimal entity", || TERM.replace('P', "&#80;")),
    ("hexadecimal entity", || TERM.replace('Y', "&#x59;")),
    ("all entities", || TERM.chars().map(|c| format!("&#{};", c as u32)).collect()),
    ("leading zeros in entities", || TERM.replace('P', "&#0080;")),
    ("soft hyphen entity", || split("&shy;")),
    ("zero-width entity", || split("&ZeroWidthSpace;")),
    ("numeric zero-width entity", || split("&#8203;")),
    ("emphasis inside", || split("**").replace("YRINE", "YRINE**")),
    ("star inside", || format!("*{}*{}", &TERM[..4], &TERM[4..])),
    ("strong inside", || format!("{}**{}**", &TERM[..4], &TERM[4..])),
    ("code inside", || format!("{}`{}`", &TERM[..4], &TERM[4..])),
    ("tag inside", || format!("{}<b>{}</b>", &TERM[..4], &TERM[4..])),
    ("void tag inside", || split("<wbr>")),
    ("comment inside", || split("<!-- x -->")),
    ("soft hyphen", || split("\u{AD}")),
    ("zero-width space", || split("\u{200B}")),
    ("zero-width joiner", || joined("\u{200D}")),
    ("word joiner", || split("\u{2060}")),
    ("byte order mark", || split("\u{FEFF}")),
    ("variation selector", || split("\u{FE0F}")),
    ("tag characters", || split("\u{E0041}")),
    ("bidirectional override", || split("\u{202D}").replace('\u{202D}', "\u{202D}\u{202C}")),
    ("bidirectional isolate", || format!("\u{2066}{TERM}\u{2069}")),
    ("combining grapheme joiner", || split("\u{34F}")),
    ("combining accent", || split("\u{301}")),
    ("combining letter", || split("\u{363}")),
    ("combining stroke", || joined("\u{336}")),
    ("accented letter", || TERM.replace('E', "É")),
    ("Cyrillic letters", || TERM.replace('E', "Е").replace('P', "Р").replace('H', "Н")),
    ("Greek letters", || TERM.replace('Z', "Ζ").replace('I', "Ι").replace('N', "Ν")),
    ("Cyrillic capital I", || TERM.replace('I', "І")),
    ("Cherokee and Lisu letters", || TERM.replace('Z', "Ꮓ").replace('Y', "ꓬ")),
    ("full-width letters", || lettered(0xFF21)),
    ("mathematical bold", || lettered(0x1D400)),
    ("mathematical script bold", || lettered(0x1D4D0)),
    ("mathematical sans", || lettered(0x1D5A0)),
    ("mathematical monospace", || lettered(0x1D670)),
    ("circled letters", || lettered(0x24B6)),
    ("letter-spaced", || joined(" ")),
    ("letter-spaced wide", || joined("  ")),
    ("letter-spaced no-break", || joined("\u{A0}")),
    ("letter-spaced thin", || joined("\u{2009}")),
    ("letter-spaced with dots", || joined(".")),
    ("letter-spaced with hyphens", || joined("-")),
    ("letter-spaced with middle dots", || joined("·")),
    ("underscores", || joined("_")),
    ("escaped hyphen", || split("\\")),
    ("percent-encoded", || "%5A%45%50HYRINE".into()),
    ("percent-encoded full-width", || TERM.replace('Z', "%EF%BC%BA")),
    ("percent-encoded zero-width", || split("%E2%80%8B")),
];

/// A way to write the term over two lines, of which the second begins with a prefix.
type Break = (&'static str, fn(&str) -> String);

/// Disguises that break a line, in places that have lines.
const BREAKS: &[Break] = &[
    ("hyphen and line end", |prefix| split(&format!("-\n{prefix}"))),
    ("hyphen, space and line end", |prefix| split(&format!("- \n{prefix}"))),
    ("soft hyphen and line end", |prefix| split(&format!("\u{AD}\n{prefix}"))),
    ("Unicode hyphen and line end", |prefix| split(&format!("\u{2010}\n{prefix}"))),
    ("hyphen, emphasis and line end", |prefix| split(&format!("-\n{prefix}")).replace("YRINE", "**YRINE**")),
    ("hyphen and hard break", |prefix| split(&format!("-\\\n{prefix}"))),
    ("hyphen and break tag", |prefix| split(&format!("-<br>\n{prefix}"))),
];

/// A place of a report: its name, the lines with `{}` for the word.
const PLACES: &[(&str, &str)] = &[
    ("paragraph", "(U) The convoy of {} left."),
    ("paragraph start", "(U) {} left."),
    ("paragraph end", "(U) The convoy left {}"),
    ("in brackets", "(U) The convoy ({}) left."),
    ("heading", "## (U) The {} convoy\n\n(U) It left."),
    ("setext heading", "(U) The {} convoy\n---\n\n(U) It left."),
    ("list item", "- (U) The convoy left.\n- (U) The {} convoy came back."),
    ("numbered item", "1. (U) The convoy left.\n2. (U) The {} convoy came back."),
    ("nested item", "- (U) The convoy left.\n  - The {} ships came back."),
    ("task item", "- [ ] (U) The convoy of {} left."),
    ("table header", "| (U) Ship {} | (U) Port |\n|---|---|\n| (U) Two | (U) Dravik |"),
    ("table cell", "| (U) Ship | (U) Port |\n|---|---|\n| (U) The {} ship | (U) Dravik |"),
    ("surplus cell", "| (U) Ship | (U) Port |\n|---|---|\n| (U) Two | (U) Dravik | {} |"),
    ("quote", "> (U) The convoy of {} left."),
    ("nested quote", "> > (U) The convoy of {} left."),
    ("footnote", "(U) The convoy left.[^1]\n\n[^1]: (U) The ship {} as well."),
    ("unused footnote", "(U) The convoy left.\n\n[^9]: (U) The ship {} as well."),
    ("footnote name", "(U) The convoy left.[^{}]\n\n[^{}]: (U) The ship as well."),
    ("code span", "(U) The convoy `of {} ships` left."),
    ("code span alone", "(U) The convoy `{}` left."),
    ("double code span", "(U) The convoy ``of {} ships`` left."),
    ("fenced code", "(U) The convoy left:\n\n```\n(U) ship {} left\n```"),
    ("fenced code by tildes", "(U) The convoy left:\n\n~~~\n(U) ship {} left\n~~~"),
    ("indented code", "(U) The convoy left:\n\n    (U) ship {} left"),
    ("unclosed fence", "(U) The convoy left:\n\n```\n(U) ship {} left"),
    ("link text", "(U) The convoy [of {} ships](u) left."),
    ("link target", "(U) The [convoy](https://example.org/{}) left."),
    ("link target in angles", "(U) The [convoy](<https://example.org/{}>) left."),
    ("link query", "(U) The [convoy](https://example.org/?q={}&x=1) left."),
    ("link title", "(U) The [convoy](u \"{}\") left."),
    ("link title in brackets", "(U) The [convoy](u ({})) left."),
    ("autolink", "(U) The convoy <https://example.org/{}> left."),
    ("bare address", "(U) The convoy https://example.org/{} left."),
    ("mail address", "(U) The convoy <{}@example.org> left."),
    ("reference link", "(U) The [convoy][{}] left.\n\n[{}]: https://example.org"),
    ("used definition", "(U) The [convoy][r] left.\n\n[r]: https://example.org/{}"),
    ("definition title", "(U) The [convoy][r] left.\n\n[r]: https://example.org \"{}\""),
    (
        "duplicate definition",
        "(U) The [convoy][r] left.\n\n[r]: https://example.org\n[r]: https://example.org/{}",
    ),
    ("unused definition", "(U) The convoy left.\n\n[unused]: https://example.org/{}"),
    ("unused label", "(U) The convoy left.\n\n[{}]: https://example.org"),
    ("image description", "(U) The convoy ![{}](i.png) left."),
    ("image target", "(U) The convoy ![map]({}.png) left."),
    ("image title", "(U) The convoy ![map](i.png \"{}\") left."),
    ("image reference", "(U) The convoy ![map][{}] left.\n\n[{}]: i.png"),
    ("comment", "(U) The convoy left.\n\n<!-- {} -->"),
    ("inline comment", "(U) The convoy <!-- {} --> left."),
    ("unclosed comment", "(U) The convoy left.\n\n<!-- {}"),
    ("processing instruction", "(U) The convoy <?{}?> left."),
    ("declaration", "(U) The convoy <!X {}> left."),
    ("character data", "(U) The convoy <![CDATA[{}]]> left."),
    ("tag name", "(U) The convoy <x-{}> left."),
    ("attribute", "(U) The convoy <b title=\"{}\">left</b>."),
    ("attribute name", "(U) The convoy <b data-{}=\"1\">left</b>."),
    ("HTML block", "<div>\n(U) The convoy of {} left.\n</div>"),
    ("HTML block attribute", "<div class=\"{}\">\n(U) The convoy left.\n</div>"),
    ("script", "(U) The convoy left.\n\n<script>\nx = \"{}\"\n</script>"),
    ("style", "(U) The convoy left.\n\n<style>\n.{} {}\n</style>"),
    ("struck text", "(U) The convoy ~~of {}~~ left."),
    ("info string", "(U) The convoy left:\n\n```{}\n(U) it left\n```"),
    ("second word of an info string", "(U) The convoy left:\n\n```text {}\n(U) it left\n```"),
    ("heading id", "## (U) The convoy {#{}}\n\n(U) It left."),
    ("heading class", "## (U) The convoy {.{}}\n\n(U) It left."),
    ("heading attribute", "## (U) The convoy {key={}}\n\n(U) It left."),
    ("emphasis", "(U) The convoy *of {} ships* left."),
    ("strong emphasis", "(U) The convoy **of {} ships** left."),
    ("caption", "(U) Table 1: Ships of {}.\n\n| (U) Ship |\n|---|\n| (U) Two |"),
    ("trailing bytes", "(U) The convoy left.\n\nSECRET//REL TO USA, FVEY\n\n{}"),
    ("behind the banner", "(U) The convoy left.\n\nSECRET//REL TO USA, FVEY {}"),
    ("mark", "(U//{}) The convoy left."),
    ("word beside", "(U) The pre-{} convoy left."),
    ("possessive", "(U) The {}'s convoy left."),
    ("quotation marks", "(U) The convoy “{}” left."),
];

/// Places that have lines, with what the next line begins with.
const LINED: &[(&str, &str, &str)] = &[
    ("paragraph", "(U) The convoy of {} left.", ""),
    ("indented paragraph", "(U) The convoy of {} left.", "   "),
    ("quote", "> (U) The convoy of {} left.", "> "),
    ("lazy quote", "> (U) The convoy of {} left.", ""),
    ("nested quote", "> > (U) The convoy of {} left.", "> > "),
    ("list item", "- (U) The convoy of {} left.", "  "),
    ("lazy item", "- (U) The convoy of {} left.", ""),
    ("quote in an item", "- > (U) The convoy of {} left.", "  > "),
    ("footnote", "(U) The convoy left.[^1]\n\n[^1]: (U) The ship {} as well.", "    "),
    ("code span", "(U) The convoy `of {} ships` left.", ""),
    ("code span in a quote", "> (U) The convoy `of {} ships` left.", "> "),
    ("code block", "(U) The convoy left:\n\n```\n(U) ship {} left\n```", ""),
    ("code block in a quote", "> (U) The convoy left:\n>\n> ```\n> (U) ship {} left\n> ```", "> "),
    ("HTML block", "<div>\n(U) The convoy of {} left.\n</div>", ""),
    ("comment", "(U) The convoy left.\n\n<!-- {} -->", ""),
    ("link text", "(U) The convoy [of {} ships](u) left.", ""),
    ("emphasis", "(U) The convoy *of {} ships* left.", ""),
    ("setext heading", "(U) The {} convoy\n---\n\n(U) It left.", ""),
];

fn report(place: &str, word: &str) -> String {
    let body = place.replace("{}", word);
    format!(
        "SECRET//REL TO USA, FVEY\n\n(S//REL TO USA, FVEY) The quay at Dravik closes on 3 May.\n\n{body}\n"
    )
}

/// A pipeline that knows one term.
fn pipeline(term: &str) -> Pipeline {
    let mut patterns = Patterns::built_in();
    let terms = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(terms.path(), format!("{term}\n")).unwrap();
    patterns.add_terms(terms.path()).unwrap();
    patterns.without_reader();
    let policy = Policy::load(&patterns, None).unwrap();
    Pipeline::new(patterns.build().unwrap(), policy, [0; 32])
}

/// What is wrong with the release of a report from which `letters` must be gone, if anything.
fn leak(pipeline: &Pipeline, audience: &Audience, letters: &str, text: &str) -> Option<String> {
    let outcome = pipeline.process(&Report::markdown("r.md", text), std::slice::from_ref(audience)).remove(0);
    let Some(release) = outcome.release() else {
        return Some(format!("nothing is released: {}", outcome.reason()));
    };
    if reveals(release.text(), letters) {
        return Some(format!("the bytes hold it: {:?}", release.text()));
    }
    let page = render(release.text());
    if reveals(&page, letters) {
        return Some(format!("it is shown: {page:?}"));
    }
    (!release.text().contains("The quay at Dravik closes on 3 May."))
        .then(|| format!("the substance is gone: {:?}", release.text()))
}

fn none_leaks(cases: impl Iterator<Item = (String, String)>, least: usize) {
    none_leaks_of(TERM, TERM, cases, least);
}

/// None of the named reports leaks a listed term, of which a reader would make out these letters.
fn none_leaks_of(term: &str, letters: &str, cases: impl Iterator<Item = (String, String)>, least: usize) {
    let pipeline = pipeline(term);
    let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
    let (mut count, mut leaks) = (0, Vec::new());
    for (name, text) in cases {
        count += 1;
        if let Some(leak) = leak(&pipeline, &audience, letters, &text) {
            leaks.push(format!("{name}: {leak}"));
        }
    }
    assert!(count >= least, "only {count} cases");
    assert!(leaks.is_empty(), "{} of {count}:\n{}", leaks.len(), leaks.join("\n"));
}

#[test]
fn no_disguise_hides_a_term_in_any_place() {
    let cases = PLACES.iter().flat_map(|(place, body)| {
        DISGUISES
            .iter()
            .map(move |(disguise, word)| (format!("{disguise} in {place}"), report(body, &word())))
    });
    none_leaks(cases, 3000);
}

/// How a name with accents may be written where its letters can be read.
const ACCENTED: &[&str] = &[
    "Müller",
    "müller",
    "MÜLLER",
    "Mu\u{308}ller",
    "MU\u{308}LLER",
    "Muller",
    "MULLER",
    "M&#252;ller",
    "Mu&#776;ller",
    "M%C3%BCller",
    "Mu%CC%88ller",
    "Mü**ller**",
    "Mül\u{200B}ler",
    "M ü l l e r",
    "M\u{FC}\u{AD}ller",
    "Ｍüｌｌｅｒ",
];

#[test]
fn no_accent_hides_a_term_in_any_place() {
    for term in ["Müller", "Mu\u{308}ller", "MÜLLER", "Muller"] {
        let cases = PLACES.iter().flat_map(|(place, body)| {
            ACCENTED.iter().map(move |word| (format!("{word} in {place}"), report(body, word)))
        });
        none_leaks_of(term, "MULLER", cases, 1000);
        let lined = LINED.iter().flat_map(|(place, body, prefix)| {
            ["Mül-\n", "MU\u{308}L-\n", "Mul\u{AD}\n"]
                .into_iter()
                .map(move |head| (format!("{head} in {place}"), report(body, &format!("{head}{prefix}ler"))))
        });
        none_leaks_of(term, "MULLER", lined, 50);
    }
}

#[test]
fn a_term_is_found_in_any_case_of_any_script() {
    for (term, written) in [
        ("Иванов", ["ИВАНОВ", "иванов", "Иванов"]),
        ("ΠΑΠΑΣ", ["Παπασ", "παπασ", "ΠΑΠΑΣ"]),
        ("Østby", ["ØSTBY", "østby", "Ostby"]),
        ("Şahin", ["ŞAHIN", "s\u{327}ahin", "SAHIN"]),
        ("José", ["JOSÉ", "Jose\u{301}", "Jose"]),
        ("Straße", ["STRASSE", "Straße", "straße"]),
    ] {
        let pipeline = pipeline(term);
        let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
        for word in written {
            let text = report("(U) The convoy of {} left.", word);
            let outcomes =
                pipeline.process(&Report::markdown("r.md", &text), std::slice::from_ref(&audience));
            let release = outcomes[0].release().map(|release| release.text().to_owned());
            let expected = "SECRET//REL TO USA, FVEY\n\n(S//REL TO USA, FVEY) The quay at Dravik closes on 3 May.\n\n(U) The convoy left.\n";
            assert_eq!(release.as_deref(), Some(expected), "{term} as {word}");
        }
    }
}

#[test]
fn a_file_name_with_an_accented_term_holds_the_report() {
    for term in ["Müller", "Mu\u{308}ller", "MÜLLER", "Muller"] {
        let pipeline = pipeline(term);
        let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
        let text = report("(U) The convoy left.", "");
        for word in ACCENTED {
            let name = format!("a/{word}-2.md");
            let outcomes = pipeline.process(&Report::markdown(&name, &text), std::slice::from_ref(&audience));
            assert!(outcomes[0].release().is_none(), "{term}: {name}");
        }
    }
}

#[test]
fn no_line_end_hides_a_term() {
    let cases = LINED.iter().flat_map(|(place, body, prefix)| {
        BREAKS
            .iter()
            .map(move |(disguise, word)| (format!("{disguise} in {place}"), report(body, &word(prefix))))
    });
    none_leaks(cases, 100);
}

#[test]
fn front_matter_hides_nothing() {
    let cases = ["---", "+++"].into_iter().flat_map(|fence| {
        DISGUISES.iter().map(move |(disguise, word)| {
            let text =
                format!("{fence}\ntitle: {}\n{fence}\n\n{}", word(), report("(U) The convoy left.", ""));
            (format!("{disguise} in {fence}"), text)
        })
    });
    none_leaks(cases, 90);
}

#[test]
fn a_file_name_with_the_term_holds_the_report() {
    let pipeline = pipeline(TERM);
    let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
    let text = report("(U) The convoy left.", "");
    let mut passed = Vec::new();
    for (disguise, word) in DISGUISES {
        for name in [format!("{}.md", word()), format!("a/{}-2.md", word()), format!("{}/r.md", word())] {
            let outcomes = pipeline.process(&Report::markdown(&name, &text), std::slice::from_ref(&audience));
            if outcomes[0].release().is_some() {
                passed.push(format!("{disguise} in {name:?}"));
            }
        }
    }
    assert!(passed.is_empty(), "{} passed:\n{}", passed.len(), passed.join("\n"));
}

#[test]
fn what_is_no_disguise_stays() {
    let pipeline = pipeline(TERM);
    let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
    for kept in [
        "The U S A and J. R. R. Tolkien.",
        "The co-\nordinated advance of 50% of them.",
        "A zephyr blew; the ZEPHYRINES sang.",
        "The café at Bălți &amp; the Москва hotel.",
        "On a-b-c, x * y * z and snake_case_name.",
    ] {
        let text = report("(U) {}", kept);
        let outcomes = pipeline.process(&Report::markdown("r.md", &text), std::slice::from_ref(&audience));
        assert_eq!(outcomes[0].release().map(tearline::Release::text), Some(text.as_str()));
    }
}

#[test]
fn a_word_that_mixes_scripts_is_a_finding_of_its_own() {
    let pipeline = pipeline(TERM);
    let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
    let text = report("(U) The convoy of {} left Москва and Αθήνα for Bălți.", "Zаrn");
    let outcomes = pipeline.process(&Report::markdown("r.md", &text), std::slice::from_ref(&audience));
    let release = outcomes[0].release().unwrap().text();
    assert!(!release.contains("Zаrn") && release.contains("left Москва and Αθήνα for Bălți."), "{release}");
    let rules: Vec<&str> = outcomes[0].record().edits.iter().map(|edit| edit.rule.as_str()).collect();
    assert!(rules.contains(&"codeword.mixed-script"), "{rules:?}");
}

#[test]
fn a_common_word_in_disguise_is_no_name() {
    let pipeline = pipeline(TERM);
    let release = |that: &str| {
        let text = format!(
            "SECRET//NOFORN\n\n(U) The quay at Dravik closes on 3 May, so that repairs can begin.\n\n(S//NF) MARBLE FINCH reporting says {that} the crane is broken.\n\nSECRET//NOFORN\n"
        );
        let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
        let outcome = pipeline.process(&Report::markdown("r.md", &text), &[audience]).remove(0);
        outcome.release().unwrap().text().to_owned()
    };
    let plain = release("that");
    assert!(plain.contains("so that repairs can begin"), "{plain}");
    assert_eq!(release("ｔｈａｔ"), plain);
}
