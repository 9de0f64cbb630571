//! Every state times every action, printed as `docs/states.md`: the committed table is the expectation.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fmt::Write;
use std::path::Path;

use ef_domain::account::Phone;
use ef_domain::order::{
    Action, CancelCause, Cancellation, Decision, Goods, Order, OrderLine, OrderNumber, OrderState,
    OrderTransitionError, Parcel, Party, PostalCode, Recipient, RefundRequest, StockMove, Withdrawal,
};
use ef_domain::payment::PaymentKey;
use ef_domain::shared::{OrderId, ProductId, Quantity, Timestamp, UserId, VariantId, Version, Won};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000).unwrap()
}

fn key(text: &str) -> PaymentKey {
    PaymentKey::parse(text).unwrap()
}

/// Now, in every case below. A live hold ends later, a due one ended earlier.
const NOW: i64 = 1000;

/// Every state that behaves differently, under the name that the table gives it.
fn states() -> Vec<(&'static str, OrderState)> {
    let payment = key("pay-1");
    let paid_at = at(500);
    let cancelled = |cause| OrderState::Cancelled(Cancellation { at: at(600), cause, by: Party::Shop, reason: None });
    let refunding = |parcel, goods| OrderState::Refunding {
        payment: key("pay-1"),
        paid_at,
        parcel,
        request: RefundRequest { by: Party::Administrator(UserId::new(1)), reason: "변심".to_owned(), goods },
    };
    let awaiting_deposit = |withdrawal| {
        let (payment, due_at) = (key("pay-1"), at(NOW + 1));
        OrderState::AwaitingDeposit { payment, due_at, withdrawal }
    };
    vec![
        ("awaiting payment", OrderState::AwaitingPayment { expires_at: at(NOW + 1) }),
        ("awaiting payment, due", OrderState::AwaitingPayment { expires_at: at(NOW) }),
        ("paying", OrderState::Paying { expires_at: at(NOW + 1), payment: payment.clone() }),
        ("paying, due", OrderState::Paying { expires_at: at(NOW), payment: payment.clone() }),
        ("awaiting deposit", awaiting_deposit(None)),
        ("awaiting deposit, withdrawn", awaiting_deposit(Some(Withdrawal { by: Party::Buyer, reason: None }))),
        ("paid", OrderState::Paid { payment: payment.clone(), paid_at }),
        ("shipped", OrderState::Shipped { payment: payment.clone(), paid_at, shipped_at: at(550) }),
        (
            "delivered",
            OrderState::Delivered { payment: payment.clone(), paid_at, shipped_at: at(550), delivered_at: at(560) },
        ),
        ("refunding, not shipped", refunding(Parcel::AtTheShop, Goods::BackOnTheShelf)),
        ("refunding, shipped", refunding(Parcel::Underway { shipped_at: at(550) }, Goods::Gone)),
        (
            "refunding, delivered",
            refunding(Parcel::Arrived { shipped_at: at(550), delivered_at: at(560) }, Goods::BackOnTheShelf),
        ),
        ("cancelled by buyer", cancelled(CancelCause::ByBuyer)),
        ("cancelled by shop", cancelled(CancelCause::ByShop)),
        ("cancelled, expired", cancelled(CancelCause::Expired)),
        ("cancelled, superseded", cancelled(CancelCause::Superseded)),
        ("cancelled, deposit missed", cancelled(CancelCause::DepositMissed)),
        ("cancelled, refunded", cancelled(CancelCause::Refunded { payment, paid_at, parcel: Parcel::AtTheShop })),
    ]
}

fn order(state: OrderState) -> Order {
    Order {
        id: OrderId::new(42),
        number: OrderNumber::try_new(4242).unwrap(),
        buyer: UserId::new(7),
        recipient: Recipient {
            name: "김건강".to_owned(),
            phone: Phone::parse("010-1234-5678").unwrap(),
            postal_code: PostalCode::parse("12345").unwrap(),
            address_line1: "서울".to_owned(),
            address_line2: None,
        },
        lines: vec![OrderLine {
            product: ProductId::new(1),
            variant: VariantId::new(5),
            product_name: "아몬드".to_owned(),
            variant_name: "200g".to_owned(),
            image: None,
            quantity: Quantity::try_new(2).unwrap(),
            price: Won::try_new(8500).unwrap(),
        }],
        total: Won::try_new(17_000).unwrap(),
        placed_at: at(0),
        state,
        version: Version::new(3),
    }
}

fn act(order: &Order, action: Action, payment: &PaymentKey) -> Result<Decision, OrderTransitionError> {
    let now = at(NOW);
    match action {
        Action::OpenPayment => order.open_payment(payment, now),
        Action::Approve => order.approve(payment, now),
        Action::Decline => order.decline(payment),
        Action::AwaitDeposit => order.await_deposit(payment, at(NOW + 5000)),
        Action::Cancel => order.cancel(None, now),
        Action::Expire => order.expire(now),
        Action::Supersede => order.supersede(now),
        Action::Withdraw => order.withdraw(&Withdrawal { by: Party::Buyer, reason: None }),
        Action::CloseDeposit => order.close_deposit(payment, now),
        Action::Ship => order.ship(now),
        Action::Deliver => order.deliver(now),
        Action::CallOff => order.call_off(UserId::new(1), None, now),
        Action::OpenRefund => order.open_refund(&RefundRequest {
            by: Party::Administrator(UserId::new(1)),
            reason: "변심".to_owned(),
            goods: Goods::BackOnTheShelf,
        }),
        Action::RefuseRefund => order.refuse_refund(payment),
        Action::Refund => order.refund(payment, None, now),
    }
}

fn cell(order: &Order, action: Action, payment: &PaymentKey) -> String {
    match act(order, action, payment) {
        Ok(Decision::AlreadyDone) => "so already".to_owned(),
        Ok(Decision::Apply(change)) => {
            let stock = match change.stock().direction() {
                StockMove::None => String::new(),
                direction => format!(", {}", direction.name().to_lowercase()),
            };
            format!("**{}**{stock}", change.next().name())
        }
        Err(error) => {
            assert_eq!((error.order, error.from, error.attempted), (order.id, order.state.name(), action));
            "-".to_owned()
        }
    }
}

fn table() -> String {
    let mut text = "# The states of an order\n\n\
        Printed from `ef_domain::order::OrderState` by `cargo xtask states`; a test compares. A row is where an order \
        stands, a column what is attempted, a cell where it leads and what happens to the stock. `-` is refused, \
        `so already` is the same fact told twice. `due` means that the hold has ended. A refund is opened by an administrator \
        here; a buyer may open one only while the order is *paid*. Actions that name a payment \
        name the one that the order knows; with any other payment none of them leads anywhere but *open payment*.\n\n"
        .to_owned();
    for actions in Action::ALL.chunks(8) {
        write!(text, "| from |").unwrap();
        for action in actions {
            write!(text, " {} |", action.name()).unwrap();
        }
        write!(text, "\n|{}\n", " --- |".repeat(actions.len() + 1)).unwrap();
        for (name, state) in states() {
            let order = order(state);
            write!(text, "| {name} |").unwrap();
            for action in actions {
                write!(text, " {} |", cell(&order, *action, &key("pay-1"))).unwrap();
            }
            text.push('\n');
        }
        text.push('\n');
    }
    text.push_str("On the wire and in the columns `orders.status` and `orders.payment_status`:\n\n");
    text.push_str("| state | status | payment status |\n| --- | --- | --- |\n");
    for (name, state) in states() {
        writeln!(text, "| {name} | {} | {} |", state.status().name(), state.payment_status().name()).unwrap();
    }
    text
}

#[test]
fn the_committed_table_is_what_the_code_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/states.md");
    let printed = table();
    if std::env::var_os("EF_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, printed, "docs/states.md differs from the code: run `cargo xtask states` and read the diff");
}

#[test]
fn another_payment_never_moves_an_order() {
    let actions = [Action::Approve, Action::AwaitDeposit, Action::CloseDeposit, Action::RefuseRefund, Action::Refund];
    for (name, state) in states() {
        for action in actions {
            let outcome = act(&order(state.clone()), action, &key("pay-2"));
            let told_already = action == Action::CloseDeposit && name == "cancelled, deposit missed";
            assert!(outcome.is_err() || told_already, "{name}: {action:?} with another payment gave {outcome:?}");
        }
    }
}

#[test]
fn a_change_carries_the_version_it_was_decided_on() {
    for (name, state) in states() {
        let order = order(state);
        for action in Action::ALL {
            if let Ok(Decision::Apply(change)) = act(&order, action, &key("pay-1")) {
                assert_eq!(change.version(), order.version, "{name}, {action:?}");
                assert_eq!(change.applied_to(&order).version, order.version.next(), "{name}, {action:?}");
            }
        }
    }
}
