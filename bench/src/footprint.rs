//! What the server costs before anybody asks it for anything: its size, its start, its memory.

use std::time::Duration;

use crate::Outcome;
use crate::load::{count, median};
use crate::server::{Profile, Recipe, Running};

/// How often it is started.
const STARTS: usize = 7;
/// How long it is left alone before its memory counts as idle.
const REST: Duration = Duration::from_secs(2);

/// What was found, in the order in which it is found.
#[derive(Clone, Debug, Default)]
pub struct Footprint {
    /// The program on disk, in MB.
    pub program_mb: f64,
    /// The start that makes schema, goods and accounts, in ms.
    pub first_start_ms: f64,
    /// A start on a migrated database: median, quickest and slowest, in ms.
    pub start_ms: (f64, f64, f64),
    /// Resident memory after a start, before the first request, in MB.
    pub idle_mb: f64,
    /// Resident memory after all scenarios, in MB.
    pub loaded_mb: f64,
    /// The most it ever was, in MB.
    pub peak_mb: f64,
}

/// Starts the server often; the last one keeps running.
pub async fn take(recipe: &Recipe) -> Outcome<(Footprint, Running)> {
    let size = std::fs::metadata(&recipe.program)?.len();
    let first = recipe.start(Profile::Development).await?;
    let first_start_ms = millis(first.ready_after);
    first.stop().await?;
    let mut starts = Vec::new();
    for _ in 1..STARTS {
        let running = recipe.start(Profile::Production).await?;
        starts.push(millis(running.ready_after));
        running.stop().await?;
    }
    let running = recipe.start(Profile::Production).await?;
    starts.push(millis(running.ready_after));
    tokio::time::sleep(REST).await;
    starts.sort_by(f64::total_cmp);
    let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
    let footprint = Footprint {
        program_mb: count(usize::try_from(size)?) / 1e6,
        first_start_ms,
        start_ms: (median(starts.iter().copied()), end(starts.first()), end(starts.last())),
        idle_mb: running.memory_mb("VmRSS")?,
        ..Footprint::default()
    };
    Ok((footprint, running))
}

impl Footprint {
    /// Adds what the scenarios made of it.
    pub fn loaded(&mut self, running: &Running) -> Outcome {
        self.loaded_mb = running.memory_mb("VmRSS")?;
        self.peak_mb = running.memory_mb("VmHWM")?;
        Ok(())
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
