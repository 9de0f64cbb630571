//! What every [`Announcer`](ef_domain::announce::Announcer) keeps to.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::announce::{Announcer, Rings};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long a ring may take; far longer than it does.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes one test of each rule. The argument is an expression that gives two announcers of one shop, as two of its
/// instances have them, as a pair of `Arc<dyn Announcer>`; it may await.
#[macro_export]
macro_rules! announcer_tests {
    ($announcers:expr) => {
        $crate::announcer_tests! { @rules $announcers;
            a_ring_is_heard_on_every_instance_and_by_whoever_rang
            a_ring_that_nobody_waited_for_is_heard_at_the_next_look
            every_listener_of_an_instance_hears_it
            after_many_rings_at_once_everybody_has_heard_one
        }
    };
    (@rules $announcers:expr; $($rule:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            let (one, other) = $announcers;
            $crate::announcers::$rule(one, other).await;
        }
    )*};
}

async fn listen(announcer: &Arc<dyn Announcer>) -> Box<dyn Rings> {
    announcer.listen().await.expect("somebody can listen")
}

async fn ring(announcer: &Arc<dyn Announcer>) {
    announcer.ring().await.expect("it rings");
}

async fn hears(rings: &mut Box<dyn Rings>) {
    let heard = timeout(PATIENCE, rings.next()).await.expect("a ring in time");
    heard.expect("the bell works");
}

/// It does not matter who rings.
pub async fn a_ring_is_heard_on_every_instance_and_by_whoever_rang(one: Arc<dyn Announcer>, other: Arc<dyn Announcer>) {
    let (mut here, mut there) = (listen(&one).await, listen(&other).await);
    for ringing in [&one, &other] {
        ring(ringing).await;
        hears(&mut here).await;
        hears(&mut there).await;
    }
}

/// Whoever is busy looking when it rings again looks again.
pub async fn a_ring_that_nobody_waited_for_is_heard_at_the_next_look(
    one: Arc<dyn Announcer>,
    other: Arc<dyn Announcer>,
) {
    let mut here = listen(&one).await;
    ring(&other).await;
    hears(&mut here).await;
    ring(&other).await;
    tokio::task::yield_now().await;
    hears(&mut here).await;
}

/// Each by himself.
pub async fn every_listener_of_an_instance_hears_it(one: Arc<dyn Announcer>, other: Arc<dyn Announcer>) {
    let (mut first, mut second) = (listen(&one).await, listen(&one).await);
    ring(&other).await;
    hears(&mut first).await;
    hears(&mut second).await;
}

/// However many they count as.
pub async fn after_many_rings_at_once_everybody_has_heard_one(one: Arc<dyn Announcer>, other: Arc<dyn Announcer>) {
    let (mut here, mut there) = (listen(&one).await, listen(&other).await);
    let mut ringing = JoinSet::new();
    for number in 0..50 {
        let announcer = Arc::clone(if number % 2 == 0 { &one } else { &other });
        ringing.spawn(async move { ring(&announcer).await });
    }
    ringing.join_all().await;
    hears(&mut here).await;
    hears(&mut there).await;
}
