//! A line to a server that can be cut or go dead.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of what is said over the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It arrives.
    Up,
    /// Nobody answers: connections are refused service and broken off.
    Cut,
    /// Connections stand, and nothing arrives.
    Dead,
}

/// A line to a server: whoever connects to its address is connected on.
pub struct Line {
    /// Where it begins.
    pub address: String,
    state: Arc<watch::Sender<State>>,
}

impl Line {
    /// A line to that `host:port`. It goes when the test's runtime does.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(watch::Sender::new(State::Up));
        let (server, seen) = (server.to_owned(), state.subscribe());
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                tokio::spawn(carry(caller, server.clone(), seen.clone()));
            }
        });
        Self { address, state }
    }

    /// From now on.
    pub fn goes(&self, state: State) {
        self.state.send_replace(state);
    }
}

async fn carry(caller: TcpStream, server: String, state: watch::Receiver<State>) {
    if *state.borrow() == State::Cut {
        return;
    }
    let Ok(callee) = TcpStream::connect(server).await else { return };
    let ((mut from_caller, mut to_caller), (mut from_callee, mut to_callee)) =
        (caller.into_split(), callee.into_split());
    let mut cut = state.clone();
    tokio::select! {
        () = pass(&mut from_caller, &mut to_callee, state.clone()) => {}
        () = pass(&mut from_callee, &mut to_caller, state) => {}
        _ = cut.wait_for(|state| *state == State::Cut) => {}
    }
}

async fn pass(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    mut state: watch::Receiver<State>,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let is_up = state.wait_for(|state| *state != State::Dead).await.is_ok();
        if !is_up || to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
