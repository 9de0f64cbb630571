//! From where a request comes: what limits count, and what a session is recognised by.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpRequest, web};
use ef_domain::account::{Caller, Device};
use ef_domain::shared::ClientAddress;

use super::code::ErrorCode;
use super::error::ApiError;
use super::settings::HttpSettings;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// From where the request comes.
#[derive(Clone, Debug)]
pub struct Calling(pub Caller);

impl FromRequest for Calling {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let settings = request.app_data::<web::Data<HttpSettings>>().ok_or_else(|| ApiError::new(ErrorCode::Internal));
        ready(settings.map(|settings| {
            let agent = request.headers().get(header::USER_AGENT);
            // What is no UTF-8 is no description that anybody would recognise.
            let device = Device::new(agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default());
            Self(Caller { address: client_address(request, settings.proxies), device })
        }))
    }
}

fn client_address(request: &HttpRequest, proxies: usize) -> ClientAddress {
    // A connection without an address is none of the network; whoever uses such counts as one.
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    ClientAddress::new(forwarded(request.headers(), proxies).unwrap_or(peer))
}

/// What the outermost of that many proxies of our own saw; `None` where none of them tells.
///
/// Each proxy appends the address that it was called from. So the last entry is the nearest proxy's, the one before it
/// the next one's, and what stands further left the client wrote itself. Where an entry is missing or is no address, a
/// proxy is not set up as it was said: then the entry of a nearer one decides. It may be another proxy's address, which
/// limits many as one; but no client chooses it.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all(FORWARDED_FOR).map(|line| line.to_str().unwrap_or_default());
    let entries: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let ours = entries.get(entries.len().saturating_sub(proxies)..)?;
    ours.iter().find_map(|entry| address(entry))
}

/// The address of an entry; some proxies write its port behind it.
fn address(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse().ok().map(|address: SocketAddr| address.ip());
    entry.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn seen(proxies: usize, lines: &[&str]) -> String {
        let request = TestRequest::default().peer_addr(SocketAddr::from(([192, 0, 2, 1], 4000)));
        let request = lines.iter().fold(request, |request, line| request.append_header((FORWARDED_FOR, *line)));
        client_address(&request.to_http_request(), proxies).to_string()
    }

    #[test]
    fn without_proxies_the_connection_decides_whatever_its_client_says() {
        assert_eq!(seen(0, &[]), "192.0.2.1");
        assert_eq!(seen(0, &["10.0.0.1", "10.0.0.2"]), "192.0.2.1");
    }

    #[test]
    fn a_client_cannot_write_in_front_of_what_our_proxies_saw() {
        assert_eq!(seen(1, &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(seen(1, &["1.1.1.1, 2.2.2.2, 203.0.113.7"]), "203.0.113.7");
        assert_eq!(seen(1, &["1.1.1.1", "2.2.2.2,203.0.113.7"]), "203.0.113.7");
        assert_eq!(seen(2, &["1.1.1.1, 203.0.113.7", "10.0.0.5"]), "203.0.113.7");
        assert_eq!(seen(1, &["[2001:db8:1:2::9]:4711"]), seen(1, &["2001:db8:1:2::1"]));
        assert_eq!(seen(1, &["203.0.113.7:4711"]), "203.0.113.7");
    }

    #[test]
    fn where_a_proxy_does_not_tell_a_nearer_one_decides() {
        assert_eq!(seen(1, &[]), "192.0.2.1");
        assert_eq!(seen(3, &["203.0.113.7, 10.0.0.5"]), "203.0.113.7");
        assert_eq!(seen(2, &["1.1.1.1, unknown, 10.0.0.5"]), "10.0.0.5");
        for rubbish in ["", "unknown", "1.1.1.1;", "_hidden", "999.1.1.1"] {
            assert_eq!(seen(1, &["1.1.1.1", rubbish]), "192.0.2.1", "{rubbish:?}");
        }
    }

    #[actix_web::test]
    async fn a_device_is_what_it_calls_itself() {
        let device = |request: TestRequest| async {
            let request = request.app_data(web::Data::new(HttpSettings::for_tests())).to_http_request();
            Calling::extract(&request).await.unwrap().0.device.as_str().to_owned()
        };
        assert_eq!(device(TestRequest::default().insert_header(("User-Agent", "Firefox"))).await, "Firefox");
        assert_eq!(device(TestRequest::default()).await, "");
    }
}
