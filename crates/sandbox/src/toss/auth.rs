//! Who is calling: Basic authentication with a secret key as the user and an empty password.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::codes::Refusal;

/// A published pair of keys: the browser's and the server's half belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPair {
    /// The browser's half, `test_ck_...` or, for widgets, `test_gck_...`.
    pub client: String,
    /// The server's half, `test_sk_...` or `test_gsk_...`.
    pub secret: String,
}

impl KeyPair {
    /// A pair of keys.
    pub fn new(client: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { client: client.into(), secret: secret.into() }
    }
}

/// The pairs that every sandbox knows: Toss's published documentation keys, and two with speaking names.
pub(crate) fn well_known_pairs() -> Vec<KeyPair> {
    vec![
        KeyPair::new("test_ck_D5GePWvyJnrK0W0k6q8gLzN97Eoq", "test_sk_zXLkKEypNArWmo50nX3lmeaxYG5R"),
        KeyPair::new("test_gck_docs_Ovk5rk1EwkEbP0W43n07xlzm", "test_gsk_docs_OaPz8L5KdmQXkzRz3y47BMw6"),
        KeyPair::new("test_ck_sandbox", "test_sk_sandbox"),
        KeyPair::new("test_gck_sandbox", "test_gsk_sandbox"),
    ]
}

/// Some senders leave the padding out; both forms are taken.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads the `Authorization` header and finds the pair whose secret half it carries.
pub(crate) fn caller(header: Option<&str>, pairs: &[KeyPair]) -> Result<KeyPair, Refusal> {
    let unauthorized = || Refusal::of("UNAUTHORIZED_KEY");
    let (scheme, credentials) = header.and_then(|header| header.split_once(' ')).ok_or_else(unauthorized)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unauthorized());
    }
    let decoded = LENIENT.decode(credentials.trim()).map_err(|_| unauthorized())?;
    let text = String::from_utf8(decoded).map_err(|_| unauthorized())?;
    let (user, password) = text.split_once(':').ok_or_else(|| Refusal::of("INCORRECT_BASIC_AUTH_FORMAT"))?;
    let known = pairs.iter().find(|pair| pair.secret == user).filter(|_| password.is_empty());
    known.cloned().ok_or_else(unauthorized)
}
