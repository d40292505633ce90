//! Sources on one side, origins of their observations on the other.

use std::collections::BTreeMap;

use super::Said;
use super::canvas::{Anchor, Canvas, SIDE, WIDTH};
use crate::text::Markup;

/// Where the two columns stand.
const SOURCES: f64 = SIDE;
const ORIGINS: f64 = WIDTH - SIDE;
/// Height of a row: a name, and its node below it.
const ROW: f64 = 36.0;
const ABOVE: f64 = 4.0;
/// How far below the top of its row a node lies.
const NODE: f64 = 26.0;

/// A source that speaks of what comes from an origin.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) source: String,
    pub(crate) origin: String,
    /// Whether no other source draws on the origin.
    pub(crate) own: bool,
}

/// The rows of one side, in the order of the names, from a height on.
fn side<'a>(names: impl Iterator<Item = &'a str>, from: f64) -> BTreeMap<&'a str, f64> {
    let mut rows: BTreeMap<&str, f64> = names.map(|n| (n, 0.0)).collect();
    for (n, y) in rows.values_mut().enumerate() {
        *y = from + ROW * n as f64 + NODE;
    }
    rows
}

/// Draws full lines to an origin that a source alone draws on, and broken ones to an origin that it echoes.
pub(crate) fn graph(said: Said<'_>, links: &[Link]) -> Markup {
    // The sides are half a row apart, so that long names pass each other.
    let sources = side(links.iter().map(|l| l.source.as_str()), ABOVE);
    let origins = side(links.iter().map(|l| l.origin.as_str()), ABOVE + ROW / 2.0);
    let rows = sources.len().max(origins.len());
    let mut canvas = Canvas::new(said, ABOVE * 2.0 + ROW * (rows as f64 + 0.5));
    for link in links {
        let class = if link.own { "own" } else { "echo" };
        let ends = (
            sources.get(link.source.as_str()),
            origins.get(link.origin.as_str()),
        );
        if let (Some(from), Some(to)) = ends {
            canvas.line(class, [SOURCES + 6.0, *from, ORIGINS - 6.0, *to]);
        }
    }
    for (name, y) in &sources {
        canvas.circle("node", [SOURCES, *y, 6.0]);
        canvas.text("label", [SOURCES - 6.0, y - 11.0], Anchor::Start, name);
    }
    for (name, y) in &origins {
        canvas.circle("node origin", [ORIGINS, *y, 6.0]);
        canvas.text("label", [ORIGINS + 6.0, y - 11.0], Anchor::End, name);
    }
    canvas.done()
}
