use std::collections::HashMap;

use actix_web::{App as Web, HttpResponse, HttpServer, web};
use serde_json::json;
use tokio::sync::mpsc;

use crate::support::{send, start};

type Fields = HashMap<String, String>;

async fn receive(fields: web::Form<Fields>, desk: web::Data<mpsc::UnboundedSender<Fields>>) -> HttpResponse {
    desk.send(fields.into_inner()).unwrap();
    HttpResponse::NoContent().finish()
}

fn receiver() -> (String, mpsc::UnboundedReceiver<Fields>) {
    let (sender, arrived) = mpsc::unbounded_channel();
    let desk = web::Data::new(sender);
    let server = HttpServer::new(move || Web::new().app_data(desk.clone()).route("/bye", web::post().to(receive)));
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/bye", server.addrs()[0]);
    tokio::spawn(server.run());
    (url, arrived)
}

#[tokio::test]
async fn a_user_who_unlinks_at_naver_kills_the_tokens_and_a_notice_is_posted_once() {
    let (_sandbox, app) = start().await;
    let (url, mut arrived) = receiver();
    app.control("/naver/control/apps", json!({"client_id": "sandboxclient", "disconnect_url": url})).await;
    let (access, _) = app.tokens_of("hong").await;
    let told = app.control("/naver/control/disconnect", json!({"user": "hong"})).await;
    assert_eq!(told[0]["outcome"], "204");
    let fields = arrived.recv().await.unwrap();
    let mut names: Vec<_> = fields.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["clientId", "encryptUniqueId", "signature", "timestamp"]);
    assert_eq!(fields["clientId"], "sandboxclient");
    assert_eq!(app.me(&access).await.status, 401);
    assert!(arrived.try_recv().is_err());
}

#[tokio::test]
async fn a_notice_that_fails_is_not_repeated() {
    let (_sandbox, app) = start().await;
    let nowhere = json!({"client_id": "sandboxclient", "disconnect_url": "http://127.0.0.1:9/bye"});
    app.control("/naver/control/apps", nowhere).await;
    app.tokens_of("hong").await;
    let told = app.control("/naver/control/disconnect", json!({"user": "홍길동"})).await;
    assert_eq!(told[0]["outcome"], "unreachable");
    let notices = send(app.get("/control/notices", &[])).await.json();
    assert_eq!(notices.as_array().unwrap().len(), 1);
    let again = app.client.post(format!("{}/naver/control/disconnect", app.url)).json(&json!({"user": "hong"}));
    assert_eq!(send(again).await.status, 400);
}
