use ef_sandbox::{NaverApp, SandboxConfig};

use crate::support::{CALLBACK, start, start_with};

#[tokio::test]
async fn an_unknown_application_or_callback_ends_on_a_page_without_a_redirect() {
    let (_sandbox, app) = start().await;
    for wrong in [("client_id", "nobody"), ("redirect_uri", "https://evil.example/cb"), ("redirect_uri", "")] {
        let answer = app.authorize(&[wrong]).await;
        assert_eq!((answer.status, answer.location.as_ref()), (200, None), "{wrong:?}");
        assert!(answer.content_type.starts_with("text/html"));
        assert!(answer.text.contains("로그인할 수 없습니다"));
    }
}

#[tokio::test]
async fn registered_callbacks_are_compared_exactly() {
    let shop = NaverApp { callbacks: vec!["https://shop.example/cb".to_owned()], ..NaverApp::new("shop", "secret") };
    let config = SandboxConfig { naver_apps: vec![shop], ..SandboxConfig::for_tests() };
    let (_sandbox, app) = start_with(config).await;
    let ask =
        async |uri: &str| app.authorize(&[("client_id", "shop"), ("redirect_uri", uri), ("sandbox_user", "kim")]).await;
    assert_eq!(ask("https://shop.example/cb").await.status, 302);
    assert_eq!(ask("https://shop.example/cb/more").await.location, None);
    assert_eq!(ask(CALLBACK).await.location, None);
}

#[tokio::test]
async fn a_known_person_logs_in_with_one_click_agrees_and_comes_back_with_a_code() {
    let (_sandbox, app) = start().await;
    let login = app.authorize(&[("svctype", "0")]).await;
    assert_eq!(login.status, 200);
    let consent = app.open(&login.address_after(r#"class="person" href=""#)).await;
    assert!(consent.text.contains("정보 제공 동의"), "{}", consent.text);
    let action = consent.address_after(r#"action=""#);
    let back = app.submit(&action, &[("login", "hong"), ("action", "agree"), ("item_name", "on")]).await;
    assert!(back.location.as_ref().unwrap().starts_with("http://127.0.0.1:3000/cb?"));
    assert_eq!(back.carried()["state"], "abc");
    assert!(!back.code().is_empty());
}

#[tokio::test]
async fn a_form_with_id_and_pw_knows_the_known_and_makes_new_people_of_the_rest() {
    let (_sandbox, app) = start().await;
    let login = app.authorize(&[]).await;
    assert!(login.text.contains(r#"name="id""#) && login.text.contains(r#"name="pw""#));
    let action = login.address_after(r#"action=""#);
    let known = app.submit(&action, &[("id", "hong"), ("pw", "x")]).await;
    assert!(known.text.contains("홍길동"));
    let unknown = app.submit(&action, &[("id", "somebody.new"), ("pw", "x")]).await;
    let consent = unknown.address_after(r#"action=""#);
    let ticked = [("login", "somebody.new"), ("action", "agree"), ("item_email", "on"), ("item_name", "on")];
    let back = app.submit(&consent, &ticked).await;
    let token = app.exchange(&back.code()).await.json()["access_token"].as_str().unwrap().to_owned();
    let profile = app.me(&token).await.json();
    assert_eq!(profile["response"]["email"], "somebody.new@naver.com");
    assert_eq!(profile["response"]["name"], "somebody.new");
    let empty = app.submit(&action, &[("id", " "), ("pw", "")]).await;
    assert!(empty.text.contains("아이디를 입력해"));
}

#[tokio::test]
async fn a_user_who_cancels_is_sent_back_with_naver_s_own_words() {
    let (_sandbox, app) = start().await;
    let login = app.authorize(&[]).await;
    let action = login.address_after(r#"action=""#);
    let consent = app.submit(&action, &[("id", "hong"), ("pw", "")]).await;
    let back = app.submit(&consent.address_after(r#"action=""#), &[("login", "hong"), ("action", "refuse")]).await;
    let wanted = format!("{CALLBACK}?error=access_denied&error_description=Canceled+By+User&state=abc");
    assert_eq!(back.location, Some(wanted.clone()));
    let early = app.submit(&action, &[("action", "cancel")]).await;
    assert_eq!(early.location, Some(wanted));
}

#[tokio::test]
async fn without_a_state_an_empty_one_comes_back() {
    let (_sandbox, app) = start().await;
    let back = app.authorize(&[("state", ""), ("sandbox_user", "hong"), ("sandbox_answer", "refuse")]).await;
    assert!(back.location.unwrap().ends_with("&state="));
}

#[tokio::test]
async fn the_callback_keeps_its_own_query() {
    let (_sandbox, app) = start().await;
    let callback = "http://localhost:3000/cb?next=%2Fcart";
    let back = app.authorize(&[("redirect_uri", callback), ("sandbox_user", "hong")]).await;
    assert_eq!(back.carried()["next"], "/cart");
    assert!(back.carried().contains_key("code"));
}

#[tokio::test]
async fn consent_is_remembered_by_user_and_application_until_it_is_prompted_again() {
    let (_sandbox, app) = start().await;
    app.authorize(&[("sandbox_user", "hong"), ("sandbox_items", "name")]).await.code();
    let action = app.authorize(&[]).await.address_after(r#"action=""#);
    assert_eq!(app.submit(&action, &[("id", "hong"), ("pw", "")]).await.status, 302);
    let other = app.submit(&action, &[("id", "kim"), ("pw", "")]).await;
    assert!(other.text.contains("정보 제공 동의"));
    let action = app.authorize(&[("auth_type", "reprompt")]).await.address_after(r#"action=""#);
    let again = app.submit(&action, &[("id", "hong"), ("pw", "")]).await;
    assert!(again.text.contains(r#"name="item_name" checked"#));
    assert!(again.text.contains(r#"name="item_email">"#), "a refused item is not ticked: {}", again.text);
}

#[tokio::test]
async fn a_browser_that_stays_logged_in_skips_both_pages_unless_it_has_to_prove_itself_again() {
    let (_sandbox, app) = start().await;
    app.code_of("hong").await;
    let action = app.authorize(&[]).await.address_after(r#"action=""#);
    let back = app.submit(&action, &[("id", "hong"), ("pw", ""), ("keep", "on")]).await;
    let cookie = back.cookie.unwrap();
    let ask = |auth_type: &'static str| {
        let params = [
            ("response_type", "code"),
            ("client_id", "sandboxclient"),
            ("redirect_uri", CALLBACK),
            ("auth_type", auth_type),
        ];
        crate::support::send(app.get("/oauth2.0/authorize", &params).header("cookie", cookie.clone()))
    };
    assert_eq!(ask("").await.status, 302);
    assert_eq!(ask("autologin").await.status, 302);
    assert_eq!(ask("reauthenticate").await.status, 200);
    let stranger = app.authorize(&[("auth_type", "autologin")]).await.carried();
    assert_eq!((&*stranger["error"], &*stranger["error_description"]), ("access_denied", "user not logged in."));
}

#[tokio::test]
async fn a_wrong_response_type_goes_back_as_an_error() {
    let (_sandbox, app) = start().await;
    assert_eq!(app.authorize(&[("response_type", "token")]).await.error(), "unsupported_response_type");
}

#[tokio::test]
async fn authorize_may_be_posted() {
    let (_sandbox, app) = start().await;
    let form = [
        ("response_type", "code"),
        ("client_id", "sandboxclient"),
        ("redirect_uri", CALLBACK),
        ("state", "posted"),
        ("sandbox_user", "홍길동"),
    ];
    let back = crate::support::send(app.post("/oauth2.0/authorize", &form)).await;
    assert_eq!(back.carried()["state"], "posted");
}
