//! From `patterns/` to a checked rule set.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};

use super::compile::{Compiler, Parsed};
use super::lexicon::{self, LexiconError, Tier};
use super::schema::{RuleFile, RuleSyntax, ShapeError, ShapeFile};
use super::vocabulary::Vocabulary;
use super::{Expression, Grammar, LocalTerms, Matcher, Phrases, Rule, RuleId, RuleSet, shape};
use crate::category::Category;
use crate::detect::automaton::Engine;
use crate::detect::statistical::{Alike, Model, Statistical};
use crate::detect::windows::Windows;
use crate::text::spellings;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/patterns");

/// The weights of the statistical reader.
const WEIGHTS: &str = "reader/weights.bin";

/// The words that are used alike.
const ALIKE: &str = "reader/alike.txt";

/// Why patterns cannot be used. Nothing has been done when this is returned.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is not the TOML that is expected.
    #[error("{file}: {fault}")]
    Syntax {
        /// The pattern file.
        file: String,
        /// The parser's message, with line and column.
        fault: String,
    },
    /// A lexicon line.
    #[error("{file}: {fault}")]
    Lexicon {
        /// The lexicon file.
        file: String,
        /// Where and what.
        fault: LexiconError,
    },
    /// A rule's shape.
    #[error("{file}: rule {rule}: `{shape}`: {fault}")]
    Shape {
        /// The pattern file.
        file: String,
        /// The rule's id, or the named shape.
        rule: String,
        /// The shape as written.
        shape: String,
        /// Where in it and what.
        fault: ShapeError,
    },
    /// A rule that says something impossible.
    #[error("{file}: rule {rule}: {fault}")]
    Rule {
        /// The pattern file.
        file: String,
        /// The rule's id.
        rule: String,
        /// What is wrong and what is expected.
        fault: String,
    },
    /// A line of the local term list.
    #[error("{path}: line {line}: {fault}")]
    Terms {
        /// The term list.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong and what is expected.
        fault: String,
    },
}

/// Pattern files by their path below `patterns/`: the built-in ones, and what a user adds or overrides.
#[derive(Debug, Clone)]
pub struct Patterns {
    files: BTreeMap<String, Cow<'static, str>>,
    terms: Vec<(String, Category)>,
    weights: Option<Cow<'static, [u8]>>,
}

impl Patterns {
    /// The patterns in the binary.
    ///
    /// # Panics
    /// Never: the embedded files are UTF-8, which a test checks.
    #[must_use]
    pub fn built_in() -> Self {
        let mut files = BTreeMap::new();
        embed(&BUILT_IN, &mut files);
        let weights = BUILT_IN.get_file(WEIGHTS).map(|file| Cow::Borrowed(file.contents()));
        Self { files, terms: Vec::new(), weights }
    }

    /// The patterns of one folder alone, without the built-in ones.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read as text.
    pub fn only(dir: &Path) -> Result<Self, RuleError> {
        let mut patterns = Self { files: BTreeMap::new(), terms: Vec::new(), weights: None };
        patterns.add_dir(dir)?;
        Ok(patterns)
    }

    /// Adds a folder laid out like `patterns/`; a file of the same path takes the place of the built-in one.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read as text.
    pub fn add_dir(&mut self, dir: &Path) -> Result<(), RuleError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| RuleError::Io { path, source }
        };
        let mut open = vec![dir.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).map_err(io(&folder))? {
                let path = entry.map_err(io(&folder))?.path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                let name = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                if name == WEIGHTS {
                    self.weights = Some(Cow::Owned(std::fs::read(&path).map_err(io(&path))?));
                } else if is_pattern(&path) {
                    let text = std::fs::read_to_string(&path).map_err(io(&path))?;
                    self.files.insert(name, text.into());
                }
            }
        }
        Ok(())
    }

    /// Adds a local term list: a literal a line, optionally a tab and a category (`codeword` without).
    ///
    /// # Errors
    /// When the file cannot be read, or a line names an unknown category or is shorter than two characters.
    pub fn add_terms(&mut self, path: &Path) -> Result<(), RuleError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| RuleError::Io { path: path.to_owned(), source })?;
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = |fault: String| RuleError::Terms { path: path.to_owned(), line: at + 1, fault };
            let (term, category) = line.split_once('\t').unwrap_or((line, "codeword"));
            let category: Category = category
                .trim()
                .parse()
                .map_err(|e: crate::category::UnknownCategory| fault(e.to_string()))?;
            if term.trim().chars().count() < 2 {
                return Err(fault("a term has at least two characters".into()));
            }
            self.terms.push((term.trim().to_owned(), category));
        }
        Ok(())
    }

    /// One pattern file.
    pub(crate) fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(AsRef::as_ref)
    }

    /// The words that are used alike; none when the patterns have no classes.
    pub(crate) fn alike(&self) -> Alike {
        Alike::parse(self.file(ALIKE).unwrap_or_default())
    }

    /// Leaves the statistical reader out: rules alone find.
    pub fn without_reader(&mut self) {
        self.weights = None;
    }

    /// The files of one folder of patterns, by name.
    pub(crate) fn folder<'p>(&'p self, folder: &'p str) -> impl Iterator<Item = (&'p str, &'p str)> {
        self.files.iter().filter_map(move |(path, text)| {
            let name = path.strip_prefix(folder)?.strip_prefix('/')?;
            (!name.contains('/')).then_some((name, text.as_ref()))
        })
    }

    /// Checks everything and builds the rule set.
    ///
    /// # Errors
    /// The first fault found, with file, rule and place.
    pub fn build(&self) -> Result<RuleSet, RuleError> {
        // What does not hang on each other is made side by side: the first report waits for all of it. The words of the lexicons
        // are what everything else waits for: what has time begins once the rules are parsed.
        std::thread::scope(|scope| {
            let vocabulary = scope.spawn(|| self.vocabulary());
            let (syntax, shapes) = (self.syntax()?, self.shapes()?);
            let expressions = expressions(&syntax);
            let parsed = parsed(&syntax)?;
            let reader = |weights| Model::read(weights).map(|model| (model, self.alike()));
            let reader = scope.spawn(move || self.weights.as_deref().map(reader).transpose());
            let windows = scope.spawn(move || Windows::new(&expressions));
            let digest = scope.spawn(|| self.digest());
            let mut vocabulary = joined(vocabulary)?;
            let rules =
                compile(syntax, &mut Compiler::new(&mut vocabulary, &shapes, &parsed, self.is_sound()))?;
            let grammar = Grammar::new(&mut vocabulary);
            let (engine, layout) = std::thread::scope(|scope| {
                let layout = scope.spawn(|| {
                    // The engine asks for the same from the other end.
                    for program in rules.iter().rev().flat_map(Rule::programs) {
                        // A fault comes up in the engine too.
                        let _ = program.telling(&vocabulary);
                    }
                    vocabulary.lay_out()
                });
                (Engine::new(&rules, &vocabulary), joined(layout))
            });
            vocabulary.freeze(layout);
            let reader = joined(reader)
                .map_err(|e| RuleError::Syntax { file: WEIGHTS.into(), fault: e.to_string() })?;
            let statistical =
                reader.map(|(model, alike)| Statistical::new(model, alike, &vocabulary, &grammar, &rules));
            let (terms, phrases) = (self.local_terms()?, self.phrases()?);
            let (windows, digest) = (joined(windows), joined(digest));
            Ok(RuleSet { rules, vocabulary, engine, windows, terms, grammar, phrases, statistical, digest })
        })
    }

    /// The words of all lexicons.
    fn vocabulary(&self) -> Result<Vocabulary, RuleError> {
        let mut vocabulary = Vocabulary::new();
        for (name, text) in self.folder("lexicons").chain(self.folder("grammar")) {
            let stem = name.strip_suffix(".txt").unwrap_or(name);
            let (all, alone, context) = (
                vocabulary.slot(stem),
                vocabulary.slot(&format!("{stem}.alone")),
                vocabulary.slot(&format!("{stem}.context")),
            );
            let add = |term: lexicon::Term<'_>| {
                let tier = if term.tier == Tier::Alone { alone } else { context };
                vocabulary.add(&[all, tier], term.words, term.exact);
            };
            lexicon::parse(text, add).map_err(|fault| RuleError::Lexicon { file: name.to_owned(), fault })?;
        }
        let everyday = vocabulary.slot("function_word");
        vocabulary.set_everyday(everyday);
        Ok(vocabulary)
    }

    /// The rules as written, by id, each with its file.
    fn syntax(&self) -> Result<Vec<Written>, RuleError> {
        let mut rules = Vec::new();
        for &category in Category::ALL {
            for (name, text) in self.folder(category.id()) {
                let file: Arc<str> = format!("{category}/{name}").into();
                let parsed: RuleFile = toml::from_str(text)
                    .map_err(|e| RuleError::Syntax { file: file.to_string(), fault: e.to_string() })?;
                for rule in parsed.rule {
                    rules.push(Written::new(rule, &file, category, self.is_built_in(&file))?);
                }
            }
        }
        rules.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        if let Some(twice) = rules.windows(2).find(|pair| pair[0].rule.id == pair[1].rule.id) {
            let fault = "the id is used twice; ids are unique and never reused".to_owned();
            return Err(twice[1].fault(fault));
        }
        Ok(rules)
    }

    /// Whether the file is as the binary has it, and so known to be sound.
    fn is_built_in(&self, path: &str) -> bool {
        matches!(self.files.get(path), Some(Cow::Borrowed(_)))
    }

    /// Whether all files are as the binary has them.
    fn is_sound(&self) -> bool {
        self.files.keys().all(|path| self.is_built_in(path))
    }

    fn shapes(&self) -> Result<BTreeMap<String, shape::Ast>, RuleError> {
        let mut shapes = BTreeMap::new();
        for (name, text) in self.folder("shapes") {
            let file: ShapeFile = toml::from_str(text)
                .map_err(|e| RuleError::Syntax { file: format!("shapes/{name}"), fault: e.to_string() })?;
            for (key, shape) in file.shapes {
                let ast = shape::parse(&shape).map_err(|fault| RuleError::Shape {
                    file: format!("shapes/{name}"),
                    rule: key.clone(),
                    shape: shape.clone(),
                    fault,
                })?;
                shapes.insert(key, ast);
            }
        }
        Ok(shapes)
    }

    fn phrases(&self) -> Result<Phrases, RuleError> {
        let text = self.file("phrases.toml").unwrap_or_default();
        toml::from_str(text)
            .map_err(|e| RuleError::Syntax { file: "phrases.toml".into(), fault: e.to_string() })
    }

    fn local_terms(&self) -> Result<Option<LocalTerms>, RuleError> {
        if self.terms.is_empty() {
            return Ok(None);
        }
        let spelled = |(term, category): &(String, Category)| {
            spellings(term).into_iter().map(|spelling| (spelling, *category)).collect::<Vec<_>>()
        };
        let (spellings, categories): (Vec<String>, _) = self.terms.iter().flat_map(spelled).unzip();
        let automaton = aho_corasick::AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(spellings)
            .map_err(|e| RuleError::Syntax { file: "terms".into(), fault: e.to_string() })?;
        Ok(Some(LocalTerms { automaton, categories }))
    }

    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (path, text) in &self.files {
            for part in [path.as_str(), text] {
                hash.update(part.len().to_le_bytes());
                hash.update(part);
            }
        }
        for (term, category) in &self.terms {
            hash.update(format!("{term}\t{category}\n"));
        }
        if self.weights.is_none() {
            hash.update("by rules alone");
        }
        crate::text::hex(&hash.finalize())
    }
}

/// What a thread made; a panic in it goes on here.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The expressions of the rules that have one, in order.
fn expressions(rules: &[Written]) -> Vec<regex_syntax::hir::Hir> {
    rules.iter().filter_map(|rule| Some(rule.expression.as_ref()?.hir.clone())).collect()
}

fn embed(dir: &'static Dir<'_>, files: &mut BTreeMap<String, Cow<'static, str>>) {
    for file in dir.files().filter(|file| is_pattern(file.path())) {
        let text = file.contents_utf8().expect("embedded patterns are UTF-8");
        files.insert(file.path().to_string_lossy().replace('\\', "/"), text.into());
    }
    for dir in dir.dirs() {
        embed(dir, files);
    }
}

fn is_pattern(path: &Path) -> bool {
    path.extension().is_some_and(|ext| ext == "toml" || ext == "txt")
}

/// A rule as written, checked as far as that goes without the vocabulary.
struct Written {
    rule: RuleSyntax,
    file: Arc<str>,
    expression: Option<Expression>,
}

impl Written {
    fn new(rule: RuleSyntax, file: &Arc<str>, category: Category, built_in: bool) -> Result<Self, RuleError> {
        let mut written = Self { rule, file: file.clone(), expression: None };
        let rule = &written.rule;
        if rule.category != category || rule.id.split_once('.').is_none_or(|(head, _)| head != category.id())
        {
            return Err(written.fault(format!(
                "its id must start with `{category}.` and its category be `{category}`, as its folder says"
            )));
        }
        if !(0.0..=1.0).contains(&rule.confidence) {
            return Err(written.fault("confidence goes from 0 to 1".into()));
        }
        if rule.shape.is_some() && rule.pattern.is_some() {
            return Err(written.fault("give either `shape` or `pattern`, not both".into()));
        }
        let is_negative = |test: &String| test.starts_with('!');
        if (rule.shape.is_some() || rule.pattern.is_some())
            && (!rule.test.iter().any(is_negative) || rule.test.iter().all(is_negative))
        {
            return Err(written.fault(
                "`test` holds at least one text that must match and one that must not (`! …`)".into(),
            ));
        }
        if let Some(text) = &rule.pattern {
            let expression = Expression::new(text);
            let expression = if built_in { expression } else { expression.and_then(Expression::built) };
            written.expression = Some(expression.map_err(|fault| written.fault(fault))?);
        }
        Ok(written)
    }

    fn fault(&self, fault: String) -> RuleError {
        RuleError::Rule { file: self.file.to_string(), rule: self.rule.id.clone(), fault }
    }
}

/// The shapes that the rules ask for.
fn parsed(rules: &[Written]) -> Result<Parsed, RuleError> {
    let mut parsed = Parsed::default();
    for Written { rule, file, expression } in rules {
        // An expression goes before a shape.
        let shape = rule.shape.iter().filter(|_| expression.is_none());
        for text in shape.chain(&rule.require).chain(&rule.forbid) {
            parsed.add(text).map_err(|fault| not_a_shape(file, &rule.id, text, fault))?;
        }
    }
    Ok(parsed)
}

fn not_a_shape(file: &str, rule: &str, shape: &str, fault: ShapeError) -> RuleError {
    RuleError::Shape { file: file.to_owned(), rule: rule.to_owned(), shape: shape.to_owned(), fault }
}

fn compile(rules: Vec<Written>, compiler: &mut Compiler<'_>) -> Result<Vec<Rule>, RuleError> {
    rules.into_iter().map(|rule| compile_rule(rule, compiler)).collect()
}

fn compile_rule(written: Written, compiler: &mut Compiler<'_>) -> Result<Rule, RuleError> {
    let Written { rule, file, expression } = written;
    let mut compile =
        |text: &String| compiler.compile(text).map_err(|fault| not_a_shape(&file, &rule.id, text, fault));
    let matcher = match (&rule.shape, expression) {
        (_, Some(expression)) => Matcher::Pattern(Box::new(expression), rule.valid),
        (Some(text), None) => Matcher::Shape(compile(text)?),
        (None, None) => Matcher::Reader,
    };
    let require = rule.require.iter().map(&mut compile).collect::<Result<_, _>>()?;
    let forbid = rule.forbid.iter().map(&mut compile).collect::<Result<_, _>>()?;
    Ok(Rule {
        id: RuleId(rule.id.into()),
        category: rule.category,
        title: rule.title,
        why: rule.why,
        refs: rule.refs,
        confidence: rule.confidence,
        examples: rule.test,
        source: rule.shape.or(rule.pattern).unwrap_or_default(),
        matcher,
        require,
        forbid,
        extent: rule.extent,
        frame: rule.frame,
        introduces: rule.introduces,
        unless_open: rule.unless_open,
    })
}
