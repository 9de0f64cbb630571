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
/// What a build makes and nobody lays there by hand: code, styles, and the maps of both.
const BUILT: [&str; 5] = ["css", "js", "map", "mjs", "wasm"];
/// The pages of the shop's front end, with all that lies below them. An address that is not among them can be a page too,
/// for whoever asks for one.
const PAGES: [&str; 18] = [
    "/cart",
    "/cms",
    "/diet-coach",
    "/forgot-password",
    "/landing",
    "/login",
    "/mypage",
    "/nutrition",
    "/order-complete",
    "/order-fail",
    "/order-history",
    "/order-success",
    "/products",
    "/reset-password",
    "/reset-password-success",
    "/signup",
    "/test",
    "/verify-code",
];

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

/// Whether a page of the front end is known to be there.
pub fn is_known_page(path: &str) -> bool {
    path == "/" || PAGES.iter().any(|page| is_at(path, page))
}

/// Whether what is there will never change: the build named it after its content, by eight characters of base64url behind
/// a dash. Among code and styles that is enough, because a build makes all there is of them below the assets. A picture
/// can also have been laid there as it is: its hash must look like one. Where it does not, the file is asked for again,
/// and that is all.
pub fn is_hashed(path: &str) -> bool {
    let named = || {
        let file = path.strip_prefix(ASSETS)?.strip_prefix('/')?.rsplit('/').next()?;
        let (stem, endings) = file.split_once('.')?;
        let (name, hash) = stem.split_at_checked(stem.len().checked_sub(HASH_LENGTH)?)?;
        name.strip_suffix('-').filter(|name| !name.is_empty())?;
        Some((hash, endings.rsplit('.').next()?))
    };
    named().is_some_and(|(hash, ending)| {
        hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && (BUILT.contains(&ending) || looks_drawn(hash))
    })
}

/// What nobody writes: letters of both sizes, or a digit in front of a letter. Words, dates, and words with a number
/// behind them are names that somebody chose.
fn looks_drawn(hash: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| hash.as_bytes().iter().any(kind);
    let digit_first = |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_digit() && b.is_ascii_alphabetic());
    (has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)) || hash.as_bytes().windows(2).any(digit_first)
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
    fn the_shops_own_pages_are_known() {
        for path in ["/", "/products", "/products/3", "/signup/connect", "/cms/products/3/edit", "/cart/"] {
            assert!(is_known_page(path), "{path}");
        }
        for path in ["", "/v1/products", "/productsx", "/assets/x", "/somewhere"] {
            assert!(!is_known_page(path), "{path}");
        }
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for path in [
            "/assets/index-B7Kq_x2f.js",
            "/assets/app-abcdef12.js",
            "/assets/app-abcdefgh.js",
            "/assets/app-ABCDEF12.js",
            "/assets/app-12345678.css",
            "/assets/vendor-a1b2c3d4.js",
            "/assets/vendor-a1b2c3d4.js.map",
            "/assets/logo-a1b2c3d4.svg",
            "/assets/fonts/a-b-C-3xYz9w.woff2",
            "/assets/index-DkT3aaQ1.js.map",
        ] {
            assert!(is_hashed(path), "{path}");
        }
        for path in [
            "/assets/index.js",
            "/assets/hero-banners1.png",
            "/assets/hero-banner-1.png",
            "/assets/hero-overview.png",
            "/assets/app-abcdef1.js",
            "/assets/app-abc+ef12.js",
            "/app-abcdef12.js",
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
