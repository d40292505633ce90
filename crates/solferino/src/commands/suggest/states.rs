//! Which state a group is said to act for: the MISP threat-actor galaxy, by identifier and by name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::attack::KnownGroup;
use crate::problem::{Outcome, Problem};

/// What the galaxy says of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// One state, ISO 3166-1 alpha-2.
    One(String),
    /// Several entries bear a name of this group and name different states.
    Ambiguous(Vec<String>),
    /// No entry, or none that names a state.
    Unknown,
}

impl State {
    /// How it is printed.
    pub(super) fn label(&self) -> String {
        match self {
            Self::One(state) => state.clone(),
            Self::Ambiguous(states) => format!("ambiguous ({})", states.join(" or ")),
            Self::Unknown => "unknown".to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct Galaxy {
    values: Vec<Actor>,
}

#[derive(Deserialize)]
struct Actor {
    value: String,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    country: Value,
    #[serde(default)]
    synonyms: Vec<String>,
    /// `NAME:UUID`, among the names ATT&CK identifiers.
    #[serde(default, rename = "name-attribution")]
    attributed_names: Vec<String>,
}

/// The state of each group, in their order.
pub(super) fn of(groups: &[KnownGroup], galaxy: &[u8]) -> Outcome<Vec<State>> {
    let galaxy: Galaxy = serde_json::from_slice(galaxy).map_err(|e| {
        Problem::from(e).hint("give the threat-actor.json of the MISP galaxy (folder `clusters`)")
    })?;
    let mut states: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for actor in &galaxy.values {
        let countries: Vec<&str> = match &actor.meta.country {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        let attributed = actor
            .meta
            .attributed_names
            .iter()
            .filter_map(|n| n.split(':').next());
        let synonyms = actor.meta.synonyms.iter().map(String::as_str);
        for name in attributed.chain(synonyms).chain([actor.value.as_str()]) {
            let entry = states.entry(plain(name)).or_default();
            entry.extend(countries.iter().map(|c| c.to_uppercase()));
        }
    }
    Ok(groups.iter().map(|group| one(group, &states)).collect())
}

fn one(group: &KnownGroup, states: &BTreeMap<String, BTreeSet<String>>) -> State {
    // The identifier is decisive where an entry carries it; names are shared between groups more often.
    let by_id = states.get(&plain(&group.id));
    let names = [&group.name].into_iter().chain(&group.aliases);
    let by_name = || {
        names
            .filter_map(|n| states.get(&plain(n)))
            .flatten()
            .cloned()
            .collect()
    };
    let found: BTreeSet<String> = by_id.cloned().unwrap_or_else(by_name);
    let mut found: Vec<String> = found.into_iter().collect();
    match found.len() {
        0 => State::Unknown,
        1 => found.pop().map_or(State::Unknown, State::One),
        _ => State::Ambiguous(found),
    }
}

/// Letters and digits only, in lower case: "APT 28" and "APT28" are one name.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(id: &str, names: &[&str]) -> KnownGroup {
        let aliases = names[1..].iter().map(|n| (*n).to_owned()).collect();
        KnownGroup {
            id: id.to_owned(),
            name: names[0].to_owned(),
            aliases,
        }
    }

    #[test]
    fn identifiers_decide_and_shared_names_stay_ambiguous() {
        let galaxy = br#"{"values": [
            {"value": "Lamp", "meta": {"country": "AA", "synonyms": ["Night Owl"], "name-attribution": ["G1:x"]}},
            {"value": "Owl Two", "meta": {"country": "bb", "synonyms": ["night-owl"]}},
            {"value": "Stateless", "meta": {}}, {"value": "Bare"}]}"#;
        let groups = [
            group("G1", &["Night Owl"]),
            group("G2", &["Night Owl"]),
            group("G3", &["X", "OwlTwo"]),
            group("G4", &["Stateless"]),
        ];
        let states = of(&groups, galaxy).unwrap();
        let ambiguous = State::Ambiguous(vec!["AA".to_owned(), "BB".to_owned()]);
        let want = [
            State::One("AA".to_owned()),
            ambiguous,
            State::One("BB".to_owned()),
            State::Unknown,
        ];
        assert_eq!(states, want);
    }
}
