//! `/api/users/me/identities`: what opens one's account.

use actix_web::web;
use ef_domain::account::{IdentityProvider, UnlinkIdentityCommand};

use super::super::actor::SignedIn;
use super::super::caller::Calling;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::dto::{IdentitiesView, IdentityView, UnlinkBody};
use crate::shop::Shop;

/// What opens the account: `GET /api/users/me/identities`.
pub(super) async fn list(shop: web::Data<Shop>, person: SignedIn) -> Handled<IdentitiesView> {
    let account = shop.members.edit_profile.show(&person.actor).await?;
    let partners = Some(account.provider).filter(|provider| *provider != IdentityProvider::Local);
    let view = |provider: IdentityProvider| IdentityView { provider: provider.name().to_ascii_lowercase() };
    let identities = partners.map(view).into_iter().collect();
    Ok(Answer::ok(IdentitiesView { has_password: account.has_password, identities }))
}

/// Naver shall not open the account any more: `DELETE /api/users/me/identities/naver`.
pub(super) async fn unlink(
    shop: web::Data<Shop>,
    person: SignedIn,
    calling: Calling,
    body: Json<UnlinkBody>,
) -> Handled<()> {
    let command = UnlinkIdentityCommand {
        actor: person.actor,
        provider: IdentityProvider::Naver,
        password: body.0.into_password()?.into(),
        address: calling.0.address,
    };
    shop.members.unlink_identity.run(command).await?;
    Ok(Answer::ok(()))
}
