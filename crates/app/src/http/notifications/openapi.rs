//! What notifications promise.

use super::super::code::ErrorCode as E;
use super::super::openapi::{Api, form};
use super::dto::NotificationView;
use super::{all_read, list, one_read, stats, stream, unread};

/// The operations.
pub fn describe(api: &mut Api) {
    let mut told = api.tag("Notifications", "What a shopper is told of his orders, live and in a list.");
    told.get("/api/notifications", "listNotifications", list)
        .about("One page of what the shopper was told, newest first")
        .paged()
        .link("markNotificationRead", [("id", "$response.body#/data/notifications/0/id")]);
    told.get("/api/notifications/stream", "streamNotifications", stream)
        .about("What the shopper is told, live and without an end")
        .details(
            "Server-sent events: `connect` at first, `notification` with a NotificationView as its data, and comments \
             as heartbeats. A browser that comes back with `Last-Event-ID` is told what it missed. An access token \
             that ran out is renewed by the refresh cookie.",
        )
        .header("Last-Event-ID", "The event seen last.", form::number(0, i64::MAX))
        .mentions::<NotificationView>()
        .answers(200, "The stream.", "text/event-stream", form::event_stream())
        .renews()
        .fails([E::Unauthorized, E::TooManyRequests]);
    told.get("/api/notifications/stats", "countStreams", stats)
        .about("How many people have a stream open on this instance")
        .answers(200, "A bare number.", "application/json", form::number(0, i64::MAX));
    told.get("/api/notifications/unread-count", "countUnreadNotifications", unread).about("How many are not read");
    told.patch("/api/notifications/read-all", "markAllNotificationsRead", all_read).about("All of them are read");
    told.patch("/api/notifications/{id}/read", "markNotificationRead", one_read)
        .about("One of them is read")
        .fails([E::NotFound]);
}
