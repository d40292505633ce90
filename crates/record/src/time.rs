//! Time as the record writes it: whole seconds, UTC, one spelling.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// A moment in UTC with a precision of one second, written `2026-11-22T01:17:00Z` (RFC 3339).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Timestamp(jiff::Timestamp);

/// A text is not a moment or a day in the one accepted spelling.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}")]
pub struct TimeError {
    /// What was given.
    pub text: String,
    /// The spelling that is accepted, with an example.
    pub wanted: &'static str,
}

const MOMENT: &str = "a UTC moment in whole seconds like 2026-11-22T01:17:00Z";
const DAY: &str = "a day like 2026-11-22";

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// From seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`TimeError`] outside the years -9999 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, TimeError> {
        jiff::Timestamp::from_second(seconds)
            .map(Self)
            .map_err(|_| TimeError {
                text: seconds.to_string(),
                wanted: MOMENT,
            })
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// This moment moved by a number of seconds, held at the ends of the calendar.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let moved = self.unix_seconds().saturating_add(seconds);
        Self::from_unix_seconds(moved).unwrap_or(if seconds < 0 {
            Self(jiff::Timestamp::MIN)
        } else {
            Self(jiff::Timestamp::MAX)
        })
    }

    /// The UTC day this moment lies in.
    #[must_use]
    pub fn day(self) -> Day {
        Day(self.0.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// The calendar year of that day; 0 for years before it.
    #[must_use]
    pub fn year(self) -> u32 {
        u32::try_from(self.day().0.year()).unwrap_or(0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", self.0)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        if let Some(moment) = plain_moment(text.as_bytes()) {
            return Ok(Self(moment));
        }
        let error = || TimeError {
            text: text.to_string(),
            wanted: MOMENT,
        };
        let moment: jiff::Timestamp = text.parse().map_err(|_| error())?;
        let parsed = Self(moment);
        // Only the spelling we would print ourselves: no fractions, no offsets, no lower case.
        if parsed.to_string() == text {
            Ok(parsed)
        } else {
            Err(error())
        }
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimeError;
    fn try_from(text: String) -> Result<Self, TimeError> {
        text.parse()
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        crate::text::parsed(from)
    }
}

impl From<Timestamp> for String {
    fn from(t: Timestamp) -> String {
        t.to_string()
    }
}

/// A calendar day, written `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Day(jiff::civil::Date);

impl Day {
    /// Midnight UTC at the start of this day.
    #[must_use]
    pub fn start(self) -> Timestamp {
        let zoned = self.0.to_zoned(jiff::tz::TimeZone::UTC);
        zoned.map_or(Timestamp(jiff::Timestamp::MAX), |z| {
            Timestamp(z.timestamp())
        })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        if let Some(date) = plain_date(text.as_bytes()) {
            return Ok(Self(date));
        }
        let error = || TimeError {
            text: text.to_string(),
            wanted: DAY,
        };
        let parsed = Self(text.parse().map_err(|_| error())?);
        if parsed.to_string() == text {
            Ok(parsed)
        } else {
            Err(error())
        }
    }
}

impl TryFrom<String> for Day {
    type Error = TimeError;
    fn try_from(text: String) -> Result<Self, TimeError> {
        text.parse()
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        crate::text::parsed(from)
    }
}

impl From<Day> for String {
    fn from(d: Day) -> String {
        d.to_string()
    }
}

/// A moment in the spelling of four-digit years, told by looking at each character: what comes in
/// bulk. `None` wherever it is not plain to see.
fn plain_moment(text: &[u8]) -> Option<jiff::Timestamp> {
    let (date, time) = text.split_at_checked(10)?;
    let &[b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = time else {
        return None;
    };
    let two = |a, b| i8::try_from(number(&[a, b])?).ok();
    let time = jiff::civil::Time::new(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?, 0).ok()?;
    let moment = plain_date(date)?.to_datetime(time);
    jiff::tz::Offset::UTC.to_timestamp(moment).ok()
}

fn plain_date(text: &[u8]) -> Option<jiff::civil::Date> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    let two = |a, b| i8::try_from(number(&[a, b])?).ok();
    jiff::civil::Date::new(number(&[y1, y2, y3, y4])?, two(m1, m2)?, two(d1, d2)?).ok()
}

/// A number of up to four digits.
fn number(digits: &[u8]) -> Option<i16> {
    let add = |n: i16, digit: &u8| {
        let digit = digit.is_ascii_digit().then(|| i16::from(digit - b'0'));
        digit.map(|digit| 10 * n + digit)
    };
    digits.iter().try_fold(0, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the parser of the calendar accepts and prints back.
    fn slowly<T: FromStr + ToString>(text: &str) -> Option<String> {
        let parsed: T = text.parse().ok()?;
        Some(parsed.to_string()).filter(|printed| printed == text)
    }

    #[test]
    fn what_is_read_plainly_is_what_the_calendar_reads() {
        let mut plainly = 0;
        let mut agree = |text: &str| {
            let moment = plain_moment(text.as_bytes()).map(|moment| Timestamp(moment).to_string());
            plainly += u32::from(moment.is_some());
            let other: Option<jiff::Timestamp> = text.parse().ok();
            let other = other.map(|other| Timestamp(other).to_string());
            assert!(
                moment.is_none() || moment.as_deref() == Some(text),
                "{text}"
            );
            assert!(moment.is_none() || moment == other, "{text}");
        };
        for text in [
            "2014-02-28T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "9999-12-30T22:00:00Z",
        ] {
            agree(text);
            for at in 0..text.len() {
                for byte in "0123456789-+:.TZz ".bytes() {
                    let mut changed = text.as_bytes().to_vec();
                    changed[at] = byte;
                    agree(std::str::from_utf8(&changed).unwrap());
                }
            }
        }
        assert!(plainly > 300, "{plainly}");
        let (mut days, mut none) = (0, 0);
        for (year, month, day) in (0..=9999_u32)
            .step_by(7)
            .flat_map(|y| (0..=13_u32).map(move |m| (y, m)))
            .flat_map(|(y, m)| (0..=32_u32).step_by(3).map(move |d| (y, m, d)))
        {
            let text = format!("{year:04}-{month:02}-{day:02}");
            let plain = plain_date(text.as_bytes()).map(|date| date.to_string());
            assert_eq!(plain, slowly::<jiff::civil::Date>(&text), "{text}");
            days += u32::from(plain.is_some());
            none += u32::from(plain.is_none());
        }
        assert!(days > 10_000 && none > 1_000, "{days} {none}");
    }

    #[test]
    fn the_last_moment_of_the_calendar_is_left_to_it() {
        for text in [
            "9999-12-31T23:59:59Z",
            "2016-12-31T23:59:60Z",
            "2014-1-1T00:00:00Z",
        ] {
            let parsed: Result<Timestamp, _> = text.parse();
            let slowly: Option<jiff::Timestamp> = text.parse().ok();
            let slowly = slowly
                .map(Timestamp)
                .filter(|moment| moment.to_string() == text);
            assert_eq!(parsed.ok(), slowly, "{text}");
        }
    }
}
