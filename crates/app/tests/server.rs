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
use sea_orm::ConnectionTrait;
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
        ("EF__SANDBOX__SMTP_LISTEN", "127.0.0.1:0"),
        ("EF__PASSWORDS__MEMORY_KIB", "64"),
        ("EF__PASSWORDS__ITERATIONS", "1"),
    ]);
    variables.extend(more.iter().copied());
    Config::from_variables(variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap()
}

/// The least that a production must be told.
const PRODUCTION: [(&str, &str); 7] = [
    ("EF__PROFILE", "production"),
    ("EF__HTTP__PUBLIC_URL", "https://shop.example"),
    ("EF__TOSS__SECRET_KEY", "live_sk_of_nobody"),
    ("EF__MAIL__HOST", "email-smtp.ap-northeast-2.amazonaws.com"),
    ("EF__MAIL__USERNAME", "AKIA"),
    ("EF__MAIL__PASSWORD", "of-nobody"),
    ("EF__MAIL__FROM", "no-reply@shop.example"),
];

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
    let command = PlaceOrderCommand { buyer: SHOPPER, recipient, lines: vec![line], claim: None };
    server.shop.orders.place.run(command).await.unwrap()
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
    let server = server::start(config(folder.path(), &PRODUCTION)).await.unwrap();
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
        while server.shop.orders.track.detail(&SHOPPER, placed.number).await.unwrap().status != OrderStatus::Cancelled {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), expired).await.expect("the hold ended and its order with it");
    server.stop().await;
}

/// An empty MySQL database that goes away with its owner.
struct Schema {
    server: String,
    name: String,
}

impl Schema {
    #[expect(clippy::disallowed_methods, reason = "the one place where these tests read the environment")]
    async fn create() -> Self {
        let server = std::env::var("EF_TEST_MYSQL_URL").unwrap_or_else(|_| {
            panic!("EF_TEST_MYSQL_URL is not set: run `cargo xtask test`, which starts a server");
        });
        let server = server.trim_end_matches('/').to_owned();
        let name = format!("ef_start_{}", uuid::Uuid::new_v4().simple());
        ask_mysql(&server, &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).await;
        Self { server, name }
    }

    fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }
}

async fn ask_mysql(server: &str, sql: &str) {
    let mut options = sea_orm::ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    let admin = sea_orm::Database::connect(options).await.expect("the MySQL server answers");
    admin.execute_unprepared(sql).await.unwrap();
    admin.close().await.unwrap();
}

impl Drop for Schema {
    /// On a thread of its own: the test's runtime may be ending, and a panic must not leave a schema behind either.
    fn drop(&mut self) {
        let (server, sql) = (self.server.clone(), format!("DROP DATABASE IF EXISTS {}", self.name));
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(ask_mysql(&server, &sql));
        });
        let _ = dropping.join();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_start_at_once_on_an_empty_mysql_take_turns_at_the_schema() {
    let schema = Schema::create().await;
    let url = schema.url();
    let instance = || async {
        let folder = tempfile::tempdir().unwrap();
        let more = [&PRODUCTION[..], &[("EF__DATABASE__URL", url.as_str())]].concat();
        let server = server::start(config(folder.path(), &more)).await.unwrap();
        assert!(ask(&server, "/readyz").await.1.contains("200"));
        server.stop().await;
    };
    tokio::join!(instance(), instance(), instance());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_was_cut_off_between_two_tables_is_repeated() {
    let schema = Schema::create().await;
    let url = schema.url();
    let more = [&PRODUCTION[..], &[("EF__DATABASE__URL", url.as_str())]].concat();
    let folder = tempfile::tempdir().unwrap();
    server::start(config(folder.path(), &more)).await.unwrap().stop().await;
    // As if the power had failed before the second table of a migration, and before its end was noted.
    ask_mysql(&url, "DROP TABLE user_address").await;
    ask_mysql(&url, "DELETE FROM seaql_migrations WHERE version IN ('m0001_create_users', 'm0008_create_outbox')")
        .await;
    let server = server::start(config(folder.path(), &more)).await.unwrap();
    ask_mysql(&url, "SELECT user_id FROM user_address").await;
    server.stop().await;
}
