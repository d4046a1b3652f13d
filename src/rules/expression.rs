//! The regular expression of a rule, for the parts of a text in which the rule may match.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex_automata::meta::Regex;
use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

/// A regular expression, to run and to look at.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) hir: Hir,
    /// Built when a window is first found for it, as few are in a report.
    regex: OnceLock<Regex>,
    /// The same for texts whose letters are all ASCII, where there is such an expression.
    narrow: OnceLock<Option<Regex>>,
}

impl Expression {
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let hir = regex_syntax::parse(text).map_err(|e| e.to_string())?;
        Ok(Self { hir, regex: OnceLock::new(), narrow: OnceLock::new() })
    }

    /// Builds the matcher now, so that an expression that is too large is a fault of its rule.
    pub(super) fn built(self) -> Result<Self, String> {
        self.build()?;
        Ok(self)
    }

    fn build(&self) -> Result<Regex, String> {
        Regex::builder()
            .build_from_hir(&self.hir)
            .map_err(|e| e.syntax_error().map_or_else(|| e.to_string(), ToString::to_string))
    }

    /// The matcher for a part of a text. Where all letters about are ASCII, the word boundaries and letters of ASCII are those
    /// of Unicode, and a matcher for them is made and searches many times faster.
    ///
    /// # Panics
    /// Never: an expression from outside the binary was built when it was loaded, the tests build the others.
    pub(crate) fn regex(&self, text: &str, part: &Range<usize>) -> &Regex {
        let narrow = || Regex::builder().build_from_hir(&narrowed(&self.hir)?).ok();
        let before = text[..part.start].chars().next_back();
        let after = text[part.end..].chars().next();
        let mut about = before.into_iter().chain(text[part.clone()].chars()).chain(after);
        if about.any(|c| !c.is_ascii() && regex_syntax::is_word_character(c)) {
            return self.wide();
        }
        self.narrow.get_or_init(narrow).as_ref().unwrap_or_else(|| self.wide())
    }

    fn wide(&self) -> &Regex {
        self.regex.get_or_init(|| self.build().expect("the expression was built before"))
    }
}

/// The expression with the word boundaries and letters of ASCII; none when it asks for a place that is no boundary, which may lie inside
/// of a character then.
fn narrowed(hir: &Hir) -> Option<Hir> {
    let each = |subs: &[Hir]| subs.iter().map(narrowed).collect::<Option<Vec<_>>>();
    Some(match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(Class::Bytes(_)) => hir.clone(),
        HirKind::Class(Class::Unicode(class)) => narrowed_class(class),
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            Look::WordUnicodeNegate | Look::WordStartHalfUnicode | Look::WordEndHalfUnicode => return None,
            other => *other,
        }),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(narrowed(&repetition.sub)?);
            Hir::repetition(Repetition { sub, ..repetition.clone() })
        }
        HirKind::Capture(capture) => {
            let sub = Box::new(narrowed(&capture.sub)?);
            Hir::capture(Capture { sub, ..capture.clone() })
        }
        HirKind::Concat(subs) => Hir::concat(each(subs)?),
        HirKind::Alternation(subs) => Hir::alternation(each(subs)?),
    })
}

/// The class without what is no ASCII, where all that is of word characters.
fn narrowed_class(class: &ClassUnicode) -> Hir {
    /// What is no word character and no ASCII.
    static ELSEWHERE: LazyLock<ClassUnicode> = LazyLock::new(|| {
        let hir = regex_syntax::parse(r"[^\w\x00-\x7F]").map(Hir::into_kind);
        match hir {
            Ok(HirKind::Class(Class::Unicode(class))) => class,
            _ => ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)]),
        }
    });
    let mut elsewhere = class.clone();
    elsewhere.intersect(&ELSEWHERE);
    let mut narrow = class.clone();
    if elsewhere.ranges().is_empty() {
        narrow.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7F')]));
    }
    Hir::class(Class::Unicode(narrow))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_automata::Input;

    use super::*;
    use crate::rules::{Matcher, built_in};

    fn matches(regex: &Regex, text: &str, part: &Range<usize>) -> Vec<Range<usize>> {
        regex.find_iter(Input::new(text).span(part.clone())).map(|hit| hit.range()).collect()
    }

    proptest! {
        #[test]
        fn a_part_of_a_text_has_the_matches_of_unicode(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "IIR 2 222 0333 94", "201-12345", "CS-12-3456", " ", ", ", ". ", "’", "—", "é", "ß", "QTRESOLVE",
                    "ref ABC/12", "+44 20 5550 12", "121530Z MAY 61", "145.2 MHz", "(AB-12)", "HERON-2", "x", "٣",
                ]), 1..8),
            cut in (0usize..20, 0usize..20),
        ) {
            let text = pieces.concat();
            let edges: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let [start, end] = [cut.0, cut.1].map(|cut| edges[cut.min(edges.len() - 1)]);
            let part = start.min(end)..start.max(end);
            for rule in built_in().rules() {
                if let Matcher::Pattern(expression, _) = &rule.matcher {
                    let regex = expression.regex(&text, &part);
                    prop_assert_eq!(matches(regex, &text, &part), matches(expression.wide(), &text, &part));
                }
            }
        }
    }
}
