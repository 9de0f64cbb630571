//! Values that every feature speaks.

mod actor;
mod audit;
mod claim;
mod clock;
mod entropy;
mod failure;
mod field;
mod hex;
mod id;
mod limit;
mod money;
mod page;
mod quantity;
mod vault;

pub use actor::{Actor, Role};
#[cfg(any(test, feature = "mock"))]
pub use audit::MockAuditQueries;
pub use audit::{
    AuditAction, AuditChange, AuditChanges, AuditEntry, AuditQueries, AuditRecord, AuditSubject, AuditValue,
};
pub use claim::WorkClaim;
#[cfg(any(test, feature = "mock"))]
pub use clock::ManualClock;
pub use clock::{Clock, Timestamp};
#[cfg(any(test, feature = "mock"))]
pub use entropy::CountingEntropy;
pub use entropy::Entropy;
pub use failure::{FailureKind, PortFailure};
pub use field::{FieldError, FieldErrors, required_text};
pub use hex::hex;
pub use id::{
    AddressId, AnnouncementId, AuditId, CartItemId, ClaimId, MailId, OrderId, OrderLineId, PaymentId, ProductId,
    ReviewId, SuppressionId, TagId, UserId, VariantId, Version,
};
#[cfg(any(test, feature = "mock"))]
pub use limit::MockRateLimiter;
pub use limit::{Allowance, ClientAddress, Limit, LimitKey, RateLimiter};
pub use money::{MoneyError, Won};
pub use page::{Page, PageRequest, Stretch};
pub use quantity::{Quantity, QuantityError};
#[cfg(any(test, feature = "mock"))]
pub use vault::MockVault;
pub use vault::{Purpose, Vault};
