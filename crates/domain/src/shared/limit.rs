//! How often something may be done.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::{PortFailure, Timestamp};

/// So many times within any span of that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How often. At least once.
    pub times: u32,
    /// Within how long.
    pub per: Duration,
}

/// What is counted: an action, and who does it or to whom. Subjects may hold what a person typed: a store keeps the
/// key's digest and never its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LimitKey(String);

impl LimitKey {
    /// A key of an action's name and its subjects.
    pub fn new(action: &'static str, subjects: &[&dyn fmt::Display]) -> Self {
        let mut key = action.to_owned();
        for subject in subjects {
            // A unit separator cannot be part of an address: no two lists of subjects make one key.
            key.push('\u{1f}');
            key.push_str(&subject.to_string());
        }
        Self(key)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a store keeps of it: its SHA-256, which has one length whatever was typed.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

/// Whether it may be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// Yes.
    Granted,
    /// Not before that long from now.
    Refused {
        /// More than zero.
        retry_after: Duration,
    },
}

/// Counts what is done, across all instances of the shop.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts one more use if the limit allows it. A use that is refused is not counted. Of any number of calls at
    /// once no more are granted than the limit says.
    async fn take(&self, key: &LimitKey, limit: Limit, now: Timestamp) -> Result<Allowance, PortFailure>;

    /// Whether a use would be granted. Counts nothing.
    async fn peek(&self, key: &LimitKey, limit: Limit, now: Timestamp) -> Result<Allowance, PortFailure>;

    /// Forgets every use of the key; of a key that was never used, nothing.
    async fn forget(&self, key: &LimitKey) -> Result<(), PortFailure>;
}

/// Where a request comes from, as limits count it. Somebody who has an IPv6 network has all of its addresses, so of
/// those only the network counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address that a connection or a proxy names.
    pub fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
        })
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_counts_as_one_client() {
        let client = |text: &str| ClientAddress::new(text.parse().unwrap());
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:10.0.0.1"), client("10.0.0.1"));
        assert_ne!(client("10.0.0.1"), client("10.0.0.2"));
    }

    #[test]
    fn subjects_cannot_be_shifted_into_each_other() {
        let key = |subjects: &[&dyn fmt::Display]| LimitKey::new("log-in", subjects);
        assert_ne!(key(&[&"ab", &"c"]), key(&[&"a", &"bc"]));
        assert_ne!(key(&[&"a"]), LimitKey::new("sign-up", &[&"a"]));
    }
}
