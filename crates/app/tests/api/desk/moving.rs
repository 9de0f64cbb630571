//! Giving orders another status.

use serde_json::{Value, json};

use super::{Scene, actions, stock};

#[tokio::test]
async fn a_paid_order_is_shipped_and_delivered_and_its_buyer_hears_of_each_once() {
    let scene = Scene::set().await;
    let order = scene.paid().await;
    assert_eq!(actions(&scene.file(&order).await), ["SHIP", "REFUND"]);
    scene.leads_nowhere_but(&order, "결제 완료", &["CONFIRMED", "SHIPPED", "CANCELLED"]).await;
    for _ in 0..2 {
        let shipped = scene.wishes_so(&order, json!({"status": "shipped", "reason": "오늘 출고"})).await.expect(200);
        assert_eq!((&shipped["status"], &shipped["orderNumber"]), (&json!("SHIPPED"), &order["orderNumber"]));
        assert!(shipped["admin"]["moments"]["shippedAt"].is_string(), "{shipped}");
        assert_eq!(actions(&shipped), ["DELIVER", "REFUND"]);
    }
    scene.leads_nowhere_but(&order, "배송 중", &["SHIPPED", "DELIVERED", "CANCELLED"]).await;
    for _ in 0..2 {
        let delivered = scene.wishes(&order, "DELIVERED").await.expect(200);
        assert_eq!(actions(&delivered), ["REFUND"]);
    }
    scene.leads_nowhere_but(&order, "배송 완료", &["DELIVERED", "CANCELLED"]).await;
    let told = "SELECT COUNT(*) FROM outbox WHERE event IN ('ORDER_SHIPPED', 'ORDER_DELIVERED')";
    assert_eq!(scene.app.counts(told).await, 2, "each once");

    let trail = scene.trail(&order).await;
    let acts: Vec<&Value> = trail.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(acts, ["ORDER_DELIVERED", "ORDER_SHIPPED"]);
    let shipped = &trail[1];
    assert_eq!((&shipped["reason"], &shipped["subjectId"]), (&json!("오늘 출고"), &order["id"]));
    assert!(shipped["actorName"].is_string() && shipped["at"].is_string(), "{shipped}");
    let change = json!({"field": "status", "before": "CONFIRMED", "after": "SHIPPED"});
    assert!(shipped["changes"].as_array().unwrap().contains(&change), "{shipped}");
}

#[tokio::test]
async fn an_unpaid_order_is_called_off_and_its_stock_is_free_at_once() {
    let scene = Scene::set().await;
    let before = stock(scene.app.almonds().await);
    let order = scene.unpaid().await;
    let file = scene.file(&order).await;
    assert_eq!((actions(&file), &file["admin"]["stateText"]), (vec!["CANCEL"], &json!("결제 대기")));
    assert!(file["admin"]["moments"]["holdsUntil"].is_string(), "{file}");
    scene.leads_nowhere_but(&order, "결제 대기", &["PENDING", "CANCELLED"]).await;
    scene.wishes(&order, "PENDING").await.expect(200);
    let off = scene.wishes_so(&order, json!({"status": "CANCELLED", "reason": "품절"})).await.expect(200);
    assert_eq!((&off["status"], &off["paymentStatus"]), (&json!("CANCELLED"), &json!("FAILED")));
    let end = &off["admin"]["cancellation"];
    assert_eq!(
        (&end["cause"], &end["by"], &end["reason"]),
        (&json!("BY_SHOP"), &json!("ADMINISTRATOR"), &json!("품절"))
    );
    assert!(end["administratorName"].is_string(), "{end}");
    assert_eq!(stock(scene.app.almonds().await), before);
    let moves = off["admin"]["stockMoves"].as_array().unwrap();
    let directions: Vec<&Value> = moves.iter().map(|step| &step["direction"]).collect();
    assert_eq!(directions, ["RESERVE", "RELEASE"]);
    // And again, and without a reason: it is so already.
    assert_eq!(actions(&scene.wishes(&order, "CANCELLED").await.expect(200)), Vec::<&str>::new());
    scene.leads_nowhere_but(&order, "취소됨", &["CANCELLED"]).await;
    assert_eq!(scene.trail(&order).await.len(), 1);
    assert_eq!(stock(scene.app.almonds().await), before);
}

#[tokio::test]
async fn an_order_whose_payment_is_under_way_is_left_alone() {
    let scene = Scene::set().await;
    let order = scene.unpaid().await;
    let (number, total) = (order["orderNumber"].as_i64().unwrap(), order["totalPrice"].as_i64().unwrap());
    let key = scene.app.authorises(json!({"orderId": number.to_string(), "amount": total})).await;
    scene.app.breaks("confirm", "refuse_500").await;
    scene.buyer.confirms(&key, number, total).await.refused(504, "50400001");
    let file = scene.file(&order).await;
    assert_eq!((actions(&file), &file["admin"]["stateText"]), (Vec::<&str>::new(), &json!("결제 확인 중")));
    assert_eq!(file["admin"]["payments"][0]["state"], "REQUESTED");
    scene.leads_nowhere_but(&order, "결제 확인 중", &["PENDING"]).await;
    scene.refunds(&order, json!({"reason": "시험"})).await.refused(400, "40400001");
}

#[tokio::test]
async fn an_order_that_waits_for_a_deposit_ends_with_its_virtual_account() {
    let scene = Scene::set().await;
    let before = stock(scene.app.almonds().await);
    let order = scene.awaiting_deposit().await;
    let file = scene.file(&order).await;
    assert_eq!((actions(&file), &file["admin"]["stateText"]), (vec!["CANCEL"], &json!("입금 대기")));
    scene.leads_nowhere_but(&order, "입금 대기", &["PENDING", "CANCELLED"]).await;
    let off = scene.wishes_so(&order, json!({"status": "CANCELLED", "reason": "품절"})).await.expect(200);
    let end = &off["admin"]["cancellation"];
    assert_eq!((&end["by"], &end["reason"]), (&json!("ADMINISTRATOR"), &json!("품절")));
    assert_eq!(stock(scene.app.almonds().await), before);
    assert_eq!(scene.trail(&order).await[0]["action"], "ORDER_CANCELLED");
    let books = scene.app.partners_books().await;
    assert!(books.iter().any(|payment| payment["status"] == "CANCELED"), "{books:?}");
}

#[tokio::test]
async fn a_closing_that_the_partner_tells_before_it_answers_keeps_its_name_and_its_reason() {
    let scene = Scene::set().await;
    let before = stock(scene.app.almonds().await);
    let order = scene.awaiting_deposit().await;
    let late = json!({"on": "cancel", "kind": "delay", "delay_ms": 2500, "times": 1});
    scene.app.sandbox("faults", late).await;
    let off = scene.wishes_so(&order, json!({"status": "CANCELLED", "reason": "품절"})).await.expect(200);
    let end = &off["admin"]["cancellation"];
    assert_eq!(
        (&end["cause"], &end["by"], &end["reason"]),
        (&json!("BY_SHOP"), &json!("ADMINISTRATOR"), &json!("품절"))
    );
    let trail = scene.trail(&order).await;
    assert_eq!(trail.len(), 1, "{trail:?}");
    assert_eq!((&trail[0]["action"], &trail[0]["reason"]), (&json!("ORDER_CANCELLED"), &json!("품절")));
    assert_eq!(stock(scene.app.almonds().await), before);
    assert_eq!(scene.app.counts("SELECT COUNT(*) FROM outbox WHERE event = 'ORDER_EXPIRED'").await, 0);
}

#[tokio::test]
async fn the_second_of_two_administrators_hears_that_somebody_was_quicker() {
    let scene = Scene::set().await;
    let order = scene.paid().await;
    let shown = scene.admin.get(&format!("{}/{}", super::ORDERS, order["id"])).await;
    let tag = shown.header("etag").unwrap().to_owned();
    assert_eq!(tag, format!("\"{}\"", shown.expect(200)["admin"]["version"]));
    let first = scene.wishes_having_seen(&order, &tag, "SHIPPED").await;
    first.expect(200);
    assert_ne!(first.header("etag"), Some(tag.as_str()));
    for status in ["SHIPPED", "DELIVERED", "CANCELLED"] {
        scene.wishes_having_seen(&order, &tag, status).await.refused(409, "40500001");
    }
    scene.wishes_having_seen(&order, "\"nonsense\"", "DELIVERED").await.refused(409, "40500001");
    assert_eq!(scene.file(&order).await["status"], "SHIPPED");
    let latest = first.header("etag").unwrap().to_owned();
    scene.wishes_having_seen(&order, &latest, "DELIVERED").await.expect(200);
}

#[tokio::test]
async fn what_is_no_wish_is_refused_by_field() {
    let scene = Scene::set().await;
    let order = scene.unpaid().await;
    for (body, field) in [
        (json!({}), "status"),
        (json!({"status": "PAID"}), "status"),
        (json!({"status": 3}), "status"),
        (json!({"status": "CANCELLED", "reason": "가".repeat(201)}), "reason"),
        (json!({"status": "CANCELLED", "restock": "yes"}), "restock"),
    ] {
        let wrong = scene.wishes_so(&order, body.clone()).await.refused(400, "40400001");
        assert_eq!(wrong[0]["field"], field, "{body}");
    }
    let nobodys = json!({"id": 999_999});
    scene.wishes(&nobodys, "SHIPPED").await.refused(404, "40000002");
    scene.wishes(&json!({"id": order["orderNumber"]}), "SHIPPED").await.refused(404, "40000002");
    scene.admin.patch("/api/admin/orders/x/status", json!({"status": "SHIPPED"})).await.refused(400, "40400001");
    let path = format!("/api/admin/orders/{}/status", order["id"]);
    scene.buyer.patch(&path, json!({"status": "SHIPPED"})).await.refused(403, "40300003");
}
