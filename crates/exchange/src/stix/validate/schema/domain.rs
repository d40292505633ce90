//! Domain objects (section 4), relationship objects (section 5) and meta objects (section 7).

use super::common::{
    EXTENSION_DEFINITION, KILL_CHAIN_PHASE, LANGUAGE_CONTENT, MARKING_DEFINITION, NOT_RELATED,
};
use super::enumeration::*;
use super::vocabulary::*;
use super::{Class, Group, IDS, Kind, NUMBER, Order, Property, TEXTS, TIME, Target, may, must};

const PHASES: Kind = Kind::List(&Kind::Part(&KILL_CHAIN_PHASE));
const SOFTWARE: Kind = Kind::Ref(Target::Of(&["software"]));
const SEEN: &[(&str, &str, Order)] = &[("first_seen", "last_seen", Order::NotBefore)];
/// What counts things: at most nine digits.
const NINES: i64 = 999_999_999;
/// Types that are no domain objects, so nobody can have sighted them (section 5.2.1).
const NO_SIGHTING: Target = Target::Not(&[
    "relationship",
    "sighting",
    "bundle",
    "language-content",
    "marking-definition",
    "extension-definition",
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
]);
/// Observed data holds observables and the relationships between them (section 4.14.1).
const NOT_OBSERVED: Target = Target::Not(&[
    "attack-pattern",
    "campaign",
    "course-of-action",
    "grouping",
    "identity",
    "incident",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "location",
    "malware",
    "malware-analysis",
    "note",
    "observed-data",
    "opinion",
    "report",
    "threat-actor",
    "tool",
    "vulnerability",
    "bundle",
    "language-content",
    "marking-definition",
    "extension-definition",
]);

const fn plain(name: &'static str, properties: &'static [Property]) -> Class {
    Class {
        name,
        group: Group::Domain,
        properties,
        any_of: &[],
        ordered: &[],
    }
}

const fn seen(name: &'static str, properties: &'static [Property]) -> Class {
    Class {
        name,
        group: Group::Domain,
        properties,
        any_of: &[],
        ordered: SEEN,
    }
}

const fn open(vocabulary: &'static Vocabulary) -> Kind {
    Kind::Open(vocabulary)
}

pub(super) static CLASSES: &[Class] = &[
    plain(
        "attack-pattern",
        &[
            must("name", Kind::Text),
            may("description", Kind::Text),
            may("aliases", TEXTS),
            may("kill_chain_phases", PHASES),
        ],
    ),
    seen(
        "campaign",
        &[
            must("name", Kind::Text),
            may("description", Kind::Text),
            may("aliases", TEXTS),
            may("first_seen", TIME),
            may("last_seen", TIME),
            may("objective", Kind::Text),
        ],
    ),
    plain(
        "course-of-action",
        &[must("name", Kind::Text), may("description", Kind::Text)],
    ),
    plain(
        "grouping",
        &[
            may("name", Kind::Text),
            may("description", Kind::Text),
            must("context", open(&GROUPING_CONTEXT_OV)),
            must("object_refs", IDS),
        ],
    ),
    plain(
        "identity",
        &[
            must("name", Kind::Text),
            may("description", Kind::Text),
            may("roles", TEXTS),
            may("identity_class", open(&IDENTITY_CLASS_OV)),
            may("sectors", Kind::List(&open(&INDUSTRY_SECTOR_OV))),
            may("contact_information", Kind::Text),
        ],
    ),
    plain(
        "incident",
        &[must("name", Kind::Text), may("description", Kind::Text)],
    ),
    Class {
        name: "indicator",
        group: Group::Domain,
        properties: &[
            may("name", Kind::Text),
            may("description", Kind::Text),
            may("indicator_types", Kind::List(&open(&INDICATOR_TYPE_OV))),
            must("pattern", Kind::Text),
            must("pattern_type", open(&PATTERN_TYPE_OV)),
            may("pattern_version", Kind::Text),
            must("valid_from", TIME),
            may("valid_until", TIME),
            may("kill_chain_phases", PHASES),
        ],
        any_of: &[],
        ordered: &[("valid_from", "valid_until", Order::After)],
    },
    seen(
        "infrastructure",
        &[
            must("name", Kind::Text),
            may("description", Kind::Text),
            may(
                "infrastructure_types",
                Kind::List(&open(&INFRASTRUCTURE_TYPE_OV)),
            ),
            may("aliases", TEXTS),
            may("kill_chain_phases", PHASES),
            may("first_seen", TIME),
            may("last_seen", TIME),
        ],
    ),
    seen(
        "intrusion-set",
        &[
            must("name", Kind::Text),
            may("description", Kind::Text),
            may("aliases", TEXTS),
            may("first_seen", TIME),
            may("last_seen", TIME),
            may("goals", TEXTS),
            may("resource_level", open(&ATTACK_RESOURCE_LEVEL_OV)),
            may("primary_motivation", open(&ATTACK_MOTIVATION_OV)),
            may(
                "secondary_motivations",
                Kind::List(&open(&ATTACK_MOTIVATION_OV)),
            ),
        ],
    ),
    plain(
        "location",
        &[
            may("name", Kind::Text),
            may("description", Kind::Text),
            may("latitude", Kind::Number(-90.0, 90.0)),
            may("longitude", Kind::Number(-180.0, 180.0)),
            may("precision", NUMBER),
            may("region", open(&REGION_OV)),
            may("country", Kind::Text),
            may("administrative_area", Kind::Text),
            may("city", Kind::Text),
            may("street_address", Kind::Text),
            may("postal_code", Kind::Text),
        ],
    ),
    seen(
        "malware",
        &[
            may("name", Kind::Text),
            may("description", Kind::Text),
            may("malware_types", Kind::List(&open(&MALWARE_TYPE_OV))),
            must("is_family", Kind::Flag),
            may("aliases", TEXTS),
            may("kill_chain_phases", PHASES),
            may("first_seen", TIME),
            may("last_seen", TIME),
            may("operating_system_refs", Kind::List(&SOFTWARE)),
            may(
                "architecture_execution_envs",
                Kind::List(&open(&PROCESSOR_ARCHITECTURE_OV)),
            ),
            may(
                "implementation_languages",
                Kind::List(&open(&IMPLEMENTATION_LANGUAGE_OV)),
            ),
            may("capabilities", Kind::List(&open(&MALWARE_CAPABILITIES_OV))),
            may(
                "sample_refs",
                Kind::List(&Kind::Ref(Target::Usually(&["artifact", "file"]))),
            ),
        ],
    ),
    Class {
        name: "malware-analysis",
        group: Group::Domain,
        properties: &[
            must("product", Kind::Text),
            may("version", Kind::Text),
            may("host_vm_ref", SOFTWARE),
            may("operating_system_ref", SOFTWARE),
            may("installed_software_refs", Kind::List(&SOFTWARE)),
            may("configuration_version", Kind::Text),
            may("modules", TEXTS),
            may("analysis_engine_version", Kind::Text),
            may("analysis_definition_version", Kind::Text),
            may("submitted", TIME),
            may("analysis_started", TIME),
            may("analysis_ended", TIME),
            may("result_name", Kind::Text),
            may("result", open(&MALWARE_RESULT_OV)),
            may("analysis_sco_refs", IDS),
            may(
                "sample_ref",
                Kind::Ref(Target::Of(&["artifact", "file", "network-traffic"])),
            ),
        ],
        any_of: &["result", "analysis_sco_refs"],
        ordered: &[],
    },
    plain(
        "note",
        &[
            may("abstract", Kind::Text),
            must("content", Kind::Text),
            may("authors", TEXTS),
            must("object_refs", IDS),
        ],
    ),
    Class {
        name: "observed-data",
        group: Group::Domain,
        properties: &[
            must("first_observed", TIME),
            must("last_observed", TIME),
            must("number_observed", Kind::Integer(1, NINES)),
            may("objects", Kind::Dictionary(&Kind::Any)),
            may("object_refs", Kind::List(&Kind::Ref(NOT_OBSERVED))),
        ],
        any_of: &["objects", "object_refs"],
        ordered: &[("first_observed", "last_observed", Order::NotBefore)],
    },
    plain(
        "opinion",
        &[
            may("explanation", Kind::Text),
            may("authors", TEXTS),
            must("opinion", Kind::Enum(&OPINION_ENUM)),
            must("object_refs", IDS),
        ],
    ),
    plain(
        "report",
        &[
            must("name", Kind::Text),
            may("description", Kind::Text),
            may("report_types", Kind::List(&open(&REPORT_TYPE_OV))),
            must("published", TIME),
            must("object_refs", IDS),
        ],
    ),
    seen(
        "threat-actor",
        &[
            must("name", Kind::Text),
            may("description", Kind::Text),
            may(
                "threat_actor_types",
                Kind::List(&open(&THREAT_ACTOR_TYPE_OV)),
            ),
            may("aliases", TEXTS),
            may("first_seen", TIME),
            may("last_seen", TIME),
            may("roles", Kind::List(&open(&THREAT_ACTOR_ROLE_OV))),
            may("goals", TEXTS),
            may("sophistication", open(&THREAT_ACTOR_SOPHISTICATION_OV)),
            may("resource_level", open(&ATTACK_RESOURCE_LEVEL_OV)),
            may("primary_motivation", open(&ATTACK_MOTIVATION_OV)),
            may(
                "secondary_motivations",
                Kind::List(&open(&ATTACK_MOTIVATION_OV)),
            ),
            may(
                "personal_motivations",
                Kind::List(&open(&ATTACK_MOTIVATION_OV)),
            ),
        ],
    ),
    plain(
        "tool",
        &[
            must("name", Kind::Text),
            may("description", Kind::Text),
            may("tool_types", Kind::List(&open(&TOOL_TYPE_OV))),
            may("aliases", TEXTS),
            may("kill_chain_phases", PHASES),
            may("tool_version", Kind::Text),
        ],
    ),
    plain(
        "vulnerability",
        &[must("name", Kind::Text), may("description", Kind::Text)],
    ),
    Class {
        name: "relationship",
        group: Group::Relationship,
        properties: &[
            must("relationship_type", Kind::Text),
            may("description", Kind::Text),
            must("source_ref", Kind::Ref(Target::Not(NOT_RELATED))),
            must("target_ref", Kind::Ref(Target::Not(NOT_RELATED))),
            may("start_time", TIME),
            may("stop_time", TIME),
        ],
        any_of: &[],
        ordered: &[("start_time", "stop_time", Order::After)],
    },
    Class {
        name: "sighting",
        group: Group::Relationship,
        properties: &[
            may("description", Kind::Text),
            may("first_seen", TIME),
            may("last_seen", TIME),
            may("count", Kind::Integer(0, NINES)),
            must("sighting_of_ref", Kind::Ref(NO_SIGHTING)),
            may(
                "observed_data_refs",
                Kind::List(&Kind::Ref(Target::Of(&["observed-data"]))),
            ),
            may(
                "where_sighted_refs",
                Kind::List(&Kind::Ref(Target::Of(&["identity", "location"]))),
            ),
            may("summary", Kind::Flag),
        ],
        any_of: &[],
        ordered: SEEN,
    },
    Class {
        name: "language-content",
        group: Group::Meta,
        properties: LANGUAGE_CONTENT,
        any_of: &[],
        ordered: &[],
    },
    Class {
        name: "extension-definition",
        group: Group::Meta,
        properties: EXTENSION_DEFINITION,
        any_of: &[],
        ordered: &[],
    },
    Class {
        name: "marking-definition",
        group: Group::Marking,
        properties: MARKING_DEFINITION,
        any_of: &[],
        ordered: &[],
    },
];
