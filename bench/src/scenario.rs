//! What is measured: each scenario with its requests and its ceiling.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::bare::PAGE_SIZE;
use crate::catalogue::{Catalogue, Goods};
use crate::http;
use crate::random::Random;
use crate::shoppers::{PASSWORD, Shopper};
use crate::side::Side;
use crate::sql::orders::RECIPIENT;
use crate::store::Store;

/// Connections of a scenario that reads.
const READERS: usize = 16;
/// Shoppers of a scenario that writes, each with one connection.
pub const WRITERS: usize = 8;
/// Different orders of one shopper, asked for in turn.
const ORDERS: usize = 256;
/// Lines of an order of many variants.
const LINES: usize = 3;

/// Something that shoppers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Look at the first page of the shelf.
    List,
    /// Look at one product after the other.
    Page,
    /// Put one piece of one variant after the other into the cart.
    AddToCart,
    /// Order three variants out of all.
    OrderMany,
    /// Order the one variant that everybody orders.
    OrderHot,
    /// Sign in.
    LogIn,
}

impl Scenario {
    /// All, in the order in which they are measured.
    pub const ALL: [Self; 6] = [Self::List, Self::Page, Self::AddToCart, Self::OrderMany, Self::OrderHot, Self::LogIn];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "product list",
            Self::Page => "product page",
            Self::AddToCart => "add to cart",
            Self::OrderMany => "place order, many variants",
            Self::OrderHot => "place order, one hot variant",
            Self::LogIn => "log-in",
        }
    }

    /// What it is compared with.
    pub fn ceiling(self) -> &'static str {
        match self {
            Self::List | Self::Page => "bare handler",
            Self::AddToCart | Self::OrderMany | Self::OrderHot => "bare SQL",
            Self::LogIn => "bare Argon2",
        }
    }

    /// The least ratio that is good enough, where one was set.
    pub fn goal(self) -> Option<f64> {
        match self {
            Self::List | Self::Page | Self::OrderMany | Self::OrderHot => Some(0.6),
            Self::AddToCart | Self::LogIn => None,
        }
    }
}

/// Everything that the scenarios stand on.
#[derive(Debug)]
pub struct Stage {
    /// The server.
    pub server: SocketAddr,
    /// The ceiling of reading.
    pub bare: SocketAddr,
    /// The database.
    pub store: Store,
    /// What is on the shelf.
    pub catalogue: Catalogue,
    /// Those who fill carts and sign in.
    pub browsers: Vec<Shopper>,
    /// Those who order. They are others because every open order of a shopper's makes the look at his cart dearer.
    pub buyers: Vec<Shopper>,
    /// The stored hash of a browser's password.
    pub hash: String,
}

impl Stage {
    /// The server's side of a scenario, and its ceiling.
    pub fn sides(&self, scenario: Scenario) -> (Side, Side) {
        match scenario {
            Scenario::List => {
                let path = format!("/api/products?page=0&size={PAGE_SIZE}&sort=createdAt,desc");
                (reading(self.server, &[path]), reading(self.bare, &["/list".to_owned()]))
            }
            Scenario::Page => {
                (reading(self.server, &self.paths("/api/products")), reading(self.bare, &self.paths("/page")))
            }
            Scenario::AddToCart => self.carts(),
            Scenario::OrderMany => self.orders(|random| self.catalogue.draw(random, LINES)),
            Scenario::OrderHot => self.orders(|_| self.catalogue.goods.first().cloned().into_iter().collect()),
            Scenario::LogIn => {
                let request = |shopper: &Shopper| {
                    let body = json!({ "email": shopper.email, "password": PASSWORD });
                    Arc::from(vec![http::post("/api/auth/login", None, &body)])
                };
                let requests = self.browsers.iter().map(request).collect();
                (Side::Requests(self.server, 200, requests), Side::Passwords(self.hash.clone()))
            }
        }
    }

    /// The bytes of the product list from memory.
    pub fn bytes_alone(&self) -> Side {
        reading(self.bare, &["/static".to_owned()])
    }

    /// The address of every product.
    pub fn paths(&self, under: &str) -> Vec<String> {
        self.catalogue.products.iter().map(|id| format!("{under}/{id}")).collect()
    }

    fn carts(&self) -> (Side, Side) {
        let request = |shopper: &Shopper, goods: &Goods| {
            let body = json!({ "productId": goods.product, "variantId": goods.variant, "quantity": 1 });
            http::post("/api/cart", Some(&shopper.cookie), &body)
        };
        let goods = &self.catalogue.goods;
        let requests = self.browsers.iter().map(|shopper| goods.iter().map(|piece| request(shopper, piece)).collect());
        let users = self.browsers.iter().map(|shopper| shopper.user).collect();
        (
            Side::Requests(self.server, 201, requests.collect()),
            Side::Carts(self.store.clone(), users, goods.iter().cloned().collect()),
        )
    }

    fn orders(&self, draw: impl Fn(&mut Random) -> Vec<Goods>) -> (Side, Side) {
        let (mut requests, mut plans) = (Vec::new(), Vec::new());
        for (seed, buyer) in (0..).zip(&self.buyers) {
            let mut random = Random::new(seed);
            let orders: Arc<[Vec<Goods>]> = (0..ORDERS).map(|_| draw(&mut random)).collect();
            requests.push(orders.iter().map(|goods| order_request(buyer, goods)).collect());
            plans.push((buyer.user, orders));
        }
        (Side::Requests(self.server, 201, requests), Side::Orders(self.store.clone(), plans))
    }
}

fn order_request(buyer: &Shopper, goods: &[Goods]) -> Vec<u8> {
    let line = |piece: &Goods| json!({ "productId": piece.product, "variantId": piece.variant, "quantity": 1, "price": piece.price });
    let body = json!({
        "recipientName": RECIPIENT.name,
        "phoneNumber": RECIPIENT.phone,
        "postalCode": RECIPIENT.postal_code,
        "addressLine1": RECIPIENT.address_line1,
        "addressLine2": RECIPIENT.address_line2,
        "orderItems": goods.iter().map(line).collect::<Vec<Json>>(),
    });
    http::post("/api/orders", Some(&buyer.cookie), &body)
}

/// The same pages for every worker.
fn reading(address: SocketAddr, paths: &[String]) -> Side {
    let requests: Arc<[Vec<u8>]> = paths.iter().map(|path| http::get(path)).collect();
    Side::Requests(address, 200, vec![requests; READERS])
}
