//! From what was said about an operation to what stands in the document.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::{self, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{
    ContentBuilder, Header, HeaderBuilder, RefOr, Required, Response, ResponseBuilder, Responses, Schema,
};

use super::super::code::ErrorCode;
use super::super::envelope::SuccessCode;
use super::answers::{self, Answers};
use super::examples::Examples;
use super::operation::{Operation, RawAnswer};
use super::{form, security, shared};

/// Every operation answers it to a page that may not call.
const FORBIDDEN: u16 = 403;

impl Operation {
    /// As it stands in the document.
    pub(super) fn render(self, examples: &Examples, answers: &mut Answers) -> path::Operation {
        let mut operation = OperationBuilder::new()
            .tag(self.tag)
            .operation_id(Some(self.id))
            .summary(Some(self.summary))
            .description(self.description)
            .parameters(Some(self.parameters.clone()))
            .responses(self.responses(examples, answers));
        operation = match (shared::is_open_to_visitors(&self), self.shown_by.as_slice()) {
            (false, _) => operation.securities(Some(security::any_of(&security::SESSION))),
            (true, []) => operation,
            (true, schemes) => operation.securities(Some(security::any_of(schemes))),
        };
        if let Some((content_types, schema)) = &self.body {
            let mut body = RequestBodyBuilder::new().required(Some(if self.needs_body {
                Required::True
            } else {
                Required::False
            }));
            for content_type in content_types {
                let content =
                    ContentBuilder::new().schema(Some(schema.clone())).example(Some(examples.of_schema(schema)));
                body = body.content(*content_type, content.build());
            }
            operation = operation.request_body(Some(body.build()));
        }
        operation.build()
    }

    fn responses(&self, examples: &Examples, answers: &mut Answers) -> Responses {
        let mut responses = Responses::new();
        let mut put = |status: u16, answer: RefOr<Response>| responses.responses.insert(status.to_string(), answer);
        for (status, codes) in self.successes_by_status() {
            if let Some(data) = &self.data {
                put(status, RefOr::T(self.success(status, &codes, data, examples)));
            }
        }
        for (&status, answer) in &self.raw {
            put(status, RefOr::T(Self::raw_answer(answer, examples)));
        }
        for (status, codes) in self.errors_by_status() {
            let answer = match self.raw.get(&status) {
                None => RefOr::Ref(answers.refusing(status, &codes)),
                Some(own) => RefOr::T(both(Self::raw_answer(own, examples), answers::refusal(status, &codes))),
            };
            put(status, answer);
        }
        responses
    }

    fn successes_by_status(&self) -> BTreeMap<u16, Vec<SuccessCode>> {
        let codes = if self.successes.is_empty() { vec![SuccessCode::Success] } else { self.successes.clone() };
        let mut grouped = BTreeMap::<u16, Vec<SuccessCode>>::new();
        for code in codes {
            grouped.entry(code.row().1.as_u16()).or_default().push(code);
        }
        grouped
    }

    /// Its own and the shared ones, in the order of the closed list.
    fn errors_by_status(&self) -> BTreeMap<u16, Vec<ErrorCode>> {
        let shared = shared::errors_of(self);
        let mut grouped = BTreeMap::from([(FORBIDDEN, Vec::new())]);
        for code in ErrorCode::ALL.into_iter().filter(|code| self.errors.contains(code) || shared.contains(code)) {
            grouped.entry(code.status().as_u16()).or_default().push(code);
        }
        grouped
    }

    fn success(&self, status: u16, codes: &[SuccessCode], data: &RefOr<Schema>, examples: &Examples) -> Response {
        let example = codes.first().map(|code| answers::example(*code, &examples.of_schema(data)));
        let schema = answers::envelope(status, codes, data.clone());
        let content = ContentBuilder::new().schema(Some(schema)).example(example);
        let mut answer = ResponseBuilder::new().description(self.summary).content("application/json", content.build());
        for (name, about) in &self.headers {
            answer = answer.header(*name, header(about));
        }
        self.linked(answer).build()
    }

    fn raw_answer(answer: &RawAnswer, examples: &Examples) -> Response {
        let mut response = ResponseBuilder::new().description(answer.description);
        if let Some((content_type, schema)) = &answer.content {
            let example: Value = examples.of_schema(schema);
            let content = ContentBuilder::new().schema(Some(schema.clone())).example(Some(example));
            response = response.content(*content_type, content.build());
        }
        for (name, about) in &answer.headers {
            response = response.header(*name, header(about));
        }
        response.build()
    }

    fn linked(&self, mut answer: ResponseBuilder) -> ResponseBuilder {
        for link in &self.links {
            let mut built = LinkBuilder::new().operation_id(link.operation);
            for (name, expression) in &link.parameters {
                built = built.parameter(*name, *expression);
            }
            answer = answer.link(link.operation, built.build());
        }
        answer
    }
}

/// An answer of the handler's own that has its status in common with a failure.
fn both(own: Response, failure: Response) -> Response {
    let description = format!("{} Or else: {}", own.description, failure.description);
    let mut answer = ResponseBuilder::from(own).description(description);
    for (content_type, content) in failure.content {
        if let RefOr::T(content) = content {
            answer = answer.content(content_type, content);
        }
    }
    for (name, header) in failure.headers {
        if let RefOr::T(header) = header {
            answer = answer.header(name, header);
        }
    }
    answer.build()
}

fn header(about: &str) -> Header {
    HeaderBuilder::new().schema(Some(form::any_text())).description(Some(about)).build()
}
