//! What of a record is published over TAXII: its findings as STIX objects, and the indicators of each case.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use publish::VerifiedBundle;
use record::ids::{CaseId, StatementId};
use record::state::Case;
use record::trust::with_sources;
use server::{Made, Publisher};
use store::Record;
use store::taxii::{Publication, PublishedIn};

/// What was handed over, and of which record.
#[derive(Default)]
struct Before {
    /// Entries of the record. The same record comes again only if what was handed over last got lost.
    size: u64,
    /// Each finding, with how many statements its case had.
    findings: BTreeMap<StatementId, usize>,
}

/// Publishes each finding when it comes, and again when its case grows: that is when one of its objects may have another
/// version (docs/export.md).
pub(crate) fn publisher() -> Publisher {
    let before = Mutex::new(Before::default());
    Publisher::new(move |record| {
        let mut before = before.lock().unwrap_or_else(PoisonError::into_inner);
        if before.size == record.size() {
            before.findings.clear();
        }
        before.size = record.size();
        let mut made = Made::default();
        for (case, finding, size) in due(record, &before.findings) {
            // One finding that cannot be published holds back no other; it is tried again when the record grows.
            match publications(record, &case, finding) {
                Ok(of_finding) => {
                    made.publications.extend(of_finding);
                    before.findings.insert(finding, size);
                }
                Err(problem) => made.failures.push(problem),
            }
        }
        made
    })
}

fn due(
    record: &Record,
    before: &BTreeMap<StatementId, usize>,
) -> Vec<(CaseId, StatementId, usize)> {
    let state = record.state();
    let of_case = |case: &Case| {
        let (id, size) = (case.id.clone(), case.statements.len());
        let findings: Vec<_> = case.findings.iter().map(|f| f.statement).collect();
        findings
            .into_iter()
            .map(move |finding| (id.clone(), finding, size))
    };
    let all = state.cases.values().flat_map(of_case);
    all.filter(|(_, finding, size)| before.get(finding) != Some(size))
        .collect()
}

/// The objects of one finding; what the bundle does not verify for is not published, and said.
fn publications(
    record: &Record,
    case: &CaseId,
    finding: StatementId,
) -> Result<Vec<Publication>, String> {
    let failed = |error: &dyn std::error::Error| format!("{finding}: {}", with_sources(error));
    let bundle = record
        .bundle(case, finding, true)
        .map_err(|error| failed(&error))?;
    let trust = record.trust_file().map_err(|error| failed(&error))?;
    let verified = VerifiedBundle::verify(bundle.to_string().as_bytes(), Some(&trust))
        .map_err(|error| failed(&error))?;
    let objects = publish::stix::finding(&verified);
    let indicators = objects.iter().filter(|object| is_of(object, "indicator"));
    let mut made = Vec::new();
    let indicators: Vec<String> = indicators.map(exchange::jcs::canonical_map).collect();
    if !indicators.is_empty() {
        let collection = PublishedIn::Indicators(case.to_string());
        made.push(Publication {
            collection,
            objects: indicators,
        });
    }
    let objects = objects.iter().map(exchange::jcs::canonical_map).collect();
    let collection = PublishedIn::Findings;
    made.push(Publication {
        collection,
        objects,
    });
    Ok(made)
}

fn is_of(object: &serde_json::Map<String, serde_json::Value>, kind: &str) -> bool {
    object.get("type").and_then(|value| value.as_str()) == Some(kind)
}
