//! What happens at the end of a message: the relay's checks in its own order, then an id.

use chrono::TimeDelta;

use super::account::REGION;
use super::faults::FaultKind;
use super::message::{Envelope, Instructions, Kept, Message, authors};
use super::simulator;
use super::state::State;
use crate::clock::Moment;
use crate::entropy;

/// Most recipients of one message.
const MOST_RECIPIENTS: usize = 50;

/// What the client gave at the end of DATA.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) envelope: Envelope,
    pub(crate) raw: Vec<u8>,
    pub(crate) too_long: bool,
}

/// Accepts a message and tells its id, or tells the reply that refuses it.
pub(crate) fn receive(
    state: &mut State,
    arrival: &Arrival,
    fault: Option<FaultKind>,
    now: Moment,
) -> Result<String, String> {
    refused_by_fault(fault)?;
    if arrival.too_long {
        return Err("552 Message is too long.".to_owned());
    }
    let instructions = Instructions::read(&arrival.raw);
    check_shape(&arrival.envelope, &instructions)?;
    check_identities(state, arrival)?;
    check_configuration(state, &instructions)?;
    let recipients = &arrival.envelope.to;
    let counted = recipients.iter().filter(|address| !simulator::is_simulated(address)).count();
    check_limits(state, recipients.len(), counted, now)?;
    let id = message_id(now);
    let message = Message::read(id.clone(), &arrival.envelope, &arrival.raw, now);
    let kept = Kept::new(state.next_number(), now, counted, message, &arrival.raw);
    state.accept(kept, recipients.len(), now);
    simulator::run(state, &id, now);
    Ok(id)
}

fn refused_by_fault(fault: Option<FaultKind>) -> Result<(), String> {
    let reply = match fault {
        Some(FaultKind::Refuse454) => "454 Throttling failure: Maximum sending rate exceeded",
        Some(FaultKind::Refuse451) => "451 Temporary service failure",
        Some(FaultKind::Refuse554) => "554 Transaction failed: the message cannot be sent.",
        _ => return Ok(()),
    };
    Err(reply.to_owned())
}

fn check_shape(envelope: &Envelope, instructions: &Instructions) -> Result<(), String> {
    if envelope.to.len() > MOST_RECIPIENTS {
        return Err(format!("554 Transaction failed: Recipient count exceeds {MOST_RECIPIENTS}."));
    }
    match &instructions.duplicate {
        Some(name) => Err(format!("554 Transaction failed: Duplicate header '{name}'.")),
        None => Ok(()),
    }
}

fn check_identities(state: &State, arrival: &Arrival) -> Result<(), String> {
    let account = state.account();
    let mut senders = authors(&arrival.raw);
    if !senders.contains(&arrival.envelope.from) {
        senders.push(arrival.envelope.from.clone());
    }
    senders.retain(|address| !account.is_verified(address));
    let mut strangers = arrival.envelope.to.clone();
    strangers.retain(|address| account.sandboxed && !account.is_verified(address) && !simulator::is_simulated(address));
    let failed = if senders.is_empty() { strangers } else { senders };
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "554 Message rejected: Email address is not verified. The following identities failed the check in region {}: {}",
        REGION.to_uppercase(),
        failed.join(", ")
    ))
}

fn check_configuration(state: &State, instructions: &Instructions) -> Result<(), String> {
    let known = |name: &String| state.account().configuration_sets.as_ref().is_none_or(|sets| sets.contains(name));
    match instructions.configuration_set.as_ref().filter(|name| !known(name)) {
        Some(name) => Err(format!("554 Configuration Set does not exist: Configuration set <{name}> does not exist.")),
        None => Ok(()),
    }
}

fn check_limits(state: &State, recipients: usize, counted: usize, now: Moment) -> Result<(), String> {
    let account = state.account();
    let today = state.counted_since(now - TimeDelta::hours(24));
    if account.daily_quota.is_some_and(|quota| counted > 0 && today + counted > quota) {
        return Err("454 Throttling failure: Daily message quota exceeded".to_owned());
    }
    let lately = state.sent_since(now - TimeDelta::seconds(1));
    // A message to more people than a second allows may go out alone.
    if account.rate_per_second.is_some_and(|rate| lately > 0 && lately + recipients > rate) {
        return Err("454 Throttling failure: Maximum sending rate exceeded".to_owned());
    }
    Ok(())
}

/// `010c019ab0000000-11111111-2222-3333-4444-555555555555-000000`: the time in it is the time of the message.
pub(crate) fn message_id(now: Moment) -> String {
    let groups = [8, 4, 4, 4, 12].map(entropy::hex).join("-");
    format!("010c{:012x}-{groups}-000000", now.timestamp_millis())
}
