//! What the shelf promises.

use ef_domain::catalogue::ProductStatus;

use super::super::caching;
use super::super::code::ErrorCode as E;
use super::super::openapi::{Api, Operation, form};
use super::browse::{categories, category, list, search, show};

/// The operations.
pub fn describe(api: &mut Api) {
    let mut shelf = api.tag("Products", "The shelf, for everybody.");
    let list = shelf.get("/api/products", "listProducts", list).about("One page of the shelf");
    caching::describe(list).link("showProduct", [("id", "$response.body#/data/products/0/id")]);
    takes_filter(list);
    caching::describe(shelf.get("/api/products/categories", "listCategories", categories))
        .about("The names of all categories")
        .link("listProductsOfCategory", [("category", "$response.body#/data/0")]);
    let category = shelf.get("/api/products/categories/{category}", "listProductsOfCategory", category);
    sorted(caching::describe(category).about("One page of a category"));
    let search = shelf
        .get("/api/products/search", "searchProducts", search)
        .about("What a text finds in names, brands and tags")
        .details("An empty text finds everything, as the page asks on every keystroke.")
        .required_query("q", "The text.", form::search_text())
        .query("category", "Of this category only.", form::search_text());
    sorted(caching::describe(search));
    caching::describe(shelf.get("/api/products/{id}", "showProduct", show)).about("One product").fails([E::NotFound]);
}

/// What lists can be narrowed down to, here and in the administration.
pub fn takes_filter(operation: &mut Operation) {
    operation
        .query("category", "Of this category only.", form::search_text())
        .query(
            "keyword",
            "With each of these words in name, brand, tags or nutrients: at most eight.",
            form::search_text(),
        )
        .query("status", "Of this status only.", form::one_of(ProductStatus::ALL.map(ProductStatus::name)))
        .query("minPrice", "In won, at least.", form::won())
        .query("maxPrice", "In won, at most.", form::won());
    sorted(operation);
}

fn sorted(operation: &mut Operation) {
    let wishes = "^(createdAt|price|name|averageRating|id)(,(asc|desc))?$";
    operation
        .query("sort", "By what, and in which direction; the newest first otherwise.", form::matching(wishes))
        .query("cursor", "From where on: the `nextCursor` of the stretch before. It knows its order, and is of no use with other conditions.", form::any_text())
        .paged();
}
