//! A Chromium without a screen, driven over `WebDriver`.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{fs, iter, process};

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::process::Process;
use crate::world::client;

/// How long something may take to appear on a page. Generous: the machine may be busy with builds.
const PATIENCE: Duration = Duration::from_secs(30);
/// A browser is a dozen processes: two at a time are enough for two cores.
static PLACES: Semaphore = Semaphore::const_new(2);

/// A browser with an empty profile; it ends with this value.
pub struct Chromium {
    client: Client,
    driver_port: u16,
    session: String,
    // Dropped in this order, after the browser was told to go.
    _driver: Process,
    _home: TempDir,
    _place: SemaphorePermit<'static>,
}

impl Chromium {
    /// Starts one.
    pub async fn start() -> Self {
        let place = PLACES.acquire().await.unwrap();
        let (chromium, chromedriver) = (program("EF_TEST_CHROMIUM"), program("EF_TEST_CHROMEDRIVER"));
        let home = TempDir::new().unwrap();
        let variables = [
            ("HOME".to_owned(), home.path().display().to_string()),
            ("TMPDIR".to_owned(), home.path().display().to_string()),
            ("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ];
        let log = home.path().join("chromedriver.log");
        let driver_port = free_port();
        let arguments = [&*format!("--port={driver_port}")];
        let mut driver = Process::start(Path::new(&chromedriver), &arguments, &variables, log);
        driver.says("ChromeDriver was started successfully").await;

        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options(&chromium),
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{driver_port}"))
            .await
            .unwrap();
        let session = client.session_id().await.unwrap().unwrap();
        Self { client, driver_port, session, _driver: driver, _home: home, _place: place }
    }

    /// Goes to an address.
    pub async fn goes_to(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Loads the page anew.
    pub async fn reloads(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Where the browser is.
    pub async fn address(&self) -> String {
        self.client.current_url().await.unwrap().into()
    }

    /// Clicks on what the CSS selector finds, once it is there.
    pub async fn clicks(&self, what: &str) {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(what)).await {
            Ok(element) => element.click().await.unwrap(),
            Err(error) => panic!("nothing to click at {what} ({error}): {}", self.page().await),
        }
    }

    /// Types into a field.
    pub async fn types(&self, field: &str, text: &str) {
        self.client.find(Locator::Css(field)).await.unwrap().send_keys(text).await.unwrap();
    }

    /// Waits until what the CSS selector finds contains the text.
    pub async fn sees(&self, what: &str, text: &str) {
        let script = "return document.querySelector(arguments[0])?.textContent ?? null";
        let started = Instant::now();
        loop {
            // The page may be on its way to the next one: then there is no answer yet.
            let found = self.client.execute(script, vec![json!(what)]).await.unwrap_or_default();
            if found.as_str().is_some_and(|found| found.contains(text)) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "no `{text}` in {what}: {}", self.page().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The text of what the CSS selector finds.
    pub async fn text(&self, what: &str) -> String {
        self.client.find(Locator::Css(what)).await.unwrap().text().await.unwrap()
    }

    /// What the script returns.
    pub async fn asks(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Everything after this happens in the frame on the page.
    pub async fn enters_frame(&self) {
        self.client.wait().at_most(PATIENCE).for_element(Locator::Css("iframe")).await.unwrap();
        self.client.enter_frame(0).await.unwrap();
    }

    /// Back to the page around the frame.
    pub async fn leaves_frame(&self) {
        self.client.enter_parent_frame().await.unwrap();
    }

    /// From now on the screen is that large, in its own pixels.
    pub async fn is_sized(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": size });
        self.tells_driver("goog/cdp/execute", &command).await;
    }

    /// What the browser found wrong with pages of that origin, since it was asked last.
    pub async fn complaints(&self, origin: &str) -> Vec<String> {
        let log = self.tells_driver("se/log", &json!({ "type": "browser" })).await;
        let entries = log.as_array().unwrap().iter();
        let wrong = entries.filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        let messages = wrong.filter_map(|entry| entry["message"].as_str());
        messages.filter(|message| message.contains(origin)).map(str::to_owned).collect()
    }

    /// A command that only this driver knows.
    async fn tells_driver(&self, command: &str, body: &Value) -> Value {
        let url = format!("http://127.0.0.1:{}/session/{}/{command}", self.driver_port, self.session);
        let answer = client().post(url).json(body).send().await.unwrap();
        let told: Value = answer.json().await.unwrap();
        assert!(told["value"]["error"].is_null(), "{told}");
        told["value"].clone()
    }

    /// A cookie that pages of this host would send, as the driver describes it.
    pub async fn cookie(&self, name: &str) -> Option<fantoccini::cookies::Cookie<'static>> {
        self.client.get_all_cookies().await.unwrap().into_iter().find(|cookie| cookie.name() == name)
    }

    /// Keeps a picture of what the browser shows in `target/screenshots`.
    pub async fn is_pictured(&self, name: &str) {
        let picture = self.client.screenshot().await.unwrap();
        // This program is `target/debug/deps/browser-0123456789abcdef`.
        let own = std::env::current_exe().unwrap();
        let folder = own.ancestors().nth(3).unwrap().join("screenshots");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    async fn page(&self) -> String {
        let told = self.client.execute("return location.href + '\\n' + document.body?.innerText", Vec::new()).await;
        told.map_or_else(|error| error.to_string(), |page| page.as_str().unwrap_or_default().to_owned())
    }
}

impl Drop for Chromium {
    /// A driver that is killed leaves its browser behind, so the browser is told to go first. By hand: a failing test
    /// has nobody left who could wait for a future.
    fn drop(&mut self) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.driver_port)) else { return };
        let request = format!(
            "DELETE /session/{} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            self.session, self.driver_port
        );
        let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
        let _ = stream.write_all(request.as_bytes());
        // The first byte of the answer means that the browser has ended.
        let _ = stream.read(&mut [0; 1]);
    }
}

#[expect(clippy::disallowed_methods, reason = "the server's configuration does not concern tests")]
fn program(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!(
            "{variable} is not set; `cargo xtask test -p ef-tests` finds or fetches a browser, or says why it cannot"
        )
    })
}

/// A port that nobody listens on, in both protocols: the driver takes its port in both, and if it may choose, it chooses
/// in one and gives up when somebody has that port in the other. It lies below the range out of which systems give ports
/// to outgoing connections, so that none of those takes it meanwhile.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = process::id().wrapping_mul(13);
    let numbers = iter::repeat_with(|| start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)));
    let is_free = |port: &u16| {
        // A machine without the newer protocol cannot be in its way.
        let newer = TcpListener::bind((Ipv6Addr::LOCALHOST, *port));
        let taken = newer.is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
        !taken && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()
    };
    let mut ports = numbers.take(1000).map(|number| u16::try_from(20_000 + number % 10_000).unwrap());
    ports.find(is_free).expect("one port of a thousand is free")
}

/// No sandbox of its own, which containers and root do not grant; and no name but this machine's can be resolved.
fn options(chromium: &str) -> Value {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--lang=ko-KR",
        "--window-size=1000,1240",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    ];
    json!({ "binary": chromium, "args": arguments })
}
