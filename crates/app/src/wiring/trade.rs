//! Orders and their payments, from their ports to their use cases.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::once::{AnswerOnce, ClaimTiming, ForgetRequests, RequestLedger};
use ef_domain::order::{CancelOrder, ExpireOrders, HoldTime, OrderRepository, PlaceOrder, TrackOrders};
use ef_domain::payment::{
    CloseDeposit, ConfirmPayment, ConfirmTiming, DepositHold, PaymentGateway, PaymentRepository, ReconcilePayments,
    RefundCall, RefundPayment, SettlePayment, ShowPayment,
};
use ef_domain::shared::{Clock, Entropy, Vault};
use ef_sql::{Database, SqlOfferQueries, SqlOrderQueries, SqlPaymentRepository, SqlRequestLedger};

use crate::config::{Config, OnceConfig, PaymentConfig};
use crate::shop::{Orders, Payments};

/// What settling may take after the partner has answered. Together with the partner's time it stays below the 10 s
/// after which the front end gives up.
const SETTLING: Duration = Duration::from_secs(1);

/// What orders and payments stand on.
pub(super) struct Till<'a> {
    pub(super) database: &'a Database,
    pub(super) orders: &'a Arc<dyn OrderRepository>,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) entropy: &'a Arc<dyn Entropy>,
    pub(super) vault: &'a Arc<dyn Vault>,
}

impl Till<'_> {
    pub(super) fn orders(&self, config: &Config, payments: &Payments) -> Orders {
        Orders {
            place: PlaceOrder {
                offers: Arc::new(SqlOfferQueries::new(self.database.clone())),
                orders: Arc::clone(self.orders),
                clock: Arc::clone(self.clock),
                entropy: Arc::clone(self.entropy),
                hold: HoldTime(config.order.hold),
            },
            cancel: CancelOrder {
                orders: Arc::clone(self.orders),
                refund: Arc::clone(&payments.refund),
                close_deposit: Arc::clone(&payments.close_deposit),
                clock: Arc::clone(self.clock),
            },
            track: TrackOrders { orders: Arc::new(SqlOrderQueries::new(self.database.clone())) },
            expire: ExpireOrders { orders: Arc::clone(self.orders), clock: Arc::clone(self.clock) },
        }
    }

    /// What is asked under a key, and the end of such keys.
    pub(super) fn once(&self, config: &Config) -> (AnswerOnce, ForgetRequests) {
        let OnceConfig { lease, keep } = config.once;
        let ledger: Arc<dyn RequestLedger> = Arc::new(SqlRequestLedger::new(self.database.clone()));
        let forget = ForgetRequests { ledger: Arc::clone(&ledger), clock: Arc::clone(self.clock), keep };
        let timing = ClaimTiming { lease, keep };
        let once = AnswerOnce { ledger, clock: Arc::clone(self.clock), entropy: Arc::clone(self.entropy), timing };
        (once, forget)
    }

    pub(super) fn payments(&self, config: &Config, gateway: Arc<dyn PaymentGateway>) -> Payments {
        let payments: Arc<dyn PaymentRepository> =
            Arc::new(SqlPaymentRepository::new(self.database.clone(), Arc::clone(self.clock)));
        let settle = || SettlePayment {
            orders: Arc::clone(self.orders),
            payments: Arc::clone(&payments),
            clock: Arc::clone(self.clock),
            entropy: Arc::clone(self.entropy),
            deposit_hold: DepositHold(config.order.deposit_hold),
        };
        let call = RefundCall { gateway: Arc::clone(&gateway), vault: Arc::clone(self.vault) };
        Payments {
            refund: Arc::new(RefundPayment {
                orders: Arc::clone(self.orders),
                payments: Arc::clone(&payments),
                call: call.clone(),
                settle: settle(),
                vault: Arc::clone(self.vault),
                clock: Arc::clone(self.clock),
                entropy: Arc::clone(self.entropy),
                timing: timing(config),
            }),
            close_deposit: Arc::new(CloseDeposit {
                orders: Arc::clone(self.orders),
                payments: Arc::clone(&payments),
                gateway: Arc::clone(&gateway),
                settle: settle(),
                clock: Arc::clone(self.clock),
                entropy: Arc::clone(self.entropy),
            }),
            show: ShowPayment { orders: Arc::clone(self.orders), payments: Arc::clone(&payments) },
            confirm: ConfirmPayment {
                orders: Arc::clone(self.orders),
                payments: Arc::clone(&payments),
                gateway: Arc::clone(&gateway),
                settle: settle(),
                clock: Arc::clone(self.clock),
                entropy: Arc::clone(self.entropy),
                timing: timing(config),
            },
            reconcile: ReconcilePayments {
                payments: Arc::clone(&payments),
                gateway,
                settle: settle(),
                refund: call,
                clock: Arc::clone(self.clock),
            },
        }
    }
}

fn timing(config: &Config) -> ConfirmTiming {
    let PaymentConfig { check_after, poll } = config.payment;
    ConfirmTiming { check_after, wait: config.toss.total_timeout.saturating_add(SETTLING), poll }
}
