//! Cyber-observable objects (section 6).

use super::enumeration::*;
use super::vocabulary::*;
use super::{
    COUNT, Class, Group, INTEGER, Kind, Order, PORT, Part, Property, TEXTS, TIME, may, must,
};

const fn local(types: &'static [&'static str]) -> Kind {
    Kind::Local(types)
}

const ADDRESSES: Kind = local(&["email-addr"]);
const ENDPOINT: Kind = local(&["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"]);
const ACCOUNT: Kind = local(&["user-account"]);
const ARTIFACT: Kind = local(&["artifact"]);
const TRAFFIC: Kind = local(&["network-traffic"]);
const PROCESS: Kind = local(&["process"]);

static MIME_PART: Part = Part {
    name: "email-mime-part-type",
    properties: &[
        may("body", Kind::Text),
        may("body_raw_ref", local(&["artifact", "file"])),
        may("content_type", Kind::Text),
        may("content_disposition", Kind::Text),
    ],
    any_of: &["body", "body_raw_ref"],
    any: false,
};

static REGISTRY_VALUE: Part = Part {
    name: "windows-registry-value-type",
    properties: &[
        may("name", Kind::Text),
        may("data", Kind::Text),
        may("data_type", Kind::Enum(&WINDOWS_REGISTRY_DATATYPE_ENUM)),
    ],
    any_of: &[],
    any: true,
};

static X509_V3_EXTENSIONS: Part = Part {
    name: "x509-v3-extensions-type",
    properties: &[
        may("basic_constraints", Kind::Text),
        may("name_constraints", Kind::Text),
        may("policy_constraints", Kind::Text),
        may("key_usage", Kind::Text),
        may("extended_key_usage", Kind::Text),
        may("subject_key_identifier", Kind::Text),
        may("authority_key_identifier", Kind::Text),
        may("subject_alternative_name", Kind::Text),
        may("issuer_alternative_name", Kind::Text),
        may("subject_directory_attributes", Kind::Text),
        may("crl_distribution_points", Kind::Text),
        may("inhibit_any_policy", Kind::Text),
        may("private_key_usage_period_not_before", TIME),
        may("private_key_usage_period_not_after", TIME),
        may("certificate_policies", Kind::Text),
        may("policy_mappings", Kind::Text),
    ],
    any_of: &[],
    any: true,
};

const fn plain(name: &'static str, properties: &'static [Property]) -> Class {
    Class {
        name,
        group: Group::Observable,
        properties,
        any_of: &[],
        ordered: &[],
    }
}

const fn any_of(
    name: &'static str,
    properties: &'static [Property],
    any_of: &'static [&'static str],
) -> Class {
    Class {
        name,
        group: Group::Observable,
        properties,
        any_of,
        ordered: &[],
    }
}

pub(super) static CLASSES: &[Class] = &[
    any_of(
        "artifact",
        &[
            may("mime_type", Kind::Text),
            may("payload_bin", Kind::Binary),
            may("url", Kind::Uri),
            may("hashes", Kind::Hashes),
            may(
                "encryption_algorithm",
                Kind::Enum(&ENCRYPTION_ALGORITHM_ENUM),
            ),
            may("decryption_key", Kind::Text),
        ],
        &["payload_bin", "url"],
    ),
    plain(
        "autonomous-system",
        &[
            must("number", INTEGER),
            may("name", Kind::Text),
            may("rir", Kind::Text),
        ],
    ),
    plain(
        "directory",
        &[
            must("path", Kind::Text),
            may("path_enc", Kind::Text),
            may("ctime", TIME),
            may("mtime", TIME),
            may("atime", TIME),
            may("contains_refs", Kind::List(&local(&["file", "directory"]))),
        ],
    ),
    plain(
        "domain-name",
        &[
            must("value", Kind::Text),
            may(
                "resolves_to_refs",
                Kind::List(&local(&["ipv4-addr", "ipv6-addr", "domain-name"])),
            ),
        ],
    ),
    plain(
        "email-addr",
        &[
            must("value", Kind::Text),
            may("display_name", Kind::Text),
            may("belongs_to_ref", ACCOUNT),
        ],
    ),
    plain(
        "email-message",
        &[
            must("is_multipart", Kind::Flag),
            may("date", TIME),
            may("content_type", Kind::Text),
            may("from_ref", ADDRESSES),
            may("sender_ref", ADDRESSES),
            may("to_refs", Kind::List(&ADDRESSES)),
            may("cc_refs", Kind::List(&ADDRESSES)),
            may("bcc_refs", Kind::List(&ADDRESSES)),
            may("message_id", Kind::Text),
            may("subject", Kind::Text),
            may("received_lines", TEXTS),
            may("additional_header_fields", Kind::Dictionary(&Kind::Any)),
            may("body", Kind::Text),
            may("body_multipart", Kind::List(&Kind::Part(&MIME_PART))),
            may("raw_email_ref", ARTIFACT),
        ],
    ),
    any_of(
        "file",
        &[
            may("hashes", Kind::Hashes),
            may("size", COUNT),
            may("name", Kind::Text),
            may("name_enc", Kind::Text),
            may("magic_number_hex", Kind::Hex),
            may("mime_type", Kind::Text),
            may("ctime", TIME),
            may("mtime", TIME),
            may("atime", TIME),
            may("parent_directory_ref", local(&["directory"])),
            may("contains_refs", Kind::List(&local(&[]))),
            may("content_ref", ARTIFACT),
        ],
        &["hashes", "name"],
    ),
    plain("ipv4-addr", ADDRESS),
    plain("ipv6-addr", ADDRESS),
    plain("mac-addr", &[must("value", Kind::Text)]),
    plain("mutex", &[must("name", Kind::Text)]),
    Class {
        name: "network-traffic",
        group: Group::Observable,
        properties: NETWORK_TRAFFIC,
        any_of: &["src_ref", "dst_ref"],
        ordered: &[("start", "end", Order::NotBefore)],
    },
    any_of(
        "process",
        PROCESS_TABLE,
        &[
            "extensions",
            "is_hidden",
            "pid",
            "created_time",
            "cwd",
            "command_line",
            "environment_variables",
            "opened_connection_refs",
            "creator_user_ref",
            "image_ref",
            "parent_ref",
            "child_refs",
        ],
    ),
    plain(
        "software",
        &[
            must("name", Kind::Text),
            may("cpe", Kind::Text),
            may("swid", Kind::Text),
            may("languages", Kind::List(&Kind::Language)),
            may("vendor", Kind::Text),
            may("version", Kind::Text),
        ],
    ),
    plain("url", &[must("value", Kind::Uri)]),
    any_of(
        "user-account",
        USER_ACCOUNT,
        &[
            "extensions",
            "user_id",
            "credential",
            "account_login",
            "account_type",
            "display_name",
            "is_service_account",
            "is_privileged",
            "can_escalate_privs",
            "is_disabled",
            "account_created",
            "account_expires",
            "credential_last_changed",
            "account_first_login",
            "account_last_login",
        ],
    ),
    any_of(
        "windows-registry-key",
        &[
            may("key", Kind::Text),
            may("values", Kind::List(&Kind::Part(&REGISTRY_VALUE))),
            may("modified_time", TIME),
            may("creator_user_ref", ACCOUNT),
            may("number_of_subkeys", INTEGER),
        ],
        &[
            "key",
            "values",
            "modified_time",
            "creator_user_ref",
            "number_of_subkeys",
        ],
    ),
    any_of(
        "x509-certificate",
        CERTIFICATE,
        &[
            "is_self_signed",
            "hashes",
            "version",
            "serial_number",
            "signature_algorithm",
            "issuer",
            "validity_not_before",
            "validity_not_after",
            "subject",
            "subject_public_key_algorithm",
            "subject_public_key_modulus",
            "subject_public_key_exponent",
            "x509_v3_extensions",
        ],
    ),
];

static ADDRESS: &[Property] = &[
    must("value", Kind::Text),
    may("resolves_to_refs", Kind::List(&local(&["mac-addr"]))),
    may(
        "belongs_to_refs",
        Kind::List(&local(&["autonomous-system"])),
    ),
];

static NETWORK_TRAFFIC: &[Property] = &[
    may("start", TIME),
    may("end", TIME),
    may("is_active", Kind::Flag),
    may("src_ref", ENDPOINT),
    may("dst_ref", ENDPOINT),
    may("src_port", PORT),
    may("dst_port", PORT),
    must("protocols", TEXTS),
    may("src_byte_count", INTEGER),
    may("dst_byte_count", INTEGER),
    may("src_packets", INTEGER),
    may("dst_packets", INTEGER),
    may("ipfix", Kind::Dictionary(&Kind::Any)),
    may("src_payload_ref", ARTIFACT),
    may("dst_payload_ref", ARTIFACT),
    may("encapsulates_refs", Kind::List(&TRAFFIC)),
    may("encapsulated_by_ref", TRAFFIC),
];

static PROCESS_TABLE: &[Property] = &[
    may("is_hidden", Kind::Flag),
    may("pid", INTEGER),
    may("created_time", TIME),
    may("cwd", Kind::Text),
    may("command_line", Kind::Text),
    may("environment_variables", Kind::Dictionary(&Kind::Text)),
    may("opened_connection_refs", Kind::List(&TRAFFIC)),
    may("creator_user_ref", ACCOUNT),
    may("image_ref", local(&["file"])),
    may("parent_ref", PROCESS),
    may("child_refs", Kind::List(&PROCESS)),
];

static USER_ACCOUNT: &[Property] = &[
    may("user_id", Kind::Text),
    may("credential", Kind::Text),
    may("account_login", Kind::Text),
    may("account_type", Kind::Open(&ACCOUNT_TYPE_OV)),
    may("display_name", Kind::Text),
    may("is_service_account", Kind::Flag),
    may("is_privileged", Kind::Flag),
    may("can_escalate_privs", Kind::Flag),
    may("is_disabled", Kind::Flag),
    may("account_created", TIME),
    may("account_expires", TIME),
    may("credential_last_changed", TIME),
    may("account_first_login", TIME),
    may("account_last_login", TIME),
];

static CERTIFICATE: &[Property] = &[
    may("is_self_signed", Kind::Flag),
    may("hashes", Kind::Hashes),
    may("version", Kind::Text),
    may("serial_number", Kind::Text),
    may("signature_algorithm", Kind::Text),
    may("issuer", Kind::Text),
    may("validity_not_before", TIME),
    may("validity_not_after", TIME),
    may("subject", Kind::Text),
    may("subject_public_key_algorithm", Kind::Text),
    may("subject_public_key_modulus", Kind::Text),
    may("subject_public_key_exponent", INTEGER),
    may("x509_v3_extensions", Kind::Part(&X509_V3_EXTENSIONS)),
];
