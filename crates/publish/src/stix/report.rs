//! The report and the incident.

use method::PlantingCost;
use record::body::case::{IncidentType, Report};
use record::body::deciding::Choice;
use record::body::outcome::WithdrawReason;
use record::state::FindingStatus;
use record::table::Phase;
use serde_json::{Value, json};

use super::Object;
use super::draft::{Export, Since, extend, time};
use super::extension;
use crate::words;

/// Incident Core Extension 2.0 (OASIS cti-stix-common-objects, 10 October 2023).
const INCIDENT_CORE: &str = "extension-definition--ef765651-680c-498d-9894-99799f2fa126";

/// The identifier the report of the finding has.
pub(super) fn id(export: &Export<'_>) -> String {
    export.id_of_finding("report", &[])
}

/// The case as an incident. It says what holds of the case, whichever of its findings is exported.
pub(super) fn incident(export: &mut Export<'_>) -> String {
    let v = export.v;
    let case = v.case();
    let id = export.id("incident", &[case.id.as_str()]);
    let mut object = export.object(id, Since::Changing(export.case_opened()));
    object.insert("name".into(), format!("Case {}", case.id).into());
    let reports: Vec<&Report> = case
        .reports
        .iter()
        .filter_map(|id| v.state().global.reports.get(id))
        .map(|r| &r.body)
        .collect();
    let lines = reports.iter().map(|r| {
        format!(
            "Reported: {}, sector {}, on {}.",
            named(r.incident),
            r.sector,
            r.happened
        )
    });
    let lines: Vec<_> = lines.collect();
    if !lines.is_empty() {
        object.insert("description".into(), lines.join(" ").into());
    }
    let attributed = case
        .standing()
        .is_some_and(|f| f.finding.proposal.named.is_some());
    let mut types: Vec<&str> = Vec::new();
    for kind in reports.iter().flat_map(|r| event_types(r.incident)) {
        if !types.contains(kind) {
            types.push(kind);
        }
    }
    if !attributed {
        types.push("unattributed");
    }
    let closed = case.phase == Phase::Closed;
    let core = json!({
        "determination": if attributed { "confirmed" } else { "suspected" },
        "investigation_status": if closed { "closed" } else { "open" },
        "incident_types": types,
    });
    extend(&mut object, INCIDENT_CORE, core);
    export.take(object)
}

fn named(kind: IncidentType) -> &'static str {
    match kind {
        IncidentType::DataTheft => "theft of data",
        IncidentType::DataTheftAndDoxing => "theft and publication of data",
        IncidentType::Disruption => "disruption",
        IncidentType::Hijacking => "hijacking",
        IncidentType::Ransomware => "ransomware",
    }
}

/// In the words of event-type-ov.
fn event_types(kind: IncidentType) -> &'static [&'static str] {
    match kind {
        IncidentType::DataTheft => &["unauthorized-access-information"],
        IncidentType::DataTheftAndDoxing => {
            &["unauthorized-access-information", "unauthorized-release"]
        }
        IncidentType::Disruption => &["denial-of-service"],
        IncidentType::Hijacking => &["unauthorized-access-system"],
        IncidentType::Ransomware => &["ransomware"],
    }
}

/// The report: it refers to everything written so far.
pub(super) fn write(export: &mut Export<'_>) {
    let v = export.v;
    let record = v.finding();
    let mut object = export.object(id(export), export.since_finding());
    object.insert("name".into(), words::title(v.told()).into());
    object.insert("description".into(), description(export).into());
    object.insert("report_types".into(), json!(["threat-actor", "incident"]));
    object.insert("published".into(), time(record.time).into());
    let level = record.replayed.evaluation.confidence.level;
    object.insert("confidence".into(), words::confidence(level).into());
    let refs: Vec<Value> = export.ids().map(Value::from).collect();
    object.insert("object_refs".into(), refs.into());
    let reference = json!({
        "source_name": v.origin(),
        "description": "the finding in the record",
        "external_id": record.statement.to_string(),
    });
    object.insert("external_references".into(), json!([reference]));
    if record.status != FindingStatus::Standing {
        object.insert("revoked".into(), true.into());
    }
    extend(&mut object, extension::FINDING, said(export));
    let report = export.take(object);
    succeeds(export, &report);
}

/// A relationship to the report this one takes the place of.
fn succeeds(export: &mut Export<'_>, report: &str) {
    let own = export.v.finding().statement;
    let earlier = export.v.case().findings.iter();
    let earlier: Vec<String> = earlier
        .filter(|f| f.status == FindingStatus::Superseded(own))
        .map(|f| export.id("report", &[&f.statement.to_string()]))
        .collect();
    for id in earlier {
        let mut link = export.relationship(report, "derived-from", &id);
        let text = "The later report takes the place of the earlier one, which is revoked.";
        link.insert("description".into(), text.into());
        export.take(link);
    }
}

fn description(export: &Export<'_>) -> String {
    let v = export.v;
    let mut parts = vec![
        words::outcome_sentence(v.told()),
        words::likelihood_sentence(v.told()),
        words::confidence_sentence(v.told()),
    ];
    let count = v.finding().dissents.len();
    parts.push(match count {
        0 => "No reviewer filed a dissent.".to_owned(),
        1 => "One reviewer filed a dissent.".to_owned(),
        n => format!("{n} reviewers filed a dissent."),
    });
    if v.charter().demonstration {
        parts
            .push("This record is a demonstration: no body has decided anything in it.".to_owned());
    }
    parts.join(" ")
}

/// What STIX has no property for.
fn said(export: &Export<'_>) -> Value {
    let v = export.v;
    let record = v.finding();
    let p = &record.finding.proposal;
    let e = &record.replayed.evaluation;
    let mut made = json!({
        "record": v.origin(), "statement": record.statement, "index": record.index,
        "case": p.case, "round": p.round, "outcome": p.outcome, "standard": p.standard,
        "demonstration": v.charter().demonstration,
        "likelihood_ppm": p.likelihood_ppm, "interval_ppm": p.interval_ppm,
        "likelihood_words": words::likelihood(p.likelihood_ppm),
        "confidence": e.confidence.level, "confidence_grounds": e.confidence.grounds,
        "planting": planting(&e.planting),
        "strands": strands(export), "gates": gates(export),
        "blind_reviews": {"stated": p.blind.stated, "counted": p.blind.counted},
        "votes": votes(export), "dissents": record.dissents.len(),
        "reply": reply(export), "status": status(&record.status),
        "hypotheses": record.replayed.inputs.hypotheses.actors.len(),
        "result_sha256": p.result_sha256, "proposal_sha256": p.digest(), "charter_sha256": p.charter,
    });
    if let Some(named) = &p.named {
        made["named"] = json!(named);
    }
    if !p.exonerated.is_empty() {
        made["exonerated"] = json!(p.exonerated);
    }
    made
}

fn planting(cost: &PlantingCost) -> Value {
    match cost {
        PlantingCost::Flips { cost, items } => {
            json!({"result": "flips", "cost": cost, "items": items})
        }
        PlantingCost::None { plantable } => json!({"result": "none", "plantable": plantable}),
        PlantingCost::MoreThan { k, plantable, .. } => {
            json!({"result": "more-than", "cost": k, "plantable": plantable})
        }
    }
}

fn strands(export: &Export<'_>) -> Vec<Value> {
    let r = &export.v.finding().replayed;
    let strands = r.inputs.strands.iter().map(|s| {
        let items = r.inputs.items.iter().filter(|i| i.strand == s.id);
        let supports = r.evaluation.supporting.contains(&s.id);
        let mut row = json!({
            "strand": s.id, "items": items.count(), "supports": supports,
            "rho_ppm": s.rho_ppm, "c_ppm": s.c_ppm, "machine": s.machine,
        });
        let merged = r.evaluation.merges.iter();
        if let Some(merge) = merged.into_iter().find(|m| m.strands.contains(&s.id)) {
            row["counted_in"] = json!(merge.into);
        }
        row
    });
    strands.collect()
}

fn gates(export: &Export<'_>) -> Vec<Value> {
    let gates = export.v.finding().replayed.evaluation.gates.iter();
    gates
        .map(|g| json!({"standard": g.standard, "gate": g.gate, "verdict": g.verdict}))
        .collect()
}

fn votes(export: &Export<'_>) -> Value {
    let (v, mut counts) = (export.v, [0_u32; 4]);
    for vote in &v.finding().votes {
        let opened = v.case().opened_vote(&vote.statement).map(|o| o.choice);
        let place = match opened {
            Some(Choice::Publish) => 0,
            Some(Choice::Object) => 1,
            Some(Choice::Abstain) => 2,
            None => 3,
        };
        counts[place] += 1;
    }
    let [publish, object, abstain, sealed] = counts;
    json!({"publish": publish, "object": object, "abstain": abstain, "sealed": sealed})
}

fn reply(export: &Export<'_>) -> &'static str {
    match &export.v.finding().reply {
        None => "nobody-notified",
        Some(reply) if reply.text_sha256.is_some() => "given",
        Some(_) => "none-given",
    }
}

fn status(status: &FindingStatus) -> Value {
    match status {
        FindingStatus::Standing => json!({"kind": "standing"}),
        FindingStatus::Superseded(by) => json!({"kind": "superseded", "statement": by}),
        FindingStatus::Withdrawn(by, reason) => {
            let reason = match reason {
                WithdrawReason::EvidenceUnsound => "evidence-unsound",
                WithdrawReason::Procedure => "procedure",
            };
            json!({"kind": "withdrawn", "statement": by, "reason": reason})
        }
    }
}

/// Marks an object of a finding that no longer stands.
pub(super) fn revoke_with_finding(export: &Export<'_>, object: &mut Object) {
    if export.v.finding().status != FindingStatus::Standing {
        object.insert("revoked".into(), true.into());
    }
}
