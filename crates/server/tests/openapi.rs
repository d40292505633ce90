//! The committed description is the one the handlers give.

use std::path::Path;

use crate::client::description;

/// UPDATE=1 rewrites the file; the diff is then reviewed like code.
#[test]
fn the_committed_description_is_what_the_handlers_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let present = format!("{}\n", serde_json::to_string_pretty(description()).unwrap());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &present).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == present,
        "openapi.json is not up to date: run this test with UPDATE=1"
    );
}

#[test]
fn every_operation_has_a_summary_a_tag_and_an_error() {
    assert_eq!(description()["openapi"], "3.1.0");
    let paths = description()["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 34);
    for (path, item) in paths {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert!(operation["tags"][0].is_string(), "{method} {path}");
        }
    }
}
