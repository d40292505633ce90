//! The one way from a case to its evaluation.

use crate::caps::raise_caps;
use crate::confidence::{self, Figures};
use crate::evaluation::{
    ActorResult, Evaluation, LinchpinKind, PlantingCost, PlantingEffort, Recheckable, Standard,
    StateResult, WorstStrand,
};
use crate::gates::{self, Evidence};
use crate::input::Case;
use crate::likelihood::likelihood_word;
use crate::machine;
use crate::merge::merge_strands;
use crate::model::Model;
use crate::montecarlo::{self, Draws};
use crate::naive::naive;
use crate::params::Params;
use crate::parts::Removals;
use crate::planting::planting;
use crate::pools::{Pools, pools};
use crate::posterior::{Exact, Posterior};
use crate::sensitivity::Whole;
use crate::standing::{Standing, ladder, ppm};
use crate::validate::InputError;
use std::num::NonZeroUsize;

/// Evaluates a case after merging strands that share an upstream or an exhibit, and after raising
/// each strand's c to the charter's floor.
///
/// # Errors
/// The first rule of the input or of the parameters that is broken; nothing else can fail.
pub fn evaluate(case: &Case, params: &Params) -> Result<Evaluation, InputError> {
    evaluate_on(case, params, NonZeroUsize::MIN)
}

/// As [`evaluate`], with the draws on up to `threads` threads; their number changes no bit.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_on(
    case: &Case,
    params: &Params,
    threads: NonZeroUsize,
) -> Result<Evaluation, InputError> {
    case.validate()?;
    params.validate()?;
    let (mut merged, merges) = merge_strands(case);
    let raised = raise_caps(&mut merged, params);
    Ok(Evaluation {
        merges,
        raised,
        ..run(&merged, params, threads)
    })
}

/// Evaluates a case with its strands as declared, shared origins or not.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_as_given(case: &Case, params: &Params) -> Result<Evaluation, InputError> {
    case.validate()?;
    params.validate()?;
    Ok(run(case, params, NonZeroUsize::MIN))
}

fn run(case: &Case, params: &Params, threads: NonZeroUsize) -> Evaluation {
    let model = Model::new(case);
    let exact = Exact::new(&model);
    let draws = montecarlo::run(&model, params, threads);
    let nothing = vec![false; case.items.len()];
    let posterior = exact.posterior(&nothing);
    let pools = (!case.reviews.is_empty()).then(|| pools(&case.reviews, params));
    let mut out = blank(case, &model, params, &draws, &posterior, pools);
    if let Some(state) = posterior.top_state() {
        let standing = Standing::new(&exact, &nothing, state, params);
        let whole = Whole {
            case,
            exact: &exact,
            standing: &standing,
            state,
        };
        fill_standing(&mut out, &whole);
        out.without_machine = machine::without(case, state, params, threads);
        fill_gates(&mut out, &whole, params);
        fill_sensitivity(&mut out, &whole, params);
        fill_confidence(&mut out, case, params);
    }
    out
}

/// Everything that does not need a top state.
fn blank(
    case: &Case,
    model: &Model,
    params: &Params,
    draws: &Draws,
    posterior: &Posterior,
    pools: Option<Pools>,
) -> Evaluation {
    let figures = Figures {
        supporting: 0,
        worst: None,
        width: 1.0,
        jsd_bits: pools.as_ref().map(|p| p.jsd_bits),
        without_item: &[],
        break_even_delta_ppm: None,
        linchpins: 0,
    };
    Evaluation {
        draws: params.draws,
        seed: params.seed,
        merges: Vec::new(),
        raised: Vec::new(),
        actors: actor_rows(case, posterior, draws),
        states: state_rows(model, posterior, draws),
        top_state: None,
        top_unit: None,
        supporting: Vec::new(),
        worst_strand: None,
        without_item: Vec::new(),
        without_strand: Vec::new(),
        without_organisation: Vec::new(),
        without_source_state: Vec::new(),
        without_source_bloc: Vec::new(),
        linchpins: Vec::new(),
        planting: PlantingCost::None { plantable: 0 },
        planting_effort: PlantingEffort::None { plantable: 0 },
        break_even_delta_ppm: None,
        tipping: Vec::new(),
        envelope: None,
        infrastructure_only: None,
        recheckable: None,
        without_machine: None,
        gates: gates::no_state(params),
        standard_numeric: Standard::None,
        standard: Standard::None,
        naive: naive(case),
        confidence: confidence::judge(case, params, &figures),
        pools,
    }
}

pub(crate) fn actor_rows(case: &Case, posterior: &Posterior, draws: &Draws) -> Vec<ActorResult> {
    let mut out = Vec::with_capacity(case.hypotheses.actors.len());
    for (index, actor) in case.hypotheses.actors.iter().enumerate() {
        let spread = draws.actors[index];
        out.push(ActorResult {
            actor: actor.id.clone(),
            state: actor.state.clone(),
            p: posterior.actor[index],
            framed: posterior.framed[index],
            mean: spread.mean,
            p5: spread.p5,
            p95: spread.p95,
        });
    }
    out
}

pub(crate) fn state_rows(model: &Model, posterior: &Posterior, draws: &Draws) -> Vec<StateResult> {
    let mut out = Vec::with_capacity(model.states.len());
    for (index, state) in model.states.iter().enumerate() {
        let spread = draws.states[index];
        out.push(StateResult {
            state: state.clone(),
            p: posterior.state[index],
            framed: posterior.framed_state(model, index),
            mean: spread.mean,
            p5: spread.p5,
            p95: spread.p95,
            top_share: draws.top_share[index],
            word: likelihood_word(posterior.state[index]),
        });
    }
    out
}

fn fill_standing(out: &mut Evaluation, whole: &Whole<'_>) {
    let strand = |index: usize| whole.case.strands[index].id.clone();
    out.top_state = Some(whole.exact.model.states[whole.state].clone());
    out.top_unit = whole
        .top_unit()
        .map(|u| whole.case.hypotheses.actors[u].id.clone());
    out.supporting = whole
        .standing
        .supporting
        .iter()
        .map(|i| strand(*i))
        .collect();
    out.worst_strand = whole.standing.worst.map(|(index, p)| WorstStrand {
        strand: strand(index),
        p,
    });
}

fn fill_gates(out: &mut Evaluation, whole: &Whole<'_>, params: &Params) {
    let recheckable = recheckable(whole, params);
    let evidence = Evidence {
        case: whole.case,
        params,
        standing: whole.standing,
        state: &whole.exact.model.states[whole.state],
        bound: out.states[whole.state].p5,
        recheckable: &recheckable,
        without_machine: out.without_machine.as_ref(),
        pools: out.pools.as_ref(),
    };
    out.gates = gates::gates(&evidence);
    out.standard_numeric = gates::reached(&out.gates, gates::is_numeric);
    out.standard = gates::reached(&out.gates, |_| true);
    out.recheckable = Some(recheckable);
}

fn recheckable(whole: &Whole<'_>, params: &Params) -> Recheckable {
    let made = machine::items(whole.case).unwrap_or_else(|| vec![false; whole.case.items.len()]);
    let items = whole.case.items.iter().zip(&made);
    let left_out: Vec<bool> = items.map(|(i, made)| *made || !i.recheckable).collect();
    let standing = Standing::new(whole.exact, &left_out, whole.state, params);
    let top = standing.posterior.top_state();
    let items = whole.case.items.iter().zip(&left_out);
    let names = items.filter(|(_, out)| **out).map(|(i, _)| i.id.clone());
    Recheckable {
        left_out: names.collect(),
        p: standing.p,
        top_state: top.map(|t| whole.exact.model.states[t].clone()),
        supporting: standing.supporting.len() as u32,
        worst: standing.worst.map(|(_, p)| p),
        standard: standing.exact_standard(params, false),
    }
}

/// The threshold the result must stay above: that of the standard reached, else S1's.
fn threshold(reached: Standard, params: &Params) -> f64 {
    let own = ladder(params)
        .into_iter()
        .find(|(standard, _)| *standard == reached);
    ppm(own.map_or(params.s1.p_ppm, |(_, need)| need.p_ppm))
}

fn fill_sensitivity(out: &mut Evaluation, whole: &Whole<'_>, params: &Params) {
    let need = threshold(out.standard_numeric, params);
    let parts = Removals::of(whole);
    out.without_item = parts.without_item;
    out.without_strand = parts.without_strand;
    out.without_organisation = parts.without_organisation;
    out.without_source_state = parts.without_source_state;
    out.without_source_bloc = parts.without_source_bloc;
    out.linchpins = whole.linchpins(&[
        (LinchpinKind::Item, &out.without_item),
        (LinchpinKind::Strand, &out.without_strand),
        (LinchpinKind::SourceOrganisation, &out.without_organisation),
        (LinchpinKind::SourceState, &out.without_source_state),
        (LinchpinKind::SourceBloc, &out.without_source_bloc),
    ]);
    // before the panel has reviewed, the claim is what the numbers alone would carry
    let claimed = if out.pools.is_some() {
        out.standard
    } else {
        out.standard_numeric
    };
    (out.planting, out.planting_effort) =
        planting(whole, claimed, machine::items(whole.case), params);
    out.break_even_delta_ppm = whole.break_even_delta(need);
    out.tipping = whole
        .top_unit()
        .map(|unit| whole.tipping(unit, need))
        .unwrap_or_default();
    out.envelope = out.top().map(|top| whole.envelope(params, top.p5, top.p95));
    out.infrastructure_only = Some(whole.infrastructure_only());
}

fn fill_confidence(out: &mut Evaluation, case: &Case, params: &Params) {
    let Some(top) = out.top() else { return };
    let (mut worst, mut width) = (out.worst_strand.as_ref().map(|w| w.p), top.p95 - top.p5);
    if let Some(rest) = &out.without_machine {
        // a machine's strand raises no confidence: the less favourable figure counts
        let least = rest.worst_strand.as_ref().map(|w| w.p);
        worst = worst.zip(least).map(|(a, b)| a.min(b));
        let own = rest.states.iter().find(|s| s.state == top.state);
        width = own.map_or(width, |s| width.max(s.p95 - s.p5));
    }
    let figures = Figures {
        supporting: out.supporting.len() as u32,
        worst,
        width,
        jsd_bits: out.pools.as_ref().map(|p| p.jsd_bits),
        without_item: &out.without_item,
        break_even_delta_ppm: out.break_even_delta_ppm,
        linchpins: out.linchpins.len(),
    };
    out.confidence = confidence::judge(case, params, &figures);
}
