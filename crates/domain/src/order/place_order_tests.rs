use super::*;
use crate::catalogue::ProductStatus;
use crate::order::{
    MockOfferQueries, MockOrderRepository, Offer, OfferedVariant, Order, OrderState, Recipient, RequestedLine,
};
use crate::shared::{CountingEntropy, ManualClock, Quantity};
use crate::testing::{BUYER, at, awaiting_payment, line, order, recipient, won};

fn offer(product: i64, variant: i64, price: i64) -> Offer {
    Offer {
        product: ProductId::new(product),
        product_name: "구운 통아몬드".to_owned(),
        status: ProductStatus::Available,
        image: None,
        variant: Some(OfferedVariant {
            id: VariantId::new(variant),
            name: "200g".to_owned(),
            price: won(price),
            is_default: true,
        }),
    }
}

fn asked(product: i64, variant: Option<i64>, price: i64) -> RequestedLine {
    RequestedLine {
        product: ProductId::new(product),
        variant: variant.map(VariantId::new),
        quantity: Quantity::try_new(2).unwrap(),
        quoted_price: won(price),
    }
}

async fn place(
    offers: Vec<Offer>,
    lines: Vec<RequestedLine>,
    orders: MockOrderRepository,
) -> Result<PlacedOrder, PlaceOrderError> {
    let mut shelf = MockOfferQueries::new();
    shelf.expect_offers().returning(move |_| Ok(offers.clone()));
    let place_order = PlaceOrder {
        offers: Arc::new(shelf),
        orders: Arc::new(orders),
        clock: Arc::new(ManualClock::at(at(0))),
        entropy: Arc::new(CountingEntropy::default()),
        hold: HoldTime(Duration::from_secs(900)),
    };
    place_order.run(PlaceOrderCommand { buyer: BUYER, recipient: recipient(), lines, claim: None }).await
}

/// Nothing is stored when the draft is refused: the mock has no expectation and panics on any call.
async fn refused(offers: Vec<Offer>, lines: Vec<RequestedLine>) -> PlaceOrderError {
    place(offers, lines, MockOrderRepository::new()).await.unwrap_err()
}

#[tokio::test]
async fn an_order_is_priced_by_the_shelf_and_held_for_fifteen_minutes() {
    let mut orders = MockOrderRepository::new();
    orders.expect_place().times(1).returning(|order| {
        assert_eq!((order.total, order.expires_at), (won(17_000), at(900)));
        assert_eq!(order.lines[0].variant, VariantId::new(5));
        Ok(OrderId::new(1))
    });
    place(vec![offer(3, 5, 8500)], vec![asked(3, None, 8500)], orders).await.unwrap();
}

#[tokio::test]
async fn a_draft_that_does_not_match_the_shelf_is_refused_before_anything_is_stored() {
    let shelf = || vec![offer(3, 5, 8500), offer(4, 6, 100)];
    let refusal = refused(shelf(), vec![asked(9, None, 8500)]).await;
    assert!(matches!(refusal, PlaceOrderError::ProductNotFound(_)), "{refusal}");
    let refusal = refused(shelf(), vec![asked(3, Some(99), 8500)]).await;
    assert!(matches!(refusal, PlaceOrderError::VariantNotFound), "{refusal}");
    let refusal = refused(shelf(), vec![asked(3, Some(6), 100)]).await;
    assert!(matches!(refusal, PlaceOrderError::VariantOfAnotherProduct(_)), "{refusal}");
    let refusal = refused(shelf(), vec![asked(3, Some(5), 8400)]).await;
    assert!(matches!(refusal, PlaceOrderError::PriceChanged { current, .. } if current == won(8500)), "{refusal}");
    for status in [ProductStatus::OutOfStock, ProductStatus::Discontinued] {
        let off = Offer { status, ..offer(3, 5, 8500) };
        let refusal = refused(vec![off], vec![asked(3, Some(5), 8500)]).await;
        assert!(matches!(refusal, PlaceOrderError::NotForSale(_)), "{refusal}");
    }
    let bare = Offer { variant: None, ..offer(3, 5, 8500) };
    let refusal = refused(vec![bare], vec![asked(3, None, 8500)]).await;
    assert!(matches!(refusal, PlaceOrderError::VariantNotFound), "{refusal}");
}

#[tokio::test]
async fn a_taken_number_is_drawn_again() {
    let mut orders = MockOrderRepository::new();
    let mut numbers = Vec::new();
    orders.expect_place().times(2).returning(move |order| {
        numbers.push(order.number);
        if numbers.len() == 1 { Err(PlaceFailure::NumberTaken) } else { Ok(OrderId::new(1)) }
    });
    place(vec![offer(3, 5, 8500)], vec![asked(3, None, 8500)], orders).await.unwrap();
}

/// Asks for two pieces of variant 5 while the buyer's own unpaid orders hold what is left of it.
async fn place_beside(holds: Vec<Order>, mut orders: MockOrderRepository) -> Result<PlacedOrder, PlaceOrderError> {
    orders.expect_live_holds().returning(move |_| Ok(holds.clone()));
    place(vec![offer(3, 5, 8500)], vec![asked(3, None, 8500)], orders).await
}

#[tokio::test]
async fn a_buyer_is_not_blocked_by_his_own_hold() {
    let mut orders = MockOrderRepository::new();
    orders.expect_place().times(2).returning(|order| match order.supersedes.as_slice() {
        [] => Err(PlaceFailure::InsufficientStock(VariantId::new(5))),
        [change] => {
            assert_eq!(change.order(), awaiting_payment().id);
            Ok(OrderId::new(43))
        }
        more => panic!("{more:?}"),
    });
    let other = Order { lines: vec![line(5, 3, 8500)], total: won(25_500), ..awaiting_payment() };
    assert!(place_beside(vec![other], orders).await.unwrap().is_new);
}

#[tokio::test]
async fn the_same_order_asked_for_again_is_the_same_order() {
    let mut orders = MockOrderRepository::new();
    orders.expect_place().times(1).returning(|_| Err(PlaceFailure::InsufficientStock(VariantId::new(5))));
    let placed = place_beside(vec![awaiting_payment()], orders).await.unwrap();
    assert_eq!(placed, PlacedOrder { id: awaiting_payment().id, number: awaiting_payment().number, is_new: false });
}

#[tokio::test]
async fn a_hold_for_another_door_or_at_its_end_is_no_answer() {
    let elsewhere =
        Order { recipient: Recipient { name: "박이웃".to_owned(), ..recipient() }, ..awaiting_payment() };
    let ending = order(OrderState::AwaitingPayment { expires_at: at(0) });
    for hold in [elsewhere, ending] {
        let mut orders = MockOrderRepository::new();
        orders.expect_place().times(2).returning(|order| match order.supersedes.len() {
            0 => Err(PlaceFailure::InsufficientStock(VariantId::new(5))),
            _ => Ok(OrderId::new(43)),
        });
        assert!(place_beside(vec![hold], orders).await.unwrap().is_new);
    }
}

#[tokio::test]
async fn any_number_of_own_holds_may_have_to_give_way() {
    let mut orders = MockOrderRepository::new();
    let mut turns = 0;
    orders.expect_place().times(6).returning(move |order| {
        assert_eq!(order.supersedes.len(), turns);
        turns += 1;
        let short = i64::try_from(turns).unwrap();
        if turns == 6 { Ok(OrderId::new(43)) } else { Err(PlaceFailure::InsufficientStock(VariantId::new(short))) }
    });
    let hold = |id| Order { id: OrderId::new(id), lines: vec![line(id, 1, 100)], ..awaiting_payment() };
    assert!(place_beside((1..=5).map(hold).collect(), orders).await.unwrap().is_new);
}

#[tokio::test]
async fn what_others_hold_stays_theirs() {
    let mut orders = MockOrderRepository::new();
    orders.expect_live_holds().returning(|_| Ok(Vec::new()));
    orders.expect_place().times(1).returning(|_| Err(PlaceFailure::InsufficientStock(VariantId::new(5))));
    let refusal = place(vec![offer(3, 5, 8500)], vec![asked(3, None, 8500)], orders).await.unwrap_err();
    assert!(matches!(refusal, PlaceOrderError::InsufficientStock(_)), "{refusal}");
}

#[tokio::test]
async fn a_total_beyond_all_bounds_is_refused() {
    let lines = (0..100).map(|_| RequestedLine { quantity: Quantity::MAX, ..asked(3, None, 999_999_999) }).collect();
    let refusal = refused(vec![offer(3, 5, 999_999_999)], lines).await;
    assert!(matches!(refusal, PlaceOrderError::TotalTooLarge), "{refusal}");
}

#[tokio::test]
async fn no_more_own_holds_give_way_than_must() {
    let mut orders = MockOrderRepository::new();
    orders.expect_place().times(2).returning(|order| match order.supersedes.as_slice() {
        [] => Err(PlaceFailure::InsufficientStock(VariantId::new(5))),
        [change] => {
            assert_eq!(change.order(), OrderId::new(1), "the oldest gives way");
            Ok(OrderId::new(43))
        }
        more => panic!("{more:?}"),
    });
    let hold = |id| Order { id: OrderId::new(id), lines: vec![line(5, 1, 100)], ..awaiting_payment() };
    assert!(place_beside((1..=3).map(hold).collect(), orders).await.unwrap().is_new);
}
