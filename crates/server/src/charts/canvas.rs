//! A drawing under way: positions in its own units, mirrored where it runs from right to left.

use std::fmt::Write as _;

use super::Said;
use crate::text::{Markup, escaped, markup};

/// Width of every drawing, in its own units: a phone shows it whole, a unit to a pixel.
pub(super) const WIDTH: f64 = 360.0;
/// What stays free at each side of a scale, for the words at its ends.
pub(super) const SIDE: f64 = 14.0;
/// Length of a scale.
pub(super) const SCALE: f64 = WIDTH - 2.0 * SIDE;
/// Longest label, in characters; the table has the whole.
const MAX_LABEL: usize = 30;

pub(super) struct Canvas<'a> {
    said: Said<'a>,
    height: f64,
    body: String,
}

/// Which end of a text stands at its position.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn as_str(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// A position with one decimal, without a superfluous zero.
fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

impl<'a> Canvas<'a> {
    pub(super) fn new(said: Said<'a>, height: f64) -> Self {
        Self {
            said,
            height,
            body: String::new(),
        }
    }

    fn x(&self, x: f64) -> f64 {
        if self.said.rtl { WIDTH - x } else { x }
    }

    // Writing to a string does not fail, so what `write!` gives is dropped here and below.
    pub(super) fn rect(&mut self, class: &str, [x, y, width, height]: [f64; 4]) {
        let left = if self.said.rtl { WIDTH - x - width } else { x };
        let [x, y, width, height] = [left, y, width, height].map(at);
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        );
    }

    pub(super) fn line(&mut self, class: &str, [x1, y1, x2, y2]: [f64; 4]) {
        let [x1, y1, x2, y2] = [self.x(x1), y1, self.x(x2), y2].map(at);
        let _ = write!(
            self.body,
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        );
    }

    pub(super) fn circle(&mut self, class: &str, [x, y, r]: [f64; 3]) {
        let [x, y, r] = [self.x(x), y, r].map(at);
        let _ = write!(
            self.body,
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>"
        );
    }

    pub(super) fn text(&mut self, class: &str, [x, y]: [f64; 2], anchor: Anchor, text: &str) {
        let [x, y] = [self.x(x), y].map(at);
        let shown = escaped(&short(text));
        let anchor = anchor.as_str();
        let _ = write!(
            self.body,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{shown}</text>"
        );
    }

    pub(super) fn done(self) -> Markup {
        let Said {
            id,
            title,
            desc,
            rtl,
        } = self.said;
        let direction = if rtl { "rtl" } else { "ltr" };
        let (title, desc) = (escaped(title), escaped(desc));
        let [width, height] = [WIDTH, self.height].map(at);
        markup(format!(
            "<svg class=\"chart\" id=\"{id}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" direction=\"{direction}\" \
             viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\"><title id=\"{id}-title\">{title}</title>\
             <desc id=\"{id}-desc\">{desc}</desc>{}</svg>",
            self.body
        ))
    }
}

/// A label, cut where it is too long for its place.
fn short(text: &str) -> String {
    if text.chars().count() <= MAX_LABEL {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MAX_LABEL - 1).collect();
    format!("{kept}\u{2026}")
}
