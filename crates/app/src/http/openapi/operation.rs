//! One operation while it is described.

use std::collections::BTreeMap;

use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{HttpMethod, Ref, RefOr, Required, Schema};

use super::super::code::ErrorCode;
use super::super::cookies;
use super::super::envelope::SuccessCode;
use super::super::path::FromPath;
use super::form;
use super::security::BEARER;

/// What a handler answers itself, without the envelope.
pub(super) struct RawAnswer {
    pub(super) description: &'static str,
    /// Content type and schema; nothing for an answer without a body.
    pub(super) content: Option<(&'static str, RefOr<Schema>)>,
    /// Header and what it says.
    pub(super) headers: Vec<(&'static str, &'static str)>,
}

/// Where an answer leads: an operation, and its parameters as runtime expressions.
pub(super) struct Link {
    pub(super) operation: &'static str,
    pub(super) parameters: Vec<(&'static str, &'static str)>,
}

/// One operation while it is described.
pub struct Operation {
    pub(super) tag: &'static str,
    pub(super) method: HttpMethod,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: Option<&'static str>,
    pub(super) parameters: Vec<Parameter>,
    /// Content types and the schema of the body.
    pub(super) body: Option<(Vec<&'static str>, RefOr<Schema>)>,
    /// Whether there must be one.
    pub(super) needs_body: bool,
    /// What is in the envelope; nothing for handlers that do not use it.
    pub(super) data: Option<RefOr<Schema>>,
    pub(super) successes: Vec<SuccessCode>,
    pub(super) raw: BTreeMap<u16, RawAnswer>,
    pub(super) errors: Vec<ErrorCode>,
    pub(super) links: Vec<Link>,
    /// Headers of a success, and what they say.
    pub(super) headers: BTreeMap<&'static str, &'static str>,
    /// The schemes of which one will do, where the session guard does not ask for its own.
    pub(super) shown_by: Vec<&'static str>,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

impl Operation {
    pub(super) fn new(tag: &'static str, method: HttpMethod, path: &'static str, id: &'static str) -> Self {
        Self {
            tag,
            method,
            path,
            id,
            summary: "",
            description: None,
            parameters: Vec::new(),
            body: None,
            needs_body: true,
            data: None,
            successes: Vec::new(),
            raw: BTreeMap::new(),
            errors: Vec::new(),
            links: Vec::new(),
            headers: BTreeMap::new(),
            shown_by: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// Whether it only looks.
    pub fn is_read(&self) -> bool {
        self.method == HttpMethod::Get
    }

    /// What it does, in a line.
    pub fn about(&mut self, summary: &'static str) -> &mut Self {
        self.summary = summary;
        self
    }

    /// What else there is to know.
    pub fn details(&mut self, description: &'static str) -> &mut Self {
        self.description = Some(description);
        self
    }

    /// It answers 201.
    pub fn created(&mut self) -> &mut Self {
        self.succeeds([SuccessCode::Created])
    }

    /// How it goes well, where that is not 200 alone.
    pub fn succeeds(&mut self, codes: impl IntoIterator<Item = SuccessCode>) -> &mut Self {
        self.successes = codes.into_iter().collect();
        self
    }

    /// How it fails, besides what holds for all operations of its kind.
    pub fn fails(&mut self, codes: impl IntoIterator<Item = ErrorCode>) -> &mut Self {
        for code in codes {
            if !self.errors.contains(&code) {
                self.errors.push(code);
            }
        }
        self
    }

    /// The envelope holds a list of these, not wrapped in an object.
    pub fn list_of<T: ToSchema>(&mut self) -> &mut Self {
        let items = self.reference::<T>();
        self.data = Some(form::list(items));
        self
    }

    /// The answer says in its `ETag` which version of something it shows.
    pub fn versioned(&mut self) -> &mut Self {
        self.says("ETag", "The version of what is shown, for `If-Match`.")
    }

    /// An answer may be one that was given before, and says so.
    pub(super) fn replays(&mut self) -> &mut Self {
        self.says("Idempotent-Replayed", "`true` on an answer that was given before.");
        self
    }

    /// A success says something in a header.
    pub fn says(&mut self, header: &'static str, about: &'static str) -> &mut Self {
        self.headers.insert(header, about);
        self
    }

    /// A success sets or forgets cookies.
    pub fn sets_cookies(&mut self) -> &mut Self {
        self.says("Set-Cookie", "The tokens of the session, or that they are to be forgotten.")
    }

    /// The guard lets everybody pass, and the handler asks for that cookie itself.
    pub fn shown_by(&mut self, cookie: &'static str) -> &mut Self {
        self.shown_by.push(cookie);
        self
    }

    /// The guard lets everybody pass, and the handler asks for a session, which it renews if need be.
    pub fn renews(&mut self) -> &mut Self {
        self.sets_cookies();
        self.shown_by.extend([cookies::ACCESS, BEARER, cookies::REFRESH]);
        self.fails([ErrorCode::Unauthorized, ErrorCode::TooManyRequests])
    }

    /// Something that is in no envelope stands among the components all the same.
    pub fn mentions<T: ToSchema>(&mut self) -> &mut Self {
        self.reference::<T>();
        self
    }

    /// An answer that is no envelope.
    pub fn answers(
        &mut self,
        status: u16,
        description: &'static str,
        content_type: &'static str,
        schema: impl Into<RefOr<Schema>>,
    ) -> &mut Self {
        let content = Some((content_type, schema.into()));
        self.raw.insert(status, RawAnswer { description, content, headers: Vec::new() });
        self
    }

    /// An answer without a body.
    pub fn answers_nothing(&mut self, status: u16, description: &'static str) -> &mut Self {
        self.raw.insert(status, RawAnswer { description, content: None, headers: Vec::new() });
        self
    }

    /// A redirect.
    pub fn redirects(&mut self, status: u16, description: &'static str) -> &mut Self {
        let headers = vec![("Location", "Where to go on.")];
        self.raw.insert(status, RawAnswer { description, content: None, headers });
        self
    }

    /// Another operation takes what this one answers. Parameters are runtime expressions, such as
    /// `$response.body#/data/id` and `$request.path.id`.
    pub fn link(
        &mut self,
        operation: &'static str,
        parameters: impl IntoIterator<Item = (&'static str, &'static str)>,
    ) -> &mut Self {
        self.links.push(Link { operation, parameters: parameters.into_iter().collect() });
        self
    }

    /// A parameter of the query string that may be left out.
    pub fn query(&mut self, name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> &mut Self {
        self.parameter(name, ParameterIn::Query, Required::False, description, schema.into())
    }

    /// A parameter of the query string that must be there.
    pub fn required_query(&mut self, name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> &mut Self {
        self.parameter(name, ParameterIn::Query, Required::True, description, schema.into())
    }

    /// A header that may be left out.
    pub fn header(&mut self, name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> &mut Self {
        self.parameter(name, ParameterIn::Header, Required::False, description, schema.into())
    }

    /// A list in pages: whatever is no page number is the first page, whatever is no size the usual size.
    pub fn paged(&mut self) -> &mut Self {
        self.query("page", "Which page, counted from 0.", form::number(0, i64::from(u32::MAX))).query(
            "size",
            "How many on a page; more than 100 are 100.",
            form::number(1, 100),
        )
    }

    /// The path's next parameter names one of these.
    pub fn names<T: FromPath>(&mut self) -> &mut Self {
        let taken = |name: &str| self.parameters.iter().any(|parameter| parameter.name == name);
        let name = placeholders(self.path).find(|name| !taken(name)).unwrap_or_default();
        let schema = T::schema().into();
        self.parameter(name, ParameterIn::Path, Required::True, T::MEANING, schema).fails([ErrorCode::InvalidRequest])
    }

    /// The body is one of these, in any of these content types.
    pub(super) fn takes<T: ToSchema>(&mut self, content_types: impl IntoIterator<Item = &'static str>) -> &mut Self {
        let schema = self.reference::<T>();
        self.takes_raw(content_types, schema)
    }

    /// The body has that schema.
    pub fn takes_raw(
        &mut self,
        content_types: impl IntoIterator<Item = &'static str>,
        schema: impl Into<RefOr<Schema>>,
    ) -> &mut Self {
        self.body = Some((content_types.into_iter().collect(), schema.into()));
        self.fails([ErrorCode::InvalidRequest])
    }

    /// The body may be missing.
    pub(super) fn body_is_optional(&mut self) -> &mut Self {
        self.needs_body = false;
        self
    }

    /// The envelope holds one of these.
    pub(super) fn shows<T: ToSchema>(&mut self) {
        let data = self.reference::<T>();
        self.data = Some(data);
    }

    /// The type by its name, once it and all that it holds are among the components.
    fn reference<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let name = T::name();
        match name.as_ref() {
            "TupleUnit" => form::nothing().into(),
            "Vec" | "String" | "str" | "i64" | "u64" | "usize" | "u32" | "bool" => T::schema(),
            _ => {
                T::schemas(&mut self.schemas);
                self.schemas.push((name.to_string(), T::schema()));
                Ref::from_schema_name(name).into()
            }
        }
    }

    fn parameter(
        &mut self,
        name: &str,
        place: ParameterIn,
        required: Required,
        description: &str,
        schema: RefOr<Schema>,
    ) -> &mut Self {
        let parameter = ParameterBuilder::new().name(name).parameter_in(place).required(required);
        self.parameters.push(parameter.description(Some(description)).schema(Some(schema)).build());
        self
    }

    /// Whether the path names something.
    pub(super) fn has_path_parameters(&self) -> bool {
        placeholders(self.path).next().is_some()
    }
}

/// The names in the braces of a path.
fn placeholders(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}
