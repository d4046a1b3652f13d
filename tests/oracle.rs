//! An independent oracle: examples of every section of the CommonMark specification and of its usual extensions, with a
//! code word in the place of each word in turn. What comrak, another implementation, makes of the release does not hold
//! it, and neither do the bytes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod oracle_view;

use std::ops::Range;

use oracle_view::{render, reveals};
use tearline::{Audience, Pipeline, Policy, Report, rules::Patterns};

const WORD: &str = "ZEPHYRINE";
const SUBSTANCE: &str = "The quay at Dravik closes on 3 May.";

/// Sections, each with its examples. `(U)` marks what may go.
const SECTIONS: &[(&str, &[&str])] = &[
    (
        "tabs",
        &[
            "\t(U) ships\tleft\there",
            "- (U) ships left\n\n\tand came back",
            ">\t\t(U) ships left",
            "-\t\t(U) ships left",
            "#\t(U) ships\tleft",
            "*\t*\t*\t\n\n(U) ships left",
        ],
    ),
    (
        "backslash escapes",
        &[
            "(U) \\*ships\\* \\[left\\](harbour) \\<b>here\\</b>",
            "(U) ships\\\nleft",
            "(U) \\`ships\\` \\# left \\&amp; gone",
            "(U) `ships \\[ left`",
            "(U) [ships](har\\*bour \"ti\\*tle\") left",
            "(U) ships [left]\n\n[left]: har\\*bour \"ti\\*tle\"",
            "(U) ships left:\n\n``` lan\\+guage\n(U) cargo\n```",
            "(U) \\(S//NF) ships left",
        ],
    ),
    (
        "entities",
        &[
            "(U) ships&nbsp;left &amp; came&#32;back &copy; here",
            "(U) &#42;ships&#42; left",
            "(U) [ships](h&ouml;f \"f&ouml;o\") left",
            "(U) ships left:\n\n``` f&ouml;o\n(U) cargo\n```",
            "(U) `f&ouml;o` left",
            "(U) ships &unknown; &#0; &#xFFFFFF; left",
            "&#40;U&#41; ships left",
        ],
    ),
    ("precedence", &["- (U) `ships\n- (U) left` here", "(U) *ships `left* here`"]),
    (
        "thematic breaks",
        &[
            "(U) ships\n\n***\n\n(U) left",
            "(U) ships\n***\n(U) left",
            "- (U) ships\n- * * *\n- (U) left",
            "- (U) ships\n***\n- (U) left",
        ],
    ),
    (
        "ATX headings",
        &[
            "# (U) ships left\n\n(U) here",
            "####### (U) ships left",
            "## (U) ships left ##\n\n(U) here",
            "### (U) ships left ### here\n\n(U) gone",
            "# (U) *ships* \\*left\\* `here`\n\n(U) gone",
            "(U) ships\n# (U) left\n(U) here",
            "## (U) ships left {#harbour .class key=value}\n\n(U) gone",
            "#ships left",
        ],
    ),
    (
        "setext headings",
        &[
            "(U) ships *left*\n====\n\n(U) here",
            "(U) ships\nleft\n----\n\n(U) here",
            "> (U) ships\n> left\n> ===\n\n(U) here",
            "- (U) ships\n---\n\n(U) left",
            "(U) `ships\n---\nleft`\n\n(U) here",
            "(U) ships left {#harbour}\n----\n\n(U) here",
        ],
    ),
    (
        "indented code",
        &[
            "(U) left:\n\n    (U) ships <b>left</b>\n\n    here *gone*",
            "1.  (U) ships\n\n        left here",
            "    (U) ships\n  left",
        ],
    ),
    (
        "fenced code",
        &[
            "```\n(U) ships left\n```",
            "~~~ language word={value}\n(U) ships left\n~~~",
            "(U) left:\n\n````\n(U) ships\n```\nleft\n`````",
            "```\n\n(U) ships\n",
            "> (U) left:\n> ```\n> ships\n\nhere",
            "- (U) left:\n  ```language\n  ships\n  ```",
            "   ```\n   (U) ships\n     left\n  ```",
            "``` lan`guage\n(U) ships\n```",
        ],
    ),
    (
        "HTML blocks",
        &[
            "<table><tr><td>\n(U) ships\n</td></tr></table>",
            "<div id=\"harbour\"\n  class=\"bay\">\n(U) ships left\n</div>",
            "<div>\n*(U) ships*\n\n(U) *left*\n\n</div>",
            "<pre language=\"x\"><code>\n(U) ships\n\nleft\n</code></pre>\n(U) here",
            "<script type=\"text/plain\">\n// ships\n\nleft\n</script>\n(U) here",
            "<style\n  type=\"text/css\">\n\nships\n</style>\n(U) left",
            "<!-- ships\n\nleft -->\n(U) here",
            "<?php\n\n  echo 'ships';\n\n?>\n(U) left",
            "<!DOCTYPE ships>\n(U) left",
            "<![CDATA[\nfunction ships(left)\n{\n}\n]]>\n(U) here",
            "  <!-- ships -->\n\n    <!-- left -->\n(U) here",
            "<del>\n(U) ships\n</del>",
            "<a href=\"harbour\">\n(U) ships left\n</a>",
            "</ins>\n(U) ships",
            "<custom-ships attribute='left'>\n(U) here\n</custom-ships>",
            "<textarea>\n\n(U) ships\n\n</textarea>",
        ],
    ),
    (
        "link reference definitions",
        &[
            "[ships]: /harbour \"the title\"\n\n(U) [ships] left",
            "   [ships]: \n      /harbour  \n           'the title'  \n\n(U) [ships] left",
            "[ships]: /harbour '\ntitle\nline1\nline2\n'\n\n(U) [ships] left",
            "[ships]: <harbour bay> \"title\"\n\n(U) [ships] left",
            "(U) [ships] left\n\n[ships]: first\n[ships]: second",
            "(U) [SHIPS] left\n\n[ships]: harbour",
            "[unused]: harbour\n\n(U) ships left",
            "[\nships\n]: harbour\n(U) left",
            "[ships]: harbour \"title\" more\n\n(U) left",
            "> [ships]: harbour\n\n(U) [ships] left",
            "# [Ships]\n[ships]: harbour\n> (U) left",
            "[ships]: harbour\n===\n\n(U) [ships] left",
            "[one]: harbour \"first\"\n[two]: bay\n  \"second\"\n[three]: gulf\n\n(U) [one],\n[two],\n[three] left",
        ],
    ),
    (
        "paragraphs and blank lines",
        &[
            "(U) ships\nleft\n\n(U) here\ngone",
            "  (U) ships\n     left\n\n\n   (U) here  ",
            "(U) ships     \nleft     ",
        ],
    ),
    (
        "block quotes",
        &[
            "> # (U) ships\n> (U) left\n> here",
            ">(U) ships\nleft",
            "> (U) ships\n---\n(U) left",
            "> - (U) ships\n- (U) left",
            ">     (U) ships\n    left",
            "> ```\n(U) ships\n```",
            ">\n> (U) ships\n>  \n> (U) left\n\n> (U) here",
            "> > > (U) ships\nleft",
            ">>> (U) ships\n> left\n>>here",
        ],
    ),
    (
        "list items",
        &[
            "1.  (U) ships\n    left\n\n        code\n\n    > quote",
            "- (U) ships\n\n left",
            "123456789. (U) ships",
            "1234567890. (U) ships",
            "- (U) ships\n-\n- (U) left",
            "*\n\n  (U) ships",
            "- # (U) ships\n- (U) left\n  ---\n  here",
            "1. - 2. (U) ships",
            "> 1. > (U) ships\nleft here",
            "  10.  (U) ships\n\n           left code",
        ],
    ),
    (
        "lists",
        &[
            "- (U) ships\n- (U) left\n+ (U) here",
            "1. (U) ships\n2. (U) left\n3) (U) here",
            "(U) ships\n- (U) left\n- (U) here",
            "- (U) ships\n  - left\n    - here\n\n\n      gone",
            "- (U) ships\n\n<!-- left -->\n\n- (U) here",
            "- (U) ships\n  > left\n\n- (U) here",
            "1. ```\n   (U) ships\n   ```\n\n   (U) left",
            "* (U) ships\n  * left\n\n  here\n* (U) gone",
        ],
    ),
    (
        "code spans",
        &[
            "(U) `ships`",
            "(U) ``ships ` left``",
            "(U) ` `` ` ships",
            "(U) ``\nships \nleft  \nhere\n``",
            "(U) *ships`*` left",
            "(U) `<a href=\"`ships\">` left",
            "(U) `<https://harbour.`ships>` left",
            "(U) ```ships`` left",
        ],
    ),
    (
        "emphasis",
        &[
            "(U) *ships left* here",
            "(U) ships*left*here",
            "(U) _ships_ **left** __here__ ***gone***",
            "(U) *(**ships**)* left",
            "(U) **ships *left* here**",
            "(U) *ships __left *here* gone__*",
            "(U) ***ships** left*",
            "(U) **ships*left**",
            "(U) *ships [left*](harbour)",
            "(U) **ships<a href=\"**\">left",
            "(U) *ships\nleft*",
        ],
    ),
    (
        "links",
        &[
            "(U) [ships](/harbour \"title\") left",
            "(U) [ships](<b ay> 'title') left",
            "(U) [ships](harbour(and(bay))) left",
            "(U) [ships](#fragment) [left](https://example.com?x=3#frag)",
            "(U) [ships](harbour%20b&auml;) left",
            "(U) [ships](harbour \"title \\\"&quot;\") left",
            "(U) [ships](   harbour\n  \"title\"  ) left",
            "(U) [ships [left] here](harbour)",
            "(U) [ships *left **here** `gone`*](harbour)",
            "(U) [![ships](left.jpg)](harbour)",
            "(U) [ships [left](harbour)](bay)",
            "(U) [ships][bar] left\n\n[bar]: /harbour \"title\"",
            "(U) [ships][] left\n\n[ships]: /harbour",
            "(U) [ships] [left]\n\n[left]: /harbour",
            "(U) [ships][ref[] left\n\n[ref\\[]: harbour",
            "(U) [ships](not a link) left",
            "(U) [ships] left[^nothing] here",
        ],
    ),
    (
        "images",
        &[
            "(U) ![ships](harbour.jpg \"title\") left",
            "(U) ![ships *left*][bar] here\n\n[bar]: harbour.jpg \"train & tracks\"",
            "(U) ![ships ![left](a.jpg)](b.jpg) here",
            "(U) ![ships][] left\n\n[ships]: harbour",
            "(U) ![ships] left\n\n[ships]: harbour \"title\"",
            "(U) !\\[ships] left",
        ],
    ),
    (
        "autolinks",
        &[
            "(U) <https://harbour.example/ships?q=left&x=1> here",
            "(U) <MAILTO:SHIPS@HARBOUR.EXAMPLE> left",
            "(U) <ships@harbour.example> left",
            "(U) <https://harbour example> ships",
            "(U) https://harbour.example/ships left",
            "(U) www.harbour.example ships@left.example here",
        ],
    ),
    (
        "raw HTML",
        &[
            "(U) <a><bab><c2c> ships",
            "(U) <a  /><b2\ndata=\"harbour\" > ships",
            "(U) <a ships=\"left\" bay = 'x <em>\"</em>'\n_boolean zoop:33=zoop:33 /> here",
            "(U) ships <responsive-image src=\"left.jpg\" /> here",
            "(U) ships <!-- this is a --\ncomment - with hyphens --> left",
            "(U) ships <?php echo $left; ?> here",
            "(U) ships <!ELEMENT left EMPTY> here",
            "(U) ships <![CDATA[>&<left]]> here",
            "(U) ships <a href=\"\\*left\"> here",
            "(U) ships <a h*#ref=\"left\"> here",
            "(U) ships <script>left</script> here",
            "(U) ships <title>left</title> <del>here</del> gone",
        ],
    ),
    (
        "line breaks",
        &[
            "(U) ships  \nleft",
            "(U) ships\\\n     left",
            "(U) *ships  \nleft*",
            "(U) `code  \nspan` ships",
            "(U) <a href=\"ships  \nleft\"> here",
            "### (U) ships\\\n\n(U) left",
            "(U) ships \n left",
            "(U) ships\r\nleft\r\rhere",
        ],
    ),
    (
        "tables",
        &[
            "| (U) ships | (U) left |\n| --- | :-: |\n| (U) here | gone |",
            "(U) ships | left\n--- | ---\n(U) here | gone",
            "| (U) a\\|b | left |\n|---|---|\n| (U) `c\\|d` | **here** |",
            "| (U) ships | left |\n|---|---|\n| (U) one |\n| (U) two | three | four | five |",
            "| (U) ships |\n|---|\n| (U) left |\n> (U) here",
            "| ships | left |\n| --- |\n| (U) here |",
            "- (U) ships\n\n  | (U) left |\n  |---|\n  | (U) here |",
            "| (U) [ships](left) | ![here](gone) |\n|---|---|\n| (U) <b x=\"one\">two</b> | <!-- three --> |",
        ],
    ),
    ("task lists", &["- [ ] (U) ships\n- [x] (U) left", "- [x] (U) ships\n  - [ ] left\n- [y] (U) here"]),
    ("strikethrough", &["(U) ~~ships~~ left ~here~ gone", "(U) ships ~~left\n\nhere~~ gone"]),
    (
        "footnotes",
        &[
            "(U) ships[^1] left\n\n[^1]: (U) here\n    gone\n\n    (U) again",
            "(U) ships[^name] left\n\n[^name]: (U) here",
            "(U) ships[^1] left\n\n[^1]: (U) here\n[^1]: (U) gone\n[^2]: (U) unused",
            "[^1]: (U) here\n\n(U) ships[^1] left",
            "(U) ships[^1] left[^2]\n\n[^1]: (U) one[^2]\n[^2]: (U) two[^1]",
            "> (U) ships[^1]\n>\n> [^1]: (U) left",
            "(U) ships^[left here] gone",
        ],
    ),
    (
        "front matter",
        &[
            "---\ntitle: ships\nauthor: left\n---\n\n(U) here",
            "+++\ntitle = \"ships\"\n+++\n\n(U) here",
            "---\nships\n\n(U) left",
        ],
    ),
];

/// The words of an example, marks and levels aside.
fn places(example: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut start = None;
    for (at, c) in example.char_indices().chain([(example.len(), ' ')]) {
        match (c.is_ascii_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                if !matches!(&example[from..at], "U" | "S" | "NF") {
                    places.push(from..at);
                }
            }
            _ => {}
        }
    }
    places
}

fn report(example: &str) -> String {
    let head = "SECRET//NOFORN\n\n";
    let (matter, body) = match example.starts_with(['-', '+']) && example[1..].starts_with(&example[..1]) {
        true => (example, ""),
        false => ("", example),
    };
    if body.is_empty() {
        format!("{matter}\n\n{head}(S//REL TO USA, FVEY) {SUBSTANCE}\n\nSECRET//NOFORN\n")
    } else {
        format!("{head}(S//REL TO USA, FVEY) {SUBSTANCE}\n\n{body}\n\nSECRET//NOFORN\n")
    }
}

fn pipeline(terms: bool) -> Pipeline {
    let mut patterns = Patterns::built_in();
    if terms {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("{WORD}\n")).unwrap();
        patterns.add_terms(file.path()).unwrap();
    }
    patterns.without_reader();
    let policy = Policy::load(&patterns, None).unwrap();
    Pipeline::new(patterns.build().unwrap(), policy, [0; 32])
}

/// Plants the word in every place of every example and looks for it in what is released.
fn none_leaks(pipeline: &Pipeline, change: fn(&str) -> String, least: usize) {
    let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
    let (mut count, mut leaks) = (0, Vec::new());
    for (section, examples) in SECTIONS {
        for example in *examples {
            let example = change(example);
            for place in places(&example) {
                count += 1;
                let mut planted = example.clone();
                planted.replace_range(place, WORD);
                let text = report(&planted);
                let outcomes =
                    pipeline.process(&Report::markdown("r.md", &text), std::slice::from_ref(&audience));
                let Some(release) = outcomes[0].release() else {
                    leaks.push(format!(
                        "{section}: nothing is released of {planted:?}: {}",
                        outcomes[0].reason()
                    ));
                    continue;
                };
                let page = render(release.text());
                if reveals(release.text(), WORD) || reveals(&page, WORD) {
                    leaks.push(format!("{section}: {planted:?} gives {:?} and {page:?}", release.text()));
                }
                if !page.contains(SUBSTANCE) {
                    leaks.push(format!("{section}: {planted:?} loses the substance: {:?}", release.text()));
                }
            }
        }
    }
    assert!(count >= least, "only {count} cases");
    assert!(leaks.is_empty(), "{} of {count}:\n{}", leaks.len(), leaks.join("\n"));
}

#[test]
fn a_term_is_shown_in_no_place() {
    none_leaks(&pipeline(true), str::to_owned, 400);
}

#[test]
fn a_withheld_word_is_shown_in_no_place() {
    none_leaks(
        &pipeline(false),
        |example| example.replace("(U)", "(S//NF)").replace("&#40;U&#41;", "&#40;S//NF&#41;"),
        400,
    );
}

/// The text of a page without its tags, white space aside.
fn text_of(page: &str) -> String {
    let mut text = String::new();
    let mut tag = false;
    for c in page.chars() {
        match c {
            '<' => tag = true,
            '>' if tag => tag = false,
            _ if !tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_has_nothing_to_hide_is_shown_as_before() {
    let pipeline = pipeline(false);
    let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
    let mut same = 0;
    for (_, examples) in SECTIONS {
        for example in *examples {
            let text = report(example).replace("NOFORN", "REL TO USA, FVEY");
            let outcomes =
                pipeline.process(&Report::markdown("r.md", &text), std::slice::from_ref(&audience));
            let Some(release) = outcomes[0].release() else { continue };
            same += usize::from(text_of(&render(release.text())) == text_of(&render(&text)));
        }
    }
    assert!(same >= 60, "only {same} examples");
}
