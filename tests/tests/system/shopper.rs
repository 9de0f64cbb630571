//! Somebody with a browser: keeps cookies, and knows how to buy.

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::{Client, Method, StatusCode, header};
use serde_json::{Value, json};

const PASSWORD: &str = "Almonds-4-me!";

/// A shopper.
#[derive(Clone)]
pub struct Shopper {
    shop: String,
    client: Client,
    /// The cookie of ten minutes.
    pub access: String,
    /// The cookie of a week.
    pub refresh: String,
    /// What the account is known by.
    pub email: String,
    /// What he asks for, he asks for under that key.
    pub request_key: Option<String>,
}

/// What the shop said.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The envelope.
    pub body: Value,
}

impl Answer {
    /// What was asked for; fails if it was refused.
    pub fn data(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body["data"].clone()
    }
}

/// A placed order.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// Its number.
    pub number: i64,
    /// What it costs.
    pub total: i64,
}

/// A variant on the shelf.
#[derive(Clone, Copy, Debug)]
pub struct Pack {
    /// The product.
    pub product: i64,
    /// The variant.
    pub variant: i64,
    /// What it costs.
    pub price: i64,
}

impl Shopper {
    /// A stranger.
    pub fn new(shop: &str, client: Client) -> Self {
        let nothing = String::new;
        Self {
            shop: shop.to_owned(),
            client,
            access: nothing(),
            refresh: nothing(),
            email: nothing(),
            request_key: None,
        }
    }

    /// Asks the shop; `None` if it does not answer. Keeps the cookies that come back.
    pub async fn tries(&mut self, method: Method, path: &str, body: Option<&Value>) -> Option<Answer> {
        let cookies = format!("accessToken={}; refreshToken={}", self.access, self.refresh);
        let mut request = self.client.request(method, format!("{}{path}", self.shop)).header(header::COOKIE, cookies);
        if let Some(key) = &self.request_key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let set: Vec<String> = answer
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned())
            .collect();
        for cookie in set {
            match cookie.split_once('=').unwrap() {
                ("accessToken", value) => value.clone_into(&mut self.access),
                ("refreshToken", value) => value.clone_into(&mut self.refresh),
                _ => {}
            }
        }
        let status = answer.status();
        Some(Answer { status, body: answer.json().await.ok()? })
    }

    /// Asks for something.
    pub async fn gets(&mut self, path: &str) -> Answer {
        self.tries(Method::GET, path, None).await.expect("the shop answers")
    }

    /// Sends something.
    pub async fn posts(&mut self, path: &str, body: &Value) -> Answer {
        self.tries(Method::POST, path, Some(body)).await.expect("the shop answers")
    }

    /// Opens an account, which signs in.
    pub async fn signs_up(&mut self) {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.email = format!("shopper-{number}@example.com");
        let body = json!({
            "name": "이견과", "email": self.email, "password": PASSWORD, "phoneNumber": format!("010-7777-{number:04}"),
            "birthDate": "1990-05-05", "address": "서울특별시 종로구 세종대로 1",
        });
        self.posts("/api/users/signup", &body).await.data();
    }

    /// Signs in.
    pub async fn logs_in(&mut self, email: &str, password: &str) -> Answer {
        self.posts("/api/auth/login", &json!({ "email": email, "password": password })).await
    }

    /// The default pack of the first product that a search finds.
    pub async fn finds(&mut self, text: &str) -> Pack {
        let page = self.gets(&format!("/api/products/search?q={text}")).await.data();
        let product = &page["products"][0];
        Pack {
            product: product["id"].as_i64().unwrap(),
            variant: product["variants"][0]["id"].as_i64().unwrap(),
            price: product["variants"][0]["price"].as_i64().unwrap(),
        }
    }

    /// Orders so many of a pack; `None` if the shop does not answer.
    pub async fn tries_to_order(&mut self, pack: Pack, quantity: i64) -> Option<Placed> {
        let body = json!({
            "recipientName": "이견과", "phoneNumber": "010-1234-5678", "postalCode": "03172",
            "addressLine1": "서울특별시 종로구 세종대로 1",
            "orderItems": [
                { "productId": pack.product, "variantId": pack.variant, "quantity": quantity, "price": pack.price }
            ],
        });
        let order = self.tries(Method::POST, "/api/orders", Some(&body)).await?.data();
        Some(Placed { number: order["orderNumber"].as_i64()?, total: order["totalPrice"].as_i64()? })
    }

    /// Orders so many of a pack.
    pub async fn orders(&mut self, pack: Pack, quantity: i64) -> Placed {
        self.tries_to_order(pack, quantity).await.expect("the shop answers")
    }

    /// Comes back from the payment window; `None` if the shop does not answer.
    pub async fn confirms(&mut self, order: Placed, key: &str) -> Option<Answer> {
        let body = json!({ "paymentKey": key, "orderId": order.number.to_string(), "amount": order.total });
        self.tries(Method::POST, "/api/payments/toss/confirm", Some(&body)).await
    }

    /// Status and payment status of an order of his.
    pub async fn sees(&mut self, order: Placed) -> (String, String) {
        let order = self.gets(&format!("/api/orders/{}", order.number)).await.data();
        let text = |key: &str| order[key].as_str().unwrap().to_owned();
        (text("status"), text("paymentStatus"))
    }
}
