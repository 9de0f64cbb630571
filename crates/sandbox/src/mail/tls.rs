//! The relay's certificate: an authority of its own, made at the first start and remembered, and a leaf under it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsAcceptor;

/// The kind of its record.
pub(crate) const TLS: &str = "mail_tls";

/// The names that clients may reach the relay by.
const NAMES: [&str; 7] = [
    "localhost",
    "127.0.0.1",
    "::1",
    "sandbox",
    "ef-sandbox",
    "host.docker.internal",
    "email-smtp.ap-northeast-2.amazonaws.com",
];

/// What cannot be done with certificates.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// They cannot be made.
    #[error("cannot make the relay's certificate")]
    Make(#[from] rcgen::Error),
    /// They cannot be used.
    #[error("cannot use the relay's certificate")]
    Use(#[from] rustls::Error),
    /// The remembered ones do not read.
    #[error("the relay's remembered certificate is corrupt")]
    Read(#[from] base64::DecodeError),
}

/// Authority, leaf and the leaf's key. The authority's key is thrown away.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// What clients are told to trust.
    pub(crate) authority_pem: String,
    leaf: String,
    key: String,
}

impl Identity {
    /// A new authority and a leaf under it.
    pub(crate) fn make() -> Result<Self, TlsError> {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "Sandbox-only mail authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let authority_key = KeyPair::generate()?;
        let authority_pem = authority.self_signed(&authority_key)?.pem();
        let mut leaf = CertificateParams::new(NAMES.map(str::to_owned).to_vec())?;
        leaf.distinguished_name.push(DnType::CommonName, "localhost");
        let key = KeyPair::generate()?;
        let signed = leaf.signed_by(&key, &Issuer::new(authority, authority_key))?;
        Ok(Self { authority_pem, leaf: STANDARD.encode(signed.der()), key: STANDARD.encode(key.serialize_der()) })
    }

    /// What upgrades connections.
    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, TlsError> {
        let leaf = CertificateDer::from(STANDARD.decode(&self.leaf)?);
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(STANDARD.decode(&self.key)?));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf], key)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
