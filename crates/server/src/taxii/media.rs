//! Media types: what TAXII 2.1 speaks, what is asked for, what is sent (TAXII 2.1, section 1.6.8).

use axum::http::{HeaderMap, HeaderName, header};

/// What every answer is.
pub(super) const TAXII: &str = "application/taxii+json;version=2.1";
/// What the objects are.
pub(super) const STIX: &str = "application/stix+json;version=2.1";
const NAME: &str = "application/taxii+json";

/// Whether an answer of our media type may be given: one of the ranges allows it, or nothing was said.
pub(super) fn is_acceptable(headers: &HeaderMap) -> bool {
    let mut ranges = texts(headers, header::ACCEPT).peekable();
    ranges.peek().is_none() || ranges.any(|range| allows(range) && !is_ruled_out(range))
}

/// Whether a body is of our media type.
pub(super) fn is_ours(headers: &HeaderMap) -> bool {
    let mut given = texts(headers, header::CONTENT_TYPE);
    given.next().is_some_and(names) && given.next().is_none()
}

fn texts(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter();
    // What is no text allows nothing.
    values.flat_map(|value| value.to_str().unwrap_or("-").split(','))
}

fn allows(range: &str) -> bool {
    let name = range.split(';').next().unwrap_or_default().trim();
    matches!(name, "*/*" | "application/*") || names(range)
}

/// `application/taxii+json`, of version 2.1 if it names one.
fn names(text: &str) -> bool {
    let mut parts = text.split(';').map(str::trim);
    let named = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case(NAME));
    named
        && parts
            .filter_map(parameter)
            .all(|(name, value)| !name.eq_ignore_ascii_case("version") || value == "2.1")
}

fn is_ruled_out(range: &str) -> bool {
    let quality = range.split(';').filter_map(parameter);
    let mut quality = quality.filter(|(name, _)| name.eq_ignore_ascii_case("q"));
    quality.any(|(_, value)| value.parse::<f32>().is_ok_and(|q| q <= 0.0))
}

fn parameter(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim(), value.trim().trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

    use super::{is_acceptable, is_ours};

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn what_may_be_answered() {
        let accept = |value| is_acceptable(&with(header::ACCEPT, value));
        assert!(is_acceptable(&HeaderMap::new()));
        for good in [
            "application/taxii+json;version=2.1",
            "application/taxii+json; version=2.1",
            "application/taxii+json; Version=\"2.1\"",
            "application/taxii+json",
            "text/html, application/taxii+json;version=2.1;q=0.5",
            "application/taxii+json;version=2.0, */*;q=0.1",
            "application/*",
        ] {
            assert!(accept(good), "{good}");
        }
        for bad in [
            "application/taxii+json;version=2.0",
            "application/json",
            "text/html",
            "*/*;q=0",
            "",
        ] {
            assert!(!accept(bad), "{bad}");
        }
    }

    #[test]
    fn what_may_be_sent() {
        let sent = |value| is_ours(&with(header::CONTENT_TYPE, value));
        assert!(!is_ours(&HeaderMap::new()));
        assert!(sent("application/taxii+json;version=2.1") && sent("application/taxii+json"));
        assert!(sent("application/taxii+json; charset=utf-8; version=2.1"));
        for bad in [
            "application/json",
            "application/taxii+json;version=2.0",
            "*/*",
            "application/stix+json;version=2.1",
        ] {
            assert!(!sent(bad), "{bad}");
        }
    }
}
