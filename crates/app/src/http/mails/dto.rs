//! Mails as administrators see them: enough to decide, and nobody's whole address.

use ef_domain::account::Email;
use ef_domain::notice::{ParkedMail, Suppression};
use ef_domain::shared::{Page, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::openapi::words;
use super::super::query::PageInfo;

/// A page of mails.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailPageView {
    mails: Vec<MailView>,
    page_info: PageInfo,
}

impl From<Page<ParkedMail>> for MailPageView {
    fn from(page: Page<ParkedMail>) -> Self {
        let page_info = PageInfo::of(&page);
        Self { mails: page.rows.into_iter().map(MailView::from).collect(), page_info }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MailView {
    id: i64,
    #[schema(value_type = words::MailState)]
    state: &'static str,
    to: String,
    letter: String,
    attempts: u32,
    reason: String,
    #[schema(format = DateTime)]
    queued_at: String,
    #[schema(format = DateTime)]
    parked_at: String,
    #[schema(required, format = DateTime)]
    lapses_at: Option<String>,
}

impl From<ParkedMail> for MailView {
    fn from(mail: ParkedMail) -> Self {
        Self {
            id: mail.id.get(),
            state: "PARKED",
            to: masked(&mail.to),
            letter: mail.letter,
            attempts: mail.attempts,
            reason: mail.reason,
            queued_at: mail.queued_at.to_string(),
            parked_at: mail.parked_at.to_string(),
            lapses_at: mail.lapses_at.as_ref().map(Timestamp::to_string),
        }
    }
}

/// A page of addresses that get no mail any more.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuppressionPageView {
    suppressions: Vec<SuppressionView>,
    page_info: PageInfo,
}

impl From<Page<Suppression>> for SuppressionPageView {
    fn from(page: Page<Suppression>) -> Self {
        let page_info = PageInfo::of(&page);
        Self { suppressions: page.rows.iter().map(SuppressionView::from).collect(), page_info }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct SuppressionView {
    id: i64,
    email: String,
    #[schema(value_type = words::SuppressionReason)]
    reason: &'static str,
    #[schema(format = DateTime)]
    since: String,
}

impl From<&Suppression> for SuppressionView {
    fn from(suppression: &Suppression) -> Self {
        Self {
            id: suppression.id.get(),
            email: masked(&suppression.address),
            reason: suppression.reason.name(),
            since: suppression.since.to_string(),
        }
    }
}

/// `s***@home.kr`: enough for its owner to be recognised by, who asks where his mail is.
fn masked(address: &Email) -> String {
    let (local, domain) = address.as_str().rsplit_once('@').unwrap_or_default();
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_its_first_letter_and_its_house() {
        for (address, shown) in [("reader@home.kr", "r***@home.kr"), ("a@b.kr", "a***@b.kr")] {
            assert_eq!(masked(&Email::parse(address).unwrap()), shown);
        }
    }
}
