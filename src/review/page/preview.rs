//! A release as its reader sees it, inert: no HTML of the text's own, no links, no pictures.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::document::Format;

/// The release as HTML that holds nothing but text and structure.
pub(super) fn preview(release: &str, format: Format) -> String {
    let mut out = String::new();
    match format {
        Format::Text => {
            out.push_str("<pre>");
            let text = [Event::Text(CowStr::Borrowed(release))];
            html::push_html(&mut out, text.into_iter());
            out.push_str("</pre>");
        }
        Format::Markdown => {
            let options = Options::ENABLE_TABLES
                | Options::ENABLE_FOOTNOTES
                | Options::ENABLE_STRIKETHROUGH
                | Options::ENABLE_TASKLISTS;
            let events = Parser::new_ext(release, options).filter_map(|event| match event {
                Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
                Event::Start(Tag::Link { .. } | Tag::Image { .. })
                | Event::End(TagEnd::Link | TagEnd::Image)
                | Event::Start(Tag::HtmlBlock | Tag::MetadataBlock(_))
                | Event::End(TagEnd::HtmlBlock | TagEnd::MetadataBlock(_)) => None,
                // Footnotes would be links; their number says enough.
                Event::FootnoteReference(label) => Some(Event::Text(format!("[{label}]").into())),
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    Some(Event::Text(format!("[{label}] ").into()))
                }
                Event::End(TagEnd::FootnoteDefinition) => None,
                // A heading of the report is below those of the page.
                Event::Start(Tag::Heading { level, .. }) => {
                    let (id, classes, attrs) = (None, Vec::new(), Vec::new());
                    Some(Event::Start(Tag::Heading { level: lower(level), id, classes, attrs }))
                }
                Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lower(level)))),
                Event::TaskListMarker(done) => {
                    Some(Event::Text(CowStr::Borrowed(if done { "☑ " } else { "☐ " })))
                }
                Event::SoftBreak => Some(Event::Text(CowStr::Borrowed("\n"))),
                other => Some(other),
            });
            html::push_html(&mut out, events);
        }
    }
    out
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_text_is_live() {
        let text = "# A\n\n[x](javascript:1) ![y](http://z) <b onclick=1>c</b>\n\n<script>1</script>\n\nfoot[^1]\n\n[^1]: note\n";
        let html = preview(text, Format::Markdown);
        for live in ["<script", "<b", "href", "src=", "onclick=1>", "<img", "<a"] {
            assert!(!html.contains(live) || live == "<b" && !html.contains("<b "), "{live}: {html}");
        }
        assert!(html.contains("&lt;script"), "{html}");
        assert_eq!(preview("a < b\n", Format::Text), "<pre>a &lt; b\n</pre>");
    }
}
