//! Scrolling by cursors: nothing repeats and nothing is skipped, whatever happens in front.

use serde_json::{Value, json};

use super::support::{Shopper, TestApp};

const SORTS: [&str; 7] =
    ["createdAt,desc", "createdAt,asc", "price,asc", "price,desc", "name,asc", "averageRating,desc", "id,desc"];

fn ids(page: &Value) -> Vec<i64> {
    page["products"].as_array().unwrap().iter().map(|product| product["id"].as_i64().unwrap()).collect()
}

fn next(page: &Value) -> Option<String> {
    page["pageInfo"]["nextCursor"].as_str().map(str::to_owned)
}

/// Everything that comes when one follows the cursors.
async fn scrolled(visitor: &Shopper, list: &str) -> Vec<i64> {
    let mut page = visitor.get(list).await.expect(200);
    let (mut seen, mut number) = (ids(&page), 0);
    while let Some(cursor) = next(&page) {
        page = visitor.get(&format!("{list}&cursor={cursor}")).await.expect(200);
        number += 1;
        assert_eq!((&page["pageInfo"]["currentPage"], &page["pageInfo"]["first"]), (&json!(number), &json!(false)));
        seen.extend(ids(&page));
    }
    assert_eq!(page["pageInfo"]["last"], true);
    assert_eq!(page["pageInfo"]["totalElements"], seen.len());
    seen
}

#[tokio::test]
async fn cursors_lead_through_every_list_in_every_order() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for sort in SORTS {
        for list in
            ["/api/products?", "/api/products/search?q=&", "/api/products/categories/%EA%B2%AC%EA%B3%BC%EB%A5%98?"]
        {
            let whole = ids(&visitor.get(&format!("{list}size=100&sort={sort}")).await.expect(200));
            assert!(whole.len() > 3, "{list}");
            for size in [3, 8] {
                assert_eq!(scrolled(&visitor, &format!("{list}size={size}&sort={sort}")).await, whole, "{list} {sort}");
            }
        }
    }
}

#[tokio::test]
async fn goods_that_come_meanwhile_neither_push_nor_hide_anything() {
    let app = TestApp::start().await;
    let (visitor, admin) = (app.visitor(), app.shopper(1).await);
    app.tampers("UPDATE user SET role = 'ADMIN' WHERE email = 'shopper1@example.com'").await;
    let before = ids(&visitor.get("/api/products?size=100").await.expect(200));
    let mut page = visitor.get("/api/products?size=10").await.expect(200);
    let mut seen = ids(&page);
    let mut gone = None;
    while let Some(cursor) = next(&page) {
        let product = json!({"name": "햇호두", "category": "견과", "price": 9000, "weightUnit": "g"});
        admin.post("/api/admin/products", product).await.expect(201);
        if gone.is_none() {
            // The very product that the cursor names.
            gone = seen.last().copied();
            app.tampers(&format!("UPDATE product SET retired_at = created_at WHERE id = {}", gone.unwrap())).await;
        }
        page = visitor.get(&format!("/api/products?size=10&cursor={cursor}")).await.expect(200);
        seen.extend(ids(&page));
    }
    assert_eq!(seen, before);
    // Page numbers count from the front, and the front has moved.
    let second = ids(&visitor.get("/api/products?size=10&page=1").await.expect(200));
    assert!(second.iter().any(|id| seen.iter().take(10).any(|first| first == id)), "{second:?}");
}

#[tokio::test]
async fn a_text_that_is_no_cursor_is_refused() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let cursor = next(&visitor.get("/api/products?size=5&sort=price,asc").await.expect(200)).unwrap();
    for query in [
        "cursor=nonsense".to_owned(),
        "cursor=%00".to_owned(),
        format!("cursor={}", "A".repeat(3_000)),
        format!("cursor={cursor}&sort=price,desc"),
        format!("cursor={cursor}&sort=name,asc"),
        // Of a list that was narrowed down otherwise: its place there says nothing about here.
        format!("cursor={cursor}&category=견과류"),
        format!("cursor={cursor}&keyword=아몬드"),
        format!("cursor={cursor}&minPrice=1"),
        format!("cursor={cursor}&maxPrice=99999"),
        format!("cursor={cursor}&status=AVAILABLE"),
    ] {
        let told = visitor.get(&format!("/api/products?{query}")).await.refused(400, "40400001");
        assert_eq!(told[0]["field"], "cursor", "{query}");
    }
    for path in ["/api/products/search?q=아몬드", "/api/products/categories/견과류?"] {
        visitor.get(&format!("{path}&cursor={cursor}")).await.refused(400, "40400001");
    }
    // Its own order need not be repeated, and an empty one is none.
    let implied = visitor.get(&format!("/api/products?size=5&cursor={cursor}")).await.expect(200);
    let said = visitor.get(&format!("/api/products?size=5&sort=price,asc&cursor={cursor}")).await.expect(200);
    assert_eq!(implied, said);
    assert_eq!(visitor.get("/api/products?cursor=").await.expect(200)["pageInfo"]["first"], true);
}

/// The same word, its syllables typed as one letter each or as their parts.
#[tokio::test]
async fn a_word_is_found_however_its_letters_are_put_together() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let composed = visitor.get("/api/products/search?q=아몬드&size=100").await.expect(200);
    let decomposed = "\u{110b}\u{1161}\u{1106}\u{1169}\u{11ab}\u{1103}\u{1173}";
    let found = visitor.get(&format!("/api/products/search?q={decomposed}&size=100")).await.expect(200);
    assert!(!ids(&composed).is_empty());
    assert_eq!(ids(&found), ids(&composed));
}
