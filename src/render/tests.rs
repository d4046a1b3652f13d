//! Tests of the whole of rendering: what a release looks like, and that it says what the plan leaves.

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError};

use super::changes::gather;
use super::moves::moves;
use super::number::Numbers;
use super::outline::Outline;
use super::tidy::applied;
use super::{Candidate, render};
use crate::channels::Kept;
use crate::decide::{Edit, Plan, PortionFate, Replacement};
use crate::document::tests::markdownish;
use crate::document::{BLOCK_SEPARATOR, Document, Form, Format, FurnitureKind, SegmentKind};
use crate::text::{SourceText, Span};

fn parse(text: &str) -> Document {
    Document::parse(SourceText::new(text.to_owned()), Format::Markdown)
}

/// Keeps what is marked `(U)` and all that has no mark or inherits it, drops the rest; banners become `(B)`.
fn plan(document: &Document) -> Plan {
    let mark =
        |id: usize| document.portions()[document.marked(id)].mark.map(|mark| document.text(mark.visible));
    let fate = |id: usize| match mark(id) {
        Some("(S)") => PortionFate::Drop,
        _ => PortionFate::Keep,
    };
    let first = document.furniture().iter().find(|f| f.kind == FurnitureKind::Banner);
    Plan {
        portions: (0..document.portions().len()).map(fate).collect(),
        edits: Vec::new(),
        banner: first.map(|f| Replacement::literal(document.text(f.marking))),
        authority: None,
    }
}

/// Renders with `(S)` portions dropped; each `old=new` replaces the first visible `old`.
fn rendered(text: &str, edits: &[&str]) -> String {
    let document = parse(text);
    let mut plan = plan(&document);
    plan.edits = edits
        .iter()
        .map(|edit| {
            let (old, new) = edit.rsplit_once('=').expect("an edit is old=new");
            let at = document.visible().find(old).expect("the edited text is visible");
            Edit { span: Span::new(at, at + old.len()), replacement: Replacement::literal(new) }
        })
        .collect();
    plan.edits.sort_by_key(|edit| edit.span);
    render(&document, &plan, &Kept::default()).text().to_owned()
}

#[track_caller]
fn becomes(text: &str, edits: &[&str], expected: &str) {
    assert_eq!(rendered(text, edits), expected);
}

#[test]
fn nothing_to_cut_is_the_source() {
    for text in [
        "\u{FEFF}# (U) T #\r\n\r\n* (U) a  \r\n  b\r\n\r\n\tcode\r\n",
        "SECRET\n\n(U) *a* **b** `c` &amp; \\* [x]\n===\n\n> (U) q\nlazy\n\n1. (U) x\n7. (U) y\n\n|(U) a|b|\n|-|:-:|\n|c|d|\n\n---\n\n\n\nz",
        "(U) a[^1]\n\n[^1]: (U) b\n\n- \n- [ ] x\n\n```\n(U) y\n```\n",
    ] {
        becomes(text, &[], text);
    }
}

#[test]
fn a_heading_that_runs_into_nothing_goes() {
    becomes("(U) *Proof of life.* It was seen.\n\n(U) b\n", &[" It was seen.="], "(U) b\n");
    becomes("(U) *Proof of life.* It was seen. A\n", &[" It was seen.="], "(U) *Proof of life.* A\n");
    becomes("(U) *All of it* stands out.\n", &[" stands out="], "(U) *All of it*.\n");
    becomes("- (U) **Pier.** It was seen.\n- (U) b\n", &["It was seen.="], "- (U) b\n");
}

#[test]
fn typed_notes_go_with_their_references() {
    let report = |notes: &str| format!("(U) a.[1] B[2] c.[1][3]\n\n# (U) N\n\n{notes}");
    let all = report("[1] (U) x\n\n[2] (U) y\n\n[3] (U) z\n");
    becomes(&all, &[], &all);
    becomes(
        &report("[1] (S) x\n\n[2] (U) y\n\n[3] (U) z\n"),
        &[],
        "(U) a. B[1] c.[2]\n\n# (U) N\n\n[1] (U) y\n\n[2] (U) z\n",
    );
    becomes(&report("[1] (S) x\n[2] (U) y\n[3] (S) z\n"), &[], "(U) a. B[1] c.\n\n# (U) N\n\n[1] (U) y\n");
    becomes(&report("[1] (S) x\n\n[2] (S) y\n\n[3] (S) z\n"), &[], "(U) a. B c.\n");
    // A note whose every reference goes tells that something went.
    becomes("(U) a.[2]\n\n(S) b.[1]\n\n[1] (U) x\n\n[2] (U) y\n", &[], "(U) a.[1]\n\n[1] (U) y\n");
    // Several numbers in one pair of brackets, and a range.
    becomes(
        "(U) a [1, 2; 3] b [1-2].\n\n[1] (S) x\n\n[2] (U) y\n\n[3] (U) z\n",
        &[],
        "(U) a [1; 2] b.\n\n[1] (U) y\n\n[2] (U) z\n",
    );
    becomes(
        "(U) a [2-3].\n\n[1] (S) x\n\n[2] (U) y\n\n[3] (U) z\n",
        &[],
        "(U) a [1-2].\n\n[1] (U) y\n\n[2] (U) z\n",
    );
    // A year, a word and a number that no note has are none.
    becomes("(U) a [2031] [x] [9].\n\n[1] (S) x\n\n(S) b\n", &[], "(U) a [2031] [x] [9].\n");
}

#[test]
fn dropped_blocks_leave_no_gap() {
    becomes("(U) a\n\n(S) b\n\n(U) c\n", &[], "(U) a\n\n(U) c\n");
    becomes("(S) a\n\n(U) b\n\n(S) c\n", &[], "(U) b\n");
    becomes("(U) a\n# (S) b\n(U) c", &[], "(U) a\n\n(U) c");
    becomes("> (U) a\n> # (S) b\n> (U) c", &[], "> (U) a\n>\n> (U) c");
    becomes("- (U) a\n- (S) b\n- (U) c\n\n(U) d", &[], "- (U) a\n- (U) c\n\n(U) d");
    becomes("- (U) a\n- (S) b\n\n(U) d", &[], "- (U) a\n\n(U) d");
    becomes("(U) a\n\n- (S) b\n  - (S) c\n\n(U) d", &[], "(U) a\n\n(U) d");
    becomes("(U) a\r\n\r\n```\r\n(S) b\r\n```\r\n", &[], "(U) a\r\n");
}

#[test]
fn headings_over_nothing_go() {
    becomes("# (U) A\n\n## (U) B\n\n(S) x\n\n## (U) C\n\n(U) y", &[], "# (U) A\n\n## (U) C\n\n(U) y");
    becomes("# (U) A\n\n## (U) B\n\n(S) x\n\n# (U) C\n\n# (U) D\n", &[], "# (U) C\n\n# (U) D\n");
    becomes("# (U) A\n\n## (S) B\n\n# (U) C\n\n(U) y", &[], "# (U) C\n\n(U) y");
    becomes("# (U) A\n\n(S) x\n\n## (U) B\n", &[], "# (U) A\n\n## (U) B\n");
    becomes("# (U) A\n\n(U) gone\n\n# (U) B\n\n(U) y", &["gone="], "# (U) B\n\n(U) y");
}

#[test]
fn portions_inside_a_paragraph_go_alone() {
    becomes("(U) a (S//X) b. (U) c", &[], "(U) a (S//X) b. (U) c");
    becomes("(U) a\n(S) b\n(U) c", &[], "(U) a\n(U) c");
    becomes("(U) SERIAL: (S) 12\n\n(S) BY: (U) me", &[], "(U) me");
    becomes("> (U) a\n> (S) b\n> (U) c", &[], "> (U) a\n> (U) c");
}

#[test]
fn edits_keep_the_markup_valid() {
    becomes("(U) **ALPHA** said it", &["ALPHA=it"], "(U) it said it");
    becomes("(U) **AL**PHA said", &["ALPHA="], "(U) said");
    becomes("(U) x **ALPHA said** y", &["ALPHA ="], "(U) x **said** y");
    becomes("(U) x **said ALPHA** y", &["ALPHA="], "(U) x **said** y");
    becomes("(U) x *a* **b** y", &["a b=c"], "(U) x c y");
    becomes("(U) run `x --key` now", &["--key=-k"], "(U) run `x -k` now");
    becomes("(U) run `x` now", &["x="], "(U) run now");
    becomes("(U) a &amp; b", &["& b=c"], "(U) a c");
    becomes("> (U) a line\n> that goes on", &["line\nthat=thing"], "> (U) a thing goes on");
    becomes("(U) see 5 * 6* and *x", &["see ="], "(U) 5 * 6* and *x");
    becomes("According, 1. May came", &["According, ="], "1\\. May came");
    becomes("(U) the x_, y_z", &["the="], "(U) x_, y_z");
}

#[test]
fn hidden_channels_go_and_their_text_stays() {
    becomes("(U) see [it](u \"t\") ![a](b) and <b>that</b>.", &[], "(U) see it and that.");
    becomes("(U) a ~~b~~ c<br>d&shy;e\u{200B}f", &[], "(U) a c def");
    becomes("---\na: b\n---\n\n<!-- c -->\n\n(U) [x][r]\n\n[r]: u\n[s]: v\n", &[], "(U) x\n");
    becomes("# (U) H {#id}\n\n```rust x\n(U) y\n```\n", &[], "# (U) H\n\n```\n(U) y\n```\n");
    becomes("<div>\n<b>(U)</b> a *b*\n</div>\n\n(U) c", &[], "(U) a \\*b\\*\n\n(U) c");
    becomes("|a|b|\n|-|-|\n|(U) c|d|e|\n", &[], "|a|b|\n|-|-|\n|(U) c|d||\n");
    becomes("(U) a\n\n<!-- b -->\n\n(U) c\n", &[], "(U) a\n\n(U) c\n");
}

#[test]
fn kept_children_of_a_dropped_item_move_up() {
    becomes(
        "- (U) a\n- (S) b\n  - (U) c\n    d\n  - (U) e\n- (U) f",
        &[],
        "- (U) a\n- (U) c\n  d\n- (U) e\n- (U) f",
    );
    becomes("1. (S) a\n   - (U) b\n2. (U) c", &[], "1. (U) b\n2. (U) c");
    becomes("- (S) a\n\n  (U) b\n- (U) c", &[], "- (U) b\n- (U) c");
    becomes("> 1. (S) a\n>    1. (S) b\n>       * (U) c\n>         d", &[], "> 1. (U) c\n>    d");
    becomes("x[^a]\n\n[^a]: (S) b\n\n    (U) c", &[], "x[^1]\n\n[^1]: (U) c");
}

#[test]
fn numbers_show_no_gap() {
    becomes("1. (U) a\n2. (S) b\n3. (U) c", &[], "1. (U) a\n2. (U) c");
    becomes("1. (S) a\n1. (U) b", &[], "1. (U) b");
    becomes("1) (U) a\n\n(S) x\n\n2) (S) b\n\n(U) y\n\n3) (U) c", &[], "1) (U) a\n\n(U) y\n\n2) (U) c");
    becomes("1) (S) a\n\n+ (U) x\n\n40) (U) b", &[], "+ (U) x\n\n40) (U) b");
    becomes("(U) 1. a\n\n(S) 2. b\n\n(U) 3. c\n\n(U) 3A. d", &[], "(U) 1. a\n\n(U) 2. c\n\n(U) 2A. d");
    becomes("(S) 4. a\n\n(U) 4A. b\n\n(U) 4B. c", &[], "(U) 4. b\n\n(U) 4A. c");
    becomes("(U) (a) x\n\n(S) (b) y\n\n(U) (c) z", &[], "(U) (a) x\n\n(U) (b) z");
    becomes("(U) Q. a\n\n(S) A. b\n\n(U) Q. c\n\n(U) A. d", &[], "(U) Q. a\n\n(U) Q. c\n\n(U) A. d");
    becomes("(U) a[^1] b[^2]\n\n[^1]: (S) x\n[^2]: (U) y\n", &[], "(U) a b[^1]\n\n[^1]: (U) y\n");
    becomes("(U) a\n\n(S) b[^x]\n\n[^x]: (U) y\n", &[], "(U) a\n");
}

#[test]
fn a_row_without_border_keeps_its_last_cell() {
    becomes("(U) h | x\n--- | ---\n(U) a | b\n", &["x="], "(U) h | |\n--- | ---\n(U) a | b\n");
}

#[test]
fn tables_lose_rows_and_columns() {
    let table = "| (U) h | i |\n|:--|--:|\n| (U) a | b |\n| (S) c | d |\n";
    becomes(table, &[], "| (U) h | i |\n|:--|--:|\n| (U) a | b |\n");
    becomes("(U) x\n\n| h | i |\n|---|---|\n| (S) a | b |\n\n(U) y", &[], "(U) x\n\n(U) y");
    becomes(
        "| h | i |\n|:--|--:|\n| (U) a | (S) b |\n| (U) c | (S) d |\n",
        &[],
        "| h |\n|:--|\n| (U) a |\n| (U) c |\n",
    );
    becomes(
        "| h | i |\n|---|---|\n| (U) a | (S) b |\n| (U) c | d |\n",
        &[],
        "| h | i |\n|---|---|\n| (U) a |  |\n| (U) c | d |\n",
    );
}

#[test]
fn furniture_is_replaced_or_dropped() {
    let text = "**SECRET//NOFORN**\n\n(S) a\n\n(U) TEARLINE FOLLOWS\n\n---\n\nUNCLASSIFIED\n\n(U) b\n\nEND OF TEARLINE\n\n\
                Classified By: x\nDeclassify On: y\n\nSECRET//NOFORN\n";
    let document = parse(text);
    let mut plan = plan(&document);
    plan.banner = Some(Replacement::literal("UNCLASSIFIED"));
    assert_eq!(
        render(&document, &plan, &Kept::default()).text(),
        "**UNCLASSIFIED**\n\n(U) b\n\nUNCLASSIFIED\n"
    );
    plan.authority = Some(Replacement::literal("Derived From: z\nDeclassify On: w"));
    assert_eq!(
        render(&document, &plan, &Kept::default()).text(),
        "**UNCLASSIFIED**\n\n(U) b\n\nDerived From: z\nDeclassify On: w\n\nUNCLASSIFIED\n"
    );
    plan.banner = None;
    plan.authority = None;
    plan.portions[1] = PortionFate::Remark(Replacement::literal("(C)"));
    assert_eq!(render(&document, &plan, &Kept::default()).text(), "(C) b\n");
}

#[test]
fn the_output_tells_where_it_comes_from() {
    let text = "(U) a **b** c";
    let document = parse(text);
    let mut plan = plan(&document);
    plan.edits = vec![Edit { span: Span::new(6, 7), replacement: Replacement::literal("x") }];
    let candidate = render(&document, &plan, &Kept::default());
    assert_eq!(candidate.text(), "(U) a x c");
    let inserted: Vec<_> = candidate
        .pieces()
        .iter()
        .filter(|piece| !piece.kept)
        .map(|piece| (piece.output, &candidate.text()[piece.output.range()]))
        .collect();
    assert_eq!(inserted, [(Span::new(6, 7), "x")]);
    let source = |from, to| -> Vec<&str> {
        candidate.to_source(Span::new(from, to)).into_iter().map(|span| &text[span.range()]).collect()
    };
    assert_eq!(source(4, 9), ["a ", "b", " c"]);
    assert_eq!(source(8, 9), ["c"]);
}

/// The visible text with runs of white space as one space.
fn flat(text: &str) -> String {
    text.split(BLOCK_SEPARATOR)
        .map(|block| block.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|block| !block.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What the standing blocks say after their changes.
fn expected(document: &Document, plan: &Plan) -> String {
    let outline = Outline::new(document, plan);
    let moves = moves(document.blocks(), &outline);
    let numbers = Numbers::new(document, &outline, &moves);
    let revisions = gather(document, plan, &outline, &numbers.paragraphs);
    let mut blocks = Vec::new();
    for unit in outline.units.iter().filter(|unit| unit.kept) {
        for id in unit.block..document.blocks()[unit.block].next {
            let block = &document.blocks()[id];
            if block.kind.is_leaf() {
                let revision = revisions.iter().find(|revision| revision.block == id);
                blocks.push(applied(document.visible(), block.visible, revision.map_or(&[], |r| &r.changes)));
            }
        }
    }
    flat(&blocks.join("\u{1E}"))
}

/// Fates and edits drawn from numbers.
fn drawn(document: &Document, fates: &[u8], cuts: &[(u16, u8, bool)]) -> Plan {
    let mut plan = plan(document);
    for (portion, fate) in plan.portions.iter_mut().zip(fates.iter().cycle()) {
        *portion = match fate % 4 {
            0 => PortionFate::Drop,
            1 => PortionFate::Remark(Replacement::literal("(C)")),
            _ => PortionFate::Keep,
        };
    }
    let visible = document.visible();
    let mut at = 0;
    for &(skip, length, replace) in cuts {
        let round = |at: usize| {
            (at..=visible.len()).find(|&at| visible.is_char_boundary(at)).unwrap_or(visible.len())
        };
        let start = round(at + usize::from(skip) % 16);
        let end = round(start + usize::from(length) % 12 + 1);
        at = end;
        let span = Span::new(start, end);
        let inside = document.portions().iter().any(|portion| portion.body.contains(span));
        if inside && !visible[start..end].contains(BLOCK_SEPARATOR) {
            let text = if replace { "word" } else { "" };
            plan.edits.push(Edit { span, replacement: Replacement::literal(text) });
        }
    }
    plan
}

fn hidden(document: &Document) -> bool {
    document.segments().iter().any(|s| {
        matches!(
            s.kind,
            SegmentKind::Hidden(_) | SegmentKind::Unclaimed | SegmentKind::Visible(Form::Tag | Form::Hyphen)
        )
    })
}

/// Reports as people write them: marked headings, paragraphs, lists, tables, quotes, code and footnotes.
fn report() -> impl Strategy<Value = String> {
    let mark = || prop::sample::select(&["(U) ", "(S) ", "(S//NF) ", "(C//REL TO USA, FVEY) ", ""][..]);
    let words = || {
        let word = prop::sample::select(
            &[
                "Two",
                "trucks",
                "*moved*",
                "**to the**",
                "pier,",
                "said",
                "`x y`",
                "(two",
                "days)",
                "ago.",
                "[a link](u)",
                "&amp;",
                "**both *and* one**",
                "“so”",
                "3.5",
                "km;",
                "~~old~~",
                "a<br>b",
                "5 *",
                "_x_",
                "snake_case",
                "— and",
            ][..],
        );
        prop::collection::vec(word, 1..9).prop_map(|words| words.join(" "))
    };
    let text = || (mark(), words()).prop_map(|(mark, words)| format!("{mark}{words}"));
    let items = || prop::collection::vec((text(), 0..3usize), 1..6);
    let block = prop_oneof![
        2 => (1..4usize, text()).prop_map(|(level, text)| format!("{} {text}", "#".repeat(level))),
        4 => text(),
        2 => (text(), text()).prop_map(|(a, b)| format!("{a}\n{b}")),
        1 => (mark(), 1..7u8, words()).prop_map(|(mark, number, words)| format!("{mark}{number}. {words}")),
        2 => items().prop_map(|items| {
            items.iter().map(|(text, depth)| format!("{}- {text}", "  ".repeat(*depth))).collect::<Vec<_>>().join("\n")
        }),
        1 => items().prop_map(|items| {
            let line = |(number, (text, _)): (usize, &(String, usize))| format!("{}. {text}", number + 1);
            items.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
        }),
        1 => (text(), text(), text(), text())
            .prop_map(|(a, b, c, d)| format!("| {a} | {b} |\n|---|:-:|\n| {c} | {d} |\n| {b} | {a} |")),
        1 => (text(), text()).prop_map(|(a, b)| format!("> {a}\n>\n> {b}\n> - {a}")),
        1 => text().prop_map(|text| format!("```sh\n{text}\n```")),
        1 => (text(), text()).prop_map(|(a, b)| format!("{a}[^n]\n\n[^n]: {b}")),
        1 => prop::sample::select(&["---", "SECRET//NOFORN", "<!-- c -->", "![a](b)", "TEARLINE"][..]).prop_map(String::from),
    ];
    (prop::collection::vec(block, 1..9), any::<bool>()).prop_map(|(blocks, windows)| {
        let text = blocks.join("\n\n") + "\n";
        if windows { text.replace('\n', "\r\n") } else { text }
    })
}

/// Odd Markdown is drawn from one seed: it finds what nobody writes, and should find it in the same run for everybody.
fn odd() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(17);
    ProptestConfig {
        cases: 2048,
        max_global_rejects: 1 << 16,
        rng_seed,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn says_what_is_left(text: &str, fates: &[u8], cuts: &[(u16, u8, bool)]) -> Result<(), TestCaseError> {
    let document = parse(text);
    let plan = drawn(&document, fates, cuts);
    let candidate = render(&document, &plan, &Kept::default());
    let again = parse(candidate.text());
    prop_assert_eq!(
        flat(again.visible()),
        expected(&document, &plan),
        "from {:?} to {:?}",
        text,
        candidate.text()
    );
    Ok(())
}

#[test]
fn hostile_reports_render_in_linear_time() {
    let n = 20_000;
    let lists = "- ".repeat(n) + "(S) a\n\n" + &"  ".repeat(n) + "(U) b\n";
    let pieces = [
        ">",
        "- ",
        "*a ",
        "_a*",
        "`a` ",
        "`` ` ",
        "| ",
        "(U) a. ",
        "a[^1] ",
        "- \n",
        "1. (S) a\n",
        "# (U) a\n",
        "<br>",
        "[r]: x\n",
        "#",
        "# a}{",
    ];
    for text in pieces.map(|piece| piece.repeat(n)).into_iter().chain([
        lists,
        format!("{}\n{}\n{}\n", "|(U) a".repeat(n), "|-".repeat(n), "|(U) a|(S) b".repeat(n / 2)),
        (1..n / 10).map(|i| format!("[^{i}]: (U) a[^{}]\n", i + 1)).collect(),
        "---\n\n<!-- -->\n\nSECRET\n\n".repeat(n / 4),
        "Classified By: x\n\n".repeat(n),
        format!("# (U) {}", "#".repeat(n)),
    ]) {
        let document = parse(&text);
        let mut plan = drawn(&document, &[0, 1, 2], &[(3, 1, true), (1, 2, false)]);
        assert!(render(&document, &plan, &Kept::default()).text().len() <= 2 * text.len() + 100);
        plan.portions.fill(PortionFate::Drop);
        render(&document, &plan, &Kept::default());
    }
}

proptest! {
    #[test]
    fn the_release_of_a_report_says_what_the_plan_leaves(
        text in report(),
        fates in prop::collection::vec(any::<u8>(), 1..8),
        cuts in prop::collection::vec(any::<(u16, u8, bool)>(), 0..6),
    ) {
        says_what_is_left(&text, &fates, &cuts)?;
    }
}

proptest! {
    #![proptest_config(odd())]

    #[test]
    fn keeping_all_is_the_identity(text in markdownish()) {
        let document = parse(&text);
        let banner = document.banner_text().unwrap_or_default();
        let separators = document
            .furniture()
            .iter()
            .any(|f| f.kind != FurnitureKind::Banner || document.text(f.marking) != banner);
        prop_assume!(!hidden(&document) && !separators && !document.blocks().iter().any(|b| b.kind == crate::document::BlockKind::Html));
        let mut plan = plan(&document);
        plan.portions.fill(PortionFate::Keep);
        let candidate: Candidate = render(&document, &plan, &Kept::default());
        prop_assert_eq!(candidate.text(), text);
    }

    #[test]
    fn the_release_says_what_the_plan_leaves(
        text in markdownish(),
        fates in prop::collection::vec(any::<u8>(), 1..8),
        cuts in prop::collection::vec(any::<(u16, u8, bool)>(), 0..6),
    ) {
        says_what_is_left(&text, &fates, &cuts)?;
    }
}
