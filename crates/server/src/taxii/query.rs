//! Parameters of an address: strict where leaving one out would answer another question (docs/taxii.md, section 3).

use axum::extract::Query;
use axum::http::Uri;
use store::taxii::time::{micros, version_key};
use store::taxii::{Asked, Question, Versions};

use super::refusal::Refusal;
use crate::limits::{MAX_TAXII_ALTERNATIVES, MAX_TAXII_PAGE};

/// Addresses that take parameters, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Objects,
    Manifest,
    Object,
    Versions,
    Delete,
}

impl Endpoint {
    const fn text(self) -> &'static str {
        match self {
            Self::Objects => "objects",
            Self::Manifest => "manifest",
            Self::Object => "object",
            Self::Versions => "versions",
            Self::Delete => "delete",
        }
    }

    fn takes(self, name: &str) -> bool {
        match name {
            "added_after" | "limit" | "next" => self != Self::Delete,
            "match[id]" | "match[type]" => matches!(self, Self::Objects | Self::Manifest),
            "match[version]" => self != Self::Versions,
            "match[spec_version]" => true,
            _ => false,
        }
    }
}

/// A question, and what its pages are continued by.
#[derive(Debug)]
pub(super) struct Parameters {
    pub(super) asked: Asked,
    pub(super) question: Question,
}

/// Reads the parameters of an address.
pub(super) fn read(
    uri: &Uri,
    endpoint: Endpoint,
    collection: &str,
    object: Option<&str>,
) -> Result<Parameters, Refusal> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let Query(mut pairs) = pairs.map_err(|e| Refusal::bad_filter(e.body_text()))?;
    pairs.retain(|(name, _)| is_standard(name));
    pairs.sort();
    if let Some(pair) = pairs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let text = format!(
            "{} is given twice; give alternatives with commas",
            pair[0].0
        );
        return Err(Refusal::bad_filter(text));
    }
    let mut asked = Asked::first(MAX_TAXII_PAGE);
    if endpoint == Endpoint::Versions {
        asked.versions = Versions::all();
    }
    let mut parts = vec![endpoint.text().to_owned(), collection.to_owned()];
    parts.extend(object.map(str::to_owned));
    let mut next = None;
    for (name, value) in &pairs {
        if !endpoint.takes(name) {
            return Err(Refusal::bad_filter(format!(
                "{name} is no parameter of this address"
            )));
        }
        match name.as_str() {
            "next" => next = Some(value),
            "limit" => asked.limit = limit(value)?,
            _ => {
                filter(&mut asked, name, value)?;
                parts.extend([name.clone(), value.clone()]);
            }
        }
    }
    if let Some(object) = object {
        asked.ids = vec![object.to_owned()];
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let question = Question::of(&parts);
    if let Some(token) = next {
        let place = question.place(token).ok_or_else(Refusal::bad_next)?;
        asked.after = asked.after.max(place);
    }
    Ok(Parameters { asked, question })
}

/// Whether the standard could mean this parameter; others are passed over.
fn is_standard(name: &str) -> bool {
    matches!(name, "added_after" | "limit" | "next") || name.starts_with("match")
}

fn limit(value: &str) -> Result<usize, Refusal> {
    let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    // What does not fit is more than a page.
    let number = value.parse::<usize>().unwrap_or(usize::MAX);
    if !digits || number == 0 {
        return Err(Refusal::bad_filter("limit is a whole number of 1 or more"));
    }
    Ok(number.min(MAX_TAXII_PAGE))
}

fn filter(asked: &mut Asked, name: &str, value: &str) -> Result<(), Refusal> {
    let bad = |why: &str| Refusal::bad_filter(format!("{name}: {why}"));
    if name == "added_after" {
        asked.after = micros(value)
            .ok_or_else(|| bad("one timestamp is due, like 2026-01-31T12:00:00.000000Z"))?;
        return Ok(());
    }
    let values: Vec<String> = value.split(',').map(str::to_owned).collect();
    if values.len() > MAX_TAXII_ALTERNATIVES {
        return Err(bad(&format!(
            "more than {MAX_TAXII_ALTERNATIVES} alternatives"
        )));
    }
    if values.iter().any(String::is_empty) {
        return Err(bad("an alternative is empty"));
    }
    match name {
        "match[id]" => asked.ids = values,
        "match[type]" => asked.kinds = unique(values),
        "match[spec_version]" => {
            let is_version = |text: &String| {
                let digits =
                    |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
                text.split_once('.')
                    .is_some_and(|(major, minor)| digits(major) && digits(minor))
            };
            if !values.iter().all(is_version) {
                return Err(bad("versions of STIX are due, like 2.1"));
            }
            asked.specs = values;
        }
        _ => {
            asked.versions =
                versions(&values).ok_or_else(|| bad("first, last, all or timestamps are due"))?
        }
    }
    Ok(())
}

fn unique(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values.dedup();
    values
}

fn versions(values: &[String]) -> Option<Versions> {
    let mut versions = Versions::default();
    for value in values {
        match value.as_str() {
            "first" => versions.first = true,
            "last" => versions.last = true,
            "all" => versions.all = true,
            text => versions.exact.push(version_key(text)?),
        }
    }
    if versions.all {
        versions = Versions::all();
    }
    versions.exact = unique(versions.exact);
    Some(versions)
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, Parameters, Refusal, read};

    fn ask(endpoint: Endpoint, query: &str) -> Result<Parameters, Refusal> {
        let object = matches!(
            endpoint,
            Endpoint::Object | Endpoint::Versions | Endpoint::Delete
        );
        let uri = format!("/x/?{query}").parse().unwrap();
        read(&uri, endpoint, "c", object.then_some("tool--1"))
    }

    #[test]
    fn edge_8_a_limit_below_one_is_refused_and_a_large_one_is_cut() {
        for bad in ["0", "-1", "", "x", "1.5", "+1", "%201", "1,2"] {
            assert!(
                ask(Endpoint::Objects, &format!("limit={bad}")).is_err(),
                "{bad}"
            );
        }
        for (good, limit) in [
            ("1", 1),
            ("1000", 1_000),
            ("1001", 1_000),
            ("99999999999999999999999", 1_000),
        ] {
            assert_eq!(
                ask(Endpoint::Objects, &format!("limit={good}"))
                    .unwrap()
                    .asked
                    .limit,
                limit
            );
        }
    }

    #[test]
    fn filters_are_refused_where_they_do_not_belong_or_say_nothing() {
        for bad in [
            "match[version]=latest",
            "match[version]=",
            "match[version]=2020",
            "match[spec_version]=two",
            "match[type]=a,,b",
            "match[colour]=red",
            "match=all",
            "added_after=yesterday",
            "added_after=2020-01-01T00:00:00Z,2021-01-01T00:00:00Z",
            "added_after=2020-01-01T00:00:00Z&added_after=2020-01-01T00:00:00Z",
            "limit=1&limit=1",
        ] {
            assert!(ask(Endpoint::Objects, bad).is_err(), "{bad}");
        }
        for (endpoint, bad) in [
            (Endpoint::Object, "match[id]=tool--1"),
            (Endpoint::Object, "match[type]=tool"),
            (Endpoint::Versions, "match[version]=all"),
            (Endpoint::Delete, "limit=1"),
            (Endpoint::Delete, "added_after=2020-01-01T00:00:00Z"),
        ] {
            assert!(ask(endpoint, bad).is_err(), "{endpoint:?} {bad}");
        }
        let many = |n| format!("match[type]={}", vec!["tool"; n].join(","));
        assert!(ask(Endpoint::Objects, &many(50)).is_ok());
        assert!(ask(Endpoint::Objects, &many(51)).is_err());
        assert!(ask(Endpoint::Objects, "colour=red&_=1").is_ok());
    }

    #[test]
    fn edge_1_next_goes_on_with_the_same_filters_only() {
        let asked = ask(Endpoint::Objects, "match[type]=tool").unwrap();
        let token = asked.question.token(7);
        let same = format!("next={token}&match[type]=tool&limit=3");
        assert_eq!(ask(Endpoint::Objects, &same).unwrap().asked.after, 7);
        for other in [
            "",
            "&match[type]=malware",
            "&match[type]=tool&added_after=2020-01-01T00:00:00Z",
        ] {
            assert!(
                ask(Endpoint::Objects, &format!("next={token}{other}")).is_err(),
                "{other}"
            );
        }
        assert!(ask(Endpoint::Manifest, &same).is_err());
        assert!(ask(Endpoint::Objects, "next=&match[type]=tool").is_err());
    }
}
