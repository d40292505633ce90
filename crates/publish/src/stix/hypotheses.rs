//! What was weighed: the chain of attribution, and the hypotheses that were not found.
//!
//! `attributed-to` is written for what the finding finds and for nothing else.

use method::{ActorKind, ActorResult, StateResult};
use record::body::outcome::{Named, Placement};
use serde_json::{Value, json};

use super::Object;
use super::draft::{Export, Since, extend};
use super::report::revoke_with_finding;
use super::{extension, who};
use crate::words;

/// Writes actors and relationships; gives the relationship that says who did it, if the finding does.
pub(super) fn write(
    export: &mut Export<'_>,
    incident: &str,
    evidence: &[String],
) -> Option<String> {
    let named = export.v.finding().finding.proposal.named.clone();
    let Some(named) = named else {
        nobody(export, incident);
        return None;
    };
    let first = chain(export, incident, &named);
    let actors = export.v.finding().replayed.inputs.hypotheses.actors.clone();
    let mut related = vec![incident.to_owned()];
    related.extend(evidence.iter().cloned());
    for actor in &actors {
        let found = named.actor.as_deref() == Some(&actor.id);
        let Some(row) = row(export, &actor.id).cloned() else {
            continue;
        };
        if !found && actor.kind != ActorKind::NoneOfThese {
            alternative(export, incident, &row);
        }
        note(export, &row, actor.kind, found, &related);
    }
    Some(first)
}

fn row<'a>(export: &Export<'a>, actor: &str) -> Option<&'a ActorResult> {
    let rows = &export.v.finding().replayed.evaluation.actors;
    rows.iter().find(|a| a.actor == actor)
}

/// How many were weighed, and nothing else: the finding names nobody.
fn nobody(export: &mut Export<'_>, incident: &str) {
    let record = export.v.finding();
    let count = record.replayed.inputs.hypotheses.actors.len();
    let mut object = export.said("note", &["hypotheses"], &record.statement);
    let text = format!(
        "{count} hypotheses were weighed against each other, \"none of these\" among them. The finding names nobody, so \
         none is named here; the bundle holds them all."
    );
    object.insert("content".into(), text.into());
    object.insert("object_refs".into(), json!([incident]));
    export.statement(&mut object, &record.statement, None);
    export.take(object);
}

/// Incident to unit to actor to state, as far as the finding goes. Gives the first link.
fn chain(export: &mut Export<'_>, incident: &str, named: &Named) -> String {
    let code = named.state.as_str();
    let evaluation = &export.v.finding().replayed.evaluation;
    let likelihood = evaluation.state(code).map(of_state);
    let unit = named.actor.as_deref();
    let unit = unit.and_then(|id| row(export, id)).cloned();
    let state = who::state(export, code);
    let actor = threat_actor(export, code);
    let name = words::state(code);
    let says = match named.placement {
        Placement::Title => "The finding attributes",
        Placement::Text => "The finding assesses, at standard S1, as attributed:",
    };
    let first = match &unit {
        Some(row) => {
            let set = intrusion_set(export, row);
            let text = format!("{says} the incident to {}.", row.actor);
            let first = attributed(export, (incident, &set), Some(of_actor(row)), text);
            let text = format!("{says} {} to an actor of {name}.", row.actor);
            attributed(export, (&set, &actor), likelihood.clone(), text);
            first
        }
        None => {
            let text = format!("{says} the incident to an actor of {name}.");
            attributed(export, (incident, &actor), likelihood.clone(), text)
        }
    };
    let text = format!("{says} the actor to {name}.");
    attributed(export, (&actor, &state), likelihood, text);
    first
}

fn attributed(
    export: &mut Export<'_>,
    (from, to): (&str, &str),
    likelihood: Option<Value>,
    text: String,
) -> String {
    let mut object = export.relationship(from, "attributed-to", to);
    object.insert("description".into(), text.into());
    finish(export, &mut object, likelihood, true);
    export.take(object)
}

fn threat_actor(export: &mut Export<'_>, code: &str) -> String {
    let case = &export.v.case();
    let id = export.id("threat-actor", &[case.id.as_str(), code]);
    let mut object = export.object(id, Since::Fixed(export.case_opened()));
    let name = format!("Actor of {}", words::state(code));
    object.insert("name".into(), name.into());
    let text = format!("Whoever acted for this state in case {}.", case.id);
    object.insert("description".into(), text.into());
    object.insert("threat_actor_types".into(), json!(["nation-state"]));
    export.take(object)
}

fn intrusion_set(export: &mut Export<'_>, row: &ActorResult) -> String {
    let case = export.v.case();
    let id = export.id("intrusion-set", &[case.id.as_str(), &row.actor]);
    let mut object = export.object(id, Since::Fixed(export.case_opened()));
    object.insert("name".into(), row.actor.clone().into());
    let text = format!(
        "An actor under the name that case {} weighs it by; nobody else's name for it is taken to mean the same.",
        case.id
    );
    object.insert("description".into(), text.into());
    export.take(object)
}

/// A hypothesis that was weighed and is not what the finding finds.
fn alternative(export: &mut Export<'_>, incident: &str, row: &ActorResult) {
    let set = intrusion_set(export, row);
    let mut object = export.relationship(incident, "related-to", &set);
    let text = format!(
        "{} was weighed as a hypothesis. The finding does not attribute the incident to it.",
        row.actor
    );
    object.insert("description".into(), text.into());
    finish(export, &mut object, Some(of_actor(row)), false);
    export.take(object);
}

/// Confidence, and the likelihood beside it.
fn finish(export: &Export<'_>, object: &mut Object, likelihood: Option<Value>, found: bool) {
    let level = export.v.finding().replayed.evaluation.confidence.level;
    object.insert("confidence".into(), words::confidence(level).into());
    if let Some(mut made) = likelihood {
        made["found"] = found.into();
        extend(object, extension::HYPOTHESIS, made);
    }
    revoke_with_finding(export, object);
}

fn of_actor(row: &ActorResult) -> Value {
    likelihood(&row.actor, "actor", row.p, [row.p5, row.p95])
}

fn of_state(row: &StateResult) -> Value {
    likelihood(&row.state, "state", row.p, [row.p5, row.p95])
}

fn likelihood(subject: &str, kind: &str, p: f64, interval: [f64; 2]) -> Value {
    let p = words::ppm(p);
    json!({
        "subject": subject, "subject_kind": kind, "likelihood_ppm": p,
        "likelihood_words": words::likelihood(p), "interval_ppm": interval.map(words::ppm),
    })
}

/// The same for readers who look at notes only.
fn note(
    export: &mut Export<'_>,
    row: &ActorResult,
    kind: ActorKind,
    found: bool,
    related: &[String],
) {
    let id = export.id_of_finding("note", &["hypothesis", &row.actor]);
    let mut object = export.object(id, export.since_finding());
    let p = words::ppm(row.p);
    let who = match kind {
        ActorKind::NoneOfThese => "None of the listed actors did it".to_owned(),
        _ => format!("{} did it", row.actor),
    };
    let outcome = match found {
        true => "This is what the finding finds.",
        false => "The finding does not find this.",
    };
    let text = format!(
        "Hypothesis: {who}. Likelihood: {} (probability {}, 5-95 % range {} to {}). {outcome}",
        words::likelihood(p),
        decimal(p),
        decimal(words::ppm(row.p5)),
        decimal(words::ppm(row.p95)),
    );
    object.insert("abstract".into(), format!("Hypothesis: {who}").into());
    object.insert("content".into(), text.into());
    object.insert("object_refs".into(), json!(related));
    let mut made = of_actor(row);
    made["found"] = found.into();
    extend(&mut object, extension::HYPOTHESIS, made);
    revoke_with_finding(export, &mut object);
    export.take(object);
}

/// Parts per million as three digits, never rounded up to certainty or down to nothing.
fn decimal(ppm: u32) -> String {
    match ppm {
        0..1_000 => "<0.001".to_owned(),
        999_001.. => ">0.999".to_owned(),
        _ => format!("{:.3}", f64::from(ppm) / 1_000_000.0),
    }
}
