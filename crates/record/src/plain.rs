//! JSON objects in their RFC 8785 form, told in one look and without building a tree.
//!
//! Most of what a log takes in is in that form. Whatever is not plain to see here is left to
//! [`crate::json::parse`], which knows every rule and says what is wrong; what is plain obeys all of
//! them: keys in strict order, so none twice; integers of up to 15 digits; printable ASCII without
//! escapes; no white space; nested less deep than allowed.

use crate::json::MAX_DEPTH;

/// Most digits of an integer that is surely within 2^53 - 1.
const MAX_DIGITS: usize = 15;

/// The texts of the values of an object in its RFC 8785 form that has these keys, in their order, and
/// no other. `None` where that is not plain to see.
pub(crate) fn values<'a, const N: usize>(text: &'a [u8], keys: [&str; N]) -> Option<[&'a str; N]> {
    let mut values = [""; N];
    let mut places = values.iter_mut().zip(keys);
    each(text, |key, value| {
        let (place, wanted) = places.next()?;
        *place = value;
        (key == wanted).then_some(())
    })?;
    let all = places.next().is_none();
    all.then_some(values)
}

/// Calls `take` with each member of an object in its RFC 8785 form: its key, and the text of its
/// value. `None` where the form is not plain to see, or `take` gives it.
fn each<'a>(text: &'a [u8], mut take: impl FnMut(&'a str, &'a str) -> Option<()>) -> Option<()> {
    let whole = str::from_utf8(text).ok()?;
    let mut scan = Scan { text, at: 0 };
    scan.take(b'{')?;
    let mut before: &[u8] = b"";
    if !scan.skip(b'}') {
        loop {
            let from = scan.at;
            let length = scan.key(&mut before)?.len();
            // After the quote; only ASCII was let through.
            let key = whole.get(from + 1..=from + length)?;
            let from = scan.at;
            scan.value(1)?;
            take(key, whole.get(from..scan.at)?)?;
            if !scan.next(b'}')? {
                break;
            }
        }
    }
    (scan.at == text.len()).then_some(())
}

/// The text within a value that is a string.
pub(crate) fn string(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.skip(byte).then_some(())
    }

    /// After a member or element: whether another follows, or the end is there.
    fn next(&mut self, end: u8) -> Option<bool> {
        if self.skip(b',') {
            return Some(true);
        }
        self.take(end).map(|()| false)
    }

    /// A key above the one before, and its colon. No key is empty.
    fn key(&mut self, before: &mut &'a [u8]) -> Option<&'a [u8]> {
        let key = self.string()?;
        if key <= *before {
            return None;
        }
        *before = key;
        self.take(b':')?;
        Some(key)
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        self.take(b'"')?;
        let rest = self.text.get(self.at..)?;
        let length = rest.iter().position(|byte| *byte == b'"')?;
        let inside = rest.get(..length)?;
        let plain = |byte: u8| (0x20..0x7f).contains(&byte) & (byte != b'\\');
        self.at += length + 1;
        // Without stopping at the first that is not: several bytes are looked at in one step.
        let all = inside.iter().fold(true, |all, byte| all & plain(*byte));
        all.then_some(inside)
    }

    /// A value within so many objects and arrays.
    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' | b'[' if depth >= MAX_DEPTH => None,
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.integer(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.take(b'{')?;
        if self.skip(b'}') {
            return Some(());
        }
        let mut before: &[u8] = b"";
        loop {
            self.key(&mut before)?;
            self.value(depth + 1)?;
            if !self.next(b'}')? {
                return Some(());
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.take(b'[')?;
        if self.skip(b']') {
            return Some(());
        }
        loop {
            self.value(depth + 1)?;
            if !self.next(b']')? {
                return Some(());
            }
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let there = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        there.then_some(())
    }

    fn integer(&mut self) -> Option<()> {
        let negative = self.skip(b'-');
        let rest = self.text.get(self.at..)?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let zero = rest.first() == Some(&b'0');
        self.at += digits;
        let one_spelling = !zero || (digits == 1 && !negative);
        // A fraction or exponent is no end of a value, so it is left to the tree.
        ((1..=MAX_DIGITS).contains(&digits) && one_spelling).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn members(text: &[u8]) -> Option<Vec<(&str, &str)>> {
        let mut members = Vec::new();
        each(text, |key, value| {
            members.push((key, value));
            Some(())
        })?;
        Some(members)
    }

    fn is_canonical(text: &[u8]) -> bool {
        json::parse(text).is_ok_and(|value| json::canonical(&value).as_bytes() == text)
    }

    const GOOD: &str = r#"{"a":1,"b":[true,false,null,{"x":"y z"},[]],"c":{"d":{},"e":-20},"f":"","g":999999999999999}"#;

    #[test]
    fn members_are_the_texts_of_the_values() {
        let found = members(GOOD.as_bytes()).unwrap();
        let keys: Vec<&str> = found.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, ["a", "b", "c", "f", "g"]);
        assert_eq!(found[2].1, r#"{"d":{},"e":-20}"#);
        assert_eq!((string(found[3].1), string(found[0].1)), (Some(""), None));
        assert_eq!(members(b"{}"), Some(Vec::new()));
    }

    #[test]
    fn values_are_those_of_exactly_these_keys() {
        let text = br#"{"a":1,"b":"x"}"#;
        assert_eq!(values(text, ["a", "b"]), Some(["1", r#""x""#]));
        for keys in [&["a"][..], &["b"], &["a", "b", "c"], &["b", "a"], &[]] {
            let found = match *keys {
                [] => values(text, []).map(|_: [&str; 0]| ()),
                [a] => values(text, [a]).map(|_| ()),
                [a, b] => values(text, [a, b]).map(|_| ()),
                [a, b, c, ..] => values(text, [a, b, c]).map(|_| ()),
            };
            assert_eq!(found, None, "{keys:?}");
        }
        assert_eq!(values(b"{}", []), Some([]));
    }

    #[test]
    fn whatever_is_plain_obeys_every_rule() {
        let mut plain = 0;
        for at in 0..GOOD.len() {
            for byte in 0..=255 {
                let mut changed = GOOD.as_bytes().to_vec();
                changed[at] = byte;
                if members(&changed).is_some() {
                    plain += 1;
                    let text = String::from_utf8_lossy(&changed);
                    assert!(is_canonical(&changed), "{text}");
                }
                changed.remove(at);
                assert!(members(&changed).is_none() || is_canonical(&changed));
                changed.splice(at..at, [byte, byte]);
                assert!(members(&changed).is_none() || is_canonical(&changed));
            }
        }
        assert!(plain > 400, "{plain} of the changed texts were plain");
    }

    #[test]
    fn what_breaks_a_rule_is_not_plain() {
        let deep = |levels: usize| format!("{}{}", "{\"a\":".repeat(levels), "}".repeat(levels));
        let deep = deep(MAX_DEPTH + 1).replacen("{\"a\":}", "{}", 1);
        for text in [
            "",
            "[]",
            "1",
            "{",
            "{}}",
            "{} ",
            " {}",
            r#"{"a":1,"a":1}"#,
            r#"{"b":1,"a":1}"#,
            r#"{"a":01}"#,
            r#"{"a":-0}"#,
            r#"{"a":1.0}"#,
            r#"{"a":1e3}"#,
            r#"{"a":-}"#,
            r#"{"a":+1}"#,
            r#"{"a":1000000000000000}"#,
            r#"{"a": 1}"#,
            r#"{"a":1,}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":tru}"#,
            r#"{"a":"\u0041"}"#,
            r#"{"a":"é"}"#,
            "{\"a\":\"\n\"}",
            "{\"a\":\"\u{7f}\"}",
            r#"{a:1}"#,
            r#"{"":1}"#,
            r#"{"a"}"#,
            deep.as_str(),
        ] {
            assert_eq!(members(text.as_bytes()), None, "{text}");
        }
    }
}
