use secrecy::ExposeSecret;

use super::*;

fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_variables(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// The least that a production must be told.
const PRODUCTION: [(&str, &str); 11] = [
    ("EF__PROFILE", "production"),
    ("EF__HTTP__PUBLIC_URL", "https://shop.example"),
    ("EF__TOSS__SECRET_KEY", "live_sk_1"),
    ("EF__NAVER__CLIENT_ID", "app"),
    ("EF__NAVER__CLIENT_SECRET", "secret"),
    ("EF__MAIL__HOST", "email-smtp.ap-northeast-2.amazonaws.com"),
    ("EF__MAIL__USERNAME", "AKIA"),
    ("EF__MAIL__PASSWORD", "secret"),
    ("EF__MAIL__FROM", "no-reply@shop.example"),
    ("EF__MAIL__SNS_TOPIC_ARNS", "arn:aws:sns:ap-northeast-2:1:ses"),
    ("EF__IMAGES__BUCKET", "shop-pictures"),
];

fn keys(error: &ConfigError) -> Vec<&str> {
    error.problems.iter().map(|problem| problem.key.as_str()).collect()
}

#[test]
fn development_needs_nothing() {
    let config = with(&[]).unwrap();
    assert_eq!(config.profile, Profile::Development);
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.http.allowed_origins, ["http://localhost:5173", "http://localhost:8080"]);
    assert!(!config.http.cookie_secure);
    assert_eq!(config.database.url.expose_secret(), "sqlite://data/energy-factory.sqlite");
    assert_eq!(config.order.hold.as_secs(), 900);
    assert_eq!(config.toss.base_url(config.sandbox.listen), "http://127.0.0.1:9090/toss");
    assert_eq!(config.toss.secret_key.expose_secret(), "test_sk_zXLkKEypNArWmo50nX3lmeaxYG5R");
    assert_eq!(config.session.grace.as_secs(), 10);
    assert_eq!(config.frontend.origin, "http://localhost:5173");
    assert!(config.sandbox.enabled);
    assert!(config.redis.url.is_none());
    assert_eq!(config.log.format, LogFormat::Pretty);
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
}

#[test]
fn the_environment_overrides_and_the_rest_follows() {
    let config = with(&[
        ("EF__DATA_DIR", "/srv/shop"),
        ("EF__SANDBOX__LISTEN", "0.0.0.0:19090"),
        ("EF__HTTP__ALLOWED_ORIGINS", "https://a.example, https://b.example"),
        ("EF__ORDER__HOLD_SECONDS", "5"),
        ("EF__REDIS__URL", ""),
        ("UNRELATED", "x"),
    ])
    .unwrap();
    assert_eq!(config.database.url.expose_secret(), "sqlite:///srv/shop/energy-factory.sqlite");
    assert_eq!(config.toss.base_url(config.sandbox.listen), "http://127.0.0.1:19090/toss");
    assert_eq!(config.http.allowed_origins, ["https://a.example", "https://b.example"]);
    assert_eq!(config.order.hold.as_secs(), 5);
    assert!(config.redis.url.is_none(), "an empty variable is no value");
}

#[test]
fn in_production_administrators_need_a_second_factor_unless_somebody_says_otherwise() {
    assert!(!with(&[]).unwrap().admin.totp_required);
    assert!(with(&PRODUCTION).unwrap().admin.totp_required);
    let lenient: Vec<_> = PRODUCTION.into_iter().chain([("EF__ADMIN__TOTP_REQUIRED", "false")]).collect();
    assert!(!with(&lenient).unwrap().admin.totp_required);
}

#[test]
fn pages_served_by_the_server_have_its_origin() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_str().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    let config = with(&[("EF__WEB__ROOT", root), ("EF__HTTP__LISTEN", "127.0.0.1:8081")]).unwrap();
    // The development profile names its own front end; a server that serves the pages itself does not need it.
    assert_eq!(config.frontend.origin, "http://127.0.0.1:8081");
    assert!(config.frontend.is_here, "browsers stay where they are");
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    let public = with(&[("EF__WEB__ROOT", root), ("EF__HTTP__PUBLIC_URL", "https://shop.example/")]).unwrap();
    assert_eq!(public.frontend.origin, "https://shop.example");
    assert!(!public.frontend.is_here);
}

#[test]
fn a_folder_without_a_page_is_no_front_end() {
    let folder = tempfile::tempdir().unwrap();
    let error = with(&[("EF__WEB__ROOT", folder.path().to_str().unwrap())]).unwrap_err();
    assert_eq!(keys(&error), ["web.root"]);
    assert!(error.to_string().contains("index.html"), "{error}");
}

#[test]
fn production_has_no_default_for_secrets_and_no_sandbox() {
    let error = with(&[("EF__PROFILE", "production"), ("EF__SANDBOX__ENABLED", "true")]).unwrap_err();
    assert_eq!(
        keys(&error),
        [
            "frontend.origin",
            "http.public_url",
            "mail.from",
            "mail.host",
            "mail.username",
            "sandbox.enabled",
            "toss.secret_key"
        ]
    );

    let config = with(&PRODUCTION).unwrap();
    assert!(config.http.cookie_secure);
    assert!(config.http.allowed_origins.is_empty());
    assert!(!config.sandbox.enabled);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.toss.base_url(config.sandbox.listen), "https://api.tosspayments.com");
    assert_eq!(config.frontend.origin, "https://shop.example");
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
}

#[test]
fn a_production_whose_pages_live_elsewhere_still_has_an_address_of_its_own() {
    let elsewhere = [("EF__HTTP__PUBLIC_URL", ""), ("EF__FRONTEND__ORIGIN", "https://pages.example")];
    let error = with(&[PRODUCTION.as_slice(), &elsewhere].concat());
    assert_eq!(keys(&error.unwrap_err()), ["http.public_url"]);
}

#[test]
fn instances_that_share_a_redis_in_production_share_their_keys() {
    let key = "0123456789abcdef0123456789abcdef";
    let redis = ("EF__REDIS__URL", "redis://localhost");
    let shop = |more: &[(&'static str, &'static str)]| with(&[&PRODUCTION[..], &[redis], more].concat());
    assert_eq!(keys(&shop(&[]).unwrap_err()), ["keys.access", "keys.refresh", "keys.vault"]);
    assert_eq!(keys(&shop(&[("EF__KEYS__ACCESS", key)]).unwrap_err()), ["keys.refresh", "keys.vault"]);
    let all = [("EF__KEYS__ACCESS", key), ("EF__KEYS__REFRESH", key), ("EF__KEYS__VAULT", key)];
    assert!(shop(&all).is_ok());
    assert!(with(&[redis]).is_ok(), "in development they are made up");
}

#[test]
fn redis_over_tls_is_refused_in_so_many_words() {
    let error = with(&[("EF__REDIS__URL", "rediss://user:hidden@host")]).unwrap_err();
    assert_eq!(keys(&error), ["redis.url"]);
    let printed = error.to_string();
    assert!(printed.contains("TLS") && !printed.contains("hidden"), "{printed}");
    assert_eq!(keys(&with(&[("EF__REDIS__URL", "http://host")]).unwrap_err()), ["redis.url"]);
}

#[test]
fn a_test_key_in_production_does_not_go_unnoticed() {
    let test = [("EF__TOSS__SECRET_KEY", "test_sk_1"), ("EF__TOSS__BASE_URL", "http://127.0.0.1:9090/toss/")];
    let config = with(&[PRODUCTION.as_slice(), &test].concat()).unwrap();
    assert_eq!(config.toss.base_url(config.sandbox.listen), "http://127.0.0.1:9090/toss");
    let of_toss = config.warnings.iter().filter(|warning| warning.starts_with("toss."));
    assert_eq!(of_toss.count(), 2, "{:?}", config.warnings);
}

#[test]
fn everything_wrong_is_reported_at_once_and_no_secret_is() {
    let error = with(&[
        ("EF__HTTP__LISTEN", "everywhere"),
        ("EF__HTTP__COOKIE_SECURE", "maybe"),
        ("EF__HTTP__ALLOWED_ORIGINS", "https://shop.example/path"),
        ("EF__ORDER__HOLD_SECONDS", "-1"),
        ("EF__DATABASE__URL", "postgres://secret-password@host"),
        ("EF__KEYS__ACCESS", "secret-key"),
        ("EF__DEMO__PASSWORD", "secret"),
        ("EF__LOG__LEVEL", "info,=="),
        ("EF__WEB__ROOT", "/no/such/folder"),
        ("EF__SESSION__REFRESH_SECONDS", "5"),
    ])
    .unwrap_err();
    assert_eq!(
        keys(&error),
        [
            "database.url",
            "demo.password",
            "http.allowed_origins",
            "http.cookie_secure",
            "http.listen",
            "keys.access",
            "log.level",
            "order.hold_seconds",
            "session.refresh_seconds",
            "web.root",
        ]
    );
    let printed = error.to_string();
    assert!(!printed.contains("secret"), "{printed}");
    assert!(printed.contains("order.hold_seconds (EF__ORDER__HOLD_SECONDS)"), "{printed}");
}

#[test]
fn a_misspelt_key_is_a_problem() {
    let error = with(&[("EF__HTTP__LISTN", "127.0.0.1:1"), ("EF__HTPP__LISTEN", "127.0.0.1:1")]).unwrap_err();
    assert_eq!(keys(&error), ["htpp.listen", "http.listn"]);
    assert!(error.to_string().contains("the environment"), "{error}");
}

#[test]
fn a_reserved_key_is_accepted_with_a_warning() {
    let config = with(&[("EF__METRICS__LISTEN", "127.0.0.1:9100")]).unwrap();
    assert_eq!(config.warnings.len(), 1, "{:?}", config.warnings);
}

#[test]
fn an_unknown_profile_is_refused() {
    assert_eq!(keys(&with(&[("EF__PROFILE", "staging")]).unwrap_err()), ["profile"]);
}

#[test]
fn a_file_lies_between_the_defaults_and_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.toml");
    let text = "http.keep_alive_seconds = 7\n[order]\nhold_seconds = 60\n[toss]\nsecret_key = \"live_a\"\n";
    std::fs::write(&path, format!("profile = \"production\"\n{text}")).unwrap();
    let path = path.to_str().unwrap();
    let (file, key) = (("EF_CONFIG_FILE", path), ("EF__TOSS__SECRET_KEY", "live_b"));
    let config = with(&[&PRODUCTION[1..], &[file, key]].concat()).unwrap();
    assert_eq!(config.profile, Profile::Production);
    assert_eq!((config.order.hold.as_secs(), config.http.keep_alive.as_secs()), (60, 7));
    assert_eq!(config.toss.secret_key.expose_secret(), "live_b");

    let missing = with(&[("EF_CONFIG_FILE", "/no/such/file.toml")]).unwrap_err();
    assert_eq!(keys(&missing), ["EF_CONFIG_FILE"]);
}

#[test]
fn printing_a_configuration_shows_no_secret() {
    let config = with(&[
        ("EF__DATABASE__URL", "mysql://user:hidden@host/shop"),
        ("EF__TOSS__SECRET_KEY", "hidden"),
        ("EF__DEMO__PASSWORD", "Hidden-hidden-1"),
        ("EF__KEYS__REFRESH", "hidden-hidden-hidden-hidden-hidden"),
    ])
    .unwrap();
    let printed = format!("{config:?}");
    assert!(!printed.to_lowercase().contains("hidden"), "{printed}");
}

#[test]
fn naver_is_the_sandbox_in_development_and_itself_in_production() {
    let config = with(&[]).unwrap();
    let app = config.naver.app.as_ref().unwrap();
    assert_eq!((app.client_id.as_str(), app.client_secret.expose_secret()), ("sandboxclient", "sandboxsecret"));
    assert_eq!(config.naver.protocol, NaverProtocol::OpenId);
    assert_eq!(
        config.naver.address(config.naver.issuer.as_ref(), config.sandbox.listen),
        "http://127.0.0.1:9090/naver"
    );
    assert_eq!(config.account.fresh.as_secs(), 600);

    let config = with(&PRODUCTION).unwrap();
    let address = |given: &Option<String>| config.naver.address(given.as_ref(), config.sandbox.listen);
    assert_eq!(address(&config.naver.issuer), "https://nid.naver.com");
    assert_eq!(address(&config.naver.auth_base_url), "https://nid.naver.com");
    assert_eq!(address(&config.naver.api_base_url), "https://openapi.naver.com");
}

#[test]
fn a_production_without_an_application_at_naver_says_so_and_does_without() {
    let without: Vec<_> = PRODUCTION.into_iter().filter(|(key, _)| !key.contains("NAVER")).collect();
    let config = with(&without).unwrap();
    assert!(config.naver.app.is_none());
    assert!(config.warnings.iter().any(|warning| warning.contains("naver.client_id")), "{:?}", config.warnings);
    let half = [without.as_slice(), &[("EF__NAVER__CLIENT_ID", "app")]].concat();
    assert_eq!(keys(&with(&half).unwrap_err()), ["naver.client_secret"]);
    let wrong = [("EF__NAVER__PROTOCOL", "saml"), ("EF__NAVER__ISSUER", "nid.naver.com")];
    assert_eq!(keys(&with(&wrong).unwrap_err()), ["naver.issuer", "naver.protocol"]);
}

#[test]
fn pictures_are_kept_in_the_data_folder_unless_there_is_a_bucket() {
    let config = with(&[]).unwrap();
    assert!(config.images.bucket.is_none() && config.warnings.is_empty(), "{:?}", config.warnings);
    assert_eq!((config.images.concurrency, config.images.upload_timeout.as_secs()), (1, 60));

    let without: Vec<_> = PRODUCTION.into_iter().filter(|(key, _)| !key.contains("IMAGES")).collect();
    let config = with(&without).unwrap();
    assert!(config.warnings.iter().any(|warning| warning.contains("images.bucket")), "{:?}", config.warnings);

    for key in ["EF__IMAGES__ENDPOINT", "EF__IMAGES__PUBLIC_URL"] {
        let warned = |url| with(&[PRODUCTION.as_slice(), &[(key, url)]].concat()).unwrap().warnings;
        let plain = warned("http://storage.example");
        assert!(plain.iter().any(|warning| warning.starts_with("images.") && warning.contains("plain http")), "{key}");
        assert_eq!(warned("https://storage.example").len() + 1, plain.len(), "{key}");
    }

    let keys_of_it = [("EF__IMAGES__ACCESS_KEY_ID", "id"), ("EF__IMAGES__SECRET_ACCESS_KEY", "hidden")];
    let config = with(&[PRODUCTION.as_slice(), &keys_of_it].concat()).unwrap();
    assert!(!format!("{:?}", config.images).contains("hidden"));
    let bucket = config.images.bucket.unwrap();
    assert_eq!((bucket.name.as_str(), bucket.region.as_str()), ("shop-pictures", "ap-northeast-2"));
    assert_eq!(bucket.prefix, "products/");
    assert!(bucket.keys.is_some() && bucket.endpoint.is_none());
}

#[test]
fn half_a_bucket_is_none() {
    let wrong = |more: &[(&str, &str)]| with(more).unwrap_err().problems.remove(0).key;
    assert_eq!(wrong(&[("EF__IMAGES__ENDPOINT", "https://storage.example")]), "images.bucket");
    let bucket = ("EF__IMAGES__BUCKET", "shop-pictures");
    assert_eq!(wrong(&[bucket, ("EF__IMAGES__ACCESS_KEY_ID", "id")]), "images.secret_access_key");
    assert_eq!(wrong(&[bucket, ("EF__IMAGES__SECRET_ACCESS_KEY", "x")]), "images.access_key_id");
    assert_eq!(wrong(&[bucket, ("EF__IMAGES__ENDPOINT", "storage.example")]), "images.endpoint");
    for name in ["../secrets", "UPPER", "a/b", "a", "a..b", "a b", "a?b"] {
        assert_eq!(wrong(&[("EF__IMAGES__BUCKET", name)]), "images.bucket", "{name}");
    }
    for prefix in ["/", "products", "../", "a//b/", "a/../b/", "Ä/", "%2e/"] {
        assert_eq!(wrong(&[bucket, ("EF__IMAGES__PREFIX", prefix)]), "images.prefix", "{prefix}");
    }
}
