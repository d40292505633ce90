//! Days of the calendar, and the dates texts carry.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A text is not the date it should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{text:?} is not {wanted}")]
pub struct DateError {
    /// What was given, cut to 40 characters.
    pub text: String,
    /// What is accepted.
    pub wanted: &'static str,
}

const DAY: &str = "a day such as 2015-07-22";
const TEXT_DATE: &str = "a year, a month or a day, such as 2015-07-22";

/// A day of the proleptic Gregorian calendar, years 1 to 9999, written `2015-07-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

/// When a text was issued: a year, a month or a day, in the spelling of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TextDate {
    text: String,
    last: Day,
}

impl TextDate {
    /// The last day the date may mean; from here on the text surely stood.
    #[must_use]
    pub fn last_day(&self) -> Day {
        self.last
    }

    /// The spelling of the file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Year, month and day of a date with one, two or three parts; nothing if the calendar has no such date.
fn parts(text: &str) -> Option<(u16, Option<u8>, Option<u8>)> {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, width: usize| {
        (part.len() == width && part.bytes().all(|b| b.is_ascii_digit())).then_some(())
    };
    let number = |i: usize| match parts.get(i) {
        None => Some(None),
        Some(part) => digits(part, 2).and_then(|()| part.parse::<u8>().ok().map(Some)),
    };
    let year = parts.first()?;
    digits(year, 4)?;
    let year: u16 = year.parse().ok()?;
    let (month, day) = (number(1)?, number(2)?);
    let fits = parts.len() <= 3
        && year >= 1
        && month.is_none_or(|m| (1..=12).contains(&m))
        && day.is_none_or(|d| (1..=days_of(year, month.unwrap_or(1))).contains(&d));
    fits.then_some((year, month, day))
}

fn days_of(year: u16, month: u8) -> u8 {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}

fn refused(text: &str, wanted: &'static str) -> DateError {
    let text = text.chars().take(40).collect();
    DateError { text, wanted }
}

impl FromStr for Day {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        match parts(text) {
            Some((year, Some(month), Some(day))) => Ok(Self { year, month, day }),
            _ => Err(refused(text, DAY)),
        }
    }
}

impl FromStr for TextDate {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        let (year, month, day) = parts(text).ok_or_else(|| refused(text, TEXT_DATE))?;
        let month = month.unwrap_or(12);
        let day = day.unwrap_or_else(|| days_of(year, month));
        let last = Day { year, month, day };
        let text = text.to_owned();
        Ok(Self { text, last })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for TextDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Day {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl TryFrom<String> for TextDate {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

impl From<TextDate> for String {
    fn from(date: TextDate) -> String {
        date.text
    }
}
