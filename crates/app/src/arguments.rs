//! What the program is asked to do.

use std::ffi::OsString;

use ef_domain::account::Email;
use ef_domain::shared::required_text;
use lexopt::prelude::*;
use thiserror::Error;

/// The most characters of a name.
const MAX_NAME: usize = 100;
/// What pages call an administrator for whom nobody chose a name.
const DEFAULT_NAME: &str = "관리자";

/// What `energy-factory --help` says.
pub const USAGE: &str = "\
Runs the shop, or changes who runs it.

Usage:
  energy-factory                  run the server
  energy-factory admin COMMAND    appoint or dismiss administrators; `admin --help` lists the commands

Options:
  -h, --help       this text
  -V, --version    the version

Everything else is configuration: environment variables such as EF__HTTP__LISTEN, or the file that EF_CONFIG_FILE names.
Exit codes: 0 done, 1 not done, 2 the arguments or the configuration cannot be used.";

/// What `energy-factory admin --help` says.
pub const ADMIN_USAGE: &str = "\
Changes who runs the shop. Reads the same configuration as the server, which may be running or not.

Usage:
  energy-factory admin create --email ADDRESS [--name NAME] < PASSWORD
                                                      open an administrator's account; its password is the first line
                                                      of the standard input
  energy-factory admin grant --email ADDRESS          make an account an administrator's
  energy-factory admin revoke --email ADDRESS         make it a shopper's again
  energy-factory admin reset-second-factor --email ADDRESS
                                                      for whoever lost both authenticator and recovery codes

Options:
  -h, --help       this text

Whoever gets or loses the role or the second factor is signed out everywhere.
Exit codes: 0 done, 1 not done, 2 the arguments or the configuration cannot be used.";

/// What the program is asked to do.
#[derive(Debug)]
pub enum Invocation {
    /// Run the server.
    Serve,
    /// Print this.
    Print(String),
    /// Change who runs the shop.
    Admin(AdminCommand),
}

/// A change of who runs the shop.
#[derive(Clone, Debug)]
pub enum AdminCommand {
    /// Open an account. Its password comes over the standard input.
    Create {
        /// With what he signs in.
        email: Email,
        /// What pages call him.
        name: String,
    },
    /// Give an account the role.
    Grant {
        /// Which.
        email: Email,
    },
    /// Take it away.
    Revoke {
        /// From which.
        email: Email,
    },
    /// Remove a second factor that was lost.
    ResetSecondFactor {
        /// Whose.
        email: Email,
    },
}

/// The arguments say nothing that can be done.
#[derive(Debug, Error)]
#[error("{what}\n\n{usage}")]
pub struct UsageError {
    what: String,
    usage: &'static str,
}

impl UsageError {
    fn of(usage: &'static str, what: impl Into<String>) -> Self {
        Self { what: what.into(), usage }
    }
}

/// What these arguments, without the program's name, ask for.
///
/// # Errors
/// [`UsageError`] with what is wrong, and how it goes.
pub fn parse(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Invocation, UsageError> {
    let wrong = |what: lexopt::Error| UsageError::of(USAGE, what.to_string());
    let mut parser = lexopt::Parser::from_args(arguments);
    match parser.next().map_err(wrong)? {
        None => Ok(Invocation::Serve),
        Some(Short('h') | Long("help")) => alone(&mut parser, USAGE.to_owned()),
        Some(Short('V') | Long("version")) => {
            alone(&mut parser, format!("energy-factory {}", env!("CARGO_PKG_VERSION")))
        }
        Some(Value(command)) if command == "admin" => admin(&mut parser),
        Some(other) => Err(wrong(other.unexpected())),
    }
}

/// The text, if nothing else was asked for.
fn alone(parser: &mut lexopt::Parser, text: String) -> Result<Invocation, UsageError> {
    match parser.next() {
        Ok(None) => Ok(Invocation::Print(text)),
        Ok(Some(other)) => Err(UsageError::of(USAGE, other.unexpected().to_string())),
        Err(error) => Err(UsageError::of(USAGE, error.to_string())),
    }
}

fn admin(parser: &mut lexopt::Parser) -> Result<Invocation, UsageError> {
    let wrong = |what: String| UsageError::of(ADMIN_USAGE, what);
    let (mut command, mut email, mut name) = (None, None, None);
    while let Some(argument) = parser.next().map_err(|error| wrong(error.to_string()))? {
        match argument {
            Short('h') | Long("help") => return Ok(Invocation::Print(ADMIN_USAGE.to_owned())),
            Long("email") if email.is_none() => email = Some(text(parser).map_err(wrong)?),
            Long("name") if name.is_none() => name = Some(text(parser).map_err(wrong)?),
            Value(value) if command.is_none() => command = Some(value),
            other => return Err(wrong(other.unexpected().to_string())),
        }
    }
    let command = command.ok_or_else(|| wrong("no command is given".to_owned()))?;
    let email = email.ok_or_else(|| wrong("--email is missing".to_owned()))?;
    let email = Email::parse(&email).map_err(|_| wrong(format!("{email:?} is no e-mail address")))?;
    let command = match (command.to_str(), name) {
        (Some("create"), name) => {
            let name = required_text(name.as_deref().unwrap_or(DEFAULT_NAME), MAX_NAME);
            let name = name.map_err(|_| wrong(format!("--name must have 1 to {MAX_NAME} characters")))?;
            AdminCommand::Create { email, name }
        }
        (Some("grant"), None) => AdminCommand::Grant { email },
        (Some("revoke"), None) => AdminCommand::Revoke { email },
        (Some("reset-second-factor"), None) => AdminCommand::ResetSecondFactor { email },
        (Some("grant" | "revoke" | "reset-second-factor"), Some(_)) => {
            return Err(wrong("--name is for `create` only".to_owned()));
        }
        _ => return Err(wrong(format!("there is no command {}", command.display()))),
    };
    Ok(Invocation::Admin(command))
}

fn text(parser: &mut lexopt::Parser) -> Result<String, String> {
    let value = parser.value().map_err(|error| error.to_string())?;
    value.into_string().map_err(|_| "an argument is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Invocation, String> {
        parse(line.split_whitespace()).map_err(|error| error.to_string())
    }

    #[test]
    fn without_arguments_the_server_runs() {
        assert!(matches!(parsed(""), Ok(Invocation::Serve)));
    }

    #[test]
    fn every_command_is_understood() {
        let Ok(Invocation::Admin(AdminCommand::Create { email, name })) =
            parsed("admin create --email a@b.kr --name=N")
        else {
            panic!("no create")
        };
        assert_eq!((email.as_str(), name.as_str()), ("a@b.kr", "N"));
        let unnamed = parsed("admin --email a@b.kr create");
        assert!(matches!(unnamed, Ok(Invocation::Admin(AdminCommand::Create { name, .. })) if name == DEFAULT_NAME));
        let grant = parsed("admin grant --email a@b.kr");
        assert!(matches!(grant, Ok(Invocation::Admin(AdminCommand::Grant { .. }))), "{grant:?}");
        let revoke = parsed("admin revoke --email=a@b.kr");
        assert!(matches!(revoke, Ok(Invocation::Admin(AdminCommand::Revoke { .. }))), "{revoke:?}");
        let reset = parsed("admin reset-second-factor --email a@b.kr");
        assert!(matches!(reset, Ok(Invocation::Admin(AdminCommand::ResetSecondFactor { .. }))), "{reset:?}");
    }

    #[test]
    fn help_is_given_wherever_it_is_asked_for() {
        for (line, text) in
            [("--help", USAGE), ("-h", USAGE), ("admin --help", ADMIN_USAGE), ("admin create -h", ADMIN_USAGE)]
        {
            assert!(matches!(parsed(line), Ok(Invocation::Print(printed)) if printed == text), "{line}");
        }
        assert!(matches!(parsed("-V"), Ok(Invocation::Print(version)) if version.starts_with("energy-factory 0.")));
    }

    #[test]
    fn whatever_is_unknown_is_named_and_explained() {
        for (line, what) in [
            ("serve", "serve"),
            ("--port 1", "--port"),
            ("--help --verbose", "--verbose"),
            ("admin", "no command"),
            ("admin create", "--email is missing"),
            ("admin create --email", "--email"),
            ("admin create --email nobody", "\"nobody\" is no e-mail address"),
            ("admin create --email a@b.kr --password x", "--password"),
            ("admin create --email a@b.kr --email c@d.kr", "--email"),
            ("admin grant revoke --email a@b.kr", "revoke"),
            ("admin grant --email a@b.kr --name N", "--name"),
            ("admin promote --email a@b.kr", "promote"),
        ] {
            let error = parsed(line).expect_err(line);
            assert!(error.contains(what) && error.contains("Usage:"), "{line}: {error}");
        }
    }
}
