//! The default reliability of an Admiralty grade (STANAG 2511 letters and digits).
//!
//! Source and information are graded apart and combined in log-odds with the weaker one counted
//! twice, so that a careful report of a doubtful source stays doubtful.

use crate::input::{Credibility, Item, PPM, Reliability};

/// Reliability of the letter A-E as a probability; nothing for F.
fn letter(reliability: Reliability) -> Option<f64> {
    match reliability {
        Reliability::A => Some(0.97),
        Reliability::B => Some(0.90),
        Reliability::C => Some(0.75),
        Reliability::D => Some(0.50),
        Reliability::E => Some(0.25),
        Reliability::F => None,
    }
}

/// Credibility of the digit 1-5 as a probability; nothing for 6.
fn digit(credibility: Credibility) -> Option<f64> {
    match credibility.digit() {
        1 => Some(0.97),
        2 => Some(0.90),
        3 => Some(0.75),
        4 => Some(0.50),
        5 => Some(0.25),
        _ => None,
    }
}

fn log_odds(p: f64) -> f64 {
    libm::log(p / (1.0 - p))
}

/// Default reliability r (a probability) of a grade: `(2·min + max)/3` in log-odds.
///
/// F and 6 mean *unknown*, never 50 %: they give exactly 0, and the item moves nothing.
#[must_use]
pub fn default_r(reliability: Reliability, credibility: Credibility) -> f64 {
    let (Some(a), Some(b)) = (letter(reliability), digit(credibility)) else {
        return 0.0;
    };
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low == high {
        return low;
    }
    let combined = (2.0 * log_odds(low) + log_odds(high)) / 3.0;
    1.0 / (1.0 + libm::exp(-combined))
}

/// Whether the grade says "cannot be judged".
pub(crate) fn is_unknown(reliability: Reliability, credibility: Credibility) -> bool {
    letter(reliability).is_none() || digit(credibility).is_none()
}

/// The reliability r of an item (a probability): its own middle value, else the grade's default.
pub(crate) fn item_r(item: &Item) -> f64 {
    match item.r_ppm {
        Some([_, mid, _]) => f64::from(mid) / f64::from(PPM),
        None => default_r(item.reliability, item.credibility),
    }
}
