//! A report as releases of it are measured: what may stand in them, what may not, and what no one else says.

use std::collections::{BTreeMap, BTreeSet};

use super::matching::{Word, grams, words};
use crate::category::Category;
use crate::decide::Marks;
use crate::detect::{Memory, Surveyed, contexts, read, survey};
use crate::document::{Document, Format};
use crate::marking::{Answer, Marking};
use crate::pipeline::{Pipeline, removed_words};
use crate::policy::Audience;
use crate::text::SourceText;
use crate::verify::{Defects, Removed};

/// A name with fewer letters and digits may be a part of any word.
const SHORTEST_NAME: usize = 4;

/// What is known of one source for one audience.
pub(super) struct Known {
    /// Whether it carries no marking at all.
    pub(super) bare: bool,
    /// Whether it carries a banner.
    pub(super) banner: bool,
    /// Code words and identifiers that the rules find anywhere in it.
    pub(super) removed: Removed,
    /// Runs of words that stand in what may not go and nowhere else.
    pub(super) closed: BTreeSet<u64>,
    /// Names and numbers that stand in what may not go and nowhere else.
    pub(super) telling: BTreeSet<String>,
    /// What is not whole in it anyway.
    pub(super) defects: Defects,
    /// The mark that holds for each run of words; where several do the lowest, for the source itself says them there.
    pub(super) marks: BTreeMap<u64, Marking>,
}

impl Known {
    /// Reads a report.
    pub(super) fn new(text: SourceText, format: Format, pipeline: &Pipeline, audience: &Audience) -> Self {
        let document = Document::parse(text, format);
        let reading = read(&document, pipeline.rules());
        let policy = pipeline.policy();
        let marks = Marks::of(&document, pipeline.assumed());
        let shares = marks.shares(&document, policy);
        let (contexts, memory) = (contexts(&document), Memory::default());
        let Surveyed { findings, by_rules, open } =
            survey(document.visible(), &reading, pipeline.rules(), &contexts, &shares, &memory);
        let decisions = marks.decide(&document, audience, policy);
        let mut removed = removed_words(
            &document,
            &reading,
            pipeline.rules(),
            &findings,
            (&by_rules, &open),
            &decisions,
            policy.flag,
        );
        let acted: Vec<_> = findings.iter().filter(|finding| finding.confidence >= policy.flag).collect();
        let mut known = Self {
            bare: Marks::of(&document, None).is_bare(),
            banner: document.banner_text().is_some(),
            removed: Removed::new(Vec::new()),
            closed: BTreeSet::new(),
            telling: BTreeSet::new(),
            marks: BTreeMap::new(),
            defects: Defects::of(&document),
        };
        // Pieces that may not go, and all that may.
        let (mut closed, mut open) = (Vec::new(), Vec::new());
        let mut at = 0;
        for (portion, decision) in document.portions().iter().zip(&decisions) {
            // Banners, separators and marks between the portions tell nothing of them.
            open.push(at..portion.body.start());
            at = portion.body.end();
            let body = portion.body.range();
            for gram in grams(&words(&document.visible()[body.clone()])) {
                if let Some(marking) = &decision.marking {
                    let lowest = known.marks.entry(gram.hash).or_insert_with(|| marking.clone());
                    if marking.level < lowest.level {
                        *lowest = marking.clone();
                    }
                }
            }
            if decision.answer != Answer::Yes {
                closed.push(body);
                continue;
            }
            let mut from = body.start;
            let first = acted.partition_point(|finding| finding.span.end() <= body.start);
            for finding in acted[first..].iter().take_while(|finding| finding.span.start() < body.end) {
                let (start, end) = (finding.span.start().max(from), finding.span.end().min(body.end));
                open.push(from..start.max(from));
                closed.push(start..end.max(start));
                from = end.max(start);
            }
            open.push(from..body.end);
        }
        open.push(at..document.visible().len());
        let text_of = |range: &std::ops::Range<usize>| words(&document.visible()[range.clone()]);
        let mut said: BTreeSet<u64> = BTreeSet::new();
        let mut named: BTreeSet<String> = BTreeSet::new();
        for words in open.iter().map(text_of) {
            said.extend(grams(&words).map(|gram| gram.hash));
            named.extend(words.into_iter().map(|word| word.folded));
        }
        let rules = pipeline.rules();
        let phrases = &rules.phrases;
        let leads = [&phrases.clause, &phrases.noun, &phrases.measured];
        for phrase in leads.into_iter().chain([&phrases.subject, &phrases.object]) {
            named.extend(words(phrase).into_iter().map(|word| word.folded));
        }
        // In capitals a verb that stays of "described the buyer as a lame man" looks like a name.
        let tells = |word: &String| rules.vocabulary.holds(word, rules.grammar.saying);
        for words in closed.iter().map(text_of) {
            known.closed.extend(grams(&words).map(|gram| gram.hash).filter(|gram| !said.contains(gram)));
            let telling = words.into_iter().filter(Word::is_telling).map(|word| word.folded);
            known.telling.extend(telling.filter(|word| !named.contains(word) && !tells(word)));
        }
        let leads_back = |category| matches!(category, Category::Codeword | Category::Identifier);
        for finding in acted.iter().filter(|finding| leads_back(finding.category)) {
            let names = known.names(document.text(finding.span));
            removed.extend(names);
        }
        removed.sort();
        removed.dedup();
        // What stands where the audience may read, in a disguise or broken at a line end too, was not removed everywhere.
        let runs: Vec<&str> = open
            .chunk_by(|one, next| one.end == next.start)
            .map(|run| &document.visible()[run[0].start..run[run.len() - 1].end])
            .collect();
        removed.retain(|name| {
            let name = Removed::new(vec![name.clone()]);
            !runs.iter().any(|run| name.stands(run))
        });
        known.removed = Removed::new(removed);
        known
    }

    /// The names and serials in a span: runs of words of which one stands nowhere else.
    fn names(&self, span: &str) -> Vec<String> {
        let words = words(span);
        let beside = |a: &Word, b: &Word| {
            a.is_telling() == b.is_telling()
                && span[a.place.end..b.place.start].trim_matches(['-', ' ']).is_empty()
        };
        words
            .chunk_by(beside)
            .filter(|run| run.iter().any(|word| word.is_telling() && self.telling.contains(&word.folded)))
            .map(|run| span[run[0].place.start..run[run.len() - 1].place.end].to_owned())
            .filter(|name| name.chars().filter(|c| c.is_alphanumeric()).count() >= SHORTEST_NAME)
            .collect()
    }
}
