//! The shape language: one line of text that describes a run of tokens.
//!
//! | written | means |
//! | --- | --- |
//! | `word` | that word in any case; with a capital in it, exactly so |
//! | `{name}` | any term of a lexicon (`{name.alone}` of one tier), or the named shape |
//! | `@cap` | a token of that look: `any word lower cap caps num year mixed punct ed ing ly s joined first` |
//! | `[a @b {c} -{d}]` | one token that is one of these and none of those after `-` |
//! | `( a \| b )` | alternatives, the first that fits wins |
//! | `x?` `x*` `x+` `x{2,5}` | optional, up to 12 times, once or more, so many times; as many as fit |
//! | `~6` | a gap of up to six tokens, as few as fit |
//! | `<x>` | the sensitive span; without it, the whole match |
//! | `(= x )` | a name bound here, looked for in the whole report |
//! | `!x` `&x` | the next tokens are not, or are, `x`; nothing is taken |
//! | `^` `^^` `$` | start of the sentence, of the portion, end of the sentence |
//! | `\(` | a punctuation character that the language uses itself |

use super::schema::ShapeError;
use crate::detect::tokens::Shape;

/// A parsed shape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ast {
    /// A literal word or punctuation character.
    Word(String),
    /// A lexicon or a named shape.
    Name(String),
    /// A look.
    Kind(Shape),
    /// One token out of a set.
    Set {
        any: Vec<Ast>,
        none: Vec<Ast>,
    },
    /// Up to so many tokens, as few as fit.
    Gap(u8),
    Seq(Vec<Ast>),
    Alt(Vec<Ast>),
    Repeat {
        item: Box<Ast>,
        min: u8,
        max: u8,
    },
    /// A sensitive span.
    Span(Box<Ast>),
    /// A name bound here.
    Alias(Box<Ast>),
    Not(Box<Ast>),
    Ahead(Box<Ast>),
    SentenceStart,
    PortionStart,
    SentenceEnd,
}

/// The most that `*` and `+` repeat: phrases are short, and a bound keeps programs small.
const MOST: u8 = 12;

/// Parses one shape.
pub(crate) fn parse(text: &str) -> Result<Ast, ShapeError> {
    let mut parser = Parser { text, at: 0 };
    let ast = parser.alternatives(&[])?;
    match parser.peek() {
        None => Ok(ast),
        Some(c) => Err(parser.fault(format!("unexpected `{c}`"))),
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn fault(&self, fault: impl Into<String>) -> ShapeError {
        ShapeError { at: self.at, fault: fault.into() }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// The next character that is not a space.
    fn peek(&mut self) -> Option<char> {
        if let Some(byte @ b'!'..=b'~') = self.text.as_bytes().get(self.at) {
            return Some(char::from(*byte));
        }
        self.at += self.rest().len() - self.rest().trim_start().len();
        self.rest().chars().next()
    }

    fn eat(&mut self, token: &str) -> bool {
        self.peek();
        let hit = self.rest().starts_with(token);
        if hit {
            self.at += token.len();
        }
        hit
    }

    fn expect(&mut self, token: &str) -> Result<(), ShapeError> {
        if self.eat(token) { Ok(()) } else { Err(self.fault(format!("expected `{token}`"))) }
    }

    fn alternatives(&mut self, stop: &[char]) -> Result<Ast, ShapeError> {
        let mut options = vec![self.sequence(stop)?];
        while self.eat("|") {
            options.push(self.sequence(stop)?);
        }
        Ok(if options.len() == 1 { options.remove(0) } else { Ast::Alt(options) })
    }

    fn sequence(&mut self, stop: &[char]) -> Result<Ast, ShapeError> {
        let mut items = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || stop.contains(&c) {
                break;
            }
            let item = self.item()?;
            items.push(self.quantified(item)?);
        }
        Ok(if items.len() == 1 { items.remove(0) } else { Ast::Seq(items) })
    }

    fn quantified(&mut self, item: Ast) -> Result<Ast, ShapeError> {
        let (min, max) = match self.rest().chars().next() {
            Some('?') => (0, 1),
            Some('*') => (0, MOST),
            Some('+') => (1, MOST),
            Some('{') if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                return self.counted(item);
            }
            _ => return Ok(item),
        };
        self.at += 1;
        Ok(Ast::Repeat { item: Box::new(item), min, max })
    }

    fn counted(&mut self, item: Ast) -> Result<Ast, ShapeError> {
        self.expect("{")?;
        let min = self.number()?;
        let max = if self.eat(",") { self.number()? } else { min };
        self.expect("}")?;
        if min > max {
            return Err(self.fault("the least exceeds the most"));
        }
        Ok(Ast::Repeat { item: Box::new(item), min, max })
    }

    fn number(&mut self) -> Result<u8, ShapeError> {
        let digits: String = self.rest().chars().take_while(char::is_ascii_digit).collect();
        self.at += digits.len();
        digits.parse().map_err(|_| self.fault("expected a number up to 255"))
    }

    fn name(&mut self) -> String {
        let name: String =
            self.rest().chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')).collect();
        self.at += name.len();
        name
    }

    fn item(&mut self) -> Result<Ast, ShapeError> {
        let Some(c) = self.peek() else { return Err(self.fault("expected an item")) };
        if !matches!(c, '(' | '<' | '[' | '{' | '@' | '~' | '!' | '&' | '^' | '$' | '\\') {
            return self.word(c);
        }
        self.at += 1;
        match c {
            '(' => {
                let alias = self.rest().starts_with('=');
                self.at += usize::from(alias);
                let inner = self.alternatives(&[')'])?;
                self.expect(")")?;
                Ok(if alias { Ast::Alias(Box::new(inner)) } else { inner })
            }
            '<' => {
                let inner = self.alternatives(&['>'])?;
                self.expect(">")?;
                Ok(Ast::Span(Box::new(inner)))
            }
            '[' => self.set(),
            '{' => {
                let name = self.name();
                self.expect("}")?;
                Ok(Ast::Name(name))
            }
            '@' => self.kind(),
            '~' => self.number().map(Ast::Gap),
            '!' => Ok(Ast::Not(Box::new(self.item()?))),
            '&' => Ok(Ast::Ahead(Box::new(self.item()?))),
            '^' if self.rest().starts_with('^') => {
                self.at += 1;
                Ok(Ast::PortionStart)
            }
            '^' => Ok(Ast::SentenceStart),
            '$' => Ok(Ast::SentenceEnd),
            _ => {
                let Some(c) = self.rest().chars().next() else {
                    return Err(self.fault("nothing after `\\`"));
                };
                self.at += c.len_utf8();
                Ok(Ast::Word(c.to_string()))
            }
        }
    }

    fn kind(&mut self) -> Result<Ast, ShapeError> {
        let name = self.name();
        Shape::named(&name).map(Ast::Kind).ok_or_else(|| self.fault(format!("unknown look `@{name}`")))
    }

    fn set(&mut self) -> Result<Ast, ShapeError> {
        let (mut any, mut none) = (Vec::new(), Vec::new());
        while !self.eat("]") {
            let negative = self.eat("-");
            let item = self.item()?;
            if negative { none.push(item) } else { any.push(item) }
        }
        if any.is_empty() {
            any.push(Ast::Kind(Shape::ANY));
        }
        Ok(Ast::Set { any, none })
    }

    /// A literal; a hyphenated or possessive one is several tokens.
    fn word(&mut self, first: char) -> Result<Ast, ShapeError> {
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '/');
        if matches!(first, ')' | '>' | ']' | '}' | '|' | '?' | '*' | '+' | '=') {
            return Err(
                self.fault(format!("unexpected `{first}`; write `\\{first}` for the character itself"))
            );
        }
        let len = if inside(first) {
            self.rest().find(|c| !inside(c)).unwrap_or(self.rest().len())
        } else {
            first.len_utf8()
        };
        let literal = &self.text[self.at..self.at + len];
        // The tokenizer cuts a possessive off its owner; by itself it is one word.
        let words: Vec<Ast> = match literal {
            "'s" | "’s" => vec![Ast::Word("'s".to_owned())],
            _ if literal.bytes().all(|b| b.is_ascii_alphabetic()) => vec![Ast::Word(literal.to_owned())],
            _ => super::lexicon::split(literal).map(|word| Ast::Word(word.to_owned())).collect(),
        };
        self.at += len;
        match words.len() {
            0 => Err(self.fault("expected a word")),
            1 => Ok(words.into_iter().next().expect("there is one")),
            _ => Ok(Ast::Seq(words)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_language_parses() {
        for shape in [
            "<{source_np} {reporting_verb} that?> ~6 $",
            "^^ (from | via) [@word {noun} -{public} -said]{1,3} !{public} &the",
            "\\( (hereafter | hereinafter) \"? (= @caps{1,3} ) \"? \\)",
            "walk-in's",
        ] {
            assert!(parse(shape).is_ok(), "{shape}: {:?}", parse(shape));
        }
        assert_eq!(parse("a-b"), Ok(Ast::Seq(vec![Ast::Word("a".into()), Ast::Word("b".into())])));
    }

    #[test]
    fn faults_have_a_place() {
        for (shape, at) in [("(a", 2), ("a )", 2), ("@nosuch", 7), ("a{3,1}", 6), ("<a", 2)] {
            assert_eq!(parse(shape).map_err(|e| e.at), Err(at), "{shape}");
        }
    }
}
