//! The property tables of STIX 2.1 as data: what each type of object has, and what each property holds.
//!
//! One row per row of the specification's tables, in their order. What a table says in words only ("at least one of",
//! "not together with") is in [`super::rules`].

mod common;
mod domain;
mod enumeration;
mod extension;
mod observable;
mod vocabulary;

pub(super) use common::{
    BUNDLE, DOMAIN_COMMON, EXTENSION_COMMON, MARKING_COMMON, OBSERVABLE_COMMON,
};
pub(super) use extension::{EXTENSION_INSTANCE, predefined};
pub(super) use vocabulary::HASH_ALGORITHM_OV;
use vocabulary::Vocabulary;

/// What a property holds.
#[derive(Debug)]
pub(super) enum Kind {
    /// Anything JSON can say but null and empty lists.
    Any,
    /// Checked elsewhere.
    Unchecked,
    Text,
    Flag,
    /// A whole number between two bounds, both included.
    Integer(i64, i64),
    /// A number between two bounds, both included.
    Number(f64, f64),
    Time(Precision),
    Hex,
    Binary,
    /// A URI of RFC 3986 that names its scheme.
    Uri,
    /// A language tag of RFC 5646.
    Language,
    /// A value of a closed list.
    Enum(&'static Vocabulary),
    /// A value that should come from a list.
    Open(&'static Vocabulary),
    List(&'static Kind),
    /// Hashes by their algorithms.
    Hashes,
    /// Names of the file's own making, with values of one kind.
    Dictionary(&'static Kind),
    /// An object within the object.
    Part(&'static Part),
    /// An identifier.
    Ref(Target),
    /// A reference between cyber-observables: an identifier, or a key of the container they share.
    Local(&'static [&'static str]),
}

/// How exact a time has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Any,
    /// At least three digits after the point.
    Milliseconds,
    /// No digits after the point.
    Seconds,
}

/// What an identifier may refer to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Any,
    /// MUST be one of these types.
    Of(&'static [&'static str]),
    /// The table names these types, without a MUST.
    Usually(&'static [&'static str]),
    /// MUST NOT be one of these types.
    Not(&'static [&'static str]),
}

/// One row of a property table.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// A property that MUST be there.
const fn must(name: &'static str, kind: Kind) -> Property {
    Property {
        name,
        kind,
        required: true,
    }
}

/// A property that MAY be there.
const fn may(name: &'static str, kind: Kind) -> Property {
    Property {
        name,
        kind,
        required: false,
    }
}

/// A type of object within an object.
#[derive(Debug)]
pub(super) struct Part {
    /// Its name in the specification.
    pub(super) name: &'static str,
    pub(super) properties: &'static [Property],
    /// At least one of these MUST be there; no rule if empty.
    pub(super) any_of: &'static [&'static str],
    /// Whether at least one property of the table MUST be there.
    pub(super) any: bool,
}

/// Which common properties a type has (section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Domain,
    Relationship,
    Observable,
    Meta,
    Marking,
}

/// A type of object.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) name: &'static str,
    pub(super) group: Group,
    pub(super) properties: &'static [Property],
    /// At least one of these MUST be there; no rule if empty.
    pub(super) any_of: &'static [&'static str],
    /// Pairs of times: the second MUST NOT lie before the first.
    pub(super) ordered: &'static [(&'static str, &'static str, Order)],
}

/// How two times lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The second is the same or later.
    NotBefore,
    /// The second is later.
    After,
}

/// The type of that name, if the specification has one.
pub(super) fn class(name: &str) -> Option<&'static Class> {
    let tables = [domain::CLASSES, observable::CLASSES];
    tables
        .into_iter()
        .flatten()
        .find(|class| class.name == name)
}

/// The property of that name in a table.
pub(super) fn property(table: &'static [Property], name: &str) -> Option<&'static Property> {
    table.iter().find(|property| property.name == name)
}

impl Class {
    /// The common properties its objects have.
    pub(super) fn common(&self) -> &'static [Property] {
        match self.group {
            Group::Domain | Group::Relationship => DOMAIN_COMMON,
            Group::Observable => OBSERVABLE_COMMON,
            Group::Meta if self.name == "extension-definition" => EXTENSION_COMMON,
            Group::Meta => DOMAIN_COMMON,
            Group::Marking => MARKING_COMMON,
        }
    }
}

/// Any whole number that every reader of JSON keeps (section 2.10; RFC 7493).
const INTEGER: Kind = Kind::Integer(-((1 << 53) - 1), (1 << 53) - 1);
/// A whole number that is not negative.
const COUNT: Kind = Kind::Integer(0, (1 << 53) - 1);
const PORT: Kind = Kind::Integer(0, 65_535);
const NUMBER: Kind = Kind::Number(f64::MIN, f64::MAX);
const TIME: Kind = Kind::Time(Precision::Any);
const TEXTS: Kind = Kind::List(&Kind::Text);
const ID: Kind = Kind::Ref(Target::Any);
const IDS: Kind = Kind::List(&ID);
