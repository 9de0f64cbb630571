//! The bell's suite in memory.

use std::sync::Arc;

use ef_domain::announce::Announcer;
use ef_embedded::EmbeddedAnnouncer;

/// One process has one bell.
fn announcers() -> (Arc<dyn Announcer>, Arc<dyn Announcer>) {
    let bell: Arc<dyn Announcer> = Arc::new(EmbeddedAnnouncer::new());
    (Arc::clone(&bell), bell)
}

ef_contract::announcer_tests!(announcers());

#[tokio::test]
async fn whoever_listens_to_a_bell_that_is_gone_hears_so() {
    let bell = EmbeddedAnnouncer::new();
    let mut rings = bell.listen().await.expect("somebody can listen");
    drop(bell);
    assert!(rings.next().await.is_err());
}
