//! The imitated API, `/toss/v1/...`: from a request to bytes that Toss might have sent.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use super::auth::{self, KeyPair};
use super::codes::Refusal;
use super::confirm::owned_by;
use super::faults::{Fault, FaultKind, FaultPoint};
use super::idempotency::{Answer, Claim, LONGEST_KEY};
use super::state::State;
use super::wire::Payment;
use super::{Toss, account, cancel, confirm, transactions};
use crate::clock::Moment;
use crate::entropy;
use crate::server::Wire;

/// What a caller wants done.
#[derive(Debug, Clone)]
enum Operation {
    Confirm,
    Cancel(String),
    IssueAccount,
    LookUp(String),
    LookUpOrder(String),
    Transactions(String),
}

impl Operation {
    fn fault_point(&self) -> Option<FaultPoint> {
        match self {
            Self::Confirm => Some(FaultPoint::Confirm),
            Self::Cancel(_) => Some(FaultPoint::Cancel),
            Self::LookUp(_) | Self::LookUpOrder(_) => Some(FaultPoint::Lookup),
            Self::IssueAccount | Self::Transactions(_) => None,
        }
    }

    /// Idempotency keys mean something on POST only.
    fn is_post(&self) -> bool {
        matches!(self, Self::Confirm | Self::Cancel(_) | Self::IssueAccount)
    }
}

/// An authenticated call.
#[derive(Debug)]
struct Call {
    operation: Operation,
    pair: KeyPair,
    /// Idempotency key, secret key, method and path, or nothing when the call brings no key.
    scope: Option<String>,
    test_code: Option<String>,
    body: web::Bytes,
}

/// What goes back over the wire.
enum Outcome {
    Answered(Answer),
    /// The connection breaks.
    Dropped,
}

/// Routes of the imitated API.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let on = |path: &str| web::resource(path.to_owned()).default_service(web::to(wrong_method));
    config
        .service(on("/payments/confirm").route(web::post().to(post_confirm)))
        .service(on("/payments/orders/{order}").route(web::get().to(get_order)))
        .service(on("/payments/{key}/cancel").route(web::post().to(post_cancel)))
        .service(on("/payments/{key}/checkout").route(web::get().to(super::pages::checkout)))
        .service(on("/payments/{key}").route(web::get().to(get_payment)))
        .service(on("/virtual-accounts").route(web::post().to(post_account)))
        .service(on("/transactions").route(web::get().to(get_transactions)))
        .default_service(web::to(unknown_path));
}

async fn post_confirm(toss: web::Data<Toss>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    serve(toss, request, body, Operation::Confirm).await
}

async fn post_cancel(
    toss: web::Data<Toss>,
    request: HttpRequest,
    key: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    serve(toss, request, body, Operation::Cancel(key.into_inner())).await
}

async fn post_account(toss: web::Data<Toss>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    serve(toss, request, body, Operation::IssueAccount).await
}

async fn get_payment(toss: web::Data<Toss>, request: HttpRequest, key: web::Path<String>) -> HttpResponse {
    serve(toss, request, web::Bytes::new(), Operation::LookUp(key.into_inner())).await
}

async fn get_order(toss: web::Data<Toss>, request: HttpRequest, order: web::Path<String>) -> HttpResponse {
    serve(toss, request, web::Bytes::new(), Operation::LookUpOrder(order.into_inner())).await
}

async fn get_transactions(toss: web::Data<Toss>, request: HttpRequest) -> HttpResponse {
    let query = request.query_string().to_owned();
    serve(toss, request, web::Bytes::new(), Operation::Transactions(query)).await
}

async fn unknown_path(request: HttpRequest) -> HttpResponse {
    respond(&request, refused(&Refusal::of("NOT_FOUND")))
}

async fn wrong_method(request: HttpRequest) -> HttpResponse {
    respond(&request, refused(&Refusal::of("NOT_FOUND_HTTP_METHOD")))
}

/// Runs one call to its end even when the caller hangs up: the work is a task of its own.
async fn serve(toss: web::Data<Toss>, request: HttpRequest, body: web::Bytes, operation: Operation) -> HttpResponse {
    let call = match read_call(&toss, &request, body, operation) {
        Ok(call) => call,
        Err(refusal) => return respond(&request, refused(&refusal)),
    };
    let toss = toss.into_inner();
    match tokio::spawn(async move { run(&toss, call).await }).await {
        Ok(Outcome::Answered(answer)) => respond(&request, answer),
        Ok(Outcome::Dropped) => {
            if let Some(wire) = request.conn_data::<Wire>() {
                wire.cut();
            }
            HttpResponse::InternalServerError().finish()
        }
        Err(_) => respond(&request, refused(&Refusal::of("UNKNOWN_ERROR"))),
    }
}

fn read_call(toss: &Toss, request: &HttpRequest, body: web::Bytes, operation: Operation) -> Result<Call, Refusal> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let pair = auth::caller(text(AUTHORIZATION.as_str()).as_deref(), toss.pairs())?;
    let key = text("idempotency-key").filter(|_| operation.is_post());
    if key.as_ref().is_some_and(|key| key.chars().count() > LONGEST_KEY) {
        return Err(Refusal::of("INVALID_IDEMPOTENCY_KEY"));
    }
    let scope = key.map(|key| format!("{} {} {} {key}", pair.secret, request.method(), request.path()));
    // Live keys know no simulation.
    let test_code = text("tosspayments-test-code").filter(|_| pair.secret.starts_with("test_"));
    Ok(Call { operation, pair, scope, test_code, body })
}

async fn run(toss: &Arc<Toss>, call: Call) -> Outcome {
    let (fault, answer, claimed) = toss.change(|state, now| {
        let fault = call.operation.fault_point().and_then(|point| state.faults.take(point));
        let (answer, claimed) = match refusal_before(fault.as_ref()) {
            Some(refusal) => (refused(&refusal), false),
            None => answer(toss, state, &call, now),
        };
        (fault, answer, claimed)
    });
    let durable = toss.settled().await;
    if let Some(delay_ms) = fault.as_ref().filter(|fault| fault.kind == FaultKind::Delay).map(delay_of) {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    if let Some(scope) = call.scope.as_ref().filter(|_| claimed) {
        toss.change(|state, _| state.idempotency.release(scope));
    }
    match fault.map(|fault| fault.kind) {
        _ if durable.is_err() => Outcome::Answered(refused(&Refusal::of("COMMON_ERROR"))),
        Some(FaultKind::ExecuteThenDrop) => Outcome::Dropped,
        Some(FaultKind::ExecuteThen500) => {
            Outcome::Answered(refused(&Refusal::of("FAILED_INTERNAL_SYSTEM_PROCESSING")))
        }
        _ => Outcome::Answered(answer),
    }
}

fn refusal_before(fault: Option<&Fault>) -> Option<Refusal> {
    match fault?.kind {
        FaultKind::Refuse500 => Some(Refusal::of("FAILED_INTERNAL_SYSTEM_PROCESSING")),
        FaultKind::Status429 => Some(Refusal::of("TOO_MANY_REQUESTS")),
        FaultKind::BankClosed => Some(Refusal::of("NOT_AVAILABLE_BANK")),
        FaultKind::ExecuteThenDrop | FaultKind::ExecuteThen500 | FaultKind::Delay => None,
    }
}

fn delay_of(fault: &Fault) -> u64 {
    fault.delay_ms.unwrap_or(1000)
}

/// The answer to a call, and whether the call holds its idempotency key until it is sent.
fn answer(toss: &Toss, state: &mut State, call: &Call, now: Moment) -> (Answer, bool) {
    state.tick(now);
    let Some(scope) = &call.scope else {
        return (to_answer(execute(toss, state, call, now)), false);
    };
    match state.idempotency.claim(scope, now) {
        Claim::InFlight => (refused(&Refusal::of("IDEMPOTENT_REQUEST_PROCESSING")), false),
        Claim::Replay(mut first) => {
            // A replay is traced under its own id and the first one's.
            first.trace_id = format!("{},{}", entropy::hex(32), first.trace_id);
            (first, false)
        }
        Claim::Fresh => {
            let answer = to_answer(execute(toss, state, call, now));
            state.idempotency.remember(scope, &answer, now);
            (answer, true)
        }
    }
}

fn execute(toss: &Toss, state: &mut State, call: &Call, now: Moment) -> Result<String, Refusal> {
    if let (Some(code), Operation::Confirm | Operation::Cancel(_)) = (&call.test_code, &call.operation) {
        return Err(Refusal::find(code).unwrap_or_else(|| Refusal::of("INVALID_TEST_CODE")));
    }
    let payment = match &call.operation {
        Operation::Confirm => confirm::confirm(state, &call.pair, &call.body, toss.amount_mismatch(), now),
        Operation::Cancel(key) => cancel::cancel(state, &call.pair, key, &call.body, now),
        Operation::IssueAccount => account::issue(state, &call.pair, &call.body, now),
        Operation::LookUp(key) => look_up(state.find(key), &call.pair),
        Operation::LookUpOrder(order) => look_up(state.find_order(order), &call.pair),
        Operation::Transactions(query) => return json(&transactions::list(state, query)?),
    }?;
    json(&payment)
}

fn look_up(record: Option<super::record::Record>, pair: &KeyPair) -> Result<Payment, Refusal> {
    let record = record.ok_or_else(|| Refusal::of("NOT_FOUND_PAYMENT"))?;
    owned_by(&record, pair)?;
    Ok(record.payment)
}

fn json(value: &impl serde::Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|_| Refusal::of("UNKNOWN_ERROR"))
}

fn to_answer(result: Result<String, Refusal>) -> Answer {
    match result {
        Ok(body) => Answer { status: 200, body, trace_id: entropy::hex(32) },
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> Answer {
    Answer { status: refusal.status, body: refusal.body(), trace_id: entropy::hex(32) }
}

/// Dresses an answer in the headers that Toss sends.
fn respond(request: &HttpRequest, answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response
        .content_type("application/json")
        .insert_header(("x-tosspayments-trace-id", answer.trace_id))
        .insert_header(("cache-control", "no-cache, no-store, max-age=0, must-revalidate"))
        .insert_header(("pragma", "no-cache"))
        .insert_header(("expires", "0"))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("server", "was"));
    let echoed: Option<&HeaderValue> = request.headers().get("idempotency-key");
    if let Some(key) = echoed.filter(|_| request.method() == actix_web::http::Method::POST) {
        response.insert_header(("idempotency-key", key.clone()));
    }
    response.body(answer.body)
}
