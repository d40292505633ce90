//! What the result hangs on: everything left out in turn, tipping points, corners.
//!
//! Removals are always recomputed, never read off additive terms: with several hypotheses,
//! correlation or an active cap the terms do not add.

use crate::envelope;
use crate::evaluation::{Envelope, InfrastructureOnly, Linchpin, LinchpinKind, Removal, Tipping};
use crate::input::{ActorKind, Case, Item, ItemKind, MBAN};
use crate::likelihood::likelihood_word;
use crate::params::Params;
use crate::posterior::{Exact, Posterior};
use crate::standing::{Standing, ppm};
use crate::validate::MAX_DELTA_PPM;

/// Step of the scan for the break-even δ, parts per million.
const DELTA_STEP_PPM: u32 = 1_000;

/// The point estimate a removal is compared with.
pub(crate) struct Whole<'a> {
    pub(crate) case: &'a Case,
    pub(crate) exact: &'a Exact<'a>,
    pub(crate) standing: &'a Standing,
    pub(crate) state: usize,
}

impl Whole<'_> {
    fn removal(&self, removed: &str, posterior: &Posterior) -> Removal {
        let top = posterior.top_state();
        let before = self.standing.posterior.log_odds(self.state);
        Removal {
            removed: removed.to_owned(),
            p: posterior.state[self.state],
            top_state: top.map(|t| self.exact.model.states[t].clone()),
            top_p: top.map_or(0.0, |t| posterior.state[t]),
            weight_nats: before - posterior.log_odds(self.state),
        }
    }

    /// The posterior without the items a rule picks out.
    pub(crate) fn posterior_without(&self, rule: impl Fn(&Item) -> bool) -> Posterior {
        let removed: Vec<bool> = self.case.items.iter().map(rule).collect();
        self.exact.posterior(&removed)
    }

    pub(crate) fn without_items(&self) -> Vec<Removal> {
        let mut removed = vec![false; self.case.items.len()];
        let mut out = Vec::with_capacity(removed.len());
        for (index, item) in self.case.items.iter().enumerate() {
            removed[index] = true;
            out.push(self.removal(&item.id, &self.exact.posterior(&removed)));
            removed[index] = false;
        }
        out
    }

    /// Every strand that holds an item, in declared order.
    pub(crate) fn without_strands(&self) -> Vec<Removal> {
        let mut out = Vec::new();
        for (index, strand) in self.case.strands.iter().enumerate() {
            let part = self.standing.without.iter().find(|(i, _)| *i == index);
            let holds = self.case.items.iter().any(|item| item.strand == strand.id);
            match part {
                Some((_, posterior)) => out.push(self.removal(&strand.id, posterior)),
                None if holds => out.push(self.removal(&strand.id, &self.standing.posterior)),
                None => {}
            }
        }
        out
    }

    /// Each source organisation, state or bloc, in order of first statement.
    pub(crate) fn without_sources(&self, of: impl Fn(&Item) -> Option<&str>) -> Vec<Removal> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.case.items.iter().filter_map(&of) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let one = |name: &&str| {
            self.removal(
                name,
                &self.posterior_without(|item| of(item) == Some(*name)),
            )
        };
        names.iter().map(one).collect()
    }

    /// What changes the word or the top state when it is left out.
    pub(crate) fn linchpins(&self, parts: &[(LinchpinKind, &[Removal])]) -> Vec<Linchpin> {
        let before = likelihood_word(self.standing.p);
        let top = self.exact.model.states[self.state].as_str();
        let mut out = Vec::new();
        for (kind, removals) in parts {
            for removal in *removals {
                let word = likelihood_word(removal.p);
                let changes_top = removal.top_state.as_deref() != Some(top);
                if word != before || changes_top {
                    out.push(Linchpin {
                        kind: *kind,
                        id: removal.removed.clone(),
                        word,
                        changes_top,
                    });
                }
            }
        }
        out
    }

    /// Smallest δ on a grid of 0.001 above the declared one at which P(state) is below `need`.
    pub(crate) fn break_even_delta(&self, need: f64) -> Option<u32> {
        if self.standing.p < need {
            return None;
        }
        let factors = self.exact.factors(&vec![false; self.case.items.len()]);
        let mut delta = self.case.hypotheses.delta_ppm;
        while delta < MAX_DELTA_PPM {
            delta = ((delta / DELTA_STEP_PPM + 1) * DELTA_STEP_PPM).min(MAX_DELTA_PPM);
            if self.exact.combine_delta(&factors, ppm(delta)).state[self.state] < need {
                return Some(delta);
            }
        }
        None
    }

    /// `ln LR* = ln L - (ln O - ln O_need)` per item, for the unit at this actor index.
    pub(crate) fn tipping(&self, unit: usize, need: f64) -> Vec<Tipping> {
        let actor = &self.case.hypotheses.actors[unit].id;
        let odds = self.standing.posterior.log_odds(self.state);
        let surplus = odds - (libm::log(need) - libm::log((1.0 - need).max(1e-12)));
        let one = |item: &Item| {
            let ratio = item.lr.iter().find(|r| r.actor == *actor);
            let stated = f64::from(ratio.map_or(0, |r| r.mban[1])) / f64::from(MBAN);
            Tipping {
                item: item.id.clone(),
                stated_bans: stated,
                tipping_bans: stated - surplus / core::f64::consts::LN_10,
            }
        };
        self.case.items.iter().map(one).collect()
    }

    /// Corners, proven bounds, and whether the sampled interval lies within these.
    pub(crate) fn envelope(&self, params: &Params, p5: f64, p95: f64) -> Envelope {
        let model = self.exact.model;
        let corner = |own, other| envelope::corner(self.case, model, self.state, own, other);
        let (bound_low, bound_high) = envelope::bounds(model, params, self.state);
        Envelope {
            low: corner(0, 2),
            high: corner(2, 0),
            bound_low,
            bound_high,
            interval_within: bound_low <= p5 && p95 <= bound_high,
        }
    }

    /// Refusal 1: no state is named on territory or infrastructure alone.
    pub(crate) fn infrastructure_only(&self) -> InfrastructureOnly {
        let such =
            |item: &Item| matches!(item.kind, ItemKind::Infrastructure | ItemKind::Territory);
        // nor on these and a machine's suggestion
        let made = |item: &Item| item.kind == ItemKind::Suggestion;
        let posterior = self.posterior_without(|item| such(item) || made(item));
        let top = posterior.top_state();
        let p = posterior.state[self.state];
        InfrastructureOnly {
            p_without: p,
            top_state_without: top.map(|t| self.exact.model.states[t].clone()),
            rests_on_territory_or_infrastructure_alone: self.case.items.iter().any(such)
                && (top != Some(self.state) || p <= 0.5),
        }
    }

    /// The likeliest unit of the state: an actor index.
    pub(crate) fn top_unit(&self) -> Option<usize> {
        let mut best: Option<usize> = None;
        let actor = &self.standing.posterior.actor;
        for (index, declared) in self.case.hypotheses.actors.iter().enumerate() {
            let ours = declared.kind == ActorKind::State
                && self.exact.model.state_of[index] == Some(self.state);
            if ours && best.is_none_or(|b| actor[index] > actor[b]) {
                best = Some(index);
            }
        }
        best
    }
}
