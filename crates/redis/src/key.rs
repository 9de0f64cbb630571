//! The name of every key. Scripts that learn an id on the way get the name's beginning instead.

use ef_domain::account::SessionId;
use ef_domain::shared::{LimitKey, UserId, hex};

/// How the name of a session begins.
pub(crate) const SESSION: &str = "session:";
/// How the name of a user's list of sessions begins.
pub(crate) const SESSIONS_OF: &str = "sessions-of:";

/// The channel on which instances tell each other that there are new announcements. Channels are the same in all of a
/// server's databases: a second shop in another one hears these rings too, looks, and finds nothing.
pub(crate) const ANNOUNCEMENTS: &str = "announcements";

/// `session:{id}`: a hash of `user`, `epoch`, `current`, `device`, `began_at`, `expires_at` and, from the first rotation
/// on, `spent` and `spent_at`. Times are milliseconds since 1970. Expires with the session. Sessions that earlier
/// versions stored lack `device` and `began_at`.
pub(crate) fn session(id: &SessionId) -> String {
    format!("{SESSION}{}", id.as_str())
}

/// `sessions-of:{user}`: the set of the ids of the user's sessions, sorted by when they end. Expires with the last.
pub(crate) fn sessions_of(user: UserId) -> String {
    format!("{SESSIONS_OF}{user}")
}

/// `uses:{SHA-256 of what is counted}`: the moments of its uses, sorted, in milliseconds since 1970. Expires with the
/// last of them. What is counted may be an e-mail address: its text is nowhere in Redis.
pub(crate) fn uses(key: &LimitKey) -> String {
    format!("uses:{}", hex(&key.digest()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_stay_what_running_shops_have_stored() {
        let id = SessionId::parse("0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(session(&id), "session:0123456789abcdef0123456789abcdef");
        assert_eq!(sessions_of(UserId::new(42)), "sessions-of:42");
        let key = LimitKey::new("sign-up", &[&"10.0.0.1"]);
        assert_eq!(uses(&key), "uses:3d10835aa5bb977b332bc03438a5bbd2cb93681833c42ba9c49e4ad65e7d47b9");
    }
}
