//! The statistical reader: spans that no rule names, found by what usually tells how something is known.
//!
//! A linear-chain conditional random field over the tokens of a [`Reading`] and a small convolutional network beside it, each
//! trained on fictional labelled reports (`fixtures/labelled`) by `train_reader`; what they say is joined token by token. It runs behind the rules, whose findings are among its features, and adds
//! findings with calibrated confidence; the policy's thresholds decide. Nothing here holds words: weights are keyed by
//! hashed names, lexicons by theirs.

mod alike;
mod category;
mod extent;
pub(crate) mod features;
mod infer;
mod lanes;
mod model;
mod network;
mod phrase;
mod score;
mod second;
mod spread;
#[cfg(any(test, feature = "train"))]
#[cfg_attr(
    not(feature = "train"),
    expect(dead_code, unused_imports, unreachable_pub, reason = "the training program uses all of it")
)]
pub(crate) mod train;
mod words;

use std::ops::Range;

use regex_automata::util::pool::Pool;

use super::reading::Reading;
use super::tokens::{Sentence, Shape};
use super::{Found, Memory, Share, View};
use crate::category::Category;
use crate::rules::vocabulary::{SlotId, Vocabulary};
use crate::rules::{Grammar, Rule};
pub(crate) use alike::Alike;
use extent::Extent;
use features::{Features, Input, Own};
use infer::{Factors, Weights};
pub(crate) use model::Model;
use network::{Both, joined, smoothed};
use score::{Work, add_row};
use second::{First, Levels, Said};
use words::{Known, Words};

/// The confidence from which a rule is certain of what it finds.
const CERTAIN: f32 = 0.95;
/// A finding of such a rule is doubted only where every word is less probable than this.
const SURELY_NOTHING: f32 = 0.001;
/// The reader shortens a rule's finding of which a word is at least this probable.
const AGREED: f32 = 0.2;
/// A word at the end of a rule's finding that is less probable than this is none of it.
const SURELY_OUTSIDE: f32 = 0.1;
/// The least probability of a word inside a span in a portion marked unclassified: of a hundred such portions two tell a
/// source, nearly all of them by a serial, which rules know.
const UNCLASSIFIED: f32 = 0.6;
/// Spans below the threshold are listed down to this part of it.
const LISTED: f32 = 0.5;
/// The most confidence of such a span: it stays below what the default policy rewrites.
const LISTED_AT_MOST: f32 = 0.29;

/// A model made ready for one rule set.
#[derive(Debug)]
pub(crate) struct Statistical {
    model: Model,
    network: network::Ready,
    /// By look.
    factors: [Factors; 2],
    weights: [Weights; 2],
    levels: Levels,
    features: Features,
    grammar: Grammar,
    /// The rule that stands for the reader's findings of each category.
    rules: Vec<Option<usize>>,
    pool: Pool<Room, fn() -> Room>,
}

/// What the first look says of one zone; a function of the zone's text, its context and what rules hit in it.
#[derive(Debug, Default)]
pub(super) struct Looked {
    context: Option<features::Context>,
    hits: Box<[u32]>,
    said: Said,
}

/// A run of tokens in which the reader sees something sensitive.
#[derive(Debug)]
struct Guess {
    span: Range<u32>,
    category: Category,
    confidence: f32,
    /// The least probability of a word inside.
    threshold: f32,
}

/// What a thread keeps from report to report.
#[derive(Debug)]
struct Room {
    work: Work,
    words: Words<Known>,
    leanings: Words<category::Leaning>,
    own: Vec<Own>,
    zone: network::Zone,
    first: First,
}

/// Words that a thread remembers for scores, and for categories, which few words need.
const WORDS: usize = 1 << 14;
const LEANINGS: usize = 1 << 12;

impl Default for Room {
    fn default() -> Self {
        Self {
            work: Work::default(),
            words: Words::new(WORDS),
            leanings: Words::new(LEANINGS),
            own: Vec::new(),
            zone: network::Zone::default(),
            first: First::default(),
        }
    }
}

impl Statistical {
    /// Names the atoms of a vocabulary and of rules.
    pub(crate) fn new(
        model: Model,
        alike: Alike,
        vocabulary: &Vocabulary,
        grammar: &Grammar,
        rules: &[Rule],
    ) -> Self {
        let place = |category: &Category| {
            let id = format!("{category}.statistical");
            rules.iter().position(|rule| rule.id.as_str() == id)
        };
        let features = Features::new(alike, vocabulary, grammar, rules);
        let factors = [0, 1].map(|look: usize| model.looks[look].transitions.factors());
        let weights = [0, 1].map(|look: usize| Weights::new(model.looks[look].scale, model.looks[look].bias));
        let network = model.network.ready();
        let levels = Levels::new(&model.looks[1].table);
        let rules = Category::ALL.iter().map(place).collect();
        Self {
            model,
            network,
            factors,
            weights,
            levels,
            features,
            grammar: *grammar,
            rules,
            pool: Pool::new(Room::default),
        }
    }
}

/// Reads a report share by share, adds what it finds and doubts what rules found; idle when the rule set has no model.
/// `local` is what the rules found sentence by sentence, and all that they tell the reader.
pub(super) fn read(view: &View<'_>, shares: &[Share], local: &[Found], findings: &mut Vec<Found>) {
    let Some(statistical) = &view.rules.statistical else { return };
    let hits = hits_of(view.reading, local);
    let input = Input { text: view.text, reading: view.reading, hits: &hits, contexts: view.contexts };
    let mut room = statistical.pool.get();
    statistical.first(&input, view.memory, &mut room);
    let rules = findings.len();
    let inert = view.rules.phrases.places(view.text);
    let mut inside = vec![0.0; view.reading.tokens.len()];
    for share in shares {
        statistical.second(&input, &mut room, share, &inert, &mut inside, findings);
    }
    for found in &mut findings[..rules] {
        statistical.doubt(found, &input, &inside);
    }
}

/// Whether a rule is certain of a finding.
fn is_certain(found: &Found) -> bool {
    found.confidence >= CERTAIN
}

/// Whether spans of the category are told by what they look like.
fn has_own_shape(category: Category) -> bool {
    matches!(category, Category::Identifier | Category::Codeword | Category::Marking)
}

impl Statistical {
    /// Looks at every sentence and its neighbours.
    fn first(&self, input: &Input<'_>, memory: &Memory, room: &mut Room) {
        let mut said = Said::default();
        for zone in input.reading.zones() {
            let tokens = zone[0].start..zone[zone.len() - 1].end;
            let text = &input.text[input.reading.bytes(tokens.start, tokens.end)];
            let hits = &input.hits[tokens.start as usize..tokens.end as usize];
            let context = features::context(input, tokens.start);
            memory.looked(
                text,
                |looked| looked.context == context && *looked.hits == *hits,
                || Looked { context, hits: hits.into(), said: self.look(input, zone, room) },
                |looked| said.push(&looked.said),
            );
        }
        room.first = First::new(said);
    }

    /// Looks at the sentences of one zone.
    fn look(&self, input: &Input<'_>, zone: &[Sentence], room: &mut Room) -> Said {
        let look = &self.model.looks[0];
        let network = &self.model.network;
        let Room { work, words, own, zone: vectors, .. } = room;
        let mut said = Said::default();
        vectors.clear();
        work.score(look, zone, |number, adder| {
            let sentence = &zone[number];
            let capitals = features::is_in_capitals(input, sentence);
            own.clear();
            for (at, index) in sentence.clone().enumerate() {
                let shape = features::look(input, index, capitals);
                let known = words.of(input, index, shape, |folded| {
                    Known::of(&self.features, &look.table, network, input, index, shape, folded)
                });
                adder.rows[at] = known.row;
                vectors.push(known.sum);
                own.push(known.own);
                let content = is_content(input.reading, index, self.features.function_word());
                said.stems.push(content.then_some(known.own.stem));
            }
            said.words.extend(features::word_kinds(own));
            let kinds = features::sentence_kinds(input, sentence, own);
            let sums = vectors.last(own.len());
            let mut both = Both { sink: adder, table: &network.table, sums, whole: [0; network::WIDTH] };
            self.features.around(input, sentence, own, &kinds, &mut both);
            both.settle();
            said.sentences.push(kinds);
        });
        network.read(&self.network, vectors, |odds| said.odds.push(odds));
        for number in 0..zone.len() {
            said.marginals.extend_from_slice(work.marginals(&self.factors[0], &self.weights[0], number));
        }
        said
    }

    /// Looks at what the first look says of the whole share, and makes findings in what the share judges; `all` takes the
    /// probability of each token there to be inside a span.
    fn second(
        &self,
        input: &Input<'_>,
        room: &mut Room,
        share: &Share,
        inert: &[Range<usize>],
        all: &mut [f32],
        findings: &mut Vec<Found>,
    ) {
        let look = &self.model.looks[1];
        let share_of_network = self.model.network.share;
        let Room { work, first, leanings, .. } = room;
        let (mut inside, mut runs) = (Vec::new(), Vec::new());
        let mut content = Vec::new();
        let start = |zone: &[Sentence]| input.reading.tokens[zone[0].start as usize].start as usize;
        let seen = || input.reading.zones().filter(|zone| share.sees(start(zone)));
        first.gather(seen().flatten().map(|s| s.start as usize..s.end as usize));
        let mut next = 0;
        for zone in seen() {
            let from = next;
            next += zone.len();
            if !share.owns(start(zone)) {
                continue;
            }
            let numbers = from..next;
            let place = input.reading.sentences.partition_point(|s| s.start < zone[0].start);
            work.score(look, zone, |number, adder| {
                let sentence = &zone[number];
                let tokens = sentence.start as usize..sentence.end as usize;
                for (row, token) in adder.rows.iter_mut().zip(tokens.clone()) {
                    let levels = first.levels(token, from + number, tokens.end);
                    self.levels.rows(levels).for_each(|more| add_row(row, more));
                }
                first.joined(from + number, place + number, &tokens, &numbers, adder);
                self.features.hits(input, sentence, adder);
                features::mark(input, sentence, adder);
            });
            let threshold = self.threshold(input, zone[0].start);
            for (number, sentence) in zone.iter().enumerate() {
                inside.clear();
                inside.extend(
                    work.marginals(&self.factors[1], &self.weights[1], number)
                        .iter()
                        .zip(smoothed(&first.odds()[sentence.start as usize..sentence.end as usize]))
                        .map(|(chain, odds)| joined(1.0 - chain[infer::OUT], odds, share_of_network)),
                );
                silence(input, sentence, inert, &mut inside);
                all[sentence.start as usize..sentence.end as usize].copy_from_slice(&inside);
                if inside.iter().all(|&p| p < threshold * LISTED) {
                    continue;
                }
                content.clear();
                content.extend(
                    (sentence.start as usize..sentence.end as usize).map(|token| first.is_content(token)),
                );
                for (least, listed) in [(threshold, false), (threshold * LISTED, true)] {
                    decode(&inside, &content, least, &mut runs);
                    for run in &runs {
                        if !(listed && inside[run.clone()].iter().any(|&p| p >= threshold)) {
                            let mut confidence =
                                self.model.calibration.confidence(mean(&inside, &content, run));
                            if listed {
                                confidence = confidence.min(LISTED_AT_MOST);
                            }
                            let at = |token: usize| {
                                sentence.start
                                    + u32::try_from(token).expect("a sentence has a few hundred tokens")
                            };
                            let span = at(run.start)..at(run.end);
                            let category = self.category(input, &span, leanings, findings);
                            let guess = Guess { span, category, confidence, threshold };
                            self.push(input, sentence, &inside, guess, findings);
                        }
                    }
                }
            }
        }
    }

    /// A rule's finding in which the reader sees nothing sensitive is listed for the reviewer and changes nothing; another loses
    /// what the reader is sure of at its ends. What has a shape of its own (serials, cover names, markings) and what
    /// the user listed is never doubted.
    fn doubt(&self, found: &mut Found, input: &Input<'_>, inside: &[f32]) {
        if has_own_shape(found.category) || found.confidence >= 1.0 || found.bytes.is_empty() {
            return;
        }
        let reading = input.reading;
        let from = reading.token_at(found.bytes.start) as usize;
        let to = (reading.token_at(found.bytes.end - 1) as usize + 1).min(inside.len());
        let tokens = inside.get(from..to).unwrap_or_default();
        let token = |at: usize| u32::try_from(at).expect("tokens are numbered by u32");
        let most = tokens.iter().copied().fold(0.0, f32::max);
        let doubted = most < self.threshold(input, token(from));
        if doubted && (most < SURELY_NOTHING || !is_certain(found)) {
            found.confidence = found.confidence.min(LISTED_AT_MOST);
        }
        if doubted || most < AGREED {
            return;
        }
        let (Some(first), Some(last)) = (
            tokens.iter().position(|&p| p >= SURELY_OUTSIDE),
            tokens.iter().rposition(|&p| p >= SURELY_OUTSIDE),
        ) else {
            return;
        };
        let at = |place: usize| token(from + place);
        let part = at(first)..at(last + 1);
        let extent = Extent { text: input.text, reading, grammar: &self.grammar };
        let part = extent.firm_part(at(0)..at(tokens.len()), part);
        let bytes = reading.bytes(part.start, part.end);
        if bytes != found.bytes {
            found.bytes = bytes;
            found.in_part = true;
        }
    }

    /// The least probability of a word that is inside a span: more in a portion that its author marked unclassified.
    fn threshold(&self, input: &Input<'_>, token: u32) -> f32 {
        let threshold = self.model.calibration.threshold;
        if is_unclassified(input, token) { threshold.max(UNCLASSIFIED) } else { threshold }
    }

    /// The category of a span: that of the longest finding over it, else what its words tell.
    fn category(
        &self,
        input: &Input<'_>,
        span: &Range<u32>,
        leanings: &mut Words<category::Leaning>,
        findings: &[Found],
    ) -> Category {
        let bytes = input.reading.bytes(span.start, span.end);
        findings
            .iter()
            .filter(|found| found.bytes.start < bytes.end && bytes.start < found.bytes.end)
            .max_by_key(|found| found.bytes.len())
            .map_or_else(
                || category::of(&self.model, &self.features, input, span.clone(), leanings),
                |found| found.category,
            )
    }

    /// Makes a finding of a guess, with the extent that grammar gives it. `inside` are the probabilities of the sentence.
    fn push(
        &self,
        input: &Input<'_>,
        sentence: &Sentence,
        inside: &[f32],
        guess: Guess,
        findings: &mut Vec<Found>,
    ) {
        let Guess { span, category, confidence, threshold } = guess;
        let reading = input.reading;
        let extent = Extent { text: input.text, reading, grammar: &self.grammar };
        let span = if category == Category::Identifier {
            extent.whole_serial(sentence, span)
        } else if has_own_shape(category) || category == Category::Personnel {
            span
        } else {
            extent.whole(sentence, inside, threshold, span)
        };
        let span = extent.without_subject(sentence, span);
        let span = extent.without_verb(sentence, inside, span);
        let span = extent.without_description(sentence, inside, span);
        let span = extent.without_measured(sentence, inside, span);
        let span = extent.without_object(sentence, inside, span);
        let span = extent.without_edges(sentence, inside, span);
        // A number that counts a paragraph tells nothing.
        let span = span.start.max(reading.counter(input.text, sentence))..span.end;
        if span.is_empty() {
            return;
        }
        let bytes = reading.bytes(span.start, span.end);
        let place = Category::ALL.iter().position(|&c| c == category).and_then(|place| self.rules[place]);
        if let Some(rule) = place {
            findings.push(Found { bytes, rule, category, confidence, binds: None, in_part: false });
        }
    }
}

/// Whether a token stands in a portion that its author marked unclassified.
fn is_unclassified(input: &Input<'_>, token: u32) -> bool {
    features::context(input, token).is_some_and(|context| context.level == b'U')
}

/// Takes the words of neutral phrases, whose byte ranges are in order, for outside.
fn silence(input: &Input<'_>, sentence: &Sentence, inert: &[Range<usize>], inside: &mut [f32]) {
    let bytes = input.reading.bytes(sentence.start, sentence.end);
    let first = inert.partition_point(|phrase| phrase.end <= bytes.start);
    for phrase in inert[first..].iter().take_while(|phrase| phrase.start < bytes.end) {
        for (p, token) in inside.iter_mut().zip(&input.reading.tokens[sentence.start as usize..]) {
            if phrase.contains(&(token.start as usize)) {
                *p = 0.0;
            }
        }
    }
}

/// The mean probability of a run's words of content.
fn mean(inside: &[f32], content: &[bool], run: &Range<usize>) -> f32 {
    let (sum, count) =
        run.clone().filter(|&at| content[at]).fold((0.0, 0.0f32), |(s, n), at| (s + inside[at], n + 1.0));
    sum / count.max(1.0)
}

fn is_content(reading: &Reading<'_>, at: u32, function_word: SlotId) -> bool {
    reading.shape(at).intersects(Shape::WORD | Shape::NUM) && !reading.is_word_of(at, function_word)
}

/// Runs of tokens that are inside a span with at least the given probability. One function word or mark between two such
/// runs joins them; a run holds at least one word of content.
fn decode(inside: &[f32], content: &[bool], threshold: f32, runs: &mut Vec<Range<usize>>) {
    runs.clear();
    for at in 0..inside.len() {
        if inside[at] < threshold {
            continue;
        }
        match runs.last_mut() {
            Some(last) if (last.end..at).all(|between| !content[between]) && at - last.end <= 1 => {
                last.end = at + 1;
            }
            _ => runs.push(at..at + 1),
        }
    }
    runs.retain(|run| content[run.clone()].iter().any(|&word| word));
}

/// For each token, one more than the rule of the longest finding over it, or 0.
fn hits_of(reading: &Reading<'_>, findings: &[Found]) -> Vec<u32> {
    let mut hits = vec![0; reading.tokens.len()];
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|&at| (findings[at].bytes.len(), std::cmp::Reverse(findings[at].rule)));
    for at in order {
        let found = &findings[at];
        let from = reading.token_at(found.bytes.start) as usize;
        let to = reading.tokens.partition_point(|token| (token.start as usize) < found.bytes.end);
        hits[from..to.max(from)].fill(u32::try_from(found.rule + 1).expect("rules are few"));
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::train::{Settings, samples_of, trained_on};
    use super::*;
    use crate::rules::Patterns;

    const LABELLED: [&str; 3] = [
        "(S//NF) The quay ⟪will close on 3 May⟫, ⟦humint|a clerk in the port office told us⟧.\n\n(U) A spokesman said that the quay will close.\n",
        "(S//NF) ⟦humint|A clerk told us⟧ that ⟪two ships left the port⟫. ⟦humint|The clerk saw them⟧.\n\n(U) The paper said that two ships left.\n",
        "(S//NF) The ships ⟪carry grain⟫, ⟦humint|our man in the port says⟧. He ⟦humint|told us⟧ that the quay is full.\n",
    ];

    fn settings() -> Settings {
        let mut settings = Settings::default();
        for (name, value) in [
            ("epochs", "4"),
            ("polish", "2"),
            ("inner", "2"),
            ("word_authors", "1"),
            ("rate", "0.1"),
            ("network_authors", "1"),
        ] {
            assert!(settings.set(name, value));
        }
        settings
    }

    #[test]
    fn training_twice_gives_the_same_bytes() {
        let mut patterns = Patterns::built_in();
        patterns.without_reader();
        let rules = patterns.build().unwrap();
        let first = trained_on(&LABELLED, &rules, &settings()).0.write();
        assert_eq!(first, trained_on(&LABELLED, &rules, &settings()).0.write());
        let mut other = settings();
        other.seed = 2;
        assert_ne!(first, trained_on(&LABELLED, &rules, &other).0.write());
    }

    #[test]
    fn reading_agrees_with_the_learner() {
        let mut patterns = Patterns::built_in();
        patterns.without_reader();
        let mut rules = patterns.build().unwrap();
        let (model, twice, net) = trained_on(&LABELLED, &rules, &settings());
        let samples = samples_of(&LABELLED, &rules);
        let statistical = Statistical::new(
            model,
            Patterns::built_in().alike(),
            &rules.vocabulary,
            &rules.grammar,
            &rules.rules,
        );
        rules.statistical = Some(statistical);
        let statistical = rules.statistical.as_ref().unwrap();
        let mut samples = samples.iter();
        for labelled in LABELLED {
            let text = train::text_of(labelled);
            let document = crate::document::Document::parse(
                crate::text::SourceText::new(text),
                crate::document::Format::Markdown,
            );
            let contexts = crate::detect::contexts(&document);
            for zones in train::parts_of(&document, &contexts) {
                let sample = samples.next().unwrap();
                let want = twice.first.marginals(sample);
                let odds = net.odds(sample, &settings());
                let reading = Reading::new(document.visible(), zones, &rules.vocabulary);
                let input = Input {
                    text: document.visible(),
                    reading: &reading,
                    hits: &sample.hits,
                    contexts: &contexts,
                };
                let mut room = Room::default();
                statistical.first(&input, &Memory::default(), &mut room);
                let first = room.first;
                assert_eq!(first.marginals().len(), want.len());
                for (got, want) in first.marginals().iter().flatten().zip(want.iter().flatten()) {
                    assert!((got - want).abs() < 0.05, "{got} {want}");
                }
                assert_eq!(first.odds().len(), odds.len());
                for (got, want) in first.odds().iter().zip(odds) {
                    assert!((got - want).abs() < 0.1 + 0.05 * want.abs(), "{got} {want}");
                }
                let found = crate::detect::detect_all(document.visible(), &reading, &rules, &contexts);
                assert!(found.iter().all(|f| reading.sentences.iter().any(|s| {
                    let bytes = reading.bytes(s.start, s.end);
                    bytes.start <= f.span.start() && f.span.end() <= bytes.end
                })));
            }
        }
        assert!(samples.next().is_none());
    }

    #[test]
    fn runs_bridge_one_mark_and_hold_a_word() {
        let mut runs = Vec::new();
        let content = [true, false, true, false, false, true, false];
        decode(&[0.9, 0.1, 0.8, 0.2, 0.1, 0.7, 0.6], &content, 0.5, &mut runs);
        assert_eq!(runs, [0..3, 5..7]);
        decode(&[0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.1], &content, 0.5, &mut runs);
        assert!(runs.is_empty());
    }
}
