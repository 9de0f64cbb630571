//! One call to Naver.

use std::pin::Pin;
use std::time::Duration;

use ef_domain::shared::{FailureKind, PortFailure};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::redirect::Policy;
use reqwest::{Client, Request, Response, Url};

const CALLING: &str = "calling naver";
/// Connections are kept for less time than a server keeps them, so that no call goes out on one that is being closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// No document of theirs comes near; a body that does not end is not read to its end.
const LARGEST_BODY: usize = 256 * 1024;

/// The client of every call. Also what the `openidconnect` crate calls through.
#[derive(Debug)]
pub(crate) struct Transport {
    http: Client,
}

/// An answer that is on its way.
pub(crate) type Coming<'c> = Pin<Box<dyn Future<Output = Result<HttpResponse, PortFailure>> + Send + 'c>>;

impl Transport {
    /// A client; nothing is sent. `addresses` are those that will be called.
    pub(crate) fn try_new(connect: Duration, total: Duration, addresses: &[&str]) -> Result<Self, PortFailure> {
        const DURING: &str = "setting up the client of naver";
        let mut plain = true;
        for address in addresses {
            let url = Url::parse(address).map_err(|error| PortFailure::new(FailureKind::Corrupt, DURING, error))?;
            plain = plain && url.scheme() == "http";
        }
        // Another part of the program may have installed one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .connect_timeout(connect)
            .timeout(total)
            .pool_idle_timeout(IDLE_TIMEOUT)
            // A redirected call would carry the client's secret to wherever it leads.
            .redirect(Policy::none())
            .no_proxy();
        // The stand-in of development speaks plain HTTP: a machine without certificates can run it.
        let builder = if plain { builder.tls_certs_only([]) } else { builder };
        let http = builder.build().map_err(|error| PortFailure::new(FailureKind::Corrupt, DURING, error))?;
        Ok(Self { http })
    }

    /// Sends the request once and reads the whole answer, whatever its status.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, PortFailure> {
        let request =
            Request::try_from(request).map_err(|error| PortFailure::new(FailureKind::Corrupt, CALLING, error))?;
        let route = request.url().path().to_owned();
        let response = self.http.execute(request).await.map_err(lost)?;
        tracing::debug!(route, status = response.status().as_u16(), "naver answers");
        whole(response).await
    }
}

impl<'c> AsyncHttpClient<'c> for Transport {
    type Error = PortFailure;
    type Future = Coming<'c>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// What no request of ours is refused for: its parts are ours.
pub(crate) fn unsendable(error: http::Error) -> PortFailure {
    PortFailure::new(FailureKind::Corrupt, CALLING, error)
}

fn lost(error: reqwest::Error) -> PortFailure {
    let kind = if error.is_timeout() && !error.is_connect() { FailureKind::TimedOut } else { FailureKind::Unreachable };
    PortFailure::new(kind, CALLING, error.without_url())
}

async fn whole(mut response: Response) -> Result<HttpResponse, PortFailure> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(PortFailure::new(FailureKind::Corrupt, CALLING, "the answer does not end"));
        }
        body.extend_from_slice(&chunk);
    }
    let mut answer = http::Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}
