//! The shop as an attacker sees it. Each test bears the name of what somebody tries, and fails if he gets it.

mod csrf;
mod enumeration;
mod guessing;
mod injection;
mod naver;
mod redirects;
mod roles;
mod routes;
mod secrets_of_size;
mod table;
mod tokens;

/// Method and address of every route.
pub fn routes_of_the_table() -> impl Iterator<Item = String> {
    table::rows().into_iter().map(|row| row.name())
}
