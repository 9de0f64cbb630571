use std::time::Duration;

use ef_domain::notice::OneTimeCode;

use super::*;

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_410_300_000).unwrap()
}

fn reset(code: &str) -> Letter {
    Letter::ResetCode { code: OneTimeCode::parse(code).unwrap(), valid_for: Duration::from_mins(5) }
}

fn every_letter() -> [Letter; 8] {
    let provider = IdentityProvider::Naver;
    [
        reset("012345"),
        Letter::PasswordChanged { at: at() },
        Letter::PasswordReset { at: at() },
        Letter::IdentityLinked { provider, at: at() },
        Letter::IdentityUnlinked { provider, at: at() },
        Letter::AccountClosed { at: at() },
        Letter::SecondFactorEnrolled { at: at() },
        Letter::SecondFactorRemoved { at: at() },
    ]
}

fn rendered(letter: &Letter) -> Rendered {
    Letters::new("https://energy-factory.kr/?a=1&b=2").render(letter)
}

/// Runs of exactly six digits.
fn six_digit_numbers(text: &str) -> Vec<&str> {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.filter(|run| run.len() == 6).collect()
}

/// What a reader sees of a page.
fn seen(html: &str) -> String {
    html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_letter_is_whole_in_both_parts() {
    for letter in every_letter() {
        let Rendered { subject, text, html } = rendered(&letter);
        assert!(subject.starts_with("[에너지팩토리] ") && !subject.contains('\n'), "{subject}");
        for part in [&text, &html] {
            assert!(!part.contains("{{") && !part.contains("}}"), "{}: {part}", letter.kind());
            assert!(part.contains("본인이"), "{} says what to do if it was somebody else", letter.kind());
        }
        assert!(html.contains("href=\"https://energy-factory.kr/?a=1&amp;b=2\""));
        assert!(text.contains("https://energy-factory.kr/?a=1&b=2"));
        assert!(text.lines().all(|line| line.chars().count() < 200), "a line is too long for a plain reader");
    }
}

#[test]
fn the_code_stands_alone_on_its_line_and_is_the_only_number_of_its_kind() {
    let Rendered { subject, text, html } = rendered(&reset("012345"));
    assert_eq!(text.lines().filter(|line| *line == "012345").count(), 1);
    assert_eq!(six_digit_numbers(&text), ["012345"]);
    assert_eq!(six_digit_numbers(&seen(&html)), ["012345"]);
    assert!(six_digit_numbers(&subject).is_empty(), "a locked screen shows the subject");
    assert!(text.contains("5분 동안만"));
}

#[test]
fn letters_without_a_code_have_no_number_like_one() {
    for letter in &every_letter()[1..] {
        let Rendered { subject, text, html } = rendered(letter);
        for part in [&subject, &text, &seen(&html)] {
            assert!(six_digit_numbers(part).is_empty(), "{part}");
        }
        assert!(text.contains("2026년 11월 23일 14시 05분") && html.contains("2026년 11월 23일 14시 05분"));
    }
}

#[test]
fn a_linked_log_in_is_called_by_its_name() {
    let letter = Letter::IdentityLinked { provider: IdentityProvider::Naver, at: at() };
    assert!(rendered(&letter).text.contains("네이버 로그인으로도"));
}

#[test]
fn a_reset_tells_what_became_of_devices_and_of_the_naver_log_in() {
    let Rendered { text, html, .. } = rendered(&Letter::PasswordReset { at: at() });
    for part in [text, seen(&html)] {
        for told in
            ["인증번호", "모든 기기에서 로그아웃", "네이버 로그인이 연결되어 있었다면", "마이페이지에서 다시 연결"]
        {
            assert!(part.contains(told), "{told}: {part}");
        }
    }
}
