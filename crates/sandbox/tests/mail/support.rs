//! A sandbox, a hand-written SMTP client for what a polite one never says, and a mailer of the kind the shop uses.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ef_sandbox::{Sandbox, SandboxConfig, SmtpCredentials};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use reqwest::Client;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// A client that says whatever it is told to.
pub struct Talker {
    wire: BufReader<Box<dyn Wire>>,
}

impl Talker {
    pub async fn connect(sandbox: &Sandbox) -> Self {
        let stream = TcpStream::connect(sandbox.smtp_address()).await.unwrap();
        let mut talker = Self { wire: BufReader::new(Box::new(stream)) };
        assert!(talker.hear().await.starts_with("220 "));
        talker
    }

    /// Connected and encrypted.
    pub async fn encrypted(sandbox: &Sandbox) -> Self {
        let mut talker = Self::connect(sandbox).await;
        talker.say("EHLO shop.example").await;
        assert_eq!(talker.say("STARTTLS").await, "220 Ready to start TLS");
        let stream = encrypt(talker.wire.into_inner(), sandbox).await;
        let mut talker = Self { wire: BufReader::new(stream) };
        talker.say("EHLO shop.example").await;
        talker
    }

    /// Connected, encrypted and known.
    pub async fn authenticated(sandbox: &Sandbox) -> Self {
        let mut talker = Self::encrypted(sandbox).await;
        assert_eq!(talker.say(&format!("AUTH PLAIN {}", plain(&pair()))).await, "235 Authentication successful.");
        talker
    }

    /// Sends bytes as they are.
    pub async fn send(&mut self, text: &str) {
        self.wire.write_all(text.as_bytes()).await.unwrap();
        self.wire.flush().await.unwrap();
    }

    /// The next reply, lines joined by `|`.
    pub async fn hear(&mut self) -> String {
        let mut reply = Vec::new();
        loop {
            let mut line = String::new();
            let read = tokio::time::timeout(Duration::from_secs(10), self.wire.read_line(&mut line)).await.unwrap();
            if read.unwrap_or(0) == 0 {
                return "gone".to_owned();
            }
            assert!(line.ends_with("\r\n"), "{line:?}");
            reply.push(line.trim_end().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return reply.join("|");
            }
        }
    }

    /// One line and the reply to it.
    pub async fn say(&mut self, line: &str) -> String {
        self.send(&format!("{line}\r\n")).await;
        self.hear().await
    }

    /// One whole message and the reply at its end.
    pub async fn mail(&mut self, from: &str, to: &[&str], message: &str) -> String {
        assert_eq!(self.say(&format!("MAIL FROM:<{from}>")).await, "250 Ok");
        for to in to {
            assert_eq!(self.say(&format!("RCPT TO:<{to}>")).await, "250 Ok");
        }
        assert_eq!(self.say("DATA").await, "354 End data with <CR><LF>.<CR><LF>");
        self.say(&format!("{message}\r\n.")).await
    }

    /// A small message of the shop.
    pub async fn note(&mut self, to: &str, subject: &str) -> String {
        self.mail("no-reply@shop.example", &[to], &note(subject)).await
    }
}

pub fn note(subject: &str) -> String {
    format!("From: no-reply@shop.example\r\nSubject: {subject}\r\n\r\nhello")
}

pub fn pair() -> SmtpCredentials {
    SmtpCredentials::built_in()
}

pub fn plain(pair: &SmtpCredentials) -> String {
    STANDARD.encode(format!("\0{}\0{}", pair.user, pair.password))
}

/// TLS by a client that trusts the sandbox's certificate and checks the name.
pub async fn encrypt(stream: Box<dyn Wire>, sandbox: &Sandbox) -> Box<dyn Wire> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(sandbox.smtp_certificate_pem().as_bytes()).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    Box::new(TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap())
}

/// A mailer as the shop's own, which trusts the published certificate.
pub fn mailer(sandbox: &Sandbox, pem: &str) -> AsyncSmtpTransport<Tokio1Executor> {
    let tls = TlsParameters::builder("127.0.0.1".to_owned())
        .certificate_store(CertificateStore::None)
        .add_root_certificate(Certificate::from_pem(pem.as_bytes()).unwrap())
        .build_rustls()
        .unwrap();
    let SmtpCredentials { user, password } = pair();
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(sandbox.smtp_address().port())
        .tls(Tls::Required(tls))
        .credentials(Credentials::new(user, password))
        .build()
}

/// A Korean message with a text and a page.
pub async fn send_letter(mailer: &AsyncSmtpTransport<Tokio1Executor>, to: &str) -> String {
    let address = |text: &str| text.parse::<Mailbox>().unwrap();
    let letter = Message::builder()
        .from(address("에너지팩토리 <no-reply@shop.example>"))
        .to(address(to))
        .subject("주문이 완료되었습니다")
        .multipart(MultiPart::alternative_plain_html(
            "안녕하세요, 홍길동 님.\n주문번호 ORD-1\n".to_owned(),
            "<p>안녕하세요, <b>홍길동</b> 님.</p>".to_owned(),
        ))
        .unwrap();
    let reply = mailer.send(letter).await.unwrap();
    reply.message().collect::<String>()
}

pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().unwrap()
}

pub async fn get(sandbox: &Sandbox, path: &str) -> String {
    client().get(format!("{}{path}", sandbox.url())).send().await.unwrap().text().await.unwrap()
}

pub async fn get_json(sandbox: &Sandbox, path: &str) -> Value {
    serde_json::from_str(&get(sandbox, path).await).unwrap()
}

/// A control call that must succeed.
pub async fn control(sandbox: &Sandbox, path: &str, body: Value) -> Value {
    let answer = client().post(format!("{}{path}", sandbox.url())).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

pub async fn start() -> Sandbox {
    Sandbox::start(SandboxConfig::for_tests()).await.unwrap()
}
