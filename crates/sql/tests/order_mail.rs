//! Letters about orders: queued with the announcement of an event, once, and to nobody who is gone. On both databases.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_wrap,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use ef_contract::builders::{
    HOLD, ProductSpec, applied, key, later, new_account, noon, opened, order, pack, paid, settled, shopper,
};
use ef_contract::mail::MailRoom;
use ef_contract::shop::Shop;
use ef_domain::announce::Delivery;
use ef_domain::notice::{Claim, Letter, NewMail, OrderLetter, OrderNews};
use ef_domain::order::Order;
use ef_domain::payment::{Deposit, DepositAccount, Payment, PaymentEvidence, PaymentMethod};
use ef_domain::shared::{Actor, Role};
use support::SqlShop;

on_both_databases! {
    a_paid_order_is_written_about_once_with_what_was_bought
    an_order_with_many_lines_and_long_names_still_fits_into_its_letter
    whoever_owes_a_deposit_is_told_where_to_unless_he_has_paid_it_meanwhile
    nobody_is_written_to_about_what_he_did_himself_or_left_alone
    a_closed_account_is_written_to_about_nothing
    an_account_that_closes_while_its_mail_is_queued_does_not_get_it
    what_cannot_be_queued_is_not_announced_either_and_comes_later
    an_event_that_comes_again_is_not_written_about_again
    however_many_deliver_at_once_each_event_is_written_about_once
    an_order_that_cannot_be_read_keeps_no_other_mail_back
}

async fn deliver(shop: &SqlShop) -> Delivery {
    shop.announcements().deliver(100, later(60)).await.unwrap()
}

async fn claimed(shop: &SqlShop) -> Claim {
    shop.outbox().claim(later(61), Duration::from_secs(90), 100).await.unwrap()
}

/// The letters about orders that wait, in the order in which they were queued.
async fn letters(shop: &SqlShop) -> Vec<OrderLetter> {
    let mut mails = claimed(shop).await.mails;
    mails.sort_by_key(|leased| leased.mail.id);
    let letter = |letter| match letter {
        Letter::Order(letter) => *letter,
        other => panic!("{other:?}"),
    };
    mails.into_iter().map(|leased| letter(leased.mail.letter)).collect()
}

async fn news(shop: &SqlShop) -> Vec<&'static str> {
    letters(shop).await.iter().map(|letter| letter.news.kind()).collect()
}

async fn sold(shop: &SqlShop, who: Actor) -> Order {
    let pack = pack(shop, 10).await;
    let name = format!("sold-{}", shop.number("SELECT COUNT(*) FROM orders", []).await);
    paid(shop, &order(shop, who, &[(&pack, 2)]).await, &key(&name)).await.1
}

async fn awaiting(shop: &SqlShop, who: Actor, account: Option<DepositAccount>) -> (Payment, Order) {
    let pack = pack(shop, 10).await;
    let name = format!("deposit-{}", shop.number("SELECT COUNT(*) FROM orders", []).await);
    let (payment, order) = opened(shop, &order(shop, who, &[(&pack, 1)]).await, &key(&name)).await;
    let deposit = Deposit { due_at: later(86_400), account };
    settled(shop, (&payment, &order), &PaymentEvidence::DepositPending(deposit)).await
}

async fn a_paid_order_is_written_about_once_with_what_was_bought(shop: SqlShop) {
    let new = new_account();
    let user = shop.accounts().add(&new).await.unwrap();
    let sold = sold(&shop, Actor { user, role: Role::User }).await;
    assert_eq!(claimed(&shop).await.due, 0, "neither placing nor paying writes a mail");
    assert_eq!(deliver(&shop).await, Delivery { taken: 1, announced: 1 });
    let claim = claimed(&shop).await;
    let [leased] = claim.mails.as_slice() else { panic!("{claim:?}") };
    assert_eq!((&leased.mail.to, leased.lapses_at), (&new.email, None));
    let Letter::Order(letter) = &leased.mail.letter else { panic!("{leased:?}") };
    let line = &sold.lines[0];
    assert_eq!((letter.number, letter.total, letter.placed_at), (sold.number, sold.total, sold.placed_at));
    assert_eq!((letter.lines[0].product.as_str(), letter.lines[0].pieces), (line.product_name.as_str(), 2));
    assert_eq!((letter.lines.len(), letter.more_lines, letter.lines[0].amount), (1, 0, sold.total));
    assert_eq!(letter.address.name, sold.recipient.name);
    assert!(matches!(letter.news, OrderNews::Confirmed { method: PaymentMethod::TossPay, .. }), "{letter:?}");
    assert_eq!(deliver(&shop).await, Delivery::default());
    assert_eq!(claimed(&shop).await.due, 0);
}

async fn an_order_with_many_lines_and_long_names_still_fits_into_its_letter(shop: SqlShop) {
    let who = shopper(&shop).await;
    let mut packs = Vec::new();
    for number in 0..25 {
        let name = format!("{}{number}", "🥜".repeat(250));
        packs.extend(shop.shelve(&ProductSpec::named(&name)).await.into_iter().take(1));
    }
    let lines: Vec<_> = packs.iter().map(|pack| (pack, 1)).collect();
    let sold = paid(&shop, &order(&shop, who, &lines).await, &key("long")).await.1;
    shop.execute(
        "UPDATE orders SET address_line1 = ?, address_line2 = ?",
        ["🥜".repeat(500).into(), "🥜".repeat(500).into()],
    )
    .await
    .unwrap();
    applied(&shop, sold.ship(later(10))).await;
    assert_eq!(deliver(&shop).await, Delivery { taken: 2, announced: 2 });
    for letter in letters(&shop).await {
        assert_eq!((letter.lines.len(), letter.more_lines), (20, 5));
        let name = &letter.lines[0].product;
        assert!(name.chars().count() == 100 && name.ends_with('…'), "{name}");
    }
}

async fn whoever_owes_a_deposit_is_told_where_to_unless_he_has_paid_it_meanwhile(shop: SqlShop) {
    let who = shopper(&shop).await;
    let account = DepositAccount { bank: "06".into(), number: "X6505636518308".into(), holder: "김건강".into() };
    let waits = awaiting(&shop, who, Some(account.clone())).await;
    let (payment, order) = awaiting(&shop, who, None).await;
    settled(&shop, (&payment, &order), &ef_contract::builders::approval(&payment)).await;
    assert_eq!(deliver(&shop).await, Delivery { taken: 3, announced: 3 });
    let letters = letters(&shop).await;
    let [due, confirmed] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((due.number, confirmed.number), (waits.1.number, order.number));
    assert_eq!(due.news, OrderNews::DepositDue { due_at: later(86_400), account: Some(account) });
    let lapses = shop.number("SELECT COUNT(*) FROM mail_outbox WHERE lapses_at IS NOT NULL", []).await;
    assert_eq!((confirmed.news.kind(), lapses), ("ORDER_CONFIRMED", 1));
}

/// But about what the shop does: it called one off, closed a deposit's account, sent a parcel, gave money back.
async fn nobody_is_written_to_about_what_he_did_himself_or_left_alone(shop: SqlShop) {
    let (who, pack) = (shopper(&shop).await, pack(&shop, 100).await);
    applied(&shop, order(&shop, who, &[(&pack, 1)]).await.cancel(None, later(1))).await;
    applied(&shop, order(&shop, who, &[(&pack, 1)]).await.expire(noon().after(HOLD))).await;
    applied(&shop, order(&shop, who, &[(&pack, 1)]).await.supersede(later(1))).await;
    assert_eq!(deliver(&shop).await.announced, 3);
    assert!(news(&shop).await.is_empty());

    applied(&shop, order(&shop, who, &[(&pack, 1)]).await.call_off(who.user, None, later(1))).await;
    let (payment, missed) = awaiting(&shop, who, None).await;
    deliver(&shop).await;
    applied(&shop, missed.close_deposit(&payment.key, later(90_000))).await;
    let sent = applied(&shop, sold(&shop, who).await.ship(later(10))).await;
    applied(&shop, sent.deliver(later(20))).await;
    deliver(&shop).await;
    let told = ["ORDER_CALLED_OFF", "ORDER_DEPOSIT_DUE", "ORDER_DEPOSIT_MISSED", "ORDER_CONFIRMED", "ORDER_SHIPPED"];
    assert_eq!(news(&shop).await, told);
}

async fn a_closed_account_is_written_to_about_nothing(shop: SqlShop) {
    let new = new_account();
    let user = shop.accounts().add(&new).await.unwrap();
    sold(&shop, Actor { user, role: Role::User }).await;
    let letter = Letter::AccountClosed { at: noon() };
    let farewell = NewMail { to: new.email, user: Some(user), letter, lapses_at: None, queued_at: noon() };
    assert!(shop.accounts().close(user, &farewell).await.unwrap());
    assert_eq!(deliver(&shop).await, Delivery { taken: 1, announced: 1 });
    let claim = claimed(&shop).await;
    let kinds: Vec<_> = claim.mails.iter().map(|leased| leased.mail.letter.kind()).collect();
    assert_eq!((claim.due, kinds), (1, vec!["ACCOUNT_CLOSED"]), "the farewell is the last thing that he hears");
}

/// The two transactions do not see each other: the mail is there all the same, and ends when it is to be sent.
async fn an_account_that_closes_while_its_mail_is_queued_does_not_get_it(shop: SqlShop) {
    let who = shopper(&shop).await;
    sold(&shop, who).await;
    deliver(&shop).await;
    shop.execute("UPDATE user SET closed_at = created_at WHERE id = ?", [who.user.get().into()]).await.unwrap();
    let claim = claimed(&shop).await;
    assert_eq!((claim.due, claim.mails.len()), (1, 0));
    let row = shop.row(MailRoom::rows(&shop).await[0]).await;
    assert_eq!((row.state.as_str(), row.is_sealed), ("LAPSED", false));
}

async fn what_cannot_be_queued_is_not_announced_either_and_comes_later(shop: SqlShop) {
    let who = shopper(&shop).await;
    sold(&shop, who).await;
    shop.execute("ALTER TABLE mail_outbox RENAME TO elsewhere", []).await.unwrap();
    assert!(shop.announcements().deliver(100, later(60)).await.is_err());
    assert_eq!(shop.announcement_queries().unread(who.user).await.unwrap(), 0, "a batch is stored as a whole");
    shop.execute("ALTER TABLE elsewhere RENAME TO mail_outbox", []).await.unwrap();
    assert_eq!(deliver(&shop).await, Delivery { taken: 1, announced: 1 });
    assert_eq!(news(&shop).await, ["ORDER_CONFIRMED"]);
}

async fn an_event_that_comes_again_is_not_written_about_again(shop: SqlShop) {
    sold(&shop, shopper(&shop).await).await;
    deliver(&shop).await;
    shop.execute("UPDATE outbox SET delivered_at = NULL", []).await.unwrap();
    assert_eq!(deliver(&shop).await, Delivery { taken: 1, announced: 0 });
    assert_eq!(news(&shop).await.len(), 1);
}

async fn however_many_deliver_at_once_each_event_is_written_about_once(shop: SqlShop) {
    let who = shopper(&shop).await;
    for _ in 0..12 {
        sold(&shop, who).await;
    }
    let mut deliveries = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let announcements = shop.announcements();
        deliveries.spawn(async move { announcements.deliver(5, later(60)).await.unwrap() });
    }
    deliveries.join_all().await;
    let mut numbers: Vec<_> = letters(&shop).await.iter().map(|letter| letter.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((numbers.len(), MailRoom::rows(&shop).await.len()), (12, 12));
}

async fn an_order_that_cannot_be_read_keeps_no_other_mail_back(shop: SqlShop) {
    let who = shopper(&shop).await;
    let (odd, fine) = (sold(&shop, who).await, sold(&shop, who).await);
    shop.execute("UPDATE order_items SET total_price = -1 WHERE order_id = ?", [odd.id.get().into()]).await.unwrap();
    assert_eq!(deliver(&shop).await, Delivery { taken: 2, announced: 2 });
    let numbers: Vec<_> = letters(&shop).await.iter().map(|letter| letter.number).collect();
    assert_eq!(numbers, [fine.number]);
}
