//! Trust policies.

use solferino_tlog as tlog;
use tlog::{DecimalError, KeyError, KeyType, MAX_POLICY_BYTES, Policy, PolicyError, PolicyProblem};

use crate::support::{log_key, witness_key};

/// A policy of the shape of the specification's example, with spaces, tabs and comments.
pub(crate) fn example() -> String {
    let vkey = |number| witness_key(number).verifier_key();
    format!(
        "# two groups\n\
         log {} https://example.org/log/\n\n\
         witness X1 {}\n\
         witness\tX2 {}  https://witness.example/\n\
         \t# indented comment\n\
         witness X3 {}\n\
         group X-witnesses 2 X1 X2 X3\n\
         witness Y1 {}\n\
         witness Y2 {} \n\
         group Y-witnesses any Y1 Y2\n \n\
         group X-and-Y all X-witnesses Y-witnesses\n\
         quorum X-and-Y\n",
        log_key().verifier_key(),
        vkey(1),
        vkey(2),
        vkey(3),
        vkey(4),
        vkey(5),
    )
}

fn problem(text: impl AsRef<[u8]>) -> (usize, PolicyProblem) {
    let PolicyError { line, problem } = Policy::parse(text).unwrap_err();
    (line, problem)
}

#[test]
fn a_policy_displays_as_it_was_written() {
    let policy = Policy::parse(example()).unwrap();
    assert_eq!(policy.to_string(), example());
    assert_eq!((policy.logs().len(), policy.witnesses().len()), (1, 5));
    assert_eq!(
        policy.logs()[0].url.as_deref(),
        Some("https://example.org/log/")
    );
    assert_eq!(
        policy.witnesses()[1].url.as_deref(),
        Some("https://witness.example/")
    );
    let thresholds: Vec<usize> = policy
        .groups()
        .iter()
        .map(|group| group.threshold)
        .collect();
    assert_eq!(thresholds, [2, 1, 2]);
    assert_eq!(policy.quorum(), Some("X-and-Y"));
}

#[test]
fn quorums_count_witnesses_through_their_groups() {
    let policy = Policy::parse(example()).unwrap();
    let satisfied = |numbers: &[u8]| {
        let keys: Vec<_> = numbers
            .iter()
            .map(|n| witness_key(*n).verifier_key())
            .collect();
        policy.is_satisfied_by(&keys)
    };
    for enough in [&[1, 2, 4][..], &[2, 3, 5], &[1, 2, 3, 4, 5], &[5, 3, 1, 9]] {
        assert!(satisfied(enough), "{enough:?}");
    }
    for lacking in [
        &[][..],
        &[1, 2],
        &[1, 4],
        &[1, 1, 4],
        &[4, 5],
        &[1, 2, 9],
        &[1, 2, 3],
    ] {
        assert!(!satisfied(lacking), "{lacking:?}");
    }
}

#[test]
fn a_quorum_may_be_one_witness_or_none() {
    let none = Policy::parse("quorum none\n").unwrap();
    assert_eq!(none.quorum(), None);
    assert!(none.is_satisfied_by(&[]));
    assert!(none.accepts_log(&log_key().verifier_key()));
    let key = witness_key(1).verifier_key();
    let single = Policy::parse(format!("witness w {key}\nquorum w\n")).unwrap();
    assert!(!single.is_satisfied_by(&[]));
    assert!(!single.is_satisfied_by(&[witness_key(2).verifier_key()]));
    assert!(single.is_satisfied_by(&[key]));
}

#[test]
fn the_limits_of_the_specification_are_held() {
    let mut text = String::new();
    for number in 0..40_u8 {
        let log = tlog::SigningKey::from_seed("l", [number; 32], KeyType::Ed25519).unwrap();
        text.push_str(&format!("log {}\n", log.verifier_key()));
        text.push_str(&format!(
            "witness w{number} {}\n",
            witness_key(number).verifier_key()
        ));
        let before = number
            .checked_sub(1)
            .map(|n| format!(" g{n}"))
            .unwrap_or_default();
        text.push_str(&format!("group g{number} all w{number}{before}\n"));
    }
    text.push_str("quorum g39\n");
    let policy = Policy::parse(&text).unwrap();
    let all = policy.witness_keys();
    assert!(policy.is_satisfied_by(&all));
    assert!(!policy.is_satisfied_by(&all[1..]));
    let large = format!("{}quorum none\n", " \n".repeat(MAX_POLICY_BYTES / 2));
    let length = large.len();
    assert_eq!(problem(large), (1, PolicyProblem::TooLarge { length }));
}

#[test]
fn wrong_lines_are_refused_with_their_number() {
    let name = |name: &str| name.to_owned();
    let (w1, w2) = (witness_key(1).verifier_key(), witness_key(2).verifier_key());
    let head = format!("witness a {w1}\nwitness b {w2}\n");
    let third = |line: &str| {
        let (number, problem) = problem(format!("{head}{line}\nquorum none\n"));
        assert_eq!(number, 3, "{line}");
        problem
    };
    assert_eq!(
        third("Log x"),
        PolicyProblem::Keyword {
            keyword: name("Log")
        }
    );
    assert!(matches!(
        third("log"),
        PolicyProblem::Items { items: 1, .. }
    ));
    assert!(matches!(
        third("witness c"),
        PolicyProblem::Items { items: 2, .. }
    ));
    assert!(matches!(
        third("group g any"),
        PolicyProblem::Items { items: 3, .. }
    ));
    assert!(matches!(
        third("quorum a b"),
        PolicyProblem::Items { items: 3, .. }
    ));
    // Comments are whole lines only.
    assert!(matches!(
        third("quorum a # why"),
        PolicyProblem::Items { .. }
    ));
    assert!(matches!(
        third("log x+y"),
        PolicyProblem::Key(KeyError::Parts)
    ));
    let log_type = PolicyProblem::KeyType {
        actual: KeyType::CosignatureV1,
        needed: "Ed25519 or subtree/v1",
    };
    assert_eq!(third(&format!("log {w1}")), log_type);
    let witness_type = PolicyProblem::KeyType {
        actual: KeyType::Ed25519,
        needed: "cosignature/v1 or subtree/v1",
    };
    assert_eq!(
        third(&format!("witness c {}", log_key().verifier_key())),
        witness_type
    );
    assert_eq!(
        third(&format!("witness c {w1}")),
        PolicyProblem::DuplicateKey
    );
    // The same key under another name is still the same key.
    let bytes = w1.public_key_bytes();
    let renamed = tlog::VerifierKey::new("other", bytes, KeyType::CosignatureV1).unwrap();
    assert_eq!(
        third(&format!("witness c {renamed}")),
        PolicyProblem::DuplicateKey
    );
    let w3 = witness_key(3).verifier_key();
    let taken = |of: &str| PolicyProblem::DuplicateName { name: name(of) };
    assert_eq!(third(&format!("witness a {w3}")), taken("a"));
    assert_eq!(third(&format!("witness none {w3}")), taken("none"));
    assert_eq!(third("group a any b"), taken("a"));
    assert_eq!(third("group none any b"), taken("none"));
    let unknown = |of: &str| PolicyProblem::UnknownName { name: name(of) };
    assert_eq!(third("group g any c"), unknown("c"));
    assert_eq!(third("group g any g"), unknown("g"));
    assert_eq!(third("quorum c"), unknown("c"));
    assert_eq!(
        third("group g any a a"),
        PolicyProblem::Member { name: name("a") }
    );
    assert_eq!(
        third("group g any none"),
        PolicyProblem::Member { name: name("none") }
    );
    let range = |threshold| PolicyProblem::ThresholdRange {
        threshold,
        members: 2,
    };
    assert_eq!(third("group g 0 a b"), range(0));
    assert_eq!(third("group g 3 a b"), range(3));
    assert_eq!(
        third("group g 01 a b"),
        PolicyProblem::Threshold(DecimalError::LeadingZero)
    );
    assert!(matches!(
        third("group g ALL a b"),
        PolicyProblem::Threshold(_)
    ));
    assert_eq!(
        third("quorum a\r"),
        PolicyProblem::ControlCharacter { byte: b'\r' }
    );
    assert_eq!(
        third("# \u{7f}"),
        PolicyProblem::ControlCharacter { byte: 0x7f }
    );
}

#[test]
fn a_name_is_a_member_of_one_group_only() {
    let key = witness_key(1).verifier_key();
    let text = format!("witness a {key}\ngroup g any a\ngroup h any a\nquorum g\n");
    assert_eq!(
        problem(text),
        (3, PolicyProblem::Member { name: "a".into() })
    );
}

#[test]
fn wrong_wholes_are_refused() {
    assert_eq!(problem(""), (1, PolicyProblem::NoQuorum));
    assert_eq!(problem("# nothing\n\n"), (2, PolicyProblem::NoQuorum));
    assert_eq!(
        problem("quorum none"),
        (1, PolicyProblem::MissingFinalNewline)
    );
    assert_eq!(
        problem("quorum none\nquorum none\n"),
        (2, PolicyProblem::SecondQuorum)
    );
    assert_eq!(
        problem(b"#\n\xff\nquorum none\n"),
        (2, PolicyProblem::NotUtf8)
    );
    let log = log_key().verifier_key();
    assert_eq!(
        problem(format!("log {log}\nlog {log}\nquorum none\n")),
        (2, PolicyProblem::DuplicateKey)
    );
}
