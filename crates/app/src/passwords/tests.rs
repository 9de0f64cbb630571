use ef_domain::shared::CountingEntropy;

use super::*;

const CHEAP: PasswordsConfig = PasswordsConfig {
    memory_kib: 64,
    iterations: 1,
    parallelism: 1,
    concurrency: Some(2),
    queue: Duration::from_secs(6),
};

fn hasher(config: &PasswordsConfig) -> Argon2Hasher {
    Argon2Hasher::try_new(config, Arc::new(CountingEntropy::default())).unwrap()
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

async fn verify(hasher: &Argon2Hasher, text: &str, hash: &HashedPassword) -> bool {
    hasher.verify(SecretString::from(text), Some(hash.clone())).await.unwrap()
}

#[tokio::test]
async fn a_hash_knows_its_password_and_no_other() {
    let hasher = hasher(&CHEAP);
    let hash = hasher.hash(password("Almond-2024!")).await.unwrap();
    assert!(hash.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", hash.expose());
    assert!(verify(&hasher, "Almond-2024!", &hash).await);
    assert!(!verify(&hasher, "almond-2024!", &hash).await);
    assert!(!verify(&hasher, "", &hash).await);
}

#[tokio::test]
async fn two_hashes_of_one_password_differ() {
    let hasher = hasher(&CHEAP);
    let first = hasher.hash(password("Almond-2024!")).await.unwrap();
    let second = hasher.hash(password("Almond-2024!")).await.unwrap();
    assert_ne!(first.expose(), second.expose());
}

#[tokio::test]
async fn a_hash_outlives_a_change_of_cost() {
    let hash = hasher(&CHEAP).hash(password("Almond-2024!")).await.unwrap();
    let dearer = hasher(&PasswordsConfig { memory_kib: 128, iterations: 2, ..CHEAP });
    assert!(verify(&dearer, "Almond-2024!", &hash).await);
    assert!(!verify(&dearer, "Almond-2025!", &hash).await);
}

#[tokio::test]
async fn nobody_has_the_decoys_password() {
    let hasher = hasher(&CHEAP);
    assert!(!hasher.verify(SecretString::from("Almond-2024!"), None).await.unwrap());
}

#[tokio::test]
async fn an_unreadable_hash_is_a_failure_and_not_a_wrong_password() {
    for stored in ["", "plain", "$argon2id$v=19$m=64,t=1,p=1$c2FsdA", "$md5$x$y"] {
        let outcome =
            hasher(&CHEAP).verify(SecretString::from("x"), Some(HashedPassword::new(stored.to_owned()))).await;
        assert!(!matches!(outcome, Ok(true)), "{stored}");
    }
    let outcome = hasher(&CHEAP).verify(SecretString::from("x"), Some(HashedPassword::new("plain".to_owned()))).await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::Corrupt);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_never_comes_ends_the_wait() {
    let hasher = hasher(&PasswordsConfig { concurrency: Some(1), ..CHEAP });
    let _busy = hasher.permits.acquire().await.unwrap();
    let outcome = hasher.verify(SecretString::from("x"), None).await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::TimedOut);
}

#[tokio::test]
async fn a_hash_is_made_again_at_todays_cost_whatever_todays_policy_says() {
    let dearer = hasher(&PasswordsConfig { memory_kib: 128, iterations: 2, ..CHEAP });
    let old = hasher(&CHEAP).hash(password("Almond-2024!")).await.unwrap();
    assert!(dearer.is_outdated(&old) && !hasher(&CHEAP).is_outdated(&old));
    let new = dearer.hash_again(SecretString::from("short")).await.unwrap();
    assert!(!dearer.is_outdated(&new), "{}", new.expose());
    assert!(verify(&dearer, "short", &new).await);
}

#[test]
fn whatever_is_not_made_as_today_is_outdated() {
    let hasher = hasher(&CHEAP);
    let (salt, hash) = ("c2FsdHNhbHRzYWx0", "A".repeat(43));
    let made = |how: &str| hasher.is_outdated(&HashedPassword::new(format!("{how}${salt}${hash}")));
    assert!(!made("$argon2id$v=19$m=64,t=1,p=1"));
    for other in [
        "$argon2i$v=19$m=64,t=1,p=1",
        "$argon2d$v=19$m=64,t=1,p=1",
        "$argon2id$v=16$m=64,t=1,p=1",
        "$argon2id$v=19$m=32,t=1,p=1",
        "$argon2id$v=19$m=64,t=2,p=1",
        "$argon2id$v=19$m=64,t=1,p=2",
        "$bcrypt$m=64",
    ] {
        assert!(made(other), "{other}");
    }
    let shorter = format!("$argon2id$v=19$m=64,t=1,p=1${salt}${}", "A".repeat(22));
    assert!(hasher.is_outdated(&HashedPassword::new(shorter)));
}

#[tokio::test]
async fn hashes_agree_with_the_library_that_makes_them_elsewhere() {
    use argon2::{PasswordHasher as _, PasswordVerifier as _};
    let theirs = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(96, 3, 2, None).unwrap());
    let hash = theirs.hash_password_with_salt(b"Almond-2024!", b"saltsaltsalt").unwrap();
    let hasher = hasher(&CHEAP);
    assert!(verify(&hasher, "Almond-2024!", &HashedPassword::new(hash.to_string())).await);
    let ours = hasher.hash(password("Almond-2024!")).await.unwrap();
    theirs.verify_password(b"Almond-2024!", &PasswordHash::new(ours.expose()).unwrap()).unwrap();
}

#[tokio::test]
async fn an_endless_attempt_is_not_read_and_matches_nothing() {
    let hasher = hasher(&CHEAP);
    let hash = hasher.hash_again(SecretString::from("")).await.unwrap();
    assert!(verify(&hasher, "", &hash).await);
    assert!(!verify(&hasher, &"x".repeat(MAX_ATTEMPT_BYTES + 1), &hash).await);
    let longest = format!("Aa1!{}", "한".repeat(Password::MAX_CHARS - 4));
    let hash = hasher.hash(password(&longest)).await.unwrap();
    assert!(verify(&hasher, &longest, &hash).await);
}

#[tokio::test]
async fn a_stored_hash_cannot_ask_for_all_the_memory_there_is() {
    let huge = format!("$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHRzYWx0${}", "A".repeat(43));
    let outcome = hasher(&CHEAP).verify(SecretString::from("x"), Some(HashedPassword::new(huge))).await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::Corrupt);
}
