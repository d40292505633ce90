//! A STIX bundle as MITRE publishes it, as profiles of groups.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use exchange::stix::{Object, Reader};
use serde_json::Value;
use suggest::{Kind, Knowledge, Profile};

use crate::problem::{Outcome, Problem};

/// The source name under which MITRE's own identifiers stand.
const MITRE: &str = "mitre-attack";

/// A group of the bundle.
#[derive(Debug)]
pub(super) struct KnownGroup {
    pub(super) id: String,
    pub(super) name: String,
    /// Other names, the name itself not among them.
    pub(super) aliases: Vec<String>,
}

/// Groups and what each is known to use. Groups and features are in the order of their identifiers.
#[derive(Debug)]
pub(super) struct Attack {
    pub(super) knowledge: Knowledge,
    pub(super) groups: Vec<KnownGroup>,
    /// Features by identifier, name, other name and STIX identifier, in lower case.
    names: BTreeMap<String, BTreeSet<usize>>,
    ids: Vec<String>,
}

/// A technique, a piece of software or a group.
struct Entry {
    id: String,
    name: String,
    aliases: Vec<String>,
    stix: String,
}

/// "a group uses a feature", with the sources cited for it.
struct Use {
    group: String,
    feature: String,
    sources: BTreeSet<String>,
}

impl Attack {
    /// Reads a bundle object by object.
    pub(super) fn read(bundle: impl Read) -> Outcome<Self> {
        let (mut features, mut groups, mut uses) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for object in Reader::bundle(bundle) {
            let object = object?;
            if object.revoked() || object.get("x_mitre_deprecated") == Some(&Value::Bool(true)) {
                continue;
            }
            match object.kind() {
                "attack-pattern" => keep(&mut features, &object, Kind::Technique),
                "malware" | "tool" => keep(&mut features, &object, Kind::Software),
                "intrusion-set" => keep(&mut groups, &object, ()),
                "relationship" => uses.extend(one_use(&object)),
                _ => {}
            }
        }
        if groups.is_empty() {
            let hint = "give the enterprise-attack.json of https://github.com/mitre-attack/attack-stix-data";
            return Err(
                Problem::new("no intrusion-set with an ATT&CK identifier in it").hint(hint),
            );
        }
        Ok(Self::build(features, groups, &uses))
    }

    fn build(
        features: BTreeMap<String, (Entry, Kind)>,
        groups: BTreeMap<String, (Entry, ())>,
        uses: &[Use],
    ) -> Self {
        let feature_at: BTreeMap<&str, usize> = features
            .values()
            .enumerate()
            .map(|(i, (e, _))| (e.stix.as_str(), i))
            .collect();
        let group_at: BTreeMap<&str, usize> = groups
            .values()
            .enumerate()
            .map(|(i, (e, ()))| (e.stix.as_str(), i))
            .collect();
        let mut cited: Vec<BTreeMap<usize, BTreeSet<&str>>> = vec![BTreeMap::new(); groups.len()];
        for one in uses {
            let (group, feature) = (
                group_at.get(one.group.as_str()),
                feature_at.get(one.feature.as_str()),
            );
            if let (Some(group), Some(feature)) = (group, feature) {
                cited[*group]
                    .entry(*feature)
                    .or_default()
                    .extend(one.sources.iter().map(String::as_str));
            }
        }
        let profiles: Vec<Profile> = cited.iter().map(profile).collect();
        let kinds: Vec<Kind> = features.values().map(|(_, kind)| *kind).collect();
        let mut names: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (at, (entry, _)) in features.values().enumerate() {
            for name in [&entry.id, &entry.name, &entry.stix]
                .into_iter()
                .chain(&entry.aliases)
            {
                names.entry(name.to_lowercase()).or_default().insert(at);
            }
        }
        let ids = features.into_keys().collect();
        let groups = groups.into_values().map(|(e, ())| KnownGroup {
            id: e.id,
            name: e.name,
            aliases: e.aliases,
        });
        Self {
            knowledge: Knowledge::new(&kinds, &profiles),
            groups: groups.collect(),
            names,
            ids,
        }
    }

    /// The features that an identifier or a name means; an identifier means one, a name may mean several.
    pub(super) fn features(&self, name: &str) -> Vec<usize> {
        let found = self.names.get(&name.trim().to_lowercase());
        found.map_or_else(Vec::new, |f| f.iter().copied().collect())
    }

    /// Identifier of a feature.
    pub(super) fn id(&self, feature: usize) -> &str {
        self.ids.get(feature).map_or("", String::as_str)
    }
}

fn profile(cited: &BTreeMap<usize, BTreeSet<&str>>) -> Profile {
    let sources: BTreeSet<&str> = cited.values().flatten().copied().collect();
    let count = |s: &BTreeSet<&str>| u32::try_from(s.len()).unwrap_or(u32::MAX).max(1);
    Profile {
        features: cited
            .iter()
            .map(|(feature, s)| (*feature, count(s)))
            .collect(),
        sources: u32::try_from(sources.len()).unwrap_or(u32::MAX),
    }
}

/// The ATT&CK identifier of an object, where MITRE gave it one.
pub(super) fn attack_id(object: &Object) -> Option<&str> {
    let references = object.list("external_references").iter();
    let own = |r: &&Value| r.get("source_name").and_then(Value::as_str) == Some(MITRE);
    references
        .filter(own)
        .find_map(|r| r.get("external_id")?.as_str())
}

fn keep<K>(into: &mut BTreeMap<String, (Entry, K)>, object: &Object, kind: K) {
    let (Some(id), Some(name)) = (attack_id(object), object.text("name")) else {
        return;
    };
    let aliases = object
        .texts("aliases")
        .chain(object.texts("x_mitre_aliases"));
    let entry = Entry {
        id: id.to_owned(),
        name: name.to_owned(),
        aliases: aliases.filter(|a| *a != name).map(str::to_owned).collect(),
        stix: object.id().to_owned(),
    };
    into.insert(id.to_owned(), (entry, kind));
}

fn one_use(object: &Object) -> Option<Use> {
    if object.text("relationship_type") != Some("uses") {
        return None;
    }
    let (group, feature) = (object.text("source_ref")?, object.text("target_ref")?);
    let sources = object.list("external_references").iter();
    let named = sources
        .filter_map(|r| r.get("source_name")?.as_str())
        .filter(|s| *s != MITRE);
    group.starts_with("intrusion-set--").then(|| Use {
        group: group.to_owned(),
        feature: feature.to_owned(),
        sources: named.map(str::to_owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUNDLE: &[u8] = include_bytes!("../../../tests/data/knowledge.json");

    #[test]
    fn profiles_come_out_in_the_order_of_identifiers() {
        let attack = Attack::read(BUNDLE).unwrap();
        let ids: Vec<&str> = attack.groups.iter().map(|g| g.id.as_str()).collect();
        assert_eq!(ids, ["G9001", "G9002", "G9003"]);
        assert_eq!(attack.knowledge.sources(0), 2.0);
        let shared = attack.features("T9001")[0];
        assert_eq!(
            (attack.knowledge.spread(shared), attack.id(shared)),
            (2, "T9001")
        );
        assert_eq!(attack.features("Night Lamp"), attack.features("s9001"));
        assert!(attack.features("T9999").is_empty(), "revoked");
    }

    #[test]
    fn a_bundle_without_groups_is_refused() {
        let problem = Attack::read(&br#"{"type": "bundle", "objects": []}"#[..]).unwrap_err();
        assert!(problem.hint.is_some());
    }
}
