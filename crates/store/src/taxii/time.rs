//! Times: microseconds as TAXII writes them, and the versions of objects as texts that sort like their moments.

use exchange::stix::time::Timestamp as StixTime;
use record::time::Timestamp;

/// Microseconds in a second.
const MICROS_PER_S: i64 = 1_000_000;
/// Digits of a timestamp in front of its fraction: `2026-01-31T12:00:00`.
const WHOLE_CHARS: usize = 19;
/// Most digits after the point of a timestamp that is kept.
pub const MAX_FRACTION_DIGITS: usize = 24;

/// A moment as TAXII headers and manifests write it: RFC 3339 in UTC with six digits (section 3.4.1).
#[must_use]
pub fn shown(micros: i64) -> String {
    let seconds = micros.div_euclid(MICROS_PER_S);
    let rest = micros.rem_euclid(MICROS_PER_S);
    // Out of the calendar only for numbers no clock gives.
    let whole = Timestamp::from_unix_seconds(seconds).map_or_else(
        |_| "9999-12-31T23:59:59Z".to_owned(),
        |time| time.to_string(),
    );
    format!("{}.{rest:06}Z", whole.trim_end_matches('Z'))
}

/// Microseconds since 1970 of a timestamp; what is finer is cut off. `None` if it is none.
#[must_use]
pub fn micros(text: &str) -> Option<i64> {
    let time = StixTime::parse(text).ok()?;
    let digits = time.fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let fraction = digits.fold(0_i64, |n, digit| n * 10 + i64::from(digit - b'0'));
    time.seconds
        .checked_mul(MICROS_PER_S)?
        .checked_add(fraction)
}

/// The text by which versions are told apart and ordered: one for all spellings of a moment. `None` if the text is no
/// timestamp, or one of more than [`MAX_FRACTION_DIGITS`].
#[must_use]
pub fn version_key(text: &str) -> Option<String> {
    let time = StixTime::parse(text).ok()?;
    if time.precision_digits() > MAX_FRACTION_DIGITS {
        return None;
    }
    let digits = time.fraction.trim_end_matches('0');
    let whole = text.get(..WHOLE_CHARS)?;
    // A shorter text sorts in front of the longer ones it begins.
    Some(if digits.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{digits}")
    })
}

#[cfg(test)]
mod tests {
    use super::{MAX_FRACTION_DIGITS, micros, shown, version_key};

    #[test]
    fn six_digits_are_written_and_read_again() {
        for at in [0, 1, 999_999, 1_000_000, 1_790_000_000_000_001] {
            assert_eq!(micros(&shown(at)), Some(at));
        }
        assert_eq!(shown(1), "1970-01-01T00:00:00.000001Z");
        assert_eq!(micros("1970-01-01T00:00:00.0000019Z"), Some(1));
        assert_eq!(micros("1970-01-01"), None);
        assert_eq!(micros("1970-01-01T00:00:00+01:00"), None);
    }

    #[test]
    fn versions_sort_like_their_moments_whatever_their_spelling() {
        let key = |text: &str| version_key(text).unwrap();
        assert_eq!(key("2020-01-01T00:00:00Z"), key("2020-01-01T00:00:00.000Z"));
        let order = [
            "2019-12-31T23:59:59.999999999Z",
            "2020-01-01T00:00:00Z",
            "2020-01-01T00:00:00.0900Z",
            "2020-01-01T00:00:00.1Z",
            "2020-01-01T00:00:00.12Z",
        ];
        assert!(order.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        let digits = |n| format!("2020-01-01T00:00:00.{}Z", "1".repeat(n));
        assert!(version_key(&digits(MAX_FRACTION_DIGITS)).is_some());
        assert!(version_key(&digits(MAX_FRACTION_DIGITS + 1)).is_none());
    }
}
