//! What cart requests bring and what the cart page gets.

use ef_domain::cart::{AddToCartCommand, Cart, CartLine, ShippingRule};
use ef_domain::shared::{Actor, CartItemId, FieldErrors, MoneyError, ProductId, Quantity, VariantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::field::{Field, finish};
use super::super::openapi::{form, words};
use super::super::view::{NutritionSummaryView, NutritionView, Pictures, number};

/// The most lines that one request removes.
const MAX_SELECTED: usize = 500;

/// `POST /api/cart`
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AddToCartBody {
    #[schema(required, schema_with = form::id)]
    product_id: Field<i64>,
    #[schema(required, schema_with = form::id)]
    variant_id: Field<i64>,
    #[schema(required, schema_with = form::quantity)]
    quantity: Field<i64>,
}

impl AddToCartBody {
    /// What that shopper wants to add.
    pub fn into_command(self, actor: Actor) -> Result<AddToCartCommand, FieldErrors> {
        let mut errors = FieldErrors::new();
        let product = errors.keep("productId", self.product_id.id(ProductId::new));
        let variant = errors.keep("variantId", self.variant_id.id(VariantId::new));
        let quantity = errors.keep("quantity", quantity(self.quantity));
        let command = product.zip(variant).zip(quantity);
        let command =
            command.map(|((product, variant), quantity)| AddToCartCommand { actor, product, variant, quantity });
        finish(command, errors)
    }
}

/// `PATCH /api/cart/{cartItemId}`
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ChangeQuantityBody {
    #[schema(required, schema_with = form::quantity)]
    quantity: Field<i64>,
}

impl TryFrom<ChangeQuantityBody> for Quantity {
    type Error = FieldErrors;

    fn try_from(body: ChangeQuantityBody) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let quantity = errors.keep("quantity", quantity(body.quantity));
        finish(quantity, errors)
    }
}

/// `DELETE /api/cart/selected`
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RemoveSelectedBody {
    #[schema(required, schema_with = form::ids::<MAX_SELECTED>)]
    cart_item_ids: Field<Vec<Field<i64>>>,
}

impl TryFrom<RemoveSelectedBody> for Vec<CartItemId> {
    type Error = FieldErrors;

    fn try_from(body: RemoveSelectedBody) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let items = errors.keep("cartItemIds", body.cart_item_ids.required()).unwrap_or_default();
        if errors.is_empty() && !(1..=MAX_SELECTED).contains(&items.len()) {
            errors.add("cartItemIds", format!("1개 이상 {MAX_SELECTED}개 이하여야 합니다."));
        }
        let items = items.into_iter().take(MAX_SELECTED).enumerate();
        let ids = items
            .filter_map(|(index, item)| errors.keep(format!("cartItemIds[{index}]"), item.id(CartItemId::new)))
            .collect();
        finish(Some(ids), errors)
    }
}

fn quantity(field: Field<i64>) -> Result<Quantity, String> {
    let pieces = field.required().map_err(str::to_owned)?;
    Quantity::try_new(pieces).map_err(|error| error.to_string())
}

/// A line of a cart. `stock` is what this shopper can buy now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartLineView {
    id: i64,
    product_id: i64,
    product_name: String,
    #[schema(required)]
    product_image_url: Option<String>,
    product_category: String,
    variant_id: i64,
    variant_name: String,
    price: i64,
    quantity: i64,
    total_price: i64,
    stock: i64,
    is_available: bool,
    #[schema(value_type = words::ProductStatus)]
    product_status: &'static str,
    #[schema(required)]
    nutrition: Option<NutritionView>,
    weight: f64,
    #[schema(value_type = words::WeightUnit)]
    weight_unit: &'static str,
}

impl CartLineView {
    /// That line.
    pub fn try_new(line: CartLine, pictures: &Pictures) -> Result<Self, MoneyError> {
        Ok(Self {
            id: line.id.get(),
            product_id: line.product.get(),
            variant_id: line.variant.get(),
            price: line.price.get(),
            quantity: line.quantity.get(),
            total_price: line.total()?.get(),
            stock: line.available,
            is_available: line.is_available(),
            product_status: line.status.name(),
            nutrition: line.nutrition.map(NutritionView::from),
            weight: number(line.weight),
            weight_unit: line.weight_unit.name(),
            product_image_url: pictures.absolute(line.image),
            product_name: line.product_name,
            product_category: line.category,
            variant_name: line.variant_name,
        })
    }
}

/// A cart.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartView {
    items: Vec<CartLineView>,
    item_count: usize,
    total_quantity: i64,
    total_price: i64,
    shipping_fee: i64,
    free_shipping_threshold: i64,
    amount_to_free_shipping: i64,
    final_price: i64,
    nutrition_summary: NutritionSummaryView,
}

impl CartView {
    /// That cart, and what delivery would cost.
    pub fn try_new(cart: Cart, shipping: ShippingRule, pictures: &Pictures) -> Result<Self, MoneyError> {
        let total = cart.total()?;
        let fee = shipping.fee_for(total);
        Ok(Self {
            item_count: cart.lines.len(),
            total_quantity: cart.pieces(),
            total_price: total.get(),
            shipping_fee: fee.get(),
            free_shipping_threshold: shipping.free_from.get(),
            amount_to_free_shipping: total.missing_to(shipping.free_from).get(),
            final_price: total.plus(fee)?.get(),
            nutrition_summary: cart.nutrition().into(),
            items: cart
                .lines
                .into_iter()
                .map(|line| CartLineView::try_new(line, pictures))
                .collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use ef_domain::shared::{Role, UserId, Won};
    use serde_json::{Value, json};

    use super::*;

    fn errors_of(body: Value) -> Vec<String> {
        let actor = Actor { user: UserId::new(1), role: Role::User };
        let body: AddToCartBody = serde_json::from_value(body).unwrap();
        body.into_command(actor).map(|_| ()).unwrap_err().iter().map(|error| error.field.clone()).collect()
    }

    #[test]
    fn every_broken_field_is_named_at_once() {
        assert_eq!(errors_of(json!({})), ["productId", "variantId", "quantity"]);
        assert_eq!(errors_of(json!({"productId": -1, "variantId": "5", "quantity": 1000})).len(), 3);
        assert_eq!(errors_of(json!({"productId": 1, "variantId": 5, "quantity": 0})), ["quantity"]);
    }

    #[test]
    fn one_to_five_hundred_lines_can_be_selected() {
        let select = |ids: Value| {
            let body: RemoveSelectedBody = serde_json::from_value(json!({ "cartItemIds": ids })).unwrap();
            Vec::<CartItemId>::try_from(body)
        };
        assert_eq!(select(json!([1, 2])).unwrap().len(), 2);
        assert!(select(json!((1..=500).collect::<Vec<_>>())).is_ok());
        for ids in [json!(null), json!([]), json!(1), json!([1, "2"]), json!([0]), json!((1..=501).collect::<Vec<_>>())]
        {
            assert!(select(ids.clone()).is_err(), "{ids}");
        }
    }

    #[test]
    fn an_empty_cart_is_a_list_of_nothing_and_pays_delivery() {
        let shipping = ShippingRule { fee: Won::try_new(2500).unwrap(), free_from: Won::try_new(30_000).unwrap() };
        let view = CartView::try_new(Cart::default(), shipping, &Pictures::under("http://shop")).unwrap();
        let view = serde_json::to_value(view).unwrap();
        assert_eq!(view["items"], json!([]));
        assert_eq!((view["shippingFee"].as_i64(), view["finalPrice"].as_i64()), (Some(2500), Some(2500)));
        assert_eq!(view["amountToFreeShipping"], json!(30_000));
        assert_eq!(view["nutritionSummary"]["fatRatio"], json!(0.0));
    }
}
