//! All that the Naver stand-in knows at one moment. It is changed under one short lock, never across an await; each
//! change collects the records that the journal has to keep.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::app::NaverApp;
use super::faults::{FAULTS, Faults};
use super::person::{Item, Person};
use crate::clock::{Moment, korean_time};
use crate::entropy;
use crate::store::{Record, StoreError, Write};

const APPS: &str = "naver_app";
const PEOPLE: &str = "naver_person";
const LINKS: &str = "naver_link";
const CODES: &str = "naver_code";
const ACCESS: &str = "naver_access";
const REFRESH: &str = "naver_refresh";
const BROWSERS: &str = "naver_browser";
const LOGINS: &str = "naver_login";
const NOTICES: &str = "naver_notice";

const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// How long an access token and an identity token are good for.
pub(crate) const ACCESS_LIFE: TimeDelta = TimeDelta::hours(1);
const REFRESH_LIFE: TimeDelta = TimeDelta::days(365);
/// How much history the console is told.
const HISTORY: usize = 200;

/// What one user agreed that one application may see.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) client_id: String,
    pub(crate) login: String,
    pub(crate) items: BTreeSet<Item>,
    pub(crate) since: String,
}

/// What an `OpenID Connect` request brought along.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct OpenId {
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
}

/// A code that waits to be exchanged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) client_id: String,
    pub(crate) login: String,
    pub(crate) redirect_uri: String,
    /// Present if the request came through the `OpenID Connect` address.
    pub(crate) openid: Option<OpenId>,
    expires_at: Moment,
}

/// What a token stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) login: String,
    pub(crate) expires_at: Moment,
}

/// One answer to an application that asked for a login, for the console.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) at: String,
    pub(crate) client_id: String,
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) agreed: bool,
    pub(crate) redirect_uri: String,
}

/// One notice of a cut link and what came of the single try to deliver it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Notice {
    pub(crate) at: String,
    pub(crate) client_id: String,
    pub(crate) login: String,
    pub(crate) url: Option<String>,
    pub(crate) outcome: String,
}

/// The newest entries of a list, each under its own number.
#[derive(Debug)]
struct History<T> {
    next: u64,
    entries: VecDeque<(u64, T)>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self { next: 0, entries: VecDeque::new() }
    }
}

impl<T: Serialize + serde::de::DeserializeOwned> History<T> {
    fn restore(&mut self, record: &Record) -> Result<(), StoreError> {
        let number = record.key.parse().unwrap_or(self.next);
        self.next = self.next.max(number + 1);
        self.entries.push_back((number, record.read()?));
        Ok(())
    }

    fn add(&mut self, kind: &'static str, entry: T) -> Vec<Write> {
        let mut writes = vec![Write::put(kind, format!("{:012}", self.next), &entry)];
        self.entries.push_back((self.next, entry));
        self.next += 1;
        if self.entries.len() > HISTORY {
            let oldest = self.entries.pop_front();
            writes.extend(oldest.map(|(number, _)| Write::Delete { kind, key: format!("{number:012}") }));
        }
        writes
    }

    fn newest_first(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().rev().map(|(_, entry)| entry)
    }
}

/// Applications, people, what they agreed to, codes and tokens.
#[derive(Debug)]
pub(crate) struct State {
    registered: Vec<NaverApp>,
    apps: BTreeMap<String, NaverApp>,
    people: BTreeMap<String, Person>,
    links: BTreeMap<(String, String), Link>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Grant>,
    refresh: HashMap<String, Grant>,
    /// When codes and access tokens end, so that dead ones do not pile up.
    ends: BTreeSet<(Moment, &'static str, String)>,
    browsers: HashMap<String, String>,
    logins: History<Login>,
    notices: History<Notice>,
    pub(crate) faults: Faults,
    writes: Vec<Write>,
}

fn link_key(client_id: &str, login: &str) -> String {
    format!("{client_id}\n{login}")
}

impl State {
    /// A stand-in where these applications are registered beside the built-in one.
    pub(crate) fn new(registered: Vec<NaverApp>) -> Self {
        let apps = std::iter::once(NaverApp::built_in()).chain(registered.iter().cloned());
        Self {
            apps: apps.map(|app| (app.client_id.clone(), app)).collect(),
            registered,
            people: Person::ready_made().into_iter().map(|person| (person.login.clone(), person)).collect(),
            links: BTreeMap::new(),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            ends: BTreeSet::new(),
            browsers: HashMap::new(),
            logins: History::default(),
            notices: History::default(),
            faults: Faults::default(),
            writes: Vec::new(),
        }
    }

    /// Takes back what an earlier run remembered.
    pub(crate) fn restore(&mut self, remembered: &[Record]) -> Result<(), StoreError> {
        for record in remembered {
            let key = record.key.clone();
            match record.kind.as_str() {
                APPS => drop(self.apps.insert(key, record.read()?)),
                PEOPLE => drop(self.people.insert(key, record.read()?)),
                LINKS => {
                    let link: Link = record.read()?;
                    self.links.insert((link.client_id.clone(), link.login.clone()), link);
                }
                CODES => {
                    let code: Code = record.read()?;
                    self.ends.insert((code.expires_at, CODES, key.clone()));
                    self.codes.insert(key, code);
                }
                ACCESS => {
                    let grant: Grant = record.read()?;
                    self.ends.insert((grant.expires_at, ACCESS, key.clone()));
                    self.access.insert(key, grant);
                }
                REFRESH => drop(self.refresh.insert(key, record.read()?)),
                BROWSERS => drop(self.browsers.insert(key, record.read()?)),
                LOGINS => self.logins.restore(record)?,
                NOTICES => self.notices.restore(record)?,
                FAULTS => self.faults = record.read()?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Forgets everything but the applications it was started with.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(std::mem::take(&mut self.registered));
    }

    /// What the journal has to keep of the changes since the last call.
    pub(crate) fn take_writes(&mut self) -> Vec<Write> {
        let mut writes = std::mem::take(&mut self.writes);
        writes.append(&mut self.faults.take_writes(FAULTS));
        writes
    }

    /// The application of that client id.
    pub(crate) fn app(&self, client_id: &str) -> Option<&NaverApp> {
        self.apps.get(client_id)
    }

    /// Every application.
    pub(crate) fn apps(&self) -> impl Iterator<Item = &NaverApp> {
        self.apps.values()
    }

    /// Registers an application, or registers it anew.
    pub(crate) fn register(&mut self, app: NaverApp) {
        self.writes.push(Write::put(APPS, app.client_id.clone(), &app));
        self.apps.insert(app.client_id.clone(), app);
    }

    /// Everybody with an account.
    pub(crate) fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// The person of that login.
    pub(crate) fn person(&self, login: &str) -> Option<&Person> {
        self.people.get(login)
    }

    /// Whoever that id or name belongs to; nobody yet: somebody new.
    pub(crate) fn person_called(&mut self, called: &str) -> Person {
        let by_name = || self.people.values().find(|person| person.name == called);
        if let Some(person) = self.people.get(called).or_else(by_name) {
            return person.clone();
        }
        let mobile = format!("010-{}-{}", entropy::digits(4), entropy::digits(4));
        let person = Person::unknown(called, mobile);
        self.writes.push(Write::put(PEOPLE, person.login.clone(), &person));
        self.people.insert(person.login.clone(), person.clone());
        person
    }

    /// What that user agreed to for that application.
    pub(crate) fn link(&self, client_id: &str, login: &str) -> Option<&Link> {
        self.links.get(&(client_id.to_owned(), login.to_owned()))
    }

    /// Every link.
    pub(crate) fn links(&self) -> impl Iterator<Item = &Link> {
        self.links.values()
    }

    /// The user agrees to exactly these items.
    pub(crate) fn agree(&mut self, client_id: &str, login: &str, items: BTreeSet<Item>, now: Moment) {
        let known = self.link(client_id, login).map(|link| link.since.clone());
        let since = known.unwrap_or_else(|| korean_time(now));
        let link = Link { client_id: client_id.to_owned(), login: login.to_owned(), items, since };
        self.writes.push(Write::put(LINKS, link_key(client_id, login), &link));
        self.links.insert((client_id.to_owned(), login.to_owned()), link);
    }

    /// Cuts the link: every code and token dies with it. Tells whether there was one.
    pub(crate) fn unlink(&mut self, client_id: &str, login: &str) -> bool {
        let known = self.links.remove(&(client_id.to_owned(), login.to_owned())).is_some();
        self.writes.push(Write::Delete { kind: LINKS, key: link_key(client_id, login) });
        let theirs = |client: &str, user: &str| client == client_id && user == login;
        for (token, _) in self.access.extract_if(|_, grant| theirs(&grant.client_id, &grant.login)) {
            self.writes.push(Write::Delete { kind: ACCESS, key: token });
        }
        for (token, _) in self.refresh.extract_if(|_, grant| theirs(&grant.client_id, &grant.login)) {
            self.writes.push(Write::Delete { kind: REFRESH, key: token });
        }
        for (code, _) in self.codes.extract_if(|_, code| theirs(&code.client_id, &code.login)) {
            self.writes.push(Write::Delete { kind: CODES, key: code });
        }
        known
    }

    /// A code for somebody who agreed.
    pub(crate) fn issue_code(
        &mut self,
        client_id: &str,
        login: &str,
        redirect_uri: &str,
        openid: Option<OpenId>,
        now: Moment,
    ) -> String {
        self.bury(now);
        let code = entropy::alphanumeric(18);
        let expires_at = now + CODE_LIFE;
        let meaning = Code {
            client_id: client_id.to_owned(),
            login: login.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            openid,
            expires_at,
        };
        self.writes.push(Write::put(CODES, code.clone(), &meaning));
        self.ends.insert((expires_at, CODES, code.clone()));
        self.codes.insert(code.clone(), meaning);
        code
    }

    /// A code that is still good.
    pub(crate) fn code(&self, code: &str, now: Moment) -> Option<&Code> {
        self.codes.get(code).filter(|known| known.expires_at > now)
    }

    /// A code is exchanged once.
    pub(crate) fn spend_code(&mut self, code: &str) {
        self.codes.remove(code);
        self.writes.push(Write::Delete { kind: CODES, key: code.to_owned() });
    }

    /// A new access token.
    pub(crate) fn issue_access(&mut self, client_id: &str, login: &str, now: Moment) -> String {
        self.bury(now);
        // The characters that have to be escaped in a form are there on purpose.
        let token =
            format!("AAAA{}+{}/{}=", entropy::alphanumeric(20), entropy::alphanumeric(20), entropy::alphanumeric(14));
        let grant = Grant { client_id: client_id.to_owned(), login: login.to_owned(), expires_at: now + ACCESS_LIFE };
        self.writes.push(Write::put(ACCESS, token.clone(), &grant));
        self.ends.insert((grant.expires_at, ACCESS, token.clone()));
        self.access.insert(token.clone(), grant);
        token
    }

    /// A new refresh token.
    pub(crate) fn issue_refresh(&mut self, client_id: &str, login: &str, now: Moment) -> String {
        let token = entropy::alphanumeric(68);
        let grant = Grant { client_id: client_id.to_owned(), login: login.to_owned(), expires_at: now + REFRESH_LIFE };
        self.writes.push(Write::put(REFRESH, token.clone(), &grant));
        self.refresh.insert(token.clone(), grant);
        token
    }

    /// What a living access token stands for.
    pub(crate) fn access(&self, token: &str, now: Moment) -> Option<&Grant> {
        self.access.get(token).filter(|grant| grant.expires_at > now)
    }

    /// What a living refresh token stands for.
    pub(crate) fn refresh(&self, token: &str, now: Moment) -> Option<&Grant> {
        self.refresh.get(token).filter(|grant| grant.expires_at > now)
    }

    fn bury(&mut self, now: Moment) {
        while let Some((end, kind, key)) = self.ends.first().filter(|(end, ..)| *end <= now).cloned() {
            let known = match kind {
                CODES => self.codes.remove(&key).is_some(),
                _ => self.access.remove(&key).is_some(),
            };
            if known {
                self.writes.push(Write::Delete { kind, key: key.clone() });
            }
            self.ends.remove(&(end, kind, key));
        }
    }

    /// Who is logged in in that browser.
    pub(crate) fn browser(&self, cookie: &str) -> Option<&str> {
        self.browsers.get(cookie).map(String::as_str)
    }

    /// A browser stays logged in; the answer is its cookie.
    pub(crate) fn keep_browser(&mut self, login: &str) -> String {
        let cookie = entropy::alphanumeric(40);
        self.writes.push(Write::put(BROWSERS, cookie.clone(), &login));
        self.browsers.insert(cookie.clone(), login.to_owned());
        cookie
    }

    /// Writes down how somebody answered an application.
    pub(crate) fn note_login(&mut self, login: Login) {
        self.writes.extend(self.logins.add(LOGINS, login));
    }

    /// The latest answers, newest first.
    pub(crate) fn logins(&self) -> impl Iterator<Item = &Login> {
        self.logins.newest_first()
    }

    /// Writes down what came of a notice.
    pub(crate) fn note_notice(&mut self, notice: Notice) {
        self.writes.extend(self.notices.add(NOTICES, notice));
    }

    /// The latest notices, newest first.
    pub(crate) fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.notices.newest_first()
    }
}
