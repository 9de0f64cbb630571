//! Query strings: lenient about pages, strict about everything that changes what is found.

use std::fmt;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use ef_domain::catalogue::{ProductOrder, SortDirection, SortKey};
use ef_domain::shared::{FieldErrors, Page, PageRequest, Stretch};
use serde::Serialize;
use utoipa::ToSchema;

use super::cursor::{ListMark, ProductCursor};
use super::error::ApiError;
use super::field::composed;

/// What a search text may have at most; longer ones are no search and make a database work for nothing.
pub const MAX_TEXT: usize = 100;

/// The parameters of a query string, decoded, in their order.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl FromRequest for Query {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        ready(
            pairs
                .map(|pairs| Self(pairs.into_inner()))
                .map_err(|_| ApiError::invalid("주소의 조건을 읽을 수 없습니다.")),
        )
    }
}

impl Query {
    /// The first value of a parameter, even if it is empty.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a parameter, trimmed; an empty one counts as absent.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.given(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// A text to look for, its letters composed as those of the shelf are.
    pub fn text(&self, name: &str, errors: &mut FieldErrors) -> Option<String> {
        Some(looked_for(name, self.value(name)?, errors))
    }

    /// What `parse` makes of a parameter, if it is there.
    pub fn parsed<T, E: fmt::Display>(
        &self,
        name: &str,
        errors: &mut FieldErrors,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.value(name).and_then(|text| errors.keep(name, parse(text)))
    }

    /// The page: whatever is no page number is the first page, whatever is no size is `default_size`.
    pub fn page(&self, default_size: u32) -> PageRequest {
        let number = self.value("page").and_then(|page| page.parse().ok()).unwrap_or_default();
        let size = self.value("size").map(str::parse::<i64>);
        let size = match size {
            Some(Ok(size @ 1..)) => u32::try_from(size).unwrap_or(u32::MAX),
            Some(_) | None => default_size,
        };
        PageRequest::new(number, size)
    }

    /// How a list of products is sorted: `property[,asc|desc]`. Repeats after the first are checked and, as every order
    /// is total already, change nothing.
    pub fn product_order(&self, errors: &mut FieldErrors) -> ProductOrder {
        let wishes = self.0.iter().filter(|(name, value)| name == "sort" && !value.trim().is_empty());
        let orders: Vec<_> = wishes.filter_map(|(name, wish)| errors.keep(name, parse_order(wish))).collect();
        orders.first().copied().unwrap_or(ProductOrder::NEWEST_FIRST)
    }

    /// From where a list of products goes on, if it is not the first look at it. A list that is sorted in another way, or
    /// narrowed down to something else, has no such place.
    pub fn product_cursor(
        &self,
        order: ProductOrder,
        list: &ListMark,
        errors: &mut FieldErrors,
    ) -> Option<ProductCursor> {
        let is_sorted = self.value("sort").is_some();
        self.parsed("cursor", errors, |text| match ProductCursor::parse(text) {
            Some(cursor) if cursor.list != *list => Err("조건을 바꾸면 처음부터 다시 조회해야 합니다."),
            Some(cursor) if !is_sorted || cursor.order() == order => Ok(cursor),
            Some(_) => Err("정렬을 바꾸면 처음부터 다시 조회해야 합니다."),
            None => Err("앞선 응답의 nextCursor 값이어야 합니다."),
        })
    }
}

/// A text to look for, wherever it was given.
pub fn looked_for(name: &str, text: &str, errors: &mut FieldErrors) -> String {
    if text.chars().count() > MAX_TEXT {
        errors.add(name, format!("{MAX_TEXT}자를 넘을 수 없습니다."));
    } else if text.chars().any(char::is_control) {
        // A database that reads up to the first NUL would look for nothing and find everything.
        errors.add(name, "사용할 수 없는 문자가 들어 있습니다.");
    }
    composed(text)
}

fn parse_order(wish: &str) -> Result<ProductOrder, &'static str> {
    let (property, direction) = wish.split_once(',').unwrap_or((wish, "asc"));
    let key = match property.trim() {
        "createdAt" => SortKey::CreatedAt,
        "price" => SortKey::Price,
        "name" => SortKey::Name,
        "averageRating" => SortKey::Rating,
        "id" => SortKey::Id,
        _ => return Err("createdAt, price, name, averageRating, id 중 하나여야 합니다."),
    };
    let direction = match direction.trim().to_ascii_lowercase().as_str() {
        "asc" => SortDirection::Ascending,
        "desc" => SortDirection::Descending,
        _ => return Err("정렬 방향은 asc 또는 desc여야 합니다."),
    };
    Ok(ProductOrder { key, direction })
}

/// Where a page stands in its list.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    current_page: u32,
    page_size: u32,
    total_elements: u64,
    total_pages: u64,
    first: bool,
    last: bool,
    /// Where the list goes on: the `cursor` of the next request. Lists that go by pages alone have none, nor has a last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl PageInfo {
    /// Where that page stands.
    pub fn of<T>(page: &Page<T>) -> Self {
        Self {
            current_page: page.request.number(),
            page_size: page.request.size(),
            total_elements: page.total,
            total_pages: page.total_pages(),
            first: page.is_first(),
            last: page.is_last(),
            next_cursor: None,
        }
    }

    /// Where those rows stand that lie behind a cursor.
    pub fn behind<T>(page: u32, size: u32, stretch: &Stretch<T>) -> Self {
        Self {
            current_page: page,
            page_size: size,
            total_elements: stretch.total,
            total_pages: stretch.total.div_ceil(u64::from(size.max(1))),
            first: false,
            last: stretch.is_last,
            next_cursor: None,
        }
    }

    /// The same, and where the list goes on, if it does.
    #[must_use]
    pub fn leading_to(mut self, cursor: Option<&ProductCursor>) -> Self {
        self.next_cursor = cursor.filter(|_| !self.last).map(ProductCursor::encode);
        self
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn query(text: &str) -> Query {
        let request = TestRequest::with_uri(&format!("/x?{text}")).to_http_request();
        Query::from_request(&request, &mut Payload::None).into_inner().unwrap()
    }

    #[test]
    fn any_page_is_a_page() {
        let page = |text| {
            let page = query(text).page(20);
            (page.number(), page.size())
        };
        for text in ["", "page=-1", "page=x&size=x", "page=&size=", "size=0", "size=-3", "page=1.5", "page=99999999999"]
        {
            assert_eq!(page(text), (0, 20), "{text}");
        }
        assert_eq!(page("page=3&size=8"), (3, 8));
        assert_eq!(page("size=5000"), (0, 100));
        assert_eq!(page("size=99999999999"), (0, 100));
    }

    #[test]
    fn sorting_knows_five_properties_and_two_directions() {
        let order = |text| {
            let mut errors = FieldErrors::new();
            let order = query(text).product_order(&mut errors);
            errors.is_empty().then_some((order.key, order.direction))
        };
        assert_eq!(order(""), Some((SortKey::CreatedAt, SortDirection::Descending)));
        assert_eq!(order("sort="), Some((SortKey::CreatedAt, SortDirection::Descending)));
        assert_eq!(order("sort=price"), Some((SortKey::Price, SortDirection::Ascending)));
        assert_eq!(order("sort=price%2CDESC&sort=id"), Some((SortKey::Price, SortDirection::Descending)));
        for text in ["sort=password", "sort=price,up", "sort=price,desc,x", "sort=price&sort=1=1", "sort=,"] {
            assert_eq!(order(text), None, "{text}");
        }
    }

    #[test]
    fn an_empty_list_is_first_and_last() {
        let page = Page::<()> { rows: Vec::new(), request: PageRequest::new(0, 8), total: 0 };
        let info = PageInfo::of(&page);
        assert_eq!((info.total_pages, info.first, info.last), (0, true, true));
    }
}
