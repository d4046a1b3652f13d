//! Which portions an audience may read: marks in, one decision a portion out.

use std::collections::BTreeMap;

use crate::detect::{Share, zones_of_portions};
use crate::document::{Document, PortionId};
use crate::marking::{self, Answer, Marking, Reading};
use crate::policy::{Audience, Policy};

/// What was decided of a portion, and on what ground.
#[derive(Debug, Clone)]
pub(crate) struct PortionDecision {
    /// The mark that holds for it, as it stands.
    pub(crate) mark: Option<String>,
    /// What the mark says; `None` without a mark.
    pub(crate) marking: Option<Marking>,
    /// Whether the audience may read it.
    pub(crate) answer: Answer,
    /// Why, in a sentence.
    pub(crate) reason: String,
    /// The portion whose mark it inherits.
    pub(crate) inherited: Option<PortionId>,
    /// The mark it must carry in the release, when that is another than its own.
    pub(crate) remark: Option<String>,
}

/// The marks of a report: what each portion carries and what the banner says.
#[derive(Debug)]
pub(crate) struct Marks {
    pub(crate) portions: Vec<Option<(String, Reading)>>,
    pub(crate) banner: Option<(String, Reading)>,
    /// Whether the marks come from the caller, because the report has none.
    pub(crate) assumed: bool,
}

impl Marks {
    /// Reads the marks of a report. `assume` holds for a report without any marking.
    pub(crate) fn of(document: &Document, assume: Option<&str>) -> Self {
        let banner =
            document.banner_text().map(|text| (text.to_owned(), marking::parse_lenient(text).reading));
        let mut readings = Readings::default();
        let portions: Vec<_> =
            (0..document.portions().len()).map(|id| mark_of(document, id, &mut readings)).collect();
        let bare = banner.is_none() && portions.iter().all(Option::is_none);
        match assume.filter(|_| bare) {
            Some(assume) => {
                let reading = marking::parse_lenient(assume).reading;
                let portions = portions.iter().map(|_| Some((assume.to_owned(), reading.clone()))).collect();
                Self { portions, banner: None, assumed: true }
            }
            None => Self { portions, banner, assumed: false },
        }
    }

    /// Whether the report carries no marking at all.
    pub(crate) fn is_bare(&self) -> bool {
        self.banner.is_none() && self.portions.iter().all(Option::is_none)
    }

    /// Whether the banner claims less than a portion does.
    pub(crate) fn banner_too_low(&self) -> bool {
        let Some((_, banner)) = &self.banner else { return false };
        self.portions.iter().flatten().any(|(_, portion)| portion.marking.level > banner.marking.level)
    }

    /// The portions of each marking with what they are judged with: all that is no more restricted. A portion whose
    /// mark is missing or not certain is judged with everything, and nothing else with it.
    pub(crate) fn shares(&self, document: &Document, policy: &Policy) -> Vec<Share> {
        let banner = self.banner.as_ref().map(|(_, reading)| &reading.marking);
        let rights: Vec<Option<Marking>> = self
            .portions
            .iter()
            .map(|portion| {
                let (_, reading) = portion.as_ref()?;
                tolerant(reading, policy).is_certain().then(|| reading.marking.with_list_of(banner))
            })
            .collect();
        let mut distinct: Vec<&Option<Marking>> = Vec::new();
        // By portion: its place among the distinct.
        let mut places: Vec<usize> = Vec::with_capacity(rights.len());
        for right in &rights {
            places.push(distinct.iter().position(|known| *known == right).unwrap_or(distinct.len()));
            if places.last() == Some(&distinct.len()) {
                distinct.push(right);
            }
        }
        let zones: Vec<_> = zones_of_portions(document).collect();
        let of_those = |wanted: &dyn Fn(usize) -> bool| {
            let those = zones.iter().filter(|(id, _)| wanted(places[*id]));
            those.map(|(_, zone)| zone.clone()).collect()
        };
        let share = |(place, of): (usize, &&Option<Marking>)| {
            let sees = |other: &&Option<Marking>| match (of, other) {
                (None, _) => true,
                (Some(of), Some(other)) => of == other || of.dominates(other),
                (Some(_), None) => false,
            };
            let seen: Vec<bool> = distinct.iter().map(sees).collect();
            Share { own: of_those(&|other| other == place), seen: of_those(&|other| seen[other]) }
        };
        distinct.iter().enumerate().map(share).collect()
    }

    /// Decides each portion for an audience.
    pub(crate) fn decide(
        &self,
        document: &Document,
        audience: &Audience,
        policy: &Policy,
    ) -> Vec<PortionDecision> {
        // Few marks stand over many portions.
        let mut known: Vec<(&(String, Reading), PortionDecision)> = Vec::new();
        (0..self.portions.len())
            .map(|id| match &self.portions[id] {
                None => PortionDecision {
                    mark: None,
                    marking: None,
                    answer: Answer::Originator,
                    reason: "The text carries no mark, and top-level text inherits none.".into(),
                    inherited: None,
                    remark: None,
                },
                Some(mark) => {
                    let place = known.iter().position(|(other, _)| *other == mark).unwrap_or_else(|| {
                        known.push((mark, self.decide_mark(mark, audience, policy)));
                        known.len() - 1
                    });
                    let mut decision = known[place].1.clone();
                    decision.inherited = document.portions()[id].holder.filter(|_| !self.assumed);
                    if decision.inherited.is_some() {
                        decision.remark = None;
                    }
                    decision
                }
            })
            .collect()
    }

    /// Decides a portion that carries this mark itself.
    fn decide_mark(
        &self,
        (text, reading): &(String, Reading),
        audience: &Audience,
        policy: &Policy,
    ) -> PortionDecision {
        let banner = self.banner.as_ref().map(|(_, reading)| reading);
        let reading = &tolerant(reading, policy);
        let decision = marking::release(reading, audience.readers(), banner);
        let remark = decision.answer == Answer::Yes && !self.assumed;
        PortionDecision {
            mark: Some(text.clone()),
            marking: Some(reading.marking.clone()),
            answer: decision.answer,
            reason: decision.sentence(),
            inherited: None,
            remark: remark.then(|| lifted_out(text, reading, banner)).flatten(),
        }
    }
}

/// Marks by their text, each read once.
type Readings<'d> = BTreeMap<&'d str, Reading>;

/// The mark that holds for a portion and its reading; its own two marks are joined.
fn mark_of<'d>(
    document: &'d Document,
    id: PortionId,
    readings: &mut Readings<'d>,
) -> Option<(String, Reading)> {
    let portion = document.portions()[document.marked(id)];
    let mut read = |mark: crate::document::Mark| {
        let text = document.text(mark.visible);
        let reading = readings.entry(text).or_insert_with(|| marking::parse_lenient(text).reading);
        (text.to_owned(), reading.clone())
    };
    match (portion.mark.map(&mut read), portion.closing.map(read)) {
        (Some((text, reading)), Some((closing, second))) => {
            let marking = reading.marking.join(&second.marking);
            let problems = reading.problems.into_iter().chain(second.problems).collect();
            let joined = Reading {
                marking,
                problems,
                level_known: reading.level_known && second.level_known,
                bars_foreign: reading.bars_foreign || second.bars_foreign,
                legacy: reading.legacy || second.legacy,
            };
            Some((format!("{text} … {closing}"), joined))
        }
        (own, closing) => own.or(closing),
    }
}

/// The reading without the faults that the policy tolerates.
pub(crate) fn tolerant(reading: &Reading, policy: &Policy) -> Reading {
    let mut reading = reading.clone();
    reading.problems.retain(|problem| !policy.tolerated.contains(&problem.code));
    reading
}

/// The mark that a portion must carry in a release, when that is another than its own: a bare REL takes the banner's list (H.8),
/// a list that was out of order is put in order.
fn lifted_out(text: &str, portion: &Reading, banner: Option<&Reading>) -> Option<String> {
    let lifted = portion.marking.with_list_of(banner.map(|banner| &banner.marking)).portion();
    (lifted != text).then_some(lifted)
}
