//! `POST /api/orders`

use actix_web::web;
use ef_domain::once::Operation;
use ef_domain::order::{PlaceOrderCommand, RequestedLine};
use ef_domain::shared::{Actor, FieldErrors, ProductId, Quantity, VariantId, Won};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::actor::SignedIn;
use super::super::code::ErrorCode;
use super::super::envelope::Answer;
use super::super::error::ApiError;
use super::super::field::{Field, FromJson, NO_OBJECT, finish};
use super::super::once::{Begun, HandledOnce, Keyed, answer};
use super::super::openapi::form;
use super::super::recipient::{MAX_ADDRESS, MAX_NAME, RecipientFields};
use super::super::view::Pictures;
use super::dto::OrderView;
use crate::shop::Shop;

/// Holds the stock and places the order: `POST /api/orders`.
pub async fn place(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    pictures: Pictures,
    Keyed { body, asked }: Keyed<PlaceOrderBody>,
) -> HandledOnce<OrderView> {
    let command = body.into_command(actor)?;
    answer(&shop, &asked, (&actor, Operation::PlaceOrder), async |begun| {
        let (number, is_new) = match begun {
            Begun::Work(claim) => {
                let placed = shop.orders.place.run(PlaceOrderCommand { claim, ..command }).await?;
                (placed.number, placed.is_new)
            }
            Begun::Done(done) => (done.placed.ok_or_else(|| ApiError::new(ErrorCode::Internal))?, true),
        };
        let order = shop.orders.track.detail(&actor, number).await?;
        let view = OrderView::try_new(order, &pictures)?;
        Ok(if is_new { Answer::created(view) } else { Answer::ok(view) })
    })
    .await
}

/// What the order form sends.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PlaceOrderBody {
    #[schema(required, schema_with = form::text::<MAX_NAME>)]
    recipient_name: Field<String>,
    #[schema(required, schema_with = form::mobile)]
    phone_number: Field<String>,
    #[schema(required, schema_with = form::postal_code)]
    postal_code: Field<String>,
    #[schema(required, schema_with = form::text::<MAX_ADDRESS>)]
    address_line1: Field<String>,
    #[schema(schema_with = form::optional_text::<MAX_ADDRESS>)]
    address_line2: Field<String>,
    #[schema(required, schema_with = form::list_of::<OrderItemBody, 1, { PlaceOrderCommand::MAX_LINES }>)]
    order_items: Field<Vec<Field<OrderItemBody>>>,
}

/// A line of it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderItemBody {
    #[schema(required, schema_with = form::id)]
    product_id: Field<i64>,
    #[schema(schema_with = form::optional_id)]
    variant_id: Field<i64>,
    #[schema(required, schema_with = form::quantity)]
    quantity: Field<i64>,
    #[schema(required, schema_with = form::won)]
    price: Field<i64>,
}

impl FromJson for OrderItemBody {
    fn from_json(value: Value) -> Result<Self, &'static str> {
        if !value.is_object() {
            return Err(NO_OBJECT);
        }
        Self::deserialize(value).map_err(|_| NO_OBJECT)
    }
}

impl PlaceOrderBody {
    /// What that buyer asks for, or all that is wrong with it.
    pub fn into_command(self, buyer: Actor) -> Result<PlaceOrderCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let fields = RecipientFields {
            name: self.recipient_name,
            phone: self.phone_number,
            postal_code: self.postal_code,
            address_line1: self.address_line1,
            address_line2: self.address_line2,
        };
        let recipient = fields.parse(&mut errors);
        let lines = lines(self.order_items, &mut errors);
        let command = recipient.map(|recipient| PlaceOrderCommand { buyer, recipient, lines, claim: None });
        finish(command, errors)
    }
}

fn lines(field: Field<Vec<Field<OrderItemBody>>>, errors: &mut FieldErrors) -> Vec<RequestedLine> {
    const MAX: usize = PlaceOrderCommand::MAX_LINES;
    let Some(items) = errors.keep("orderItems", field.required()) else { return Vec::new() };
    if !(1..=MAX).contains(&items.len()) {
        errors.add("orderItems", format!("1개 이상 {MAX}개 이하여야 합니다."));
        return Vec::new();
    }
    let items = items.into_iter().enumerate();
    items.filter_map(|(index, item)| line(&format!("orderItems[{index}]"), item, errors)).collect()
}

fn line(path: &str, field: Field<OrderItemBody>, errors: &mut FieldErrors) -> Option<RequestedLine> {
    let item = errors.keep(path, field.required())?;
    let at = |name: &str| format!("{path}.{name}");
    let product = errors.keep(at("productId"), item.product_id.id(ProductId::new));
    let variant = match item.variant_id {
        Field::Missing => Some(None),
        given => errors.keep(at("variantId"), given.id(VariantId::new)).map(Some),
    };
    let quantity = errors.keep(at("quantity"), whole(item.quantity, Quantity::try_new));
    let price = errors.keep(at("price"), whole(item.price, Won::try_new));
    let line = product.zip(variant).zip(quantity).zip(price);
    line.map(|(((product, variant), quantity), quoted_price)| RequestedLine {
        product,
        variant,
        quantity,
        quoted_price,
    })
}

fn whole<T, E: ToString>(field: Field<i64>, parse: fn(i64) -> Result<T, E>) -> Result<T, String> {
    let number = field.required().map_err(str::to_owned)?;
    parse(number).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use ef_domain::shared::{Role, UserId};
    use serde_json::json;

    use super::*;

    fn command(body: Value) -> Result<PlaceOrderCommand, Vec<String>> {
        let body: PlaceOrderBody = serde_json::from_value(body).unwrap();
        let fields = |errors: FieldErrors| errors.iter().map(|error| error.field.clone()).collect();
        body.into_command(Actor { user: UserId::new(1), role: Role::User }).map_err(fields)
    }

    fn form() -> Value {
        json!({
            "recipientName": "김하늘", "phoneNumber": "010-1234-5678", "postalCode": "12345", "addressLine1": "서울",
            "orderItems": [{"productId": 3, "variantId": 5, "quantity": 2, "price": 8500.00}]
        })
    }

    #[test]
    fn what_the_page_sends_is_an_order() {
        let command = command(form()).unwrap();
        assert_eq!(command.lines.len(), 1);
        assert_eq!(command.recipient.address_line2, None);
    }

    #[test]
    fn a_line_without_a_variant_asks_for_the_default_one() {
        let mut form = form();
        form["orderItems"][0]["variantId"] = Value::Null;
        form["addressLine2"] = json!("  ");
        let command = command(form).unwrap();
        assert_eq!(command.lines[0].variant, None);
        assert_eq!(command.recipient.address_line2, None);
    }

    #[test]
    fn every_broken_field_is_named_at_once() {
        let all = ["recipientName", "phoneNumber", "postalCode", "addressLine1", "orderItems"];
        assert_eq!(command(json!({})).unwrap_err(), all);
        let mut form = form();
        form["phoneNumber"] = json!("01012345678");
        form["addressLine2"] = json!("가".repeat(501));
        form["orderItems"] = json!([{"productId": 0, "variantId": "x", "quantity": 0, "price": -1}, 7]);
        let item = |name: &str| format!("orderItems[0].{name}");
        let expected = ["phoneNumber".to_owned(), "addressLine2".to_owned()].into_iter();
        let expected = expected.chain(["productId", "variantId", "quantity", "price"].map(item));
        let expected: Vec<_> = expected.chain(["orderItems[1]".to_owned()]).collect();
        assert_eq!(command(form).unwrap_err(), expected);
    }

    #[test]
    fn an_order_has_one_to_a_hundred_lines() {
        for (count, fits) in [(0, false), (1, true), (100, true), (101, false)] {
            let mut form = form();
            let line = form["orderItems"][0].clone();
            form["orderItems"] = Value::Array(vec![line; count]);
            assert_eq!(command(form).is_ok(), fits, "{count}");
        }
    }
}
