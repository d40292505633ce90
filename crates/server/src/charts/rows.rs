//! Drawings of one row per thing: ranges, bars, weights with caps, votes.

use super::Said;
use super::canvas::{Anchor, Canvas, SCALE, SIDE, WIDTH};
use crate::text::Markup;

/// Height of a row: its label and figure, and below them its bar.
const ROW: f64 = 34.0;
/// How far below the top of a row its words stand, and the middle of its bar.
const WORDS: f64 = 13.0;
const BAR: f64 = 23.0;
/// Height of what stands above and below all rows.
const ABOVE: f64 = 2.0;
const BELOW: f64 = 22.0;
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
    Canvas::new(said, ABOVE + ROW * rows as f64 + BELOW)
}

fn top(row: usize) -> f64 {
    ABOVE + ROW * row as f64
}

/// The middle of a row's bar.
fn middle(row: usize) -> f64 {
    top(row) + BAR
}

/// Where a share of the scale lies.
fn across(share: f64) -> f64 {
    SIDE + SCALE * share.clamp(0.0, 1.0)
}

fn label(canvas: &mut Canvas<'_>, row: usize, label: &str, figure: &str) {
    let y = top(row) + WORDS;
    canvas.text("label", [SIDE, y], Anchor::Start, label);
    canvas.text("figure", [WIDTH - SIDE, y], Anchor::End, figure);
}

/// A line of the scale through all rows, which leaves their words alone.
fn grid(canvas: &mut Canvas<'_>, rows: usize, x: f64) {
    for row in 0..rows {
        canvas.line("grid", [x, top(row) + WORDS + 4.0, x, top(row) + ROW]);
    }
}

fn tick(canvas: &mut Canvas<'_>, rows: usize, x: f64, text: &str) {
    grid(canvas, rows, x);
    canvas.text("tick", [x, top(rows) + 15.0], Anchor::Middle, text);
}

fn percent_scale(canvas: &mut Canvas<'_>, rows: usize) {
    for percent in PERCENT_TICKS {
        tick(
            canvas,
            rows,
            across(percent / 100.0),
            &format!("{percent:.0}"),
        );
    }
}

/// Likelihoods with their ranges, one below the other.
pub(crate) fn ranges(said: Said<'_>, rows: &[Range]) -> Markup {
    let mut canvas = canvas(said, rows.len());
    percent_scale(&mut canvas, rows.len());
    for (n, row) in rows.iter().enumerate() {
        let [p, low, high] = [row.p, row.low, row.high].map(across);
        canvas.rect("range", [low, middle(n) - 4.0, (high - low).max(1.0), 8.0]);
        canvas.line("mark", [p, middle(n) - 7.0, p, middle(n) + 7.0]);
        label(&mut canvas, n, &row.label, &row.figure);
    }
    canvas.done()
}

/// Likelihoods as bars, with a line at the one that all are compared with.
pub(crate) fn bars(said: Said<'_>, rows: &[Bar], whole: f64) -> Markup {
    let mut canvas = canvas(said, rows.len());
    percent_scale(&mut canvas, rows.len());
    let whole = across(whole);
    for (n, row) in rows.iter().enumerate() {
        canvas.rect(
            "bar",
            [SIDE, middle(n) - 5.0, across(row.value) - SIDE, 10.0],
        );
        canvas.line("mark", [whole, middle(n) - 7.0, whole, middle(n) + 7.0]);
        label(&mut canvas, n, &row.label, &row.figure);
    }
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
    let x = |value: f64| across((value - low) / (most - low));
    let ticks = if low < 0.0 {
        vec![low, 0.0, most]
    } else {
        vec![0.0, most / 2.0, most]
    };
    for value in ticks {
        tick(&mut canvas, rows.len(), x(value), &format!("{value:.1}"));
    }
    for (n, row) in rows.iter().enumerate() {
        let (from, to) = (x(row.value.min(0.0)), x(row.value.max(0.0)));
        let class = if row.value < 0.0 {
            "bar against"
        } else {
            "bar"
        };
        canvas.rect(class, [from, middle(n) - 5.0, to - from, 10.0]);
        let cap = x(if row.value < 0.0 { -row.cap } else { row.cap });
        canvas.line("cap", [cap, middle(n) - 7.0, cap, middle(n) + 8.0]);
        label(&mut canvas, n, &row.label, &row.figure);
    }
    canvas.done()
}

/// Votes as squares, one each.
pub(crate) fn votes(said: Said<'_>, rows: &[Squares]) -> Markup {
    const SQUARE: f64 = 14.0;
    const STEP: f64 = 20.0;
    const CLASSES: [&str; 4] = ["vote publish", "vote object", "vote abstain", "vote sealed"];
    let mut canvas = Canvas::new(said, ABOVE + (ROW + 4.0) * rows.len() as f64);
    for (n, row) in rows.iter().enumerate() {
        let y = ABOVE + (ROW + 4.0) * n as f64;
        canvas.text("label", [SIDE, y + WORDS], Anchor::Start, &row.label);
        let kinds = CLASSES.iter().zip(row.counts);
        let squares: Vec<_> = kinds
            .flat_map(|(class, count)| (0..count).map(move |_| class))
            .collect();
        // Many votes stand closer together.
        let step = STEP.min((SCALE - SQUARE) / squares.len().max(1) as f64);
        for (at, class) in squares.into_iter().enumerate() {
            let (x, top) = (SIDE + step * at as f64, y + WORDS + 5.0);
            canvas.rect(class, [x, top, SQUARE, SQUARE]);
            // Not by colour alone: a bar across for an objection, a dot for a vote not opened.
            if *class == CLASSES[1] {
                canvas.line(
                    "vote-sign",
                    [x + 2.0, top + SQUARE - 2.0, x + SQUARE - 2.0, top + 2.0],
                );
            }
            if *class == CLASSES[3] {
                canvas.circle("vote-dot", [x + SQUARE / 2.0, top + SQUARE / 2.0, 2.0]);
            }
        }
    }
    canvas.done()
}
