//! A finding as a pure function of an opened case.
//!
//! [`propose`] reads the opened contents, runs the method and writes the proposal the panel votes
//! on. The rules run the same function when a finding comes in and refuse any other content; the
//! bundle verifier runs it again on a stranger's machine.

mod labs;
mod verdicts;

use method::{Change, Evaluation, InputError, Standard};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tlog::Hash;

use crate::body::analysis::CodedFacts;
use crate::body::case::Question;
use crate::body::charter::CharterText;
use crate::body::outcome::{BlindReviews, Named, Outcome, Placement, Proposal};
use crate::claim::{self, Checked};
use crate::ids::{Country, MemberId, StatementId};
use crate::json;
use crate::kind::Content;
use crate::state::{Case, FindingRecord, Global};

pub(crate) use labs::place;
pub use labs::{
    Agreement, Answered, Compared, Comparison, LAB_C_PPM, LAB_PREFIX, LAB_RHO_PPM, LABS_TO_COMPARE,
    Laboratory,
};

pub use verdicts::{Agreement as CoderAgreement, ElementValue, NormVerdict, SetAside, Verdicts};

/// Why nothing can be derived.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DeriveError {
    /// The case has no hypotheses.
    #[error("the case has no hypotheses")]
    NoHypotheses,
    /// A statement the finding rests on is still sealed.
    #[error("statement {0} is still sealed")]
    Sealed(StatementId),
    /// The opened contents do not fit together.
    #[error("the opened case is not valid input: {0}")]
    Input(String),
    /// A change of a re-run is not understood.
    #[error("change {change:?}: {problem}")]
    Change {
        /// The change's text.
        change: String,
        /// What is wrong.
        problem: String,
    },
}

impl From<InputError> for DeriveError {
    fn from(e: InputError) -> Self {
        Self::Input(e.to_string())
    }
}

/// The inputs of a finding and everything the method says about them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replayed {
    /// The inputs, as the opened statements give them.
    pub inputs: method::Case,
    /// The evaluation the finding rests on: strands with a common upstream merged.
    pub evaluation: Evaluation,
    /// The same with strands as declared, for comparison.
    pub as_given: Evaluation,
    /// What laboratories answered on the same exhibits, agreed or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub laboratories: Vec<Comparison>,
    /// What the norms say of the conduct; absent where nothing was coded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<Verdicts>,
}

impl Replayed {
    /// Runs the method on inputs.
    ///
    /// # Errors
    /// [`DeriveError::Input`] where they are not valid.
    pub fn run(inputs: method::Case, params: &method::Params) -> Result<Self, DeriveError> {
        let evaluation = method::evaluate(&inputs, params)?;
        let as_given = method::evaluate_as_given(&inputs, params)?;
        Ok(Self {
            inputs,
            evaluation,
            as_given,
            laboratories: Vec::new(),
            verdicts: None,
        })
    }

    /// The result's bytes: one line of JSON; numbers in the shortest form that reads back to the
    /// same bits. Two results are the same bit for bit exactly if these bytes are the same.
    #[must_use]
    pub fn bytes(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// SHA-256 of [`Self::bytes`].
    #[must_use]
    pub fn sha256(&self) -> Hash {
        tlog::sha256(self.bytes().as_bytes())
    }
}

/// The analysis of a round: inputs without reviews, the statements they come from, and the
/// laboratories' comparisons.
type Analysis = (method::Case, Vec<StatementId>, Vec<Comparison>);

/// Gathers hypotheses, assessments and the laboratories' counted answers.
///
/// # Errors
/// [`DeriveError::Sealed`].
pub(crate) fn analysis<'a>(
    case: &Case,
    hypotheses_id: StatementId,
    assessments: &[StatementId],
    counts: impl Fn(&StatementId) -> bool,
    opened: impl Fn(&StatementId) -> Option<&'a Content>,
) -> Result<Analysis, DeriveError> {
    let Some(Content::Hypotheses(hypotheses)) = opened(&hypotheses_id) else {
        return Err(DeriveError::Sealed(hypotheses_id));
    };
    let mut gathered = method::Case {
        hypotheses: hypotheses.clone(),
        strands: Vec::new(),
        items: Vec::new(),
        reviews: Vec::new(),
        reply_recorded: case.reply.is_some(),
    };
    let mut basis = vec![hypotheses_id];
    for id in assessments {
        let Some(Content::Assessed(a)) = opened(id) else {
            return Err(DeriveError::Sealed(*id));
        };
        gathered.strands.extend(a.strands.iter().cloned());
        gathered.items.extend(a.items.iter().cloned());
        basis.push(*id);
    }
    let (comparisons, used) = labs::compare(case, counts, &mut gathered);
    basis.extend(used);
    Ok((gathered, basis, comparisons))
}

/// Gathers the method's inputs from opened contents; `opened` looks a statement's content up.
///
/// # Errors
/// [`DeriveError::NoHypotheses`] or [`DeriveError::Sealed`].
pub fn inputs<'a>(
    case: &Case,
    opened: impl Fn(&StatementId) -> Option<&'a Content>,
) -> Result<(method::Case, Vec<StatementId>), DeriveError> {
    let (gathered, basis, _) = gather(case, opened)?;
    Ok((gathered, basis))
}

fn gather<'a>(
    case: &Case,
    opened: impl Fn(&StatementId) -> Option<&'a Content>,
) -> Result<Analysis, DeriveError> {
    let hypotheses = case.hypotheses.ok_or(DeriveError::NoHypotheses)?;
    let counts = |id: &StatementId| case.laboratory_counts(id);
    let (mut gathered, mut basis, comparisons) =
        analysis(case, hypotheses, &case.assessments, counts, &opened)?;
    for (_, id) in &case.facts {
        let Some(Content::Facts(_)) = opened(id) else {
            return Err(DeriveError::Sealed(*id));
        };
        basis.push(*id);
    }
    for (reviewer, id) in &case.reviews {
        let Some(Content::Reviewed(r)) = opened(id) else {
            return Err(DeriveError::Sealed(*id));
        };
        let posterior_ppm = r.posterior_ppm.clone();
        gathered.reviews.push(method::ReviewerPosterior {
            reviewer: reviewer.to_string(),
            posterior_ppm,
            weight_ppm: case.weight_ppm(reviewer),
        });
        basis.push(*id);
    }
    Ok((gathered, basis, comparisons))
}

/// How many reviews were blind: claimed in the review, and counted by what is on the record.
fn blind<'a>(case: &Case, opened: impl Fn(&StatementId) -> Option<&'a Content>) -> BlindReviews {
    let mut blind = BlindReviews {
        mask: case.mask,
        ..BlindReviews::default()
    };
    // a claim that names a state in the open cannot be reviewed blind
    let named = matches!(&case.question, Question::Claim(claim) if !claim.states().is_empty());
    for (reviewer, id) in &case.reviews {
        if matches!(opened(id), Some(Content::Reviewed(r)) if r.blind) {
            blind.stated += 1;
            blind.counted +=
                u32::from(case.mask.is_some() && !named && !case.unmasked.contains(reviewer));
        }
    }
    blind
}

/// Derives the proposal of a case: the one content its finding can have.
///
/// # Errors
/// [`DeriveError`] where contents are missing or do not fit together.
pub fn propose<'a>(
    charter: &CharterText,
    case: &Case,
    opened: impl Fn(&StatementId) -> Option<&'a Content>,
) -> Result<(Proposal, Replayed), DeriveError> {
    let (gathered, basis, laboratories) = gather(case, &opened)?;
    let mut replayed = Replayed::run(gathered, &charter.method)?;
    replayed.laboratories = laboratories;
    let mut proposal = conclude(charter, case, &replayed)?;
    let coded = coded_facts(case, &opened)?;
    let law = case.law.clone().unwrap_or_default();
    replayed.verdicts = verdicts::judge_case(case, &law, &charter.norms, &coded, &proposal)?;
    proposal.norms = replayed.verdicts.as_ref().map(Verdicts::summary);
    proposal.blind = blind(case, &opened);
    proposal.basis = basis;
    proposal.result_sha256 = replayed.sha256();
    Ok((proposal, replayed))
}

/// What the evaluation allows to be said, before norms, basis and digest are filled in.
fn conclude(
    charter: &CharterText,
    case: &Case,
    replayed: &Replayed,
) -> Result<Proposal, DeriveError> {
    let checked = answer(&case.question, replayed, charter)?;
    let e = &replayed.evaluation;
    let subject = checked.subject.as_ref().and_then(|s| e.state(s.as_str()));
    Ok(Proposal {
        case: case.id.clone(),
        round: case.round,
        outcome: checked.outcome,
        standard: match case.question {
            Question::Who => e.standard,
            Question::Claim(_) => claim::standard(&checked, replayed),
        },
        named: checked.named,
        assertions: checked.assertions,
        exonerated: checked.exonerated,
        likelihood_ppm: subject.map_or(0, |s| ppm(s.p)),
        interval_ppm: subject.map_or([0, 0], |s| [ppm(s.p5), ppm(s.p95)]),
        planting_cost: match &e.planting {
            method::PlantingCost::Flips { cost, .. } => Some(*cost),
            _ => None,
        },
        blind: BlindReviews::default(),
        basis: Vec::new(),
        result_sha256: replayed.sha256(),
        norms: None,
        charter: charter.digest(),
    })
}

/// The opened facts of each coder, in record order.
fn coded_facts<'a>(
    case: &Case,
    opened: impl Fn(&StatementId) -> Option<&'a Content>,
) -> Result<Vec<(MemberId, CodedFacts)>, DeriveError> {
    let read = |(coder, id): &(MemberId, StatementId)| match opened(id) {
        Some(Content::Facts(facts)) => Ok((coder.clone(), facts.clone())),
        _ => Err(DeriveError::Sealed(*id)),
    };
    case.facts.iter().map(read).collect()
}

/// What a result allows to be said of the question, and of whom.
///
/// # Errors
/// [`DeriveError::Input`] where the result's inputs are not valid.
pub fn answer(
    question: &Question,
    r: &Replayed,
    charter: &CharterText,
) -> Result<Checked, DeriveError> {
    if let Question::Claim(claim) = question {
        return claim::check(claim, r, charter);
    }
    let named = nameable(&r.evaluation, charter);
    let top = r.evaluation.top_state.as_deref();
    Ok(Checked {
        outcome: match named {
            Some(_) => Outcome::Attributed,
            None => Outcome::NotAttributed,
        },
        named,
        assertions: Vec::new(),
        exonerated: Vec::new(),
        subject: top.and_then(|state| state.parse().ok()),
    })
}

/// The state that may be named, if any: a standard is reached and not on territory or
/// infrastructure alone (UN GGE 2021, para. 71(g)). A unit is named only if it reaches the
/// standard's own probability.
pub(crate) fn nameable(e: &Evaluation, charter: &CharterText) -> Option<Named> {
    let thresholds = thresholds(e.standard, charter)?;
    if e.infrastructure_only
        .as_ref()
        .is_some_and(|i| i.rests_on_territory_or_infrastructure_alone)
    {
        return None;
    }
    let state: Country = e.top_state.as_deref()?.parse().ok()?;
    let unit = e
        .top_unit
        .as_deref()
        .and_then(|unit| e.actors.iter().find(|a| a.actor == unit));
    // nor does a suggestion a machine made name a unit
    let alone = |actor: &str| match &e.without_machine {
        Some(rest) => rest
            .actors
            .iter()
            .any(|a| a.actor == actor && ppm(a.p) > thresholds.p_ppm),
        None => true,
    };
    let actor = unit
        .filter(|a| ppm(a.p) > thresholds.p_ppm && alone(&a.actor))
        .map(|a| a.actor.clone());
    let placement = if e.standard >= Standard::S2 {
        Placement::Title
    } else {
        Placement::Text
    };
    Some(Named {
        state,
        actor,
        placement,
    })
}

/// The charter's thresholds of a standard.
pub(crate) fn thresholds(standard: Standard, charter: &CharterText) -> Option<&method::Thresholds> {
    match standard {
        Standard::None => None,
        Standard::S1 => Some(&charter.method.s1),
        Standard::S2 => Some(&charter.method.s2),
        Standard::S3 => Some(&charter.method.s3),
    }
}

/// Runs a finding's inputs again with changes, as `replay --set` and `--without` do. What the
/// laboratories answered and what was coded stays as it was; the norms are judged again, since another
/// evaluation may name another party or nobody.
///
/// # Errors
/// [`DeriveError::Change`] for a change that is not understood or names nothing in the case.
pub fn rerun(
    case: &Case,
    finding: &FindingRecord,
    charter: &CharterText,
    changes: &[String],
) -> Result<Replayed, DeriveError> {
    let before = &finding.replayed;
    let mut changed = before.inputs.clone();
    for text in changes {
        let problem = |e: method::ChangeError| DeriveError::Change {
            change: text.clone(),
            problem: e.to_string(),
        };
        // A setting has a value; leaving something out has none.
        let change = if text.contains('=') {
            Change::parse_set(text)
        } else {
            Change::parse_without(text)
        };
        let change = change.map_err(problem)?;
        changed = method::counterfactual(&changed, &change).map_err(problem)?;
    }
    let mut after = Replayed::run(changed, &charter.method)?;
    after.laboratories.clone_from(&before.laboratories);
    if let Some(verdicts) = &before.verdicts {
        let mut proposal = conclude(charter, case, &after)?;
        proposal.round = finding.finding.proposal.round; // the case may be in a later one
        after.verdicts = Some(verdicts.again(&finding.law, &proposal)?);
    }
    Ok(after)
}

/// Digest of what decides who may decide, and how much each counts: charter, members with keys,
/// panel, recusals and the panel's weights.
#[must_use]
pub fn state_sha256(global: &Global, case: &Case) -> Hash {
    let members: Vec<_> = global
        .members
        .iter()
        .map(|(id, m)| {
            json!([
                id,
                m.key.digest(),
                m.role.role().as_str(),
                m.jurisdiction,
                m.region,
                m.revoked,
                m.seated,
                m.ties
            ])
        })
        .collect();
    let value = json!({
        "charter": global.charter.as_ref().map(CharterText::digest),
        "members": members,
        "panel": case.panel,
        "recused": case.recused,
        "weights": case.weights,
    });
    tlog::sha256(json::canonical(&value).as_bytes())
}

/// A probability in parts per million, rounded half up.
pub(crate) fn ppm(p: f64) -> u32 {
    // p is in [0, 1], so the product fits
    (p * 1_000_000.0 + 0.5) as u32
}
