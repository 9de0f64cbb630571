//! What was found, as Markdown: on the terminal, and between two marks in `docs/performance.md`.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::Outcome;
use crate::footprint::Footprint;
use crate::load::{Round, median};
use crate::scenario::Scenario;
use crate::settings::{Engine, Settings};
use crate::storm::Storm;

const BEGIN: &str = "<!-- figures: begin (cargo xtask bench --write) -->";
const END: &str = "<!-- figures: end -->";

/// The slowest good start on a migrated database, in ms.
const START_GOAL: f64 = 200.0;
/// The most memory that an idle server may keep, in MB.
const IDLE_GOAL: f64 = 40.0;

/// One round of one side.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What it came to.
    pub round: Round,
    /// How many statements the database executed for each thing that was done.
    pub statements: Option<f64>,
}

/// All rounds of a scenario.
#[derive(Clone, Debug)]
pub struct Measured {
    scenario: Scenario,
    server: Vec<Taken>,
    ceiling: Vec<Taken>,
    /// The server's resident memory after it, in MB.
    memory_mb: f64,
}

/// All scenarios on one database.
#[derive(Clone, Debug)]
pub struct Section {
    /// The database.
    pub engine: Engine,
    /// What it promises.
    pub description: String,
    /// What the server costs beside requests.
    pub footprint: Footprint,
    /// Many log-ins at once.
    pub storm: Storm,
    /// The scenarios.
    pub rows: Vec<Measured>,
    /// How often in a second the list's bytes leave from memory, by round.
    pub from_memory: Vec<f64>,
}

/// Everything.
#[derive(Debug)]
pub struct Report<'a> {
    /// What was asked for.
    pub settings: &'a Settings,
    /// What it ran on.
    pub machine: Vec<String>,
    /// The databases.
    pub sections: Vec<Section>,
}

impl Measured {
    /// No round yet.
    pub fn new(scenario: Scenario) -> Self {
        Self { scenario, server: Vec::new(), ceiling: Vec::new(), memory_mb: f64::NAN }
    }

    /// One more pair of rounds.
    pub fn add(&mut self, server: Taken, ceiling: Taken) {
        self.server.push(server);
        self.ceiling.push(ceiling);
    }

    /// What the server kept after it.
    pub fn keeps(&mut self, memory_mb: f64) {
        self.memory_mb = memory_mb;
    }

    /// For the terminal, while the run goes on.
    pub fn in_short(&self) -> String {
        format!(
            "{}: {:.0}/s of {:.0}/s ({}), ratio {:.2}, {:.0} MB",
            self.scenario.name(),
            per_second(&self.server),
            per_second(&self.ceiling),
            self.scenario.ceiling(),
            median(self.ratios()),
            self.memory_mb
        )
    }

    /// The server against its ceiling, pair by pair.
    fn ratios(&self) -> impl Iterator<Item = f64> {
        let pairs = self.server.iter().zip(&self.ceiling);
        pairs.map(|(server, ceiling)| server.round.per_second / ceiling.round.per_second)
    }

    fn row(&self) -> String {
        let ratio = median(self.ratios());
        let lowest = self.ratios().fold(f64::INFINITY, f64::min);
        let highest = self.ratios().fold(f64::NEG_INFINITY, f64::max);
        let goal = self
            .scenario
            .goal()
            .map_or_else(|| "none".to_owned(), |goal| format!("{goal:.1}: {}", verdict(ratio >= goal)));
        let statements = match (statements(&self.server), statements(&self.ceiling)) {
            (Some(server), Some(ceiling)) if self.scenario != Scenario::LogIn => format!("{server:.1} / {ceiling:.1}"),
            _ => "not counted".to_owned(),
        };
        format!(
            "| {} | {:.0}/s | {} | {} | {:.0}/s {} | **{ratio:.2}** ({lowest:.2} to {highest:.2}) | {goal} | {statements} | {:.0} MB |",
            self.scenario.name(),
            per_second(&self.server),
            millis(median_of(&self.server, |round| round.median)),
            millis(median_of(&self.server, |round| round.slowest_percent)),
            per_second(&self.ceiling),
            self.scenario.ceiling(),
            self.memory_mb,
        )
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### {}\n\n{}\n", self.engine.name(), self.description)?;
        writeln!(
            f,
            "| Scenario | Server | half within | 99 of 100 within | Ceiling | Ratio (rounds) | Goal | Statements | Memory |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
        )?;
        for row in &self.rows {
            writeln!(f, "{}", row.row())?;
        }
        let from_memory = median(self.from_memory.iter().copied());
        writeln!(
            f,
            "\nFor comparison: the product list's bytes from memory, without a database: {from_memory:.0}/s.\n"
        )?;
        writeln!(f, "{}", self.storm)?;
        let Footprint { program_mb, first_start_ms, start_ms, idle_mb, loaded_mb, peak_mb } = self.footprint;
        let (start, quickest, slowest) = start_ms;
        writeln!(f, "| Footprint | Figure | Goal |\n| --- | --- | --- |")?;
        let start_goal = verdict(start <= START_GOAL);
        writeln!(
            f,
            "| start to ready, migrated database | {start:.0} ms ({quickest:.0} to {slowest:.0}) | {START_GOAL:.0} ms: {start_goal} |"
        )?;
        writeln!(f, "| first start: schema, demo goods, demo accounts | {first_start_ms:.0} ms | none |")?;
        let idle_goal = verdict(idle_mb < IDLE_GOAL);
        writeln!(f, "| resident memory, idle | {idle_mb:.1} MB | {IDLE_GOAL:.0} MB: {idle_goal} |")?;
        writeln!(f, "| resident memory, after all scenarios (peak) | {loaded_mb:.1} MB ({peak_mb:.1} MB) | none |")?;
        writeln!(f, "| program on disk | {program_mb:.1} MB | none |")
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { length, rounds, words, .. } = self.settings;
        let command = format!("cargo xtask bench {words}");
        writeln!(
            f,
            "Made by `{}`: {rounds} rounds of {} s a scenario and side.\n",
            command.trim(),
            length.as_secs_f64()
        )?;
        for line in &self.machine {
            writeln!(f, "- {line}")?;
        }
        self.sections.iter().try_for_each(|section| write!(f, "\n{section}"))
    }
}

impl Report<'_> {
    /// Puts itself between the marks of the file.
    pub fn write(&self, path: &Path) -> Outcome {
        let document = std::fs::read_to_string(path)?;
        let written = between_marks(&document, &self.to_string());
        let written = written.ok_or_else(|| format!("{} does not have both marks: {BEGIN} {END}", path.display()))?;
        std::fs::write(path, written)?;
        Ok(())
    }
}

/// The document with something else between its marks.
fn between_marks(document: &str, figures: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", figures.trim()))
}

fn per_second(rounds: &[Taken]) -> f64 {
    median(rounds.iter().map(|taken| taken.round.per_second))
}

fn median_of(rounds: &[Taken], time: impl Fn(&Round) -> Duration) -> f64 {
    median(rounds.iter().map(|taken| time(&taken.round).as_secs_f64() * 1e3))
}

fn statements(rounds: &[Taken]) -> Option<f64> {
    let counted: Option<Vec<f64>> = rounds.iter().map(|taken| taken.statements).collect();
    counted.map(median)
}

/// A time in ms, as precise as it is worth.
pub fn millis(value: f64) -> String {
    if value < 10.0 { format!("{value:.1} ms") } else { format!("{value:.0} ms") }
}

/// Whether a goal was met.
pub fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(per_second: f64) -> Taken {
        let round = Round {
            done: 100,
            per_second,
            median: Duration::from_millis(2),
            slowest_percent: Duration::from_millis(12),
        };
        Taken { round, statements: Some(4.0) }
    }

    #[test]
    fn the_ratio_is_the_median_of_the_pairs_ratios() {
        let mut measured = Measured::new(Scenario::List);
        for (server, ceiling) in [(50.0, 100.0), (70.0, 100.0), (80.0, 100.0)] {
            measured.add(taken(server), taken(ceiling));
        }
        measured.keeps(30.4);
        let row = measured.row();
        assert!(row.contains("| **0.70** (0.50 to 0.80) | 0.6: met | 4.0 / 4.0 | 30 MB |"), "{row}");
        assert!(row.contains("| 70/s | 2.0 ms | 12 ms | 100/s bare handler |"), "{row}");
    }

    #[test]
    fn figures_replace_figures_and_nothing_else() {
        let document = format!("# A\n{BEGIN}\nold\n{END}\nrest\n");
        let written = between_marks(&document, "new\n").unwrap();
        assert_eq!(written, format!("# A\n{BEGIN}\n\nnew\n\n{END}\nrest\n"));
        assert_eq!(between_marks(&written, "new").unwrap(), written);
        assert_eq!(between_marks("no marks", "new"), None);
    }
}
