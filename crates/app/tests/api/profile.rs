//! What members do to their own account: profile, password, addresses, leaving.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Answer, PASSWORD, Shopper, TestApp, sign_up_form};

const ME: &str = "/api/users/me";
const PROFILE: &str = "/api/users/profile";
const COMPLETION: &str = "/api/users/additional-info";
const CHANGE: &str = "/api/users/password";
const ADDRESSES: &str = "/api/users/me/addresses";
const CART: &str = "/api/cart";
const NEW: &str = "Rainy-Day-2025?";
const NOBODY: &str = "40000001";
const INVALID: &str = "40400001";

async fn signs_in(shopper: &Shopper, number: u32, password: &str) -> Answer {
    let body = json!({"email": format!("shopper{number}@example.com"), "password": password});
    shopper.post("/api/auth/login", body).await
}

async fn changes(shopper: &Shopper, current: &str, new: &str) -> Answer {
    shopper.put(CHANGE, json!({"currentPassword": current, "newPassword": new})).await
}

async fn with_copy(app: &TestApp, access: &str) -> Answer {
    let bearer = format!("Bearer {access}");
    app.visitor().send(Method::GET, CART, None, &[("Authorization", &bearer)]).await
}

/// The fields that a refused form names.
fn fields(refused: &Value) -> Vec<&str> {
    refused.as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
}

fn address(name: &str) -> Value {
    json!({"recipientName": name, "phoneNumber": "010-1234-5678", "postalCode": "04036",
        "addressLine1": "서울 마포구 양화로 100", "addressLine2": null})
}

#[tokio::test]
async fn a_changed_password_signs_every_other_device_out_at_once_and_keeps_this_one_in() {
    let app = TestApp::start().await;
    let (here, there) = (app.shopper(1).await, app.visitor());
    signs_in(&there, 1, PASSWORD).await.expect(200);
    let (access, refresh) = (here.cookie("accessToken").unwrap(), here.cookie("refreshToken").unwrap());
    let answer = changes(&here, PASSWORD, NEW).await;
    assert_eq!(answer.expect(200), Value::Null);
    assert_eq!(answer.json()["code"], "20000000");

    there.get(CART).await.refused(401, NOBODY);
    there.post("/api/auth/refresh", json!({})).await.refused(401, "40100003");
    with_copy(&app, &access).await.refused(401, NOBODY);
    let copy = app.visitor();
    copy.set_cookie("refreshToken", Some(&refresh));
    copy.post("/api/auth/refresh", json!({})).await.refused(401, "40100003");

    here.get(CART).await.expect(200);
    here.post("/api/auth/refresh", json!({})).await.expect(200);
    assert_eq!(here.get("/api/users/me/sessions").await.expect(200).as_array().unwrap().len(), 1);
    signs_in(&there, 1, PASSWORD).await.refused(401, "40100000");
    signs_in(&there, 1, NEW).await.expect(200);
    let told = "SELECT COUNT(*) FROM mail_outbox WHERE letter = 'PASSWORD_CHANGED' \
        AND recipient = 'shopper1@example.com'";
    assert_eq!(app.counts(told).await, 1);
}

#[tokio::test]
async fn passwords_come_in_a_form_too_and_never_in_the_address() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let form = "currentPassword=Sunny-Day-2024%21&newPassword=Rainy-Day-2025%3F";
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let in_address = format!("{CHANGE}?{form}");
    let answer = shopper.send(Method::PUT, &in_address, Some(Vec::new()), &headers).await;
    assert_eq!(fields(&answer.refused(400, INVALID)), ["currentPassword", "newPassword"]);
    let in_address = shopper.send(Method::PUT, &in_address, None, &[]).await;
    assert!(in_address.json()["desc"].as_str().unwrap().contains("쿼리 문자열"), "{}", in_address.text);
    in_address.refused(415, "41500001");
    shopper.send(Method::PUT, CHANGE, Some(form.as_bytes().to_vec()), &headers).await.expect(200);
    signs_in(&app.visitor(), 1, NEW).await.expect(200);
}

#[tokio::test]
async fn a_wrong_current_password_is_told_from_a_session_that_ended_and_cannot_be_guessed() {
    let app = TestApp::start_with(&[("EF__LIMITS__LOG_IN_FAILURES_TIMES", "3")]).await;
    let shopper = app.shopper(1).await;
    for _ in 0..3 {
        changes(&shopper, "Wrong-Guess-1", NEW).await.refused(400, "40100003");
    }
    let answer = changes(&shopper, PASSWORD, NEW).await;
    answer.refused(429, "42900001");
    assert!(answer.header("retry-after").is_some());
    signs_in(&app.visitor(), 1, PASSWORD).await.refused(429, "42900001");
    shopper.get(CART).await.expect(200);
    assert_eq!(app.counts("SELECT COUNT(*) FROM mail_outbox").await, 0);
}

#[tokio::test]
async fn a_new_password_meets_the_policy_and_is_new() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let refused = shopper.put(CHANGE, json!({"currentPassword": 5, "newPassword": "weak"})).await;
    assert_eq!(fields(&refused.refused(400, INVALID)), ["currentPassword", "newPassword"]);
    assert_eq!(fields(&changes(&shopper, PASSWORD, PASSWORD).await.refused(400, INVALID)), ["newPassword"]);
    app.visitor().put(CHANGE, json!({})).await.refused(401, NOBODY);
    signs_in(&app.visitor(), 1, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_account_without_a_password_is_told_how_to_get_one() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    app.tampers("UPDATE user SET password = NULL WHERE email = 'shopper1@example.com'").await;
    let answer = changes(&shopper, "", NEW).await;
    answer.refused(400, INVALID);
    assert!(answer.json()["desc"].as_str().unwrap().contains("비밀번호 찾기"), "{}", answer.text);
}

#[tokio::test]
async fn a_member_completes_his_account() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    app.visitor().get(PROFILE).await.refused(401, NOBODY);
    let mut expected = shopper.get(PROFILE).await.expect(200);
    assert_eq!(expected, shopper.get(ME).await.expect(200));

    let answer = shopper.put(COMPLETION, json!({"birthDate": "1984-02-29", "address": " 부산 해운대구 "})).await;
    expected["birthDate"] = json!("1984-02-29");
    expected["address"] = json!("부산 해운대구");
    assert_eq!(answer.expect(200), expected);
    assert_eq!(shopper.get(PROFILE).await.expect(200), expected);

    for wrong in [json!({}), json!({"birthDate": "1983-02-29", "address": " "}), json!({"birthDate": 1, "address": 2})]
    {
        let refused = shopper.put(COMPLETION, wrong).await.refused(400, INVALID);
        assert_eq!(fields(&refused), ["birthDate", "address"]);
    }
    assert_eq!(shopper.get(PROFILE).await.expect(200), expected);
}

#[tokio::test]
async fn a_member_leaves_with_a_full_cart_an_open_order_and_a_paid_one() {
    let app = TestApp::start().await;
    let (shopper, elsewhere) = (app.shopper(1).await, app.visitor());
    signs_in(&elsewhere, 1, PASSWORD).await.expect(200);
    let almonds = app.almonds().await;
    let bought = shopper.places_order(&[(almonds, 2)]).await.expect(201);
    shopper.pays(&app, &bought).await.expect(200);
    shopper.places_order(&[(almonds, 3)]).await.expect(201);
    shopper.adds(almonds, 1).await.expect(201);
    shopper.post(ADDRESSES, address("집")).await.expect(201);
    assert_eq!(app.almonds().await.available, almonds.available - 5);

    let access = shopper.cookie("accessToken").unwrap();
    let answer = shopper.delete(ME).await;
    assert_eq!(answer.expect(200), Value::Null);
    assert_eq!((shopper.cookie("accessToken"), shopper.cookie("refreshToken")), (None, None));
    with_copy(&app, &access).await.refused(401, NOBODY);
    elsewhere.get(ME).await.refused(401, NOBODY);
    signs_in(&app.visitor(), 1, PASSWORD).await.refused(401, "40100000");

    // What was held is back, what was sold stays sold and on the books.
    assert_eq!(app.almonds().await.available, almonds.available - 2);
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders WHERE status = 'CONFIRMED'").await, 1);
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders WHERE status = 'CANCELLED'").await, 1);
    assert_eq!(app.counts("SELECT COUNT(*) FROM payments").await, 1);
    assert_eq!(app.counts("SELECT COUNT(*) FROM cart_items").await, 0);
    assert_eq!(app.counts("SELECT COUNT(*) FROM user_address").await, 0);
    assert_eq!(app.counts("SELECT COUNT(*) FROM user WHERE email LIKE 'shopper1@%' OR name = '김하늘'").await, 0);
    let told =
        "SELECT COUNT(*) FROM mail_outbox WHERE letter = 'ACCOUNT_CLOSED' AND recipient = 'shopper1@example.com'";
    assert_eq!(app.counts(told).await, 1);

    // Whoever comes back under the same address is somebody new.
    let newcomer = app.shopper(1).await;
    assert_eq!(newcomer.get(CART).await.expect(200)["items"], json!([]));
    newcomer.get(&format!("/api/orders/{}", bought["orderNumber"])).await.refused(403, "40300003");
    assert_eq!(newcomer.get(ADDRESSES).await.expect(200), json!([]));
}

#[tokio::test]
async fn only_who_is_signed_in_closes_an_account_and_only_once() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    app.visitor().delete(ME).await.refused(401, NOBODY);
    // Unlike a look, it does not renew a session by itself: the page does, and asks again.
    let access = shopper.cookie("accessToken").unwrap();
    shopper.set_cookie("accessToken", None);
    shopper.delete(ME).await.refused(401, NOBODY);
    assert_eq!(shopper.get(ME).await.expect(200)["name"], "김하늘");
    shopper.set_cookie("accessToken", Some(&access));
    shopper.delete(ME).await.expect(200);
    shopper.set_cookie("accessToken", Some(&access));
    shopper.delete(ME).await.refused(401, NOBODY);
    // The page signs out right after.
    shopper.post("/api/auth/logout", json!({})).await.expect(200);
}

/// The money may arrive after its owner has left.
#[tokio::test]
async fn an_order_whose_money_is_under_way_stays_when_its_buyer_leaves() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let almonds = app.almonds().await;
    let order = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let (number, total) = (order["orderNumber"].as_i64().unwrap(), order["totalPrice"].as_i64().unwrap());
    let window = json!({"orderId": number.to_string(), "amount": total, "method": "VIRTUAL_ACCOUNT"});
    let key = app.authorises(window).await;
    shopper.confirms(&key, number, total).await.refused(409, "40900002");
    shopper.delete(ME).await.expect(200);
    assert_eq!(app.counts("SELECT COUNT(*) FROM orders WHERE status = 'PENDING'").await, 1);
    assert_eq!(app.almonds().await.available, almonds.available - 1);
}

#[tokio::test]
async fn an_address_book_has_one_default() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    app.visitor().get(ADDRESSES).await.refused(401, NOBODY);
    assert_eq!(shopper.get(ADDRESSES).await.expect(200), json!([]));
    let home = shopper.post(ADDRESSES, address("집")).await.expect(201);
    let expected = json!({"id": home["id"], "recipientName": "집", "phoneNumber": "010-1234-5678", "postalCode": "04036",
        "addressLine1": "서울 마포구 양화로 100", "addressLine2": null, "isDefault": true});
    assert_eq!(home, expected);
    let office = shopper.post(ADDRESSES, address("회사")).await.expect(201);
    assert_eq!(office["isDefault"], false);
    let at = |address: &Value| format!("{ADDRESSES}/{}", address["id"]);

    let preferred = shopper.put(&format!("{}/default", at(&office)), json!({})).await.expect(200);
    assert_eq!((&preferred["id"], &preferred["isDefault"]), (&office["id"], &json!(true)));
    let mut changed = address("새 회사");
    changed["addressLine2"] = json!("3층");
    let changed = shopper.put(&at(&office), changed).await.expect(200);
    assert_eq!((&changed["recipientName"], &changed["addressLine2"]), (&json!("새 회사"), &json!("3층")));
    assert_eq!(changed["isDefault"], true);
    let listed = shopper.get(ADDRESSES).await.expect(200);
    assert_eq!(
        listed,
        json!([{"id": home["id"], "recipientName": "집", "phoneNumber": "010-1234-5678",
        "postalCode": "04036", "addressLine1": "서울 마포구 양화로 100", "addressLine2": null, "isDefault": false},
        changed])
    );

    assert_eq!(shopper.delete(&at(&office)).await.expect(200), Value::Null);
    shopper.delete(&at(&office)).await.refused(404, "40000002");
    assert_eq!(shopper.get(ADDRESSES).await.expect(200), json!([expected]));
}

#[tokio::test]
async fn somebody_elses_address_is_no_address() {
    let app = TestApp::start().await;
    let (owner, stranger) = (app.shopper(1).await, app.shopper(2).await);
    let home = owner.post(ADDRESSES, address("집")).await.expect(201);
    let path = format!("{ADDRESSES}/{}", home["id"]);
    stranger.put(&path, address("남")).await.refused(404, "40000002");
    stranger.put(&format!("{path}/default"), json!({})).await.refused(404, "40000002");
    stranger.delete(&path).await.refused(404, "40000002");
    assert_eq!(stranger.get(ADDRESSES).await.expect(200), json!([]));
    assert_eq!(owner.get(ADDRESSES).await.expect(200), json!([home]));
}

#[tokio::test]
async fn an_address_is_checked_like_that_of_an_order_and_a_book_is_not_endless() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let wrong = json!({"recipientName": " ", "phoneNumber": "01012345678", "postalCode": "1234", "addressLine1": "",
        "addressLine2": "가".repeat(501)});
    let all = ["recipientName", "phoneNumber", "postalCode", "addressLine1", "addressLine2"];
    assert_eq!(fields(&shopper.post(ADDRESSES, wrong.clone()).await.refused(400, INVALID)), all);
    let home = shopper.post(ADDRESSES, address("집")).await.expect(201);
    let path = format!("{ADDRESSES}/{}", home["id"]);
    assert_eq!(fields(&shopper.put(&path, wrong).await.refused(400, INVALID)), all);
    for number in 1..20 {
        shopper.post(ADDRESSES, address(&format!("집 {number}"))).await.expect(201);
    }
    let answer = shopper.post(ADDRESSES, address("하나 더")).await;
    answer.refused(400, INVALID);
    assert!(answer.json()["desc"].as_str().unwrap().contains("20개"), "{}", answer.text);
    assert_eq!(shopper.get(ADDRESSES).await.expect(200).as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn the_number_of_who_left_is_free_for_another_account() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let mut form = sign_up_form(2);
    form["phoneNumber"] = sign_up_form(1)["phoneNumber"].clone();
    app.visitor().post("/api/users/signup", form.clone()).await.refused(409, "40000010");
    shopper.delete(ME).await.expect(200);
    app.visitor().post("/api/users/signup", form).await.expect(201);
}
