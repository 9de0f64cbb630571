//! Announcements as pages get them.

use ef_domain::announce::Announcement;
use ef_domain::shared::Page;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::query::PageInfo;
use super::texts;

/// An announcement, as the stream tells it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationView {
    id: i64,
    #[serde(rename = "type")]
    #[schema(example = "ORDER_CONFIRMED")]
    kind: &'static str,
    title: &'static str,
    message: String,
    order_id: i64,
    order_number: i64,
    #[schema(format = DateTime)]
    timestamp: String,
}

impl From<&Announcement> for NotificationView {
    fn from(announcement: &Announcement) -> Self {
        let (title, message) = texts::text(announcement);
        Self {
            id: announcement.id.get(),
            kind: texts::kind(announcement.kind),
            title,
            message,
            order_id: announcement.order.get(),
            order_number: announcement.number.get(),
            timestamp: announcement.happened_at.to_string(),
        }
    }
}

/// An announcement in the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ListedNotificationView {
    #[serde(flatten)]
    notification: NotificationView,
    read: bool,
    #[schema(required, format = DateTime)]
    read_at: Option<String>,
}

/// One page of the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationPageView {
    notifications: Vec<ListedNotificationView>,
    page_info: PageInfo,
}

impl From<Page<Announcement>> for NotificationPageView {
    fn from(page: Page<Announcement>) -> Self {
        let listed = |announcement: &Announcement| ListedNotificationView {
            notification: announcement.into(),
            read: announcement.read_at.is_some(),
            read_at: announcement.read_at.map(|at| at.to_string()),
        };
        Self { notifications: page.rows.iter().map(listed).collect(), page_info: PageInfo::of(&page) }
    }
}

/// How many.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountView {
    /// So many.
    pub count: u64,
}
