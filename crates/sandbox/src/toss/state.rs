//! All that the Toss stand-in knows at one moment. It is changed under one short lock, never across an await; each change
//! collects the records that the journal has to keep.

use std::collections::{BTreeSet, HashMap};

use super::faults::Faults;
use super::hooks::Hooks;
use super::idempotency::IdempotencyBook;
use super::record::{NewPayment, Record};
use super::wire::{Booked, Status, Transaction};
use crate::clock::{Moment, korean_digits, korean_time};
use crate::entropy;
use crate::store::{Record as Remembered, StoreError, Write};

pub(crate) const PAYMENTS: &str = "toss_payment";
pub(crate) const TRANSACTIONS: &str = "toss_transaction";

/// Payments, transactions, answered keys, faults and deliveries.
#[derive(Debug)]
pub(crate) struct State {
    /// Where browsers reach the sandbox: the links inside payments begin with it.
    base: String,
    payments: Vec<Record>,
    by_key: HashMap<String, usize>,
    by_order: HashMap<String, Vec<usize>>,
    by_window: HashMap<String, usize>,
    deadlines: BTreeSet<(Moment, usize)>,
    transactions: Vec<Booked>,
    pub(crate) idempotency: IdempotencyBook,
    pub(crate) faults: Faults,
    pub(crate) hooks: Hooks,
    writes: Vec<Write>,
}

impl State {
    /// A stand-in that has never heard of anybody.
    pub(crate) fn new(base: String, webhook_url: Option<String>) -> Self {
        Self {
            base,
            payments: Vec::new(),
            by_key: HashMap::new(),
            by_order: HashMap::new(),
            by_window: HashMap::new(),
            deadlines: BTreeSet::new(),
            transactions: Vec::new(),
            idempotency: IdempotencyBook::default(),
            faults: Faults::default(),
            hooks: Hooks::new(webhook_url),
            writes: Vec::new(),
        }
    }

    /// Takes back what an earlier run remembered.
    pub(crate) fn restore(&mut self, remembered: &[Remembered]) -> Result<(), StoreError> {
        let mut payments = Vec::new();
        for record in remembered {
            match record.kind.as_str() {
                PAYMENTS => payments.push(record.read::<Record>()?),
                TRANSACTIONS => self.transactions.push(record.read()?),
                super::idempotency::ANSWERS => self.idempotency.restore(record)?,
                super::faults::FAULTS => self.faults = record.read()?,
                super::hooks::SETTINGS | super::hooks::DELIVERIES => self.hooks.restore(record)?,
                _ => {}
            }
        }
        payments.sort_by_key(|record: &Record| record.number);
        for record in payments {
            self.index(&record);
            self.payments.push(record);
        }
        Ok(())
    }

    /// Forgets everything but its own address and the webhook address it was started with.
    pub(crate) fn reset(&mut self) {
        let hooks = self.hooks.renewed();
        *self = Self { hooks, ..Self::new(std::mem::take(&mut self.base), None) };
    }

    /// What the journal has to keep of the changes since the last call.
    pub(crate) fn take_writes(&mut self) -> Vec<Write> {
        let mut writes = std::mem::take(&mut self.writes);
        writes.append(&mut self.idempotency.take_writes());
        writes.append(&mut self.faults.take_writes(super::faults::FAULTS));
        writes.append(&mut self.hooks.take_writes());
        writes
    }

    /// Where browsers reach the sandbox.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Creates a READY payment and tells its key.
    pub(crate) fn open(&mut self, new: NewPayment, now: Moment) -> Record {
        let payment_key = loop {
            let key = format!("tsand_{}{}", korean_digits(now), entropy::alphanumeric(5));
            if !self.by_key.contains_key(&key) {
                break key;
            }
        };
        let secret = format!("ps_{}", entropy::alphanumeric(26));
        let record = Record::new(self.payments.len(), new, (payment_key, secret), &self.base, now);
        self.keep(record.clone());
        record
    }

    /// Stores a payment as it is now.
    pub(crate) fn keep(&mut self, record: Record) {
        self.writes.push(Write::put(PAYMENTS, record.payment.payment_key.clone(), &record));
        self.index(&record);
        if let Some(known) = self.payments.get_mut(record.number) {
            *known = record;
        } else {
            self.payments.push(record);
        }
    }

    fn index(&mut self, record: &Record) {
        let number = record.number;
        if self.by_key.insert(record.payment.payment_key.clone(), number).is_none() {
            self.by_order.entry(record.payment.order_id.clone()).or_default().push(number);
        }
        if let Some(window) = &record.window {
            self.by_window.insert(window.id.clone(), number);
        }
        if let Some(deadline) = record.deadline() {
            self.deadlines.insert((deadline, number));
        }
    }

    /// Every payment, in the order of creation.
    pub(crate) fn payments(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.payments.iter()
    }

    /// The payment of that key.
    pub(crate) fn find(&self, payment_key: &str) -> Option<Record> {
        self.by_key.get(payment_key).and_then(|number| self.payments.get(*number)).cloned()
    }

    /// The payment that a window belongs to.
    pub(crate) fn find_window(&self, window: &str) -> Option<Record> {
        self.by_window.get(window).and_then(|number| self.payments.get(*number)).cloned()
    }

    fn of_order(&self, order_id: &str) -> impl DoubleEndedIterator<Item = &Record> {
        let numbers = self.by_order.get(order_id).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(|number| self.payments.get(*number))
    }

    /// The payment that an order stands for: the approved one, else the latest attempt.
    pub(crate) fn find_order(&self, order_id: &str) -> Option<Record> {
        let approved = self.of_order(order_id).find(|record| record.is_taken());
        approved.or_else(|| self.of_order(order_id).next_back()).cloned()
    }

    /// Whether another payment of this order was approved already.
    pub(crate) fn order_is_taken(&self, order_id: &str, but_for: Option<usize>) -> bool {
        self.of_order(order_id).any(|record| record.is_taken() && Some(record.number) != but_for)
    }

    /// Books an approval or a cancel for the reconciliation list.
    pub(crate) fn book(&mut self, record: &Record, amount: i64, now: Moment) {
        let payment = &record.payment;
        let row = Transaction {
            m_id: payment.m_id.clone(),
            transaction_key: payment.last_transaction_key.clone().unwrap_or_default(),
            payment_key: payment.payment_key.clone(),
            order_id: payment.order_id.clone(),
            method: payment.method.clone().unwrap_or_default(),
            customer_key: record.customer.key.clone(),
            use_escrow: payment.use_escrow.unwrap_or(false),
            receipt_url: payment.receipt.as_ref().map(|link| link.url.clone()).unwrap_or_default(),
            status: payment.status,
            transaction_at: korean_time(now),
            currency: payment.currency.clone(),
            amount,
        };
        let booked = Booked { at: now, row };
        let key = format!("{:012}", self.transactions.len());
        self.writes.push(Write::put(TRANSACTIONS, key, &booked));
        self.transactions.push(booked);
    }

    /// The reconciliation list, oldest first.
    pub(crate) fn transactions(&self) -> &[Booked] {
        &self.transactions
    }

    /// Lets the time that has passed take effect: overdue payments expire, overdue accounts close.
    pub(crate) fn tick(&mut self, now: Moment) {
        while let Some((deadline, number)) = self.deadlines.first().copied().filter(|(at, _)| *at <= now) {
            self.deadlines.remove(&(deadline, number));
            let due = self.payments.get(number).filter(|record| record.deadline() == Some(deadline)).cloned();
            let Some(mut record) = due else { continue };
            if record.payment.status == Status::WaitingForDeposit {
                // An overdue account stays WAITING_FOR_DEPOSIT and nobody is told.
                record.payment.virtual_account.iter_mut().for_each(|account| account.expired = true);
            } else {
                record.expire();
                self.hooks.status_changed(&record.payment, now);
            }
            self.keep(record);
        }
    }
}
