//! A shopper and somebody who runs the shop, ready to sign in.

use std::io;
use std::path::Path;

use ef_domain::account::{
    AccountRepository, AddAccountFailure, BirthDate, Email, HashedPassword, NewAccount, Password, PasswordHasher, Phone,
};
use ef_domain::shared::{Entropy, PortFailure, Role, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::config::DemoConfig;
use crate::private_file;

/// Where the password is kept, below the data folder.
const PASSWORD_FILE: &str = "demo-password";

struct Person {
    email: &'static str,
    name: &'static str,
    phone: &'static str,
    birth_date: &'static str,
    address: &'static str,
    role: Role,
}

/// Their numbers are odd ones: whoever tries the shop signs up with `010-1234-5678` and shall not meet them.
const PEOPLE: [Person; 2] = [
    Person {
        email: "shopper@energy-factory.kr",
        name: "김건강",
        phone: "010-7391-0482",
        birth_date: "1992-04-17",
        address: "서울특별시 마포구 양화로 100, 7층 701호",
        role: Role::User,
    },
    Person {
        email: "admin@energy-factory.kr",
        name: "관리자",
        phone: "010-7391-0483",
        birth_date: "1988-09-02",
        address: "서울특별시 성동구 왕십리로 50, 3층",
        role: Role::Admin,
    },
];

/// The demo accounts, for whoever starts the server to read.
#[derive(Debug)]
pub struct DemoAccounts {
    /// Their addresses, the shopper's first.
    pub emails: Vec<&'static str>,
    /// The password of both.
    pub password: SecretString,
    /// Addresses of accounts that were opened with another password and keep it.
    pub other_password: Vec<&'static str>,
}

/// The demo accounts could not be opened.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The password can be neither read nor kept.
    #[error("the demo password can be neither read nor kept in {PASSWORD_FILE} in the data folder")]
    File(#[from] io::Error),
    /// The file holds something else.
    #[error("the file {PASSWORD_FILE} in the data folder holds no password that meets the shop's rules")]
    Policy,
    /// The database is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// The password of the demo accounts: the configured one, else one that is made up once.
///
/// # Errors
/// [`DemoError::File`] and [`DemoError::Policy`].
pub fn password(config: &DemoConfig, data_dir: &Path, entropy: &dyn Entropy) -> Result<Password, DemoError> {
    let text = match &config.password {
        Some(password) => password.clone(),
        None => private_file::read_or_create(&data_dir.join(PASSWORD_FILE), || make_up(entropy))?.into(),
    };
    Password::parse(text.expose_secret()).map_err(|_| DemoError::Policy)
}

/// Something like `Kfmw-7315-qrht`: typable, without letters that look like digits, and about 50 bits strong.
fn make_up(entropy: &dyn Entropy) -> String {
    const LETTERS: &str = "abcdefghjkmnpqrstuvwxyz";
    const DIGITS: &str = "23456789";
    let draw = |alphabet: &str| {
        let count = u64::try_from(alphabet.len()).unwrap_or(1);
        let place = usize::try_from(entropy.below(count)).unwrap_or_default();
        alphabet.chars().nth(place).unwrap_or('x')
    };
    let some = |alphabet: &'static str, count: usize| -> String { (0..count).map(|_| draw(alphabet)).collect() };
    let first = draw(LETTERS).to_ascii_uppercase();
    format!("{first}{}-{}-{}", some(LETTERS, 3), some(DIGITS, 4), some(LETTERS, 4))
}

/// Opens the accounts that are missing. Those that are there keep the password that they have.
///
/// # Errors
/// [`PortFailure`] if the database is down.
///
/// # Panics
/// Never: the demo addresses are well-formed.
pub async fn open_accounts(
    accounts: &dyn AccountRepository,
    hasher: &dyn PasswordHasher,
    password: &Password,
    hash: &HashedPassword,
    now: Timestamp,
) -> Result<DemoAccounts, PortFailure> {
    let secret = SecretString::from(password.expose());
    let mut demo = DemoAccounts { emails: Vec::new(), password: secret.clone(), other_password: Vec::new() };
    for person in &PEOPLE {
        let email = Email::parse(person.email).expect("the demo addresses are well-formed");
        demo.emails.push(person.email);
        match accounts.credentials(&email).await? {
            Some(known) => {
                if !hasher.verify(secret.clone(), known.password).await? {
                    demo.other_password.push(person.email);
                }
            }
            None => add(accounts, person, email, hash.clone(), now).await?,
        }
    }
    Ok(demo)
}

async fn add(
    accounts: &dyn AccountRepository,
    person: &Person,
    email: Email,
    password: HashedPassword,
    now: Timestamp,
) -> Result<(), PortFailure> {
    let account = NewAccount {
        email,
        password: Some(password),
        name: person.name.to_owned(),
        phone: Phone::parse(person.phone).ok(),
        birth_date: BirthDate::parse(person.birth_date, now).ok(),
        address: Some(person.address.to_owned()),
        role: person.role,
        created_at: now,
    };
    match accounts.add(&account).await {
        Ok(_) => Ok(()),
        // Another instance was faster, or a visitor took the number.
        Err(taken @ (AddAccountFailure::EmailTaken | AddAccountFailure::PhoneTaken)) => {
            tracing::warn!(email = person.email, reason = %taken, "a demo account was not opened");
            Ok(())
        }
        Err(AddAccountFailure::Unavailable(failure)) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use ef_domain::account::{Credentials, MockAccountRepository, MockPasswordHasher, Standing};
    use ef_domain::shared::{CountingEntropy, UserId};

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).unwrap()
    }

    fn opened() -> (Password, HashedPassword) {
        (Password::parse("Almond-2024!").unwrap(), HashedPassword::new("hash".to_owned()))
    }

    #[test]
    fn a_made_up_password_meets_the_policy_and_is_made_up_once() {
        let folder = tempfile::tempdir().unwrap();
        let none = DemoConfig { password: None };
        let entropy = CountingEntropy::default();
        let first = password(&none, folder.path(), &entropy).unwrap();
        let again = password(&none, folder.path(), &entropy).unwrap();
        assert_eq!(first.expose(), again.expose());
        assert_eq!(first.expose().len(), 14);
    }

    #[test]
    fn a_configured_password_comes_first_and_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let given = DemoConfig { password: Some(SecretString::from("Almond-2024!")) };
        let password = password(&given, folder.path(), &CountingEntropy::default()).unwrap();
        assert_eq!(password.expose(), "Almond-2024!");
        assert!(!folder.path().join(PASSWORD_FILE).exists());
    }

    #[tokio::test]
    async fn missing_accounts_are_opened_with_one_hash() {
        let mut accounts = MockAccountRepository::new();
        accounts.expect_credentials().times(2).returning(|_| Ok(None));
        accounts
            .expect_add()
            .times(2)
            .withf(|account| {
                account.password.as_ref().is_some_and(|hash| hash.expose() == "hash")
                    && account.phone.is_some()
                    && account.birth_date.is_some()
            })
            .returning(|_| Ok(UserId::new(1)));
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_hash().never();
        let (password, hash) = opened();
        let demo = open_accounts(&accounts, &hasher, &password, &hash, now()).await.unwrap();
        assert_eq!(demo.emails, ["shopper@energy-factory.kr", "admin@energy-factory.kr"]);
        assert!(demo.other_password.is_empty());
    }

    #[tokio::test]
    async fn accounts_that_are_there_stay_as_they_are() {
        let mut accounts = MockAccountRepository::new();
        let standing = Standing::of_new(Role::User);
        let email = Email::parse("shopper@energy-factory.kr").unwrap();
        let known = Credentials { user: UserId::new(1), email, password: None, standing };
        accounts.expect_credentials().returning(move |_| Ok(Some(known.clone())));
        accounts.expect_add().never();
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_verify().returning(|_, _| Ok(false));
        let (password, hash) = opened();
        let demo = open_accounts(&accounts, &hasher, &password, &hash, now()).await.unwrap();
        assert_eq!(demo.other_password.len(), 2, "whoever reads the password must learn that it is not theirs");
    }

    #[tokio::test]
    async fn a_taken_number_does_not_stop_the_server() {
        let mut accounts = MockAccountRepository::new();
        accounts.expect_credentials().returning(|_| Ok(None));
        accounts.expect_add().returning(|_| Err(AddAccountFailure::PhoneTaken));
        let (password, hash) = opened();
        let hasher = MockPasswordHasher::new();
        assert!(open_accounts(&accounts, &hasher, &password, &hash, now()).await.is_ok());
    }
}
