//! Payloads in their RFC 8785 form read from left to right, as they are written: what stands between
//! the values is known beforehand, so it is compared and not parsed.
//!
//! Most of what a log takes in is in that form. Whatever is not plain to see here is left to
//! [`crate::json::parse`], which knows every rule and says what is wrong; what is plain obeys all of
//! them: texts are printable ASCII without escapes, integers have up to 15 digits.

use std::str::FromStr;

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer as _};

/// Most digits of an integer that is surely within 2^53 - 1.
const MAX_DIGITS: usize = 15;

/// What is left to read. After a `None` it says nothing.
pub(crate) struct Plain<'a>(&'a [u8]);

impl<'a> Plain<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// Whether nothing is left.
    pub(crate) fn is_read(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes these very bytes.
    pub(crate) fn literal(&mut self, literal: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(literal.as_bytes())?;
        Some(())
    }

    /// The text of a string after these bytes.
    pub(crate) fn text(&mut self, before: &str) -> Option<&'a str> {
        self.literal(before)?;
        let rest = self.0.strip_prefix(b"\"")?;
        let plain = |byte: u8| (0x20..0x7f).contains(&byte) && byte != b'\\' && byte != b'"';
        let (inside, end) =
            rest.split_at_checked(rest.iter().take_while(|b| plain(**b)).count())?;
        self.0 = end.strip_prefix(b"\"")?;
        str::from_utf8(inside).ok()
    }

    /// What the text of a string after these bytes says.
    pub(crate) fn value<T: FromStr>(&mut self, before: &str) -> Option<T> {
        self.text(before)?.parse().ok()
    }

    /// As [`Self::value`], for a member that may be left out with these bytes.
    pub(crate) fn maybe<T: FromStr>(&mut self, before: &str) -> Option<Option<T>> {
        match self.0.starts_with(before.as_bytes()) {
            true => self.value(before).map(Some),
            false => Some(None),
        }
    }

    /// A word of a vocabulary after these bytes.
    pub(crate) fn word<T: DeserializeOwned>(&mut self, before: &str) -> Option<T> {
        let word: StrDeserializer<'_, Error> = self.text(before)?.into_deserializer();
        T::deserialize(word).ok()
    }

    /// As [`Self::word`], for a member that may be left out with these bytes.
    pub(crate) fn maybe_word<T: DeserializeOwned>(&mut self, before: &str) -> Option<Option<T>> {
        match self.0.starts_with(before.as_bytes()) {
            true => self.word(before).map(Some),
            false => Some(None),
        }
    }

    /// An integer that is not negative, after these bytes.
    pub(crate) fn number(&mut self, before: &str) -> Option<u64> {
        self.literal(before)?;
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit());
        let (digits, rest) = self.0.split_at_checked(digits.count())?;
        let one_spelling = digits.len() == 1 || digits.first() != Some(&b'0');
        let within = (1..=MAX_DIGITS).contains(&digits.len()) && one_spelling;
        // A fraction or exponent is no end of a value, so whatever comes next is not found.
        self.0 = rest;
        let number = |sum: u64, digit: &u8| sum * 10 + u64::from(digit - b'0');
        within.then(|| digits.iter().fold(0, number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Slug;

    fn text(of: &str) -> Option<&str> {
        let mut plain = Plain::new(of.as_bytes());
        plain.text("").filter(|_| plain.is_read())
    }

    fn number(of: &str) -> Option<u64> {
        let mut plain = Plain::new(of.as_bytes());
        plain.number("").filter(|_| plain.is_read())
    }

    #[test]
    fn texts_and_numbers_are_read_in_their_one_spelling() {
        assert_eq!(text(r#""""#), Some(""));
        assert_eq!(text(r#""a b~""#), Some("a b~"));
        for other in [
            "",
            "a",
            r#"""#,
            r#""a"#,
            r#"a""#,
            r#""a"""#,
            r#""\u0041""#,
            r#""\"""#,
            "\"\n\"",
            "\"\u{7f}\"",
            r#""é""#,
        ] {
            assert_eq!(text(other), None, "{other}");
        }
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("999999999999999"), Some(999_999_999_999_999));
        for other in [
            "",
            "-1",
            "+1",
            "01",
            "00",
            "1.0",
            "1e3",
            " 1",
            "1000000000000000",
        ] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn what_may_be_left_out_is_read_where_it_is_there() {
        let mut plain = Plain::new(br#""a":"health","c":"w""#);
        assert_eq!(plain.value(r#""a":"#), "health".parse::<Slug>().ok());
        assert_eq!(plain.maybe::<Slug>(r#","b":"#), Some(None));
        assert_eq!(plain.maybe(r#","c":"#), Some("w".parse::<Slug>().ok()));
        assert!(plain.is_read());
        let mut wrong = Plain::new(br#","c":"W!""#);
        assert_eq!(wrong.maybe::<Slug>(r#","c":"#), None);
    }
}
