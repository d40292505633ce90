//! What holds for all cases: charter, members, reports, norms, the governing time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use tlog::Hash;

use crate::body::charter::{CharterText, Region, SeatRole};
use crate::body::members::{Declare, EnrolledRole, Funding};
use crate::ids::{Country, InstrumentId, MemberId, Slug, StatementId, Vkey};
use crate::law::Law;
use crate::state::calibration::Question;
use crate::state::complaint::Complaint;
use crate::state::reports::Reports;
use crate::table::Role;
use crate::time::Timestamp;

/// The record-wide state.
#[derive(Clone, Debug, Default)]
pub struct Global {
    /// The governing time: of the last tick, or of genesis.
    pub time: Option<Timestamp>,
    /// The charter in force, or waiting for its founders.
    pub charter: Option<CharterText>,
    /// Founders that have signed.
    pub founded_by: BTreeSet<Vkey>,
    /// Amendments waiting for votes, by digest.
    pub amendments: BTreeMap<Hash, PendingAmendment>,
    /// All members ever, by identifier.
    pub members: BTreeMap<MemberId, Member>,
    /// Every key that was ever a member's, with its member.
    pub keys: BTreeMap<Vkey, MemberId>,
    /// Entries of the funding ledger, in record order.
    pub funding: Vec<Funding>,
    /// Reports, by statement.
    pub reports: Reports,
    /// Texts of norms and who took them on.
    pub law: Arc<Law>,
    /// Pledges, by statement: who adhered to which accord.
    pub pledges: BTreeMap<StatementId, (MemberId, InstrumentId)>,
    /// Calibration questions, by identifier.
    pub questions: BTreeMap<Slug, Question>,
    /// Warnings, in record order.
    pub warnings: Vec<StatementId>,
    /// Complaints, by statement.
    pub complaints: BTreeMap<StatementId, Complaint>,
    /// How many complaints of a key are open; keys with none are left out.
    pub open_complaints: BTreeMap<Vkey, u32>,
    /// The selection rules ever in force, in order; a rule kept by an amendment stands once.
    pub selection_rules: Vec<SelectionRule>,
}

/// A selection rule and since when it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SelectionRule {
    /// SHA-256 of its text, which the vault holds.
    pub sha256: Hash,
    /// Version of the charter that brought it.
    pub version: u32,
    /// Governing time from which it is in force.
    pub from: Timestamp,
}

/// A member's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberRole {
    /// By charter.
    Seated(SeatRole),
    /// By enrolment.
    Enrolled(EnrolledRole),
}

impl MemberRole {
    /// As a role of the table.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Seated(SeatRole::Registrar) => Role::Registrar,
            Self::Seated(SeatRole::Reviewer) => Role::Reviewer,
            Self::Enrolled(EnrolledRole::Investigator) => Role::Investigator,
            Self::Enrolled(EnrolledRole::Laboratory) => Role::Laboratory,
            Self::Enrolled(EnrolledRole::State) => Role::State,
            Self::Enrolled(EnrolledRole::Company) => Role::Company,
        }
    }
}

/// A member.
#[derive(Clone, Debug)]
pub struct Member {
    /// What it may do.
    pub role: MemberRole,
    /// Jurisdiction.
    pub jurisdiction: Country,
    /// Region, for seats.
    pub region: Option<Region>,
    /// The key in force.
    pub key: Vkey,
    /// Digest of the next key.
    pub next_key_sha256: Hash,
    /// Whether the key was revoked.
    pub revoked: bool,
    /// Whether the charter in force still seats it; always true for enrolled members.
    pub seated: bool,
    /// What it declared last.
    pub declared: Option<Declare>,
    /// Every state it ever declared a tie to: a tie cannot be undeclared before a vote.
    pub ties: BTreeSet<Country>,
}

/// An amendment waiting for its quorum.
#[derive(Clone, Debug)]
pub struct PendingAmendment {
    /// The new text.
    pub text: CharterText,
    /// Votes so far.
    pub votes: BTreeMap<MemberId, bool>,
}

impl Member {
    /// A member with a key that has said nothing yet.
    pub(super) fn new(
        role: MemberRole,
        jurisdiction: &Country,
        region: Option<Region>,
        key: &Vkey,
        next_key_sha256: Hash,
    ) -> Self {
        Self {
            role,
            jurisdiction: jurisdiction.clone(),
            region,
            key: key.clone(),
            next_key_sha256,
            revoked: false,
            seated: true,
            declared: None,
            ties: BTreeSet::new(),
        }
    }
}

impl Global {
    /// The charter in force, once every founder has signed.
    #[must_use]
    pub fn charter_in_force(&self) -> Option<&CharterText> {
        self.charter
            .as_ref()
            .filter(|c| c.founders.iter().all(|f| self.founded_by.contains(f)))
    }

    /// The member whose key in force this is.
    #[must_use]
    pub fn member_of(&self, key: &Vkey) -> Option<(&MemberId, &Member)> {
        let id = self.keys.get(key)?;
        let member = self.members.get(id)?;
        (member.key == *key).then_some((id, member))
    }

    /// A seated reviewer that may act.
    #[must_use]
    pub fn reviewer(&self, id: &MemberId) -> Option<&Member> {
        self.members
            .get(id)
            .filter(|m| m.role == MemberRole::Seated(SeatRole::Reviewer) && m.seated && !m.revoked)
    }

    /// How many of these members there are, and from how many regions.
    pub fn spread<'a>(&self, members: impl Iterator<Item = &'a MemberId>) -> (u32, u32) {
        let mut count = 0;
        let mut regions = BTreeSet::new();
        for id in members {
            count += 1;
            regions.extend(self.members.get(id).and_then(|m| m.region));
        }
        (count, u32::try_from(regions.len()).unwrap_or(u32::MAX))
    }
}
