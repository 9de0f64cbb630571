//! The administration: everything below `/api/admin`, closed by its place and not by its handlers.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use ef_domain::shared::{Actor, Role};

use super::actor::SignedIn;
use super::code::ErrorCode;
use super::error::ApiError;

const TREE: &str = "/api/admin";

/// Whether a path, as the router reads it, is part of the administration.
pub fn is_administration(path: &str) -> bool {
    path.strip_prefix(TREE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Somebody who runs the shop and is let in. The session guard puts him there for every path of the administration; a
/// handler that asks for one elsewhere gets 403, never a shopper.
#[derive(Clone, Copy, Debug)]
pub struct Administrator(pub Actor);

impl Administrator {
    /// The administrator that this person is, if he may enter.
    ///
    /// # Errors
    /// 403 for everybody else, and for whoever has to enrol a second factor first.
    pub fn admit(person: &SignedIn, totp_required: bool) -> Result<Self, ApiError> {
        match person.actor.role {
            Role::User => Err(ApiError::new(ErrorCode::AccessDenied)),
            Role::Admin if totp_required && !person.second_factor => {
                Err(ApiError::new(ErrorCode::SecondFactorEnrolmentRequired))
            }
            Role::Admin => Ok(Self(person.actor)),
        }
    }
}

impl FromRequest for Administrator {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().copied().ok_or_else(|| ApiError::new(ErrorCode::AccessDenied)))
    }
}

#[cfg(test)]
mod tests {
    use ef_domain::account::SessionId;
    use ef_domain::shared::{Timestamp, UserId};

    use super::*;

    #[test]
    fn the_administration_is_a_tree() {
        for path in ["/api/admin", "/api/admin/", "/api/admin/mails/3"] {
            assert!(is_administration(path), "{path}");
        }
        for path in ["/api/administrators", "/api", "/admin", "/api/users/admin"] {
            assert!(!is_administration(path), "{path}");
        }
    }

    #[test]
    fn only_administrators_enter_and_where_it_is_required_only_with_a_second_factor() {
        let refusal = |role, second_factor, required| {
            let person = SignedIn {
                actor: Actor { user: UserId::new(7), role },
                session: SessionId::parse(&"a".repeat(32)).unwrap(),
                epoch: 0,
                auth_time: Timestamp::from_millis(0).unwrap(),
                second_factor,
            };
            Administrator::admit(&person, required).err().map(|error| error.code())
        };
        for required in [false, true] {
            assert_eq!(refusal(Role::Admin, true, required), None);
            for second_factor in [false, true] {
                assert_eq!(refusal(Role::User, second_factor, required), Some(ErrorCode::AccessDenied));
            }
        }
        assert_eq!(refusal(Role::Admin, false, false), None);
        assert_eq!(refusal(Role::Admin, false, true), Some(ErrorCode::SecondFactorEnrolmentRequired));
    }
}
