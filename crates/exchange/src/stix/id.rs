//! Identifiers (STIX 2.1, section 2.9), and the ones that cyber-observable objects have by their content.

use serde_json::{Map, Value};
use sha1::{Digest as _, Sha1};

use crate::jcs;

/// The namespace of identifiers made from content, 00abedb4-aa42-466c-9c01-fed23315a9b7 (section 2.9).
pub const NAMESPACE: [u8; 16] = [
    0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7,
];

/// Which hash of several enters an identifier: the first of these that is there, else the first in the order of names.
const HASH_ORDER: &[&str] = &["MD5", "SHA-1", "SHA-256", "SHA-512"];

/// An identifier taken apart: `tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identifier<'a> {
    /// The type in front of the two hyphens.
    pub kind: &'a str,
    /// The UUID's version, 1 to 5 (RFC 4122, section 4.1.3).
    pub version: u8,
}

impl<'a> Identifier<'a> {
    /// Reads an identifier; `None` if it is not a type name, two hyphens and a UUID of RFC 4122.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let at = text.len().checked_sub(UUID_CHARS + 2)?;
        let (kind, rest) = (text.get(..at)?, text.get(at..)?);
        let version = uuid_version(rest.strip_prefix("--")?)?;
        is_type_name(kind).then_some(Self { kind, version })
    }
}

const UUID_CHARS: usize = 36;

/// The version of a UUID of RFC 4122's variant; `None` if it is no such UUID.
fn uuid_version(text: &str) -> Option<u8> {
    let bytes = text.as_bytes();
    let fits = bytes.len() == UUID_CHARS
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let variant = matches!(bytes.get(19), Some(b'8' | b'9' | b'a' | b'b' | b'A' | b'B'));
    match bytes.get(14) {
        Some(version @ b'1'..=b'5') if fits && variant => Some(version - b'0'),
        _ => None,
    }
}

/// Whether this can name a type of object: 3 to 250 lower-case letters, digits and single hyphens, a letter first
/// (sections 3.1 and 7.3.2).
#[must_use]
pub fn is_type_name(name: &str) -> bool {
    (3..=250).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.contains("--")
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The properties an object's identifier is made of (section 2.9 and the tables of section 6); `None` for types that
/// the specification gives none. `process` has none to contribute, so its list is empty.
#[must_use]
pub fn contributing(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "artifact" => &["hashes", "payload_bin"],
        "autonomous-system" => &["number"],
        "directory" => &["path"],
        "domain-name" | "email-addr" | "ipv4-addr" | "ipv6-addr" | "mac-addr" | "url" => &["value"],
        "email-message" => &["from_ref", "subject", "body"],
        "file" => &["hashes", "name", "extensions", "parent_directory_ref"],
        "mutex" => &["name"],
        "network-traffic" => &[
            "start",
            "end",
            "src_ref",
            "dst_ref",
            "src_port",
            "dst_port",
            "protocols",
            "extensions",
        ],
        "process" => &[],
        "software" => &["name", "cpe", "swid", "vendor", "version"],
        "user-account" => &["account_type", "user_id", "account_login"],
        "windows-registry-key" => &["key", "values"],
        "x509-certificate" => &["hashes", "serial_number"],
        _ => return None,
    })
}

/// The identifier that a cyber-observable object has by its content: a UUIDv5 over the canonical JSON of its contributing
/// properties. `None` if the type has no such rule, or none of those properties is there: then the UUID is a random one.
///
/// It is a name, not a proof: UUIDv5 is cut from SHA-1, and anybody can make the same one.
#[must_use]
pub fn of_content(object: &Map<String, Value>) -> Option<String> {
    let kind = object.get("type")?.as_str()?;
    let mut named = Map::new();
    for name in contributing(kind)? {
        match object.get(*name) {
            Some(Value::Object(hashes)) if *name == "hashes" => {
                named.insert((*name).to_owned(), Value::Object(one_hash(hashes)));
            }
            Some(value) => {
                named.insert((*name).to_owned(), value.clone());
            }
            None => {}
        }
    }
    (!named.is_empty()).then(|| {
        format!(
            "{kind}--{}",
            uuid5(&NAMESPACE, jcs::canonical_map(&named).as_bytes())
        )
    })
}

fn one_hash(hashes: &Map<String, Value>) -> Map<String, Value> {
    let first = HASH_ORDER
        .iter()
        .find_map(|name| hashes.get_key_value(*name));
    let chosen = first.or_else(|| hashes.iter().next());
    chosen
        .map(|(name, value)| (name.clone(), value.clone()))
        .into_iter()
        .collect()
}

/// A name-based UUID of version 5 (RFC 4122, section 4.3, with SHA-1). Objects that are no cyber-observables take another
/// namespace than [`NAMESPACE`] (section 2.9).
#[must_use]
pub fn uuid5(namespace: &[u8; 16], name: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(namespace);
    hash.update(name);
    let digest = hash.finalize();
    let mut uuid = [0_u8; 16];
    uuid.copy_from_slice(&digest[..16]);
    uuid[6] = (uuid[6] & 0x0f) | 0x50;
    uuid[8] = (uuid[8] & 0x3f) | 0x80;
    let hex: String = uuid.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}
