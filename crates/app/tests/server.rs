//! Starting and stopping the real server in process: what an operator relies on, whatever the requests are.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ef_domain::account::Phone;
use ef_domain::catalogue::{ProductFilter, ProductOrder, ProductStatus};
use ef_domain::order::{OrderStatus, PlaceOrderCommand, PlacedOrder, PostalCode, Recipient, RequestedLine};
use ef_domain::shared::{Actor, Clock, ManualClock, PageRequest, Quantity, Role, Timestamp, UserId};
use energy_factory::config::Config;
use energy_factory::server::{self, Overrides, RunningServer, StartError};
use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn config(data_dir: &Path, more: &[(&str, &str)]) -> Config {
    let mut variables = HashMap::from([
        ("EF__DATA_DIR", data_dir.to_str().unwrap()),
        ("EF__HTTP__LISTEN", "127.0.0.1:0"),
        ("EF__HTTP__WORKERS", "1"),
        ("EF__SANDBOX__LISTEN", "127.0.0.1:0"),
        ("EF__PASSWORDS__MEMORY_KIB", "64"),
        ("EF__PASSWORDS__ITERATIONS", "1"),
    ]);
    variables.extend(more.iter().copied());
    Config::from_variables(variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap()
}

async fn start(folder: &TempDir) -> RunningServer {
    server::start(config(folder.path(), &[])).await.unwrap()
}

/// The demo shopper, the first account of an empty database.
const SHOPPER: Actor = Actor { user: UserId::new(1), role: Role::User };

/// The demo shopper orders one piece of what lies in front.
async fn order(server: &RunningServer) -> PlacedOrder {
    let filter = ProductFilter { status: Some(ProductStatus::Available), ..ProductFilter::default() };
    let shelf = server.shop.browse.list(&filter, ProductOrder::NEWEST_FIRST, PageRequest::new(0, 1)).await.unwrap();
    let product = shelf.rows.first().unwrap();
    let recipient = Recipient {
        name: "김건강".to_owned(),
        phone: Phone::parse("010-1234-5678").unwrap(),
        postal_code: PostalCode::parse("04036").unwrap(),
        address_line1: "양화로 100".to_owned(),
        address_line2: None,
    };
    let line = RequestedLine {
        product: product.id,
        variant: None,
        quantity: Quantity::try_new(1).unwrap(),
        quoted_price: product.price,
    };
    let command = PlaceOrderCommand { buyer: SHOPPER, recipient, lines: vec![line] };
    server.shop.place_order.run(command).await.unwrap()
}

/// Asks once over a connection that the client would keep open; the connection and the status line.
async fn ask(server: &RunningServer, path: &str) -> (TcpStream, String) {
    let mut connection = TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut head = vec![0; 512];
    let length = connection.read(&mut head).await.unwrap();
    head.truncate(length);
    let head = String::from_utf8_lossy(&head).into_owned();
    (connection, head.lines().next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn an_empty_folder_becomes_a_shop() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder).await;
    assert!(ask(&server, "/healthz").await.1.contains("200"));
    let demo = server.demo.as_ref().unwrap();
    assert_eq!(demo.emails.len(), 2);
    assert!(demo.other_password.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_restart_finds_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(&folder).await;
    let password = first.demo.as_ref().unwrap().password.expose_secret().to_owned();
    first.stop().await;

    let second = start(&folder).await;
    let demo = second.demo.as_ref().unwrap();
    assert_eq!(demo.password.expose_secret(), password);
    assert!(demo.other_password.is_empty(), "the password still opens the accounts");
    second.stop().await;
}

#[tokio::test]
async fn a_changed_demo_password_is_not_passed_off_as_the_accounts() {
    let folder = tempfile::tempdir().unwrap();
    start(&folder).await.stop().await;
    let changed = config(folder.path(), &[("EF__DEMO__PASSWORD", "Another-2024!")]);
    let server = server::start(changed).await.unwrap();
    assert_eq!(server.demo.as_ref().unwrap().other_password.len(), 2);
    server.stop().await;
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder).await;
    let (_kept_open, status) = ask(&server, "/healthz").await;
    assert!(status.contains("200"), "{status}");
    let began = Instant::now();
    server.stop().await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_stopped_server_refuses_connections() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder).await;
    let (address, sandbox) = (server.address, server.sandbox.as_ref().unwrap().address());
    server.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
    assert!(TcpStream::connect(sandbox).await.is_err());
}

#[tokio::test]
async fn a_taken_address_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder).await;
    let address = server.address.to_string();
    let other = tempfile::tempdir().unwrap();
    let error = server::start(config(other.path(), &[("EF__HTTP__LISTEN", &address)])).await.unwrap_err();
    assert!(matches!(&error, StartError::Listen { .. }), "{error}");
    assert!(error.to_string().contains(&address), "{error}");
    server.stop().await;
}

#[tokio::test]
async fn production_opens_no_demo_and_no_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let production = [("EF__PROFILE", "production"), ("EF__TOSS__SECRET_KEY", "live_sk_of_nobody")];
    let server = server::start(config(folder.path(), &production)).await.unwrap();
    assert!(server.demo.is_none());
    assert!(server.sandbox.is_none());
    assert!(!folder.path().join("demo-password").exists());
    assert!(ask(&server, "/healthz").await.1.contains("200"));
    server.stop().await;
}

#[tokio::test]
async fn an_order_that_nobody_pays_is_given_back_without_anybody_asking() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000).unwrap()));
    let injected: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
    let overrides = Overrides { clock: Some(injected), entropy: None };
    let server = server::start_with(config(folder.path(), &[]), overrides).await.unwrap();
    let placed = order(&server).await;
    clock.advance(Duration::from_mins(15));
    let expired = async {
        while server.shop.track_orders.detail(&SHOPPER, placed.number).await.unwrap().status != OrderStatus::Cancelled {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), expired).await.expect("the hold ended and its order with it");
    server.stop().await;
}
