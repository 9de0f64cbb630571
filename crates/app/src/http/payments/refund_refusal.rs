//! Why a refund was refused, in words.

/// What the partner's code means to whoever wants his money back. An unknown code gets a sentence that is true of every
/// refusal.
pub fn refund_refusal_text(code: &str) -> &'static str {
    match code {
        "INVALID_REFUND_ACCOUNT_INFO" | "INVALID_REFUND_ACCOUNT_NUMBER" => {
            "환불 계좌의 계좌번호와 예금주를 확인해 주세요. 환불되지 않았습니다."
        }
        "INVALID_BANK" => "환불 계좌의 은행을 확인해 주세요. 환불되지 않았습니다.",
        "REFUND_ACCOUNT_UNREADABLE" => "환불 계좌를 다시 입력해 주세요. 환불되지 않았습니다.",
        "EXCEED_MAX_REFUND_DUE" => "환불 가능한 기간이 지났습니다. 고객센터에 문의해 주세요.",
        "NOT_AVAILABLE_BANK" => "은행 서비스 시간이 아닙니다. 잠시 후 다시 시도해 주세요.",
        _ => "결제 기관에서 환불을 거절했습니다. 환불되지 않았으니 고객센터에 문의해 주세요.",
    }
}

#[cfg(test)]
mod tests {
    use super::refund_refusal_text;

    #[test]
    fn every_refusal_says_that_the_money_did_not_go_back_or_what_to_do() {
        for code in [
            "INVALID_REFUND_ACCOUNT_INFO",
            "INVALID_BANK",
            "REFUND_ACCOUNT_UNREADABLE",
            "REFUND_REJECTED",
            "SOMETHING_NEW",
        ] {
            assert!(refund_refusal_text(code).contains("환불되지 않았"), "{code}");
        }
        assert!(refund_refusal_text("EXCEED_MAX_REFUND_DUE").contains("고객센터"));
    }
}
