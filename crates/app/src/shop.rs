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
use ef_domain::catalogue::BrowseProducts;
use ef_domain::notice::{DeliverMail, ReviewMail, TakeFeedback};
use ef_domain::order::{CancelOrder, ExpireOrders, PlaceOrder, TrackOrders};
use ef_domain::payment::{ConfirmPayment, ReconcilePayments};
use ef_domain::shared::{Clock, Vault};

use crate::live::Live;
use crate::tokens::AccessTokens;

/// Every use case of the shop. Built once by `wiring`, shared by all requests and jobs.
pub struct Shop {
    /// Browse the shelf.
    pub browse: BrowseProducts,
    /// Fill and empty carts.
    pub carts: ChangeCart,
    /// Place orders.
    pub place_order: PlaceOrder,
    /// Cancel orders.
    pub cancel_order: CancelOrder,
    /// Look at orders.
    pub track_orders: TrackOrders,
    /// Give due holds back.
    pub expire_orders: ExpireOrders,
    /// Turn events into announcements.
    pub deliver_announcements: DeliverAnnouncements,
    /// Look at announcements.
    pub announcements: ReadAnnouncements,
    /// Tell shoppers live.
    pub live: Live,
    /// Take an order's money.
    pub confirm_payment: ConfirmPayment,
    /// Settle open payments.
    pub reconcile_payments: ReconcilePayments,
    /// Send mails, and hear what becomes of them.
    pub mail: MailRoom,
    /// Open accounts.
    pub sign_up: SignUp,
    /// Sign in.
    pub log_in: LogIn,
    /// Send codes to reset passwords with.
    pub request_reset: RequestReset,
    /// Trade codes for tokens.
    pub verify_reset_code: VerifyResetCode,
    /// Trade tokens for passwords.
    pub reset_password: ResetPassword,
    /// Enrol, renew and remove second factors.
    pub change_second_factor: ChangeSecondFactor,
    /// Change passwords.
    pub change_password: ChangePassword,
    /// Show and complete accounts.
    pub edit_profile: EditProfile,
    /// Keep address books.
    pub addresses: KeepAddresses,
    /// Close accounts.
    pub close_account: CloseAccount,
    /// Sign in and link by Naver, if it is set up.
    pub naver: Option<NaverDesk>,
    /// Open accounts for newcomers from a partner's log-in.
    pub join_with_partner: JoinWithPartner,
    /// Remove partners' log-ins from accounts.
    pub unlink_identity: UnlinkIdentity,
    /// Seals what browsers keep.
    pub vault: Arc<dyn Vault>,
    /// Renew and end sessions.
    pub sessions: Arc<Sessions>,
    /// Where accounts are kept: for the standing of whoever asks, and for his own page.
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
    /// Look after mails that were given up.
    pub review: ReviewMail,
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
