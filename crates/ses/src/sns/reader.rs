//! The feedback port over Amazon SNS.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use ef_domain::notice::{Feedback, FeedbackReader, Notice, NoticeId, ReadNoticeError};
use ef_domain::shared::{Clock, FailureKind, PortFailure, Timestamp};
use reqwest::{Client, Url};

use super::certificate::{SigningKey, Sources};
use super::envelope::{EnvelopeWire, KindWire};
use super::event::feedback;
use crate::web;

/// The partner tries for an hour; what is older is somebody's copy.
const OLDEST: Duration = Duration::from_hours(1);
/// How far the partner's clock may be ahead of ours.
const EARLIEST: Duration = Duration::from_mins(5);
/// How many certificates are remembered. The partner uses one or two at a time.
const REMEMBERED: usize = 8;

/// Which notices are for this shop.
#[derive(Clone, Debug)]
pub struct SnsConfig {
    /// The topics that the shop subscribed to.
    pub topic_arns: Vec<String>,
    /// A stand-in, which is then believed in the partner's place. `None` with real mail.
    pub stand_in: Option<StandIn>,
}

/// Somebody who plays the partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// Where it is, seen from here: `http://sandbox:9090`.
    pub origin: String,
    /// What it calls itself in its notices, where browsers see it otherwise: `http://localhost:9090`.
    pub public_origin: String,
}

/// Proves and reads what Amazon SNS posts.
pub struct SnsFeedbackReader {
    topic_arns: Vec<String>,
    sources: Sources,
    clock: Arc<dyn Clock>,
    web: Client,
    keys: Mutex<HashMap<Url, SigningKey>>,
}

impl fmt::Debug for SnsFeedbackReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnsFeedbackReader").field("topic_arns", &self.topic_arns).finish_non_exhaustive()
    }
}

impl SnsFeedbackReader {
    /// A reader. Nobody is asked for anything yet.
    ///
    /// # Errors
    /// [`PortFailure`] where no client can be built.
    pub fn try_new(config: SnsConfig, clock: Arc<dyn Clock>) -> Result<Self, PortFailure> {
        let SnsConfig { topic_arns, stand_in } = config;
        let web = web::client(stand_in.as_ref().is_some_and(|stand_in| stand_in.origin.starts_with("http://")))?;
        Ok(Self { topic_arns, sources: Sources { stand_in }, clock, web, keys: Mutex::default() })
    }

    /// Fails unless the partner signed the document for one of our topics, and lately.
    async fn prove(&self, envelope: &EnvelopeWire) -> Result<(), ReadNoticeError> {
        if !self.topic_arns.contains(&envelope.topic_arn) {
            return Err(ReadNoticeError::Forged("it is about another topic"));
        }
        let now = self.clock.now();
        let said = DateTime::parse_from_rfc3339(&envelope.timestamp);
        let said = said.map_err(|_| ReadNoticeError::Malformed("its time is none"))?;
        let said = Timestamp::new(said.to_utc());
        if now.since(said) > OLDEST || said.since(now) > EARLIEST {
            return Err(ReadNoticeError::Forged("it is not of this hour"));
        }
        let signature = STANDARD.decode(&envelope.signature);
        let signature = signature.map_err(|_| ReadNoticeError::Malformed("its signature is none"))?;
        let source = self.sources.certificate(&envelope.signing_cert_url);
        let source = source.ok_or(ReadNoticeError::Forged("its certificate is not the partner's"))?;
        let key = self.key(source).await?;
        if !key.is_good_at(now) {
            return Err(ReadNoticeError::Forged("its certificate is out of date"));
        }
        if !key.signed(&envelope.signature_version, &envelope.signed_text(), &signature) {
            return Err(ReadNoticeError::Forged("its signature does not fit"));
        }
        Ok(())
    }

    async fn key(&self, source: Url) -> Result<SigningKey, PortFailure> {
        const DURING: &str = "fetching the certificate of a mail notice";
        if let Some(key) = self.keys().get(&source) {
            return Ok(key.clone());
        }
        let pem = web::fetch(&self.web, source.as_str(), DURING).await?;
        let key = SigningKey::from_pem(&pem)
            .ok_or_else(|| PortFailure::new(FailureKind::Corrupt, DURING, "it is no certificate of an RSA key"))?;
        let mut keys = self.keys();
        if keys.len() >= REMEMBERED {
            keys.clear();
        }
        keys.insert(source, key.clone());
        Ok(key)
    }

    /// Visits the address that a confirmation names; from then on notices come.
    async fn confirm(&self, envelope: &EnvelopeWire) -> Result<(), ReadNoticeError> {
        let address = envelope.subscribe_url.as_deref().ok_or(ReadNoticeError::Malformed("it confirms nothing"))?;
        let address = self.sources.document(address);
        let address = address.ok_or(ReadNoticeError::Forged("what it wants visited is not the partner's"))?;
        web::fetch(&self.web, address.as_str(), "confirming the subscription to mail notices").await?;
        tracing::info!(topic = envelope.topic_arn, "subscribed to what becomes of mails");
        Ok(())
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<Url, SigningKey>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl FeedbackReader for SnsFeedbackReader {
    async fn read(&self, document: &[u8]) -> Result<Notice, ReadNoticeError> {
        let envelope: EnvelopeWire = serde_json::from_slice(document)
            .map_err(|_| ReadNoticeError::Malformed("it is no document of the partner's"))?;
        let id = NoticeId::parse(&envelope.message_id).ok_or(ReadNoticeError::Malformed("it has no name"))?;
        self.prove(&envelope).await?;
        let feedback = match envelope.kind {
            KindWire::Notification => feedback(&envelope.message),
            KindWire::SubscriptionConfirmation => {
                self.confirm(&envelope).await?;
                Feedback::Other
            }
            KindWire::UnsubscribeConfirmation => {
                tracing::error!(topic = envelope.topic_arn, "nobody tells what becomes of mails any more");
                Feedback::Other
            }
        };
        Ok(Notice { id, feedback })
    }
}
