//! Giving money back.

use serde_json::{Value, json};

use super::{Scene, actions, stock};

#[tokio::test]
async fn a_paid_order_is_cancelled_for_a_reason_with_its_money_and_its_goods() {
    let scene = Scene::set().await;
    let before = stock(scene.app.almonds().await);
    let order = scene.paid().await;
    let wrong = scene.wishes(&order, "CANCELLED").await.refused(400, "40400001");
    assert_eq!(wrong[0]["field"], "reason");
    let body = json!({"status": "CANCELLED", "reason": "품질 문제"});
    let back = scene.wishes_so(&order, body.clone()).await.expect(200);
    assert_eq!((&back["status"], &back["paymentStatus"]), (&json!("CANCELLED"), &json!("REFUNDED")));
    let admin = &back["admin"];
    assert_eq!(
        (&admin["cancellation"]["cause"], &admin["cancellation"]["reason"]),
        (&json!("REFUNDED"), &json!("품질 문제"))
    );
    assert_eq!((&admin["payments"][0]["state"], admin["payments"].as_array().unwrap().len()), (&json!("REFUNDED"), 1));
    assert_eq!(stock(scene.app.almonds().await), before);
    // Once more changes nothing, neither here nor at the partner.
    scene.wishes_so(&order, body).await.expect(200);
    scene.leads_nowhere_but(&order, "취소됨", &["CANCELLED"]).await;
    assert_eq!(stock(scene.app.almonds().await), before);
    let trail = scene.trail(&order).await;
    assert_eq!(
        (trail.len(), &trail[0]["action"], &trail[0]["reason"]),
        (1, &json!("ORDER_REFUNDED"), &json!("품질 문제"))
    );
    assert_eq!(cancelled_at_the_partner(&scene).await, 1);
}

#[tokio::test]
async fn somebody_who_saw_the_goods_says_what_becomes_of_those_that_left() {
    for restock in [true, false] {
        let scene = Scene::set().await;
        let before = scene.app.almonds().await;
        let order = scene.paid().await;
        scene.wishes(&order, "SHIPPED").await.expect(200);
        scene.wishes(&order, "DELIVERED").await.expect(200);
        let wrong = scene.refunds(&order, json!({"reason": "파손"})).await.refused(400, "40400001");
        assert_eq!(wrong[0]["field"], "restock");
        let wrong = scene.wishes_so(&order, json!({"status": "CANCELLED", "reason": "파손"})).await;
        assert_eq!(wrong.refused(400, "40400001")[0]["field"], "restock");
        assert_eq!(cancelled_at_the_partner(&scene).await, 0);
        let back = scene.refunds(&order, json!({"reason": "파손", "restock": restock})).await.expect(200);
        assert_eq!((&back["status"], &back["paymentStatus"]), (&json!("CANCELLED"), &json!("REFUNDED")));
        assert!(back["admin"]["moments"]["deliveredAt"].is_string(), "{back}");
        let lost = if restock { 0 } else { 2 };
        assert_eq!(stock(scene.app.almonds().await), (before.stock - lost, before.available - lost));
    }
}

#[tokio::test]
async fn an_order_whose_refund_is_under_way_does_not_leave() {
    let scene = Scene::set().await;
    let order = scene.paid().await;
    scene.app.breaks("cancel", "refuse_500").await;
    scene.refunds(&order, json!({"reason": "품절"})).await.refused(504, "50400001");
    let file = scene.file(&order).await;
    let (status, admin) = (&file["status"], &file["admin"]);
    assert_eq!((status, &admin["stateText"]), (&json!("CONFIRMED"), &json!("환불 진행 중")));
    assert_eq!((actions(&file), &admin["refund"]["reason"]), (Vec::<&str>::new(), &json!("품절")));
    assert_eq!((&admin["refund"]["restock"], &admin["refund"]["by"]), (&json!(true), &json!("ADMINISTRATOR")));
    assert_eq!(admin["payments"][0]["state"], "REFUND_DUE");
    scene.leads_nowhere_but(&order, "환불 진행 중", &["CONFIRMED", "CANCELLED"]).await;
    let card = &scene.list("").await["orders"][0]["admin"];
    assert_eq!(card["refunding"], true);
    assert_eq!(scene.admin.get("/api/admin/summary").await.expect(200)["refunding"], 1);
}

#[tokio::test]
async fn what_took_no_money_gives_none_back() {
    let scene = Scene::set().await;
    let unpaid = scene.unpaid().await;
    scene.refunds(&unpaid, json!({"reason": "시험"})).await.refused(400, "40300004");
    scene.wishes(&unpaid, "CANCELLED").await.expect(200);
    scene.refunds(&unpaid, json!({"reason": "시험"})).await.refused(400, "40300004");
    let paid = scene.paid().await;
    scene.refunds(&paid, json!({"reason": "시험"})).await.expect(200);
    assert_eq!(scene.refunds(&paid, json!({"reason": "시험"})).await.status, 400);
    assert_eq!(cancelled_at_the_partner(&scene).await, 1);
}

#[tokio::test]
async fn what_is_no_refund_is_refused_by_field() {
    let scene = Scene::set().await;
    let order = scene.paid().await;
    let account = |number: &str| json!({"bank": "20", "accountNumber": number, "holderName": "김하늘"});
    for (body, field) in [
        (json!({}), "reason"),
        (json!({"reason": " "}), "reason"),
        (json!({"reason": "가".repeat(201)}), "reason"),
        (json!({"reason": "시험", "restock": 1}), "restock"),
        (json!({"reason": "시험", "refundReceiveAccount": 1}), "refundReceiveAccount"),
        (json!({"reason": "시험", "refundReceiveAccount": {"bank": "20"}}), "refundReceiveAccount.accountNumber"),
        (json!({"reason": "시험", "refundReceiveAccount": account("12")}), "refundReceiveAccount.accountNumber"),
    ] {
        let wrong = scene.refunds(&order, body.clone()).await.refused(400, "40400001");
        assert_eq!(wrong[0]["field"], field, "{body}");
    }
    assert_eq!(scene.file(&order).await["admin"]["payments"][0]["state"], "COMPLETED");
    scene.refunds(&json!({"id": 999_999}), json!({"reason": "시험"})).await.refused(404, "40000002");
    let path = format!("/api/admin/orders/{}/refund", order["id"]);
    scene.buyer.post(&path, json!({"reason": "시험"})).await.refused(403, "40300003");
}

async fn cancelled_at_the_partner(scene: &Scene) -> usize {
    let books: Vec<Value> = scene.app.partners_books().await;
    books.iter().filter(|payment| payment["status"] == "CANCELED").count()
}
