//! Our extension definitions: what STIX has no property for. Identifiers and schemas never change; another meaning gets
//! another identifier.

use serde_json::{Value, json};

use super::Object;

pub(super) const FINDING: &str = "extension-definition--92270e25-15d1-40a4-98fe-36a7450a570c";
pub(super) const HYPOTHESIS: &str = "extension-definition--db2388e0-f0c5-437d-a4bd-2a4d865008af";
pub(super) const EVIDENCE: &str = "extension-definition--90d2a770-0be8-4ffe-adce-190ab9bd8ce1";
pub(super) const VERDICT: &str = "extension-definition--1b132770-f9a5-4e98-b775-d27f6ec51362";
pub(super) const PROOF: &str = "extension-definition--16808dcd-7f2e-480b-a15f-3785d2a7cbf4";
pub(super) const STATEMENT: &str = "extension-definition--faa6f6bf-e5ae-49bc-9c88-58e42d86c2f3";

/// Who defines them: the software, whatever body runs it.
const AUTHOR: &str = "identity--4e4d677e-a36d-40a0-9ae0-fea551e7a03f";
/// When they were defined.
const DEFINED: &str = "2026-11-26T00:00:00.000Z";

/// An extension definition of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its identifier.
    pub id: &'static str,
    /// Its name, which is that of its file.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub description: &'static str,
    /// The JSON Schema (draft 2020-12) of the extension on an object.
    pub schema: &'static str,
}

const fn definition(
    id: &'static str,
    name: &'static str,
    schema: &'static str,
    description: &'static str,
) -> Definition {
    Definition {
        id,
        name,
        description,
        schema,
    }
}

const ALL: &[Definition] = &[
    definition(
        FINDING,
        "solferino-finding",
        include_str!("../../schemas/finding.json"),
        "What a published finding says that a report has no property for: outcome, standard, likelihood with interval, planting cost, strands, gates, votes, digests.",
    ),
    definition(
        HYPOTHESIS,
        "solferino-hypothesis",
        include_str!("../../schemas/hypothesis.json"),
        "How likely a hypothesis is, with its interval, and whether the finding finds it. Never the analytic confidence, which stands in the property of that name.",
    ),
    definition(
        EVIDENCE,
        "solferino-evidence",
        include_str!("../../schemas/evidence.json"),
        "An exhibit, its custody, and the items that rest on it: strand, Admiralty grade, how easily it is planted.",
    ),
    definition(
        VERDICT,
        "solferino-verdict",
        include_str!("../../schemas/verdict.json"),
        "What norms say of the conduct, element by element: met, not met, unknown. Unknown is neither innocence nor guilt.",
    ),
    definition(
        PROOF,
        "solferino-proof",
        include_str!("../../schemas/proof.json"),
        "What a reader checks a finding by: digest of the bundle, checkpoint of the log, and the receipt of the finding's statement.",
    ),
    definition(
        STATEMENT,
        "solferino-statement",
        include_str!("../../schemas/statement.json"),
        "The signed statement of the record that an object stands for, and the hash of its text.",
    ),
];

/// Our definitions with their schemas.
#[must_use]
pub fn schemas() -> &'static [Definition] {
    ALL
}

/// Our definitions as STIX objects, their author first; the schema of each is its property `schema`, in full.
#[must_use]
pub fn definitions() -> Vec<Object> {
    let described = |kind: &str, id: &str, (name, description): (&str, &str), own: Value| {
        let mut object = super::object(json!({
            "type": kind, "spec_version": "2.1", "id": id, "created": DEFINED, "modified": DEFINED,
            "name": name, "description": description,
        }));
        object.extend(super::object(own));
        object
    };
    let said = "The software that wrote these objects; not a body that decides anything.";
    let system = json!({"identity_class": "system"});
    let author = described("identity", AUTHOR, ("Solferino", said), system);
    let made = ALL.iter().map(|d| {
        let own = json!({
            "created_by_ref": AUTHOR, "schema": d.schema, "version": "1.0.0", "extension_types": ["property-extension"],
        });
        described("extension-definition", d.id, (d.name, d.description), own)
    });
    std::iter::once(author).chain(made).collect()
}
