//! Why a payment was refused, in words.

/// What the partner's code means to a buyer. An unknown code gets a sentence that is true of every refusal.
pub fn decline_text(code: &str) -> &'static str {
    match code {
        "REJECT_CARD_COMPANY" => "카드사에서 결제를 거절했습니다. 카드사에 문의하거나 다른 결제 수단을 이용해 주세요.",
        "REJECT_CARD_PAYMENT" => "한도 초과 또는 잔액 부족으로 결제하지 못했습니다.",
        "REJECT_ACCOUNT_PAYMENT" => "계좌 잔액이 부족하여 결제하지 못했습니다.",
        "REJECT_TOSSPAY_INVALID_ACCOUNT" => "선택하신 계좌로는 결제할 수 없습니다.",
        "INVALID_CARD_EXPIRATION" => "카드 유효기간을 확인해 주세요.",
        "INVALID_STOPPED_CARD" => "정지된 카드입니다.",
        "INVALID_REJECT_CARD" | "INVALID_CARD_NUMBER" => "사용할 수 없는 카드입니다. 카드 정보를 확인해 주세요.",
        "INVALID_CARD_LOST_OR_STOLEN" => "분실 또는 도난 신고된 카드입니다.",
        "INVALID_CARD_INSTALLMENT_PLAN" => "선택하신 할부 개월로는 결제할 수 없습니다.",
        "EXCEED_MAX_DAILY_PAYMENT_COUNT" => "하루 결제 가능 횟수를 넘었습니다.",
        "EXCEED_MAX_PAYMENT_AMOUNT" | "EXCEED_MAX_AMOUNT" => "결제 가능 금액을 넘었습니다.",
        "INVALID_PASSWORD" => "결제 비밀번호가 올바르지 않습니다.",
        "NOT_FOUND_PAYMENT_SESSION" | "NOT_FOUND_PAYMENT" => {
            "결제 시간이 지나 결제 정보를 찾을 수 없습니다. 처음부터 다시 결제해 주세요."
        }
        "NOT_AVAILABLE_BANK" => "은행 서비스 시간이 아닙니다. 잠시 후 다시 시도해 주세요.",
        "PAY_PROCESS_CANCELED" | "ABORTED" | "CANCELED" => "결제가 취소되었습니다.",
        "EXPIRED" => "결제 가능 시간이 지났습니다. 처음부터 다시 결제해 주세요.",
        _ => "결제가 승인되지 않았습니다. 다른 결제 수단을 이용해 주세요.",
    }
}

#[cfg(test)]
mod tests {
    use super::decline_text;

    #[test]
    fn an_unknown_code_still_says_that_no_money_was_taken() {
        assert!(decline_text("SOMETHING_NEW").contains("승인되지 않았습니다"));
        assert_ne!(decline_text("REJECT_CARD_COMPANY"), decline_text("SOMETHING_NEW"));
    }
}
