//! The words of the record, each with its one meaning.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Frame, Place, show};
use crate::app::App;

#[derive(Template)]
#[template(path = "words.html")]
struct Words {
    frame: Frame,
    /// Name of the anchor, term, meaning.
    words: Vec<(&'static str, &'static str, &'static str)>,
}

pub(super) async fn page(State(app): State<App>, place: Place) -> Response {
    show(app, place, |_, frame| {
        let words = frame.t.glossary();
        Ok(Words { frame, words })
    })
    .await
}
