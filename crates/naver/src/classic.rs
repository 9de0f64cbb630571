//! Their older protocol: OAuth 2.0 without PKCE, where the state is all that binds an answer to its question.

use ef_domain::account::{FlowSecrets, PartnerLogInError};
use ef_domain::shared::PortFailure;
use openidconnect::http::Request;
use openidconnect::http::header::CONTENT_TYPE;
use openidconnect::url::Url;
use openidconnect::url::form_urlencoded::Serializer;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::token::{refused, straighten, unreadable};
use crate::transport::{Transport, unsendable};

/// Their classic endpoints, and who we are to them.
pub(crate) struct Classic {
    /// `https://nid.naver.com`.
    pub(crate) base: Url,
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TokenWire {
    Refused {
        error: String,
        #[serde(default)]
        error_description: String,
    },
    Token {
        access_token: String,
    },
}

impl Classic {
    /// Where the browser goes.
    pub(crate) fn departure(&self, secrets: &FlowSecrets, callback: &str) -> String {
        let mut url = self.at("/oauth2.0/authorize");
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", callback)
            .append_pair("state", secrets.state.expose_secret());
        url.into()
    }

    /// Trades the code for an access token, once.
    pub(crate) async fn exchange(
        &self,
        transport: &Transport,
        code: &SecretString,
        secrets: &FlowSecrets,
        callback: &str,
    ) -> Result<SecretString, PartnerLogInError> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose_secret())
            .append_pair("redirect_uri", callback)
            .append_pair("code", code.expose_secret())
            .append_pair("state", secrets.state.expose_secret())
            .finish();
        let request = Request::post(String::from(self.at("/oauth2.0/token")))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.into_bytes());
        let request = request.map_err(|error| -> PortFailure { unsendable(error) })?;
        let answer = straighten(transport.send(request).await?)?;
        match serde_json::from_slice(answer.body()) {
            Ok(TokenWire::Token { access_token }) if answer.status().is_success() => Ok(access_token.into()),
            Ok(TokenWire::Refused { error, error_description }) => Err(refused(&error, &error_description)),
            Ok(TokenWire::Token { .. }) | Err(_) => Err(unreadable("answered neither a token nor a refusal")),
        }
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let path = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }
}
