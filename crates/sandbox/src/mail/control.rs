//! Buttons for testers: what becomes of messages, how the customer is treated, and how badly the stand-in should behave.

use actix_web::{HttpResponse, web};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Mail;
use super::account::Account;
use super::events::{Bounce, Event};
use super::faults::{Fault, FaultKind};
use super::sns::TopicSettings;

/// Routes below `/mail/control`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/faults").route(web::post().to(post_fault)).route(web::get().to(list_faults)))
        .service(web::resource("/account").route(web::post().to(post_account)).route(web::get().to(get_account)))
        .service(web::resource("/sns").route(web::post().to(post_sns)).route(web::get().to(get_sns)))
        .service(web::resource("/events").route(web::post().to(post_event)).route(web::get().to(list_events)))
        .route("/suppressed", web::get().to(list_suppressed));
}

/// Control calls are made by hand and by scripts: any content type will do, and an empty body is an empty object.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

async fn respond<T: Serialize>(mail: &Mail, result: Result<T, String>) -> HttpResponse {
    if mail.settled().await.is_err() {
        return HttpResponse::InternalServerError()
            .json(json!({"code": "NOT_DURABLE", "message": "the sandbox cannot write its memory"}));
    }
    match result {
        Ok(value) => HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(value),
        Err(message) => HttpResponse::BadRequest().json(json!({"code": "INVALID_REQUEST", "message": message})),
    }
}

#[derive(Deserialize)]
struct FaultBody {
    kind: FaultKind,
    times: u32,
    delay_ms: Option<u64>,
}

async fn post_fault(mail: web::Data<Mail>, body: web::Bytes) -> HttpResponse {
    let result = read::<FaultBody>(&body).map(|FaultBody { kind, times, delay_ms }| {
        mail.change(|state, _| {
            state.faults.add(Fault { on: kind.point(), kind, times, delay_ms });
            state.faults.waiting().to_vec()
        })
    });
    respond(&mail, result).await
}

async fn list_faults(mail: web::Data<Mail>) -> HttpResponse {
    let faults = mail.read(|state| state.faults.waiting().to_vec());
    respond(&mail, Ok(faults)).await
}

/// Replaces the whole treatment: what is not named is as at the start.
async fn post_account(mail: web::Data<Mail>, body: web::Bytes) -> HttpResponse {
    let result = read::<Account>(&body).inspect(|account| mail.change(|state, _| state.set_account(account.clone())));
    respond(&mail, result).await
}

async fn get_account(mail: web::Data<Mail>) -> HttpResponse {
    let account = mail.read(|state| state.account().clone());
    respond(&mail, Ok(account)).await
}

async fn post_sns(mail: web::Data<Mail>, body: web::Bytes) -> HttpResponse {
    let result = read::<TopicSettings>(&body).and_then(|settings| {
        if !["1", "2"].contains(&settings.signature_version.as_str()) {
            return Err("signature_version must be 1 or 2".to_owned());
        }
        if !(0.0..=1000.0).contains(&settings.retry_scale) {
            return Err("retry_scale must lie between 0 and 1000".to_owned());
        }
        mail.change(|state, now| state.topic.configure(settings.clone(), now));
        Ok(settings)
    });
    respond(&mail, result).await
}

async fn get_sns(mail: web::Data<Mail>) -> HttpResponse {
    let view = mail.read(|state| {
        let deliveries: Vec<_> = state.topic.history().cloned().collect();
        json!({"settings": state.topic.settings(), "confirmed": state.topic.is_heard(), "deliveries": deliveries})
    });
    respond(&mail, Ok(view)).await
}

#[derive(Deserialize)]
struct EventBody {
    /// The message; without one, the latest to `to`.
    message_id: Option<String>,
    /// One recipient; without one, all of the message.
    to: Option<String>,
    /// `bounce`, `complaint` or `delivery`.
    kind: String,
    bounce_type: Option<String>,
    bounce_sub_type: Option<String>,
}

/// Something happens to a message long after it was accepted.
async fn post_event(mail: web::Data<Mail>, body: web::Bytes) -> HttpResponse {
    let result = read::<EventBody>(&body).and_then(|body| late_event(&mail, &body));
    respond(&mail, result).await
}

fn late_event(mail: &Mail, body: &EventBody) -> Result<Value, String> {
    mail.change(|state, now| {
        let kept = match &body.message_id {
            Some(id) => state.find(id),
            None => state.messages().rev().find(|kept| body.to.as_ref().is_some_and(|to| kept.message.to.contains(to))),
        };
        let message = kept.map(|kept| kept.message.clone()).ok_or("no such message")?;
        let to = body.to.clone().map_or(message.to, |to| vec![to]);
        let event = match body.kind.as_str() {
            "bounce" => {
                let kind = body.bounce_type.as_deref().unwrap_or("Permanent");
                Event::Bounce(to, Bounce::of(kind, body.bounce_sub_type.as_deref().unwrap_or("General")))
            }
            "complaint" => Event::Complaint(to),
            "delivery" => Event::Delivery(to),
            _ => return Err("kind must be bounce, complaint or delivery".to_owned()),
        };
        state.happen(&message.id, &event, now);
        Ok(json!({"message_id": message.id, "event": event.name()}))
    })
}

async fn list_events(mail: web::Data<Mail>) -> HttpResponse {
    let events: Vec<_> = mail.read(|state| state.history().cloned().collect());
    respond(&mail, Ok(events)).await
}

async fn list_suppressed(mail: web::Data<Mail>) -> HttpResponse {
    let addresses: Vec<_> = mail.read(|state| state.suppressed().cloned().collect());
    respond(&mail, Ok(addresses)).await
}
