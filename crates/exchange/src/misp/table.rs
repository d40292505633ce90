//! Which attribute, template and galaxy of MISP is which part of STIX (docs/misp.md). Everything here is data.
//!
//! Sources: the attribute types of the MISP core format (section 2.4.2.2), the templates of misp-objects, sections 4 and 6
//! of STIX 2.1.

/// An attribute type that is a cyber-observable: its parts, which stand between `|` in its value, and the path of each.
#[derive(Debug)]
pub(super) struct AttributeRow {
    pub(super) kind: &'static str,
    pub(super) category: &'static str,
    pub(super) paths: &'static [&'static str],
    /// Where the field `data` goes.
    pub(super) data: Option<&'static str>,
}

const fn row(kind: &'static str, category: &'static str, paths: &'static [&'static str]) -> AttributeRow {
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
pub(super) const ATTRIBUTES: &[AttributeRow] = &[
    row("ip-dst", NETWORK, &["network-traffic:dst_ref.value"]),
    row("ip-src", NETWORK, &["network-traffic:src_ref.value"]),
    row("ip-dst|port", NETWORK, &["network-traffic:dst_ref.value", "network-traffic:dst_port"]),
    row("ip-src|port", NETWORK, &["network-traffic:src_ref.value", "network-traffic:src_port"]),
    row("domain", NETWORK, &["domain-name:value"]),
    row("hostname", NETWORK, &["domain-name:value"]),
    row("domain|ip", NETWORK, &["domain-name:value", "domain-name:resolves_to_refs[*].value"]),
    row("hostname|port", NETWORK, &["network-traffic:dst_ref.value", "network-traffic:dst_port"]),
    row("url", NETWORK, &["url:value"]),
    row("uri", NETWORK, &["url:value"]),
    row("link", "External analysis", &["url:value"]),
    row("email", DELIVERY, &["email-addr:value"]),
    row("email-src", DELIVERY, &["email-message:from_ref.value"]),
    row("email-dst", DELIVERY, &["email-message:to_refs[*].value"]),
    row("email-subject", DELIVERY, &["email-message:subject"]),
    row("email-body", DELIVERY, &["email-message:body"]),
    row("email-message-id", DELIVERY, &["email-message:message_id"]),
    row("email-header", DELIVERY, &["email-message:received_lines[*]"]),
    row("email-reply-to", DELIVERY, &["email-message:additional_header_fields.Reply-To"]),
    row("email-x-mailer", DELIVERY, &["email-message:additional_header_fields.X-Mailer"]),
    row("email-attachment", DELIVERY, &["file:name"]),
    row("mac-address", NETWORK, &["mac-addr:value"]),
    row("mutex", ARTIFACTS, &["mutex:name"]),
    row("AS", NETWORK, &["autonomous-system:number"]),
    row("regkey", "Persistence mechanism", &["windows-registry-key:key"]),
    row("regkey|value", "Persistence mechanism", &["windows-registry-key:key", "windows-registry-key:values[*].data"]),
    row("github-username", SOCIAL, &["user-account:account_login"]),
    row("filename", DELIVERY, &["file:name"]),
    AttributeRow { data: PAYLOAD, ..row("attachment", DELIVERY, &["file:name"]) },
    AttributeRow { data: PAYLOAD, ..row("malware-sample", DELIVERY, &["file:name", "file:hashes.MD5"]) },
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
    row("filename|sha1", DELIVERY, &["file:name", "file:hashes.SHA-1"]),
    row("filename|sha256", DELIVERY, &["file:name", "file:hashes.SHA-256"]),
    row("filename|sha512", DELIVERY, &["file:name", "file:hashes.SHA-512"]),
    row("filename|sha3-256", DELIVERY, &["file:name", "file:hashes.SHA3-256"]),
    row("filename|sha3-512", DELIVERY, &["file:name", "file:hashes.SHA3-512"]),
    row("filename|ssdeep", DELIVERY, &["file:name", "file:hashes.SSDEEP"]),
    row("filename|tlsh", DELIVERY, &["file:name", "file:hashes.TLSH"]),
    row("filename|sha224", DELIVERY, &["file:name", "file:hashes.SHA224"]),
    row("filename|sha384", DELIVERY, &["file:name", "file:hashes.SHA384"]),
    row("filename|sha512/224", DELIVERY, &["file:name", "file:hashes.SHA512224"]),
    row("filename|sha512/256", DELIVERY, &["file:name", "file:hashes.SHA512256"]),
    row("filename|sha3-224", DELIVERY, &["file:name", "file:hashes.SHA3224"]),
    row("filename|sha3-384", DELIVERY, &["file:name", "file:hashes.SHA3384"]),
    row("filename|authentihash", DELIVERY, &["file:name", "file:hashes.AUTHENTIHASH"]),
    row("filename|imphash", DELIVERY, &["file:name", "file:hashes.IMPHASH"]),
    row("filename|impfuzzy", DELIVERY, &["file:name", "file:hashes.IMPFUZZY"]),
    row("filename|pehash", DELIVERY, &["file:name", "file:hashes.PEHASH"]),
    row("filename|vhash", DELIVERY, &["file:name", "file:hashes.VHASH"]),
    row("x509-fingerprint-md5", NETWORK, &["x509-certificate:hashes.MD5"]),
    row("x509-fingerprint-sha1", NETWORK, &["x509-certificate:hashes.SHA-1"]),
    row("x509-fingerprint-sha256", NETWORK, &["x509-certificate:hashes.SHA-256"]),
];

/// Attribute types that are a pattern of another language, with the `pattern_type` of STIX.
pub(super) const LANGUAGES: &[(&str, &str)] =
    &[("yara", "yara"), ("sigma", "sigma"), ("snort", "snort"), ("suricata", "suricata"), ("stix2-pattern", "stix")];

/// A template: which relation, with which attribute type, stands at which path or property.
#[derive(Debug)]
pub(super) struct ObjectRow {
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    /// The domain object it becomes; `None` if it becomes cyber-observables.
    pub(super) domain: Option<&'static str>,
    pub(super) relations: &'static [(&'static str, &'static str, &'static str)],
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
const NAMED: &[(&str, &str, &str)] = &[("name", "text", "name"), ("description", "text", "description")];

/// The first row with a path of a type is what cyber-observables of STIX become if no label says otherwise.
pub(super) const OBJECTS: &[ObjectRow] = &[
    seen("domain-ip", "network", &[
        ("domain", "domain", "domain-name:value"),
        ("ip", "ip-dst", "domain-name:resolves_to_refs[*].value"),
    ]),
    seen("ip-port", "network", &[
        ("ip", "ip-dst", "network-traffic:dst_ref.value"),
        ("ip-dst", "ip-dst", "network-traffic:dst_ref.value"),
        ("ip-src", "ip-src", "network-traffic:src_ref.value"),
        ("dst-port", "port", "network-traffic:dst_port"),
        ("src-port", "port", "network-traffic:src_port"),
    ]),
    seen("network-traffic", "network", &[
        ("src_ip", "ip-src", "network-traffic:src_ref.value"),
        ("dst_ip", "ip-dst", "network-traffic:dst_ref.value"),
        ("src_port", "port", "network-traffic:src_port"),
        ("dst_port", "port", "network-traffic:dst_port"),
        ("protocol", "text", "network-traffic:protocols[*]"),
        ("start_time", "datetime", "network-traffic:start"),
        ("end_time", "datetime", "network-traffic:end"),
        ("src_bytes_count", "size-in-bytes", "network-traffic:src_byte_count"),
        ("dst_bytes_count", "size-in-bytes", "network-traffic:dst_byte_count"),
        ("src_packets_count", "counter", "network-traffic:src_packets"),
        ("dst_packets_count", "counter", "network-traffic:dst_packets"),
    ]),
    seen("network-connection", "network", &[
        ("ip-src", "ip-src", "network-traffic:src_ref.value"),
        ("ip-dst", "ip-dst", "network-traffic:dst_ref.value"),
        ("src-port", "port", "network-traffic:src_port"),
        ("dst-port", "port", "network-traffic:dst_port"),
        ("layer3-protocol", "text", "network-traffic:protocols[*]"),
        ("layer4-protocol", "text", "network-traffic:protocols[*]"),
        ("layer7-protocol", "text", "network-traffic:protocols[*]"),
    ]),
    seen("network-socket", "network", &[
        ("ip-src", "ip-src", "network-traffic:src_ref.value"),
        ("ip-dst", "ip-dst", "network-traffic:dst_ref.value"),
        ("src-port", "port", "network-traffic:src_port"),
        ("dst-port", "port", "network-traffic:dst_port"),
        ("protocol", "text", "network-traffic:protocols[*]"),
    ]),
    seen("netflow", "network", &[
        ("ip-src", "ip-src", "network-traffic:src_ref.value"),
        ("ip-dst", "ip-dst", "network-traffic:dst_ref.value"),
        ("src-port", "port", "network-traffic:src_port"),
        ("dst-port", "port", "network-traffic:dst_port"),
        ("protocol", "text", "network-traffic:protocols[*]"),
    ]),
    seen("url", "network", &[("url", "url", "url:value")]),
    seen("asn", "network", &[
        ("asn", "AS", "autonomous-system:number"),
        ("description", "text", "autonomous-system:name"),
    ]),
    seen("email", "network", &[
        ("from", "email-src", "email-message:from_ref.value"),
        ("to", "email-dst", "email-message:to_refs[*].value"),
        ("cc", "email-dst", "email-message:cc_refs[*].value"),
        ("bcc", "email-dst", "email-message:bcc_refs[*].value"),
        ("from-display-name", "email-src-display-name", "email-message:from_ref.display_name"),
        ("subject", "email-subject", "email-message:subject"),
        ("email-body", "email-body", "email-message:body"),
        ("message-id", "email-message-id", "email-message:message_id"),
        ("send-date", "datetime", "email-message:date"),
    ]),
    seen("file", "file", FILE),
    seen("lnk", "file", FILE),
    seen("hashlookup", "file", &[
        ("FileName", "filename", "file:name"),
        ("FileSize", "size-in-bytes", "file:size"),
        ("MD5", "md5", "file:hashes.MD5"),
        ("SHA-1", "sha1", "file:hashes.SHA-1"),
        ("SHA-256", "sha256", "file:hashes.SHA-256"),
        ("SSDEEP", "ssdeep", "file:hashes.SSDEEP"),
        ("TLSH", "tlsh", "file:hashes.TLSH"),
    ]),
    seen("image", "file", &[("filename", "filename", "file:name")]),
    seen("directory", "file", &[
        ("path", "text", "directory:path"),
        ("path-encoding", "text", "directory:path_enc"),
        ("creation-time", "datetime", "directory:ctime"),
        ("modification-time", "datetime", "directory:mtime"),
        ("access-time", "datetime", "directory:atime"),
    ]),
    seen("artifact", "file", &[
        ("md5", "md5", "artifact:hashes.MD5"),
        ("sha1", "sha1", "artifact:hashes.SHA-1"),
        ("sha256", "sha256", "artifact:hashes.SHA-256"),
        ("sha512", "sha512", "artifact:hashes.SHA-512"),
        ("mime_type", "mime-type", "artifact:mime_type"),
        ("url", "url", "artifact:url"),
        ("payload_bin", "text", "artifact:payload_bin"),
        ("encryption_algorithm", "text", "artifact:encryption_algorithm"),
        ("decryption_key", "text", "artifact:decryption_key"),
    ]),
    seen("mutex", "misc", &[("name", "text", "mutex:name")]),
    seen("process", "misc", &[
        ("pid", "text", "process:pid"),
        ("command-line", "text", "process:command_line"),
        ("current-directory", "text", "process:cwd"),
        ("creation-time", "datetime", "process:created_time"),
        ("image", "filename", "process:image_ref.name"),
    ]),
    seen("registry-key", "file", &[
        ("key", "regkey", "windows-registry-key:key"),
        ("last-modified", "datetime", "windows-registry-key:modified_time"),
        ("name", "text", "windows-registry-key:values[*].name"),
        ("data", "text", "windows-registry-key:values[*].data"),
        ("data-type", "text", "windows-registry-key:values[*].data_type"),
    ]),
    seen("user-account", "misc", &[
        ("username", "text", "user-account:account_login"),
        ("user-id", "text", "user-account:user_id"),
        ("display-name", "text", "user-account:display_name"),
        ("account-type", "text", "user-account:account_type"),
        ("password", "text", "user-account:credential"),
    ]),
    seen("credential", "misc", &[
        ("username", "text", "user-account:user_id"),
        ("password", "text", "user-account:credential"),
    ]),
    seen("facebook-account", "misc", &[
        ("account-id", "text", "user-account:user_id"),
        ("account-name", "text", "user-account:account_login"),
    ]),
    seen("parler-account", "misc", &[
        ("account-id", "text", "user-account:user_id"),
        ("account-name", "text", "user-account:account_login"),
    ]),
    seen("reddit-account", "misc", &[
        ("account-id", "text", "user-account:user_id"),
        ("account-name", "text", "user-account:account_login"),
    ]),
    seen("telegram-account", "misc", &[
        ("id", "text", "user-account:user_id"),
        ("username", "text", "user-account:account_login"),
    ]),
    seen("twitter-account", "misc", &[
        ("id", "text", "user-account:user_id"),
        ("name", "text", "user-account:account_login"),
        ("displayed-name", "text", "user-account:display_name"),
    ]),
    seen("github-user", "misc", &[
        ("id", "text", "user-account:user_id"),
        ("username", "github-username", "user-account:account_login"),
        ("user-fullname", "text", "user-account:display_name"),
    ]),
    seen("gitlab-user", "misc", &[
        ("id", "text", "user-account:user_id"),
        ("username", "text", "user-account:account_login"),
        ("name", "text", "user-account:display_name"),
    ]),
    seen("software", "misc", &[
        ("name", "text", "software:name"),
        ("cpe", "cpe", "software:cpe"),
        ("vendor", "text", "software:vendor"),
        ("version", "text", "software:version"),
    ]),
    seen("android-app", "file", &[("name", "text", "software:name")]),
    seen("x509", "network", &[
        ("issuer", "text", "x509-certificate:issuer"),
        ("subject", "text", "x509-certificate:subject"),
        ("serial-number", "text", "x509-certificate:serial_number"),
        ("version", "text", "x509-certificate:version"),
        ("signature_algorithm", "text", "x509-certificate:signature_algorithm"),
        ("validity-not-before", "datetime", "x509-certificate:validity_not_before"),
        ("validity-not-after", "datetime", "x509-certificate:validity_not_after"),
        ("x509-fingerprint-md5", "x509-fingerprint-md5", "x509-certificate:hashes.MD5"),
        ("x509-fingerprint-sha1", "x509-fingerprint-sha1", "x509-certificate:hashes.SHA-1"),
        ("x509-fingerprint-sha256", "x509-fingerprint-sha256", "x509-certificate:hashes.SHA-256"),
    ]),
    domain("vulnerability", "vulnerability", "vulnerability", &[
        ("id", "vulnerability", "name"),
        ("summary", "text", "description"),
    ]),
    domain("attack-pattern", "vulnerability", "attack-pattern", &[
        ("name", "text", "name"),
        ("summary", "text", "description"),
    ]),
    domain("course-of-action", "misc", "course-of-action", NAMED),
    domain("intrusion-set", "misc", "intrusion-set", NAMED),
    domain("identity", "misc", "identity", &[
        ("name", "text", "name"),
        ("description", "text", "description"),
        ("identity_class", "text", "identity_class"),
        ("contact_information", "text", "contact_information"),
    ]),
    domain("organization", "misc", "identity", NAMED),
    domain("legal-entity", "misc", "identity", &[("name", "text", "name"), ("text", "text", "description")]),
    domain("news-agency", "misc", "identity", &[("name", "text", "name")]),
    domain("person", "misc", "identity", &[("full-name", "full-name", "name")]),
    domain("employee", "misc", "identity", &[("full-name", "full-name", "name"), ("text", "text", "description")]),
    domain("geolocation", "misc", "location", &[
        ("address", "text", "street_address"),
        ("zipcode", "text", "postal_code"),
        ("city", "text", "city"),
        ("countrycode", "text", "country"),
        ("region", "text", "region"),
    ]),
    domain("annotation", "misc", "note", &[("text", "text", "content")]),
    domain("malware-analysis", "misc", "malware-analysis", &[
        ("product", "text", "product"),
        ("version", "text", "version"),
        ("result", "text", "result"),
        ("result_name", "text", "result_name"),
        ("submitted", "datetime", "submitted"),
        ("start_time", "datetime", "analysis_started"),
        ("end_time", "datetime", "analysis_ended"),
    ]),
];

/// Which type of STIX a galaxy's clusters are; a galaxy that is not here becomes `x-misp-galaxy-cluster`.
pub(super) const GALAXIES: &[(&str, &str)] = &[
    ("threat-actor", "threat-actor"),
    ("mitre-intrusion-set", "intrusion-set"),
    ("mitre-enterprise-attack-intrusion-set", "intrusion-set"),
    ("mitre-mobile-attack-intrusion-set", "intrusion-set"),
    ("microsoft-activity-group", "intrusion-set"),
    ("360net-threat-actor", "intrusion-set"),
    ("mitre-attack-pattern", "attack-pattern"),
    ("mitre-enterprise-attack-attack-pattern", "attack-pattern"),
    ("mitre-mobile-attack-attack-pattern", "attack-pattern"),
    ("mitre-malware", "malware"),
    ("mitre-enterprise-attack-malware", "malware"),
    ("mitre-mobile-attack-malware", "malware"),
    ("malpedia", "malware"),
    ("ransomware", "malware"),
    ("backdoor", "malware"),
    ("banker", "malware"),
    ("botnet", "malware"),
    ("rat", "malware"),
    ("stealer", "malware"),
    ("android", "malware"),
    ("exploit-kit", "tool"),
    ("tool", "tool"),
    ("mitre-tool", "tool"),
    ("mitre-enterprise-attack-tool", "tool"),
    ("tds", "tool"),
    ("mitre-course-of-action", "course-of-action"),
    ("preventive-measure", "course-of-action"),
    ("branded-vulnerability", "vulnerability"),
    ("sector", "identity"),
    ("country", "location"),
    ("region", "location"),
];

/// The galaxy that objects of these types become clusters of when no label says otherwise, with the prefix misp-stix uses.
pub(super) const CLUSTERED: &[(&str, &str, &str)] = &[
    ("attack-pattern", "stix-2.1-attack-pattern", "Attack Pattern"),
    ("campaign", "stix-2.1-campaign", "Campaign"),
    ("course-of-action", "stix-2.1-course-of-action", "Course of Action"),
    ("infrastructure", "stix-2.1-infrastructure", "Infrastructure"),
    ("intrusion-set", "stix-2.1-intrusion-set", "Intrusion Set"),
    ("location", "stix-2.1-location", "Location"),
    ("malware", "stix-2.1-malware", "Malware"),
    ("threat-actor", "stix-2.1-threat-actor", "Threat Actor"),
    ("tool", "stix-2.1-tool", "Tool"),
];

/// The row of an attribute type.
pub(super) fn attribute(kind: &str) -> Option<&'static AttributeRow> {
    ATTRIBUTES.iter().find(|row| row.kind == kind)
}

/// The row of a template.
pub(super) fn template(name: &str) -> Option<&'static ObjectRow> {
    OBJECTS.iter().find(|row| row.name == name)
}

/// The type of STIX that clusters of a galaxy become.
pub(super) fn cluster_type(galaxy: &str) -> &'static str {
    if let Some((_, kind)) = GALAXIES.iter().find(|(name, _)| *name == galaxy) {
        return kind;
    }
    let stix = CLUSTERED.iter().find(|(_, name, _)| *name == galaxy);
    stix.map_or("x-misp-galaxy-cluster", |(kind, ..)| kind)
}
