//! Rounds with their outcomes, for other implementations. `UPDATE=1` writes them anew: a change there is a change of docs/aid.md.

use crate::matching::generate::{Numbers, small};
use serde::{Deserialize, Serialize};
use solferino_aid::matching::{Outcome, Round, solve};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/matching.json");

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    seed: String,
    round: Round,
    round_digest: String,
    outcome: Outcome,
    outcome_digest: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn vectors() -> Vec<Vector> {
    let mut numbers = Numbers(8);
    let one = |number: u8| {
        let round = small(&mut numbers, 6).canonical().unwrap();
        let seed = [number; 32];
        let outcome = solve(round.clone(), &seed).unwrap();
        Vector {
            seed: hex(&seed),
            round_digest: hex(&round.digest().unwrap()),
            outcome_digest: hex(&outcome.digest().unwrap()),
            round,
            outcome,
        }
    };
    (1..=24).map(one).collect()
}

#[test]
fn rounds_have_the_outcomes_they_always_had() {
    let vectors = vectors();
    if std::env::var_os("UPDATE").is_some() {
        let lines: Vec<String> = vectors
            .iter()
            .map(|one| serde_json::to_string(one).unwrap())
            .collect();
        std::fs::write(FILE, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
    }
    let known: Vec<Vector> = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    assert_eq!(vectors.len(), known.len());
    for (now, known) in vectors.iter().zip(&known) {
        assert_eq!(now, known);
        assert_eq!(known.outcome.inputs, known.round_digest);
    }
    let teams: usize = known.iter().map(|one| one.outcome.teams.len()).sum();
    let unserved: usize = known.iter().map(|one| one.outcome.unserved.len()).sum();
    assert!(teams > 10 && unserved > 10, "{teams} {unserved}");
}
