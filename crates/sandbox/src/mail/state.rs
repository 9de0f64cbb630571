//! All that the mail stand-in knows at one moment. It is changed under one short lock, never across an await; each
//! change collects the records that the journal has to keep.

use std::collections::{BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::events::Event;
use super::faults::{FAULTS, Faults};
use super::message::Kept;
use super::sns::Topic;
use crate::clock::{Moment, korean_time};
use crate::store::{Record, StoreError, Write};

const MESSAGES: &str = "mail_message";
const ACCOUNT: &str = "mail_account";
const SUPPRESSED: &str = "mail_suppressed";
/// How much history the console is told.
const HISTORY: usize = 300;

/// Something that happened, for the console.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Happened {
    pub(crate) at: String,
    pub(crate) event: String,
    pub(crate) message_id: String,
}

/// Messages, account, suppressed addresses, faults, and the topic that events are published to.
#[derive(Debug)]
pub(crate) struct State {
    messages: Vec<Kept>,
    by_id: HashMap<String, usize>,
    account: Account,
    suppressed: BTreeSet<String>,
    /// When how many recipients were sent to, for the limits: all of them, and those that count.
    sent: VecDeque<(Moment, usize, usize)>,
    history: VecDeque<Happened>,
    pub(crate) topic: Topic,
    pub(crate) faults: Faults,
    writes: Vec<Write>,
}

impl State {
    /// A relay that has carried nothing yet; `base` is where browsers reach the sandbox.
    pub(crate) fn new(base: String) -> Self {
        Self {
            messages: Vec::new(),
            by_id: HashMap::new(),
            account: Account::default(),
            suppressed: BTreeSet::new(),
            sent: VecDeque::new(),
            history: VecDeque::new(),
            topic: Topic::new(base),
            faults: Faults::default(),
            writes: Vec::new(),
        }
    }

    /// Takes back what an earlier run remembered.
    pub(crate) fn restore(&mut self, remembered: &[Record]) -> Result<(), StoreError> {
        for record in remembered {
            match record.kind.as_str() {
                MESSAGES => {
                    let kept: Kept = record.read()?;
                    self.sent.push_back((kept.at, kept.message.to.len(), kept.counted));
                    self.by_id.insert(kept.message.id.clone(), self.messages.len());
                    self.messages.push(kept);
                }
                ACCOUNT => self.account = record.read()?,
                SUPPRESSED => drop(self.suppressed.insert(record.key.clone())),
                FAULTS => self.faults = record.read()?,
                _ => self.topic.restore(record)?,
            }
        }
        Ok(())
    }

    /// Forgets everything.
    pub(crate) fn reset(&mut self, now: Moment) {
        let topic = self.topic.renewed(now);
        *self = Self { topic, ..Self::new(String::new()) };
    }

    /// What the journal has to keep of the changes since the last call.
    pub(crate) fn take_writes(&mut self) -> Vec<Write> {
        let mut writes = std::mem::take(&mut self.writes);
        writes.append(&mut self.faults.take_writes(FAULTS));
        writes.append(&mut self.topic.take_writes());
        writes
    }

    /// How the customer is treated.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Treats the customer otherwise.
    pub(crate) fn set_account(&mut self, account: Account) {
        self.writes.push(Write::put(ACCOUNT, "account", &account));
        self.account = account;
    }

    /// The number of the next message.
    pub(crate) fn next_number(&self) -> u64 {
        self.messages.last().map_or(0, |kept| kept.number + 1)
    }

    /// Keeps an accepted message.
    pub(crate) fn accept(&mut self, kept: Kept, recipients: usize, now: Moment) {
        self.writes.push(Write::put(MESSAGES, format!("{:012}", kept.number), &kept));
        self.sent.push_back((now, recipients, kept.counted));
        self.by_id.insert(kept.message.id.clone(), self.messages.len());
        self.messages.push(kept);
    }

    /// Every message, oldest first.
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.messages.iter()
    }

    /// The message of that id.
    pub(crate) fn find(&self, id: &str) -> Option<&Kept> {
        self.messages.get(*self.by_id.get(id)?)
    }

    /// How many recipients were sent to since then.
    pub(crate) fn sent_since(&self, then: Moment) -> usize {
        self.sent.iter().rev().take_while(|(at, ..)| *at > then).map(|(_, all, _)| all).sum()
    }

    /// How many of them count for the daily quota.
    pub(crate) fn counted_since(&self, then: Moment) -> usize {
        self.sent.iter().rev().take_while(|(at, ..)| *at > then).map(|(.., counted)| counted).sum()
    }

    /// Whether nothing is delivered to that address any more.
    pub(crate) fn is_suppressed(&self, address: &str) -> bool {
        self.suppressed.contains(&address.to_lowercase())
    }

    /// The suppression list.
    pub(crate) fn suppressed(&self) -> impl Iterator<Item = &String> {
        self.suppressed.iter()
    }

    fn suppress(&mut self, address: &str) {
        let address = address.to_lowercase();
        if !super::simulator::is_simulated(&address) {
            self.writes.push(Write::put(SUPPRESSED, address.clone(), &true));
            self.suppressed.insert(address);
        }
    }

    /// Something happens to a message; whoever listens to the topic is told.
    pub(crate) fn happen(&mut self, id: &str, event: &Event, now: Moment) {
        let bounced = match event {
            Event::Bounce(to, bounce) if bounce.suppresses() => to.as_slice(),
            Event::Complaint(to) => to.as_slice(),
            _ => &[],
        };
        for address in bounced {
            self.suppress(address);
        }
        let happened = Happened { at: korean_time(now), event: event.name().to_owned(), message_id: id.to_owned() };
        self.history.push_back(happened);
        if self.history.len() > HISTORY {
            self.history.pop_front();
        }
        if !self.topic.is_heard() {
            return;
        }
        let document = self.find(id).map(|kept| event.document(kept, now));
        if let Some(document) = document {
            self.topic.publish(&document.to_string(), now);
        }
    }

    /// The latest events of this run, newest first.
    pub(crate) fn history(&self) -> impl Iterator<Item = &Happened> {
        self.history.iter().rev()
    }
}
