//! The commands that decide who runs the shop, run as an operator runs them: the built program on a folder of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use energy_factory::config::Config;
use energy_factory::server::{self, RunningServer};
use reqwest::Client;
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use tempfile::TempDir;

const BOSS: &str = "boss@example.com";
const PASSWORD: &str = "Sunny-Day-2024!";

/// What a command leaves behind.
#[derive(Debug)]
struct Outcome {
    code: i32,
    printed: String,
    complained: String,
}

/// The program with that environment, fed with that input.
fn run(arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Outcome {
    let mut child = Command::new(env!("CARGO_BIN_EXE_energy-factory"))
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Some refuse before they read anything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Outcome {
        code: output.status.code().unwrap(),
        printed: String::from_utf8(output.stdout).unwrap(),
        complained: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A command on the folder, with cheap hashes.
fn command(folder: &Path, arguments: &[&str], input: &str) -> Outcome {
    let environment = [
        ("EF__DATA_DIR", folder.to_str().unwrap()),
        ("EF__PASSWORDS__MEMORY_KIB", "64"),
        ("EF__PASSWORDS__ITERATIONS", "1"),
    ];
    run(arguments, &environment, input)
}

#[track_caller]
fn done(outcome: &Outcome, line: &str) {
    assert_eq!((outcome.code, outcome.printed.as_str()), (0, format!("{line}\n").as_str()), "{outcome:?}");
    assert_eq!(outcome.complained, "");
}

#[track_caller]
fn refused(outcome: &Outcome, code: i32, why: &str) {
    assert_eq!((outcome.code, outcome.printed.as_str()), (code, ""), "{outcome:?}");
    assert!(outcome.complained.contains(why), "{outcome:?}");
}

/// A server on the folder.
async fn open(folder: &TempDir) -> RunningServer {
    let variables = [
        ("EF__DATA_DIR", folder.path().to_str().unwrap()),
        ("EF__HTTP__LISTEN", "127.0.0.1:0"),
        ("EF__HTTP__WORKERS", "1"),
        ("EF__SANDBOX__LISTEN", "127.0.0.1:0"),
        ("EF__SANDBOX__SMTP_LISTEN", "127.0.0.1:0"),
        ("EF__PASSWORDS__MEMORY_KIB", "64"),
        ("EF__PASSWORDS__ITERATIONS", "1"),
    ];
    let config = Config::from_variables(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    server::start(config.unwrap()).await.unwrap()
}

/// Somebody with a browser.
struct Visitor {
    client: Client,
    base: String,
}

impl Visitor {
    fn of(server: &RunningServer) -> Self {
        let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { client, base: format!("http://{}", server.address) }
    }

    /// Role and cookies of whoever signs in so.
    async fn logs_in(&self, email: &str, password: &str) -> Option<(String, String)> {
        let body = json!({"email": email, "password": password}).to_string();
        let request =
            self.client.post(format!("{}/api/auth/login", self.base)).header("content-type", "application/json");
        let answer = request.body(body).send().await.unwrap();
        if !answer.status().is_success() {
            return None;
        }
        let pair = |line: &reqwest::header::HeaderValue| line.to_str().unwrap().split(';').next().unwrap().to_owned();
        let cookies: Vec<String> = answer.headers().get_all(SET_COOKIE).iter().map(pair).collect();
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        Some((body.pointer("/data/role").unwrap().as_str().unwrap().to_owned(), cookies.join("; ")))
    }

    /// The status of a look into the administration.
    async fn enters(&self, cookies: &str) -> u16 {
        let request = self.client.get(format!("{}/api/admin/nowhere", self.base));
        request.header(COOKIE, cookies).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn an_empty_folder_gets_its_first_administrator_before_the_server_ever_ran() {
    let folder = tempfile::tempdir().unwrap();
    let created = command(folder.path(), &["admin", "create", "--email", BOSS], &format!("{PASSWORD}\n"));
    done(&created, &format!("{BOSS} is an administrator now (account 1)"));

    let server = open(&folder).await;
    let visitor = Visitor::of(&server);
    let (role, cookies) = visitor.logs_in(BOSS, PASSWORD).await.unwrap();
    assert_eq!(role, "ADMIN");
    assert_eq!(visitor.enters(&cookies).await, 404);
    server.stop().await;
}

#[tokio::test]
async fn beside_a_running_server_roles_change_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = open(&folder).await;
    let visitor = Visitor::of(&server);
    done(
        &command(folder.path(), &["admin", "create", "--email", BOSS, "--name", "사장"], PASSWORD),
        // After the two demo accounts and the twelve who review in the demo shop.
        &format!("{BOSS} is an administrator now (account 15)"),
    );
    let (_, cookies) = visitor.logs_in(BOSS, PASSWORD).await.unwrap();

    done(
        &command(folder.path(), &["admin", "revoke", "--email", BOSS], ""),
        &format!("{BOSS} is no administrator any more, and signed out everywhere"),
    );
    assert_eq!(visitor.enters(&cookies).await, 401);
    let (role, cookies) = visitor.logs_in(BOSS, PASSWORD).await.unwrap();
    assert_eq!(role, "USER");
    assert_eq!(visitor.enters(&cookies).await, 403);

    done(
        &command(folder.path(), &["admin", "grant", "--email", BOSS], ""),
        &format!("{BOSS} is an administrator now, and signed out everywhere"),
    );
    assert_eq!(visitor.enters(&cookies).await, 401);
    let (_, cookies) = visitor.logs_in(BOSS, PASSWORD).await.unwrap();
    done(
        &command(folder.path(), &["admin", "grant", "--email", BOSS], ""),
        &format!("{BOSS} is an administrator already"),
    );
    assert_eq!(visitor.enters(&cookies).await, 404, "nobody is signed out for nothing");
    server.stop().await;
}

#[test]
fn an_address_that_has_an_account_is_pointed_to_grant() {
    let folder = tempfile::tempdir().unwrap();
    let create = ["admin", "create", "--email", BOSS];
    assert_eq!(command(folder.path(), &create, PASSWORD).code, 0);
    let again = command(folder.path(), &create, "Another-2024!");
    refused(&again, 1, &format!("energy-factory admin grant --email {BOSS}"));
}

#[test]
fn an_empty_or_weak_password_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for weak in ["", "\n", "secret\n", "all-lower-case-1"] {
        let refusal = command(folder.path(), &["admin", "create", "--email", BOSS], weak);
        refused(&refusal, 1, "8 to 200 characters");
        assert!(weak.trim().is_empty() || !refusal.complained.contains(weak.trim()), "{refusal:?}");
    }
    refused(&command(folder.path(), &["admin", "grant", "--email", BOSS], ""), 1, "no account has the address");
}

#[test]
fn whom_nobody_knows_can_be_given_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for what in ["grant", "revoke", "reset-second-factor"] {
        refused(&command(folder.path(), &["admin", what, "--email", BOSS], ""), 1, "no account has the address");
    }
}

#[test]
fn what_cannot_be_understood_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        ["admin", "promote", "--email", BOSS].as_slice(),
        &["admin", "create", "--password", PASSWORD],
        &["admin"],
        &["serve"],
    ] {
        refused(&command(folder.path(), arguments, ""), 2, "Usage:");
    }
    refused(&run(&["admin", "grant", "--email", BOSS], &[("EF__PROFILE", "prod")], ""), 2, "development or production");
    assert!(folder.path().read_dir().unwrap().next().is_none(), "nothing was opened");
}

#[test]
fn help_needs_no_configuration() {
    for arguments in [["--help"].as_slice(), &["admin", "--help"], &["admin", "create", "--help"]] {
        let help = run(arguments, &[("EF__PROFILE", "prod")], "");
        assert_eq!(help.code, 0, "{help:?}");
        assert!(help.printed.contains("Usage:") && help.complained.is_empty(), "{help:?}");
    }
}

#[test]
fn a_production_has_the_administrators_that_were_created_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let environment = [
        ("EF__PROFILE", "production"),
        ("EF__DATA_DIR", folder.path().to_str().unwrap()),
        ("EF__HTTP__PUBLIC_URL", "https://shop.example"),
        ("EF__TOSS__SECRET_KEY", "live_sk_of_nobody"),
        ("EF__MAIL__HOST", "email-smtp.ap-northeast-2.amazonaws.com"),
        ("EF__MAIL__USERNAME", "AKIA"),
        ("EF__MAIL__PASSWORD", "secret"),
        ("EF__MAIL__FROM", "no-reply@shop.example"),
        ("EF__MAIL__SNS_TOPIC_ARNS", "arn:aws:sns:ap-northeast-2:1:ses"),
        ("EF__PASSWORDS__MEMORY_KIB", "64"),
        ("EF__PASSWORDS__ITERATIONS", "1"),
    ];
    let created = run(&["admin", "create", "--email", BOSS], &environment, PASSWORD);
    done(&created, &format!("{BOSS} is an administrator now (account 1)"));
    let demo = ["admin", "grant", "--email", "admin@energy-factory.kr"];
    refused(&run(&demo, &environment, ""), 1, "no account has the address");
}
