//! Fuzz targets of the crate exchange: what others wrote, read by parsers that must not panic, must not run for ever, and
//! must give back what they took.
//!
//! An ordinary test of crates/exchange replays the corpus through [`TARGETS`] and mutates it for a bounded time.

use exchange::misp::{self, Kind};
use exchange::observable::{self, Tally};
use exchange::stix::pattern::{Edition, Pattern};
use exchange::stix::{Reader, Writer, validate};
use exchange::{jcs, json};

/// A target: its name, which is that of its corpus folder, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, one for every parser of the crate exchange.
pub const TARGETS: &[Target] = &[
    ("stix_pattern", stix_pattern),
    ("stix_bundle", stix_bundle),
    ("misp", misp_file),
];

/// Most values of an input's JSON, on all levels.
const MAX_VALUES: usize = 1_000_000;

/// STIX patterns: what is printed is read as the same tree, and so is the canonical form.
pub fn stix_pattern(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    for edition in [Edition::V20, Edition::V21] {
        let Ok(pattern) = Pattern::parse(text, edition) else {
            continue;
        };
        let printed = pattern.to_string();
        let again = Pattern::parse(&printed, edition);
        assert!(
            again.is_ok_and(|again| again.to_string() == printed),
            "printed as something else"
        );
        let _ = pattern.problems().count();
        let _ = pattern.comparisons().len();
        if let Ok(canonical) = pattern.canonical() {
            let twice = canonical.canonical().map(|c| c.to_string());
            assert!(
                twice.is_ok_and(|twice| twice == canonical.to_string()),
                "the canonical form has another canonical form"
            );
        }
    }
}

/// STIX bundles: read, judged, taken apart for observables, and written again equal.
pub fn stix_bundle(bytes: &[u8]) {
    let _ = validate::text(bytes);
    let _ = validate::stream(bytes, |_| ());
    let mut tally = Tally::default();
    let mut read = Vec::new();
    for object in Reader::bundle(bytes) {
        let Ok(object) = object else {
            break;
        };
        let _ = observable::observables(&object, &mut tally);
        let _ = observable::day_of(&object);
        read.push(object.into_properties());
    }
    let id = "bundle--44af6c39-c09b-49c5-9de2-394224b04982";
    let mut written = Writer::bundle(Vec::new(), id);
    for object in &read {
        written = written.and_then(|mut w| w.object(object).map(|()| w));
    }
    let written = written.and_then(Writer::finish).unwrap_or_default();
    let again: Vec<_> = Reader::bundle(written.as_slice())
        .filter_map(Result::ok)
        .map(exchange::stix::Object::into_properties)
        .collect();
    assert!(again == read, "written back differently");
}

/// MISP files: what is read comes back equal after RFC 8785, there and back through STIX.
pub fn misp_file(bytes: &[u8]) {
    let Ok(documents) = misp::documents(bytes) else {
        return;
    };
    for document in documents {
        let _ = misp::check::check(&document);
        match document.kind {
            Kind::Event => {
                let (bundle, _) = misp::event_to_stix(&document.fields);
                let (again, _) = misp::stix_to_event(&bundle);
                assert!(
                    jcs::canonical_map(&again) == jcs::canonical_map(&document.fields),
                    "an event came back differently"
                );
            }
            Kind::Galaxy => {
                let (bundle, _) =
                    misp::galaxy_to_stix(&document.fields, "1970-01-01T00:00:00.000Z");
                let again = misp::stix_to_galaxy(&bundle).unwrap_or_default();
                assert!(
                    jcs::canonical_map(&again) == jcs::canonical_map(&document.fields),
                    "a galaxy came back differently"
                );
                let _ = misp::shared_names(&document.fields);
            }
            Kind::Taxonomy => {}
        }
    }
    let _ = json::value(bytes, MAX_VALUES);
}
