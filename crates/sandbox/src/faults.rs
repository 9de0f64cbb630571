//! Misbehaviour on demand: the next few calls of one operation go wrong in one way. Each partner names its own
//! operations and ways.

use serde::{Deserialize, Serialize};

use crate::store::Write;

/// A fault and how often it still strikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault<On, Kind> {
    pub(crate) on: On,
    pub(crate) kind: Kind,
    pub(crate) times: u32,
    #[serde(default)]
    pub(crate) delay_ms: Option<u64>,
}

/// The faults that are still to strike, first come first served.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Faults<On, Kind> {
    waiting: Vec<Fault<On, Kind>>,
    #[serde(skip)]
    changed: bool,
}

impl<On, Kind> Default for Faults<On, Kind> {
    fn default() -> Self {
        Self { waiting: Vec::new(), changed: false }
    }
}

impl<On: Copy + PartialEq + Serialize, Kind: Clone + Serialize> Faults<On, Kind> {
    /// Lines up a fault; `times` of zero clears what was lined up for that operation.
    pub(crate) fn add(&mut self, fault: Fault<On, Kind>) {
        self.changed = true;
        if fault.times == 0 {
            self.waiting.retain(|waiting| waiting.on != fault.on);
        } else {
            self.waiting.push(fault);
        }
    }

    /// The fault that strikes this call, if any; it is used up by one.
    pub(crate) fn take(&mut self, on: On) -> Option<Fault<On, Kind>> {
        let waiting = self.waiting.iter_mut().find(|fault| fault.on == on)?;
        waiting.times = waiting.times.saturating_sub(1);
        let struck = waiting.clone();
        self.waiting.retain(|fault| fault.times > 0);
        self.changed = true;
        Some(struck)
    }

    /// What is lined up.
    pub(crate) fn waiting(&self) -> &[Fault<On, Kind>] {
        &self.waiting
    }

    /// What the journal has to keep, under the partner's own kind of record.
    pub(crate) fn take_writes(&mut self, kind: &'static str) -> Vec<Write> {
        if std::mem::take(&mut self.changed) { vec![Write::put(kind, "waiting", self)] } else { Vec::new() }
    }
}
