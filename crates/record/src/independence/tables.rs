//! What was asked, opened, refused and found, by region of the accused and of the victim.

use std::collections::BTreeMap;

use serde::Serialize;

use super::place::Place;
use super::rate::{Quartiles, Rate};
use crate::body::case::RefuseReason;
use crate::body::outcome::Outcome;
use crate::state::{Case, State};
use crate::table::Phase;
use crate::time::Timestamp;

const DAY_S: i64 = 86_400;

/// One table of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// One row per place, all of them, in order.
    pub rows: Vec<Row>,
    /// The same over all of them: what the rows add up to.
    pub all: Row,
    /// What each count counts, and how much of it lies in the row `unknown`.
    pub measures: Vec<Measure>,
}

/// The counts of one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Where; `all` for the sum.
    pub place: &'static str,
    /// Reports received.
    pub asked: u64,
    /// Reports that led to a case.
    pub opened: u64,
    /// Reports refused, by reason; every reason stands here.
    pub refused: BTreeMap<&'static str, u64>,
    /// Reports neither opened nor refused yet.
    pub waiting: u64,
    /// Cases opened.
    pub cases: u64,
    /// Cases by what stands of them; every fate stands here.
    pub fates: BTreeMap<&'static str, u64>,
    /// Reports opened out of those opened or refused. Absent by accused: a refused report accuses
    /// nobody in public, so the share would be one hundred per cent by construction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_rate: Option<Rate>,
    /// Cases attributed out of those with a standing finding.
    pub attributed_rate: Rate,
    /// Cases exonerated out of those with a standing finding.
    pub exonerated_rate: Rate,
    /// Whole days from the first report of a case to its opening; absent without a case.
    pub days_to_opening: Option<Quartiles>,
    /// Whole days from the first report of a case to its first finding; absent without one.
    pub days_to_finding: Option<Quartiles>,
}

/// What a count counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// The count's name.
    pub name: &'static str,
    /// What is counted.
    pub unit: &'static str,
    /// By which rule.
    pub rule: &'static str,
    /// How many in all.
    pub total: u64,
    /// How many of them in the row `unknown`.
    pub unknown: Rate,
}

/// By whom a table is broken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Accused,
    Victim,
}

/// What stands of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Attributed,
    NotAttributed,
    Exonerated,
    ClaimChecked,
    Withdrawn,
    ClosedWithout,
    Running,
}

impl Fate {
    const ALL: &[Fate] = &[
        Fate::Attributed,
        Fate::NotAttributed,
        Fate::Exonerated,
        Fate::ClaimChecked,
        Fate::Withdrawn,
        Fate::ClosedWithout,
        Fate::Running,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Fate::Attributed => "attributed",
            Fate::NotAttributed => "not-attributed",
            Fate::Exonerated => "exonerated",
            Fate::ClaimChecked => "claim-checked",
            Fate::Withdrawn => "withdrawn",
            Fate::ClosedWithout => "closed-without-finding",
            Fate::Running => "running",
        }
    }

    fn rule(self) -> &'static str {
        match self {
            Fate::Attributed => "has a standing finding that names a state",
            Fate::NotAttributed => "has a standing finding that says not attributed",
            Fate::Exonerated => {
                "has a standing finding that clears whom a claim accuses and names nobody"
            }
            Fate::ClaimChecked => {
                "has a standing finding that checks a claim, naming and clearing nobody"
            }
            Fate::Withdrawn => "it had a finding, and none stands",
            Fate::ClosedWithout => "it was closed without ever having a finding",
            Fate::Running => "it has had no finding and is not closed",
        }
    }

    fn of(case: &Case) -> Self {
        match case.standing().map(|f| f.finding.proposal.outcome) {
            Some(Outcome::Attributed) => Fate::Attributed,
            Some(Outcome::NotAttributed) => Fate::NotAttributed,
            Some(Outcome::Exonerated) => Fate::Exonerated,
            Some(Outcome::ClaimChecked) => Fate::ClaimChecked,
            None if !case.findings.is_empty() => Fate::Withdrawn,
            None if case.phase == Phase::Closed => Fate::ClosedWithout,
            None => Fate::Running,
        }
    }
}

/// A row being counted.
#[derive(Default)]
struct Tally {
    asked: u64,
    opened: u64,
    refused: BTreeMap<RefuseReason, u64>,
    fates: BTreeMap<Fate, u64>,
    to_opening: Vec<u64>,
    to_finding: Vec<u64>,
}

/// Counts a whole record.
pub(super) fn table(state: &State, by: By) -> Table {
    let mut tallies: BTreeMap<Place, Tally> = BTreeMap::new();
    let mut all = Tally::default();
    let place_of = |case: &Case| match by {
        By::Accused => Place::accused(case),
        By::Victim => Place::victims(&state.global, case),
    };
    for report in state.global.reports.values() {
        let case = report.case.as_ref().and_then(|c| state.cases.get(c));
        let place = match by {
            // Before a case, and where it is refused, a report accuses nobody in public.
            By::Accused => case.map_or(Place::Unknown, place_of),
            By::Victim => Place::given(report.body.region),
        };
        for tally in [tallies.entry(place).or_default(), &mut all] {
            tally.asked += 1;
            tally.opened += u64::from(case.is_some());
            if let Some(reason) = report.refused {
                *tally.refused.entry(reason).or_default() += 1;
            }
        }
    }
    for case in state.cases.values() {
        let reports = case.reports.iter();
        let first = reports
            .filter_map(|id| state.global.reports.get(id).map(|r| r.received))
            .min();
        let days = |to: Timestamp| first.map(|from| whole_days(from, to));
        let (opening, finding) = (
            days(case.opened),
            case.findings.first().and_then(|f| days(f.time)),
        );
        for tally in [tallies.entry(place_of(case)).or_default(), &mut all] {
            *tally.fates.entry(Fate::of(case)).or_default() += 1;
            tally.to_opening.extend(opening);
            tally.to_finding.extend(finding);
        }
    }
    let row = |place: &Place| {
        let tally = tallies.remove(place).unwrap_or_default();
        tally.row(place.as_str(), by)
    };
    let rows: Vec<Row> = Place::ALL.iter().map(row).collect();
    let all = all.row("all", by);
    let measures = measures(&rows, &all);
    Table {
        rows,
        all,
        measures,
    }
}

/// Whole days that passed between two moments.
fn whole_days(from: Timestamp, to: Timestamp) -> u64 {
    let seconds = to.unix_seconds().saturating_sub(from.unix_seconds());
    u64::try_from(seconds / DAY_S).unwrap_or(0)
}

impl Tally {
    fn row(self, place: &'static str, by: By) -> Row {
        let refused: u64 = self.refused.values().sum();
        let fate = |f: Fate| self.fates.get(&f).copied().unwrap_or(0);
        let standing: u64 = [
            Fate::Attributed,
            Fate::NotAttributed,
            Fate::Exonerated,
            Fate::ClaimChecked,
        ]
        .map(fate)
        .iter()
        .sum();
        let reason = |r: &RefuseReason| {
            let n = self.refused.get(r).copied().unwrap_or(0);
            (r.as_str(), n)
        };
        Row {
            place,
            asked: self.asked,
            opened: self.opened,
            refused: RefuseReason::ALL.iter().map(reason).collect(),
            waiting: self.asked.saturating_sub(self.opened + refused),
            cases: self.fates.values().sum(),
            opened_rate: (by == By::Victim).then(|| Rate::of(self.opened, self.opened + refused)),
            attributed_rate: Rate::of(fate(Fate::Attributed), standing),
            exonerated_rate: Rate::of(fate(Fate::Exonerated), standing),
            fates: Fate::ALL.iter().map(|f| (f.as_str(), fate(*f))).collect(),
            days_to_opening: Quartiles::of(self.to_opening),
            days_to_finding: Quartiles::of(self.to_finding),
        }
    }
}

fn measures(rows: &[Row], all: &Row) -> Vec<Measure> {
    let unknown = rows.iter().find(|r| r.place == Place::Unknown.as_str());
    let mut out = Vec::new();
    let mut add = |name, unit, rule, count: &dyn Fn(&Row) -> u64| {
        let total = count(all);
        out.push(Measure {
            name,
            unit,
            rule,
            total,
            unknown: Rate::of(unknown.map_or(0, count), total),
        });
    };
    add("asked", "report", "was received", &|r| r.asked);
    add("opened", "report", "led to a case", &|r| r.opened);
    let rule = "was refused, under the reason's code in `refused`";
    add("refused", "report", rule, &|r| r.refused.values().sum());
    let rule = "was neither opened nor refused yet";
    add("waiting", "report", rule, &|r| r.waiting);
    add("cases", "case", "was opened", &|r| r.cases);
    for fate in Fate::ALL {
        let name = fate.as_str();
        let count = move |r: &Row| r.fates.get(name).copied().unwrap_or(0);
        add(name, "case", fate.rule(), &count);
    }
    out
}
