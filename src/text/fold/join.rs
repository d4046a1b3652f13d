//! Words that are broken at a line end and letters that are set apart, joined.

use super::glyph::{Glyph, is_letter};

/// Letters set apart stand at most so many blanks apart.
const WIDEST_GAP: usize = 4;
/// So many single letters in a row are letters set apart.
pub(super) const FEWEST_LETTERS: usize = 3;

/// Joins words that are broken behind a hyphen, at a line end for the most; the hyphen stays or goes. Whether there was any.
pub(super) fn unbroken(glyphs: &[Glyph], keep_hyphen: bool) -> (Vec<Glyph>, bool) {
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let (mut at, mut any) = (0, false);
    while at < glyphs.len() {
        if glyphs[at].c == '-' && is_letter(out.last()) {
            // In a code span a line end is seen as a space.
            let blank = |g: &&Glyph| g.c.is_whitespace() && g.c != '\u{1E}' || g.c == '>';
            let next = at + 1 + glyphs[at + 1..].iter().take_while(blank).count();
            if glyphs.get(at + 1).is_some_and(|g| g.c.is_whitespace()) && is_letter(glyphs.get(next)) {
                any = true;
                if keep_hyphen {
                    out.push(glyphs[at]);
                }
                at = next;
                continue;
            }
        }
        out.push(glyphs[at]);
        at += 1;
    }
    (out, any)
}

/// Joins letters that are set apart. Whether there were any.
pub(super) fn unspaced(glyphs: &[Glyph]) -> (Vec<Glyph>, bool) {
    let single = |at: usize| {
        is_letter(glyphs.get(at))
            && !at.checked_sub(1).is_some_and(|before| is_letter(glyphs.get(before)))
            && !is_letter(glyphs.get(at + 1))
    };
    // How many characters stand between the single letter at `at` and the next: blanks, or one sign between them.
    let gap = |at: usize| {
        let rest = glyphs.get(at + 1..)?;
        let mut signs = 0;
        let width = rest.iter().take(WIDEST_GAP + 1).take_while(|glyph| {
            signs += usize::from(!glyph.c.is_whitespace());
            !glyph.c.is_alphanumeric() && glyph.c != '\u{1E}' && signs <= 1
        });
        let width = width.count();
        ((1..=WIDEST_GAP).contains(&width) && single(at + 1 + width)).then_some(width)
    };
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let (mut at, mut any) = (0, false);
    while at < glyphs.len() {
        if !single(at) {
            out.push(glyphs[at]);
            at += 1;
            continue;
        }
        let mut letters = vec![at];
        while let Some(width) = letters.last().and_then(|&last| gap(last)) {
            letters.push(letters[letters.len() - 1] + 1 + width);
        }
        let last = letters[letters.len() - 1];
        if letters.len() < FEWEST_LETTERS {
            out.extend_from_slice(&glyphs[at..=last]);
        } else {
            any = true;
            let mut gaps: Vec<usize> = letters.windows(2).map(|pair| pair[1] - pair[0]).collect();
            gaps.sort_unstable();
            let usual = gaps[gaps.len() / 2];
            for pair in letters.windows(2) {
                out.push(glyphs[pair[0]]);
                if pair[1] - pair[0] > usual {
                    out.push(Glyph { c: ' ', ..glyphs[pair[0] + 1] });
                }
            }
            out.push(glyphs[last]);
        }
        at = last + 1;
    }
    (out, any)
}
