//! A partner that knows whose money went back, and that is not always in a good mood; and the use cases that ask it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ef_contract::builders::noon;
use ef_contract::shop::Shop;
use ef_contract::vault::GlassVault;
use ef_domain::order::CancelOrder;
use ef_domain::payment::{
    Approval, CancelOutcome, CancelRequest, CloseDeposit, ConfirmOutcome, ConfirmRequest, ConfirmTiming, Decline,
    DeclineKind, DepositHold, LookUp, PartnerView, PaymentGateway, PaymentKey, PaymentMethod, ReconcilePayments,
    RefundCall, RefundPayment, SettlePayment,
};
use ef_domain::shared::{Clock, FailureKind, PortFailure};

use super::{SeededEntropy, SqlShop};

/// How a cancellation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Obliging,
    /// The money goes back, and nobody hears of it.
    LosesTheAnswer,
    /// Nothing happens, and nobody hears of it.
    LosesTheRequest,
    /// Later, perhaps.
    RefusesForNow,
    /// Never.
    RefusesForGood,
}

#[derive(Default)]
struct Vaults {
    moods: Vec<Mood>,
    answers: BTreeMap<String, CancelOutcome>,
    back: BTreeSet<PaymentKey>,
    calls: usize,
}

/// The partner.
#[derive(Default)]
pub struct Bank(Mutex<Vaults>);

impl Bank {
    /// A partner of these moods, the last one first; obliging once they are over.
    pub fn of(moods: impl IntoIterator<Item = Mood>) -> Arc<Self> {
        let moods = moods.into_iter().collect();
        Arc::new(Self(Mutex::new(Vaults { moods, ..Vaults::default() })))
    }

    /// Whether the money of that payment went back.
    pub fn gave_back(&self, key: &PaymentKey) -> bool {
        self.0.lock().unwrap().back.contains(key)
    }

    /// Somebody gives it back at the console.
    pub fn give_back_by_hand(&self, key: &PaymentKey) {
        self.0.lock().unwrap().back.insert(key.clone());
    }

    /// How often it was asked to give money back.
    pub fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    fn decide(&self, request: &CancelRequest) -> Result<CancelOutcome, PortFailure> {
        let lost = || Err(PortFailure::new(FailureKind::TimedOut, "cancelling a payment", "no answer"));
        let refused = |kind| CancelOutcome::Refused(Decline { code: "REFUND_REJECTED".to_owned(), kind });
        let mut vaults = self.0.lock().unwrap();
        vaults.calls += 1;
        let key = request.idempotency_key.as_str().to_owned();
        if let Some(answer) = vaults.answers.get(&key) {
            return Ok(answer.clone());
        }
        let mood = vaults.moods.pop().unwrap_or(Mood::Obliging);
        if mood == Mood::LosesTheRequest {
            return lost();
        }
        let answer = match mood {
            _ if vaults.back.contains(&request.key) => CancelOutcome::Cancelled,
            Mood::RefusesForNow => refused(DeclineKind::Repeatable),
            Mood::RefusesForGood => refused(DeclineKind::Final),
            Mood::Obliging | Mood::LosesTheAnswer | Mood::LosesTheRequest => CancelOutcome::Cancelled,
        };
        if answer == CancelOutcome::Cancelled {
            vaults.back.insert(request.key.clone());
        }
        vaults.answers.insert(key, answer.clone());
        if mood == Mood::LosesTheAnswer { lost() } else { Ok(answer) }
    }
}

#[async_trait]
impl PaymentGateway for Bank {
    async fn confirm(&self, request: &ConfirmRequest) -> Result<ConfirmOutcome, PortFailure> {
        Ok(ConfirmOutcome::Approved(Approval {
            order: Some(request.order),
            amount: Some(request.amount),
            method: PaymentMethod::CreditCard,
            approved_at: noon(),
        }))
    }

    async fn look_up(&self, key: &PaymentKey) -> Result<LookUp, PortFailure> {
        let approval = Approval { order: None, amount: None, method: PaymentMethod::CreditCard, approved_at: noon() };
        Ok(LookUp::Found(if self.gave_back(key) {
            PartnerView::Closed { code: "CANCELED".to_owned() }
        } else {
            PartnerView::Approved(approval)
        }))
    }

    async fn cancel(&self, request: &CancelRequest) -> Result<CancelOutcome, PortFailure> {
        tokio::time::sleep(Duration::from_millis(3)).await;
        let answer = self.decide(request);
        tokio::time::sleep(Duration::from_millis(3)).await;
        answer
    }
}

fn settle(shop: &SqlShop, clock: Arc<dyn Clock>) -> SettlePayment {
    SettlePayment {
        orders: shop.orders(),
        payments: shop.payments(),
        clock,
        entropy: SeededEntropy::new(31),
        deposit_hold: DepositHold(Duration::from_hours(24)),
    }
}

/// Refunds at that partner.
pub fn refund_payment(shop: &SqlShop, bank: Arc<Bank>, clock: Arc<dyn Clock>) -> RefundPayment {
    RefundPayment {
        orders: shop.orders(),
        payments: shop.payments(),
        call: RefundCall { gateway: bank, vault: Arc::new(GlassVault) },
        settle: settle(shop, clock.clone()),
        vault: Arc::new(GlassVault),
        clock,
        entropy: SeededEntropy::new(32),
        timing: ConfirmTiming {
            check_after: Duration::from_mins(1),
            wait: Duration::from_secs(20),
            poll: Duration::from_millis(5),
        },
    }
}

/// Cancellations of orders, paid at that partner or not.
pub fn cancel_order(shop: &SqlShop, bank: Arc<Bank>, clock: Arc<dyn Clock>) -> CancelOrder {
    CancelOrder {
        orders: shop.orders(),
        refund: Arc::new(refund_payment(shop, bank.clone(), clock.clone())),
        close_deposit: Arc::new(CloseDeposit {
            orders: shop.orders(),
            payments: shop.payments(),
            gateway: bank,
            settle: settle(shop, clock.clone()),
            clock: clock.clone(),
            entropy: SeededEntropy::new(33),
        }),
        clock,
    }
}

/// Reconciliation with that partner.
pub fn reconcile(shop: &SqlShop, bank: Arc<Bank>, clock: Arc<dyn Clock>) -> ReconcilePayments {
    ReconcilePayments {
        payments: shop.payments(),
        gateway: bank.clone(),
        settle: settle(shop, clock.clone()),
        refund: RefundCall { gateway: bank, vault: Arc::new(GlassVault) },
        clock,
    }
}
