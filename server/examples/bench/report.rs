//! The table: what was measured, and each figure as a part of its bare limit.

use super::load::{Run, Work};
use super::muster::Usage;

impl Run {
    /// Right answers a second.
    pub fn per_second(&self) -> f64 {
        count(self.micros.len()) / self.took.as_secs_f64()
    }

    /// The time that so many of a hundred answers took at the most, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let at = (self.micros.len() * percent / 100).min(self.micros.len().saturating_sub(1));
        count(
            usize::try_from(self.micros.get(at).copied().unwrap_or_default()).unwrap_or(usize::MAX),
        ) / 1_000.0
    }
}

/// One measurement.
pub struct Line {
    database: &'static str,
    /// What was asked.
    pub work: Work,
    /// By how many at once.
    pub callers: usize,
    run: Run,
    client_share: f64,
    memory_mib: f64,
    /// The bare limit, a second.
    pub bare: Option<f64>,
}

impl Line {
    /// A run, with what was used before and after it.
    pub fn new(
        database: &'static str,
        work: Work,
        callers: usize,
        run: Run,
        before: &Usage,
        after: &Usage,
    ) -> Self {
        let ticks =
            |after: u64, before: u64| count(usize::try_from(after - before).unwrap_or(usize::MAX));
        let client = ticks(after.client_ticks, before.client_ticks);
        let server = ticks(after.server_ticks, before.server_ticks);
        Self {
            database,
            work,
            callers,
            run,
            client_share: client / (client + server).max(1.0),
            memory_mib: mebibytes(after),
            bare: None,
        }
    }
}

/// All of it.
#[derive(Default)]
pub struct Report(Vec<Line>);

impl Report {
    /// Adds the lines of one database.
    pub fn add(&mut self, lines: Vec<Line>) {
        self.0.extend(lines);
    }

    /// Prints the table, as it stands in `docs/PERFORMANCE.md`.
    pub fn print(&self) {
        println!(
            "| database | work | callers | a second | p50 ms | p99 ms | of the bare limit | client's share of CPU | memory MiB |"
        );
        println!("|---|---|---:|---:|---:|---:|---:|---:|---:|");
        for line in &self.0 {
            let per_second = line.run.per_second();
            println!(
                "| {} | {} | {} | {per_second:.0} | {:.2} | {:.2} | {:.0} % | {:.0} % | {:.0} |",
                line.database,
                line.work.name(),
                line.callers,
                line.run.percentile(50),
                line.run.percentile(99),
                line.bare.map_or(0.0, |bare| 100.0 * per_second / bare),
                100.0 * line.client_share,
                line.memory_mib,
            );
        }
    }
}

/// The most memory a server had, in MiB.
pub fn mebibytes(usage: &Usage) -> f64 {
    count(usize::try_from(usage.memory_kib).unwrap_or(usize::MAX)) / 1_024.0
}

#[expect(clippy::cast_precision_loss, reason = "figures for people to read")]
fn count(number: usize) -> f64 {
    number as f64
}
