//! What holds for all cases: charter, members, reports, norms, the governing time.

use std::collections::{BTreeMap, BTreeSet};

use tlog::Hash;

use crate::body::case::ConsentLevel;
use crate::body::charter::{CharterText, Region, SeatRole};
use crate::body::members::{Declare, EnrolledRole, Funding};
use crate::body::rules::{Accede, Leave, Register, Reserve};
use crate::ids::{CaseId, Country, MemberId, Slug, StatementId, Vkey};
use crate::state::calibration::Question;
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
    /// Money received.
    pub funding: Vec<Funding>,
    /// Reports of which more is known than that they came in, by statement; all of them:
    /// [`crate::state::State::report`].
    pub reports: BTreeMap<StatementId, Report>,
    /// Norms in the record, by identifier.
    pub norms: BTreeMap<Slug, Register>,
    /// Proposed norms and who affirmed them.
    pub proposals: BTreeMap<Slug, BTreeSet<MemberId>>,
    /// Accessions, in record order.
    pub accessions: Vec<Accede>,
    /// Reservations, in record order.
    pub reservations: Vec<Reserve>,
    /// Withdrawals from instruments, in record order.
    pub withdrawals: Vec<Leave>,
    /// Pledges, by statement: who adhered to which accord.
    pub pledges: BTreeMap<StatementId, (MemberId, Slug)>,
    /// Calibration questions, by identifier.
    pub questions: BTreeMap<Slug, Question>,
    /// Warnings, in record order.
    pub warnings: Vec<StatementId>,
    /// Complaints, in record order, with the statement complained of.
    pub complaints: Vec<(StatementId, StatementId)>,
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

/// A report and what became of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// The reporter's key.
    pub reporter: Vkey,
    /// Governing time when it came in.
    pub received: Timestamp,
    /// Consent for the report itself.
    pub consent: Option<ConsentLevel>,
    /// Consent for single exhibits.
    pub exhibit_consent: BTreeMap<Hash, ConsentLevel>,
    /// The report and its consents, in record order.
    pub statements: Vec<(u64, StatementId)>,
    /// The case it led to.
    pub case: Option<CaseId>,
    /// Whether it was refused.
    pub refused: bool,
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

impl Report {
    /// A report just received.
    pub(super) fn new(reporter: Vkey, received: Timestamp, statement: (u64, StatementId)) -> Self {
        Self {
            reporter,
            received,
            consent: None,
            exhibit_consent: BTreeMap::new(),
            statements: vec![statement],
            case: None,
            refused: false,
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
