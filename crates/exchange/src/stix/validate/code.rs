//! Codes of findings: stable names that tools may rely on. docs/stix.md lists them.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What kind of thing a finding is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as it is written.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

codes! {
    /// The bytes are no acceptable JSON.
    Json = "json",
    /// A value of another type is due.
    Type = "type",
    /// A required property is missing.
    Missing = "missing",
    /// None of several properties is there, one of which must be.
    AtLeastOne = "at-least-one",
    /// Two properties that exclude each other, or one that may not be there.
    Exclusive = "exclusive",
    /// A property that needs another one beside it.
    Dependent = "dependent",
    /// An empty list or dictionary.
    Empty = "empty",
    /// A number outside its bounds.
    Range = "range",
    /// A name no type of object can have.
    TypeName = "type-name",
    /// A name no property can have.
    PropertyName = "property-name",
    /// A key no dictionary can have.
    DictionaryKey = "dictionary-key",
    /// A name the specification keeps for itself.
    Reserved = "reserved",
    /// A property that does not apply to this type.
    NotApplicable = "not-applicable",
    /// A value the specification fixes is another one.
    Fixed = "fixed",
    /// No identifier.
    Identifier = "identifier",
    /// An identifier whose type is not its object's.
    IdentifierType = "identifier-type",
    /// An identifier of another UUID version than the object must have.
    IdentifierVersion = "identifier-version",
    /// An identifier that is not the one the object's content gives.
    IdentifierContent = "identifier-content",
    /// A reference to an object of a type it must not refer to.
    ReferenceType = "reference-type",
    /// A reference to something that is not there.
    ReferenceMissing = "reference-missing",
    /// A marking definition that is marked by itself.
    Circular = "circular",
    /// Not of the form of a timestamp.
    TimestampForm = "timestamp-form",
    /// A day or time that does not exist.
    TimestampCalendar = "timestamp-calendar",
    /// Fewer or more digits than are due.
    TimestampPrecision = "timestamp-precision",
    /// Two times in the wrong order.
    TimestampOrder = "timestamp-order",
    /// A value outside a closed list.
    Enumeration = "enumeration",
    /// A value outside an open vocabulary.
    Vocabulary = "vocabulary",
    /// No hexadecimal.
    Hex = "hex",
    /// No base64.
    Binary = "binary",
    /// No URI.
    Uri = "uri",
    /// No hash of its algorithm.
    Hash = "hash",
    /// No language tag.
    Language = "language",
    /// No network address, domain name or mail address of its kind.
    Address = "address",
    /// No CPE name.
    Cpe = "cpe",
    /// No registered character set.
    CharacterSet = "character-set",
    /// No media type.
    MediaType = "media-type",
    /// A registry key with a shortened hive.
    RegistryHive = "registry-hive",
    /// An external reference that is not in its catalogue's form.
    ExternalReference = "external-reference",
    /// A selector that selects nothing.
    Selector = "selector",
    /// An extension that is not as extensions are.
    Extension = "extension",
    /// A marking definition that is not as they are.
    Marking = "marking",
    /// A property or type outside the specification, without an extension definition.
    Custom = "custom",
    /// A property the specification advises against.
    Deprecated = "deprecated",
    /// Something the specification advises to give.
    Advised = "advised",
    /// An indicator's pattern.
    Pattern = "pattern",
    /// Two different contents for one version of an object.
    Conflict = "conflict",
    /// The same version of an object again.
    Duplicate = "duplicate",
    /// STIX 2.0, read by its upgrade.
    Upgraded = "upgraded",
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.text())
    }
}
