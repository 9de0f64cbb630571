use super::*;
use crate::account::fixtures::sessions;
use crate::account::{Account, Email, IdentityProvider, MockAccountRepository, MockSessionStore};
use crate::order::MockOrderRepository;
use crate::shared::{ManualClock, Role};
use crate::testing::{BUYER, at, awaiting_payment};

fn account() -> Account {
    Account {
        id: BUYER.user,
        email: Email::parse("a@b.kr").unwrap(),
        name: "김하늘".to_owned(),
        phone: None,
        birth_date: None,
        address: None,
        provider: IdentityProvider::Local,
        has_password: true,
        role: Role::User,
        created_at: at(0),
    }
}

/// An account that is closed once, with a mail to the address that it had.
fn closing() -> MockAccountRepository {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_find().returning(|_| Ok(Some(account())));
    accounts
        .expect_close()
        .times(1)
        .withf(|_, mail| mail.to.as_str() == "a@b.kr" && matches!(mail.letter, Letter::AccountClosed { .. }))
        .returning(|_, _| Ok(true));
    accounts
}

fn cleared() -> MockSessionStore {
    let mut store = MockSessionStore::new();
    store.expect_end_all().times(1).returning(|_| Ok(()));
    store
}

async fn close(
    accounts: MockAccountRepository,
    orders: MockOrderRepository,
    store: MockSessionStore,
) -> Result<(), PortFailure> {
    let clock = Arc::new(ManualClock::at(at(60)));
    let close =
        CloseAccount { accounts: Arc::new(accounts), orders: Arc::new(orders), sessions: sessions(store), clock };
    close.run(&BUYER).await
}

fn holding() -> MockOrderRepository {
    let mut orders = MockOrderRepository::new();
    orders.expect_live_holds().returning(|_| Ok(vec![awaiting_payment()]));
    orders
}

#[tokio::test]
async fn unpaid_orders_are_cancelled_with_the_account() {
    let mut orders = holding();
    orders.expect_apply().times(1).withf(|change| change.order() == awaiting_payment().id).returning(|_| Ok(()));
    close(closing(), orders, cleared()).await.unwrap();
}

#[tokio::test]
async fn an_order_that_moved_or_contradicts_the_stock_keeps_nobody() {
    let corrupt = || PortFailure::new(FailureKind::Corrupt, "applying", "no").into();
    let failures: [fn() -> ApplyFailure; 2] = [|| ApplyFailure::Stale, corrupt];
    for failure in failures {
        let mut orders = holding();
        orders.expect_apply().times(1).returning(move |_| Err(failure()));
        close(closing(), orders, cleared()).await.unwrap();
    }
}

#[tokio::test]
async fn whoever_leaves_is_out_although_his_orders_cannot_be_reached() {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_find().returning(|_| Ok(Some(account())));
    accounts.expect_close().once().returning(|_, _| Ok(true));
    let mut orders = holding();
    orders.expect_apply().returning(|_| Err(PortFailure::new(FailureKind::Unreachable, "applying", "gone").into()));
    let mut store = MockSessionStore::new();
    store.expect_end_all().returning(|_| Ok(()));
    close(accounts, orders, store).await.unwrap();
}

#[tokio::test]
async fn an_account_that_cannot_be_closed_keeps_its_orders() {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_find().returning(|_| Ok(Some(account())));
    accounts.expect_close().returning(|_, _| Err(PortFailure::new(FailureKind::Unreachable, "closing", "gone")));
    // Neither looked for nor cancelled: every call of the repository would fail the test.
    assert!(close(accounts, MockOrderRepository::new(), MockSessionStore::new()).await.is_err());
}

#[tokio::test]
async fn an_account_that_is_closed_already_stays_closed() {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_find().returning(|_| Ok(None));
    close(accounts, MockOrderRepository::new(), MockSessionStore::new()).await.unwrap();
}
