//! The sections about the shop's pages.

use std::path::PathBuf;

use super::Profile;
use super::partners::url_of;
use super::reader::Reader;
use super::sections::{HttpConfig, optional_origin};

/// The pages.
#[derive(Clone, Debug)]
pub struct FrontendConfig {
    /// Where the shop's pages come from.
    pub origin: String,
    /// Nobody said where: this server serves them, under whatever name a browser knows it by. Then a browser stays there,
    /// because its cookies are that name's: `localhost` and `127.0.0.1` are two.
    pub is_here: bool,
}

impl FrontendConfig {
    const DEVELOPMENT_SERVER: &str = "http://localhost:5173";

    pub(super) fn read(reader: &mut Reader, profile: Profile, web: &WebConfig, http: &HttpConfig) -> Self {
        let origin = optional_origin(reader, "frontend.origin").or_else(|| http.public_url.clone());
        if origin.is_none() && profile == Profile::Production {
            reader.problem("frontend.origin", "is missing, and so is http.public_url, from which it would follow");
        }
        let is_here = origin.is_none() && web.root.is_some();
        let origin = origin.unwrap_or_else(|| match &web.root {
            Some(_) => url_of(http.listen),
            None => Self::DEVELOPMENT_SERVER.to_owned(),
        });
        Self { origin, is_here }
    }
}

/// Serving the pages.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// The folder with the built front end.
    pub root: Option<PathBuf>,
}

impl WebConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let root = reader.optional_text("web.root").map(PathBuf::from);
        if let Some(root) = &root {
            if !root.is_dir() {
                reader.problem("web.root", "is no folder");
            } else if !root.join("index.html").is_file() {
                reader.problem("web.root", "has no index.html: it is no built front end");
            }
        }
        Self { root }
    }
}
