//! What shoppers are told: live, and to look at later.

use std::time::{Duration, Instant};

use ef_domain::announce::{Announcement, AnnouncementKind};
use ef_domain::order::OrderNumber;
use ef_domain::shared::{AnnouncementId, OrderId, Timestamp, UserId};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use super::listening::{Event, Listening};
use super::support::{Shopper, TestApp};

const BEATING: (&str, &str) = ("EF__NOTIFICATIONS__HEARTBEAT_MS", "50");

fn cookies(shopper: &Shopper) -> String {
    let pair = |name: &str| shopper.cookie(name).map(|value| format!("{name}={value}"));
    ["accessToken", "refreshToken"].into_iter().filter_map(pair).collect::<Vec<_>>().join("; ")
}

async fn listens(app: &TestApp, shopper: &Shopper) -> Listening {
    Listening::begin(&app.client, &app.base, &cookies(shopper), None).await.0
}

/// Places an order and gives it up: its number.
async fn cancels(app: &TestApp, shopper: &Shopper) -> i64 {
    let order = shopper.places_order(&[(app.almonds().await, 1)]).await.expect(201);
    let number = order["orderNumber"].as_i64().unwrap();
    shopper.patch(&format!("/api/orders/{number}/cancel"), json!({})).await.expect(200);
    number
}

async fn list(shopper: &Shopper, query: &str) -> Value {
    shopper.get(&format!("/api/notifications{query}")).await.expect(200)
}

async fn unread(shopper: &Shopper) -> i64 {
    shopper.get("/api/notifications/unread-count").await.expect(200)["count"].as_i64().unwrap()
}

/// Waits until the shopper has that many notifications in his list.
async fn has(shopper: &Shopper, count: i64) -> Vec<Value> {
    let wait = async {
        loop {
            let page = list(shopper, "").await;
            if page["pageInfo"]["totalElements"] == count {
                return page["notifications"].as_array().unwrap().clone();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.unwrap_or_else(|_| panic!("never had {count}"))
}

#[tokio::test]
async fn a_stream_says_at_once_that_it_is_there_and_then_that_it_still_is() {
    let app = TestApp::start_with(&[BEATING]).await;
    let shopper = app.shopper(1).await;
    let (mut stream, connected) = Listening::begin(&app.client, &app.base, &cookies(&shopper), None).await;
    assert_eq!(connected, Event { name: "connect".into(), id: Some(0), data: "connected".into(), comment: None });
    for (name, value) in [("content-type", "text/event-stream"), ("x-accel-buffering", "no")] {
        assert_eq!(stream.headers[name], value);
    }
    assert!(stream.headers["cache-control"].to_str().unwrap().contains("no-store"));
    for _ in 0..3 {
        let beat = Event { comment: Some("ping".into()), ..Event::default() };
        assert_eq!(stream.next().await, Some(beat));
    }
}

#[tokio::test]
async fn nobody_has_no_stream_and_no_list() {
    let app = TestApp::start().await;
    for path in ["", "/stream", "/stats", "/unread-count"] {
        app.visitor().get(&format!("/api/notifications{path}")).await.refused(401, "40000001");
    }
    for path in ["/1/read", "/read-all"] {
        app.visitor().patch(&format!("/api/notifications{path}"), json!({})).await.refused(401, "40000001");
    }
}

#[tokio::test]
async fn what_becomes_of_an_order_is_told_on_every_stream_of_its_buyer_and_on_no_other() {
    let app = TestApp::start_with(&[BEATING]).await;
    let (shopper, other) = (app.shopper(1).await, app.shopper(2).await);
    let (mut here, mut there) = (listens(&app, &shopper).await, listens(&app, &shopper).await);
    let mut elsewhere = listens(&app, &other).await;
    let number = cancels(&app, &shopper).await;
    let (one, two) = (here.told().await, there.told().await);
    assert_eq!((one.name.as_str(), &one), ("notification", &two));
    let data = one.json();
    let expected = json!({"id": one.id, "type": "ORDER_CANCELLED", "title": "주문이 취소되었습니다",
        "message": format!("주문번호 {number}의 주문이 취소되었습니다."), "orderId": data["orderId"],
        "orderNumber": number, "timestamp": data["timestamp"]});
    assert_eq!(data, expected);
    assert_eq!(data["orderId"], shopper.order(number).await["id"]);
    let timestamp = data["timestamp"].as_str().unwrap();
    assert!(timestamp.ends_with('Z') && timestamp.len() == "2026-01-01T00:00:00.000Z".len(), "{timestamp}");
    for _ in 0..3 {
        assert_eq!(elsewhere.next().await.unwrap().comment.as_deref(), Some("ping"));
    }
}

/// The success page has shown it already, under the name that the stream would show it by.
#[tokio::test]
async fn a_payment_that_its_page_has_seen_is_an_echo() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let mut stream = listens(&app, &shopper).await;
    let order = shopper.places_order(&[(app.almonds().await, 1)]).await.expect(201);
    shopper.pays(&app, &order).await.expect(200);
    let told = stream.told().await;
    assert_eq!((told.name.as_str(), &told.json()["type"]), ("echo", &json!("ORDER_CONFIRMED")));
    assert_eq!(told.json()["orderNumber"], order["orderNumber"]);
    assert_eq!(has(&shopper, 1).await[0]["type"], "ORDER_CONFIRMED");
}

#[tokio::test]
async fn a_payment_that_reconciliation_settled_is_news() {
    let app = TestApp::start_with(&[("EF__PAYMENT__CHECK_AFTER_MS", "50")]).await;
    let shopper = app.shopper(1).await;
    let mut stream = listens(&app, &shopper).await;
    let order = shopper.places_order(&[(app.almonds().await, 1)]).await.expect(201);
    app.breaks("confirm", "execute_then_500").await;
    shopper.pays(&app, &order).await;
    let told = stream.told().await;
    assert_eq!((told.name.as_str(), &told.json()["type"]), ("notification", &json!("ORDER_CONFIRMED")));
}

#[tokio::test]
async fn a_virtual_account_and_its_end_are_told() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let mut stream = listens(&app, &shopper).await;
    let order = shopper.places_order(&[(app.almonds().await, 1)]).await.expect(201);
    let (number, total) = (order["orderNumber"].as_i64().unwrap(), order["totalPrice"].as_i64().unwrap());
    let key = app.authorises(json!({"orderId": number.to_string(), "amount": total, "method": "가상계좌"})).await;
    shopper.confirms(&key, number, total).await.refused(409, "40900002");
    let told = stream.told().await.json();
    assert_eq!(told["type"], "ORDER_DEPOSIT_DUE");
    assert!(told["message"].as_str().unwrap().contains("까지 가상계좌로 입금해 주세요."), "{told}");
}

#[tokio::test]
async fn an_order_that_nobody_paid_in_time_is_told() {
    let (app, clock) = TestApp::start_with_clock().await;
    let shopper = app.shopper(1).await;
    let mut stream = listens(&app, &shopper).await;
    shopper.places_order(&[(app.almonds().await, 1)]).await.expect(201);
    clock.advance(Duration::from_mins(15));
    let told = stream.told().await;
    // Pages know no other type for an order that is over; the words say how it ended.
    assert_eq!((told.name.as_str(), &told.json()["type"]), ("notification", &json!("ORDER_CANCELLED")));
    assert_eq!(told.json()["title"], "주문이 자동 취소되었습니다");
}

#[tokio::test]
async fn a_browser_that_comes_back_is_told_what_it_missed_and_nothing_twice() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let (mut stream, connected) = Listening::begin(&app.client, &app.base, &cookies(&shopper), None).await;
    let first = cancels(&app, &shopper).await;
    let seen = stream.told().await;
    assert_eq!((seen.json()["orderNumber"].as_i64(), seen.id > connected.id), (Some(first), true));
    drop(stream);
    let missed = [cancels(&app, &shopper).await, cancels(&app, &shopper).await];
    has(&shopper, 3).await;

    // A browser that loses the stream before it hears what it missed has seen no more than before.
    let (_lost, sign) = Listening::begin(&app.client, &app.base, &cookies(&shopper), seen.id).await;
    assert_eq!((sign.name.as_str(), sign.id), ("connect", seen.id));
    let (mut again, _) = Listening::begin(&app.client, &app.base, &cookies(&shopper), sign.id).await;
    let next = cancels(&app, &shopper).await;
    for number in [missed[0], missed[1], next] {
        assert_eq!(again.told().await.json()["orderNumber"], number);
    }
    // The id of the first sign of life is a place to go on from, too.
    let (mut from_the_start, _) = Listening::begin(&app.client, &app.base, &cookies(&shopper), connected.id).await;
    for number in [first, missed[0], missed[1], next] {
        assert_eq!(from_the_start.told().await.json()["orderNumber"], number);
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_left_off_at_is_none() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    cancels(&app, &shopper).await;
    has(&shopper, 1).await;
    let cookies = cookies(&shopper);
    let bogus = Listening::begin(&app.client, &app.base, &cookies, Some(i64::MAX));
    let negative = Listening::begin(&app.client, &app.base, &cookies, Some(-1));
    let ((mut bogus, _), (mut negative, _)) = tokio::join!(bogus, negative);
    let number = cancels(&app, &shopper).await;
    for stream in [&mut bogus, &mut negative] {
        assert_eq!(stream.told().await.json()["orderNumber"], number);
    }
}

#[tokio::test]
async fn a_stream_renews_its_session_like_the_first_look_at_who_is_signed_in() {
    let (app, clock) = TestApp::start_with_clock().await;
    let shopper = app.shopper(1).await;
    clock.advance(Duration::from_mins(11));
    let (stream, _) = Listening::begin(&app.client, &app.base, &cookies(&shopper), None).await;
    let set: Vec<_> = stream.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    assert!(set.len() == 2 && set[0].starts_with("accessToken=") && set[1].starts_with("refreshToken="), "{set:?}");
}

#[tokio::test]
async fn logging_out_ends_the_streams_of_that_session() {
    let app = TestApp::start_with(&[BEATING]).await;
    let (shopper, other) = (app.shopper(1).await, app.visitor());
    let body = json!({"email": "shopper1@example.com", "password": super::support::PASSWORD});
    other.post("/api/auth/login", body).await.expect(200);
    let (mut ends, mut stays) = (listens(&app, &shopper).await, listens(&app, &other).await);
    shopper.post("/api/auth/logout", json!({})).await.expect(200);
    assert!(ends.end().await.is_empty());
    for _ in 0..3 {
        assert_eq!(stays.next().await.unwrap().comment.as_deref(), Some("ping"));
    }
}

#[tokio::test]
async fn an_account_whose_sessions_are_over_has_no_streams() {
    let app = TestApp::start_with(&[BEATING]).await;
    let shopper = app.shopper(1).await;
    let mut stream = listens(&app, &shopper).await;
    app.tampers("UPDATE user SET session_epoch = session_epoch + 1").await;
    assert!(stream.end().await.is_empty());
}

#[tokio::test]
async fn a_stop_ends_the_streams_and_waits_for_none() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let mut stream = listens(&app, &shopper).await;
    let began = Instant::now();
    let stopping = tokio::spawn(app.server.stop());
    assert!(stream.end().await.is_empty());
    drop(stream);
    stopping.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn asking_for_the_head_of_a_stream_opens_none() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let head = shopper.send(Method::HEAD, "/api/notifications/stream", None, &[]).await;
    assert_eq!((head.status, head.header("content-type")), (200, Some("text/event-stream")));
    assert_eq!(app.server.shop.live.streams.users(), 0);
}

#[tokio::test]
async fn the_list_shows_the_newest_first_and_what_was_read() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let numbers = [cancels(&app, &shopper).await, cancels(&app, &shopper).await, cancels(&app, &shopper).await];
    let all = has(&shopper, 3).await;
    assert_eq!(unread(&shopper).await, 3);
    let shown: Vec<_> = all.iter().map(|one| one["orderNumber"].as_i64().unwrap()).collect();
    assert_eq!(shown, [numbers[2], numbers[1], numbers[0]]);
    assert_eq!(
        (&all[0]["read"], &all[0]["readAt"], &all[0]["type"]),
        (&json!(false), &Value::Null, &json!("ORDER_CANCELLED"))
    );
    let page = list(&shopper, "?page=1&size=2").await;
    assert_eq!(page["notifications"][0]["orderNumber"], numbers[0]);
    assert_eq!(page["pageInfo"]["totalPages"], 2);

    let path = format!("/api/notifications/{}/read", all[1]["id"]);
    for _ in 0..2 {
        assert_eq!(shopper.patch(&path, json!({})).await.expect(200), Value::Null);
        assert_eq!(unread(&shopper).await, 2);
    }
    let read = &list(&shopper, "").await["notifications"][1];
    assert!(read["read"] == true && read["readAt"].as_str().unwrap().ends_with('Z'), "{read}");
    for marked in [2, 0] {
        let answer = shopper.patch("/api/notifications/read-all", json!({})).await;
        assert_eq!((answer.expect(200), unread(&shopper).await), (json!({"count": marked}), 0));
    }
}

#[tokio::test]
async fn somebody_elses_notifications_do_not_exist() {
    let app = TestApp::start().await;
    let (shopper, other) = (app.shopper(1).await, app.shopper(2).await);
    cancels(&app, &shopper).await;
    let id = has(&shopper, 1).await[0]["id"].clone();
    for path in [format!("/api/notifications/{id}/read"), "/api/notifications/999999/read".to_owned()] {
        other.patch(&path, json!({})).await.refused(404, "40000002");
    }
    other.patch("/api/notifications/first/read", json!({})).await.refused(400, "40400001");
    assert_eq!(other.patch("/api/notifications/read-all", json!({})).await.expect(200), json!({"count": 0}));
    assert_eq!((list(&other, "").await["pageInfo"]["totalElements"].clone(), unread(&shopper).await), (json!(0), 1));
}

#[tokio::test]
async fn how_many_people_listen_is_a_bare_number() {
    let app = TestApp::start_with(&[BEATING]).await;
    let (shopper, other) = (app.shopper(1).await, app.shopper(2).await);
    let streams = [listens(&app, &shopper).await, listens(&app, &shopper).await, listens(&app, &other).await];
    assert_eq!(shopper.get("/api/notifications/stats").await.text, "2");
    drop(streams);
    let gone = async {
        while shopper.get("/api/notifications/stats").await.text != "0" {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("who hangs up is not counted");
}

/// His page is in the middle of placing the newer one: it hears of it, makes no fuss, and nothing is left to be read.
#[tokio::test]
async fn an_order_that_gives_way_to_a_newer_one_is_an_echo_and_counts_as_read() {
    let app = TestApp::start().await;
    let shopper = app.shopper(1).await;
    let mut stream = listens(&app, &shopper).await;
    let almonds = app.almonds().await;
    app.tampers("UPDATE product_variant SET stock = 2").await;
    let old = shopper.places_order(&[(almonds, 1)]).await.expect(201);
    let newer = shopper.places_order(&[(almonds, 2)]).await.expect(201);
    assert_ne!(old["orderNumber"], newer["orderNumber"]);
    let told = stream.told().await;
    assert_eq!((told.name.as_str(), &told.json()["type"]), ("echo", &json!("ORDER_CANCELLED")));
    assert_eq!(told.json()["orderNumber"], old["orderNumber"]);
    assert_eq!((has(&shopper, 1).await[0]["read"].clone(), unread(&shopper).await), (json!(true), 0));
}

/// Something that was announced to that user, made up.
fn made_up(id: i64, user: i64) -> Announcement {
    Announcement {
        id: AnnouncementId::new(id),
        user: UserId::new(user),
        order: OrderId::new(1),
        number: OrderNumber::try_new(1_000_000_000_000_001).unwrap(),
        kind: AnnouncementKind::Shipped,
        happened_at: Timestamp::from_millis(1_800_000_000_000).unwrap(),
        read_at: None,
    }
}

/// Opens a stream and reads nothing of it.
async fn opens_and_sleeps(app: &TestApp, shopper: &Shopper) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(app.server.address).await.unwrap();
    let cookies = cookies(shopper);
    let request = format!("GET /api/notifications/stream HTTP/1.1\r\nHost: shop\r\nCookie: {cookies}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_reader_that_does_not_read_holds_nobody_up_and_loses_its_stream() {
    let app = TestApp::start().await;
    let (slow, quick) = (app.shopper(1).await, app.shopper(2).await);
    let user = async |shopper: &Shopper| {
        let order = shopper.places_order(&[(app.almonds().await, 1)]).await.expect(201);
        order["userId"].as_i64().unwrap()
    };
    let (slow_user, quick_user) = (user(&slow).await, user(&quick).await);
    let mut sleeping = opens_and_sleeps(&app, &slow).await;
    let mut reading = listens(&app, &quick).await;
    let streams = &app.server.shop.live.streams;
    while streams.users() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The system's own buffers hold some megabytes.
    let mut last = 0;
    while streams.users() == 2 {
        assert!(last < 400_000, "a reader that does not read keeps its stream");
        let told: Vec<_> =
            (last + 1..=last + 16).flat_map(|id| [made_up(id, slow_user), made_up(id, quick_user)]).collect();
        last += 16;
        streams.tell(told, AnnouncementId::new(last));
        for id in last - 15..=last {
            assert_eq!(reading.told().await.id, Some(id), "the other reader misses nothing");
        }
    }
    assert_eq!(app.server.shop.live.streams.users(), 1);

    // Once it reads, it gets what waited for it, without a gap, and then the end.
    let (mut text, mut bytes) = (Vec::new(), vec![0; 65_536]);
    while !text.ends_with(b"\r\n0\r\n\r\n") {
        let count = tokio::time::timeout(Duration::from_secs(10), sleeping.read(&mut bytes)).await.unwrap().unwrap();
        assert!(count > 0, "the answer ends in good order");
        text.extend_from_slice(&bytes[..count]);
    }
    let text = String::from_utf8(text).unwrap();
    let ids: Vec<i64> = text.lines().filter_map(|line| line.strip_prefix("id:")?.parse().ok()).collect();
    let whole: Vec<i64> = (0..=*ids.last().unwrap()).collect();
    assert!(ids == whole && ids.len() < usize::try_from(last).unwrap(), "{} of {last}", ids.len());
}
