//! How often people may try to prove who they are.

use std::time::Duration;

use ef_domain::account::AccountLimits;
use ef_domain::shared::Limit;

use super::reader::Reader;

/// The limits: each of them so many `..._times` within any `..._seconds`.
pub(super) fn read(reader: &mut Reader) -> AccountLimits {
    let mut limit = |times, seconds| Limit {
        // The counts of one key are kept one by one.
        times: reader.number(times, 1..=1_000_000),
        per: Duration::from_secs(reader.number(seconds, 1..=86_400)),
    };
    AccountLimits {
        sign_up: limit("limits.sign_up_times", "limits.sign_up_seconds"),
        log_in_failures: limit("limits.log_in_failures_times", "limits.log_in_failures_seconds"),
        log_in_failures_of_address: limit(
            "limits.log_in_failures_of_address_times",
            "limits.log_in_failures_of_address_seconds",
        ),
        refresh: limit("limits.refresh_times", "limits.refresh_seconds"),
        reset_mail: limit("limits.reset_mail_times", "limits.reset_mail_seconds"),
        reset_mail_long: limit("limits.reset_mail_long_times", "limits.reset_mail_long_seconds"),
        reset_mail_of_address: limit("limits.reset_mail_of_address_times", "limits.reset_mail_of_address_seconds"),
        verification_of_address: limit(
            "limits.verification_of_address_times",
            "limits.verification_of_address_seconds",
        ),
    }
}
