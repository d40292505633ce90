//! What is left without the strand a machine made: it can never carry a finding.

use crate::evaluate::{actor_rows, state_rows};
use crate::evaluation::{WithoutMachine, WorstStrand};
use crate::input::Case;
use crate::model::Model;
use crate::montecarlo;
use crate::params::Params;
use crate::posterior::Exact;
use crate::standing::Standing;
use std::num::NonZeroUsize;

/// Which items (by declared index) stand in a strand made by a machine; nothing if none does.
pub(crate) fn items(case: &Case) -> Option<Vec<bool>> {
    let made = |strand: &str| case.strands.iter().any(|s| s.machine && s.id == strand);
    let items: Vec<bool> = case.items.iter().map(|i| made(&i.strand)).collect();
    items.contains(&true).then_some(items)
}

/// The case evaluated without its machine-made strand, sampling included; nothing without one.
pub(crate) fn without(
    case: &Case,
    state: usize,
    params: &Params,
    threads: NonZeroUsize,
) -> Option<WithoutMachine> {
    let made = items(case)?;
    let mut rest = case.clone();
    let mut keep = made.iter().map(|m| !m);
    rest.items.retain(|_| keep.next().unwrap_or(true));
    let model = Model::new(&rest);
    let exact = Exact::new(&model);
    let draws = montecarlo::run(&model, params, threads);
    let standing = Standing::new(&exact, &vec![false; rest.items.len()], state, params);
    let states = state_rows(&model, &standing.posterior, &draws);
    let actors = actor_rows(&rest, &standing.posterior, &draws);
    let id = |index: usize| rest.strands[index].id.clone();
    let left_out = case.items.iter().zip(&made).filter(|(_, made)| **made);
    Some(WithoutMachine {
        left_out: left_out.map(|(item, _)| item.id.clone()).collect(),
        top_state: standing
            .posterior
            .top_state()
            .map(|t| model.states[t].clone()),
        supporting: standing.supporting.iter().map(|i| id(*i)).collect(),
        worst_strand: standing.worst.map(|(index, p)| WorstStrand {
            strand: id(index),
            p,
        }),
        standard: standing.standard(params, true, Some(states[state].p5)),
        actors,
        states,
    })
}
