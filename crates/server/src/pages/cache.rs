//! Rendered pages, kept as long as the checkpoint they were made under is the published one.
//!
//! A page is a function of the record at a checkpoint, its address and its language, which is in
//! the address. Only pages without a question are kept: whoever asks something may ask anything.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::assets::Scripted;
use crate::error::ApiError;

/// Bytes of pages kept; the oldest make room.
pub(crate) const MAX_KEPT_BYTES: usize = 64 * 1024 * 1024;
/// Largest page that is kept, in bytes.
const MAX_PAGE_BYTES: usize = 1024 * 1024;
/// A reader's own copy is asked for anew each time, and answered with nothing if it still holds.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Pages by address.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    checkpoint: Vec<u8>,
    pages: HashMap<String, Page>,
    /// Addresses, the oldest first.
    order: VecDeque<String>,
    bytes: usize,
}

/// A page as it is sent.
#[derive(Clone)]
struct Page {
    body: Bytes,
    content_type: HeaderValue,
    etag: HeaderValue,
    /// Whether it verifies or signs, and so runs scripts.
    scripted: Option<Scripted>,
}

impl Page {
    fn answer(self, request: &Asked) -> Response {
        let known = request.known.as_ref() == Some(&self.etag);
        let headers = [
            (CONTENT_TYPE, self.content_type),
            (CACHE_CONTROL, ASK_AGAIN),
            (ETAG, self.etag),
        ];
        let mut response = if known {
            (StatusCode::NOT_MODIFIED, headers).into_response()
        } else {
            (headers, self.body).into_response()
        };
        if let Some(scripted) = self.scripted {
            response.extensions_mut().insert(scripted);
        }
        response
    }
}

/// What a request says of the page it wants.
struct Asked {
    address: String,
    known: Option<HeaderValue>,
}

impl Cache {
    fn get(&self, checkpoint: &[u8], address: &str) -> Option<Page> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = kept.checkpoint == checkpoint;
        kept.pages.get(address).filter(|_| same).cloned()
    }

    fn put(&self, checkpoint: Vec<u8>, address: String, page: Page) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.checkpoint != checkpoint {
            *kept = Kept {
                checkpoint,
                ..Kept::default()
            };
        }
        kept.bytes += page.body.len();
        if let Some(before) = kept.pages.insert(address.clone(), page) {
            kept.bytes -= before.body.len();
        } else {
            kept.order.push_back(address);
        }
        while kept.bytes > MAX_KEPT_BYTES {
            let Some(oldest) = kept.order.pop_front() else {
                break;
            };
            if let Some(gone) = kept.pages.remove(&oldest) {
                kept.bytes -= gone.body.len();
            }
        }
    }
}

/// Whether a page may be kept: it asks nothing. Pages that hang on more than the record are not sent this way.
fn may_be_kept(request: &Request) -> bool {
    request.method() == Method::GET && request.uri().query().is_none()
}

/// Answers from what is kept, and keeps what was made under the checkpoint that still holds.
pub(crate) async fn cached(State(app): State<App>, request: Request, next: Next) -> Response {
    if !may_be_kept(&request) {
        return next.run(request).await;
    }
    let checkpoint = app.record().checkpoint();
    let asked = Asked {
        address: request.uri().path().to_owned(),
        known: request.headers().get(IF_NONE_MATCH).cloned(),
    };
    if let Some(page) = app.pages().get(&checkpoint, &asked.address) {
        return page.answer(&asked);
    }
    let response = next.run(request).await;
    let content_type = response.headers().get(CONTENT_TYPE).cloned();
    let Some(content_type) = content_type
        .filter(is_page)
        .filter(|_| response.status() == StatusCode::OK)
    else {
        return response;
    };
    let (parts, body) = response.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return ApiError::internal(error).into_response(),
    };
    let scripted = parts.extensions.get::<Scripted>().copied();
    let Some(page) = page(body.clone(), content_type, scripted) else {
        return Response::from_parts(parts, Body::from(body));
    };
    if app.record().checkpoint() == checkpoint {
        app.pages()
            .put(checkpoint, asked.address.clone(), page.clone());
    }
    page.answer(&asked)
}

/// HTML, Atom and pictures are pages; bundles, JSON and styles are not kept here.
fn is_page(content_type: &HeaderValue) -> bool {
    ["text/html", "application/atom+xml", "image/svg+xml"]
        .iter()
        .any(|kind| content_type.as_bytes().starts_with(kind.as_bytes()))
}

/// A page with the hash of its content; none where it is too large to be kept.
fn page(body: Bytes, content_type: HeaderValue, scripted: Option<Scripted>) -> Option<Page> {
    if body.len() > MAX_PAGE_BYTES {
        return None;
    }
    let etag = format!("\"{}\"", tlog::sha256(&body));
    Some(Page {
        etag: HeaderValue::from_str(&etag).ok()?,
        body,
        content_type,
        scripted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(length: usize) -> Page {
        let html = HeaderValue::from_static("text/html");
        page(Bytes::from(vec![b'x'; length]), html, None).unwrap()
    }

    #[test]
    fn a_page_is_given_under_its_checkpoint_only() {
        let cache = Cache::default();
        cache.put(b"one".to_vec(), "/".to_owned(), of(10));
        assert!(cache.get(b"one", "/").is_some());
        assert!(cache.get(b"two", "/").is_none());
        cache.put(b"two".to_vec(), "/log".to_owned(), of(10));
        assert!(cache.get(b"two", "/").is_none());
        assert!(cache.get(b"one", "/").is_none());
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_oldest_goes() {
        let cache = Cache::default();
        let most = MAX_KEPT_BYTES / MAX_PAGE_BYTES;
        for n in 0..=most {
            cache.put(b"c".to_vec(), format!("/{n}"), of(MAX_PAGE_BYTES));
        }
        assert!(cache.get(b"c", "/0").is_none());
        assert!(cache.get(b"c", "/1").is_some());
        assert!(
            page(
                Bytes::from(vec![0; MAX_PAGE_BYTES + 1]),
                HeaderValue::from_static("text/html"),
                None
            )
            .is_none()
        );
    }
}
