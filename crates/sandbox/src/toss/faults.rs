//! Misbehaviour on demand: the next few calls of one operation go wrong in one way.

use serde::{Deserialize, Serialize};

use crate::store::Write;

pub(crate) const FAULTS: &str = "toss_faults";

/// The operation that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultPoint {
    Confirm,
    Cancel,
    Lookup,
}

/// The way it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// It happens, and the connection breaks before a byte of the answer.
    ExecuteThenDrop,
    /// It happens, and the answer is a 500.
    #[serde(rename = "execute_then_500")]
    ExecuteThen500,
    /// Nothing happens, and the answer is a 500.
    #[serde(rename = "refuse_500")]
    Refuse500,
    /// It happens, and the answer is withheld for `delay_ms`.
    Delay,
    /// Nothing happens, and the answer is a 429.
    #[serde(rename = "status_429")]
    Status429,
}

/// A fault and how often it still strikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub(crate) on: FaultPoint,
    pub(crate) kind: FaultKind,
    pub(crate) times: u32,
    #[serde(default)]
    pub(crate) delay_ms: Option<u64>,
}

/// The faults that are still to strike, first come first served.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
    #[serde(skip)]
    changed: bool,
}

impl Faults {
    /// Lines up a fault; `times` of zero clears what was lined up for that operation.
    pub(crate) fn add(&mut self, fault: Fault) {
        self.changed = true;
        if fault.times == 0 {
            self.waiting.retain(|waiting| waiting.on != fault.on);
        } else {
            self.waiting.push(fault);
        }
    }

    /// The fault that strikes this call, if any; it is used up by one.
    pub(crate) fn take(&mut self, point: FaultPoint) -> Option<Fault> {
        let waiting = self.waiting.iter_mut().find(|fault| fault.on == point)?;
        waiting.times = waiting.times.saturating_sub(1);
        let struck = waiting.clone();
        self.waiting.retain(|fault| fault.times > 0);
        self.changed = true;
        Some(struck)
    }

    /// What is lined up.
    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.waiting
    }

    pub(crate) fn take_writes(&mut self) -> Vec<Write> {
        if std::mem::take(&mut self.changed) { vec![Write::put(FAULTS, "waiting", self)] } else { Vec::new() }
    }
}
