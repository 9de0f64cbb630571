//! What a store says of its sessions, and how their owner ends them.

use ef_domain::account::{Device, Rotation, SESSIONS_OF_ACCOUNT, SessionOwner, SessionStore, SessionSummary};
use ef_domain::shared::{Timestamp, UserId};
use tokio::task::JoinSet;

use super::{ALMOST_OVER, EPOCH, Family, GRACE, LIFETIME, MOMENT, Store, fresh_user, start};

async fn list(store: &dyn SessionStore, user: UserId, now: Timestamp) -> Vec<SessionSummary> {
    store.list(user, now).await.expect("the store answers")
}

/// A refresh proves nothing new about who somebody is.
pub async fn a_sessions_owner_and_beginning_stay_the_same_while_it_lives(store: Store) {
    let owner = async |family: &Family| store.owner(&family.record.id).await.expect("the store answers");
    let family = Family::fresh();
    assert_eq!(owner(&family).await, None);
    store.begin(&family.record).await.expect("the store answers");
    let expected = SessionOwner { user: family.record.user, epoch: EPOCH, began_at: start() };
    assert_eq!(owner(&family).await, Some(expected));
    family.present(&*store, 0, start().after(GRACE)).await;
    assert_eq!(owner(&family).await, Some(expected));
    family.end(&*store, 1).await;
    assert_eq!(owner(&family).await, None);
}

/// The shop's clock decides, not the store's.
pub async fn a_session_lives_from_its_beginning_to_its_end(store: Store) {
    let family = Family::fresh();
    assert!(!family.lives(&*store, start()).await);
    store.begin(&family.record).await.expect("the store answers");
    assert!(family.lives(&*store, start()).await);
    assert!(family.lives(&*store, start().after(ALMOST_OVER)).await);
    assert!(!family.lives(&*store, family.record.expires_at).await);
}

/// As long as somebody refreshes it.
pub async fn a_rotation_lets_a_session_live_longer(store: Store) {
    let family = Family::begun(&*store).await;
    family.present(&*store, 0, start().after(ALMOST_OVER)).await;
    assert!(family.lives(&*store, family.record.expires_at).await);
    assert!(!family.lives(&*store, start().after(ALMOST_OVER + LIFETIME)).await);
}

/// Signing out, a stolen copy, a click in the list, a new password: each ends it at once.
pub async fn however_a_session_ends_it_lives_no_more(store: Store) {
    let ended = Family::begun(&*store).await;
    ended.end(&*store, 0).await;
    assert!(!ended.lives(&*store, start()).await);

    let stolen = Family::begun(&*store).await;
    assert_eq!(stolen.present(&*store, 3, start()).await, Rotation::Reused);
    assert!(!stolen.lives(&*store, start()).await);

    let picked = Family::begun(&*store).await;
    assert!(store.end_one(picked.record.user, &picked.record.id).await.expect("the store answers"));
    assert!(!picked.lives(&*store, start()).await);

    let swept = Family::begun(&*store).await;
    store.end_all(swept.record.user).await.expect("the store answers");
    assert!(!swept.lives(&*store, start()).await);
}

/// What it was begun with comes back letter by letter, or as nothing where it said nothing.
pub async fn a_session_is_listed_as_it_was_begun(store: Store) {
    let family = Family::begun(&*store).await;
    let user = family.record.user;
    assert_eq!(list(&*store, user, start()).await, [family.used(start())]);

    let mut silent = Family::fresh();
    silent.record.device = Device::default();
    store.begin(&silent.record).await.expect("the store answers");
    assert_eq!(list(&*store, silent.record.user, start()).await, [silent.used(start())]);

    let later = start().after(GRACE);
    family.present(&*store, 0, later).await;
    assert_eq!(list(&*store, user, later).await, [family.used(later)]);
}

/// What somebody looks for is what he used a moment ago.
pub async fn a_list_begins_with_the_session_used_last(store: Store) {
    let user = fresh_user();
    let (first, second) = (Family::begun_by(&*store, user).await, Family::begun_by(&*store, user).await);
    let soon = start().after(MOMENT);
    let mut third = Family::of(user);
    third.record.began_at = soon;
    third.record.expires_at = soon.after(LIFETIME);
    store.begin(&third.record).await.expect("the store answers");
    let late = start().after(GRACE);
    second.present(&*store, 0, late).await;
    let expected = [second.used(late), third.used(soon), first.used(start())];
    assert_eq!(list(&*store, user, late).await, expected);
}

/// Nobody is shown what is over, or what is not his.
pub async fn a_list_has_living_sessions_of_the_user_only(store: Store) {
    let user = fresh_user();
    assert_eq!(list(&*store, user, start()).await, []);
    let (idle, busy) = (Family::begun_by(&*store, user).await, Family::begun_by(&*store, user).await);
    Family::begun(&*store).await;
    let late = start().after(ALMOST_OVER);
    busy.present(&*store, 0, late).await;
    assert_eq!(list(&*store, user, late).await.len(), 2);
    assert_eq!(list(&*store, user, idle.record.expires_at).await, [busy.used(late)]);
    busy.end(&*store, 1).await;
    assert_eq!(list(&*store, user, start()).await, [idle.used(start())]);
    store.end_all(user).await.expect("the store answers");
    assert_eq!(list(&*store, user, start()).await, []);
}

/// A lost telephone is signed out from the desk.
pub async fn a_user_ends_one_of_his_sessions_and_no_other(store: Store) {
    let user = fresh_user();
    let (lost, kept) = (Family::begun_by(&*store, user).await, Family::begun_by(&*store, user).await);
    assert!(store.end_one(user, &lost.record.id).await.expect("the store answers"));
    assert!(!store.end_one(user, &lost.record.id).await.expect("the store answers"));
    assert_eq!(list(&*store, user, start()).await, [kept.used(start())]);
    assert_eq!(lost.present(&*store, 0, start()).await, Rotation::Unknown);
    assert_eq!(kept.present(&*store, 0, start()).await, kept.rotated());
}

/// Knowing a session's name is no right to end it.
pub async fn nobody_ends_somebody_elses_session(store: Store) {
    let (mine, theirs) = (Family::begun(&*store).await, Family::begun(&*store).await);
    assert!(!store.end_one(mine.record.user, &theirs.record.id).await.expect("the store answers"));
    assert!(!store.end_one(mine.record.user, &Family::fresh().record.id).await.expect("the store answers"));
    store.end_others(mine.record.user, &theirs.record.id).await.expect("the store answers");
    assert!(theirs.lives(&*store, start()).await);
    assert_eq!(list(&*store, theirs.record.user, start()).await, [theirs.used(start())]);
    assert!(!mine.lives(&*store, start()).await);
}

/// Sign out everywhere but here.
pub async fn a_user_ends_all_sessions_but_the_one_he_keeps(store: Store) {
    let user = fresh_user();
    let kept = Family::begun_by(&*store, user).await;
    let others = [Family::begun_by(&*store, user).await, Family::begun_by(&*store, user).await];
    for _ in 0..2 {
        store.end_others(user, &kept.record.id).await.expect("the store answers");
        assert_eq!(list(&*store, user, start()).await, [kept.used(start())]);
    }
    for other in &others {
        assert!(!other.lives(&*store, start()).await);
    }
    assert_eq!(kept.present(&*store, 0, start()).await, kept.rotated());
    // The one that was kept is in the list still: the next new password reaches it.
    store.end_all(user).await.expect("the store answers");
    assert!(!kept.lives(&*store, start()).await);
}

/// Used, not begun: the telephone of every day stays signed in, however long ago it began.
pub async fn the_fifty_first_session_ends_the_one_used_longest_ago(store: Store) {
    let (user, bystander) = (fresh_user(), Family::begun(&*store).await);
    let mut families = Vec::new();
    for turn in 0..=SESSIONS_OF_ACCOUNT {
        let mut family = Family::of(user);
        family.record.began_at = start().after(MOMENT * turn);
        family.record.expires_at = family.record.began_at.after(LIFETIME);
        families.push(family);
    }
    let (newest, earlier) = families.split_last().expect("there are fifty-one");
    for family in earlier {
        store.begin(&family.record).await.expect("the store answers");
    }
    let [first, second, others @ ..] = earlier else { panic!("there are fifty earlier ones") };
    let late = start().after(GRACE);
    assert_eq!(first.present(&*store, 0, late).await, first.rotated());
    assert!(second.lives(&*store, late).await, "fifty is not too many");

    store.begin(&newest.record).await.expect("the store answers");
    assert!(!second.lives(&*store, late).await);
    assert_eq!(second.present(&*store, 0, late).await, Rotation::Unknown);
    for family in others.iter().chain([first, newest, &bystander]) {
        assert!(family.lives(&*store, late).await, "{family:?}");
    }
    let listed = list(&*store, user, late).await.len();
    assert_eq!(u32::try_from(listed), Ok(SESSIONS_OF_ACCOUNT));
}

/// And whoever has just signed in is signed in, where all began in one moment.
pub async fn of_many_sessions_that_begin_at_once_no_more_than_fifty_stay(store: Store) {
    let user = fresh_user();
    let mut tasks = JoinSet::new();
    for _ in 0..SESSIONS_OF_ACCOUNT + 15 {
        let (store, family) = (Store::clone(&store), Family::of(user));
        tasks.spawn(async move { store.begin(&family.record).await });
    }
    let outcomes = tasks.join_all().await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let listed = list(&*store, user, start()).await.len();
    assert_eq!(u32::try_from(listed), Ok(SESSIONS_OF_ACCOUNT));
    let newest = Family::begun_by(&*store, user).await;
    assert!(newest.lives(&*store, start()).await);
}
