//! The one room of this tool that reads the environment.

/// The variable's value, unless it is absent, empty or not text.
pub fn read(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the server's configuration does not concern this tool")]
    let value = std::env::var(name);
    value.ok().filter(|text| !text.is_empty())
}
