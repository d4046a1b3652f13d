//! Source and release side by side: rows of both, cut where portions begin, each run of text with the change behind it.
//!
//! All that shows a release to a person (terminal, page, server) shows a [`View`]. It is made from where the renderer says each run
//! of the release comes from; a release made by others is aligned by its words.

use std::borrow::Cow;
use std::ops::Range;

use super::align;
use super::record::{Action, EditRecord, PortionRecord, ReviewRecord, Status};
use crate::category::Category;
use crate::pipeline::Outcome;
use crate::render::Piece;
use crate::text::{LineIndex, SourceText};

/// One report beside its release.
#[derive(Debug)]
pub struct View<'o> {
    outcome: &'o Outcome,
    source: &'o str,
    release: Option<Cow<'o, str>>,
    pieces: Cow<'o, [Piece]>,
    rows: Vec<RowPlace>,
    only: Vec<Category>,
}

/// Where a row stands.
#[derive(Debug, Clone)]
struct RowPlace {
    /// Its source bytes: whole lines, without blank lines at the end.
    source: Range<usize>,
    line: usize,
    portions: Range<usize>,
    edits: Range<usize>,
    pieces: Range<usize>,
}

/// One row: some lines of the source, and what stands of them in the release.
#[derive(Debug, Clone)]
pub struct Row<'v> {
    /// Its place among the rows, from 0; the same whatever is decided.
    pub number: usize,
    /// The source's first line in it, from 1.
    pub line: usize,
    /// The portions that begin in it.
    pub portions: &'v [PortionRecord],
    /// What becomes of it.
    pub fate: Fate,
    /// The source's text.
    pub source: Vec<Run<'v>>,
    /// The release's text.
    pub release: Vec<Run<'v>>,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stands as it is.
    Same,
    /// It stands with changes.
    Changed,
    /// Nothing of it stands.
    Gone,
}

/// A run of text of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run<'v> {
    /// The text.
    pub text: &'v str,
    /// Its first byte in the source; of a run of the release, of what it stands for.
    pub start: usize,
    /// What it is.
    pub kind: RunKind,
}

/// What a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// It stands on both sides.
    Kept,
    /// In the source: it goes with no edit of its own (a withheld portion, structure that is mended).
    Gone,
    /// In the source: what the edit of this index takes out, or would have without a rejection.
    Cut(usize),
    /// In the release: what the edit of this index puts in; empty where it only removes.
    Put(usize),
    /// In the release: markings, numbers and signs made anew.
    Made,
}

impl<'o> View<'o> {
    /// A report beside the release that was made of it.
    #[must_use]
    pub fn of(outcome: &'o Outcome) -> Self {
        let release = outcome.release().map(|release| Cow::Borrowed(release.text()));
        let pieces = outcome.trace().map_or(&[][..], |trace| &trace.pieces);
        Self::new(outcome, release, Cow::Borrowed(pieces))
    }

    /// A report beside a release that stands somewhere already.
    #[must_use]
    pub fn against(outcome: &'o Outcome, release: &SourceText) -> Self {
        let release = release.expose(release.span()).to_owned();
        let pieces = align::words(source(outcome), &release);
        Self::new(outcome, Some(Cow::Owned(release)), Cow::Owned(pieces))
    }

    fn new(outcome: &'o Outcome, release: Option<Cow<'o, str>>, pieces: Cow<'o, [Piece]>) -> Self {
        let source = source(outcome);
        let mut rows = places(outcome, source);
        let edits = &outcome.record().edits;
        for row in &mut rows {
            row.edits = edits.partition_point(|edit| edit.start < row.source.start)
                ..edits.partition_point(|edit| edit.start < row.source.end);
            row.pieces = pieces.partition_point(|piece| piece.source.end() <= row.source.start && piece.kept)
                ..pieces.len();
        }
        Self { outcome, source, release, pieces, rows, only: Vec::new() }
    }

    /// The same with changes of these categories alone; none means all.
    #[must_use]
    pub fn only(mut self, categories: &[Category]) -> Self {
        self.only = categories.to_vec();
        self
    }

    /// The categories that are shown; none means all.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.only
    }

    /// The outcome shown.
    #[must_use]
    pub fn outcome(&self) -> &'o Outcome {
        self.outcome
    }

    /// The record.
    #[must_use]
    pub fn record(&self) -> &'o ReviewRecord {
        self.outcome.record()
    }

    /// The source's text.
    #[must_use]
    pub fn source(&self) -> &'o str {
        self.source
    }

    /// The release's text; empty when there is none.
    #[must_use]
    pub fn release(&self) -> &str {
        self.release.as_deref().unwrap_or_default()
    }

    /// Whether there is a release.
    #[must_use]
    pub fn has_release(&self) -> bool {
        self.release.is_some()
    }

    /// Whether an edit is shown.
    #[must_use]
    pub fn shows(&self, edit: &EditRecord) -> bool {
        self.only.is_empty() || edit.category.is_some_and(|category| self.only.contains(&category))
    }

    /// The edits that are shown.
    pub fn edits(&self) -> impl Iterator<Item = &'o EditRecord> {
        self.record().edits.iter().filter(|edit| self.shows(edit))
    }

    /// All rows; with [`View::only`], those in which a shown edit lies.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let shown = |row: &RowPlace| {
            self.only.is_empty() || self.record().edits[row.edits.clone()].iter().any(|e| self.shows(e))
        };
        let rows = self.rows.iter().enumerate().filter(move |(_, row)| shown(row));
        rows.map(|(number, row)| self.row(number, row))
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the report is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn row(&self, number: usize, place: &RowPlace) -> Row<'_> {
        let release = self.release_runs(place);
        let source = self.source_runs(place, &release);
        let fate = if release.iter().all(|run| run.text.trim().is_empty()) {
            Fate::Gone
        } else if source.iter().all(|run| run.kind == RunKind::Kept)
            && release.iter().all(|run| run.kind == RunKind::Kept)
        {
            Fate::Same
        } else {
            Fate::Changed
        };
        let portions = self.record().portions.get(place.portions.clone()).unwrap_or_default();
        Row { number, line: place.line, portions, fate, source, release }
    }

    /// What stands in the release for the lines of a row.
    fn release_runs(&self, row: &RowPlace) -> Vec<Run<'_>> {
        let text = self.release();
        let edits = &self.record().edits;
        let mut runs: Vec<Run<'_>> = Vec::new();
        let mut told = row.edits.start;
        // Removals leave an empty run where they were.
        let seams = |runs: &mut Vec<Run<'_>>, told: &mut usize, until: usize| {
            while *told < row.edits.end && edits[*told].start < until {
                let told_already = runs.iter().rev().any(|run| run.kind == RunKind::Put(*told));
                if edits[*told].action == Action::Remove
                    && edits[*told].decision != "rejected"
                    && !told_already
                {
                    runs.push(Run { text: "", start: edits[*told].start, kind: RunKind::Put(*told) });
                }
                *told += 1;
            }
        };
        for piece in &self.pieces[row.pieces.clone()] {
            if piece.source.start() >= row.source.end {
                break;
            }
            if piece.kept {
                let from = piece.source.start().max(row.source.start);
                let to = piece.source.end().min(row.source.end);
                if from >= to {
                    continue;
                }
                seams(&mut runs, &mut told, from + 1);
                let at = piece.output.start() + from - piece.source.start();
                runs.push(Run { text: &text[at..at + to - from], start: from, kind: RunKind::Kept });
            } else if piece.source.start() >= row.source.start {
                seams(&mut runs, &mut told, piece.source.start());
                let index = (row.edits.clone()).find(|&index| {
                    let (start, end) = (edits[index].start, edits[index].end);
                    start < piece.source.end().max(piece.source.start() + 1) && piece.source.start() < end
                });
                let kind = match index.filter(|&index| edits[index].decision != "rejected") {
                    Some(index) => RunKind::Put(index),
                    None => RunKind::Made,
                };
                let text = &text[piece.output.range()];
                if text.trim_matches(['\n', '\r']).is_empty() {
                    continue;
                }
                runs.push(Run { text, start: piece.source.start(), kind });
            }
        }
        if !runs.is_empty() {
            seams(&mut runs, &mut told, row.source.end);
        }
        runs
    }

    /// The lines of a row, with what goes told apart.
    fn source_runs(&self, row: &RowPlace, release: &[Run<'_>]) -> Vec<Run<'o>> {
        let edits = &self.record().edits;
        let mut kept: Vec<Range<usize>> = release
            .iter()
            .filter(|run| run.kind == RunKind::Kept)
            .map(|run| run.start..run.start + run.text.len())
            .collect();
        kept.sort_by_key(|range| range.start);
        let mut runs = Vec::new();
        let mut at = row.source.start;
        for index in row.edits.clone() {
            let (start, end) = (edits[index].start.max(at), edits[index].end.min(row.source.end));
            if start >= end {
                continue;
            }
            self.plain(at..start, &kept, &mut runs);
            runs.push(Run { text: &self.source[start..end], start, kind: RunKind::Cut(index) });
            at = end;
        }
        self.plain(at..row.source.end, &kept, &mut runs);
        runs
    }

    /// Source text outside of edits: what stands and what goes with its portion.
    fn plain(&self, range: Range<usize>, kept: &[Range<usize>], runs: &mut Vec<Run<'o>>) {
        let mut at = range.start;
        let mut push = |range: Range<usize>, kind| {
            if !range.is_empty() {
                runs.push(Run { text: &self.source[range.clone()], start: range.start, kind });
            }
        };
        let first = kept.partition_point(|kept| kept.end <= range.start);
        for kept in kept[first..].iter().take_while(|kept| kept.start < range.end) {
            let (start, end) = (kept.start.max(at), kept.end.min(range.end));
            if start < end {
                push(at..start, RunKind::Gone);
                push(start..end, RunKind::Kept);
                at = end;
            }
        }
        push(at..range.end, RunKind::Gone);
    }
}

fn source(outcome: &Outcome) -> &str {
    outcome.source().map_or("", |source| source.expose(source.span()))
}

/// The rows: the lines on which portions stand, and what lies between them.
fn places(outcome: &Outcome, source: &str) -> Vec<RowPlace> {
    let lines = LineIndex::new(source);
    let line = |at: usize| lines.position(source, at).line;
    let mut rows: Vec<RowPlace> = Vec::new();
    let mut add = |from: usize, to: usize, portions: Range<usize>| {
        let text = &source[from..to];
        let lead = text.len() - text.trim_start().len();
        let from = from + text[..lead].rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let to = from + source[from..to].trim_end().len();
        if from < to {
            rows.push(RowPlace { source: from..to, line: line(from), portions, edits: 0..0, pieces: 0..0 });
        }
    };
    let portions = outcome.trace().map_or(&[][..], |trace| &trace.portions);
    let line_end = |at: usize| source[at..].find('\n').map_or(source.len(), |end| at + end + 1);
    let mut at = 0;
    let mut index = 0;
    while index < portions.len() {
        let start = lines.line_start(line(portions[index].span.start())).unwrap_or(0).max(at);
        let first = index;
        let mut end = line_end(portions[index].span.end().max(start));
        index += 1;
        while index < portions.len() && portions[index].span.start() < end {
            end = end.max(line_end(portions[index].span.end().max(start)));
            index += 1;
        }
        for (from, to) in paragraphs(source, at, start) {
            add(from, to, first..first);
        }
        add(start, end, first..index);
        at = end;
    }
    for (from, to) in paragraphs(source, at, source.len()) {
        add(from, to, index..index);
    }
    rows
}

/// The paragraphs of the bytes `from..to`, cut behind blank lines.
fn paragraphs(source: &str, from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let (mut start, mut at, mut filled) = (from, from, false);
    for line in source[from..to].split_inclusive('\n') {
        at += line.len();
        filled |= !line.trim().is_empty();
        if line.trim().is_empty() && filled {
            found.push((start, at));
            (start, filled) = (at, false);
        }
    }
    found.push((start, to));
    found
}

/// The word for a status, as a heading has it.
pub(super) fn status(outcome: &Outcome) -> String {
    let status = outcome.record().status;
    match outcome.reason() {
        "" => status.word().to_owned(),
        reason if status == Status::Released => format!("{}, {reason}", status.word()),
        reason => format!("{}: {reason}", status.word()),
    }
}
