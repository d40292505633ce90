//! Sources on one side, origins of their observations on the other.

use std::collections::BTreeMap;

use super::Said;
use super::canvas::{Anchor, Canvas};
use crate::text::Markup;

const WIDTH: f64 = 680.0;
/// Where the two columns stand.
const SOURCES: f64 = 230.0;
const ORIGINS: f64 = 450.0;
const ROW: f64 = 30.0;
const ABOVE: f64 = 14.0;

/// A source that speaks of what comes from an origin.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) source: String,
    pub(crate) origin: String,
    /// Whether no other source draws on the origin.
    pub(crate) own: bool,
}

/// The rows of one side, in the order of the names.
fn side<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, f64> {
    let mut rows: BTreeMap<&str, f64> = names.map(|n| (n, 0.0)).collect();
    for (n, y) in rows.values_mut().enumerate() {
        *y = ABOVE + ROW * (n as f64 + 0.5);
    }
    rows
}

/// Draws full lines to an origin that a source alone draws on, and broken ones to an origin that it echoes.
pub(crate) fn graph(said: Said<'_>, links: &[Link]) -> Markup {
    let sources = side(links.iter().map(|l| l.source.as_str()));
    let origins = side(links.iter().map(|l| l.origin.as_str()));
    let rows = sources.len().max(origins.len());
    let mut canvas = Canvas::new(said, WIDTH, ABOVE * 2.0 + ROW * rows as f64);
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
        canvas.text("label", [SOURCES - 14.0, y + 4.5], Anchor::End, name);
    }
    for (name, y) in &origins {
        canvas.circle("node origin", [ORIGINS, *y, 6.0]);
        canvas.text("label", [ORIGINS + 14.0, y + 4.5], Anchor::Start, name);
    }
    canvas.done()
}
