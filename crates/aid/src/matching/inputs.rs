//! The inputs of a round, from what was told to the desk and what the record says (docs/aid.md, section 6).
//!
//! Who decides here is the record: class, consent, vetting, dismissal and who worked before are its words. What was told
//! decides about the rest.

use super::round::{Ask, Climb, Round, RoundError, Told};
use crate::need::Need;
use crate::request::{MAX_SLOTS, Request};
use crate::responder::{Caps, Known, Profile, ProfileError, Work, helper};
use crate::skill::{Slot, UNIT_HOURS, smallest_team};
use crate::text::{Id, Language};
use crate::triage::{Class, triage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;

/// What `format` of a coded need says.
pub const NEED_FORMAT: &str = "solferino.org/aid-need@v1";
/// What `format` of a report says.
pub const REPORT_FORMAT: &str = "solferino.org/aid-report@v1";
/// Bytes of a coded need or a report as JSON.
pub const MAX_CODED_BYTES: usize = 65_536;
/// Stretches of work in a report.
pub const MAX_STRETCHES: usize = 64;

/// What triage found a request to need: a sealed item of kind `need`, which takes the place of what the form says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodedNeed {
    /// [`NEED_FORMAT`].
    pub format: String,
    /// The need.
    pub need: Need,
    /// The team, 1 to [`MAX_SLOTS`] slots.
    pub team: Vec<Slot>,
    /// What a round needs of the form beside, for a form that cannot be read or opened; one that can is asked itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Told>,
}

/// What a responder did: a sealed item of kind `report`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`REPORT_FORMAT`].
    pub format: String,
    /// When they worked.
    pub worked: Vec<Work>,
    /// What was done.
    pub text: String,
}

/// Why a coded need or a report was refused.
#[derive(Debug, Error)]
pub enum CodedError {
    /// Too many bytes.
    #[error("it has {0} bytes, more than {MAX_CODED_BYTES}")]
    TooLarge(usize),
    /// Not of the documented form.
    #[error("not of the form docs/aid.md describes: {0}")]
    Shape(#[from] serde_json::Error),
    /// Another format.
    #[error("format is {0:?}, this program reads {1:?}")]
    Format(String, &'static str),
    /// No slot, or too many.
    #[error("the team has {0} slots; 1 to {MAX_SLOTS}")]
    Team(usize),
    /// No language.
    #[error("form.languages: name at least one language in which they can be helped")]
    Languages,
    /// Stretches that are none.
    #[error(
        "worked: at most {MAX_STRETCHES} stretches, each of at most a day, ending after it began"
    )]
    Worked,
}

impl CodedError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "aid-coded"
    }
}

/// Longest stretch of work that is believed, in seconds: a day.
const MAX_STRETCH_S: i64 = 24 * 3600;

impl CodedNeed {
    /// Reads a coded need.
    ///
    /// # Errors
    /// [`CodedError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, CodedError> {
        let coded: Self = read(bytes)?;
        check_format(&coded.format, NEED_FORMAT)?;
        let languages = coded.form.as_ref().map(|form| &form.languages);
        if languages.is_some_and(BTreeSet::is_empty) {
            return Err(CodedError::Languages);
        }
        match coded.team.len() {
            1..=MAX_SLOTS => Ok(coded),
            slots => Err(CodedError::Team(slots)),
        }
    }
}

impl Report {
    /// Reads a report.
    ///
    /// # Errors
    /// [`CodedError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, CodedError> {
        let report: Self = read(bytes)?;
        check_format(&report.format, REPORT_FORMAT)?;
        let stretch = |work: &Work| {
            let length_s = work.to_s.saturating_sub(work.from_s);
            (1..=MAX_STRETCH_S).contains(&length_s)
        };
        if report.worked.len() > MAX_STRETCHES || !report.worked.iter().all(stretch) {
            return Err(CodedError::Worked);
        }
        Ok(report)
    }
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, CodedError> {
    if bytes.len() > MAX_CODED_BYTES {
        return Err(CodedError::TooLarge(bytes.len()));
    }
    Ok(serde_json::from_slice(bytes)?)
}

fn check_format(found: &str, wanted: &'static str) -> Result<(), CodedError> {
    if found == wanted {
        return Ok(());
    }
    Err(CodedError::Format(found.chars().take(64).collect(), wanted))
}

/// The need and the team of a request: what triage coded, else what the form says, else the smallest team for the incident. Nothing
/// of a form that cannot be read and that nobody coded.
#[must_use]
pub fn need_and_team(
    form: Option<&Request>,
    coded: Option<&CodedNeed>,
    received_s: i64,
) -> Option<(Need, Vec<Slot>)> {
    if let Some(coded) = coded {
        return Some((coded.need, coded.team.clone()));
    }
    let form = form?;
    let team = if form.estimate.is_empty() {
        smallest_team(form.incident)
    } else {
        form.estimate.clone()
    };
    Some((form.need(received_s), team))
}

/// A request that waits for a team, opened by an officer.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its name.
    pub id: Id,
    /// When it came in, by the record.
    pub received_s: i64,
    /// Its class, by the record.
    pub class: Class,
    /// Whether its requester lets it be shown to helpers now, by the record: the form says what it was when it was asked.
    pub share_with_helpers: bool,
    /// The form, if it can be opened and read.
    pub form: Option<Request>,
    /// What triage coded last, if anything.
    pub coded: Option<CodedNeed>,
    /// Helpers who are not offered again, by the record.
    pub refused: BTreeSet<Id>,
    /// Helpers who worked on it, by the record.
    pub before: BTreeSet<Id>,
}

/// A request that a responder is offered or works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engaged {
    /// Units of its whole team.
    pub units: u16,
    /// How many are in the team.
    pub members: u16,
    /// What this responder reported of it.
    pub worked: Vec<Work>,
}

/// A responder who is enlisted, with the profile opened by an officer.
#[derive(Clone, Debug)]
pub struct Enlisted {
    /// Their name.
    pub id: Id,
    /// What they say of themselves.
    pub profile: Profile,
    /// Whether the code of conduct they signed is the desk's, by the record.
    pub signed: bool,
    /// Vetting and dismissal by the record, work by their reports. `promised_units` is set from `engaged`.
    pub known: Known,
    /// What they are engaged in.
    pub engaged: Vec<Engaged>,
}

/// Why somebody is not in a round.
#[derive(Debug, Error)]
pub enum LeftOut {
    /// A form that cannot be read, and no need that was coded in its place.
    #[error(
        "{0}: its form cannot be read; ask the requester for it anew, or code what it needs, with `form` (docs/aid.md, section 6)"
    )]
    Unread(Id),
    /// The class of the record is not the one that the need has.
    #[error(
        "{id}: the record says {said}, its need has {computed}; triage it again, or code what it needs"
    )]
    OtherClass {
        /// The request.
        id: Id,
        /// In the record.
        said: Class,
        /// Of the need.
        computed: Class,
    },
    /// A profile that has no sense.
    #[error("{id}: {problem}")]
    Profile {
        /// The responder.
        id: Id,
        /// What is wrong with it.
        problem: ProfileError,
    },
}

/// What a round is computed from at a moment, beside requests and responders.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The moment.
    pub at_s: i64,
    /// When asks climb a rank.
    pub climb: Climb,
    /// Languages for which the desk has interpreters.
    pub interpreted: BTreeSet<Language>,
    /// The desk's rules for the health of those who help.
    pub caps: Caps,
}

/// The round of these requests and responders, and whom it leaves out and why. Nobody is left out for what they are.
///
/// # Errors
/// [`RoundError`] if something is beyond the limits of a round.
pub fn inputs(
    setting: Setting,
    opened: Vec<Opened>,
    enlisted: Vec<Enlisted>,
) -> Result<(Round, Vec<LeftOut>), RoundError> {
    let Setting {
        at_s,
        climb,
        interpreted,
        caps,
    } = setting;
    let (mut asks, mut helpers, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for one in opened {
        match ask(one) {
            Ok(ask) => asks.push(ask),
            Err(why) => left_out.push(why),
        }
    }
    for mut one in enlisted {
        one.known.promised_units = promised(&one.engaged);
        if one.signed {
            one.profile.code.clone_from(&caps.code);
        } else {
            one.profile.code.clear();
        }
        match helper(one.id.clone(), &one.profile, &one.known, &caps, at_s) {
            Ok(helper) => helpers.push(helper),
            Err(problem) => left_out.push(LeftOut::Profile {
                id: one.id,
                problem,
            }),
        }
    }
    let round = Round {
        at_s,
        climb,
        interpreted,
        asks,
        helpers,
    };
    Ok((round.canonical()?, left_out))
}

fn ask(one: Opened) -> Result<Ask, LeftOut> {
    let coded = one.coded.as_ref();
    let needed = need_and_team(one.form.as_ref(), coded, one.received_s);
    let told = match (&one.form, coded.and_then(|coded| coded.form.as_ref())) {
        (Some(form), _) => Some(Told::from(form)),
        (None, coded) => coded.cloned(),
    };
    let (Some((need, team)), Some(told)) = (needed, told) else {
        return Err(LeftOut::Unread(one.id));
    };
    let computed = triage(&need).class;
    if computed != one.class {
        return Err(LeftOut::OtherClass {
            id: one.id,
            said: one.class,
            computed,
        });
    }
    Ok(Ask {
        share_with_helpers: one.share_with_helpers,
        refused: one.refused,
        before: one.before,
        ..Ask::of(one.id, one.received_s, &need, told, team)
    })
}

/// The most units that one of a team can carry: what is left when each of the others carries one. The record says who is of a
/// team, and not who carries which unit.
#[must_use]
pub fn most_units(units: u16, members: u16) -> u16 {
    let others = members.saturating_sub(1);
    units.saturating_sub(others).max(u16::from(units > 0))
}

/// Units that are given and not yet worked, at most.
fn promised(engaged: &[Engaged]) -> u8 {
    let unit_s = i64::from(UNIT_HOURS) * 3600;
    let left = |one: &Engaged| {
        let lengths = one
            .worked
            .iter()
            .map(|work| work.to_s.saturating_sub(work.from_s));
        let done = lengths.sum::<i64>() / unit_s;
        u64::from(most_units(one.units, one.members)).saturating_sub(done.unsigned_abs())
    };
    let units: u64 = engaged.iter().map(left).sum();
    u8::try_from(units).unwrap_or(u8::MAX)
}
