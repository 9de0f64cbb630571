//! How announcements read.

use ef_domain::announce::{Announcement, AnnouncementKind};
use ef_domain::shared::Timestamp;

use super::super::view::korean_time;

/// The name that pages know an announcement by. They know four; however an order ended, to them it was cancelled, and
/// title and message say how. A name that they do not know they show as a plain notice, which a deposit that is awaited
/// is.
pub(super) fn kind(kind: AnnouncementKind) -> &'static str {
    match kind {
        AnnouncementKind::Expired
        | AnnouncementKind::DepositMissed
        | AnnouncementKind::CalledOff
        | AnnouncementKind::Superseded
        | AnnouncementKind::Refunded => AnnouncementKind::Cancelled.name(),
        AnnouncementKind::Confirmed { .. }
        | AnnouncementKind::DepositDue { .. }
        | AnnouncementKind::Cancelled
        | AnnouncementKind::Shipped
        | AnnouncementKind::Delivered => kind.name(),
    }
}

/// Title and message.
pub(super) fn text(announcement: &Announcement) -> (&'static str, String) {
    let number = announcement.number;
    match announcement.kind {
        AnnouncementKind::Confirmed { .. } => {
            ("주문이 확정되었습니다", format!("주문번호 {number}의 결제가 완료되어 상품을 준비하고 있습니다."))
        }
        AnnouncementKind::DepositDue { due_at } => {
            let until = in_korea(due_at);
            (
                "입금을 기다리고 있습니다",
                format!("주문번호 {number}의 결제 금액을 {until}까지 가상계좌로 입금해 주세요."),
            )
        }
        AnnouncementKind::Expired => {
            ("주문이 자동 취소되었습니다", format!("결제 기한이 지나 주문번호 {number}의 주문이 취소되었습니다."))
        }
        AnnouncementKind::DepositMissed => (
            "입금 기한이 지나 주문이 취소되었습니다",
            format!("입금이 확인되지 않아 주문번호 {number}의 주문이 취소되었습니다. 가상계좌로 입금하지 마세요."),
        ),
        AnnouncementKind::Cancelled => ("주문이 취소되었습니다", format!("주문번호 {number}의 주문이 취소되었습니다.")),
        AnnouncementKind::CalledOff => (
            "판매자가 주문을 취소했습니다",
            format!("판매자 사정으로 주문번호 {number}의 주문이 취소되었습니다. 결제된 금액은 없습니다."),
        ),
        AnnouncementKind::Superseded => (
            "이전 주문이 취소되었습니다",
            format!("새로 주문하셔서, 결제하지 않은 이전 주문(주문번호 {number})은 취소되었습니다."),
        ),
        AnnouncementKind::Refunded => {
            ("환불이 완료되었습니다", format!("주문번호 {number}의 주문이 취소되고 결제 금액이 환불되었습니다."))
        }
        AnnouncementKind::Shipped => {
            ("상품이 발송되었습니다", format!("주문번호 {number}의 상품이 배송을 시작했습니다."))
        }
        AnnouncementKind::Delivered => ("배송이 완료되었습니다", format!("주문번호 {number}의 상품이 도착했습니다.")),
    }
}

/// A moment as people in Korea say it.
fn in_korea(at: Timestamp) -> String {
    korean_time(at).format("%-m월 %-d일 %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use ef_domain::order::OrderNumber;
    use ef_domain::shared::{AnnouncementId, OrderId, UserId};

    use super::*;

    #[test]
    fn every_announcement_names_its_order_and_says_something_of_its_own() {
        let due_at = Timestamp::from_millis(1_800_000_000_000).unwrap();
        let kinds = [
            AnnouncementKind::Confirmed { witnessed: false },
            AnnouncementKind::DepositDue { due_at },
            AnnouncementKind::Expired,
            AnnouncementKind::DepositMissed,
            AnnouncementKind::Cancelled,
            AnnouncementKind::CalledOff,
            AnnouncementKind::Superseded,
            AnnouncementKind::Refunded,
            AnnouncementKind::Shipped,
            AnnouncementKind::Delivered,
        ];
        let texts = kinds.map(|kind| {
            let announcement = Announcement {
                id: AnnouncementId::new(1),
                user: UserId::new(1),
                order: OrderId::new(1),
                number: OrderNumber::try_new(1_234_567_890_123_456).unwrap(),
                kind,
                happened_at: due_at,
                read_at: None,
            };
            text(&announcement)
        });
        assert!(texts.iter().all(|(_, message)| message.contains("1234567890123456")));
        let titles: std::collections::HashSet<_> = texts.iter().map(|(title, _)| title).collect();
        assert_eq!(titles.len(), kinds.len());
        assert!(texts[1].1.contains("1월 15일 17:00까지"), "{}", texts[1].1);
    }
}
