//! How the imitated endpoints answer: well, or as badly as a tester ordered.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::Naver;
use super::authorize::{Params, params_of};
use super::faults::{DELAY_MS, Fault, FaultKind, FaultPoint};
use super::state::State;
use crate::clock::Moment;
use crate::server::Wire;

/// A status and a document; no document is an empty body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Answer {
    /// A document with status 200.
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    /// How the token endpoints refuse: with status 200.
    pub(crate) fn refusal(error: &str, description: &str) -> Self {
        Self::ok(json!({"error": error, "error_description": description}))
    }

    fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response.insert_header(("cache-control", "no-cache, no-store"));
        match self.body {
            Some(body) => response.content_type("application/json;charset=utf-8").body(body.to_string()),
            None => response.finish(),
        }
    }
}

/// Query and form together; the form wins.
pub(crate) fn params(request: &HttpRequest, body: &str) -> Params {
    let mut params = params_of(request.query_string());
    params.extend(params_of(body));
    params
}

/// Executes one call under the fault that strikes it, if any, and answers once what happened is on disk.
pub(crate) async fn serve(
    naver: &Naver,
    request: &HttpRequest,
    point: Option<FaultPoint>,
    execute: impl FnOnce(&mut State, Moment) -> Answer,
) -> HttpResponse {
    let (fault, answer) = naver.change(|state, now| {
        let fault = point.and_then(|point| state.faults.take(point));
        let answer = refused_before(fault.as_ref()).unwrap_or_else(|| execute(state, now));
        (fault, answer)
    });
    if naver.settled().await.is_err() {
        return HttpResponse::InternalServerError().finish();
    }
    match fault.as_ref().map(|fault| fault.kind) {
        Some(FaultKind::Garbage) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .body("<!doctype html><html><body><h1>서비스 점검 중입니다</h1></body></html>"),
        Some(FaultKind::ExecuteThenDrop) => {
            if let Some(wire) = request.conn_data::<Wire>() {
                wire.cut();
            }
            HttpResponse::InternalServerError().finish()
        }
        Some(FaultKind::Delay) => {
            let delay_ms = fault.and_then(|fault| fault.delay_ms).unwrap_or(DELAY_MS);
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
            answer.into_response()
        }
        Some(FaultKind::Error200 | FaultKind::Http500) | None => answer.into_response(),
    }
}

fn refused_before(fault: Option<&Fault>) -> Option<Answer> {
    let fault = fault?;
    match (fault.kind, fault.on) {
        (FaultKind::Error200, FaultPoint::Token) => Some(Answer::refusal("server_error", "temporary failure")),
        (FaultKind::Error200, FaultPoint::Profile) => Some(Answer::ok(
            json!({"resultcode": "500", "message": "Internal Server Error (데이터베이스 오류입니다.)"}),
        )),
        (FaultKind::Http500, FaultPoint::Token) => {
            Some(Answer { status: 500, body: Some(json!({"error": "server_error", "error_description": ""})) })
        }
        (FaultKind::Http500, FaultPoint::Profile) => Some(Answer {
            status: 500,
            body: Some(json!({"resultcode": "500", "message": "Internal Server Error (데이터베이스 오류입니다.)"})),
        }),
        (FaultKind::Delay | FaultKind::Garbage | FaultKind::ExecuteThenDrop, _) => None,
    }
}
