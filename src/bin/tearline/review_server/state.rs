//! What the server knows: the folder, its reports, the decisions, and what was shown of each report last.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use tearline::decisions::{Chain, Decision, Decisions, Scope, Store, Target};
use tearline::review::View;
use tearline::review::page::{self, Desk, IndexLine, Parts};
use tearline::{Audience, Format, Ingest, Names, Outcome, Pipeline, Report};

use super::readers::Readers;
use crate::args::ReviewArgs;
use crate::common;

/// So many pages are remembered, to tell what has changed in them.
const MOST_SHOWN: usize = 32;

pub(super) struct State {
    pipeline: &'static Pipeline,
    ingest: Ingest,
    names: Names,
    address: SocketAddr,
    token: String,
    base: String,
    sources: BTreeMap<String, Option<PathBuf>>,
    audiences: Vec<Audience>,
    store: Mutex<Store>,
    two_people: bool,
    readers: Readers,
    shown: Mutex<HashMap<(String, String), Shown>>,
    index: Mutex<HashMap<(String, String), IndexLine>>,
    warnings: Vec<String>,
}

/// What was last shown of a report to an audience, and since when each part is as it is.
struct Shown {
    version: i64,
    parts: Parts,
    rows: Vec<i64>,
    cards: HashMap<String, i64>,
    preview: i64,
}

/// What has changed in a page since a version of it.
pub(super) struct Changes {
    pub(super) version: i64,
    pub(super) rows: BTreeMap<usize, String>,
    pub(super) cards: BTreeMap<String, String>,
    pub(super) preview: Option<String>,
    pub(super) parts: Parts,
}

/// A report as the pages show it.
pub(super) struct Sheet {
    pub(super) outcome: Outcome,
    pub(super) desk: Desk,
}

impl State {
    pub(super) fn open(args: &ReviewArgs, address: SocketAddr) -> anyhow::Result<Self> {
        let file = args.high.join("manifest.jsonl");
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("{}: give the review folder of a release", file.display()))?;
        let lines = tearline::batch::manifest(&text)
            .map_err(|fault| anyhow::anyhow!("{}: {fault}", file.display()))?;
        let key = common::key(&args.high, true)?;
        let pipeline = common::pipeline(&args.common, key)?;
        let mut names: BTreeSet<&str> = lines.iter().map(|line| line.audience.as_str()).collect();
        names.extend(args.audience.iter().map(String::as_str));
        if names.is_empty() {
            bail!("{}: no report in it, and no --audience", file.display());
        }
        let audiences = names
            .into_iter()
            .map(|name| Audience::parse(name, pipeline.policy()))
            .collect::<Result<_, _>>()?;
        let sources: BTreeMap<String, Option<PathBuf>> = lines
            .iter()
            .map(|line| {
                (line.path.clone(), source_of(&line.path, line.from.as_deref(), args.sources.as_deref()))
            })
            .collect();
        let store = Store::open(&args.high, key)?;
        if let Chain::Broken(at) = store.verify()? {
            bail!(
                "{}: decision {at} is not what was written, or is missing",
                args.high.join(Store::FILE).display()
            );
        }
        if args.two_person {
            store.ask_two_people()?;
        }
        let missing = sources.values().filter(|file| file.is_none()).count();
        let mut warnings = Vec::new();
        if missing > 0 {
            warnings.push(format!("{missing} source(s) are not where they were; give --sources DIR"));
        }
        if let Some(fault) = other_rules(&args.high, &lines, pipeline) {
            warnings.push(fault);
        }
        let neutral = lines.iter().any(|line| line.released_as.is_some());
        let token = common::token()?;
        Ok(Self {
            pipeline,
            ingest: common::ingest(&args.common, pipeline.policy())?,
            names: if neutral { Names::Neutral } else { Names::Keep },
            address,
            base: format!("/{token}/"),
            token,
            sources,
            audiences,
            two_people: store.two_people()?,
            store: Mutex::new(store),
            readers: Readers::new(pipeline),
            shown: Mutex::default(),
            index: Mutex::default(),
            warnings,
        })
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    /// The path of the pages, with the token.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Whether a `Host` header names this server: by its address, or on the loopback by `localhost`.
    pub(super) fn is_host(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else { return false };
        let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
        let own = match ip {
            Ok(ip) => ip == self.address.ip() || self.address.ip().is_unspecified(),
            Err(_) => name == "localhost" && self.address.ip().is_loopback(),
        };
        own && port == self.address.port().to_string()
    }

    /// Whether this is the token of the link. Takes the same time for every wrong one.
    pub(super) fn is_token(&self, token: &str) -> bool {
        token.len() == self.token.len()
            && token.bytes().zip(self.token.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }

    pub(super) fn audience(&self, name: &str) -> Option<&Audience> {
        self.audiences.iter().find(|audience| audience.name() == name)
    }

    /// Whether what lets text through takes two people.
    pub(super) fn two_people(&self) -> bool {
        self.two_people
    }

    pub(super) fn first_audience(&self) -> &str {
        self.audiences.first().map_or("", Audience::name)
    }

    pub(super) fn knows(&self, path: &str) -> bool {
        self.sources.contains_key(path)
    }

    /// The report as it lies in its source, read anew each time.
    fn read(&self, path: &str) -> anyhow::Result<Report> {
        let file = self.sources.get(path).and_then(Option::as_ref);
        let Some(file) = file else {
            bail!(
                "the source is not where it was when the release was made; start the server with --sources DIR"
            );
        };
        let input = tearline::batch::Input::file(file.clone(), path.to_owned());
        let text = self.ingest.read(input.read(self.ingest.most_bytes())?)?;
        Ok(Report::new(path, text, Format::of_name(path), self.names))
    }

    /// Asks about a report. When its file has changed since, it is read anew.
    pub(super) fn ask<R: Send + 'static>(
        &self,
        path: &str,
        question: impl FnOnce(&tearline::Study<'_>) -> R + Send + 'static,
    ) -> anyhow::Result<R> {
        let stamp = self.stamp(path);
        self.readers.ask(&format!("{path}\n{stamp:?}"), || self.read(path), question)
    }

    fn stamp(&self, path: &str) -> Option<(SystemTime, u64)> {
        let about = std::fs::metadata(self.sources.get(path)?.as_ref()?).ok()?;
        Some((about.modified().ok()?, about.len()))
    }

    pub(super) fn version(&self) -> anyhow::Result<i64> {
        Ok(self.store.lock().expect("no holder of this lock panics").last()?)
    }

    pub(super) fn log(&self) -> anyhow::Result<Vec<Decision>> {
        Ok(self.store.lock().expect("no holder of this lock panics").log()?)
    }

    /// Adds a decision and forgets what it makes untrue.
    pub(super) fn add(&self, decision: &Decision) -> anyhow::Result<()> {
        self.store.lock().expect("no holder of this lock panics").add(std::slice::from_ref(decision))?;
        let everywhere = matches!(decision.target, Target::Edit { scope: Scope::Equal, .. });
        let mut index = self.index.lock().expect("no holder of this lock panics");
        index.retain(|(path, _), _| !everywhere && *path != decision.source);
        Ok(())
    }

    /// A report for an audience as the decisions have it now.
    pub(super) fn sheet(&self, path: &str, audience: &str) -> anyhow::Result<Sheet> {
        let reader =
            self.audience(audience).context("this audience is not among those of the folder")?.clone();
        let version = self.version()?;
        let log = self.log()?;
        let waiting = if self.two_people { Decisions::waiting(&log) } else { Vec::new() };
        let here = |decision: &Decision| decision.source == path && decision.holds_for(audience);
        let desk = Desk {
            base: self.base.clone(),
            audiences: self.audiences.iter().map(|audience| audience.name().to_owned()).collect(),
            version,
            two_people: self.two_people,
            waiting: waiting.into_iter().filter(here).collect(),
        };
        let decisions = Decisions::in_force(log, self.two_people);
        let outcome = self.ask(path, move |study| study.outcome(&reader, &decisions))?;
        Ok(Sheet { outcome, desk })
    }

    /// The whole page of a report.
    pub(super) fn page(&self, path: &str, audience: &str) -> anyhow::Result<String> {
        let sheet = self.sheet(path, audience)?;
        let view = View::of(&sheet.outcome);
        let parts = page::parts(&view, Some(&sheet.desk));
        self.remember(path, audience, sheet.desk.version, &parts);
        Ok(page::report(&view, parts, Some(&sheet.desk)))
    }

    /// What has changed in the page of a report since a version of it.
    pub(super) fn changes(&self, path: &str, audience: &str, since: i64) -> anyhow::Result<Changes> {
        let sheet = self.sheet(path, audience)?;
        let parts = page::parts(&View::of(&sheet.outcome), Some(&sheet.desk));
        let version = sheet.desk.version;
        self.remember(path, audience, version, &parts);
        let shown = self.shown.lock().expect("no holder of this lock panics");
        let last = shown.get(&(path.to_owned(), audience.to_owned()));
        let new_row = |row: usize| last.is_none_or(|last| last.rows.get(row).is_none_or(|at| *at > since));
        let new_card = |id: &str| last.is_none_or(|last| last.cards.get(id).is_none_or(|at| *at > since));
        let rows = parts.rows.iter().enumerate().filter(|(row, _)| new_row(*row));
        let rows = rows.map(|(row, html)| (row, html.clone())).collect();
        let cards = parts.cards.iter().filter(|card| new_card(&card.id));
        let cards = cards.map(|card| (card.id.clone(), card.html.clone())).collect();
        let preview = last.is_none_or(|last| last.preview > since).then(|| parts.preview.clone());
        drop(shown);
        Ok(Changes { version, rows, cards, preview, parts })
    }

    /// Keeps what is shown, and since when each part of it is as it is.
    fn remember(&self, path: &str, audience: &str, version: i64, parts: &Parts) {
        let mut shown = self.shown.lock().expect("no holder of this lock panics");
        let place = (path.to_owned(), audience.to_owned());
        let fresh = match shown.get(&place) {
            // What this server has not shown yet may be as old as the first decision.
            None => Shown {
                version,
                rows: vec![version; parts.rows.len()],
                cards: parts.cards.iter().map(|card| (card.id.clone(), version)).collect(),
                preview: version,
                parts: parts.clone(),
            },
            Some(last) if last.version > version => return,
            Some(last) => {
                let row = |(row, html): (usize, &String)| {
                    if last.parts.rows.get(row) == Some(html) { last.rows[row] } else { version }
                };
                let before: HashMap<&str, &str> =
                    last.parts.cards.iter().map(|card| (card.id.as_str(), card.html.as_str())).collect();
                let card = |card: &page::Card| {
                    let same = before.get(card.id.as_str()) == Some(&card.html.as_str());
                    let at = if same { last.cards.get(&card.id).copied() } else { None };
                    (card.id.clone(), at.unwrap_or(version))
                };
                Shown {
                    version,
                    rows: parts.rows.iter().enumerate().map(row).collect(),
                    cards: parts.cards.iter().map(card).collect(),
                    preview: if last.parts.preview == parts.preview { last.preview } else { version },
                    parts: parts.clone(),
                }
            }
        };
        if shown.len() >= MOST_SHOWN && !shown.contains_key(&place) {
            let oldest = shown.iter().min_by(|a, b| (a.1.version, a.0).cmp(&(b.1.version, b.0)));
            if let Some(oldest) = oldest.map(|(place, _)| place.clone()) {
                shown.remove(&oldest);
            }
        }
        shown.insert(place, fresh);
    }

    /// The index for an audience.
    pub(super) fn index(&self, audience: &str) -> anyhow::Result<String> {
        let reader =
            self.audience(audience).context("this audience is not among those of the folder")?.clone();
        let decisions = Decisions::in_force(self.log()?, self.two_people);
        let mut lines = Vec::new();
        for path in self.sources.keys() {
            let place = (path.clone(), audience.to_owned());
            let known = self.index.lock().expect("no holder of this lock panics").get(&place).cloned();
            let line = match known {
                Some(line) => line,
                None => {
                    let outcome = match self.read(path) {
                        Ok(report) => {
                            self.pipeline.study(&report, |study| study.outcome(&reader, &decisions))
                        }
                        Err(error) => Outcome::failed(path, &reader, self.pipeline, format!("{error:#}")),
                    };
                    let line = IndexLine::of(&outcome);
                    self.index.lock().expect("no holder of this lock panics").insert(place, line.clone());
                    line
                }
            };
            lines.push(line);
        }
        let desk = Desk {
            base: self.base.clone(),
            audiences: self.audiences.iter().map(|audience| audience.name().to_owned()).collect(),
            version: self.version()?,
            two_people: self.two_people,
            waiting: Vec::new(),
        };
        Ok(page::index(audience, &lines, Some(&desk)))
    }
}

/// Where a source lies: where it was read, or below `--sources`.
fn source_of(path: &str, from: Option<&Path>, sources: Option<&Path>) -> Option<PathBuf> {
    let below = sources.map(|folder| folder.join(path));
    below.into_iter().chain(from.map(Path::to_owned)).find(|file| file.is_file())
}

/// Whether the records were made by other rules or another policy: what is shown then differs from what was released.
fn other_rules(high: &Path, lines: &[tearline::batch::ReportLine], pipeline: &Pipeline) -> Option<String> {
    let line = lines.first()?;
    let record = std::fs::read(high.join(&line.audience).join(format!("{}.review.json", line.path))).ok()?;
    let record: serde_json::Value = serde_json::from_slice(&record).ok()?;
    let same = record["rules"]["sha256"] == pipeline.rules().digest()
        && record["policy"] == pipeline.policy().digest();
    (!same).then(|| {
        "the release was made with other rules, terms or policy; give the same options to see the same"
            .to_owned()
    })
}
