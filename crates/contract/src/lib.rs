//! One reusable test suite per port, and builders for tests.
//!
//! A suite is a module of rules. Each rule is one function whose name is the sentence it checks, and works on a store of
//! its own; a macro beside the rules turns them into the tests of one adapter. Where two adapters of a port could differ,
//! there is a rule, so that it does not matter which of them the shop runs on.
//!
//! # How to add a rule
//! Write the function, add its name to the list in the macro of its suite (a test compares both), and run the adapters'
//! `tests/contract.rs`.

pub mod accounts;
pub mod addresses;
pub mod announcements;
pub mod announcers;
pub mod builders;
pub mod carts;
pub mod catalogue;
pub mod cms;
pub mod desk;
pub mod identities;
pub mod images;
pub mod limits;
pub mod mail;
pub mod once;
pub mod orders;
pub mod payments;
pub mod refunds;
pub mod resets;
pub mod reviews;
pub mod second_factors;
pub mod sessions;
pub mod shop;
pub mod vault;

/// One test for each rule of a suite that runs on a [`Shop`](shop::Shop). The expression gives a shop; it may await.
#[doc(hidden)]
#[macro_export]
macro_rules! rules_of_a_shop {
    ($suite:path; $shop:expr; $($rule:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            use $suite as suite;
            suite::$rule(&$shop).await;
        }
    )*};
}

#[cfg(test)]
mod tests {
    /// A rule that no macro names would be a test that nobody runs.
    #[test]
    fn every_rule_is_in_the_list_of_its_suite() {
        for (suite, rules, list) in [
            (
                "accounts",
                vec![
                    include_str!("accounts.rs"),
                    include_str!("accounts/change.rs"),
                    include_str!("accounts/close.rs"),
                ],
                include_str!("accounts.rs"),
            ),
            ("addresses", vec![include_str!("addresses.rs")], include_str!("addresses.rs")),
            ("announcements", vec![include_str!("announcements.rs")], include_str!("announcements.rs")),
            ("announcers", vec![include_str!("announcers.rs")], include_str!("announcers.rs")),
            ("carts", vec![include_str!("carts.rs")], include_str!("carts.rs")),
            ("catalogue", vec![include_str!("catalogue.rs")], include_str!("catalogue.rs")),
            (
                "cms",
                vec![include_str!("cms/changes.rs"), include_str!("cms/stock.rs"), include_str!("cms/tags.rs")],
                include_str!("cms.rs"),
            ),
            ("desk", vec![include_str!("desk.rs")], include_str!("desk.rs")),
            ("identities", vec![include_str!("identities.rs")], include_str!("identities.rs")),
            ("images", vec![include_str!("images.rs")], include_str!("images.rs")),
            ("limits", vec![include_str!("limits.rs")], include_str!("limits.rs")),
            ("mail", vec![include_str!("mail.rs"), include_str!("mail/suppressions.rs")], include_str!("mail.rs")),
            ("once", vec![include_str!("once.rs"), include_str!("once/work.rs")], include_str!("once.rs")),
            (
                "orders",
                vec![
                    include_str!("orders/place.rs"),
                    include_str!("orders/apply.rs"),
                    include_str!("orders/find.rs"),
                    include_str!("orders/queries.rs"),
                ],
                include_str!("orders/mod.rs"),
            ),
            ("payments", vec![include_str!("payments.rs")], include_str!("payments.rs")),
            ("refunds", vec![include_str!("refunds.rs")], include_str!("refunds.rs")),
            ("resets", vec![include_str!("resets.rs")], include_str!("resets.rs")),
            ("reviews", vec![include_str!("reviews.rs")], include_str!("reviews.rs")),
            ("second factors", vec![include_str!("second_factors.rs")], include_str!("second_factors.rs")),
            (
                "sessions",
                vec![include_str!("sessions.rs"), include_str!("sessions/look.rs")],
                include_str!("sessions.rs"),
            ),
        ] {
            let list = list.split("macro_rules!").nth(1).unwrap().split("\n}").next().unwrap();
            let names = rules
                .iter()
                .flat_map(|text| text.lines())
                .filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next());
            let missing: Vec<&str> =
                names.filter(|name| !list.split_whitespace().any(|listed| listed == *name)).collect();
            assert!(missing.is_empty(), "{suite}: {missing:?}");
        }
    }
}
