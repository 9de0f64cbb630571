//! Mails that wait are sent.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::notice::{DeliverMail, SweepMail};
use ef_domain::shared::PortFailure;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::shop::Shop;

use super::Progress;
use super::supervise::{Rhythm, supervise};

/// Starts the job.
pub(super) fn start(shop: &Arc<Shop>, deadline: Duration, stopped: &watch::Receiver<bool>) -> JoinHandle<()> {
    let rhythm = Rhythm { pause: shop.mail.pause, deadline };
    let shop = Arc::clone(shop);
    tokio::spawn(supervise("deliver_mail", rhythm, stopped.clone(), move || {
        let shop = Arc::clone(&shop);
        async move { batch(&shop.mail.deliver, &shop.mail.sweep, shop.mail.batch).await }
    }))
}

/// Sends one batch; when nothing is in a hurry, forgets what is old.
async fn batch(deliver: &DeliverMail, sweep: &SweepMail, size: u32) -> Result<Progress, PortFailure> {
    let report = deliver.run(size).await?;
    if report.due == 0 {
        sweep.run().await?;
    }
    // A full batch of which nothing was sent means that the partner is in trouble: hurrying would not help it.
    let full = u32::try_from(report.due).is_ok_and(|due| due >= size);
    Ok(if full && report.sent > 0 { Progress::More } else { Progress::Idle })
}

#[cfg(test)]
mod tests {
    use ef_domain::account::Email;
    use ef_domain::notice::{
        Claim, LeasedMail, Letter, Mail, MessageId, MockMailOutbox, MockMailer, MockSuppressionList, SendFailure,
        Standstill, SweepRota,
    };
    use ef_domain::shared::{MailId, ManualClock, Timestamp};

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).unwrap()
    }

    fn leased(number: i64) -> LeasedMail {
        let to = Email::parse("reader@home.kr").unwrap();
        let mail = Mail { id: MailId::new(number), to, letter: Letter::PasswordChanged { at: now() } };
        LeasedMail { mail, attempt: 1, lease_ends_at: now(), lapses_at: None }
    }

    async fn batch_of(due: i64, outcome: Result<MessageId, SendFailure>) -> Progress {
        let (mut outbox, mut mailer) = (MockMailOutbox::new(), MockMailer::new());
        outbox.expect_claim().returning(move |_, _, _| {
            let mails: Vec<_> = (1..=due).map(leased).collect();
            Ok(Claim { due: mails.len(), mails })
        });
        outbox.expect_settle().returning(|_, _, _| Ok(true));
        outbox.expect_sweep().times(usize::from(due == 0)).returning(|_, _| Ok(1));
        let mut suppressed = MockSuppressionList::new();
        suppressed.expect_forget_notices().times(usize::from(due == 0)).returning(|_, _| Ok(1));
        let (outbox, clock) = (Arc::new(outbox), Arc::new(ManualClock::at(now())));
        mailer.expect_send().returning(move |_| outcome.clone());
        let use_case = DeliverMail {
            outbox: outbox.clone(),
            mailer: Arc::new(mailer),
            clock: clock.clone(),
            lease: Duration::from_secs(90),
            budget: Duration::from_secs(45),
            longest: Duration::from_secs(30),
            standstill: Standstill::default(),
        };
        let sweep = SweepMail { outbox, suppressed: Arc::new(suppressed), clock, rota: SweepRota::default() };
        batch(&use_case, &sweep, 3).await.unwrap()
    }

    #[tokio::test]
    async fn a_full_batch_is_followed_at_once_while_mails_leave() {
        assert_eq!(batch_of(3, Ok(MessageId::new("ses-1"))).await, Progress::More);
        assert_eq!(batch_of(2, Ok(MessageId::new("ses-1"))).await, Progress::Idle);
        assert_eq!(batch_of(3, Err(SendFailure::Later("busy".to_owned()))).await, Progress::Idle);
    }

    #[tokio::test]
    async fn old_mails_are_forgotten_while_none_waits() {
        assert_eq!(batch_of(0, Ok(MessageId::new("ses-1"))).await, Progress::Idle);
    }
}
