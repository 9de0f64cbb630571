//! Every port's suite on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking"
)]

mod support;

macro_rules! every_suite {
    ($($database:ident)*) => {$(
        mod $database {
            mod accounts {
                ef_contract::account_tests!(crate::support::$database().await);
            }
            mod addresses {
                ef_contract::address_tests!(crate::support::$database().await);
            }
            mod announcements {
                ef_contract::announcement_tests!(crate::support::$database().await);
            }
            mod carts {
                ef_contract::cart_tests!(crate::support::$database().await);
            }
            mod catalogue {
                ef_contract::catalogue_tests!(crate::support::$database().await);
            }
            mod cms {
                ef_contract::cms_tests!(crate::support::$database().await);
            }
            mod desk {
                ef_contract::desk_tests!(crate::support::$database().await);
            }
            mod mail {
                ef_contract::mail_tests!(crate::support::$database().await);
            }
            mod identities {
                ef_contract::identity_tests!(crate::support::$database().await);
            }
            mod once {
                ef_contract::once_tests!(crate::support::$database().await);
            }
            mod orders {
                ef_contract::order_tests!(crate::support::$database().await);
            }
            mod payments {
                ef_contract::payment_tests!(crate::support::$database().await);
            }
            mod refunds {
                ef_contract::refund_tests!(crate::support::$database().await);
            }
            mod resets {
                ef_contract::reset_tests!(crate::support::$database().await);
            }
            mod reviews {
                ef_contract::review_tests!(crate::support::$database().await);
            }
            mod second_factors {
                ef_contract::second_factor_tests!(crate::support::$database().await);
            }
        }
    )*};
}

every_suite!(sqlite mysql);
