//! Drawings of one row per thing: ranges, bars, weights with caps, votes.

use super::Said;
use super::canvas::{Anchor, Canvas};
use crate::text::Markup;

/// Width of a drawing, of its labels, and of what stands after the scale.
const WIDTH: f64 = 680.0;
const LABELS: f64 = 210.0;
const AFTER: f64 = 80.0;
/// Height of a row, and of what stands above and below all rows.
const ROW: f64 = 24.0;
const ABOVE: f64 = 8.0;
const BELOW: f64 = 26.0;
const SCALE: f64 = WIDTH - LABELS - AFTER;
/// Ticks of a scale of percent.
const PERCENT_TICKS: [f64; 5] = [0.0, 25.0, 50.0, 75.0, 100.0];

/// A likelihood with its range, probabilities in [0, 1].
#[derive(Clone, Debug)]
pub(crate) struct Range {
    pub(crate) label: String,
    pub(crate) p: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The figure in words, after the row.
    pub(crate) figure: String,
}

/// A bar, and for weights the most it could be.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: f64,
    pub(crate) cap: f64,
    pub(crate) figure: String,
}

/// Votes of one region, one square each: publish, object, abstain, not opened.
#[derive(Clone, Debug)]
pub(crate) struct Squares {
    pub(crate) label: String,
    pub(crate) counts: [u32; 4],
}

fn canvas<'a>(said: Said<'a>, rows: usize) -> Canvas<'a> {
    Canvas::new(said, WIDTH, ABOVE + ROW * rows as f64 + BELOW)
}

/// The middle of a row.
fn middle(row: usize) -> f64 {
    ABOVE + ROW * (row as f64 + 0.5)
}

fn label(canvas: &mut Canvas<'_>, row: usize, label: &str, figure: &str) {
    canvas.text(
        "label",
        [LABELS - 10.0, middle(row) + 4.5],
        Anchor::End,
        label,
    );
    canvas.text(
        "figure",
        [WIDTH - AFTER + 8.0, middle(row) + 4.5],
        Anchor::Start,
        figure,
    );
}

fn percent_scale(canvas: &mut Canvas<'_>, rows: usize) {
    let bottom = ABOVE + ROW * rows as f64;
    for tick in PERCENT_TICKS {
        let x = LABELS + SCALE * tick / 100.0;
        canvas.line("grid", [x, ABOVE, x, bottom]);
        canvas.text(
            "tick",
            [x, bottom + 17.0],
            Anchor::Middle,
            &format!("{tick:.0}"),
        );
    }
}

/// Likelihoods with their ranges, one below the other.
pub(crate) fn ranges(said: Said<'_>, rows: &[Range]) -> Markup {
    let mut canvas = canvas(said, rows.len());
    percent_scale(&mut canvas, rows.len());
    for (n, row) in rows.iter().enumerate() {
        let [p, low, high] = [row.p, row.low, row.high].map(|p| LABELS + SCALE * p.clamp(0.0, 1.0));
        canvas.rect("range", [low, middle(n) - 5.0, (high - low).max(1.0), 10.0]);
        canvas.line("mark", [p, middle(n) - 9.0, p, middle(n) + 9.0]);
        label(&mut canvas, n, &row.label, &row.figure);
    }
    canvas.done()
}

/// Likelihoods as bars, with a line at the one that all are compared with.
pub(crate) fn bars(said: Said<'_>, rows: &[Bar], whole: f64) -> Markup {
    let mut canvas = canvas(said, rows.len());
    percent_scale(&mut canvas, rows.len());
    for (n, row) in rows.iter().enumerate() {
        let width = SCALE * row.value.clamp(0.0, 1.0);
        canvas.rect("bar", [LABELS, middle(n) - 7.0, width, 14.0]);
        label(&mut canvas, n, &row.label, &row.figure);
    }
    let x = LABELS + SCALE * whole.clamp(0.0, 1.0);
    canvas.line("mark", [x, ABOVE, x, ABOVE + ROW * rows.len() as f64]);
    canvas.done()
}

/// Weights as bars from zero, each with a line at the most it could be, for and against.
pub(crate) fn caps(said: Said<'_>, rows: &[Bar]) -> Markup {
    let mut canvas = canvas(said, rows.len());
    let most = rows
        .iter()
        .map(|r| r.cap.max(r.value.abs()))
        .fold(0.5, f64::max);
    let least = rows.iter().map(|r| r.value).fold(0.0, f64::min);
    let low = if least < 0.0 { -most } else { 0.0 };
    let x = |value: f64| LABELS + SCALE * (value.clamp(low, most) - low) / (most - low);
    let bottom = ABOVE + ROW * rows.len() as f64;
    let ticks = if low < 0.0 {
        vec![low, 0.0, most]
    } else {
        vec![0.0, most / 2.0, most]
    };
    for tick in ticks {
        canvas.line("grid", [x(tick), ABOVE, x(tick), bottom]);
        canvas.text(
            "tick",
            [x(tick), bottom + 17.0],
            Anchor::Middle,
            &format!("{tick:.1}"),
        );
    }
    for (n, row) in rows.iter().enumerate() {
        let (from, to) = (x(row.value.min(0.0)), x(row.value.max(0.0)));
        let class = if row.value < 0.0 {
            "bar against"
        } else {
            "bar"
        };
        canvas.rect(class, [from, middle(n) - 7.0, to - from, 14.0]);
        let cap = x(if row.value < 0.0 { -row.cap } else { row.cap });
        canvas.line("cap", [cap, middle(n) - 10.0, cap, middle(n) + 10.0]);
        label(&mut canvas, n, &row.label, &row.figure);
    }
    canvas.done()
}

/// Votes as squares, one each.
pub(crate) fn votes(said: Said<'_>, rows: &[Squares]) -> Markup {
    const SIDE: f64 = 15.0;
    const CLASSES: [&str; 4] = ["vote publish", "vote object", "vote abstain", "vote sealed"];
    let mut canvas = Canvas::new(said, WIDTH, ABOVE * 2.0 + ROW * rows.len() as f64);
    for (n, row) in rows.iter().enumerate() {
        canvas.text(
            "label",
            [LABELS - 10.0, middle(n) + 4.5],
            Anchor::End,
            &row.label,
        );
        let kinds = CLASSES.iter().zip(row.counts);
        let squares = kinds.flat_map(|(class, count)| (0..count).map(move |_| class));
        for (at, class) in squares.enumerate() {
            let x = LABELS + (SIDE + 5.0) * at as f64;
            let top = middle(n) - SIDE / 2.0;
            canvas.rect(class, [x, top, SIDE, SIDE]);
            // Not by colour alone: a bar across for an objection, a dot for a vote not opened.
            if *class == CLASSES[1] {
                canvas.line(
                    "vote-sign",
                    [x + 2.0, top + SIDE - 2.0, x + SIDE - 2.0, top + 2.0],
                );
            }
            if *class == CLASSES[3] {
                canvas.circle("vote-dot", [x + SIDE / 2.0, top + SIDE / 2.0, 2.0]);
            }
        }
    }
    canvas.done()
}
