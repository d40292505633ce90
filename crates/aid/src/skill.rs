//! What helpers can do: a closed list, and all of it defensive. There is no word for acting on the systems of others.

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
