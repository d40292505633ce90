//! The weights that ship.

use solferino_suggest::{SHIPPED, Weights, WeightsError, ranker};

use crate::support::file;

#[test]
fn the_shipped_weights_are_whole() {
    let weights = Weights::shipped().unwrap();
    assert_eq!(
        weights.weights.len(),
        ranker(SHIPPED).unwrap().centre().len()
    );
    let answers: usize = weights.reliability.iter().map(|b| b.answers).sum();
    assert_eq!(answers, weights.measured_on.iter().sum::<usize>());
    let right: usize = weights.reliability.iter().map(|b| b.right).sum();
    assert!(right < answers && right > 0);
    assert_eq!(weights.bin(1.0), weights.reliability.last());
    assert_eq!(weights.bin(0.0), weights.reliability.first());
}

#[test]
fn learned_weights_are_read_back_and_others_refused() {
    let learned = Weights::learn(&file(), "0".repeat(64), Some("v2.0")).unwrap();
    let text = serde_json::to_string(&learned).unwrap();
    assert_eq!(Weights::parse(text.as_bytes()).unwrap(), learned);
    let other = text.replace("suggest-weights-1", "suggest-weights-9");
    assert!(matches!(
        Weights::parse(other.as_bytes()),
        Err(WeightsError::Other { .. })
    ));
}
