//! The run: for each database the server is started, looked at, compared with its ceilings and then measured beside
//! them, round by round in turns, so that whatever else the machine does falls on both.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Outcome;
use crate::catalogue::Catalogue;
use crate::database::Database;
use crate::footprint;
use crate::http::Connection;
use crate::load::count;
use crate::machine;
use crate::password;
use crate::report::{Measured, Report, Section, Taken};
use crate::scenario::{Scenario, Stage, WRITERS};
use crate::server::{Recipe, Running};
use crate::settings::Settings;
use crate::shoppers;
use crate::side::Side;
use crate::store::{CONNECTIONS, Store};
use crate::storm;

/// Measures everything that the settings name.
pub async fn run(settings: &Settings) -> Outcome {
    let folder = Folder::create(&settings.data_dir)?;
    let mut machine = machine::describe(&folder.0)?;
    machine.extend(settings.build.iter().cloned());
    let mut sections = Vec::new();
    for &engine in &settings.engines {
        let database = Database::create(engine, settings, &folder.0).await?;
        let measured = section(settings, &database, &folder.0).await;
        let dropped = database.drop().await;
        sections.push(measured?);
        dropped?;
    }
    let report = Report { settings, machine, sections };
    println!("\n{report}");
    if settings.write {
        report.write(Path::new("docs/performance.md"))?;
    }
    Ok(())
}

async fn section(settings: &Settings, database: &Database, folder: &Path) -> Outcome<Section> {
    let engine = database.engine;
    println!("ef-bench: {}: starting", engine.name());
    let recipe = Recipe {
        program: settings.server.clone(),
        data_dir: folder.join(engine.name()),
        database: database.url.clone(),
        redis: database.redis.clone(),
    };
    std::fs::create_dir_all(&recipe.data_dir)?;
    let (mut footprint, server) = footprint::take(&recipe).await?;
    let bare = Running::bare(&database.url, folder).await?;
    let store = Store::connect(&database.url, CONNECTIONS).await?;
    let stage = stage(&server, &bare, store).await?;
    compare(&stage).await?;
    // First, while the server's memory tells nothing of other loads yet.
    let storm = storm::take(&server, 2 * WRITERS).await?;
    println!("ef-bench: {}: {}", engine.name(), storm.in_short());

    let mut rows = Vec::new();
    for scenario in Scenario::ALL {
        let mut measured = measure(settings, database, &stage, scenario).await?;
        measured.keeps(server.memory_mb("VmRSS")?);
        println!("ef-bench: {}: {}", engine.name(), measured.in_short());
        rows.push(measured);
    }
    let mut from_memory = Vec::new();
    for _ in 0..settings.rounds {
        from_memory.push(stage.bytes_alone().round(settings.length).await?.per_second);
    }
    footprint.loaded(&server)?;
    stage.store.close().await;
    bare.stop().await?;
    server.stop().await?;
    Ok(Section { engine, description: database.description.clone(), footprint, storm, rows, from_memory })
}

async fn stage(server: &Running, bare: &Running, store: Store) -> Outcome<Stage> {
    let catalogue = Catalogue::fill(&store).await?;
    let shoppers = shoppers::sign_up(server.address, 0..2 * WRITERS).await?;
    let (browsers, buyers) = shoppers.split_at(WRITERS);
    let first = browsers.first().ok_or("nobody signed up")?;
    Ok(Stage {
        server: server.address,
        bare: bare.address,
        hash: password::stored(&store, first.user).await?,
        catalogue,
        browsers: browsers.to_vec(),
        buyers: buyers.to_vec(),
        store,
    })
}

/// A ceiling that answers something else than the server is none.
async fn compare(stage: &Stage) -> Outcome {
    for scenario in [Scenario::List, Scenario::Page] {
        let (Side::Requests(server, _, real), Side::Requests(bare, _, ceiling)) = stage.sides(scenario) else {
            continue;
        };
        let (mut server, mut bare) = (Connection::open(server).await?, Connection::open(bare).await?);
        let requests = real.iter().zip(&ceiling).take(1).flat_map(|(real, ceiling)| real.iter().zip(ceiling.iter()));
        for (real, ceiling) in requests {
            let statuses = (server.exchange(real).await?, bare.exchange(ceiling).await?);
            if statuses != (200, 200) || server.body() != bare.body() {
                return Err(format!(
                    "the bare handler no longer answers as the server does, so it is no ceiling (bench/src/bare).\n\
                     {real}server ({}): {}\nbare ({}): {}",
                    statuses.0,
                    String::from_utf8_lossy(server.body()),
                    statuses.1,
                    String::from_utf8_lossy(bare.body()),
                    real = String::from_utf8_lossy(real)
                )
                .into());
            }
        }
    }
    Ok(())
}

/// Rounds in turns. The first pair warms both up and does not count; who goes first changes from pair to pair.
async fn measure(settings: &Settings, database: &Database, stage: &Stage, scenario: Scenario) -> Outcome<Measured> {
    let (server, ceiling) = stage.sides(scenario);
    let mut measured = Measured::new(scenario);
    for round in 0..=settings.rounds {
        let take = |side| take(database, side, settings.length);
        let (server, ceiling) = if round % 2 == 0 {
            let server = take(&server).await?;
            (server, take(&ceiling).await?)
        } else {
            let ceiling = take(&ceiling).await?;
            (take(&server).await?, ceiling)
        };
        if round > 0 {
            measured.add(server, ceiling);
        }
    }
    Ok(measured)
}

async fn take(database: &Database, side: &Side, length: Duration) -> Outcome<Taken> {
    let before = database.statements().await?;
    let round = side.round(length).await?;
    let statements = match (before, database.statements().await?) {
        (Some(before), Some(after)) => Some(count(usize::try_from(after - before)?) / count(round.done.max(1))),
        _ => None,
    };
    Ok(Taken { round, statements })
}

/// Where this run writes; gone after it.
struct Folder(PathBuf);

impl Folder {
    fn create(under: &Path) -> Outcome<Self> {
        let folder = under.join(format!("run-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(std::fs::canonicalize(folder)?))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind is in the build folder, where nobody minds.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
