//! What to look for next: the value of a check before it is made (method.md section 6).
//!
//! Information is measured over the *joint* hypotheses (who, and imitating whom); the same over
//! actors alone is shown beside it, because a check for forgery looks worthless there. Losses are
//! the charter's. Sums run over outcomes, then rows, then columns, in declared order.

use crate::caps::raise_caps;
use crate::check::{Check, CheckModel, validate_checks};
use crate::evaluation::MergeNote;
use crate::input::Case;
use crate::merge::merge_strands;
use crate::model::{ItemModel, Model, StrandModel};
use crate::params::Params;
use crate::posterior::Exact;
use crate::product::greatest;
use crate::validate::InputError;
use serde::{Deserialize, Serialize};

/// What the published loss advises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "decision", deny_unknown_fields)]
pub enum Decision {
    /// Name nobody.
    Silent,
    /// Name this state. The standards of proof decide whether it may be; this is the loss alone.
    Name {
        /// Its code.
        state: String,
    },
}

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Candidate {
    /// An analyst wrote it down.
    Given,
    /// Built in: re-examining one item of the case.
    ReExamination,
}

/// One outcome of a check, before it is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeValue {
    /// Its identifier.
    pub id: String,
    /// How likely it is.
    pub p: f64,
    /// What the loss would advise after it.
    pub decision: Decision,
}

/// What a check is worth before it is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckValue {
    /// The check's identifier; for a re-examination that of the item.
    pub id: String,
    /// What would be done.
    pub what: String,
    /// Where it comes from.
    pub candidate: Candidate,
    /// Effort, days of work, where stated.
    pub days: Option<u32>,
    /// Probability that the answer is worth anything: r(1-c).
    pub sound: f64,
    /// Expected information about who and imitating whom, bits.
    pub joint_bits: f64,
    /// Expected information about who alone, bits; never more than `joint_bits`.
    pub actor_bits: f64,
    /// Expected value for the decision, in units of the loss.
    pub evsi: f64,
    /// Its outcomes, in the order given.
    pub outcomes: Vec<OutcomeValue>,
}

/// Candidate checks, the most informative first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextChecks {
    /// Entropy over who and imitating whom, bits.
    pub joint_bits: f64,
    /// Entropy over who alone, bits.
    pub actor_bits: f64,
    /// Loss of naming the wrong state, in thousandths.
    pub loss_false_milli: u32,
    /// Loss of silence, in thousandths.
    pub loss_silence_milli: u32,
    /// What the loss advises now.
    pub decision: Decision,
    /// Its expected loss.
    pub risk: f64,
    /// The candidates by `joint_bits`; ties in declared order, re-examinations after the given.
    pub checks: Vec<CheckValue>,
}

/// Least expected gain that counts as one: below it is rounding.
pub const EVSI_FLOOR: f64 = 1e-12;

impl NextChecks {
    /// Whether any single check could change what the loss advises.
    #[must_use]
    pub fn some_check_could_decide(&self) -> bool {
        self.checks.iter().any(|c| c.evsi > EVSI_FLOOR)
    }
}

/// Ranks candidate checks, and the re-examination of every item, against the case as evaluated:
/// strands of shared origin merged, caps raised to the charter's floors.
///
/// # Errors
/// The first rule of case, parameters or checks that is broken.
pub fn next_checks(
    case: &Case,
    checks: &[Check],
    params: &Params,
) -> Result<NextChecks, InputError> {
    validate(case, checks, params)?;
    let (mut merged, merges) = merge_strands(case);
    raise_caps(&mut merged, params);
    Ok(run(&merged, &merges, checks, params))
}

/// As [`next_checks`] with the strands as declared, shared origins or not.
///
/// # Errors
/// As [`next_checks`].
pub fn next_checks_as_given(
    case: &Case,
    checks: &[Check],
    params: &Params,
) -> Result<NextChecks, InputError> {
    validate(case, checks, params)?;
    Ok(run(case, &[], checks, params))
}

fn validate(case: &Case, checks: &[Check], params: &Params) -> Result<(), InputError> {
    case.validate()?;
    params.validate()?;
    validate_checks(case, checks)
}

fn run(case: &Case, merges: &[MergeNote], checks: &[Check], params: &Params) -> NextChecks {
    let model = Model::new(case);
    let joint = Exact::new(&model).joint();
    let prior = Belief::new(&model, params, &joint);
    let mut values = Vec::new();
    for check in checks {
        let compiled = check.compile(case, merges);
        let outcomes = check.outcomes.iter().map(|o| o.id.as_str());
        let mut value = prior.value(&compiled, outcomes);
        value.id.clone_from(&check.id);
        value.what.clone_from(&check.what);
        value.days = check.days;
        values.push(value);
    }
    let mut items: Vec<(&StrandModel, &ItemModel)> = model
        .strands
        .iter()
        .flat_map(|s| s.items.iter().map(move |item| (s, item)))
        .collect();
    // a machine's ranking is no observation that could be examined again
    items.retain(|(strand, _)| !case.strands[strand.index].machine);
    items.sort_by_key(|(_, item)| item.index);
    for (strand, item) in items {
        let compiled = re_examination(&model, strand, item);
        let mut value = prior.value(&compiled, RE_EXAMINED.into_iter());
        value.id.clone_from(&case.items[item.index].id);
        value.what = format!("examine item {} again", value.id);
        value.candidate = Candidate::ReExamination;
        values.push(value);
    }
    values.sort_by(|a, b| b.joint_bits.total_cmp(&a.joint_bits));
    let now = prior.best(&prior.actor);
    NextChecks {
        joint_bits: entropy_bits(&joint),
        actor_bits: entropy_bits(&prior.actor),
        loss_false_milli: params.loss_false_milli,
        loss_silence_milli: params.loss_silence_milli,
        decision: prior.decision(now),
        risk: prior.risk(now, &prior.actor),
        checks: values,
    }
}

/// What examining an item again can show.
const RE_EXAMINED: [&str; 3] = ["genuine", "planted", "wrong"];

/// The three ways an item can have come about, given each hypothesis: the likelihood of section 3,
/// `ℓ' = r(1-φ)L(a)·dec + rφL(y)·dec + (1-r)M`, read as a mixture. Its terms over ℓ' are the
/// chances of genuine, planted and wrong; without disguise nothing is planted.
fn re_examination(model: &Model, strand: &StrandModel, item: &ItemModel) -> CheckModel {
    let cells = model.cells();
    let (mut genuine, mut planted) = (vec![0.0; cells], vec![0.0; cells]);
    for actor in 0..model.actors {
        for column in 0..model.columns {
            let cell = actor * model.columns + column;
            let dec = item.deception.as_ref().map_or(1.0, |d| d[column]);
            if column == 0 {
                genuine[cell] = item.mid[actor] * dec;
            } else if model.exists(actor, column) {
                genuine[cell] = (1.0 - item.phi) * item.mid[actor] * dec;
                planted[cell] = item.phi * item.mid[model.frames[column - 1]] * dec;
            }
        }
    }
    let whole: Vec<f64> = genuine.iter().zip(&planted).map(|(g, p)| g + p).collect();
    let wrong = (1.0 - item.r) * greatest(&whole);
    let mut chances = vec![vec![0.0; cells]; RE_EXAMINED.len()];
    for cell in 0..cells {
        let total = item.r * whole[cell] + wrong;
        if total > 0.0 {
            chances[0][cell] = item.r * genuine[cell] / total;
            chances[1][cell] = item.r * planted[cell] / total;
            chances[2][cell] = wrong / total;
        }
    }
    CheckModel {
        sound: 1.0 - strand.c,
        chances,
    }
}

/// The present joint distribution with what is read off it.
struct Belief<'a> {
    model: &'a Model,
    joint: &'a [f64],
    actor: Vec<f64>,
    wrong: f64,
    silence: f64,
}

impl<'a> Belief<'a> {
    fn new(model: &'a Model, params: &Params, joint: &'a [f64]) -> Self {
        let rows = joint.chunks_exact(model.columns);
        Self {
            model,
            joint,
            actor: rows.map(sum).collect(),
            wrong: f64::from(params.loss_false_milli) / 1000.0,
            silence: f64::from(params.loss_silence_milli) / 1000.0,
        }
    }

    /// Expected loss of naming a state (by index), or of silence.
    fn risk(&self, named: Option<usize>, actor: &[f64]) -> f64 {
        let Some(state) = named else {
            return self.silence;
        };
        let others = actor.iter().zip(&self.model.state_of);
        let others = others.filter(|(_, of)| **of != Some(state));
        self.wrong * others.fold(0.0, |sum, (p, _)| sum + p)
    }

    /// The decision of least expected loss, silence on a tie, then the first declared.
    fn best(&self, actor: &[f64]) -> Option<usize> {
        let (mut best, mut least) = (None, self.silence);
        for state in 0..self.model.states.len() {
            let risk = self.risk(Some(state), actor);
            if risk < least {
                (best, least) = (Some(state), risk);
            }
        }
        best
    }

    fn decision(&self, named: Option<usize>) -> Decision {
        named.map_or(Decision::Silent, |state| Decision::Name {
            state: self.model.states[state].clone(),
        })
    }

    /// EIG and EVSI of a check. With probability 1-k the answer is worth nothing and the belief
    /// stays as it is, which the reader cannot tell: `P(h|o) = P(h)·(k P'(o|h)/P(o) + 1-k)`.
    fn value<'i>(&self, check: &CheckModel, ids: impl Iterator<Item = &'i str>) -> CheckValue {
        let k = check.sound;
        let now = self.best(&self.actor);
        let (mut joint_bits, mut actor_bits, mut evsi) = (0.0, 0.0, 0.0);
        let mut outcomes = Vec::new();
        for (chance, id) in check.chances.iter().zip(ids) {
            let together: Vec<f64> = self.joint.iter().zip(chance).map(|(p, q)| p * q).collect();
            let by_actor: Vec<f64> = together.chunks_exact(self.model.columns).map(sum).collect();
            let p = sum(&by_actor);
            let mut posterior = self.actor.clone();
            if p > 0.0 {
                let shift = |before: f64, both: f64| {
                    if before > 0.0 {
                        k * (both / before / p) + (1.0 - k)
                    } else {
                        1.0
                    }
                };
                let cells = self.joint.iter().zip(&together);
                joint_bits += p * gain(cells.map(|(b, t)| (*b, shift(*b, *t))));
                let rows = self.actor.iter().zip(&by_actor);
                actor_bits += p * gain(rows.clone().map(|(b, t)| (*b, shift(*b, *t))));
                posterior = rows.map(|(b, t)| b * shift(*b, *t)).collect();
            }
            // what the answer saves over keeping to the present decision: 0 where it stays
            let then = self.best(&posterior);
            evsi += p * (self.risk(now, &posterior) - self.risk(then, &posterior));
            outcomes.push(OutcomeValue {
                id: id.to_owned(),
                p,
                decision: self.decision(then),
            });
        }
        CheckValue {
            id: String::new(),
            what: String::new(),
            candidate: Candidate::Given,
            days: None,
            sound: k,
            joint_bits: f64::max(joint_bits, 0.0),
            actor_bits: f64::max(actor_bits, 0.0),
            evsi: f64::max(evsi, 0.0),
            outcomes,
        }
    }
}

/// `Σ p f log2 f`: the information an outcome brings that multiplies each p by f, in bits.
fn gain(cells: impl Iterator<Item = (f64, f64)>) -> f64 {
    let term = |(p, f): (f64, f64)| if f > 0.0 { p * f * libm::log2(f) } else { 0.0 };
    cells.map(term).fold(0.0, |sum, t| sum + t)
}

fn sum(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |sum, v| sum + v)
}

/// Entropy in bits; `0 log 0` is 0.
pub(crate) fn entropy_bits(distribution: &[f64]) -> f64 {
    let term = |p: &f64| if *p > 0.0 { *p * libm::log2(*p) } else { 0.0 };
    -distribution.iter().map(term).fold(0.0, |sum, t| sum + t)
}
