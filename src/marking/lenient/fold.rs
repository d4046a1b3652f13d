//! Typography put right: look-alikes, invisible characters, emphasis, letters set apart.

use std::collections::HashMap;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;

const TABLE: &str = include_str!("../../../patterns/markings/lookalikes.csv");

fn lookalikes() -> &'static HashMap<char, char> {
    static TABLE_READ: OnceLock<HashMap<char, char>> = OnceLock::new();
    TABLE_READ.get_or_init(|| {
        let rows = TABLE.lines().skip(1).filter_map(|line| line.split_once(','));
        rows.flat_map(|(to, from)| from.chars().map(move |c| (c, to))).filter_map(|(c, to)| Some((c, to.chars().next()?))).collect()
    })
}

/// The text in plain capitals and ASCII punctuation, without emphasis and invisible characters.
pub(crate) fn fold(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| lookalikes().get(&c).copied().unwrap_or(c))
        .nfkc()
        .flat_map(char::to_uppercase)
        .map(|c| match c {
            _ if c.is_whitespace() => ' ',
            '\\' | ';' => '/',
            _ => lookalikes().get(&c).copied().unwrap_or(c),
        })
        .filter(|c| !matches!(c, '*' | '_' | '`' | '"'))
        .collect();
    let words: Vec<_> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    close_up(&tighten(&words.join(" ")))
}

/// Characters that a reader does not see.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe0f}')
}

/// No space beside slashes and inside brackets; a space behind a comma.
fn tighten(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let last = out.chars().next_back();
        match c {
            ' ' if last.is_none_or(|last| matches!(last, '/' | '(' | '[' | '{')) => continue,
            '/' | ')' | ']' | '}' | ',' if last == Some(' ') => drop(out.pop()),
            _ if last == Some(',') && c != ' ' => out.push(' '),
            _ => {}
        }
        out.push(c);
    }
    out
}

/// `S E C R E T` and `S-E-C-R-E-T` and `S.E.C.R.E.T.` to one word; runs of four single letters and more.
fn close_up(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let boundary = !out.chars().next_back().is_some_and(char::is_alphanumeric);
        match spaced_run(rest).filter(|_| boundary) {
            Some((word, length)) => {
                out.push_str(&word);
                rest = &rest[length..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// A run of single letters with the same separator between them: the word and how many bytes it took.
fn spaced_run(text: &str) -> Option<(String, usize)> {
    let bytes = text.as_bytes();
    let separator = *bytes.get(1).filter(|b| matches!(b, b' ' | b'-' | b'.'))?;
    let mut word = String::new();
    let mut at = 0;
    while bytes.get(at).is_some_and(u8::is_ascii_uppercase) && !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) {
        word.push(char::from(bytes[at]));
        at += 1;
        if bytes.get(at) != Some(&separator) {
            break;
        }
        at += 1;
    }
    let ends_inside = bytes.get(at - usize::from(at > 0)) == Some(&separator) && separator != b'.';
    let length = if ends_inside { at - 1 } else { at };
    (word.len() >= 4).then_some((word, length))
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folds() {
        assert_eq!(fold("S E C R E T // N O F O R N"), "SECRET//NOFORN");
        assert_eq!(fold("T O P  S E C R E T"), "TOPSECRET");
        assert_eq!(fold("S.E.C.R.E.T."), "SECRET");
        assert_eq!(fold("（ Ｓ ／／ rel to usa,gbr )"), "(S//REL TO USA, GBR)");
        assert_eq!(fold("A B C"), "A B C");
    }
}
