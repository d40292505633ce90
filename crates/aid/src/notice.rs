//! Notices from one state's contact point to another's, and the receipt that admits nothing (docs/aid.md, section 10).

use crate::need::{Incident, Sector};
use crate::request::Tlp;
use crate::text::Label;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;

/// What `format` says.
pub const NOTICE_FORMAT: &str = "solferino.org/aid-notice@v1";
/// Characters of a notice's text.
pub const MAX_NOTICE_CHARS: usize = 4_000;
/// Seconds that an answer may be asked for within, at least: one hour.
pub const MIN_DUE_S: i64 = 3_600;
/// Seconds that an answer may be asked for within, at most: 90 days.
pub const MAX_DUE_S: i64 = 90 * 24 * 3_600;

words! {
    /// What a notice is for.
    Template, "template";
    /// Help is asked for.
    AssistanceSought = "assistance-sought",
    /// Activity was seen that touches the addressee's territory or infrastructure. It says where, not who.
    ActivityObserved = "activity-observed",
    /// A weakness the addressee should know.
    Vulnerability = "vulnerability",
    /// What an earlier notice spoke of is over.
    AllClear = "all-clear",
}

words! {
    /// What the addressee is asked for.
    Wish, "wish";
    /// Say that it arrived.
    Receipt = "receipt",
    /// Say what is known.
    Information = "information",
    /// Look into what comes from there.
    LookInto = "look-into",
    /// Take reasonable steps to end it (UN GGE 2021, norm 13(c)).
    EndIt = "end-it",
    /// Keep evidence.
    KeepEvidence = "keep-evidence",
    /// Help (UN GGE 2021, norm 13(h)).
    Help = "help",
    /// Name somebody to talk to.
    Contact = "contact",
}

impl Template {
    /// What this template may ask for.
    #[must_use]
    pub fn wishes(self) -> &'static [Wish] {
        match self {
            Self::AssistanceSought => {
                &[Wish::Receipt, Wish::Information, Wish::Help, Wish::Contact]
            }
            Self::ActivityObserved => &[
                Wish::Receipt,
                Wish::Information,
                Wish::LookInto,
                Wish::EndIt,
                Wish::KeepEvidence,
                Wish::Contact,
            ],
            Self::Vulnerability => &[Wish::Receipt, Wish::Contact],
            Self::AllClear => &[Wish::Receipt],
        }
    }
}

/// A notice. It has no field for an author of what was seen, so it accuses nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// [`NOTICE_FORMAT`].
    pub format: String,
    /// What for.
    pub template: Template,
    /// From whom.
    pub from: Label,
    /// To whom.
    pub to: Label,
    /// When it was sent.
    pub sent_s: i64,
    /// Until when a receipt is asked for.
    pub due_s: i64,
    /// What happened.
    pub incident: Incident,
    /// To what.
    pub sectors: BTreeSet<Sector>,
    /// What the addressee is asked for.
    pub wishes: BTreeSet<Wish>,
    /// How far it may travel.
    pub tlp: Tlp,
    /// In words.
    pub text: String,
}

/// Why a notice was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoticeError {
    /// Another format.
    #[error("format is {0:?}, this program reads {NOTICE_FORMAT:?}")]
    Format(String),
    /// To oneself.
    #[error("a notice goes to somebody else")]
    ToOneself,
    /// A wish that the template does not have.
    #[error("{0} asks for {1}, which that template does not have; choose the template that does")]
    Wish(Template, Wish),
    /// No wish at all.
    #[error("a notice asks at least for a receipt")]
    NoWish,
    /// Too short or too long a time.
    #[error("a receipt is due {MIN_DUE_S} s to {MAX_DUE_S} s after the notice is sent")]
    Due,
    /// Too long a text.
    #[error("the text has {0} characters, more than {MAX_NOTICE_CHARS}")]
    Text(usize),
}

impl NoticeError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "aid-notice"
    }
}

impl Notice {
    /// Checks what the type alone does not.
    ///
    /// # Errors
    /// [`NoticeError`] for the first thing that has no sense.
    pub fn check(&self) -> Result<(), NoticeError> {
        if self.format != NOTICE_FORMAT {
            return Err(NoticeError::Format(self.format.chars().take(64).collect()));
        }
        if self.from == self.to {
            return Err(NoticeError::ToOneself);
        }
        if self.wishes.is_empty() {
            return Err(NoticeError::NoWish);
        }
        let allowed = self.template.wishes();
        if let Some(wish) = self.wishes.iter().find(|wish| !allowed.contains(wish)) {
            return Err(NoticeError::Wish(self.template, *wish));
        }
        if !(MIN_DUE_S..=MAX_DUE_S).contains(&self.due_s.saturating_sub(self.sent_s)) {
            return Err(NoticeError::Due);
        }
        let chars = self.text.chars().count();
        if chars > MAX_NOTICE_CHARS {
            return Err(NoticeError::Text(chars));
        }
        Ok(())
    }
}

/// That a notice arrived. It has these fields and no other: there is none in which anything could be admitted, denied or promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Digest of the notice, 64 hexadecimal digits.
    pub of: String,
    /// When it arrived.
    pub received_s: i64,
}

/// What stands under every receipt, in every language of the catalogue under `aid.receipt.meaning`.
pub const RECEIPT_MEANING: &str = "This says that whoever has the answer key has the notice. The sender named that key, so it proves nothing about the addressee. It admits nothing, and nothing may be concluded from it or from its absence.";

words! {
    /// How a notice stands.
    NoticeStands, "notice";
    /// No receipt yet, and there is time.
    Waiting = "waiting",
    /// No receipt, and the time is over. Nothing may be concluded from it.
    Overdue = "overdue",
    /// A receipt came.
    Received = "received",
}

/// How a notice stands at a moment.
#[must_use]
pub fn notice_stands(notice: &Notice, receipt: Option<&Receipt>, at_s: i64) -> NoticeStands {
    match receipt {
        Some(receipt) if receipt.received_s <= at_s => NoticeStands::Received,
        _ if at_s > notice.due_s => NoticeStands::Overdue,
        _ => NoticeStands::Waiting,
    }
}
