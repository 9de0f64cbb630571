//! Who posts the topic's messages, in the background.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::Mail;
use super::envelope::sealed;
use super::sns::{Delivery, Kind, Topic};
use crate::clock::Moment;
use crate::courier::Courier;

/// A subscriber has so long to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The poster looks up at least this often.
const ROUND: TimeDelta = TimeDelta::milliseconds(500);

/// Works until the sandbox stops.
pub(crate) async fn run(mail: Arc<Mail>) {
    let courier = Courier::waiting(PATIENCE);
    loop {
        let (due, wait) = mail.change(|state, now| {
            let due = state.topic.take_due(now);
            (due, until_next_round(state.topic.next_due(), now))
        });
        for delivery in due {
            tokio::spawn(post(Arc::clone(&mail), courier.client(), delivery));
        }
        tokio::select! {
            () = mail.news.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

fn until_next_round(next: Option<Moment>, now: Moment) -> Duration {
    let ahead = next.map(|next| next - now).filter(|ahead| *ahead > TimeDelta::zero());
    ahead.unwrap_or(ROUND).min(ROUND).to_std().unwrap_or_default()
}

async fn post(mail: Arc<Mail>, client: Option<reqwest::Client>, delivery: Delivery) {
    let (settings, base) = mail.read(|state| (state.topic.settings().clone(), state.topic.base().to_owned()));
    let durable = mail.settled().await;
    let outcome = match (client, settings.url.clone(), durable) {
        (Some(client), Some(url), Ok(())) => {
            // An old-style signature takes an unoptimised build a while.
            let sealing = delivery.clone();
            let body = tokio::task::spawn_blocking(move || sealed(&sealing, &base, &settings).to_string()).await;
            send(&client, &url, &delivery, body.unwrap_or_default()).await
        }
        _ => Err("nobody to post to".to_owned()),
    };
    mail.change(|state, now| state.topic.report(delivery.number, outcome, now));
}

async fn send(client: &reqwest::Client, url: &str, delivery: &Delivery, body: String) -> Result<u16, String> {
    let kind = match delivery.kind {
        Kind::SubscriptionConfirmation => "SubscriptionConfirmation",
        Kind::Notification => "Notification",
    };
    let mut request = client
        .post(url)
        .header("content-type", "text/plain; charset=UTF-8")
        .header("user-agent", "Amazon Simple Notification Service Agent")
        .header("x-amz-sns-message-type", kind)
        .header("x-amz-sns-message-id", &delivery.message_id)
        .header("x-amz-sns-topic-arn", Topic::arn());
    if delivery.kind == Kind::Notification {
        request = request.header("x-amz-sns-subscription-arn", format!("{}:sandbox-only", Topic::arn()));
    }
    match request.body(body).send().await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) if error.is_timeout() => Err("time-out".to_owned()),
        Err(_) => Err("unreachable".to_owned()),
    }
}
