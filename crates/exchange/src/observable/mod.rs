//! What can be observed and compared: addresses, names, hashes, in one spelling each.
//!
//! docs/linking.md gives the canonical forms. Two observables are the same if and only if their canonical texts are.

mod canonical;
mod extract;

use std::fmt;

pub use canonical::{MAX_VALUE_BYTES, canonical};
pub use extract::{Left, MAX_LEFT_REASONS, Tally, day_of, observables};

/// What kind of thing an observable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names are STIX's, see `Kind::name`
pub enum Kind {
    AutonomousSystem,
    CertificateHash,
    CertificateSerial,
    Directory,
    DomainName,
    EmailAddr,
    FileHash,
    FileName,
    Ipv4Addr,
    Ipv6Addr,
    MacAddr,
    Mutex,
    ProcessName,
    RegistryKey,
    Url,
    UserAccount,
}

/// Kinds that tend to come together: a kit brings all its hashes, a server all its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Family {
    /// Numbers on the network: addresses, autonomous systems.
    Addresses,
    /// Names on the network: domains, URLs.
    Domains,
    /// Mailboxes and accounts.
    Accounts,
    /// The bytes of files.
    Contents,
    /// What software leaves on a machine: file names, folders, mutexes, registry keys, processes.
    Traces,
    /// Certificates.
    Certificates,
}

impl Kind {
    /// Every kind, in the order of their names.
    pub const ALL: &'static [Self] = &[
        Self::AutonomousSystem,
        Self::CertificateHash,
        Self::CertificateSerial,
        Self::Directory,
        Self::DomainName,
        Self::EmailAddr,
        Self::FileHash,
        Self::FileName,
        Self::Ipv4Addr,
        Self::Ipv6Addr,
        Self::MacAddr,
        Self::Mutex,
        Self::ProcessName,
        Self::RegistryKey,
        Self::Url,
        Self::UserAccount,
    ];

    /// Its name in canonical texts; part of the format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AutonomousSystem => "autonomous-system",
            Self::CertificateHash => "certificate-hash",
            Self::CertificateSerial => "certificate-serial",
            Self::Directory => "directory",
            Self::DomainName => "domain-name",
            Self::EmailAddr => "email-addr",
            Self::FileHash => "file-hash",
            Self::FileName => "file-name",
            Self::Ipv4Addr => "ipv4-addr",
            Self::Ipv6Addr => "ipv6-addr",
            Self::MacAddr => "mac-addr",
            Self::Mutex => "mutex",
            Self::ProcessName => "process-name",
            Self::RegistryKey => "windows-registry-key",
            Self::Url => "url",
            Self::UserAccount => "user-account",
        }
    }

    /// What it comes together with.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::AutonomousSystem | Self::Ipv4Addr | Self::Ipv6Addr | Self::MacAddr => {
                Family::Addresses
            }
            Self::DomainName | Self::Url => Family::Domains,
            Self::EmailAddr | Self::UserAccount => Family::Accounts,
            Self::FileHash => Family::Contents,
            Self::Directory
            | Self::FileName
            | Self::Mutex
            | Self::ProcessName
            | Self::RegistryKey => Family::Traces,
            Self::CertificateHash | Self::CertificateSerial => Family::Certificates,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An observable in its canonical form. [`canonical`] is the only way to make one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observable {
    kind: Kind,
    value: String,
}

impl Observable {
    /// What kind of thing it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its canonical value; a hash with its algorithm in front, such as `sha-256:ab…`.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// The canonical text: kind, colon, value.
impl fmt::Display for Observable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.value)
    }
}
