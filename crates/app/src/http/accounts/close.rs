//! `DELETE /api/users/me`

use actix_web::web;

use super::super::actor::SignedIn;
use super::super::cookies;
use super::super::envelope::{Answer, Handled};
use super::super::settings::HttpSettings;
use crate::shop::Shop;

/// Closes the signed-in person's account, on every device at once: `DELETE /api/users/me`.
pub async fn close(shop: web::Data<Shop>, settings: web::Data<HttpSettings>, person: SignedIn) -> Handled<()> {
    shop.members.close_account.run(&person.actor).await?;
    Ok(Answer::ok(()).cookies(cookies::signed_out(&settings)))
}
