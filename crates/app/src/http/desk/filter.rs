//! Which orders an administrator looks for.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, Utc};
use ef_domain::order::{DeskFilter, DeskOrder, OrderKeyword, OrderStatus, PaymentStatus};
use ef_domain::shared::{FieldErrors, Timestamp, UserId};

use super::super::orders::{NO_PAYMENT_STATUS, NO_STATUS};
use super::super::query::Query;
use super::super::view::korean_time;

const NO_MOMENT: &str = "2026-01-31 같은 날짜이거나 2026-01-31T09:00:00Z 같은 시각이어야 합니다.";

/// What the query string asks for.
pub(super) fn filter(query: &Query, errors: &mut FieldErrors) -> DeskFilter {
    let keyword = query.text("keyword", errors);
    DeskFilter {
        status: query.parsed("status", errors, |text| OrderStatus::parse(text).ok_or(NO_STATUS)),
        payment_status: query
            .parsed("paymentStatus", errors, |text| PaymentStatus::parse(text).ok_or(NO_PAYMENT_STATUS)),
        placed_from: query.parsed("from", errors, |text| moment(text, Edge::Begin)),
        placed_before: query.parsed("to", errors, |text| moment(text, Edge::End)),
        buyer: query.parsed("buyer", errors, |text| text.parse().map(UserId::new).map_err(|_| "숫자여야 합니다.")),
        keyword: keyword.as_deref().and_then(OrderKeyword::parse),
    }
}

/// How the list is sorted: `createdAt[,asc|desc]`, the latest first unless somebody asks.
pub(super) fn sorting(query: &Query, errors: &mut FieldErrors) -> DeskOrder {
    let order = query.parsed("sort", errors, |text| {
        let (property, direction) = text.split_once(',').unwrap_or((text, "asc"));
        match (property.trim(), direction.trim().to_ascii_lowercase().as_str()) {
            ("createdAt", "asc") => Ok(DeskOrder::OldestFirst),
            ("createdAt", "desc") => Ok(DeskOrder::NewestFirst),
            _ => Err("createdAt,asc 또는 createdAt,desc여야 합니다."),
        }
    });
    order.unwrap_or_default()
}

/// The first moment of the Korean day in which that moment lies.
pub(super) fn korean_midnight(at: Timestamp) -> Timestamp {
    let time = korean_time(at);
    begin_of(time.date_naive(), *time.offset()).unwrap_or(at)
}

/// Which end of a day a date stands for.
#[derive(Clone, Copy)]
enum Edge {
    Begin,
    End,
}

/// A day is one in Korea, and both days of a range belong to it; a moment is one anywhere, and the second one does not.
fn moment(text: &str, edge: Edge) -> Result<Timestamp, &'static str> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Timestamp::new(at.with_timezone(&Utc)).storable().ok_or(NO_MOMENT);
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| NO_MOMENT)?;
    let day = match edge {
        Edge::Begin => Some(day),
        Edge::End => day.checked_add_days(Days::new(1)),
    };
    let korea = *korean_time(Timestamp::new(DateTime::UNIX_EPOCH)).offset();
    day.and_then(|day| begin_of(day, korea)).and_then(Timestamp::storable).ok_or(NO_MOMENT)
}

fn begin_of(day: NaiveDate, zone: FixedOffset) -> Option<Timestamp> {
    let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(zone).single()?;
    Some(Timestamp::new(midnight.with_timezone(&Utc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(from: &str, to: &str) -> (Result<String, &'static str>, Result<String, &'static str>) {
        let text = |at: Timestamp| at.to_string();
        (moment(from, Edge::Begin).map(text), moment(to, Edge::End).map(text))
    }

    #[test]
    fn days_are_korean_and_both_belong_to_the_range() {
        let wanted = (Ok("2026-01-30T15:00:00.000Z".to_owned()), Ok("2026-01-31T15:00:00.000Z".to_owned()));
        assert_eq!(moments("2026-01-31", "2026-01-31"), wanted);
    }

    #[test]
    fn moments_are_taken_as_they_are() {
        let wanted = (Ok("2026-01-31T00:00:00.000Z".to_owned()), Ok("2026-01-31T01:00:00.500Z".to_owned()));
        assert_eq!(moments("2026-01-31T09:00:00+09:00", "2026-01-31T01:00:00.5Z"), wanted);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["2026-02-30", "31.01.2026", "today", "2026-01-31T09:00:00", "1"] {
            assert_eq!(moments(text, text), (Err(NO_MOMENT), Err(NO_MOMENT)), "{text}");
        }
    }

    #[test]
    fn a_day_that_no_store_can_hold_is_refused() {
        for text in ["0000-01-01", "+12000-01-01", "-0001-01-01", "+262142-12-31", "0000-01-01T00:00:00Z"] {
            assert_eq!(moments(text, text), (Err(NO_MOMENT), Err(NO_MOMENT)), "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_fifteen_hours_of_the_day_before_in_utc() {
        let at = |text: &str| Timestamp::new(DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc));
        assert_eq!(korean_midnight(at("2026-01-31T14:59:59Z")), at("2026-01-30T15:00:00Z"));
        assert_eq!(korean_midnight(at("2026-01-31T15:00:00Z")), at("2026-01-31T15:00:00Z"));
    }
}
