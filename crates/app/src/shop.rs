//! The shop: every use case, ready to run. What a request handler or a job gets to see of the world.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::account::{
    AccountRepository, ChangePassword, ChangeSecondFactor, CloseAccount, EditProfile, EndLink, JoinWithPartner,
    KeepAddresses, LinkIdentity, LogIn, LogInWithPartner, PartnerLogIn, RequestReset, ResetPassword, Sessions, SignUp,
    UnlinkIdentity, VerifyResetCode,
};
use ef_domain::announce::{DeliverAnnouncements, ReadAnnouncements};
use ef_domain::cart::{ChangeCart, ShippingRule};
use ef_domain::catalogue::{BrowseProducts, KeepImages, KeepProducts, KeepTags};
use ef_domain::notice::{DeliverMail, ReviewMail, ReviewSuppressions, SweepMail, TakeFeedback};
use ef_domain::once::{AnswerOnce, ForgetRequests};
use ef_domain::order::{AdvanceOrder, CancelOrder, ExpireOrders, PlaceOrder, ReviewOrders, TrackOrders};
use ef_domain::payment::{CloseDeposit, ConfirmPayment, ReconcilePayments, RefundPayment, ShowPayment};
use ef_domain::review::{KeepReviews, ModerateReviews, ReadReviews};
use ef_domain::shared::{AuditQueries, Clock, Vault};

use crate::live::Live;
use crate::tokens::AccessTokens;

/// Every use case of the shop. Built once by `wiring`, shared by all requests and jobs.
pub struct Shop {
    /// Browse the shelf.
    pub browse: BrowseProducts,
    /// Fill and empty carts.
    pub carts: ChangeCart,
    /// Keep the shelf.
    pub keeping: Keeping,
    /// Say what one thinks of what one bought.
    pub reviews: Reviews,
    /// Keep pictures.
    pub images: KeepImages,
    /// Look at all orders, and move them.
    pub desk: Desk,
    /// Place, cancel, follow and expire orders.
    pub orders: Orders,
    /// Take money, and find out what became of it.
    pub payments: Payments,
    /// Do what is asked under a key once.
    pub once: AnswerOnce,
    /// Forget such keys.
    pub forget_requests: ForgetRequests,
    /// Join, sign in, and look after an account.
    pub members: Members,
    /// Turn events into announcements.
    pub deliver_announcements: DeliverAnnouncements,
    /// Look at announcements.
    pub announcements: ReadAnnouncements,
    /// Tell shoppers live.
    pub live: Live,
    /// Send mails, and hear what becomes of them.
    pub mail: MailRoom,
    /// Sign in and link by Naver, if it is set up.
    pub naver: Option<NaverDesk>,
    /// Seals what browsers keep.
    pub vault: Arc<dyn Vault>,
    /// Renew and end sessions.
    pub sessions: Arc<Sessions>,
    /// Where accounts are kept: for the standing of whoever asks.
    pub accounts: Arc<dyn AccountRepository>,
    /// Issues and checks access tokens.
    pub tokens: AccessTokens,
    /// What delivery would cost.
    pub shipping: ShippingRule,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// What is done with mails.
pub struct MailRoom {
    /// Send what waits.
    pub deliver: DeliverMail,
    /// Forget what is old.
    pub sweep: SweepMail,
    /// Look after mails that were given up.
    pub review: ReviewMail,
    /// Look after addresses that get no mail any more.
    pub suppressions: ReviewSuppressions,
    /// Act on what the partner tells.
    pub feedback: TakeFeedback,
    /// How long sending pauses when nothing waits.
    pub pause: Duration,
    /// How many mails are taken at a time.
    pub batch: u32,
}

/// What is done with Naver.
pub struct NaverDesk {
    /// Naver itself: where browsers are sent.
    pub partner: Arc<dyn PartnerLogIn>,
    /// Sign in.
    pub log_in: LogInWithPartner,
    /// Let it open an account.
    pub link: LinkIdentity,
    /// Believe its notices.
    pub end_link: EndLink,
}

/// What administrators do with the shelf.
pub struct Keeping {
    /// Keep products, their variants and their stock.
    pub products: KeepProducts,
    /// Keep tags.
    pub tags: KeepTags,
    /// Look at what administrators did.
    pub audit: Arc<dyn AuditQueries>,
}

/// What is done with reviews.
pub struct Reviews {
    /// Read them.
    pub read: ReadReviews,
    /// Write, change and withdraw one's own.
    pub keep: KeepReviews,
    /// Take them down.
    pub moderate: ModerateReviews,
}

/// What administrators do with orders.
pub struct Desk {
    /// Look at them.
    pub review: ReviewOrders,
    /// Move them: on their way, or back.
    pub advance: AdvanceOrder,
}

/// What is done with orders.
pub struct Orders {
    /// Place them.
    pub place: PlaceOrder,
    /// Cancel them.
    pub cancel: CancelOrder,
    /// Look at them.
    pub track: TrackOrders,
    /// Give due holds back.
    pub expire: ExpireOrders,
}

/// What is done with payments.
pub struct Payments {
    /// Take an order's money.
    pub confirm: ConfirmPayment,
    /// Give it back.
    pub refund: Arc<RefundPayment>,
    /// Close virtual accounts before their time.
    pub close_deposit: Arc<CloseDeposit>,
    /// Look at them.
    pub show: ShowPayment,
    /// Settle open payments.
    pub reconcile: ReconcilePayments,
}

/// What is done with accounts.
pub struct Members {
    /// Open them.
    pub sign_up: SignUp,
    /// Sign in.
    pub log_in: LogIn,
    /// Replace forgotten passwords.
    pub resets: Resets,
    /// Change passwords.
    pub change_password: ChangePassword,
    /// Show and complete profiles.
    pub edit_profile: EditProfile,
    /// Keep address books.
    pub addresses: KeepAddresses,
    /// Close them.
    pub close_account: CloseAccount,
    /// Enrol, renew and remove second factors.
    pub change_second_factor: ChangeSecondFactor,
    /// Open them for newcomers from a partner's log-in.
    pub join_with_partner: JoinWithPartner,
    /// Remove partners' log-ins from them.
    pub unlink_identity: UnlinkIdentity,
}

/// The three steps of a password reset.
pub struct Resets {
    /// Send a code.
    pub request: RequestReset,
    /// Trade it for a token.
    pub verify: VerifyResetCode,
    /// Trade that for a password.
    pub finish: ResetPassword,
}
