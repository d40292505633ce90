//! Timestamps (STIX 2.1, section 2.16): text that stays as it was written, and its place in time for comparisons.

use std::cmp::Ordering;

/// A timestamp read from its text, exact to the last digit that was written.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp<'a> {
    /// Seconds since 1970-01-01T00:00:00Z on the proleptic Gregorian calendar; a leap second counts as the next.
    pub seconds: i64,
    /// What stands after the decimal point; empty if there is none.
    pub fraction: &'a str,
}

/// Why a text is no timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Not `YYYY-MM-DDTHH:mm:ss[.s+]Z`.
    #[error("not of the form YYYY-MM-DDTHH:mm:ss[.s+]Z")]
    Form,
    /// Of the form, and no day of the calendar or no time of the day.
    #[error("no such day or time exists")]
    Calendar,
}

impl<'a> Timestamp<'a> {
    /// Reads a timestamp in the form STIX asks for: RFC 3339 with `T` and `Z` in capitals, in UTC.
    ///
    /// # Errors
    /// Anything else, and days and times that do not exist (RFC 3339, section 5.7).
    pub fn parse(text: &'a str) -> Result<Self, TimestampError> {
        const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:dd";
        let bytes = text.as_bytes();
        let Some((head, tail)) = bytes.split_at_checked(SHAPE.len()) else {
            return Err(TimestampError::Form);
        };
        let fits = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
            b'd' => byte.is_ascii_digit(),
            sign => byte == sign,
        });
        let fraction = match tail {
            [b'Z'] => "",
            [b'.', digits @ .., b'Z']
                if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) =>
            {
                text.get(SHAPE.len() + 1..text.len() - 1)
                    .unwrap_or_default()
            }
            _ => return Err(TimestampError::Form),
        };
        if !fits {
            return Err(TimestampError::Form);
        }
        let number = |from: usize, to: usize| {
            let digits = head[from..to].iter();
            digits.fold(0_i64, |n, d| n * 10 + i64::from(d - b'0'))
        };
        let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
        let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
        let exists = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60;
        if !exists {
            return Err(TimestampError::Calendar);
        }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
        Ok(Self { seconds, fraction })
    }

    /// How many digits stand after the decimal point.
    #[must_use]
    pub fn precision_digits(&self) -> usize {
        self.fraction.len()
    }
}

impl Ord for Timestamp<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        // Digits after the point compare like text once trailing zeros are gone.
        let digits = |t: &Self| t.fraction.trim_end_matches('0').len();
        self.seconds.cmp(&other.seconds).then_with(|| {
            let (a, b) = (
                &self.fraction[..digits(self)],
                &other.fraction[..digits(other)],
            );
            a.cmp(b)
        })
    }
}

impl PartialOrd for Timestamp<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Timestamp<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Timestamp<'_> {}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01, counted in eras of 400 years that begin on 1 March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
