//! Examples of everything, made from the schemas, so that none can say what its schema does not.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

/// What stands in an example of that schema under that name, and there only.
const THERE: [(&str, &str, &str); 21] = [
    ("AccountView", "name", "김하늘"),
    ("BuyerView", "name", "김하늘"),
    ("DepositView", "bank", "우리은행"),
    ("JoinBody", "name", "김하늘"),
    ("NewAccountView", "name", "김하늘"),
    ("OrderStatusBody", "status", "SHIPPED"),
    ("PendingView", "name", "김하늘"),
    ("RefundOrderBody", "reason", "포장이 뜯겨 도착함"),
    ("SignUpBody", "name", "김하늘"),
    ("StockBody", "reason", "파손분 폐기"),
    ("TagBody", "name", "무염"),
    ("TagNameView", "name", "무염"),
    ("TagUsageView", "name", "무염"),
    ("TagView", "name", "무염"),
    ("VariantBody", "name", "300g"),
    ("VariantItemView", "name", "300g"),
    ("VariantSheetView", "name", "300g"),
    ("VitaminView", "name", "마그네슘"),
    ("refundReceiveAccount", "accountNumber", "1002-123-456789"),
    ("refundReceiveAccount", "bank", "20"),
    ("refundReceiveAccount", "holderName", "김하늘"),
];
/// What stands in an example under that name, if its schema allows for it.
const SPEAKING: [(&str, &str); 29] = [
    ("actorName", "관리자"),
    ("address", "서울시 중구 세종대로 110"),
    ("addressLine1", "서울시 중구 세종대로 110"),
    ("addressLine2", "3층"),
    ("amount", "25.6mg"),
    ("brand", "에너지팩토리"),
    ("category", "견과류"),
    ("code", "PROTEIN"),
    ("description", "한 번 더 구워 고소한 아몬드입니다."),
    ("device", "Firefox 132"),
    ("email", "shopper@example.com"),
    ("estimatedDays", "1-2일"),
    ("estimatedDeliveryDays", "1-2일"),
    ("field", "price"),
    ("name", "구운 아몬드"),
    ("phone", "010-1234-5678"),
    ("phoneNumber", "010-1234-5678"),
    ("postalCode", "04524"),
    ("productCategory", "견과류"),
    ("productName", "구운 아몬드"),
    ("reason", "단순 변심"),
    ("recipientName", "김하늘"),
    ("representativeProductName", "구운 아몬드"),
    ("storage", "서늘하고 건조한 곳에 보관해 주세요."),
    ("tags", "무염"),
    ("text", "고소하고 짜지 않아서 매일 한 줌씩 먹어요."),
    ("totp", "123456"),
    ("transactionId", "tgen_20251107143152AbCd1"),
    ("variantName", "300g"),
];
/// The same for numbers.
const TELLING: [(&str, i64); 15] = [
    ("amount", 17_000),
    ("availableStock", 37),
    ("delta", -2),
    ("discount", 10),
    ("finalPrice", 19_500),
    ("freeShippingThreshold", 30_000),
    ("orderNumber", 4_178_230_915_526_417),
    ("originalPrice", 10_000),
    ("price", 8_500),
    ("reservedStock", 3),
    ("shippingFee", 2_500),
    ("stock", 40),
    ("totalElements", 42),
    ("totalPrice", 17_000),
    ("weightGrams", 300),
];

/// Makes examples of the schemas of one document.
pub struct Examples(Value);

impl Examples {
    /// With these components.
    pub(super) fn of(schemas: &BTreeMap<String, RefOr<Schema>>) -> Self {
        Self(json!(schemas))
    }

    /// Something that has that schema.
    pub(super) fn of_schema(&self, schema: &RefOr<Schema>) -> Value {
        self.example(("", ""), &json!(schema))
    }

    /// Of what has that schema and stands there: in what, and under which name.
    fn example(&self, place: (&str, &str), schema: &Value) -> Value {
        let (owner, name) = place;
        if let Some((.., text)) = THERE.iter().find(|(there, under, _)| (*there, *under) == place) {
            return json!(text);
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference.rsplit('/').next().unwrap_or_default();
            return self.0.get(target).map_or(Value::Null, |schema| self.named(target, name, schema));
        }
        let given =
            schema.get("example").or_else(|| schema.pointer("/examples/0")).or_else(|| schema.pointer("/enum/0"));
        if let Some(given) = given {
            return given.clone();
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let merged: Map<String, Value> =
                parts.iter().filter_map(|part| self.example(place, part).as_object().cloned()).flatten().collect();
            return Value::Object(merged);
        }
        if let Some(choices) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
            let choice = choices.iter().find(|choice| choice.get("type") != Some(&json!("null")));
            return choice.map_or(Value::Null, |choice| self.example(place, choice));
        }
        match kind(schema) {
            // What stands in it knows it by its own name, or by that of the property that it is.
            "object" => self.object(if name.is_empty() { owner } else { name }, schema),
            "array" => schema.get("items").map_or(json!([]), |items| json!([self.example(place, items)])),
            "string" => text(name, schema),
            "integer" => whole(name, schema),
            "number" => json!(1.5),
            "boolean" => json!(true),
            _ => Value::Null,
        }
    }

    /// Of a schema that has a name among the components.
    fn named(&self, owner: &str, name: &str, schema: &Value) -> Value {
        let is_object = schema.get("properties").is_some() || schema.get("allOf").is_some();
        self.example(if is_object { (owner, "") } else { (owner, name) }, schema)
    }

    fn object(&self, owner: &str, schema: &Value) -> Value {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        Value::Object(properties.map(|(name, schema)| (name.clone(), self.example((owner, name), schema))).collect())
    }
}

/// The type, or the first of several that is not `null`.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ => "null",
    }
}

fn whole(name: &str, schema: &Value) -> Value {
    let limit = |name: &str| schema.get(name).and_then(Value::as_i64);
    let telling = TELLING.iter().find(|(telling, _)| *telling == name).map(|(_, number)| *number);
    let telling = telling.filter(|number| limit("maximum").is_none_or(|maximum| *number <= maximum));
    json!(telling.unwrap_or_else(|| limit("minimum").unwrap_or_default().max(1)))
}

fn text(name: &str, schema: &Value) -> Value {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => return json!("2025-11-07T05:31:52.000Z"),
        Some("date") => return json!("2025-11-07"),
        _ => {}
    }
    if name.to_ascii_lowercase().ends_with("imageurl") {
        return json!("http://localhost:8080/images/products/almond.svg");
    }
    json!(SPEAKING.iter().find(|(speaking, _)| *speaking == name).map_or("text", |(_, text)| text))
}
