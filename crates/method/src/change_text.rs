//! The text form of a change, as the command's `--set` and `--without` take it.
//!
//! ```text
//! set     = "item." ID ".phi=" PROB | "item." ID ".r=" (PROB | PROB "," PROB "," PROB)
//!         | "item." ID ".grade=" LETTER DIGIT
//!         | "item." ID ".lr." ID "=" (BANS | BANS "," BANS "," BANS)
//!         | "strand." ID ".rho=" PROB | "strand." ID ".c=" PROB
//!         | "prior." ID "=" PROB | "delta=" PROB
//! without = "item." ID | "strand." ID | "source." ID
//! PROB    = decimal from 0 to 1, at most six digits after the point
//! BANS    = decimal with optional "-", at most three digits after the point
//! ```
//!
//! An identifier may hold points; `.lr.` is split at its last occurrence.

use crate::change::{Change, ChangeError};
use crate::input::{Credibility, MAX_LR_MBAN, PPM, Reliability};

impl Change {
    /// Reads `item.O2.phi=0.9` and the like.
    ///
    /// # Errors
    /// When the text does not follow the grammar.
    pub fn parse_set(text: &str) -> Result<Self, ChangeError> {
        parse_set(text).map_err(|why| ChangeError::Syntax {
            text: text.to_owned(),
            why,
        })
    }

    /// Reads `item.O2`, `strand.RICH` or `source.eset`.
    ///
    /// # Errors
    /// When the text does not follow the grammar.
    pub fn parse_without(text: &str) -> Result<Self, ChangeError> {
        let why = "expected item.ID, strand.ID or source.ID";
        let syntax = |why| ChangeError::Syntax {
            text: text.to_owned(),
            why,
        };
        let (kind, id) = text.split_once('.').ok_or_else(|| syntax(why))?;
        let id = name(id).map_err(syntax)?;
        match kind {
            "item" => Ok(Self::WithoutItem(id)),
            "strand" => Ok(Self::WithoutStrand(id)),
            "source" => Ok(Self::WithoutSource(id)),
            _ => Err(syntax(why)),
        }
    }
}

fn parse_set(text: &str) -> Result<Change, &'static str> {
    let (target, value) = text.split_once('=').ok_or("expected TARGET=VALUE")?;
    if target == "delta" {
        return Ok(Change::SetDelta(probability(value)?));
    }
    if let Some(actor) = target.strip_prefix("prior.") {
        return Ok(Change::SetPrior {
            actor: name(actor)?,
            ppm: probability(value)?,
        });
    }
    if let Some(rest) = target.strip_prefix("strand.") {
        return parse_strand(rest, value);
    }
    match target.strip_prefix("item.") {
        Some(rest) => parse_item(rest, value),
        None => Err("the target is none of item., strand., prior. and delta"),
    }
}

fn parse_strand(rest: &str, value: &str) -> Result<Change, &'static str> {
    if let Some(strand) = rest.strip_suffix(".rho") {
        return Ok(Change::SetRho {
            strand: name(strand)?,
            ppm: probability(value)?,
        });
    }
    let strand = rest
        .strip_suffix(".c")
        .ok_or("of a strand, only .rho and .c can be set")?;
    Ok(Change::SetC {
        strand: name(strand)?,
        ppm: probability(value)?,
    })
}

fn parse_item(rest: &str, value: &str) -> Result<Change, &'static str> {
    if let Some((item, actor)) = rest.rsplit_once(".lr.") {
        let mban = three(value, bans)?;
        return Ok(Change::SetRatio {
            item: name(item)?,
            actor: name(actor)?,
            mban,
        });
    }
    if let Some(item) = rest.strip_suffix(".phi") {
        return Ok(Change::SetPhi {
            item: name(item)?,
            ppm: probability(value)?,
        });
    }
    if let Some(item) = rest.strip_suffix(".r") {
        return Ok(Change::SetReliability {
            item: name(item)?,
            ppm: three(value, probability)?,
        });
    }
    let item = rest
        .strip_suffix(".grade")
        .ok_or("of an item: .phi, .r, .grade or .lr.ACTOR")?;
    let (reliability, credibility) = grade(value)?;
    Ok(Change::SetGrade {
        item: name(item)?,
        reliability,
        credibility,
    })
}

fn name(id: &str) -> Result<String, &'static str> {
    match crate::validate::identifier("target", id) {
        Ok(()) => Ok(id.to_owned()),
        Err(_) => Err("malformed identifier"),
    }
}

fn grade(value: &str) -> Result<(Reliability, Credibility), &'static str> {
    let why = "a grade is a letter A-F and a digit 1-6, as in B2";
    let [letter, digit] = value.as_bytes() else {
        return Err(why);
    };
    let reliability = match letter {
        b'A' => Reliability::A,
        b'B' => Reliability::B,
        b'C' => Reliability::C,
        b'D' => Reliability::D,
        b'E' => Reliability::E,
        b'F' => Reliability::F,
        _ => return Err(why),
    };
    match Credibility::try_from(digit.wrapping_sub(b'0')) {
        Ok(credibility) => Ok((reliability, credibility)),
        Err(_) => Err(why),
    }
}

/// One value for all three, or low, middle and high.
fn three<T: Copy>(
    value: &str,
    read: fn(&str) -> Result<T, &'static str>,
) -> Result<[T; 3], &'static str> {
    let parts: Vec<T> = value.split(',').map(read).collect::<Result<_, _>>()?;
    match parts.as_slice() {
        [one] => Ok([*one; 3]),
        [low, mid, high] => Ok([*low, *mid, *high]),
        _ => Err("expected one value, or low,middle,high"),
    }
}

fn probability(value: &str) -> Result<u32, &'static str> {
    let why = "a probability is a decimal from 0 to 1 with at most six digits after the point";
    match u32::try_from(decimal(value, 6).ok_or(why)?) {
        Ok(ppm) if ppm <= PPM => Ok(ppm),
        _ => Err(why),
    }
}

fn bans(value: &str) -> Result<i32, &'static str> {
    let why =
        "a ratio is a decimal of bans from -10 to 10 with at most three digits after the point";
    let (sign, digits) = match value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, value),
    };
    match i32::try_from(decimal(digits, 3).ok_or(why)?) {
        Ok(mban) if mban <= MAX_LR_MBAN => Ok(sign * mban),
        _ => Err(why),
    }
}

/// A plain decimal times ten to `places`, in integers; no sign, exponent or surplus digits.
fn decimal(text: &str, places: u32) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.len() <= 6 && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > places as usize {
        return None;
    }
    let scale = 10_u64.pow(places - fraction.len() as u32);
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = fraction.parse().ok()?;
    Some(whole * 10_u64.pow(places) + fraction * scale)
}
