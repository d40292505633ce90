//! One norm: its text's identity, its force, and the elements it is judged by.

use crate::{Condition, Day, Party, TextDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;

/// First line of every corpus file and every document of a norm.
pub const FORMAT: &str = "solferino-norms/1";

/// How binding the text is that a norm stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Force {
    /// Binding on its parties once in force for them.
    Treaty,
    /// Agreed by states as a voluntary norm.
    Voluntary,
    /// A public promise of those who joined it.
    Pledge,
    /// Put forward by someone; agreed by nobody as such.
    Proposal,
    /// A restatement of existing law by experts, in their own name.
    ExpertRestatement,
    /// A codification of existing law by a body charged with it.
    LawCodification,
}

/// What a norm asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Polarity {
    /// Leave something undone.
    Refrain,
    /// Do something.
    Do,
    /// Go about something in a certain way.
    Process,
}

/// Whether somebody with the primary text has checked the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// Seen in a retrieved source.
    R,
    /// Not yet checked against the primary text.
    K,
}

impl Basis {
    /// The note a page shows beside the row, if it needs one.
    #[must_use]
    pub fn note(self) -> Option<&'static str> {
        match self {
            Self::R => None,
            Self::K => Some("not yet checked against the primary text"),
        }
    }
}

/// Whom a norm speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressee {
    /// States.
    States,
    /// Companies.
    Companies,
    /// Whoever joined, of any kind.
    AllActors,
    /// Makers of products and services.
    DevelopersAndProducers,
    /// Persons and groups that are no state.
    NonStateActors,
    /// Civilians who take part in operations.
    CivilianHackers,
}

impl Addressee {
    /// Whether the norm can speak to this kind of party.
    #[must_use]
    pub fn fits(self, party: &Party) -> bool {
        if party.is_unnamed() {
            return true;
        }
        match self {
            Self::States => party.is_state(),
            Self::AllActors => true,
            _ => !party.is_state(),
        }
    }
}

/// What a condition of a norm is about. Elements are data; their values come from coded facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// What was struck.
    TargetClass,
    /// What happened to data, services, things or persons.
    Effect,
    /// The purpose of the author.
    Intent,
    /// How grave the harm was.
    HarmThreshold,
    /// The conduct is the party's: the finding, and the legal assessment after it.
    AuthorLink,
    /// Armed conflict or peacetime.
    Time,
    /// The act was run from or through the territory.
    Territory,
    /// The territorial state knew.
    Knowledge,
    /// Whether measures were open and taken.
    FeasibleMeasures,
    /// What the norm says to do or to leave, and legal characterisations of an act.
    Conduct,
}

impl Element {
    /// All elements, in the order of docs/norms.md.
    pub const ALL: [Self; 10] = [
        Self::TargetClass,
        Self::Effect,
        Self::Intent,
        Self::HarmThreshold,
        Self::AuthorLink,
        Self::Time,
        Self::Territory,
        Self::Knowledge,
        Self::FeasibleMeasures,
        Self::Conduct,
    ];

    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TargetClass => "target-class",
            Self::Effect => "effect",
            Self::Intent => "intent",
            Self::HarmThreshold => "harm-threshold",
            Self::AuthorLink => "author-link",
            Self::Time => "time",
            Self::Territory => "territory",
            Self::Knowledge => "knowledge",
            Self::FeasibleMeasures => "feasible-measures",
            Self::Conduct => "conduct",
        }
    }
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How somebody comes to be bound by a text (docs/norms.md, Binding).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Binding {
    /// By acceding, joining, ratifying: the ledger says who.
    Accession {},
    /// A voluntary expectation addressed to every member state of the United Nations.
    AllStates {
        /// First day.
        from: Day,
        /// The act that addressed it to all.
        note: String,
    },
    /// The states that agreed on the text, and who joins later.
    Participants {
        /// First day.
        from: Day,
        /// ISO 3166-1 codes.
        states: Vec<Party>,
        /// Where the list comes from.
        note: String,
    },
    /// Whoever affirmed it in the record.
    Affirmation {},
    /// Nobody: a proposal.
    Nobody {},
    /// Nobody through this text: it restates law.
    Restatement {},
}

/// The header of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Identifier, such as `GGE15`.
    pub id: String,
    /// Title.
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// When.
    pub date: TextDate,
    /// How binding it is.
    pub force: Force,
    /// A treaty's first day in force; none: not in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<Day>,
    /// Document number or place of publication.
    pub document: String,
    /// How somebody comes to be bound.
    pub binding: Binding,
    /// Whether the header was checked against a source.
    pub basis: Basis,
    /// What else to know; may be empty.
    pub note: String,
}

/// One element of a norm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its kind.
    pub element: Element,
    /// What it asks, as a sentence that is true when the element is met.
    pub asks: String,
    /// The article it is read from.
    pub source: String,
    /// Whether that was checked.
    pub basis: Basis,
    /// When it is met.
    pub when: Condition,
}

/// One rule, paraphrased: a row of a corpus file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Norm {
    /// Identifier, unique in the corpus, such as `GGE15.f`.
    pub id: String,
    /// Articles of the instrument, in the record's spelling.
    pub articles: Vec<String>,
    /// What it asks for.
    pub polarity: Polarity,
    /// Whom it speaks to.
    pub addressee: Addressee,
    /// Themes of the crosswalk over instruments.
    pub themes: Vec<String>,
    /// Whether the row was checked against a source.
    pub basis: Basis,
    /// What the norm says, in the project's own words.
    pub paraphrase: String,
    /// When this row was issued, where that is not the instrument's date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<TextDate>,
    /// The row's own text, in a collection of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Instrument>,
    /// SHA-256 of the verbatim text, once someone with the primary text registers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor_sha256: Option<String>,
    /// Why no conduct can be measured by it; instead of elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_elements: Option<String>,
    /// What must all be met before conduct is inconsistent with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<Part>,
}

impl Norm {
    /// Its articles as one article number of a record: `13(f)`, `7/8`.
    #[must_use]
    pub fn article(&self) -> String {
        self.articles.join("/")
    }
}

/// A norm together with the header of its file: everything it is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The header of the file.
    pub instrument: Arc<Instrument>,
    /// The row.
    pub norm: Norm,
    /// SHA-256 of [`Entry::document`], lower-case hex: what a record registers to pin the element table.
    pub digest: String,
}

impl Entry {
    /// The text the norm stands in: the row's own in a collection, else the file's.
    #[must_use]
    pub fn text(&self) -> &Instrument {
        self.norm.text.as_ref().unwrap_or(&self.instrument)
    }

    /// When the norm was issued.
    #[must_use]
    pub fn issued(&self) -> &TextDate {
        self.norm.date.as_ref().unwrap_or(&self.text().date)
    }

    /// How binding it is.
    #[must_use]
    pub fn force(&self) -> Force {
        self.text().force
    }

    /// K if the row or the header of its text is K.
    #[must_use]
    pub fn basis(&self) -> Basis {
        match (self.norm.basis, self.text().basis) {
            (Basis::R, Basis::R) => Basis::R,
            _ => Basis::K,
        }
    }

    /// The document of this norm: one line of JSON that [`crate::Corpus::documents`] reads back.
    ///
    /// # Errors
    /// What the JSON writer says; nothing in these types makes it fail.
    pub fn document(&self) -> Result<String, serde_json::Error> {
        document(&self.instrument, &self.norm)
    }
}

pub(crate) fn document(instrument: &Instrument, norm: &Norm) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Document<'a> {
        format: &'static str,
        instrument: &'a Instrument,
        norm: &'a Norm,
    }
    serde_json::to_string(&Document {
        format: FORMAT,
        instrument,
        norm,
    })
}

/// SHA-256 in lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a String does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
