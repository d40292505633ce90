//! The numbers of a finding as rows: states, gates, strands as given beside merged, votes.

use std::collections::BTreeMap;

use method::{Evaluation, Gate, GateId, SharedOrigin, Verdict};
use record::derive::{self, Agreement};
use record::state::{Case, FindingRecord, State};

use super::matrix::word;
use crate::words;

/// A state considered.
pub(super) struct StateRow {
    pub(super) state: String,
    pub(super) p: String,
    pub(super) interval: String,
    pub(super) word: &'static str,
    pub(super) framed: String,
}

pub(super) fn states(evaluation: &Evaluation) -> Vec<StateRow> {
    let row = |s: &method::StateResult| StateRow {
        state: s.state.clone(),
        p: words::percent_of(s.p),
        interval: format!(
            "{} to {}",
            words::percent_of(s.p5),
            words::percent_of(s.p95)
        ),
        word: s.word.text(),
        framed: words::percent_of(s.framed),
    };
    evaluation.states.iter().map(row).collect()
}

/// The same figure with strands merged and as given.
pub(super) struct Comparison {
    pub(super) what: &'static str,
    pub(super) merged: String,
    pub(super) given: String,
}

pub(super) fn compared(merged: &Evaluation, given: &Evaluation) -> Vec<Comparison> {
    let both = |what, figure: fn(&Evaluation) -> String| Comparison {
        what,
        merged: figure(merged),
        given: figure(given),
    };
    vec![
        both("leading state", |e| {
            e.top_state.clone().unwrap_or_else(|| "none".to_owned())
        }),
        both("likelihood", |e| {
            e.top().map_or_else(String::new, |t| words::percent_of(t.p))
        }),
        both("5-95 % range", |e| {
            let range = e.top().map(|t| {
                format!(
                    "{} to {}",
                    words::percent_of(t.p5),
                    words::percent_of(t.p95)
                )
            });
            range.unwrap_or_default()
        }),
        both("supporting strands", |e| e.supporting.len().to_string()),
        both("standard by all gates", |e| {
            words::standard(e.standard).to_owned()
        }),
        both("standard by numbers alone", |e| {
            words::standard(e.standard_numeric).to_owned()
        }),
    ]
}

/// Why strands count as one.
pub(super) fn merges(evaluation: &Evaluation) -> Vec<String> {
    let sentence = |m: &method::MergeNote| {
        let shared = m.shared.iter().map(|s| match s {
            SharedOrigin::Upstream(upstream) => upstream.clone(),
            SharedOrigin::Exhibit(hash) => format!("exhibit {hash}"),
        });
        let shared: Vec<_> = shared.collect();
        format!(
            "{} count as one strand: they share {}.",
            m.strands.join(", "),
            shared.join(", ")
        )
    };
    evaluation.merges.iter().map(sentence).collect()
}

/// One gate of one standard.
pub(super) struct GateRow {
    pub(super) standard: &'static str,
    pub(super) gate: &'static str,
    pub(super) need: String,
    pub(super) have: String,
    pub(super) verdict: &'static str,
}

pub(super) fn gates(evaluation: &Evaluation) -> Vec<GateRow> {
    let row = |g: &Gate| GateRow {
        standard: words::standard_code(g.standard),
        gate: gate(g.gate),
        need: format!("{:.3}", g.need),
        have: g
            .have
            .map_or_else(|| "not known".to_owned(), |have| format!("{have:.3}")),
        verdict: match g.verdict {
            Verdict::Met => "met",
            Verdict::NotMet => "not met",
            Verdict::Unknown => "unknown",
        },
    };
    evaluation.gates.iter().map(row).collect()
}

fn gate(gate: GateId) -> &'static str {
    match gate {
        GateId::Probability => "likelihood",
        GateId::LowerBound => "lower end of the range",
        GateId::WorstStrandOut => "likelihood without the most important strand",
        GateId::SupportingStrands => "supporting strands",
        GateId::FramedMass => "chance that the state is framed, at most",
        GateId::WithoutMachine => "likelihood without the suggestion a machine made",
        GateId::RecheckableOnly => "likelihood from re-checkable items alone",
        GateId::BothPools => "likelihood by the pooled reviewers",
        GateId::ReviewerFloor => "least likelihood any reviewer holds",
        GateId::NonAlignedStrand => "supporting strands from sources on neither side",
        GateId::ReplyRecorded => "right of reply on the record",
    }
}

/// How a region voted.
#[derive(Default)]
pub(super) struct RegionRow {
    pub(super) region: &'static str,
    pub(super) publish: u32,
    pub(super) object: u32,
    pub(super) abstain: u32,
    pub(super) sealed: u32,
}

pub(super) fn votes(state: &State, case: &Case, finding: &FindingRecord) -> Vec<RegionRow> {
    let mut rows: BTreeMap<&'static str, RegionRow> = BTreeMap::new();
    for vote in &finding.votes {
        let member = state.global.members.get(&vote.member);
        let region = member
            .and_then(|m| m.region)
            .map_or("not stated", words::region_name);
        let row = rows.entry(region).or_default();
        row.region = region;
        match case
            .opened_vote(&vote.statement)
            .map(|v| words::choice(v.choice))
        {
            Some("publish") => row.publish += 1,
            Some("object") => row.object += 1,
            Some(_) => row.abstain += 1,
            None => row.sealed += 1,
        }
    }
    rows.into_values().collect()
}

/// What laboratories answered on one exhibit of a comparison.
pub(super) struct ComparisonRow {
    pub(super) comparison: String,
    pub(super) exhibit: String,
    pub(super) outcome: &'static str,
    pub(super) answers: Vec<String>,
}

pub(super) fn laboratories(comparisons: &[derive::Comparison]) -> Vec<ComparisonRow> {
    let mut rows = Vec::new();
    for c in comparisons {
        let sealed = c.laboratories.iter().filter(|l| !l.opened);
        let sealed: Vec<_> = sealed
            .map(|l| format!("{}: committed, not opened", l.laboratory))
            .collect();
        for e in &c.exhibits {
            let said = e.answers.iter().map(|a| {
                let item = match (&a.item, a.not_usable) {
                    (Some(item), _) => format!(", item {item}"),
                    (None, true) => ", reading not usable".to_owned(),
                    (None, false) => String::new(),
                };
                format!("{}: {}{item}", a.laboratory, a.answer)
            });
            rows.push(ComparisonRow {
                comparison: c.comparison.to_string(),
                exhibit: e.exhibit.to_string(),
                outcome: match e.outcome {
                    Agreement::Agree => "agree",
                    Agreement::Disagree => "disagree",
                    Agreement::TooFew => "too few answers",
                },
                answers: said.chain(sealed.iter().cloned()).collect(),
            });
        }
    }
    rows
}

/// What the result hangs on.
pub(super) fn linchpins(evaluation: &Evaluation) -> Vec<String> {
    let sentence = |l: &method::Linchpin| {
        let other = if l.changes_top {
            "; another state would lead"
        } else {
            ""
        };
        format!(
            "{} {}: without it the state would be {}{other}.",
            word(&l.kind),
            l.id,
            l.word.text()
        )
    };
    evaluation.linchpins.iter().map(sentence).collect()
}
