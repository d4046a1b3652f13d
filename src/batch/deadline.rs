//! How long one report may take. What has taken longer is not stopped in the middle of a stage but before the next one, so that it
//! fails by itself and nothing else waits for it.

use std::time::{Duration, Instant};

/// The time of one report.
pub(super) struct Deadline {
    begun: Instant,
    most: Option<Duration>,
}

impl Deadline {
    /// Begins now; `None` is no limit.
    pub(super) fn begin(most: Option<Duration>) -> Self {
        Self { begun: Instant::now(), most }
    }

    /// How long it has taken so far.
    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Asks before a stage.
    ///
    /// # Errors
    /// Why the report fails, when the time is over.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.most {
            Some(most) if self.elapsed() > most => Err(format!(
                "it took more than {} seconds; split the report, or raise the limit in the policy",
                most.as_secs_f64()
            )),
            _ => Ok(()),
        }
    }
}
