//! Who gets no mail any more, and the notices that said so.

use ef_domain::account::Email;
use ef_domain::notice::{Suppression, SuppressionReason};
use ef_domain::shared::{PageRequest, SuppressionId};

use crate::builders::{later, noon};

use super::{MailRoom, address, claimed, ids, notice, queued, told};

async fn listed(room: &dyn MailRoom, of: Option<Email>, page: PageRequest) -> (Vec<Suppression>, u64) {
    let page = room.suppressed().list(of, page).await.expect("suppressed addresses can be listed");
    (page.rows, page.total)
}

/// The number of an address in the list.
async fn number_of(room: &dyn MailRoom, address: &Email) -> SuppressionId {
    let (found, _) = listed(room, Some(address.clone()), PageRequest::new(0, 10)).await;
    found.first().expect("the address is suppressed").id
}

async fn lifted(room: &dyn MailRoom, id: SuppressionId) -> bool {
    room.suppressed().lift(id).await.expect("suppressions can be lifted")
}

/// However often it is delivered.
pub async fn a_notice_counts_once(room: &dyn MailRoom) {
    assert!(told(room, 1, &address(1), SuppressionReason::Bounce).await);
    assert!(!told(room, 1, &address(2), SuppressionReason::Bounce).await);
    assert_eq!(room.suppression(&address(1)).await.as_deref(), Some("BOUNCE"));
    assert_eq!(room.suppression(&address(2)).await, None, "what a known notice says is not taken again");
    let nobody = room.suppressed().take(&notice(3), &[], SuppressionReason::Bounce, noon()).await;
    assert!(nobody.expect("notices can be taken"));
}

/// The first is what made it so; and a list may name somebody twice.
pub async fn a_suppressed_address_keeps_its_first_reason(room: &dyn MailRoom) {
    assert!(told(room, 1, &address(1), SuppressionReason::Bounce).await);
    let both = [address(1), address(2), address(2)];
    let taken = room.suppressed().take(&notice(2), &both, SuppressionReason::Complaint, noon()).await;
    assert!(taken.expect("notices can be taken"));
    assert_eq!(room.suppression(&address(1)).await.as_deref(), Some("BOUNCE"));
    assert_eq!(room.suppression(&address(2)).await.as_deref(), Some("COMPLAINT"));
}

/// Which of them is no matter.
pub async fn of_eight_deliveries_of_a_notice_one_counts(room: &dyn MailRoom) {
    let who = address(1);
    let deliveries = (0..8).map(|_| told(room, 1, &who, SuppressionReason::Bounce));
    let counted = futures::future::join_all(deliveries).await;
    assert_eq!(counted.into_iter().filter(|counted| *counted).count(), 1);
}

/// In pages.
pub async fn suppressed_addresses_are_listed_the_latest_first(room: &dyn MailRoom) {
    assert_eq!(listed(room, None, PageRequest::new(0, 3)).await, (Vec::new(), 0));
    for number in 1..=5 {
        let now = later(u64::from(number) * 10);
        let taken =
            room.suppressed().take(&notice(number), &[address(number)], SuppressionReason::Complaint, now).await;
        assert!(taken.expect("notices can be taken"));
    }
    let (first, total) = listed(room, None, PageRequest::new(0, 3)).await;
    let (second, _) = listed(room, None, PageRequest::new(1, 3)).await;
    assert_eq!(total, 5);
    let seen = [first.iter(), second.iter()].into_iter().flatten().map(|one| (one.address.clone(), one.since));
    let expected = (1..=5).rev().map(|number| (address(number), later(u64::from(number) * 10)));
    assert_eq!(seen.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    assert!(first.iter().all(|one| one.reason == SuppressionReason::Complaint));
}

/// Whoever asks why he gets no mail says who he is.
pub async fn one_address_is_found_among_all_that_are_suppressed(room: &dyn MailRoom) {
    let both = [address(1), address(2)];
    let taken = room.suppressed().take(&notice(1), &both, SuppressionReason::Bounce, later(7)).await;
    assert!(taken.expect("notices can be taken"));
    let page = PageRequest::new(0, 10);
    let (found, total) = listed(room, Some(address(2)), page).await;
    let id = number_of(room, &address(2)).await;
    let expected = Suppression { id, address: address(2), reason: SuppressionReason::Bounce, since: later(7) };
    assert_eq!((found, total), (vec![expected], 1));
    assert_eq!(listed(room, Some(address(3)), page).await, (Vec::new(), 0));
}

/// The notice that told of it may be delivered once more: it has counted.
pub async fn a_lifted_address_gets_mail_until_a_new_notice_comes(room: &dyn MailRoom) {
    assert!(told(room, 1, &address(1), SuppressionReason::Bounce).await);
    assert!(told(room, 2, &address(2), SuppressionReason::Bounce).await);
    let missed = queued(room, 1).await;
    assert!(claimed(room, noon()).await.is_empty());
    assert!(lifted(room, number_of(room, &address(1)).await).await);
    assert_eq!(room.suppression(&address(1)).await, None);
    assert_eq!(room.suppression(&address(2)).await.as_deref(), Some("BOUNCE"), "nobody else's is lifted");
    assert!(!told(room, 1, &address(1), SuppressionReason::Bounce).await);
    let next = queued(room, 1).await;
    assert_eq!(ids(&claimed(room, later(1)).await), [next]);
    assert_eq!(room.row(missed).await.state, "SUPPRESSED", "what was not sent stays unsent");
    assert!(told(room, 3, &address(1), SuppressionReason::Complaint).await);
    assert_eq!(room.suppression(&address(1)).await.as_deref(), Some("COMPLAINT"));
}

/// The others are told that there was nothing to lift.
pub async fn of_eight_who_lift_a_suppression_one_does(room: &dyn MailRoom) {
    assert!(told(room, 1, &address(1), SuppressionReason::Bounce).await);
    let id = number_of(room, &address(1)).await;
    let outcomes = futures::future::join_all((0..8).map(|_| lifted(room, id))).await;
    assert_eq!(outcomes.into_iter().filter(|lifted| *lifted).count(), 1);
    assert!(!lifted(room, SuppressionId::new(id.get() + 1)).await);
}

/// It will not be repeated any more; if it were, it would count again, and say what is known.
pub async fn an_old_notice_is_forgotten_and_its_addresses_stay_suppressed(room: &dyn MailRoom) {
    for number in 1..=3 {
        assert!(told(room, number, &address(number), SuppressionReason::Bounce).await);
    }
    let forgotten = async |before, limit| {
        let count = room.suppressed().forget_notices(before, limit).await;
        count.expect("notices can be forgotten")
    };
    assert_eq!(forgotten(noon(), 10).await, 0, "the moment itself is no part of it");
    assert!(!told(room, 1, &address(1), SuppressionReason::Bounce).await);
    assert_eq!(forgotten(later(1), 2).await, 2);
    assert_eq!(forgotten(later(1), 2).await, 1);
    assert!(told(room, 1, &address(1), SuppressionReason::Complaint).await);
    assert_eq!(room.suppression(&address(1)).await.as_deref(), Some("BOUNCE"));
}
