//! `GET /login/oauth2/code/naver`: back from Naver.

use std::collections::HashMap;
use std::error::Error;

use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse, web};
use ef_domain::account::{
    Arrival, Caller, FinishLinkError, LinkIntent, LogInWithPartnerError, PartnerLogInError, PartnersGuest,
};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::super::actor::authenticate;
use super::super::caller::Calling;
use super::super::cookies;
use super::super::settings::HttpSettings;
use super::kept::{self, Flow, Kept};
use super::redirect::{Page, to_page};
use crate::shop::{NaverDesk, Shop};

/// No code of theirs comes near.
const LONGEST_CODE: usize = 512;

/// Where the browser goes, and what it keeps from now on.
type Outcome = (Page, Vec<Cookie<'static>>);

/// Takes a browser back from Naver and sends it on: `GET /login/oauth2/code/naver`. Whatever comes of it, the flow is
/// over: an address that is called twice is worth nothing the second time.
pub(super) async fn arrive(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    request: HttpRequest,
    calling: Calling,
) -> HttpResponse {
    let (page, kept) = outcome(&shop, &settings, &request, &calling.0).await;
    to_page(&settings, page, kept.into_iter().chain([kept::forget_flow(&settings)]))
}

async fn outcome(shop: &Shop, settings: &HttpSettings, request: &HttpRequest, caller: &Caller) -> Outcome {
    let Some(naver) = &shop.naver else { return (Page::LogInFailed, Vec::new()) };
    let params = web::Query::<HashMap<String, String>>::from_query(request.query_string());
    let mut params = params.map(web::Query::into_inner).unwrap_or_default();
    let Some(kept) = kept::flow(shop, request) else {
        tracing::info!("somebody came from naver without a flow of this browser's");
        return (Page::LogInFailed, Vec::new());
    };
    let (flow, is_fresh) = match kept {
        Kept::Fresh(flow) => (flow, true),
        Kept::RunOut(flow) => (flow, false),
    };
    if !is_of(&flow, params.get("state").map_or("", String::as_str)) {
        tracing::info!("somebody came from naver with another flow's state");
        return (Page::LogInFailed, Vec::new());
    }
    if !is_fresh {
        return (if flow.link.is_some() { Page::LinkRanOut } else { Page::LogInFailed }, Vec::new());
    }
    // Whoever refused at Naver comes back without a code.
    let code = params.remove("code").filter(|code| (1..=LONGEST_CODE).contains(&code.len()));
    let arrival = code.map(|code| flow.arrival(SecretString::from(code)));
    match &flow.link {
        Some(intent) => (link(shop, naver, request, intent, arrival).await, Vec::new()),
        None => log_in(shop, naver, settings, arrival, caller).await,
    }
}

/// Compared in constant time: the state is what keeps a stranger's log-in out of this browser.
fn is_of(flow: &Flow, state: &str) -> bool {
    state.as_bytes().ct_eq(flow.secrets.state.expose_secret().as_bytes()).into()
}

async fn log_in(
    shop: &Shop,
    naver: &NaverDesk,
    settings: &HttpSettings,
    arrival: Option<Arrival>,
    caller: &Caller,
) -> Outcome {
    let Some(arrival) = arrival else { return (Page::LogInFailed, Vec::new()) };
    match naver.log_in.run(&arrival, &caller.device).await {
        Ok(PartnersGuest::Member(session)) => (Page::Products, cookies::signed_in(shop, settings, &session).into()),
        Ok(PartnersGuest::Newcomer(profile)) => (Page::SignUp, vec![kept::keep_pending(shop, settings, &profile)]),
        Err(error) => {
            match &error {
                LogInWithPartnerError::Partner(error) => tell(error),
                LogInWithPartnerError::SecondFactorRequired => {
                    tracing::info!("an account with a second factor is not opened by naver");
                }
                LogInWithPartnerError::Unavailable(failure) => {
                    tracing::error!(error = failure.chain(), "somebody whom naver knows could not be signed in");
                }
            }
            (Page::LogInFailed, Vec::new())
        }
    }
}

/// Links for the person who is signed in here and now, if he is the one who wanted it.
async fn link(
    shop: &Shop,
    naver: &NaverDesk,
    request: &HttpRequest,
    intent: &LinkIntent,
    arrival: Option<Arrival>,
) -> Page {
    let Some(arrival) = arrival else { return Page::NotLinked };
    let present = match authenticate(shop, request).await {
        Ok(person) => person.map(|person| person.session),
        Err(error) => {
            tracing::error!(cause = error.chain(), "nobody knows who is signed in, nothing is linked");
            return Page::NotLinked;
        }
    };
    let Err(error) = naver.link.finish(intent, present.as_ref(), &arrival).await else { return Page::Linked };
    match error {
        FinishLinkError::SessionOver => Page::LinkRanOut,
        FinishLinkError::AlreadyLinked => Page::AlreadyLinked,
        FinishLinkError::AlreadyInUse => Page::AlreadyInUse,
        FinishLinkError::AnotherSession => {
            tracing::warn!(user = %intent.user, "another session came back from naver than went there");
            Page::NotLinked
        }
        FinishLinkError::Partner(error) => {
            tell(&error);
            Page::NotLinked
        }
        FinishLinkError::Unavailable(failure) => {
            tracing::error!(error = failure.chain(), "a log-in at naver could not be linked");
            Page::NotLinked
        }
    }
}

fn tell(error: &PartnerLogInError) {
    let error: &dyn Error = error;
    tracing::warn!(error, "a log-in at naver came to nothing");
}
