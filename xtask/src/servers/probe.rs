//! Asking a server who it is, with nothing but a socket.
//!
//! MySQL introduces itself in its first packet, Redis answers `INFO server`; so no client program is needed, and the same
//! question tells that a server is ready.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, ToSocketAddrs as _};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::shell::Outcome;
use crate::watchdog::Watchdog;

const PATIENCE: Duration = Duration::from_secs(2);
/// A cold Docker image initialises its database first, and two cores may be busy compiling.
const START_LIMIT: Duration = Duration::from_mins(3);

/// A port on which nobody listened a moment ago. It lies below the range out of which systems give ports to outgoing
/// connections: a server takes a second to bind, and a busy test run opens many connections in a second.
pub fn free_port() -> Outcome<u16> {
    const FIRST: u32 = 20_000;
    const COUNT: u32 = 10_000;
    let start = std::process::id().wrapping_mul(7);
    (0..COUNT)
        .filter_map(|step| u16::try_from(FIRST + start.wrapping_add(step) % COUNT).ok())
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .ok_or_else(|| "no free port on 127.0.0.1 between 20000 and 30000".to_owned())
}

/// Waits until `ask` gets an answer, or the server gives up.
pub fn wait_until_ready(watchdog: &Watchdog, what: &str, ask: impl Fn() -> Outcome<String>) -> Outcome<String> {
    let started = Instant::now();
    loop {
        let problem = match ask() {
            Ok(answer) => return Ok(answer),
            Err(problem) => problem,
        };
        if watchdog.has_exited() {
            return Err(format!("{what} gave up while starting:\n{}", watchdog.log()));
        }
        if started.elapsed() > START_LIMIT {
            return Err(format!("{what} did not answer within {START_LIMIT:?} ({problem}):\n{}", watchdog.log()));
        }
        sleep(Duration::from_millis(50));
    }
}

/// `MySQL 8.0.43`, or a complaint if it is something else.
pub fn mysql_version(url: &str) -> Outcome<String> {
    let mut socket = connect(&Address::parse(url, 3306)?)?;
    let mut header = [0_u8; 4];
    let body = read_exactly(&mut socket, &mut header).and_then(|()| {
        let [low, middle, high, _sequence] = header;
        let length = u32::from_le_bytes([low, middle, high, 0]);
        let mut body = vec![0_u8; usize::try_from(length).unwrap_or(0).min(4096)];
        read_exactly(&mut socket, &mut body).map(|()| body)
    })?;
    // Protocol version 10, then the version as a text that ends with a zero byte.
    let Some((10, rest)) = body.split_first() else {
        return Err("the first packet is not a MySQL greeting".to_owned());
    };
    let text: Vec<u8> = rest.iter().copied().take_while(|byte| *byte != 0).collect();
    let version = String::from_utf8_lossy(&text).into_owned();
    if version.contains("MariaDB") {
        return Err(format!("this is MariaDB ({version}); the tests need MySQL 8.0 or later, by Oracle"));
    }
    let number: String = version.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
    Ok(format!("MySQL {number}"))
}

/// `Redis 7.2.5`, or `Valkey 8.0.1, as Redis 7.2.4`.
pub fn redis_version(url: &str) -> Outcome<String> {
    let address = Address::parse(url, 6379)?;
    let mut socket = connect(&address)?;
    let login = match (&address.user, &address.password) {
        (Some(user), Some(password)) => format!("AUTH {user} {password}\r\n"),
        (None, Some(password)) => format!("AUTH {password}\r\n"),
        _ => String::new(),
    };
    let question = format!("{login}INFO server\r\nQUIT\r\n");
    socket.write_all(question.as_bytes()).map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).map_err(|error| error.to_string())?;
    let answer = String::from_utf8_lossy(&answer);
    let field = |name: &str| answer.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    match (field("valkey_version:"), field("redis_version:")) {
        (Some(valkey), Some(redis)) => Ok(format!("Valkey {valkey}, as Redis {redis}")),
        (None, Some(redis)) => Ok(format!("Redis {redis}")),
        _ => Err(format!("no Redis version in its answer: {}", answer.lines().next().unwrap_or("nothing"))),
    }
}

/// An address fit to be printed.
pub fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((before, host))) if before.matches(':').count() > 1 => {
            format!("{scheme}://...@{host}")
        }
        _ => url.to_owned(),
    }
}

struct Address {
    host_and_port: String,
    user: Option<String>,
    password: Option<String>,
}

impl Address {
    fn parse(url: &str, default_port: u16) -> Outcome<Self> {
        let (_, rest) = url.split_once("://").ok_or_else(|| format!("`{url}` is not an address with a scheme"))?;
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let host_and_port = if has_port { host.to_owned() } else { format!("{host}:{default_port}") };
        Ok(Self { host_and_port, user: filled(user), password: filled(password) })
    }
}

fn connect(address: &Address) -> Outcome<TcpStream> {
    let name = &address.host_and_port;
    let unreachable = |error: std::io::Error| format!("{name}: {error}");
    let found = name.to_socket_addrs().map_err(unreachable)?;
    let mut problem = format!("{name} has no address");
    for target in found {
        match TcpStream::connect_timeout(&target, PATIENCE) {
            Ok(socket) => {
                socket.set_read_timeout(Some(PATIENCE)).map_err(unreachable)?;
                return Ok(socket);
            }
            Err(error) => problem = unreachable(error),
        }
    }
    Err(problem)
}

fn read_exactly(socket: &mut TcpStream, buffer: &mut [u8]) -> Outcome {
    socket.read_exact(buffer).map_err(|error| format!("no greeting: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_falls_apart_into_host_port_and_login() {
        let address = Address::parse("redis://:secret@cache.example/3", 6379).unwrap();
        assert_eq!(address.host_and_port, "cache.example:6379");
        assert_eq!((address.user, address.password.as_deref()), (None, Some("secret")));

        let address = Address::parse("mysql://root@127.0.0.1:4000", 3306).unwrap();
        assert_eq!(address.host_and_port, "127.0.0.1:4000");
        assert_eq!((address.user.as_deref(), address.password), (Some("root"), None));
    }

    #[test]
    fn a_printed_address_shows_no_password() {
        assert_eq!(without_password("mysql://root:secret@db:3306"), "mysql://...@db:3306");
        assert_eq!(without_password("mysql://root@127.0.0.1:3306"), "mysql://root@127.0.0.1:3306");
        assert_eq!(without_password("redis://127.0.0.1:6379"), "redis://127.0.0.1:6379");
    }
}
