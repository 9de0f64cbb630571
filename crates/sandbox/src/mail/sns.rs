//! The topic that events are published to: who subscribed, and which notifications are owed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta};
use serde::{Deserialize, Serialize};

use super::account::REGION;
use crate::clock::{Moment, korean_time};
use crate::entropy;
use crate::store::{Record, StoreError, Write};

const SUBSCRIPTION: &str = "mail_subscription";
const DELIVERIES: &str = "mail_delivery";

/// A notification is tried so often again, so far apart.
const RETRIES: usize = 3;
const RETRY_AFTER: Duration = Duration::from_secs(20);
/// With reordering on, every other notification is held back so that the next one overtakes it.
const HELD_BACK: TimeDelta = TimeDelta::milliseconds(700);
const DUPLICATED_AFTER: TimeDelta = TimeDelta::milliseconds(50);
const HISTORY: usize = 300;

/// How the topic behaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TopicSettings {
    /// The subscriber; `None`: nobody listens.
    pub(crate) url: Option<String>,
    /// `1` signs with SHA-1, `2` with SHA-256.
    pub(crate) signature_version: String,
    /// What `SigningCertURL` says, if not the sandbox's own address.
    pub(crate) signing_cert_url: Option<String>,
    pub(crate) duplicate: bool,
    pub(crate) reorder: bool,
    /// The signature does not fit.
    pub(crate) wrong_signature: bool,
    /// What the pause between tries is multiplied by.
    pub(crate) retry_scale: f64,
}

impl Default for TopicSettings {
    fn default() -> Self {
        Self {
            url: None,
            signature_version: "1".to_owned(),
            signing_cert_url: None,
            duplicate: false,
            reorder: false,
            wrong_signature: false,
            retry_scale: 1.0,
        }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Subscription {
    settings: TopicSettings,
    token: String,
    confirmed: bool,
}

/// The two types of message that are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    SubscriptionConfirmation,
    Notification,
}

/// A message that is owed, or was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    pub(crate) message_id: String,
    pub(crate) message: String,
    pub(crate) timestamp: String,
    pub(crate) token: Option<String>,
    pub(crate) attempts: Vec<String>,
    pub(crate) delivered: bool,
    pub(crate) created_at: String,
    /// When the next try is due; `None` once delivered or given up.
    pub(crate) due: Option<Moment>,
}

/// The topic.
#[derive(Debug)]
pub(crate) struct Topic {
    base: String,
    initial_url: Option<String>,
    subscription: Subscription,
    deliveries: BTreeMap<u64, Delivery>,
    queue: BTreeSet<(Moment, u64)>,
    next_number: u64,
    writes: Vec<Write>,
}

impl Topic {
    /// A topic without a subscriber; `base` is where browsers reach the sandbox.
    pub(crate) fn new(base: String) -> Self {
        Self {
            base,
            initial_url: None,
            subscription: Subscription::default(),
            deliveries: BTreeMap::new(),
            queue: BTreeSet::new(),
            next_number: 0,
            writes: Vec::new(),
        }
    }

    /// Takes back one record, if it is one of the topic's.
    pub(crate) fn restore(&mut self, record: &Record) -> Result<(), StoreError> {
        match record.kind.as_str() {
            SUBSCRIPTION => self.subscription = record.read()?,
            DELIVERIES => {
                let delivery: Delivery = record.read()?;
                self.next_number = self.next_number.max(delivery.number + 1);
                self.queue.extend(delivery.due.map(|due| (due, delivery.number)));
                self.deliveries.insert(delivery.number, delivery);
            }
            _ => {}
        }
        Ok(())
    }

    /// Subscribes whom the sandbox was started with, unless that happened in an earlier run.
    pub(crate) fn start_with(&mut self, url: String, now: Moment) {
        if self.subscription.settings.url.as_ref() != Some(&url) {
            self.configure(TopicSettings { url: Some(url.clone()), ..TopicSettings::default() }, now);
        }
        self.initial_url = Some(url);
    }

    /// A topic that owes nothing but a confirmation to its first subscriber. Numbers go on, lest a message still on its
    /// way reports under the number of a new one.
    pub(crate) fn renewed(&mut self, now: Moment) -> Self {
        let mut fresh = Self { next_number: self.next_number, ..Self::new(std::mem::take(&mut self.base)) };
        if let Some(url) = self.initial_url.take() {
            fresh.start_with(url, now);
        }
        fresh
    }

    /// The topic's name.
    pub(crate) fn arn() -> String {
        format!("arn:aws:sns:{REGION}:123456789012:sandbox-mail")
    }

    /// Where browsers reach the sandbox.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// How it behaves.
    pub(crate) fn settings(&self) -> &TopicSettings {
        &self.subscription.settings
    }

    /// Whether the subscriber has confirmed.
    pub(crate) fn is_heard(&self) -> bool {
        self.subscription.confirmed && self.subscription.settings.url.is_some()
    }

    /// Behaves otherwise; another subscriber has to confirm first.
    pub(crate) fn configure(&mut self, settings: TopicSettings, now: Moment) {
        let is_new = settings.url != self.subscription.settings.url;
        self.subscription.settings = settings;
        if is_new {
            self.subscription.confirmed = false;
            self.subscription.token = entropy::hex(64);
            if self.subscription.settings.url.is_some() {
                let message = format!(
                    "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the SubscribeURL \
                     included in this message.",
                    Self::arn()
                );
                let token = Some(self.subscription.token.clone());
                self.owe(Kind::SubscriptionConfirmation, &message, token, now);
            }
        }
        self.writes.push(Write::put(SUBSCRIPTION, "subscription", &self.subscription));
    }

    /// The subscriber visits the `SubscribeURL`; tells whether the token is the right one. The first message after it is
    /// plain text.
    pub(crate) fn confirm(&mut self, token: &str, now: Moment) -> bool {
        if self.subscription.token != token || token.is_empty() {
            return false;
        }
        if !std::mem::replace(&mut self.subscription.confirmed, true) {
            self.writes.push(Write::put(SUBSCRIPTION, "subscription", &self.subscription));
            self.publish("Successfully validated SNS topic for Amazon SES event publishing.", now);
        }
        true
    }

    /// Owes a notification to whoever listens.
    pub(crate) fn publish(&mut self, message: &str, now: Moment) {
        if self.is_heard() {
            self.owe(Kind::Notification, message, None, now);
        }
    }

    fn owe(&mut self, kind: Kind, message: &str, token: Option<String>, now: Moment) {
        let settings = &self.subscription.settings;
        let held_back = settings.reorder && self.next_number.is_multiple_of(2);
        let duplicated = settings.duplicate;
        let delivery = Delivery {
            number: 0,
            kind,
            message_id: [8, 4, 4, 4, 12].map(entropy::hex).join("-"),
            message: message.to_owned(),
            timestamp: now.to_rfc3339_opts(SecondsFormat::Millis, true),
            token,
            attempts: Vec::new(),
            delivered: false,
            created_at: korean_time(now),
            due: Some(if held_back { now + HELD_BACK } else { now }),
        };
        let copy = duplicated.then(|| Delivery { due: Some(now + DUPLICATED_AFTER), ..delivery.clone() });
        for mut delivery in std::iter::once(delivery).chain(copy) {
            delivery.number = self.next_number;
            self.next_number += 1;
            self.keep(delivery);
        }
    }

    fn keep(&mut self, delivery: Delivery) {
        self.writes.push(Write::put(DELIVERIES, format!("{:012}", delivery.number), &delivery));
        self.queue.extend(delivery.due.map(|due| (due, delivery.number)));
        self.deliveries.insert(delivery.number, delivery);
    }

    /// Takes what is due.
    pub(crate) fn take_due(&mut self, now: Moment) -> Vec<Delivery> {
        let mut taken = Vec::new();
        while let Some(entry) = self.queue.first().copied().filter(|(due, _)| *due <= now) {
            self.queue.remove(&entry);
            taken.extend(self.deliveries.get(&entry.1).cloned());
        }
        taken
    }

    /// When the next one is due, if any waits.
    pub(crate) fn next_due(&self) -> Option<Moment> {
        self.queue.first().map(|(due, _)| *due)
    }

    /// What came of a try: the status, or a word for what went wrong. Only a 5xx and silence are worth another try.
    pub(crate) fn report(&mut self, number: u64, outcome: Result<u16, String>, now: Moment) {
        let Some(mut delivery) = self.deliveries.remove(&number) else { return };
        delivery.delivered = outcome.as_ref().is_ok_and(|status| (200..300).contains(status));
        let settled = outcome.as_ref().is_ok_and(|status| *status < 500);
        delivery.attempts.push(outcome.map_or_else(|word| word, |status| status.to_string()));
        let wait = RETRY_AFTER.mul_f64(self.subscription.settings.retry_scale);
        let next = TimeDelta::from_std(wait).ok().and_then(|wait| now.checked_add_signed(wait));
        delivery.due = next.filter(|_| !settled && delivery.attempts.len() <= RETRIES);
        self.keep(delivery);
        while self.deliveries.len() > HISTORY {
            let finished = self.deliveries.values().find(|delivery| delivery.due.is_none());
            let Some(number) = finished.map(|delivery| delivery.number) else { return };
            self.deliveries.remove(&number);
            self.writes.push(Write::Delete { kind: DELIVERIES, key: format!("{number:012}") });
        }
    }

    /// The latest messages, newest first.
    pub(crate) fn history(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.values().rev()
    }

    /// Whether something has changed that the poster should know.
    pub(crate) fn has_news(&self) -> bool {
        !self.writes.is_empty()
    }

    pub(crate) fn take_writes(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.writes)
    }
}
