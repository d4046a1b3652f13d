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

/// The forms of a term, each once: one after the other in a buffer that serves one term after the other.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    text: String,
    ends: Vec<usize>,
}

impl Forms {
    /// The forms in the order in which they were made.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| &self.text[std::mem::replace(&mut start, end)..end])
    }

    /// Takes all forms out.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds what the parts are together.
    pub(crate) fn add(&mut self, parts: &[&str]) {
        let start = self.text.len();
        parts.iter().for_each(|part| self.text.push_str(part));
        if self.iter().any(|form| *form == self.text[start..]) {
            self.text.truncate(start);
        } else {
            self.ends.push(self.text.len());
        }
    }

    /// Adds all forms of a term given as lower-case words with a blank between them. An irregular form of one word takes the
    /// place of the word that inflects; one of several words is the whole term (`go dark | went dark`).
    pub(crate) fn inflect(&mut self, term: &str, irregular: &[String], how: Inflection) {
        let single = || irregular.iter().filter(|form| !form.contains(' '));
        let first = self.ends.len();
        self.add(&[term]);
        match how {
            Inflection::Fixed => {}
            Inflection::Noun => {
                if let Some((at, head)) = words(term).take_while(|(_, word)| !HEAD_ENDS.contains(word)).last()
                {
                    self.put(term, at, head, plural(head));
                    single().for_each(|form| self.put(term, at, head, [form, "", ""]));
                }
            }
            Inflection::Verb => {
                if let Some((at, base)) = words(term).next() {
                    let regular = irregular.is_empty().then(|| past(base));
                    let forms = regular.into_iter().chain(single().map(|form| [form.as_str(), "", ""]));
                    let forms = forms.chain([third(base), participle(base)]);
                    forms.for_each(|form| self.put(term, at, base, form));
                }
            }
        }
        irregular.iter().filter(|form| form.contains(' ')).for_each(|form| self.add(&[form]));
        let twins: Vec<String> = self.iter().skip(first).flat_map(respell).collect();
        twins.iter().for_each(|twin| self.add(&[twin]));
    }

    /// Adds the term with a form in the place of the word that starts at `at`.
    fn put(&mut self, term: &str, at: usize, word: &str, form: [&str; 3]) {
        self.add(&[&term[..at], form[0], form[1], form[2], &term[at + word.len()..]]);
    }
}

/// The words of a term and where each starts.
pub(super) fn words(term: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let (start, rest) = (next, term.get(next..)?);
        let end = rest.bytes().position(|b| b == b' ').unwrap_or(rest.len());
        next += end + 1;
        Some((start, &rest[..end]))
    })
}

/// The plural of a noun, in parts; the same for what follows.
fn plural(noun: &str) -> [&str; 3] {
    match noun {
        n if n.ends_with("man") && n.len() > 3 && !n.ends_with("human") => [&n[..n.len() - 3], "", "men"],
        n if hisses(n) => [n, "", "es"],
        n if consonant_y(n) => [&n[..n.len() - 1], "", "ies"],
        n => [n, "", "s"],
    }
}

/// The third person singular of a verb.
fn third(verb: &str) -> [&str; 3] {
    match verb {
        "have" => ["has", "", ""],
        "be" | "are" => ["is", "", ""],
        "do" => ["does", "", ""],
        "go" => ["goes", "", ""],
        v if hisses(v) => [v, "", "es"],
        v if consonant_y(v) => [&v[..v.len() - 1], "", "ies"],
        v => [v, "", "s"],
    }
}

fn past(verb: &str) -> [&str; 3] {
    match verb {
        v if v.ends_with('e') => [v, "", "d"],
        v if consonant_y(v) => [&v[..v.len() - 1], "", "ied"],
        v if doubles(v) => [v, &v[v.len() - 1..], "ed"],
        v => [v, "", "ed"],
    }
}

fn participle(verb: &str) -> [&str; 3] {
    match verb {
        v if v.ends_with("ie") => [&v[..v.len() - 2], "", "ying"],
        v if v.ends_with('e') && !["ee", "ye", "oe"].iter().any(|end| v.ends_with(end)) => {
            [&v[..v.len() - 1], "", "ing"]
        }
        v if doubles(v) => [v, &v[v.len() - 1..], "ing"],
        v => [v, "", "ing"],
    }
}

/// The British and American twins of a term.
fn respell(term: &str) -> impl Iterator<Item = String> {
    words(term)
        .filter_map(move |(at, word)| Some([&term[..at], &twin(word)?, &term[at + word.len()..]].concat()))
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

/// The endings of [`TWINS`] as bits, by the letter that they end in and by the one before it.
const ENDINGS: [[u32; 256]; 2] = {
    let (mut by_letter, mut at) = ([[0; 256]; 2], 0);
    while at < 2 * TWINS.len() {
        let (british, american) = TWINS[at / 2];
        let ending = if at % 2 == 0 { british.as_bytes() } else { american.as_bytes() };
        by_letter[0][ending[ending.len() - 1] as usize] |= 1 << at;
        by_letter[1][ending[ending.len() - 2] as usize] |= 1 << at;
        at += 1;
    }
    by_letter
};

fn twin(word: &str) -> Option<String> {
    let [before, last] = word.as_bytes().last_chunk()?;
    let mut endings = ENDINGS[0][usize::from(*last)] & ENDINGS[1][usize::from(*before)];
    while endings != 0 {
        let at = endings.trailing_zeros();
        endings &= endings - 1;
        let (british, american) = TWINS[at as usize / 2];
        let (from, to) = if at & 1 == 0 { (british, american) } else { (american, british) };
        if let Some(stem) = word.strip_suffix(from)
            && stem.len() >= 3
            && !stem.ends_with('l')
        {
            return Some([stem, to].concat());
        }
    }
    None
}

/// Whether a word ends in a sound that asks for `-es`.
fn hisses(word: &str) -> bool {
    matches!(word.as_bytes(), [.., b's' | b'x' | b'z'] | [.., b'c' | b's', b'h'])
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
        let mut forms = Forms::default();
        forms.inflect(term, &irregular, how);
        let mut forms: Vec<String> = forms.iter().map(str::to_owned).collect();
        forms.sort();
        forms
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
