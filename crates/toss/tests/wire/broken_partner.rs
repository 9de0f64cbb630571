//! Answers that are none, and no answer at all.

use std::time::{Duration, Instant};

use ef_domain::payment::{ConfirmOutcome, PaymentGateway};
use ef_domain::shared::FailureKind;
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::stub::{Reply, Stub};
use crate::support::{Attempt, PRICE, document, gateway_within};

const TIME: Duration = Duration::from_secs(5);

/// Every operation fails, and none of them takes the answer for a verdict.
async fn is_unknown(what: &str, answer: impl Fn() -> Reply + Send + Sync + 'static) {
    let stub = Stub::start(move |_| answer()).await;
    let (gateway, attempt) = (gateway_within(&stub.url, TIME), Attempt::imaginary());
    let outcome = gateway.confirm(&attempt.confirm("key")).await;
    assert!(outcome.is_err(), "{what}: {outcome:?}");
    let found = gateway.look_up(&attempt.key).await;
    assert!(found.is_err(), "{what}: {found:?}");
    let outcome = gateway.cancel(&attempt.cancel("key")).await;
    assert!(outcome.is_err(), "{what}: {outcome:?}");
    assert_eq!(stub.seen().len(), 3, "{what}: asked once each");
}

#[tokio::test]
async fn rubbish_is_no_verdict() {
    is_unknown("a page instead of a payment", || Reply::text(200, "<html>점검 중입니다</html>")).await;
    is_unknown("a page instead of a refusal", || Reply::text(403, "<html>Forbidden</html>")).await;
    is_unknown("a page from a gateway", || Reply::text(502, "<html>Bad Gateway</html>")).await;
    is_unknown("nothing", || Reply::text(200, "")).await;
    is_unknown("an empty object", || Reply::text(200, "{}")).await;
    is_unknown("a payment without a status", || Reply::json(200, &json!({"paymentKey": "tgen_imaginary1"}))).await;
    is_unknown("a refusal without a code", || Reply::json(400, &json!({"message": "?"}))).await;
    is_unknown("another success than a payment", || Reply::json(202, &json!({"status": "DONE"}))).await;
    is_unknown("no HTTP", || Reply::Raw(b"220 smtp.example.com ESMTP\r\n".to_vec())).await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_verdict() {
    is_unknown("a hang-up", || Reply::HangUp).await;
    is_unknown("half a head", || Reply::Raw(b"HTTP/1.1 200 O".to_vec())).await;
    is_unknown("half a payment", || {
        let whole = document(&Attempt::imaginary(), "DONE", PRICE).to_string();
        let (half, _) = whole.split_at(60);
        Reply::Raw(format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n{half}", whole.len()).into_bytes())
    })
    .await;
    is_unknown("half a refusal", || {
        Reply::Raw(b"HTTP/1.1 403 X\r\ncontent-length: 90\r\n\r\n{\"code\":\"REJECT_CARD_PAYMENT\"".to_vec())
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_not_read_to_its_end() {
    let before = Instant::now();
    is_unknown("an endless answer", || Reply::Endless).await;
    assert!(before.elapsed() < TIME, "{:?}", before.elapsed());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    is_unknown("a redirect", || {
        Reply::Raw(
            b"HTTP/1.1 307 X\r\nlocation: /v1/elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec(),
        )
    })
    .await;
}

#[tokio::test]
async fn a_payment_that_was_not_asked_for_is_no_verdict() {
    is_unknown("another payment", || {
        let mut other = document(&Attempt::imaginary(), "DONE", PRICE);
        other.as_object_mut().unwrap().insert("paymentKey".to_owned(), json!("tgen_other"));
        Reply::json(200, &other)
    })
    .await;
}

#[tokio::test]
async fn a_newer_shape_of_refusals_is_understood() {
    let refusal =
        json!({"version": "2024-06-01", "traceId": "t", "error": {"code": "REJECT_CARD_PAYMENT", "message": ""}});
    let stub = Stub::start(move |_| Reply::json(403, &refusal)).await;
    let outcome = gateway_within(&stub.url, TIME).confirm(&Attempt::imaginary().confirm("key")).await.unwrap();
    assert!(
        matches!(&outcome, ConfirmOutcome::Declined(decline) if decline.code == "REJECT_CARD_PAYMENT"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_200_that_is_no_outcome_is_looked_up_once() {
    for (later, approved) in [("DONE", true), ("IN_PROGRESS", false), ("SETTLED_ON_MARS", false)] {
        let attempt = Attempt::imaginary();
        let documents = (document(&attempt, "IN_PROGRESS", PRICE), document(&attempt, later, PRICE));
        let stub = Stub::start(move |request| {
            Reply::json(200, if request.is_look_up() { &documents.1 } else { &documents.0 })
        })
        .await;
        let outcome = gateway_within(&stub.url, TIME).confirm(&attempt.confirm("key")).await;
        assert_eq!(matches!(outcome, Ok(ConfirmOutcome::Approved(_))), approved, "{later}: {outcome:?}");
        assert_eq!(outcome.is_err(), !approved, "{later}: {outcome:?}");
        assert_eq!(stub.seen().len(), 2, "{later}");
    }
}

#[tokio::test]
async fn a_partner_that_refuses_the_connection_was_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (gateway, attempt) = (gateway_within(&url, TIME), Attempt::imaginary());
    assert_eq!(gateway.confirm(&attempt.confirm("key")).await.unwrap(), ConfirmOutcome::NotSent);
    assert_eq!(gateway.look_up(&attempt.key).await.unwrap_err().kind(), FailureKind::Unreachable);
    assert_eq!(gateway.cancel(&attempt.cancel("key")).await.unwrap_err().kind(), FailureKind::Unreachable);
}

/// A full queue of connections: the next one hangs before anything can be sent.
#[tokio::test]
async fn a_partner_to_whom_no_connection_comes_about_was_sent_nothing() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(connection) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
        waiting.push(connection);
    }
    let gateway = ef_toss::TossPaymentGateway::new(ef_toss::TossConfig {
        base_url: format!("http://{address}"),
        secret_key: "test_sk_sandbox".to_owned().into(),
        connect_timeout: Duration::from_millis(200),
        total_timeout: TIME,
    })
    .unwrap();
    assert_eq!(gateway.confirm(&Attempt::imaginary().confirm("key")).await.unwrap(), ConfirmOutcome::NotSent);
    drop(waiting);
}

/// The first call reached the partner, so a repeat that does not is no proof of anything.
#[tokio::test]
async fn a_partner_that_goes_down_while_a_confirm_runs_leaves_it_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        drop(listener);
        stream.readable().await.unwrap();
        let _ = stream.try_read(&mut [0; 4096]);
        let body = r#"{"code":"IDEMPOTENT_REQUEST_PROCESSING","message":""}"#;
        let head = format!("HTTP/1.1 409 X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.writable().await.unwrap();
        stream.try_write(format!("{head}{body}").as_bytes()).unwrap();
    });
    let outcome = gateway_within(&url, TIME).confirm(&Attempt::imaginary().confirm("key")).await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::Unreachable);
}

#[tokio::test]
async fn everything_that_belongs_to_an_operation_shares_its_time() {
    let total = Duration::from_millis(700);
    let is_bounded = async |what: &str, stub: Stub| {
        let (gateway, attempt, before) = (gateway_within(&stub.url, total), Attempt::imaginary(), Instant::now());
        let failure = gateway.confirm(&attempt.confirm("key")).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::TimedOut, "{what}");
        assert!(before.elapsed() < total + Duration::from_millis(500), "{what}: {:?}", before.elapsed());
    };
    is_bounded("a partner that says nothing", Stub::start(|_| Reply::Silence).await).await;
    is_bounded("a call that never ends", Stub::start(|_| Reply::refusal(409, "IDEMPOTENT_REQUEST_PROCESSING")).await)
        .await;
    let processed = |request: &crate::stub::Seen| {
        if request.is_look_up() { Reply::Silence } else { Reply::refusal(400, "ALREADY_PROCESSED_PAYMENT") }
    };
    is_bounded("a look-up that says nothing", Stub::start(processed).await).await;
}
