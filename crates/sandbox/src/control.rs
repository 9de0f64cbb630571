//! What testers do to the whole sandbox: move its clock, make it forget.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::clock::{LONGEST_ADVANCE_S, korean_time};
use crate::world::World;

/// `/clock` and `/reset`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/clock").route(web::post().to(post_clock)).route(web::get().to(get_clock)))
        .route("/reset", web::post().to(post_reset));
}

#[derive(Deserialize)]
struct ClockBody {
    advance_s: i64,
}

async fn post_clock(world: web::Data<World>, body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice::<ClockBody>(&body) {
        Ok(ClockBody { advance_s }) if (0..=LONGEST_ADVANCE_S).contains(&advance_s) => {
            world.advance(advance_s);
            tell_time(&world).await
        }
        _ => HttpResponse::BadRequest()
            .json(json!({"code": "INVALID_REQUEST", "message": "advance_s must be seconds, zero or more"})),
    }
}

async fn get_clock(world: web::Data<World>) -> HttpResponse {
    tell_time(&world).await
}

async fn post_reset(world: web::Data<World>) -> HttpResponse {
    world.reset();
    tell_time(&world).await
}

async fn tell_time(world: &World) -> HttpResponse {
    match world.settled().await {
        Ok(()) => HttpResponse::Ok().json(json!({"now": korean_time(world.now())})),
        Err(_) => HttpResponse::InternalServerError()
            .json(json!({"code": "NOT_DURABLE", "message": "the sandbox cannot write its memory"})),
    }
}
