//! Since when the officers of the desk in force are in office: what was told before somebody came is not sealed to them.

use super::Aid;
use crate::body::aid::Desk;
use crate::ids::AgeRecipient;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// The officers in force by their recipients, each with the moment since which they are without a break.
#[derive(Clone, Debug, Default)]
pub struct InOffice {
    since: BTreeMap<AgeRecipient, Timestamp>,
    /// When the policy in force was named.
    named: Option<Timestamp>,
}

impl Aid {
    /// A new policy takes over from the one before.
    pub(in crate::state) fn take_office(&mut self, desk: &Desk, at: Timestamp) {
        let before = std::mem::take(&mut self.in_office.since);
        let officers = desk.officers.iter().map(|officer| {
            let since = before.get(&officer.recipient).copied();
            (officer.recipient.clone(), since.unwrap_or(at))
        });
        self.in_office = InOffice {
            since: officers.collect(),
            named: Some(at),
        };
    }
}

impl InOffice {
    /// What was told since then, some officer in force can open.
    #[must_use]
    pub fn readable_since(&self) -> Option<Timestamp> {
        self.since.values().min().copied()
    }

    /// What was told since then, every officer in force can open.
    #[must_use]
    pub fn readable_by_all_since(&self) -> Option<Timestamp> {
        self.since.values().max().copied()
    }

    /// Whether somebody in force was an officer of the version before too, so that what was sealed to that one is read.
    #[must_use]
    pub fn reads_the_version_before(&self) -> bool {
        self.readable_since() < self.named
    }
}
