//! What a form calls its fields, for people. Pages show `desc` as it stands; programs look into `data`.

/// The rule that a field broke, as a sentence that names the field once.
pub(super) fn sentence(field: &str, rule: &str) -> String {
    let label = of(field);
    let (before, word) = label.rsplit_once(' ').map_or(("", label.as_str()), |(before, word)| (before, word));
    match rule.starts_with(word) {
        true if before.is_empty() => rule.to_owned(),
        true => format!("{before} {rule}"),
        false => format!("{label}: {rule}"),
    }
}

/// The field's name in Korean: `orderItems[0].price` is the price of the first thing ordered.
fn of(field: &str) -> String {
    let mut outer = "";
    let mut labels = Vec::new();
    for part in field.split('.') {
        let (name, place) = part.strip_suffix(']').and_then(|part| part.split_once('[')).unwrap_or((part, ""));
        let label = word(outer, name);
        outer = name;
        labels.push(match place.parse::<usize>() {
            Ok(place) => format!("{label} {}", place.saturating_add(1)),
            Err(_) => label.to_owned(),
        });
    }
    labels.join("의 ")
}

/// One word of it; of what no form shows, the key itself.
fn word<'a>(outer: &str, name: &'a str) -> &'a str {
    match (outer, name) {
        ("nutrients", "code") => "코드",
        ("nutrients", "amount") => "함량",
        (_, name) => account(name).or_else(|| goods(name)).or_else(|| shelf(name)).unwrap_or(name),
    }
}

/// What people say of themselves.
fn account(name: &str) -> Option<&'static str> {
    Some(match name {
        "name" => "이름",
        "email" => "이메일",
        "password" => "비밀번호",
        "currentPassword" => "현재 비밀번호",
        "newPassword" => "새 비밀번호",
        "phoneNumber" | "phone" => "전화번호",
        "birthDate" => "생년월일",
        "address" | "addressLine1" => "주소",
        "addressLine2" => "상세 주소",
        "code" | "totp" => "인증 코드",
        "resetToken" => "재설정 토큰",
        "recipientName" => "받는 분",
        "postalCode" => "우편번호",
        "refundReceiveAccount" => "환불 계좌",
        "bank" => "은행",
        "accountNumber" => "계좌번호",
        "holderName" => "예금주",
        _ => return None,
    })
}

/// What they want.
fn goods(name: &str) -> Option<&'static str> {
    Some(match name {
        "productId" | "product" => "상품",
        "variantId" | "variant" => "옵션",
        "orderItems" => "주문 상품",
        "cartItemIds" | "cartItemId" => "장바구니 상품",
        "quantity" => "수량",
        "price" => "가격",
        "minPrice" => "최저 가격",
        "maxPrice" => "최고 가격",
        "amount" => "금액",
        "orderId" | "orderNumber" => "주문번호",
        "paymentKey" => "결제 키",
        "paymentStatus" => "결제 상태",
        "rating" => "별점",
        "text" => "내용",
        "reason" => "사유",
        "keyword" | "q" => "검색어",
        "sort" => "정렬",
        "page" => "페이지",
        "size" => "페이지 크기",
        "from" => "시작일",
        "to" => "종료일",
        _ => return None,
    })
}

/// What the administration writes on the shelf.
fn shelf(name: &str) -> Option<&'static str> {
    Some(match name {
        "brand" => "브랜드",
        "category" => "카테고리",
        "originalPrice" => "정가",
        "discount" => "할인율",
        "weight" => "중량",
        "weightGrams" => "중량(g)",
        "weightUnit" => "중량 단위",
        "status" => "상태",
        "imageUrl" => "이미지 주소",
        "description" => "설명",
        "storage" => "보관 방법",
        "shippingFee" => "배송비",
        "freeShippingThreshold" => "무료 배송 기준 금액",
        "estimatedDeliveryDays" => "예상 배송일",
        "tags" => "태그",
        "scoreMuscleGain" => "근육 증가 점수",
        "scoreWeightLoss" => "체중 감량 점수",
        "scoreEnergy" => "에너지 점수",
        "scoreRecovery" => "회복 점수",
        "scoreHealth" => "건강 점수",
        "nutrients" => "영양소",
        "unit" => "단위",
        "dailyPercent" => "1일 기준치 비율",
        "delta" => "재고 증감",
        "restock" => "재입고 여부",
        "isDefault" => "기본 옵션 여부",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_called_what_its_form_calls_it() {
        for (field, label) in [
            ("productId", "상품"),
            ("variantId", "옵션"),
            ("rating", "별점"),
            ("text", "내용"),
            ("orderItems", "주문 상품"),
            ("orderItems[0]", "주문 상품 1"),
            ("orderItems[0].price", "주문 상품 1의 가격"),
            ("nutrients[11].code", "영양소 12의 코드"),
            ("code", "인증 코드"),
            ("X-Other[", "X-Other["),
        ] {
            assert_eq!(of(field), label);
        }
    }

    #[test]
    fn a_sentence_names_its_field_once() {
        let rule = "비밀번호는 8자 이상이어야 합니다.";
        assert_eq!(sentence("password", rule), rule);
        assert_eq!(sentence("newPassword", rule), "새 비밀번호는 8자 이상이어야 합니다.");
        assert_eq!(sentence("orderItems[0].quantity", "필수입니다."), "주문 상품 1의 수량: 필수입니다.");
    }
}
