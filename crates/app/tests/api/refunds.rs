//! Money that goes back, through the sandbox's Toss.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{Answer, Shopper, TestApp};

/// A partner that is given up on quickly, so that nobody waits for reconciliation.
const HASTY: [(&str, &str); 3] = [
    ("EF__TOSS__TOTAL_TIMEOUT_MS", "500"),
    ("EF__TOSS__CONNECT_TIMEOUT_MS", "300"),
    ("EF__PAYMENT__CHECK_AFTER_MS", "600"),
];

/// A shopper who paid for two packs, the order's number, and his payment.
struct Sale {
    app: TestApp,
    shopper: Shopper,
    number: i64,
    payment: Value,
}

impl Sale {
    async fn by(method: &str) -> Self {
        Self::in_a_shop(TestApp::start().await, method).await
    }

    async fn in_a_shop(app: TestApp, method: &str) -> Self {
        let (shopper, almonds) = (app.shopper(1).await, app.almonds().await);
        let order = shopper.places_order(&[(almonds, 2)]).await.expect(201);
        let (number, total) = (order["orderNumber"].as_i64().unwrap(), order["totalPrice"].as_i64().unwrap());
        let window = json!({"orderId": number.to_string(), "amount": total, "method": method});
        let key = app.authorises(window).await;
        let payment = shopper.confirms(&key, number, total).await;
        let payment = if payment.status == 200 { payment.expect(200) } else { json!({"transactionId": key}) };
        Self { app, shopper, number, payment }
    }

    /// The same, whose deposit has come.
    async fn deposited() -> Self {
        let mut sale = Self::by("가상계좌").await;
        let lever = format!("payments/{}/deposit", sale.key());
        sale.app.sandbox(&lever, json!({})).await;
        let order = sale.shopper.sees_payment_status(sale.number, "COMPLETED").await;
        sale.payment = order["payment"].clone();
        sale
    }

    fn key(&self) -> &str {
        self.payment["transactionId"].as_str().unwrap()
    }

    async fn cancels(&self, query: &str, body: Value) -> Answer {
        self.shopper.patch(&format!("/api/orders/{}/cancel{query}", self.number), body).await
    }

    async fn takes_back(&self, body: Value) -> Answer {
        self.shopper.post(&format!("/api/payments/toss/{}/cancel", self.payment["id"]), body).await
    }

    /// What the partner has of the payment.
    async fn at_the_partner(&self) -> Value {
        let books = self.app.partners_books().await;
        books.into_iter().find(|payment| payment["paymentKey"] == self.key()).unwrap()
    }

    async fn is_undone(&self) {
        let order = self.shopper.order(self.number).await;
        assert_eq!((&order["status"], &order["paymentStatus"]), (&json!("CANCELLED"), &json!("REFUNDED")));
        assert_eq!(order["payment"]["paymentStatus"], "REFUNDED");
        let partner = self.at_the_partner().await;
        assert_eq!((&partner["status"], &partner["balanceAmount"]), (&json!("CANCELED"), &json!(0)));
        assert_eq!(partner["cancels"].as_array().unwrap().len(), 1, "it went back once");
        let almonds = self.app.almonds().await;
        let ledger =
            "SELECT CAST(SUM(stock_delta) AS INTEGER) FROM stock_ledger WHERE direction IN ('COMMIT', 'RESTOCK')";
        assert_eq!(self.app.counts(ledger).await, 0, "the stock came back once");
        assert_eq!(almonds.stock, almonds.available);
    }

    /// The shop asked the partner about the payment that was settled, and has no further question.
    async fn is_looked_at(&self) {
        let wait = async {
            let looked = "SELECT COUNT(*) FROM payments WHERE checks > 1 AND check_at IS NULL";
            while self.app.counts(looked).await == 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(15), wait).await.expect("nobody looked");
    }

    async fn stands(&self) {
        let order = self.shopper.order(self.number).await;
        assert_eq!((&order["status"], &order["paymentStatus"]), (&json!("CONFIRMED"), &json!("COMPLETED")));
        assert_eq!(order["payment"]["paymentStatus"], "COMPLETED");
        assert_eq!(self.at_the_partner().await["status"], "DONE");
    }
}

fn account() -> Value {
    json!({"refundReceiveAccount": {"bank": "우리은행", "accountNumber": "1002-123-456789", "holderName": "김하늘"}})
}

#[tokio::test]
async fn a_paid_order_is_cancelled_with_its_refund_and_tells_why() {
    let sale = Sale::by("카드").await;
    let order = sale.cancels("?reason=마음이 바뀌었어요", json!({})).await.expect(200);
    assert_eq!((&order["status"], &order["paymentStatus"]), (&json!("CANCELLED"), &json!("REFUNDED")));
    assert_eq!((&order["cancelReason"], &order["cancelledBy"]), (&json!("마음이 바뀌었어요"), &json!("BUYER")));
    assert!(order["cancelledAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!(sale.at_the_partner().await["cancels"][0]["cancelReason"], "마음이 바뀌었어요");
    sale.is_undone().await;
    sale.cancels("", json!({})).await.refused(400, "40300004");
    sale.takes_back(json!({})).await.refused(400, "40400001");
    sale.is_undone().await;
}

#[tokio::test]
async fn a_payment_is_shown_and_given_back_to_its_owner_alone() {
    let sale = Sale::by("카드").await;
    let path = format!("/api/payments/{}", sale.payment["id"]);
    assert_eq!(sale.shopper.get(&path).await.expect(200), sale.payment);
    let back = format!("/api/payments/toss/{}/cancel", sale.payment["id"]);
    let stranger = sale.app.shopper(2).await;
    stranger.get(&path).await.refused(403, "40300003");
    stranger.post(&back, json!({})).await.refused(403, "40300003");
    sale.app.visitor().get(&path).await.refused(401, "40000001");
    sale.app.visitor().post(&back, json!({})).await.refused(401, "40000001");
    sale.shopper.get("/api/payments/999999").await.refused(404, "40000002");
    sale.shopper.get("/api/payments/last").await.refused(400, "40400001");
    sale.shopper.post("/api/payments/toss/999999/cancel", json!({})).await.refused(404, "40000002");
    sale.stands().await;
    // Neither a reason nor a body is needed.
    let payment = sale.shopper.send(reqwest::Method::POST, &back, None, &[]).await.expect(200);
    assert_eq!(payment["paymentStatus"], "REFUNDED");
    assert!(payment["refundedAt"].as_str().unwrap().ends_with('Z'));
    assert!(!sale.at_the_partner().await["cancels"][0]["cancelReason"].as_str().unwrap().is_empty());
    sale.is_undone().await;
}

#[tokio::test]
async fn two_ways_of_giving_back_at_once_give_back_once() {
    let sale = Sale::by("카드").await;
    let (one, other, third) =
        tokio::join!(sale.cancels("", json!({})), sale.takes_back(json!({})), sale.cancels("", json!({})));
    assert!([&one, &other, &third].iter().any(|answer| answer.status == 200));
    for answer in [one, other, third] {
        assert!(answer.status == 200 || answer.status == 400, "{}", answer.text);
    }
    sale.is_undone().await;
}

#[tokio::test]
async fn a_parcel_that_left_is_not_taken_back_from_here() {
    let sale = Sale::by("카드").await;
    sale.app.tampers("UPDATE orders SET status = 'SHIPPED', shipped_at = paid_at, version = version + 1").await;
    sale.cancels("", json!({})).await.refused(400, "40300004");
    sale.takes_back(json!({})).await.refused(400, "40300004");
    assert_eq!(sale.at_the_partner().await["status"], "DONE");
}

#[tokio::test]
async fn an_answer_that_got_lost_is_not_a_refusal() {
    for fault in ["execute_then_500", "execute_then_drop", "refuse_500"] {
        let sale = Sale::in_a_shop(TestApp::start_with(&HASTY).await, "카드").await;
        sale.app.breaks("cancel", fault).await;
        let answer = sale.cancels("?reason=변심", json!({})).await;
        if answer.status != 200 {
            answer.refused(504, "50400001");
        }
        let order = sale.shopper.sees_payment_status(sale.number, "REFUNDED").await;
        assert_eq!((&order["cancelReason"], &order["cancelledBy"]), (&json!("변심"), &json!("BUYER")), "{fault}");
        sale.is_undone().await;
    }
}

#[tokio::test]
async fn whoever_gave_back_already_at_the_console_is_believed_after_a_look() {
    let sale = Sale::by("카드").await;
    let lever = format!("payments/{}/dashboard-cancel", sale.key());
    sale.app.sandbox(&lever, json!({"reason": "고객 요청"})).await;
    let order = sale.shopper.sees_payment_status(sale.number, "REFUNDED").await;
    assert_eq!(order["cancelledBy"], "PARTNER");
    sale.is_undone().await;
}

#[tokio::test]
async fn a_notice_that_is_made_up_undoes_nothing() {
    let sale = Sale::by("카드").await;
    let data = json!({"orderId": sale.number.to_string(), "paymentKey": sale.key(), "status": "CANCELED"});
    for _ in 0..3 {
        let notice = json!({"eventType": "PAYMENT_STATUS_CHANGED", "data": data});
        sale.app.visitor().post("/api/webhooks/toss", notice).await.expect(200);
    }
    sale.is_looked_at().await;
    sale.stands().await;
}

#[tokio::test]
async fn a_part_that_went_back_at_the_console_is_left_to_a_human() {
    let sale = Sale::by("카드").await;
    let lever = format!("payments/{}/dashboard-cancel", sale.key());
    sale.app.sandbox(&lever, json!({"amount": 100, "reason": "일부"})).await;
    sale.is_looked_at().await;
    let order = sale.shopper.order(sale.number).await;
    assert_eq!((&order["status"], &order["paymentStatus"]), (&json!("CONFIRMED"), &json!("COMPLETED")));
    // The rest goes back on request, and with it the order.
    sale.cancels("", json!({})).await.expect(200);
    assert_eq!(sale.at_the_partner().await["balanceAmount"], 0);
}

#[tokio::test]
async fn whoever_is_to_transfer_sees_where_to_and_may_think_better_of_it() {
    let sale = Sale::by("가상계좌").await;
    let order = sale.shopper.order(sale.number).await;
    let deposit = &order["deposit"];
    assert_eq!(deposit["amount"], order["totalPrice"]);
    let partner = sale.at_the_partner().await;
    assert_eq!(deposit["accountNumber"], partner["virtualAccount"]["accountNumber"]);
    assert_eq!(deposit["holderName"], partner["virtualAccount"]["customerName"]);
    assert!(!deposit["bank"].as_str().unwrap().is_ascii(), "{deposit}");
    assert!(deposit["dueAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!((&order["status"], &order["payment"]), (&json!("PENDING"), &Value::Null));

    let order = sale.cancels("?reason=다른 걸로 살게요", json!({})).await.expect(200);
    assert_eq!((&order["status"], &order["paymentStatus"]), (&json!("CANCELLED"), &json!("FAILED")));
    assert_eq!(sale.at_the_partner().await["status"], "CANCELED", "no deposit can come any more");
    let almonds = sale.app.almonds().await;
    assert_eq!(almonds.stock, almonds.available);
    sale.cancels("", json!({})).await.refused(400, "40300004");
}

#[tokio::test]
async fn a_cancellation_of_which_the_partner_said_nothing_is_carried_through_in_its_buyers_name() {
    for fault in ["refuse_500", "execute_then_500", "execute_then_drop"] {
        let sale = Sale::by("가상계좌").await;
        sale.app.breaks("cancel", fault).await;
        // Whether the partner's own notice is faster than the error is up to the two of them.
        let answer = sale.cancels("?reason=다른 걸로 살게요", json!({})).await;
        assert!([200, 504].contains(&answer.status), "{fault}: {}", answer.status);
        let order = sale.shopper.sees_payment_status(sale.number, "FAILED").await;
        assert_eq!(order["status"], "CANCELLED", "{fault}");
        assert_eq!(
            (&order["cancelledBy"], &order["cancelReason"]),
            (&json!("BUYER"), &json!("다른 걸로 살게요")),
            "{fault}"
        );
        assert_eq!(sale.at_the_partner().await["status"], "CANCELED", "{fault}");
        let almonds = sale.app.almonds().await;
        assert_eq!(almonds.stock, almonds.available, "{fault}");
        assert_eq!(sale.app.counts("SELECT COUNT(*) FROM outbox WHERE event = 'ORDER_EXPIRED'").await, 0, "{fault}");
    }
}

#[tokio::test]
async fn an_order_whose_cancellation_nobody_heard_the_end_of_is_cancelled_again_like_the_first_time() {
    let (app, _) = TestApp::start_with_clock().await;
    let sale = Sale::in_a_shop(app, "가상계좌").await;
    // Nothing happened at the partner, twice: at the call, and when reconciliation asked again at once.
    sale.app.sandbox("faults", json!({"on": "cancel", "kind": "refuse_500", "times": 2})).await;
    sale.cancels("?reason=다른 걸로 살게요", json!({})).await.refused(504, "50400001");
    let order = sale.shopper.order(sale.number).await;
    assert_eq!((&order["status"], &order["cancelledBy"]), (&json!("PENDING"), &Value::Null));
    assert!(order["deposit"]["accountNumber"].is_string(), "{order}");
    let checked = async {
        while sale.app.counts("SELECT COUNT(*) FROM payments WHERE checks = 1").await == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    tokio::time::timeout(Duration::from_secs(15), checked).await.expect("nobody asked again");
    let order = sale.cancels("?reason=두 번째", json!({})).await.expect(200);
    assert_eq!((&order["status"], &order["cancelledBy"]), (&json!("CANCELLED"), &json!("BUYER")));
    assert_eq!(order["cancelReason"], "다른 걸로 살게요", "the first wish stands");
}

#[tokio::test]
async fn an_account_that_is_closed_at_the_console_was_not_missed() {
    let sale = Sale::by("가상계좌").await;
    let lever = format!("payments/{}/dashboard-cancel", sale.key());
    sale.app.sandbox(&lever, json!({"reason": "콘솔"})).await;
    let order = sale.shopper.sees_payment_status(sale.number, "FAILED").await;
    assert_eq!((&order["status"], &order["cancelledBy"]), (&json!("CANCELLED"), &json!("PARTNER")));
    assert_eq!(sale.app.counts("SELECT COUNT(*) FROM outbox WHERE event = 'ORDER_EXPIRED'").await, 0);
}

#[tokio::test]
async fn a_deposit_goes_back_to_the_account_that_is_given_and_to_no_other() {
    let sale = Sale::deposited().await;
    sale.takes_back(json!({})).await.refused(400, "40400004");
    sale.cancels("", json!({})).await.refused(400, "40400004");
    let half = json!({"refundReceiveAccount": {"bank": "20", "accountNumber": "12"}});
    let wrong = sale.takes_back(half).await.refused(400, "40400001");
    assert_eq!(wrong[0]["field"], "refundReceiveAccount.holderName", "{wrong}");
    sale.stands().await;
    let payment = sale.takes_back(account()).await.expect(200);
    assert_eq!(payment["paymentStatus"], "REFUNDED");
    let given = &sale.at_the_partner().await["virtualAccount"]["refundReceiveAccount"];
    assert_eq!(given["accountNumber"], "1002123456789");
    assert_eq!(sale.app.counts("SELECT COUNT(*) FROM payments WHERE refund_account IS NOT NULL").await, 0);
    sale.is_undone().await;
}
