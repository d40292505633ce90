//! The likelihood of the leading state on the scale of ICD 203: seven bands, a range, a mark.

use super::Said;
use super::canvas::{Anchor, Canvas, SCALE, SIDE, WIDTH};
use crate::text::{Markup, markup};

/// Edges of the seven words of likelihood, in percent.
const EDGES: [f64; 8] = [0.0, 5.0, 20.0, 45.0, 55.0, 80.0, 95.0, 100.0];
const HEIGHT: f64 = 102.0;

/// A likelihood with its range, probabilities in [0, 1].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval<'a> {
    pub(crate) p: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The word and number that stand at the mark.
    pub(crate) label: &'a str,
    /// What the ends of the scale mean.
    pub(crate) ends: [&'a str; 2],
}

/// Width and height of a strip.
const STRIP: [f64; 2] = [160.0, 14.0];

/// The same as a strip without words, for a line whose words stand beside it: likelihood and range,
/// probabilities in [0, 1]. Hidden from those who listen.
pub(crate) fn strip([p, low, high]: [f64; 3], rtl: bool) -> Markup {
    let [width, height] = STRIP;
    let at = |p: f64| width * p.clamp(0.0, 1.0);
    let left = |p: f64| if rtl { width - at(p) } else { at(p) };
    let from = if rtl { left(high) } else { left(low) };
    let long = (at(high) - at(low)).max(1.0);
    markup(format!(
        "<svg class=\"strip\" aria-hidden=\"true\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\
         <rect class=\"band\" x=\"0\" y=\"5\" width=\"{width}\" height=\"4\"/>\
         <rect class=\"range\" x=\"{from:.1}\" y=\"4\" width=\"{long:.1}\" height=\"6\"/>\
         <line class=\"mark\" x1=\"{0:.1}\" y1=\"0\" x2=\"{0:.1}\" y2=\"{height}\"/></svg>",
        left(p)
    ))
}

/// Draws the range as a bar over the scale, and a mark at the likelihood.
pub(crate) fn interval(said: Said<'_>, shown: Interval<'_>) -> Markup {
    let mut canvas = Canvas::new(said, HEIGHT);
    let x = |percent: f64| SIDE + SCALE * percent.clamp(0.0, 100.0) / 100.0;
    for (n, band) in EDGES.windows(2).enumerate() {
        let class = if n % 2 == 0 { "band" } else { "band odd" };
        canvas.rect(class, [x(band[0]), 28.0, x(band[1]) - x(band[0]), 26.0]);
    }
    let [p, low, high] = [shown.p, shown.low, shown.high].map(|p| x(100.0 * p));
    canvas.rect("range", [low, 35.0, (high - low).max(1.0), 12.0]);
    canvas.line("mark", [p, 23.0, p, 59.0]);
    // The label keeps clear of the edges.
    let anchor = match p {
        p if p < WIDTH / 3.0 => Anchor::Start,
        p if p > WIDTH * 2.0 / 3.0 => Anchor::End,
        _ => Anchor::Middle,
    };
    canvas.text("strong", [p, 16.0], anchor, shown.label);
    for edge in EDGES {
        // 5 and 95 stand too close to the ends to be written
        if edge != 5.0 && edge != 95.0 {
            let text = format!("{edge:.0}");
            canvas.text("tick", [x(edge), 73.0], Anchor::Middle, &text);
        }
    }
    canvas.text("tick", [SIDE - 6.0, 92.0], Anchor::Start, shown.ends[0]);
    canvas.text(
        "tick",
        [WIDTH - SIDE + 6.0, 92.0],
        Anchor::End,
        shown.ends[1],
    );
    canvas.done()
}
