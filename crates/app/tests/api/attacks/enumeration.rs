//! Finding out who has an account. Signing up tells, because its form has to; nothing else does.

use std::time::{Duration, Instant};

use serde_json::json;

use super::super::support::{Answer, TestApp};

const LOG_IN: &str = "/api/auth/login";
const KNOWN: &str = "shopper1@example.com";
const UNKNOWN: &str = "nobody@example.com";
const NO_PASSWORD: &str = "shopper2@example.com";
const CLOSED: &str = "shopper3@example.com";

/// One with a password, one without, one that was closed; and limits that are not met.
async fn app(more: &[(&str, &str)]) -> TestApp {
    let mut settings =
        vec![("EF__LIMITS__LOG_IN_FAILURES_TIMES", "1000"), ("EF__LIMITS__LOG_IN_FAILURES_OF_ADDRESS_TIMES", "1000")];
    settings.extend(more);
    let app = TestApp::start_with(&settings).await;
    app.shopper(1).await;
    app.shopper(2).await;
    app.shopper(3).await;
    app.tampers("UPDATE user SET password = NULL WHERE email = 'shopper2@example.com'").await;
    app.tampers(
        "UPDATE user SET closed_at = created_at, email = 'closed-3@invalid' WHERE email = 'shopper3@example.com'",
    )
    .await;
    app
}

/// Everything that a client can see but the time and the request's number.
fn seen(answer: &Answer) -> (u16, String, Vec<String>) {
    let names = answer.headers.iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    (answer.status, answer.text.clone(), names.map(|(name, value)| format!("{name}: {value:?}")).collect())
}

#[tokio::test]
async fn by_what_a_failed_log_in_says() {
    let app = app(&[]).await;
    let visitor = app.visitor();
    let mut answers = Vec::new();
    for email in [KNOWN, UNKNOWN, NO_PASSWORD, CLOSED, "no address at all"] {
        let answer = visitor.post(LOG_IN, json!({ "email": email, "password": "Wrong-Guess-1!" })).await;
        answer.refused(401, "40100000");
        answers.push(seen(&answer));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
}

/// With passwords as dear as in production. The attempts take turns, and the shortest time of each counts: what a busy
/// machine adds is no part of it, for an attacker either.
#[tokio::test]
async fn by_how_long_a_failed_log_in_takes() {
    let app = app(&[("EF__PASSWORDS__MEMORY_KIB", "19456"), ("EF__PASSWORDS__ITERATIONS", "2")]).await;
    let visitor = app.visitor();
    let emails = [KNOWN, UNKNOWN, NO_PASSWORD, CLOSED];
    let mut shortest = [Duration::MAX; 4];
    for round in 0..20 {
        for turn in 0..emails.len() {
            let place = (round + turn) % emails.len();
            let body = json!({ "email": emails[place], "password": "Wrong-Guess-1!" });
            let began = Instant::now();
            visitor.post(LOG_IN, body).await.refused(401, "40100000");
            shortest[place] = shortest[place].min(began.elapsed());
        }
    }
    let (least, most) = (shortest.iter().min().unwrap(), shortest.iter().max().unwrap());
    assert!(*least > Duration::from_millis(5), "nothing was hashed: {shortest:?}");
    assert!(most.as_secs_f64() / least.as_secs_f64() < 1.5, "{emails:?} take {shortest:?}");
}

/// Whoever guesses is stopped after as many guesses, whether there is anybody to guess at.
#[tokio::test]
async fn by_when_guesses_are_stopped() {
    let app = TestApp::start().await;
    app.shopper(1).await;
    let visitor = app.visitor();
    for email in [KNOWN, UNKNOWN] {
        for _ in 0..10 {
            visitor
                .post(LOG_IN, json!({ "email": email, "password": "Wrong-Guess-1!" }))
                .await
                .refused(401, "40100000");
        }
        let body = json!({ "email": email, "password": "Wrong-Guess-1!" });
        visitor.post(LOG_IN, body).await.refused(429, "42900001");
    }
}

/// A number that is free and one that is somebody else's order are told apart; but neither can be guessed.
#[tokio::test]
async fn by_ids_that_count_up() {
    let app = TestApp::start().await;
    let (one, two) = (app.shopper(1).await, app.shopper(2).await);
    let almonds = app.almonds().await;
    let mut numbers = Vec::new();
    for shopper in [&one, &two] {
        numbers.push(shopper.places_order(&[(almonds, 1)]).await.expect(201)["orderNumber"].as_i64().unwrap());
    }
    assert!((numbers[1] - numbers[0]).abs() > 1, "{numbers:?}");
}
