//! What patterns compare, and which are no patterns.

use proptest::prelude::*;
use solferino_exchange::stix::pattern::{
    Comparison, Edition, Literal, MAX_PATTERN_DEPTH, Operator, Pattern, PatternProblem, comparisons,
};
use solferino_exchange::stix::validate;

fn one(pattern: &str) -> Comparison {
    let mut all = comparisons(pattern).unwrap();
    assert_eq!(all.len(), 1, "{pattern}");
    all.remove(0)
}

#[test]
fn paths_operators_and_constants_are_read() {
    let c = one("[file:hashes.'SHA-256' = 'ab']");
    assert_eq!(
        (c.object.as_str(), c.operator, c.negated),
        ("file", Operator::Equal, false)
    );
    assert_eq!(c.path_texts(), ["hashes", "SHA-256"]);
    assert_eq!(c.values, [Literal::Text("ab".into())]);

    let c = one(r"[windows-registry-key:key NOT LIKE 'HKEY\\it\'s%']");
    assert_eq!((c.operator, c.negated), (Operator::Like, true));
    assert_eq!(c.values, [Literal::Text(r"HKEY\it's%".into())]);

    let c = one(
        "[network-traffic:dst_ref.value[*] IN ('a', -7, 1.5, true, h'00', b'AA==', t'2020-01-01T00:00:00Z')]",
    );
    assert_eq!(c.path_texts(), ["dst_ref", "value", "[*]"]);
    assert_eq!(c.values.len(), 7);
    assert_eq!(
        c.values[6],
        Literal::Marked('t', "2020-01-01T00:00:00Z".into())
    );

    let c = one("[NOT EXISTS file:name]");
    assert_eq!(
        (c.operator, c.negated, c.values.len()),
        (Operator::Exists, true, 0)
    );
    assert_eq!(one("[a:b == 1]").operator, Operator::Equal);
    assert_eq!(one("[a:b <> 1]").operator, Operator::NotEqual);
}

#[test]
fn combinations_and_qualifiers_are_read() {
    for (pattern, count) in [
        ("[a:b='x'] AND [c:d='y'] OR [e:f=1]", 3),
        (
            "([a:b='x'] FOLLOWEDBY [c:d='y']) WITHIN 300 SECONDS REPEATS 5 TIMES",
            2,
        ),
        (
            "[a:b='x' AND (c:d='y' OR c:d='z')] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'",
            3,
        ),
        ("[a:b='x' /* [c:d='y'] */ OR // end\n a:b='z']", 2),
        ("[a:b IN ()]", 1),
        ("[t:t='1' AND t:b='h']", 2),
    ] {
        assert_eq!(
            comparisons(pattern).map(|c| c.len()),
            Ok(count),
            "{pattern}"
        );
    }
}

#[test]
fn what_is_no_pattern_is_refused_at_its_place() {
    for (pattern, at) in [
        ("", 0),
        ("a:b='x'", 0),
        ("[a:b='x'", 8),
        ("[a:b='x]", 5),
        ("[a:b='x' and c:d='y']", 9),
        ("[a:b='x'] [c:d='y']", 10),
        ("[a:b='\\n']", 6),
        ("[a:b=]", 5),
        ("[a='x']", 2),
        ("[a:hashes.SHA-256='x']", 10),
        ("[a:b=007]", 5),
        ("[a:b IN 'x']", 8),
        ("[NOT a:b='x']", 5),
        ("[a:b='x'] WITHIN 'x' SECONDS", 17),
        ("[AND:b='x']", 1),
        ("[a:b[x]='x']", 5),
        ("[a:b=/* x]", 5),
        ("[a:b={}]", 5),
    ] {
        assert_eq!(comparisons(pattern).unwrap_err().at, at, "{pattern}");
    }
}

#[test]
fn depth_is_bounded_on_both_sides() {
    let nested = |n: usize| format!("{}[a:b=1]{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(comparisons(&nested(MAX_PATTERN_DEPTH)).unwrap().len(), 1);
    let error = comparisons(&nested(MAX_PATTERN_DEPTH + 1)).unwrap_err();
    assert_eq!(error.problem, PatternProblem::TooDeep);
    assert!(comparisons(&"[(".repeat(100_000)).is_err());
}

/// Patterns put together from their parts.
fn patterns() -> impl Strategy<Value = String> {
    let comparison = prop_oneof![
        Just("a:b = 1".to_owned()),
        Just("a:'b-c'[*].d NOT IN ('x', 'y')".to_owned()),
        Just("c:d LIKE '%\\'_'".to_owned()),
        Just("NOT EXISTS a:b".to_owned()),
        Just("a:b > t'2020-01-01T00:00:00Z'".to_owned()),
    ];
    let test = comparison.prop_recursive(3, 12, 3, |inner| {
        let several = proptest::collection::vec(inner, 2..4);
        (several, any::<bool>()).prop_map(|(parts, and)| {
            format!("({})", parts.join(if and { " AND " } else { " OR " }))
        })
    });
    let bracket = test.prop_map(|test| format!("[{test}]"));
    bracket.prop_recursive(3, 12, 3, |inner| {
        let several = proptest::collection::vec(inner, 1..4);
        let join = prop_oneof![Just(" AND "), Just(" OR "), Just(" FOLLOWEDBY ")];
        let limit = prop_oneof![
            Just(""),
            Just(" WITHIN 1.5 SECONDS"),
            Just(" REPEATS 2 TIMES")
        ];
        (several, join, limit)
            .prop_map(|(parts, join, limit)| format!("({}){limit}", parts.join(join)))
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_the_same(text in patterns()) {
        let pattern = Pattern::parse(&text, Edition::V21).unwrap();
        let printed = pattern.to_string();
        let again = Pattern::parse(&printed, Edition::V21).unwrap();
        prop_assert_eq!(again.to_string(), printed);
        if let (Ok(a), Ok(b)) = (pattern.canonical(), again.canonical()) {
            prop_assert_eq!(&a, &b);
            prop_assert_eq!(a.canonical(), Ok(b));
        }
    }

    #[test]
    fn any_text_comes_back_from_its_constant(text in "\\PC{0,20}") {
        let escaped = text.replace('\\', r"\\").replace('\'', r"\'");
        let c = one(&format!("[a:b='{escaped}']"));
        prop_assert_eq!(c.values, [Literal::Text(text)]);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]()'a:=. ANDOR/*\\\\\\-0-9tT]{0,40}") {
        if let Err(error) = comparisons(&text) {
            prop_assert!(error.at <= text.chars().count());
        }
    }
}

/// One pattern a line, and whether it is one.
const PATTERNS: &str = include_str!("vectors/patterns.jsonl");

#[test]
fn patterns_are_decided_as_the_grammar_and_its_rules_say() {
    assert!(PATTERNS.lines().count() > 70);
    for line in PATTERNS.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let judged = validate::pattern(line.as_bytes());
        let found: Vec<&str> = judged
            .report
            .errors
            .iter()
            .map(|e| e.message.as_str())
            .collect();
        assert_eq!(found.is_empty(), case["valid"] == true, "{line} {found:?}");
    }
}

/// What is no hash is an error where it keeps the pattern from ever matching, and a warning where the pattern may match.
#[test]
fn a_value_that_is_no_hash_is_an_error_only_where_nothing_can_match() {
    const GOOD: &str = "file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e'";
    let judged = |pattern: &str| {
        let given = serde_json::json!({"pattern": pattern}).to_string();
        let report = validate::pattern(given.as_bytes()).report;
        assert!(report.errors.iter().all(|e| e.code.text() == "pattern"));
        assert!(report.warnings.iter().all(|w| w.code.text() == "hash"));
        (report.errors.len(), report.warnings.len())
    };
    for (pattern, errors, warnings) in [
        ("[file:hashes.MD5 = 'no']", 1, 0),
        ("[file:hashes.MD5 NOT != 'no']", 1, 0),
        ("[file:hashes.MD5 IN ('no', 'none')]", 1, 0),
        ("[file:hashes.MD5 = 'no' AND file:name = 'a']", 1, 0),
        ("[file:hashes.MD5 = 'no' OR file:hashes.MD5 = 'none']", 2, 0),
        ("[file:hashes.MD5 = 'no'] AND [file:name = 'a']", 1, 0),
        (
            "[file:name = 'a'] FOLLOWEDBY [file:hashes.MD5 = 'no']",
            1,
            0,
        ),
        ("([file:hashes.MD5 = 'no']) WITHIN 5 SECONDS", 1, 0),
        // A comparison that could be true:
        ("[file:hashes.MD5 != 'no']", 0, 1),
        ("[file:hashes.MD5 NOT = 'no']", 0, 1),
        ("[file:hashes.MD5 NOT IN ('no', 'none')]", 0, 1),
        (
            "[file:hashes.MD5 IN ('no', 'd41d8cd98f00b204e9800998ecf8427e')]",
            0,
            1,
        ),
        ("[file:hashes.MD5 = 'no' OR file:name = 'a']", 0, 1),
        ("[file:hashes.MD5 = 'no'] OR [file:name = 'a']", 0, 1),
        ("[file:hashes.MD5 LIKE 'no%']", 0, 0),
        // One part that is wrong in an arm, and one that is wrong whatever the arms are:
        (
            "[(file:hashes.MD5 = 'no' OR file:name = 'a') AND file:hashes.MD5 = 'none']",
            1,
            1,
        ),
    ] {
        assert_eq!(judged(pattern), (errors, warnings), "{pattern}");
    }
    assert_eq!(judged(&format!("[{GOOD}]")), (0, 0));
    // What may match does: the pattern that was an error until it was looked at closely.
    let matched = validate::pattern(
        br#"{"pattern": "[file:hashes.MD5 != 'no']", "observations": [{"type": "observed-data",
            "id": "observed-data--b67d30ff-02ac-498a-92f9-32f845f448cf", "first_observed": "2020-01-01T00:00:00Z",
            "last_observed": "2020-01-01T00:00:00Z", "number_observed": 1,
            "objects": {"0": {"type": "file", "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427e"}}}}]}"#,
    );
    assert_eq!(matched.matches, Some(Ok(true)));
}

#[test]
fn addresses_are_one_pattern_in_any_spelling_that_says_one_number() {
    let canonical = |value: &str| {
        let text = format!("[ipv4-addr:value = '{value}']");
        let pattern = Pattern::parse(&text, Edition::V21).unwrap();
        pattern.canonical().unwrap().to_string()
    };
    for (a, b) in [
        ("01.02.03.04", "1.2.3.4"),
        ("1.2.003.9/24", "1.2.3.0/24"),
        ("00.0.000.7", "0.0.0.7"),
    ] {
        assert_eq!(canonical(a), canonical(b), "{a} {b}");
    }
    // Eight in octal digits, ten in decimal ones: which is meant is not said.
    assert_ne!(canonical("010.0.0.7"), canonical("8.0.0.7"));
    assert_ne!(canonical("010.0.0.7"), canonical("10.0.0.7"));
}

#[test]
fn a_pattern_is_matched_against_the_observations_beside_it() {
    let answer = |name: &str| {
        let line = serde_json::json!({
            "pattern": format!("[file:name = '{name}']"),
            "observations": [{
                "type": "bundle",
                "objects": [
                    {"type": "observed-data", "id": "observed-data--1", "number_observed": 1,
                     "first_observed": "2020-01-01T00:00:00Z", "last_observed": "2020-01-01T00:00:00Z",
                     "object_refs": ["file--1"]},
                    {"type": "file", "id": "file--1", "name": "a"},
                ],
            }],
        });
        validate::pattern(line.to_string().as_bytes()).matches
    };
    assert_eq!(
        (answer("a"), answer("b")),
        (Some(Ok(true)), Some(Ok(false)))
    );
    let alone = validate::pattern(br#"{"pattern": "[file:name = 'a']"}"#);
    assert_eq!(alone.matches, None);
}
