//! One spelling per observable, and nothing dropped in silence.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use solferino_exchange::observable::{
    Kind, Left, MAX_LEFT_REASONS, MAX_VALUE_BYTES, Tally, canonical, day_of, observables,
};
use solferino_exchange::stix::{Object, Reader};

fn text(kind: Kind, value: &str) -> Option<String> {
    canonical(kind, value).map(|observable| observable.to_string())
}

#[test]
fn canonical_forms_are_those_of_the_page() {
    for (kind, value, want) in [
        (
            Kind::DomainName,
            "WWW.Example.ORG.",
            Some("domain-name:www.example.org"),
        ),
        (
            Kind::DomainName,
            "xn--bcher-kva.example",
            Some("domain-name:xn--bcher-kva.example"),
        ),
        (Kind::DomainName, "192.0.2.1", Some("ipv4-addr:192.0.2.1")),
        (Kind::DomainName, "a b.example", None),
        (Kind::DomainName, "a..example", None),
        (Kind::DomainName, ".", None),
        (Kind::DomainName, "a..", None),
        (Kind::RegistryKey, "\\\\", None),
        (Kind::FileHash, "ssdeep:", None),
        (Kind::DomainName, "https://a.example", None),
        (
            Kind::Ipv4Addr,
            "198.51.100.7/32",
            Some("ipv4-addr:198.51.100.7"),
        ),
        (
            Kind::Ipv4Addr,
            "198.51.100.7/24",
            Some("ipv4-addr:198.51.100.0/24"),
        ),
        (Kind::Ipv4Addr, "0.0.0.0/0", Some("ipv4-addr:0.0.0.0/0")),
        (Kind::Ipv4Addr, "198.51.100.7/33", None),
        (Kind::Ipv4Addr, "198.51.100.7/+4", None),
        (Kind::Ipv4Addr, "198.51.100", None),
        (
            Kind::Ipv6Addr,
            "2001:DB8:0:0::1",
            Some("ipv6-addr:2001:db8::1"),
        ),
        (Kind::Ipv6Addr, "2001:db8::1/0", Some("ipv6-addr:::/0")),
        (
            Kind::Url,
            "HTTPS://User@Host.Example:8443/Path?Q#F",
            Some("url:https://User@host.example:8443/Path?Q#F"),
        ),
        (Kind::Url, "host/Path", Some("url:host/Path")),
        (
            Kind::EmailAddr,
            "Ann@Example.ORG",
            Some("email-addr:Ann@example.org"),
        ),
        (Kind::EmailAddr, "@example.org", None),
        (Kind::EmailAddr, "ann", None),
        (Kind::FileHash, "SHA256:ABCDEF", None),
        (
            Kind::FileHash,
            "MD5:D41D8CD98F00B204E9800998ECF8427E",
            Some("file-hash:md5:d41d8cd98f00b204e9800998ecf8427e"),
        ),
        (
            Kind::FileHash,
            "ssdeep:3:AaBb:c",
            Some("file-hash:ssdeep:3:AaBb:c"),
        ),
        (Kind::FileHash, "md6:00", None),
        (
            Kind::CertificateSerial,
            "0A:bC",
            Some("certificate-serial:0abc"),
        ),
        (
            Kind::MacAddr,
            "D2-FB-49-24-37-18",
            Some("mac-addr:d2:fb:49:24:37:18"),
        ),
        (Kind::MacAddr, "d2:fb", None),
        (
            Kind::AutonomousSystem,
            "AS64496",
            Some("autonomous-system:64496"),
        ),
        (
            Kind::AutonomousSystem,
            "64496",
            Some("autonomous-system:64496"),
        ),
        (Kind::AutonomousSystem, "SA1", None),
        (
            Kind::RegistryKey,
            "HKLM\\Software\\X\\",
            Some("windows-registry-key:hkey_local_machine\\software\\x"),
        ),
        (Kind::Mutex, "Global\\Aa", Some("mutex:Global\\Aa")),
        (Kind::FileName, " ", None),
    ] {
        assert_eq!(text(kind, value).as_deref(), want, "{kind} {value}");
    }
    let long = |bytes: usize| canonical(Kind::Mutex, &"x".repeat(bytes));
    assert!(long(MAX_VALUE_BYTES).is_some() && long(MAX_VALUE_BYTES + 1).is_none());
}

proptest! {
    #[test]
    fn a_canonical_form_is_its_own(kind in prop::sample::select(Kind::ALL), value in "\\PC{1,30}") {
        if let Some(observable) = canonical(kind, &value) {
            let again = canonical(observable.kind(), observable.value());
            prop_assert_eq!(again, Some(observable));
        }
    }

    #[test]
    fn addresses_are_their_own_however_written(bits in any::<u128>(), length in 0_u32..=128) {
        let address = std::net::Ipv6Addr::from(bits);
        let long: Vec<String> = address.segments().iter().map(|s| format!("{s:04X}")).collect();
        let (short, long) = (format!("{address}/{length}"), format!("{}/{length}", long.join(":")));
        let made = canonical(Kind::Ipv6Addr, &short);
        prop_assert!(made.is_some());
        prop_assert_eq!(made, canonical(Kind::Ipv6Addr, &long));
    }
}

fn object(value: &Value) -> Object {
    let text = json!({"objects": [value]}).to_string();
    Reader::bundle(text.as_bytes()).next().unwrap().unwrap()
}

/// The canonical texts of an object, and what was left.
fn taken(value: &Value) -> (Vec<String>, BTreeMap<Left, u64>) {
    let mut tally = Tally::default();
    let found = observables(&object(value), &mut tally);
    assert_eq!(tally.taken_in_all(), found.len() as u64);
    (found.iter().map(ToString::to_string).collect(), tally.left)
}

fn indicator(pattern: &str) -> Value {
    json!({"type": "indicator", "id": "indicator--1", "pattern": pattern, "pattern_type": "stix"})
}

#[test]
fn cyber_observables_name_themselves() {
    let (found, left) = taken(&json!({
        "type": "file", "id": "file--1", "name": "a.exe", "size": 7,
        "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427e", "SHA-256": "short", "other": "x"},
    }));
    assert_eq!(
        found,
        [
            "file-hash:md5:d41d8cd98f00b204e9800998ecf8427e",
            "file-name:a.exe"
        ]
    );
    let want = [
        (Left::Hash("SHA-256".into()), 1),
        (Left::Hash("other".into()), 1),
    ];
    assert_eq!(left, BTreeMap::from(want));

    let (found, _) = taken(&json!({"type": "autonomous-system", "id": "x--1", "number": 64496}));
    assert_eq!(found, ["autonomous-system:64496"]);
    let (found, _) = taken(
        &json!({"type": "user-account", "id": "x--1", "user_id": "1001", "account_login": "Ann"}),
    );
    assert_eq!(found, ["user-account:Ann", "user-account:1001"]);
    let (found, left) = taken(&json!({"type": "process", "id": "x--1", "pid": 4}));
    assert_eq!(
        (found.len(), left),
        (0, BTreeMap::from([(Left::Object("process".into()), 1)]))
    );
    let (found, left) = taken(&json!({"type": "domain-name", "id": "x--1", "value": ["a"]}));
    assert_eq!(
        (found.len(), left),
        (0, BTreeMap::from([(Left::Value(Kind::DomainName), 1)]))
    );
    // A report is no observable and nothing is missing from it.
    let (found, left) = taken(&json!({"type": "report", "id": "x--1", "name": "r"}));
    assert!(found.is_empty() && left.is_empty());
}

#[test]
fn stix_20_kept_them_inside_observed_data() {
    let (found, left) = taken(&json!({
        "type": "observed-data", "id": "x--1",
        "objects": {"0": {"type": "domain-name", "value": "A.example"}, "1": {"type": "url", "value": "http://B/"}},
    }));
    assert_eq!(found, ["domain-name:a.example", "url:http://b/"]);
    assert!(left.is_empty());
}

#[test]
fn indicators_name_what_their_patterns_compare_for_equality() {
    let (found, left) = taken(&indicator(
        "[domain-name:value = 'A.example' OR ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')] FOLLOWEDBY \
         [network-traffic:dst_ref.value = '192.0.2.3' AND email-message:from_ref.value = 'x@Y.example']",
    ));
    let want = [
        "domain-name:a.example",
        "ipv4-addr:192.0.2.1",
        "ipv4-addr:192.0.2.2",
        "ipv4-addr:192.0.2.3",
        "email-addr:x@y.example",
    ];
    assert_eq!(found, want);
    assert!(left.is_empty());
}

#[test]
fn whatever_is_left_is_counted_with_its_reason() {
    for (pattern, reason) in [
        (
            "[domain-name:value LIKE '%.example']",
            Left::Operator("LIKE"),
        ),
        ("[domain-name:value NOT = 'a.example']", Left::Negated),
        ("[domain-name:value != 'a.example']", Left::Operator("!=")),
        ("[app:id = 'com.example']", Left::Path("app:id".into())),
        ("[ipv4-addr:value = 'x']", Left::Value(Kind::Ipv4Addr)),
        ("[file:hashes.sha256 = '00']", Left::Hash("sha256".into())),
        ("[file:size = true]", Left::Path("file:size".into())),
        ("[EXISTS file:name]", Left::Operator("EXISTS")),
        ("domain-name:value = 'a.example'", Left::PatternSyntax),
    ] {
        let (found, left) = taken(&indicator(pattern));
        assert_eq!(
            (found.len(), left),
            (0, BTreeMap::from([(reason, 1)])),
            "{pattern}"
        );
    }
    let mut yara = indicator("rule x {}");
    yara["pattern_type"] = "yara".into();
    assert_eq!(
        taken(&yara).1,
        BTreeMap::from([(Left::PatternLanguage("yara".into()), 1)])
    );
    let mut revoked = indicator("[domain-name:value = 'a.example']");
    revoked["revoked"] = true.into();
    assert_eq!(taken(&revoked).1, BTreeMap::from([(Left::Revoked, 1)]));
}

#[test]
fn reasons_are_bounded_and_still_all_counted() {
    let mut tally = Tally::default();
    for n in 0..MAX_LEFT_REASONS + 10 {
        observables(&object(&indicator(&format!("[x:y{n} = 'z']"))), &mut tally);
    }
    assert_eq!(tally.left_in_all(), (MAX_LEFT_REASONS + 10) as u64);
    assert_eq!(tally.left[&Left::Other], 10);
    assert_eq!(tally.left.len(), MAX_LEFT_REASONS + 1);
}

#[test]
fn the_day_is_the_earliest_an_object_has() {
    let day = |value: Value| day_of(&object(&value));
    let dated = json!({"type": "x", "id": "x", "created": "2024-12-13T21:15:49.15Z", "valid_from": "1970-01-02T23:59:59Z"});
    assert_eq!(day(dated), Some(1));
    assert_eq!(
        day(json!({"type": "x", "id": "x", "created": "2024-12-13T21:15:49.152925Z"})),
        Some(20_070)
    );
    assert_eq!(
        day(json!({"type": "x", "id": "x", "created": "yesterday"})),
        None
    );
    assert_eq!(
        day(json!({"type": "x", "id": "x", "created": "1969-12-31T23:59:59Z"})),
        None
    );
    assert_eq!(day(json!({"type": "x", "id": "x"})), None);
}

/// Published indicators, read where they are at hand; set `SOLFERINO_SHARED_DATA` to the folder above `civil-society`.
#[test]
fn published_indicators_are_taken_or_counted_one_by_one() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SOLFERINO_SHARED_DATA").unwrap_or(beside.into());
    let folder = std::path::Path::new(&folder).join("civil-society");
    for (name, taken, left) in [
        ("pegasus.stix2", 1549, 0),
        ("cytrox.stix2", 336, 7),
        ("novispy.stix2", 11, 7),
    ] {
        let Ok(file) = std::fs::File::open(folder.join(name)) else {
            eprintln!("SKIPPED: no {name}; set SOLFERINO_SHARED_DATA to check against it");
            continue;
        };
        let mut tally = Tally::default();
        for object in Reader::bundle(file) {
            observables(&object.unwrap(), &mut tally);
        }
        assert_eq!(
            (tally.taken_in_all(), tally.left_in_all()),
            (taken, left),
            "{name}: {tally:?}"
        );
    }
}
