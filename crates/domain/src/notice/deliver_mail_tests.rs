use super::*;
use crate::account::Email;
use crate::notice::{Claim, Letter, Mail, MessageId, MockMailOutbox, MockMailer};
use crate::shared::{MailId, ManualClock};
use crate::testing::at;

fn leased(number: i64, attempt: u32) -> LeasedMail {
    let to = Email::parse("shopper@shop.kr").unwrap();
    LeasedMail {
        mail: Mail { id: MailId::new(number), to, letter: Letter::PasswordChanged { at: at(0) } },
        attempt,
        lease_ends_at: at(90),
        lapses_at: None,
    }
}

/// What is stored, and what was logged as sent, when these mails are due and the mailer answers like that.
struct Delivery {
    use_case: DeliverMail,
    clock: Arc<ManualClock>,
    outcomes: Arc<Mutex<Vec<MailOutcome>>>,
}

impl Delivery {
    fn of(mails: Vec<LeasedMail>, mailer: MockMailer) -> Self {
        let clock = Arc::new(ManualClock::at(at(0)));
        let outcomes = Arc::new(Mutex::new(Vec::new()));
        let mut outbox = MockMailOutbox::new();
        outbox.expect_claim().returning(move |_, lease, limit| {
            assert_eq!((lease, limit), (Duration::from_secs(90), 20));
            Ok(Claim { due: mails.len(), mails: mails.clone() })
        });
        let stored = Arc::clone(&outcomes);
        outbox.expect_settle().returning(move |_, outcome, _| {
            stored.lock().unwrap().push(outcome.clone());
            Ok(true)
        });
        let use_case = DeliverMail {
            outbox: Arc::new(outbox),
            mailer: Arc::new(mailer),
            clock: clock.clone(),
            lease: Duration::from_secs(90),
            budget: Duration::from_secs(45),
            longest: Duration::from_secs(20),
            standstill: Standstill::default(),
        };
        Self { use_case, clock, outcomes }
    }

    async fn run(&self) -> (DeliveryReport, Vec<MailOutcome>) {
        let report = self.use_case.run(20).await.unwrap();
        (report, std::mem::take(&mut *self.outcomes.lock().unwrap()))
    }
}

fn failing(failure: SendFailure) -> MockMailer {
    let mut mailer = MockMailer::new();
    mailer.expect_send().returning(move |_| Err(failure.clone()));
    mailer
}

async fn fate(attempt: u32, failure: SendFailure) -> MailOutcome {
    let (_, mut outcomes) = Delivery::of(vec![leased(1, attempt)], failing(failure)).run().await;
    outcomes.pop().unwrap()
}

#[tokio::test]
async fn what_the_partner_takes_is_sent() {
    let mut mailer = MockMailer::new();
    mailer.expect_send().times(2).returning(|mail| Ok(MessageId::new(&format!("ses-{}", mail.id))));
    let (report, outcomes) = Delivery::of(vec![leased(1, 1), leased(2, 4)], mailer).run().await;
    assert_eq!(report, DeliveryReport { due: 2, sent: 2 });
    assert!(outcomes.contains(&MailOutcome::Sent(MessageId::new("ses-2"))), "{outcomes:?}");
}

#[tokio::test]
async fn a_mail_is_tried_again_less_and_less_often_and_then_parked() {
    for failure in [SendFailure::Later("busy".into()), SendFailure::Unknown("lost".into())] {
        let mut waited = Duration::ZERO;
        for attempt in 1..=9 {
            match fate(attempt, failure.clone()).await {
                MailOutcome::Retry { at: again, counts: true, .. } => waited += again.since(at(0)),
                other => panic!("try {attempt}: {other:?}"),
            }
        }
        assert!(waited > Duration::from_hours(24), "a daily quota outlasts it: {waited:?}");
        assert!(matches!(fate(10, failure).await, MailOutcome::Parked { .. }));
    }
    let first = fate(1, SendFailure::Later("busy".into())).await;
    assert_eq!(first, MailOutcome::Retry { at: at(5), counts: true, reason: "busy".to_owned() });
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_parked_at_once() {
    let outcome = fate(1, SendFailure::Refused("no such address".into())).await;
    assert_eq!(outcome, MailOutcome::Parked { reason: "no such address".to_owned() });
}

#[tokio::test]
async fn a_mail_whose_senders_keep_dying_is_parked_unsent() {
    let (_, outcomes) = Delivery::of(vec![leased(1, 11)], MockMailer::new()).run().await;
    assert!(matches!(outcomes.as_slice(), [MailOutcome::Parked { .. }]), "{outcomes:?}");
}

#[tokio::test]
async fn a_mail_that_lapsed_since_it_was_claimed_is_not_sent() {
    let late = LeasedMail { lapses_at: Some(at(0)), ..leased(1, 1) };
    let (report, outcomes) = Delivery::of(vec![late], MockMailer::new()).run().await;
    assert_eq!((report.sent, outcomes), (0, vec![MailOutcome::Lapsed]));
}

#[tokio::test]
async fn a_wrong_password_is_presented_once_a_minute_and_costs_no_mail_a_try() {
    let mut mailer = MockMailer::new();
    mailer.expect_send().times(2).returning(|_| Err(SendFailure::Misconfigured("535".into())));
    let delivery = Delivery::of((1..=3).map(|number| leased(number, 1)).collect(), mailer);
    let (_, outcomes) = delivery.run().await;
    assert_eq!(outcomes.len(), 3);
    for outcome in outcomes {
        assert!(matches!(outcome, MailOutcome::Retry { counts: false, at: again, .. } if again == at(60)));
    }
    let (report, outcomes) = delivery.run().await;
    assert_eq!((report, outcomes.len()), (DeliveryReport::default(), 0), "nothing is even claimed");
    delivery.clock.advance(Duration::from_mins(1));
    assert_eq!(delivery.run().await.1.len(), 3);
}

#[tokio::test]
async fn a_slow_partner_gets_no_mail_that_might_be_cut_off_and_the_rest_loses_no_try() {
    let (mut mailer, slow) = (MockMailer::new(), Arc::new(ManualClock::at(at(0))));
    let passing = Arc::clone(&slow);
    mailer.expect_send().times(2).returning(move |_| {
        passing.advance(Duration::from_secs(20));
        Ok(MessageId::new("ses-1"))
    });
    let mut delivery = Delivery::of((1..=6).map(|number| leased(number, 3)).collect(), mailer);
    delivery.use_case.clock = slow;
    let (report, outcomes) = delivery.run().await;
    assert_eq!(report, DeliveryReport { due: 6, sent: 2 }, "a third one could end at 60, and the batch ends at 45");
    let waiting: Vec<_> = outcomes.iter().filter(|outcome| matches!(outcome, MailOutcome::Retry { .. })).collect();
    assert_eq!(waiting.len(), 4, "{outcomes:?}");
    for outcome in waiting {
        assert!(
            matches!(outcome, MailOutcome::Retry { at: again, counts: false, .. } if *again == at(40)),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_mail_that_ends_with_the_batch_is_still_sent() {
    let mut mailer = MockMailer::new();
    mailer.expect_send().times(1).returning(|_| Ok(MessageId::new("ses-1")));
    let mut delivery = Delivery::of(vec![leased(1, 1)], mailer);
    delivery.use_case.longest = delivery.use_case.budget;
    assert_eq!(delivery.run().await.0.sent, 1);
}
