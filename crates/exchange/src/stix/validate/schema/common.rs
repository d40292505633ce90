//! Common properties (section 3.2), the types they use (section 2), and the bundle (section 8).

use super::{ID, Kind, Part, Precision, Property, TEXTS, Target, enumeration, may, must};

static EXTERNAL_REFERENCE: Part = Part {
    name: "external-reference",
    properties: &[
        must("source_name", Kind::Text),
        may("description", Kind::Text),
        may("url", Kind::Uri),
        may("hashes", Kind::Hashes),
        may("external_id", Kind::Text),
    ],
    any_of: &["description", "url", "external_id"],
    any: false,
};

static GRANULAR_MARKING: Part = Part {
    name: "granular-marking",
    properties: &[
        may("lang", Kind::Language),
        may(
            "marking_ref",
            Kind::Ref(Target::Of(&["marking-definition"])),
        ),
        must("selectors", TEXTS),
    ],
    any_of: &["lang", "marking_ref"],
    any: false,
};

pub(super) static KILL_CHAIN_PHASE: Part = Part {
    name: "kill-chain-phase",
    properties: &[
        must("kill_chain_name", Kind::Text),
        must("phase_name", Kind::Text),
    ],
    any_of: &[],
    any: false,
};

const FINE: Kind = Kind::Time(Precision::Milliseconds);
const IDENTITY: Kind = Kind::Ref(Target::Usually(&["identity"]));
const MARKINGS: Kind = Kind::List(&Kind::Ref(Target::Of(&["marking-definition"])));
const GRANULAR: Kind = Kind::List(&Kind::Part(&GRANULAR_MARKING));
const REFERENCES: Kind = Kind::List(&Kind::Part(&EXTERNAL_REFERENCE));
const CONFIDENCE: Kind = Kind::Integer(0, 100);
/// Each extension is checked by itself, see `extension.rs`.
const EXTENSIONS: Kind = Kind::Dictionary(&Kind::Unchecked);

/// Domain objects, relationship objects and language content.
pub(in super::super) static DOMAIN_COMMON: &[Property] = &[
    must("type", Kind::Text),
    must("spec_version", Kind::Text),
    must("id", ID),
    may("created_by_ref", IDENTITY),
    must("created", FINE),
    must("modified", FINE),
    may("revoked", Kind::Flag),
    may("labels", TEXTS),
    may("confidence", CONFIDENCE),
    may("lang", Kind::Language),
    may("external_references", REFERENCES),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR),
    may("extensions", EXTENSIONS),
];

/// Extension definitions say who made them (section 7.3.1).
pub(in super::super) static EXTENSION_COMMON: &[Property] = &[
    must("type", Kind::Text),
    must("spec_version", Kind::Text),
    must("id", ID),
    must("created_by_ref", IDENTITY),
    must("created", FINE),
    must("modified", FINE),
    may("revoked", Kind::Flag),
    may("labels", TEXTS),
    may("external_references", REFERENCES),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR),
];

/// Cyber-observable objects. The properties of versioning are there for producers who version them (section 3.6).
pub(in super::super) static OBSERVABLE_COMMON: &[Property] = &[
    must("type", Kind::Text),
    may("spec_version", Kind::Text),
    must("id", ID),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR),
    may("defanged", Kind::Flag),
    may("extensions", EXTENSIONS),
    may("created_by_ref", IDENTITY),
    may("created", FINE),
    may("modified", FINE),
    may("revoked", Kind::Flag),
    may("labels", TEXTS),
    may("confidence", CONFIDENCE),
    may("lang", Kind::Language),
    may("external_references", REFERENCES),
];

/// Marking definitions (section 7.2.1) are never versioned.
pub(in super::super) static MARKING_COMMON: &[Property] = &[
    must("type", Kind::Text),
    must("spec_version", Kind::Text),
    must("id", ID),
    must("created", Kind::Time(Precision::Milliseconds)),
    may("created_by_ref", IDENTITY),
    may("external_references", REFERENCES),
    may("object_marking_refs", MARKINGS),
    may("granular_markings", GRANULAR),
    may("extensions", EXTENSIONS),
];

/// The bundle itself (section 8); its objects are checked one by one.
pub(in super::super) static BUNDLE: &[Property] = &[
    must("type", Kind::Text),
    must("id", ID),
    may("objects", Kind::List(&Kind::Unchecked)),
];

pub(super) static LANGUAGE_CONTENT: &[Property] = &[
    must(
        "object_ref",
        Kind::Ref(Target::Not(&["bundle", "language-content"])),
    ),
    may("object_modified", FINE),
    must("contents", Kind::Dictionary(&Kind::Any)),
];

pub(super) static MARKING_DEFINITION: &[Property] = &[
    may("name", Kind::Text),
    may("definition_type", Kind::Text),
    may("definition", Kind::Dictionary(&Kind::Any)),
];

pub(super) static EXTENSION_DEFINITION: &[Property] = &[
    must("name", Kind::Text),
    may("description", Kind::Text),
    must("schema", Kind::Text),
    must("version", Kind::Text),
    must(
        "extension_types",
        Kind::List(&Kind::Enum(&enumeration::EXTENSION_TYPE_ENUM)),
    ),
    may("extension_properties", TEXTS),
];

/// Groups whose objects a relationship may join: everything but these.
pub(super) static NOT_RELATED: &[&str] = &[
    "relationship",
    "sighting",
    "bundle",
    "language-content",
    "marking-definition",
];
