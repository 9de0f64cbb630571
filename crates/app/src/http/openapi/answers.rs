//! What answers look like on the wire: the envelope around a success, the envelope of a failure, and the answers that
//! many operations share.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::{
    AllOfBuilder, ContentBuilder, Header, HeaderBuilder, ObjectBuilder, OneOfBuilder, Ref, RefOr, Response,
    ResponseBuilder, Schema,
};

use super::super::code::ErrorCode;
use super::super::envelope::SuccessCode;
use super::form;

const JSON: &str = "application/json";
const FORBIDDEN: u16 = 403;

/// The envelope of a success: `{status, code, desc, data}`, of that status with one of these codes.
pub(super) fn envelope(status: u16, codes: &[SuccessCode], data: RefOr<Schema>) -> Schema {
    let codes = codes.iter().map(|code| code.row().0);
    ObjectBuilder::new()
        .property("status", form::one_number(status))
        .required("status")
        .property("code", form::one_of(codes))
        .required("code")
        .property("desc", form::said("A sentence for people."))
        .required("desc")
        .property("data", data)
        .required("data")
        .into()
}

/// The same, as an example with that in it.
pub(super) fn example(code: SuccessCode, data: &Value) -> Value {
    let (digits, status, desc) = code.row();
    json!({ "status": status.as_u16(), "code": digits, "desc": desc, "data": data })
}

/// What the envelopes of all failures have in common.
pub(super) fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let problem = ObjectBuilder::new()
        .property("field", form::said("The property, as in `orderItems[0].quantity`."))
        .required("field")
        .property("message", form::said("The rule that it breaks, for people."))
        .required("message")
        .description(Some("What is wrong with a field of a request."));
    let facts = ObjectBuilder::new().description(Some(
        "Facts about a refusal: `productId` or `variantId` of what cannot be had, `currentPrice`, the partner's \
         `reason`, until when a deposit is awaited (`dueAt`) and on which account (`deposit`), which status an order has \
         (`from`, and in full `state`) and cannot get (`to`).",
    ));
    let data = OneOfBuilder::new()
        .item(form::nothing())
        .item(form::list(Ref::from_schema_name("FieldProblem")))
        .item(facts)
        .description(Some("Every field that is wrong, or facts about the refusal, or nothing."));
    let error = ObjectBuilder::new()
        .property("status", form::number(400, 599))
        .required("status")
        .property("code", form::matching("^[0-9]{8}$"))
        .required("code")
        .property("desc", form::said("Why, for people."))
        .required("desc")
        .property("message", form::said("The same as `desc`."))
        .required("message")
        .property("data", Ref::from_schema_name("ErrorData"))
        .required("data")
        .description(Some("The envelope of every failure."));
    let named = |name: &str, schema: Schema| (name.to_owned(), RefOr::T(schema));
    vec![named("FieldProblem", problem.into()), named("ErrorData", data.into()), named("Error", error.into())]
}

/// The failures that operations answer with, each combination once.
#[derive(Default)]
pub(super) struct Answers(BTreeMap<String, Response>);

impl Answers {
    /// The answer of that status to these codes, by its name among the components.
    pub(super) fn refusing(&mut self, status: u16, codes: &[ErrorCode]) -> Ref {
        let names = match codes {
            [] => "ForeignOrigin".to_owned(),
            codes => codes.iter().map(|code| format!("{code:?}")).collect::<Vec<_>>().join("_"),
        };
        let name = format!("{status}_{names}");
        let reference = Ref::from_response_name(&name);
        self.0.entry(name).or_insert_with(|| refusal(status, codes));
        reference
    }

    pub(super) fn into_components(self) -> BTreeMap<String, RefOr<Response>> {
        self.0.into_iter().map(|(name, answer)| (name, RefOr::T(answer))).collect()
    }
}

/// The answer of that status to these codes.
pub(super) fn refusal(status: u16, codes: &[ErrorCode]) -> Response {
    let mut description: Vec<String> = codes.iter().map(|code| format!("`{}` {code:?}", code.row().0)).collect();
    let mut answer = ResponseBuilder::new();
    if !codes.is_empty() {
        let examples =
            codes.iter().map(|&code| (format!("{code:?}"), ExampleBuilder::new().value(Some(refused(code)))));
        let content = ContentBuilder::new().schema(Some(failure(status, codes))).examples_from_iter(examples);
        answer = answer.content(JSON, content.build());
    }
    if status == FORBIDDEN {
        description.push("a page of a foreign origin called (plain text)".to_owned());
        let content = ContentBuilder::new().schema(Some(form::any_text())).example(Some(json!("Invalid CORS request")));
        answer = answer.content("text/plain", content.build());
    }
    for code in codes {
        if let Some((name, header)) = header_of(*code) {
            answer = answer.header(name, header);
        }
    }
    answer.description(description.join(", ")).build()
}

/// The envelope of a failure of that status with one of these codes.
fn failure(status: u16, codes: &[ErrorCode]) -> Schema {
    let narrowed = ObjectBuilder::new()
        .property("status", form::one_number(status))
        .property("code", form::one_of(codes.iter().map(|code| code.row().0)));
    AllOfBuilder::new().item(Ref::from_schema_name("Error")).item(narrowed).into()
}

/// A failure as its caller sees it, in the code's own words.
fn refused(code: ErrorCode) -> Value {
    let (digits, status, desc) = code.row();
    let data = match code {
        ErrorCode::InvalidRequest => json!([{ "field": "quantity", "message": "필수 입력 항목입니다." }]),
        ErrorCode::PriceChanged => json!({ "variantId": 5, "currentPrice": 8500 }),
        ErrorCode::InsufficientStock => json!({ "variantId": 5 }),
        ErrorCode::DepositPending => json!({ "dueAt": "2025-11-14T05:31:52.000Z" }),
        _ => Value::Null,
    };
    json!({ "status": status.as_u16(), "code": digits, "desc": desc, "message": desc, "data": data })
}

/// What such an answer says in a header.
fn header_of(code: ErrorCode) -> Option<(&'static str, Header)> {
    let header = |schema: Schema, about| HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build();
    match code {
        ErrorCode::TooManyRequests | ErrorCode::Unavailable => {
            let seconds = form::matching("^[1-9][0-9]*$");
            Some(("Retry-After", header(seconds, "After how many seconds to try again.")))
        }
        ErrorCode::MethodNotAllowed => Some(("Allow", header(form::any_text(), "The methods that the address takes."))),
        _ => None,
    }
}
