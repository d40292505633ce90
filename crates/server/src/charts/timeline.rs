//! Events on a line of time, one lane per thing.

use super::Said;
use super::canvas::{Anchor, Canvas};
use crate::text::Markup;

/// Width of a drawing and of its labels, and what stays free at its end.
const WIDTH: f64 = 680.0;
const LABELS: f64 = 150.0;
const MARGIN: f64 = 40.0;
const ROW: f64 = 24.0;
const ABOVE: f64 = 8.0;
const BELOW: f64 = 28.0;
const SCALE: f64 = WIDTH - LABELS - MARGIN;

/// An event: seconds since 1970, and its class.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) at: i64,
    pub(crate) class: &'static str,
}

/// What the events happened to.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(crate) label: String,
    pub(crate) marks: Vec<Mark>,
}

/// Draws all lanes on one line of time; `ends` are the words for its first and last moment.
pub(crate) fn timeline(said: Said<'_>, lanes: &[Lane], ends: [&str; 2]) -> Markup {
    let all = || lanes.iter().flat_map(|l| &l.marks).map(|m| m.at);
    let (first, last) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
    let span = (last.saturating_sub(first)).max(1) as f64;
    let x = |at: i64| LABELS + SCALE * (at.saturating_sub(first)) as f64 / span;
    let bottom = ABOVE + ROW * lanes.len() as f64;
    let mut canvas = Canvas::new(said, WIDTH, bottom + BELOW);
    for (n, lane) in lanes.iter().enumerate() {
        let y = ABOVE + ROW * (n as f64 + 0.5);
        canvas.line("grid", [LABELS, y, LABELS + SCALE, y]);
        canvas.text("label", [LABELS - 14.0, y + 4.5], Anchor::End, &lane.label);
        for mark in &lane.marks {
            canvas.circle(mark.class, [x(mark.at), y, 5.0]);
        }
    }
    canvas.text("tick", [LABELS, bottom + 18.0], Anchor::Start, ends[0]);
    canvas.text(
        "tick",
        [LABELS + SCALE, bottom + 18.0],
        Anchor::End,
        ends[1],
    );
    canvas.done()
}
