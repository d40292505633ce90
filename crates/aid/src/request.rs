//! The form of a request for help (docs/aid.md, section 2): everything a victim tells. [`Request::need`] is the only way from here to triage.

use crate::need::{
    Answer, Data, Function, Incident, LifeSafety, Mitigation, Need, Sector, Support,
};
use crate::skill::Slot;
use crate::text::{Label, Language};
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;

/// What `format` says.
pub const FORMAT: &str = "solferino.org/aid-form@v1";
/// Bytes of a form as JSON.
pub const MAX_FORM_BYTES: usize = 131_072;
/// Characters of the story, and of what was done already.
pub const MAX_STORY_CHARS: usize = 20_000;
/// Characters of a short answer.
pub const MAX_SHORT_CHARS: usize = 500;
/// Entries of a list.
pub const MAX_LIST: usize = 32;
/// Slots of a team.
pub const MAX_SLOTS: usize = 8;

words! {
    /// How the requester wants to be reached.
    Channel, "channel";
    /// Only through the desk's own pages.
    Desk = "desk",
    /// Electronic mail.
    Mail = "mail",
    /// An encrypted messenger.
    Messenger = "messenger",
    /// Voice.
    Phone = "phone",
    /// In person, through somebody.
    InPerson = "in-person",
}

words! {
    /// What was hit.
    Asset, "asset";
    /// Accounts.
    Account = "account",
    /// Laptops, desktops.
    Computer = "computer",
    /// Phones, tablets.
    Phone = "phone",
    /// Servers.
    Server = "server",
    /// A web site.
    Website = "website",
    /// Networks and their devices.
    Network = "network",
    /// Services rented from others.
    Cloud = "cloud",
    /// Machines that move or measure things.
    Industrial = "industrial",
    /// Medical devices.
    Medical = "medical",
    /// Data as such.
    Data = "data",
    /// People, by what is said about them or sent to them.
    People = "people",
}

words! {
    /// Whether the systems bore a digital emblem when it happened.
    Emblem, "emblem status";
    /// They did.
    Shown = "shown",
    /// They did not.
    Absent = "absent",
    /// Nobody knows.
    Unknown = "unknown",
}

words! {
    /// Traffic Light Protocol 2.0 (FIRST).
    Tlp, "TLP label";
    /// Anybody.
    Clear = "clear",
    /// The community.
    Green = "green",
    /// The organisation and its clients.
    Amber = "amber",
    /// The organisation.
    AmberStrict = "amber+strict",
    /// Those present.
    Red = "red",
}

/// Who asks. Triage and the order of matching cannot see any of it; two fields can rule helpers out, none can rule anybody in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// Coarse, and only if helpers have to know which law they work under. Rules out helpers that exclude it.
    pub country: Option<Label>,
    /// Who they are. Rules out helpers with an interest in it.
    pub organisation: Option<Label>,
    /// Told, never asked.
    pub nationality: Option<String>,
    /// Told, never asked.
    pub politics: Option<String>,
    /// Who pays for them. Told, never asked.
    pub donors: Vec<String>,
}

/// How they are reached, and how not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Preferred way.
    pub channel: Channel,
    /// Address or number on it; empty for the desk's pages.
    pub address: String,
    /// People and places that must not be contacted, and why if they want to say.
    pub never: Vec<String>,
}

/// What may happen with what is told. Each can be taken back at any time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Kept until purge; without it nothing can be done.
    pub store: bool,
    /// Shown to the responders of the team.
    pub share_with_helpers: bool,
    /// Published without anything that points to anybody.
    pub publish_anonymised: bool,
}

/// When it happened, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// When it began, if known.
    pub onset_s: Option<i64>,
    /// When it was noticed.
    pub detected_s: Option<i64>,
    /// After this moment help is too late.
    pub deadline_s: Option<i64>,
}

/// A request for help as the victim's device seals it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// [`FORMAT`].
    pub format: String,
    /// In their own words.
    pub story: String,
    /// Who asks.
    pub background: Background,
    /// How they are reached.
    pub contact: Contact,
    /// Languages in which they can be helped.
    pub languages: BTreeSet<Language>,
    /// What may happen with it.
    pub consent: Consent,
    /// When.
    pub times: Times,
    /// What the affected entity does.
    pub sector: Sector,
    /// What happened.
    pub incident: Incident,
    /// What was hit.
    pub assets: BTreeSet<Asset>,
    /// Whether an emblem was shown.
    pub emblem: Emblem,
    /// Whether life or limb is in danger.
    pub life_safety: LifeSafety,
    /// How many people are affected, if known.
    pub people: Option<u32>,
    /// What still works.
    pub function: Function,
    /// The most delicate data others have or will have.
    pub data: Data,
    /// Whether it goes on.
    pub ongoing: Answer,
    /// Whether it may spread to others.
    pub spill_over: Answer,
    /// What was done already.
    pub mitigation: Mitigation,
    /// The same in words.
    pub done_already: String,
    /// Other help at hand: contracts, insurance, a CSIRT.
    pub support: Support,
    /// Skills and hours they think they need; empty if they do not know.
    pub estimate: Vec<Slot>,
    /// Whether somebody has to come.
    pub on_site: Answer,
    /// How far what is told may travel.
    pub tlp: Tlp,
    /// Organisations that must not be involved: the alleged source, a competitor, a supplier in dispute.
    pub exclusions: BTreeSet<Label>,
    /// SHA-256 of manifests of evidence they keep, in lower-case hexadecimal digits.
    pub evidence: BTreeSet<String>,
}

/// Why a form was refused.
#[derive(Debug, Error)]
pub enum FormError {
    /// Too many bytes.
    #[error(
        "the form has {bytes} bytes, more than {MAX_FORM_BYTES}; shorten the story, and name long material by its hash"
    )]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Not of the documented form.
    #[error("not of the form docs/aid.md describes: {0}")]
    Shape(#[from] serde_json::Error),
    /// Another format.
    #[error("format is {0:?}, this program reads {FORMAT:?}")]
    Format(String),
    /// A field beyond its limit.
    #[error("{field} has {found} {unit}, more than {most}; shorten it")]
    Limit {
        /// Which field.
        field: &'static str,
        /// How many.
        found: usize,
        /// Of what.
        unit: &'static str,
        /// The limit.
        most: usize,
    },
    /// A field that has no sense.
    #[error("{field}: {what}")]
    Value {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl FormError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "aid-form-too-large",
            _ => "aid-form",
        }
    }
}

impl Request {
    /// Reads a form from its JSON.
    ///
    /// # Errors
    /// [`FormError`] if it is too large, has unknown or missing fields, or a field is beyond its limit.
    pub fn from_json(bytes: &[u8]) -> Result<Self, FormError> {
        if bytes.len() > MAX_FORM_BYTES {
            return Err(FormError::TooLarge { bytes: bytes.len() });
        }
        let request: Self = serde_json::from_slice(bytes)?;
        request.check()?;
        Ok(request)
    }

    /// The form as JSON: fields in the order of the page, sets ascending, no white space. The same form gives the same bytes.
    ///
    /// # Errors
    /// [`FormError`], as [`Request::from_json`].
    pub fn to_json(&self) -> Result<Vec<u8>, FormError> {
        self.check()?;
        let json = serde_json::to_vec(self)?;
        if json.len() > MAX_FORM_BYTES {
            return Err(FormError::TooLarge { bytes: json.len() });
        }
        Ok(json)
    }

    /// What of it triage may see. Everything else is dropped here.
    ///
    /// `received_s` is when the request arrived; the deadline becomes whole hours from then, rounded down, 0 if it is past.
    #[must_use]
    pub fn need(&self, received_s: i64) -> Need {
        let hours = |deadline_s: i64| {
            let left_s = deadline_s.saturating_sub(received_s).max(0);
            u32::try_from(left_s / 3600).unwrap_or(u32::MAX)
        };
        Need {
            sector: self.sector,
            incident: self.incident,
            life_safety: self.life_safety,
            people: self.people,
            function: self.function,
            data: self.data,
            ongoing: self.ongoing,
            spill_over: self.spill_over,
            deadline_hours: self.times.deadline_s.map(hours),
            mitigation: self.mitigation,
            support: self.support,
        }
    }

    fn check(&self) -> Result<(), FormError> {
        if self.format != FORMAT {
            return Err(FormError::Format(self.format.chars().take(64).collect()));
        }
        if !self.consent.store {
            let what = "without consent to keep the request until it is purged, nothing can be done with it";
            return Err(FormError::Value {
                field: "consent.store",
                what,
            });
        }
        if self.languages.is_empty() {
            let what = "name at least one language";
            return Err(FormError::Value {
                field: "languages",
                what,
            });
        }
        self.check_texts()?;
        self.check_lists()?;
        let is_hash = |text: &String| {
            text.len() == 64
                && text
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        if !self.evidence.iter().all(is_hash) {
            let what = "give SHA-256 hashes as 64 lower-case hexadecimal digits";
            return Err(FormError::Value {
                field: "evidence",
                what,
            });
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), FormError> {
        let background = &self.background;
        chars("story", &self.story, MAX_STORY_CHARS)?;
        chars("done_already", &self.done_already, MAX_STORY_CHARS)?;
        chars("contact.address", &self.contact.address, MAX_SHORT_CHARS)?;
        for never in &self.contact.never {
            chars("contact.never", never, MAX_SHORT_CHARS)?;
        }
        for text in background.nationality.iter().chain(&background.politics) {
            chars("background", text, MAX_SHORT_CHARS)?;
        }
        for donor in &background.donors {
            chars("background.donors", donor, MAX_SHORT_CHARS)?;
        }
        Ok(())
    }

    fn check_lists(&self) -> Result<(), FormError> {
        let lists = [
            ("contact.never", self.contact.never.len(), MAX_LIST),
            ("background.donors", self.background.donors.len(), MAX_LIST),
            ("languages", self.languages.len(), MAX_LIST),
            ("exclusions", self.exclusions.len(), MAX_LIST),
            ("evidence", self.evidence.len(), MAX_LIST),
            ("estimate", self.estimate.len(), MAX_SLOTS),
        ];
        for (field, found, most) in lists {
            if found > most {
                return Err(FormError::Limit {
                    field,
                    found,
                    unit: "entries",
                    most,
                });
            }
        }
        Ok(())
    }
}

fn chars(field: &'static str, text: &str, most: usize) -> Result<(), FormError> {
    let found = text.chars().count();
    if found > most {
        return Err(FormError::Limit {
            field,
            found,
            unit: "characters",
            most,
        });
    }
    Ok(())
}
