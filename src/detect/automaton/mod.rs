//! The engine that runs all shapes over a report.
//!
//! A sentence becomes a row of token *classes* ([`classes`]). One lazy automaton over classes ([`filter`]) tells which
//! programs may match in it, at a cost that hardly depends on how many there are. Only these run, each alone
//! ([`machine`]), and only where a match is within reach ([`reverse`]). Both automata take a little too much and never
//! too little; the machine alone decides.
//!
//! What a thread has learnt of the automata is kept in a pool from report to report and thrown away when it grows past
//! [`MOST_BYTES`].

mod atoms;
mod classes;
mod filter;
mod machine;
mod reverse;
mod table;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use foldhash::fast::FixedState;
use regex_automata::util::pool::{Pool, PoolGuard};

use self::atoms::Atoms;
use self::classes::{Class, Classes};
use self::filter::{Filter, Start};
use self::machine::{Machine, Scene, Scratch};
use super::program::{Hit, Program};
use super::reading::{LONGEST, Reading};
use super::tokens::Sentence;
use crate::rules::vocabulary::Vocabulary;
use crate::rules::{Matcher, Rule};

/// What a thread's automata may hold before they are begun anew.
const MOST_BYTES: usize = 24 << 20;

/// All programs of a rule set, shared by all threads.
#[derive(Debug)]
pub(crate) struct Engine {
    atoms: Atoms,
    filter: Filter,
    programs: Vec<Arc<Program>>,
    /// By program: made when it is first to run.
    machines: Vec<OnceLock<Machine>>,
    /// By program: the parts of the filter that it needs.
    needs: Vec<Vec<u32>>,
    /// By program: whether it matches whenever its parts are there.
    exact: Vec<bool>,
    /// By rule.
    plans: Vec<Plan>,
    /// By part: the rules that need it first.
    rules: Vec<Vec<u32>>,
    /// Rules that need none.
    always: Vec<u32>,
    pool: Pool<Cache, fn() -> Cache>,
}

/// The programs of a rule, by number. The same shape in several rules is one program.
#[derive(Debug, Default)]
struct Plan {
    shape: Option<u32>,
    require: Vec<u32>,
    forbid: Vec<u32>,
}

impl Engine {
    pub(crate) fn new(rules: &[Rule], vocabulary: &Vocabulary) -> Self {
        let mut programs = Programs::default();
        let plans: Vec<Plan> = rules
            .iter()
            .map(|rule| Plan {
                shape: if let Matcher::Shape(program) = &rule.matcher {
                    Some(programs.add(program))
                } else {
                    None
                },
                require: rule.require.iter().map(|program| programs.add(program)).collect(),
                forbid: rule.forbid.iter().map(|program| programs.add(program)).collect(),
            })
            .collect();
        let programs = programs.in_order;
        let atoms = Atoms::new(programs.iter().map(|program| &program.shape), vocabulary);
        let mut filter = Filter::default();
        let (mut needs, mut exact) = (Vec::new(), Vec::new());
        for program in &programs {
            let telling = program.telling(vocabulary).expect("a part of a shape is no larger than the shape");
            needs.push(filter.add_all(&telling.parts, &atoms));
            exact.push(telling.exact);
        }
        let (mut by_part, mut always) = (vec![Vec::new(); filter.len()], Vec::new());
        for (rule, plan) in (0..).zip(&plans) {
            let Some(shape) = plan.shape else { continue };
            match needs[shape as usize].first() {
                Some(&part) => by_part[part as usize].push(rule),
                None => always.push(rule),
            }
        }
        let mut machines = Vec::new();
        machines.resize_with(programs.len(), OnceLock::new);
        Self {
            atoms,
            filter,
            programs,
            machines,
            needs,
            exact,
            plans,
            rules: by_part,
            always,
            pool: Pool::new(Cache::default),
        }
    }

    /// A thread's part of the engine, for as long as it reads a report.
    pub(crate) fn session(&self) -> Session<'_> {
        let mut cache = self.pool.get();
        if cache.automata.is_none() {
            cache.automata = Some(Automata::new(self));
        }
        cache.current = None;
        Session { engine: self, cache }
    }

    fn machine(&self, program: u32) -> &Machine {
        let shape = &self.programs[program as usize].shape;
        self.machines[program as usize].get_or_init(|| Machine::new(shape, &self.atoms))
    }
}

/// The programs of all rules, each once.
#[derive(Default)]
struct Programs {
    in_order: Vec<Arc<Program>>,
    /// Programs are the same when they are one: equal texts share theirs.
    numbers: HashMap<*const Program, u32, FixedState>,
}

impl Programs {
    fn add(&mut self, program: &Arc<Program>) -> u32 {
        let next = u32::try_from(self.in_order.len()).expect("rules are bounded");
        let number = *self.numbers.entry(Arc::as_ptr(program)).or_insert(next);
        if number == next {
            self.in_order.push(program.clone());
        }
        number
    }
}

/// What a thread keeps from report to report.
#[derive(Debug, Default)]
struct Cache {
    automata: Option<Automata>,
    scratch: Scratch,
    /// The sentence read last.
    current: Option<Sentence>,
    sentence: Vec<Class>,
    /// The parts that it may hold, a bit each.
    parts: Vec<u64>,
    /// By program: what is known to match or not, by sentence.
    verdicts: Vec<(u64, bool)>,
    round: u64,
}

#[derive(Debug)]
struct Automata {
    classes: Classes,
    filter: filter::Lazy,
    reach: reverse::Lazy,
}

impl Automata {
    fn new(engine: &Engine) -> Self {
        Self {
            classes: Classes::new(&engine.atoms),
            filter: filter::Lazy::new(&engine.filter),
            reach: reverse::Lazy::new(engine.machines.len()),
        }
    }

    fn is_full(&self) -> bool {
        let longest = LONGEST as usize * 64;
        self.classes.size() + self.filter.size() + self.reach.size() > MOST_BYTES
            || self.classes.len() + longest > table::MOST_CLASSES
            || self.filter.is_full(longest)
    }
}

/// The engine at work on one report, sentence by sentence.
pub(crate) struct Session<'e> {
    engine: &'e Engine,
    cache: PoolGuard<'e, Cache, fn() -> Cache>,
}

impl Session<'_> {
    /// Reads a sentence; what follows is about it.
    pub(crate) fn read(&mut self, reading: &Reading<'_>, sentence: &Sentence) {
        let cache = &mut *self.cache;
        if cache.current.as_ref() == Some(sentence) {
            return;
        }
        let automata = cache.automata.as_mut().expect("a session makes them");
        if automata.is_full() {
            *automata = Automata::new(self.engine);
        }
        automata.classes.read(&self.engine.atoms, reading, sentence, &mut cache.sentence);
        let start = if reading.starts_portion(sentence.start) { Start::Portion } else { Start::Sentence };
        automata.filter.run(&self.engine.filter, &automata.classes, &cache.sentence, start, &mut cache.parts);
        cache.current = Some(sentence.clone());
        cache.round += 1;
        cache.verdicts.resize(self.engine.machines.len(), (0, false));
    }

    /// The rules whose shape may match in the sentence, in order.
    pub(crate) fn candidates(&self) -> Vec<u32> {
        let mut rules = self.engine.always.clone();
        for (word, &bits) in (0..).zip(&self.cache.parts) {
            let mut bits: u64 = bits;
            while bits != 0 {
                let lead = &self.engine.rules[word * 64 + bits.trailing_zeros() as usize];
                rules.extend(lead.iter().filter(|&&rule| {
                    self.engine.plans[rule as usize].shape.is_some_and(|program| self.may_match(program))
                }));
                bits &= bits - 1;
            }
        }
        rules.sort_unstable();
        rules
    }

    fn may_match(&self, program: u32) -> bool {
        let holds = |&part: &u32| self.cache.parts[part as usize / 64] >> (part % 64) & 1 == 1;
        self.engine.needs[program as usize].iter().all(holds)
    }

    /// Whether the sentence holds what the rule requires and nothing that it forbids.
    pub(crate) fn stands(&mut self, reading: &Reading<'_>, rule: usize) -> bool {
        let plan = &self.engine.plans[rule];
        (plan.require.is_empty() || plan.require.iter().any(|&program| self.matches(reading, program)))
            && !plan.forbid.iter().any(|&program| self.matches(reading, program))
    }

    fn matches(&mut self, reading: &Reading<'_>, program: u32) -> bool {
        if !self.may_match(program) {
            return false;
        }
        if self.engine.exact[program as usize] {
            return true;
        }
        let round = self.cache.round;
        if let (known, verdict) = self.cache.verdicts[program as usize]
            && known == round
        {
            return verdict;
        }
        let verdict = self.alone(reading, program, |machine, scene, starts, scratch| {
            machine.is_match(scene, starts, scratch)
        });
        self.cache.verdicts[program as usize] = (round, verdict.unwrap_or(false));
        verdict.unwrap_or(false)
    }

    /// All matches of the rule's shape in the sentence, leftmost first, not overlapping.
    pub(crate) fn find_all(&mut self, reading: &Reading<'_>, rule: usize, hit: impl FnMut(Hit)) {
        let Some(program) = self.engine.plans[rule].shape else { return };
        self.alone(reading, program, |machine, scene, starts, scratch| {
            machine.find_all(scene, starts, scratch, hit);
        });
    }

    /// Lets a machine run where it may match.
    fn alone<T>(
        &mut self,
        reading: &Reading<'_>,
        program: u32,
        run: impl FnOnce(&Machine, &Scene<'_>, (u32, u32), &mut Scratch) -> T,
    ) -> Option<T> {
        let cache = &mut *self.cache;
        let machine = self.engine.machine(program);
        let automata = cache.automata.as_mut().expect("a session makes them");
        let from = cache.current.as_ref()?.start;
        let starts = automata.reach.run(program, &machine.reverse, &automata.classes, &cache.sentence);
        let scene = Scene {
            reading,
            classes: &automata.classes,
            sentence: &cache.sentence,
            from,
            reach: &automata.reach,
        };
        Some(run(machine, &scene, starts?, &mut cache.scratch))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::built_in;

    /// The words of all rules' examples, example by example.
    fn examples() -> &'static [Vec<&'static str>] {
        static EXAMPLES: std::sync::LazyLock<Vec<Vec<&'static str>>> = std::sync::LazyLock::new(|| {
            let examples = built_in().rules().iter().flat_map(|rule| &rule.examples);
            let words =
                examples.map(|example| example.split(['⟦', '⟧', ' ']).filter(|w| !w.is_empty()).collect());
            words.filter(|words: &Vec<&str>| !words.is_empty()).collect()
        });
        &EXAMPLES
    }

    /// The filter passes every program that matches by itself, and of exact ones no other.
    fn passes_what_matches(text: &str) {
        let rules = built_in();
        let reading = Reading::new(text, std::iter::once(0..text.len()), &rules.vocabulary);
        let mut session = rules.engine.session();
        for sentence in &reading.sentences {
            session.read(&reading, sentence);
            for program in 0..u32::try_from(rules.engine.machines.len()).unwrap() {
                let matches = session
                    .alone(&reading, program, |machine, scene, starts, scratch| {
                        machine.is_match(scene, starts, scratch)
                    })
                    .unwrap_or(false);
                let passed = session.may_match(program);
                assert!(passed || !matches, "program {program} matches and is not passed in: {text}");
                if rules.engine.exact[program as usize] {
                    assert_eq!(passed, matches, "exact program {program} in: {text}");
                }
            }
        }
    }

    #[test]
    fn the_filter_passes_what_matches_in_the_examples() {
        examples().iter().for_each(|words| passes_what_matches(&words.join(" ")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn the_filter_passes_what_matches(pieces in prop::collection::vec((0..1usize << 16, 0..40usize, 1..14usize), 1..5)) {
            let piece = |&(example, start, len): &(usize, usize, usize)| {
                let words = &examples()[example % examples().len()];
                let start = start % words.len();
                words[start..(start + len).min(words.len())].join(" ")
            };
            passes_what_matches(&pieces.iter().map(piece).collect::<Vec<_>>().join(" "));
        }
    }
}
