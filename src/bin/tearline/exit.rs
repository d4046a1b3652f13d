//! The exit codes, in one place.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and nothing needs a human.
    Done = 0,
    /// Done, and something was held, withheld or found.
    Human = 1,
    /// Wrong usage, configuration or rules; nothing was done.
    Usage = 2,
    /// Some input failed or could not be read; the rest was done.
    Input = 3,
    /// `verify` found a release that must not stand.
    Refused = 4,
    /// Stopped by a signal; what was done stands.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Whether the reader of our output went away, which is no error.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
