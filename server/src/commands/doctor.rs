//! `muster doctor`: looks whether the database is as it must be, and whether its events are as they were sealed.

use std::io::Write as _;

use directory::audit;
use directory::store::db::Db;
use directory::verify::verify;

use crate::config::{Config, Flags};
use crate::data;

/// Look whether the database is as it must be, and whether the events are as they were sealed.
///
/// Reads the same settings as muster serve, and may run beside it. Prints a line for each thing that is not as it must be,
/// and ends with 2 then.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    flags: Flags,
}

/// Looks, and says what it found.
///
/// # Errors
/// One line where it cannot look, or found something.
pub async fn run(args: Args) -> Result<(), String> {
    let config = Config::read(&args.flags)?;
    let found = look(&config).await?;
    let mut out = std::io::stdout().lock();
    for line in &found.lines {
        writeln!(out, "{line}").map_err(|error| error.to_string())?;
    }
    match found.broken {
        0 => Ok(()),
        count => Err(format!("{count} things are not as they must be")),
    }
}

/// What was found.
pub struct Findings {
    /// What is printed.
    pub lines: Vec<String>,
    /// How many of the lines tell of something that is not as it must be.
    pub broken: usize,
}

/// Looks at everything.
///
/// # Errors
/// One line where it cannot look.
pub async fn look(config: &Config) -> Result<Findings, String> {
    let of = |error: directory::Error| format!("the database cannot be used: {error}");
    let url = config.database_url();
    // To open a file that is not there would make an empty database, which is in the best of health.
    if let Some(file) = data::sqlite_path(&url).filter(|file| !file.exists()) {
        return Err(format!(
            "There is no database {}: name the one that muster serve uses (--database-url, --data-dir)",
            file.display()
        ));
    }
    let db = Db::open(&url).await.map_err(of)?;
    let secrets = data::known_secrets(config, &db).await?;
    let mut lines = verify(&db).await.map_err(of)?;
    let found = audit::check(&db, &secrets).await.map_err(of)?;
    lines.extend(found.broken);
    let broken = lines.len();
    if broken == 0 {
        lines.push("The database is as it must be.".to_owned());
    }
    lines.push(format!(
        "{} events are sealed; the last link is {}.",
        found.sealed,
        if found.last.is_empty() {
            "none"
        } else {
            &found.last
        }
    ));
    db.close().await;
    Ok(Findings { lines, broken })
}
