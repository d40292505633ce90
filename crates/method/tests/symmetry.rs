//! Refusal 6: the verdict is the same under any renaming, bit for bit; and under any filing order.

use crate::support::{all_stages, params, stage};
use solferino_method::{Case, Evaluation, evaluate, evaluate_as_given};

/// Replaces whole identifiers in the JSON form of anything.
fn rename<T: serde::Serialize + serde::de::DeserializeOwned>(
    value: &T,
    names: &[(String, String)],
) -> T {
    fn walk(value: &mut serde_json::Value, names: &[(String, String)]) {
        match value {
            serde_json::Value::String(text) => {
                if let Some((_, new)) = names.iter().find(|(old, _)| old == text) {
                    text.clone_from(new);
                }
            }
            serde_json::Value::Array(rows) => rows.iter_mut().for_each(|row| walk(row, names)),
            serde_json::Value::Object(fields) => {
                fields.values_mut().for_each(|field| walk(field, names));
            }
            _ => {}
        }
    }
    let mut json = serde_json::to_value(value).unwrap();
    walk(&mut json, names);
    serde_json::from_value(json).unwrap()
}

/// Every actor, state, strand, item and source gets a name that sorts the other way round.
fn new_names(case: &Case) -> Vec<(String, String)> {
    let mut old: Vec<String> = Vec::new();
    old.extend(case.hypotheses.actors.iter().map(|a| a.id.clone()));
    old.extend(case.strands.iter().map(|s| s.id.clone()));
    old.extend(case.items.iter().map(|i| i.id.clone()));
    old.extend(case.items.iter().map(|i| i.source.organisation.clone()));
    let mut names: Vec<(String, String)> = Vec::new();
    for id in old {
        if !names.iter().any(|(known, _)| *known == id) {
            let new = format!("n{:03}", 999 - names.len());
            names.push((id, new));
        }
    }
    let mut states: Vec<String> = Vec::new();
    states.extend(
        case.hypotheses
            .actors
            .iter()
            .filter_map(|a| a.state.clone()),
    );
    states.extend(case.items.iter().filter_map(|i| i.source.state.clone()));
    for state in states {
        if !names.iter().any(|(known, _)| *known == state) {
            let new = format!("Z{}", char::from(b'Z' - (names.len() % 26) as u8));
            names.push((state, new));
        }
    }
    names
}

/// Gives actors called like a state ("CN"), and items called like a standard ("S1"), names of
/// their own, so that a text stands for one thing only.
fn apart(mut case: Case) -> Case {
    for item in &mut case.items {
        item.id = format!("item-{}", item.id);
    }
    let ids: Vec<String> = case
        .hypotheses
        .actors
        .iter()
        .map(|a| a.id.clone())
        .collect();
    let states: Vec<String> = case
        .hypotheses
        .actors
        .iter()
        .filter_map(|a| a.state.clone())
        .collect();
    let clash = ids.into_iter().filter(|id| states.contains(id));
    let names: Vec<(String, String)> = clash.map(|id| (id.clone(), format!("{id}-unit"))).collect();
    for actor in &mut case.hypotheses.actors {
        if let Some((_, new)) = names.iter().find(|(old, _)| *old == actor.id) {
            actor.id.clone_from(new);
        }
    }
    for item in &mut case.items {
        for ratio in &mut item.lr {
            if let Some((_, new)) = names.iter().find(|(old, _)| *old == ratio.actor) {
                ratio.actor.clone_from(new);
            }
        }
        for row in item.deception.iter_mut().flat_map(|d| &mut d.imitating) {
            if let Some((_, new)) = names.iter().find(|(old, _)| *old == row.actor) {
                row.actor.clone_from(new);
            }
        }
    }
    case
}

#[test]
fn renaming_permutes_the_output_and_changes_nothing_else() {
    for (name, case) in all_stages() {
        let case = apart(case);
        let names = new_names(&case);
        let renamed = rename(&case, &names);
        assert_ne!(case, renamed, "{name}");
        for evaluate in [evaluate, evaluate_as_given] {
            let before = evaluate(&case, &params()).unwrap();
            let after = evaluate(&renamed, &params()).unwrap();
            assert_eq!(rename(&before, &names), after, "{name}");
        }
    }
}

/// Two countries exchanged everywhere: the finding exchanges them, and every number stays.
#[test]
fn swapping_two_countries_swaps_the_finding() {
    let case = apart(stage("olympic2018", "T3"));
    let swap = [("RU", "KP"), ("KP", "RU")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let before = evaluate(&case, &params()).unwrap();
    let after = evaluate(&rename(&case, &swap), &params()).unwrap();
    assert_eq!(before.top_state.as_deref(), Some("RU"));
    assert_eq!(after.top_state.as_deref(), Some("KP"));
    assert_eq!(rename(&before, &swap), after);
}

/// The figures that do not depend on the order in which statements are listed.
fn figures(result: &Evaluation) -> String {
    let figures = (
        &result.actors,
        &result.states,
        &result.worst_strand,
        &result.gates,
        &result.naive,
        &result.envelope,
        &result
            .recheckable
            .as_ref()
            .map(|r| (r.p, r.worst, r.standard)),
    );
    serde_json::to_string(&figures).unwrap()
}

#[test]
fn the_order_of_items_and_strands_changes_no_bit() {
    for (name, case) in all_stages() {
        let mut permuted = case.clone();
        permuted.items.reverse();
        permuted.strands.reverse();
        for item in &mut permuted.items {
            item.lr.reverse();
        }
        let before = evaluate_as_given(&case, &params()).unwrap();
        let after = evaluate_as_given(&permuted, &params()).unwrap();
        assert_eq!(figures(&before), figures(&after), "{name}");
        let sorted = |result: &Evaluation| {
            let mut rows = result.without_item.clone();
            rows.sort_by(|a, b| a.removed.cmp(&b.removed));
            serde_json::to_string(&rows).unwrap()
        };
        assert_eq!(sorted(&before), sorted(&after), "{name}");
    }
}

#[test]
fn reading_the_printed_evaluation_gives_the_same_bits() {
    for (name, case) in all_stages() {
        let result = evaluate(&case, &params()).unwrap();
        let text = serde_json::to_string(&result).unwrap();
        let read: Evaluation = serde_json::from_str(&text).unwrap();
        assert_eq!(result, read, "{name}");
        assert_eq!(text, serde_json::to_string(&read).unwrap(), "{name}");
    }
}
