//! Hours of the week, counted in UTC from Monday 00:00 (docs/aid.md, section 5).

use serde::{Deserialize, Serialize};

/// Hours of a week.
pub const WEEK_HOURS: u8 = 168;
/// Seconds of a week.
pub const WEEK_S: i64 = 168 * 3600;
/// Monday 00:00 UTC that is nearest to the epoch, which was a Thursday: 1970-01-05.
const A_MONDAY_S: i64 = 4 * 24 * 3600;

/// Seconds since Monday 00:00 UTC of the week that a moment lies in.
#[must_use]
pub fn second_of_week(at_s: i64) -> i64 {
    at_s.saturating_sub(A_MONDAY_S).rem_euclid(WEEK_S)
}

/// A set of the 168 hours of a week, written as ranges `[from, to)` that ascend and do not touch.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "Vec<[u8; 2]>", into = "Vec<[u8; 2]>")]
pub struct WeekHours([u64; 3]);

/// Ranges of hours are not as the page wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "[{0}, {1}] is no range of hours of the week here: from < to <= 168, ascending, not touching the one before"
)]
pub struct HoursError(u8, u8);

impl WeekHours {
    /// All of the week.
    #[must_use]
    pub fn all() -> Self {
        let mut hours = Self::default();
        (0..WEEK_HOURS).for_each(|hour| hours.add(hour));
        hours
    }

    /// Adds an hour, 0 to 167; others are no hours of the week and add nothing.
    pub fn add(&mut self, hour: u8) {
        if hour < WEEK_HOURS {
            self.0[usize::from(hour / 64)] |= 1 << (hour % 64);
        }
    }

    /// Whether an hour is in it.
    #[must_use]
    pub fn has(&self, hour: u8) -> bool {
        hour < WEEK_HOURS && self.0[usize::from(hour / 64)] >> (hour % 64) & 1 == 1
    }

    /// How many hours two sets have in common.
    #[must_use]
    pub fn common(&self, other: &Self) -> u32 {
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(|(one, two)| (one & two).count_ones()).sum()
    }

    /// Local hours as UTC hours. An hour of UTC is in it only if all of it lies in local hours that are.
    ///
    /// `utc_offset_minutes` is local time minus UTC, so 60 for Geneva in winter.
    #[must_use]
    pub fn to_utc(&self, utc_offset_minutes: i16) -> Self {
        let week = i32::from(WEEK_HOURS) * 60;
        let local = |minute: i32| {
            let minute = (minute + i32::from(utc_offset_minutes)).rem_euclid(week);
            u8::try_from(minute / 60).is_ok_and(|hour| self.has(hour))
        };
        let mut utc = Self::default();
        for hour in 0..WEEK_HOURS {
            let first = i32::from(hour) * 60;
            if local(first) && local(first + 59) {
                utc.add(hour);
            }
        }
        utc
    }
}

impl TryFrom<Vec<[u8; 2]>> for WeekHours {
    type Error = HoursError;

    fn try_from(ranges: Vec<[u8; 2]>) -> Result<Self, HoursError> {
        let mut hours = Self::default();
        let mut end = None;
        for [from, to] in ranges {
            if from >= to || to > WEEK_HOURS || end.is_some_and(|end| from <= end) {
                return Err(HoursError(from, to));
            }
            (from..to).for_each(|hour| hours.add(hour));
            end = Some(to);
        }
        Ok(hours)
    }
}

impl From<WeekHours> for Vec<[u8; 2]> {
    fn from(hours: WeekHours) -> Self {
        let mut ranges: Self = Self::new();
        for hour in (0..WEEK_HOURS).filter(|hour| hours.has(*hour)) {
            match ranges.last_mut() {
                Some([_, to]) if *to == hour => *to = hour + 1,
                _ => ranges.push([hour, hour + 1]),
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(ranges: &[[u8; 2]]) -> WeekHours {
        ranges.to_vec().try_into().unwrap()
    }

    #[test]
    fn ranges_have_one_spelling() {
        let json = "[[0,8],[160,168]]";
        let hours: WeekHours = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&hours).unwrap(), json);
        assert_eq!(hours.common(&WeekHours::all()), 16);
        for bad in [
            "[[0,0]]",
            "[[1,0]]",
            "[[0,169]]",
            "[[0,4],[4,5]]",
            "[[5,6],[0,1]]",
        ] {
            assert!(serde_json::from_str::<WeekHours>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn local_hours_become_whole_utc_hours() {
        assert_eq!(hours(&[[8, 16]]).to_utc(60), hours(&[[7, 15]]));
        assert_eq!(
            hours(&[[0, 1]]).to_utc(60),
            hours(&[[167, 168]]),
            "over the end of the week"
        );
        assert_eq!(
            hours(&[[8, 16]]).to_utc(330),
            hours(&[[3, 10]]),
            "half hours are lost"
        );
        assert_eq!(WeekHours::all().to_utc(-345), WeekHours::all());
    }

    #[test]
    fn weeks_begin_on_monday() {
        // 1970-01-01 was a Thursday.
        assert_eq!(second_of_week(0), 3 * 24 * 3600);
        assert_eq!(second_of_week(4 * 24 * 3600), 0);
        assert_eq!(second_of_week(-1), 3 * 24 * 3600 - 1);
    }
}
