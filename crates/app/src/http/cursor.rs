//! Cursors: a place in a sorted list as a text that pages hand back as they got it.
//!
//! A page number counts from the front of a list, so it skips what moved forward and repeats what moved back, and the
//! database walks over everything in front of it. A cursor names the last product that was seen.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ef_domain::catalogue::{
    ProductFilter, ProductOrder, ProductPlace, ProductSummary, Shelf, SortDirection, SortValue,
};
use ef_domain::shared::{ProductId, Timestamp, Won};
use sha2::{Digest, Sha256};

/// The longest one: that of a list by name, and names have 255 characters.
const MAX_LENGTH: usize = 2_000;

/// What a list is narrowed down to, as a short text. It tells lists apart that somebody mixed up by mistake: whoever forges
/// one sees what he may see anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListMark(String);

impl ListMark {
    /// How much of the print is kept.
    const BYTES: usize = 6;

    /// The mark of the lists with that filter.
    pub fn of(filter: &ProductFilter) -> Self {
        let ProductFilter { category, keyword, status, min_price, max_price, shelf } = filter;
        let mut print = Sha256::new();
        // Each part with its name and its length, so that none runs into the next. What is not asked for leaves no trace:
        // a part that comes one day does not change the marks of lists without it.
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                print.update(format!("{name}:{}:{value};", value.len()));
            }
        };
        add("category", category.clone());
        add("keyword", keyword.clone());
        add("status", status.map(|status| status.name().to_owned()));
        add("minPrice", min_price.map(|price| price.get().to_string()));
        add("maxPrice", max_price.map(|price| price.get().to_string()));
        add("shelf", matches!(shelf, Shelf::Whole).then(|| "whole".to_owned()));
        let print = print.finalize();
        let start: Vec<u8> = print.into_iter().take(Self::BYTES).collect();
        Self(URL_SAFE_NO_PAD.encode(start))
    }
}

/// A place in a list of products.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductCursor {
    /// Behind which product the list goes on.
    pub place: ProductPlace,
    /// Which way the list is sorted.
    pub direction: SortDirection,
    /// How many pages lie in front.
    pub page: u32,
    /// Of which list it is.
    pub list: ListMark,
}

impl ProductCursor {
    /// Behind the last of these products, if there is any.
    pub fn behind(products: &[ProductSummary], order: ProductOrder, page: u32, list: ListMark) -> Option<Self> {
        let place = ProductPlace::of(products.last()?, order);
        Some(Self { place, direction: order.direction, page: page.saturating_add(1), list })
    }

    /// How its list is sorted.
    pub fn order(&self) -> ProductOrder {
        ProductOrder { key: self.place.value.key(), direction: self.direction }
    }

    /// As a text.
    pub fn encode(&self) -> String {
        let direction = match self.direction {
            SortDirection::Ascending => "+",
            SortDirection::Descending => "-",
        };
        let (key, value) = match &self.place.value {
            SortValue::CreatedAt(at) => ("created", at.millis().to_string()),
            SortValue::Price(price) => ("price", price.get().to_string()),
            SortValue::Name(name) => ("name", name.clone()),
            SortValue::Rating(rating) => ("rating", rating.to_string()),
            SortValue::Id => ("id", String::new()),
        };
        URL_SAFE_NO_PAD.encode(format!("{direction}:{key}:{}:{}:{}:{value}", self.page, self.list.0, self.place.id))
    }

    /// From a text that `encode` made; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.splitn(6, ':');
        let direction = match parts.next()? {
            "+" => SortDirection::Ascending,
            "-" => SortDirection::Descending,
            _ => return None,
        };
        let key = parts.next()?;
        let page = parts.next()?.parse().ok()?;
        let list = ListMark(parts.next()?.to_owned());
        let id = ProductId::new(parts.next()?.parse().ok()?);
        let value = sort_value(key, parts.next()?)?;
        Some(Self { place: ProductPlace { value, id }, direction, page, list })
    }
}

fn sort_value(key: &str, value: &str) -> Option<SortValue> {
    Some(match key {
        "created" => SortValue::CreatedAt(Timestamp::from_millis(value.parse().ok()?)?.storable()?),
        "price" => SortValue::Price(Won::try_new(value.parse().ok()?).ok()?),
        "name" => SortValue::Name(Some(value).filter(|name| !name.chars().any(char::is_control))?.to_owned()),
        "rating" => SortValue::Rating(Some(value.parse().ok()?).filter(|rating: &f64| (0.0..=5.0).contains(rating))?),
        "id" => SortValue::Id,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use ef_domain::catalogue::ProductStatus;
    use proptest::prelude::*;

    use super::*;

    fn cursor(value: SortValue) -> ProductCursor {
        let place = ProductPlace { value, id: ProductId::new(42) };
        ProductCursor {
            place,
            direction: SortDirection::Descending,
            page: 3,
            list: ListMark::of(&ProductFilter::default()),
        }
    }

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        for value in [
            SortValue::CreatedAt(Timestamp::from_millis(1_767_582_000_123).unwrap()),
            SortValue::Price(Won::try_new(8_500).unwrap()),
            SortValue::Name("견과: 아몬드 100%".to_owned()),
            SortValue::Rating(4.3),
            SortValue::Id,
        ] {
            let cursor = cursor(value);
            assert_eq!(ProductCursor::parse(&cursor.encode()), Some(cursor));
        }
    }

    #[test]
    fn lists_that_show_something_else_have_other_marks() {
        let all = ProductFilter::default;
        let category = |name: &str| ProductFilter { category: Some(name.to_owned()), ..all() };
        let keyword = |words: &str| ProductFilter { keyword: Some(words.to_owned()), ..all() };
        let (thousand, two_thousand) = (Won::try_new(1_000).unwrap(), Won::try_new(2_000).unwrap());
        let filters = [
            all(),
            category("견과"),
            category("곡물"),
            keyword("견과"),
            keyword("견과;status:9:AVAILABLE"),
            ProductFilter { status: Some(ProductStatus::Available), ..keyword("견과") },
            ProductFilter { min_price: Some(thousand), ..all() },
            ProductFilter { max_price: Some(thousand), ..all() },
            ProductFilter { max_price: Some(two_thousand), ..all() },
            ProductFilter { shelf: Shelf::Whole, ..all() },
        ];
        for (place, filter) in filters.iter().enumerate() {
            let alike = filters.iter().position(|other| ListMark::of(other) == ListMark::of(filter));
            assert_eq!(alike, Some(place));
        }
    }

    /// Cursors outlive the server that gave them: a release must not change them for nothing.
    #[test]
    fn the_mark_of_a_list_stays() {
        assert_eq!(ListMark::of(&ProductFilter::default()).0, "47DEQpj8");
    }

    #[test]
    fn anything_else_is_no_cursor() {
        for text in [
            "-:price:0:m:1:-1",
            "-:price:0:m:1:",
            "-:price:-1:m:1:5",
            "*:price:0:m:1:5",
            "-:stock:0:m:1:5",
            "-:rating:0:m:1:NaN",
            "-:rating:0:m:1:1e300",
            "-:name:0:m:1:a\0b",
            "-:created:0:m:1:99999999999999999",
            "-:created:0:m:1:253402300800000",
            "-:created:0:m:1:-62167219200001",
            "-:id:0:m:x:",
            "-:id",
            "",
        ] {
            assert_eq!(ProductCursor::parse(&URL_SAFE_NO_PAD.encode(text)), None, "{text:?}");
        }
        assert_eq!(ProductCursor::parse("!!"), None);
        assert_eq!(ProductCursor::parse(&"A".repeat(3_000)), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in ".*") {
            let _ = ProductCursor::parse(&text);
            let _ = ProductCursor::parse(&URL_SAFE_NO_PAD.encode(text));
        }
    }
}
