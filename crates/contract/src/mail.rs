//! What every [`MailOutbox`] and every [`SuppressionList`] keep to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

mod suppressions;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ef_domain::account::Email;
use ef_domain::notice::{
    LeasedMail, Letter, MailOutbox, MailOutcome, MessageId, NewMail, NoticeId, ParkedMail, SuppressionList,
    SuppressionReason, SweepBefore,
};
use ef_domain::shared::{MailId, PageRequest, Timestamp};

use crate::builders::{later, noon};

pub use suppressions::*;

/// How long a lease lasts in these rules.
const LEASE: Duration = Duration::from_secs(90);

/// A store of mails that nobody else uses, and a look behind its ports.
#[async_trait]
pub trait MailRoom: Send + Sync {
    /// Where mails wait.
    fn outbox(&self) -> Arc<dyn MailOutbox>;
    /// Who gets no mail any more.
    fn suppressed(&self) -> Arc<dyn SuppressionList>;
    /// Queues a mail, as a transaction of the shop would.
    async fn queue(&self, mail: &NewMail) -> MailId;
    /// What the mail's row says.
    async fn row(&self, mail: MailId) -> MailRow;
    /// The mails that have a row.
    async fn rows(&self) -> Vec<MailId>;
    /// Breaks the seal of a mail.
    async fn falsify(&self, mail: MailId);
    /// The reason why nobody writes to that address any more.
    async fn suppression(&self, of: &Email) -> Option<String>;
}

/// What a mail's row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRow {
    /// Its state.
    pub state: String,
    /// Whether it still holds letter or recipient.
    pub is_sealed: bool,
    /// Its tries.
    pub attempts: i64,
    /// The partner's name for it.
    pub message_id: Option<String>,
    /// Why it is where it is.
    pub reason: Option<String>,
}

/// Makes one test of each rule. The argument is an expression that gives a [`MailRoom`]; it may await.
#[macro_export]
macro_rules! mail_tests {
    ($room:expr) => {
        $crate::rules_of_a_shop! { $crate::mail; $room;
            a_claimed_mail_says_what_was_written
            nothing_is_due_before_its_time
            the_longest_waiting_are_claimed_first_and_no_more_than_asked_for
            a_claimed_mail_is_nobody_elses_until_its_lease_ends
            a_crashed_senders_mail_comes_back_with_its_try_counted
            of_eight_senders_one_gets_each_mail
            a_sent_mail_forgets_what_it_said
            a_mail_to_be_tried_again_is_due_when_its_time_comes
            a_try_that_does_not_count_is_not_counted
            a_sender_whose_lease_ended_settles_nothing
            a_lease_that_gave_its_number_back_is_no_other_lease
            a_lapsed_mail_is_claimed_by_nobody
            a_mail_to_a_suppressed_address_is_claimed_by_nobody
            a_mail_that_cannot_be_opened_is_parked
            parked_mails_are_listed_the_latest_first
            a_parked_mail_is_retried_with_all_its_tries
            a_discarded_mail_forgets_what_it_said
            only_a_parked_mail_is_retried_or_discarded
            a_long_reason_is_cut
            settled_mails_are_forgotten_when_they_are_old
            a_sweep_takes_no_more_than_asked_for
            what_waits_is_never_swept
            a_notice_counts_once
            a_suppressed_address_keeps_its_first_reason
            of_eight_deliveries_of_a_notice_one_counts
            suppressed_addresses_are_listed_the_latest_first
            one_address_is_found_among_all_that_are_suppressed
            a_lifted_address_gets_mail_until_a_new_notice_comes
            of_eight_who_lift_a_suppression_one_does
            an_old_notice_is_forgotten_and_its_addresses_stay_suppressed
        }
    };
}

fn address(number: u32) -> Email {
    Email::parse(&format!("reader{number}@energy-factory.kr")).expect("an address")
}

/// A mail that was queued at [`noon`].
fn new_mail(number: u32) -> NewMail {
    NewMail {
        to: address(number),
        user: None,
        letter: Letter::PasswordChanged { at: noon() },
        lapses_at: None,
        queued_at: noon(),
    }
}

async fn queued(room: &dyn MailRoom, number: u32) -> MailId {
    room.queue(&new_mail(number)).await
}

async fn claimed(room: &dyn MailRoom, now: Timestamp) -> Vec<LeasedMail> {
    let claim = room.outbox().claim(now, LEASE, 100).await;
    let mut mails = claim.expect("mails can be claimed").mails;
    mails.sort_by_key(|leased| leased.mail.id);
    mails
}

async fn claimed_one(room: &dyn MailRoom, now: Timestamp) -> LeasedMail {
    let mut mails = claimed(room, now).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    mails.remove(0)
}

async fn settled(room: &dyn MailRoom, mail: &LeasedMail, outcome: &MailOutcome, now: Timestamp) -> bool {
    room.outbox().settle(mail, outcome, now).await.expect("mails can be settled")
}

async fn parked(room: &dyn MailRoom, page: PageRequest) -> (Vec<ParkedMail>, u64) {
    let page = room.outbox().parked(page).await.expect("parked mails can be listed");
    (page.rows, page.total)
}

fn retry(at: Timestamp, counts: bool) -> MailOutcome {
    MailOutcome::Retry { at, counts, reason: "busy".to_owned() }
}

fn given_up(reason: &str) -> MailOutcome {
    MailOutcome::Parked { reason: reason.to_owned() }
}

fn ids(mails: &[LeasedMail]) -> Vec<MailId> {
    mails.iter().map(|leased| leased.mail.id).collect()
}

fn notice(number: u32) -> NoticeId {
    NoticeId::parse(&format!("notice-{number}")).expect("a name")
}

async fn told(room: &dyn MailRoom, number: u32, of: &Email, reason: SuppressionReason) -> bool {
    let taken = room.suppressed().take(&notice(number), std::slice::from_ref(of), reason, noon()).await;
    taken.expect("notices can be taken")
}

/// To whom, and when its use ends.
pub async fn a_claimed_mail_says_what_was_written(room: &dyn MailRoom) {
    let id = room.queue(&NewMail { lapses_at: Some(later(300)), ..new_mail(1) }).await;
    let leased = claimed_one(room, later(1)).await;
    assert_eq!((leased.mail.id, leased.mail.to, leased.attempt), (id, address(1), 1));
    assert_eq!((leased.lapses_at, leased.lease_ends_at), (Some(later(300)), later(1).after(LEASE)));
    assert!(matches!(leased.mail.letter, Letter::PasswordChanged { at } if at == noon()));
}

/// The moment itself counts.
pub async fn nothing_is_due_before_its_time(room: &dyn MailRoom) {
    room.queue(&NewMail { queued_at: later(10), ..new_mail(1) }).await;
    assert!(claimed(room, later(9)).await.is_empty());
    assert_eq!(claimed(room, later(10)).await.len(), 1);
}

/// Otherwise a crowd of new mails would keep an old one waiting.
pub async fn the_longest_waiting_are_claimed_first_and_no_more_than_asked_for(room: &dyn MailRoom) {
    let young = room.queue(&NewMail { queued_at: later(30), ..new_mail(1) }).await;
    let old = queued(room, 2).await;
    let claim = room.outbox().claim(later(60), LEASE, 1).await.expect("mails can be claimed");
    assert_eq!((claim.due, ids(&claim.mails)), (1, vec![old]));
    assert_eq!(ids(&claimed(room, later(60)).await), [young]);
}

/// The lease is the guard.
pub async fn a_claimed_mail_is_nobody_elses_until_its_lease_ends(room: &dyn MailRoom) {
    queued(room, 1).await;
    assert_eq!(claimed_one(room, noon()).await.lease_ends_at, later(90));
    assert!(claimed(room, later(89)).await.is_empty());
    assert_eq!(claimed(room, later(90)).await.len(), 1, "the end is no part of it");
}

/// So that a mail which ends its senders is given up one day.
pub async fn a_crashed_senders_mail_comes_back_with_its_try_counted(room: &dyn MailRoom) {
    let id = queued(room, 1).await;
    for attempt in 1..=3 {
        let leased = claimed_one(room, later(u64::from(attempt) * 100)).await;
        assert_eq!((leased.mail.id, leased.attempt), (id, attempt));
    }
    assert_eq!(room.row(id).await.state, "QUEUED");
}

/// However they overlap.
pub async fn of_eight_senders_one_gets_each_mail(room: &dyn MailRoom) {
    let mut waiting = Vec::new();
    for number in 0..40 {
        waiting.push(queued(room, number).await);
    }
    let mut got = Vec::new();
    while got.len() < waiting.len() {
        let senders = (0..8).map(|_| async { room.outbox().claim(later(1), LEASE, 7).await });
        for claim in futures::future::join_all(senders).await {
            got.extend(ids(&claim.expect("mails can be claimed").mails));
        }
    }
    got.sort_unstable();
    assert_eq!(got, waiting);
}

/// It may have been a code.
pub async fn a_sent_mail_forgets_what_it_said(room: &dyn MailRoom) {
    let id = queued(room, 1).await;
    assert!(room.row(id).await.is_sealed);
    let leased = claimed_one(room, noon()).await;
    assert!(settled(room, &leased, &MailOutcome::Sent(MessageId::new("ses-1")), later(1)).await);
    let expected = MailRow {
        state: "SENT".to_owned(),
        is_sealed: false,
        attempts: 1,
        message_id: Some("ses-1".to_owned()),
        reason: None,
    };
    assert_eq!(room.row(id).await, expected);
    assert!(claimed(room, later(100_000)).await.is_empty());
}

/// And says why it was not sent at once.
pub async fn a_mail_to_be_tried_again_is_due_when_its_time_comes(room: &dyn MailRoom) {
    let id = queued(room, 1).await;
    let leased = claimed_one(room, noon()).await;
    assert!(settled(room, &leased, &retry(later(5), true), later(1)).await);
    assert_eq!(room.row(id).await.reason.as_deref(), Some("busy"));
    assert!(claimed(room, later(4)).await.is_empty());
    assert_eq!(claimed_one(room, later(5)).await.attempt, 2);
}

/// Nobody's mail could have been sent.
pub async fn a_try_that_does_not_count_is_not_counted(room: &dyn MailRoom) {
    queued(room, 1).await;
    let leased = claimed_one(room, noon()).await;
    assert!(settled(room, &leased, &retry(later(60), false), later(1)).await);
    assert_eq!(claimed_one(room, later(60)).await.attempt, 1);
}

/// Somebody else has the mail by then.
pub async fn a_sender_whose_lease_ended_settles_nothing(room: &dyn MailRoom) {
    let id = queued(room, 1).await;
    let slow = claimed_one(room, noon()).await;
    let fast = claimed_one(room, later(100)).await;
    assert!(!settled(room, &slow, &MailOutcome::Sent(MessageId::new("slow")), later(101)).await);
    assert!(settled(room, &fast, &MailOutcome::Sent(MessageId::new("fast")), later(102)).await);
    assert!(!settled(room, &fast, &MailOutcome::Lapsed, later(103)).await, "once settled it stays so");
    assert_eq!(room.row(id).await.message_id.as_deref(), Some("fast"));
}

/// Its try has the same number; the sender that slept through it has nothing to say all the same.
pub async fn a_lease_that_gave_its_number_back_is_no_other_lease(room: &dyn MailRoom) {
    let id = queued(room, 1).await;
    let slow = claimed_one(room, noon()).await;
    let fast = claimed_one(room, later(100)).await;
    assert!(settled(room, &fast, &retry(later(110), false), later(101)).await);
    assert!(!settled(room, &slow, &given_up("too late"), later(102)).await);
    assert_eq!(room.row(id).await.state, "QUEUED");
}

/// A code that is good no more only confuses.
pub async fn a_lapsed_mail_is_claimed_by_nobody(room: &dyn MailRoom) {
    let id = room.queue(&NewMail { lapses_at: Some(later(300)), ..new_mail(1) }).await;
    let claim = room.outbox().claim(later(300), LEASE, 10).await.expect("mails can be claimed");
    assert_eq!((claim.due, claim.mails.len()), (1, 0));
    let row = room.row(id).await;
    assert_eq!((row.state.as_str(), row.is_sealed, row.attempts), ("LAPSED", false, 0));
    assert!(claimed(room, later(600)).await.is_empty());
}

/// Others get theirs.
pub async fn a_mail_to_a_suppressed_address_is_claimed_by_nobody(room: &dyn MailRoom) {
    let (barred, free) = (queued(room, 1).await, queued(room, 2).await);
    assert!(told(room, 1, &address(1), SuppressionReason::Bounce).await);
    assert_eq!(ids(&claimed(room, noon()).await), [free]);
    let row = room.row(barred).await;
    assert_eq!((row.state.as_str(), row.is_sealed, row.reason.as_deref()), ("SUPPRESSED", false, Some("BOUNCE")));
}

/// It must not be the first at every look. What it holds stays: the key may come back.
pub async fn a_mail_that_cannot_be_opened_is_parked(room: &dyn MailRoom) {
    let (broken, good) = (queued(room, 1).await, queued(room, 2).await);
    room.falsify(broken).await;
    assert_eq!(ids(&claimed(room, noon()).await), [good]);
    let row = room.row(broken).await;
    assert_eq!((row.state.as_str(), row.is_sealed), ("PARKED", true));
    assert!(row.reason.is_some());
}

/// In pages.
pub async fn parked_mails_are_listed_the_latest_first(room: &dyn MailRoom) {
    let mut given = Vec::new();
    for number in 0_u32..5 {
        let id = queued(room, number).await;
        let now = later(u64::from(number) * 10);
        let leased = claimed_one(room, now).await;
        assert!(settled(room, &leased, &given_up("no such mailbox"), now).await);
        given.push(id);
    }
    queued(room, 9).await;
    given.reverse();
    let (first, total) = parked(room, PageRequest::new(0, 3)).await;
    let (second, _) = parked(room, PageRequest::new(1, 3)).await;
    assert_eq!(total, 5);
    assert_eq!([first.iter(), second.iter()].into_iter().flatten().map(|mail| mail.id).collect::<Vec<_>>(), given);
    let expected = ParkedMail {
        id: *given.first().expect("the latest"),
        to: address(4),
        letter: "PASSWORD_CHANGED".to_owned(),
        attempts: 1,
        reason: "no such mailbox".to_owned(),
        queued_at: noon(),
        parked_at: later(40),
        lapses_at: None,
    };
    assert_eq!(first.first(), Some(&expected));
}

/// As if it had just been written.
pub async fn a_parked_mail_is_retried_with_all_its_tries(room: &dyn MailRoom) {
    let id = queued(room, 1).await;
    let leased = claimed_one(room, noon()).await;
    assert!(settled(room, &leased, &given_up("refused"), later(1)).await);
    assert!(room.outbox().requeue(id, later(60)).await.expect("mails can be written"));
    assert_eq!(parked(room, PageRequest::new(0, 10)).await, (Vec::new(), 0));
    let again = claimed_one(room, later(60)).await;
    assert_eq!((again.mail.id, again.attempt), (id, 1));
    assert!(matches!(again.mail.letter, Letter::PasswordChanged { .. }));
}

/// Nobody will ask for it again.
pub async fn a_discarded_mail_forgets_what_it_said(room: &dyn MailRoom) {
    let id = queued(room, 1).await;
    let leased = claimed_one(room, noon()).await;
    assert!(settled(room, &leased, &given_up("refused"), later(1)).await);
    assert!(room.outbox().discard(id, later(2)).await.expect("mails can be written"));
    let row = room.row(id).await;
    assert_eq!((row.state.as_str(), row.is_sealed), ("DISCARDED", false));
    assert!(claimed(room, later(1_000)).await.is_empty());
}

/// One that is on its way is left alone.
pub async fn only_a_parked_mail_is_retried_or_discarded(room: &dyn MailRoom) {
    let id = queued(room, 1).await;
    for mail in [id, MailId::new(id.get() + 1)] {
        assert!(!room.outbox().requeue(mail, noon()).await.expect("mails can be written"));
        assert!(!room.outbox().discard(mail, noon()).await.expect("mails can be written"));
    }
    assert_eq!(room.row(id).await.state, "QUEUED");
}

/// A partner may be talkative.
pub async fn a_long_reason_is_cut(room: &dyn MailRoom) {
    let id = queued(room, 1).await;
    let leased = claimed_one(room, noon()).await;
    assert!(settled(room, &leased, &given_up(&"가".repeat(900)), later(1)).await);
    assert_eq!(room.row(id).await.reason.map(|reason| reason.chars().count()), Some(500));
}

async fn swept(room: &dyn MailRoom, settled: Timestamp, discarded: Timestamp, limit: u32) -> u64 {
    room.outbox().sweep(SweepBefore { settled, discarded }, limit).await.expect("mails can be swept")
}

/// However they ended; discarded ones have a moment of their own.
pub async fn settled_mails_are_forgotten_when_they_are_old(room: &dyn MailRoom) {
    let (sent, discarded) = (queued(room, 1).await, queued(room, 2).await);
    let lapsed = room.queue(&NewMail { lapses_at: Some(later(1)), ..new_mail(3) }).await;
    let barred = queued(room, 4).await;
    assert!(told(room, 1, &address(4), SuppressionReason::Bounce).await);
    for leased in claimed(room, later(1)).await {
        let is_sent = leased.mail.id == sent;
        let outcome = if is_sent { MailOutcome::Sent(MessageId::new("ses-1")) } else { given_up("refused") };
        assert!(settled(room, &leased, &outcome, later(2)).await);
    }
    assert!(room.outbox().discard(discarded, later(600)).await.expect("mails can be written"));
    assert_eq!(swept(room, noon(), noon(), 10).await, 0, "nothing is old yet");
    assert_eq!(swept(room, noon(), later(300), 10).await, 0, "it was discarded later than it was due");
    assert_eq!(swept(room, noon(), later(700), 10).await, 1);
    assert_eq!(room.rows().await, [sent, lapsed, barred]);
    assert_eq!(swept(room, later(700), noon(), 10).await, 3);
    assert!(room.rows().await.is_empty());
}

/// The oldest go first, and the next sweep takes the others.
pub async fn a_sweep_takes_no_more_than_asked_for(room: &dyn MailRoom) {
    let mut sent = Vec::new();
    for number in 0_u32..5 {
        sent.push(queued(room, number).await);
        let leased = claimed_one(room, later(u64::from(number))).await;
        assert!(settled(room, &leased, &MailOutcome::Sent(MessageId::new("ses-1")), later(10)).await);
    }
    assert_eq!(swept(room, later(700), later(700), 3).await, 3);
    assert_eq!(room.rows().await, sent.split_off(3));
    assert_eq!(swept(room, later(700), later(700), 3).await, 2);
}

/// However long: for its sender, or for an administrator.
pub async fn what_waits_is_never_swept(room: &dyn MailRoom) {
    let (parked, waiting) = (queued(room, 1).await, queued(room, 2).await);
    for leased in claimed(room, noon()).await {
        let is_parked = leased.mail.id == parked;
        let outcome = if is_parked { given_up("refused") } else { retry(later(5), true) };
        assert!(settled(room, &leased, &outcome, later(1)).await);
    }
    assert_eq!(swept(room, later(900_000), later(900_000), 10).await, 0);
    assert_eq!(room.rows().await, [parked, waiting]);
}
