//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use server::commands::{demo, doctor, serve};

/// A fifth of the work of a request is asking for memory and giving it back.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Muster brings people and teams from an identity provider into order: SCIM 2.0, approvals, sign-in.
#[derive(Parser)]
#[command(name = "muster", version)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console and SCIM
    Serve(serve::Args),
    /// Try it with invented people; nothing is kept
    Demo(demo::Args),
    /// Look whether the database is as it must be, and whether the events are as they were sealed
    Doctor(doctor::Args),
}

fn main() -> ExitCode {
    keep_pages_small();
    match run(Line::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("muster: {reason}");
            ExitCode::from(2)
        }
    }
}

#[tokio::main]
async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Serve(args) => serve::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Doctor(args) => doctor::run(args).await,
    }
}

/// An idle server would hold a quarter more memory in pages of 2 MiB, most of each unused.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        // It only costs memory.
        eprintln!("muster: large pages stay on: {error}");
    }
}
