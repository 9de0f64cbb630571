//! What an address of the front end names.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// Addresses of this server's own, with all that lies below them. No file takes their place, and a mistyped one is an
/// error and no page.
const OWN: [&str; 11] = [
    "/api",
    "/api-docs",
    "/dev",
    "/fail",
    "/healthz",
    "/images",
    "/login/oauth2",
    "/metrics",
    "/oauth2",
    "/readyz",
    "/swagger-ui",
];
/// Where a build puts what its pages are made of.
const ASSETS: &str = "/assets";
/// How long the hash is that a build appends to a name: `index-B7Kq_x2f.js`.
const HASH_LENGTH: usize = 8;

/// Whether the address is this server's own.
pub fn is_own(path: &str) -> bool {
    OWN.iter().any(|own| is_at(path, own))
}

/// There or below.
fn is_at(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The file of that address, relative to the folder. `None` for an address that names none, or tries to name one that it
/// should not: outside the folder, hidden, or by a trick of spelling.
pub fn file_of(path: &str) -> Option<PathBuf> {
    let mut file = PathBuf::new();
    for part in path.strip_prefix('/')?.split('/') {
        let name = percent_decode_str(part).decode_utf8().ok()?;
        if !is_plain(&name) {
            return None;
        }
        file.push(&*name);
    }
    Some(file)
}

/// A name that means the same everywhere. One dot in front of it already hides a file.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':']) && !name.contains(char::is_control)
}

/// Whether the address can be that of a page: then the front end's router knows what to show. A name with a dot in it is
/// a file that is missing, and so is everything among the assets.
pub fn is_page(path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let last = path.rsplit('/').next().unwrap_or_default();
    let spelt_right = path.is_empty() || file_of(path).is_some();
    spelt_right && !last.contains('.') && !is_at(path, ASSETS)
}

/// Whether what is there will never change: the build named it after its content. A name that somebody chose hardly has
/// letters of both sizes in its last eight characters; if a hash has not, its file is asked for again, and that is all.
pub fn is_hashed(path: &str) -> bool {
    let hash = || {
        let stem = path.strip_prefix(ASSETS)?.strip_prefix('/')?.rsplit('/').next()?.split('.').next()?;
        let begin = stem.len().checked_sub(HASH_LENGTH)?;
        let (name, hash) = stem.split_at_checked(begin)?;
        name.ends_with('-').then_some(hash)
    };
    hash().is_some_and(|hash| {
        hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && hash.contains(|letter: char| letter.is_ascii_uppercase())
            && hash.contains(|letter: char| letter.is_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn an_address_names_a_file_of_the_folder_or_none() {
        assert_eq!(file_of("/index.html").as_deref(), Some(Path::new("index.html")));
        assert_eq!(file_of("/assets/a%20b.js").as_deref(), Some(Path::new("assets/a b.js")));
        assert_eq!(file_of("/%EA%B0%80.png").as_deref(), Some(Path::new("가.png")));
        for path in [
            "/../secret",
            "/assets/../../secret",
            "/%2e%2e/secret",
            "/assets/%2e%2e/%2e%2e/secret",
            "/..%2fsecret",
            "/assets%2f..%2fsecret",
            "/..\\secret",
            "/%5c..%5csecret",
            "/.env",
            "/.git/config",
            "/assets/.map",
            "/%2Eenv",
            "/index.html%00.png",
            "/a%0d%0ab",
            "/C:/secret",
            "//etc/passwd",
            "/assets//a.js",
            "/%ff",
            "/",
            "",
            "index.html",
        ] {
            assert_eq!(file_of(path), None, "{path}");
        }
    }

    #[test]
    fn the_servers_own_addresses_are_no_pages_of_the_front_end() {
        for path in ["/api", "/api/nowhere", "/oauth2/authorization/naver", "/login/oauth2/x", "/dev/x", "/healthz/"] {
            assert!(is_own(path), "{path}");
        }
        for path in ["/", "/apiary", "/login", "/login/oauth", "/developers", "/failure", "/products/3", "/imagesque"] {
            assert!(!is_own(path), "{path}");
        }
    }

    #[test]
    fn a_page_has_no_ending_and_is_no_asset() {
        for path in ["/", "/products", "/products/3", "/cms/products/3/edit", "/test/animation", "/cart/", "/상품"] {
            assert!(is_page(path), "{path}");
        }
        for path in
            ["/robots.txt", "/assets", "/assets/index", "/assets/x.js", "/.well-known", "//evil.example", "/a/../b"]
        {
            assert!(!is_page(path), "{path}");
        }
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for path in ["/assets/index-B7Kq_x2f.js", "/assets/fonts/a-b-C-3xYz9w.woff2", "/assets/index-DkT3aaQ1.js.map"] {
            assert!(is_hashed(path), "{path}");
        }
        for path in [
            "/assets/index.js",
            "/assets/hero-banners1.png",
            "/assets/photo-20241101.jpg",
            "/index-B7Kq_x2f.js",
            "/assets/B7Kq_x2f.js",
            "/assets/가나다라마.js",
            "/assets/",
        ] {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
