//! Many at once.

use std::future::Future;
use std::sync::Arc;

use ef_contract::builders::Pack;
use ef_contract::shop::Shop;
use tokio::sync::Barrier;

use super::SqlShop;

/// How many run at once in every race.
pub const RUNNERS: usize = 32;

/// Runs `count` tasks that start together; what they returned, in no particular order.
pub async fn race<T, F>(count: usize, runner: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let tasks: Vec<_> = (0..count)
        .map(|place| {
            let (start, work) = (start.clone(), runner(place));
            tokio::spawn(async move {
                start.wait().await;
                work.await
            })
        })
        .collect();
    let mut outputs = Vec::new();
    for task in tasks {
        outputs.push(task.await.expect("the task ends well"));
    }
    outputs
}

/// Two tasks that start together.
pub async fn duel<A, B>(
    one: impl Future<Output = A> + Send + 'static,
    other: impl Future<Output = B> + Send + 'static,
) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    let (one, other) = tokio::join!(tokio::spawn(one), tokio::spawn(other));
    (one.expect("the task ends well"), other.expect("the task ends well"))
}

/// The books are right: nothing is promised twice, the ledger proves both counters, and what is held is held by
/// orders that are neither paid nor over.
pub async fn assert_books(shop: &SqlShop, packs: &[Pack]) {
    for pack in packs {
        let counters = shop.counters(pack.variant).await;
        assert!(0 <= counters.reserved && counters.reserved <= counters.stock, "{}: {counters:?}", pack.product_name);
        assert_eq!(shop.ledger(pack.variant).await, counters, "{}", pack.product_name);
        assert_eq!(shop.held(pack.variant).await, counters.reserved, "{}", pack.product_name);
    }
}
