//! Pictures of products: uploaded, seen, used, and erased when nothing shows them any more.

use std::io::Cursor;
use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::support::{Answer, Good, Shopper, TestApp};

const IMAGES: &str = "/api/admin/products/images";
const PRODUCTS: &str = "/api/admin/products";
const NAME: &str = "0f8fad5b-d9cb-469f-a165-70867728950e.jpg";

async fn administrator(app: &TestApp) -> Shopper {
    let (browser, demo) = (app.visitor(), app.server.demo.as_ref().unwrap());
    let form = json!({"email": "admin@energy-factory.kr", "password": demo.password.expose_secret()});
    browser.post("/api/auth/login", form).await.expect(200);
    browser
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 90]));
    DynamicImage::ImageRgb8(picture).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

async fn uploads(admin: &Shopper, name: &str, media_type: &str, file: &[u8]) -> Answer {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {media_type}\r\n\r\n"
    );
    let body = [head.as_bytes(), file, b"\r\n--edge--\r\n"].concat();
    admin.send(Method::POST, IMAGES, Some(body), &[("content-type", "multipart/form-data; boundary=edge")]).await
}

async fn uploaded(admin: &Shopper) -> String {
    let answer = uploads(admin, "walnuts.png", "image/png", &png(40, 30)).await.expect(200);
    answer["imageUrl"].as_str().unwrap().to_owned()
}

async fn erases(admin: &Shopper, address: &str) -> Answer {
    let escaped = reqwest::Url::parse_with_params("http://x", [("imageUrl", address)]).unwrap();
    admin.delete(&format!("{IMAGES}?{}", escaped.query().unwrap())).await
}

fn walnuts(image: &str) -> Value {
    json!({"name": "고소한 호두", "category": "견과", "price": 9000, "weight": 200, "weightUnit": "g", "imageUrl": image})
}

async fn trail(admin: &Shopper) -> Vec<Value> {
    let trail = admin.get("/api/admin/audit?subject=image").await.expect(200);
    assert_eq!(trail, admin.get("/api/admin/audit?subject=image&id=0").await.expect(200));
    trail["entries"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_uploaded_picture_is_seen_used_and_erased() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    let address = uploaded(&admin).await;
    assert!(address.starts_with(&format!("{}/images/products/", app.base)), "{address}");
    let seen = app.client.get(&address).send().await.unwrap();
    assert_eq!(seen.status(), 200);
    let header = |name: &str| seen.headers().get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/jpeg");
    assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    let tag = header("etag");
    let picture = image::load_from_memory_with_format(&seen.bytes().await.unwrap(), ImageFormat::Jpeg).unwrap();
    assert_eq!((picture.width(), picture.height()), (40, 30));
    let again = app.client.get(&address).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);

    let product = admin.post(PRODUCTS, walnuts(&address)).await.expect(201);
    assert_eq!(product["imageUrl"], address.as_str());
    let path = format!("/api/products/{}", product["id"]);
    let elsewhere = app.client.get(format!("{}{path}", app.base)).header("host", "shop.example").send().await.unwrap();
    let shown: Value = serde_json::from_slice(&elsewhere.bytes().await.unwrap()).unwrap();
    let moved = address.replace(&app.base, "http://shop.example");
    assert_eq!(shown["data"]["imageUrl"], moved, "an address outlives the host under which it was uploaded");

    let refusal = erases(&admin, &address).await;
    refusal.refused(409, "40500001");
    assert!(refusal.json()["desc"].as_str().unwrap().contains("주문 내역"), "{}", refusal.text);
    admin.put(&format!("{PRODUCTS}/{}", product["id"]), json!({"imageUrl": ""})).await.expect(200);
    assert_eq!(erases(&admin, &address).await.expect(200), Value::Null);
    assert_eq!(app.client.get(&address).send().await.unwrap().status(), 404);
    assert_eq!(erases(&admin, &address).await.expect(200), Value::Null);

    let trail = trail(&admin).await;
    let actions: Vec<&Value> = trail.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["IMAGE_ERASED", "IMAGE_UPLOADED"]);
    let path = address.replace(&app.base, "");
    assert_eq!(trail[0]["changes"], json!([{"field": "imageUrl", "before": path, "after": null}]));
    assert_eq!(trail[1]["changes"], json!([{"field": "imageUrl", "before": null, "after": path}]));
}

#[tokio::test]
async fn a_picture_that_somebody_bought_stays_in_his_order() {
    let app = TestApp::start().await;
    let (admin, buyer) = (administrator(&app).await, app.shopper(1).await);
    let address = uploaded(&admin).await;
    let product = admin.post(PRODUCTS, walnuts(&address)).await.expect(201);
    let pack = &product["variants"][0];
    let variant = pack["id"].as_i64().unwrap();
    let count = json!({"delta": 3, "reason": "첫 입고"});
    admin.post(&format!("/api/admin/variants/{variant}/stock"), count).await.expect(200);
    let good = Good { product: product["id"].as_i64().unwrap(), variant, price: 9000, stock: 3, available: 3 };
    let order = buyer.places_order(&[(good, 1)]).await.expect(201);
    admin.put(&format!("{PRODUCTS}/{}", good.product), json!({"imageUrl": ""})).await.expect(200);
    erases(&admin, &address).await.refused(409, "40500001");
    let order = buyer.order(order["orderNumber"].as_i64().unwrap()).await;
    assert_eq!(order["orderItems"][0]["productImageUrl"], address.as_str());
    assert_eq!(app.client.get(&address).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn neither_a_name_nor_a_media_type_makes_a_picture() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    for (name, media_type, file) in [
        ("a.png", "image/png", &svg[..]),
        ("a.jpg", "image/jpeg", b"<!doctype html><script>alert(1)</script>"),
        ("a.gif", "image/gif", b"GIF89a<script>alert(1)</script>"),
        ("a.png", "image/png", b""),
    ] {
        uploads(&admin, name, media_type, file).await.refused(400, "40400001");
    }
    // And none unmakes one.
    let page = uploads(&admin, "../../page.html", "text/html", &png(4, 4)).await.expect(200);
    let address = page["imageUrl"].as_str().unwrap();
    assert!(address.split('.').next_back() == Some("jpg") && !address.contains("page"), "{address}");
    let seen = app.client.get(address).send().await.unwrap();
    assert_eq!(seen.headers().get("content-type").unwrap(), "image/jpeg");
    assert_ne!(uploaded(&admin).await, uploaded(&admin).await);
    assert_eq!(trail(&admin).await.len(), 3);
}

#[tokio::test]
async fn five_mebibytes_are_taken_here_and_nowhere_else() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    // What follows a picture is no part of it.
    let padded = |length: usize| {
        let mut file = png(8, 8);
        file.resize(length, 0);
        file
    };
    uploads(&admin, "a.png", "image/png", &padded(5 << 20)).await.expect(200);
    uploads(&admin, "a.png", "image/png", &padded((5 << 20) + 1)).await.refused(413, "41300001");
    let large = uploads(&admin, "a.png", "image/png", &padded(6 << 20)).await;
    large.refused(413, "41300001");
    assert!(large.json()["desc"].as_str().unwrap().contains("5MB"), "{}", large.text);
    admin.post(PRODUCTS, json!({"name": "x".repeat(1 << 20)})).await.refused(413, "41300001");
    admin.post(IMAGES, json!({"file": "x"})).await.refused(415, "41500001");
}

#[tokio::test]
async fn only_addresses_that_were_given_out_are_erased() {
    let app = TestApp::start().await;
    let admin = administrator(&app).await;
    let (address, base) = (uploaded(&admin).await, &app.base);
    let name = address.rsplit('/').next().unwrap();
    for wrong in [
        String::new(),
        name.to_owned(),
        format!("{base}/images/products/almond.svg"),
        format!("{base}/images/products/../products/{name}"),
        format!("{base}/images/products/%2e%2e/products/{name}"),
        format!("{base}/images/products/..%2f..%2fkeys/access"),
        format!("{base}/images/{name}"),
        format!("{address}?x=1"),
        format!("{address}#x"),
        format!("{base}.evil.example/images/products/{name}"),
        format!("{base}@evil.example/images/products/{name}"),
        format!("https://bucket.s3.ap-northeast-2.amazonaws.com/products/{name}"),
        "file:///etc/passwd".to_owned(),
        "../energy-factory.sqlite".to_owned(),
    ] {
        erases(&admin, &wrong).await.refused(400, "40400001");
    }
    admin.delete(IMAGES).await.refused(400, "40400001");
    assert_eq!(app.client.get(&address).send().await.unwrap().status(), 200, "it is still there");
    for path in ["../../keys/access", "..%2f..%2fkeys%2faccess", "%2e%2e/keys", NAME, "almond.svg/x", "a.jpg"] {
        let seen = app.client.get(format!("{base}/images/products/{path}")).send().await.unwrap();
        assert_eq!(seen.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_down_is_503_in_bounded_time_and_the_shop_goes_on() {
    let app = TestApp::start_with(&[
        ("EF__IMAGES__BUCKET", "shop-pictures"),
        ("EF__IMAGES__ENDPOINT", "http://127.0.0.1:9"),
        ("EF__IMAGES__ACCESS_KEY_ID", "id"),
        ("EF__IMAGES__SECRET_ACCESS_KEY", "secret"),
        ("EF__IMAGES__TOTAL_TIMEOUT_MS", "1500"),
    ])
    .await;
    let admin = administrator(&app).await;
    let began = Instant::now();
    let refused = uploads(&admin, "a.png", "image/png", &png(8, 8)).await;
    refused.refused(503, "50300001");
    assert!(refused.headers.contains_key("retry-after"));
    let ours = format!("http://127.0.0.1:9/shop-pictures/products/{NAME}");
    erases(&admin, &ours).await.refused(503, "50300001");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    erases(&admin, &format!("http://127.0.0.1:9/another/products/{NAME}")).await.refused(400, "40400001");
    erases(&admin, &format!("{}/images/products/{NAME}", app.base)).await.refused(400, "40400001");
    assert!(trail(&admin).await.is_empty());
    app.visitor().get("/api/products").await.expect(200);
}

#[tokio::test]
async fn a_storm_of_uploads_leaves_the_shop_alone() {
    let app = TestApp::start_with(&[("EF__IMAGES__QUEUE_MS", "60000")]).await;
    let admin = administrator(&app).await;
    let large = png(2_500, 2_500);
    let storm = futures::future::join_all((0..6).map(|_| uploads(&admin, "a.png", "image/png", &large)));
    let browsing = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..20 {
            let began = Instant::now();
            app.visitor().get("/api/products").await.expect(200);
            slowest = slowest.max(began.elapsed());
        }
        slowest
    };
    let (answers, slowest) = tokio::join!(storm, browsing);
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
}
