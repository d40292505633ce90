//! What helpers can do: a closed list, and all of it defensive. There is no word for acting on the systems of others.

use crate::need::Incident;
use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// What a helper can do.
    Skill, "skill";
    /// Getting accounts back and keeping them.
    Accounts = "accounts",
    /// Mail: phishing, filters, authentication of senders.
    Mail = "mail",
    /// Leading the answer to an incident.
    Incident = "incident",
    /// Reading disks without changing them.
    Disks = "disks",
    /// Reading memory without changing it.
    Memory = "memory",
    /// Phones and tablets.
    Phones = "phones",
    /// Reading logs.
    Logs = "logs",
    /// Understanding what malware did to the requester's systems.
    Malware = "malware",
    /// Networks: separating, filtering, watching one's own.
    Networks = "networks",
    /// Staying reachable under denial of service.
    Availability = "availability",
    /// Web sites and what runs them.
    Websites = "websites",
    /// Backups, and coming back from them.
    Backups = "backups",
    /// Who may do what: identities and access.
    Access = "access",
    /// Services rented from others.
    Cloud = "cloud",
    /// Machines that move or measure things.
    Industrial = "industrial",
    /// Talking and working safely.
    SafeCommunication = "safe-communication",
    /// Removal of what was published about people.
    Takedown = "takedown",
    /// Law: duties to report, data protection.
    Law = "law",
    /// Words for the public.
    PublicWords = "public-words",
    /// Care for people under pressure.
    Care = "care",
    /// Translation and interpreting.
    Interpreting = "interpreting",
    /// Teaching.
    Teaching = "teaching",
}

words! {
    /// How well.
    Level, "level";
    /// Has learnt it.
    Basic = "basic",
    /// Does it regularly.
    Practised = "practised",
    /// Leads others in it.
    Expert = "expert",
}

/// Hours of one unit of work: the grain in which help is asked for and given.
pub const UNIT_HOURS: u32 = 4;
/// Units of one slot, at most.
pub const MAX_UNITS: u8 = 20;

/// One part of a team: so many units of a skill, at this level or above. One helper or several fill it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// What has to be done.
    pub skill: Skill,
    /// How well at least.
    pub level: Level,
    /// Units of [`UNIT_HOURS`] hours.
    pub units: u8,
}

/// The smallest team worth sending for an incident, where the requester cannot say what they need and triage knows no better.
#[must_use]
pub fn smallest_team(incident: Incident) -> Vec<Slot> {
    let parts: &[(Skill, u8)] = match incident {
        Incident::AbusiveContent => &[(Skill::Takedown, 1), (Skill::Care, 1)],
        Incident::MaliciousCode => &[
            (Skill::Incident, 2),
            (Skill::Malware, 1),
            (Skill::Backups, 2),
        ],
        Incident::Intrusion | Incident::IntrusionAttempt => {
            &[(Skill::Incident, 1), (Skill::Logs, 2)]
        }
        Incident::Availability => &[(Skill::Availability, 1), (Skill::Networks, 1)],
        Incident::InformationSecurity => &[(Skill::Incident, 1), (Skill::Logs, 1), (Skill::Law, 1)],
        Incident::Fraud => &[(Skill::Accounts, 1), (Skill::Mail, 1)],
        Incident::InformationGathering | Incident::Vulnerable | Incident::Other => {
            &[(Skill::Incident, 1)]
        }
    };
    let level = Level::Practised;
    let slot = |&(skill, units): &(Skill, u8)| Slot {
        skill,
        level,
        units,
    };
    parts.iter().map(slot).collect()
}
