//! All operations, group by group.

use std::collections::BTreeMap;

use actix_web::Handler;
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{Components, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, Paths, RefOr, Schema, Server};

use super::answers::Answers;
use super::examples::Examples;
use super::extract::{Answered, Extracted};
use super::operation::Operation;
use super::{answers, flatten, security};

const ABOUT: &str = "\
The API of the Energy Factory shop: what its pages call, what partners call, and what the administration does.

Every JSON answer is one envelope, `{status, code, desc, data}`. `status` repeats the HTTP status, `code` has eight \
digits and is what a program looks at (together with the status: some codes mean two things, told apart by it), `desc` \
is a Korean sentence for people, `data` is the answer proper or `null`. Errors carry `desc` a second time as `message`; \
their `data` names what was wrong with which field, or facts about the refusal.

Who is signed in is told by the cookie `accessToken`, or by `Authorization: Bearer`. Whatever answers `GET` answers \
`HEAD` too. Bodies are JSON objects of at most 256 KiB; properties that are not named here are ignored. Objects in \
answers may gain properties: a reader passes over those that it does not know.";

/// The contract while it is collected.
pub struct Api {
    tags: Vec<Tag>,
    operations: Vec<Operation>,
}

impl Api {
    pub(super) fn new() -> Self {
        Self { tags: Vec::new(), operations: Vec::new() }
    }

    /// Operations that belong together. A group that is there already is taken up again.
    pub fn tag(&mut self, name: &'static str, description: &str) -> Group<'_> {
        if !self.tags.iter().any(|tag| tag.name == name) {
            self.tags.push(TagBuilder::new().name(name).description(Some(description)).build());
        }
        Group { name, operations: &mut self.operations }
    }

    /// Names that two different types bear.
    pub(super) fn clashes(&self) -> Vec<String> {
        let mut known = BTreeMap::new();
        let named = answers::schemas();
        let schemas = named.iter().chain(self.operations.iter().flat_map(|operation| &operation.schemas));
        schemas
            .filter(|(name, schema)| *known.entry(name).or_insert(schema) != schema)
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// The document.
    pub(super) fn finish(self) -> OpenApi {
        let mut schemas: BTreeMap<String, RefOr<Schema>> = answers::schemas().into_iter().collect();
        schemas.extend(self.operations.iter().flat_map(|operation| operation.schemas.clone()));
        flatten::spread_optional_parts(&mut schemas);
        let examples = Examples::of(&schemas);
        let mut answers = Answers::default();
        let mut paths = Paths::new();
        for operation in self.operations {
            let (path, method) = (operation.path, operation.method.clone());
            paths.add_path_operation(path, vec![method], operation.render(&examples, &mut answers));
        }
        let mut components = Components::new();
        components.schemas = schemas;
        components.responses = answers.into_components();
        security::add_schemes(&mut components);
        OpenApiBuilder::new()
            .info(InfoBuilder::new().title("Energy Factory").version("1.0.0").description(Some(ABOUT)).build())
            .servers(Some([Server::new("/")]))
            .tags(Some(self.tags))
            .paths(paths)
            .components(Some(components))
            .build()
    }
}

/// Operations that belong together.
pub struct Group<'a> {
    name: &'static str,
    operations: &'a mut Vec<Operation>,
}

impl Group<'_> {
    /// `GET` of that address, under that `operationId`, by that handler.
    pub fn get<H, A>(&mut self, path: &'static str, id: &'static str, handler: H) -> &mut Operation
    where
        H: Handler<A>,
        A: Extracted,
        H::Output: Answered,
    {
        self.add::<H, A>(HttpMethod::Get, path, id, handler)
    }

    /// `POST` to that address.
    pub fn post<H, A>(&mut self, path: &'static str, id: &'static str, handler: H) -> &mut Operation
    where
        H: Handler<A>,
        A: Extracted,
        H::Output: Answered,
    {
        self.add::<H, A>(HttpMethod::Post, path, id, handler)
    }

    /// `PUT` to that address.
    pub fn put<H, A>(&mut self, path: &'static str, id: &'static str, handler: H) -> &mut Operation
    where
        H: Handler<A>,
        A: Extracted,
        H::Output: Answered,
    {
        self.add::<H, A>(HttpMethod::Put, path, id, handler)
    }

    /// `PATCH` of that address.
    pub fn patch<H, A>(&mut self, path: &'static str, id: &'static str, handler: H) -> &mut Operation
    where
        H: Handler<A>,
        A: Extracted,
        H::Output: Answered,
    {
        self.add::<H, A>(HttpMethod::Patch, path, id, handler)
    }

    /// `DELETE` of that address.
    pub fn delete<H, A>(&mut self, path: &'static str, id: &'static str, handler: H) -> &mut Operation
    where
        H: Handler<A>,
        A: Extracted,
        H::Output: Answered,
    {
        self.add::<H, A>(HttpMethod::Delete, path, id, handler)
    }

    /// The handler is asked for its types only.
    fn add<H, A>(&mut self, method: HttpMethod, path: &'static str, id: &'static str, _: H) -> &mut Operation
    where
        H: Handler<A>,
        A: Extracted,
        H::Output: Answered,
    {
        let mut operation = Operation::new(self.name, method, path, id);
        A::describe(&mut operation);
        <H::Output as Answered>::describe(&mut operation);
        self.operations.push(operation);
        self.operations.last_mut().expect("it was just put there")
    }
}
