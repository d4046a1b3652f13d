//! The words that rules of `check` look for, from `patterns/lint/words.toml`.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;

use crate::category::Category;
use crate::marking::Marking;
use crate::rules::{Patterns, RuleError};

const FILE: &str = "lint/words.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    compartments: BTreeMap<String, Vec<Category>>,
    tearline: TearlineTable,
    style: StyleTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TearlineTable {
    hints: Vec<String>,
    negations: Vec<String>,
    numbers: BTreeMap<String, u32>,
    scales: Vec<Vec<Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StyleTable {
    described: Vec<Category>,
    descriptors: Vec<String>,
}

/// The words, ready to be looked for.
#[derive(Debug)]
pub(super) struct Words {
    compartments: BTreeMap<String, Vec<Category>>,
    /// What tells a tearline's reader that there is more.
    pub(super) hints: Option<Regex>,
    /// What turns a statement around.
    pub(super) negations: Option<Regex>,
    /// Numbers as words.
    pub(super) numbers: BTreeMap<String, u32>,
    /// Scales of likelihood and confidence, each with an expression for each step.
    pub(super) scales: Vec<Vec<Option<Regex>>>,
    /// Categories whose findings need a descriptor.
    pub(super) described: Vec<Category>,
    /// Words that say how good something is.
    pub(super) descriptors: Option<Regex>,
}

impl Words {
    pub(super) fn load(patterns: &Patterns) -> Result<Self, RuleError> {
        let fault = |fault: String| RuleError::Syntax { file: FILE.into(), fault };
        let file: File = toml::from_str(patterns.file(FILE).unwrap_or_default())
            .map_err(|error| fault(error.to_string()))?;
        let any = |phrases: &[String]| any_of(phrases).map_err(|error| fault(error.to_string()));
        let scales = file.tearline.scales.iter().map(|scale| scale.iter().map(|step| any(step)).collect());
        Ok(Self {
            compartments: file.compartments,
            hints: any(&file.tearline.hints)?,
            negations: any(&file.tearline.negations)?,
            scales: scales.collect::<Result<_, _>>()?,
            numbers: file.tearline.numbers,
            described: file.style.described,
            descriptors: any(&file.style.descriptors)?,
        })
    }

    /// The compartments of a mark that stand for a kind of collection, each with the categories that would bear it out.
    pub(super) fn compartments<'w>(
        &'w self,
        marking: &'w Marking,
    ) -> impl Iterator<Item = (&'w str, &'w [Category])> {
        self.compartments
            .iter()
            .filter(|(name, _)| marking.sci.has_root(name))
            .map(|(name, categories)| (name.as_str(), categories.as_slice()))
    }
}

/// An expression for any of some phrases as whole words, whatever their case and spacing; none for no phrase.
fn any_of(phrases: &[String]) -> Result<Option<Regex>, regex::Error> {
    if phrases.is_empty() {
        return Ok(None);
    }
    let spaced =
        |phrase: &String| phrase.split_whitespace().map(regex::escape).collect::<Vec<_>>().join(r"\s+");
    let mut sorted: Vec<&String> = phrases.iter().collect();
    sorted.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    let all: Vec<String> = sorted.into_iter().map(spaced).collect();
    Regex::new(&format!(r"(?i)(?:^|\b)(?:{})(?:\b|$|\s)", all.join("|"))).map(Some)
}
