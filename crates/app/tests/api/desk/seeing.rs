//! Looking at orders, and at how the shop does.

use serde_json::{Value, json};

use super::{Scene, id, ids};

#[tokio::test]
async fn all_orders_are_listed_newest_first_and_counted_by_status() {
    let scene = Scene::set().await;
    let (unpaid, paid) = (scene.paid().await, scene.paid().await);
    let other = scene.app.shopper(2).await;
    let third = other.places_order(&[(scene.app.almonds().await, 1)]).await.expect(201);
    scene.wishes(&unpaid, "SHIPPED").await.expect(200);
    let page = scene.list("").await;
    assert_eq!(ids(&page), [id(&third), id(&paid), id(&unpaid)]);
    assert_eq!((&page["pageInfo"]["pageSize"], &page["pageInfo"]["totalElements"]), (&json!(20), &json!(3)));
    let counts = json!({"PENDING": 1, "CONFIRMED": 1, "SHIPPED": 1, "DELIVERED": 0, "CANCELLED": 0});
    assert_eq!(page["statusCounts"], counts);
    let card = &page["orders"][0];
    assert_eq!((&card["orderNumber"], &card["itemCount"]), (&third["orderNumber"], &json!(1)));
    let buyer = &card["admin"]["buyer"];
    assert_eq!((&buyer["email"], &buyer["phoneNumber"]), (&json!("shopper2@example.com"), &json!("010-5555-0002")));
    assert!(card["admin"]["placedAt"].is_string() && card["admin"]["version"].is_i64(), "{card}");

    let shipped = scene.list("status=shipped").await;
    assert_eq!((ids(&shipped), &shipped["statusCounts"]), (vec![id(&unpaid)], &counts));
    assert_eq!(ids(&scene.list("paymentStatus=PENDING").await), [id(&third)]);
    assert_eq!(ids(&scene.list("sort=createdAt,asc&size=1&page=1").await), [id(&paid)]);
    let mine = format!("buyer={}", third["userId"]);
    assert_eq!(ids(&scene.list(&mine).await), [id(&third)]);
}

#[tokio::test]
async fn an_order_is_found_by_whatever_somebody_remembers() {
    let scene = Scene::set().await;
    let almonds = scene.unpaid().await;
    let other = scene.app.shopper(2).await;
    let walnuts = scene.app.good("반태 호두", "180g").await;
    let walnuts = other.places_order(&[(walnuts, 1)]).await.expect(201);
    let number = almonds["orderNumber"].to_string();
    for (keyword, wanted) in [
        (number.as_str(), vec![id(&almonds)]),
        (&number[..12], vec![id(&almonds)]),
        ("shopper1@EXAMPLE", vec![id(&almonds)]),
        ("통아몬드", vec![id(&almonds)]),
        ("호두", vec![id(&walnuts)]),
        ("5555-0002", vec![id(&walnuts)]),
        ("01055550002", vec![id(&walnuts)]),
        ("하늘", vec![id(&walnuts), id(&almonds)]),
        ("010-1234-5678", vec![id(&walnuts), id(&almonds)]),
        ("%25", vec![]),
        ("_", vec![]),
        ("없는 사람", vec![]),
    ] {
        assert_eq!(ids(&scene.list(&format!("keyword={keyword}")).await), wanted, "{keyword}");
    }
}

/// The clock of the test stands at 2027-01-15, five in the afternoon in Korea.
#[tokio::test]
async fn days_are_those_of_korea() {
    let scene = Scene::set().await;
    let order = scene.unpaid().await;
    for (query, found) in [
        ("from=2027-01-15&to=2027-01-15", true),
        ("from=2027-01-15", true),
        ("to=2027-01-14", false),
        ("from=2027-01-16", false),
        ("from=2027-01-15T08:00:00Z", true),
        ("to=2027-01-15T08:00:00Z", false),
        ("from=2027-01-15T17:00:00%2B09:00&to=2027-01-15T17:00:01%2B09:00", true),
    ] {
        let wanted = if found { vec![id(&order)] } else { Vec::new() };
        assert_eq!(ids(&scene.list(query).await), wanted, "{query}");
    }
}

#[tokio::test]
async fn what_is_no_filter_is_refused_by_field() {
    let scene = Scene::set().await;
    for (query, field) in [
        ("status=PAID", "status"),
        ("paymentStatus=x", "paymentStatus"),
        ("from=yesterday", "from"),
        ("to=2027-02-30", "to"),
        ("buyer=me", "buyer"),
        ("sort=totalPrice", "sort"),
        ("keyword=%00", "keyword"),
    ] {
        let wrong = scene.admin.get(&format!("/api/admin/orders?{query}")).await.refused(400, "40400001");
        assert_eq!(wrong[0]["field"], field, "{query}");
    }
    scene.buyer.get("/api/admin/orders").await.refused(403, "40300003");
}

#[tokio::test]
async fn everything_about_an_order_is_on_one_page() {
    let scene = Scene::set().await;
    let order = scene.unpaid().await;
    let (number, total) = (order["orderNumber"].as_i64().unwrap(), order["totalPrice"].as_i64().unwrap());
    let refused = json!({"orderId": number.to_string(), "amount": total, "confirmRefusal": "REJECT_CARD_COMPANY"});
    let refused = scene.app.authorises(refused).await;
    scene.buyer.confirms(&refused, number, total).await.refused(400, "40400002");
    scene.buyer.pays(&scene.app, &order).await.expect(200);
    let file = scene.file(&order).await;
    let mut seen_by_buyer = scene.buyer.order(number).await;
    seen_by_buyer["admin"] = file["admin"].clone();
    assert_eq!(file, seen_by_buyer, "all that its buyer sees, and more");
    let admin = &file["admin"];
    let buyer = json!({"id": order["userId"], "name": "김하늘", "email": "shopper1@example.com",
        "phoneNumber": "010-5555-0001", "closedAt": null});
    assert_eq!((&admin["buyer"], &admin["state"], &admin["stateText"]), (&buyer, &json!("paid"), &json!("결제 완료")));
    assert_eq!((&admin["cancellation"], &admin["refund"]), (&Value::Null, &Value::Null));
    let payments = admin["payments"].as_array().unwrap();
    assert_eq!((payments.len(), &payments[0]["state"]), (2, &json!("FAILED")));
    assert_eq!(payments[0]["declineCode"], "REJECT_CARD_COMPANY");
    assert_eq!(payments.last().unwrap()["state"], "COMPLETED");
    let directions: Vec<&Value> =
        admin["stockMoves"].as_array().unwrap().iter().map(|step| &step["direction"]).collect();
    assert_eq!(directions, ["RESERVE", "COMMIT"]);
    assert_eq!(admin["stockMoves"][0]["productName"], file["orderItems"][0]["productName"]);
    scene.admin.get("/api/admin/orders/999999").await.refused(404, "40000002");
    scene.admin.get("/api/admin/orders/x").await.refused(400, "40400001");
}

#[tokio::test]
async fn of_a_closed_account_the_order_stays_and_nobody_is_named() {
    let scene = Scene::set().await;
    let order = scene.paid().await;
    scene.wishes(&order, "SHIPPED").await.expect(200);
    scene.wishes(&order, "DELIVERED").await.expect(200);
    scene.buyer.delete("/api/users/me").await.expect(200);
    let file = scene.file(&order).await;
    let buyer = &file["admin"]["buyer"];
    assert_eq!(
        (&buyer["email"], &buyer["phoneNumber"], &buyer["name"]),
        (&Value::Null, &Value::Null, &json!("탈퇴한 회원"))
    );
    assert!(buyer["closedAt"].is_string(), "{buyer}");
    assert_eq!(&scene.list("").await["orders"][0]["admin"]["buyer"], buyer);
}

#[tokio::test]
async fn the_owner_sees_how_the_shop_does_today() {
    let scene = Scene::set().await;
    let empty = scene.admin.get("/api/admin/summary").await.expect(200);
    assert_eq!(
        empty["today"],
        json!({"since": "2027-01-14T15:00:00.000Z", "orders": 0, "paidOrders": 0, "revenue": 0})
    );
    assert_eq!((&empty["toShip"], &empty["oldestToShip"]), (&json!(0), &Value::Null));
    let paid = scene.paid().await;
    scene.app.shopper(2).await.places_order(&[(scene.app.almonds().await, 1)]).await.expect(201);
    let told = scene.admin.get("/api/admin/summary").await.expect(200);
    let today = &told["today"];
    assert_eq!(
        (&today["orders"], &today["paidOrders"], &today["revenue"]),
        (&json!(2), &json!(1), &paid["totalPrice"])
    );
    assert_eq!((&told["toShip"], told["oldestToShip"].is_string()), (&json!(1), true));
    for low in told["lowStock"]["variants"].as_array().unwrap() {
        assert!(low["availableStock"].as_i64() <= told["lowStock"]["atMost"].as_i64(), "{low}");
    }
    scene.buyer.get("/api/admin/summary").await.refused(403, "40300003");
}
