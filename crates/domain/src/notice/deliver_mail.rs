//! Mails that wait are sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;

use crate::shared::{Clock, PortFailure, Timestamp};

use super::{LeasedMail, MailOutbox, MailOutcome, Mailer, SendFailure};

/// How long a mail waits after its first try, its second and so on: soon enough for a code that somebody waits for, and
/// long enough together for a daily quota to be over. After one more try it is parked.
const PAUSES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_mins(20),
    Duration::from_hours(1),
    Duration::from_hours(2),
    Duration::from_hours(4),
    Duration::from_hours(8),
    Duration::from_hours(12),
];
/// How long nothing is sent after the partner has refused all of it: whoever mends it waits no longer than this.
const STANDSTILL: Duration = Duration::from_mins(1);
/// How many mails are on their way at a time.
const LANES: usize = 4;

/// Sends what waits in the outbox, at least once: a mail whose outcome nobody knows, because the partner's answer or the
/// shop itself got lost, is sent again, and its reader may get it twice.
pub struct DeliverMail {
    /// Where mails wait.
    pub outbox: Arc<dyn MailOutbox>,
    /// Who carries them.
    pub mailer: Arc<dyn Mailer>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// How long a batch keeps its mails from other senders. Longer than a batch may take.
    pub lease: Duration,
    /// How long a batch may take. Less than whoever runs it waits for it: a mail that is cut off half way may have been
    /// sent, and would be sent again.
    pub budget: Duration,
    /// How long the partner may take over one mail. No more than the budget, or no mail would ever be tried.
    pub longest: Duration,
    /// Whether there is any use in trying. Starts as [`Standstill::default`].
    pub standstill: Standstill,
}

/// What one batch came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// Mails that were due.
    pub due: usize,
    /// Of them, those that the partner took.
    pub sent: usize,
}

impl DeliverMail {
    /// Sends up to `batch` due mails, the longest waiting first. Safe beside any number of other instances. Those that
    /// might not be done in time are not begun, and due again at once.
    pub async fn run(&self, batch: u32) -> Result<DeliveryReport, PortFailure> {
        let now = self.clock.now();
        if self.standstill.end(now).is_some() {
            return Ok(DeliveryReport::default());
        }
        let deadline = now.after(self.budget);
        let claim = self.outbox.claim(now, self.lease, batch).await?;
        let mut report = DeliveryReport { due: claim.due, sent: 0 };
        let mails = futures::stream::iter(claim.mails);
        let mut sending = mails.map(|mail| self.deliver(mail, deadline)).buffer_unordered(LANES);
        while let Some(outcome) = sending.next().await {
            match outcome {
                Ok(true) => report.sent += 1,
                Ok(false) => {}
                Err(failure) => {
                    tracing::warn!(
                        error = failure.chain(),
                        "what became of a mail was not stored; it may be sent twice"
                    );
                }
            }
        }
        Ok(report)
    }

    /// One mail; whether the partner took it.
    async fn deliver(&self, leased: LeasedMail, deadline: Timestamp) -> Result<bool, PortFailure> {
        let outcome = self.attempt(&leased, deadline).await;
        log(&leased, &outcome);
        let is_ours = self.outbox.settle(&leased, &outcome, self.clock.now()).await?;
        if !is_ours {
            tracing::warn!(mail = %leased.mail.id, "a mail took longer than its lease; somebody else may have sent it, too");
        }
        Ok(matches!(outcome, MailOutcome::Sent(_)))
    }

    async fn attempt(&self, leased: &LeasedMail, deadline: Timestamp) -> MailOutcome {
        let now = self.clock.now();
        if leased.lapses_at.is_some_and(|at| at <= now) {
            return MailOutcome::Lapsed;
        }
        if tries_before(leased.attempt) > PAUSES.len() {
            return MailOutcome::Parked { reason: "its senders ended before it was sent".to_owned() };
        }
        if let Some(at) = self.standstill.end(now) {
            return MailOutcome::Retry { at, counts: false, reason: "no mail is sent at present".to_owned() };
        }
        if now.after(self.longest) > deadline {
            return MailOutcome::Retry { at: now, counts: false, reason: "those before it took too long".to_owned() };
        }
        match self.mailer.send(&leased.mail).await {
            Ok(id) => {
                self.standstill.lift();
                MailOutcome::Sent(id)
            }
            Err(failure) => self.judge(leased, failure),
        }
    }

    /// What a failed try means for its mail.
    fn judge(&self, leased: &LeasedMail, failure: SendFailure) -> MailOutcome {
        let now = self.clock.now();
        match failure {
            SendFailure::Later(reason) | SendFailure::Unknown(reason) => {
                match PAUSES.get(tries_before(leased.attempt)) {
                    Some(pause) => MailOutcome::Retry { at: now.after(*pause), counts: true, reason },
                    None => MailOutcome::Parked { reason },
                }
            }
            SendFailure::Refused(reason) => MailOutcome::Parked { reason },
            SendFailure::Misconfigured(reason) => {
                let at = now.after(STANDSTILL);
                self.standstill.begin(at, &reason);
                MailOutcome::Retry { at, counts: false, reason }
            }
        }
    }
}

fn tries_before(attempt: u32) -> usize {
    usize::try_from(attempt).unwrap_or(usize::MAX).saturating_sub(1)
}

/// Nobody's address and nothing of the letter: who may read the log need not be who may read mails.
fn log(leased: &LeasedMail, outcome: &MailOutcome) {
    let (mail, letter, attempt) = (leased.mail.id, leased.mail.letter.kind(), leased.attempt);
    match outcome {
        MailOutcome::Sent(id) => tracing::info!(%mail, letter, attempt, message_id = id.as_str(), "mail sent"),
        MailOutcome::Retry { at, counts: true, reason } => {
            tracing::warn!(%mail, letter, attempt, %at, reason, "mail not sent, will try again");
        }
        MailOutcome::Retry { at, counts: false, reason } => {
            tracing::debug!(%mail, letter, %at, reason, "mail waits until mails can be sent");
        }
        MailOutcome::Parked { reason } => tracing::error!(%mail, letter, attempt, reason, "mail given up"),
        MailOutcome::Lapsed => {
            tracing::warn!(%mail, letter, attempt, "mail not sent in time, nobody needs it any more");
        }
    }
}

/// Whether there is any use in trying: once the partner refuses everybody's mail, none is tried for a while, so that a
/// wrong password is not presented a thousand times, and the alarm is raised once.
#[derive(Debug, Default)]
pub struct Standstill(Mutex<Option<Timestamp>>);

impl Standstill {
    /// When the present one ends, if there is one.
    fn end(&self, now: Timestamp) -> Option<Timestamp> {
        self.state().filter(|end| *end > now)
    }

    fn begin(&self, end: Timestamp, reason: &str) {
        let is_first = self.state().replace(end).is_none();
        if is_first {
            tracing::error!(reason, "nobody gets mail: the partner refuses all of it");
        } else {
            tracing::debug!(reason, "still nobody gets mail");
        }
    }

    fn lift(&self) {
        if self.state().take().is_some() {
            tracing::info!("mail is sent again");
        }
    }

    fn state(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "deliver_mail_tests.rs"]
mod tests;
