//! The courier: sends the webhooks that are owed, in the background, and lets overdue payments expire while nobody asks.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::Toss;
use super::hooks::Delivery;
use crate::clock::{Moment, korean_time};
use crate::courier::Courier;

/// The courier looks up at least this often, for payments that expire.
const ROUND: TimeDelta = TimeDelta::milliseconds(500);

/// Works until the sandbox stops.
pub(crate) async fn run(toss: Arc<Toss>) {
    // Toss waits ten seconds for a receiver's 200.
    let courier = Courier::waiting(Duration::from_secs(10));
    loop {
        let (due, wait) = toss.change(|state, now| {
            state.tick(now);
            let due = state.hooks.take_due(now);
            (due, until_next_round(state.hooks.next_due(), now))
        });
        for delivery in due {
            let url = toss.read(|state| state.hooks.settings().url.clone());
            tokio::spawn(deliver(Arc::clone(&toss), courier.client(), url, delivery));
        }
        tokio::select! {
            () = toss.woken() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

fn until_next_round(next: Option<Moment>, now: Moment) -> Duration {
    // What is due already waits for its order's turn: the report of the one on its way wakes the courier.
    let ahead = next.map(|next| next - now).filter(|ahead| *ahead > TimeDelta::zero());
    ahead.unwrap_or(ROUND).min(ROUND).to_std().unwrap_or_default()
}

async fn deliver(toss: Arc<Toss>, client: Option<reqwest::Client>, url: Option<String>, delivery: Delivery) {
    // What a receiver is told must survive a crash of the teller.
    let durable = toss.settled().await;
    let outcome = match (client, url, durable) {
        (_, _, Err(_)) => Err("the sandbox cannot write its memory".to_owned()),
        (None, _, _) => Err("no client could be made".to_owned()),
        (_, None, _) => Err("no address is registered".to_owned()),
        (Some(client), Some(url), Ok(())) => send(&client, &url, &delivery, toss.now()).await,
    };
    if let Err(reason) = &outcome {
        tracing::info!(id = delivery.transmission_id, order = delivery.order_id, reason, "webhook not delivered");
    }
    toss.change(|state, now| state.hooks.report(delivery.number, outcome, now));
}

async fn send(client: &reqwest::Client, url: &str, delivery: &Delivery, now: Moment) -> Result<(), String> {
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("tosspayments-webhook-transmission-time", korean_time(now))
        .header("tosspayments-webhook-transmission-retried-count", delivery.attempts.len().to_string())
        .header("tosspayments-webhook-transmission-id", &delivery.transmission_id)
        .body(delivery.body.clone());
    match request.send().await {
        Ok(answer) if answer.status() == 200 => Ok(()),
        Ok(answer) => Err(answer.status().as_u16().to_string()),
        Err(error) if error.is_timeout() => Err("time-out".to_owned()),
        Err(_) => Err("unreachable".to_owned()),
    }
}
