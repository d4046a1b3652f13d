//! Which parts of a report stand: the plan's fates carried through the structure.
//!
//! A portion that the plan drops, or that its edits empty, takes along what hung on it alone: the label before it, the
//! heading over it, its table, its footnote with both ends.

use std::collections::BTreeMap;

use crate::decide::{Plan, PortionFate};
use crate::document::{
    Block, BlockId, BlockKind, Document, Furniture, FurnitureKind, Hidden, PortionKind, SegmentKind,
};
use crate::text::{Source, Span};

/// The longest label that is dropped with what it names, in bytes.
const LONGEST_LABEL: usize = 60;

/// What stands of a document.
pub(super) struct Outline {
    /// For each portion, whether it stands.
    pub(super) portions: Vec<bool>,
    /// For each piece of furniture, what stands in its place.
    pub(super) furniture: Vec<FurnitureFate>,
    /// For each footnote reference, whether it stands.
    pub(super) references: Vec<bool>,
    /// The units in order.
    pub(super) units: Vec<Unit>,
    /// Columns that the plan emptied: table and column.
    pub(super) columns: Vec<(BlockId, u16)>,
}

/// What becomes of a piece of furniture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FurnitureFate {
    Drop,
    /// The plan's banner.
    Banner,
    /// The plan's authority block.
    Authority,
}

/// Lines that stand or go together: a leaf block or a table row, with the markers in front of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    /// The leaf or row, or an item or footnote without anything in it.
    pub(super) block: BlockId,
    /// Its whole lines, the last line end included.
    pub(super) lines: Span<Source>,
    /// Whether it stands.
    pub(super) kept: bool,
    /// Whether it holds the text of a portion.
    content: bool,
}

impl Outline {
    /// Carries the fates of `plan` through `document`.
    pub(super) fn new(document: &Document, plan: &Plan) -> Self {
        let mut surveyor = Surveyor { document, plan, blocks: document.blocks(), outline: Self::blank(document, plan) };
        surveyor.labels();
        surveyor.footnotes();
        surveyor.units();
        surveyor.tables();
        surveyor.empty_items();
        surveyor.captions();
        surveyor.headings();
        surveyor.ornaments();
        surveyor.outline
    }

    fn blank(document: &Document, plan: &Plan) -> Self {
        assert_eq!(plan.portions.len(), document.portions().len(), "a plan holds one fate for each portion");
        Self {
            portions: plan.portions.iter().map(|fate| *fate != PortionFate::Drop).collect(),
            furniture: furniture(document, plan),
            references: vec![true; document.footnotes().len()],
            units: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// The units whose block lies in `blocks`.
    pub(super) fn units_in(&self, blocks: std::ops::Range<BlockId>) -> std::ops::Range<usize> {
        let at = |id| self.units.partition_point(|unit| unit.block < id);
        at(blocks.start)..at(blocks.end)
    }
}

/// Banners take the plan's; of the authority blocks the last one does; all else goes.
fn furniture(document: &Document, plan: &Plan) -> Vec<FurnitureFate> {
    let found = document.furniture();
    let kept_authority = found.iter().rposition(|f| f.kind == FurnitureKind::Authority).map(|last| {
        // The block may be spread over paragraphs: its first line takes the plan's.
        let between = |a: &Furniture, b: &Furniture| {
            document.portions().iter().any(|p| a.visible.end() <= p.extent.start() && p.extent.end() <= b.visible.start())
        };
        (0..last)
            .rev()
            .take_while(|&i| found[i].kind == FurnitureKind::Authority && !between(&found[i], &found[i + 1]))
            .last()
            .unwrap_or(last)
    });
    found
        .iter()
        .enumerate()
        .map(|(index, place)| match place.kind {
            FurnitureKind::Banner if plan.banner.is_some() => FurnitureFate::Banner,
            FurnitureKind::Authority if plan.authority.is_some() && Some(index) == kept_authority => {
                FurnitureFate::Authority
            }
            _ => FurnitureFate::Drop,
        })
        .collect()
}

struct Surveyor<'d> {
    document: &'d Document,
    plan: &'d Plan,
    blocks: &'d [Block],
    outline: Outline,
}

impl Surveyor<'_> {
    /// Drops portions that their edits empty, and labels that name nothing any more.
    fn labels(&mut self) {
        let portions = self.document.portions();
        let mut edits = self.plan.edits.iter().peekable();
        for (id, portion) in portions.iter().enumerate() {
            while edits.next_if(|edit| edit.span.end() <= portion.extent.start()).is_some() {}
            let mut left = String::new();
            let (mut at, mut cut) = (portion.body.start(), false);
            while let Some(edit) = edits.next_if(|edit| edit.span.start() < portion.extent.end()) {
                let start = edit.span.start().clamp(at, portion.body.end());
                left.push_str(&self.document.visible()[at..start]);
                left.push_str(edit.replacement.text());
                at = edit.span.end().clamp(start, portion.body.end());
                cut = true;
            }
            if cut {
                let tail = &self.document.visible()[at..portion.body.end()];
                left.push_str(tail);
                let left = left.trim();
                let only_label = left.ends_with(':') && left.len() <= LONGEST_LABEL && tail.trim().is_empty();
                self.outline.portions[id] &= left.contains(char::is_alphanumeric) && !only_label;
            }
        }
        for id in (0..portions.len().saturating_sub(1)).rev() {
            if portions[id].label && portions[id + 1].block == portions[id].block {
                self.outline.portions[id] &= self.outline.portions[id + 1];
            }
        }
    }

    /// Drops references without their footnote and footnotes whose every reference is dropped, until nothing changes.
    fn footnotes(&mut self) {
        let references = self.document.footnotes();
        let mut changed = !references.is_empty();
        while changed {
            changed = false;
            let mut standing = vec![false; self.blocks.len()];
            let mut referred = vec![false; self.blocks.len()];
            for (index, reference) in references.iter().enumerate() {
                let stands = self.text_at(reference.block, reference.visible)
                    && reference.definition.is_none_or(|definition| self.any_text(definition));
                self.outline.references[index] = stands;
                if let Some(definition) = reference.definition {
                    referred[definition] = true;
                    standing[definition] |= stands;
                }
            }
            for definition in (0..self.blocks.len()).filter(|&id| referred[id] && !standing[id]) {
                let range = self.portions_in(definition);
                changed |= self.outline.portions[range.clone()].iter().any(|kept| *kept);
                self.outline.portions[range].fill(false);
            }
        }
    }

    fn portions_in(&self, block: BlockId) -> std::ops::Range<usize> {
        let portions = self.document.portions();
        let at = |id| portions.partition_point(|portion| portion.block < id);
        at(block)..at(self.blocks[block].next)
    }

    /// Whether any text of a block stands; a block that has none stands.
    fn any_text(&self, block: BlockId) -> bool {
        let range = self.portions_in(block);
        range.is_empty() || self.outline.portions[range].iter().any(|kept| *kept)
    }

    /// Whether the text around the visible offset `at` of a leaf stands.
    fn text_at(&self, block: BlockId, at: usize) -> bool {
        let portions = self.document.portions();
        let range = self.portions_in(block);
        let around = portions[range.clone()].iter().rposition(|portion| portion.extent.start() < at).unwrap_or(0);
        let edits = &self.plan.edits;
        let edit = edits.get(edits.partition_point(|edit| edit.span.end() <= at));
        range.is_empty()
            || self.outline.portions[range.start + around] && edit.is_none_or(|edit| edit.span.start() >= at)
    }

    /// Gathers the units.
    fn units(&mut self) {
        let text = self.document.source().expose(self.document.source().span());
        // The marker of the outermost container that has shown nothing so far.
        let mut marker: Option<usize> = None;
        let mut last_end = 0;
        let mut furniture = self.document.furniture().iter().zip(&self.outline.furniture).peekable();
        let mut units = Vec::new();
        for (id, block) in self.blocks.iter().enumerate() {
            let container = matches!(block.kind, BlockKind::Item | BlockKind::Footnote);
            if container && marker.is_none() {
                marker = Some(block.source.start());
            }
            let is_unit = match block.kind {
                BlockKind::Cell { .. } => false,
                BlockKind::Row { .. } => true,
                kind => kind.is_leaf() || container && block.next == id + 1,
            };
            if !is_unit {
                continue;
            }
            let from = marker.take().unwrap_or(block.source.start()).min(block.source.start());
            let mut end = line_end(text, block.source.end(), block.source.start());
            if block.kind == (BlockKind::Row { header: true }) {
                end = line_end(text, end, end);
            }
            let lines = Span::new(line_start(text, from).max(last_end), end.max(last_end));
            last_end = lines.end();
            let mut standing = false;
            let mut dressed = false;
            while let Some((_, fate)) = furniture.next_if(|(place, _)| place.block < block.next) {
                dressed = true;
                standing |= *fate != FurnitureFate::Drop;
            }
            let portions = self.portions_in(id);
            let content = !portions.is_empty();
            let kept = if content || dressed {
                standing || self.outline.portions[portions].iter().any(|kept| *kept)
            } else {
                self.stands_unseen(id)
            };
            units.push(Unit { block: id, lines, kept, content });
        }
        self.outline.units = units;
    }

    /// Whether a block without visible text stands.
    fn stands_unseen(&self, id: BlockId) -> bool {
        let block = &self.blocks[id];
        let referring = || {
            let footnotes = self.document.footnotes();
            let at = footnotes.partition_point(|reference| reference.block < id);
            footnotes[at..]
                .iter()
                .zip(&self.outline.references[at..])
                .take_while(|(reference, _)| reference.block == id)
                .any(|(_, stands)| *stands)
        };
        match block.kind {
            BlockKind::FrontMatter | BlockKind::Html => false,
            BlockKind::Paragraph | BlockKind::Heading { .. } => {
                let hides = |kind| matches!(kind, SegmentKind::Hidden(kind) if kind != Hidden::FootnoteLabel);
                referring()
                    || !self.document.segments().within(block.source).any(|segment| {
                        hides(segment.kind)
                            || matches!(
                                segment.kind,
                                SegmentKind::Unclaimed | SegmentKind::Hidden(Hidden::FootnoteLabel)
                            )
                    }) && !self.document.footnotes().iter().any(|reference| reference.block == id)
            }
            _ => true,
        }
    }

    /// A table without a body goes, one with a body keeps its header, a column that was emptied goes.
    fn tables(&mut self) {
        for table in (0..self.blocks.len()).filter(|&id| self.blocks[id].kind == BlockKind::Table) {
            let units = self.outline.units_in(table..self.blocks[table].next);
            let rows = &mut self.outline.units[units];
            let Some((header, body)) = rows.split_first_mut() else { continue };
            let had = body.iter().any(|row| row.content);
            let has = body.iter().any(|row| row.content && row.kept);
            if had {
                header.kept = has;
            }
            let stands = header.kept;
            for row in body.iter_mut().filter(|row| !row.content || !stands) {
                row.kept = stands;
            }
            if stands && had {
                self.columns(table);
            }
        }
    }

    fn columns(&mut self, table: BlockId) {
        let mut columns: Vec<(bool, bool)> = Vec::new();
        for id in table..self.blocks[table].next {
            let BlockKind::Cell { column } = self.blocks[id].kind else { continue };
            let column = usize::from(column);
            columns.resize(columns.len().max(column + 1), (false, false));
            let body = self.blocks[id].parent.is_some_and(|row| self.blocks[row].kind == BlockKind::Row { header: false });
            let portions = self.portions_in(id);
            if body && !portions.is_empty() {
                columns[column].0 = true;
                columns[column].1 |= self.outline.portions[portions].iter().any(|kept| *kept);
            }
        }
        let standing = columns.iter().filter(|(had, has)| !had || *has).count();
        // A single column needs borders on its sides to be a table.
        if standing == 0 || standing == 1 && !self.bordered(table) {
            return;
        }
        for (column, _) in columns.iter().enumerate().filter(|(_, (had, has))| *had && !has) {
            self.outline.columns.extend(u16::try_from(column).map(|column| (table, column)));
        }
        for id in table..self.blocks[table].next {
            if let BlockKind::Cell { column } = self.blocks[id].kind
                && self.outline.columns.contains(&(table, column))
            {
                let portions = self.portions_in(id);
                self.outline.portions[portions].fill(false);
            }
        }
    }

    fn bordered(&self, table: BlockId) -> bool {
        let source = self.document.source();
        source.expose(self.blocks[table].source).lines().all(|line| line.trim_start_matches(['>', ' ']).starts_with('|'))
    }

    /// An empty item stands as long as another item of its list does, or had nothing beside it from the first.
    fn empty_items(&mut self) {
        let mut lists: BTreeMap<BlockId, bool> = BTreeMap::new();
        for index in 0..self.outline.units.len() {
            let block = &self.blocks[self.outline.units[index].block];
            let (BlockKind::Item, Some(list)) = (block.kind, block.parent) else { continue };
            let stands = *lists.entry(list).or_insert_with(|| {
                let units = &self.outline.units[self.outline.units_in(list..self.blocks[list].next)];
                let empty = |unit: &&Unit| self.blocks[unit.block].kind == BlockKind::Item;
                let mut others = units.iter().filter(|unit| !empty(unit)).peekable();
                others.peek().is_none() || others.any(|unit| unit.kept)
            });
            self.outline.units[index].kept = stands;
        }
    }

    /// A caption goes with the table or code block that it names.
    fn captions(&mut self) {
        for index in 0..self.outline.units.len() {
            let unit = self.outline.units[index];
            let portions = self.portions_in(unit.block);
            if !unit.kept || !self.document.portions()[portions].iter().any(|p| p.kind == PortionKind::Caption) {
                continue;
            }
            let named = |other: &usize| {
                let kind = self.outline.units.get(*other).map(|unit| self.blocks[unit.block].kind);
                matches!(kind, Some(BlockKind::Row { .. } | BlockKind::Code { .. }))
            };
            let mut named = [index.wrapping_sub(1), index + 1].into_iter().filter(named).peekable();
            // A row before a caption may go alone; its table stands as long as its header does.
            let stands = |index: usize| match self.blocks[self.outline.units[index].block].parent {
                Some(table) if self.blocks[table].kind == BlockKind::Table => {
                    self.outline.units[self.outline.units_in(table..self.blocks[table].next).start].kept
                }
                _ => self.outline.units[index].kept,
            };
            if named.peek().is_some() && !named.any(stands) {
                self.outline.units[index].kept = false;
            }
        }
    }

    /// A heading goes when all that stood under it went.
    fn headings(&mut self) {
        let mut open: Vec<(BlockId, u8)> = Vec::new();
        let mut sections: Vec<(BlockId, BlockId)> = Vec::new();
        for (id, block) in self.blocks.iter().enumerate() {
            let outside = |heading: BlockId| self.blocks[heading].parent.is_some_and(|parent| self.blocks[parent].next <= id);
            while let Some((heading, _)) = open.pop_if(|(heading, _)| outside(*heading)) {
                sections.push((heading, id));
            }
            if let BlockKind::Heading { level } = block.kind {
                let ends = |(heading, above): &mut (BlockId, u8)| {
                    *above >= level && self.blocks[*heading].parent == block.parent
                };
                while let Some((heading, _)) = open.pop_if(ends) {
                    sections.push((heading, id));
                }
                open.push((id, level));
            }
        }
        sections.extend(open.into_iter().map(|(heading, _)| (heading, self.blocks.len())));
        for (heading, end) in sections {
            let units = &self.outline.units[self.outline.units_in(heading + 1..end)];
            let text = |unit: &&Unit| unit.content && !matches!(self.blocks[unit.block].kind, BlockKind::Heading { .. });
            let mut content = units.iter().filter(text).peekable();
            if content.peek().is_some() && !content.any(|unit| unit.kept) {
                let own = self.outline.units_in(heading..heading + 1);
                let dressed = self.document.furniture().iter().any(|place| place.block == heading);
                for unit in self.outline.units[own].iter_mut().filter(|_| !dressed) {
                    unit.kept = false;
                }
            }
        }
    }

    /// A rule or banner beside something that went stands only where it still divides.
    fn ornaments(&mut self) {
        let fates = &self.outline.furniture;
        let furniture = self.document.furniture();
        let bare = |unit: &Unit| {
            let at = furniture.partition_point(|place| place.block < unit.block);
            let banner = furniture.get(at).is_some_and(|place| place.block == unit.block) && !unit.content;
            let dropped_row = banner && fates[at] == FurnitureFate::Drop;
            let rule = self.blocks[unit.block].kind == BlockKind::Rule;
            (rule && !dropped_row, banner && !rule)
        };
        // What stood last, and whether anything went since.
        let mut before: Option<(usize, bool, bool)> = None;
        let mut gone = false;
        for index in 0..self.outline.units.len() {
            let unit = self.outline.units[index];
            let (rule, banner) = bare(&unit);
            if self.blocks[unit.block].kind == BlockKind::Rule && !rule {
                self.outline.units[index].kept = false;
            }
            if !self.outline.units[index].kept {
                gone = true;
                continue;
            }
            let idle = match before {
                None => rule,
                Some((_, rule_before, banner_before)) => rule && rule_before || banner && banner_before,
            };
            if gone && idle {
                self.outline.units[index].kept = false;
            } else if let Some((last, true, _)) = before.filter(|_| gone && banner) {
                // A rule before the closing banner divides it from nothing.
                let divided = self.outline.units[..last].iter().rev().any(|unit| unit.kept && unit.content);
                self.outline.units[last].kept = divided && !self.last_banner(index);
                before = Some((index, rule, banner));
                gone = false;
            } else {
                before = Some((index, rule, banner));
                gone = false;
            }
        }
        if let (Some((last, true, _)), true) = (before, gone) {
            self.outline.units[last].kept = false;
        }
    }

    /// Whether no text stands behind unit `index`.
    fn last_banner(&self, index: usize) -> bool {
        !self.outline.units[index + 1..].iter().any(|unit| unit.kept && unit.content)
    }
}

/// Where the line that holds `at` starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &text.as_bytes()[..at]).map_or(0, |end| end + 1)
}

/// Where the line that holds the last byte of a block ends, its line end included. `end` may lie behind it.
fn line_end(text: &str, end: usize, start: usize) -> usize {
    let bytes = text.as_bytes();
    let last = text[start..end].trim_end_matches(['\n', '\r', ' ', '\t']).len() + start;
    let at = memchr::memchr2(b'\n', b'\r', &bytes[last..]).map_or(bytes.len(), |offset| last + offset);
    match bytes.get(at..) {
        Some([b'\r', b'\n', ..]) => at + 2,
        Some([_, ..]) => at + 1,
        _ => bytes.len(),
    }
}
