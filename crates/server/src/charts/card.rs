//! The picture that stands for a finding where its address is shared: 1200 by 630, as an SVG file of
//! its own, so it carries its colours itself.

use std::fmt::Write as _;

use crate::text::escaped;

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 630.0;
const LEFT: f64 = 80.0;
/// Characters of the outcome in a line, and lines.
const LINE: usize = 46;
const LINES: usize = 4;

/// What a card says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Card<'a> {
    pub(crate) record: &'a str,
    pub(crate) title: &'a str,
    pub(crate) outcome: &'a str,
    /// That the finding no longer stands, where it does not.
    pub(crate) fallen: Option<&'a str>,
    /// The likelihood in words, a line for each who is named; the first is the one drawn.
    pub(crate) likelihood: &'a [String],
    /// Likelihood and ends of its range, in [0, 1].
    pub(crate) figures: Option<[f64; 3]>,
    /// What a demonstration says of itself.
    pub(crate) notice: Option<&'a str>,
    pub(crate) lang: &'a str,
    pub(crate) rtl: bool,
}

/// Words in lines; the last line ends in an ellipsis where words are left.
fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let word: String = word.chars().take(LINE).collect();
        let last = lines.last_mut().map_or(0, |l| l.chars().count());
        if last > 0 && last + word.chars().count() >= LINE {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(line) = lines.last_mut() {
            line.push('\u{2026}');
        }
    }
    lines
}

/// A line of text: its height, size, colour and weight.
struct Line {
    y: f64,
    size: u32,
    fill: &'static str,
    weight: u32,
}

fn text(body: &mut String, x: f64, line: &Line, said: &str) {
    let Line {
        y,
        size,
        fill,
        weight,
    } = line;
    let said = escaped(said);
    // Writing to a string does not fail.
    let _ = write!(
        body,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\" font-weight=\"{weight}\">{said}</text>"
    );
}

fn scale(body: &mut String, rtl: bool, [p, low, high]: [f64; 3]) {
    let long = WIDTH - 2.0 * LEFT;
    let at = |p: f64| {
        let x = LEFT + long * p.clamp(0.0, 1.0);
        if rtl { WIDTH - x } else { x }
    };
    let (from, to) = (at(low).min(at(high)), at(low).max(at(high)));
    let _ = write!(
        body,
        "<rect x=\"{LEFT}\" y=\"530\" width=\"{long}\" height=\"14\" fill=\"#d8d3c7\"/>\
         <rect x=\"{from:.1}\" y=\"526\" width=\"{:.1}\" height=\"22\" fill=\"#1c4f7c\" opacity=\"0.75\"/>\
         <rect x=\"{:.1}\" y=\"516\" width=\"4\" height=\"42\" fill=\"#1d1f24\"/>",
        (to - from).max(2.0),
        at(p) - 2.0
    );
}

/// Draws a card.
pub(crate) fn card(card: Card<'_>) -> String {
    let x = if card.rtl { WIDTH - LEFT } else { LEFT };
    let mut body = String::new();
    let line = |y, size, fill, weight| Line {
        y,
        size,
        fill,
        weight,
    };
    text(&mut body, x, &line(90.0, 26, "#565b66", 400), card.record);
    text(&mut body, x, &line(160.0, 40, "#1d1f24", 700), card.title);
    if let Some(fallen) = card.fallen {
        text(&mut body, x, &line(212.0, 32, "#8c1d18", 700), fallen);
    }
    for (n, said) in lines(card.outcome).iter().enumerate() {
        let y = 270.0 + 52.0 * n as f64;
        text(&mut body, x, &line(y, 40, "#1d1f24", 400), said);
    }
    for (n, said) in card.likelihood.iter().take(2).rev().enumerate() {
        let y = 504.0 - 38.0 * n as f64;
        text(&mut body, x, &line(y, 28, "#1c4f7c", 600), said);
    }
    if let Some(notice) = card.notice {
        text(&mut body, x, &line(600.0, 24, "#5b2a00", 600), notice);
    }
    if let Some(figures) = card.figures {
        scale(&mut body, card.rtl, figures);
    }
    let direction = if card.rtl { "rtl" } else { "ltr" };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"{}\" direction=\"{direction}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"Georgia, 'Noto Serif', 'Noto Sans Arabic', serif\"><title>{}</title><rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fdfcf9\"/>\
         <rect width=\"{WIDTH}\" height=\"14\" fill=\"#1c4f7c\"/>{body}</svg>\n",
        card.lang,
        escaped(card.title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_holds_whatever_it_is_given() {
        let long = "word ".repeat(400) + &"x".repeat(900);
        assert_eq!(lines(&long).len(), LINES);
        assert!(lines(&long).iter().all(|l| l.chars().count() <= LINE + 1));
        let drawn = card(Card {
            record: "a",
            title: "<b>",
            outcome: &long,
            fallen: None,
            likelihood: &[],
            figures: Some([2.0, -1.0, 0.5]),
            notice: None,
            lang: "en",
            rtl: true,
        });
        assert!(!drawn.contains("<b>"));
        assert!(drawn.contains("&#60;b&#62;"));
    }
}
