//! The command line: arguments to library calls to files and an exit code, nothing else.

mod args;
mod audiences;
mod check;
mod common;
mod decisions;
mod diff;
mod eval;
mod exit;
mod init;
mod interrupt;
mod man;
mod marking;
mod pager;
mod progress;
mod release;
mod review_server;
mod rules;
mod rules_diff;
mod stream;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};
use exit::Exit;

fn main() -> ExitCode {
    hush_panics();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let code = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = error.print();
            return code.into();
        }
    };
    let result = match args.command {
        Command::Release(args) => release::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Review(args) => review_server::run(&args),
        Command::Decisions(args) => decisions::run(&args),
        Command::Stream(args) => stream::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Marking(args) => marks(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Audiences(args) => audiences::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Completions { shell } => {
            let mut command = <Args as clap::CommandFactory>::command();
            clap_complete::generate(shell, &mut command, "tearline", &mut std::io::stdout());
            Ok(Exit::Done)
        }
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) if exit::is_closed_pipe(&error) => Exit::Done.into(),
        Err(error) => {
            common::say(&format!("tearline: {error:#}"));
            Exit::Usage.into()
        }
    }
}

fn marks(args: &marking::MarkingArgs) -> anyhow::Result<Exit> {
    let outcome = marking::run(args, std::io::stdin().lock(), &mut std::io::stdout().lock())?;
    Ok(match outcome {
        marking::Outcome::Sound => Exit::Done,
        marking::Outcome::Found => Exit::Human,
        marking::Outcome::Unread => Exit::Input,
    })
}

/// A panic may carry a report's text in its message: only its place is printed.
fn hush_panics() {
    std::panic::set_hook(Box::new(|info| common::say(&place_of(info))));
}

fn place_of(info: &std::panic::PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    format!("tearline: internal error at {place}")
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    #[test]
    fn a_panic_tells_its_place_and_none_of_its_words() {
        static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());
        std::panic::set_hook(Box::new(|info| TOLD.lock().unwrap().push(super::place_of(info))));
        let text = String::from("Ilmar Votik");
        let panicked = std::panic::catch_unwind(|| {
            let _ = &text[..3 + text.find("Votik").unwrap() * 9];
        });
        let _ = std::panic::take_hook();
        assert!(panicked.is_err());
        let told = TOLD.lock().unwrap().join("\n");
        assert!(told.contains("main.rs:") && !told.contains("Votik") && !told.contains("Ilmar"), "{told}");
    }
}
