//! Orders as administrators get them.

use ef_domain::order::{
    BuyerCard, CancelCause, Cancellation, DeskAction, DeskPage, Goods, LedgerMove, Order, OrderCard, OrderFile,
    OrderState, OrderStatus, Parcel, RefundRequest,
};
use ef_domain::payment::{Payment, PaymentState};
use ef_domain::shared::{MoneyError, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::openapi::words;
use super::super::orders::{OrderSummaryView, OrderView};
use super::super::query::PageInfo;
use super::super::view::Pictures;

/// One page of all orders.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeskPageView {
    orders: Vec<OrderCardView>,
    page_info: PageInfo,
    status_counts: StatusCountsView,
}

/// How many orders of each status there are, whatever status was asked for; everything else that was asked for holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
struct StatusCountsView {
    pending: u64,
    confirmed: u64,
    shipped: u64,
    delivered: u64,
    cancelled: u64,
}

impl DeskPageView {
    /// That page.
    pub fn new(found: DeskPage, pictures: &Pictures) -> Self {
        let count = |status: OrderStatus| found.by_status.get(status.name()).copied().unwrap_or_default();
        let status_counts = StatusCountsView {
            pending: count(OrderStatus::Pending),
            confirmed: count(OrderStatus::Confirmed),
            shipped: count(OrderStatus::Shipped),
            delivered: count(OrderStatus::Delivered),
            cancelled: count(OrderStatus::Cancelled),
        };
        let page_info = PageInfo::of(&found.page);
        let orders = found.page.rows.into_iter().map(|card| OrderCardView::new(card, pictures)).collect();
        Self { orders, page_info, status_counts }
    }
}

/// An order in the list: what its buyer sees of it, and what the shop wants to know besides.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrderCardView {
    #[serde(flatten)]
    order: OrderSummaryView,
    admin: OrderCardNotesView,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrderCardNotesView {
    buyer: BuyerView,
    #[schema(format = DateTime)]
    placed_at: String,
    /// Whether the money is on the way back.
    refunding: bool,
    version: i64,
}

impl OrderCardView {
    fn new(card: OrderCard, pictures: &Pictures) -> Self {
        let admin = OrderCardNotesView {
            buyer: card.buyer.into(),
            placed_at: card.summary.placed_at.to_string(),
            refunding: card.is_refunding,
            version: card.version.get(),
        };
        Self { order: OrderSummaryView::new(card.summary, pictures), admin }
    }
}

/// Who bought. Of a closed account only its number is left.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BuyerView {
    id: i64,
    name: String,
    #[schema(required)]
    email: Option<String>,
    #[schema(required)]
    phone_number: Option<String>,
    #[schema(required, format = DateTime)]
    closed_at: Option<String>,
}

impl From<BuyerCard> for BuyerView {
    fn from(buyer: BuyerCard) -> Self {
        Self {
            id: buyer.id.get(),
            name: buyer.name,
            email: buyer.email,
            phone_number: buyer.phone,
            closed_at: text(buyer.closed_at),
        }
    }
}

/// Everything about one order: what its buyer sees of it, and what only the shop does.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderFileView {
    #[serde(flatten)]
    order: OrderView,
    admin: OrderNotesView,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrderNotesView {
    buyer: BuyerView,
    /// Where it stands, in the shop's words.
    state: &'static str,
    state_text: &'static str,
    version: i64,
    moments: MomentsView,
    /// How it ended.
    #[schema(required)]
    cancellation: Option<CancellationView>,
    /// The refund that is under way.
    #[schema(required)]
    refund: Option<RefundView>,
    /// Every attempt to take its money, the earliest first.
    payments: Vec<AttemptView>,
    /// Every move of stock, the earliest first.
    stock_moves: Vec<StockMoveView>,
    /// What may be done to it now.
    #[schema(value_type = Vec<words::DeskAction>)]
    actions: Vec<&'static str>,
    /// Where the audit trail of it is.
    audit: String,
}

impl OrderFileView {
    /// That order.
    pub fn try_new(file: OrderFile, pictures: &Pictures) -> Result<Self, MoneyError> {
        let OrderFile { order, detail, background, actions } = file;
        let name = background.ended_by_name;
        let (cancellation, refund) = match &order.state {
            OrderState::Cancelled(end) => (Some(CancellationView::new(end, name)), None),
            OrderState::Refunding { request, .. } => (None, Some(RefundView::new(request, name))),
            OrderState::AwaitingPayment { .. }
            | OrderState::Paying { .. }
            | OrderState::AwaitingDeposit { .. }
            | OrderState::Paid { .. }
            | OrderState::Shipped { .. }
            | OrderState::Delivered { .. } => (None, None),
        };
        let admin = OrderNotesView {
            buyer: background.buyer.into(),
            state: order.state.name(),
            state_text: state_text(&order.state),
            version: order.version.get(),
            moments: MomentsView::of(&order),
            cancellation,
            refund,
            payments: background.payments.into_iter().map(AttemptView::from).collect(),
            stock_moves: background.moves.iter().map(|step| StockMoveView::new(step, &order)).collect(),
            actions: actions.into_iter().map(DeskAction::name).collect(),
            audit: format!("/api/admin/audit?subject=order&id={}", order.id),
        };
        Ok(Self { order: OrderView::try_new(detail, pictures)?, admin })
    }
}

/// When what happened to it.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MomentsView {
    #[schema(format = DateTime)]
    placed_at: String,
    /// Until when an order that is not paid holds its stock.
    #[schema(required, format = DateTime)]
    holds_until: Option<String>,
    #[schema(required, format = DateTime)]
    paid_at: Option<String>,
    #[schema(required, format = DateTime)]
    shipped_at: Option<String>,
    #[schema(required, format = DateTime)]
    delivered_at: Option<String>,
    #[schema(required, format = DateTime)]
    cancelled_at: Option<String>,
}

impl MomentsView {
    fn of(order: &Order) -> Self {
        let placed = Self { placed_at: order.placed_at.to_string(), ..Self::default() };
        let sold = |paid_at: Timestamp, parcel: Parcel, placed: Self| {
            let (shipped_at, delivered_at) = parcel.moments();
            Self {
                paid_at: Some(paid_at.to_string()),
                shipped_at: text(shipped_at),
                delivered_at: text(delivered_at),
                ..placed
            }
        };
        match &order.state {
            OrderState::AwaitingPayment { expires_at: until }
            | OrderState::Paying { expires_at: until, .. }
            | OrderState::AwaitingDeposit { due_at: until, .. } => {
                Self { holds_until: Some(until.to_string()), ..placed }
            }
            OrderState::Paid { paid_at, .. } => sold(*paid_at, Parcel::AtTheShop, placed),
            OrderState::Shipped { paid_at, shipped_at, .. } => {
                sold(*paid_at, Parcel::Underway { shipped_at: *shipped_at }, placed)
            }
            OrderState::Delivered { paid_at, shipped_at, delivered_at, .. } => {
                let parcel = Parcel::Arrived { shipped_at: *shipped_at, delivered_at: *delivered_at };
                sold(*paid_at, parcel, placed)
            }
            OrderState::Refunding { paid_at, parcel, .. } => sold(*paid_at, *parcel, placed),
            OrderState::Cancelled(end) => {
                let cancelled_at = Some(end.at.to_string());
                let placed = Self { cancelled_at, ..placed };
                match &end.cause {
                    CancelCause::Refunded { paid_at, parcel, .. } => sold(*paid_at, *parcel, placed),
                    CancelCause::ByBuyer
                    | CancelCause::ByShop
                    | CancelCause::Expired
                    | CancelCause::Superseded
                    | CancelCause::DepositMissed => placed,
                }
            }
        }
    }
}

/// How an order ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CancellationView {
    #[schema(value_type = words::CancelCause)]
    cause: &'static str,
    #[schema(value_type = words::Party)]
    by: &'static str,
    #[schema(required)]
    administrator_id: Option<i64>,
    #[schema(required)]
    administrator_name: Option<String>,
    #[schema(required)]
    reason: Option<String>,
    #[schema(format = DateTime)]
    at: String,
}

impl CancellationView {
    fn new(end: &Cancellation, administrator_name: Option<String>) -> Self {
        Self {
            cause: end.cause.name(),
            by: end.by.name(),
            administrator_id: end.by.administrator().map(UserId::get),
            administrator_name,
            reason: end.reason.clone(),
            at: end.at.to_string(),
        }
    }
}

/// A refund that is under way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RefundView {
    #[schema(value_type = words::Party)]
    by: &'static str,
    #[schema(required)]
    administrator_id: Option<i64>,
    #[schema(required)]
    administrator_name: Option<String>,
    reason: String,
    /// Whether the goods return to the shelf.
    restock: bool,
}

impl RefundView {
    fn new(request: &RefundRequest, administrator_name: Option<String>) -> Self {
        Self {
            by: request.by.name(),
            administrator_id: request.by.administrator().map(UserId::get),
            administrator_name,
            reason: request.reason.clone(),
            restock: request.goods == Goods::BackOnTheShelf,
        }
    }
}

/// An attempt to take an order's money.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AttemptView {
    id: i64,
    transaction_id: String,
    /// Where it stands, in the shop's words.
    state: &'static str,
    #[schema(value_type = words::PaymentStatus)]
    payment_status: &'static str,
    #[schema(required, value_type = Option<words::PaymentMethod>)]
    payment_method: Option<&'static str>,
    amount: i64,
    #[schema(format = DateTime)]
    requested_at: String,
    /// Until when a deposit may come.
    #[schema(required, format = DateTime)]
    due_at: Option<String>,
    #[schema(required, format = DateTime)]
    paid_at: Option<String>,
    #[schema(required, format = DateTime)]
    refunded_at: Option<String>,
    /// The partner's code of a refusal.
    #[schema(required)]
    decline_code: Option<String>,
    /// Why the money goes back.
    #[schema(required)]
    refund_cause: Option<&'static str>,
}

impl From<Payment> for AttemptView {
    fn from(payment: Payment) -> Self {
        let attempt = Self {
            id: payment.id.get(),
            transaction_id: payment.key.as_str().to_owned(),
            state: payment.state.name(),
            payment_status: payment.state.status().name(),
            payment_method: None,
            amount: payment.amount.get(),
            requested_at: payment.requested_at.to_string(),
            due_at: None,
            paid_at: None,
            refunded_at: None,
            decline_code: None,
            refund_cause: None,
        };
        match payment.state {
            PaymentState::Requested => attempt,
            PaymentState::AwaitingDeposit(deposit) => Self { due_at: Some(deposit.due_at.to_string()), ..attempt },
            PaymentState::Declined { code, .. } => Self { decline_code: Some(code), ..attempt },
            PaymentState::Approved { method, approved_at } => {
                Self { payment_method: Some(method.name()), paid_at: Some(approved_at.to_string()), ..attempt }
            }
            PaymentState::RefundDue { method, approved_at, cause, .. } => Self {
                payment_method: Some(method.name()),
                paid_at: Some(approved_at.to_string()),
                refund_cause: Some(cause.name()),
                ..attempt
            },
            PaymentState::Refunded { method, approved_at, refunded_at } => Self {
                payment_method: Some(method.name()),
                paid_at: Some(approved_at.to_string()),
                refunded_at: Some(refunded_at.to_string()),
                ..attempt
            },
        }
    }
}

/// A move of stock that the order caused.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StockMoveView {
    variant_id: i64,
    #[schema(required)]
    product_name: Option<String>,
    #[schema(required)]
    variant_name: Option<String>,
    direction: &'static str,
    /// What it added to the pieces on the shelf.
    stock: i64,
    /// What it added to the pieces that are held.
    reserved: i64,
    #[schema(format = DateTime)]
    at: String,
}

impl StockMoveView {
    fn new(step: &LedgerMove, order: &Order) -> Self {
        let line = order.lines.iter().find(|line| line.variant == step.variant);
        Self {
            variant_id: step.variant.get(),
            product_name: line.map(|line| line.product_name.clone()),
            variant_name: line.map(|line| line.variant_name.clone()),
            direction: step.direction.name(),
            stock: step.stock,
            reserved: step.reserved,
            at: step.at.to_string(),
        }
    }
}

/// What people of the shop call a state.
pub fn state_text(state: &OrderState) -> &'static str {
    match state {
        OrderState::AwaitingPayment { .. } => "결제 대기",
        OrderState::Paying { .. } => "결제 확인 중",
        OrderState::AwaitingDeposit { withdrawal: None, .. } => "입금 대기",
        OrderState::AwaitingDeposit { withdrawal: Some(_), .. } => "취소 처리 중",
        OrderState::Paid { .. } => "결제 완료",
        OrderState::Shipped { .. } => "배송 중",
        OrderState::Delivered { .. } => "배송 완료",
        OrderState::Refunding { .. } => "환불 진행 중",
        OrderState::Cancelled(_) => "취소됨",
    }
}

fn text(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}
