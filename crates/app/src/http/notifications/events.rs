//! The events of one stream.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use ef_domain::account::SessionId;
use ef_domain::announce::Announcement;
use ef_domain::shared::{AnnouncementId, UserId};
use futures::Stream;
use tokio::time::{Instant, timeout_at};

use super::super::actor::SignedIn;
use super::dto::NotificationView;
use crate::live::LiveStream;
use crate::shop::Shop;

/// A comment, which no page sees and every proxy does.
const HEARTBEAT: Bytes = Bytes::from_static(b": ping\n\n");

/// The events of one stream: first that it is there, then what was missed, then what happens; in between signs of life.
pub(super) struct Events {
    shop: Arc<Shop>,
    live: LiveStream,
    user: UserId,
    session: SessionId,
    epoch: i64,
    /// Frames that are to be sent before anything else.
    pending: VecDeque<Bytes>,
    /// What was told already, by this stream or, if its browser comes back, by the one before.
    told: AnnouncementId,
    next_beat: Instant,
}

impl Events {
    /// The events of a stream that was just opened for that person.
    pub(super) fn new(shop: Arc<Shop>, live: LiveStream, person: &SignedIn) -> Self {
        let told = live.began_after();
        let next_beat = Instant::now() + first_beat(shop.live.config.heartbeat, live.ticket());
        Self {
            shop,
            live,
            user: person.actor.user,
            session: person.session.clone(),
            epoch: person.epoch,
            pending: VecDeque::from([connected(told)]),
            told,
            next_beat,
        }
    }

    /// Tells what a browser missed that has seen that one last. The sign of life says that one, too: a browser that loses
    /// the stream right after it has seen nothing else yet.
    pub(super) fn resume(&mut self, seen: AnnouncementId, missed: &[Announcement]) {
        self.pending = VecDeque::from([connected(seen)]);
        let newest = missed.last().map_or(seen, |announcement| announcement.id);
        self.told = self.told.max(newest);
        self.pending.extend(missed.iter().map(frame));
    }

    /// The events as a body.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        futures::stream::unfold(self, |mut events| async move {
            let frame = events.next().await?;
            Some((Ok(frame), events))
        })
    }

    /// The next frame; `None` once the stream is over: its reader was too slow, its session has ended, or the server
    /// stops.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(frame) = self.pending.pop_front() {
            return Some(frame);
        }
        loop {
            match timeout_at(self.next_beat, self.live.next()).await {
                Ok(Some(announcement)) if announcement.id > self.told => {
                    self.told = announcement.id;
                    return Some(frame(&announcement));
                }
                Ok(Some(_told_before)) => {}
                Ok(None) => return None,
                Err(_silence) => {
                    self.next_beat = Instant::now() + self.shop.live.config.heartbeat;
                    return self.is_signed_in().await.then_some(HEARTBEAT);
                }
            }
        }
    }

    /// Whether the session that opened the stream still lives. While nobody can tell, it does.
    async fn is_signed_in(&self) -> bool {
        let standing = self.shop.accounts.standing(self.user);
        let (standing, lives) = futures::join!(standing, self.shop.sessions.lives(&self.session));
        let stands = match standing {
            Ok(standing) => standing.is_some_and(|standing| standing.session_epoch == self.epoch),
            Err(_unknown) => true,
        };
        lives && stands
    }
}

/// Streams that opened at once, after a restart, do not all look for their sessions at once: the first beat of each comes
/// somewhere in the second half of a pause.
fn first_beat(heartbeat: Duration, ticket: u64) -> Duration {
    let sixty_fourths = u32::try_from(32 + ticket % 32).unwrap_or(64);
    heartbeat * sixty_fourths / 64
}

/// The stream is there. The id makes a browser that loses it say where it left off, even if nothing happened.
fn connected(told: AnnouncementId) -> Bytes {
    Bytes::from(format!("event:connect\nid:{told}\ndata:connected\n\n"))
}

/// An announcement. Pages listen to `notification`; what their shopper has witnessed comes under a name of its own, so
/// that they do not show it twice.
fn frame(announcement: &Announcement) -> Bytes {
    let event = if announcement.kind.is_witnessed() { "echo" } else { "notification" };
    let data = serde_json::to_string(&NotificationView::from(announcement));
    let data = data.expect("texts and numbers are JSON");
    Bytes::from(format!("event:{event}\nid:{}\ndata:{data}\n\n", announcement.id))
}

#[cfg(test)]
mod tests {
    use ef_domain::announce::AnnouncementKind;
    use ef_domain::order::OrderNumber;
    use ef_domain::shared::{OrderId, Timestamp};
    use serde_json::{Value, json};

    use super::*;

    fn announcement(kind: AnnouncementKind) -> Announcement {
        Announcement {
            id: AnnouncementId::new(12),
            user: UserId::new(7),
            order: OrderId::new(42),
            number: OrderNumber::try_new(1_762_500_000_123_456).unwrap(),
            kind,
            happened_at: Timestamp::from_millis(1_762_493_412_123).unwrap(),
            read_at: None,
        }
    }

    fn lines(frame: &Bytes) -> Vec<String> {
        std::str::from_utf8(frame).unwrap().split('\n').map(str::to_owned).collect()
    }

    #[test]
    fn a_frame_is_what_pages_read() {
        let frame = lines(&frame(&announcement(AnnouncementKind::Shipped)));
        let [event, id, data, end, rest] = frame.as_slice() else { panic!("{frame:?}") };
        assert_eq!([event, id, end, rest], ["event:notification", "id:12", "", ""]);
        let data: Value = serde_json::from_str(data.strip_prefix("data:").unwrap()).unwrap();
        let expected = json!({"id": 12, "type": "ORDER_SHIPPED", "title": "상품이 발송되었습니다",
            "message": "주문번호 1762500000123456의 상품이 배송을 시작했습니다.", "orderId": 42,
            "orderNumber": 1_762_500_000_123_456_i64, "timestamp": "2025-11-07T05:30:12.123Z"});
        assert_eq!(data, expected);
    }

    #[test]
    fn what_its_shopper_has_witnessed_is_no_notification() {
        let event = |witnessed| lines(&frame(&announcement(AnnouncementKind::Confirmed { witnessed }))).swap_remove(0);
        assert_eq!((event(true), event(false)), ("event:echo".to_owned(), "event:notification".to_owned()));
    }

    #[test]
    fn streams_that_opened_at_once_beat_at_different_times() {
        let heartbeat = Duration::from_secs(20);
        let beats: std::collections::HashSet<_> = (0..100).map(|ticket| first_beat(heartbeat, ticket)).collect();
        assert_eq!(beats.len(), 32);
        assert!(beats.iter().all(|beat| (Duration::from_secs(10)..heartbeat).contains(beat)));
    }
}
