//! What every [`AnnouncementRepository`](ef_domain::announce::AnnouncementRepository) and its
//! [`AnnouncementQueries`](ef_domain::announce::AnnouncementQueries) keep to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use ef_domain::announce::{Announcement, AnnouncementKind, Delivery, Swept};
use ef_domain::order::Order;
use ef_domain::payment::{Deposit, PaymentEvidence};
use ef_domain::shared::{Actor, AnnouncementId, PageRequest};
use tokio::task::JoinSet;

use crate::builders::{
    HOLD, Pack, applied, key, later, new_order, noon, opened, order, pack, paid, placed, reload, settled, shopper,
};
use crate::shop::Shop;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! announcement_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::announcements; $shop;
            whatever_becomes_of_an_order_is_announced_in_its_order
            an_announcement_names_its_order_and_when_it_happened
            a_deposit_that_is_due_says_until_when
            an_order_that_gave_way_and_one_that_was_refunded_are_told_apart
            a_payment_settled_by_the_page_that_made_it_is_witnessed
            nothing_is_announced_before_it_is_delivered_and_nothing_twice
            a_batch_takes_no_more_than_its_limit_and_the_oldest_first
            however_many_deliver_at_once_each_event_is_announced_once
            ids_appear_in_their_order_while_others_deliver
            a_page_shows_the_newest_first_and_counts_all
            reading_one_and_reading_all_leave_fewer_unread
            nobody_sees_or_reads_a_neighbours
            a_page_that_comes_back_is_told_what_it_missed
            everybodys_announcements_come_in_pages_by_id
            what_was_told_long_ago_is_forgotten_a_few_at_a_time
            an_event_that_waits_is_never_forgotten
            what_the_shop_called_off_and_a_missed_deposit_are_told_apart
        }
    };
}

async fn deliver(shop: &dyn Shop) -> Delivery {
    shop.announcements().deliver(100, later(60)).await.expect("events are delivered")
}

async fn told(shop: &dyn Shop, who: Actor) -> Vec<Announcement> {
    let missed = shop.announcement_queries().missed(who.user, AnnouncementId::new(0), 100).await;
    missed.expect("announcements can be read")
}

async fn kinds(shop: &dyn Shop, who: Actor) -> Vec<AnnouncementKind> {
    told(shop, who).await.iter().map(|announcement| announcement.kind).collect()
}

async fn unread(shop: &dyn Shop, who: Actor) -> u64 {
    shop.announcement_queries().unread(who.user).await.expect("announcements can be counted")
}

/// An order that its buyer cancels at once: one event.
async fn cancelled(shop: &dyn Shop, who: Actor, pack: &Pack) -> Order {
    let placed = order(shop, who, &[(pack, 1)]).await;
    applied(shop, placed.cancel(None, later(1))).await
}

/// Somebody with that many announcements.
async fn told_often(shop: &dyn Shop, times: usize) -> Actor {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    for _ in 0..times {
        cancelled(shop, who, &pack).await;
    }
    assert_eq!(deliver(shop).await, Delivery { taken: times, announced: times });
    who
}

/// Paid, shipped, delivered; and one that nobody paid.
pub async fn whatever_becomes_of_an_order_is_announced_in_its_order(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    let (_, sold) = paid(shop, &order(shop, who, &[(&pack, 1)]).await, &key("sold")).await;
    let sent = applied(shop, sold.ship(later(10))).await;
    applied(shop, sent.deliver(later(20))).await;
    let forgotten = order(shop, who, &[(&pack, 1)]).await;
    applied(shop, forgotten.expire(noon().after(HOLD))).await;
    cancelled(shop, who, &pack).await;
    assert_eq!(deliver(shop).await, Delivery { taken: 5, announced: 5 });
    let expected = [
        AnnouncementKind::Confirmed { witnessed: true },
        AnnouncementKind::Shipped,
        AnnouncementKind::Delivered,
        AnnouncementKind::Expired,
        AnnouncementKind::Cancelled,
    ];
    assert_eq!(kinds(shop, who).await, expected);
}

/// By id and number; read by nobody yet.
pub async fn an_announcement_names_its_order_and_when_it_happened(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    let order = cancelled(shop, who, &pack).await;
    deliver(shop).await;
    let told = told(shop, who).await;
    let [one] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((one.user, one.order, one.number), (who.user, order.id, order.number));
    assert_eq!((one.happened_at, one.read_at), (noon(), None), "the repositories' clock stands at noon");
}

/// To the millisecond.
pub async fn a_deposit_that_is_due_says_until_when(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    let (payment, order) = opened(shop, &order(shop, who, &[(&pack, 1)]).await, &key("account")).await;
    let due_at = later(86_400);
    settled(shop, (&payment, &order), &PaymentEvidence::DepositPending(Deposit { due_at, account: None })).await;
    deliver(shop).await;
    assert_eq!(kinds(shop, who).await, [AnnouncementKind::DepositDue { due_at }]);
}

/// Both are cancelled, for reasons that sound different.
pub async fn an_order_that_gave_way_and_one_that_was_refunded_are_told_apart(shop: &dyn Shop) {
    let (who, scarce) = (shopper(shop).await, pack(shop, 1).await);
    let old = order(shop, who, &[(&scarce, 1)]).await;
    let newer = new_order(who, &[(&scarce, 1)]);
    let supersedes = vec![crate::builders::decided(old.supersede(noon()))];
    let newer = placed(shop, &ef_domain::order::NewOrder { supersedes, ..newer }).await;
    let (payment, sold) = paid(shop, &newer, &key("back")).await;
    applied(shop, sold.refund(&payment.key, None, later(30))).await;
    deliver(shop).await;
    let expected =
        [AnnouncementKind::Superseded, AnnouncementKind::Confirmed { witnessed: true }, AnnouncementKind::Refunded];
    assert_eq!(kinds(shop, who).await, expected);
}

/// One that reconciliation asked about before it was settled is news to its buyer.
pub async fn a_payment_settled_by_the_page_that_made_it_is_witnessed(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    let (payment, order) = opened(shop, &order(shop, who, &[(&pack, 1)]).await, &key("late")).await;
    assert!(shop.payments().claim(&payment, later(120)).await.expect("payments can be claimed"));
    let payment = crate::builders::payment(shop, &payment.key).await;
    let order = reload(shop, order.number).await;
    settled(shop, (&payment, &order), &crate::builders::approval(&payment)).await;
    deliver(shop).await;
    assert_eq!(kinds(shop, who).await, [AnnouncementKind::Confirmed { witnessed: false }]);
}

/// Once more finds nothing to do.
pub async fn nothing_is_announced_before_it_is_delivered_and_nothing_twice(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    assert_eq!(deliver(shop).await, Delivery::default());
    assert_eq!(shop.announcement_queries().newest().await.expect("announcements can be read"), None);
    cancelled(shop, who, &pack).await;
    assert_eq!(unread(shop, who).await, 0);
    assert_eq!(deliver(shop).await, Delivery { taken: 1, announced: 1 });
    assert_eq!(deliver(shop).await, Delivery::default());
    let told = told(shop, who).await;
    let newest = shop.announcement_queries().newest().await.expect("announcements can be read");
    assert_eq!((told.len(), told.first().map(|one| one.id)), (1, newest));
}

/// What is left comes next.
pub async fn a_batch_takes_no_more_than_its_limit_and_the_oldest_first(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    let mut orders = Vec::new();
    for _ in 0..5 {
        orders.push(cancelled(shop, who, &pack).await.id);
    }
    for (taken, so_far) in [(2, 2), (2, 4), (1, 5), (0, 5)] {
        let delivery = shop.announcements().deliver(2, later(60)).await.expect("events are delivered");
        assert_eq!(delivery, Delivery { taken, announced: taken });
        let told: Vec<_> = told(shop, who).await.iter().map(|one| one.order).collect();
        assert_eq!(Some(told.as_slice()), orders.get(..so_far));
    }
}

/// Instances of the shop do not talk about it beforehand.
pub async fn however_many_deliver_at_once_each_event_is_announced_once(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    for _ in 0..20 {
        cancelled(shop, who, &pack).await;
    }
    let mut deliveries = JoinSet::new();
    for _ in 0..8 {
        let announcements = shop.announcements();
        deliveries.spawn(async move { announcements.deliver(7, later(60)).await });
    }
    let mut announced = 0;
    while let Some(delivery) = deliveries.join_next().await {
        announced += delivery.expect("it does not panic").expect("events are delivered").announced;
    }
    assert_eq!((announced, told(shop, who).await.len()), (20, 20));
}

/// Whoever looks on meanwhile sees a list that grows at its end only.
pub async fn ids_appear_in_their_order_while_others_deliver(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    for _ in 0..30 {
        cancelled(shop, who, &pack).await;
    }
    let mut deliveries = JoinSet::new();
    for _ in 0..3 {
        let announcements = shop.announcements();
        deliveries.spawn(async move {
            while announcements.deliver(2, later(60)).await.expect("events are delivered").taken > 0 {}
        });
    }
    let (queries, mut seen) = (shop.announcement_queries(), Vec::new());
    let mut last = AnnouncementId::new(0);
    while seen.len() < 30 {
        let tail = queries.after(last, 4).await.expect("announcements can be read");
        seen.extend(tail.announcements.iter().map(|one| one.id));
        last = tail.up_to.unwrap_or(last);
    }
    deliveries.join_all().await;
    let all: Vec<_> = told(shop, who).await.iter().map(|one| one.id).collect();
    assert_eq!(seen, all, "none was missed and none came twice");
}

/// However far somebody pages.
pub async fn a_page_shows_the_newest_first_and_counts_all(shop: &dyn Shop) {
    let who = told_often(shop, 5).await;
    let mut ids: Vec<_> = told(shop, who).await.iter().map(|one| one.id).collect();
    ids.reverse();
    for (number, part) in [(0, 0..2), (1, 2..4), (2, 4..5), (3, 5..5)] {
        let page = shop.announcement_queries().page(who.user, PageRequest::new(number, 2)).await;
        let page = page.expect("announcements can be read").map(|one| one.id);
        assert_eq!((Some(page.rows.as_slice()), page.total), (ids.get(part), 5));
    }
}

/// A second time changes nothing, not even when it was read.
pub async fn reading_one_and_reading_all_leave_fewer_unread(shop: &dyn Shop) {
    let who = told_often(shop, 3).await;
    let announcements = shop.announcements();
    let first = told(shop, who).await.first().expect("three").id;
    assert_eq!(unread(shop, who).await, 3);
    for moment in [later(70), later(80)] {
        assert!(announcements.mark_read(who.user, first, moment).await.expect("it is marked"));
        assert_eq!(unread(shop, who).await, 2);
    }
    for (moment, marked) in [(later(90), 2), (later(100), 0)] {
        assert_eq!(announcements.mark_all_read(who.user, moment).await.expect("they are marked"), marked);
        assert_eq!(unread(shop, who).await, 0);
    }
    let read: Vec<_> = told(shop, who).await.iter().map(|one| one.read_at).collect();
    assert_eq!(read, [Some(later(70)), Some(later(90)), Some(later(90))]);
}

/// Nor does reading all of one's own touch them.
pub async fn nobody_sees_or_reads_a_neighbours(shop: &dyn Shop) {
    let (who, neighbour) = (told_often(shop, 2).await, shopper(shop).await);
    let (queries, announcements) = (shop.announcement_queries(), shop.announcements());
    let ids: Vec<_> = told(shop, who).await.iter().map(|one| one.id).collect();
    assert!(told(shop, neighbour).await.is_empty());
    let page = queries.page(neighbour.user, PageRequest::new(0, 10)).await.expect("announcements can be read");
    assert_eq!((page.rows.len(), page.total), (0, 0));
    for id in ids {
        assert!(!announcements.mark_read(neighbour.user, id, later(70)).await.expect("an answer"));
    }
    assert_eq!(announcements.mark_all_read(neighbour.user, later(70)).await.expect("an answer"), 0);
    assert_eq!((unread(shop, who).await, unread(shop, neighbour).await), (2, 0));
}

/// In the order of telling; of too many, the newest.
pub async fn a_page_that_comes_back_is_told_what_it_missed(shop: &dyn Shop) {
    let (who, other) = (told_often(shop, 2).await, told_often(shop, 1).await);
    let pack = pack(shop, 10).await;
    cancelled(shop, who, &pack).await;
    cancelled(shop, who, &pack).await;
    deliver(shop).await;
    let all: Vec<_> = told(shop, who).await.iter().map(|one| one.id).collect();
    let [_, second, third, fourth] = all.as_slice() else { panic!("{all:?}") };
    let missed = async |after: AnnouncementId, limit| {
        let missed = shop.announcement_queries().missed(who.user, after, limit).await;
        missed.expect("announcements can be read").iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(missed(*second, 100).await, [*third, *fourth]);
    assert_eq!(missed(AnnouncementId::new(0), 1).await, [*fourth]);
    assert!(missed(*fourth, 100).await.is_empty());
    let others = told(shop, other).await;
    let others = others.first().expect("one").id;
    assert_eq!(missed(others, 100).await, [*third, *fourth], "any id says where somebody left off");
}

/// Whoever they are for.
pub async fn everybodys_announcements_come_in_pages_by_id(shop: &dyn Shop) {
    let (one, other) = (told_often(shop, 2).await, told_often(shop, 2).await);
    let queries = shop.announcement_queries();
    let (mut last, mut users) = (AnnouncementId::new(0), Vec::new());
    for full in [true, true, false] {
        let tail = queries.after(last, 2).await.expect("announcements can be read");
        assert_eq!((tail.announcements.len() == 2, tail.up_to.is_some()), (full, full));
        users.extend(tail.announcements.iter().map(|announcement| announcement.user));
        last = tail.up_to.unwrap_or(last);
    }
    assert_eq!(users, [one.user, one.user, other.user, other.user]);
    assert_eq!(queries.newest().await.expect("announcements can be read"), Some(last));
}

/// The newest of all stays: it says how far the telling has got.
pub async fn what_was_told_long_ago_is_forgotten_a_few_at_a_time(shop: &dyn Shop) {
    let who = told_often(shop, 4).await;
    let all: Vec<_> = told(shop, who).await.iter().map(|one| one.id).collect();
    let sweep = async |before, limit| shop.announcements().sweep(before, limit).await.expect("they can be swept");
    assert_eq!(sweep(later(60), 100).await, Swept::default(), "nothing is that old");
    assert_eq!(sweep(later(61), 2).await, Swept { announcements: 2, events: 2 });
    let left: Vec<_> = told(shop, who).await.iter().map(|one| one.id).collect();
    assert_eq!(Some(left.as_slice()), all.get(2..), "the oldest go first");
    assert_eq!(sweep(later(61), 100).await, Swept { announcements: 1, events: 2 });
    assert_eq!(sweep(later(61), 100).await, Swept::default());
    let queries = shop.announcement_queries();
    assert_eq!(queries.newest().await.expect("announcements can be read"), all.last().copied());
    let page = queries.page(who.user, PageRequest::new(0, 10)).await.expect("announcements can be read");
    assert_eq!((page.rows.len(), page.total), (1, 1));
    let newer = told_often(shop, 1).await;
    let newer = told(shop, newer).await.first().map(|one| one.id);
    assert!(newer > all.last().copied(), "ids go on growing");
}

/// However old it is.
pub async fn an_event_that_waits_is_never_forgotten(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    cancelled(shop, who, &pack).await;
    let swept = shop.announcements().sweep(later(1_000_000), 100).await.expect("they can be swept");
    assert_eq!(swept, Swept::default());
    assert_eq!(deliver(shop).await, Delivery { taken: 1, announced: 1 });
}

/// From what the buyer does himself and from a hold that merely ran out. What he replaced himself counts as read.
pub async fn what_the_shop_called_off_and_a_missed_deposit_are_told_apart(shop: &dyn Shop) {
    let (who, pack) = (shopper(shop).await, pack(shop, 10).await);
    let off = order(shop, who, &[(&pack, 1)]).await;
    applied(shop, off.call_off(who.user, None, later(1))).await;
    let (payment, missed) = opened(shop, &order(shop, who, &[(&pack, 1)]).await, &key("missed")).await;
    let deposit = Deposit { due_at: later(20), account: None };
    let (_, missed) = settled(shop, (&payment, &missed), &PaymentEvidence::DepositPending(deposit)).await;
    applied(shop, missed.close_deposit(&payment.key, later(20))).await;
    let old = order(shop, who, &[(&pack, 1)]).await;
    applied(shop, old.supersede(later(30))).await;
    deliver(shop).await;
    let told = told(shop, who).await;
    let kinds: Vec<_> = told.iter().map(|one| one.kind).collect();
    let due = AnnouncementKind::DepositDue { due_at: later(20) };
    assert_eq!(
        kinds,
        [AnnouncementKind::CalledOff, due, AnnouncementKind::DepositMissed, AnnouncementKind::Superseded]
    );
    assert_eq!((unread(shop, who).await, told.last().and_then(|one| one.read_at)), (3, Some(later(60))));
}
