//! The author link: the finding first, the law second.
//!
//! The ladder of state responsibility is Healey's (*Beyond Attribution*, Atlantic Council 2012); the articles are those
//! of the International Law Commission (A/RES/56/83).

use crate::facts::{Index, Judged, WordReading};
use crate::{ControlTest, Element, Kleene, Party, Policy, Proof};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a finding says of one party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// The standard of proof reached, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// Likelihood that it is the author, parts per million; printed, never decisive.
    pub likelihood_ppm: u32,
    /// Whether the finding exonerates it.
    #[serde(default)]
    pub exonerated: bool,
    /// The finding's identifier.
    pub finding: String,
}

/// What the finding of a case says of authors. Empty: no finding.
pub type Authorship = BTreeMap<Party, Found>;

/// A legal assessment of a state's part in the conduct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// 1: forbids it and helps to stop it.
    Prohibited,
    /// 2: forbids it but cannot stop it.
    ProhibitedInadequate,
    /// 3: knows and does nothing.
    Ignored,
    /// 4: encourages it.
    Encouraged,
    /// 5: others conduct it, the state gives some support.
    Shaped,
    /// 6: suggests operational details to others.
    Coordinated,
    /// 7: instructs others.
    Ordered,
    /// 8: forces of the state, without orders.
    RogueConducted,
    /// 9: organs of the state, under orders.
    Executed,
    /// 10: own forces and others under their direction.
    Integrated,
    /// An entity empowered to exercise governmental authority.
    EmpoweredEntity,
    /// Acknowledged and adopted.
    Adopted,
}

impl Link {
    /// All, the ladder first.
    pub const ALL: [Self; 12] = [
        Self::Prohibited,
        Self::ProhibitedInadequate,
        Self::Ignored,
        Self::Encouraged,
        Self::Shaped,
        Self::Coordinated,
        Self::Ordered,
        Self::RogueConducted,
        Self::Executed,
        Self::Integrated,
        Self::EmpoweredEntity,
        Self::Adopted,
    ];

    /// Step of the ladder, 1 to 10; none for a ground beside it.
    #[must_use]
    pub fn step(self) -> Option<u8> {
        let at = Self::ALL.iter().position(|l| *l == self);
        at.and_then(|i| u8::try_from(i + 1).ok())
            .filter(|n| *n <= 10)
    }

    /// The word in coded facts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prohibited => "prohibited",
            Self::ProhibitedInadequate => "prohibited-inadequate",
            Self::Ignored => "ignored",
            Self::Encouraged => "encouraged",
            Self::Shaped => "shaped",
            Self::Coordinated => "coordinated",
            Self::Ordered => "ordered",
            Self::RogueConducted => "rogue-conducted",
            Self::Executed => "executed",
            Self::Integrated => "integrated",
            Self::EmpoweredEntity => "empowered-entity",
            Self::Adopted => "adopted",
        }
    }

    /// The article relied on.
    #[must_use]
    pub fn article(self) -> &'static str {
        match self {
            Self::Prohibited | Self::ProhibitedInadequate | Self::Ignored => {
                "no article attributes this; due diligence is judged apart"
            }
            Self::Encouraged => "no article attributes this",
            Self::Shaped | Self::Coordinated => "ARSIWA art. 8 (direction or control)",
            Self::Ordered => "ARSIWA art. 8 (instructions)",
            Self::RogueConducted => "ARSIWA art. 4 with art. 7",
            Self::Executed => "ARSIWA art. 4",
            Self::Integrated => "ARSIWA art. 4 and art. 8",
            Self::EmpoweredEntity => "ARSIWA art. 5",
            Self::Adopted => "ARSIWA art. 11",
        }
    }

    /// Whether it makes the conduct the state's, under a test of control.
    #[must_use]
    pub fn attributes(self, test: ControlTest) -> Kleene {
        match (self, test) {
            (Self::Prohibited | Self::ProhibitedInadequate | Self::Ignored, _)
            | (Self::Encouraged, _)
            | (Self::Shaped, ControlTest::Effective) => Kleene::NotMet,
            (Self::Shaped, ControlTest::Overall) | (Self::Coordinated, ControlTest::Effective) => {
                Kleene::Unknown
            }
            _ => Kleene::Met,
        }
    }
}

/// The author link of one party, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorReading {
    /// Both together.
    pub value: Kleene,
    /// The finding's part.
    pub fact: Kleene,
    /// The law's part; for a party that is no state, met.
    pub law: Kleene,
    /// In words, both parts.
    pub reason: String,
    /// The links that were coded.
    pub links: Vec<WordReading>,
}

/// Whether the party conducted the operation (docs/norms.md, Author link).
pub(crate) fn conducted(
    party: &Party,
    authorship: &Authorship,
    index: &Index<'_>,
    policy: Policy,
) -> AuthorReading {
    let (fact, said) = found(authorship.get(party), policy.proof);
    if !party.is_state() {
        return AuthorReading {
            value: fact,
            fact,
            law: Kleene::Met,
            reason: format!("{said}; no state: it answers for its own conduct"),
            links: Vec::new(),
        };
    }
    let links: Vec<(Link, WordReading)> = Link::ALL
        .iter()
        .map(|link| {
            let reading = index.read(Element::AuthorLink, link.as_str(), Judged::About(party));
            (*link, reading)
        })
        .collect();
    let under = |test| law(&links, test);
    let law = under(policy.control);
    let mut reason = format!("{said}; {}", explain(&links, policy.control, law));
    let other = match policy.control {
        ControlTest::Effective => ControlTest::Overall,
        ControlTest::Overall => ControlTest::Effective,
    };
    if under(other) != law {
        let (word, test) = (in_words(under(other)), other.authority());
        reason.push_str(&format!("; under {test} it would be {word}"));
    }
    AuthorReading {
        value: fact.and(law),
        fact,
        law,
        reason,
        links: links
            .into_iter()
            .map(|(_, r)| r)
            .filter(|r| !r.coders.is_empty())
            .collect(),
    }
}

fn found(found: Option<&Found>, wanted: Proof) -> (Kleene, String) {
    let Some(found) = found else {
        return (
            Kleene::Unknown,
            "no finding speaks of this party".to_owned(),
        );
    };
    let Found {
        proof,
        exonerated,
        finding,
        ..
    } = found;
    match (exonerated, proof) {
        (true, None) => (Kleene::NotMet, format!("finding {finding} exonerates it")),
        (true, Some(_)) => {
            let why = format!("finding {finding} both exonerates it and finds it the author");
            (Kleene::Unknown, why)
        }
        (false, Some(reached)) if *reached >= wanted => {
            let why =
                format!("found the author at {reached:?} (asked: {wanted:?}), finding {finding}");
            (Kleene::Met, why)
        }
        (false, Some(reached)) => {
            let why = format!("finding {finding} reaches {reached:?} only (asked: {wanted:?})");
            (Kleene::Unknown, why)
        }
        (false, None) => {
            let why = format!("finding {finding} reaches no standard of proof");
            (Kleene::Unknown, why)
        }
    }
}

fn law(links: &[(Link, WordReading)], test: ControlTest) -> Kleene {
    let each = links
        .iter()
        .map(|(link, r)| r.value.and(link.attributes(test)));
    each.fold(Kleene::NotMet, Kleene::or)
}

fn explain(links: &[(Link, WordReading)], test: ControlTest, law: Kleene) -> String {
    let met = links.iter().filter(|(_, r)| r.value == Kleene::Met);
    let named: Vec<String> = met
        .map(|(link, _)| {
            let step = link.step().map_or(String::new(), |n| format!("step {n}, "));
            format!("{} ({step}{})", link.as_str(), link.article())
        })
        .collect();
    let test = test.authority();
    match (named.is_empty(), law) {
        (true, Kleene::Unknown) => "the link in law is not assessed".to_owned(),
        (true, _) => format!("in law {} under {test}", in_words(law)),
        (false, _) => format!(
            "in law {}: {} under {test}",
            in_words(law),
            named.join(", ")
        ),
    }
}

/// The value as pages say it.
pub(crate) fn in_words(value: Kleene) -> &'static str {
    match value {
        Kleene::Met => "met",
        Kleene::NotMet => "not met",
        Kleene::Unknown => "unknown",
    }
}
