//! What all of this ran on.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::load::median;
use crate::moment::now;

/// How often the disk is asked.
const PROBES: usize = 100;

/// How long the machine is watched before anything starts.
const WATCHED: Duration = Duration::from_secs(2);
/// More than this percentage of foreign work disturbs a measurement.
const CALM: f64 = 10.0;

/// One line for each thing that matters to the figures.
pub fn describe(folder: &Path) -> Outcome<Vec<String>> {
    let mut lines = vec![
        format!("Date: {}", now().format("%Y-%m-%d %H:%M UTC")),
        format!("Processor: {}", processor()),
        format!("Memory: {}", memory()),
        format!("System: Linux {}, {}", read("/proc/sys/kernel/osrelease"), std::env::consts::ARCH),
        format!("Disk: {}", disk(folder)?),
    ];
    let busy = busy_percent();
    lines.push(format!("Processors busy with other work before the run: {busy:.0} %"));
    if busy > CALM {
        lines.push(
            "**The machine was not calm**: rates are too low, a ratio is worth the range beside it, and no verdict is final".to_owned(),
        );
    }
    Ok(lines)
}

/// How much of the processors others use. The load average would not do: it remembers the build before the bench.
fn busy_percent() -> f64 {
    let (busy, all) = processor_ticks();
    std::thread::sleep(WATCHED);
    let (busy_later, all_later) = processor_ticks();
    100.0 * (busy_later - busy) / (all_later - all).max(1.0)
}

/// Ticks that all processors spent working, and all that passed.
fn processor_ticks() -> (f64, f64) {
    let text = read("/proc/stat");
    let first = text.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = first.split_whitespace().skip(1).take(8).filter_map(|word| word.parse().ok()).collect();
    let all: f64 = ticks.iter().sum();
    let idle: f64 = ticks.iter().skip(3).take(2).sum();
    (all - idle, all)
}

fn processor() -> String {
    let text = read("/proc/cpuinfo");
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown", |(_, model)| model);
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{count} x {model}")
}

fn memory() -> String {
    let text = read("/proc/meminfo");
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib: Option<u64> = total.and_then(|value| value.split_whitespace().next()?.parse().ok());
    kib.map_or_else(|| "unknown".to_owned(), |kib| format!("{} MiB", kib / 1024))
}

/// The file system, and what a promise costs on it: appending 4 KiB and waiting until they are kept.
fn disk(folder: &Path) -> Outcome<String> {
    let path = folder.join("fsync.probe");
    let mut file = File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..PROBES {
        let began = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    fs::remove_file(&path)?;
    let kind = file_system(&fs::canonicalize(folder)?);
    Ok(format!("{kind}; appending 4 KiB with fdatasync takes {:.0} us (median of {PROBES})", median(times)))
}

/// The kind of the mount that holds the folder.
fn file_system(folder: &Path) -> String {
    let mounts = read("/proc/mounts");
    let holding = mounts.lines().filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (place, kind) = (words.next()?, words.next()?);
        folder.starts_with(place).then_some((place.len(), kind))
    });
    let closest = holding.max_by_key(|(length, _)| *length);
    closest.map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}
