//! The contract of the API, as OpenAPI 3.1, from the code that keeps it.
//!
//! Handlers describe themselves: what an operation takes is read from the arguments of its handler and what it answers
//! from its result, so a body, a path or a view cannot be documented as something that it is not. Schemas are derived
//! by `utoipa` from the very types that are read and written. Codes, statuses and texts come from [`ErrorCode`] and
//! [`SuccessCode`]. What holds for every route of a kind (401, 405, 413, ...) is added by [`shared`].
//!
//! # How to document a route
//! 1. Derive `ToSchema` on its body and its view, and on what these hold.
//!    - A view's plain properties need nothing. One whose type says less than it means says so:
//!      `#[schema(value_type = words::OrderStatus)] status: &'static str`, `#[schema(format = DateTime)] at: String`.
//!    - An `Option` in a view is there and may be `null`: `#[schema(required)]`. One that is left out instead
//!      (`skip_serializing_if`) needs nothing.
//!    - A property of a body is a [`Field`] and names its rule by a function of [`form`], with the constant that the
//!      parser uses too: `#[schema(required, schema_with = form::text::<MAX_REASON>)] reason: Field<String>`,
//!      `#[schema(schema_with = form::optional_text::<200>)] memo: Field<String>`. `required` is what the parser
//!      asks for by `Field::required`, `text` or `id`. Every `Field` needs its `schema_with`; one that is forgotten does
//!      not compile, for want of `Serialize`. Lists and objects in it: `form::list_of::<ItemBody, 1, MAX>`,
//!      `form::optional::<PartBody>`.
//!    - A doc comment on a property or a type becomes its description.
//! 2. Add the operation to `describe` in the feature's `openapi.rs` (the first one: name it in [`document`]):
//!    ```ignore
//!    pub fn describe(api: &mut Api) {
//!        let mut cart = api.tag("Cart", "What a shopper wants to buy.");
//!        cart.patch("/api/cart/{cartItemId}", "changeCartLine", change)
//!            .about("Sets the quantity of a line")
//!            .fails([E::CartItemNotFound, E::InsufficientStock]);
//!    }
//!    ```
//!    - The address is the one of `web::resource`, the name (`operationId`) a verb and a noun in camel case: it is the
//!      name of the function in generated clients, and stays.
//!    - `.created()` for 201, `.succeeds([..])` for other [`SuccessCode`]s; nothing for 200.
//!    - `.fails([..])` names what the use case's errors are mapped to in `http/error`. Never what [`shared`] adds.
//!    - `.query(name, what it does, schema)` for each parameter that the handler asks its `Query` for; `.paged()` for
//!      `page` and `size`.
//!    - `.link("showOrder", [("orderNumber", "$response.body#/data/orderNumber")])` where the answer names something
//!      that another operation takes: testers walk along it.
//!    - A handler that builds its `HttpResponse` itself says what with `.answers(..)` and `.redirects(..)`.
//! 3. `cargo xtask openapi` writes `docs/openapi.json` anew; read the diff. A change that breaks callers is refused by a
//!    test until `cargo xtask openapi --accept` says that it is meant.
//!
//! A new extractor implements [`Extracted`], in a line if it has nothing to say. Examples are made from schemas: an
//! example that says nothing (`"text"`) is improved in the table of [`examples`], or by `#[schema(example = ..)]`.
//!
//! [`Field`]: super::field::Field
//! [`ErrorCode`]: super::code::ErrorCode
//! [`SuccessCode`]: super::envelope::SuccessCode

pub mod answers;
mod api;
pub mod examples;
mod extract;
mod flatten;
pub mod form;
mod operation;
mod render;
mod security;
mod serve;
pub mod shared;
pub mod words;

use std::sync::LazyLock;

use utoipa::openapi::OpenApi;

pub use api::{Api, Group};
pub use extract::{Answered, Extracted};
pub use operation::Operation;
pub use serve::routes;

/// The document as it is served and committed.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    let text = serde_json::to_string_pretty(&document()).expect("a document of strings and numbers is JSON");
    text + "\n"
});

/// The whole contract.
pub fn document() -> OpenApi {
    collect().finish()
}

/// Names that two different types bear, of which the document could tell one only.
pub fn clashes() -> Vec<String> {
    collect().clashes()
}

fn collect() -> Api {
    let mut api = Api::new();
    super::accounts::describe(&mut api);
    super::password_reset::describe(&mut api);
    super::second_factor::describe(&mut api);
    super::naver::describe(&mut api);
    super::catalogue::describe(&mut api);
    super::reviews::describe(&mut api);
    super::cart::describe(&mut api);
    super::orders::describe(&mut api);
    super::payments::describe(&mut api);
    super::notifications::describe(&mut api);
    super::shelf::describe(&mut api);
    super::desk::describe(&mut api);
    super::mails::describe(&mut api);
    super::operations::describe(&mut api);
    super::pictures::describe(&mut api);
    super::images::describe(&mut api);
    describe(&mut api);
    api
}

/// The document as text: pretty JSON that ends with a line break.
pub fn text() -> &'static str {
    &TEXT
}

/// The document documents itself.
fn describe(api: &mut Api) {
    let mut own = api.tag("Documentation", "This document.");
    own.get("/api-docs/openapi.json", "showApiDocument", serve::document)
        .about("This document, in its current state")
        .answers(200, "The OpenAPI 3.1 document.", "application/json", form::any_object());
}
