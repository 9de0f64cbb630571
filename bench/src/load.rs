//! A closed loop: so many workers, each doing one thing after the other until the time is up.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Outcome;

/// Something that is done again and again.
pub trait Worker: Send + 'static {
    /// Does it once.
    fn step(&mut self) -> impl Future<Output = Outcome> + Send;
}

/// What one round came to.
#[derive(Clone, Debug)]
pub struct Round {
    /// How often it was done.
    pub done: usize,
    /// How often in a second.
    pub per_second: f64,
    /// How long half of them took at most.
    pub median: Duration,
    /// How long 99 of 100 took at most.
    pub slowest_percent: Duration,
}

impl Round {
    /// The round in which each of these was done once, side by side.
    pub fn new(mut times: Vec<Duration>, took: Duration) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let last = times.len().saturating_sub(1);
            times.get(last * percent / 100).copied().unwrap_or_default()
        };
        Self {
            done: times.len(),
            per_second: count(times.len()) / took.as_secs_f64(),
            median: at(50),
            slowest_percent: at(99),
        }
    }
}

/// Lets all workers work side by side for that long.
pub async fn run<W: Worker>(workers: Vec<W>, length: Duration) -> Outcome<Round> {
    let mut running = JoinSet::new();
    let began = Instant::now();
    for mut worker in workers {
        running.spawn(async move {
            let mut times = Vec::with_capacity(16 * 1024);
            while began.elapsed() < length {
                let step = Instant::now();
                worker.step().await?;
                times.push(step.elapsed());
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(times)
        });
    }
    let mut times = Vec::new();
    while let Some(ended) = running.join_next().await {
        times.extend(ended??);
    }
    Ok(Round::new(times, began.elapsed()))
}

/// A count as a number that can be divided.
pub fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The value in the middle.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2).copied().unwrap_or(f64::NAN);
    let lower = values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN);
    f64::midpoint(lower, upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sleeper;

    impl Worker for Sleeper {
        async fn step(&mut self) -> Outcome {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(())
        }
    }

    #[tokio::test]
    async fn workers_work_side_by_side_until_the_time_is_up() {
        let round = run(vec![Sleeper, Sleeper], Duration::from_millis(60)).await.unwrap();
        assert!((4..=26).contains(&round.done), "{round:?}");
        assert!(round.median >= Duration::from_millis(5), "{round:?}");
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median([4.0, 1.0]) - 2.5).abs() < 1e-9);
        assert!(median([]).is_nan());
    }

    #[test]
    fn a_round_knows_its_slowest_percent() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let round = Round::new(times, Duration::from_secs(1));
        assert_eq!((round.done, round.median.as_millis(), round.slowest_percent.as_millis()), (100, 50, 99));
    }
}
