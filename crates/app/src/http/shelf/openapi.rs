//! What the administration of the shelf promises.

use super::super::catalogue::takes_filter;
use super::super::code::ErrorCode as E;
use super::super::openapi::{Api, form};
use super::{audit, products, stock, tags, variants};

/// The operations.
pub fn describe(api: &mut Api) {
    kept_products(api);
    kept_variants(api);
    kept_tags(api);
    let mut trail = api.tag("Administration: audit", "Who changed what, and when.");
    trail
        .get("/api/admin/audit", "listAuditEntries", audit::list)
        .about("One page of what administrators did, the latest first")
        .details("`subject` and `id` come together: what was done to that one thing. Pictures have no numbers: `image` comes \
                  alone, and their entries say `subjectId` 0.")
        .query("subject", "A kind of thing.", form::one_of(["product", "tag", "order", "image"]))
        .query("id", "Its number.", form::id())
        .paged();
}

fn kept_products(api: &mut Api) {
    const ID: [(&str, &str); 1] = [("id", "$response.body#/data/id")];
    let mut kept = api.tag(
        "Administration: products",
        "The shelf, for those who keep it. `If-Match` with the version that was looked at guards against overwriting \
         somebody else's change.",
    );
    takes_filter(
        kept.get("/api/admin/products", "listKeptProducts", products::list)
            .about("One page of the shelf")
            .details("What was retired is among what is discontinued, and nowhere else."),
    );
    kept.post("/api/admin/products", "createProduct", products::create)
        .about("Puts a product on the shelf")
        .details("`name`, `category`, `price` and `weightUnit` must be there.")
        .created()
        .versioned()
        .fails([E::Conflict])
        .link("showKeptProduct", ID)
        .link("editProduct", ID)
        .link("removeProduct", ID)
        .link("showNutrients", ID)
        .link("replaceNutrients", ID)
        .link("listVariants", ID)
        .link("addVariant", ID);
    kept.get("/api/admin/products/categories", "listKeptCategories", products::categories)
        .about("The names of all categories, in an object");
    kept.get("/api/admin/products/{id}", "showKeptProduct", products::show)
        .about("One product")
        .versioned()
        .fails([E::NotFound]);
    kept.put("/api/admin/products/{id}", "editProduct", products::edit)
        .about("Writes some of its fields anew")
        .details("What is absent or `null` stays as it is. A product that was retired is not found.")
        .versioned()
        .fails([E::NotFound, E::Conflict]);
    kept.delete("/api/admin/products/{id}", "removeProduct", products::remove)
        .about("Takes it off the shelf")
        .details("What was sold, lies in a cart or was counted is retired and not erased.")
        .fails([E::NotFound, E::Conflict]);
    kept.get("/api/admin/products/{id}/nutrients", "showNutrients", products::nutrients)
        .about("What is in 100 g of it, as it is edited")
        .versioned()
        .fails([E::NotFound]);
    kept.put("/api/admin/products/{id}/nutrients", "replaceNutrients", products::replace_nutrients)
        .about("Writes anew what is in it")
        .versioned()
        .fails([E::NotFound, E::Conflict]);
}

fn kept_variants(api: &mut Api) {
    const FIRST: [(&str, &str); 2] = [("id", "$request.path.id"), ("variantId", "$response.body#/data/variants/0/id")];
    const STOCK: [(&str, &str); 1] = [("id", "$response.body#/data/variants/0/id")];
    let mut kept = api.tag("Administration: products", "");
    kept.get("/api/admin/products/{id}/variants", "listVariants", variants::list)
        .about("A product's variants, the oldest first")
        .versioned()
        .fails([E::NotFound])
        .link("editVariant", FIRST)
        .link("eraseVariant", FIRST)
        .link("adjustStock", STOCK);
    kept.post("/api/admin/products/{id}/variants", "addVariant", variants::add)
        .about("Adds a variant, with nothing in stock")
        .details("`name`, `price` and `weightGrams` must be there.")
        .created()
        .versioned()
        .fails([E::NotFound, E::Conflict])
        .link("editVariant", FIRST)
        .link("eraseVariant", FIRST)
        .link("adjustStock", STOCK);
    kept.put("/api/admin/products/{id}/variants/{variantId}", "editVariant", variants::edit)
        .about("Changes a variant")
        .details("What is absent or `null` stays as it is.")
        .versioned()
        .fails([E::NotFound, E::Conflict]);
    kept.delete("/api/admin/products/{id}/variants/{variantId}", "eraseVariant", variants::erase)
        .about("Erases a variant that was neither sold nor put into a cart nor counted")
        .details("The last one of a product is refused: without any it could not be bought.")
        .versioned()
        .fails([E::NotFound, E::Conflict]);
    kept.post("/api/admin/variants/{id}/stock", "adjustStock", stock::adjust)
        .about("Counts pieces in or out, and says why")
        .fails([E::NotFound, E::Conflict]);
}

fn kept_tags(api: &mut Api) {
    let mut kept = api.tag("Administration: tags", "What products are labelled with.");
    kept.get("/api/admin/tags", "listTags", tags::list)
        .about("One page of all tags by name, with how many products bear each")
        .paged()
        .link("renameTag", [("id", "$response.body#/data/tags/0/id")])
        .link("eraseTag", [("id", "$response.body#/data/tags/0/id")]);
    kept.put("/api/admin/tags/{id}", "renameTag", tags::rename)
        .about("Gives a tag another name, on every product that bears it")
        .fails([E::TagNotFound, E::DuplicateTagName, E::Conflict]);
    kept.delete("/api/admin/tags/{id}", "eraseTag", tags::erase)
        .about("Erases a tag that no product bears")
        .fails([E::TagNotFound, E::Conflict]);
}
