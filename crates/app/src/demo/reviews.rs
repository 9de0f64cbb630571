//! What people would think of the demo goods: invented reviewers, ratings spread by rule, sentences that fit any food.
//!
//! Nothing here is claimed that is not there: every review is a row like any other, and the means follow from the rows.
//! The newest goods have none yet, so that the page without reviews can be seen too.

use std::time::Duration;

use ef_domain::review::Rating;
use ef_domain::shared::Timestamp;
use ef_sql::{SeedProduct, SeedReview, SeedReviewer};

/// Nobody's names.
const NAMES: [&str; 12] = [
    "강하늬",
    "박서준호",
    "이로운",
    "최다온",
    "정마루",
    "윤슬",
    "한가람",
    "오누리",
    "서진솔",
    "임보배",
    "조은비",
    "남궁별",
];

/// What is said with a rating of that many half steps. An empty text is a rating without words.
const SAID: [(i64, &[&str]); 6] = [
    (
        10,
        &[
            "재구매만 네 번째예요. 늘 한결같습니다.",
            "아이들이 먼저 찾아요. 냉장고에 떨어지지 않게 두고 있습니다.",
            "포장이 꼼꼼하고 신선해요.\n선물로도 보냈는데 반응이 좋았습니다.",
            "",
        ],
    ),
    (
        9,
        &[
            "운동 끝나고 챙겨 먹기 딱 좋아요. 배송도 빨랐습니다.",
            "기대보다 맛있어요. 양만 조금 더 많았으면 좋겠네요.",
            "",
            "성분표 보고 샀는데 만족합니다.",
        ],
    ),
    (8, &["무난하게 맛있습니다. 할인할 때 또 살게요.", "", "식단 관리 중인데 큰 도움이 돼요."]),
    (7, &["맛은 좋은데 포장이 조금 컸어요.", ""]),
    (6, &["보통이에요. 제 입맛에는 살짝 심심했습니다.", ""]),
    (4, &["배송 중에 포장이 눌려서 왔어요. 맛은 괜찮았습니다."]),
];

/// How often which of them comes: mostly content, now and then not.
const TURNS: [usize; 14] = [0, 1, 2, 1, 0, 3, 1, 2, 0, 4, 1, 0, 2, 5];
/// So many of the newest goods are not reviewed yet.
const FRESH: usize = 3;

/// The people.
pub fn reviewers() -> Vec<SeedReviewer> {
    let reviewer = |(number, name): (usize, &&str)| SeedReviewer {
        email: format!("demo-reviewer-{number}@invalid"),
        name: (*name).to_owned(),
    };
    NAMES.iter().enumerate().map(reviewer).collect()
}

/// What they say of these goods, of which the first are the newest.
pub fn reviews(goods: &[SeedProduct], now: Timestamp) -> Vec<SeedReview> {
    let goods = goods.iter().enumerate().skip(FRESH);
    goods.flat_map(|(place, product)| of_one(place, product, now)).collect()
}

/// Two to eleven reviews, by people of whom nobody speaks twice.
fn of_one(place: usize, product: &SeedProduct, now: Timestamp) -> Vec<SeedReview> {
    let count = 2 + place * 7 % (NAMES.len() - 2);
    let review = |turn: usize| {
        let spread = place * 5 + turn * 3;
        let (half_steps, texts) = SAID.get(*TURNS.get(spread % TURNS.len())?)?;
        let text = texts.get((place + turn) % texts.len())?;
        let hours = u64::try_from(spread * 11 + turn * 29).ok()?;
        Some(SeedReview {
            reviewer: (place + turn) % NAMES.len(),
            product: product.slug.clone(),
            rating: Rating::from_half_steps(*half_steps).ok()?,
            text: Some(*text).filter(|text| !text.is_empty()).map(str::to_owned),
            at: now.before(Duration::from_hours(hours + 1)),
        })
    };
    (0..count).filter_map(review).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ef_domain::review::{RatingTally, ReviewText};

    use super::super::catalogue;
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).unwrap()
    }

    #[test]
    fn nobody_speaks_twice_of_one_product_and_most_goods_are_spoken_of() {
        let goods = catalogue().unwrap();
        let reviews = reviews(&goods, now());
        let pairs: HashSet<_> = reviews.iter().map(|review| (review.reviewer, &review.product)).collect();
        assert_eq!(pairs.len(), reviews.len());
        let spoken_of: HashSet<_> = reviews.iter().map(|review| review.product.as_str()).collect();
        assert_eq!(spoken_of.len(), goods.len() - FRESH);
        assert!(reviews.iter().all(|review| review.at < now()), "nobody speaks before his time");
        assert!(reviews.iter().any(|review| review.text.is_none()));
        for text in reviews.iter().filter_map(|review| review.text.as_deref()) {
            assert_eq!(ReviewText::parse(text).unwrap().unwrap().as_str(), text);
        }
    }

    #[test]
    fn goods_differ_in_how_much_they_are_liked() {
        let goods = catalogue().unwrap();
        let reviews = reviews(&goods, now());
        let mean = |product: &SeedProduct| {
            let ratings = reviews.iter().filter(|review| review.product == product.slug);
            let ratings: Vec<u64> = ratings.map(|review| u64::from(review.rating.half_steps())).collect();
            RatingTally { count: ratings.len() as u64, half_steps: ratings.iter().sum() }.mean().tenths()
        };
        let means: HashSet<u64> = goods.iter().skip(FRESH).map(mean).collect();
        assert!(means.len() > 5 && means.iter().all(|mean| (25..=50).contains(mean)), "{means:?}");
    }
}
