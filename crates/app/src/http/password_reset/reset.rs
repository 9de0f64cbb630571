//! `POST /api/auth/password-reset`

use actix_web::web;

use super::super::caller::Calling;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::dto::ResetBody;
use crate::shop::Shop;

/// Trades a token for a new password: `POST /api/auth/password-reset`. Nobody is signed in by it, and whoever was is not
/// any more.
pub async fn reset(shop: web::Data<Shop>, caller: Calling, body: Json<ResetBody>) -> Handled<()> {
    let (token, password) = body.0.into_parts()?;
    shop.members.resets.finish.run(&token, password, caller.0.address).await?;
    Ok(Answer::ok(()))
}
