//! One object of a bundle: the common properties by name, all others as they stand.

use serde_json::{Map, Value};

/// An object of a bundle, with its place in the stream.
///
/// Every property is kept; a property this project does not know is neither changed nor dropped. Timestamps stay
/// the text they were (STIX versions are told apart by them).
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    index: u64,
    offset_bytes: u64,
    properties: Map<String, Value>,
}

impl Object {
    /// `None` unless `type` and `id` are there and are text (STIX 2.1, section 3.2).
    pub(super) fn new(
        index: u64,
        offset_bytes: u64,
        properties: Map<String, Value>,
    ) -> Option<Self> {
        let required = ["type", "id"];
        let all = required
            .iter()
            .all(|name| properties.get(*name).is_some_and(Value::is_string));
        all.then_some(Self {
            index,
            offset_bytes,
            properties,
        })
    }

    /// Its place among the objects of the stream, from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Where its text begins in the stream, in bytes from 0.
    #[must_use]
    pub fn offset_bytes(&self) -> u64 {
        self.offset_bytes
    }

    /// Its `type`, such as `intrusion-set`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.text("type").unwrap_or_default()
    }

    /// Its `id`, such as `tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("id").unwrap_or_default()
    }

    /// When this object was first made, as its text; cyber-observable objects have none.
    #[must_use]
    pub fn created(&self) -> Option<&str> {
        self.text("created")
    }

    /// When this version was made, as its text; cyber-observable objects have none.
    #[must_use]
    pub fn modified(&self) -> Option<&str> {
        self.text("modified")
    }

    /// The version of STIX it claims to follow; absent from STIX 2.0 objects.
    #[must_use]
    pub fn spec_version(&self) -> Option<&str> {
        self.text("spec_version")
    }

    /// Whether its creator has revoked it.
    #[must_use]
    pub fn revoked(&self) -> bool {
        self.get("revoked") == Some(&Value::Bool(true))
    }

    /// A property.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.properties.get(name)
    }

    /// A property that is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// A property that is a list; empty if it is absent or something else.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Value] {
        let list = self.get(name).and_then(Value::as_array);
        list.map_or(&[], Vec::as_slice)
    }

    /// A property that is a list of texts, such as `object_refs`; what is not text in it is left out.
    pub fn texts<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.list(name).iter().filter_map(Value::as_str)
    }

    /// All properties.
    #[must_use]
    pub fn properties(&self) -> &Map<String, Value> {
        &self.properties
    }

    /// All properties, taken out.
    #[must_use]
    pub fn into_properties(self) -> Map<String, Value> {
        self.properties
    }
}
