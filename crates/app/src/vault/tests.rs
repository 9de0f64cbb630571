use std::collections::HashSet;

use ef_domain::shared::CountingEntropy;
use proptest::prelude::*;

use super::*;
use crate::entropy::SystemEntropy;

const PURPOSES: [Purpose; 5] =
    [Purpose::LogInFlow, Purpose::LinkIntent, Purpose::PendingSignUp, Purpose::Letter, Purpose::SecondFactor];

fn key(text: &str) -> SigningKey {
    SigningKey::new(text.repeat(32).into_bytes())
}

fn vault(current: &str, previous: Option<&str>) -> KeyedVault {
    KeyedVault::new(&key(current), previous.map(key).as_ref(), Arc::new(SystemEntropy))
}

#[test]
fn what_one_instance_seals_another_opens() {
    let sealed = vault("a", None).seal(Purpose::Letter, "여섯 자리".as_bytes());
    assert_eq!(vault("a", None).open(Purpose::Letter, &sealed).unwrap(), "여섯 자리".as_bytes());
    assert_eq!(vault("a", None).open(Purpose::Letter, &vault("a", None).seal(Purpose::Letter, b"")).unwrap(), b"");
}

#[test]
fn a_text_sealed_for_one_purpose_is_rubbish_for_every_other() {
    let vault = vault("a", None);
    for purpose in PURPOSES {
        let sealed = vault.seal(purpose, b"secret");
        for other in PURPOSES {
            assert_eq!(vault.open(other, &sealed).is_some(), other == purpose, "{purpose:?} as {other:?}");
        }
    }
}

#[test]
fn purposes_have_names_of_their_own() {
    let names: HashSet<_> = PURPOSES.into_iter().map(Purpose::name).collect();
    assert_eq!(names.len(), PURPOSES.len());
}

#[test]
fn a_replaced_key_opens_until_it_is_gone() {
    let sealed = vault("old", None).seal(Purpose::SecondFactor, b"secret");
    assert_eq!(vault("new", Some("old")).open(Purpose::SecondFactor, &sealed).unwrap(), b"secret");
    assert_eq!(vault("new", None).open(Purpose::SecondFactor, &sealed), None);
    let sealed = vault("new", Some("old")).seal(Purpose::SecondFactor, b"secret");
    assert_eq!(vault("old", None).open(Purpose::SecondFactor, &sealed), None, "the old key seals nothing new");
}

#[test]
fn the_same_bytes_never_make_the_same_text() {
    let vault = KeyedVault::new(&key("a"), None, Arc::new(CountingEntropy::default()));
    let texts: HashSet<_> = (0..100).map(|_| vault.seal(Purpose::Letter, b"secret")).collect();
    assert_eq!(texts.len(), 100);
}

#[test]
fn a_changed_bit_or_a_missing_byte_opens_nothing() {
    let vault = vault("a", None);
    let sealed = URL_SAFE_NO_PAD.decode(vault.seal(Purpose::Letter, b"secret")).unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(vault.open(Purpose::Letter, &URL_SAFE_NO_PAD.encode(changed)), None, "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert_eq!(vault.open(Purpose::Letter, &URL_SAFE_NO_PAD.encode(&sealed[..length])), None, "{length} bytes");
    }
}

#[test]
fn a_sealed_text_fits_into_a_cookie_and_shows_nothing() {
    let sealed = vault("a", None).seal(Purpose::PendingSignUp, b"buyer@energy-factory.kr");
    assert!(sealed.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{sealed}");
    let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
    assert!(!bytes.windows(5).any(|window| window == b"buyer"));
}

#[test]
fn keys_for_other_uses_differ_by_label_and_by_secret() {
    assert_eq!(derived_key(&key("a"), "x"), derived_key(&key("a"), "x"));
    assert_ne!(derived_key(&key("a"), "x"), derived_key(&key("a"), "y"));
    assert_ne!(derived_key(&key("a"), "x"), derived_key(&key("b"), "x"));
}

proptest! {
    #[test]
    fn any_bytes_come_back_and_any_text_is_survived(
        plain in proptest::collection::vec(any::<u8>(), 0..300),
        text in ".{0,200}",
        rubbish in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let vault = vault("a", Some("b"));
        let sealed = vault.seal(Purpose::Letter, &plain);
        prop_assert_eq!(vault.open(Purpose::Letter, &sealed), Some(plain));
        prop_assert_eq!(vault.open(Purpose::Letter, &text), None);
        prop_assert_eq!(vault.open(Purpose::Letter, &URL_SAFE_NO_PAD.encode(&rubbish)), None);
        let mut headed = vault.current.head().to_vec();
        headed.extend(&rubbish);
        prop_assert_eq!(vault.open(Purpose::Letter, &URL_SAFE_NO_PAD.encode(headed)), None);
    }
}
