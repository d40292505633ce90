//! Events on a line of time, one lane per thing.

use super::Said;
use super::canvas::{Anchor, Canvas, SCALE, SIDE, WIDTH};
use crate::text::Markup;

/// Height of a lane: its name, and its line below it.
const ROW: f64 = 34.0;
/// How far below the top of a lane its name stands, and its line.
const NAME: f64 = 13.0;
const LINE: f64 = 24.0;
const ABOVE: f64 = 2.0;
const BELOW: f64 = 22.0;
/// Half the side of a square mark, and the radius of a round one.
const HALF: f64 = 4.5;

/// The sign of an event; signs differ in shape, not by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A ring: what it all began with.
    Ring,
    /// A dot: a step.
    Dot,
    /// A square: what it ended with.
    Square,
}

/// An event: seconds since 1970, and its sign.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) at: i64,
    pub(crate) sign: Sign,
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
    let x = |at: i64| SIDE + SCALE * (at.saturating_sub(first)) as f64 / span;
    let bottom = ABOVE + ROW * lanes.len() as f64;
    let mut canvas = Canvas::new(said, bottom + BELOW);
    for (n, lane) in lanes.iter().enumerate() {
        let top = ABOVE + ROW * n as f64;
        let y = top + LINE;
        canvas.line("grid", [SIDE, y, WIDTH - SIDE, y]);
        canvas.text("label", [SIDE, top + NAME], Anchor::Start, &lane.label);
        for mark in &lane.marks {
            let x = x(mark.at);
            match mark.sign {
                Sign::Ring => canvas.circle("event ring", [x, y, HALF]),
                Sign::Dot => canvas.circle("event", [x, y, HALF]),
                Sign::Square => {
                    canvas.rect("event", [x - HALF, y - HALF, 2.0 * HALF, 2.0 * HALF]);
                }
            }
        }
    }
    let y = bottom + 15.0;
    canvas.text("tick", [SIDE, y], Anchor::Start, ends[0]);
    canvas.text("tick", [WIDTH - SIDE, y], Anchor::End, ends[1]);
    canvas.done()
}
