//! What the merchant's webhook is owed: deliveries, their schedule and their history. Sending is `deliver.rs`'s part.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::wire::{Payment, Status};
use crate::clock::{Moment, korean_time, korean_wall_time};
use crate::entropy;
use crate::store::{Record, StoreError, Write};

pub(crate) const SETTINGS: &str = "toss_webhook_settings";
pub(crate) const DELIVERIES: &str = "toss_delivery";

/// A failed delivery is repeated after so many minutes, seven times in all.
const RETRY_AFTER_MINUTES: [u64; 7] = [1, 4, 16, 64, 256, 1024, 4096];
/// With reordering on, every other delivery is held back so that the next one overtakes it.
const HELD_BACK: TimeDelta = TimeDelta::milliseconds(700);
const DUPLICATED_AFTER: TimeDelta = TimeDelta::milliseconds(50);
/// Finished deliveries are history for the console; this many are kept.
const HISTORY: usize = 300;
/// How many deliveries may be on their way at once.
const AT_ONCE: usize = 16;
/// How far down a long queue one round looks for something that can go out.
const LOOKED_AT: usize = 256;

/// Where webhooks go, and how badly they behave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HookSettings {
    /// `None`: the merchant registered no address and nothing is owed.
    pub(crate) url: Option<String>,
    /// Every delivery comes twice.
    #[serde(default)]
    pub(crate) duplicate: bool,
    /// Deliveries overtake each other.
    #[serde(default)]
    pub(crate) reorder: bool,
    /// What the minutes of the retry schedule are multiplied by.
    #[serde(default = "unscaled")]
    pub(crate) retry_scale: f64,
}

fn unscaled() -> f64 {
    1.0
}

impl HookSettings {
    fn to(url: Option<String>) -> Self {
        Self { url, duplicate: false, reorder: false, retry_scale: unscaled() }
    }
}

/// One try to deliver and what came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) at: String,
    pub(crate) outcome: String,
}

/// A webhook that is owed, or was.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivery {
    pub(crate) number: u64,
    pub(crate) transmission_id: String,
    pub(crate) event: String,
    pub(crate) order_id: String,
    pub(crate) status: Status,
    pub(crate) body: String,
    pub(crate) created_at: String,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) delivered: bool,
    /// When the next try is due; `None` once delivered or given up.
    pub(crate) due: Option<Moment>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusChanged<'a> {
    event_type: &'static str,
    created_at: String,
    data: &'a Payment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DepositCallback<'a> {
    created_at: String,
    secret: &'a str,
    status: Status,
    transaction_key: &'a str,
    order_id: &'a str,
}

/// The deliveries and their settings.
#[derive(Debug)]
pub(crate) struct Hooks {
    initial_url: Option<String>,
    settings: HookSettings,
    deliveries: BTreeMap<u64, Delivery>,
    queue: BTreeSet<(Moment, u64)>,
    /// Orders with a delivery on its way: one order's events do not overtake each other by accident.
    busy: HashSet<String>,
    next_number: u64,
    /// Counts events, to hold back every other one.
    events: u64,
    writes: Vec<Write>,
}

impl Hooks {
    pub(crate) fn new(initial_url: Option<String>) -> Self {
        Self {
            settings: HookSettings::to(initial_url.clone()),
            initial_url,
            deliveries: BTreeMap::new(),
            queue: BTreeSet::new(),
            busy: HashSet::new(),
            next_number: 0,
            events: 0,
            writes: Vec::new(),
        }
    }

    pub(crate) fn restore(&mut self, record: &Record) -> Result<(), StoreError> {
        if record.kind == SETTINGS {
            self.settings = record.read()?;
            return Ok(());
        }
        let delivery: Delivery = record.read()?;
        self.next_number = self.next_number.max(delivery.number + 1);
        self.queue.extend(delivery.due.map(|due| (due, delivery.number)));
        self.deliveries.insert(delivery.number, delivery);
        Ok(())
    }

    /// Hooks that owe nothing. Numbers go on, lest a delivery still on its way reports under the number of a new one.
    pub(crate) fn renewed(&mut self) -> Self {
        Self { next_number: self.next_number, ..Self::new(self.initial_url.take()) }
    }

    pub(crate) fn settings(&self) -> &HookSettings {
        &self.settings
    }

    /// Registers another address or another behaviour.
    pub(crate) fn configure(&mut self, settings: HookSettings) {
        self.writes.push(Write::put(SETTINGS, "settings", &settings));
        self.settings = settings;
    }

    /// The latest deliveries, newest first.
    pub(crate) fn history(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.values().rev()
    }

    /// Whether something has changed that the courier should know.
    pub(crate) fn has_news(&self) -> bool {
        !self.writes.is_empty()
    }

    pub(crate) fn take_writes(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.writes)
    }

    /// A payment reached a status that merchants are told of.
    pub(crate) fn status_changed(&mut self, payment: &Payment, now: Moment) {
        let mut data = payment.clone();
        // Real deliveries have been seen without it, whatever the documents say about comparing it.
        data.secret = None;
        let event_type = "PAYMENT_STATUS_CHANGED";
        let body = StatusChanged { event_type, created_at: korean_wall_time(now), data: &data };
        self.owe(event_type, payment, serde_json::to_string(&body), now);
    }

    /// Something happened to a virtual account.
    pub(crate) fn deposit_callback(&mut self, payment: &Payment, now: Moment) {
        let body = DepositCallback {
            created_at: korean_wall_time(now),
            secret: payment.secret.as_deref().unwrap_or_default(),
            status: payment.status,
            transaction_key: payment.last_transaction_key.as_deref().unwrap_or_default(),
            order_id: &payment.order_id,
        };
        self.owe("DEPOSIT_CALLBACK", payment, serde_json::to_string(&body), now);
    }

    fn owe(&mut self, event: &str, payment: &Payment, body: serde_json::Result<String>, now: Moment) {
        let (Some(_), Ok(body)) = (&self.settings.url, body) else {
            return;
        };
        let held_back = self.settings.reorder && self.events.is_multiple_of(2);
        let delivery = Delivery {
            number: 0,
            transmission_id: format!("whtrans_a01{}", entropy::lower(23)),
            event: event.to_owned(),
            order_id: payment.order_id.clone(),
            status: payment.status,
            body,
            created_at: korean_time(now),
            attempts: Vec::new(),
            delivered: false,
            due: Some(if held_back { now + HELD_BACK } else { now }),
        };
        self.events += 1;
        let duplicate =
            self.settings.duplicate.then(|| Delivery { due: Some(now + DUPLICATED_AFTER), ..delivery.clone() });
        for mut delivery in std::iter::once(delivery).chain(duplicate) {
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

    /// Takes what is due and can go out now, at most as much as may be on its way at once.
    pub(crate) fn take_due(&mut self, now: Moment) -> Vec<Delivery> {
        let mut taken = Vec::new();
        let due: Vec<_> = self.queue.iter().take_while(|(due, _)| *due <= now).take(LOOKED_AT).copied().collect();
        for entry in due {
            if self.busy.len() >= AT_ONCE {
                break;
            }
            let Some(delivery) = self.deliveries.get(&entry.1) else {
                continue;
            };
            if self.busy.insert(delivery.order_id.clone()) {
                taken.push(delivery.clone());
                self.queue.remove(&entry);
            }
        }
        taken
    }

    /// When the next delivery is due, if any waits.
    pub(crate) fn next_due(&self) -> Option<Moment> {
        self.queue.first().map(|(due, _)| *due)
    }

    /// What came of a try.
    pub(crate) fn report(&mut self, number: u64, outcome: Result<(), String>, now: Moment) {
        let Some(mut delivery) = self.deliveries.remove(&number) else {
            return;
        };
        self.busy.remove(&delivery.order_id);
        delivery.delivered = outcome.is_ok();
        let retry = RETRY_AFTER_MINUTES.get(delivery.attempts.len()).filter(|_| outcome.is_err());
        delivery.due = retry.and_then(|minutes| {
            let wait = Duration::from_secs(minutes * 60).mul_f64(self.settings.retry_scale);
            now.checked_add_signed(TimeDelta::from_std(wait).ok()?)
        });
        let outcome = outcome.err().unwrap_or_else(|| "200".to_owned());
        delivery.attempts.push(Attempt { at: korean_time(now), outcome });
        self.keep(delivery);
        self.trim();
    }

    fn trim(&mut self) {
        while self.deliveries.len() > HISTORY {
            let finished = self.deliveries.values().find(|delivery| delivery.due.is_none());
            let Some(number) = finished.map(|delivery| delivery.number) else {
                return;
            };
            self.deliveries.remove(&number);
            self.writes.push(Write::Delete { kind: DELIVERIES, key: format!("{number:012}") });
        }
    }
}
