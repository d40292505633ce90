//! What a result hangs on, in words: one fact to a sentence, no figure that the evaluation lacks.

use crate::evaluation::{
    Evaluation, GateId, LinchpinKind, PlantingCost, PlantingEffort, Removal, Standard,
};
use crate::likelihood::{likelihood_word, number};

/// Factor that a reader grasps: two digits, never a row of zeros.
fn factor(bans: f64) -> String {
    let value = libm::pow(10.0, bans);
    if value >= 1e6 {
        format!("10^{bans:.1}")
    } else if value >= 10.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

/// "a", "a and b", "a, b and c".
fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The sensitivity of a result in plain words: what it hangs on, how far judgements, the chance of
/// deception and forgery would have to go to change it, and what each bloc of sources carries.
///
/// No state of the hypotheses is named unless a standard of proof is reached. Without a state
/// among the hypotheses there is nothing to say, and the list is empty.
#[must_use]
pub fn sensitivity_sentences(evaluation: &Evaluation) -> Vec<String> {
    let Some(top) = evaluation.top() else {
        return Vec::new();
    };
    let mut out = Vec::new();
    out.push(format!(
        "All figures here speak of {} (likelihood {}).",
        subject(evaluation),
        number(top.p)
    ));
    out.extend(linchpins(evaluation));
    out.extend(tipping(evaluation));
    out.push(deception(evaluation));
    out.extend(planting(evaluation));
    out.extend(blocs(evaluation));
    out.extend(ends(evaluation));
    out.extend(machine(evaluation));
    out
}

/// The state where it may be named, as in the likelihood sentence.
fn subject(evaluation: &Evaluation) -> String {
    let territory = evaluation
        .infrastructure_only
        .as_ref()
        .is_some_and(|i| i.rests_on_territory_or_infrastructure_alone);
    match &evaluation.top_state {
        Some(state) if evaluation.standard > Standard::None && !territory => state.clone(),
        _ => "the state the evidence points to most".to_owned(),
    }
}

fn linchpins(evaluation: &Evaluation) -> Vec<String> {
    let kinds: [(LinchpinKind, &str, &[Removal]); 5] = [
        (LinchpinKind::Item, "item", &evaluation.without_item),
        (LinchpinKind::Strand, "strand", &evaluation.without_strand),
        (
            LinchpinKind::SourceOrganisation,
            "source organisation",
            &evaluation.without_organisation,
        ),
        (
            LinchpinKind::SourceState,
            "source state",
            &evaluation.without_source_state,
        ),
        (
            LinchpinKind::SourceBloc,
            "source bloc",
            &evaluation.without_source_bloc,
        ),
    ];
    let mut out = Vec::new();
    let mut firm = Vec::new();
    for (kind, name, removals) in kinds {
        let pins = evaluation.linchpins.iter().filter(|l| l.kind == kind);
        let pins: Vec<&str> = pins.map(|l| l.id.as_str()).collect();
        let worst = removals.iter().min_by(|a, b| a.p.total_cmp(&b.p));
        let Some(worst) = worst.filter(|_| !pins.is_empty()) else {
            if !removals.is_empty() {
                firm.push(name);
            }
            continue;
        };
        let plural = if pins.len() == 1 { "" } else { "s" };
        let other = if worst.top_state == evaluation.top_state {
            ""
        } else {
            ", and another state would lead"
        };
        out.push(format!(
            "It hangs on {name}{plural} {}: without any one of these the word for the likelihood \
             or the leading state changes; most of all without {}, with {} ({}){other}.",
            list(&pins),
            worst.removed,
            number(worst.p),
            likelihood_word(worst.p).text()
        ));
    }
    if !firm.is_empty() {
        out.push(format!(
            "No single {} changes the word for the likelihood or the leading state.",
            list(&firm).replace(" and ", " or ")
        ));
    }
    out
}

fn tipping(evaluation: &Evaluation) -> Option<String> {
    let first = evaluation.tipping.first()?;
    // to first order the surplus over the threshold is the same whichever item loses it
    let surplus = first.stated_bans - first.tipping_bans;
    let threshold = threshold(evaluation);
    if surplus < 0.0 {
        return Some(format!(
            "Its probability is below {threshold} already, by a factor of {} in the odds.",
            factor(-surplus)
        ));
    }
    let alone = evaluation.tipping.iter();
    let alone = alone.filter(|t| t.stated_bans > 0.0 && t.tipping_bans >= 0.0);
    let alone: Vec<&str> = alone.map(|t| t.item.as_str()).collect();
    let whose = if alone.is_empty() {
        "no item states so large a ratio alone".to_owned()
    } else {
        format!(
            "items that state at least so large a ratio: {}",
            list(&alone)
        )
    };
    Some(format!(
        "Its probability would fall to {threshold} if the likelihood ratios were smaller by a factor \
         of {} in all ({surplus:.2} bans, caps not counted); {whose}.",
        factor(surplus)
    ))
}

fn deception(evaluation: &Evaluation) -> String {
    let threshold = threshold(evaluation);
    match evaluation.break_even_delta_ppm {
        Some(delta) => format!(
            "Its probability falls below {threshold} if the chance, before looking, that the author \
             imitates another listed actor is taken as {:.1} % or more.",
            f64::from(delta) / 10_000.0
        ),
        None => format!(
            "No chance of imitation up to one half, taken before looking, moves its probability \
             across {threshold}."
        ),
    }
}

/// The probability that the sentences measure from: that of the standard its numbers reach, else
/// that of the lowest.
fn threshold(evaluation: &Evaluation) -> String {
    let of = match evaluation.standard_numeric {
        Standard::None => Standard::S1,
        reached => reached,
    };
    let gates = evaluation.gates.iter();
    let gate = gates
        .filter(|g| g.standard == of)
        .find(|g| g.gate == GateId::Probability);
    let need = gate.map_or(0.5, |g| g.need);
    format!("{need:.2} (asked for by standard {of:?})")
}

fn planting(evaluation: &Evaluation) -> Vec<String> {
    let names = |items: &[String]| list(&items.iter().map(String::as_str).collect::<Vec<_>>());
    let chance = |effort_mban: u32| {
        let chance = libm::pow(10.0, -f64::from(effort_mban) / 1000.0);
        format!("{:.1} %", chance * 100.0)
    };
    let fewest = match &evaluation.planting {
        PlantingCost::Flips { cost: 1, items } => {
            format!("Planting one item changes the result: {}.", names(items))
        }
        PlantingCost::Flips { cost, items } => format!(
            "Planting {cost} items changes the result, and no fewer do: {}.",
            names(items)
        ),
        PlantingCost::None { plantable } => {
            return vec![format!(
                "None of the sets of the {plantable} items that are easily planted changes the \
                 result."
            )];
        }
        PlantingCost::MoreThan { k, plantable, best } => {
            let met = best.as_ref().map_or_else(String::new, |set| {
                format!("; {} do: {}", set.len(), names(set))
            });
            format!(
                "No {k} or fewer of the {plantable} items that are easily planted change the \
                 result{met}."
            )
        }
    };
    let easiest = match &evaluation.planting_effort {
        PlantingEffort::Flips { effort_mban, items } => format!(
            "The easiest way is {}: the chance that one forger gets all of it right is {}, if each \
             success is independent.",
            names(items),
            chance(*effort_mban)
        ),
        PlantingEffort::None { .. } => return vec![fewest],
        PlantingEffort::AtLeast { effort_mban, .. } => format!(
            "The chance that one forger gets all of a set that changes the result right is at \
             most {}, if each success is independent.",
            chance(*effort_mban)
        ),
    };
    vec![fewest, easiest]
}

fn blocs(evaluation: &Evaluation) -> impl Iterator<Item = String> + '_ {
    evaluation.without_source_bloc.iter().map(|r| {
        let other = if r.top_state == evaluation.top_state {
            ""
        } else {
            ", and another state would lead"
        };
        format!(
            "Without everything the bloc {} made known it is {} ({}){other}.",
            r.removed,
            number(r.p),
            likelihood_word(r.p).text()
        )
    })
}

fn ends(evaluation: &Evaluation) -> Option<String> {
    let envelope = evaluation.envelope.as_ref()?;
    Some(format!(
        "With all stated ratios at the ends of their ranges it goes from {} to {}; whatever is \
         drawn within all ranges, it stays between {} and {}.",
        number(envelope.low),
        number(envelope.high),
        number(envelope.bound_low),
        number(envelope.bound_high)
    ))
}

fn machine(evaluation: &Evaluation) -> Option<String> {
    let rest = evaluation.without_machine.as_ref()?;
    let top = evaluation.top_state.as_deref()?;
    let own = rest.states.iter().find(|s| s.state == top)?;
    Some(format!(
        "Without the suggestion a machine made ({}) it is {} ({}); every gate must hold so.",
        rest.left_out.join(", "),
        number(own.p),
        own.word.text()
    ))
}
