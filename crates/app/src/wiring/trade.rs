//! Orders and their payments, from their ports to their use cases.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::order::{CancelOrder, ExpireOrders, HoldTime, OrderRepository, PlaceOrder, TrackOrders};
use ef_domain::payment::{
    ConfirmPayment, ConfirmTiming, DepositHold, PaymentGateway, PaymentRepository, ReconcilePayments, SettlePayment,
};
use ef_domain::shared::{Clock, Entropy};
use ef_sql::{Database, SqlOfferQueries, SqlOrderQueries, SqlPaymentRepository};

use crate::config::{Config, PaymentConfig};
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
}

impl Till<'_> {
    pub(super) fn orders(&self, config: &Config) -> Orders {
        Orders {
            place: PlaceOrder {
                offers: Arc::new(SqlOfferQueries::new(self.database.clone())),
                orders: Arc::clone(self.orders),
                clock: Arc::clone(self.clock),
                entropy: Arc::clone(self.entropy),
                hold: HoldTime(config.order.hold),
            },
            cancel: CancelOrder { orders: Arc::clone(self.orders), clock: Arc::clone(self.clock) },
            track: TrackOrders { orders: Arc::new(SqlOrderQueries::new(self.database.clone())) },
            expire: ExpireOrders { orders: Arc::clone(self.orders), clock: Arc::clone(self.clock) },
        }
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
        Payments {
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
                clock: Arc::clone(self.clock),
            },
        }
    }
}

fn timing(config: &Config) -> ConfirmTiming {
    let PaymentConfig { check_after, poll } = config.payment;
    ConfirmTiming { check_after, wait: config.toss.total_timeout.saturating_add(SETTLING), poll }
}
