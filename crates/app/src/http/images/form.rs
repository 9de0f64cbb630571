//! The one file of a form: read piece by piece, bounded in length and time, and refused with a reason that helps.

use std::future::Future;
use std::pin::Pin;

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures::{Stream, StreamExt};
use tokio::time::timeout;

use super::super::code::ErrorCode;
use super::super::error::ApiError;
use super::super::settings::HttpSettings;

/// The largest file, as the pages say.
const MAX_FILE: usize = 5 * 1024 * 1024;
/// What may stand around it: boundaries, heads, other fields.
const MAX_AROUND: usize = 64 * 1024;
const PART: &str = "file";
pub(super) const FORM: &str = "multipart/form-data";

/// The bytes of the part `file`, which is there and not empty. Of its name and its media type nobody hears.
pub struct Upload(pub Vec<u8>);

impl FromRequest for Upload {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let refused = refuse_by_headers(request);
        let limit = request.app_data::<web::Data<HttpSettings>>().map(|settings| settings.upload_timeout);
        let form = Multipart::new(request.headers(), bounded(payload.take(), MAX_FILE.saturating_add(MAX_AROUND)));
        Box::pin(async move {
            refused?;
            let limit = limit.ok_or_else(|| ApiError::new(ErrorCode::Internal))?;
            let file = timeout(limit, read(form)).await;
            file.map_err(|_| ApiError::new(ErrorCode::BodyTimedOut))?.map(Self)
        })
    }
}

fn too_large() -> ApiError {
    ApiError::saying(ErrorCode::BodyTooLarge, "이미지는 5MB까지 올릴 수 있습니다.")
}

fn refuse_by_headers(request: &HttpRequest) -> Result<(), ApiError> {
    let headers = request.headers();
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let most = MAX_FILE.saturating_add(MAX_AROUND);
    if length.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > most)) {
        return Err(too_large());
    }
    let encoded = headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
    if encoded || !request.content_type().eq_ignore_ascii_case(FORM) {
        let desc = format!("요청 본문은 {FORM} 형식이어야 합니다.");
        return Err(ApiError::saying(ErrorCode::UnsupportedMediaType, desc));
    }
    Ok(())
}

/// The same stream, which fails once it was longer than that: what the form's reader holds back must not grow for ever.
fn bounded(payload: Payload, most: usize) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    payload.scan(0_usize, move |length, chunk| {
        let chunk = chunk.and_then(|chunk| {
            *length = length.saturating_add(chunk.len());
            if *length > most { Err(PayloadError::Overflow) } else { Ok(chunk) }
        });
        std::future::ready(Some(chunk))
    })
}

async fn read(mut form: Multipart) -> Result<Vec<u8>, ApiError> {
    let mut file = None;
    while let Some(part) = form.next().await {
        let mut part = part.map_err(|error| broken(&error))?;
        let is_file = part.name() == Some(PART);
        if is_file && file.is_some() {
            return Err(ApiError::invalid("이미지는 한 번에 하나만 올릴 수 있습니다."));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|error| broken(&error))?;
            if is_file && bytes.len().saturating_add(chunk.len()) > MAX_FILE {
                return Err(too_large());
            }
            if is_file {
                bytes.extend_from_slice(&chunk);
            }
        }
        if is_file {
            file = Some(bytes);
        }
    }
    let file = file.ok_or_else(|| ApiError::invalid("이미지 파일(file)을 선택해 주세요."))?;
    if file.is_empty() { Err(ApiError::invalid("이미지 파일이 비어 있습니다.")) } else { Ok(file) }
}

fn broken(error: &MultipartError) -> ApiError {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => too_large(),
        _ => ApiError::invalid("요청 본문을 끝까지 읽지 못했습니다."),
    }
}

#[cfg(test)]
mod tests;
