//! `GET /api/admin/audit`

use actix_web::web;
use ef_domain::shared::{AuditSubject, FieldErrors};

use super::super::admin::Administrator;
use super::super::envelope::{Answer, Handled};
use super::super::field::finish;
use super::super::query::Query;
use super::dto::AuditPageView;
use crate::shop::Shop;

const PAGE_SIZE: u32 = 20;
/// What has names and no numbers.
const IMAGES: &str = "image";

/// One page of what administrators did, the latest first; of what they did to one thing with `subject` (`product`, `tag`
/// or `order`) and `id`, of what they did to pictures with `subject` (`image`) alone: `GET /api/admin/audit`.
pub async fn list(shop: web::Data<Shop>, _: Administrator, query: Query) -> Handled<AuditPageView> {
    let mut errors = FieldErrors::new();
    let subject = subject(&query, &mut errors);
    let subject = finish(Some(subject), errors)?;
    Ok(Answer::ok(AuditPageView::from(shop.keeping.audit.page(subject, query.page(PAGE_SIZE)).await?)))
}

fn subject(query: &Query, errors: &mut FieldErrors) -> Option<AuditSubject> {
    let kind = query.value("subject");
    let number = query.parsed("id", errors, |text| text.parse::<i64>().map_err(|_| "숫자여야 합니다."));
    match (kind, number) {
        (Some(kind), Some(number)) => {
            let subject = AuditSubject::parse(kind, number);
            errors.keep("subject", subject.ok_or("product, tag, order, image 중 하나여야 합니다."))
        }
        (None, None) => None,
        (Some(IMAGES), None) => Some(AuditSubject::Image),
        (Some(_), None) => {
            errors.add("id", "subject와 함께 필요합니다.");
            None
        }
        (None, Some(_)) => {
            errors.add("subject", "id와 함께 필요합니다.");
            None
        }
    }
}
