//! `POST /api/users/me/totp/recovery-codes`

use actix_web::web;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::dto::{CodeBody, RecoveryCodesView};
use crate::shop::Shop;

/// New recovery codes in place of the old ones: `POST /api/users/me/totp/recovery-codes`.
pub async fn replace_recovery_codes(
    shop: web::Data<Shop>,
    person: SignedIn,
    body: Json<CodeBody>,
) -> Handled<RecoveryCodesView> {
    let codes = shop.members.change_second_factor.replace_recovery_codes(person.actor, &body.0.into_code()?).await?;
    Ok(Answer::ok(RecoveryCodesView::from(codes.as_slice())))
}
