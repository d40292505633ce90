//! Judging objects: the rules on both sides, and what hostile files do.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use solferino_exchange::jcs;
use solferino_exchange::stix::pattern::{Edition, MatchError, Pattern, observations};
use solferino_exchange::stix::validate::{self, Code, MAX_FINDINGS, Report};
use solferino_exchange::stix::{id, upgrade};

fn judged(object: &Value) -> Report {
    validate::text(object.to_string().as_bytes())
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.errors.iter().map(|e| e.code.text()).collect()
}

/// A domain object with the common properties.
fn domain(kind: &str, more: Value) -> Value {
    let mut object = json!({
        "type": kind,
        "spec_version": "2.1",
        "id": format!("{kind}--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"),
        "created": "2016-04-06T20:03:48.000Z",
        "modified": "2016-04-06T20:03:48.000Z",
    });
    object
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    object
}

fn observable(kind: &str, more: Value) -> Value {
    let mut object = json!({"type": kind});
    object
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let random = format!("{kind}--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f");
    let id = id::of_content(object.as_object().unwrap()).unwrap_or(random);
    object["id"] = id.into();
    object
}

#[test]
fn what_fits_has_no_errors() {
    for object in [
        domain(
            "attack-pattern",
            json!({"name": "a", "aliases": ["b"], "external_references": [{"source_name": "capec", "external_id": "CAPEC-163"}]}),
        ),
        domain(
            "indicator",
            json!({"pattern": "[file:size > 7]", "pattern_type": "stix", "valid_from": "2016-04-06T20:03:48Z"}),
        ),
        domain(
            "indicator",
            json!({"pattern": "rule a {}", "pattern_type": "yara", "valid_from": "2016-04-06T20:03:48Z"}),
        ),
        domain(
            "location",
            json!({"latitude": 48.8, "longitude": 2, "precision": 10.0}),
        ),
        domain("x-hospital-outage", json!({"wards": 4})),
        domain(
            "report",
            json!({"name": "n", "published": "2016-04-06T20:03:48Z", "object_refs": ["tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"], "lang": "pt-BR", "granular_markings": [{"selectors": ["object_refs.[0]"], "lang": "zh-Hant"}]}),
        ),
        observable(
            "file",
            json!({"name": "a", "name_enc": "windows-1252", "extensions": {"ntfs-ext": {"sid": "1"}}}),
        ),
        observable(
            "network-traffic",
            json!({"protocols": ["tcp"], "src_ref": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "is_active": false, "end": "2016-04-06T20:03:48Z"}),
        ),
        observable(
            "software",
            json!({"name": "a", "cpe": "cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*", "languages": ["en", "x-private"]}),
        ),
        observable("email-addr", json!({"value": "\"a b\"@example.com"})),
        observable("ipv6-addr", json!({"value": "2001:db8::/96"})),
        observable("process", json!({"pid": 7})),
    ] {
        let report = judged(&object);
        assert_eq!(report.errors, [], "{object}");
    }
}

/// One object a line, with the code and the place of an error it has.
const MUST: &str = include_str!("vectors/must.jsonl");

#[test]
fn what_breaks_a_must_is_named_at_its_place() {
    assert!(MUST.lines().count() > 40);
    for line in MUST.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let report = judged(&case["object"]);
        let due = (
            case["code"].as_str().unwrap(),
            case["pointer"].as_str().unwrap(),
        );
        let found = report
            .errors
            .iter()
            .any(|e| (e.code.text(), e.pointer.as_str()) == due);
        assert!(
            found,
            "{due:?} is due for {line}, found {:#?}",
            report.errors
        );
    }
}

/// Every value of an object in turn made null, an empty list, an empty object, and a number beyond what readers agree on.
fn damaged(object: &Value) -> Vec<Value> {
    fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
        let below: Vec<(String, &Value)> = match value {
            Value::Object(map) => map.iter().map(|(name, v)| (name.clone(), v)).collect(),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(n, v)| (n.to_string(), v))
                .collect(),
            _ => Vec::new(),
        };
        for (name, value) in below {
            let here = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            found.push(here.clone());
            pointers(value, here, found);
        }
    }
    let mut found = Vec::new();
    pointers(object, String::new(), &mut found);
    let damage = [json!(null), json!([]), json!({}), json!(1_u64 << 60)];
    let one = |pointer: &String| {
        let made = damage.iter().map(|value| {
            let mut object = object.clone();
            *object.pointer_mut(pointer).unwrap() = value.clone();
            object
        });
        made.collect::<Vec<_>>()
    };
    found.iter().flat_map(one).collect()
}

#[test]
fn nothing_is_told_twice() {
    let lines = MUST.lines().map(|line| serde_json::from_str(line).unwrap());
    let mut objects: Vec<Value> = lines.map(|case: Value| case["object"].clone()).collect();
    objects.push(observable(
        "file",
        json!({"name": "a", "extensions": {
            "raster-image-ext": {"exif_tags": {"Make": "b", "Model": 7}},
            "ntfs-ext": {"sid": "1", "alternate_data_streams": [{"name": "c", "size": 7}]},
            "x-own-ext": {"x_own": [{"deep": [7]}]},
            "extension-definition--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f": {"extension_type": "property-extension", "x_own": [7]},
        }}),
    ));
    objects.push(observable(
        "network-traffic",
        json!({"protocols": ["tcp"], "src_ref": "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", "ipfix": {"a": 1},
            "extensions": {"socket-ext": {"address_family": "AF_INET", "options": {"SO_TEST": 7}}}}),
    ));
    let mut tried = 0;
    for object in objects.iter().flat_map(damaged) {
        let report = judged(&object);
        let told = report
            .errors
            .iter()
            .map(|e| (e.code.text(), e.pointer.as_str(), e.message.as_str()));
        let mut told: Vec<_> = told.collect();
        let all = told.len();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), all, "{object} {:#?}", report.errors);
        tried += 1;
    }
    assert!(tried > 1_000, "{tried}");
}

/// "If objects are found where this property is not present, the implicit value for all STIX Objects other than SCOs is
/// 2.0" (section 3.2).
#[test]
fn an_object_without_a_version_is_one_of_stix_20_if_20_has_its_type() {
    let mut old = domain(
        "identity",
        json!({"name": "a", "identity_class": "group", "created": "2016-04-06T20:03:48Z"}),
    );
    old.as_object_mut().unwrap().remove("spec_version");
    let upgraded = |report: &Report| report.warnings.iter().any(|w| w.code == Code::Upgraded);
    let alone = judged(&old);
    assert_eq!(alone.errors, []);
    assert!(upgraded(&alone));
    let mut said = old.clone();
    said["spec_version"] = json!("2.0");
    assert_eq!(judged(&said).errors, []);
    // In a bundle beside one of 2.1, and as a stream, it is the same.
    let bundle = json!({"type": "bundle", "id": "bundle--44af6c39-c09b-49c5-9de2-394224b04982", "objects": [old, domain("tool", json!({"name": "a"}))]});
    let report = judged(&bundle);
    assert_eq!(report.errors, []);
    assert!(upgraded(&report));
    let mut streamed = Vec::new();
    let text = bundle.to_string();
    let whole = validate::stream(text.as_bytes(), |one| {
        streamed.push((one.report.is_valid(), upgraded(&one.report)))
    });
    assert!(whole.unwrap().is_valid());
    assert_eq!(streamed, [(true, true), (true, false)]);
    // What breaks 2.0 is an error in it, too; a type that 2.0 does not have is of 2.1 and says so.
    old.as_object_mut().unwrap().remove("name");
    assert_eq!(codes(&judged(&old)), ["missing"]);
}

#[test]
fn the_container_of_observables_holds_its_own_references() {
    let container = |objects: Value| {
        domain(
            "observed-data",
            json!({"first_observed": "2016-04-06T20:03:48Z", "last_observed": "2016-04-06T20:03:48Z", "number_observed": 1, "objects": objects}),
        )
    };
    let mail = json!({"type": "email-addr", "value": "a@example.com"});
    let fits = container(
        json!({"0": mail, "1": {"type": "email-message", "is_multipart": false, "from_ref": "0"}}),
    );
    assert_eq!(codes(&judged(&fits)), Vec::<&str>::new());
    let missing =
        container(json!({"1": {"type": "email-message", "is_multipart": false, "from_ref": "0"}}));
    assert_eq!(codes(&judged(&missing)), ["reference-missing"]);
    let wrong = container(
        json!({"0": {"type": "url", "value": "a:b"}, "1": {"type": "email-message", "is_multipart": false, "from_ref": "0"}}),
    );
    assert_eq!(judged(&wrong).errors[0].pointer, "/objects/1/from_ref");
}

#[test]
fn two_contents_of_one_version_contradict_each_other() {
    let bundle = |objects: Value| json!({"type": "bundle", "id": "bundle--44af6c39-c09b-49c5-9de2-394224b04982", "objects": objects});
    let tool = domain("tool", json!({"name": "a"}));
    let again = judged(&bundle(json!([tool, tool])));
    assert!(again.is_valid());
    assert!(again.warnings.iter().any(|w| w.code == Code::Duplicate));
    let other = judged(&bundle(json!([tool, domain("tool", json!({"name": "b"}))])));
    assert_eq!(codes(&other), ["conflict"]);
    assert_eq!(other.errors[0].pointer, "/objects/1");
    // A bundle in a bundle, and something that is no object.
    assert_eq!(
        codes(&judged(&bundle(json!([bundle(json!([])), 7])))),
        ["type", "type"]
    );
    assert_eq!(codes(&judged(&bundle(json!([])))), ["empty"]);
}

#[test]
fn stix_20_is_upgraded_and_loses_nothing() {
    let malware = json!({"type": "malware", "id": "malware--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "created": "2016-04-06T20:03:48Z", "modified": "2016-04-06T20:03:48.1Z", "name": "a", "labels": ["bot"], "x_own": 1});
    let mut upgraded: Map<String, Value> = malware.as_object().unwrap().clone();
    upgrade::object(&mut upgraded);
    assert_eq!(upgraded["malware_types"], json!(["bot"]));
    assert_eq!(
        (&upgraded["created"], &upgraded["modified"]),
        (
            &json!("2016-04-06T20:03:48.000Z"),
            &json!("2016-04-06T20:03:48.100Z")
        )
    );
    assert_eq!(upgraded["x_own"], 1);
    let bundle = json!({"type": "bundle", "spec_version": "2.0", "id": "bundle--44af6c39-c09b-49c5-9de2-394224b04982", "objects": [malware]});
    let report = judged(&bundle);
    assert_eq!(report.errors, []);
    assert!(report.warnings.iter().any(|w| w.code == Code::Upgraded));
}

#[test]
fn canonical_json_is_that_of_rfc_8785() {
    // Section 3.2.2.3 and appendix B.
    let value: Value = serde_json::from_str(r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,-0.0,5e-324,1e21,1e20,1e-6,1e-7],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#).unwrap();
    let due = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27,0,5e-324,1e+21,100000000000000000000,0.000001,1e-7],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(jcs::canonical(&value), due);
    // Section 3.2.3: the order of UTF-16 code units, not of code points.
    let value: Value =
        serde_json::from_str(r#"{"\ufb33":1,"\ud83d\ude00":2,"\r":3,"1":4}"#).unwrap();
    assert_eq!(
        jcs::canonical(&value),
        "{\"\\r\":3,\"1\":4,\"\u{1f600}\":2,\"\u{fb33}\":1}"
    );
}

/// Processor time of this thread, from the scheduler's own count; elapsed time where there is none.
fn busy(started: Instant) -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let counted = text.split_whitespace().next().and_then(|n| n.parse().ok());
    counted.map_or_else(|| started.elapsed(), Duration::from_nanos)
}

fn within(limit: Duration, what: &str, run: impl FnOnce()) {
    let started = Instant::now();
    let before = busy(started);
    run();
    let took = busy(started) - before;
    assert!(took < limit, "{what} took {took:?}");
}

/// Ten times what it takes; what is not bounded takes minutes.
const BOUNDED: Duration = Duration::from_secs(20);

#[test]
fn hostile_objects_are_judged_in_bounded_time() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let objects =
        (0..100_000).map(|n| format!("{{\"type\":\"tool\",\"id\":\"tool--{n}\",\"name\":{n}}}"));
    let many = format!(
        "{{\"type\":\"bundle\",\"id\":\"bundle--44af6c39-c09b-49c5-9de2-394224b04982\",\"objects\":[{}]}}",
        objects.collect::<Vec<_>>().join(",")
    );
    let refs: Map<String, Value> = (0..50_000)
        .map(|n| {
            (
                n.to_string(),
                json!({"type": "process", "parent_ref": ((n + 1) % 50_000).to_string(), "pid": n}),
            )
        })
        .collect();
    let cyclic = domain(
        "observed-data",
        json!({"first_observed": "2016-04-06T20:03:48Z", "last_observed": "2016-04-06T20:03:48Z", "number_observed": 1, "objects": refs}),
    );
    within(BOUNDED, "hostile objects", || {
        for (text, due) in [
            (format!("{{\"type\":{deep}}}"), "json"),
            ("{\"type\":\"tool\",\"type\":\"tool\"}".to_owned(), "json"),
            ("{\"type\":\"tool\",\"x_a\":1e999}".to_owned(), "json"),
            (
                domain(
                    "tool",
                    json!({"name": "a", "x_ab": 18_446_744_073_709_551_615_u64}),
                )
                .to_string(),
                "range",
            ),
            (
                format!("{{\"type\":\"tool\",\"x_ab\":{}}}", "9".repeat(1_000_000)),
                "json",
            ),
        ] {
            let report = validate::text(text.as_bytes());
            assert_eq!(
                report.errors[0].code.text(),
                due,
                "{}",
                &text[..text.len().min(80)]
            );
        }
        assert_eq!(codes(&validate::text(b"{\"type\":\"to\xffol\"}")), ["json"]);
        assert_eq!(codes(&validate::text(b"")), ["json"]);

        // Three errors and more an object: all counted, the first listed.
        let report = validate::text(many.as_bytes());
        assert_eq!(report.errors.len(), MAX_FINDINGS);
        assert!(report.error_count() > 300_000, "{}", report.error_count());

        assert_eq!(judged(&cyclic).errors, []);
    });
}

#[test]
fn a_broken_object_in_a_stream_is_its_own_error() {
    let bundle = b"{\"type\":\"bundle\",\"id\":\"bundle--44af6c39-c09b-49c5-9de2-394224b04982\",\"objects\":[{\"type\":\"a\",\"type\":\"b\"}, 7, {\"type\":\"url\",\"id\":\"url--28bb3599-77cd-4a82-a950-b5bc3caf07c4\",\"value\":\"a:b\"}]}";
    let mut found = Vec::new();
    let header = validate::stream(bundle.as_slice(), |judged| {
        found.push((judged.index, codes(&judged.report), judged.object.is_some()));
    });
    assert_eq!(header.unwrap().errors, []);
    assert_eq!(
        found,
        [
            (0, vec!["json"], false),
            (1, vec!["type"], false),
            (2, vec![], true)
        ]
    );
    let cut = &bundle[..bundle.len() - 30];
    let mut count = 0;
    assert!(validate::stream(cut, |_| count += 1).is_err());
    assert_eq!(count, 2);
}

#[test]
fn hostile_patterns_are_decided_or_refused_in_bounded_time() {
    within(BOUNDED, "hostile patterns", || {
        let many = vec!["[abc:d = 1]"; 50_000].join(" AND ");
        let pattern = Pattern::parse(&many, Edition::V21).unwrap();
        assert_eq!(pattern.to_string(), many);
        let qualified = format!("[abc:d = 1]{}", " WITHIN 1 SECONDS".repeat(2_000));
        assert_eq!(
            Pattern::parse(&qualified, Edition::V21)
                .unwrap()
                .problems()
                .count(),
            1_999
        );
        let either = vec!["(a:b = 1 OR a:b = 2)"; 40].join(" AND ");
        assert!(
            Pattern::parse(&format!("[{either}]"), Edition::V21)
                .unwrap()
                .canonical()
                .is_err()
        );

        // A search without end, and an expression that would run for ever.
        let observed: Vec<Value> = (0..40).map(|n| json!({"type": "observed-data", "first_observed": format!("2020-01-01T00:00:{n:02}Z"), "last_observed": format!("2020-01-01T00:00:{n:02}Z"), "number_observed": 1, "objects": {"0": {"type": "abc", "def": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}}})).collect();
        let observed: Vec<_> = observed.iter().filter_map(Value::as_object).collect();
        let observed = observations(&observed);
        let matches = |text: &str| {
            Pattern::parse(text, Edition::V21)
                .unwrap()
                .matches(&observed)
        };
        assert_eq!(
            matches("[abc:def LIKE 'a%'] REPEATS 20 TIMES WITHIN 19 SECONDS"),
            Ok(false)
        );
        assert_eq!(
            matches("[abc:def LIKE 'a%'] REPEATS 20 TIMES WITHIN 20 SECONDS"),
            Ok(true)
        );
        assert_eq!(
            matches("([abc:def LIKE 'a%'] AND [abc:def LIKE '%!']) REPEATS 25 TIMES"),
            Ok(false)
        );
        assert_eq!(matches("[abc:def MATCHES '^(a+)+\\\\1$']"), Ok(false));
        assert_eq!(
            matches("[abc:def MATCHES '(']"),
            Err(MatchError::Expression { at: 1 })
        );
        assert_eq!(
            matches("[abc:def LIKE 'a%'] REPEATS 1000000000000 TIMES"),
            Ok(false)
        );
    });
}
