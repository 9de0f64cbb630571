//! What every [`CatalogueQueries`](ef_domain::catalogue::CatalogueQueries) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::collections::BTreeSet;

use ef_domain::catalogue::{
    ProductFilter, ProductOrder, ProductPlace, ProductStatus, ProductSummary, SortDirection, SortKey, WeightUnit,
};
use ef_domain::shared::{Page, PageRequest, ProductId};

use crate::builders::{PackSpec, ProductSpec, later, order, pack, shopper, won};
use crate::shop::Shop;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! catalogue_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::catalogue; $shop;
            an_empty_shelf_is_an_empty_page
            a_list_shows_everything_that_its_page_needs
            every_condition_of_a_filter_must_hold
            a_category_is_matched_exactly
            prices_are_bounds_included
            a_keyword_is_found_in_name_brand_and_tags_in_any_case
            every_word_is_found_wherever_it_stands
            wildcards_in_a_keyword_stand_for_themselves
            lists_are_sorted_by_every_key_both_ways
            pages_neither_repeat_nor_skip_products_of_one_moment
            a_list_goes_on_behind_any_place_in_every_order
            what_comes_in_front_of_a_place_pushes_nothing_behind_it
            a_page_past_the_end_is_empty_and_knows_how_many_there_are
            a_product_shows_everything_that_its_page_needs
            a_product_of_which_nothing_is_known_shows_nothing_rather_than_zeros
            a_product_that_does_not_exist_is_not_found
            categories_are_those_of_the_shelf_sorted_and_once
        }
    };
}

async fn list(shop: &dyn Shop, filter: &ProductFilter, order: ProductOrder, page: PageRequest) -> Page<ProductSummary> {
    let list = shop.catalogue().list(filter, order, page).await;
    list.expect("the shelf can be read")
}

async fn names(shop: &dyn Shop, filter: &ProductFilter) -> BTreeSet<String> {
    let page = list(shop, filter, ProductOrder::NEWEST_FIRST, PageRequest::new(0, 100)).await;
    let names: BTreeSet<String> = page.rows.iter().map(|row| row.name.clone()).collect();
    assert_eq!(u64::try_from(names.len()), Ok(page.total));
    names
}

async fn found_by(shop: &dyn Shop, keyword: &str) -> Vec<String> {
    let filter = ProductFilter { keyword: Some(keyword.to_owned()), ..ProductFilter::default() };
    names(shop, &filter).await.into_iter().collect()
}

/// Nothing is an answer.
pub async fn an_empty_shelf_is_an_empty_page(shop: &dyn Shop) {
    let everything = ProductFilter::default();
    let page = list(shop, &everything, ProductOrder::NEWEST_FIRST, PageRequest::new(0, 10)).await;
    assert_eq!((page.rows.len(), page.total), (0, 0));
    let categories = shop.catalogue().categories().await;
    assert_eq!(categories.expect("the shelf can be read"), Vec::<String>::new());
}

/// With what is held of each pack size right now.
pub async fn a_list_shows_everything_that_its_page_needs(shop: &dyn Shop) {
    let nuts = ProductSpec {
        tags: vec!["고단백".to_owned(), "비건".to_owned()],
        packs: vec![PackSpec::new("1kg", 3, 9_000).beside(), PackSpec::new("250g", 8, 2_500)],
        ..ProductSpec::named("아몬드")
    };
    let packs = shop.shelve(&nuts).await;
    let [large, small] = packs.as_slice() else { panic!("{packs:?}") };
    order(shop, shopper(shop).await, &[(small, 5)]).await;
    let everything = ProductFilter::default();
    let page = list(shop, &everything, ProductOrder::NEWEST_FIRST, PageRequest::new(0, 10)).await;
    let [row] = page.rows.as_slice() else { panic!("{page:?}") };
    assert_eq!((row.id, row.name.as_str()), (small.product, "아몬드"));
    assert_eq!((row.price, row.weight, row.weight_unit), (won(2_500), 250.0, WeightUnit::Gram));
    assert_eq!((row.category.as_str(), row.brand.as_deref()), ("견과", Some("에너지팩토리")));
    assert_eq!((row.status, &row.image), (ProductStatus::Available, &small.image));
    let tags: Vec<&str> = row.tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(tags, ["고단백", "비건"]);
    let variants: Vec<_> =
        row.variants.iter().map(|it| (it.id, it.name.as_str(), it.price, it.stock, it.reserved)).collect();
    let expected = [(small.variant, "250g", won(2_500), 8, 5), (large.variant, "1kg", won(9_000), 3, 0)];
    assert_eq!(variants, expected);
}

fn named(name: &str, category: &str, status: ProductStatus, price: i64) -> ProductSpec {
    ProductSpec {
        category: category.to_owned(),
        status,
        packs: vec![PackSpec::new("250g", 9, price)],
        ..ProductSpec::named(name)
    }
}

/// Conditions narrow, never widen.
pub async fn every_condition_of_a_filter_must_hold(shop: &dyn Shop) {
    let (sold, gone) = (ProductStatus::Available, ProductStatus::OutOfStock);
    for (name, category, status, price) in [
        ("현미", "곡물", sold, 1_000),
        ("귀리", "곡물", gone, 1_000),
        ("보리", "곡물", sold, 5_000),
        ("현미 두유", "음료", sold, 1_000),
    ] {
        shop.shelve(&named(name, category, status, price)).await;
    }
    let grain = ProductFilter { category: Some("곡물".to_owned()), ..ProductFilter::default() };
    assert_eq!(names(shop, &grain).await, ["귀리", "보리", "현미"].map(str::to_owned).into());
    let sold_grain = ProductFilter { status: Some(sold), ..grain };
    assert_eq!(names(shop, &sold_grain).await, ["보리", "현미"].map(str::to_owned).into());
    let cheap = ProductFilter { max_price: Some(won(1_000)), ..sold_grain };
    assert_eq!(names(shop, &cheap).await, ["현미"].map(str::to_owned).into());
    let other = ProductFilter { keyword: Some("두유".to_owned()), ..cheap };
    assert_eq!(names(shop, &other).await, BTreeSet::new());
}

/// Not a part of it, and not in another case or accent: "exactly" means the same on every database.
pub async fn a_category_is_matched_exactly(shop: &dyn Shop) {
    for (name, category) in [("a", "Snack"), ("b", "snack"), ("c", "Snäck"), ("d", "Snack bar"), ("e", "Snack ")] {
        shop.shelve(&named(name, category, ProductStatus::Available, 1_000)).await;
    }
    let filter = ProductFilter { category: Some("Snack".to_owned()), ..ProductFilter::default() };
    assert_eq!(names(shop, &filter).await, ["a".to_owned()].into());
}

/// From and to, both included.
pub async fn prices_are_bounds_included(shop: &dyn Shop) {
    for price in [999, 1_000, 1_500, 2_000, 2_001] {
        shop.shelve(&named(&price.to_string(), "곡물", ProductStatus::Available, price)).await;
    }
    let filter = ProductFilter { min_price: Some(won(1_000)), max_price: Some(won(2_000)), ..ProductFilter::default() };
    assert_eq!(names(shop, &filter).await, ["1000", "1500", "2000"].map(str::to_owned).into());
}

/// Anywhere in the text.
pub async fn a_keyword_is_found_in_name_brand_and_tags_in_any_case(shop: &dyn Shop) {
    let by_name = ProductSpec::named("유기농 Almond 버터");
    let by_brand = ProductSpec { brand: "California ALMONDS".to_owned(), ..ProductSpec::named("땅콩") };
    let by_tag =
        ProductSpec { tags: vec!["almond-free".to_owned(), "비건".to_owned()], ..ProductSpec::named("귀리") };
    for spec in [by_name, by_brand, by_tag, ProductSpec::named("호두")] {
        shop.shelve(&spec).await;
    }
    for keyword in ["almond", "ALMOND", "lMoN"] {
        assert_eq!(found_by(shop, keyword).await, ["귀리", "땅콩", "유기농 Almond 버터"], "{keyword}");
    }
    assert_eq!(found_by(shop, "비건").await, ["귀리"]);
    assert_eq!(found_by(shop, "기농 a").await, ["유기농 Almond 버터"]);
    assert_eq!(found_by(shop, "없음").await, Vec::<String>::new());
}

/// In any order, each of them somewhere, and what is in the product counts as well.
pub async fn every_word_is_found_wherever_it_stands(shop: &dyn Shop) {
    let chicken = ProductSpec { tags: vec!["고단백".to_owned()], ..ProductSpec::named("닭가슴살") };
    let nutrients = vec![("마그네슘".to_owned(), 270.0, None)];
    let nuts = ProductSpec { nutrients, ..ProductSpec::named("구운 아몬드") };
    for spec in [chicken, nuts, ProductSpec::named("구운 호두")] {
        shop.shelve(&spec).await;
    }
    for keyword in ["닭 가슴", "고단백 닭", "살  고단백\t가슴", "에너지 닭"] {
        assert_eq!(found_by(shop, keyword).await, ["닭가슴살"], "{keyword}");
    }
    for keyword in ["아몬드 구운", "마그네슘", "그네슘 구운"] {
        assert_eq!(found_by(shop, keyword).await, ["구운 아몬드"], "{keyword}");
    }
    for keyword in ["닭 아몬드", "고단백 구운", "마그네슘 호두"] {
        assert_eq!(found_by(shop, keyword).await, Vec::<String>::new(), "{keyword}");
    }
    // Seven that are there and one that is not; the ninth is looked for no more.
    let seven = ["닭"; 7].join(" ");
    assert_eq!(found_by(shop, &format!("{seven} 콩")).await, Vec::<String>::new());
    assert_eq!(found_by(shop, &format!("{seven} 닭 콩")).await, ["닭가슴살"]);
}

/// A shopper who types a percent sign means one.
pub async fn wildcards_in_a_keyword_stand_for_themselves(shop: &dyn Shop) {
    for name in ["카카오 99% 초콜릿", "카카오 99 초콜릿", "a_b", "axb", "wow!", "back\\slash", "it's"] {
        shop.shelve(&ProductSpec::named(name)).await;
    }
    for (keyword, expected) in
        [("99%", "카카오 99% 초콜릿"), ("a_b", "a_b"), ("w!", "wow!"), ("k\\s", "back\\slash"), ("t's", "it's")]
    {
        assert_eq!(found_by(shop, keyword).await, [expected], "{keyword}");
    }
    for keyword in ["%%", "9_", "!%", "\\%"] {
        assert_eq!(found_by(shop, keyword).await, Vec::<String>::new(), "{keyword}");
    }
}

/// Ties by id, in the same direction.
pub async fn lists_are_sorted_by_every_key_both_ways(shop: &dyn Shop) {
    let mut ids = Vec::new();
    for (name, price, seconds) in [("나", 2_000, 30), ("가", 3_000, 10), ("다", 1_000, 20), ("다", 1_000, 20)] {
        let spec = ProductSpec { created_at: later(seconds), ..named(name, "곡물", ProductStatus::Available, price) };
        let packs = shop.shelve(&spec).await;
        ids.extend(packs.iter().map(|pack| pack.product));
    }
    for (key, expected) in [
        (SortKey::Id, [0, 1, 2, 3]),
        (SortKey::Name, [1, 0, 2, 3]),
        (SortKey::Price, [2, 3, 0, 1]),
        (SortKey::CreatedAt, [1, 2, 3, 0]),
        // Nobody rated anything yet.
        (SortKey::Rating, [0, 1, 2, 3]),
    ] {
        let mut expected: Vec<ProductId> = expected.iter().filter_map(|place| ids.get(*place).copied()).collect();
        for direction in [SortDirection::Ascending, SortDirection::Descending] {
            let order = ProductOrder { key, direction };
            let page = list(shop, &ProductFilter::default(), order, PageRequest::new(0, 10)).await;
            let seen: Vec<ProductId> = page.rows.iter().map(|row| row.id).collect();
            assert_eq!(seen, expected, "{order:?}");
            expected.reverse();
        }
    }
}

/// However many share the sorting value.
pub async fn pages_neither_repeat_nor_skip_products_of_one_moment(shop: &dyn Shop) {
    let mut ids = Vec::new();
    for _ in 0..11 {
        ids.insert(0, pack(shop, 1).await.product);
    }
    let mut seen = Vec::new();
    for number in 0..3 {
        let page = PageRequest::new(number, 4);
        let page = list(shop, &ProductFilter::default(), ProductOrder::NEWEST_FIRST, page).await;
        assert_eq!(page.total, 11);
        seen.extend(page.rows.into_iter().map(|row| row.id));
    }
    assert_eq!(seen, ids);
}

/// Names that only their case tells apart, prices and moments that many share.
pub async fn a_list_goes_on_behind_any_place_in_every_order(shop: &dyn Shop) {
    for (place, name) in ["나", "가", "a", "A", "다", "다", "b", "라 %_", "나"].into_iter().enumerate() {
        let place = u64::try_from(place).expect("small");
        let price = 1_000 + i64::try_from(place % 3).expect("small");
        let spec =
            ProductSpec { created_at: later(place % 4), ..named(name, "곡물", ProductStatus::Available, price) };
        shop.shelve(&spec).await;
    }
    let filter = ProductFilter { category: Some("곡물".to_owned()), ..ProductFilter::default() };
    for key in [SortKey::CreatedAt, SortKey::Price, SortKey::Name, SortKey::Rating, SortKey::Id] {
        for direction in [SortDirection::Ascending, SortDirection::Descending] {
            let order = ProductOrder { key, direction };
            let whole = list(shop, &filter, order, PageRequest::new(0, 100)).await.rows;
            for size in [1, 2, 4] {
                let mut seen = list(shop, &filter, order, PageRequest::new(0, size)).await.rows;
                loop {
                    let place = ProductPlace::of(seen.last().expect("there was a first page"), order);
                    let stretch = shop.catalogue().after(&filter, direction, &place, size).await;
                    let stretch = stretch.expect("the shelf can be read");
                    assert_eq!(stretch.total, 9);
                    seen.extend(stretch.rows);
                    if stretch.is_last {
                        break;
                    }
                }
                assert_eq!(seen, whole, "{order:?} by {size}");
            }
        }
    }
}

/// Nor does it matter what became of the product that the place is named after.
pub async fn what_comes_in_front_of_a_place_pushes_nothing_behind_it(shop: &dyn Shop) {
    for name in ["하나", "둘", "셋", "넷"] {
        shop.shelve(&ProductSpec::named(name)).await;
    }
    let everything = ProductFilter::default();
    let order = ProductOrder::NEWEST_FIRST;
    let first = list(shop, &everything, order, PageRequest::new(0, 2)).await.rows;
    let last = first.last().expect("two products");
    let place = ProductPlace::of(last, order);
    for name in ["다섯", "여섯"] {
        shop.shelve(&ProductSpec { created_at: later(60), ..ProductSpec::named(name) }).await;
    }
    shop.rename(last.id, "바뀐 이름").await;
    let behind = shop.catalogue().after(&everything, order.direction, &place, 10).await.expect("the shelf can be read");
    let names: Vec<&str> = behind.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!((names, behind.is_last, behind.total), (vec!["둘", "하나"], true, 6));
}

/// So that a pager can lead back.
pub async fn a_page_past_the_end_is_empty_and_knows_how_many_there_are(shop: &dyn Shop) {
    pack(shop, 1).await;
    let page = PageRequest::new(u32::MAX, 100);
    let page = list(shop, &ProductFilter::default(), ProductOrder::NEWEST_FIRST, page).await;
    assert_eq!((page.rows.len(), page.total), (0, 1));
}

/// Nutrition, sorted into macros and the rest.
pub async fn a_product_shows_everything_that_its_page_needs(shop: &dyn Shop) {
    let oats = ProductSpec {
        nutrients: vec![
            ("CALORIES".to_owned(), 370.0, None),
            ("PROTEIN".to_owned(), 13.5, Some(25)),
            ("IRON".to_owned(), 4.2, Some(35)),
        ],
        tags: vec!["통곡물".to_owned()],
        ..ProductSpec::named("귀리")
    };
    pack(shop, 1).await;
    let packs = shop.shelve(&oats).await;
    let [small] = packs.as_slice() else { panic!("{packs:?}") };
    let found = shop.catalogue().find(small.product).await;
    let found = found.expect("the shelf can be read").expect("the product exists");
    assert_eq!((found.summary.id, found.summary.name.as_str()), (small.product, "귀리"));
    assert_eq!(found.summary.variants.len(), 1);
    assert_eq!(found.summary.tags.len(), 1);
    let macros = found.nutrition.macros.expect("something is known");
    assert_eq!((macros.calories, macros.protein, macros.fat), (370.0, 13.5, 0.0));
    let vitamins: Vec<_> = found.nutrition.vitamins.iter().map(|it| (it.amount, it.daily_percent)).collect();
    assert_eq!(vitamins, [(4.2, 35)]);
    assert!(found.description.is_some() && found.storage.is_some());
}

/// Zero calories would be a claim.
pub async fn a_product_of_which_nothing_is_known_shows_nothing_rather_than_zeros(shop: &dyn Shop) {
    let bare = shop.shelve_without_packs("준비 중").await;
    let found = shop.catalogue().find(bare).await;
    let found = found.expect("the shelf can be read").expect("the product exists");
    assert_eq!(found.nutrition.macros, None);
    assert_eq!((found.goals, found.shipping), (None, None));
    assert_eq!((found.summary.variants.len(), found.summary.tags.len()), (0, 0));
}

/// Nothing is an answer.
pub async fn a_product_that_does_not_exist_is_not_found(shop: &dyn Shop) {
    let found = shop.catalogue().find(ProductId::new(4711)).await;
    assert_eq!(found.expect("the shelf can be read"), None);
}

/// For the menu.
pub async fn categories_are_those_of_the_shelf_sorted_and_once(shop: &dyn Shop) {
    for (name, category) in [("현미", "곡물"), ("두유", "음료"), ("귀리", "곡물"), ("호두", "견과")] {
        shop.shelve(&named(name, category, ProductStatus::Available, 1_000)).await;
    }
    let categories = shop.catalogue().categories().await;
    assert_eq!(categories.expect("the shelf can be read"), ["견과", "곡물", "음료"]);
}
