//! The numbers of a finding as rows: states, strands, gates, votes, laboratories.

use std::collections::BTreeMap;

use method::{Evaluation, Gate, GateId, SharedOrigin};
use record::derive;
use record::state::{Case, FindingRecord, State};

use super::names;
use crate::text::{Markup, Texts, foreign};
use crate::words;

/// A state considered.
pub(super) struct StateRow {
    pub(super) state: String,
    pub(super) p: String,
    pub(super) interval: String,
    pub(super) word: String,
    pub(super) framed: String,
}

pub(super) fn states(t: Texts, evaluation: &Evaluation) -> Vec<StateRow> {
    let row = |s: &method::StateResult| StateRow {
        state: names::state(t, &s.state),
        p: t.percent_of(s.p),
        interval: t.range_of(s.p5, s.p95),
        word: t.word("likelihood", &s.word),
        framed: t.percent_of(s.framed),
    };
    evaluation.states.iter().map(row).collect()
}

/// The same figure with strands merged and as given.
pub(super) struct Comparison {
    pub(super) what: &'static str,
    pub(super) merged: String,
    pub(super) given: String,
}

pub(super) fn compared(t: Texts, merged: &Evaluation, given: &Evaluation) -> Vec<Comparison> {
    let both = |key, figure: &dyn Fn(&Evaluation) -> String| Comparison {
        what: t.s(key),
        merged: figure(merged),
        given: figure(given),
    };
    let top = |e: &Evaluation, of: &dyn Fn(&method::StateResult) -> String| {
        e.top().map_or_else(|| t.s("common.none").to_owned(), of)
    };
    vec![
        both("finding.leading", &|e| {
            top(e, &|s| names::state(t, &s.state))
        }),
        both("finding.likelihood", &|e| top(e, &|s| t.percent_of(s.p))),
        both("finding.range", &|e| top(e, &|s| t.range_of(s.p5, s.p95))),
        both("finding.supporting", &|e| {
            t.number(e.supporting.len() as u64)
        }),
        both("finding.standard-all", &|e| t.word("standard", &e.standard)),
        both("finding.standard-numbers", &|e| {
            t.word("standard", &e.standard_numeric)
        }),
    ]
}

/// Why strands count as one.
pub(super) fn merges(t: Texts, evaluation: &Evaluation) -> Vec<Markup> {
    let sentence = |m: &method::MergeNote| {
        let shared = m.shared.iter().map(|s| match s {
            SharedOrigin::Upstream(upstream) => upstream.clone(),
            SharedOrigin::Exhibit(hash) => format!("{} {hash}", t.s("finding.exhibit")),
        });
        let shared: Vec<_> = shared.collect();
        let say = t.say("finding.merge").with("strands", t.list(&m.strands));
        say.with("shared", t.list(&shared)).html()
    };
    evaluation.merges.iter().map(sentence).collect()
}

/// A strand, its weight for the leading state and its cap, in bans.
pub(super) struct StrandRow {
    pub(super) strand: String,
    pub(super) weight_bans: f64,
    pub(super) cap_bans: f64,
    pub(super) weight: String,
    pub(super) cap: String,
    pub(super) corruption: String,
    pub(super) supports: &'static str,
}

pub(super) fn strands(t: Texts, inputs: &method::Case, e: &Evaluation) -> Vec<StrandRow> {
    let corruption = |strand: &str| {
        // a merged strand has its own note, a raised one too; the raised value is the one used
        let merged = e.merges.iter().find(|m| m.into == strand).map(|m| m.c_ppm);
        let stated = inputs
            .strands
            .iter()
            .find(|s| s.id == strand)
            .map(|s| s.c_ppm);
        let raised = e
            .raised
            .iter()
            .find(|r| r.strand == strand)
            .map(|r| r.to_ppm);
        merged.or(stated).max(raised).unwrap_or(method::input::PPM)
    };
    let row = |r: &method::Removal| {
        let c_ppm = corruption(&r.removed);
        let weight_bans = r.weight_nats / std::f64::consts::LN_10;
        let cap_bans = -(f64::from(c_ppm.max(1)) / 1e6).log10();
        StrandRow {
            strand: r.removed.clone(),
            weight_bans,
            cap_bans,
            weight: t.signed(weight_bans, 2),
            cap: t.decimal(cap_bans, 2),
            corruption: t.share(c_ppm),
            supports: t.s(match e.supporting.contains(&r.removed) {
                true => "common.yes",
                false => "common.no",
            }),
        }
    };
    e.without_strand.iter().map(row).collect()
}

/// Strands whose stated chance of corruption was raised.
pub(super) fn raised(t: Texts, e: &Evaluation) -> Vec<Markup> {
    let mut sentences = Vec::new();
    for r in &e.raised {
        let say = t.say("finding.raised").with("strand", &r.strand);
        sentences.push(
            say.word("from", t.share(r.from_ppm))
                .word("to", t.share(r.to_ppm))
                .html(),
        );
    }
    sentences
}

/// One gate of one standard.
pub(super) struct GateRow {
    pub(super) standard: &'static str,
    pub(super) gate: String,
    pub(super) need: String,
    pub(super) have: String,
    pub(super) verdict: String,
}

pub(super) fn gates(t: Texts, evaluation: &Evaluation) -> Vec<GateRow> {
    let row = |g: &Gate| GateRow {
        standard: words::standard_code(g.standard),
        gate: t.word("gate", &g.gate),
        need: amount(t, g.gate, g.need),
        have: match g.have {
            Some(have) => amount(t, g.gate, have),
            None => t.s("finding.not-known").to_owned(),
        },
        verdict: t.word("met", &g.verdict),
    };
    evaluation.gates.iter().map(row).collect()
}

/// Counts as counts, truths as words, probabilities with three digits: a gate is judged at its edge.
fn amount(t: Texts, gate: GateId, value: f64) -> String {
    match gate {
        GateId::SupportingStrands | GateId::NonAlignedStrand => t.decimal(value, 0),
        GateId::ReplyRecorded => t
            .s(if value >= 1.0 {
                "common.yes"
            } else {
                "common.no"
            })
            .to_owned(),
        _ => t.decimal(value, 3),
    }
}

/// How a region voted.
#[derive(Clone, Default)]
pub(super) struct Votes {
    pub(super) publish: u32,
    pub(super) object: u32,
    pub(super) abstain: u32,
    pub(super) sealed: u32,
}

/// Votes of a finding's round, by the region's wire name.
pub(super) fn votes(
    state: &State,
    case: &Case,
    finding: &FindingRecord,
) -> BTreeMap<&'static str, Votes> {
    let mut rows: BTreeMap<&'static str, Votes> = BTreeMap::new();
    for vote in &finding.votes {
        let member = state.global.members.get(&vote.member);
        let region = member
            .and_then(|m| m.region)
            .map_or("unknown", |r| r.as_str());
        let row = rows.entry(region).or_default();
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
    rows
}

/// What laboratories answered on one exhibit of a comparison.
pub(super) struct ComparisonRow {
    pub(super) comparison: Markup,
    pub(super) exhibit: String,
    pub(super) outcome: String,
    pub(super) answers: Vec<Markup>,
}

pub(super) fn laboratories(t: Texts, comparisons: &[derive::Comparison]) -> Vec<ComparisonRow> {
    let answer = |a: &derive::Answered| {
        let say = match (&a.item, a.not_usable) {
            (Some(item), _) => t.say("finding.lab-item").with("item", item),
            (None, true) => t.say("finding.lab-unusable"),
            (None, false) => t.say("finding.lab-answer"),
        };
        say.with("laboratory", &a.laboratory)
            .with("answer", &a.answer)
            .html()
    };
    let mut rows = Vec::new();
    for c in comparisons {
        let sealed = || {
            let sealed = c.laboratories.iter().filter(|l| !l.opened);
            sealed.map(|l| {
                t.say("finding.lab-sealed")
                    .with("laboratory", &l.laboratory)
                    .html()
            })
        };
        for e in &c.exhibits {
            rows.push(ComparisonRow {
                comparison: foreign(&c.comparison.to_string()),
                exhibit: e.exhibit.to_string(),
                outcome: t.word("agreement", &e.outcome),
                answers: e.answers.iter().map(answer).chain(sealed()).collect(),
            });
        }
    }
    rows
}
