//! What a round of matching is computed from.

use crate::hours::WeekHours;
use crate::matching::Barrier;
use crate::need::Need;
use crate::request::{MAX_SLOTS, Request, Tlp};
use crate::skill::{Level, MAX_UNITS, Skill, Slot};
use crate::text::{Id, Label, Language};
use crate::triage::{Class, triage};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// Bytes of a round as JSON.
pub const MAX_ROUND_BYTES: usize = 64 << 20;
/// Asks of a round.
pub const MAX_ASKS: usize = 50_000;
/// Helpers of a round.
pub const MAX_HELPERS: usize = 20_000;
/// Units a helper has left, at most: the hours of a week.
pub const MAX_HELPER_UNITS: u8 = 42;
/// Entries of the lists of an ask or a helper.
pub const MAX_ENTRIES: usize = 256;
const DAY_S: u64 = 24 * 3600;

/// When asks climb a rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Climb {
    /// Seconds of waiting after which P4 ranks as P3.
    pub p4_s: u64,
    /// Seconds of waiting after which P3 ranks as P2.
    pub p3_s: u64,
}

impl Default for Climb {
    fn default() -> Self {
        Self {
            p4_s: 14 * DAY_S,
            p3_s: 7 * DAY_S,
        }
    }
}

/// A request that waits for a team. Class and waiting decide about its place in the line; the rest only about who could help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Its name.
    pub id: Id,
    /// Its class.
    pub class: Class,
    /// Since when it waits.
    pub received_s: i64,
    /// What it needs.
    pub team: Vec<Slot>,
    /// Languages in which they can be helped.
    pub languages: BTreeSet<Language>,
    /// How far what is told may travel.
    pub tlp: Tlp,
    /// Whether the requester lets it be shown to helpers; without that nobody can help.
    pub share_with_helpers: bool,
    /// Under which law helpers would work, if it matters.
    pub jurisdiction: Option<Label>,
    /// Organisations with a part in it: the requester's own, the alleged source, competitors, suppliers in dispute.
    pub parties: BTreeSet<Label>,
    /// Helpers the requester does not want.
    pub refused: BTreeSet<Id>,
    /// Hours in which they can be helped; nothing for any.
    pub hours: Option<WeekHours>,
    /// Helpers they already had.
    pub before: BTreeSet<Id>,
}

/// What a round needs of what was told, beside need and team: whom it can rule out, and in which language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Languages in which they can be helped.
    pub languages: BTreeSet<Language>,
    /// How far what is told may travel.
    pub tlp: Tlp,
    /// Under which law helpers would work, if it matters.
    pub jurisdiction: Option<Label>,
    /// Organisations with a part in it.
    pub parties: BTreeSet<Label>,
}

impl From<&Request> for Told {
    fn from(request: &Request) -> Self {
        let background = &request.background;
        let parties = request.exclusions.iter().chain(&background.organisation);
        Self {
            languages: request.languages.clone(),
            tlp: request.tlp,
            jurisdiction: background.country.clone(),
            parties: parties.cloned().collect(),
        }
    }
}

impl Ask {
    /// The ask of a request: the class from the need, the team that triage settled on, and from the form what can rule helpers out.
    #[must_use]
    pub fn new(id: Id, received_s: i64, need: &Need, request: &Request, team: Vec<Slot>) -> Self {
        let share_with_helpers = request.consent.share_with_helpers;
        Self {
            share_with_helpers,
            ..Self::of(id, received_s, need, request.into(), team)
        }
    }

    /// The same without the form, as nobody lets it be shown to helpers.
    pub(super) fn of(id: Id, received_s: i64, need: &Need, told: Told, team: Vec<Slot>) -> Self {
        Self {
            id,
            class: triage(need).class,
            received_s,
            team,
            languages: told.languages,
            tlp: told.tlp,
            share_with_helpers: false,
            jurisdiction: told.jurisdiction,
            parties: told.parties,
            refused: BTreeSet::new(),
            hours: None,
            before: BTreeSet::new(),
        }
    }
}

/// A responder as a round sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helper {
    /// Their name.
    pub id: Id,
    /// What they can do, and how well.
    pub skills: BTreeMap<Skill, Level>,
    /// Languages they work in.
    pub languages: BTreeSet<Language>,
    /// The highest label they may see.
    pub tlp: Tlp,
    /// Jurisdictions they do not work in.
    pub excludes: BTreeSet<Label>,
    /// Their organisation, employer, customers, funders and the like.
    pub interests: BTreeSet<Label>,
    /// Hours in which they work, UTC.
    pub hours: WeekHours,
    /// Units they have left.
    pub units: u8,
    /// Units they carry already.
    pub load: u8,
    /// What rules them out altogether.
    pub unfit: BTreeSet<Barrier>,
}

/// Everything a round of matching is computed from, except the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// The moment for which it is computed.
    pub at_s: i64,
    /// When asks climb a rank.
    pub climb: Climb,
    /// Languages for which the desk has interpreters.
    pub interpreted: BTreeSet<Language>,
    /// Who waits.
    pub asks: Vec<Ask>,
    /// Who could help.
    pub helpers: Vec<Helper>,
}

/// Why a round was refused.
#[derive(Debug, Error)]
pub enum RoundError {
    /// Too many bytes.
    #[error("the round has {bytes} bytes, more than {MAX_ROUND_BYTES}")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Not of the documented form.
    #[error("not of the form docs/aid.md describes: {0}")]
    Shape(#[from] serde_json::Error),
    /// Something beyond its limit.
    #[error("{place} has {found} {unit}; at least {least} and at most {most} are allowed")]
    Limit {
        /// Where.
        place: String,
        /// How many.
        found: usize,
        /// Of what.
        unit: &'static str,
        /// The lower limit.
        least: usize,
        /// The upper limit.
        most: usize,
    },
    /// A name twice.
    #[error("{0} is there twice; a round knows each ask and each helper once")]
    Twice(Id),
    /// Received after the moment of the round.
    #[error("{0} was received after the moment of the round; leave it for the next")]
    FromTheFuture(Id),
    /// An ask or helper the round does not have.
    #[error("{0} is not in this round")]
    Unknown(Id),
    /// Two steps of the computation disagree.
    #[error(
        "a fault of this program: served asks have no room when helpers are shared out; please report the round"
    )]
    NoRoom,
    /// Too many pairs.
    #[error("slots and helpers make more than {0} pairs; split the round by skill")]
    TooManyPairs(usize),
}

impl RoundError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::TooManyPairs(_) => "aid-round-too-large",
            Self::Unknown(_) => "aid-round-unknown",
            Self::NoRoom => "aid-fault",
            _ => "aid-round",
        }
    }
}

impl Round {
    /// Reads a round from its JSON.
    ///
    /// # Errors
    /// [`RoundError`] if it is too large, not of the documented form, or has something beyond its limit or twice.
    pub fn from_json(bytes: &[u8]) -> Result<Self, RoundError> {
        if bytes.len() > MAX_ROUND_BYTES {
            return Err(RoundError::TooLarge { bytes: bytes.len() });
        }
        let round: Self = serde_json::from_slice(bytes)?;
        round.canonical()
    }

    /// The one form of a round: asks and helpers by name, the slots of a team by skill and level with equal ones joined.
    ///
    /// # Errors
    /// [`RoundError`] if something is beyond its limit or twice.
    pub fn canonical(mut self) -> Result<Self, RoundError> {
        limit("the round", "asks", self.asks.len(), 0, MAX_ASKS)?;
        limit("the round", "helpers", self.helpers.len(), 0, MAX_HELPERS)?;
        limit(
            "the round",
            "interpreted languages",
            self.interpreted.len(),
            0,
            MAX_ENTRIES,
        )?;
        for ask in &mut self.asks {
            check_ask(ask, self.at_s)?;
            join(&mut ask.team);
        }
        self.helpers.iter().try_for_each(check_helper)?;
        self.asks.sort_by(|one, two| one.id.cmp(&two.id));
        self.helpers.sort_by(|one, two| one.id.cmp(&two.id));
        let asks = self.asks.windows(2).find(|two| two[0].id == two[1].id);
        let helpers = self.helpers.windows(2).find(|two| two[0].id == two[1].id);
        if let Some(id) = asks.map(|two| &two[0].id).or(helpers.map(|two| &two[0].id)) {
            return Err(RoundError::Twice(id.clone()));
        }
        Ok(self)
    }

    /// The digest that names a round's inputs (docs/aid.md, "Output"), whatever order they are in.
    ///
    /// # Errors
    /// [`RoundError`], as [`Round::canonical`].
    pub fn digest(&self) -> Result<[u8; 32], RoundError> {
        self.clone().canonical()?.canonical_digest()
    }

    pub(super) fn canonical_digest(&self) -> Result<[u8; 32], RoundError> {
        let mut hash = Sha256::new();
        hash.update(b"solferino aid round 1\n");
        hash.update(serde_json::to_vec(self)?);
        Ok(hash.finalize().into())
    }
}

fn check_ask(ask: &Ask, at_s: i64) -> Result<(), RoundError> {
    let place = ask.id.as_str();
    limit(place, "slots", ask.team.len(), 1, MAX_SLOTS)?;
    for slot in &ask.team {
        limit(
            place,
            "units in a slot",
            slot.units.into(),
            1,
            MAX_UNITS.into(),
        )?;
    }
    limit(place, "languages", ask.languages.len(), 0, MAX_ENTRIES)?;
    limit(place, "parties", ask.parties.len(), 0, MAX_ENTRIES)?;
    limit(place, "refused helpers", ask.refused.len(), 0, MAX_ENTRIES)?;
    limit(place, "helpers before", ask.before.len(), 0, MAX_ENTRIES)?;
    if ask.received_s > at_s {
        return Err(RoundError::FromTheFuture(ask.id.clone()));
    }
    Ok(())
}

fn check_helper(helper: &Helper) -> Result<(), RoundError> {
    let place = helper.id.as_str();
    limit(
        place,
        "units",
        helper.units.into(),
        0,
        MAX_HELPER_UNITS.into(),
    )?;
    limit(
        place,
        "units of load",
        helper.load.into(),
        0,
        MAX_HELPER_UNITS.into(),
    )?;
    limit(place, "languages", helper.languages.len(), 0, MAX_ENTRIES)?;
    limit(
        place,
        "excluded jurisdictions",
        helper.excludes.len(),
        0,
        MAX_ENTRIES,
    )?;
    limit(place, "interests", helper.interests.len(), 0, MAX_ENTRIES)
}

fn limit(
    place: &str,
    unit: &'static str,
    found: usize,
    least: usize,
    most: usize,
) -> Result<(), RoundError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let place = place.to_owned();
    Err(RoundError::Limit {
        place,
        found,
        unit,
        least,
        most,
    })
}

/// Slots in order, equal ones as one. Eight slots of twenty units still fit a byte.
fn join(team: &mut Vec<Slot>) {
    team.sort();
    team.dedup_by(|later, first| {
        let same = (later.skill, later.level) == (first.skill, first.level);
        if same {
            first.units = first.units.saturating_add(later.units);
        }
        same
    });
}
