//! Labelled reports: inline marks read, and each report turned into atoms and labels once.

use std::ops::Range;
use std::path::Path;

use crate::category::Category;
use crate::detect::reading::Reading;
use crate::detect::statistical::features::{Atom, Context, Features, Group, Input, Scratch, Sink};
use crate::detect::statistical::infer::{BEGIN, IN, OUT};
use crate::detect::statistical::{hits_of, is_certain, is_content};
use crate::detect::{Memory, Share, View, by_sentence, contexts, zones};
use crate::document::{Document, Format};
use crate::rules::RuleSet;
use crate::text::SourceText;

/// A report with its marks taken out.
#[derive(Debug, Clone)]
pub struct Report {
    /// The folder it came from.
    pub author: String,
    /// The file's name.
    pub name: String,
    /// The text without marks.
    pub text: String,
    /// Sensitive spans, bytes of `text`.
    pub spans: Vec<(Range<usize>, Category)>,
    /// Facts that must stay, bytes of `text`.
    pub facts: Vec<Range<usize>>,
}

/// Why labelled reports cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A file or folder.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// An inline mark that is not closed, or names no category.
    #[error("{path}: byte {at}: a mark is not closed or names no category")]
    Mark {
        /// The file.
        path: std::path::PathBuf,
        /// Where.
        at: usize,
    },
}

/// Reads `DIR/<author>/*.md`, in the order of names.
///
/// # Errors
/// When a file cannot be read, or an inline mark is not sound.
pub fn read(dir: &Path) -> Result<Vec<Report>, CorpusError> {
    let mut reports = Vec::new();
    for author in entries(dir)?.into_iter().filter(|path| path.is_dir()) {
        for file in
            entries(&author)?.into_iter().filter(|path| path.extension().is_some_and(|ext| ext == "md"))
        {
            let marked = std::fs::read_to_string(&file)
                .map_err(|source| CorpusError::Io { path: file.clone(), source })?;
            let name =
                |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let mut report = parse(&marked).map_err(|at| CorpusError::Mark { path: file.clone(), at })?;
            (report.author, report.name) = (name(&author), name(&file));
            reports.push(report);
        }
    }
    Ok(reports)
}

fn entries(dir: &Path) -> Result<Vec<std::path::PathBuf>, CorpusError> {
    let io = |source| CorpusError::Io { path: dir.to_owned(), source };
    let mut paths = std::fs::read_dir(dir)
        .map_err(io)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(io)?;
    paths.sort();
    Ok(paths)
}

/// Takes the marks out of a labelled text. On a fault, answers its place.
pub(crate) fn parse(marked: &str) -> Result<Report, usize> {
    let mut report = Report {
        author: String::new(),
        name: String::new(),
        text: String::new(),
        spans: Vec::new(),
        facts: Vec::new(),
    };
    let mut open: Vec<(usize, Option<Category>)> = Vec::new();
    let mut rest = marked;
    while let Some(found) = rest.find(['⟦', '⟧', '⟪', '⟫']) {
        let at = marked.len() - rest.len() + found;
        report.text.push_str(&rest[..found]);
        let mark = rest[found..].chars().next().ok_or(at)?;
        rest = &rest[found + mark.len_utf8()..];
        match mark {
            '⟦' => {
                let (category, tail) = rest.split_once('|').ok_or(at)?;
                open.push((report.text.len(), Some(category.parse().map_err(|_| at)?)));
                rest = tail;
            }
            '⟪' => open.push((report.text.len(), None)),
            _ => {
                let (start, category) = open.pop().filter(|(_, c)| c.is_some() == (mark == '⟧')).ok_or(at)?;
                let span = start..report.text.len();
                match category {
                    Some(category) => report.spans.push((span, category)),
                    None => report.facts.push(span),
                }
            }
        }
    }
    report.text.push_str(rest);
    report.spans.sort_by_key(|(span, _)| span.start);
    if open.is_empty() { Ok(report) } else { Err(marked.len()) }
}

/// A report as the learner sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    pub(crate) author: String,
    pub(crate) name: String,
    /// Sentences by zone.
    pub(crate) zones: Vec<Vec<Range<usize>>>,
    /// The atoms of each token, from `ends[at - 1]` to `ends[at]`.
    pub(crate) atoms: Vec<(Group, Atom)>,
    pub(crate) ends: Vec<usize>,
    /// The atoms of each sentence, in the order of `zones`.
    pub(crate) whole: Vec<Vec<(Group, Atom)>>,
    pub(crate) labels: Vec<u8>,
    /// Tokens of facts.
    pub(crate) fact: Vec<bool>,
    /// Words that are no function words.
    pub(crate) content: Vec<bool>,
    /// Tokens of portions that the trial audience may see.
    pub(crate) seen: Vec<bool>,
    /// One more than the rule that hit each token.
    pub(crate) hits: Vec<u32>,
    /// Tokens of rule findings that the reader cannot doubt.
    pub(crate) certain: Vec<bool>,
    pub(crate) spans: Vec<(Range<usize>, Category)>,
    pub(crate) facts: Vec<Range<usize>>,
    /// The word of each token, without inflection; none for one without content.
    pub(crate) stems: Vec<Option<Atom>>,
    /// The tokens as they stand.
    pub(crate) words: Vec<String>,
}

impl Sample {
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(crate) fn atoms_of(&self, token: usize) -> &[(Group, Atom)] {
        let from = if token == 0 { 0 } else { self.ends[token - 1] };
        &self.atoms[from..self.ends[token]]
    }
}

/// Samples and their copies, author by author in the order of names.
pub(super) fn by_author<'a>(samples: &'a [Sample], copies: &'a [Sample]) -> impl Iterator<Item = &'a Sample> {
    let mut all: Vec<&Sample> = samples.iter().chain(copies).collect();
    all.sort_by(|a, b| a.author.cmp(&b.author));
    all.into_iter()
}

/// Keeps the atoms of a sentence.
pub(super) struct Collect {
    /// Of each token.
    pub(super) tokens: Vec<Vec<(Group, Atom)>>,
    /// Of the sentence.
    pub(super) whole: Vec<(Group, Atom)>,
}

impl Collect {
    pub(super) fn of(tokens: usize) -> Self {
        Self { tokens: vec![Vec::new(); tokens], whole: Vec::new() }
    }
}

impl Sink for Collect {
    fn token(&mut self, at: usize, group: Group, atom: Atom) {
        self.tokens[at].push((group, atom));
    }

    fn sentence(&mut self, group: Group, atom: Atom) {
        self.whole.push((group, atom));
    }
}

/// A report as two samples: what the trial audience may see, and the rest. The reader looks at a portion with nothing more
/// restricted than it, and learns so.
pub(crate) fn samples(report: &Report, rules: &RuleSet, features: &Features) -> Vec<Sample> {
    let document = Document::parse(SourceText::new(report.text.clone()), Format::Markdown);
    let contexts = contexts(&document);
    parts(&document, &contexts)
        .into_iter()
        .map(|zones| sample(report, &document, &contexts, zones, rules, features))
        .collect()
}

/// The zones of a report that the trial audience may see, and the others; those that there are.
pub(crate) fn parts(document: &Document, contexts: &[(Range<usize>, Context)]) -> Vec<Vec<Range<usize>>> {
    let (seen, rest): (Vec<_>, Vec<_>) =
        zones(document).into_iter().partition(|zone| is_seen(contexts, zone.start));
    [seen, rest].into_iter().filter(|zones| !zones.is_empty()).collect()
}

/// Whether the trial audience may see the text at `at`: its mark names a release list, or is UNCLASSIFIED alone.
fn is_seen(contexts: &[(Range<usize>, Context)], at: usize) -> bool {
    let zone = contexts.partition_point(|(bytes, _)| bytes.end <= at);
    contexts.get(zone).is_some_and(|(_, context)| {
        context.controls & 16 != 0 || context.level == b'U' && context.controls == 0
    })
}

/// Reads zones of a report with the rules and makes their atoms.
fn sample(
    report: &Report,
    document: &Document,
    contexts: &[(Range<usize>, Context)],
    zones: Vec<Range<usize>>,
    rules: &RuleSet,
    features: &Features,
) -> Sample {
    let text = document.visible();
    let reading = Reading::new(text, zones, &rules.vocabulary);
    let count = reading.tokens.len();
    let memory = Memory::default();
    let view = View::new(text, &reading, rules, contexts, &memory);
    let (found, _) = by_sentence(&view, &[Share::whole(text)]);
    let hits = hits_of(&reading, &found);
    let input = Input { text, reading: &reading, hits: &hits, contexts };
    let mut sample = Sample { author: report.author.clone(), name: report.name.clone(), ..Sample::default() };
    let mut scratch = Scratch::default();
    let mut zone_start = None;
    for sentence in &reading.sentences {
        let mut collect = Collect::of(sentence.len());
        features.read(&input, sentence, &mut scratch, &mut collect);
        sample.stems.extend(scratch.own.iter().map(|own| Some(own.stem)));
        for atoms in collect.tokens {
            sample.atoms.extend(atoms);
            sample.ends.push(sample.atoms.len());
        }
        sample.whole.push(collect.whole);
        let zone = reading.zone_of(sentence.start).start;
        if zone_start != Some(zone) {
            sample.zones.push(Vec::new());
            zone_start = Some(zone);
        }
        if let Some(last) = sample.zones.last_mut() {
            last.push(sentence.start as usize..sentence.end as usize);
        }
    }
    let tokens = |source: &Range<usize>| {
        let visible = |at| document.segments().to_visible(at);
        let from = reading.tokens.partition_point(|token| (token.end as usize) <= visible(source.start));
        let to = reading.tokens.partition_point(|token| (token.start as usize) < visible(source.end));
        from..to.max(from)
    };
    sample.spans = report.spans.iter().map(|(span, category)| (tokens(span), *category)).collect();
    sample.facts = report.facts.iter().map(tokens).collect();
    // What lies in the other sample.
    sample.spans.retain(|(span, _)| !span.is_empty());
    sample.facts.retain(|fact| !fact.is_empty());
    sample.labels = vec![label(OUT); count];
    sample.fact = vec![false; count];
    for (span, _) in &sample.spans {
        sample.labels[span.clone()].fill(label(IN));
        if !span.is_empty() {
            sample.labels[span.start] = label(BEGIN);
        }
    }
    for sentence in &reading.sentences {
        let first = &mut sample.labels[sentence.start as usize];
        if *first == label(IN) {
            *first = label(BEGIN);
        }
    }
    for fact in &sample.facts {
        sample.fact[fact.clone()].fill(true);
    }
    sample.content = (0..count)
        .map(|at| {
            let at = u32::try_from(at).expect("there are no more tokens than bytes, which fit");
            is_content(&reading, at, rules.grammar.function_word)
        })
        .collect();
    sample.seen = reading.tokens.iter().map(|token| is_seen(contexts, token.start as usize)).collect();
    sample.hits = hits;
    let certain: Vec<_> = found.into_iter().filter(is_certain).collect();
    sample.certain = hits_of(&reading, &certain).into_iter().map(|hit| hit > 0).collect();
    sample
        .stems
        .iter_mut()
        .zip(&sample.content)
        .filter(|(_, content)| !**content)
        .for_each(|(stem, _)| *stem = None);
    sample.words = reading.tokens.iter().map(|token| token.text(text).to_owned()).collect();
    sample
}

fn label(label: usize) -> u8 {
    u8::try_from(label).expect("there are three labels")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out() {
        let report = parse("A ⟦humint|well-placed clerk⟧ says ⟪the quay will close⟫.").unwrap();
        assert_eq!(report.text, "A well-placed clerk says the quay will close.");
        assert_eq!(&report.text[report.spans[0].0.clone()], "well-placed clerk");
        assert_eq!(&report.text[report.facts[0].clone()], "the quay will close");
        for broken in ["⟦humint|a", "⟦nothing|a⟧", "a⟧", "⟦humint|a⟫"] {
            assert!(parse(broken).is_err(), "{broken}");
        }
    }
}
