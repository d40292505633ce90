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
