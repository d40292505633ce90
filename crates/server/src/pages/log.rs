//! The log: its checkpoint, its size, how to check it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Frame, show};
use crate::app::App;

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    frame: Frame,
    size: u64,
    checkpoint: String,
    trust: String,
}

pub(super) async fn page(State(app): State<App>) -> Response {
    show(app, |record, frame| {
        Ok(LogPage {
            frame,
            size: record.size(),
            checkpoint: String::from_utf8_lossy(&record.checkpoint()).into_owned(),
            trust: record.trust_file()?.to_string(),
        })
    })
    .await
}
