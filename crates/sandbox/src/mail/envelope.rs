//! The signed envelope that the topic's messages travel in, and the two addresses it points to.

use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Mail;
use super::sns::{Delivery, Kind, Topic, TopicSettings};
use crate::keys;

const CERTIFICATE: &str = "SimpleNotificationService-7c4e0f5a9d1b43e28a6f3b5c2d1e0f9a.pem";

/// Routes below `/mail`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/sns", web::get().to(confirm)).route(&format!("/sns/{CERTIFICATE}"), web::get().to(certificate));
}

/// The document that is posted.
pub(crate) fn sealed(delivery: &Delivery, base: &str, settings: &TopicSettings) -> Value {
    let arn = Topic::arn();
    let mut fields = vec![
        ("Message", delivery.message.clone()),
        ("MessageId", delivery.message_id.clone()),
        ("Timestamp", delivery.timestamp.clone()),
        ("TopicArn", arn.clone()),
    ];
    if let (Kind::SubscriptionConfirmation, Some(token)) = (delivery.kind, &delivery.token) {
        let visit = format!("{base}/mail/sns?Action=ConfirmSubscription&TopicArn={arn}&Token={token}");
        fields.extend([("Token", token.clone()), ("SubscribeURL", visit)]);
        fields.push(("Type", "SubscriptionConfirmation".to_owned()));
    } else {
        fields.push(("Subject", "Amazon SES Email Event Notification".to_owned()));
        fields.push(("Type", "Notification".to_owned()));
    }
    // The text that is signed holds the keys in the order of the alphabet.
    fields.sort_unstable();
    let text: String = fields.iter().flat_map(|(name, value)| [*name, "\n", value.as_str(), "\n"]).collect();
    let mut signature = match settings.signature_version.as_str() {
        "2" => keys::sign_sha256(text.as_bytes()),
        _ => keys::sign_sha1(text.as_bytes()),
    }
    .unwrap_or_default();
    if settings.wrong_signature {
        signature.reverse();
    }
    let own_url = || format!("{base}/mail/sns/{CERTIFICATE}");
    let mut document = json!({
        "SignatureVersion": settings.signature_version,
        "Signature": STANDARD.encode(signature),
        "SigningCertURL": settings.signing_cert_url.clone().unwrap_or_else(own_url),
    });
    if let Some(map) = document.as_object_mut() {
        map.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), json!(value))));
        if delivery.kind == Kind::Notification {
            map.insert("UnsubscribeURL".to_owned(), json!(format!("{base}/mail/sns?Action=Unsubscribe")));
        }
    }
    document
}

#[derive(Deserialize)]
struct ConfirmQuery {
    #[serde(rename = "Action")]
    action: String,
    #[serde(rename = "Token", default)]
    token: String,
}

async fn confirm(mail: web::Data<Mail>, query: web::Query<ConfirmQuery>) -> HttpResponse {
    let right =
        query.action == "ConfirmSubscription" && mail.change(|state, now| state.topic.confirm(&query.token, now));
    if mail.settled().await.is_err() {
        return HttpResponse::InternalServerError().finish();
    }
    if !right {
        return HttpResponse::BadRequest().content_type("text/xml").body(
            "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>Invalid token</Message>\
             </Error></ErrorResponse>",
        );
    }
    HttpResponse::Ok().content_type("text/xml").body(format!(
        "<ConfirmSubscriptionResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><ConfirmSubscriptionResult>\
         <SubscriptionArn>{}:sandbox-only</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>",
        Topic::arn()
    ))
}

async fn certificate() -> HttpResponse {
    match keys::certificate_pem() {
        Some(pem) => HttpResponse::Ok().content_type("application/x-pem-file").body(pem),
        None => HttpResponse::InternalServerError().finish(),
    }
}
