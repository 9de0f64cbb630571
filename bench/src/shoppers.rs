//! Those who buy: accounts opened over HTTP, like anybody's.

use std::net::SocketAddr;
use std::ops::Range;

use serde_json::{Value as Json, json};

use crate::Outcome;
use crate::http::{Connection, post};

/// The password of all of them.
pub const PASSWORD: &str = "Almond-2025!";

/// Somebody with an account and a session.
#[derive(Clone, Debug)]
pub struct Shopper {
    /// The account.
    pub user: i64,
    /// Its address.
    pub email: String,
    /// What a browser sends along.
    pub cookie: String,
}

/// Opens an account for each of these numbers.
pub async fn sign_up(server: SocketAddr, numbers: Range<usize>) -> Outcome<Vec<Shopper>> {
    let mut connection = Connection::open(server).await?;
    let mut shoppers = Vec::new();
    for number in numbers {
        let email = format!("bench-{number}@example.com");
        let body = json!({
            "name": "김에너지",
            "email": email,
            "password": PASSWORD,
            "phoneNumber": format!("010-9000-{number:04}"),
            "birthDate": "1990-01-01",
            "address": "서울특별시 강남구 테헤란로 152",
        });
        let status = connection.exchange(&post("/api/users/signup", None, &body)).await?;
        let answer = String::from_utf8_lossy(connection.body()).into_owned();
        let parsed: Json = serde_json::from_str(&answer).unwrap_or_default();
        let (Some(user), Some(cookie)) = (parsed.pointer("/data/id").and_then(Json::as_i64), cookie(connection.head()))
        else {
            return Err(format!("signing up was answered with {status}: {answer}").into());
        };
        shoppers.push(Shopper { user, email, cookie });
    }
    Ok(shoppers)
}

/// `accessToken=...` from the head of an answer.
fn cookie(head: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let first = value.split(';').next().unwrap_or_default().trim();
        (name.eq_ignore_ascii_case("set-cookie") && first.starts_with("accessToken=")).then(|| first.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::cookie;

    #[test]
    fn only_the_access_token_is_sent_along() {
        let head = "HTTP/1.1 201 Created\r\nset-cookie: refreshToken=r; HttpOnly\r\nSet-Cookie: accessToken=a.b.c; Path=/\r\n\r\n";
        assert_eq!(cookie(head).as_deref(), Some("accessToken=a.b.c"));
        assert_eq!(cookie("HTTP/1.1 200 OK\r\n\r\n"), None);
    }
}
