//! Exhibits and their custody in CASE/UCO 1.4 (Cyber-investigation Analysis Standard Expression), as JSON-LD.
//!
//! Terms are those of the published ontologies: `case-investigation:InvestigativeAction`, `uco-action:performer` and so on.

use std::collections::BTreeMap;

use exchange::stix::id::uuid5;
use record::body::evidence::{CustodyEvent, Exhibit};
use record::ids::{MemberId, StatementId};
use record::kind::Body;
use record::table::Phase;
use serde_json::{Value, json};
use tlog::Hash;

use crate::VerifiedBundle;
use crate::stix::{NAMESPACE, event_name};

/// The media type of the document.
pub const MEDIA_TYPE: &str = "application/ld+json";

/// Where the ontologies' terms live.
const PREFIXES: &[(&str, &str)] = &[
    (
        "case-investigation",
        "https://ontology.caseontology.org/case/investigation/",
    ),
    (
        "uco-action",
        "https://ontology.unifiedcyberontology.org/uco/action/",
    ),
    (
        "uco-core",
        "https://ontology.unifiedcyberontology.org/uco/core/",
    ),
    (
        "uco-identity",
        "https://ontology.unifiedcyberontology.org/uco/identity/",
    ),
    (
        "uco-observable",
        "https://ontology.unifiedcyberontology.org/uco/observable/",
    ),
    (
        "uco-types",
        "https://ontology.unifiedcyberontology.org/uco/types/",
    ),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Every exhibit of the case with everything that was done with it, in the order of the record.
#[must_use]
pub fn document(v: &VerifiedBundle) -> Value {
    let mut made = Made {
        v,
        nodes: Vec::new(),
        members: BTreeMap::new(),
        last: BTreeMap::new(),
    };
    for (_, id) in &v.case().statements {
        match v.body(id) {
            Some(Body::Exhibit(exhibit)) => made.declared(id, exhibit),
            Some(Body::Custody(custody)) => made.handled(id, custody.exhibit, &custody.event),
            _ => {}
        }
    }
    made.document()
}

struct Made<'a> {
    v: &'a VerifiedBundle,
    nodes: Vec<Value>,
    members: BTreeMap<MemberId, String>,
    /// The last action on each exhibit: what came before informs what comes after.
    last: BTreeMap<Hash, String>,
}

impl Made<'_> {
    /// A node's name: it ends in a UUID, as the ontology advises.
    fn iri(&self, kind: &str, part: &str) -> String {
        let name = format!("case-uco\n{}\n{kind}\n{part}\n", self.v.origin());
        format!("kb:{kind}-{}", uuid5(&NAMESPACE, name.as_bytes()))
    }

    fn take(&mut self, node: Value) {
        self.nodes.push(node);
    }

    fn member(&mut self, member: &MemberId) -> String {
        if let Some(known) = self.members.get(member) {
            return known.clone();
        }
        let id = self.iri("identity", member.as_str());
        self.members.insert(member.clone(), id.clone());
        self.take(json!({
            "@id": id, "@type": "uco-identity:Identity", "uco-core:name": member.to_string(),
        }));
        id
    }

    /// An exhibit comes into the case: the file, its record of provenance, and the first action.
    fn declared(&mut self, statement: &StatementId, exhibit: &Exhibit) {
        let hash = exhibit.sha256.to_string();
        let file = self.iri("file", &hash);
        let (facet, value) = (self.iri("facet", &hash), self.iri("hash", &hash));
        self.take(json!({
            "@id": file, "@type": "uco-observable:File",
            "uco-core:hasFacet": [{
                "@id": facet, "@type": "uco-observable:ContentDataFacet",
                "uco-observable:mimeType": exhibit.media_type.to_string(),
                "uco-observable:sizeInBytes": typed("xsd:integer", exhibit.size.to_string()),
                "uco-observable:hash": [{
                    "@id": value, "@type": "uco-types:Hash",
                    "uco-types:hashMethod": "SHA256",
                    "uco-types:hashValue": typed("xsd:hexBinary", hash.clone()),
                }],
            }],
        }));
        let (_, index) = self.v.moment(statement);
        self.take(json!({
            "@id": self.iri("provenance-record", &hash), "@type": "case-investigation:ProvenanceRecord",
            "case-investigation:exhibitNumber": index.to_string(),
            "uco-core:description": format!("Acquired on {}, source {}.", exhibit.acquired, exhibit.source),
            "uco-core:object": [{"@id": file}],
        }));
        self.action(statement, exhibit.sha256, "declared", None);
    }

    fn handled(&mut self, statement: &StatementId, exhibit: Hash, event: &CustodyEvent) {
        let to = match event {
            CustodyEvent::Transfer { to } | CustodyEvent::Copy { to } => Some(to),
            _ => None,
        };
        self.action(statement, exhibit, event_name(event), to);
    }

    fn action(
        &mut self,
        statement: &StatementId,
        exhibit: Hash,
        name: &str,
        to: Option<&MemberId>,
    ) {
        let hash = exhibit.to_string();
        let (time, index) = self.v.moment(statement);
        let id = self.iri("investigative-action", &statement.to_string());
        let at = typed("xsd:dateTime", time.to_string());
        let mut action = json!({
            "@id": id, "@type": "case-investigation:InvestigativeAction", "uco-core:name": name,
            "uco-action:startTime": at, "uco-action:endTime": at,
            "uco-action:object": [{"@id": self.iri("file", &hash)}],
            "uco-action:result": [{"@id": self.iri("provenance-record", &hash)}],
            "uco-core:externalReference": [{
                "@id": self.iri("external-reference", &statement.to_string()),
                "@type": "uco-core:ExternalReference",
                "uco-core:definingContext": format!("Entry {index} of the record {}", self.v.origin()),
                "uco-core:externalIdentifier": statement.to_string(),
            }],
        });
        let said_by = self.v.state().statements.get(statement);
        if let Some(member) = said_by.and_then(|e| e.member) {
            action["uco-action:performer"] = json!({"@id": self.member(&member)});
        }
        if let Some(member) = to {
            action["uco-action:participant"] = json!([{"@id": self.member(member)}]);
        }
        if let Some(before) = self.last.insert(exhibit, id) {
            action["case-investigation:wasInformedBy"] = json!([{"@id": before}]);
        }
        self.take(action);
    }

    fn document(mut self) -> Value {
        let v = self.v;
        let case = v.case();
        let status = match case.phase {
            Phase::Closed => "closed",
            _ => "open",
        };
        let demonstration = match v.charter().demonstration {
            true => "This record is a demonstration: no body has decided anything in it. ",
            false => "",
        };
        let objects: Vec<Value> = self
            .nodes
            .iter()
            .map(|n| json!({"@id": n["@id"]}))
            .collect();
        let id = self.iri("investigation", case.id.as_str());
        let mut investigation = json!({
            "@id": id, "@type": "case-investigation:Investigation",
            "uco-core:name": case.id.to_string(),
            "uco-core:description": format!(
                "{demonstration}Made from the bundle with the SHA-256 {}.", v.sha256()
            ),
            "case-investigation:investigationForm": "case",
            "case-investigation:investigationStatus": status,
        });
        if !objects.is_empty() {
            investigation["uco-core:object"] = objects.into();
        }
        self.nodes.insert(0, investigation);
        let mut context: serde_json::Map<String, Value> = PREFIXES
            .iter()
            .map(|(prefix, iri)| ((*prefix).to_owned(), json!(iri)))
            .collect();
        context.insert("kb".into(), "urn:solferino:case-uco:".into());
        json!({"@context": context, "@graph": self.nodes})
    }
}

fn typed(of: &str, value: String) -> Value {
    json!({"@type": of, "@value": value})
}
