//! Drawings as SVG: pure functions from figures to markup, each with a title and a description; the
//! page has the figures in a table beside it (docs/pages.md, Drawings).
//!
//! Colours are classes of the style sheet, so that light, dark and paper work; where the reader's
//! script runs from right to left, the whole drawing does.

mod canvas;
mod card;
mod graph;
mod interval;
mod rows;
#[cfg(test)]
mod tests;
mod timeline;

pub(crate) use card::{Card, card};
pub(crate) use graph::{Link, graph};
pub(crate) use interval::{Interval, interval, strip};
pub(crate) use rows::{Bar, Range, Squares, bars, caps, ranges, votes};
pub(crate) use timeline::{Lane, Mark, Sign, timeline};

/// What every drawing says of itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    /// Identifier on the page.
    pub(crate) id: &'a str,
    /// What it shows, in a few words.
    pub(crate) title: &'a str,
    /// How to read it, in a sentence.
    pub(crate) desc: &'a str,
    /// Whether it runs from right to left.
    pub(crate) rtl: bool,
}
