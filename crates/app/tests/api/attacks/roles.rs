//! Properties that a form does not have: a role, an id, somebody else's account.

use serde_json::{Value, json};

use super::super::support::{Shopper, TestApp, sign_up_form};

/// What an account might be made of in somebody's imagination.
fn wishes() -> Value {
    json!({
        "role": "ADMIN", "roles": ["ADMIN"], "isAdmin": true, "admin": true, "authorities": ["ROLE_ADMIN"],
        "id": 1, "userId": 1, "user_id": 1, "user": {"id": 1, "role": "ADMIN"},
        "provider": "NAVER", "authProvider": "naver", "providerId": "1", "subject": "1",
        "sessionEpoch": 99, "session_epoch": 99, "closedAt": null, "createdAt": "2000-01-01T00:00:00Z",
        "emailVerified": true, "__proto__": {"role": "ADMIN"}, "constructor": {"prototype": {"role": "ADMIN"}}
    })
}

fn with_wishes(mut form: Value) -> Value {
    let wishes = wishes();
    for (name, value) in wishes.as_object().unwrap() {
        form[name] = value.clone();
    }
    form
}

async fn is_a_shopper(person: &Shopper) -> Value {
    let me = person.get("/api/users/me").await.expect(200);
    assert_eq!((&me["role"], &me["authProvider"]), (&json!("USER"), &json!("local")), "{me}");
    person.get("/api/admin/anything").await.refused(403, "40300003");
    me
}

#[tokio::test]
async fn signing_up_as_an_administrator() {
    let app = TestApp::start().await;
    let thief = app.visitor();
    let joined = thief.post("/api/users/signup", with_wishes(sign_up_form(1))).await.expect(201);
    assert_ne!(joined["id"], 1, "the first accounts are the demo's");
    is_a_shopper(&thief).await;
}

#[tokio::test]
async fn completing_a_profile_into_an_administrators() {
    let app = TestApp::start().await;
    let thief = app.shopper(1).await;
    let before = is_a_shopper(&thief).await;
    let form =
        json!({"birthDate": "1992-05-06", "address": "부산시", "email": "admin@energy-factory.kr", "name": "관리자"});
    thief.put("/api/users/additional-info", with_wishes(form)).await.expect(200);
    let after = is_a_shopper(&thief).await;
    assert_eq!((&after["email"], &after["name"]), (&before["email"], &before["name"]));
}

#[tokio::test]
async fn changing_somebody_elses_password() {
    let app = TestApp::start().await;
    let (thief, victim) = (app.shopper(1).await, app.shopper(2).await);
    let form = json!({"currentPassword": super::super::support::PASSWORD, "newPassword": "Rainy-Night-2025@",
        "email": "shopper2@example.com"});
    thief.put("/api/users/password", with_wishes(form)).await.expect(200);
    let log_in = json!({"email": "shopper2@example.com", "password": super::super::support::PASSWORD});
    victim.post("/api/auth/login", log_in).await.expect(200);
    is_a_shopper(&thief).await;
}

#[tokio::test]
async fn an_order_and_an_address_for_somebody_else() {
    let app = TestApp::start().await;
    let (thief, victim) = (app.shopper(1).await, app.shopper(2).await);
    let almonds = app.almonds().await;
    let mut order = with_wishes(super::super::support::order_form(&[(almonds, 1)]));
    for (name, value) in [("status", "CONFIRMED"), ("paymentStatus", "COMPLETED")] {
        order[name] = json!(value);
    }
    order["totalPrice"] = json!(1);
    order["orderNumber"] = json!(1);
    let placed = thief.post("/api/orders", order).await.expect(201);
    assert_eq!((&placed["status"], &placed["totalPrice"]), (&json!("PENDING"), &json!(almonds.price)), "{placed}");
    let address = json!({"recipientName": "김하늘", "phoneNumber": "010-1234-5678", "postalCode": "12345",
        "addressLine1": "서울시 중구 세종대로 110", "addressLine2": null});
    thief.post("/api/users/me/addresses", with_wishes(address)).await.expect(201);
    assert_eq!(victim.get("/api/orders?status=PENDING").await.expect(200)["orders"], json!([]));
    assert_eq!(victim.get("/api/users/me/addresses").await.expect(200), json!([]));
}

/// Ways into the administration that a router and a guard might read differently.
#[tokio::test]
async fn the_administration_under_another_spelling() {
    let app = TestApp::start().await;
    let (shopper, visitor) = (app.shopper(1).await, app.visitor());
    for path in [
        "/api/admin",
        "/api/admin/",
        "/api//admin/x",
        "/api/%61dmin/x",
        "/api/ADMIN/x",
        "/api/admin;a=b/x",
        "/api/products/../admin/x",
        "/api/products/%2e%2e/admin/x",
        "/api/admin%2fx",
        "/api/auth/..%2fadmin/x",
        "//api/admin/x",
        "/api/admin/x?role=ADMIN",
    ] {
        for (person, refusals) in [(&visitor, [401, 404].as_slice()), (&shopper, &[403, 404])] {
            let answer = person.get(path).await;
            assert!(refusals.contains(&answer.status), "{path}: {} {}", answer.status, answer.text);
        }
    }
}
