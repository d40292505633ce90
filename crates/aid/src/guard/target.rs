//! What an action is aimed at, in one spelling each, so that no other spelling slips through.

use crate::text::{Label, TextError};
use core::net::IpAddr;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Bytes of a domain name (RFC 1035, section 2.3.4, without the root's dot).
const MAX_DOMAIN_BYTES: usize = 253;
/// Bytes of one of its labels.
const MAX_LABEL_BYTES: usize = 63;

/// A domain name in lower case, ASCII (`xn--` for others), at least two labels, the last not a number, no final dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this name or, if `below`, one under it.
    #[must_use]
    pub fn is_within(&self, name: &Self, below: bool) -> bool {
        let rest = self.0.strip_suffix(name.as_str());
        rest.is_some_and(|rest| rest.is_empty() || (below && rest.ends_with('.')))
    }

    /// Whether it is a suffix under which anybody can have a name (<https://publicsuffix.org>), such as `co.uk`, and so nobody's own.
    #[must_use]
    pub fn is_public_suffix(&self) -> bool {
        psl::domain_str(&self.0).is_none()
    }
}

impl TryFrom<String> for Domain {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        let mut labels = text.split('.');
        let last_is_number = text.rsplit('.').next().is_some_and(is_number);
        let fits = text.len() <= MAX_DOMAIN_BYTES && text.contains('.') && !last_is_number;
        if fits && labels.all(is_label) {
            return Ok(Self(text));
        }
        let wanted = "a domain name in lower-case ASCII (xn-- for other letters) of at least two labels, without a final dot";
        Err(TextError {
            text: text.chars().take(64).collect(),
            wanted,
        })
    }
}

/// Letters, digits and hyphens (RFC 1123, section 2.1), and underscores, which names of services have.
fn is_label(label: &str) -> bool {
    let fits = (1..=MAX_LABEL_BYTES).contains(&label.len());
    let hyphens = label.starts_with('-') || label.ends_with('-');
    let known =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    fits && !hyphens && label.bytes().all(known)
}

/// Whether resolvers might read it as a number of an IPv4 address (`1`, `0x7f`).
fn is_number(label: &str) -> bool {
    let digits = label.bytes().all(|byte| byte.is_ascii_digit());
    let hex = label
        .strip_prefix("0x")
        .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    digits || hex
}

impl FromStr for Domain {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        text.to_owned().try_into()
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

/// What an action is aimed at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Target {
    /// What a name leads to.
    Domain(Domain),
    /// An address.
    Ip(IpAddr),
    /// An account at a service, by the service's domain.
    Account {
        /// The service.
        service: Domain,
        /// The account's name there, as the service spells it.
        name: Label,
    },
    /// A machine by the name that the requester has for it.
    Host(Label),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(domain) => write!(f, "the domain {}", domain.as_str()),
            Self::Ip(address) => write!(f, "the address {address}"),
            Self::Account { service, name } => {
                write!(f, "the account {:?} at {}", name.as_str(), service.as_str())
            }
            Self::Host(name) => write!(f, "the host {:?}", name.as_str()),
        }
    }
}
