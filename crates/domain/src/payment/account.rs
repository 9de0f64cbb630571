//! Bank accounts: the one that a deposit goes to, and the one that its money goes back to.

use std::fmt;

use crate::shared::{Purpose, Timestamp, Vault};

/// The partner's codes of banks, with the names that buyers know (Toss, codes of banks and securities firms).
const BANKS: [(&str, &str); 26] = [
    ("02", "산업은행"),
    ("03", "기업은행"),
    ("06", "국민은행"),
    ("07", "수협은행"),
    ("11", "농협은행"),
    ("12", "지역농축협"),
    ("20", "우리은행"),
    ("23", "SC제일은행"),
    ("27", "씨티은행"),
    ("31", "iM뱅크"),
    ("32", "부산은행"),
    ("34", "광주은행"),
    ("35", "제주은행"),
    ("37", "전북은행"),
    ("39", "경남은행"),
    ("45", "새마을금고"),
    ("48", "신협"),
    ("50", "저축은행"),
    ("54", "HSBC은행"),
    ("64", "산림조합"),
    ("71", "우체국"),
    ("81", "하나은행"),
    ("88", "신한은행"),
    ("89", "케이뱅크"),
    ("90", "카카오뱅크"),
    ("92", "토스뱅크"),
];

/// The name of the bank of that code; a code that is not known stands for itself.
pub fn bank_name(code: &str) -> &str {
    BANKS.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name)
}

/// The account that a buyer transfers to. It is shown to the buyer and to the shop, and printed nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct DepositAccount {
    /// The partner's code of the bank; [`bank_name`] knows what buyers call it.
    pub bank: String,
    /// Its number.
    pub number: String,
    /// In whose name it is.
    pub holder: String,
}

impl fmt::Debug for DepositAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DepositAccount").field("bank", &self.bank).finish_non_exhaustive()
    }
}

impl DepositAccount {
    /// What buyers call the bank.
    pub fn bank_name(&self) -> &str {
        bank_name(&self.bank)
    }
}

/// A virtual account that waits for its money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// Until when the buyer may transfer.
    pub due_at: Timestamp,
    /// Where to; `None` where the partner did not say.
    pub account: Option<DepositAccount>,
}

/// A buyer's own account, which the money of a deposit goes back to. Between the buyer, the partner and us: it is not
/// printed.
#[derive(Clone, PartialEq, Eq)]
pub struct RefundAccount {
    bank: String,
    number: String,
    holder: String,
}

impl fmt::Debug for RefundAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefundAccount").field("bank", &self.bank).finish_non_exhaustive()
    }
}

impl RefundAccount {
    /// The account of that bank, given by its code or by its name.
    ///
    /// # Errors
    /// What is wrong with it, by field, in words for whoever wrote it.
    pub fn parse(bank: &str, number: &str, holder: &str) -> Result<Self, RefundAccountError> {
        Ok(Self { bank: parse_bank(bank)?, number: parse_number(number)?, holder: parse_holder(holder)? })
    }

    /// The partner's code of the bank.
    pub fn bank(&self) -> &str {
        &self.bank
    }

    /// Its number: digits only.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// In whose name it is.
    pub fn holder(&self) -> &str {
        &self.holder
    }
}

/// A field of a [`RefundAccount`] that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundAccountError {
    /// No bank's code or name.
    #[error("은행 코드 또는 은행 이름을 확인해 주세요.")]
    Bank,
    /// No account number.
    #[error("계좌번호는 숫자 6자리 이상 20자리 이하여야 합니다.")]
    Number,
    /// No name.
    #[error("예금주는 1자 이상 60자 이하여야 합니다.")]
    Holder,
}

impl RefundAccountError {
    /// The field, as the wire spells it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Number => "accountNumber",
            Self::Holder => "holderName",
        }
    }
}

fn parse_bank(text: &str) -> Result<String, RefundAccountError> {
    let text = text.trim();
    let named = BANKS.iter().find(|(_, name)| *name == text || name.strip_suffix("은행") == Some(text));
    match named {
        Some((code, _)) => Ok((*code).to_owned()),
        // A bank that opened after this table was written has a code all the same.
        None if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Ok(text.to_ascii_uppercase())
        }
        None => Err(RefundAccountError::Bank),
    }
}

/// People write account numbers with hyphens and spaces, the partner wants digits.
fn parse_number(text: &str) -> Result<String, RefundAccountError> {
    let digits = text.chars().filter(|letter| !matches!(letter, '-' | ' ')).collect::<String>();
    let fits = (6..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(digits) } else { Err(RefundAccountError::Number) }
}

fn parse_holder(text: &str) -> Result<String, RefundAccountError> {
    let text = text.trim();
    let fits = (1..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(RefundAccountError::Holder) }
}

/// A [`RefundAccount`] as it is kept while its refund is under way: only a server of the shop can read it.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedAccount(String);

impl fmt::Debug for SealedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedAccount(..)")
    }
}

impl SealedAccount {
    /// Seals an account.
    pub fn seal(vault: &dyn Vault, account: &RefundAccount) -> Self {
        let plain = [account.bank(), account.number(), account.holder()].join("\n");
        Self(vault.seal(Purpose::RefundAccount, plain.as_bytes()))
    }

    /// The account; `None` where the key that sealed it is gone.
    pub fn open(&self, vault: &dyn Vault) -> Option<RefundAccount> {
        let plain = String::from_utf8(vault.open(Purpose::RefundAccount, &self.0)?).ok()?;
        let mut fields = plain.split('\n');
        RefundAccount::parse(fields.next()?, fields.next()?, fields.next()?).ok()
    }

    /// An account as it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The sealed text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::MockVault;

    #[test]
    fn a_bank_is_known_by_its_code_and_a_new_one_stands_for_itself() {
        assert_eq!((bank_name("20"), bank_name("ZZ")), ("우리은행", "ZZ"));
    }

    #[test]
    fn an_account_is_taken_as_people_write_it() {
        for (bank, number) in [("20", "1002-123-456789"), ("우리", "1002 123 456789"), ("우리은행", "1002123456789")]
        {
            let account = RefundAccount::parse(bank, number, " 김하늘 ").unwrap();
            assert_eq!((account.bank(), account.number(), account.holder()), ("20", "1002123456789", "김하늘"));
        }
        assert_eq!(RefundAccount::parse("z9", "123456", "a").unwrap().bank(), "Z9");
    }

    #[test]
    fn what_is_no_account_is_refused_by_field() {
        for (bank, number, holder, wrong) in [
            ("", "123456", "a", RefundAccountError::Bank),
            ("어느은행", "123456", "a", RefundAccountError::Bank),
            ("20", "12345", "a", RefundAccountError::Number),
            ("20", "123456789012345678901", "a", RefundAccountError::Number),
            ("20", "12345x", "a", RefundAccountError::Number),
            ("20", "123456", " ", RefundAccountError::Holder),
            ("20", "123456", "a\nb", RefundAccountError::Holder),
        ] {
            assert_eq!(RefundAccount::parse(bank, number, holder), Err(wrong), "{bank} {number} {holder}");
        }
    }

    #[test]
    fn an_account_is_never_printed() {
        let account = RefundAccount::parse("20", "1002123456789", "김하늘").unwrap();
        let [bank, number, holder] = [account.bank(), account.number(), account.holder()].map(str::to_owned);
        let deposit = DepositAccount { bank, number, holder };
        let printed = format!("{account:?} {deposit:?} {:?}", SealedAccount::stored("sealed".to_owned()));
        assert!(!printed.contains("1002123456789") && !printed.contains("김하늘") && !printed.contains("\"sealed"));
    }

    #[test]
    fn a_sealed_account_opens_to_the_same_account() {
        let account = RefundAccount::parse("20", "1002123456789", "김하늘").unwrap();
        let mut vault = MockVault::new();
        vault.expect_seal().returning(|_, plain| String::from_utf8(plain.to_vec()).unwrap());
        vault.expect_open().returning(|_, sealed| Some(sealed.as_bytes().to_vec()));
        assert_eq!(SealedAccount::seal(&vault, &account).open(&vault), Some(account));
    }
}
