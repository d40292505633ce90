//! Attribute types.

/// An attribute type that is a cyber-observable: its parts, which stand between `|` in its value, and the path of each.
#[derive(Debug)]
pub(in crate::misp) struct AttributeRow {
    pub(in crate::misp) kind: &'static str,
    pub(in crate::misp) category: &'static str,
    pub(in crate::misp) paths: &'static [&'static str],
    /// Where the field `data` goes.
    pub(in crate::misp) data: Option<&'static str>,
}

const fn row(
    kind: &'static str,
    category: &'static str,
    paths: &'static [&'static str],
) -> AttributeRow {
    AttributeRow {
        kind,
        category,
        paths,
        data: None,
    }
}

const NETWORK: &str = "Network activity";
const DELIVERY: &str = "Payload delivery";
const ARTIFACTS: &str = "Artifacts dropped";
const SOCIAL: &str = "Social network";
const PAYLOAD: Option<&str> = Some("file:content_ref.payload_bin");

/// The first row with a path is what a cyber-observable of STIX becomes if no label says otherwise.
pub(in crate::misp) const ATTRIBUTES: &[AttributeRow] = &[
    row("ip-dst", NETWORK, &["network-traffic:dst_ref.value"]),
    row("ip-src", NETWORK, &["network-traffic:src_ref.value"]),
    row(
        "ip-dst|port",
        NETWORK,
        &["network-traffic:dst_ref.value", "network-traffic:dst_port"],
    ),
    row(
        "ip-src|port",
        NETWORK,
        &["network-traffic:src_ref.value", "network-traffic:src_port"],
    ),
    row("domain", NETWORK, &["domain-name:value"]),
    row("hostname", NETWORK, &["domain-name:value"]),
    row(
        "domain|ip",
        NETWORK,
        &["domain-name:value", "domain-name:resolves_to_refs[*].value"],
    ),
    row(
        "hostname|port",
        NETWORK,
        &["network-traffic:dst_ref.value", "network-traffic:dst_port"],
    ),
    row("url", NETWORK, &["url:value"]),
    row("uri", NETWORK, &["url:value"]),
    row("link", "External analysis", &["url:value"]),
    row("email", DELIVERY, &["email-addr:value"]),
    row("email-src", DELIVERY, &["email-message:from_ref.value"]),
    row("email-dst", DELIVERY, &["email-message:to_refs[*].value"]),
    row("email-subject", DELIVERY, &["email-message:subject"]),
    row("email-body", DELIVERY, &["email-message:body"]),
    row("email-message-id", DELIVERY, &["email-message:message_id"]),
    row(
        "email-header",
        DELIVERY,
        &["email-message:received_lines[*]"],
    ),
    row(
        "email-reply-to",
        DELIVERY,
        &["email-message:additional_header_fields.Reply-To"],
    ),
    row(
        "email-x-mailer",
        DELIVERY,
        &["email-message:additional_header_fields.X-Mailer"],
    ),
    row("email-attachment", DELIVERY, &["file:name"]),
    row("mac-address", NETWORK, &["mac-addr:value"]),
    row("mutex", ARTIFACTS, &["mutex:name"]),
    row("AS", NETWORK, &["autonomous-system:number"]),
    row(
        "regkey",
        "Persistence mechanism",
        &["windows-registry-key:key"],
    ),
    row(
        "regkey|value",
        "Persistence mechanism",
        &[
            "windows-registry-key:key",
            "windows-registry-key:values[*].data",
        ],
    ),
    row("github-username", SOCIAL, &["user-account:account_login"]),
    row("filename", DELIVERY, &["file:name"]),
    AttributeRow {
        data: PAYLOAD,
        ..row("attachment", DELIVERY, &["file:name"])
    },
    AttributeRow {
        data: PAYLOAD,
        ..row(
            "malware-sample",
            DELIVERY,
            &["file:name", "file:hashes.MD5"],
        )
    },
    row("md5", DELIVERY, &["file:hashes.MD5"]),
    row("sha1", DELIVERY, &["file:hashes.SHA-1"]),
    row("sha256", DELIVERY, &["file:hashes.SHA-256"]),
    row("sha512", DELIVERY, &["file:hashes.SHA-512"]),
    row("sha3-256", DELIVERY, &["file:hashes.SHA3-256"]),
    row("sha3-512", DELIVERY, &["file:hashes.SHA3-512"]),
    row("ssdeep", DELIVERY, &["file:hashes.SSDEEP"]),
    row("tlsh", DELIVERY, &["file:hashes.TLSH"]),
    row("sha224", DELIVERY, &["file:hashes.SHA224"]),
    row("sha384", DELIVERY, &["file:hashes.SHA384"]),
    row("sha512/224", DELIVERY, &["file:hashes.SHA512224"]),
    row("sha512/256", DELIVERY, &["file:hashes.SHA512256"]),
    row("sha3-224", DELIVERY, &["file:hashes.SHA3224"]),
    row("sha3-384", DELIVERY, &["file:hashes.SHA3384"]),
    row("authentihash", DELIVERY, &["file:hashes.AUTHENTIHASH"]),
    row("imphash", DELIVERY, &["file:hashes.IMPHASH"]),
    row("impfuzzy", DELIVERY, &["file:hashes.IMPFUZZY"]),
    row("pehash", DELIVERY, &["file:hashes.PEHASH"]),
    row("vhash", DELIVERY, &["file:hashes.VHASH"]),
    row("telfhash", DELIVERY, &["file:hashes.TELFHASH"]),
    row("cdhash", DELIVERY, &["file:hashes.CDHASH"]),
    row("filename|md5", DELIVERY, &["file:name", "file:hashes.MD5"]),
    row(
        "filename|sha1",
        DELIVERY,
        &["file:name", "file:hashes.SHA-1"],
    ),
    row(
        "filename|sha256",
        DELIVERY,
        &["file:name", "file:hashes.SHA-256"],
    ),
    row(
        "filename|sha512",
        DELIVERY,
        &["file:name", "file:hashes.SHA-512"],
    ),
    row(
        "filename|sha3-256",
        DELIVERY,
        &["file:name", "file:hashes.SHA3-256"],
    ),
    row(
        "filename|sha3-512",
        DELIVERY,
        &["file:name", "file:hashes.SHA3-512"],
    ),
    row(
        "filename|ssdeep",
        DELIVERY,
        &["file:name", "file:hashes.SSDEEP"],
    ),
    row(
        "filename|tlsh",
        DELIVERY,
        &["file:name", "file:hashes.TLSH"],
    ),
    row(
        "filename|sha224",
        DELIVERY,
        &["file:name", "file:hashes.SHA224"],
    ),
    row(
        "filename|sha384",
        DELIVERY,
        &["file:name", "file:hashes.SHA384"],
    ),
    row(
        "filename|sha512/224",
        DELIVERY,
        &["file:name", "file:hashes.SHA512224"],
    ),
    row(
        "filename|sha512/256",
        DELIVERY,
        &["file:name", "file:hashes.SHA512256"],
    ),
    row(
        "filename|sha3-224",
        DELIVERY,
        &["file:name", "file:hashes.SHA3224"],
    ),
    row(
        "filename|sha3-384",
        DELIVERY,
        &["file:name", "file:hashes.SHA3384"],
    ),
    row(
        "filename|authentihash",
        DELIVERY,
        &["file:name", "file:hashes.AUTHENTIHASH"],
    ),
    row(
        "filename|imphash",
        DELIVERY,
        &["file:name", "file:hashes.IMPHASH"],
    ),
    row(
        "filename|impfuzzy",
        DELIVERY,
        &["file:name", "file:hashes.IMPFUZZY"],
    ),
    row(
        "filename|pehash",
        DELIVERY,
        &["file:name", "file:hashes.PEHASH"],
    ),
    row(
        "filename|vhash",
        DELIVERY,
        &["file:name", "file:hashes.VHASH"],
    ),
    // Alone these are no valid observable; they are here for reading patterns of others.
    row("port", NETWORK, &["network-traffic:dst_port"]),
    row(
        "http-method",
        NETWORK,
        &["network-traffic:extensions.http-request-ext.request_method"],
    ),
    row(
        "user-agent",
        NETWORK,
        &["network-traffic:extensions.http-request-ext.request_header.User-Agent"],
    ),
    row(
        "x509-fingerprint-md5",
        NETWORK,
        &["x509-certificate:hashes.MD5"],
    ),
    row(
        "x509-fingerprint-sha1",
        NETWORK,
        &["x509-certificate:hashes.SHA-1"],
    ),
    row(
        "x509-fingerprint-sha256",
        NETWORK,
        &["x509-certificate:hashes.SHA-256"],
    ),
];

/// Attribute types that are a pattern of another language, with the `pattern_type` of STIX.
pub(in crate::misp) const LANGUAGES: &[(&str, &str)] = &[
    ("yara", "yara"),
    ("sigma", "sigma"),
    ("snort", "snort"),
    ("suricata", "suricata"),
    ("stix2-pattern", "stix"),
];

/// The row of an attribute type.
pub(in crate::misp) fn attribute(kind: &str) -> Option<&'static AttributeRow> {
    ATTRIBUTES.iter().find(|row| row.kind == kind)
}
