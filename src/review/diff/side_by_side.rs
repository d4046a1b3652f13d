//! Source and release in two columns, wrapped at words.

use std::fmt::Write as _;

use anstyle::Style as Ansi;
use unicode_width::UnicodeWidthStr as _;

use super::{Style, heading};
use crate::review::view::{Fate, Run, View};

/// A column is at least this wide, in cells.
const NARROWEST: usize = 20;

/// The two columns of a terminal `width` cells wide. Between them stands `|` where both differ and `<` where nothing is left.
#[must_use]
pub fn side_by_side(view: &View<'_>, style: &Style, width: usize) -> String {
    let mut out = heading(view, style);
    let column = (width.saturating_sub(3) / 2).max(NARROWEST);
    for row in view.rows() {
        out.push('\n');
        let left = wrap(&row.source, style, column);
        let right = wrap(&row.release, style, column);
        let sign = match row.fate {
            Fate::Same => ' ',
            Fate::Changed => '|',
            Fate::Gone => '<',
        };
        for index in 0..left.len().max(right.len()) {
            let empty = Line::default();
            let (left, right) = (left.get(index).unwrap_or(&empty), right.get(index).unwrap_or(&empty));
            let pad = " ".repeat(column.saturating_sub(left.width));
            let line = format!("{}{pad} {sign} {}", left.text, right.text);
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }
    out
}

/// A line of a column with its width in cells.
#[derive(Default)]
struct Line {
    text: String,
    width: usize,
}

/// Runs as lines of at most `column` cells.
fn wrap(runs: &[Run<'_>], style: &Style, column: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut line = Line::default();
    for run in runs.iter().filter(|run| !run.text.is_empty()) {
        let (ansi, open, close) = style.run(run.kind);
        let text = format!("{open}{}{close}", run.text);
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                lines.push(std::mem::take(&mut line));
            }
            for word in part.split_inclusive(' ') {
                word_into(word, ansi, column, &mut line, &mut lines);
            }
        }
    }
    if line.width > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

fn word_into(word: &str, ansi: Ansi, column: usize, line: &mut Line, lines: &mut Vec<Line>) {
    if line.width > 0 && line.width + word.trim_end().width() > column {
        lines.push(std::mem::take(line));
    }
    let mut rest = word;
    while rest.trim_end().width() > column {
        let mut cells = 0;
        let cut = rest.char_indices().find(|(_, c)| {
            cells += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            cells > column
        });
        let at = cut.map_or(rest.len(), |(at, _)| at).max(rest.chars().next().map_or(1, char::len_utf8));
        lines.push(Line { text: format!("{ansi}{}{ansi:#}", &rest[..at]), width: column });
        rest = &rest[at..];
    }
    let rest = if line.width + rest.width() > column { rest.trim_end() } else { rest };
    line.width += rest.width();
    let _ = write!(line.text, "{ansi}{rest}{ansi:#}");
}
