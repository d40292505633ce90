//! What a copy of the record says where the server has a form, a queue or counts that hang on the hour.

use askama::Template;
use axum::response::Response;

use crate::app::App;
use crate::pages::frame::{Frame, Place};
use crate::pages::show;
use crate::text::Markup;

#[derive(Template)]
#[template(path = "aid-copy.html")]
struct CopyPage {
    frame: Frame,
    title: String,
    lead: Markup,
}

/// The page that stands in a copy; `title` is the key of the title of the one on the server.
pub(super) async fn page(app: App, place: Place, title: &'static str) -> Response {
    show(app, place, move |record, frame| {
        let lead = frame.t.say("aid.copy-lead").with("origin", record.origin());
        Ok(CopyPage {
            title: frame.t.s(title).to_owned(),
            lead: lead.html(),
            frame,
        })
    })
    .await
}
