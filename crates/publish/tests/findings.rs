//! What a finding becomes in STIX, for every finding of the demonstration.

use std::collections::{BTreeMap, BTreeSet};

use exchange::stix::validate;
use serde_json::Value;
use solferino_publish::stix;

use crate::support::{bundles, findings, of, relationships, text, verified};

#[test]
fn every_finding_keeps_to_the_specification() {
    for v in findings() {
        let written = stix::bundle(&stix::finding(v));
        let report = validate::text(written.as_bytes());
        assert!(report.is_valid(), "{}: {:#?}", v.case().id, report.errors);
        let warnings: Vec<_> = report
            .warnings
            .iter()
            .map(|w| (w.code.text(), &w.pointer))
            .collect();
        println!(
            "{} {} bytes, warnings {warnings:?}",
            v.case().id,
            written.len()
        );
    }
}

#[test]
fn two_exports_are_equal_byte_for_byte() {
    for (bundle, v) in bundles().iter().zip(findings()).step_by(4) {
        let first = stix::bundle(&stix::finding(v));
        assert!(first == stix::bundle(&stix::finding(&verified(bundle))));
    }
}

#[test]
fn every_reference_leads_to_an_object_of_the_export() {
    for v in findings() {
        let objects = stix::finding(v);
        let ids: BTreeSet<_> = objects.iter().map(|o| text(o, "id")).collect();
        assert_eq!(ids.len(), objects.len(), "an identifier is given twice");
        for object in &objects {
            for (name, value) in object {
                let refs: Vec<&str> = match value {
                    Value::String(one) if name.ends_with("_ref") => vec![one.as_str()],
                    Value::Array(all) if name.ends_with("_refs") => {
                        all.iter().filter_map(Value::as_str).collect()
                    }
                    _ => continue,
                };
                let superseded = text(object, "relationship_type") == "derived-from";
                for target in refs {
                    assert!(ids.contains(target) || superseded, "{name} {target}");
                }
            }
        }
    }
}

#[test]
fn extensions_fit_their_published_schemas() {
    let schemas: Vec<_> = stix::schemas()
        .iter()
        .map(|d| {
            let schema: Value = serde_json::from_str(d.schema).unwrap();
            (d.id, jsonschema::validator_for(&schema).unwrap())
        })
        .collect();
    let mut used = BTreeSet::new();
    for v in findings() {
        for object in stix::finding(v) {
            let all = object.get("extensions").and_then(Value::as_object);
            for (id, made) in all.into_iter().flatten() {
                let Some((id, schema)) = schemas.iter().find(|(own, _)| own == id) else {
                    continue; // another's
                };
                used.insert(*id);
                let errors: Vec<_> = schema.iter_errors(made).map(|e| e.to_string()).collect();
                assert!(errors.is_empty(), "{id}: {errors:?} in {made}");
            }
        }
    }
    assert_eq!(used.len(), schemas.len(), "an extension is never used");
}

#[test]
fn a_finding_that_names_nobody_exports_no_actor() {
    let mut seen = 0;
    for v in findings() {
        if v.finding().finding.proposal.named.is_some() {
            continue;
        }
        seen += 1;
        let objects = stix::finding(v);
        for kind in ["intrusion-set", "threat-actor", "location"] {
            assert!(of(&objects, kind).is_empty(), "{kind}");
        }
        for kind in ["attributed-to", "related-to", "located-at"] {
            assert!(relationships(&objects, kind).is_empty(), "{kind}");
        }
        let claim = v.case().question.claim();
        if claim.is_some() {
            continue; // whom the claim accuses stands in the claim
        }
        let text = stix::bundle(&objects);
        for actor in &v.finding().replayed.inputs.hypotheses.actors {
            if actor.kind == method::ActorKind::NoneOfThese {
                continue;
            }
            let word = |w: &str| {
                text.split(|c: char| !c.is_ascii_alphanumeric())
                    .any(|t| t == w)
            };
            assert!(!word(&actor.id), "{}: {}", v.case().id, actor.id);
            if let Some(state) = &actor.state {
                assert!(!word(state), "{}: {state}", v.case().id);
            }
        }
    }
    assert!(seen > 2, "the demonstration has findings that name nobody");
}

/// Follows `attributed-to` from the incident, as a program would that knows nothing of us.
#[test]
fn a_stranger_reads_actor_state_confidence_evidence_and_objections() {
    let mut named = 0;
    for v in findings() {
        let proposal = &v.finding().finding.proposal;
        let Some(name) = &proposal.named else {
            continue;
        };
        named += 1;
        let objects = stix::finding(v);
        let by_id = |id: &str| objects.iter().find(|o| text(o, "id") == id).unwrap();
        let incident = of(&objects, "incident")[0];
        let (mut at, mut path) = (text(incident, "id"), Vec::new());
        let expected = publish_confidence(v);
        let links = relationships(&objects, "attributed-to");
        while let Some(link) = links.iter().find(|l| text(l, "source_ref") == at) {
            assert_eq!(link["confidence"], expected);
            at = text(link, "target_ref");
            path.push(text(by_id(at), "type"));
        }
        let wanted: &[&str] = match name.actor {
            Some(_) => &["intrusion-set", "threat-actor", "identity"],
            None => &["threat-actor", "identity"],
        };
        assert_eq!(path, wanted, "{}", v.case().id);
        assert_eq!(links.len(), wanted.len(), "nothing else is attributed");
        let state = by_id(at);
        assert_eq!(
            state["external_references"][0]["external_id"],
            name.state.as_str()
        );
        if let Some(unit) = &name.actor {
            assert_eq!(
                text(
                    of(&objects, "intrusion-set")
                        .iter()
                        .find(|o| text(o, "name") == unit)
                        .unwrap(),
                    "name"
                ),
                unit
            );
        }
        let actors = &v.finding().replayed.inputs.hypotheses.actors;
        let alternatives = actors.iter().filter(|a| {
            a.kind != method::ActorKind::NoneOfThese && Some(&a.id) != name.actor.as_ref()
        });
        assert_eq!(
            relationships(&objects, "related-to").len(),
            alternatives.count()
        );
        assert!(!of(&objects, "observed-data").is_empty());
        assert!(!of(&objects, "grouping").is_empty());
        let votes = v.finding().votes.len();
        assert!(
            of(&objects, "opinion").len() >= votes,
            "an opinion per vote"
        );
        let report = of(&objects, "report")[0];
        assert_eq!(report["confidence"], expected);
        assert!(text(report, "name").starts_with("Demonstration: "));
    }
    assert!(
        named > 2,
        "the demonstration has findings that name somebody"
    );
}

fn publish_confidence(v: &solferino_publish::VerifiedBundle) -> Value {
    match v.finding().replayed.evaluation.confidence.level {
        method::Confidence::Low => 15.into(),
        method::Confidence::Moderate => 50.into(),
        method::Confidence::High => 85.into(),
    }
}

#[test]
fn a_bundle_that_fails_a_check_exports_nothing() {
    let bundle = &bundles()[0];
    let changed = bundle.replacen("result {", "result  {", 1);
    assert_ne!(&changed, bundle);
    let refused = solferino_publish::VerifiedBundle::verify(changed.as_bytes(), None);
    assert!(refused.unwrap_err().to_string().contains("digest"));
}

/// A version has one content, whether or not it is said where the record is served, and wherever that is.
#[test]
fn where_the_record_is_served_is_one_note_and_changes_no_other_object() {
    let mut contents = BTreeMap::new();
    for v in findings() {
        let plain = stix::finding(v);
        let exports = [
            plain.clone(),
            stix::finding_at(v, Some("https://record.example/")),
            stix::finding_at(v, Some("https://record.example")),
            stix::finding_at(v, Some("https://mirror.example")),
        ];
        assert_eq!(exports[1], exports[2], "a slash at the end says nothing");
        for at in &exports[1..] {
            let (note, rest) = at.split_last().unwrap();
            assert_eq!(rest, plain, "nothing else changes");
            let text = serde_json::to_string(note).unwrap();
            assert!(text.contains("/bundle") && text.contains("/findings/"));
            let report = validate::text(stix::bundle(at).as_bytes());
            assert!(report.is_valid(), "{:?}", report.errors);
        }
        for object in exports.iter().flatten() {
            let version = (
                text(object, "id").to_owned(),
                text(object, "modified").to_owned(),
            );
            // Observables have no version in them; their identifier is made of their content.
            let before = contents.entry(version).or_insert_with(|| object.clone());
            assert_eq!(before, object, "one version with two contents");
        }
    }
}
