//! `muster demo`: an organisation of invented people to try everything with, gone when it ends.

use std::io::Write as _;
use std::process::{Command, Stdio};

use tokio_util::sync::CancellationToken;

use super::serve::{log, stop_on_signals};
use crate::demo::{Demo, Options, Port};
use crate::site::Site;

/// Try Muster with invented people; nothing is kept.
///
/// Listens on 127.0.0.1 only, in a temporary database of its own. Sign in as Ada, administrator, or as Ben, member: the
/// identity provider is part of the demo, and so is the one that pushes people and groups.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// The port of 127.0.0.1 [default: 8090, or a free one]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// So many more people, for trials of scale
    #[arg(long, value_name = "N", default_value_t = 0)]
    users: usize,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
    // Taken only to say why they are not.
    #[arg(long, hide = true)]
    listen: Option<String>,
    #[arg(long, hide = true)]
    public_url: Option<String>,
    #[arg(long, hide = true)]
    data_dir: Option<String>,
    #[arg(long, hide = true)]
    database_url: Option<String>,
    #[arg(long, hide = true)]
    config: Option<String>,
}

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// One line that says why it does not start.
pub async fn run(args: Args) -> Result<(), String> {
    args.check()?;
    if !Site::is_built() {
        return Err("built without its pages: run cargo xtask build".to_owned());
    }
    log();
    let stopping = CancellationToken::new();
    stop_on_signals(stopping.clone())?;
    let start = Demo::start(Options {
        port: args.port.map_or(Port::Usual, Port::This),
        crowd: args.users,
    });
    let demo = tokio::select! {
        started = start => started?,
        () = stopping.cancelled() => return Ok(()),
    };
    say(&demo.url).map_err(|error| error.to_string())?;
    if !args.no_open {
        open(&demo.url);
    }
    stopping.cancelled().await;
    demo.stop().await;
    Ok(())
}

impl Args {
    fn check(&self) -> Result<(), String> {
        let elsewhere = "the demo is for this machine alone and listens on 127.0.0.1: choose its --port, or run muster serve";
        let own = "the demo keeps everything in a temporary database of its own: run muster serve for one that stays";
        match self {
            Self {
                listen: Some(_), ..
            }
            | Self {
                public_url: Some(_),
                ..
            } => Err(elsewhere.to_owned()),
            Self {
                data_dir: Some(_), ..
            }
            | Self {
                database_url: Some(_),
                ..
            }
            | Self {
                config: Some(_), ..
            } => Err(own.to_owned()),
            _ => Ok(()),
        }
    }
}

fn say(url: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "Muster demo: {url} (invented people, nothing is kept; Ctrl-C ends it)"
    )?;
    out.flush()
}

/// Opens the demo where there is a desktop. Nothing depends on it: the address was printed.
fn open(url: &str) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let has_desktop = cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if !has_desktop {
        return;
    }
    let opened = Command::new(program)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = opened {
        tracing::debug!(%error, program, "no browser was opened by {program}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_why_it_listens_nowhere_else_and_takes_no_other_database() {
        let some = || Some("x".to_owned());
        for args in [
            Args {
                listen: some(),
                ..Args::default()
            },
            Args {
                public_url: some(),
                ..Args::default()
            },
        ] {
            assert!(args.check().is_err_and(|error| error.contains("127.0.0.1")));
        }
        for args in [
            Args {
                database_url: some(),
                ..Args::default()
            },
            Args {
                data_dir: some(),
                ..Args::default()
            },
            Args {
                config: some(),
                ..Args::default()
            },
        ] {
            assert!(
                args.check()
                    .is_err_and(|error| error.contains("temporary database of its own"))
            );
        }
        assert_eq!(Args::default().check(), Ok(()));
    }
}
