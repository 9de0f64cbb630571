//! What a form calls its fields, for people. Pages show `desc` as it stands; programs look into `data`.

/// The field's name in Korean; of one that no form shows, the key itself.
pub(super) fn of(field: &str) -> &str {
    match field {
        "name" => "이름",
        "email" => "이메일",
        "password" => "비밀번호",
        "currentPassword" => "현재 비밀번호",
        "newPassword" => "새 비밀번호",
        "phoneNumber" => "전화번호",
        "birthDate" => "생년월일",
        "address" | "addressLine1" => "주소",
        "code" | "totp" => "인증 코드",
        "recipientName" => "받는 분",
        "postalCode" => "우편번호",
        "addressLine2" => "상세 주소",
        "orderItems" => "주문 상품",
        "cartItemIds" => "장바구니 상품",
        "quantity" => "수량",
        "price" => "가격",
        "reason" => "사유",
        _ => field,
    }
}
