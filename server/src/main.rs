//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use server::commands::{demo, serve};

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
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Line::parse().command {
        Command::Serve(args) => serve::run(args).await,
        Command::Demo(args) => demo::run(args).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("muster: {reason}");
            ExitCode::from(2)
        }
    }
}
