//! The pages: self-contained, inert, and as their policy says.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use sha2::{Digest as _, Sha256};
use tearline::review::{View, page};
use tearline::{Audience, Outcome, Pipeline, Report};

const BANNER: &str = "SECRET//REL TO USA, FVEY";

fn outcome(body: &str) -> Outcome {
    let pipeline = Pipeline::built_in().unwrap();
    let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
    let text = format!("{BANNER}\n\n{body}\n\n{BANNER}\n");
    pipeline.process(&Report::markdown("a & b.md", &text), &[audience]).remove(0)
}

fn between<'p>(page: &'p str, open: &str, close: &str) -> Vec<&'p str> {
    page.split(open).skip(1).map(|rest| rest.split(close).next().unwrap()).collect()
}

#[test]
fn a_page_is_one_file_that_calls_nothing() {
    let page = page::file(&View::of(&outcome("(S//REL TO USA, FVEY) The quay closes on 3 May.")));
    for call in ["http:", "https:", " src=", "<link", "url(", "@import", " style=", " onclick="] {
        assert!(!page.contains(call), "{call}");
    }
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"")[0].replace("&#39;", "'");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(policy.contains("connect-src 'none'"), "{policy}");
    let inlined =
        between(&page, "<script>", "</script>").into_iter().chain(between(&page, "<style>", "</style>"));
    for text in inlined {
        let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, Sha256::digest(text));
        assert!(
            policy.contains(&format!("'sha256-{hash}'")),
            "a script or style that the policy does not name"
        );
    }
}

#[test]
fn text_of_a_report_is_text_on_its_page() {
    let body = "(S//REL TO USA, FVEY) Ships & <script>alert(1)</script> \"quoted\" <b id=x>bold</b>.\n\n(S//NF) </template><img src=x onerror=alert(1)>";
    let page = page::file(&View::of(&outcome(body)));
    assert!(!page.contains("alert(1)<"), "{page}");
    assert!(!page.contains("<script>alert") && !page.contains("<img") && !page.contains("<b id=x"));
    assert!(page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"));
}

#[test]
fn rows_hold_all_of_the_source_and_of_the_release() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports");
    let pipeline = Pipeline::built_in().unwrap();
    let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        let outcome =
            pipeline.process(&Report::markdown("a.md", &text), std::slice::from_ref(&audience)).remove(0);
        let view = View::of(&outcome);
        let (mut source, mut release) = (String::new(), String::new());
        for row in view.rows() {
            source.extend(row.source.iter().map(|run| run.text));
            release.extend(row.release.iter().map(|run| run.text));
        }
        assert_eq!(squeezed(&source), squeezed(&text), "{}", file.display());
        let mut all: Vec<char> = squeezed(view.release()).chars().collect();
        let mut shown: Vec<char> = squeezed(&release).chars().collect();
        // A list may put an item in another's place.
        all.sort_unstable();
        shown.sort_unstable();
        assert_eq!(shown, all, "{}", file.display());
    }
}

#[test]
fn an_index_puts_what_waits_first() {
    let held = outcome("(S//REL TO USA, FVEY) The quay closes.");
    let lines = [page::IndexLine::of(&held)];
    let index = page::index("FVEY", &lines, None);
    assert!(index.contains("href=\"a%20%26%20b.md.html\""), "{index}");
    assert!(index.contains(BANNER));
}
