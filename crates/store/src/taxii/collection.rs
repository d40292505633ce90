//! Collections: which there are, and how they are named.

use sha2::{Digest as _, Sha256};

/// Longest alias, in bytes.
pub const MAX_ALIAS_BYTES: usize = 100;
/// Most collections that are listed.
pub(super) const MAX_COLLECTIONS: i64 = 10_000;

/// What a collection is for; who may do what there follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Made from the record, for everyone to read.
    Published,
    /// Claims by others that members bring.
    Claims,
    /// Claims by one publisher, fetched or loaded by the operator.
    Pulled,
    /// The drop box.
    Inbox,
    /// What was accepted from it.
    Sightings,
}

impl Kind {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Claims => "claims",
            Self::Pulled => "pulled",
            Self::Inbox => "inbox",
            Self::Sightings => "sightings",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Published,
            Self::Claims,
            Self::Pulled,
            Self::Inbox,
            Self::Sightings,
        ];
        all.into_iter().find(|kind| kind.text() == text)
    }
}

/// A collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    pub(super) n: i64,
    /// Identifier, a UUID.
    pub id: String,
    /// The name people use.
    pub alias: String,
    /// What it is for.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// What is in it.
    pub description: String,
}

/// What a collection is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCollection {
    /// Alias: 1 to [`MAX_ALIAS_BYTES`] of `a-z`, `0-9`, `.` and `-`, and no UUID.
    pub alias: String,
    /// What it is for.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// What is in it.
    pub description: String,
}

impl NewCollection {
    /// Whether the alias is one.
    pub(super) fn has_good_alias(&self) -> bool {
        let plain =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
        let alias = &self.alias;
        !alias.is_empty()
            && alias.len() <= MAX_ALIAS_BYTES
            && alias.bytes().all(plain)
            && !is_uuid(alias)
    }

    /// The collection of claims that one publisher makes, fetched from somewhere.
    #[must_use]
    pub fn pulled(name: &str, origin: &str) -> Self {
        Self {
            alias: format!("claims-{name}"),
            kind: Kind::Pulled,
            title: format!("Claims by {name}"),
            description: format!(
                "What {name} claims, as it was fetched from {origin}, byte for byte: claims by others, not findings; \
                 objects may break the specification"
            ),
        }
    }

    /// The indicators of a case.
    #[must_use]
    pub fn indicators(case: &str) -> Self {
        Self {
            alias: format!("indicators-{case}"),
            kind: Kind::Published,
            title: format!("Indicators of case {case}"),
            description: "Indicators of one case with strand and grade, made from the public log"
                .to_owned(),
        }
    }
}

/// The collections that are always there.
pub(super) fn standing() -> [NewCollection; 4] {
    let made = |alias: &str, kind, title: &str, description: &str| NewCollection {
        alias: alias.to_owned(),
        kind,
        title: title.to_owned(),
        description: description.to_owned(),
    };
    [
        made(
            "findings",
            Kind::Published,
            "Findings",
            "Findings of this body as STIX, made from the public log; empty where none was published as STIX",
        ),
        made(
            "claims",
            Kind::Claims,
            "Claims by others",
            "What others claim, brought by members: claims by others, not findings",
        ),
        made(
            "inbox",
            Kind::Inbox,
            "Sightings inbox",
            "A drop box: members write, nobody reads; the body decides what of it goes to the collection sightings",
        ),
        made(
            "sightings",
            Kind::Sightings,
            "Sightings",
            "What the body accepted from the inbox: reports by others, not findings",
        ),
    ]
}

/// The identifier of a collection: cut from SHA-256 of the record's origin and the alias, in the form of a UUIDv4,
/// so that a file that is made anew has the same.
pub(super) fn identifier(origin: &str, alias: &str) -> String {
    let digest = Sha256::digest(format!(
        "solferino.org/taxii-collection@v1\n{origin}\n{alias}\n"
    ));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid4(bytes)
}

/// A UUIDv4 of these random bytes (RFC 4122, section 4.4).
#[must_use]
pub fn uuid4(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex::encode(bytes);
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// Whether a text has the form of a UUID in small letters.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_uuids_that_stay_and_differ() {
        let id = identifier("record.example/a", "claims");
        assert!(is_uuid(&id), "{id}");
        assert_eq!(&id[14..15], "4");
        assert_eq!(id, identifier("record.example/a", "claims"));
        assert_ne!(id, identifier("record.example/b", "claims"));
        assert_ne!(id, identifier("record.example/a", "findings"));
    }

    #[test]
    fn an_alias_is_plain_and_no_identifier() {
        let named = |alias: &str| NewCollection {
            alias: alias.to_owned(),
            ..NewCollection::indicators("x")
        };
        for good in ["a", "claims-peer.example", &"a".repeat(MAX_ALIAS_BYTES)] {
            assert!(named(good).has_good_alias(), "{good}");
        }
        let uuid = identifier("o", "a");
        for bad in [
            "",
            "A",
            "a/b",
            "a b",
            &uuid,
            &"a".repeat(MAX_ALIAS_BYTES + 1),
        ] {
            assert!(!named(bad).has_good_alias(), "{bad}");
        }
    }
}
