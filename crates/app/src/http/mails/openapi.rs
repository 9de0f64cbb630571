//! What mails promise.

use super::super::code::ErrorCode as E;
use super::super::openapi::{Api, form};
use super::{review, suppressions, webhook};

/// The operations.
pub fn describe(api: &mut Api) {
    let mut mails = api.tag("Administration: mails", "Mails that were given up, and addresses that get none any more.");
    mails
        .get("/api/admin/mails", "listParkedMails", review::list)
        .about("One page of the mails that were given up, the latest first")
        .query("state", "Of this state only.", form::one_of(["PARKED"]))
        .paged()
        .link("retryMail", [("id", "$response.body#/data/mails/0/id")])
        .link("discardMail", [("id", "$response.body#/data/mails/0/id")]);
    mails
        .post("/api/admin/mails/{id}/retry", "retryMail", review::retry)
        .about("Sends one of them after all")
        .fails([E::NotFound]);
    mails
        .delete("/api/admin/mails/{id}", "discardMail", review::discard)
        .about("Gives one of them up for good")
        .fails([E::NotFound]);
    mails
        .get("/api/admin/mail-suppressions", "listMailSuppressions", suppressions::list)
        .about("One page of the addresses that get no mail any more, the latest first")
        .query("email", "This address only.", form::email())
        .paged()
        .link("liftMailSuppression", [("id", "$response.body#/data/suppressions/0/id")]);
    mails
        .delete("/api/admin/mail-suppressions/{id}", "liftMailSuppression", suppressions::lift)
        .about("Lets one of them get mail again")
        .fails([E::NotFound]);
    let mut partners = api.tag("Partners", "What partners call. Anybody can; signatures or questions back decide.");
    partners.post("/api/webhooks/ses", "hearSes", webhook::ses).about("What became of a mail").fails([E::AccessDenied]);
}
