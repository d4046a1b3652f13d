//! English inflection and spelling variants, so that a lexicon says each word once.
//!
//! The forms are generous: a form that nobody writes costs a table entry and nothing else. Irregular forms are
//! written in the lexicon (`tell | told`).

/// How the terms of a lexicon section inflect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Inflection {
    /// As written, nothing else.
    #[default]
    Fixed,
    /// Singular; the plural is added, also before `of`, `in`, `for`, `at`, `to` and `with`.
    Noun,
    /// Base form; `-s`, `-ed`, `-ing` are added to the first word.
    Verb,
}

/// Words after which the head noun of a term has ended ("chief of station").
const HEAD_ENDS: [&str; 6] = ["of", "in", "for", "at", "to", "with"];

/// All forms of a term given as lower-case words, the term itself first.
pub(crate) fn forms(words: &[String], irregular: &[String], how: Inflection) -> Vec<Vec<String>> {
    let mut out = vec![words.to_vec()];
    let with = |at: usize, form: String| {
        let mut term = words.to_vec();
        term[at] = form;
        term
    };
    match how {
        Inflection::Fixed => {}
        Inflection::Noun => {
            let head = words.iter().position(|w| HEAD_ENDS.contains(&w.as_str())).unwrap_or(words.len());
            if let Some(at) = head.checked_sub(1) {
                out.push(with(at, plural(&words[at])));
                out.extend(irregular.iter().map(|form| with(at, form.clone())));
            }
        }
        Inflection::Verb => {
            if let Some(base) = words.first() {
                let regular = if irregular.is_empty() { vec![past(base)] } else { irregular.to_vec() };
                out.extend(
                    regular.into_iter().chain([third(base), participle(base)]).map(|form| with(0, form)),
                );
            }
        }
    }
    let spelt: Vec<_> = out.iter().flat_map(|term| respell(term)).collect();
    out.extend(spelt);
    if out.len() > 1 {
        out.sort();
        out.dedup();
    }
    out
}

/// The plural of a noun.
pub(crate) fn plural(noun: &str) -> String {
    match noun {
        n if n.ends_with("man") && n.len() > 3 && !n.ends_with("human") => {
            format!("{}men", &n[..n.len() - 3])
        }
        n if ends_with_any(n, &["s", "x", "z", "ch", "sh"]) => format!("{n}es"),
        n if consonant_y(n) => format!("{}ies", &n[..n.len() - 1]),
        n => format!("{n}s"),
    }
}

/// The third person singular of a verb.
pub(crate) fn third(verb: &str) -> String {
    match verb {
        "have" => "has".into(),
        "be" | "are" => "is".into(),
        "do" => "does".into(),
        "go" => "goes".into(),
        v if ends_with_any(v, &["s", "x", "z", "ch", "sh"]) => format!("{v}es"),
        v if consonant_y(v) => format!("{}ies", &v[..v.len() - 1]),
        v => format!("{v}s"),
    }
}

fn past(verb: &str) -> String {
    match verb {
        v if v.ends_with('e') => format!("{v}d"),
        v if consonant_y(v) => format!("{}ied", &v[..v.len() - 1]),
        v if doubles(v) => format!("{v}{}ed", &v[v.len() - 1..]),
        v => format!("{v}ed"),
    }
}

fn participle(verb: &str) -> String {
    match verb {
        v if v.ends_with("ie") => format!("{}ying", &v[..v.len() - 2]),
        v if v.ends_with('e') && !ends_with_any(v, &["ee", "ye", "oe"]) => {
            format!("{}ing", &v[..v.len() - 1])
        }
        v if doubles(v) => format!("{v}{}ing", &v[v.len() - 1..]),
        v => format!("{v}ing"),
    }
}

/// The British and American twins of a term.
fn respell(term: &[String]) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for (at, word) in term.iter().enumerate() {
        if let Some(twin) = twin(word) {
            let mut term = term.to_vec();
            term[at] = twin;
            out.push(term);
        }
    }
    out
}

/// Word endings that differ between British and American spelling; the stem before them is at least three letters.
const TWINS: [(&str, &str); 15] = [
    ("ise", "ize"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("ising", "izing"),
    ("isation", "ization"),
    ("isations", "izations"),
    ("yse", "yze"),
    ("ysed", "yzed"),
    ("our", "or"),
    ("ours", "ors"),
    ("ence", "ense"),
    ("lled", "led"),
    ("lling", "ling"),
    ("gramme", "gram"),
    ("grammes", "grams"),
];

fn twin(word: &str) -> Option<String> {
    // Nearly every word is told by its last two letters to have none.
    let last = word.as_bytes().last_chunk::<2>()?;
    let swap = |from: &str, to: &str| {
        if from.as_bytes().last_chunk() != Some(last) {
            return None;
        }
        let stem = word.strip_suffix(from)?;
        (stem.len() >= 3 && !stem.ends_with('l')).then(|| format!("{stem}{to}"))
    };
    TWINS.iter().find_map(|(british, american)| swap(british, american).or_else(|| swap(american, british)))
}

fn ends_with_any(word: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| word.ends_with(end))
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

fn consonant_y(word: &str) -> bool {
    matches!(word.as_bytes(), [.., before, b'y'] if !is_vowel(*before))
}

/// Whether a short verb doubles its last letter (tip, tipped): consonant, vowel, consonant in one syllable.
fn doubles(verb: &str) -> bool {
    let vowels = verb.bytes().filter(|&b| is_vowel(b)).count();
    matches!(verb.as_bytes(), [.., a, b, c]
        if !is_vowel(*a) && is_vowel(*b) && !is_vowel(*c) && !matches!(c, b'w' | b'x' | b'y') && vowels == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(term: &str, irregular: &[&str], how: Inflection) -> Vec<String> {
        let words: Vec<_> = term.split(' ').map(str::to_owned).collect();
        let irregular: Vec<_> = irregular.iter().map(|&s| s.to_owned()).collect();
        forms(&words, &irregular, how).into_iter().map(|w| w.join(" ")).collect()
    }

    #[test]
    fn nouns_take_their_plural_on_the_head() {
        assert_eq!(all("agent", &[], Inflection::Noun), ["agent", "agents"]);
        assert_eq!(all("chief of station", &[], Inflection::Noun), ["chief of station", "chiefs of station"]);
        assert_eq!(all("boatman", &[], Inflection::Noun), ["boatman", "boatmen"]);
        assert_eq!(all("dead letter box", &[], Inflection::Noun), ["dead letter box", "dead letter boxes"]);
    }

    #[test]
    fn verbs_take_their_forms_and_both_spellings() {
        assert_eq!(
            all("tip off", &[], Inflection::Verb),
            ["tip off", "tipped off", "tipping off", "tips off"]
        );
        assert_eq!(all("tell", &["told"], Inflection::Verb), ["tell", "telling", "tells", "told"]);
        assert!(all("recognise", &[], Inflection::Verb).contains(&"recognized".to_owned()));
    }
}
