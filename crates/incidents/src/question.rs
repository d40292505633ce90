//! Saved questions: counts that state their unit, their rule and their unknown share.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::{Base, Incident, LagKind};

/// The publisher's word for the security industry's attributions.
const INDUSTRY: &str = "Industry attribution";
/// Its word for those of governments.
const GOVERNMENT: &str = "Political attribution";

/// A saved question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Which countries' initiators are said to have hit which countries' receivers.
    WhoAttackedWhom,
    /// On what basis state-linked incidents were attributed.
    AttributionBasis,
    /// How long it took.
    TimeToAttribution,
    /// How state-linked incidents were answered.
    Responses,
}

/// One line of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What is counted here.
    pub label: String,
    /// The rule that makes one count, where the line has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The figure.
    pub n: i64,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The question.
    pub question: Question,
    /// What is counted once.
    pub unit: String,
    /// What makes one count.
    pub rule: String,
    /// How many units the question was asked of.
    pub of: usize,
    /// Of these, how many could not be decided.
    pub unknown: usize,
    /// The lines.
    pub rows: Vec<Row>,
}

impl Question {
    /// All saved questions.
    pub const ALL: [Self; 4] = [
        Self::WhoAttackedWhom,
        Self::AttributionBasis,
        Self::TimeToAttribution,
        Self::Responses,
    ];

    /// The name the command and the API take.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WhoAttackedWhom => "who-attacked-whom",
            Self::AttributionBasis => "attribution-basis",
            Self::TimeToAttribution => "time-to-attribution",
            Self::Responses => "responses",
        }
    }

    /// The question of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|q| q.as_str() == name)
    }

    /// Answers it over a base.
    #[must_use]
    pub fn answer(self, base: &Base) -> Answer {
        match self {
            Self::WhoAttackedWhom => who_attacked_whom(base),
            Self::AttributionBasis => attribution_basis(base),
            Self::TimeToAttribution => time_to_attribution(base),
            Self::Responses => responses(base),
        }
    }
}

const LINKED: &str =
    "an initiator is coded `State` or `Non-state actor, state-affiliation suggested`";

fn row(label: &str, rule: &str, n: usize) -> Row {
    Row {
        label: label.to_owned(),
        rule: Some(rule.to_owned()),
        n: count(n),
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn who_attacked_whom(base: &Base) -> Answer {
    let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut of, mut unknown) = (0, 0);
    for incident in base.incidents.iter().filter(|i| i.state_linked()) {
        of += 1;
        let from: BTreeSet<&str> = incident
            .initiators
            .iter()
            .filter_map(|i| i.country.as_deref())
            .collect();
        if from.is_empty() || incident.receivers.is_empty() {
            unknown += 1;
        }
        for initiator in from {
            for receiver in &incident.receivers {
                *pairs.entry((initiator, receiver)).or_default() += 1;
            }
        }
    }
    let mut rows: Vec<Row> = Vec::with_capacity(pairs.len());
    for ((from, to), n) in pairs {
        rows.push(Row {
            label: format!("{from} → {to}"),
            rule: None,
            n: count(n),
        });
    }
    rows.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.label.cmp(&b.label)));
    Answer {
        question: Question::WhoAttackedWhom,
        unit: "state-linked incident, once per pair of initiator country and receiver country"
            .to_owned(),
        rule: format!("state-linked: {LINKED}; countries as the publisher codes them"),
        of,
        unknown,
        rows,
    }
}

fn attribution_basis(base: &Base) -> Answer {
    let mut bases: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
    for attribution in &base.attributions {
        let list = bases.entry(&attribution.incident).or_default();
        list.push(attribution.basis.as_deref());
    }
    let linked: Vec<&Incident> = base.incidents.iter().filter(|i| i.state_linked()).collect();
    let (mut industry, mut several, mut government, mut unknown) = (0, 0, 0, 0);
    for incident in &linked {
        let stated = bases
            .get(incident.id.as_str())
            .map_or(&[][..], Vec::as_slice);
        let kinds: BTreeSet<&str> = stated.iter().flatten().copied().collect();
        unknown += usize::from(kinds.is_empty());
        let all_industry = !stated.is_empty() && stated.iter().all(|b| *b == Some(INDUSTRY));
        industry += usize::from(all_industry);
        several += usize::from(kinds.len() >= 2);
        government += usize::from(kinds.contains(GOVERNMENT));
    }
    Answer {
        question: Question::AttributionBasis,
        unit: "state-linked incident".to_owned(),
        rule: format!("state-linked: {LINKED}"),
        of: linked.len(),
        unknown,
        rows: vec![
            row("state-linked", LINKED, linked.len()),
            row(
                "industry attribution alone",
                "there are attribution rows and each states the basis `Industry attribution`",
                industry,
            ),
            row(
                "two or more kinds of basis",
                "its attribution rows state at least two different bases",
                several,
            ),
            row(
                "a government attribution",
                "an attribution row states the basis `Political attribution`",
                government,
            ),
        ],
    }
}

fn time_to_attribution(base: &Base) -> Answer {
    let mut rows = Vec::new();
    for kind in LagKind::ALL {
        let of_kind = base
            .incidents
            .iter()
            .flat_map(|i| &i.lags)
            .filter(|l| l.kind == kind);
        let mut days: Vec<i64> = of_kind.map(|l| l.days).collect();
        days.sort_unstable();
        let before = days.iter().filter(|d| **d < 0).count();
        let name = kind.as_str();
        rows.push(row(
            &format!("{name}: incidents"),
            "a difference in days is coded",
            days.len(),
        ));
        rows.push(row(
            &format!("{name}: before the coded start"),
            "the difference is below zero",
            before,
        ));
        for (label, percent) in [
            ("first quartile", 25),
            ("median", 50),
            ("third quartile", 75),
        ] {
            // nearest rank
            let rank = (percent * days.len()).div_ceil(100);
            if let Some(value) = rank.checked_sub(1).and_then(|i| days.get(i)) {
                rows.push(Row {
                    label: format!("{name}: {label}, days"),
                    rule: Some("nearest rank over the incidents of this kind".to_owned()),
                    n: *value,
                });
            }
        }
    }
    let coarse = |i: &&Incident| i.start.as_ref().is_some_and(|s| s.maybe_year_only);
    rows.push(row(
        "coded as starting on 1 January",
        "the day may stand for the year; such differences can be a year off",
        base.incidents.iter().filter(coarse).count(),
    ));
    Answer {
        question: Question::TimeToAttribution,
        unit: "incident with a coded difference, per kind of attribution".to_owned(),
        rule: "days from the coded start to the first attribution of the kind, as the publisher computed them".to_owned(),
        of: base.incidents.len(),
        unknown: base.incidents.iter().filter(|i| i.lags.is_empty()).count(),
        rows,
    }
}

fn responses(base: &Base) -> Answer {
    let linked: Vec<&Incident> = base.incidents.iter().filter(|i| i.state_linked()).collect();
    let with = |rule: fn(&Incident) -> bool| linked.iter().filter(|i| rule(i)).count();
    Answer {
        question: Question::Responses,
        unit: "state-linked incident".to_owned(),
        rule: format!(
            "state-linked: {LINKED}; 0 in the data means that no response was coded, not that there was none"
        ),
        of: linked.len(),
        unknown: with(|i| !i.responses.any),
        rows: vec![
            row(
                "political response",
                "political_response is 1",
                with(|i| i.responses.political),
            ),
            row(
                "legal response",
                "legal_response is 1",
                with(|i| i.responses.legal),
            ),
            row("any response", "response is 1", with(|i| i.responses.any)),
        ],
    }
}
