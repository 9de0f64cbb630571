//! What becomes of an accepted message: the mailbox simulator's addresses, the suppression list, everybody else.

use super::events::{Bounce, Event};
use super::state::State;
use crate::clock::Moment;

const DOMAIN: &str = "simulator.amazonses.com";

/// The simulated mailbox of an address, its label taken off.
fn mailbox(address: &str) -> Option<String> {
    let address = address.to_lowercase();
    let (local, domain) = address.split_once('@')?;
    let name = local.split('+').next().unwrap_or(local);
    (domain == DOMAIN).then(|| name.to_owned())
}

/// Whether nobody real lives there.
pub(crate) fn is_simulated(address: &str) -> bool {
    mailbox(address).is_some()
}

/// What happens at one recipient, in order.
fn fate(state: &State, address: &str) -> Vec<Event> {
    let to = vec![address.to_owned()];
    match mailbox(address).as_deref() {
        Some("bounce") => vec![Event::Bounce(to, Bounce::unknown_user())],
        Some("suppressionlist") => vec![Event::Bounce(to, Bounce::of("Permanent", "Suppressed"))],
        Some("complaint") => vec![Event::Delivery(to.clone()), Event::Complaint(to)],
        None if state.is_suppressed(address) => {
            vec![Event::Bounce(to, Bounce::of("Permanent", "OnAccountSuppressionList"))]
        }
        _ => vec![Event::Delivery(to)],
    }
}

/// Lets a message that was just accepted meet its recipients.
pub(crate) fn run(state: &mut State, id: &str, now: Moment) {
    let recipients = state.find(id).map(|kept| kept.message.to.clone()).unwrap_or_default();
    state.happen(id, &Event::Send, now);
    for address in recipients {
        for event in fate(state, &address) {
            state.happen(id, &event, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_do_not_hide_a_simulated_mailbox() {
        assert_eq!(mailbox("Bounce+order1@simulator.amazonses.com").as_deref(), Some("bounce"));
        assert!(!is_simulated("bounce@simulator.amazonses.com.example"));
    }
}
