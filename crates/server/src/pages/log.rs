//! The log: its checkpoint, who signed it, how to check it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Frame, Place, show};
use crate::app::App;
use crate::text::{Markup, foreign};

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    frame: Frame,
    size: Markup,
    checkpoint: String,
    signers: Vec<Markup>,
    trust: String,
}

/// Names of the keys under a signed note: `— name signature`, the log's first (C2SP signed-note).
fn signers(checkpoint: &str) -> Vec<Markup> {
    let signed = checkpoint
        .lines()
        .filter_map(|line| line.strip_prefix("\u{2014} "));
    let names = signed.filter_map(|line| line.split(' ').next());
    names.map(foreign).collect()
}

pub(super) async fn page(State(app): State<App>, place: Place) -> Response {
    show(app, place, |record, frame| {
        let checkpoint = String::from_utf8_lossy(&record.checkpoint()).into_owned();
        Ok(LogPage {
            size: frame.t.say("log.size").n(record.size()).html(),
            signers: signers(&checkpoint),
            checkpoint,
            trust: record.trust_file()?.to_string(),
            frame,
        })
    })
    .await
}
