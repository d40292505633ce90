//! MISP input that means harm, and events nobody would write: bounded, reported, and back unchanged.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use solferino_exchange::jcs;
use solferino_exchange::misp::{self, Bundle, MAX_FILE_BYTES, MAX_VALUES, ReadError, check};

fn event(fields: &Value) -> Map<String, Value> {
    let mut event = json!({"uuid": "a6ef17d6-91cb-4a05-b10b-2f045daf874c", "info": "a case"});
    for (name, value) in fields.as_object().unwrap() {
        event[name] = value.clone();
    }
    event.as_object().unwrap().clone()
}

fn problems(fields: &Value) -> check::Problems {
    let text = serde_json::to_vec(&event(fields)).unwrap();
    check::check(&misp::documents(&text).unwrap()[0])
}

#[test]
fn what_two_readers_would_read_differently_is_refused() {
    let twice = br#"{"info": "a", "uuid": "b", "Attribute": [{"value": "x", "value": "y"}]}"#;
    let error = misp::documents(twice).unwrap_err();
    assert!(
        matches!(&error, ReadError::Json { problem, .. } if problem.contains("duplicate key")),
        "{error}"
    );
    for bytes in [
        &b"{\"info\": \"\xff\"}"[..],
        b"",
        b"{",
        b"1e999",
        b"[1]",
        b"{}",
        b"{\"Event\": 1}",
        b"null",
    ] {
        assert!(misp::documents(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn depth_and_size_have_limits_on_both_sides() {
    let nested = |levels: usize| {
        let inner = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        format!("{{\"info\": \"a\", \"uuid\": \"b\", \"x\": {inner}}}")
    };
    assert!(misp::documents(nested(63).as_bytes()).is_ok());
    assert!(misp::documents(nested(64).as_bytes()).is_err());
    assert!(misp::documents(nested(1_000_000).as_bytes()).is_err());
    let many = |values: usize| {
        format!(
            "{{\"info\": \"a\", \"uuid\": \"b\", \"x\": [{}1]}}",
            "1,".repeat(values - 1)
        )
    };
    // The document itself, its list and two texts are values too.
    assert!(misp::documents(many(MAX_VALUES - 4).as_bytes()).is_ok());
    assert!(misp::documents(many(MAX_VALUES - 3).as_bytes()).is_err());
    assert_eq!(
        misp::documents(&vec![b' '; MAX_FILE_BYTES + 1]),
        Err(ReadError::TooLarge)
    );
    assert_ne!(
        misp::documents(&vec![b' '; MAX_FILE_BYTES]),
        Err(ReadError::TooLarge)
    );
}

#[test]
fn a_hundred_thousand_errors_are_counted_and_a_hundred_kept() {
    let wrong: Vec<_> = (0..100_000)
        .map(|n| json!({"uuid": format!("no uuid {n}"), "timestamp": "soon"}))
        .collect();
    let found = problems(&json!({"Attribute": wrong}));
    assert_eq!(
        (
            found.count["uuid"],
            found.count["timestamp"],
            found.count["type"]
        ),
        (100_000, 100_000, 100_000)
    );
    assert_eq!(found.first.len(), check::MAX_PROBLEMS);
}

#[test]
fn rings_of_references_are_found_and_kept() {
    let uuid = |n: usize| format!("5b23c82b-6508-4bdc-b580-{n:012x}");
    let ring = |count: usize, closed: bool| -> Vec<Value> {
        let one = |n: usize| {
            let next = if n + 1 == count && !closed {
                Vec::new()
            } else {
                vec![
                    json!({"referenced_uuid": uuid((n + 1) % count), "relationship_type": "follows"}),
                ]
            };
            json!({"uuid": uuid(n), "name": "a-thing", "Attribute": [], "ObjectReference": next})
        };
        (0..count).map(one).collect()
    };
    for count in [1, 2, 3_000] {
        let closed = event(&json!({"Object": ring(count, true)}));
        assert_eq!(
            problems(&json!({"Object": ring(count, true)}))
                .count
                .get("reference-cycle"),
            Some(&1)
        );
        assert_eq!(
            problems(&json!({"Object": ring(count, false)}))
                .count
                .get("reference-cycle"),
            None
        );
        back(&closed);
    }
    let dangling = json!({"Object": [{"uuid": uuid(1), "name": "a", "ObjectReference": [{"referenced_uuid": uuid(2)}]}]});
    assert_eq!(
        problems(&dangling).count.get("dangling-reference"),
        Some(&1)
    );
}

#[test]
fn a_sharing_group_that_names_nobody_is_reported() {
    let group = |group: Value| {
        problems(&json!({"distribution": "4", "SharingGroup": group}))
            .count
            .get("sharing-group")
            .copied()
    };
    assert_eq!(group(json!({"SharingGroupOrg": []})), Some(1));
    assert_eq!(group(Value::Null), Some(1));
    assert_eq!(group(json!({"SharingGroupOrg": [{"org_id": "1"}]})), None);
    assert_eq!(
        problems(&json!({"distribution": "4", "sharing_group_id": "7"}))
            .count
            .get("sharing-group"),
        None
    );
    assert_eq!(
        problems(&json!({"distribution": "4"}))
            .count
            .get("sharing-group"),
        Some(&1)
    );
    assert_eq!(
        problems(&json!({"distribution": "6"}))
            .count
            .get("distribution"),
        Some(&1)
    );
}

fn back(event: &Map<String, Value>) {
    let (bundle, _) = misp::event_to_stix(event);
    let (again, _) = misp::stix_to_event(&bundle);
    assert_eq!(jcs::canonical_map(&again), jcs::canonical_map(event));
}

#[test]
fn forged_extensions_and_carriers_are_no_way_in() {
    let deep = "[".repeat(100_000);
    let id = misp::extension::ID;
    let bundle = json!({"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "indicator", "id": "indicator--a0c22599-9e58-4da4-96ac-7051603fa951", "pattern": "[a:b = 'c'", "extensions":
            {id: {"misp_item": "attribute", "misp_native": "", "misp_set": deep}}},
        {"type": "grouping", "id": "grouping--a0c22599-9e58-4da4-96ac-7051603fa952", "extensions":
            {id: {"misp_item": "event", "misp_native": "", "misp_set": "{\"Object\": 7, \"Attribute\": {}}"}}},
        {"type": "file", "id": "file--a0c22599-9e58-4da4-96ac-7051603fa953", "content_ref": "file--a0c22599-9e58-4da4-96ac-7051603fa953"},
    ]});
    let bundle = Bundle::of(bundle).unwrap();
    let (event, _) = misp::stix_to_event(&bundle);
    let _ = misp::event_to_stix(&event);
    for data in [
        "",
        "!",
        "bm8=",
        "eyJzb2xmZXJpbm8iOiJzdGl4LWtlcHQtMSIsIm9iamVjdHMiOlt7fV19",
    ] {
        back(&self::event(
            &json!({"Object": [{"name": "original-imported-file", "Attribute":
            [{"object_relation": "imported-sample", "type": "attachment", "data": data}]}]}),
        ));
    }
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("1.2.3.4".into()),
        Just("a|b".into()),
        Just("AS1".into()),
        Just("1603642920".into()),
        Just("91ae0a21-c7ae-4c7f-b84b-b84a7ce53d1f".into()),
        Just("tlp:red".into()),
        Just("it's \\ \"quoted\"".into()),
        Just("d41d8cd98f00b204e9800998ecf8427e".into()),
        "[ -~]{0,12}",
    ]
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        texts().prop_map(Value::from)
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(fields(), inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn fields() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "uuid",
        "type",
        "value",
        "category",
        "comment",
        "timestamp",
        "to_ids",
        "Tag",
        "name",
        "Galaxy",
        "GalaxyCluster",
        "Attribute",
        "Object",
        "Sighting",
        "ObjectReference",
        "object_relation",
        "distribution",
        "data",
        "x",
    ])
    .prop_map(str::to_owned)
}

fn things(kinds: Vec<&'static str>, names: Vec<&'static str>) -> impl Strategy<Value = Value> {
    let own = (
        prop::sample::select(kinds),
        prop::sample::select(names),
        texts(),
        texts(),
    );
    (own, prop::collection::btree_map(fields(), anything(), 0..5)).prop_map(
        |((kind, name, uuid, value), more)| {
            let mut map: Map<String, Value> = more.into_iter().collect();
            map.insert("type".into(), json!(kind));
            map.insert("name".into(), json!(name));
            map.insert("uuid".into(), json!(uuid));
            map.entry("value").or_insert(json!(value));
            Value::Object(map)
        },
    )
}

fn events() -> impl Strategy<Value = Map<String, Value>> {
    let attributes = things(
        vec![
            "ip-src",
            "ip-dst|port",
            "domain|ip",
            "md5",
            "filename|sha256",
            "AS",
            "vulnerability",
            "yara",
            "stix2-pattern",
            "btc",
            "attachment",
            "",
        ],
        vec!["a"],
    );
    let inner = (
        things(vec!["text"], vec!["a"]),
        prop::sample::select(vec![
            "ip", "domain", "name", "filename", "id", "text", "key", "x",
        ]),
    );
    let inner = inner.prop_map(|(mut thing, relation)| {
        thing["object_relation"] = json!(relation);
        thing
    });
    let objects = (
        things(
            vec!["a"],
            vec![
                "domain-ip",
                "file",
                "vulnerability",
                "organization",
                "annotation",
                "x509",
                "original-imported-file",
                "none",
                "",
            ],
        ),
        prop::collection::vec(inner, 0..4),
    );
    let objects = objects.prop_map(|(mut thing, attributes)| {
        thing["Attribute"] = json!(attributes);
        thing
    });
    let lists = (
        prop::collection::vec(attributes, 0..4),
        prop::collection::vec(objects, 0..4),
    );
    (
        lists,
        prop::collection::btree_map(fields(), anything(), 0..4),
        any::<bool>(),
    )
        .prop_map(|((attributes, objects), more, published)| {
            let mut event =
                event(&json!({"Attribute": attributes, "Object": objects, "published": published}));
            event.extend(more);
            event
        })
}

/// Bundles of odd objects that refer to each other.
fn bundles() -> impl Strategy<Value = Bundle> {
    let kinds = vec![
        "indicator",
        "observed-data",
        "ipv4-addr",
        "file",
        "domain-name",
        "grouping",
        "report",
        "note",
        "malware",
        "identity",
        "relationship",
        "sighting",
        "opinion",
        "x-other",
        "x-misp-object",
        "threat-actor",
        "location",
        "marking-definition",
        "vulnerability",
    ];
    let ids = || {
        (prop::sample::select(kinds.clone()), 0_u8..4)
            .prop_map(|(kind, n)| format!("{kind}--a0c22599-9e58-4da4-96ac-70516030000{n}"))
    };
    let texts = prop_oneof![
        texts(),
        Just("[ipv4-addr:value = '1.2.3.4']".to_owned()),
        Just("misp:type=\"ip-src\"".into()),
        Just("2020-10-25T16:22:00.000Z".into()),
        Just("misp:name=\"file\"".into()),
        Just("based-on".into()),
        Just("CVE-2020-0001".into()),
    ];
    let names = prop::sample::select(vec![
        "name",
        "value",
        "pattern",
        "modified",
        "relationship_type",
        "description",
        "content",
        "opinion",
        "published",
        "x_misp_value",
    ]);
    let refs = prop::sample::select(vec![
        "source_ref",
        "target_ref",
        "created_by_ref",
        "sighting_of_ref",
        "content_ref",
    ]);
    let lists = prop::sample::select(vec![
        "object_refs",
        "resolves_to_refs",
        "where_sighted_refs",
        "object_marking_refs",
    ]);
    let one = (
        ids(),
        prop::collection::btree_map(names, texts.clone(), 0..4),
        prop::collection::btree_map(refs, ids(), 0..3),
        prop::collection::btree_map(lists, prop::collection::vec(ids(), 0..3), 0..3),
        prop::collection::vec(texts, 0..2),
        anything(),
    );
    let one = one.prop_map(|(id, texts, refs, lists, labels, other)| {
        let mut map = Map::new();
        map.insert("type".into(), json!(id.split("--").next()));
        map.insert("id".into(), json!(id));
        map.extend(
            texts
                .into_iter()
                .chain(refs)
                .map(|(name, value)| (name.to_owned(), json!(value))),
        );
        map.extend(
            lists
                .into_iter()
                .map(|(name, value)| (name.to_owned(), json!(value))),
        );
        map.insert("labels".into(), json!(labels));
        map.insert("x_other".into(), other);
        map
    });
    prop::collection::vec(one, 0..7).prop_map(|objects| Bundle {
        header:
            json!({"type": "bundle", "id": "bundle--a0c22599-9e58-4da4-96ac-7051603fa951", "x": 1})
                .as_object()
                .unwrap()
                .clone(),
        objects,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_event_comes_back(event in events()) {
        back(&event);
    }

    #[test]
    fn any_bundle_comes_back(bundle in bundles()) {
        let (event, _) = misp::stix_to_event(&bundle);
        let (again, _) = misp::event_to_stix(&event);
        prop_assert_eq!(jcs::canonical(&again.value()), jcs::canonical(&bundle.value()));
    }
}
