//! Templates of objects.

/// A template: which relation, with which attribute type, stands at which path or property.
#[derive(Debug)]
pub(in crate::misp) struct ObjectRow {
    pub(in crate::misp) name: &'static str,
    pub(in crate::misp) category: &'static str,
    /// The domain object it becomes; `None` if it becomes cyber-observables.
    pub(in crate::misp) domain: Option<&'static str>,
    pub(in crate::misp) relations: &'static [(&'static str, &'static str, &'static str)],
}

const fn seen(
    name: &'static str,
    category: &'static str,
    relations: &'static [(&'static str, &'static str, &'static str)],
) -> ObjectRow {
    ObjectRow {
        name,
        category,
        domain: None,
        relations,
    }
}

const fn domain(
    name: &'static str,
    category: &'static str,
    domain: &'static str,
    relations: &'static [(&'static str, &'static str, &'static str)],
) -> ObjectRow {
    ObjectRow {
        name,
        category,
        domain: Some(domain),
        relations,
    }
}

const FILE: &[(&str, &str, &str)] = &[
    ("filename", "filename", "file:name"),
    ("md5", "md5", "file:hashes.MD5"),
    ("sha1", "sha1", "file:hashes.SHA-1"),
    ("sha256", "sha256", "file:hashes.SHA-256"),
    ("sha512", "sha512", "file:hashes.SHA-512"),
    ("ssdeep", "ssdeep", "file:hashes.SSDEEP"),
    ("tlsh", "tlsh", "file:hashes.TLSH"),
    ("size-in-bytes", "size-in-bytes", "file:size"),
    ("mimetype", "mime-type", "file:mime_type"),
    ("path", "text", "file:parent_directory_ref.path"),
    ("creation-time", "datetime", "file:ctime"),
    ("modification-time", "datetime", "file:mtime"),
    ("access-time", "datetime", "file:atime"),
];
const NAMED: &[(&str, &str, &str)] = &[
    ("name", "text", "name"),
    ("description", "text", "description"),
];

/// The first row with a path of a type is what cyber-observables of STIX become if no label says otherwise.
pub(in crate::misp) const OBJECTS: &[ObjectRow] = &[
    seen(
        "domain-ip",
        "network",
        &[
            ("domain", "domain", "domain-name:value"),
            ("ip", "ip-dst", "domain-name:resolves_to_refs[*].value"),
        ],
    ),
    seen(
        "ip-port",
        "network",
        &[
            ("ip", "ip-dst", "network-traffic:dst_ref.value"),
            ("ip-dst", "ip-dst", "network-traffic:dst_ref.value"),
            ("ip-src", "ip-src", "network-traffic:src_ref.value"),
            ("dst-port", "port", "network-traffic:dst_port"),
            ("src-port", "port", "network-traffic:src_port"),
        ],
    ),
    seen(
        "network-traffic",
        "network",
        &[
            ("src_ip", "ip-src", "network-traffic:src_ref.value"),
            ("dst_ip", "ip-dst", "network-traffic:dst_ref.value"),
            ("src_port", "port", "network-traffic:src_port"),
            ("dst_port", "port", "network-traffic:dst_port"),
            ("protocol", "text", "network-traffic:protocols[*]"),
            ("start_time", "datetime", "network-traffic:start"),
            ("end_time", "datetime", "network-traffic:end"),
            (
                "src_bytes_count",
                "size-in-bytes",
                "network-traffic:src_byte_count",
            ),
            (
                "dst_bytes_count",
                "size-in-bytes",
                "network-traffic:dst_byte_count",
            ),
            (
                "src_packets_count",
                "counter",
                "network-traffic:src_packets",
            ),
            (
                "dst_packets_count",
                "counter",
                "network-traffic:dst_packets",
            ),
        ],
    ),
    seen(
        "network-connection",
        "network",
        &[
            ("ip-src", "ip-src", "network-traffic:src_ref.value"),
            ("ip-dst", "ip-dst", "network-traffic:dst_ref.value"),
            ("src-port", "port", "network-traffic:src_port"),
            ("dst-port", "port", "network-traffic:dst_port"),
            ("layer3-protocol", "text", "network-traffic:protocols[*]"),
            ("layer4-protocol", "text", "network-traffic:protocols[*]"),
            ("layer7-protocol", "text", "network-traffic:protocols[*]"),
        ],
    ),
    seen(
        "network-socket",
        "network",
        &[
            ("ip-src", "ip-src", "network-traffic:src_ref.value"),
            ("ip-dst", "ip-dst", "network-traffic:dst_ref.value"),
            ("src-port", "port", "network-traffic:src_port"),
            ("dst-port", "port", "network-traffic:dst_port"),
            ("protocol", "text", "network-traffic:protocols[*]"),
        ],
    ),
    seen(
        "netflow",
        "network",
        &[
            ("ip-src", "ip-src", "network-traffic:src_ref.value"),
            ("ip-dst", "ip-dst", "network-traffic:dst_ref.value"),
            ("src-port", "port", "network-traffic:src_port"),
            ("dst-port", "port", "network-traffic:dst_port"),
            ("protocol", "text", "network-traffic:protocols[*]"),
        ],
    ),
    seen("url", "network", &[("url", "url", "url:value")]),
    seen(
        "asn",
        "network",
        &[
            ("asn", "AS", "autonomous-system:number"),
            ("description", "text", "autonomous-system:name"),
        ],
    ),
    seen(
        "email",
        "network",
        &[
            ("from", "email-src", "email-message:from_ref.value"),
            ("to", "email-dst", "email-message:to_refs[*].value"),
            ("cc", "email-dst", "email-message:cc_refs[*].value"),
            ("bcc", "email-dst", "email-message:bcc_refs[*].value"),
            (
                "from-display-name",
                "email-src-display-name",
                "email-message:from_ref.display_name",
            ),
            ("subject", "email-subject", "email-message:subject"),
            ("email-body", "email-body", "email-message:body"),
            ("message-id", "email-message-id", "email-message:message_id"),
            ("send-date", "datetime", "email-message:date"),
        ],
    ),
    seen("file", "file", FILE),
    seen("lnk", "file", FILE),
    seen(
        "hashlookup",
        "file",
        &[
            ("FileName", "filename", "file:name"),
            ("FileSize", "size-in-bytes", "file:size"),
            ("MD5", "md5", "file:hashes.MD5"),
            ("SHA-1", "sha1", "file:hashes.SHA-1"),
            ("SHA-256", "sha256", "file:hashes.SHA-256"),
            ("SSDEEP", "ssdeep", "file:hashes.SSDEEP"),
            ("TLSH", "tlsh", "file:hashes.TLSH"),
        ],
    ),
    seen("image", "file", &[("filename", "filename", "file:name")]),
    seen(
        "directory",
        "file",
        &[
            ("path", "text", "directory:path"),
            ("path-encoding", "text", "directory:path_enc"),
            ("creation-time", "datetime", "directory:ctime"),
            ("modification-time", "datetime", "directory:mtime"),
            ("access-time", "datetime", "directory:atime"),
        ],
    ),
    seen(
        "artifact",
        "file",
        &[
            ("md5", "md5", "artifact:hashes.MD5"),
            ("sha1", "sha1", "artifact:hashes.SHA-1"),
            ("sha256", "sha256", "artifact:hashes.SHA-256"),
            ("sha512", "sha512", "artifact:hashes.SHA-512"),
            ("mime_type", "mime-type", "artifact:mime_type"),
            ("url", "url", "artifact:url"),
            ("payload_bin", "text", "artifact:payload_bin"),
            (
                "encryption_algorithm",
                "text",
                "artifact:encryption_algorithm",
            ),
            ("decryption_key", "text", "artifact:decryption_key"),
        ],
    ),
    seen("mutex", "misc", &[("name", "text", "mutex:name")]),
    seen(
        "process",
        "misc",
        &[
            ("pid", "text", "process:pid"),
            ("command-line", "text", "process:command_line"),
            ("current-directory", "text", "process:cwd"),
            ("creation-time", "datetime", "process:created_time"),
            ("image", "filename", "process:image_ref.name"),
        ],
    ),
    seen(
        "registry-key",
        "file",
        &[
            ("key", "regkey", "windows-registry-key:key"),
            (
                "last-modified",
                "datetime",
                "windows-registry-key:modified_time",
            ),
            ("name", "text", "windows-registry-key:values[*].name"),
            ("data", "text", "windows-registry-key:values[*].data"),
            (
                "data-type",
                "text",
                "windows-registry-key:values[*].data_type",
            ),
        ],
    ),
    seen(
        "user-account",
        "misc",
        &[
            ("username", "text", "user-account:account_login"),
            ("user-id", "text", "user-account:user_id"),
            ("display-name", "text", "user-account:display_name"),
            ("account-type", "text", "user-account:account_type"),
            ("password", "text", "user-account:credential"),
        ],
    ),
    seen(
        "credential",
        "misc",
        &[
            ("username", "text", "user-account:user_id"),
            ("password", "text", "user-account:credential"),
        ],
    ),
    seen(
        "facebook-account",
        "misc",
        &[
            ("account-id", "text", "user-account:user_id"),
            ("account-name", "text", "user-account:account_login"),
        ],
    ),
    seen(
        "parler-account",
        "misc",
        &[
            ("account-id", "text", "user-account:user_id"),
            ("account-name", "text", "user-account:account_login"),
        ],
    ),
    seen(
        "reddit-account",
        "misc",
        &[
            ("account-id", "text", "user-account:user_id"),
            ("account-name", "text", "user-account:account_login"),
        ],
    ),
    seen(
        "telegram-account",
        "misc",
        &[
            ("id", "text", "user-account:user_id"),
            ("username", "text", "user-account:account_login"),
        ],
    ),
    seen(
        "twitter-account",
        "misc",
        &[
            ("id", "text", "user-account:user_id"),
            ("name", "text", "user-account:account_login"),
            ("displayed-name", "text", "user-account:display_name"),
        ],
    ),
    seen(
        "github-user",
        "misc",
        &[
            ("id", "text", "user-account:user_id"),
            ("username", "github-username", "user-account:account_login"),
            ("user-fullname", "text", "user-account:display_name"),
        ],
    ),
    seen(
        "gitlab-user",
        "misc",
        &[
            ("id", "text", "user-account:user_id"),
            ("username", "text", "user-account:account_login"),
            ("name", "text", "user-account:display_name"),
        ],
    ),
    seen(
        "software",
        "misc",
        &[
            ("name", "text", "software:name"),
            ("cpe", "cpe", "software:cpe"),
            ("vendor", "text", "software:vendor"),
            ("version", "text", "software:version"),
        ],
    ),
    seen("android-app", "file", &[("name", "text", "software:name")]),
    seen(
        "x509",
        "network",
        &[
            ("issuer", "text", "x509-certificate:issuer"),
            ("subject", "text", "x509-certificate:subject"),
            ("serial-number", "text", "x509-certificate:serial_number"),
            ("version", "text", "x509-certificate:version"),
            (
                "signature_algorithm",
                "text",
                "x509-certificate:signature_algorithm",
            ),
            (
                "validity-not-before",
                "datetime",
                "x509-certificate:validity_not_before",
            ),
            (
                "validity-not-after",
                "datetime",
                "x509-certificate:validity_not_after",
            ),
            (
                "x509-fingerprint-md5",
                "x509-fingerprint-md5",
                "x509-certificate:hashes.MD5",
            ),
            (
                "x509-fingerprint-sha1",
                "x509-fingerprint-sha1",
                "x509-certificate:hashes.SHA-1",
            ),
            (
                "x509-fingerprint-sha256",
                "x509-fingerprint-sha256",
                "x509-certificate:hashes.SHA-256",
            ),
        ],
    ),
    domain(
        "vulnerability",
        "vulnerability",
        "vulnerability",
        &[
            ("id", "vulnerability", "name"),
            ("summary", "text", "description"),
        ],
    ),
    domain(
        "attack-pattern",
        "vulnerability",
        "attack-pattern",
        &[("name", "text", "name"), ("summary", "text", "description")],
    ),
    domain("course-of-action", "misc", "course-of-action", NAMED),
    domain("intrusion-set", "misc", "intrusion-set", NAMED),
    domain(
        "identity",
        "misc",
        "identity",
        &[
            ("name", "text", "name"),
            ("description", "text", "description"),
            ("identity_class", "text", "identity_class"),
            ("contact_information", "text", "contact_information"),
        ],
    ),
    domain("organization", "misc", "identity", NAMED),
    domain(
        "legal-entity",
        "misc",
        "identity",
        &[("name", "text", "name"), ("text", "text", "description")],
    ),
    domain(
        "news-agency",
        "misc",
        "identity",
        &[("name", "text", "name")],
    ),
    domain(
        "person",
        "misc",
        "identity",
        &[("full-name", "full-name", "name")],
    ),
    domain(
        "employee",
        "misc",
        "identity",
        &[
            ("full-name", "full-name", "name"),
            ("text", "text", "description"),
        ],
    ),
    domain(
        "geolocation",
        "misc",
        "location",
        &[
            ("address", "text", "street_address"),
            ("zipcode", "text", "postal_code"),
            ("city", "text", "city"),
            ("countrycode", "text", "country"),
            ("region", "text", "region"),
        ],
    ),
    domain("annotation", "misc", "note", &[("text", "text", "content")]),
    domain(
        "malware-analysis",
        "misc",
        "malware-analysis",
        &[
            ("product", "text", "product"),
            ("version", "text", "version"),
            ("result", "text", "result"),
            ("result_name", "text", "result_name"),
            ("submitted", "datetime", "submitted"),
            ("start_time", "datetime", "analysis_started"),
            ("end_time", "datetime", "analysis_ended"),
        ],
    ),
];

/// The row of a template.
pub(in crate::misp) fn template(name: &str) -> Option<&'static ObjectRow> {
    OBJECTS.iter().find(|row| row.name == name)
}
