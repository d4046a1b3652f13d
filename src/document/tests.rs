//! Tests of the whole front end: what stands where, and the properties of the partition.

use proptest::prelude::*;

use super::{BLOCK_SEPARATOR, Document, Form, Format, FurnitureKind, SegmentKind};
use crate::text::{SourceText, Span};

fn markdown(text: &str) -> Document {
    Document::parse(SourceText::new(text.to_owned()), Format::Markdown)
}

/// The segments in a notation of their own: visible text bare, `[kind:bytes]` for the rest.
fn shown(text: &str) -> String {
    let document = markdown(text);
    let mut out = String::new();
    for segment in document.segments().iter() {
        let bytes = &text[segment.source.range()];
        match segment.kind {
            SegmentKind::Visible(Form::Verbatim) => out.push_str(bytes),
            SegmentKind::Visible(form) => out.push_str(&format!("[{form:?}:{bytes:?}]")),
            SegmentKind::Syntax(syntax) => out.push_str(&format!("[{syntax:?}:{bytes:?}]")),
            SegmentKind::Hidden(hidden) => out.push_str(&format!("[{hidden:?}:{bytes:?}]")),
            SegmentKind::Unclaimed => out.push_str(&format!("[UNCLAIMED:{bytes:?}]")),
        }
    }
    out
}

/// The portions: mark, body and holder.
fn portions(text: &str) -> Vec<(String, String, Option<usize>)> {
    let document = markdown(text);
    document
        .portions()
        .iter()
        .map(|p| {
            let mark = p.mark.map_or(String::new(), |mark| document.text(mark.visible).to_owned());
            (mark, document.text(p.body).trim().to_owned(), p.holder)
        })
        .collect()
}

fn furniture(text: &str) -> Vec<(FurnitureKind, String)> {
    let document = markdown(text);
    document.furniture().iter().map(|f| (f.kind, document.text(f.visible).to_owned())).collect()
}

#[test]
fn inline_markup_is_told_from_text() {
    assert_eq!(
        shown("a\\*b &amp; **AL**PHA [l](u \"t\") ~~no~~ ![alt](i) <http://x.example>"),
        "a[Decoded:\"\\\\*\"]b [Decoded:\"&amp;\"] [Delimiter:\"**\"]AL[Delimiter:\"**\"]PHA [LinkTarget:\"[\"]l\
         [LinkTarget:\"](u \\\"t\\\")\"] [Struck:\"~~no~~\"] [Image:\"![alt](i)\"] [LinkTarget:\"<\"]http://x.example\
         [LinkTarget:\">\"]"
    );
    assert_eq!(markdown("a\\*b &amp; **AL**PHA S\u{AD}IG&shy;INT").visible(), "a*b & ALPHA SIGINT");
}

#[test]
fn what_the_parser_never_reports_is_claimed() {
    assert_eq!(
        shown("[r]\n\n[r]: x\n[r]: y 't'\n[s]: z"),
        "[LinkTarget:\"[\"]r[LinkTarget:\"]\"][Space:\"\\n\\n\"][ReferenceDefinition:\"[r]: x\\n[r]: y 't'\\n[s]: z\"]"
    );
    assert_eq!(
        shown("|a|\n|-|\n|b|c d|"),
        "[Pipe:\"|\"]a[Pipe:\"|\"][Space:\"\\n\"][Line:\"|-|\"][Space:\"\\n\"][Pipe:\"|\"]b[Pipe:\"|\"][SurplusCell:\"c d\"][Pipe:\"|\"]"
    );
    assert_eq!(
        shown("## H ## {#id}\n```rust x\n1\n```"),
        "[Marker:\"##\"][Space:\" \"]H[Space:\" \"][Marker:\"##\"][HeadingAttributes:\" {#id}\"][Space:\"\\n\"]\
         [Line:\"```\"][InfoString:\"rust x\"][Space:\"\\n\"]1[Space:\"\\n\"][Line:\"```\"]"
    );
    assert!(shown(&format!("a\n{}", "=".repeat(200))).contains("UNCLAIMED"), "length can carry data");
}

#[test]
fn continuation_prefixes_are_no_text() {
    assert_eq!(
        markdown("> a\n>   b\nlazy\n\n- x\n\n      code\n   y").visible(),
        "a\nb\nlazy\u{1E}x\u{1E}code\u{1E}y"
    );
    assert_eq!(
        markdown("a\r\nb  \r\n`c\r\n d`\r\n\r\n```\r\ne\r\n\r\nf\r\n```\r\n").visible(),
        "a\nb\nc   d\u{1E}e\n\nf"
    );
}

#[test]
fn html_leaves_its_text() {
    assert_eq!(markdown("<div class='x'>\nA &amp; <b\nc='>'>B</b><br>C\n</div>\n").visible(), "A & B\nC");
    assert_eq!(markdown("a<br>b <script>x *y*</script><del>d</del> <!-- c -->e").visible(), "a b  e");
    assert_eq!(markdown("<script>\nx\n\ny</script>\n\n<!-- z\n\nz -->").visible(), "");
}

#[test]
fn code_spans_keep_their_offsets() {
    let text = "> x `` a` \n> b `` y";
    let document = markdown(text);
    assert_eq!(document.visible(), "x a`  b y");
    let spans: Vec<_> = document.segments().to_source(Span::new(2, 7)).map(|s| &text[s.range()]).collect();
    assert_eq!(spans, ["a` \n", "b"]);
}

#[test]
fn marks_begin_portions() {
    let found = |text: &str| {
        portions(text).into_iter().map(|(mark, body, _)| format!("{mark}|{body}")).collect::<Vec<_>>()
    };
    assert_eq!(found("# (U) A\n\n**(S//NF) Q.** b\n\n(S//\nNF) c"), ["(U)|A", "(S//NF)|Q. b", "(S//\nNF)|c"]);
    assert_eq!(
        found("(S//NF) SOURCE: (U) x. (U) y (U) z"),
        ["(S//NF)|SOURCE:", "(U)|x.", "(U)|y (U) z"].map(String::from)
    );
    assert_eq!(found("(U) a (S//NF) b\n(S) c"), ["(U)|a", "(S//NF)|b", "(S)|c"]);
    assert_eq!(found("Text at the end. (S//NF)"), ["(S//NF)|Text at the end."]);
    assert_eq!(found("4A. (U) text\n\n(a) (U) text"), ["(U)|text", "(U)|text"]);
    assert_eq!(found("```\n# (U) rule\nx\n```"), ["(U)|rule\nx"]);
    assert_eq!(found("no mark (c) here (U) or (s)"), ["|no mark (c) here (U) or (s)"]);
}

#[test]
fn a_mark_at_the_end_closes_a_marked_portion() {
    let document = markdown("(U) text (S//NF)");
    let portion = document.portions()[0];
    assert_eq!((document.portions().len(), document.text(portion.body).trim()), (1, "text"));
    assert_eq!(portion.closing.map(|mark| document.text(mark.visible)), Some("(S//NF)"));
}

#[test]
fn unmarked_parts_inherit_from_their_holder_only() {
    let holders = |text: &str| portions(text).into_iter().map(|(_, _, holder)| holder).collect::<Vec<_>>();
    assert_eq!(holders("(U) a\n\nb\n\n# c"), [None, None, None], "top-level text never inherits");
    assert_eq!(holders("- (U) a\n\n  b\n  - c\n    - d\n- e"), [None, Some(0), Some(0), Some(0), None]);
    assert_eq!(holders("> (U) a\n>\n> b\n\nc"), [None, Some(0), None]);
    assert_eq!(holders("|h|i|\n|-|-|\n|(U) a|b|\n|c|(S) d|"), [None, None, None, Some(2), None, None]);
    assert_eq!(holders("x[^1]\n\n[^1]: (U) a\n\n    b"), [None, None, Some(1)]);
}

#[test]
fn furniture_is_found() {
    use FurnitureKind::{Authority, Banner, TearlineEnd, TearlineRow, TearlineStart};
    let kinds = |text: &str| furniture(text).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
    assert_eq!(
        kinds(
            "**SECRET//NOFORN**\n\n(U) x\n\nClassified By: A\nDerived From: B\n  and C\nDeclassify On: D\nSECRET//NOFORN"
        ),
        [Banner, Authority, Banner]
    );
    assert_eq!(
        kinds("(U) TEARLINE FOLLOWS\n\n---\n\n(U) x\n\n----- END TEARLINE -----"),
        [TearlineStart, TearlineRow, TearlineEnd]
    );
    assert_eq!(kinds("SECRET\n\n---\n\n(U) x\n\n---\n\n(U) y\n\nSECRET"), [Banner, Banner], "plain rules");
    assert_eq!(kinds("SECRET\n\n(S) x\n\n___\n\nUNCLASSIFIED\n\n(U) y"), [Banner, TearlineStart, Banner]);
    for start in [
        "## Tearline",
        "TEAR LINE",
        "//TEARLINE//",
        "TEARLINE 1",
        "- - - 8< - - -",
        "<!-- tearline -->",
        "SANITISED VERSION",
        "**BEGIN TEARLINE**",
        "CUT HERE",
        "=== REL TEARLINE: NATO ===",
    ] {
        assert_eq!(kinds(start), [TearlineStart], "{start}");
    }
    assert_eq!(kinds("The tearline was cut here. A releasable version follows."), []);
}

#[test]
fn tearline_sections_hold_their_portions() {
    let document = markdown(
        "SECRET\n\n(S) a\n\nTEARLINE\n\nUNCLASSIFIED\n\n(U) b\n\nUNCLASSIFIED\n\nEND TEARLINE\n\n(S) c\n\nSECRET",
    );
    let inside: Vec<_> = document.portions().iter().map(|p| p.tearline).collect();
    assert_eq!(inside, [None, Some(0), None]);
    assert_eq!(document.tearlines[0].banner, Some(2));
}

#[test]
fn plain_text_has_paragraphs_and_lines() {
    let text = "SECRET\r\n\r\n(U) *a*\r\n  b\r\n\r\n  1. (S) c &amp; d\r\n";
    let document = Document::parse(SourceText::new(text.to_owned()), Format::Text);
    assert_eq!(document.visible(), "SECRET\u{1E}(U) *a*\nb\u{1E}1. (S) c &amp; d");
    let marks: Vec<_> =
        document.portions().iter().filter_map(|p| p.mark).map(|m| document.text(m.visible)).collect();
    assert_eq!(marks, ["(U)", "(S)"]);
}

#[test]
fn hostile_nesting_is_linear() {
    for piece in [">", "- ", "[", "*a ", "`", "<b", "![", "(S//NF) ", "|", "> - ", "**x *y ", "\n"] {
        let document = markdown(&piece.repeat(100_000));
        assert_eq!(document.segments().iter().last().map(|s| s.source.end()), Some(piece.len() * 100_000));
    }
    // One bracket closes the last of many that open.
    let document = markdown(&format!("[1] x\n{}]", "[1 ".repeat(100_000)));
    assert_eq!(document.notes().references.len(), 1);
}

fn one_of(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(pieces).prop_map(str::to_owned)
}

/// Pieces of Markdown that meet in odd ways.
pub(crate) fn markdownish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Zé ]{1,8}",
        2 => one_of(&[
            "(U) ", "(S//NF) ", "(S//REL TO USA, FVEY) ", "SECRET//NOFORN\n", "Classified By: x\n", "TEARLINE\n", "3. ",
        ]),
        4 => one_of(&[
            "\n", "\n\n", "\r\n", "\t", "    ", "  ", "> ", ">", "- ", "* ", "1. ", "10) ", "# ", "### ", "***\n", "---\n", "===\n",
            "```\n", "~~~ x\n", "+++\n", "    code\n",
        ]),
        4 => one_of(&[
            "*", "**", "_", "__", "`", "``", "~~", "~", "[", "]", "](u)", "](u \"t\")", "![", "[r]", "[r]: x\n", "[^1]", "[^a]", "[^1]: ",
            "[^a]: ", "<b>", "</b>", "<br>", "<!-- c -->", "<!--", "-->", "<script>", "</script>", "<del>", "</del>", "<p>\n", "<a@b.example>",
        ]),
        2 => one_of(&[
            "|a|b|\n|-|-|\n", "|", "\\|", "|c|d|e|\n", "&amp;", "&#x41;", "&shy;", "&", "\\", "\\*", "\u{200B}", "\u{AD}", "\u{1E}",
            "\u{FEFF}", "{#id}", "[ ] ", "—", ".", ", ", ":", "()", "!",
        ]),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn segments_tile_and_portions_hold_all_visible_text(text in prop_oneof![4 => markdownish(), 1 => "\\PC{0,80}"]) {
        for format in [Format::Markdown, Format::Text] {
            let document = Document::parse(SourceText::new(text.clone()), format);
            let mut at = 0;
            for segment in document.segments().iter() {
                prop_assert_eq!(segment.source.start(), at);
                at = segment.source.end();
            }
            prop_assert_eq!(at, text.len());
            let mut held: Vec<_> = document.portions().iter().map(|p| p.extent)
                .chain(document.furniture().iter().map(|f| f.visible)).collect();
            held.sort();
            let mut at = 0;
            for span in held {
                prop_assert!(document.visible()[at..span.start()].chars().all(|c| c == '\n' || c == BLOCK_SEPARATOR));
                at = span.end();
            }
            prop_assert!(document.visible()[at..].chars().all(|c| c == '\n' || c == BLOCK_SEPARATOR));
        }
    }

    #[test]
    fn the_offset_map_round_trips(text in markdownish()) {
        let document = markdown(&text);
        let segments = document.segments();
        for (at, c) in document.visible().char_indices().filter(|&(_, c)| c != BLOCK_SEPARATOR) {
            let visible = Span::new(at, at + c.len_utf8());
            let source: Vec<_> = segments.to_source(visible).collect();
            prop_assert_eq!(source.len(), 1);
            let back = segments.to_visible(source[0].start());
            let holder = segments.iter().find(|segment| segment.visible.range().contains(&at));
            prop_assert!(back == at || holder.is_some_and(|holder| holder.visible.start() == back));
            let bytes = &text[source[0].range()];
            prop_assert!(bytes.chars().eq([c]) || segments.within(source[0]).all(|s| s.kind != SegmentKind::Visible(Form::Verbatim)));
        }
    }
}

#[test]
fn a_table_without_marks_carries_on_the_mark_of_its_caption() {
    let holders = |text: &str| portions(text).into_iter().map(|(_, _, holder)| holder).collect::<Vec<_>>();
    assert_eq!(holders("(U) Sites.\n\n|h|\n|-|\n|a|"), [None, Some(0), Some(0)]);
    assert_eq!(
        holders("(U) Sites.\n\n|h|i|\n|-|-|\n|a|(S) b|"),
        [None; 5],
        "a mark in one cell speaks for itself"
    );
    assert_eq!(holders("(U) Sites.\n\n# (U) c\n\n|h|\n|-|\n|a|"), [None; 4], "not the paragraph before");
    let long = format!("(U) {}.\n\n|h|\n|-|\n|a|", "A long text is no caption. ".repeat(6));
    assert_eq!(holders(&long), [None; 3]);
}

#[test]
fn a_list_right_behind_its_lead_in_carries_on_its_mark() {
    let held = |text: &str| markdown(text).portions().iter().map(|p| p.holder).collect::<Vec<_>>();
    assert_eq!(held("(S//NF) The men:\n- a\n- b\n"), [None, Some(0), Some(0)]);
    assert_eq!(held("(S//NF) The men:\n- a\n- (U) b\n"), [None, Some(0), None]);
    assert_eq!(held("(S//NF) The men:\n\n- a\n"), [None, None], "a blank line ends the portion");
    assert_eq!(held("The men:\n- a\n"), [None, None]);
}
