//! The independence index: the same from any copy, permuted by a permutation, adding up, naming no state.

use std::collections::BTreeMap;

use proptest::prelude::*;
use record::audit::Auditor;
use record::body::case::{Question, RefuseReason};
use record::body::charter::Region;
use record::body::outcome::{Named, Outcome, Placement};
use record::ids::{Country, StatementId};
use record::independence::{Index, Place, Table, index, region_of};
use record::state::{Case, FindingStatus, Report, State};
use record::table::Phase;
use rehearsal::{MemoryDesk, Procedure, corpus, play_stage};
use serde_json::Value;

use crate::claims::{claim, state};
use crate::support::{at, cast, founded, script, until_votes, vote_and_open};
use crate::threats::start;

/// A record with a published finding, to make others from.
fn published() -> MemoryDesk {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("base");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    p.publish(&s.id, &proposal).unwrap();
    desk
}

/// States of the region, in the order of their codes: two of each, and two without a region.
fn states_of(region: Option<Region>) -> [Country; 2] {
    let two = match region {
        Some(Region::Africa) => ["GH", "KE"],
        Some(Region::Americas) => ["BR", "US"],
        Some(Region::EasternMediterranean) => ["EG", "IR"],
        Some(Region::Europe) => ["FR", "RU"],
        Some(Region::SouthEastAsia) => ["IN", "KP"],
        Some(Region::WesternPacific) => ["CN", "JP"],
        None => ["XA", "XB"],
    };
    two.map(|code| code.parse().unwrap())
}

/// Made-up things to count: a report, and what became of it.
#[derive(Clone, Debug)]
struct Made {
    region: Option<Region>,
    waited_s: u32,
    fate: u8,
    accused: Option<Region>,
    which: usize,
    of_claim: bool,
}

fn a_region() -> impl Strategy<Value = Option<Region>> {
    (0..=Region::ALL.len()).prop_map(|n| Region::ALL.get(n).copied())
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    let one = (
        a_region(),
        0..40_000_000_u32,
        0..11_u8,
        a_region(),
        0..2_usize,
        any::<bool>(),
    );
    let one = one.prop_map(|(region, waited_s, fate, accused, which, of_claim)| Made {
        region,
        waited_s,
        fate,
        accused,
        which,
        of_claim,
    });
    prop::collection::vec(one, 0..40)
}

/// A state in which all of that happened.
fn world(base: &State, made: &[Made]) -> State {
    let pattern = base.cases.values().next().unwrap().clone();
    let report = base.global.reports.values().next().unwrap().clone();
    let mut out = base.clone();
    out.cases.clear();
    out.global.reports.clear();
    for (n, m) in made.iter().enumerate() {
        let id = StatementId(tlog::sha256(format!("report {n}").as_bytes()));
        let mut report = Report {
            id,
            case: None,
            refused: None,
            ..report.clone()
        };
        report.body.region = m.region;
        match m.fate {
            0 => {}
            1..=3 => report.refused = Some(RefuseReason::ALL[usize::from(m.fate) - 1]),
            _ => {
                let case = a_case(&pattern, n, m, id, &report);
                report.case = Some(case.id.clone());
                out.cases.insert(case.id.clone(), case);
            }
        }
        out.global.reports.insert(report.into());
    }
    out
}

fn a_case(pattern: &Case, n: usize, m: &Made, report: StatementId, r: &Report) -> Case {
    let accused = states_of(m.accused)[m.which].clone();
    let mut case = pattern.clone();
    case.id = format!("case-{n}").parse().unwrap();
    case.reports = vec![report];
    case.opened = r.received.plus_seconds(i64::from(m.waited_s) / 3);
    case.question = match m.of_claim {
        false => Question::Who,
        true => {
            let mut script = claim(&[state(accused.as_str())]);
            script.text.clear();
            Question::Claim(script.claim(tlog::sha256(b"")))
        }
    };
    let finding = &mut case.findings[0];
    finding.time = r.received.plus_seconds(m.waited_s.into());
    finding.finding.proposal.named = None;
    finding.finding.proposal.outcome = match m.fate {
        4 => Outcome::NotAttributed,
        5 => Outcome::Exonerated,
        6 => Outcome::ClaimChecked,
        _ => Outcome::Attributed,
    };
    if finding.finding.proposal.outcome == Outcome::Attributed {
        finding.finding.proposal.named = Some(Named {
            state: accused,
            actor: None,
            placement: Placement::Text,
        });
    }
    match m.fate {
        8 => finding.status = FindingStatus::Withdrawn(report, record_reason()),
        9 => {
            case.findings.clear();
            case.phase = Phase::Closed;
        }
        10 => {
            case.findings.clear();
            case.phase = Phase::Open;
        }
        _ => {}
    }
    case
}

fn record_reason() -> record::body::outcome::WithdrawReason {
    record::body::outcome::WithdrawReason::Procedure
}

fn moved(region: Option<Region>, by: usize) -> Option<Region> {
    let at = Region::ALL.iter().position(|r| Some(*r) == region)?;
    Region::ALL.get((at + by) % Region::ALL.len()).copied()
}

/// The table with its rows moved as the regions are; everything else as it was.
fn moved_table(mut table: Table, by: usize) -> Table {
    let mut rows: BTreeMap<Place, _> = BTreeMap::new();
    for (place, mut row) in Place::ALL.iter().zip(table.rows) {
        let to = match place {
            Place::Region(r) => Place::Region(moved(Some(*r), by).unwrap()),
            other => *other,
        };
        row.place = to.as_str();
        rows.insert(to, row);
    }
    table.rows = rows.into_values().collect();
    table
}

fn moved_index(mut index: Index, by: usize) -> Index {
    index.accused = moved_table(index.accused, by);
    index.victim = moved_table(index.victim, by);
    let to = |place: Place| match place {
        Place::Region(r) => Place::Region(moved(Some(r), by).unwrap()),
        other => other,
    };
    for pair in &mut index.pairs {
        (pair.accused, pair.victim) = (to(pair.accused), to(pair.victim));
    }
    index.pairs.sort_by_key(|p| (p.accused, p.victim));
    index.panels.rows.sort_by_key(|row| {
        let at = Region::ALL.iter().position(|r| r.as_str() == row.region);
        (at.unwrap() + by) % Region::ALL.len()
    });
    for (row, region) in index.panels.rows.iter_mut().zip(Region::ALL) {
        row.region = region.as_str();
    }
    index
}

fn adds_up(table: &Table, made: &[Made]) {
    let all = &table.all;
    assert_eq!(all.asked, made.len() as u64);
    for row in table.rows.iter().chain([all]) {
        let refused: u64 = row.refused.values().sum();
        assert_eq!(row.asked, row.opened + refused + row.waiting, "{row:?}");
        assert_eq!(row.cases, row.fates.values().sum::<u64>(), "{row:?}");
        assert_eq!((row.refused.len(), row.fates.len()), (5, 7));
    }
    let sum = |of: fn(&record::independence::Row) -> u64| table.rows.iter().map(of).sum::<u64>();
    assert_eq!(sum(|r| r.asked), all.asked);
    assert_eq!(sum(|r| r.opened), all.opened);
    assert_eq!(sum(|r| r.waiting), all.waiting);
    assert_eq!(sum(|r| r.cases), all.cases);
    assert_eq!(sum(|r| r.attributed_rate.of), all.attributed_rate.of);
    for name in all.fates.keys() {
        let rows: u64 = table.rows.iter().map(|r| r.fates[name]).sum();
        assert_eq!(rows, all.fates[name], "{name}");
    }
    for name in all.refused.keys() {
        let rows: u64 = table.rows.iter().map(|r| r.refused[name]).sum();
        assert_eq!(rows, all.refused[name], "{name}");
    }
    let unknown = table.rows.last().unwrap();
    assert_eq!((table.rows.len(), unknown.place), (8, "unknown"));
    for m in &table.measures {
        assert_eq!(m.unknown.of, m.total, "{}", m.name);
        assert!(!m.unit.is_empty() && !m.rule.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counts_add_up_and_permutations_permute(made in made(), by in 1..6_usize) {
        use std::sync::OnceLock;
        static BASE: OnceLock<State> = OnceLock::new();
        let base = BASE.get_or_init(|| published().auditor.state);
        let here = index(&world(base, &made));
        adds_up(&here.accused, &made);
        adds_up(&here.victim, &made);
        let cases: u64 = here.pairs.iter().map(|p| p.cases).sum();
        prop_assert_eq!(cases, here.victim.all.cases);

        // other states of the same regions: not one figure changes
        let mut within = made.clone();
        within.iter_mut().for_each(|m| m.which = 1 - m.which);
        prop_assert_eq!(&index(&world(base, &within)), &here);

        // every region in another's place: the rows change places, and nothing else does
        let mut turned = made.clone();
        for m in &mut turned {
            m.region = moved(m.region, by);
            m.accused = moved(m.accused, by);
        }
        let mut seats = base.clone();
        for member in seats.global.members.values_mut() {
            member.region = moved(member.region, by);
        }
        prop_assert_eq!(index(&world(&seats, &turned)), moved_index(here, by));
    }
}

/// Every text in a JSON value.
fn texts<'a>(value: &'a Value, out: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(list) => list.iter().for_each(|v| texts(v, out)),
        Value::Object(map) => {
            for (key, v) in map {
                out.push(key);
                texts(v, out);
            }
        }
        _ => {}
    }
}

#[test]
fn a_stranger_computes_the_same_and_no_state_is_named() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = Procedure::new(&cast, &mut desk, at("2014-01-01T00:00:00Z"));
    p.book(&corpus::ledger().unwrap()).unwrap();
    let sony = corpus::cases().unwrap().swap_remove(0);
    let before = index(&p.desk.auditor.state);
    play_stage(&mut p, &sony, 0).unwrap();
    let mut stages = 1;
    while stages < sony.stages.len() {
        play_stage(&mut p, &sony, stages).unwrap();
        stages += 1;
    }
    let here = index(&desk.auditor.state);
    let mut stranger = Auditor::default();
    for entry in &desk.entries {
        stranger.entry(entry).unwrap();
    }
    assert_eq!(index(&stranger.state), here);
    assert_ne!(before, here);

    let named = desk.auditor.state.cases[&sony.id].standing().unwrap();
    let named = named.finding.proposal.named.as_ref().map(|n| &n.state);
    let accused = named.and_then(region_of);
    let place = accused.map_or("unknown", Region::as_str);
    let row = |table: &Table, place: &str| {
        table
            .rows
            .iter()
            .find(|r| r.place == place)
            .unwrap()
            .clone()
    };
    assert_eq!(row(&here.accused, place).cases, 1);
    assert_eq!(row(&here.victim, "americas").cases, 1);
    assert_eq!(here.panels.assigned, stages as u64);
    let text = serde_json::to_value(&here).unwrap();
    let mut all = Vec::new();
    texts(&text, &mut all);
    let code = |t: &&&str| t.len() == 2 && t.bytes().all(|b| b.is_ascii_uppercase());
    assert_eq!(all.iter().find(code), None, "the index names a state");
}

#[test]
fn before_it_is_public_a_case_accuses_nobody() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let mut s = script("sealed");
    for actor in &mut s.hypotheses.actors {
        if actor.state.as_deref() == Some("XA") {
            actor.state = Some("FR".into());
        }
    }
    s.hypotheses.relations[0].state = "FR".into();
    let proposal = until_votes(&mut p, &s);
    assert!(proposal.named.is_some());
    vote_and_open(&mut p, &s.id, &proposal);
    let cases = |p: &Procedure<'_, MemoryDesk>, place: &str| {
        let table = index(&p.desk.auditor.state).accused;
        let row = table.rows.into_iter().find(|r| r.place == place).unwrap();
        row.cases
    };
    assert_eq!((cases(&p, "unknown"), cases(&p, "europe")), (1, 0));
    p.publish(&s.id, &proposal).unwrap();
    assert_eq!((cases(&p, "unknown"), cases(&p, "europe")), (0, 1));
}

#[test]
fn objections_count_by_region_in_published_and_lost_rounds() {
    let desk = published();
    let panels = index(&desk.auditor.state).panels;
    assert_eq!(panels.assigned, 1);
    assert_eq!(panels.rows.iter().map(|r| r.places).sum::<u64>(), 6);
    assert_eq!(panels.rows.iter().map(|r| r.votes).sum::<u64>(), 6);
    assert!(
        panels
            .rows
            .iter()
            .all(|r| r.objected.count == 0 && r.sealed.count == 0)
    );
    let spread = panels.regions_per_panel.unwrap();
    assert_eq!((spread.n, spread.median), (1, 6));

    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("objected");
    let proposal = until_votes(&mut p, &s);
    let reviewers: Vec<_> = cast.with_role(rehearsal::SeatSpecRole::Reviewer).collect();
    for (n, reviewer) in reviewers.iter().enumerate() {
        let choice = if n == 0 { "object" } else { "publish" };
        p.vote(&s.id, reviewer, &proposal, choice).unwrap();
    }
    let sealed = index(&p.desk.auditor.state).panels;
    assert!(sealed.rows.iter().all(|r| r.sealed.count == r.votes));
    p.disclose_votes(&s.id).unwrap();
    let rows = index(&p.desk.auditor.state).panels.rows;
    let region = reviewers[0].spec.region.as_str();
    for row in rows {
        assert_eq!(
            row.objected.count,
            u64::from(row.region == region),
            "{row:?}"
        );
    }
}
