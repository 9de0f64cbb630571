//! The two sides of a scenario: the server that is asked, and the ceiling that does without it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::Outcome;
use crate::catalogue::Goods;
use crate::http::Connection;
use crate::load::{self, Round, Worker};
use crate::password;
use crate::random;
use crate::shoppers::PASSWORD;
use crate::sql::{carts, orders};
use crate::store::Store;

/// Something that rounds can be taken of.
#[derive(Clone, Debug)]
pub enum Side {
    /// Requests, for each worker its own, answered with that status.
    Requests(SocketAddr, u16, Vec<Arc<[Vec<u8>]>>),
    /// The statements of adding to a cart: for each worker a user, and the shelf.
    Carts(Store, Vec<i64>, Arc<[Goods]>),
    /// The statements of placing an order: for each worker a user and his orders.
    Orders(Store, Vec<(i64, Arc<[Vec<Goods>]>)>),
    /// Comparing a password with its hash.
    Passwords(String),
}

impl Side {
    /// Takes one round.
    pub async fn round(&self, length: Duration) -> Outcome<Round> {
        match self {
            Self::Requests(address, expected, requests) => {
                let mut workers = Vec::new();
                for requests in requests {
                    workers.push(Asking {
                        connection: Connection::open(*address).await?,
                        expected: *expected,
                        turns: Turns::new(requests, workers.len()),
                    });
                }
                load::run(workers, length).await
            }
            Self::Carts(store, users, goods) => {
                let filling =
                    |(worker, &user)| Filling { store: store.clone(), user, turns: Turns::new(goods, worker) };
                load::run(users.iter().enumerate().map(filling).collect(), length).await
            }
            Self::Orders(store, buyers) => {
                let buying = |(user, orders): &(i64, Arc<[Vec<Goods>]>)| Buying {
                    store: store.clone(),
                    user: *user,
                    turns: Turns::new(orders, 0),
                };
                load::run(buyers.iter().map(buying).collect(), length).await
            }
            Self::Passwords(hash) => password::round(hash.clone(), PASSWORD, password::lanes(), length).await,
        }
    }
}

/// One thing after the other, and from the start again.
struct Turns<T> {
    things: Arc<[T]>,
    next: usize,
}

impl<T> Turns<T> {
    /// Each worker starts at another place, so that they do not march in step.
    fn new(things: &Arc<[T]>, worker: usize) -> Self {
        Self { things: Arc::clone(things), next: worker.wrapping_mul(7) }
    }

    fn take(&mut self) -> Outcome<&T> {
        let place = self.next % self.things.len().max(1);
        self.next = place + 1;
        self.things.get(place).ok_or_else(|| "there is nothing to do".into())
    }
}

struct Asking {
    connection: Connection,
    expected: u16,
    turns: Turns<Vec<u8>>,
}

impl Worker for Asking {
    async fn step(&mut self) -> Outcome {
        let request = self.turns.take()?;
        let status = self.connection.exchange(request).await?;
        if status == self.expected {
            return Ok(());
        }
        let asked = String::from_utf8_lossy(request);
        let answered = String::from_utf8_lossy(self.connection.body());
        Err(format!("answered with {status}: {answered}\nto {asked}").into())
    }
}

struct Filling {
    store: Store,
    user: i64,
    turns: Turns<Goods>,
}

impl Worker for Filling {
    async fn step(&mut self) -> Outcome {
        let piece = self.turns.take()?;
        carts::add(&self.store, self.user, piece.product, piece.variant).await
    }
}

struct Buying {
    store: Store,
    user: i64,
    turns: Turns<Vec<Goods>>,
}

impl Worker for Buying {
    async fn step(&mut self) -> Outcome {
        let goods = self.turns.take()?;
        orders::place(&self.store, self.user, random::order_number(), goods).await
    }
}
