//! What a case's techniques and software are: a list of them, or a STIX bundle that refers to them.

use std::collections::BTreeSet;
use std::path::Path;

use exchange::stix::Reader;
use serde::Deserialize;

use super::attack::{Attack, attack_id};
use crate::knowledge;
use crate::problem::{Outcome, Problem};

/// Largest case file, unpacked, in bytes (16 MiB).
const MAX_CASE_BYTES: u64 = 16 << 20;

/// Properties through which STIX objects refer to others.
const REFERENCES: [&str; 3] = ["source_ref", "target_ref", "sighting_of_ref"];

/// The features of a case.
#[derive(Debug)]
pub(super) struct CaseFeatures {
    /// Each once, in the order of their identifiers.
    pub(super) known: Vec<usize>,
    /// Names that the knowledge does not have.
    pub(super) unknown: Vec<String>,
    /// SHA-256 of the file.
    pub(super) sha256: String,
}

/// A list of techniques and software, by ATT&CK identifier or name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default)]
    techniques: Vec<String>,
    #[serde(default)]
    software: Vec<String>,
}

pub(super) fn read(path: &Path, attack: &Attack) -> Outcome<CaseFeatures> {
    let bytes = knowledge::read(path, MAX_CASE_BYTES)?;
    let problem = |p: Problem| {
        p.of(path.display())
            .hint("a case is {\"techniques\": [...], \"software\": [...]} with ATT&CK identifiers or names, or a STIX bundle")
    };
    let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|e| problem(e.into()))?;
    let (names, maybe) = if value.get("type").is_some_and(|t| t == "bundle") {
        stix(&bytes).map_err(problem)?
    } else {
        let listed: Listed = serde_json::from_value(value).map_err(|e| problem(e.into()))?;
        (
            listed
                .techniques
                .into_iter()
                .chain(listed.software)
                .collect(),
            Vec::new(),
        )
    };
    let mut known = BTreeSet::new();
    let mut unknown = Vec::new();
    for name in &names {
        match attack.features(name).as_slice() {
            [] => unknown.push(name.clone()),
            [one] => {
                known.insert(*one);
            }
            several => {
                let ids: Vec<&str> = several.iter().map(|f| attack.id(*f)).collect();
                return Err(problem(Problem::new(format!(
                    "`{name}` may be {}; say which",
                    ids.join(" or ")
                ))));
            }
        }
    }
    known.extend(maybe.iter().flat_map(|id| attack.features(id)));
    if known.is_empty() {
        return Err(problem(Problem::new(
            "no technique and no software that the knowledge has",
        )));
    }
    Ok(CaseFeatures {
        known: known.into_iter().collect(),
        unknown,
        sha256: tlog::sha256(&bytes).to_string(),
    })
}

/// Names of techniques and software in a bundle, and STIX identifiers it refers to, which may be anything.
fn stix(bytes: &[u8]) -> Outcome<(Vec<String>, Vec<String>)> {
    let (mut names, mut references) = (Vec::new(), Vec::new());
    for object in Reader::bundle(bytes) {
        let object = object?;
        if matches!(object.kind(), "attack-pattern" | "malware" | "tool") {
            names.extend(
                attack_id(&object)
                    .or_else(|| object.text("name"))
                    .map(str::to_owned),
            );
        }
        let single = REFERENCES.iter().filter_map(|r| object.text(r));
        references.extend(single.chain(object.texts("object_refs")).map(str::to_owned));
    }
    Ok((names, references))
}
