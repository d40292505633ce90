//! The draft assessment that carries a suggestion into a case: one strand, one item.

use serde_json::{Value, json};
use suggest::{R_TECHNIQUE_CODING, STRAND_CORRUPTION, Weights, draft};

use super::attack::Attack;
use super::case::CaseFeatures;
use crate::problem::{Outcome, Problem};

/// Planting ease, parts per million: what groups use is public, so nearly anyone can use it.
const PHI: u32 = 900_000;

/// Which declared actor of the case is which group: `ACTOR=G0007`.
pub(super) fn actors(given: &[String], attack: &Attack) -> Outcome<Vec<(String, usize)>> {
    let one = |text: &String| {
        let hint = "say which declared actor of the case is which group: --actor UNIT-ONE=G0007";
        let (actor, group) = text
            .split_once('=')
            .ok_or_else(|| Problem::new(format!("`{text}` is not ACTOR=GROUP")).hint(hint))?;
        let is = |id: &str, name: &str| {
            id.eq_ignore_ascii_case(group) || name.eq_ignore_ascii_case(group)
        };
        let place = attack.groups.iter().position(|g| is(&g.id, &g.name));
        let place = place.ok_or_else(|| {
            Problem::new(format!("no group `{group}` in the knowledge")).hint(hint)
        })?;
        Ok((actor.to_owned(), place))
    };
    given.iter().map(one).collect()
}

/// An `assessment` statement, ready to be filled in and submitted.
pub(super) fn statement(
    attack: &Attack,
    case: &CaseFeatures,
    weights: &Weights,
    actors: &[(String, usize)],
) -> Value {
    let groups: Vec<usize> = actors.iter().map(|(_, group)| *group).collect();
    let ratios = draft(&attack.knowledge, &case.known, weights, &groups);
    let lr: Vec<Value> = actors
        .iter()
        .zip(&ratios)
        .map(|((actor, _), ratio)| json!({"actor": actor, "mban": ratio.mban}))
        .collect();
    let item = json!({
        "id": "SUGGESTION", "strand": "SUGGESTION", "kind": "suggestion",
        "reliability": "C", "credibility": 3, "r_ppm": R_TECHNIQUE_CODING, "phi_ppm": PHI, "lr": lr,
        "upstream": ["mitre-attack"], "exhibits": [case.sha256], "recheckable": true,
        "source": {"organisation": "mitre", "state": "US"},
    });
    let strand = json!({
        "id": "SUGGESTION", "rho_ppm": 1_000_000, "c_ppm": STRAND_CORRUPTION, "machine": true,
    });
    json!({
        "type": "assessment", "case": "your-case",
        "body": {"content": {"strands": [strand], "items": [item]}},
    })
}
