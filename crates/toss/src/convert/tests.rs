use serde_json::json;

use super::*;

fn key() -> PaymentKey {
    PaymentKey::parse("tgen_1").unwrap()
}

/// A payment that is done, with some fields changed; `null` stands for a field that is missing.
fn payment(changes: &Value) -> PaymentWire {
    let mut document = json!({
        "paymentKey": "tgen_1", "orderId": "4503599627370496", "status": "DONE", "method": "카드", "currency": "KRW",
        "totalAmount": 1000, "balanceAmount": 1000, "approvedAt": "2026-11-22T22:00:41+09:00",
        "easyPay": null, "virtualAccount": null, "somethingNew": {"deep": [1, 2, 3]},
    });
    let fields = document.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        fields.insert(name.clone(), value.clone());
    }
    serde_json::from_value(document).unwrap()
}

fn view_of(changes: &Value) -> Result<PartnerView, Unreadable> {
    view(&key(), &payment(changes))
}

fn approval_of(changes: &Value) -> Approval {
    match view_of(changes) {
        Ok(PartnerView::Approved(approval)) => approval,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_done_payment_is_approved_with_what_it_was_for() {
    let approval = approval_of(&json!({}));
    assert_eq!(approval.order, Some(OrderNumber::try_new(4_503_599_627_370_496).unwrap()));
    assert_eq!(approval.amount, Some(Won::try_new(1000).unwrap()));
    assert_eq!(approval.method, PaymentMethod::CreditCard);
    assert_eq!(approval.approved_at.to_string(), "2026-11-22T13:00:41.000Z");
}

#[test]
fn every_status_means_what_the_partner_says_it_means() {
    let closed = |code: &str| PartnerView::Closed { code: code.to_owned() };
    let unclear = |code: &str| PartnerView::Unclear { code: code.to_owned() };
    for (status, balance, view) in [
        ("READY", 1000, PartnerView::Unconfirmed),
        ("IN_PROGRESS", 1000, PartnerView::Unconfirmed),
        ("CANCELED", 0, closed("CANCELED")),
        ("ABORTED", 1000, closed("ABORTED")),
        ("EXPIRED", 1000, closed("EXPIRED")),
        ("PARTIAL_CANCELED", 0, closed("PARTIAL_CANCELED")),
        ("PARTIAL_CANCELED", 1, unclear("PARTIAL_CANCELED")),
        ("SETTLED_ON_MARS", 1000, unclear("SETTLED_ON_MARS")),
    ] {
        assert_eq!(view_of(&json!({"status": status, "balanceAmount": balance})), Ok(view));
    }
}

#[test]
fn a_waiting_account_has_a_due_date() {
    let waiting = |account: Value| view_of(&json!({"status": "WAITING_FOR_DEPOSIT", "virtualAccount": account}));
    let Ok(PartnerView::DepositPending(deposit)) = waiting(json!({"dueDate": "2026-11-29T22:00:00"})) else {
        panic!("no account")
    };
    assert_eq!((deposit.due_at.to_string().as_str(), deposit.account), ("2026-11-29T13:00:00.000Z", None));
    assert_eq!(waiting(Value::Null), Err(Unreadable("virtual account")));
    assert_eq!(waiting(json!({"dueDate": "next week"})), Err(Unreadable("due date")));
}

#[test]
fn a_waiting_account_says_where_to_transfer_to_whole_or_not_at_all() {
    let account = |bank: Value, number: &str, name: &str| {
        let account = json!({
            "dueDate": "2026-11-29T22:00:00", "bankCode": bank, "accountNumber": number, "customerName": name
        });
        match view_of(&json!({"status": "WAITING_FOR_DEPOSIT", "virtualAccount": account})) {
            Ok(PartnerView::DepositPending(deposit)) => deposit.account,
            other => panic!("{other:?}"),
        }
    };
    let expected =
        DepositAccount { bank: "20".to_owned(), number: "X65056".to_owned(), holder: "김하늘".to_owned() };
    assert_eq!(account(json!("20"), " X65056 ", "김하늘"), Some(expected));
    assert_eq!(account(Value::Null, "X65056", "김하늘"), None);
    assert_eq!(account(json!("20"), "", "김하늘"), None);
    assert_eq!(account(json!("20"), "X65056", &"김".repeat(101)), None);
}

#[test]
fn a_moment_without_an_offset_is_korean() {
    for (text, utc) in [
        ("2026-11-22T22:00:41+09:00", "2026-11-22T13:00:41.000Z"),
        ("2026-11-22T22:00:41", "2026-11-22T13:00:41.000Z"),
        ("2026-11-22T22:00:41.65327", "2026-11-22T13:00:41.653Z"),
        ("2026-11-22T13:00:41Z", "2026-11-22T13:00:41.000Z"),
    ] {
        assert_eq!(moment(text).unwrap().to_string(), utc, "{text}");
    }
    for text in ["", "2026-11-22", "22:00:41", "2026-13-22T22:00:41"] {
        assert_eq!(moment(text), None, "{text}");
    }
}

#[test]
fn an_amount_is_whole_won_or_none() {
    let amount =
        |value: Value, currency: &str| approval_of(&json!({"totalAmount": value, "currency": currency})).amount;
    assert_eq!(amount(json!(17_000), "KRW"), Some(Won::try_new(17_000).unwrap()));
    assert_eq!(amount(json!(17_000.0), "KRW"), Some(Won::try_new(17_000).unwrap()));
    assert_eq!(amount(json!(0), "KRW"), Some(Won::ZERO));
    for strange in [json!(999.5), json!(-1), json!("1000"), json!(1e30), json!(9_007_199_254_740_993_i64), json!([])] {
        assert_eq!(amount(strange.clone(), "KRW"), None, "{strange}");
    }
    assert_eq!(amount(json!(10), "USD"), None);
}

#[test]
fn an_order_id_is_a_number_of_ours_or_none() {
    let order = |text: &str| approval_of(&json!({"orderId": text})).order;
    assert!(order("4503599627370496").is_some());
    for strange in ["", "order-000001", "+45035996273704", "0045035996273704", "45035996273704 ", "99999999999999999"] {
        assert_eq!(order(strange), None, "{strange}");
    }
}

#[test]
fn a_document_that_lacks_what_matters_is_unreadable_and_not_a_refusal() {
    for (field, missing) in [
        ("orderId", "order id"),
        ("currency", "currency"),
        ("totalAmount", "total amount"),
        ("approvedAt", "moment of approval"),
    ] {
        assert_eq!(view_of(&json!({field: null})), Err(Unreadable(missing)));
    }
    assert_eq!(view_of(&json!({"status": "PARTIAL_CANCELED", "balanceAmount": null})), Err(Unreadable("balance")));
}

#[test]
fn a_document_about_another_payment_is_not_believed() {
    let another = payment(&json!({"paymentKey": "tgen_2"}));
    assert!(view(&key(), &another).is_err());
    assert!(is_cancelled(&key(), &another).is_err());
}

#[test]
fn every_method_has_its_name_in_korean_and_english() {
    use PaymentMethod as M;
    for (name, provider, method) in [
        (json!("카드"), Value::Null, M::CreditCard),
        (json!("Card"), Value::Null, M::CreditCard),
        (json!("가상계좌"), Value::Null, M::VirtualAccount),
        (json!("Virtual Account"), Value::Null, M::VirtualAccount),
        (json!("VIRTUAL_ACCOUNT"), Value::Null, M::VirtualAccount),
        (json!("계좌이체"), Value::Null, M::BankTransfer),
        (json!("Transfer"), Value::Null, M::BankTransfer),
        (json!("휴대폰"), Value::Null, M::Mobile),
        (json!("Mobile Phone"), Value::Null, M::Mobile),
        (json!("간편결제"), json!("토스페이"), M::TossPay),
        (json!("간편결제"), json!("카카오페이"), M::KakaoPay),
        (json!("간편결제"), json!("네이버페이"), M::NaverPay),
        (json!("간편결제"), json!("페이코"), M::Payco),
        (json!("Easy Pay"), json!("TOSSPAY"), M::TossPay),
        (json!("EASY_PAY"), json!("KAKAOPAY"), M::KakaoPay),
        (json!("Easy Pay"), json!("Naver Pay"), M::NaverPay),
        (json!("easy pay"), json!("PAYCO"), M::Payco),
        (json!("간편결제"), json!("삼성페이"), M::CreditCard),
        (json!("간편결제"), Value::Null, M::CreditCard),
        (json!("문화상품권"), Value::Null, M::CreditCard),
        (json!("조개껍데기"), Value::Null, M::CreditCard),
        (Value::Null, Value::Null, M::CreditCard),
    ] {
        let approval = approval_of(&json!({"method": name, "easyPay": {"provider": provider}}));
        assert_eq!(approval.method, method, "{name} {provider}");
    }
}

#[test]
fn a_payment_is_cancelled_when_nothing_is_left_of_it() {
    let cancelled = |status: &str, balance: i64| {
        is_cancelled(&key(), &payment(&json!({"status": status, "balanceAmount": balance}))).unwrap()
    };
    assert!(cancelled("CANCELED", 0));
    assert!(cancelled("PARTIAL_CANCELED", 0));
    assert!(!cancelled("PARTIAL_CANCELED", 1));
    assert!(!cancelled("DONE", 1000));
    assert!(!cancelled("DONE", 0));
    assert!(!cancelled("EXPIRED", 0));
}
