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

/// All forms of a term given as lower-case words with a blank between them, sorted. An irregular form of one word takes the
/// place of the word that inflects; one of several words is the whole term (`go dark | went dark`).
pub(crate) fn forms(term: String, irregular: &[String], how: Inflection) -> Vec<String> {
    let mut out = Vec::new();
    let single = || irregular.iter().filter(|form| !form.contains(' '));
    match how {
        Inflection::Fixed => {}
        Inflection::Noun => {
            if let Some((at, head)) = words(&term).take_while(|(_, word)| !HEAD_ENDS.contains(word)).last() {
                out.push(with(&term, at, head, &plural(head)));
                out.extend(single().map(|form| with(&term, at, head, form)));
            }
        }
        Inflection::Verb => {
            if let Some((at, base)) = words(&term).next() {
                let regular = irregular.is_empty().then(|| past(base));
                let forms = [third(base), participle(base)];
                let forms = regular.iter().chain(single()).chain(&forms);
                out.extend(forms.map(|form| with(&term, at, base, form)));
            }
        }
    }
    out.extend(irregular.iter().filter(|form| form.contains(' ')).cloned());
    out.push(term);
    let spelt: Vec<String> = out.iter().flat_map(|term| respell(term)).collect();
    out.extend(spelt);
    if out.len() > 1 {
        out.sort();
        out.dedup();
    }
    out
}

/// The words of a term and where each starts.
fn words(term: &str) -> impl Iterator<Item = (usize, &str)> {
    term.split(' ').scan(0, |at, word| {
        let start = *at;
        *at += word.len() + 1;
        Some((start, word))
    })
}

/// The term with a form in the place of the word that starts at `at`.
fn with(term: &str, at: usize, word: &str, form: &str) -> String {
    [&term[..at], form, &term[at + word.len()..]].concat()
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
fn respell(term: &str) -> impl Iterator<Item = String> {
    words(term).filter_map(move |(at, word)| Some(with(term, at, word, &twin(word)?)))
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
        let irregular: Vec<_> = irregular.iter().map(|&s| s.to_owned()).collect();
        forms(term.to_owned(), &irregular, how)
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
        assert_eq!(
            all("go dark", &["went dark"], Inflection::Verb),
            ["go dark", "goes dark", "going dark", "went dark"]
        );
        assert!(all("recognise", &[], Inflection::Verb).contains(&"recognized".to_owned()));
        assert_eq!(all("armour belt", &[], Inflection::Fixed), ["armor belt", "armour belt"]);
    }
}
