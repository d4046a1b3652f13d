//! The command line.

mod marking;

use std::io;
use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "tearline", version)]
enum Command {
    Marking(marking::MarkingArgs),
}

fn main() -> io::Result<ExitCode> {
    let Command::Marking(args) = Command::parse();
    let outcome = marking::run(&args, io::stdin().lock(), &mut io::stdout().lock())?;
    Ok(match outcome {
        marking::Outcome::Sound => ExitCode::SUCCESS,
        marking::Outcome::Found => ExitCode::from(1),
        marking::Outcome::Unread => ExitCode::from(3),
    })
}
