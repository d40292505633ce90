//! Rules of the desk's policy.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::super::{Ask, refuse};
use crate::body::aid::{Desk, MAX_OFFICERS, Officer};
use crate::refusal::{Code, Refusal};

const HOUR_S: u32 = 3_600;
const DAY_S: u32 = 86_400;

/// Bounds of the clock of acknowledgement, in seconds: a minute to two days.
const ACKNOWLEDGE_S: RangeInclusive<u32> = 60..=2 * DAY_S;
/// Bounds of the clocks of first assistance, in seconds: ten minutes to thirty days.
const ASSIST_S: RangeInclusive<u32> = 600..=30 * DAY_S;
/// Bounds of the quiet wait, in seconds: a day to ninety days.
const QUIET_S: RangeInclusive<u32> = DAY_S..=90 * DAY_S;
/// Bounds of the retention, in seconds: a day to two years.
const RETENTION_S: RangeInclusive<u32> = DAY_S..=730 * DAY_S;
/// Bounds of a consent's freshness, in seconds: an hour to thirty days.
const CONSENT_S: RangeInclusive<u32> = HOUR_S..=30 * DAY_S;
/// Bounds of a responder's week, in hours.
const WEEKLY_HOURS: RangeInclusive<u32> = 1..=40;
/// Bounds of a responder's rest, in hours.
const REST_HOURS: RangeInclusive<u32> = 8..=72;

impl Ask<'_> {
    pub(super) fn check_desk(&self, d: &Desk) -> Result<(), Refusal> {
        let next = self.state.aid.desk.as_ref().map_or(0, |p| p.version) + 1;
        if d.version != next {
            return refuse(
                Code::AidDeskInvalid,
                format!("version {}; the next is {next}", d.version),
            );
        }
        let keys: BTreeSet<_> = d.officers.iter().map(|o| &o.key).collect();
        let n = d.officers.len();
        if n == 0 || n > MAX_OFFICERS || keys.len() != n || !d.officers.iter().any(|o| o.lead) {
            return refuse(
                Code::AidDeskInvalid,
                format!(
                    "{n} officers, {} different keys; 1 to {MAX_OFFICERS} different ones, and a lead",
                    keys.len()
                ),
            );
        }
        d.officers.iter().try_for_each(|o| self.check_officer(o))?;
        let recipients: BTreeSet<_> = d.officers.iter().map(|o| &o.recipient).collect();
        if recipients.len() != n {
            return refuse(Code::AidDeskInvalid, "two officers have the same recipient");
        }
        check_bounds(d)
    }

    fn check_officer(&self, officer: &Officer) -> Result<(), Refusal> {
        let (aid, key) = (&self.state.aid, &officer.key);
        self.check_apart(key)?;
        if aid.responder_keys.contains_key(key) || aid.requests_of(key).next().is_some() {
            return refuse(
                Code::AidWall,
                format!("{key} is a responder's or a requester's key"),
            );
        }
        match aid.recipients.get(&officer.recipient) {
            Some(whose) if whose != key => refuse(
                Code::AidWall,
                format!(
                    "the recipient of {key} is or was that of {whose}, who can open what is sealed to it"
                ),
            ),
            _ => Ok(()),
        }
    }
}

fn check_bounds(d: &Desk) -> Result<(), Refusal> {
    let clocks = &d.clocks;
    let mut bounded = vec![
        (
            "clocks.acknowledge_s",
            seconds(clocks.acknowledge_s),
            ACKNOWLEDGE_S,
        ),
        ("quiet_s", d.quiet_s, QUIET_S),
        ("retention_s", d.retention_s, RETENTION_S),
        ("consent_s", d.consent_s, CONSENT_S),
        ("weekly_hours", d.weekly_hours.into(), WEEKLY_HOURS),
        ("rest_hours", d.rest_hours.into(), REST_HOURS),
    ];
    bounded.extend(
        clocks
            .assist_s
            .map(|s| ("clocks.assist_s", seconds(s), ASSIST_S)),
    );
    for (name, value, bounds) in bounded {
        if !bounds.contains(&value) {
            let (least, most) = (bounds.start(), bounds.end());
            return refuse(
                Code::AidDeskInvalid,
                format!("{name} is {value}; {least} to {most}"),
            );
        }
    }
    clocks
        .check()
        .or_else(|e| refuse(Code::AidDeskInvalid, e.to_string()))
}

/// Seconds beyond what fits are beyond every bound.
fn seconds(s: u64) -> u32 {
    u32::try_from(s).unwrap_or(u32::MAX)
}
