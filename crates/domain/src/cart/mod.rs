//! A cart: what a shopper means to buy. It holds no stock and no price; both are read fresh each time.

mod change_cart;
#[path = "cart.rs"]
mod model;
mod repository;

pub use change_cart::{AddToCartCommand, ChangeCart, ChangeCartError};
pub use model::{Cart, CartLine, ShippingRule};
#[cfg(any(test, feature = "mock"))]
pub use repository::MockCartRepository;
pub use repository::{BuyableVariant, CartRepository};
