//! Part of an incident base: by year, country, sector, three-valued.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::{Base, Effect, Incident};

/// Which incidents a question is asked of. What is not set asks nothing; names are compared without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// The year it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// A country an initiator is coded with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiator: Option<String>,
    /// A country a receiver is coded with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
    /// A receiver's category or sub-category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
}

/// What a filter did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selected {
    /// What was asked.
    pub filter: Filter,
    /// Incidents it was asked of.
    pub of: usize,
    /// Incidents that surely meet it: the question is asked of these.
    pub selected: usize,
    /// Incidents of which the base does not say whether they meet it; left out.
    pub unknown: usize,
}

impl Filter {
    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The part of a base that surely meets the filter, and how many incidents could not be decided.
    #[must_use]
    pub fn select(&self, base: &Base) -> (Base, Selected) {
        let mut effects: BTreeMap<&str, Vec<&Effect>> = BTreeMap::new();
        for effect in &base.effects {
            effects.entry(&effect.incident).or_default().push(effect);
        }
        let mut kept = BTreeSet::new();
        let mut unknown = 0;
        for incident in &base.incidents {
            let of = effects
                .get(incident.id.as_str())
                .map_or(&[][..], Vec::as_slice);
            match self.meets(incident, of) {
                Some(true) => {
                    kept.insert(incident.id.as_str());
                }
                Some(false) => {}
                None => unknown += 1,
            }
        }
        let selected = Selected {
            filter: self.clone(),
            of: base.incidents.len(),
            selected: kept.len(),
            unknown,
        };
        let part = part(base, &kept);
        (part, selected)
    }

    /// Kleene's and over what is asked: one no decides, else one unknown leaves it open.
    fn meets(&self, incident: &Incident, effects: &[&Effect]) -> Option<bool> {
        let mut all = Some(true);
        for answer in [
            self.year.map(|year| began_in(incident, year)),
            self.initiator.as_ref().map(|country| {
                among(
                    country,
                    incident.initiators.iter().map(|i| i.country.as_deref()),
                )
            }),
            self.receiver.as_ref().map(|country| {
                let listed = incident.receivers.iter().map(|r| Some(r.as_str()));
                among(
                    country,
                    listed.chain(effects.iter().map(|e| e.country.as_deref())),
                )
            }),
            self.sector.as_ref().map(|sector| {
                let words = |e: &&Effect| [e.category.clone(), e.subcategory.clone()];
                let words: Vec<_> = effects.iter().flat_map(words).collect();
                // An effect without a sub-category is no unknown one where its category is stated.
                let stated = effects.iter().all(|e| e.category.is_some());
                match among(sector, words.iter().map(|w| w.as_deref())) {
                    None if stated && !effects.is_empty() => Some(false),
                    other => other,
                }
            }),
        ]
        .into_iter()
        .flatten()
        {
            all = match (all, answer) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (None, _) | (_, None) => None,
                _ => Some(true),
            };
        }
        all
    }
}

/// The day coded 1 January may stand for the year: the year is right in both readings.
fn began_in(incident: &Incident, year: u16) -> Option<bool> {
    let start = incident.start.as_ref()?;
    Some(start.day.starts_with(&format!("{year:04}-")))
}

/// Whether a word is among those coded; not known where some are blank or there are none.
fn among<'a>(word: &str, coded: impl Iterator<Item = Option<&'a str>>) -> Option<bool> {
    let (mut any, mut blank) = (false, false);
    for value in coded {
        any = true;
        match value {
            Some(value) if value.to_lowercase() == word.to_lowercase() => return Some(true),
            Some(_) => {}
            None => blank = true,
        }
    }
    (any && !blank).then_some(false)
}

fn part(base: &Base, kept: &BTreeSet<&str>) -> Base {
    let within = |id: &String| kept.contains(id.as_str());
    let campaigns = base.campaigns.iter().filter_map(|campaign| {
        let mut campaign = campaign.clone();
        campaign.incidents.retain(|id| within(id));
        (!campaign.incidents.is_empty()).then_some(campaign)
    });
    Base {
        format: base.format.clone(),
        source: base.source.clone(),
        incidents: base
            .incidents
            .iter()
            .filter(|i| within(&i.id))
            .cloned()
            .collect(),
        effects: base
            .effects
            .iter()
            .filter(|e| within(&e.incident))
            .cloned()
            .collect(),
        attributions: base
            .attributions
            .iter()
            .filter(|a| within(&a.incident))
            .cloned()
            .collect(),
        campaigns: campaigns.collect(),
        report: base.report.clone(),
    }
}
