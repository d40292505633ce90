//! Who is on call and where a page reaches them: the file the officers keep (docs/aid.md, section 4). It is no part of the record.

use crate::rota::Rota;
use crate::text::Id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// What `format` says.
pub const ROTA_FORMAT: &str = "solferino.org/aid-rota@v1";
/// Bytes of the file.
pub const MAX_ROTA_BYTES: usize = 65_536;
/// People in it.
pub const MAX_PEOPLE: usize = 128;
/// Bytes of an address that pages are posted to.
pub const MAX_WEBHOOK_BYTES: usize = 2_048;

/// An address that pages are posted to. It may hold a secret, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Webhook(String);

/// One who can be on call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Where pages are posted; without it the desk's own list is all there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
}

/// The rota with the people in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnCall {
    /// [`ROTA_FORMAT`].
    pub format: String,
    /// Everybody who occurs in a chain.
    pub people: BTreeMap<Id, Person>,
    /// The week.
    pub shifts: Rota,
}

/// Why a rota's file was refused.
#[derive(Debug, Error)]
pub enum OnCallError {
    /// Too many bytes.
    #[error("the file has {0} bytes, more than {MAX_ROTA_BYTES}")]
    TooLarge(usize),
    /// Not of the documented form; the message names the shift or address.
    #[error("not a rota as docs/aid.md, section 4, describes: {0}")]
    Shape(#[from] serde_json::Error),
    /// Another format.
    #[error("format is {0:?}, this program reads {ROTA_FORMAT:?}")]
    Format(String),
    /// Too many.
    #[error("{0} people; a rota has at most {MAX_PEOPLE}")]
    TooMany(usize),
    /// A chain names somebody who is not among the people.
    #[error("{0} is in a chain and not among `people`; add them there, with or without a webhook")]
    Unknown(Id),
}

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a webhook is https://HOST/…, or http:// to this machine (127.0.0.1, [::1], localhost), of visible ASCII without `@`, `#` or `\\`, at most {MAX_WEBHOOK_BYTES} bytes"
)]
pub struct WebhookError;

impl OnCallError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "aid-rota"
    }
}

impl OnCall {
    /// Reads the file.
    ///
    /// # Errors
    /// [`OnCallError`]; a rota with a hole, or somebody who never sleeps, is `Shape` with that sentence.
    pub fn from_json(bytes: &[u8]) -> Result<Self, OnCallError> {
        if bytes.len() > MAX_ROTA_BYTES {
            return Err(OnCallError::TooLarge(bytes.len()));
        }
        let on_call: Self = serde_json::from_slice(bytes)?;
        if on_call.format != ROTA_FORMAT {
            return Err(OnCallError::Format(
                on_call.format.chars().take(64).collect(),
            ));
        }
        if on_call.people.len() > MAX_PEOPLE {
            return Err(OnCallError::TooMany(on_call.people.len()));
        }
        let mut chains = on_call
            .shifts
            .shifts()
            .iter()
            .flat_map(|shift| &shift.chain);
        match chains.find(|who| !on_call.people.contains_key(*who)) {
            Some(unknown) => Err(OnCallError::Unknown(unknown.clone())),
            None => Ok(on_call),
        }
    }

    /// Where a page for somebody is posted.
    #[must_use]
    pub fn webhook(&self, person: &Id) -> Option<&Webhook> {
        self.people.get(person)?.webhook.as_ref()
    }
}

impl Webhook {
    /// The address. It may hold a secret: no log line and no message shows it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Webhook {
    type Error = WebhookError;

    /// TLS to anybody, plain HTTP to this machine only: what is posted says nothing of a victim, but whoever reads it
    /// learns when nobody answers.
    fn try_from(text: String) -> Result<Self, WebhookError> {
        let visible = text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"@#\\".contains(&b));
        let host = |scheme: &str| {
            let rest = text.strip_prefix(scheme)?;
            Some(rest.split(['/', '?']).next().unwrap_or_default())
        };
        let good = match (host("https://"), host("http://")) {
            (Some(host), _) => !host.is_empty(),
            (None, Some(host)) => is_here(host),
            (None, None) => false,
        };
        if good && visible && text.len() <= MAX_WEBHOOK_BYTES {
            return Ok(Self(text));
        }
        Err(WebhookError)
    }
}

/// Whether host and port are of the machine itself.
fn is_here(host: &str) -> bool {
    ["127.0.0.1", "[::1]", "localhost"].iter().any(|here| {
        host.strip_prefix(here).is_some_and(|port| {
            port.is_empty()
                || port
                    .strip_prefix(':')
                    .is_some_and(|digits| digits.parse::<u16>().is_ok())
        })
    })
}

impl From<Webhook> for String {
    fn from(webhook: Webhook) -> Self {
        webhook.0
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook(…)")
    }
}
