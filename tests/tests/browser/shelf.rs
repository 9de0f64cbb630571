//! What is on the shelf can be seen.

use std::time::Duration;

use crate::visit::Visit;
use crate::world::eventually;

const PICTURES: &str =
    "return [...document.images].map(({src, complete, naturalWidth}) => [src, complete, naturalWidth])";

#[tokio::test]
async fn the_pictures_of_the_goods_load_across_origins() {
    let visit = Visit::begin().await;
    visit.browser.goes_to(&visit.front).await;
    visit.browser.sees("article:nth-child(8) h2", "").await;
    let pictures = async || visit.browser.asks(PICTURES).await.as_array().unwrap().clone();
    let all_there = async || pictures().await.iter().all(|picture| picture[1] == true);
    eventually(Duration::from_secs(20), "every picture has loaded or failed", all_there).await;

    let pictures = pictures().await;
    assert_eq!(pictures.len(), 8);
    for picture in &pictures {
        let source = picture[0].as_str().unwrap();
        assert!(source.starts_with(&format!("{}/images/", visit.api)), "{source} is not on the shop's origin");
        assert!(picture[2].as_u64().unwrap() > 0, "{source} shows nothing");
    }
    visit.browser.is_pictured("shelf").await;
}
