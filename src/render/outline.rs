//! Which parts of a report stand: the plan's fates carried through the structure.
//!
//! A portion that the plan drops, or that its edits empty, takes along what hung on it alone: the label before it, the
//! heading over it, its table, its footnote with both ends.

use std::collections::{BTreeMap, BTreeSet};

use super::ornament;
use crate::decide::{Edit, Plan, PortionFate};
use crate::document::{
    Block, BlockId, BlockKind, Document, Furniture, FurnitureKind, PortionId, PortionKind, SegmentKind,
};
use crate::text::{Source, Span};

/// The longest label that is dropped with what it names, in bytes.
const LONGEST_LABEL: usize = 60;

/// How often dropped footnotes may draw others with them before all that are left go.
const MOST_ROUNDS: usize = 16;

/// What lies deeper in lists and quotes never stands: nobody writes it, and carrying it along would take more than
/// linear time.
const DEEPEST: usize = 100;

/// What stands of a document.
pub(super) struct Outline {
    /// For each portion, whether it stands.
    pub(super) portions: Vec<bool>,
    /// For each piece of furniture, what stands in its place.
    pub(super) furniture: Vec<FurnitureFate>,
    /// For each footnote reference, whether it stands.
    pub(super) references: Vec<bool>,
    /// The numbers of typed notes that do not stand.
    pub(super) gone_notes: BTreeSet<u16>,
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
    pub(super) content: bool,
    /// Whether a banner or authority block that stands is in it.
    dressed: bool,
}

impl Outline {
    /// Carries the fates of `plan` through `document`.
    pub(super) fn new(document: &Document, plan: &Plan) -> Self {
        let mut surveyor = Surveyor {
            document,
            plan,
            blocks: document.blocks(),
            outline: Self::blank(document, plan),
            orphans: BTreeSet::new(),
        };
        surveyor.labels();
        for round in 0..=MOST_ROUNDS {
            surveyor.units();
            surveyor.tables();
            surveyor.empty_items();
            surveyor.captions();
            surveyor.headings();
            ornament::settle(document, &mut surveyor.outline.units);
            let last = round == MOST_ROUNDS;
            let changed = surveyor.footnotes(last);
            if !surveyor.notes(last) && !changed {
                break;
            }
        }
        surveyor.outline
    }

    fn blank(document: &Document, plan: &Plan) -> Self {
        assert_eq!(plan.portions.len(), document.portions().len(), "a plan holds one fate for each portion");
        Self {
            portions: plan.portions.iter().map(|fate| *fate != PortionFate::Drop).collect(),
            furniture: furniture(document, plan),
            references: vec![true; document.footnotes().len()],
            gone_notes: BTreeSet::new(),
            units: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// Whether a portion stands, and its lines with it.
    pub(super) fn carries(&self, document: &Document, portion: PortionId) -> bool {
        self.portions[portion] && self.keeps(document.blocks(), document.portions()[portion].block)
    }

    /// Whether the unit of a leaf block stands.
    fn keeps(&self, blocks: &[Block], leaf: BlockId) -> bool {
        let unit = |id: BlockId| self.units[self.units_in(id..id + 1)].first().map(|unit| unit.kept);
        unit(leaf).or_else(|| blocks[leaf].parent.and_then(unit)).unwrap_or(false)
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
            let portions = document.portions();
            let at = portions.partition_point(|portion| portion.extent.start() < a.visible.end());
            portions.get(at).is_some_and(|portion| portion.extent.end() <= b.visible.start())
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
    /// Footnotes whose every reference went.
    orphans: BTreeSet<BlockId>,
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
                let run_in = self.document.run_in(portion.body);
                let only_label = tail.trim().is_empty()
                    && left.len() <= LONGEST_LABEL
                    && (left.ends_with(':')
                        || Some(left) == run_in.map(|label| self.document.text(label).trim()));
                self.outline.portions[id] &= left.contains(char::is_alphanumeric) && !only_label;
            }
        }
        for id in (0..portions.len().saturating_sub(1)).rev() {
            if portions[id].label && portions[id + 1].block == portions[id].block {
                self.outline.portions[id] &= self.outline.portions[id + 1];
            }
        }
    }

    /// Drops references without their footnote and footnotes whose every reference went; whether that is news for the
    /// rest. In the `last` round all that are tied together go.
    fn footnotes(&mut self, last: bool) -> bool {
        let references = self.document.footnotes();
        let mut fates: BTreeMap<BlockId, bool> = BTreeMap::new();
        let mut changed = false;
        for (index, reference) in references.iter().enumerate() {
            let defined = reference.definition.is_none_or(|definition| {
                let units = self.outline.units_in(definition..self.blocks[definition].next);
                self.outline.units[units].iter().any(|unit| unit.kept)
            });
            let stands = !last
                && defined
                && self.outline.keeps(self.blocks, reference.block)
                && self.text_at(reference.block, reference.visible);
            changed |= self.outline.references[index] != stands;
            self.outline.references[index] = stands;
            if let Some(definition) = reference.definition {
                *fates.entry(definition).or_default() |= stands;
            }
        }
        for definition in fates.into_iter().filter(|(_, stands)| !stands).map(|(id, _)| id) {
            let range = self.portions_in(definition);
            self.outline.portions[range].fill(false);
            changed |= self.orphans.insert(definition);
            if last {
                let units = self.outline.units_in(definition..self.blocks[definition].next);
                self.outline.units[units].iter_mut().for_each(|unit| unit.kept = false);
            }
        }
        changed
    }

    /// Drops typed notes to which nothing refers any more, and tells the numbers of those that went; whether that is news for
    /// the rest. In the `last` round all to which anything referred go.
    fn notes(&mut self, last: bool) -> bool {
        let notes = self.document.notes();
        let portions = self.document.portions();
        // By number, whether a reference to it stands.
        let mut referred: BTreeMap<u16, bool> = BTreeMap::new();
        let numbers: BTreeSet<u16> = notes.notes.iter().map(|note| note.number).collect();
        for reference in &notes.references {
            let there = !last && self.stands_at(reference.portion, reference.digits.start());
            for &number in numbers.range(reference.range()) {
                *referred.entry(number).or_default() |= there;
            }
        }
        let orphan = |number: u16| referred.get(&number) == Some(&false);
        let mut fallen: BTreeSet<BlockId> = BTreeSet::new();
        for together in notes.notes.chunk_by(|a, b| a.portion == b.portion) {
            let id = together[0].portion;
            if self.outline.portions[id] && together.iter().all(|note| orphan(note.number)) {
                self.outline.portions[id] = false;
                fallen.insert(portions[id].block);
            }
        }
        for &block in &fallen {
            let left = self.portions_in(block).any(|other| self.outline.portions[other]);
            let units = self.outline.units_in(block..block + 1);
            self.outline.units[units].iter_mut().for_each(|unit| unit.kept &= left);
        }
        let gone = notes.notes.iter().filter(|note| !self.stands_at(note.portion, note.digits.start()));
        self.outline.gone_notes = gone.map(|note| note.number).collect();
        !fallen.is_empty()
    }

    /// Whether the text at the visible offset `at` of a portion stands.
    fn stands_at(&self, portion: PortionId, at: usize) -> bool {
        self.outline.carries(self.document, portion)
            && self.edit_at(at).is_none_or(|edit| edit.span.start() > at)
    }

    /// The first edit that ends behind the visible offset `at`.
    fn edit_at(&self, at: usize) -> Option<&Edit> {
        let edits = &self.plan.edits;
        edits.get(edits.partition_point(|edit| edit.span.end() <= at))
    }

    fn portions_in(&self, block: BlockId) -> std::ops::Range<usize> {
        let portions = self.document.portions();
        let at = |id| portions.partition_point(|portion| portion.block < id);
        at(block)..at(self.blocks[block].next)
    }

    /// Whether the text around the visible offset `at` of a leaf stands.
    fn text_at(&self, block: BlockId, at: usize) -> bool {
        let portions = self.document.portions();
        let range = self.portions_in(block);
        let around =
            portions[range.clone()].iter().rposition(|portion| portion.extent.start() < at).unwrap_or(0);
        range.is_empty()
            || self.outline.portions[range.start + around]
                && self.edit_at(at).is_none_or(|edit| edit.span.start() >= at)
    }

    /// Gathers the units.
    fn units(&mut self) {
        let text = self.document.source().expose(self.document.source().span());
        // The marker of the outermost container that has shown nothing so far.
        let mut marker: Option<usize> = None;
        let bom = text.len() - text.trim_start_matches('\u{FEFF}').len();
        let mut furniture = self.document.furniture().iter().zip(&self.outline.furniture).peekable();
        let mut units = Vec::new();
        let mut depths: Vec<usize> = Vec::with_capacity(self.blocks.len());
        for (id, block) in self.blocks.iter().enumerate() {
            depths.push(block.parent.map_or(0, |parent| depths[parent] + 1));
            let container = matches!(block.kind, BlockKind::Item | BlockKind::Footnote);
            if container && marker.is_none() {
                marker = Some(block.source.start());
            }
            let is_unit = match block.kind {
                BlockKind::Cell { .. } => false,
                BlockKind::Row { .. } => true,
                kind => kind.is_leaf() || (container || kind == BlockKind::Quote) && block.next == id + 1,
            };
            if !is_unit {
                continue;
            }
            let from = marker.take().unwrap_or(block.source.start()).min(block.source.start());
            let mut end = line_end(text, block.source.end(), block.source.start());
            if block.kind == (BlockKind::Row { header: true }) {
                end = line_end(text, end, end);
            }
            let mut start = line_start(text, from);
            if let Some(last) = units.last_mut().filter(|last: &&mut Unit| start < last.lines.end()) {
                // Two footnotes may share a line.
                start = from.max(last.lines.start());
                last.lines = Span::new(last.lines.start(), start);
            }
            let lines = Span::new(start.max(bom), end.max(start.max(bom)));
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
            let orphan =
                self.orphans.range(..=id).next_back().is_some_and(|&note| id < self.blocks[note].next);
            let kept = kept && !orphan && depths[id] <= DEEPEST;
            units.push(Unit { block: id, lines, kept, content, dressed: standing });
        }
        self.outline.units = units;
    }

    /// Whether a block without visible text stands.
    fn stands_unseen(&self, id: BlockId) -> bool {
        let block = &self.blocks[id];
        let footnotes = self.document.footnotes();
        let range = footnotes.partition_point(|f| f.block < id)..footnotes.partition_point(|f| f.block <= id);
        match block.kind {
            BlockKind::FrontMatter | BlockKind::Html => false,
            BlockKind::Paragraph | BlockKind::Heading { .. } if range.is_empty() => {
                let gone = |kind| matches!(kind, SegmentKind::Hidden(_) | SegmentKind::Unclaimed);
                !self.document.segments().within(block.source).any(|segment| gone(segment.kind))
            }
            BlockKind::Paragraph | BlockKind::Heading { .. } => {
                self.outline.references[range].iter().any(|stands| *stands)
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
            let body = self.blocks[id]
                .parent
                .is_some_and(|row| self.blocks[row].kind == BlockKind::Row { header: false });
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
                && self.outline.columns.binary_search(&(table, column)).is_ok()
            {
                let portions = self.portions_in(id);
                self.outline.portions[portions].fill(false);
            }
        }
    }

    fn bordered(&self, table: BlockId) -> bool {
        let source = self.document.source();
        source
            .expose(self.blocks[table].source)
            .lines()
            .all(|line| line.trim_start_matches(['>', ' ']).starts_with('|'))
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
            if !unit.kept
                || !self.document.portions()[portions].iter().any(|p| p.kind == PortionKind::Caption)
            {
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
            let outside = |heading: BlockId| {
                self.blocks[heading].parent.is_some_and(|parent| self.blocks[parent].next <= id)
            };
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
            // A banner alone is nothing to stand over.
            let stands = |unit: &Unit| {
                unit.kept && self.outline.portions[self.portions_in(unit.block)].contains(&true)
            };
            let mut content = units.iter().filter(|unit| unit.content).peekable();
            if content.peek().is_none() || content.any(stands) {
                continue;
            }
            let own = self.outline.units_in(heading..heading + 1);
            if self.outline.units[own.clone()].iter().any(|unit| unit.dressed) {
                let portions = self.portions_in(heading);
                self.outline.portions[portions].fill(false);
            } else {
                self.outline.units[own].iter_mut().for_each(|unit| unit.kept = false);
            }
        }
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
