//! Planting cost: which sets of plantable items carry the result (docs/method.md has the proofs).
//!
//! A planted item is worth nothing, so it is removed. Two searches: the fewest items, by size and
//! then in declared order; and the least effort, by effort. Both leave out sets that a bound on
//! their influence proves harmless. Gates that need sampling (the 5 % bound) are not part of it.

use crate::evaluation::{PlantedSet, PlantingCost, PlantingEffort, Standard};
use crate::influence;
use crate::input::PPM;
use crate::params::Params;
use crate::planting_search::{Search, Tried};
use crate::posterior::Exact;
use crate::sensitivity::Whole;
use crate::standing::Standing;

/// What a set of removed items must change to count as a flip.
struct Claim<'a> {
    exact: &'a Exact<'a>,
    params: &'a Params,
    state: usize,
    standard: Standard,
    /// Items of the strand a machine made: the claim must hold with and without them.
    machine: Option<Vec<bool>>,
}

impl<'a> Claim<'a> {
    /// The standard claimed, as far as the gates that need no sampling carry it.
    fn new(
        whole: &Whole<'a>,
        claimed: Standard,
        machine: Option<Vec<bool>>,
        params: &'a Params,
    ) -> Self {
        let mut standard = claimed.min(whole.standing.exact_standard(params, true));
        if let Some(machine) = &machine {
            let rest = Standing::new(whole.exact, machine, whole.state, params);
            let same = rest.posterior.top_state() == Some(whole.state);
            let reached = rest.exact_standard(params, true);
            standard = standard.min(if same { reached } else { Standard::None });
        }
        Self {
            exact: whole.exact,
            params,
            state: whole.state,
            standard,
            machine,
        }
    }

    fn flips(&self, removed: &[bool]) -> bool {
        let fails = |removed: &[bool]| {
            if self.standard == Standard::None {
                return self.exact.posterior(removed).top_state() != Some(self.state);
            }
            let standing = Standing::new(self.exact, removed, self.state, self.params);
            standing.posterior.top_state() != Some(self.state)
                || standing.exact_standard(self.params, true) < self.standard
        };
        let claims_more = self.standard != Standard::None;
        fails(removed)
            || self.machine.as_ref().is_some_and(|machine| {
                let both = removed.iter().zip(machine).map(|(a, b)| *a || *b);
                claims_more && fails(&both.collect::<Vec<bool>>())
            })
    }

    /// Below this sum of influences no set flips the result.
    fn slack(&self, whole: &Whole<'_>) -> f64 {
        let slack = |standing: &Standing| {
            influence::slack(standing, self.exact, self.state, self.standard, self.params)
        };
        let all = slack(whole.standing);
        match (&self.machine, self.standard) {
            (None, _) | (_, Standard::None) => all,
            (Some(machine), _) => {
                let rest = Standing::new(self.exact, machine, self.state, self.params);
                all.min(slack(&rest))
            }
        }
    }
}

/// -log10 φ in millibans; φ is taken as at least one part per million.
pub(crate) fn effort_mban(phi_ppm: u32) -> u32 {
    let phi = f64::from(phi_ppm.max(1)) / f64::from(PPM);
    libm::round(-1000.0 * libm::log10(phi)) as u32
}

/// Both searches, for the standard claimed or, where none is, the likeliest state.
pub(crate) fn planting(
    whole: &Whole<'_>,
    claimed: Standard,
    machine: Option<Vec<bool>>,
    params: &Params,
) -> (PlantingCost, PlantingEffort) {
    let (case, exact) = (whole.case, whole.exact);
    let claim = Claim::new(whole, claimed, machine, params);
    let plantable: Vec<usize> = (0..case.items.len())
        .filter(|i| case.items[*i].phi_ppm >= params.plantable_phi_ppm)
        .collect();
    let influence = influence::influence(exact, &plantable);
    let flips = |set: &[usize]| {
        let mut removed = vec![false; case.items.len()];
        set.iter().for_each(|i| removed[*i] = true);
        claim.flips(&removed)
    };
    let search = Search {
        influence: plantable.iter().map(|i| influence[*i]).collect(),
        effort: plantable
            .iter()
            .map(|i| effort_mban(case.items[*i].phi_ppm))
            .collect(),
        items: plantable,
        slack: claim.slack(whole),
        budget: sets_allowed(exact, params),
        flips: &flips,
    };
    let name =
        |set: &[usize]| -> Vec<String> { set.iter().map(|i| case.items[*i].id.clone()).collect() };
    both(&search, &name)
}

fn both(
    search: &Search<'_>,
    name: &dyn Fn(&[usize]) -> Vec<String>,
) -> (PlantingCost, PlantingEffort) {
    let plantable = search.items.len() as u32;
    let fewest = search.fewest();
    let known = match &fewest {
        Tried::Found(set) => Some(set.clone()),
        Tried::Nothing => {
            let none = PlantingEffort::None { plantable };
            return (PlantingCost::None { plantable }, none);
        }
        Tried::UpTo(_) => search.some_set(),
    };
    let cost = match fewest {
        Tried::Found(set) => PlantingCost::Flips {
            cost: set.len() as u32,
            items: name(&set),
        },
        Tried::UpTo(k) => PlantingCost::MoreThan {
            k,
            plantable,
            best: known.as_deref().map(name),
        },
        Tried::Nothing => PlantingCost::None { plantable },
    };
    let effort = match search.easiest() {
        Tried::Found(set) => PlantingEffort::Flips {
            effort_mban: search.effort_of(&set),
            items: name(&set),
        },
        Tried::Nothing => PlantingEffort::None { plantable },
        Tried::UpTo(effort_mban) => PlantingEffort::AtLeast {
            effort_mban,
            best: known.map(|set| PlantedSet {
                effort_mban: search.effort_of(&set),
                items: name(&set),
            }),
        },
    };
    (cost, effort)
}

/// How many sets fit the charter's budget for a case of this size.
fn sets_allowed(exact: &Exact<'_>, params: &Params) -> u64 {
    let strands = exact.model.strands.len().max(1) as u64;
    let per_set = strands * strands * exact.model.cells() as u64;
    let products = u64::from(params.planting_max_mega_products) * 1_000_000;
    (products / per_set).clamp(1, u64::from(params.planting_max_sets))
}

#[cfg(test)]
mod tests;
