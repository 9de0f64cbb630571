//! Whose certificates the relay may show.

use std::error::Error as StdError;
use std::io;
use std::sync::{Mutex, PoisonError};

use ef_domain::shared::{FailureKind, PortFailure};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use reqwest::Client;

use crate::web;

const DURING: &str = "reading the certificate that the mail relay is known by";

/// Who vouches for the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Whom browsers trust: right for the partner.
    Public,
    /// One certificate, in PEM.
    Pem(String),
    /// One certificate, in PEM, found at that address. For a stand-in on the same machine, which makes its own.
    At(String),
}

/// What is needed to encrypt. Made when it is first needed, as a stand-in may start later than the shop.
pub(crate) struct Trust {
    authority: Authority,
    host: String,
    web: Client,
    made: Mutex<Option<TlsParameters>>,
}

impl Trust {
    pub(crate) fn new(authority: Authority, host: String, web: Client) -> Self {
        Self { authority, host, web, made: Mutex::new(None) }
    }

    /// What a connection is encrypted with.
    pub(crate) async fn parameters(&self) -> Result<TlsParameters, PortFailure> {
        let made = self.made().clone();
        if let Some(made) = made {
            return Ok(made);
        }
        let parameters = self.make().await?;
        *self.made() = Some(parameters.clone());
        Ok(parameters)
    }

    /// The relay showed something else: a stand-in that was started anew has another certificate.
    pub(crate) fn doubt(&self) {
        if matches!(self.authority, Authority::At(_)) {
            *self.made() = None;
        }
    }

    async fn make(&self) -> Result<TlsParameters, PortFailure> {
        let corrupt = |error: Error| PortFailure::new(FailureKind::Corrupt, DURING, error);
        let pem = match &self.authority {
            Authority::Public => None,
            Authority::Pem(pem) => Some(pem.clone()),
            Authority::At(url) => Some(web::fetch(&self.web, url, DURING).await?),
        };
        let builder = TlsParameters::builder(self.host.clone());
        let builder = match pem {
            None => builder.certificate_store(CertificateStore::WebpkiRoots),
            Some(pem) => builder
                .certificate_store(CertificateStore::None)
                .add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(corrupt)?),
        };
        builder.build_rustls().map_err(corrupt)
    }

    fn made(&self) -> std::sync::MutexGuard<'_, Option<TlsParameters>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether encryption failed because of who the relay says it is, and not because the line is bad.
pub(crate) fn is_distrust(error: &Error) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = cause {
        let wrapped = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inner = wrapped.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if matches!(inner.or_else(|| current.downcast_ref()), Some(rustls::Error::InvalidCertificate(_))) {
            return true;
        }
        cause = current.source();
    }
    error.is_tls()
}
