//! The commands that decide who runs the shop. They do their work on the server's own database, beside it or without it.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use ef_domain::account::{AppointAdministrators, AppointError, Appointed, Email, NewAdministrator, Password};
use ef_domain::shared::Entropy;
use ef_sql::Database;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::arguments::AdminCommand;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::entropy::SystemEntropy;
use crate::passwords::Argon2Hasher;
use crate::server::{self, StartError};
use crate::wiring;

/// The longest line that may hold a password, in bytes.
const MAX_LINE: u64 = 1024;

/// Why nothing was changed.
#[derive(Debug, Error)]
pub enum AdminError {
    /// The database or what it needs cannot be had.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The standard input cannot be read.
    #[error("cannot read the password from the standard input")]
    Input(#[from] io::Error),
    /// The password breaks the shop's rules.
    #[error(
        "the first line of the standard input is no password that the shop accepts: it must have 8 to 200 characters, \
         with a lower-case and an upper-case letter, a digit and a symbol ({0})"
    )]
    Password(&'static str),
    /// The address has an account.
    #[error("{0} has an account already; `energy-factory admin grant --email {0}` makes it an administrator's")]
    EmailTaken(Email),
    /// Nobody has that address.
    #[error("no account has the address {0}")]
    NoAccount(Email),
    /// The account has no password.
    #[error(
        "{0} has no password, and an administrator needs one: its owner sets one by the page for forgotten passwords"
    )]
    NoPassword(Email),
    /// The database failed.
    #[error("the database did not do its part")]
    Unavailable(#[source] ef_domain::shared::PortFailure),
}

/// Does what the command says; the sentence that says so.
///
/// # Errors
/// [`AdminError`] where nothing was changed.
pub async fn run(config: &Config, command: AdminCommand, input: impl Read) -> Result<String, AdminError> {
    // Before anything is opened: a password that cannot be used changes nothing, and neither does somebody who is
    // asked for one and thinks better of it.
    let command = match command {
        AdminCommand::Create { email, name } => Task::Create { password: read_password(input)?, email, name },
        AdminCommand::Grant { email } => Task::Grant(email),
        AdminCommand::Revoke { email } => Task::Revoke(email),
        AdminCommand::ResetSecondFactor { email } => Task::ResetSecondFactor(email),
    };
    let (database, administrators) = open(config).await?;
    let done = command.run(&administrators).await;
    database.close().await;
    done
}

/// A command with all that it needs.
enum Task {
    Create { email: Email, name: String, password: Password },
    Grant(Email),
    Revoke(Email),
    ResetSecondFactor(Email),
}

impl Task {
    async fn run(self, administrators: &AppointAdministrators) -> Result<String, AdminError> {
        match self {
            Self::Create { email, name, password } => {
                let new = NewAdministrator { email: email.clone(), password, name };
                let user = administrators.create(new).await.map_err(explained(&email))?;
                Ok(format!("{email} is an administrator now (account {user})"))
            }
            Self::Grant(email) => Ok(match administrators.grant(&email).await.map_err(explained(&email))? {
                Appointed::Done => format!("{email} is an administrator now, and signed out everywhere"),
                Appointed::AlreadySo => format!("{email} is an administrator already"),
            }),
            Self::Revoke(email) => Ok(match administrators.revoke(&email).await.map_err(explained(&email))? {
                Appointed::Done => format!("{email} is no administrator any more, and signed out everywhere"),
                Appointed::AlreadySo => format!("{email} is no administrator"),
            }),
            Self::ResetSecondFactor(email) => {
                Ok(match administrators.reset_second_factor(&email).await.map_err(explained(&email))? {
                    Appointed::Done => format!("{email} has no second factor any more, and is signed out everywhere"),
                    Appointed::AlreadySo => format!("{email} has no second factor"),
                })
            }
        }
    }
}

fn explained(email: &Email) -> impl FnOnce(AppointError) -> AdminError {
    let email = email.clone();
    move |error| match error {
        AppointError::EmailTaken => AdminError::EmailTaken(email),
        AppointError::NoAccount => AdminError::NoAccount(email),
        AppointError::NoPassword => AdminError::NoPassword(email),
        AppointError::Unavailable(failure) => AdminError::Unavailable(failure),
    }
}

async fn open(config: &Config) -> Result<(Database, AppointAdministrators), StartError> {
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let keys = server::open_data_dir(config, entropy.as_ref())?;
    let vault = wiring::vault(&keys, Arc::clone(&entropy));
    let hasher = Arc::new(Argon2Hasher::try_new(&config.passwords, entropy)?);
    let database = server::open_database(config).await?;
    let administrators = AppointAdministrators {
        accounts: wiring::accounts(&database, &vault),
        hasher,
        second_factors: wiring::second_factors(&database, &vault),
        clock: Arc::new(SystemClock),
    };
    Ok((database, administrators))
}

/// The password in the first line.
fn read_password(input: impl Read) -> Result<Password, AdminError> {
    let mut line = String::new();
    io::BufReader::new(input.take(MAX_LINE)).read_line(&mut line)?;
    let line = SecretString::from(line);
    Password::parse(line.expose_secret().trim_end_matches(['\r', '\n'])).map_err(AdminError::Password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_one_line_without_its_end() {
        for text in ["Almond-2024!", "Almond-2024!\n", "Almond-2024!\r\nAnother-2024!\n"] {
            assert_eq!(read_password(text.as_bytes()).unwrap().expose(), "Almond-2024!");
        }
    }

    #[test]
    fn an_empty_or_weak_password_is_refused_in_two_languages() {
        for text in ["", "\n", "almond\n", "\nAlmond-2024!\n"] {
            let error = read_password(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("8 to 200 characters") && error.contains("비밀번호"), "{error}");
            assert!(!error.contains("almond"), "{error}");
        }
        assert!(matches!(read_password([0xff, 0xfe].as_slice()), Err(AdminError::Input(_))));
    }
}
