//! The gates of the standards of proof (method.md sections 7 and 8); unknown is not met.

use crate::evaluation::{Gate, GateId, Recheckable, Standard, Verdict, WithoutMachine};
use crate::input::Case;
use crate::params::{Params, Thresholds};
use crate::pools::Pools;
use crate::standing::{Standing, exceeds, ladder, ppm};

/// Everything the gates look at.
pub(crate) struct Evidence<'a> {
    pub(crate) case: &'a Case,
    pub(crate) params: &'a Params,
    pub(crate) standing: &'a Standing,
    /// Code of the top state.
    pub(crate) state: &'a str,
    /// 5 % bound of P(state).
    pub(crate) bound: f64,
    pub(crate) recheckable: &'a Recheckable,
    pub(crate) without_machine: Option<&'a WithoutMachine>,
    pub(crate) pools: Option<&'a Pools>,
}

/// All gates of all standards.
pub(crate) fn gates(evidence: &Evidence<'_>) -> Vec<Gate> {
    let mut out = Vec::new();
    for (standard, need) in ladder(evidence.params) {
        evidence.numeric(standard, need, &mut out);
        if let Some(rest) = evidence.without_machine {
            out.push(evidence.without_machine(standard, need, rest));
        }
        if standard >= Standard::S2 && evidence.params.recheck_rule {
            out.push(evidence.recheckable_only(standard, need));
        }
        out.push(evidence.both_pools(standard, need));
        out.push(evidence.reviewer_floor(standard, need));
        if standard == Standard::S3 {
            out.push(evidence.non_aligned());
            let reply = f64::from(u8::from(evidence.case.reply_recorded));
            let verdict = met(evidence.case.reply_recorded);
            out.push(gate(
                standard,
                GateId::ReplyRecorded,
                1.0,
                Some(reply),
                verdict,
            ));
        }
    }
    out
}

/// Gates that cannot be judged because no state is among the hypotheses.
pub(crate) fn no_state(params: &Params) -> Vec<Gate> {
    let one = |(standard, need): (Standard, &Thresholds)| {
        gate(
            standard,
            GateId::Probability,
            ppm(need.p_ppm),
            None,
            Verdict::NotMet,
        )
    };
    ladder(params).into_iter().map(one).collect()
}

/// The highest standard whose gates, and all gates below it, are met.
pub(crate) fn reached(gates: &[Gate], counts: impl Fn(GateId) -> bool) -> Standard {
    let mut reached = Standard::None;
    for standard in [Standard::S1, Standard::S2, Standard::S3] {
        let mut own = gates
            .iter()
            .filter(|g| g.standard == standard && counts(g.gate));
        if own.all(|g| g.verdict == Verdict::Met) {
            reached = standard;
        } else {
            break;
        }
    }
    reached
}

/// Whether a gate rests on the figures of the evidence alone.
pub(crate) fn is_numeric(gate: GateId) -> bool {
    matches!(
        gate,
        GateId::Probability
            | GateId::LowerBound
            | GateId::WorstStrandOut
            | GateId::SupportingStrands
            | GateId::FramedMass
            | GateId::WithoutMachine
    )
}

fn met(holds: bool) -> Verdict {
    if holds { Verdict::Met } else { Verdict::NotMet }
}

fn gate(standard: Standard, id: GateId, need: f64, have: Option<f64>, verdict: Verdict) -> Gate {
    Gate {
        standard,
        gate: id,
        need,
        have,
        verdict,
    }
}

impl Evidence<'_> {
    fn numeric(&self, standard: Standard, need: &Thresholds, out: &mut Vec<Gate>) {
        let above = |id, have: f64, need_ppm| {
            let verdict = met(exceeds(standard, have, need_ppm));
            gate(standard, id, ppm(need_ppm), Some(have), verdict)
        };
        out.push(above(GateId::Probability, self.standing.p, need.p_ppm));
        out.push(above(GateId::LowerBound, self.bound, need.bound_ppm));
        if need.worst_ppm > 0 {
            let have = self.standing.worst.map(|(_, p)| p);
            let verdict = met(have.is_some_and(|p| p >= ppm(need.worst_ppm)));
            out.push(gate(
                standard,
                GateId::WorstStrandOut,
                ppm(need.worst_ppm),
                have,
                verdict,
            ));
        }
        let (have, strands) = (
            self.standing.supporting.len() as f64,
            f64::from(need.strands),
        );
        let verdict = met(have >= strands);
        out.push(gate(
            standard,
            GateId::SupportingStrands,
            strands,
            Some(have),
            verdict,
        ));
        if need.framed_max_ppm < crate::input::PPM {
            let (have, most) = (self.standing.framed, ppm(need.framed_max_ppm));
            out.push(gate(
                standard,
                GateId::FramedMass,
                most,
                Some(have),
                met(have <= most),
            ));
        }
    }

    fn without_machine(
        &self,
        standard: Standard,
        need: &Thresholds,
        rest: &WithoutMachine,
    ) -> Gate {
        let same = rest.top_state.as_deref() == Some(self.state);
        let own = rest.states.iter().find(|s| s.state == self.state);
        gate(
            standard,
            GateId::WithoutMachine,
            ppm(need.p_ppm),
            own.map(|s| s.p),
            met(same && rest.standard >= standard),
        )
    }

    fn recheckable_only(&self, standard: Standard, need: &Thresholds) -> Gate {
        let same = self.recheckable.top_state.as_deref() == Some(self.state);
        let verdict = met(same && self.recheckable.standard >= standard);
        let have = Some(self.recheckable.p);
        gate(
            standard,
            GateId::RecheckableOnly,
            ppm(need.p_ppm),
            have,
            verdict,
        )
    }

    /// P(state) according to one distribution over actors.
    fn state_sum(&self, distribution: &[f64]) -> f64 {
        let actors = self.case.hypotheses.actors.iter().zip(distribution);
        let ours = actors.filter(|(a, _)| a.state.as_deref() == Some(self.state));
        ours.fold(0.0, |sum, (_, p)| sum + p)
    }

    /// Whether no other state is likelier according to a distribution over actors.
    fn leads(&self, distribution: &[f64]) -> bool {
        let own = self.state_sum(distribution);
        self.case
            .hypotheses
            .actors
            .iter()
            .filter_map(|a| a.state.as_deref())
            .all(|other| {
                let actors = self.case.hypotheses.actors.iter().zip(distribution);
                let theirs = actors.filter(|(a, _)| a.state.as_deref() == Some(other));
                theirs.fold(0.0, |sum, (_, p)| sum + p) <= own
            })
    }

    fn reviewed(&self) -> Option<&Pools> {
        self.pools
            .filter(|_| self.case.reviews.len() >= self.params.min_reviews as usize)
    }

    fn both_pools(&self, standard: Standard, need: &Thresholds) -> Gate {
        let Some(pools) = self.reviewed() else {
            let need = ppm(need.p_ppm);
            return gate(standard, GateId::BothPools, need, None, Verdict::Unknown);
        };
        let have = self
            .state_sum(&pools.linear)
            .min(self.state_sum(&pools.log));
        let leads = self.leads(&pools.linear) && self.leads(&pools.log);
        let verdict = met(leads && exceeds(standard, have, need.p_ppm));
        gate(
            standard,
            GateId::BothPools,
            ppm(need.p_ppm),
            Some(have),
            verdict,
        )
    }

    /// Least P(state) of any reviewer, summed as integers so that a threshold is met exactly.
    fn reviewer_floor(&self, standard: Standard, need: &Thresholds) -> Gate {
        let floor = ppm(need.reviewer_low_ppm);
        if self.reviewed().is_none() {
            return gate(
                standard,
                GateId::ReviewerFloor,
                floor,
                None,
                Verdict::Unknown,
            );
        }
        let own = |review: &crate::input::ReviewerPosterior| {
            let actors = self
                .case
                .hypotheses
                .actors
                .iter()
                .zip(&review.posterior_ppm);
            let ours = actors.filter(|(a, _)| a.state.as_deref() == Some(self.state));
            ours.map(|(_, v)| *v).sum::<u32>()
        };
        let least = self.case.reviews.iter().map(own).min().unwrap_or(0);
        let verdict = met(least >= need.reviewer_low_ppm);
        gate(
            standard,
            GateId::ReviewerFloor,
            floor,
            Some(ppm(least)),
            verdict,
        )
    }

    /// At least one supporting strand whose sources are all neither allied nor adverse.
    fn non_aligned(&self) -> Gate {
        let id = GateId::NonAlignedStrand;
        let relations = self
            .case
            .hypotheses
            .relations
            .iter()
            .find(|r| r.state == self.state);
        let Some(relations) = relations else {
            return gate(Standard::S3, id, 1.0, None, Verdict::Unknown);
        };
        let (mut clear, mut unclear) = (0_u32, 0_u32);
        for index in &self.standing.supporting {
            let strand = &self.case.strands[*index].id;
            let (mut aligned, mut unknown) = (false, false);
            for item in self.case.items.iter().filter(|item| item.strand == *strand) {
                match &item.source.bloc {
                    Some(b) => {
                        aligned |= relations.allied.contains(b) || relations.adversary.contains(b)
                    }
                    None => unknown = true,
                }
            }
            clear += u32::from(!aligned && !unknown);
            unclear += u32::from(!aligned && unknown);
        }
        let verdict = match (clear, unclear) {
            (0, 0) => Verdict::NotMet,
            (0, _) => Verdict::Unknown,
            _ => Verdict::Met,
        };
        gate(Standard::S3, id, 1.0, Some(f64::from(clear)), verdict)
    }
}
