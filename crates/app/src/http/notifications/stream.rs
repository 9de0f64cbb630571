//! `GET /api/notifications/stream`

use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};
use ef_domain::shared::AnnouncementId;

use super::super::actor::SignedIn;
use super::super::code::ErrorCode;
use super::super::error::ApiError;
use super::super::head::is_head;
use super::super::renew::authenticate_or_renew;
use super::super::settings::HttpSettings;
use super::events::Events;
use crate::shop::Shop;

/// What a browser that comes back has seen last.
const LAST_EVENT_ID: &str = "last-event-id";
/// Tells proxies such as nginx to pass every event on at once.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What the shopper is told, live and without an end: `GET /api/notifications/stream`.
///
/// The front end never renews its session for a stream, so an expired access token is renewed here from the refresh
/// cookie. A browser that comes back and says where it left off is told what it missed.
pub async fn stream(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (person, renewed) = authenticate_or_renew(&shop, &settings, &request)
        .await?
        .ok_or_else(|| ApiError::new(ErrorCode::Unauthorized))?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, "text/event-stream")).insert_header((ACCEL_BUFFERING, "no"));
    for cookie in &renewed {
        response.cookie(cookie.clone());
    }
    if is_head(&request) {
        return Ok(response.finish());
    }
    match open(&shop, &person, last_seen(&request)).await {
        Ok(events) => Ok(response.streaming(events.into_stream())),
        Err(error) => Err(error.cookies(renewed)),
    }
}

/// Opens the stream first and reads what was missed then: whatever is announced in between comes through the stream.
async fn open(shop: &web::Data<Shop>, person: &SignedIn, seen: Option<AnnouncementId>) -> Result<Events, ApiError> {
    let live = shop.live.streams.open(person.actor.user).ok_or_else(|| ApiError::new(ErrorCode::Unavailable))?;
    let mut events = Events::new(shop.clone().into_inner(), live, person);
    if let Some(seen) = seen
        && shop.live.feed.knows(seen).await?
    {
        events.resume(seen, &shop.announcements.missed(&person.actor, seen).await?);
    }
    Ok(events)
}

fn last_seen(request: &HttpRequest) -> Option<AnnouncementId> {
    let id: i64 = request.headers().get(LAST_EVENT_ID)?.to_str().ok()?.trim().parse().ok()?;
    (id >= 0).then(|| AnnouncementId::new(id))
}
