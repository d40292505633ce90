//! Who helps, and how much of their time is left (docs/aid.md, section 5).

use crate::hours::WeekHours;
use crate::matching::{Barrier, Helper, MAX_ENTRIES, MAX_HELPER_UNITS};
use crate::request::Tlp;
use crate::skill::{Level, Skill, UNIT_HOURS};
use crate::text::{Id, Label, Language};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// What `format` says.
pub const PROFILE_FORMAT: &str = "solferino.org/aid-profile@v1";
/// Bytes of a profile as JSON.
pub const MAX_PROFILE_BYTES: usize = 65_536;
/// Characters of the evidence of a skill.
pub const MAX_EVIDENCE_CHARS: usize = 500;
/// Offsets from UTC that are in use, in minutes.
pub const UTC_OFFSETS: std::ops::RangeInclusive<i16> = -720..=840;
/// Time over which the weekly cap counts, in seconds.
pub const CAP_WINDOW_S: i64 = 168 * 3600;
const HOUR_S: i64 = 3600;

/// A skill as somebody claims it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// How well.
    pub level: Level,
    /// What vetting can look at: a certificate, a reference, work done.
    pub evidence: String,
}

/// Whose interests somebody has. Each can rule them out of a team; none gives them a place in one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interests {
    /// Who employs them, and where they belong.
    pub employers: BTreeSet<Label>,
    /// Whom they or their employer sell to.
    pub customers: BTreeSet<Label>,
    /// Governments they or their employer work for.
    pub governments: BTreeSet<Label>,
    /// Who pays for their help.
    pub funders: BTreeSet<Label>,
    /// With whom they are in dispute.
    pub disputes: BTreeSet<Label>,
}

impl Interests {
    /// All of them: a rule that excludes does not ask of which kind an interest is.
    pub fn all(&self) -> impl Iterator<Item = &Label> {
        let lists = [
            &self.employers,
            &self.customers,
            &self.governments,
            &self.funders,
            &self.disputes,
        ];
        lists.into_iter().flatten()
    }
}

/// What a responder says of themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// [`PROFILE_FORMAT`].
    pub format: String,
    /// What they can do.
    pub skills: BTreeMap<Skill, Held>,
    /// Languages they work in.
    pub languages: BTreeSet<Language>,
    /// Hours of the week, local time, in which they work.
    pub hours: WeekHours,
    /// Local time minus UTC, in minutes.
    pub utc_offset_minutes: i16,
    /// Hours a week they give, at most.
    pub hours_per_week: u8,
    /// The highest label they may see.
    pub tlp: Tlp,
    /// Jurisdictions they do not work in.
    pub excludes: BTreeSet<Label>,
    /// Whose interests they have.
    pub interests: Interests,
    /// Version of the code of conduct they signed.
    pub code: String,
}

/// Why a profile was refused.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// Too many bytes.
    #[error("the profile has {0} bytes, more than {MAX_PROFILE_BYTES}")]
    TooLarge(usize),
    /// Not of the documented form.
    #[error("not of the form docs/aid.md describes: {0}")]
    Shape(#[from] serde_json::Error),
    /// A field that has no sense or is beyond its limit.
    #[error("{field}: {what}")]
    Value {
        /// Which field.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        what: String,
    },
}

impl ProfileError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "aid-profile"
    }
}

impl Profile {
    /// Reads a profile from its JSON.
    ///
    /// # Errors
    /// [`ProfileError`] if it is too large, has unknown or missing fields, or a field is beyond its limit.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ProfileError> {
        if bytes.len() > MAX_PROFILE_BYTES {
            return Err(ProfileError::TooLarge(bytes.len()));
        }
        let profile: Self = serde_json::from_slice(bytes)?;
        profile.check()?;
        Ok(profile)
    }

    /// Checks what the type alone does not.
    ///
    /// # Errors
    /// [`ProfileError::Value`] for the first field that has no sense or is beyond its limit.
    pub fn check(&self) -> Result<(), ProfileError> {
        let refuse = |field, what: &str| {
            Err(ProfileError::Value {
                field,
                what: what.to_owned(),
            })
        };
        if self.format != PROFILE_FORMAT {
            return refuse("format", "this program reads solferino.org/aid-profile@v1");
        }
        if self.skills.is_empty() {
            return refuse("skills", "name at least one");
        }
        if self.languages.is_empty() {
            return refuse("languages", "name at least one");
        }
        if !UTC_OFFSETS.contains(&self.utc_offset_minutes) {
            return refuse(
                "utc_offset_minutes",
                "no clock has this offset; give -720 to 840",
            );
        }
        let long = |held: &Held| held.evidence.chars().count() > MAX_EVIDENCE_CHARS;
        if self.skills.values().any(long) {
            return refuse("skills", "evidence has at most 500 characters");
        }
        let lists = [
            self.languages.len(),
            self.excludes.len(),
            self.interests.all().count(),
        ];
        if lists.into_iter().any(|len| len > MAX_ENTRIES) {
            return refuse(
                "languages, excludes, interests",
                "lists have at most 256 entries",
            );
        }
        Ok(())
    }
}

/// A stretch of work, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// When it began.
    pub from_s: i64,
    /// When it ended.
    pub to_s: i64,
}

/// What the desk knows of a responder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Until when their vetting holds; nothing if nobody vetted them.
    pub vetted_until_s: Option<i64>,
    /// Whether the desk dismissed them.
    pub dismissed: bool,
    /// Whether they sit on a panel that investigates.
    pub on_panel: bool,
    /// Stretches of work, in any order; older ones than the cap's window do not matter.
    pub worked: Vec<Work>,
    /// Units they have been given and not yet worked.
    pub promised_units: u8,
}

/// The desk's rules for the health of those who help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// Hours in any 168 hours, at most.
    pub weekly_hours: u8,
    /// Hours of a shift from which rest is due.
    pub shift_hours: u8,
    /// Hours of rest.
    pub rest_hours: u8,
    /// The code of conduct in force.
    pub code: String,
}

/// Seconds of work in the 168 hours before a moment. Stretches that overlap count once.
#[must_use]
pub fn worked_s(worked: &[Work], at_s: i64) -> i64 {
    let begin_s = at_s.saturating_sub(CAP_WINDOW_S);
    let mut counted_until_s = begin_s;
    let mut sum_s: i64 = 0;
    for work in ordered(worked) {
        let from_s = work.from_s.max(counted_until_s);
        let to_s = work.to_s.min(at_s);
        if to_s > from_s {
            sum_s = sum_s.saturating_add(to_s.saturating_sub(from_s));
            counted_until_s = to_s;
        }
    }
    sum_s
}

/// Until when somebody has to rest: `rest_hours` after the end of their last shift, if it was long enough; nothing if they need not.
///
/// Stretches with gaps shorter than the rest are one shift: short breaks do not make it two.
#[must_use]
pub fn rests_until_s(worked: &[Work], caps: &Caps) -> Option<i64> {
    let rest_s = i64::from(caps.rest_hours) * HOUR_S;
    let mut shift: Option<Work> = None;
    for work in ordered(worked) {
        shift = match shift {
            Some(shift) if work.from_s < shift.to_s.saturating_add(rest_s) => Some(Work {
                to_s: shift.to_s.max(work.to_s),
                ..shift
            }),
            _ => Some(work),
        };
    }
    let shift = shift?;
    let long = shift.to_s.saturating_sub(shift.from_s) >= i64::from(caps.shift_hours) * HOUR_S;
    long.then(|| shift.to_s.saturating_add(rest_s))
}

fn ordered(worked: &[Work]) -> Vec<Work> {
    let mut ordered: Vec<Work> = worked
        .iter()
        .copied()
        .filter(|work| work.to_s > work.from_s)
        .collect();
    ordered.sort_by_key(|work| (work.from_s, work.to_s));
    ordered
}

/// A responder as a round of matching sees them at a moment: what they can do, what is left of their hours, what rules them out.
///
/// # Errors
/// [`ProfileError`] if the profile is not as it has to be.
pub fn helper(
    id: Id,
    profile: &Profile,
    known: &Known,
    caps: &Caps,
    at_s: i64,
) -> Result<Helper, ProfileError> {
    profile.check()?;
    let units = units_left(profile, known, caps, at_s);
    let vetting = match known.vetted_until_s {
        None => Some(Barrier::NotVetted),
        Some(until_s) if at_s >= until_s => Some(Barrier::VettingExpired),
        Some(_) => None,
    };
    let rests = rests_until_s(&known.worked, caps).is_some_and(|until_s| at_s < until_s);
    let others = [
        (known.dismissed, Barrier::Dismissed),
        (profile.code != caps.code, Barrier::OtherCode),
        (known.on_panel, Barrier::OnPanel),
        (rests, Barrier::Resting),
        (units == 0, Barrier::NoHours),
    ];
    let others = others
        .into_iter()
        .filter(|(stands, _)| *stands)
        .map(|(_, barrier)| barrier);
    Ok(Helper {
        id,
        skills: profile
            .skills
            .iter()
            .map(|(skill, held)| (*skill, held.level))
            .collect(),
        languages: profile.languages.clone(),
        tlp: profile.tlp,
        excludes: profile.excludes.clone(),
        interests: profile.interests.all().cloned().collect(),
        hours: profile.hours.to_utc(profile.utc_offset_minutes),
        units,
        load: known.promised_units.min(MAX_HELPER_UNITS),
        unfit: vetting.into_iter().chain(others).collect(),
    })
}

/// Whole units left of the week's hours, after what was worked and what is promised.
fn units_left(profile: &Profile, known: &Known, caps: &Caps, at_s: i64) -> u8 {
    let most_s = i64::from(profile.hours_per_week.min(caps.weekly_hours)) * HOUR_S;
    let left_s = most_s.saturating_sub(worked_s(&known.worked, at_s)).max(0);
    let units = left_s / (i64::from(UNIT_HOURS) * HOUR_S) - i64::from(known.promised_units);
    let units = units.clamp(0, MAX_HELPER_UNITS.into());
    u8::try_from(units).unwrap_or(MAX_HELPER_UNITS)
}
