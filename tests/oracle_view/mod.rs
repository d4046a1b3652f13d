//! What a reader of a release can see or dig out of it, by means that share nothing with the library: another Markdown
//! implementation, and a search that ignores everything between letters.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

/// The page that comrak makes of a release, with every extension and raw HTML.
pub(crate) fn render(text: &str) -> String {
    let mut options = comrak::Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.autolink = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.superscript = true;
    extension.header_id_prefix = Some(String::new());
    options.render.r#unsafe = true;
    options.render.full_info_string = true;
    comrak::markdown_to_html(text, &options)
}

/// Whether `word` (capitals) can be read out of `text`, its letters apart or in other clothes: once as it stands and once
/// without tags.
pub(crate) fn reveals(text: &str, word: &str) -> bool {
    let plain = untagged(text);
    let decoded = decoded(&plain);
    [text, &plain, &decoded, &unescaped_percent(text), &unescaped_percent(&decoded)]
        .iter()
        .any(|text| letters(text).contains(word))
}

/// The text without what stands between angle brackets.
fn untagged(text: &str) -> String {
    let mut out = String::new();
    let mut depth = false;
    for c in text.chars() {
        match c {
            '<' => depth = true,
            '>' if depth => depth = false,
            _ if !depth => out.push(c),
            _ => {}
        }
    }
    out
}

/// Numeric entities decoded; named ones, of which none is a letter of a term, dropped.
fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let name = after.split(';').next().unwrap_or_default();
        let number = match name.strip_prefix('#') {
            Some(number) => match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
                None => number.parse().ok(),
            },
            None => None,
        };
        if let Some(c) = number.and_then(char::from_u32) {
            out.push(c);
            rest = after.get(name.len() + 1..).unwrap_or_default();
        } else if name.len() < after.len() && name.chars().all(|c| c.is_ascii_alphanumeric()) {
            rest = &after[name.len() + 1..];
        } else {
            out.push('&');
            rest = after;
        }
    }
    out + rest
}

fn unescaped_percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hexadecimal = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        match hexadecimal.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Letters that look like Latin capitals and are none by compatibility.
static ALIKE: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    let rows = [
        ("АВЕЅІЈКМНОРСТУХЬѴԌԜ", "ABESIJKMHOPCTYXbVGW"),
        ("аеіјосрухѕһԁԛԝ", "aeijocpyxshdqw"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
        ("οινρ", "oivp"),
        ("ᎪᏴᏟᎠᎬᎻᎫᏞᎷᏢᏒᏚᎢᏙᎳᏃ", "ABCDEHJLMPRSTVWZ"),
        ("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "ABCDEFGHIJKLMNOPRSTUVWXYZ"),
    ];
    rows.iter().flat_map(|(from, to)| from.chars().zip(to.chars())).collect()
});

/// All Latin letters of a text in order, as capitals.
fn letters(text: &str) -> String {
    text.nfkd()
        .map(|c| ALIKE.get(&c).copied().unwrap_or(c))
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}
