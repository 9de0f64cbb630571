//! What the tests of the use cases around accounts have in common.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::shared::{Allowance, ClientAddress, CountingEntropy, Limit, ManualClock, MockRateLimiter};
use crate::testing::at;

use super::{
    AccountLimits, Arrival, Caller, Device, Email, FlowSecrets, Identity, IdentityProvider, MockAccountRepository,
    MockSessionStore, Profile, SessionKeys, SessionLifetime, Sessions, StorePulse, Subject, Throttle,
};

/// A throttle whose every limit is the same.
pub(super) fn throttle(limiter: MockRateLimiter) -> Arc<Throttle> {
    let limit = Limit { times: 1, per: Duration::from_mins(1) };
    let limits = AccountLimits {
        sign_up: limit,
        log_in_failures: limit,
        log_in_failures_of_address: limit,
        refresh: limit,
        reset_mail: limit,
        reset_mail_long: limit,
        reset_mail_of_address: limit,
        verification_of_address: limit,
    };
    Arc::new(Throttle { limiter: Arc::new(limiter), clock: Arc::new(ManualClock::at(at(0))), limits })
}

/// A limiter that nobody has reached, and that counts nothing.
pub(super) fn unmet() -> MockRateLimiter {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_peek().returning(|_, _, _| Ok(Allowance::Granted));
    limiter
}

/// Sessions that are kept there.
pub(super) fn sessions(store: MockSessionStore) -> Arc<Sessions> {
    Arc::new(Sessions {
        store: Arc::new(store),
        accounts: Arc::new(MockAccountRepository::new()),
        clock: Arc::new(ManualClock::at(at(0))),
        entropy: Arc::new(CountingEntropy::default()),
        keys: SessionKeys::new(vec![7; 32]),
        lifetime: SessionLifetime { refresh: Duration::from_hours(168), grace: Duration::from_secs(10) },
        throttle: throttle(MockRateLimiter::new()),
        pulse: StorePulse::default(),
    })
}

/// Somebody at a browser.
pub(super) fn caller() -> Caller {
    Caller { address: ClientAddress::new(IpAddr::from([10, 0, 0, 1])), device: Device::new("Firefox") }
}

/// Somebody at Naver.
pub(super) fn identity() -> Identity {
    Identity { provider: IdentityProvider::Naver, subject: Subject::parse("naver-person").expect("a subject") }
}

/// What Naver tells of him.
pub(super) fn profile() -> Profile {
    let email = Email::parse("hong@naver.com").ok();
    Profile { identity: identity(), email, name: Some("홍길동".to_owned()), phone: None }
}

/// His return.
pub(super) fn arrival() -> Arrival {
    let secrets = FlowSecrets { state: "state".into(), nonce: "nonce".into(), verifier: "verifier".into() };
    Arrival { code: "code".into(), secrets, callback: "http://localhost/cb".to_owned() }
}
