//! Bundles read object by object: what comes out, what is refused and where, and what is never read.

use std::io::{self, Read};

use proptest::prelude::*;
use serde_json::{Value, json};
use solferino_exchange::stix::{
    MAX_DEPTH, MAX_HEADER_BYTES, MAX_OBJECT_BYTES, MAX_OBJECT_VALUES, Object, Problem, Reader,
    StreamError,
};

fn read(bytes: &[u8]) -> Result<Vec<Object>, StreamError> {
    Reader::bundle(bytes).collect()
}

fn refused(bytes: &[u8]) -> StreamError {
    read(bytes).unwrap_err()
}

/// A reader that gives one byte at a time, and is interrupted before each.
struct Dripping<'a>(&'a [u8], bool);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n = self.0.len().min(1);
        buffer[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

const TWO: &[u8] = br#"
{ "type" : "bundle", "objects": [
  {"type": "tool", "id": "tool--1", "created": "2020-01-01T00:00:00.000Z", "labels": ["a", 7, "b"], "revoked": true},
  {"type": "domain-name", "id": "domain-name--1", "spec_version": "2.1", "value": "a ] } \" \\"} ],
  "id": "bundle--1" } "#;

#[test]
fn every_object_comes_out_with_its_place() {
    let mut reader = Reader::bundle(TWO);
    let tool = reader.next().unwrap().unwrap();
    assert_eq!(
        (tool.kind(), tool.id(), tool.index()),
        ("tool", "tool--1", 0)
    );
    assert_eq!(tool.created(), Some("2020-01-01T00:00:00.000Z"));
    assert_eq!((tool.modified(), tool.spec_version()), (None, None));
    assert!(tool.revoked());
    assert_eq!(tool.texts("labels").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(tool.list("labels").len(), 3);
    let start = usize::try_from(tool.offset_bytes()).unwrap();
    assert!(TWO[start..].starts_with(reader.raw()));
    assert!(reader.raw().ends_with(b"true}"));

    let domain = reader.next().unwrap().unwrap();
    assert_eq!(domain.text("value"), Some("a ] } \" \\"));
    assert_eq!(domain.spec_version(), Some("2.1"));
    assert!(reader.next().is_none());
    assert_eq!(reader.header()["id"], "bundle--1");
    assert_eq!(reader.objects_read(), 2);
}

#[test]
fn how_the_bytes_arrive_changes_nothing() {
    let whole = read(TWO).unwrap();
    let dripped: Result<Vec<_>, _> = Reader::bundle(Dripping(TWO, false)).collect();
    assert_eq!(dripped.unwrap(), whole);
}

#[test]
fn lines_and_envelopes_are_read_too() {
    let lines = b"{\"type\":\"tool\",\"id\":\"tool--1\"}\n\n{\"type\":\"tool\",\"id\":\"tool--2\"}";
    let objects: Result<Vec<_>, _> = Reader::lines(lines.as_slice()).collect();
    assert_eq!(objects.unwrap().len(), 2);
    assert_eq!(Reader::lines(b" \n".as_slice()).count(), 0);
    // TAXII 2.1: an empty result is `{}`, and an envelope has no type.
    assert!(read(b"{}").unwrap().is_empty());
    let envelope = br#"{"more":true,"objects":[{"type":"tool","id":"tool--1"}]}"#;
    assert_eq!(read(envelope).unwrap().len(), 1);
}

#[test]
fn whoever_has_seen_enough_reads_no_further() {
    let start = br#"{"type":"bundle","objects":[{"type":"tool","id":"tool--1"},"#;
    let mut reader = Reader::bundle(start.chain(Never));
    assert_eq!(reader.next().unwrap().unwrap().id(), "tool--1");
}

/// A reader that must not be asked.
struct Never;

impl Read for Never {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        panic!("read on after the last object that was wanted");
    }
}

#[test]
fn errors_name_the_object_and_the_byte() {
    let bytes = br#"{"objects":[{"type":"a","id":"a"},{"type":"b","id":"b","id":"c"}]}"#;
    let error = refused(bytes);
    assert_eq!(error.index, Some(1));
    let place = usize::try_from(error.offset_bytes).unwrap();
    let second = bytes.windows(4).rposition(|w| w == b"\"id\"").unwrap();
    assert!(
        (second..second + 5).contains(&place),
        "{place} is not near {second}"
    );
    let text = error.to_string();
    assert!(text.starts_with("object 1, at byte "), "{text}");
    assert!(text.ends_with("duplicate key \"id\""), "{text}");
    let mut reader = Reader::bundle(bytes.as_slice());
    assert_eq!(reader.by_ref().filter(Result::is_err).count(), 1);
    assert!(reader.next().is_none(), "after an error nothing more comes");
}

#[test]
fn what_is_no_bundle_is_refused() {
    let json = |problem: &Problem| matches!(problem, Problem::Json(_));
    for (bytes, is_right) in [
        (
            &b"[]"[..],
            (|p| matches!(p, Problem::Expected(_))) as fn(&Problem) -> bool,
        ),
        (b"", |p| matches!(p, Problem::Truncated)),
        (b"{\"type\":\"report\"}", |p| {
            matches!(p, Problem::NotABundle(_))
        }),
        (b"{\"objects\":{}}", |p| matches!(p, Problem::Expected(_))),
        (b"{\"objects\":[7]}", |p| matches!(p, Problem::NotAnObject)),
        (b"{\"objects\":[{\"type\":\"a\"}]}", |p| {
            matches!(p, Problem::NotAnObject)
        }),
        (b"{\"objects\":[{\"type\":\"a\",\"id\":7}]}", |p| {
            matches!(p, Problem::NotAnObject)
        }),
        (b"{\"objects\":[],\"objects\":[]}", |p| {
            matches!(p, Problem::DuplicateKey(_))
        }),
        (b"{\"id\":1,\"id\":2}", |p| {
            matches!(p, Problem::DuplicateKey(_))
        }),
        (b"{\"objects\":[]} {}", |p| {
            matches!(p, Problem::Expected(_))
        }),
        (b"{\"objects\":[,]}", |p| matches!(p, Problem::Expected(_))),
        (b"{7:1}", |p| matches!(p, Problem::Expected(_))),
        (b"{\"objects\":[{\"type\":\"a\",\"id\":\"b\"} {}]}", |p| {
            matches!(p, Problem::Expected(_))
        }),
        (b"{\"objects\":[{\"type\":\"a\",\"id\":\"b\"],}]}", json),
        (b"{\"objects\":[{\"type\":\"\xff\",\"id\":\"b\"}]}", json),
        (b"{\"objects\":[{\"type\":\"\\ud800\",\"id\":\"b\"}]}", json),
        (
            b"{\"objects\":[{\"type\":\"a\",\"id\":\"b\",\"n\":1e999}]}",
            json,
        ),
        (
            b"{\"objects\":[{\"type\":\"a\",\"id\":\"b\",\"n\":01}]}",
            json,
        ),
        (
            b"{\"objects\":[{\"type\":\"a\",\"id\":\"b\",\"n\":NaN}]}",
            json,
        ),
        (
            b"{\"objects\":[{\"type\":\"a\",\"id\":\"b\",\"n\":{\"x\":1,\"x\":1}}]}",
            json,
        ),
    ] {
        let error = refused(bytes);
        assert!(
            is_right(&error.problem),
            "{}: {error}",
            String::from_utf8_lossy(bytes)
        );
        assert!(error.offset_bytes <= bytes.len() as u64);
    }
}

/// An object whose property `n` has this text.
fn with(text: &str) -> Vec<u8> {
    format!(r#"{{"objects":[{{"type":"a","id":"b","n":{text}}}]}}"#).into_bytes()
}

#[test]
fn depth_and_values_are_bounded_on_both_sides() {
    let nested = |levels: usize| with(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
    // The object itself is one level.
    assert!(read(&nested(MAX_DEPTH - 1)).is_ok());
    assert!(matches!(
        refused(&nested(MAX_DEPTH)).problem,
        Problem::TooDeep
    ));
    let bomb = with(&"[".repeat(1 << 20));
    assert!(matches!(refused(&bomb).problem, Problem::TooDeep));

    let values = |n: usize| with(&format!("[{}0]", "0,".repeat(n - 1)));
    // The object, its type, its id and the list are values too.
    assert!(read(&values(MAX_OBJECT_VALUES - 4)).is_ok());
    assert!(matches!(
        refused(&values(MAX_OBJECT_VALUES - 3)).problem,
        Problem::Json(_)
    ));
}

#[test]
fn sizes_are_bounded_on_both_sides() {
    let around = with("\"\"").len() - br#"{"objects":[]}"#.len();
    let object = |bytes: usize| with(&format!("\"{}\"", "x".repeat(bytes - around)));
    assert!(read(&object(MAX_OBJECT_BYTES)).is_ok());
    let error = refused(&object(MAX_OBJECT_BYTES + 1));
    assert!(matches!(
        error.problem,
        Problem::TooLarge {
            limit_bytes: MAX_OBJECT_BYTES
        }
    ));

    let header = |bytes: usize| format!("{{\"x\":\"{}\"}}", "y".repeat(bytes - 5)).into_bytes();
    assert!(read(&header(MAX_HEADER_BYTES)).is_ok());
    let error = refused(&header(MAX_HEADER_BYTES + 1));
    assert!(matches!(
        error.problem,
        Problem::TooLarge {
            limit_bytes: MAX_HEADER_BYTES
        }
    ));
}

#[test]
fn an_endless_object_is_given_up_at_the_limit() {
    let start = br#"{"objects":[{"type":"a","id":"b","n":""#;
    let mut reader = Reader::bundle(start.chain(io::repeat(b'x')));
    let error = reader.next().unwrap().unwrap_err();
    assert!(matches!(error.problem, Problem::TooLarge { .. }), "{error}");
}

#[test]
fn every_cut_is_noticed() {
    let end = TWO.iter().rposition(|b| *b == b'}').unwrap();
    for at in 0..=end {
        let error = refused(&TWO[..at]);
        assert!(
            matches!(error.problem, Problem::Truncated),
            "cut at {at}: {error}"
        );
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        "[\\[\\]{}\",\\\\: ]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("\\PC{0,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_back(
        values in prop::collection::vec(any_value(), 0..6),
        pretty in any::<bool>(),
    ) {
        let objects: Vec<Value> = values
            .iter()
            .enumerate()
            .map(|(i, v)| json!({"type": "x", "id": format!("x--{i}"), "v": v}))
            .collect();
        let bundle = json!({"type": "bundle", "id": "bundle--1", "objects": objects});
        let text = if pretty { format!("{bundle:#}") } else { bundle.to_string() };
        let back = read(text.as_bytes()).unwrap();
        let back: Vec<Value> = back.into_iter().map(|o| o.into_properties().into()).collect();
        prop_assert_eq!(back, objects);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (reader, _) in [(Reader::bundle(bytes.as_slice()), 0), (Reader::lines(bytes.as_slice()), 1)] {
            prop_assert!(reader.filter(Result::is_err).count() <= 1);
        }
    }

    #[test]
    fn a_flipped_byte_is_read_or_refused(at in 0..TWO.len(), byte in any::<u8>()) {
        let mut bytes = TWO.to_vec();
        bytes[at] = byte;
        if let Err(error) = read(&bytes) {
            prop_assert!(error.offset_bytes <= bytes.len() as u64);
        }
    }
}
