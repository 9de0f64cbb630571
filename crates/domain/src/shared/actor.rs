//! Who is asking.

use super::UserId;

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A shopper.
    User,
    /// Somebody who runs the shop.
    Admin,
}

impl Role {
    /// The name that the database and the wire use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::Admin => "ADMIN",
        }
    }

    /// The role of that name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::User, Self::Admin].into_iter().find(|role| role.name() == name)
    }
}

/// A signed-in person, as use cases see one. Ownership is checked against it inside the domain, so that no endpoint
/// can forget to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub user: UserId,
    /// What it may do.
    pub role: Role,
}
