//! One release held against its labels, by position.
//!
//! A sensitive span *leaks* when at least half of its content words stand at their place; one of a code word, an identifier or
//! personnel when more than a third do. A fact is *retained* when four of five of its words stand. Precision is the share
//! of content words lost from readable portions that lay in sensitive spans. Spans in portions that the audience may not
//! read, and in the authority block, are counted apart: each must be gone.

use std::collections::BTreeMap;
use std::ops::{AddAssign, Range};
use std::sync::LazyLock;

use regex::Regex;

use super::align::{Word, kept, words};
use super::gold::GoldDocument;
use crate::category::Category;
use crate::decide::tolerant;
use crate::marking::{self, Answer, Form};
use crate::policy::{Audience, Policy};

/// Marks as the gold corpora write them.
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\((?:U|C|S|TS|R|CUI)(?://[^()\n]{1,80})?\)|\(//[^()\n]{1,60}\)")
        .expect("the pattern is sound")
});

/// Sums over documents. The names in JSON are those of the scorer that goes with the gold corpora.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Documents.
    #[serde(rename = "docs")]
    pub documents: usize,
    /// Those released.
    pub released: usize,
    /// Those with a portion that the audience may read.
    pub due: usize,
    /// Of these, released.
    pub due_released: usize,
    /// Sensitive spans in readable portions of released documents.
    pub spans: usize,
    /// Those that leak.
    pub leaks: usize,
    /// Those that stand in part without leaking.
    pub partial: usize,
    /// Released documents in which nothing leaks anywhere.
    #[serde(rename = "clean")]
    pub leak_free: usize,
    /// Facts in readable portions of released documents.
    pub facts: usize,
    /// Those retained.
    #[serde(rename = "kept")]
    pub retained: usize,
    /// Content words that readable portions lost.
    #[serde(rename = "removed")]
    pub lost_words: usize,
    /// Of these, in sensitive spans.
    #[serde(rename = "right")]
    pub right_words: usize,
    /// Spans on which annotators did not agree.
    #[serde(rename = "doubt")]
    pub doubtful: usize,
    /// Those that stand.
    #[serde(rename = "doubt_leaks")]
    pub doubtful_leaks: usize,
    /// Spans of authority blocks and signatures.
    #[serde(rename = "auth")]
    pub authority: usize,
    /// Those that stand.
    #[serde(rename = "auth_leaks")]
    pub authority_leaks: usize,
    /// Spans that stand though the audience may not read their portions.
    #[serde(rename = "nf_leaks")]
    pub withheld_leaks: usize,
}

impl Counts {
    /// The share of sensitive spans that do not leak.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.spans - self.leaks, self.spans)
    }

    /// The share of lost content words that were sensitive.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.right_words, self.lost_words)
    }

    /// The share of facts that stand.
    #[must_use]
    pub fn retention(&self) -> Option<f64> {
        share(self.retained, self.facts)
    }

    /// The share of released documents without a leak.
    #[must_use]
    pub fn leak_free_share(&self) -> Option<f64> {
        share(self.leak_free, self.released)
    }

    /// The share released of the documents with something readable.
    #[must_use]
    pub fn released_share(&self) -> Option<f64> {
        share(self.due_released, self.due)
    }
}

/// A share; none of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(super) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.documents += other.documents;
        self.released += other.released;
        self.due += other.due;
        self.due_released += other.due_released;
        self.spans += other.spans;
        self.leaks += other.leaks;
        self.partial += other.partial;
        self.leak_free += other.leak_free;
        self.facts += other.facts;
        self.retained += other.retained;
        self.lost_words += other.lost_words;
        self.right_words += other.right_words;
        self.doubtful += other.doubtful;
        self.doubtful_leaks += other.doubtful_leaks;
        self.authority += other.authority;
        self.authority_leaks += other.authority_leaks;
        self.withheld_leaks += other.withheld_leaks;
    }
}

/// Where a labelled span lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Where {
    /// In a portion that the audience may read.
    Readable,
    /// In one that it may not read.
    Withheld,
    /// In the authority block or a signature.
    Authority,
    /// Anywhere, in a span on which annotators did not agree.
    Doubtful,
}

/// A word of the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScoredWord {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) content: bool,
    /// Whether it lies in a labelled span.
    pub(super) sensitive: bool,
    /// Whether the audience may read the portion; false for the marks themselves.
    pub(super) readable: bool,
    pub(super) kept: bool,
}

/// What became of a labelled span.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SpanFate {
    pub(super) place: Where,
    /// Its words that carry content, or all if none does.
    pub(super) words: Vec<usize>,
    /// The share of these that stands.
    pub(super) stands: f64,
    pub(super) leaks: bool,
}

/// One document, scored.
#[derive(Debug)]
pub(super) struct Scored {
    pub(super) counts: Counts,
    pub(super) words: Vec<ScoredWord>,
    /// In the order of the labels; none for a span without words.
    pub(super) spans: Vec<Option<SpanFate>>,
    /// Of each fact in a readable portion, in the order of the labels, whether it is retained.
    pub(super) facts: Vec<Option<bool>>,
}

/// Holds a release against the labels of its source; `None` when nothing was released, and then all that stands in
/// the counts is that.
///
/// # Panics
/// When a label does not lie in the source.
pub(super) fn score(
    gold: &GoldDocument,
    source: &str,
    release: Option<&str>,
    audience: &Audience,
    policy: &Policy,
) -> Scored {
    let marks = Marks::of(source, &gold.banner, audience, policy);
    let folded = words(source);
    let standing = match release {
        Some(release) => kept(&folded, &words(release)),
        None => vec![false; folded.len()],
    };
    let mut scored = Scored {
        counts: Counts {
            documents: 1,
            released: usize::from(release.is_some()),
            due: usize::from(marks.any_readable()),
            due_released: usize::from(marks.any_readable() && release.is_some()),
            ..Counts::default()
        },
        words: folded
            .iter()
            .zip(standing)
            .map(|(word, kept)| ScoredWord {
                start: word.start,
                end: word.end,
                content: word.content,
                sensitive: false,
                readable: marks.is_readable_text(word.start),
                kept,
            })
            .collect(),
        spans: Vec::with_capacity(gold.spans.len()),
        facts: Vec::with_capacity(gold.facts.len()),
    };
    for span in &gold.spans {
        let all = inside(&folded, span.start..span.end);
        scored.words[all.clone()].iter_mut().for_each(|word| word.sensitive = true);
        let fate = scored.span_fate(all, span.category);
        let place = match marks.of_label(span.portion_mark.as_deref(), span.start) {
            _ if span.doubtful => Where::Doubtful,
            "AUTHORITY" | "SIGNATURE" => Where::Authority,
            mark if marks.is_readable(mark) => Where::Readable,
            _ => Where::Withheld,
        };
        scored.spans.push(fate.map(|fate| SpanFate { place, ..fate }));
    }
    for fact in &gold.facts {
        let all = inside(&folded, fact.start..fact.end);
        let stand = scored.words[all.clone()].iter().filter(|word| word.kept).count();
        let retained = share(stand, all.len()).is_some_and(|share| share >= 0.8);
        let readable = marks.is_readable(marks.of_label(fact.portion_mark.as_deref(), fact.start));
        scored.facts.push(readable.then_some(retained));
    }
    if release.is_some() {
        scored.count();
    }
    scored
}

impl Scored {
    /// What became of the words of a span, but for where it lies.
    fn span_fate(&self, all: Range<usize>, category: Category) -> Option<SpanFate> {
        let content: Vec<usize> = all.clone().filter(|&at| self.words[at].content).collect();
        let words = if content.is_empty() { all.collect() } else { content };
        let stand = words.iter().filter(|&&at| self.words[at].kept).count();
        let stands = share(stand, words.len())?;
        let leaks = match category {
            Category::Codeword | Category::Identifier | Category::Personnel => stands > 0.34,
            _ => stands >= 0.5,
        };
        Some(SpanFate { place: Where::Readable, words, stands, leaks })
    }

    /// Sums the fates of a released document up.
    fn count(&mut self) {
        let counts = &mut self.counts;
        let mut leaks = 0;
        for fate in self.spans.iter().flatten() {
            let leak = usize::from(fate.leaks);
            match fate.place {
                Where::Doubtful => {
                    counts.doubtful += 1;
                    counts.doubtful_leaks += leak;
                    continue;
                }
                Where::Authority => {
                    counts.authority += 1;
                    counts.authority_leaks += leak;
                }
                Where::Withheld => counts.withheld_leaks += leak,
                Where::Readable => {
                    counts.spans += 1;
                    counts.leaks += leak;
                    counts.partial += usize::from(fate.stands > 0.0 && !fate.leaks);
                }
            }
            leaks += leak;
        }
        counts.leak_free = usize::from(leaks == 0);
        counts.facts = self.facts.iter().flatten().count();
        counts.retained = self.facts.iter().flatten().filter(|&&retained| retained).count();
        let lost = self.words.iter().filter(|word| word.is_lost());
        counts.lost_words = lost.clone().count();
        counts.right_words = lost.filter(|word| word.sensitive).count();
    }
}

impl ScoredWord {
    /// Whether a reader lost content here.
    pub(super) fn is_lost(&self) -> bool {
        self.readable && self.content && !self.kept
    }
}

/// The words that lie in a byte range whole.
fn inside(words: &[Word], bytes: Range<usize>) -> Range<usize> {
    let from = words.partition_point(|word| word.start < bytes.start);
    let to = words.partition_point(|word| word.end <= bytes.end);
    from..to.max(from)
}

/// The marks of a source, each with the answer for the audience.
struct Marks<'a> {
    source: &'a str,
    places: Vec<Range<usize>>,
    banner: Option<marking::Reading>,
    audience: &'a marking::Audience,
    policy: &'a Policy,
    answers: BTreeMap<&'a str, bool>,
}

impl<'a> Marks<'a> {
    fn of(source: &'a str, banner: &str, audience: &'a Audience, policy: &'a Policy) -> Self {
        let banner = (!banner.is_empty()).then(|| marking::parse_lenient(banner).reading);
        let places = MARK.find_iter(source).map(|found| found.range()).collect();
        let mut marks =
            Self { source, places, banner, audience: audience.readers(), policy, answers: BTreeMap::new() };
        for place in marks.places.clone() {
            let mark = &source[place];
            if !marks.answers.contains_key(mark) {
                let answer = marks.answer(mark);
                marks.answers.insert(mark, answer);
            }
        }
        marks
    }

    /// Whether the audience may read a portion with this mark without asking anyone.
    fn answer(&self, mark: &str) -> bool {
        let reading = tolerant(&marking::parse(mark, Form::Portion), self.policy);
        marking::release(&reading, self.audience, self.banner.as_ref()).answer == Answer::Yes
    }

    fn is_readable(&self, mark: &str) -> bool {
        !mark.is_empty() && self.answers.get(mark).copied().unwrap_or_else(|| self.answer(mark))
    }

    fn any_readable(&self) -> bool {
        self.answers.values().any(|&answer| answer)
    }

    /// The last mark that starts at or before the byte.
    fn before(&self, at: usize) -> Option<Range<usize>> {
        let after = self.places.partition_point(|place| place.start <= at);
        after.checked_sub(1).map(|last| self.places[last].clone())
    }

    /// The mark that holds for a label: its own, or the last one before it.
    fn of_label<'m>(&'m self, own: Option<&'m str>, start: usize) -> &'m str {
        let found = || self.before(start).map_or("", |place| &self.source[place]);
        own.filter(|mark| !mark.is_empty()).unwrap_or_else(found)
    }

    /// Whether a word that starts here is text which the audience may read, and no part of a mark.
    fn is_readable_text(&self, start: usize) -> bool {
        self.before(start).is_some_and(|place| start >= place.end && self.is_readable(&self.source[place]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::gold::Gold;
    use crate::rules::Patterns;

    const SOURCE: &str = "SECRET//NOFORN\n\n(S//REL TO USA, FVEY) A clerk told us that the quay closes on 3 May.\n\n\
                          (S//NF) The clerk drinks.\n\nClassified By: J. Doe\n";

    fn gold() -> GoldDocument {
        let at = |text: &str| (SOURCE.find(text).unwrap(), SOURCE.find(text).unwrap() + text.len());
        let span = |text: &str, category: &str, mark: &str| {
            let (start, end) = at(text);
            serde_json::json!({"start": start, "end": end, "category": category, "text": text, "portion_mark": mark})
        };
        let (start, end) = at("the quay closes");
        serde_json::from_value(serde_json::json!({
            "file": "a.md",
            "banner": "SECRET//NOFORN",
            "spans": [
                span("A clerk told us", "humint", ""),
                span("drinks", "humint", "(S//NF)"),
                span("J. Doe", "personnel", "AUTHORITY"),
            ],
            "facts": [{"start": start, "end": end}],
        }))
        .unwrap()
    }

    fn counts(release: Option<&str>) -> Counts {
        let policy = Policy::load(&Patterns::built_in(), None).unwrap();
        let audience = Audience::parse("FVEY", &policy).unwrap();
        assert_eq!(gold().misfit(SOURCE), None);
        score(&gold(), SOURCE, release, &audience, &policy).counts
    }

    #[test]
    fn what_stands_is_counted_by_where_it_lies() {
        let good = counts(Some("(S//REL TO USA, FVEY) The quay closes on 3 May."));
        assert_eq!((good.spans, good.leaks, good.leak_free), (1, 0, 1));
        assert_eq!((good.facts, good.retained), (1, 1));
        assert_eq!((good.lost_words, good.right_words), (2, 2), "clerk, told");
        let copy = counts(Some(SOURCE));
        assert_eq!((copy.spans, copy.leaks, copy.leak_free), (1, 1, 0));
        assert_eq!((copy.withheld_leaks, copy.authority, copy.authority_leaks), (1, 1, 1));
        assert_eq!((copy.lost_words, copy.precision()), (0, None));
        let half = counts(Some("(S//REL TO USA, FVEY) A clerk: the boat closes."));
        assert_eq!(
            (half.leaks, half.retained),
            (1, 0),
            "half of a span is a leak, two thirds of a fact a loss"
        );
        let none = counts(None);
        assert_eq!((none.released, none.due, none.due_released, none.spans), (0, 1, 0, 0));
    }

    #[test]
    fn a_label_that_does_not_fit_is_told_by_its_place() {
        let mut gold = gold();
        gold.spans[1].start += 1;
        assert_eq!(gold.misfit(SOURCE), Some(gold.spans[1].start));
    }

    #[test]
    fn figures_agree_with_the_scorer_of_the_gold_corpora() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/eval");
        let policy = Policy::load(&Patterns::built_in(), None).unwrap();
        let audience = Audience::parse("FVEY", &policy).unwrap();
        let mut sum = Counts::default();
        let mut categories: BTreeMap<Category, (usize, usize)> = BTreeMap::new();
        for gold in Gold::read(&folder.join("gold.jsonl")).unwrap().documents {
            let source = std::fs::read_to_string(folder.join(&gold.file)).unwrap();
            let release = std::fs::read_to_string(folder.join("releases").join(&gold.file)).ok();
            let scored = score(&gold, &source, release.as_deref(), &audience, &policy);
            sum += scored.counts;
            for (span, fate) in gold.spans.iter().zip(&scored.spans) {
                if let Some(fate) =
                    fate.as_ref().filter(|fate| release.is_some() && fate.place == Where::Readable)
                {
                    let category = categories.entry(span.category).or_default();
                    category.0 += usize::from(!fate.leaks);
                    category.1 += 1;
                }
            }
        }
        let expected = std::fs::read_to_string(folder.join("expected.json")).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
        let found = serde_json::to_value(sum).unwrap();
        for (name, value) in found.as_object().unwrap() {
            assert_eq!(*value, expected[name], "{name}");
        }
        for (name, share) in [
            ("recall", sum.recall()),
            ("precision", sum.precision()),
            ("retention", sum.retention()),
            ("leakfree", sum.leak_free_share()),
        ] {
            assert!((share.unwrap() - expected[name].as_f64().unwrap()).abs() < 1e-12, "{name}");
        }
        let found: BTreeMap<&str, String> = categories
            .iter()
            .map(|(category, (gone, all))| (category.id(), format!("{gone}/{all}")))
            .collect();
        assert_eq!(serde_json::to_value(found).unwrap(), expected["categories"]);
    }
}
