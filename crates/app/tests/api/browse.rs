//! What the shelf pages rely on.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::Value;

use super::support::{Shopper, TestApp};

async fn products(visitor: &Shopper, query: &str) -> Vec<Value> {
    visitor.get(&format!("/api/products?{query}")).await.expect(200)["products"].as_array().unwrap().clone()
}

async fn ids(visitor: &Shopper, query: &str) -> Vec<i64> {
    products(visitor, query).await.iter().map(|product| product["id"].as_i64().unwrap()).collect()
}

/// What the pages dereference without looking: numbers that are numbers, names that differ.
fn assert_page_can_draw(product: &Value) {
    for number in ["id", "price", "weight", "averageRating", "reviewCount"] {
        assert!(product[number].is_number(), "{number} of {product}");
    }
    assert!(product["weight"].as_f64() > Some(0.0), "{product}");
    assert!(product["imageUrl"].as_str().unwrap().starts_with("http://"), "{product}");
    let variants = product["variants"].as_array().unwrap();
    let names: HashSet<_> = variants.iter().map(|variant| variant["name"].as_str().unwrap()).collect();
    assert!(names.len() == variants.len() && !names.is_empty() && !names.contains(""), "{product}");
    for variant in variants {
        let number = |name: &str| variant[name].as_i64().unwrap();
        assert!(number("id") > 0 && number("price") > 0, "{product}");
        assert_eq!(number("availableStock"), number("stock") - number("reservedStock"), "{product}");
    }
}

#[tokio::test]
async fn scrolling_shows_every_product_once_in_every_order() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for sort in ["createdAt,desc", "price,asc", "price,desc", "name,asc", "averageRating,desc", "id,asc"] {
        let (mut seen, mut page) = (Vec::new(), 0);
        loop {
            let answer = visitor.get(&format!("/api/products?page={page}&size=8&sort={sort}")).await.expect(200);
            for product in answer["products"].as_array().unwrap() {
                assert_page_can_draw(product);
                assert!(product["tags"].as_array().unwrap().iter().all(Value::is_string), "{product}");
                seen.push(product["id"].as_i64().unwrap());
            }
            assert_eq!(answer["pageInfo"]["currentPage"], page);
            assert_eq!(answer["pageInfo"]["first"], page == 0);
            if answer["pageInfo"]["last"] == true {
                assert_eq!(answer["pageInfo"]["totalElements"], seen.len());
                break;
            }
            page += 1;
        }
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len(), "{sort}");
        assert!(seen.len() > 50, "{sort}");
    }
}

#[tokio::test]
async fn lists_are_sorted_by_price_in_both_directions() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let prices = |products: Vec<Value>| -> Vec<i64> {
        products.iter().map(|product| product["price"].as_i64().unwrap()).collect()
    };
    let up = prices(products(&visitor, "size=100&sort=price,asc").await);
    let down = prices(products(&visitor, "size=100&sort=price,desc").await);
    assert!(up.is_sorted());
    assert_eq!(up, down.into_iter().rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let all = ids(&visitor, "size=100").await;
    let nuts = products(&visitor, "size=100&category=견과류").await;
    assert!(!nuts.is_empty() && nuts.len() < all.len());
    assert!(nuts.iter().all(|product| product["category"] == "견과류"));
    let listed = visitor.get("/api/products/categories/%EA%B2%AC%EA%B3%BC%EB%A5%98?size=100").await.expect(200);
    assert_eq!(listed["products"].as_array().unwrap().len(), nuts.len());
    let cheap = products(&visitor, "size=100&minPrice=3000&maxPrice=9000").await;
    assert!(!cheap.is_empty());
    assert!(cheap.iter().all(|product| (3000..=9000).contains(&product["price"].as_i64().unwrap())));
    assert_eq!(ids(&visitor, "size=100&category=&keyword=&status=").await, all);
    assert!(ids(&visitor, "category=없는분류").await.is_empty());
}

#[tokio::test]
async fn a_search_finds_names_and_takes_wildcards_literally() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let found = |text: &str| {
        let path = format!("/api/products/search?keyword={text}&q={text}&page=0&size=100");
        let visitor = app.visitor();
        async move { visitor.get(&path).await.expect(200)["products"].as_array().unwrap().clone() }
    };
    assert_eq!(found("통아몬드").await.len(), 1);
    assert_eq!(found("").await.len(), ids(&visitor, "size=100").await.len());
    let percent = found("%25").await;
    assert!(!percent.is_empty() && percent.iter().all(|product| product["name"].as_str().unwrap().contains('%')));
    for nothing in ["_", "%25_%25", "%25%25", "%5C", "'", "%27%20OR%201=1--", "%F0%9F%A5%9C"] {
        assert_eq!(found(nothing).await, Vec::<Value>::new(), "{nothing}");
    }
    visitor.get("/api/products/search").await.refused(400, "40400001");
    visitor.get("/api/products/search?q=a%00").await.refused(400, "40400001");
    visitor.get(&format!("/api/products/search?q={}", "a".repeat(101))).await.refused(400, "40400001");
}

#[tokio::test]
async fn every_detail_page_can_be_drawn() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for id in ids(&visitor, "size=100").await {
        let product = visitor.get(&format!("/api/products/{id}")).await.expect(200);
        assert_page_can_draw(&product);
        assert_eq!(product["images"].as_array().unwrap().len(), 1);
        assert!(product["tags"].as_array().unwrap().iter().all(|tag| tag["id"].is_i64() && tag["name"].is_string()));
        if let Some(nutrition) = product["nutrition"].as_object() {
            assert!(nutrition.values().all(Value::is_number), "{product}");
            assert!(["calories", "protein", "carbs", "fat"].iter().all(|name| nutrition.contains_key(*name)));
        }
        if let Some(scores) = product["goalScores"].as_object() {
            assert!(scores.values().all(Value::is_number), "{product}");
        }
        if let Some(shipping) = product["shipping"].as_object() {
            assert!(shipping["fee"].is_number(), "{product}");
        }
        for vitamin in product["vitaminsAndMinerals"].as_array().unwrap() {
            assert!(vitamin["amount"].is_string() && vitamin["daily"].is_i64(), "{product}");
        }
    }
    visitor.get("/api/products/999999").await.refused(404, "40000002");
    visitor.get("/api/products/almond").await.refused(400, "40400001");
}

#[tokio::test]
async fn an_almond_has_its_vitamins_in_words() {
    let app = TestApp::start().await;
    let almonds = app.almonds().await;
    let product = app.visitor().get(&format!("/api/products/{}", almonds.product)).await.expect(200);
    assert_eq!(product["vitaminsAndMinerals"][0]["amount"], "25.6mg");
    assert_eq!(product["nutrition"]["calories"], 579);
    assert_eq!(product["goalScores"]["muscle-gain"], 3.8);
}

#[tokio::test]
async fn categories_are_a_sorted_list() {
    let app = TestApp::start().await;
    let categories = app.visitor().get("/api/products/categories").await.expect(200);
    let names: Vec<_> = categories.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(names.contains(&"견과류"));
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
}

#[tokio::test]
async fn pictures_are_kept_by_browsers() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let image = products(&visitor, "size=1").await[0]["imageUrl"].as_str().unwrap().to_owned();
    let path = image.strip_prefix(&app.base).unwrap_or_else(|| panic!("{image}"));
    let picture = visitor.get(path).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")));
    assert!(picture.text.starts_with("<svg"));
    assert_eq!(picture.header("cache-control"), Some("public, max-age=86400"));
    let tag = picture.header("etag").unwrap().to_owned();
    let again = visitor.send(Method::GET, path, None, &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    visitor.get("/images/products/..%2Fcatalogue.svg").await.refused(404, "40500002");
}
