//! Those who run the shop look at orders and move them.

mod moving;
mod refunds;
mod seeing;

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::support::{Answer, Good, Shopper, TestApp};

const ORDERS: &str = "/api/admin/orders";

/// A shop, its administrator and somebody who buys.
struct Scene {
    app: TestApp,
    admin: Shopper,
    buyer: Shopper,
}

impl Scene {
    /// With a clock that stands still: nothing expires and nothing is reconciled meanwhile.
    async fn set() -> Self {
        let (app, _) = TestApp::start_with_clock().await;
        let (admin, buyer) = (administrator(&app).await, app.shopper(1).await);
        Self { app, admin, buyer }
    }

    /// Almonds, not paid.
    async fn unpaid(&self) -> Value {
        self.buyer.places_order(&[(self.app.almonds().await, 2)]).await.expect(201)
    }

    /// Almonds, paid.
    async fn paid(&self) -> Value {
        let order = self.unpaid().await;
        self.buyer.pays(&self.app, &order).await.expect(200);
        order
    }

    /// Almonds that wait for a deposit.
    async fn awaiting_deposit(&self) -> Value {
        let order = self.unpaid().await;
        let (number, total) = (order["orderNumber"].as_i64().unwrap(), order["totalPrice"].as_i64().unwrap());
        let window = json!({"orderId": number.to_string(), "amount": total, "method": "가상계좌"});
        let key = self.app.authorises(window).await;
        self.buyer.confirms(&key, number, total).await.refused(409, "40900002");
        order
    }

    async fn wishes(&self, order: &Value, status: &str) -> Answer {
        self.wishes_so(order, json!({"status": status})).await
    }

    async fn wishes_so(&self, order: &Value, body: Value) -> Answer {
        self.admin.patch(&format!("{ORDERS}/{}/status", order["id"]), body).await
    }

    async fn refunds(&self, order: &Value, body: Value) -> Answer {
        self.admin.post(&format!("{ORDERS}/{}/refund", order["id"]), body).await
    }

    /// A wish by somebody who looked at that version.
    async fn wishes_having_seen(&self, order: &Value, tag: &str, status: &str) -> Answer {
        let body = json!({"status": status}).to_string().into_bytes();
        let path = format!("{ORDERS}/{}/status", order["id"]);
        self.admin.send(Method::PATCH, &path, Some(body), &[("if-match", tag)]).await
    }

    async fn file(&self, order: &Value) -> Value {
        self.admin.get(&format!("{ORDERS}/{}", order["id"])).await.expect(200)
    }

    async fn list(&self, query: &str) -> Value {
        self.admin.get(&format!("{ORDERS}?{query}")).await.expect(200)
    }

    /// What the audit trail says of the order, the latest first.
    async fn trail(&self, order: &Value) -> Vec<Value> {
        let path = self.file(order).await["admin"]["audit"].as_str().unwrap().to_owned();
        self.admin.get(&path).await.expect(200)["entries"].as_array().unwrap().clone()
    }

    /// Every status that the state does not lead to is refused by one code and a sentence that names both ends.
    async fn leads_nowhere_but(&self, order: &Value, state: &str, statuses: &[&str]) {
        let before = self.file(order).await;
        for status in ["PENDING", "CONFIRMED", "SHIPPED", "DELIVERED", "CANCELLED"] {
            if statuses.contains(&status) {
                continue;
            }
            let body = json!({"status": status, "reason": "시험", "restock": true});
            let answer = self.wishes_so(order, body).await;
            let data = answer.refused(400, "40300008");
            assert_eq!((&data["from"], &data["to"]), (&before["status"], &json!(status)));
            let said = answer.json()["desc"].as_str().unwrap().to_owned();
            assert!(said.contains(state) && said.contains("변경할 수 없습니다"), "{said}");
        }
        assert_eq!(self.file(order).await, before, "what is refused changes nothing");
    }
}

async fn administrator(app: &TestApp) -> Shopper {
    let (browser, demo) = (app.visitor(), app.server.demo.as_ref().unwrap());
    let form = json!({"email": "admin@energy-factory.kr", "password": demo.password.expose_secret()});
    browser.post("/api/auth/login", form).await.expect(200);
    browser
}

fn actions(file: &Value) -> Vec<&str> {
    file["admin"]["actions"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect()
}

fn ids(page: &Value) -> Vec<i64> {
    page["orders"].as_array().unwrap().iter().map(|order| order["id"].as_i64().unwrap()).collect()
}

fn id(order: &Value) -> i64 {
    order["id"].as_i64().unwrap()
}

fn stock(good: Good) -> (i64, i64) {
    (good.stock, good.available)
}
