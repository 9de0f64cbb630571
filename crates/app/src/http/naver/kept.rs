//! What a browser keeps between the steps of a log-in at Naver: sealed, each for its own purpose and time.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use ef_domain::account::{
    Arrival, Email, FlowSecrets, Identity, IdentityProvider, LinkIntent, Phone, Profile, SessionId, Subject,
};
use ef_domain::shared::{Purpose, Timestamp, UserId};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::cookies::{self, Place};
use super::super::settings::HttpSettings;
use super::{CALLBACK, DEPARTURE};
use crate::shop::Shop;

/// A log-in that is under way.
const FLOW: Place = Place { name: "naverFlow", path: CALLBACK, lifetime: Duration::from_mins(10) };
/// Who wants to link, from our page to the departure: one redirect.
const INTENT: Place = Place { name: "naverLink", path: DEPARTURE, lifetime: Duration::from_mins(2) };
/// A newcomer who has yet to fill in the form.
const PENDING: Place = Place { name: "naverSignUp", path: "/api/auth", lifetime: Duration::from_mins(30) };

/// What was kept, and whether its time is over. Browsers drop cookies by clocks of their own, if they do.
pub(super) enum Kept<T> {
    /// It may be used.
    Fresh(T),
    /// It was genuine once.
    RunOut(T),
}

/// A log-in that is under way.
pub(super) struct Flow {
    /// What binds its return to its departure.
    pub(super) secrets: FlowSecrets,
    /// Where Naver was told to send the browser.
    pub(super) callback: String,
    /// Who wants to link, if that is what it is for.
    pub(super) link: Option<LinkIntent>,
}

impl Flow {
    /// Its return with that code.
    pub(super) fn arrival(&self, code: SecretString) -> Arrival {
        Arrival { code, secrets: self.secrets.clone(), callback: self.callback.clone() }
    }
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    until: i64,
    content: T,
}

#[derive(Serialize, Deserialize)]
struct FlowRecord {
    state: String,
    nonce: String,
    verifier: String,
    callback: String,
    link: Option<IntentRecord>,
}

#[derive(Serialize, Deserialize)]
struct IntentRecord {
    user: i64,
    epoch: i64,
    session: String,
}

#[derive(Serialize, Deserialize)]
struct ProfileRecord {
    subject: String,
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
}

/// The cookie of a flow that begins.
pub(super) fn keep_flow(shop: &Shop, settings: &HttpSettings, flow: &Flow) -> Cookie<'static> {
    let Flow { secrets, callback, link } = flow;
    let record = FlowRecord {
        state: secrets.state.expose_secret().to_owned(),
        nonce: secrets.nonce.expose_secret().to_owned(),
        verifier: secrets.verifier.expose_secret().to_owned(),
        callback: callback.clone(),
        link: link.as_ref().map(IntentRecord::from),
    };
    keep(shop, settings, &FLOW, Purpose::LogInFlow, record)
}

/// The flow that this browser began.
pub(super) fn flow(shop: &Shop, request: &HttpRequest) -> Option<Kept<Flow>> {
    kept(shop, request, &FLOW, Purpose::LogInFlow, |record: FlowRecord| {
        let FlowRecord { state, nonce, verifier, callback, link } = record;
        let secrets = FlowSecrets { state: state.into(), nonce: nonce.into(), verifier: verifier.into() };
        let link = match link {
            Some(link) => Some(link.intent()?),
            None => None,
        };
        Some(Flow { secrets, callback, link })
    })
}

/// The cookie that forgets the flow.
pub(super) fn forget_flow(settings: &HttpSettings) -> Cookie<'static> {
    cookies::forget(settings, &FLOW)
}

/// The cookie of a link that begins.
pub(super) fn keep_intent(shop: &Shop, settings: &HttpSettings, intent: &LinkIntent) -> Cookie<'static> {
    keep(shop, settings, &INTENT, Purpose::LinkIntent, IntentRecord::from(intent))
}

/// Whether the browser carries a wish to link, whatever it is worth.
pub(super) fn has_intent(request: &HttpRequest) -> bool {
    cookies::value(request, INTENT.name).is_some()
}

/// Who wants to link.
pub(super) fn intent(shop: &Shop, request: &HttpRequest) -> Option<Kept<LinkIntent>> {
    kept(shop, request, &INTENT, Purpose::LinkIntent, |record: IntentRecord| record.intent())
}

/// The cookie that forgets the link's intent.
pub(super) fn forget_intent(settings: &HttpSettings) -> Cookie<'static> {
    cookies::forget(settings, &INTENT)
}

/// The cookie of a newcomer.
pub(super) fn keep_pending(shop: &Shop, settings: &HttpSettings, profile: &Profile) -> Cookie<'static> {
    let record = ProfileRecord {
        subject: profile.identity.subject.as_str().to_owned(),
        email: profile.email.as_ref().map(ToString::to_string),
        name: profile.name.clone(),
        phone: profile.phone.as_ref().map(|phone| phone.as_str().to_owned()),
    };
    keep(shop, settings, &PENDING, Purpose::PendingSignUp, record)
}

/// The newcomer that this browser's last log-in at Naver was.
pub(super) fn pending(shop: &Shop, request: &HttpRequest) -> Option<Profile> {
    let kept = kept(shop, request, &PENDING, Purpose::PendingSignUp, |record: ProfileRecord| {
        let subject = Subject::parse(&record.subject)?;
        Some(Profile {
            identity: Identity { provider: IdentityProvider::Naver, subject },
            email: record.email.and_then(|text| Email::parse(&text).ok()),
            name: record.name,
            phone: record.phone.and_then(|text| Phone::parse(&text).ok()),
        })
    });
    match kept? {
        Kept::Fresh(profile) => Some(profile),
        Kept::RunOut(_) => None,
    }
}

/// The cookie that forgets the newcomer.
pub(super) fn forget_pending(settings: &HttpSettings) -> Cookie<'static> {
    cookies::forget(settings, &PENDING)
}

impl From<&LinkIntent> for IntentRecord {
    fn from(intent: &LinkIntent) -> Self {
        Self { user: intent.user.get(), epoch: intent.epoch, session: intent.session.as_str().to_owned() }
    }
}

impl IntentRecord {
    fn intent(self) -> Option<LinkIntent> {
        let session = SessionId::parse(&self.session)?;
        Some(LinkIntent { user: UserId::new(self.user), epoch: self.epoch, session })
    }
}

fn keep(
    shop: &Shop,
    settings: &HttpSettings,
    place: &Place,
    purpose: Purpose,
    content: impl Serialize,
) -> Cookie<'static> {
    let until = shop.clock.now().after(place.lifetime).millis();
    let plain = serde_json::to_vec(&Envelope { until, content }).expect("texts and numbers become JSON");
    cookies::keep(settings, place, shop.vault.seal(purpose, &plain))
}

fn kept<R: DeserializeOwned, T>(
    shop: &Shop,
    request: &HttpRequest,
    place: &Place,
    purpose: Purpose,
    read: impl FnOnce(R) -> Option<T>,
) -> Option<Kept<T>> {
    let plain = shop.vault.open(purpose, &cookies::value(request, place.name)?)?;
    let Envelope { until, content } = serde_json::from_slice::<Envelope<R>>(&plain).ok()?;
    let (until, content) = (Timestamp::from_millis(until)?, read(content)?);
    Some(if shop.clock.now() < until { Kept::Fresh(content) } else { Kept::RunOut(content) })
}
