//! The fuzz targets of the formats of others, without a fuzzer: the committed corpus, and seeded mutations of it.

use std::path::{Path, PathBuf};

use crate::formats::TARGETS;

/// Mutated inputs for each target, unless `SOLFERINO_FUZZ_INPUTS` says otherwise.
const INPUTS: usize = 1000;

fn folder(target: &str) -> PathBuf {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
    Path::new(root).join(target)
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder(target)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

#[test]
fn fuzz_corpus_replays() {
    let mut inputs = 0;
    for (name, target) in TARGETS {
        let corpus = corpus(name);
        assert!(corpus.len() >= 2, "{name}: a sample and a near miss");
        corpus.iter().for_each(|input| target(input));
        inputs += corpus.len();
    }
    println!("{} targets, {inputs} inputs replayed", TARGETS.len());
}

/// A generator with a fixed seed (xorshift64*): the same inputs in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }
}

/// Bytes and words that these parsers care about.
const TOKENS: &[&[u8]] = &[
    b"\n",
    b" ",
    b"[",
    b"]",
    b"{",
    b"}",
    b"(",
    b")",
    b"'",
    b"\"",
    b"\\",
    b",",
    b":",
    b"1e999",
    b"-0",
    b"18446744073709551616",
    b"\xff",
    b"\0",
    b"\xed\xa0\x80",
    b"\\ud800",
    b" AND ",
    b" OR ",
    b" FOLLOWEDBY ",
    b" NOT ",
    b" IN ",
    b" REPEATS 9 TIMES",
    b" WITHIN 1 SECONDS",
    b"t'",
    b"h'",
    b"null",
    b"[[[[[[[[",
    b"\"id\":",
    b"\"type\":",
    b"\"objects\":[",
    b"\"Attribute\":[",
];

/// One to four changes of a sample, or of two samples spliced.
fn mutated(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            4 => {
                let token = TOKENS[random.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
            5 => bytes.truncate(at),
            _ => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes
}

#[test]
fn fuzz_mutations_of_the_corpus_break_nothing() {
    let inputs = std::env::var("SOLFERINO_FUZZ_INPUTS");
    let inputs: usize = inputs.map_or(INPUTS, |number| number.parse().unwrap());
    for (number, (name, target)) in TARGETS.iter().enumerate() {
        let corpus = corpus(name);
        let mut random = Random(0x5eed_1000 + number as u64);
        for n in 0..inputs {
            let input = mutated(&corpus, &mut random);
            let kept = input.clone();
            let ran = std::panic::catch_unwind(move || target(&input));
            if ran.is_err() {
                let path = std::env::temp_dir().join(format!("solferino-{name}-{n}"));
                std::fs::write(&path, kept).unwrap();
                panic!("{name}: input {n} breaks it; it is in {}", path.display());
            }
        }
    }
    println!("{} targets, {inputs} mutated inputs each", TARGETS.len());
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
        std::fs::create_dir_all(folder(target)).unwrap();
        for (miss, bytes) in all {
            std::fs::write(folder(target).join(format!("{name}{miss}")), bytes).unwrap();
        }
    }
}
