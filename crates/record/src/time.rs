//! Time as the record writes it: whole seconds, UTC, one spelling.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A moment in UTC with a precision of one second, written `2026-11-22T01:17:00Z` (RFC 3339).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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

/// A number of decimal digits and nothing else.
fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0_i16, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| i16::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// A number of two digits.
fn pair(tens: u8, ones: u8) -> Option<i8> {
    i8::try_from(number(&[tens, ones])?).ok()
}

/// A day as it is written here. What this does not read is left to the parser of the calendar,
/// which takes longer, since it reads other spellings too.
fn plain_day(text: &[u8]) -> Option<jiff::civil::Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else {
        return None;
    };
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, pair(m1, m2)?, pair(d1, d2)?);
    jiff::civil::Date::new(year, month, day).ok()
}

/// A moment as it is written here, read as [`plain_day`] reads.
fn plain_moment(text: &[u8]) -> Option<jiff::Timestamp> {
    let (day, time) = text.split_at_checked(10)?;
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = *time else {
        return None;
    };
    let (hour, minute, second) = (pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?);
    let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
    let moment = plain_day(day)?.to_datetime(time);
    jiff::tz::Offset::UTC.to_timestamp(moment).ok()
}

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
        let error = || TimeError {
            text: text.to_string(),
            wanted: MOMENT,
        };
        if let Some(plain) = plain_moment(text.as_bytes()) {
            return Ok(Self(plain));
        }
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

impl From<Timestamp> for String {
    fn from(t: Timestamp) -> String {
        t.to_string()
    }
}

/// A calendar day, written `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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
        let error = || TimeError {
            text: text.to_string(),
            wanted: DAY,
        };
        if let Some(plain) = plain_day(text.as_bytes()) {
            return Ok(Self(plain));
        }
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

impl From<Day> for String {
    fn from(d: Day) -> String {
        d.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the calendar's parser makes of a text in the one spelling.
    fn moment_by_calendar(text: &str) -> Option<Timestamp> {
        let moment = Timestamp(text.parse().ok()?);
        (moment.to_string() == text).then_some(moment)
    }

    fn day_by_calendar(text: &str) -> Option<Day> {
        let day = Day(text.parse().ok()?);
        (day.to_string() == text).then_some(day)
    }

    #[test]
    fn what_is_read_plainly_is_what_the_calendar_reads() {
        let mut good = 0;
        for text in [
            "2026-11-22T01:17:00Z",
            "2024-02-29T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "1900-02-28T12:00:60Z",
        ] {
            for at in 0..text.len() {
                for byte in b"0123456789-:TZtz+ .".iter().copied() {
                    let mut changed = text.as_bytes().to_vec();
                    changed[at] = byte;
                    let changed = str::from_utf8(&changed).unwrap();
                    let (moment, day) = (changed.parse().ok(), changed[..10].parse().ok());
                    assert_eq!(moment, moment_by_calendar(changed), "{changed}");
                    assert_eq!(day, day_by_calendar(&changed[..10]), "{changed}");
                    good += u32::from(moment.is_some());
                }
            }
            for end in 0..text.len() {
                assert!(text[..end].parse::<Timestamp>().is_err());
            }
        }
        assert!(good > 200, "{good} were moments");
    }
}
