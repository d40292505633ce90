//! The two costly parts of an evaluation on their own, for whoever asks one of them again and
//! again: every removal recomputed, and the draws.

use crate::evaluate::{actor_rows, state_rows};
use crate::evaluation::{ActorResult, Removal, StateResult};
use crate::input::Case;
use crate::model::Model;
use crate::montecarlo;
use crate::params::Params;
use crate::posterior::Exact;
use crate::sensitivity::Whole;
use crate::standing::Standing;
use crate::validate::InputError;
use std::num::NonZeroUsize;

/// What each removal leaves, without sampling: the fields of [`crate::Evaluation`] of these names.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // documented there
pub struct Removals {
    pub without_item: Vec<Removal>,
    pub without_strand: Vec<Removal>,
    pub without_organisation: Vec<Removal>,
    pub without_source_state: Vec<Removal>,
    pub without_source_bloc: Vec<Removal>,
}

impl Removals {
    pub(crate) fn of(whole: &Whole<'_>) -> Self {
        Self {
            without_item: whole.without_items(),
            without_strand: whole.without_strands(),
            without_organisation: whole
                .without_sources(|item| Some(item.source.organisation.as_str())),
            without_source_state: whole.without_sources(|item| item.source.state.as_deref()),
            without_source_bloc: whole.without_sources(|item| item.source.bloc.as_deref()),
        }
    }
}

/// The exact posterior with every item, strand and source left out in turn, strands as declared;
/// nothing where no state is among the hypotheses.
///
/// # Errors
/// As [`crate::evaluate`].
pub fn removals(case: &Case, params: &Params) -> Result<Option<Removals>, InputError> {
    case.validate()?;
    params.validate()?;
    let model = Model::new(case);
    let exact = Exact::new(&model);
    let nothing = vec![false; case.items.len()];
    let Some(state) = exact.posterior(&nothing).top_state() else {
        return Ok(None);
    };
    let standing = Standing::new(&exact, &nothing, state, params);
    let whole = Whole {
        case,
        exact: &exact,
        standing: &standing,
        state,
    };
    Ok(Some(Removals::of(&whole)))
}

/// Actors and states with their point values and intervals over the draws, strands as declared,
/// on up to `threads` threads; their number changes no bit.
///
/// # Errors
/// As [`crate::evaluate`].
pub fn intervals(
    case: &Case,
    params: &Params,
    threads: NonZeroUsize,
) -> Result<(Vec<ActorResult>, Vec<StateResult>), InputError> {
    case.validate()?;
    params.validate()?;
    let model = Model::new(case);
    let posterior = Exact::new(&model).posterior(&vec![false; case.items.len()]);
    let draws = montecarlo::run(&model, params, threads);
    Ok((
        actor_rows(case, &posterior, &draws),
        state_rows(&model, &posterior, &draws),
    ))
}
