//! What the norms say of the conduct: one note for all, one for each norm that is broken or open.

use record::derive::{NormVerdict, Verdicts};
use serde_json::{Value, json};

use super::draft::{Export, extend};
use super::extension;
use super::opinions::wire;

/// Writes the notes; nothing where nothing was coded.
pub(super) fn write(export: &mut Export<'_>, report: &str, incident: &str) {
    let record = export.v.finding();
    let Some(verdicts) = record.replayed.verdicts.clone() else {
        return;
    };
    summary(export, &verdicts, report, incident);
    for verdict in verdicts
        .norms
        .iter()
        .filter(|n| n.is_inconsistent() || n.is_open())
    {
        one(export, &verdicts, verdict, report, incident);
    }
}

fn party(verdicts: &Verdicts) -> &str {
    match verdicts.party.is_unnamed() {
        true => "the author, not named",
        false => verdicts.party.as_str(),
    }
}

fn summary(export: &mut Export<'_>, verdicts: &Verdicts, report: &str, incident: &str) {
    let statement = export.v.finding().statement;
    let s = verdicts.summary();
    let text = format!(
        "{} norms were judged, unit: a norm; party: {}. Inconsistent with {}; cannot tell {}; not engaged {}; not bound \
         then {}; not measured {}. Unknown is neither innocence nor guilt. The operation is called \"{}\".",
        s.judged,
        party(verdicts),
        s.inconsistent.len(),
        s.cannot_tell,
        s.not_engaged,
        s.not_bound_then,
        s.not_measured,
        wire(&verdicts.term),
    );
    let mut object = export.said("note", &["norms"], &statement);
    object.insert("abstract".into(), "What the norms say".into());
    object.insert("content".into(), text.into());
    object.insert("object_refs".into(), json!([report, incident]));
    let rows: Vec<Value> = verdicts.norms.iter().map(row).collect();
    let made = json!({
        "party": party(verdicts), "term": verdicts.term, "days": verdicts.on, "verdicts": rows,
        "texts": verdicts.texts,
    });
    extend(&mut object, extension::VERDICT, made);
    export.take(object);
}

fn row(verdict: &NormVerdict) -> Value {
    let elements: Vec<Value> = verdict
        .elements
        .iter()
        .map(|e| json!({"element": e.element, "value": e.value}))
        .collect();
    json!({
        "norm": verdict.norm, "norm_sha256": verdict.norm_sha256, "basis": verdict.basis,
        "bound": verdict.bound, "verdict": verdict.verdict, "words": verdict.words,
        "elements": elements, "coders": verdict.coders,
    })
}

fn one(
    export: &mut Export<'_>,
    verdicts: &Verdicts,
    verdict: &NormVerdict,
    report: &str,
    incident: &str,
) {
    let statement = export.v.finding().statement;
    let elements = verdict.elements.iter();
    let elements: Vec<String> = elements
        .map(|e| format!("{} {}", wire(&e.element), wire(&e.value)))
        .collect();
    let basis = match verdict.basis.note() {
        Some(note) => format!(" ({note})"),
        None => String::new(),
    };
    let text = format!(
        "Norm {}{basis}, party: {}: {}. Elements: {}. The element with fewest coders rests on {}.",
        verdict.norm,
        party(verdicts),
        verdict.words,
        elements.join("; "),
        verdict.coders,
    );
    let mut object = export.said("note", &["norm", &verdict.norm], &statement);
    object.insert(
        "abstract".into(),
        format!("Norm {}: {}", verdict.norm, verdict.words).into(),
    );
    object.insert("content".into(), text.into());
    object.insert("object_refs".into(), json!([report, incident]));
    let made = json!({
        "party": party(verdicts), "term": verdicts.term, "days": verdicts.on, "verdicts": [row(verdict)],
    });
    extend(&mut object, extension::VERDICT, made);
    export.take(object);
}
