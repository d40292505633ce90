//! The fuzz targets of the formats of others, without a fuzzer: the committed corpus, and seeded mutations of it.

use crate::formats::TARGETS;
use crate::replay;

/// This crate, whose neighbour is the corpus.
const HERE: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn fuzz_corpus_replays() {
    replay::replay(HERE, TARGETS);
}

#[test]
fn fuzz_mutations_of_the_corpus_break_nothing() {
    replay::mutate(HERE, TARGETS, 0x5eed_1000);
}

/// Valid samples, small.
const SAMPLES: &[(&str, &str, &str)] = &[
    (
        "stix_pattern",
        "hash",
        "[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']",
    ),
    (
        "stix_pattern",
        "observations",
        "([ipv4-addr:value ISSUBSET '198.51.100.0/24' AND NOT network-traffic:dst_port IN (80, 443)] FOLLOWEDBY [url:value LIKE 'https://%.example/_']) WITHIN 300 SECONDS",
    ),
    (
        "stix_pattern",
        "qualifiers",
        "[process:name MATCHES '^a(?=b)' OR EXISTS file:content_ref.payload_bin] REPEATS 5 TIMES START t'2021-01-01T00:00:00Z' STOP t'2021-02-01T00:00:00.5Z'",
    ),
    (
        "stix_pattern",
        "literals",
        "[x:a = h'00ff' OR x:b = b'AAEC' OR x:c.d[*].'e-f' != -1.5 OR x:g = true OR x:h < t'2021-01-01T00:00:00Z']",
    ),
    (
        "stix_bundle",
        "indicator",
        r#"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[{"type":"indicator","spec_version":"2.1","id":"indicator--28bb3599-77cd-4a82-a950-b5bc3caf07c4","created":"2021-07-18T00:00:00.000Z","modified":"2021-07-18T00:00:00.000Z","pattern":"[domain-name:value = 'a.example']","pattern_type":"stix","valid_from":"2021-07-18T00:00:00Z","extensions":{"extension-definition--92270e25-15d1-40a4-98fe-36a7450a570c":{"extension_type":"property-extension","x_a":[1,2.5,{"b":"c"}]}}},{"type":"domain-name","spec_version":"2.1","id":"domain-name--28bb3599-77cd-5a82-a950-b5bc3caf07c4","value":"a.example"}]}"#,
    ),
    (
        "stix_bundle",
        "two-zero",
        r#"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","spec_version":"2.0","objects":[{"type":"observed-data","id":"observed-data--28bb3599-77cd-4a82-a950-b5bc3caf07c4","created":"2017-01-01T00:00:00.000Z","modified":"2017-01-01T00:00:00.000Z","first_observed":"2017-01-01T00:00:00Z","last_observed":"2017-01-01T00:00:00Z","number_observed":1,"objects":{"0":{"type":"ipv4-addr","value":"198.51.100.7"}}}]}"#,
    ),
    (
        "misp",
        "event",
        r#"{"Event":{"uuid":"a6ef17d6-91cb-4a05-b10b-2f045daf874c","info":"a case","date":"2021-01-01","timestamp":"1609459200","published":true,"Orgc":{"uuid":"55f6ea5e-2c60-40e5-964f-47a8950d210f","name":"an organisation"},"Tag":[{"name":"tlp:amber"}],"Attribute":[{"uuid":"91ae0a21-c7ae-4c7f-b84b-b84a7ce53d1f","type":"domain|ip","category":"Network activity","value":"a.example|198.51.100.7","to_ids":true,"timestamp":"1609459200"}],"Object":[{"uuid":"5e384ae7-672c-4250-9cda-3b4da964451a","name":"file","meta-category":"file","timestamp":"1609459200","Attribute":[{"uuid":"ec96f1fc-6e50-405c-a0fa-6f06b20f5d6b","type":"md5","object_relation":"md5","value":"d41d8cd98f00b204e9800998ecf8427e","to_ids":false}]}]}}"#,
    ),
    (
        "misp",
        "galaxy",
        r#"{"uuid":"698774c7-8022-42c4-917f-8d6e4f06ada3","type":"threat-actor","name":"Threat Actor","version":1,"values":[{"uuid":"aff8f1c7-5a0a-4e9d-a9ee-4b8d4b6d3c5f","value":"an actor","meta":{"synonyms":["another name"],"country":"XX"},"related":[{"dest-uuid":"bff8f1c7-5a0a-4e9d-a9ee-4b8d4b6d3c5f","type":"similar"}]}]}"#,
    ),
    (
        "misp",
        "taxonomy",
        r#"{"namespace":"tlp","version":1,"predicates":[{"value":"red"}],"values":[]}"#,
    ),
];

/// Writes the samples into the corpus, with three near misses of each; what else is in there stays.
#[test]
#[ignore = "writes fuzz/corpus"]
fn plant_the_corpus() {
    for (target, name, text) in SAMPLES {
        let bytes = text.as_bytes();
        let middle = bytes.len() / 2;
        let mut doubled = bytes.to_vec();
        doubled.insert(middle, bytes[middle]);
        let mut changed = bytes.to_vec();
        changed[middle] ^= 1;
        let all = [
            ("", bytes.to_vec()),
            ("-short", bytes[..bytes.len() - 1].to_vec()),
            ("-doubled", doubled),
            ("-changed", changed),
        ];
        std::fs::create_dir_all(replay::folder(HERE, target)).unwrap();
        for (miss, bytes) in all {
            std::fs::write(
                replay::folder(HERE, target).join(format!("{name}{miss}")),
                bytes,
            )
            .unwrap();
        }
    }
}
