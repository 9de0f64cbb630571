//! A server that speaks S3 and checks signatures, written by others, with faults in front of it.

#![allow(dead_code, reason = "every test program uses another part of it")]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ef_images::{Bucket, BucketKeys, ObjectImageStore};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub const BUCKET: &str = "shop-pictures";
pub const KEY_ID: &str = "tester";
pub const SECRET: &str = "a-key-for-tests-only";

/// What goes wrong with a connection.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// The answer has that status and nothing else.
    Status(u16),
    /// It is cut before there is an answer.
    Cut,
    /// It is cut in the middle of the answer.
    CutAnswer,
    /// Nobody ever answers.
    Silence,
    /// It is answered, after that long.
    Slow(Duration),
}

/// A server with one bucket.
pub struct S3 {
    pub address: SocketAddr,
    pub folder: TempDir,
    faults: Arc<Mutex<VecDeque<Fault>>>,
    heads: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl S3 {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (faults, heads) = (Arc::<Mutex<VecDeque<Fault>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (next, said) = (Arc::clone(&faults), Arc::clone(&heads));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let fault = next.lock().unwrap().pop_front();
                tokio::spawn(serve(stream, fault, service.clone(), Arc::clone(&said)));
            }
        });
        Self { address, folder, faults, heads, accepting }
    }

    /// The next connections go wrong, in that order.
    pub fn breaks(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap().extend(faults);
    }

    /// All goes well from now on.
    pub fn forgets_faults(&self) {
        self.faults.lock().unwrap().clear();
    }

    /// The faults that nobody has met yet.
    pub fn faults_left(&self) -> usize {
        self.faults.lock().unwrap().len()
    }

    /// The head of the first request on each connection, in small letters.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub fn bucket(&self) -> Bucket {
        Bucket {
            name: BUCKET.to_owned(),
            region: "ap-northeast-2".to_owned(),
            endpoint: Some(format!("http://{}", self.address)),
            keys: Some(BucketKeys { id: KEY_ID.to_owned(), secret: SECRET.into() }),
            public_url: Some("https://pictures.example".to_owned()),
            prefix: "products/".to_owned(),
            connect_timeout: Duration::from_secs(2),
            total_timeout: Duration::from_secs(10),
        }
    }

    pub fn store(&self) -> ObjectImageStore {
        ObjectImageStore::in_bucket(&self.bucket()).unwrap()
    }
}

async fn serve(mut stream: TcpStream, fault: Option<Fault>, service: S3Service, heads: Arc<Mutex<Vec<String>>>) {
    let mut head = vec![0; 4096];
    let length = stream.peek(&mut head).await.unwrap_or_default();
    let head = String::from_utf8_lossy(&head[..length]).to_ascii_lowercase();
    heads.lock().unwrap().push(head.split("\r\n\r\n").next().unwrap_or_default().to_owned());
    match fault {
        None => {}
        Some(Fault::Slow(pause)) => tokio::time::sleep(pause).await,
        Some(Fault::Silence) => return std::future::pending().await,
        Some(Fault::Cut) => return,
        Some(Fault::CutAnswer) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\netag: \"x\"\r\n\r\nhalf of").await;
            return drain(stream).await;
        }
        Some(Fault::Status(status)) => {
            let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
            return drain(stream).await;
        }
    }
    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

/// Ends the connection in order: what the other side still sends is read, else it might lose the answer.
async fn drain(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
    let _ = tokio::time::timeout(Duration::from_secs(1), tokio::io::copy(&mut stream, &mut tokio::io::sink())).await;
}
