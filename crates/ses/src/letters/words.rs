//! Moments, spans and amounts as people in Korea say them.

use std::time::Duration;

use chrono::{Datelike, TimeDelta, Timelike};
use ef_domain::shared::{Timestamp, Won};

/// Korea is nine hours ahead of UTC and changes no clocks.
const AHEAD: TimeDelta = TimeDelta::hours(9);

/// `2026년 11월 23일 14시 05분`
pub(super) fn korean_time(at: Timestamp) -> String {
    let utc = at.to_utc().naive_utc();
    let local = utc.checked_add_signed(AHEAD).unwrap_or(utc);
    let (hour, minute) = (local.hour(), local.minute());
    format!("{}년 {}월 {}일 {hour:02}시 {minute:02}분", local.year(), local.month(), local.day())
}

/// `17,000원`
pub(super) fn won(amount: Won) -> String {
    let digits = amount.get().to_string();
    let mut told = String::with_capacity(digits.len() * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told.push('원');
    told
}

/// Somebody's words on one line, whatever was in them: a line of ours ends where we end it.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `5분`, and never more than it is.
pub(super) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    if seconds < 60 { format!("{seconds}초") } else { format!("{}분", seconds / 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_the_clock_in_seoul_shows_it() {
        let at = |millis| korean_time(Timestamp::from_millis(millis).unwrap());
        assert_eq!(at(1_795_410_359_999), "2026년 11월 23일 14시 05분");
        assert_eq!(at(1_798_729_200_000), "2027년 1월 1일 00시 00분");
    }

    #[test]
    fn an_amount_is_told_in_thousands() {
        let told = |amount| won(Won::try_new(amount).unwrap());
        assert_eq!([0, 900, 17_000, 1_234_567].map(told), ["0원", "900원", "17,000원", "1,234,567원"]);
    }

    #[test]
    fn nobodys_words_end_a_line_of_ours() {
        assert_eq!(one_line(" 김\r\n123456\u{2028}\n건강\t님\0 "), "김 123456 건강 님");
    }

    #[test]
    fn a_span_promises_nothing() {
        let spans = [(300, "5분"), (599, "9분"), (60, "1분"), (59, "59초")];
        for (seconds, told) in spans {
            assert_eq!(span(Duration::from_secs(seconds)), told);
        }
    }
}
