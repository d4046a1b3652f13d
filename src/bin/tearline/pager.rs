//! What does not fit on a terminal goes through the user's pager.

use std::io::{IsTerminal as _, Write as _};
use std::process::{Command, Stdio};

/// Writes to standard output; to a pager when that is a terminal and `wanted`.
///
/// The pager is `TEARLINE_PAGER`, else `PAGER`, else `less`; it is told to start no other programs and keep no history.
pub(crate) fn show(text: &[u8], wanted: bool) -> std::io::Result<()> {
    if wanted && std::io::stdout().is_terminal() {
        let named = |name| std::env::var(name).ok().filter(|pager| !pager.trim().is_empty());
        let pager = named("TEARLINE_PAGER").or_else(|| named("PAGER")).unwrap_or_else(|| "less".to_owned());
        let mut words = pager.split_whitespace();
        let program = words.next().unwrap_or("less");
        let child = Command::new(program)
            .args(words)
            .env("LESS", "FRX")
            .env("LESSSECURE", "1")
            .env("LESSHISTFILE", "-")
            .stdin(Stdio::piped())
            .spawn();
        if let Ok(mut child) = child {
            if let Some(mut input) = child.stdin.take() {
                // A reader who leaves early closes the pipe.
                let _ = input.write_all(text);
            }
            return child.wait().map(drop);
        }
    }
    std::io::stdout().lock().write_all(text)
}
