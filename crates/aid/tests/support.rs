//! What several tests need.

use solferino_aid::{
    Answer, Asset, Background, Channel, Consent, Contact, Data, Emblem, FORMAT, Function, Incident,
    Level, LifeSafety, Mitigation, Request, Sector, Skill, Slot, Support, Times, Tlp,
};
use std::collections::BTreeSet;

/// A campaign whose mail may be read by others: labelled as made up, and close to what happened.
pub(crate) fn form() -> Request {
    Request {
        format: FORMAT.to_owned(),
        story: "A reconstruction: a couple of messages came, and we were told to be careful."
            .to_owned(),
        background: Background {
            country: "A".parse().ok(),
            organisation: "O1".parse().ok(),
            ..Background::default()
        },
        contact: Contact {
            channel: Channel::Desk,
            address: String::new(),
            never: Vec::new(),
        },
        languages: BTreeSet::from(["en".parse().unwrap(), "fr".parse().unwrap()]),
        consent: Consent {
            store: true,
            share_with_helpers: true,
            publish_anonymised: false,
        },
        times: Times::default(),
        sector: Sector::Elections,
        incident: Incident::Fraud,
        assets: BTreeSet::from([Asset::Account]),
        emblem: Emblem::Absent,
        life_safety: LifeSafety::None,
        people: Some(30),
        function: Function::Degraded,
        data: Data::Special,
        ongoing: Answer::Yes,
        spill_over: Answer::No,
        mitigation: Mitigation::None,
        done_already: String::new(),
        support: Support::None,
        estimate: vec![Slot {
            skill: Skill::Mail,
            level: Level::Practised,
            units: 2,
        }],
        on_site: Answer::No,
        tlp: Tlp::Amber,
        exclusions: BTreeSet::new(),
        evidence: BTreeSet::new(),
    }
}
