//! What an application asks for when it sends a browser over, and where the browser is sent back to.

use std::collections::{BTreeSet, HashMap};

use reqwest::Url;

use super::person::{Item, Person};
use super::state::{Login, OpenId, State};
use crate::clock::{Moment, korean_time};

/// Parameters of a request, from the query and the body alike.
pub(crate) type Params = HashMap<String, String>;

/// Reads `a=1&b=2`; what does not read is not there.
pub(crate) fn params_of(encoded: &str) -> Params {
    actix_web::web::Query::<Params>::from_query(encoded).map(actix_web::web::Query::into_inner).unwrap_or_default()
}

/// Which of the two addresses the browser came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// `/oauth2.0/authorize`.
    Classic,
    /// `/oauth2/authorize`.
    OpenId,
}

impl Flow {
    /// The name inside the addresses of the pages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::OpenId => "openid",
        }
    }

    /// Reads that name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Classic, Self::OpenId].into_iter().find(|flow| flow.name() == name)
    }
}

/// A request that can be answered with a redirect.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    state: String,
    pub(crate) openid: Option<OpenId>,
    /// The consent page is shown again for what was refused.
    pub(crate) reprompt: bool,
    /// The login page is shown even to a browser that is logged in.
    pub(crate) reauthenticate: bool,
    /// Never any page: answered by a browser that is logged in and linked, or not at all.
    pub(crate) autologin: bool,
}

/// Why a request leads to no page of the login.
#[derive(Debug)]
pub(crate) enum Unasked {
    /// Nobody knows where to send the browser: it stays on a page that says why.
    Stay(&'static str),
    /// The browser is sent back with an error.
    Back(String),
}

impl Asked {
    /// Reads a request.
    pub(crate) fn read(state: &State, flow: Flow, params: &Params) -> Result<Self, Unasked> {
        let text = |name: &str| params.get(name).map(String::as_str).unwrap_or_default();
        let some = |name: &str| params.get(name).filter(|value| !value.is_empty()).cloned();
        let app = state.app(text("client_id")).ok_or(Unasked::Stay("등록되지 않은 client_id 입니다."))?;
        let redirect_uri = text("redirect_uri");
        if Url::parse(redirect_uri).is_err() || !app.takes(redirect_uri) {
            return Err(Unasked::Stay("등록되지 않은 redirect_uri 입니다."));
        }
        let auth_type = text("auth_type");
        let openid = OpenId { nonce: some("nonce"), challenge: some("code_challenge") };
        let asked = Self {
            client_id: app.client_id.clone(),
            redirect_uri: redirect_uri.to_owned(),
            state: text("state").to_owned(),
            openid: (flow == Flow::OpenId).then_some(openid),
            reprompt: auth_type == "reprompt",
            reauthenticate: auth_type == "reauthenticate",
            autologin: auth_type == "autologin",
        };
        if text("response_type") != "code" {
            return Err(Unasked::Back(asked.refused("unsupported_response_type", "response_type must be code")));
        }
        if flow == Flow::OpenId {
            asked.check_openid(text("scope"), text("code_challenge_method")).map_err(Unasked::Back)?;
        }
        Ok(asked)
    }

    /// What `OpenID Connect` asks of a request on top; the error is where the browser goes back to.
    fn check_openid(&self, scope: &str, method: &str) -> Result<(), String> {
        if !scope.split_whitespace().any(|word| word == "openid") {
            return Err(self.refused("invalid_scope", "scope must contain openid"));
        }
        let has_challenge = self.openid.as_ref().is_some_and(|openid| openid.challenge.is_some());
        if has_challenge && method != "S256" {
            return Err(self.refused("invalid_request", "code_challenge_method must be S256"));
        }
        Ok(())
    }

    fn back(&self, pairs: &[(&str, &str)]) -> String {
        let Ok(mut url) = Url::parse(&self.redirect_uri) else { return self.redirect_uri.clone() };
        // What the callback's own query holds stays.
        url.query_pairs_mut().extend_pairs(pairs).append_pair("state", &self.state);
        url.into()
    }

    /// Where the browser goes with an error.
    pub(crate) fn refused(&self, error: &str, description: &str) -> String {
        self.back(&[("error", error), ("error_description", description)])
    }

    /// Where the browser goes when its user refuses.
    pub(crate) fn canceled(&self) -> String {
        self.refused("access_denied", "Canceled By User")
    }

    /// Whether this person has to see the consent page.
    pub(crate) fn needs_consent(&self, state: &State, person: &Person) -> bool {
        match state.link(&self.client_id, &person.login) {
            None => true,
            Some(link) => self.reprompt && link.items.len() < Item::ALL.len(),
        }
    }

    /// The person agrees (to these items, or to what was agreed before): the answer is where the browser goes.
    pub(crate) fn agree(
        &self,
        state: &mut State,
        person: &Person,
        items: Option<BTreeSet<Item>>,
        now: Moment,
    ) -> String {
        let known = state.link(&self.client_id, &person.login).map(|link| link.items.clone());
        let items = items.or(known).unwrap_or_else(Item::everything);
        state.agree(&self.client_id, &person.login, items, now);
        state.note_login(self.login(person, true, now));
        let code = state.issue_code(&self.client_id, &person.login, &self.redirect_uri, self.openid.clone(), now);
        self.back(&[("code", &code)])
    }

    /// The person refuses: nothing is linked, and what was linked stays.
    pub(crate) fn refuse(&self, state: &mut State, person: &Person, now: Moment) -> String {
        state.note_login(self.login(person, false, now));
        self.canceled()
    }

    fn login(&self, person: &Person, agreed: bool, now: Moment) -> Login {
        Login {
            at: korean_time(now),
            client_id: self.client_id.clone(),
            login: person.login.clone(),
            name: person.name.clone(),
            agreed,
            redirect_uri: self.redirect_uri.clone(),
        }
    }
}
