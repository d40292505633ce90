//! What a requester signs before anybody touches anything.

use super::Action;
use super::target::{Domain, Target};
use crate::text::{Label, TextError};
use core::net::IpAddr;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::str::FromStr;
use thiserror::Error;

/// Days a scope holds, at most.
pub const MAX_SCOPE_DAYS: i64 = 30;
/// Entries of each list of a scope.
pub const MAX_SCOPE_ENTRIES: usize = 1_000;
/// The widest IPv4 network of a scope, in bits of its prefix.
pub const MIN_V4_PREFIX: u8 = 16;
/// The widest IPv6 network of a scope, in bits of its prefix.
pub const MIN_V6_PREFIX: u8 = 32;

/// A domain of the requester's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainScope {
    /// The name.
    pub name: Domain,
    /// Whether names under it are theirs too.
    pub below: bool,
}

/// An account of the requester's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The service, by its domain.
    pub service: Domain,
    /// The account's name there.
    pub name: Label,
}

/// A network as `ADDRESS/BITS`, the other bits zero; a single address has all its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text is no network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetworkError {
    /// Not `ADDRESS/BITS`.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Larger than one victim's networks are.
    #[error("{0} is wider than /{1}; list the requester's own networks one by one")]
    TooWide(String, u8),
}

/// The bits of an address, left-aligned; IPv4 addresses written as IPv6 are IPv4.
fn bits(address: IpAddr) -> (u128, u8) {
    match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

impl Network {
    /// Whether an address lies in it.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        let ((mine, width), (theirs, their_width)) = (bits(self.address), bits(address));
        width == their_width && (mine ^ theirs).leading_zeros() >= u32::from(self.bits)
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, NetworkError> {
        let wanted = "a network such as 192.0.2.0/24 or 2001:db8::/48, with zeros after its bits";
        let bad = || TextError {
            text: text.chars().take(64).collect(),
            wanted,
        };
        let (address, prefix) = text.split_once('/').ok_or_else(bad)?;
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let prefix_is_plain =
            prefix.bytes().all(|byte| byte.is_ascii_digit()) && !prefix.starts_with('0');
        let length: u8 = prefix.parse().map_err(|_| bad())?;
        let (value, width) = bits(address);
        // One spelling: `::ffff:192.0.2.1` is 192.0.2.1 and written so.
        if address.to_canonical() != address || !prefix_is_plain || length > width {
            return Err(bad().into());
        }
        let least = if width == 32 {
            MIN_V4_PREFIX
        } else {
            MIN_V6_PREFIX
        };
        if length < least {
            return Err(NetworkError::TooWide(text, least));
        }
        if value.trailing_zeros() < u32::from(128 - length) {
            return Err(bad().into());
        }
        Ok(Self {
            address,
            bits: length,
        })
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        text.to_owned().try_into()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        format!("{}/{}", network.address, network.bits)
    }
}

/// The systems that are the requester's, and what may be done to them until when. The requester signs it; nobody else can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Domains.
    pub domains: BTreeSet<DomainScope>,
    /// Networks.
    pub networks: BTreeSet<Network>,
    /// Accounts.
    pub accounts: BTreeSet<Account>,
    /// Machines, by the names that the requester has for them.
    pub hosts: BTreeSet<Label>,
    /// What may be done.
    pub actions: BTreeSet<Action>,
    /// From when.
    pub from_s: i64,
    /// Until when, not included.
    pub until_s: i64,
}

/// Why a scope was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScopeError {
    /// A name under which anybody can have names.
    #[error(
        "{0} is a suffix under which anybody can have a name; name the requester's own domains"
    )]
    PublicSuffix(String),
    /// Holds never, or too long.
    #[error(
        "a scope holds for at least one second and at most {MAX_SCOPE_DAYS} days; the requester can sign a new one then"
    )]
    Time,
    /// Says nothing.
    #[error("a scope names at least one action")]
    NoAction,
    /// A list beyond its limit.
    #[error("{0} has {1} entries, more than {MAX_SCOPE_ENTRIES}")]
    TooMany(&'static str, usize),
}

impl ScopeError {
    /// The code of the refusal (docs/aid.md, section 11).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "aid-scope"
    }
}

impl Scope {
    /// Checks what the type alone does not.
    ///
    /// # Errors
    /// [`ScopeError`] for the first thing that has no sense.
    pub fn check(&self) -> Result<(), ScopeError> {
        let lists = [
            ("domains", self.domains.len()),
            ("networks", self.networks.len()),
            ("accounts", self.accounts.len()),
            ("hosts", self.hosts.len()),
        ];
        if let Some((name, len)) = lists.into_iter().find(|(_, len)| *len > MAX_SCOPE_ENTRIES) {
            return Err(ScopeError::TooMany(name, len));
        }
        if let Some(domain) = self
            .domains
            .iter()
            .find(|domain| domain.name.is_public_suffix())
        {
            return Err(ScopeError::PublicSuffix(domain.name.as_str().to_owned()));
        }
        if self.actions.is_empty() {
            return Err(ScopeError::NoAction);
        }
        let holds_s = self.until_s.saturating_sub(self.from_s);
        if !(1..=MAX_SCOPE_DAYS * 24 * 3600).contains(&holds_s) {
            return Err(ScopeError::Time);
        }
        Ok(())
    }

    /// Whether a target is the requester's. Nothing is inferred: a name in scope says nothing about the address it leads to.
    #[must_use]
    pub fn covers(&self, target: &Target) -> bool {
        match target {
            Target::Domain(domain) => {
                let mut own = self.domains.iter();
                own.any(|own| {
                    !own.name.is_public_suffix() && domain.is_within(&own.name, own.below)
                })
            }
            Target::Ip(address) => self.networks.iter().any(|network| network.has(*address)),
            Target::Account { service, name } => {
                let mut own = self.accounts.iter();
                own.any(|own| own.service == *service && own.name == *name)
            }
            Target::Host(name) => self.hosts.contains(name),
        }
    }
}
