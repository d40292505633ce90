//! Dates with the precision they are known to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a year, a month or a day of the calendar, such as 2017, 2017-06 or 2017-06-27"
)]
pub struct DateError(pub String);

/// How exactly a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// The year.
    Year,
    /// The month.
    Month,
    /// The day.
    Day,
}

/// A year, a month or a day, years 1 to 9999, as ISO 8601 writes it; its length says how exactly it is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodedDate(String);

impl CodedDate {
    /// The spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How exactly it is known.
    #[must_use]
    pub fn precision(&self) -> Precision {
        match self.0.len() {
            4 => Precision::Year,
            7 => Precision::Month,
            _ => Precision::Day,
        }
    }

    /// Whether every day this date may mean lies before every day the other may mean.
    #[must_use]
    pub fn surely_before(&self, other: &Self) -> bool {
        // Where one is less exact than the other, only the parts both have are compared.
        let common = self.0.len().min(other.0.len());
        self.0[..common] < other.0[..common]
    }
}

/// Whether a text is a day of the calendar.
pub(crate) fn is_day(text: &str) -> bool {
    text.parse::<CodedDate>()
        .is_ok_and(|date| date.precision() == Precision::Day)
}

impl FromStr for CodedDate {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        let refused = || DateError(text.chars().take(40).collect());
        let mut parts = text.split('-');
        let mut number = |width: usize| match parts.next() {
            None => Ok(None),
            Some(part) if part.len() == width && part.bytes().all(|b| b.is_ascii_digit()) => {
                part.parse::<u32>().map(Some).map_err(|_| refused())
            }
            Some(_) => Err(refused()),
        };
        let year = number(4)?.unwrap_or(0);
        let month = number(2)?;
        let day = number(2)?;
        let fits = parts.next().is_none()
            && year >= 1
            && month.is_none_or(|m| (1..=12).contains(&m))
            && day.is_none_or(|d| (1..=days_of(year, month.unwrap_or(1))).contains(&d));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(refused())
        }
    }
}

fn days_of(year: u32, month: u32) -> u32 {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for CodedDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CodedDate {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<CodedDate> for String {
    fn from(date: CodedDate) -> String {
        date.0
    }
}
