//! The port, put together: call, read the verdict, look again where a verdict alone cannot be believed.

use std::time::Duration;

use async_trait::async_trait;
use ef_domain::payment::{
    CancelOutcome, CancelRequest, ConfirmOutcome, ConfirmRequest, Decline, DeclineKind, IdempotencyKey, LookUp,
    PartnerView, PaymentGateway, PaymentKey,
};
use ef_domain::shared::{FailureKind, PortFailure};
use secrecy::SecretString;
use serde::Serialize;
use tokio::time::{sleep, timeout};

use crate::client::{Answer, CallError, Operation, TossClient};
use crate::convert;
use crate::failure::{self, Class, Refusal};
use crate::wire::{CancelWire, ConfirmWire, PaymentWire, RefundAccountWire};

const CONFIRMING: &str = "confirming a payment at toss";
const LOOKING_UP: &str = "looking up a payment at toss";
const CANCELLING: &str = "cancelling a payment at toss";

/// How long to wait before asking again for the answer to a call that is still running.
const IN_FLIGHT_PAUSE: Duration = Duration::from_millis(300);
/// The longest reason that they take.
const LONGEST_REASON: usize = 200;

/// Where the partner is and how long it may take.
#[derive(Clone, Debug)]
pub struct TossConfig {
    /// `https://api.tosspayments.com`, or a stand-in.
    pub base_url: String,
    /// The secret key of the merchant.
    pub secret_key: SecretString,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long an operation may take with everything that belongs to it: repeats, pauses, further look-ups.
    pub total_timeout: Duration,
}

/// Toss Payments.
#[derive(Debug)]
pub struct TossPaymentGateway {
    client: TossClient,
    total_timeout: Duration,
}

impl TossPaymentGateway {
    /// The gateway. Nothing is sent yet.
    ///
    /// # Errors
    /// [`FailureKind::Corrupt`] for an address that is none, or on a machine without root certificates.
    pub fn new(config: TossConfig) -> Result<Self, PortFailure> {
        let total_timeout = config.total_timeout;
        Ok(Self { client: TossClient::try_new(config)?, total_timeout })
    }

    async fn bounded<T>(
        &self,
        during: &'static str,
        operation: impl Future<Output = Result<T, PortFailure>> + Send,
    ) -> Result<T, PortFailure> {
        match timeout(self.total_timeout, operation).await {
            Ok(outcome) => outcome,
            Err(elapsed) => Err(PortFailure::new(FailureKind::TimedOut, during, elapsed)),
        }
    }

    /// Sends until the answer is more than "still running". A repeat carries the same idempotency key, so it gets the
    /// first call's answer; the caller's bound ends the waiting.
    async fn execute(
        &self,
        operation: Operation<'_>,
        body: &(impl Serialize + Sync),
        key: &IdempotencyKey,
        class: fn(&Refusal) -> Class,
    ) -> Result<Answer, CallError> {
        let mut answer = self.client.post(operation, body, key).await?;
        while let Answer::Refused(refusal) = &answer {
            if class(refusal) != Class::InFlight {
                break;
            }
            sleep(IN_FLIGHT_PAUSE).await;
            answer = match self.client.post(operation, body, key).await {
                // The repeat was not sent, but the first call was.
                Err(CallError::NotSent(error)) => {
                    return Err(CallError::Unknown(FailureKind::Unreachable, error.into()));
                }
                answer => answer?,
            };
        }
        Ok(answer)
    }

    async fn confirm_and_look(&self, request: &ConfirmRequest) -> Result<ConfirmOutcome, PortFailure> {
        let body = ConfirmWire {
            payment_key: request.key.as_str(),
            order_id: request.order.to_string(),
            amount: request.amount.get(),
        };
        let key = &request.idempotency_key;
        match self.execute(Operation::Confirm, &body, key, failure::of_confirm).await {
            Ok(Answer::Payment(payment)) => match outcome(view(&request.key, &payment, CONFIRMING)?) {
                Ok(outcome) => Ok(outcome),
                Err(_) => self.look_for_outcome(&request.key).await,
            },
            Ok(Answer::Refused(refusal)) => self.confirm_refused(request, refusal).await,
            Err(CallError::NotSent(error)) => {
                let error: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(order = %request.order, error, "toss could not be reached, the confirm was not sent");
                Ok(ConfirmOutcome::NotSent)
            }
            Err(error) => Err(error.into_failure(CONFIRMING)),
        }
    }

    async fn confirm_refused(&self, request: &ConfirmRequest, refusal: Refusal) -> Result<ConfirmOutcome, PortFailure> {
        let declined = |kind| Ok(ConfirmOutcome::Declined(Decline { code: refusal.code.clone(), kind }));
        match failure::of_confirm(&refusal) {
            Class::Final => declined(DeclineKind::Final),
            Class::Repeatable => declined(DeclineKind::Repeatable),
            Class::OurFault => {
                tracing::error!(order = %request.order, status = refusal.status, code = %refusal.code, "toss refuses a confirm because of a fault of ours: nothing was charged");
                declined(DeclineKind::OurFault)
            }
            Class::AlreadyDone => self.look_for_outcome(&request.key).await,
            Class::FinalUnlessDone => match self.find(&request.key).await? {
                LookUp::Found(PartnerView::Approved(approval)) => Ok(ConfirmOutcome::Approved(approval)),
                LookUp::Found(PartnerView::DepositPending(deposit)) => Ok(ConfirmOutcome::DepositPending(deposit)),
                LookUp::Found(PartnerView::Unclear { code }) => Err(inconclusive(CONFIRMING, &code)),
                LookUp::Found(PartnerView::Closed { .. } | PartnerView::Unconfirmed) | LookUp::NotFound => {
                    declined(DeclineKind::Final)
                }
            },
            Class::InFlight | Class::NotFound | Class::Unknown => Err(unknown(CONFIRMING, &refusal)),
        }
    }

    /// The partner says that the payment was processed, but not how it ended.
    async fn look_for_outcome(&self, key: &PaymentKey) -> Result<ConfirmOutcome, PortFailure> {
        match self.find(key).await? {
            LookUp::Found(PartnerView::Closed { code }) => {
                Ok(ConfirmOutcome::Declined(Decline { code, kind: DeclineKind::Final }))
            }
            LookUp::Found(view) => outcome(view).map_err(|code| inconclusive(CONFIRMING, &code)),
            LookUp::NotFound => Err(inconclusive(CONFIRMING, "not found")),
        }
    }

    async fn cancel_and_look(&self, request: &CancelRequest) -> Result<CancelOutcome, PortFailure> {
        let reason = request.reason.chars().take(LONGEST_REASON).collect::<String>();
        let refund_receive_account = request.account.as_ref().map(|account| RefundAccountWire {
            bank: account.bank(),
            account_number: account.number(),
            holder_name: account.holder(),
        });
        let body = CancelWire { cancel_reason: &reason, refund_receive_account };
        let answer =
            self.execute(Operation::Cancel(&request.key), &body, &request.idempotency_key, failure::of_cancel).await;
        match answer.map_err(|error| error.into_failure(CANCELLING))? {
            Answer::Payment(payment) if is_cancelled(&request.key, &payment)? => Ok(CancelOutcome::Cancelled),
            Answer::Payment(payment) => Err(inconclusive(CANCELLING, &payment.status)),
            Answer::Refused(refusal) => self.cancel_refused(request, refusal).await,
        }
    }

    async fn cancel_refused(&self, request: &CancelRequest, refusal: Refusal) -> Result<CancelOutcome, PortFailure> {
        let refused = |kind| Ok(CancelOutcome::Refused(Decline { code: refusal.code.clone(), kind }));
        match failure::of_cancel(&refusal) {
            Class::Repeatable => refused(DeclineKind::Repeatable),
            Class::OurFault => {
                tracing::error!(status = refusal.status, code = %refusal.code, "toss refuses a cancellation because of a fault of ours: nothing went back");
                refused(DeclineKind::OurFault)
            }
            Class::AlreadyDone | Class::FinalUnlessDone if self.went_back(&request.key).await? => {
                Ok(CancelOutcome::Cancelled)
            }
            Class::Final | Class::FinalUnlessDone => refused(DeclineKind::Final),
            Class::AlreadyDone | Class::InFlight | Class::NotFound | Class::Unknown => {
                Err(unknown(CANCELLING, &refusal))
            }
        }
    }

    /// Whether all of the money went back, now or before.
    async fn went_back(&self, key: &PaymentKey) -> Result<bool, PortFailure> {
        match self.client.get(Operation::Find(key)).await.map_err(|error| error.into_failure(CANCELLING))? {
            Answer::Payment(payment) => is_cancelled(key, &payment),
            Answer::Refused(refusal) => Err(unknown(CANCELLING, &refusal)),
        }
    }

    async fn find(&self, key: &PaymentKey) -> Result<LookUp, PortFailure> {
        let refusal =
            match self.client.get(Operation::Find(key)).await.map_err(|error| error.into_failure(LOOKING_UP))? {
                Answer::Payment(payment) => return view(key, &payment, LOOKING_UP).map(LookUp::Found),
                Answer::Refused(refusal) => refusal,
            };
        match failure::of_look_up(&refusal) {
            Class::NotFound => return Ok(LookUp::NotFound),
            Class::OurFault => {
                tracing::error!(status = refusal.status, code = %refusal.code, "toss refuses a look-up because of a fault of ours");
            }
            _ => {}
        }
        Err(unknown(LOOKING_UP, &refusal))
    }
}

#[async_trait]
impl PaymentGateway for TossPaymentGateway {
    async fn confirm(&self, request: &ConfirmRequest) -> Result<ConfirmOutcome, PortFailure> {
        self.bounded(CONFIRMING, self.confirm_and_look(request)).await
    }

    async fn look_up(&self, key: &PaymentKey) -> Result<LookUp, PortFailure> {
        self.bounded(LOOKING_UP, self.find(key)).await
    }

    async fn cancel(&self, request: &CancelRequest) -> Result<CancelOutcome, PortFailure> {
        self.bounded(CANCELLING, self.cancel_and_look(request)).await
    }
}

fn view(key: &PaymentKey, payment: &PaymentWire, during: &'static str) -> Result<PartnerView, PortFailure> {
    convert::view(key, payment).map_err(|error| PortFailure::new(FailureKind::Corrupt, during, error))
}

fn is_cancelled(key: &PaymentKey, payment: &PaymentWire) -> Result<bool, PortFailure> {
    convert::is_cancelled(key, payment).map_err(|error| PortFailure::new(FailureKind::Corrupt, CANCELLING, error))
}

/// The outcome that a view proves; or what it is instead.
fn outcome(view: PartnerView) -> Result<ConfirmOutcome, String> {
    match view {
        PartnerView::Approved(approval) => Ok(ConfirmOutcome::Approved(approval)),
        PartnerView::DepositPending(deposit) => Ok(ConfirmOutcome::DepositPending(deposit)),
        PartnerView::Unconfirmed => Err("not confirmed".to_owned()),
        PartnerView::Closed { code } | PartnerView::Unclear { code } => Err(code),
    }
}

fn inconclusive(during: &'static str, found: &str) -> PortFailure {
    PortFailure::new(FailureKind::Corrupt, during, format!("the payment's status is no outcome: {found}"))
}

fn unknown(during: &'static str, refusal: &Refusal) -> PortFailure {
    let source = format!("answered {} {}", refusal.status, refusal.code);
    PortFailure::new(FailureKind::Unreachable, during, source)
}
