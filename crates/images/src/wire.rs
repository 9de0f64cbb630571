//! Lends the shop's HTTP client to the library that speaks S3.

use std::time::Duration;

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
};
use reqwest::Client;
use reqwest::redirect::Policy;

/// Connections are kept for less time than a server keeps them, so that no call goes out on one that is being closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Our client, wherever the library would build one.
#[derive(Clone, Debug)]
pub(crate) struct Wire(Client);

impl Wire {
    /// A client; nothing is sent.
    pub(crate) fn try_new(plain: bool, connect: Duration, total: Duration) -> Result<Self, reqwest::Error> {
        // Another part of the program may have installed one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .connect_timeout(connect)
            .timeout(total)
            .pool_idle_timeout(IDLE_TIMEOUT)
            // A signature is for one address, and the environment's proxy is not in our configuration.
            .redirect(Policy::none())
            .no_proxy();
        // A bucket of one's own machine speaks plain HTTP: a machine without certificates can run it.
        let builder = if plain { builder.tls_certs_only([]) } else { builder };
        builder.build().map(Self)
    }
}

impl HttpConnector for Wire {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Wire {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = request.map(reqwest::Body::wrap).try_into().map_err(failure)?;
        let response = self.0.execute(request).await.map_err(failure)?;
        let mut head = HttpResponse::new(HttpResponseBody::from(Vec::new()));
        *head.status_mut() = response.status();
        head.headers_mut().clone_from(response.headers());
        let body = response.bytes().await.map_err(failure)?;
        Ok(head.map(|_| HttpResponseBody::from(body)))
    }
}

/// Whatever we ask may be asked again, erasing too: names are drawn, and what is gone stays gone.
fn failure(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_builder() {
        HttpErrorKind::Unknown
    } else {
        HttpErrorKind::Request
    };
    HttpError::new(kind, error.without_url())
}
