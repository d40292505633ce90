//! Every finding of the demonstration's cases, as bundles.

use std::sync::OnceLock;

use record::bundle;
use record::time::{Day, Timestamp};
use rehearsal::{Cast, MemoryDesk, Procedure, corpus, play_stage};
use serde_json::Value;
use solferino_publish::VerifiedBundle;
use solferino_publish::stix::Object;

pub(crate) const ORIGIN: &str = "record.example/rehearsal";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn cast() -> Cast {
    Cast::new([7; 32], ORIGIN, &corpus::panel().unwrap()).unwrap()
}

/// A founded record with norms and accessions, at the start of 2014.
pub(crate) fn founded(cast: &Cast) -> MemoryDesk {
    rehearsal::founded(cast, at("2014-01-01T00:00:00Z")).unwrap()
}

/// The bundle of every finding of every demonstration case, all stages, in the order published.
pub(crate) fn bundles() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| {
        let cast = cast();
        let mut desk = founded(&cast);
        let scripts = corpus::scripts().unwrap();
        let mut stages: Vec<_> = scripts
            .iter()
            .flat_map(|s| (0..s.stages.len()).map(move |n| (s.stages[n].cutoff, s, n)))
            .collect();
        stages.sort_by_key(|(day, s, n)| (*day, s.id.clone(), *n));
        let mut texts = texts();
        for (day, script, stage) in stages {
            let mut p = Procedure::new(&cast, &mut desk, at("2014-01-01T00:00:00Z"));
            let time = p.desk.auditor.state.global.time.unwrap();
            p.go_to(time.max(day.start())).unwrap();
            let later = texts.split_off(texts.partition_point(|(issued, _)| *issued <= day));
            for (_, document) in std::mem::replace(&mut texts, later) {
                p.register_texts([document]).unwrap();
            }
            play_stage(&mut p, script, stage)
                .unwrap_or_else(|e| panic!("{} stage {stage}: {e}", script.id));
        }
        let state = &desk.auditor.state;
        let findings = state
            .cases
            .values()
            .flat_map(|c| c.findings.iter().map(move |f| (c, f)));
        findings
            .map(|(c, f)| {
                bundle::build(state, c, f.statement, &desk, Vec::new())
                    .unwrap()
                    .to_string()
            })
            .collect()
    })
}

/// The shipped norms, by the day they were issued.
fn texts() -> Vec<(Day, &'static str)> {
    let reference = norms::Reference::shipped().unwrap();
    let mut all: Vec<(Day, &str)> = norms::SHIPPED
        .iter()
        .filter_map(|(_, document)| {
            let text = reference.corpus(&[("document", document)]).unwrap();
            let issued = text
                .entries()
                .iter()
                .map(|e| e.text().date.last_day())
                .max()?;
            Some((issued.to_string().parse().unwrap(), *document))
        })
        .collect();
    all.sort_by_key(|(day, _)| *day);
    all
}

pub(crate) fn verified(bundle: &str) -> VerifiedBundle {
    VerifiedBundle::verify(bundle.as_bytes(), None).unwrap()
}

/// All of [`bundles`], verified once.
pub(crate) fn findings() -> &'static [VerifiedBundle] {
    static ALL: OnceLock<Vec<VerifiedBundle>> = OnceLock::new();
    ALL.get_or_init(|| bundles().iter().map(|b| verified(b)).collect())
}

pub(crate) fn text<'a>(object: &'a Object, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn of<'a>(objects: &'a [Object], kind: &str) -> Vec<&'a Object> {
    objects.iter().filter(|o| text(o, "type") == kind).collect()
}

pub(crate) fn relationships<'a>(objects: &'a [Object], kind: &str) -> Vec<&'a Object> {
    let all = of(objects, "relationship").into_iter();
    all.filter(|o| text(o, "relationship_type") == kind)
        .collect()
}
