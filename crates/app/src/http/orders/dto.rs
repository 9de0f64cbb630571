//! Orders as pages get them.

use std::time::Duration;

use ef_domain::catalogue::{Eaten, NutritionSummary};
use ef_domain::order::{LineToday, OrderDetail, OrderDetailLine, OrderSummary, PaymentSummary};
use ef_domain::shared::{MoneyError, Page, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::openapi::words;
use super::super::payments::DepositView;
use super::super::query::PageInfo;
use super::super::view::{NutritionSummaryView, NutritionView, Pictures, VitaminView};

/// How long after it was placed an order is promised.
const DELIVERY: Duration = Duration::from_hours(48);

/// An order with all that its page shows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    id: i64,
    user_id: i64,
    order_number: i64,
    total_price: i64,
    #[schema(value_type = words::OrderStatus)]
    status: &'static str,
    #[schema(value_type = words::PaymentStatus)]
    payment_status: &'static str,
    recipient_name: String,
    phone_number: String,
    postal_code: String,
    address_line1: String,
    #[schema(required)]
    address_line2: Option<String>,
    order_items: Vec<OrderLineView>,
    #[schema(required)]
    payment: Option<OrderPaymentView>,
    /// The virtual account that waits for the money.
    #[schema(required)]
    deposit: Option<DepositView>,
    /// When it ended.
    #[schema(required, format = DateTime)]
    cancelled_at: Option<String>,
    /// Whose doing that is; known before it ended while its money is on the way back.
    #[schema(required, value_type = Option<words::Party>)]
    cancelled_by: Option<&'static str>,
    /// Why, in his words.
    #[schema(required)]
    cancel_reason: Option<String>,
    delivery_info: DeliveryView,
    nutrition_summary: NutritionSummaryView,
}

impl OrderView {
    /// That order.
    pub fn try_new(order: OrderDetail, pictures: &Pictures) -> Result<Self, MoneyError> {
        let eaten = order.lines.iter().map(|line| Eaten {
            grams: line.grams,
            pieces: line.quantity.get(),
            macros: line.nutrition,
        });
        let nutrition_summary = NutritionSummary::of(eaten).into();
        let (recipient, end) = (order.recipient, order.end);
        let address = match &recipient.address_line2 {
            Some(line2) => format!("{} {line2}", recipient.address_line1),
            None => recipient.address_line1.clone(),
        };
        let lines = order.lines.into_iter().map(|line| OrderLineView::try_new(line, pictures));
        Ok(Self {
            id: order.id.get(),
            user_id: order.buyer.get(),
            order_number: order.number.get(),
            total_price: order.total.get(),
            status: order.status.name(),
            payment_status: order.payment_status.name(),
            phone_number: recipient.phone.as_str().to_owned(),
            postal_code: recipient.postal_code.as_str().to_owned(),
            order_items: lines.collect::<Result<_, _>>()?,
            payment: order.payment.map(OrderPaymentView::from),
            deposit: order.deposit.map(|deposit| DepositView::new(&deposit, order.total)),
            cancelled_at: end.as_ref().and_then(|end| end.at).map(|at| at.to_string()),
            cancelled_by: end.as_ref().map(|end| end.by),
            cancel_reason: end.and_then(|end| end.reason),
            delivery_info: DeliveryView::new(recipient.name.clone(), address, order.placed_at),
            nutrition_summary,
            recipient_name: recipient.name,
            address_line1: recipient.address_line1,
            address_line2: recipient.address_line2,
        })
    }
}

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrderLineView {
    id: i64,
    product_id: i64,
    product_name: String,
    #[schema(required)]
    product_image_url: Option<String>,
    variant_id: i64,
    variant_name: String,
    quantity: i64,
    price: i64,
    total_price: i64,
    #[schema(required)]
    nutrition: Option<NutritionView>,
    vitamins_and_minerals: Vec<VitaminView>,
    reorder: ReorderView,
}

/// What buying it again would find, right now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReorderView {
    /// Whether at least one can be bought.
    possible: bool,
    /// The price of one.
    price: i64,
    available_stock: i64,
}

impl From<LineToday> for ReorderView {
    fn from(today: LineToday) -> Self {
        let LineToday { price, available, .. } = today;
        Self { possible: today.can_be_bought(), price: price.get(), available_stock: available }
    }
}

impl OrderLineView {
    fn try_new(line: OrderDetailLine, pictures: &Pictures) -> Result<Self, MoneyError> {
        Ok(Self {
            id: line.id.get(),
            product_id: line.product.get(),
            product_name: line.product_name,
            product_image_url: pictures.absolute(line.image),
            variant_id: line.variant.get(),
            variant_name: line.variant_name,
            quantity: line.quantity.get(),
            price: line.price.get(),
            total_price: line.price.times(line.quantity)?.get(),
            nutrition: line.nutrition.map(NutritionView::from),
            vitamins_and_minerals: line.vitamins.into_iter().map(VitaminView::from).collect(),
            reorder: line.today.into(),
        })
    }
}

/// The payment of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrderPaymentView {
    id: i64,
    #[schema(value_type = words::PaymentMethod)]
    payment_method: &'static str,
    #[schema(value_type = words::PaymentStatus)]
    payment_status: &'static str,
    transaction_id: String,
    amount: i64,
    #[schema(format = DateTime)]
    paid_at: String,
}

impl From<PaymentSummary> for OrderPaymentView {
    fn from(payment: PaymentSummary) -> Self {
        Self {
            id: payment.id.get(),
            payment_method: payment.method.name(),
            payment_status: payment.status.name(),
            transaction_id: payment.key,
            amount: payment.amount.get(),
            paid_at: payment.paid_at.to_string(),
        }
    }
}

/// Where a parcel goes, and when it should arrive.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeliveryView {
    recipient_name: String,
    address: String,
    #[schema(format = DateTime)]
    estimated_delivery_date: String,
}

impl DeliveryView {
    fn new(recipient_name: String, address: String, placed_at: Timestamp) -> Self {
        Self { recipient_name, address, estimated_delivery_date: placed_at.after(DELIVERY).to_string() }
    }
}

/// One page of a buyer's orders.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderPageView {
    orders: Vec<OrderSummaryView>,
    page_info: PageInfo,
}

impl OrderPageView {
    /// That page.
    pub fn new(page: Page<OrderSummary>, pictures: &Pictures) -> Self {
        let page_info = PageInfo::of(&page);
        let orders = page.rows.into_iter().map(|order| OrderSummaryView::new(order, pictures)).collect();
        Self { orders, page_info }
    }
}

/// An order in a list. The product's name is bare: the page itself adds "and N more".
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderSummaryView {
    id: i64,
    order_number: i64,
    total_price: i64,
    #[schema(value_type = words::OrderStatus)]
    status: &'static str,
    #[schema(value_type = words::PaymentStatus)]
    payment_status: &'static str,
    recipient_name: String,
    item_count: u32,
    representative_product_name: String,
    #[schema(required)]
    representative_product_image_url: Option<String>,
    #[schema(format = DateTime)]
    estimated_delivery_date: String,
    #[schema(required)]
    payment: Option<OrderPaymentView>,
    delivery: DeliveryView,
}

impl OrderSummaryView {
    /// That order.
    pub fn new(order: OrderSummary, pictures: &Pictures) -> Self {
        let delivery = DeliveryView::new(order.recipient_name.clone(), order.address, order.placed_at);
        Self {
            id: order.id.get(),
            order_number: order.number.get(),
            total_price: order.total.get(),
            status: order.status.name(),
            payment_status: order.payment_status.name(),
            recipient_name: order.recipient_name,
            item_count: order.line_count,
            representative_product_name: order.first_product_name,
            representative_product_image_url: pictures.absolute(order.first_product_image),
            estimated_delivery_date: delivery.estimated_delivery_date.clone(),
            payment: order.payment.map(OrderPaymentView::from),
            delivery,
        }
    }
}

#[cfg(test)]
mod tests {
    use ef_domain::account::Phone;
    use ef_domain::order::{OrderNumber, OrderStatus, PaymentStatus, PostalCode, Recipient};
    use ef_domain::payment::PaymentMethod;
    use ef_domain::shared::{OrderId, OrderLineId, PaymentId, ProductId, Quantity, UserId, VariantId, Won};
    use serde_json::{Value, json};

    use super::*;

    fn paid_order() -> OrderDetail {
        let won = |won| Won::try_new(won).unwrap();
        OrderDetail {
            id: OrderId::new(42),
            number: OrderNumber::try_new(1_762_500_000_123).unwrap(),
            buyer: UserId::new(7),
            total: won(17_000),
            status: OrderStatus::Confirmed,
            payment_status: PaymentStatus::Completed,
            recipient: Recipient {
                name: "김하늘".to_owned(),
                phone: Phone::parse("010-1234-5678").unwrap(),
                postal_code: PostalCode::parse("12345").unwrap(),
                address_line1: "서울".to_owned(),
                address_line2: Some("2층".to_owned()),
            },
            placed_at: Timestamp::from_millis(1_762_493_412_123).unwrap(),
            lines: vec![OrderDetailLine {
                id: OrderLineId::new(90),
                product: ProductId::new(3),
                variant: VariantId::new(5),
                product_name: "아몬드".to_owned(),
                variant_name: "300g".to_owned(),
                image: None,
                quantity: Quantity::try_new(2).unwrap(),
                price: won(8500),
                grams: 300.0,
                nutrition: None,
                vitamins: Vec::new(),
                today: LineToday { price: won(9000), available: 7, is_for_sale: true },
            }],
            payment: Some(PaymentSummary {
                id: PaymentId::new(8),
                method: PaymentMethod::CreditCard,
                status: PaymentStatus::Completed,
                key: "tgen_1".to_owned(),
                amount: won(17_000),
                paid_at: Timestamp::from_millis(1_762_493_512_000).unwrap(),
            }),
            deposit: None,
            end: None,
        }
    }

    #[test]
    fn an_order_says_everything_its_pages_ask_for() {
        let view = OrderView::try_new(paid_order(), &Pictures::under("http://shop")).unwrap();
        let mut view = serde_json::to_value(view).unwrap();
        assert_eq!(view["nutritionSummary"].take()["totalCalories"], json!(0.0));
        let expected = json!({
            "id": 42, "userId": 7, "orderNumber": 1_762_500_000_123_i64, "totalPrice": 17000, "status": "CONFIRMED",
            "paymentStatus": "COMPLETED", "recipientName": "김하늘", "phoneNumber": "010-1234-5678",
            "postalCode": "12345", "addressLine1": "서울", "addressLine2": "2층",
            "orderItems": [{"id": 90, "productId": 3, "productName": "아몬드", "productImageUrl": null, "variantId": 5,
                "variantName": "300g", "quantity": 2, "price": 8500, "totalPrice": 17000, "nutrition": null,
                "vitaminsAndMinerals": [],
                "reorder": {"possible": true, "price": 9000, "availableStock": 7}}],
            "payment": {"id": 8, "paymentMethod": "CREDIT_CARD", "paymentStatus": "COMPLETED",
                "transactionId": "tgen_1", "amount": 17000, "paidAt": "2025-11-07T05:31:52.000Z"},
            "deposit": null, "cancelledAt": null, "cancelledBy": null, "cancelReason": null,
            "deliveryInfo": {"recipientName": "김하늘", "address": "서울 2층",
                "estimatedDeliveryDate": "2025-11-09T05:30:12.123Z"},
            "nutritionSummary": Value::Null
        });
        assert_eq!(view, expected);
    }
}
