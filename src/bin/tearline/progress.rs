//! Progress on standard error: a bar on a terminal, JSON lines for machines.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use indicatif::{ProgressBar, ProgressStyle};
use tearline::Status;
use tearline::batch::{Progress, ReportLine};

use crate::args::ProgressWhen;
use crate::common::say;
use crate::release::tell_outcome;

pub(crate) struct Bar {
    bar: ProgressBar,
    json: bool,
    counts: Mutex<Counts>,
    /// Set when the run is to stop.
    stop: Arc<AtomicBool>,
}

#[derive(Default)]
struct Counts {
    reports: u64,
    bytes: u64,
    held: u64,
    failed: u64,
}

impl Bar {
    pub(crate) fn new(when: ProgressWhen, quiet: bool, reports: usize, stop: Arc<AtomicBool>) -> Self {
        let shown = match when {
            ProgressWhen::Always => true,
            ProgressWhen::Auto => !quiet && std::io::stderr().is_terminal(),
            ProgressWhen::Never | ProgressWhen::Json => false,
        };
        let bar = if shown { ProgressBar::new(reports as u64) } else { ProgressBar::hidden() };
        let style =
            ProgressStyle::with_template("{bar:30} {pos}/{len} reports, {msg}, {per_sec}, {eta} left");
        bar.set_style(style.expect("the template is sound"));
        Self { bar, json: when == ProgressWhen::Json, counts: Mutex::default(), stop }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn done<'l>(&self, bytes: u64, lines: impl Iterator<Item = &'l ReportLine> + Clone) {
        let mut counts = self.counts.lock().expect("no holder of this lock panics");
        counts.reports += 1;
        counts.bytes += bytes;
        let any = |status| u64::from(lines.clone().any(|line| line.status == status));
        counts.held += any(Status::Held);
        counts.failed += any(Status::Failed);
        let Counts { reports, bytes, held, failed } = *counts;
        if self.json {
            say(&format!(r#"{{"reports":{reports},"bytes":{bytes},"held":{held},"failed":{failed}}}"#));
        }
        drop(counts);
        self.bar.set_message(format!("{bytes} bytes, {held} held, {failed} failed"));
        self.bar.inc(1);
    }

    fn ended(&self, line: &ReportLine) {
        self.finish();
        tell_outcome(line);
    }

    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
