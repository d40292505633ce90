//! Tags: machine tags of taxonomies, and what they say on the scales STIX has (docs/misp.md, "Tags").

use serde_json::{Map, Value, json};

use super::json::text;

/// A machine tag taken apart: `namespace:predicate="value"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineTag<'a> {
    /// The taxonomy.
    pub namespace: &'a str,
    /// What is said.
    pub predicate: &'a str,
    /// The entry of the taxonomy, if the predicate has entries.
    pub value: Option<&'a str>,
}

impl<'a> MachineTag<'a> {
    /// Reads a tag; `None` if it is plain text.
    #[must_use]
    pub fn parse(tag: &'a str) -> Option<Self> {
        let (namespace, rest) = tag.split_once(':')?;
        let (predicate, value) = match rest.split_once('=') {
            Some((predicate, quoted)) => {
                let value = quoted.strip_prefix('"')?.strip_suffix('"')?;
                (predicate, Some(value))
            }
            None => (rest, None),
        };
        let fits = |name: &str| !name.is_empty() && !name.contains(['"', ' ', '=']);
        (fits(namespace) && fits(predicate)).then_some(Self {
            namespace,
            predicate,
            value,
        })
    }
}

impl std::fmt::Display for MachineTag<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.namespace, self.predicate)?;
        match self.value {
            Some(value) => write!(f, "=\"{value}\""),
            None => Ok(()),
        }
    }
}

/// A TLP 2.0 marking (FIRST, August 2022), the least restrictive first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the names are the standard's
pub enum Tlp {
    Clear,
    Green,
    Amber,
    AmberStrict,
    Red,
}

/// Identifiers of the TLP 2.0 marking definitions, and of the TLP 1.0 ones that say the same.
const TLP: &[(Tlp, &str, &str, &str)] = &[
    (
        Tlp::Clear,
        "clear",
        "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    ),
    (
        Tlp::Green,
        "green",
        "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    ),
    (
        Tlp::Amber,
        "amber",
        "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    ),
    (
        Tlp::AmberStrict,
        "amber+strict",
        "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        "",
    ),
    (
        Tlp::Red,
        "red",
        "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    ),
];

impl Tlp {
    /// The marking a tag stands for; `tlp:white` of TLP 1.0 is `clear`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let name = tag.strip_prefix("tlp:")?;
        let name = if name == "white" { "clear" } else { name };
        TLP.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The marking a marking definition stands for, of TLP 2.0 or 1.0.
    #[must_use]
    pub fn of_marking(id: &str) -> Option<Self> {
        let found = TLP.iter().find(|row| row.2 == id || row.3 == id);
        found.map(|row| row.0)
    }

    fn row(self) -> (&'static str, &'static str) {
        let found = TLP.iter().find(|row| row.0 == self);
        found.map_or(("", ""), |row| (row.1, row.2))
    }

    /// Its tag, such as `tlp:amber+strict`.
    #[must_use]
    pub fn tag(self) -> String {
        format!("tlp:{}", self.row().0)
    }

    /// The identifier of its marking definition.
    #[must_use]
    pub fn marking(self) -> &'static str {
        self.row().1
    }

    /// Its marking definition (OASIS, extension 60a3c5c5-0d10-413e-aab3-9e08dde9e88d).
    #[must_use]
    pub fn definition(self) -> Value {
        let (name, id) = self.row();
        json!({
            "type": "marking-definition", "spec_version": "2.1", "id": id,
            "created": "2022-10-01T00:00:00.000Z",
            "name": format!("TLP:{}", name.to_uppercase()),
            "extensions": {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":
                {"extension_type": "property-extension", "tlp_2_0": name}},
        })
    }
}

/// The analytic confidence that a machine tag states, as STIX writes it (appendix A); `None` if it states none.
///
/// The rank tells which scale decides when several are there, 0 first.
#[must_use]
pub fn confidence(tag: &str) -> Option<(u8, u8)> {
    let MachineTag {
        namespace,
        predicate,
        value,
    } = MachineTag::parse(tag)?;
    Some(match (namespace, predicate, value?) {
        ("estimative-language", "confidence-in-analytic-judgment", level) => match level {
            "low" => (0, 15),
            "moderate" => (0, 50),
            "high" => (0, 85),
            _ => return None,
        },
        ("misp", "confidence-level", level) => match level {
            "unconfident" => (1, 0),
            "rarely-confident" => (1, 15),
            "fairly-confident" => (1, 50),
            "usually-confident" | "completely-confident" => (1, 85),
            _ => return None,
        },
        ("admiralty-scale", "information-credibility", level) => match level {
            "1" => (2, 90),
            "2" => (2, 70),
            "3" => (2, 50),
            "4" => (2, 30),
            "5" => (2, 10),
            // 6, "cannot be judged", is unknown and no number.
            _ => return None,
        },
        _ => return None,
    })
}

/// The word for a STIX confidence; 0 is none, and absence says nothing.
#[must_use]
pub fn confidence_word(confidence: u64) -> Option<&'static str> {
    match confidence {
        1..=29 => Some("low"),
        30..=69 => Some("moderate"),
        70..=100 => Some("high"),
        _ => None,
    }
}

/// What the tags of a thing say in STIX.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) labels: Vec<Value>,
    pub(super) tlp: Option<Tlp>,
    pub(super) confidence: Option<u8>,
}

/// Reads the field `Tag` of a thing.
pub(super) fn said(thing: &Map<String, Value>) -> Said {
    let mut said = Said::default();
    let mut best: Option<(u8, u8)> = None;
    for tag in super::json::maps(thing, "Tag") {
        let Some(name) = text(tag, "name").filter(|name| !name.is_empty()) else {
            continue;
        };
        if let Some(tlp) = Tlp::of_tag(name) {
            said.tlp = said.tlp.max(Some(tlp));
            continue;
        }
        if let Some(found) = confidence(name) {
            best = Some(best.map_or(found, |b| b.min(found)));
        }
        said.labels.push(json!(name));
    }
    said.confidence = best.map(|(_, confidence)| confidence);
    said
}
