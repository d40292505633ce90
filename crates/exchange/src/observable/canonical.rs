//! One spelling per observable.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Kind, Observable};

/// Longest value of an observable, in bytes.
pub const MAX_VALUE_BYTES: usize = 8192;

/// Hash algorithms: canonical name, and the length of its hexadecimal form in characters.
const ALGORITHMS: &[(&str, usize)] = &[
    ("md5", 32),
    ("sha-1", 40),
    ("sha-224", 56),
    ("sha-256", 64),
    ("sha-384", 96),
    ("sha-512", 128),
    ("sha3-256", 64),
    ("sha3-512", 128),
];

/// The observable in its canonical form; `None` if the value is not of this kind.
///
/// A hash is given as `ALGORITHM:DIGITS`. A domain name or an address of one IP version that is an IP address (of
/// the other version) becomes what it is: published files write `domain-name:value = '192.0.2.1'`.
#[must_use]
pub fn canonical(kind: Kind, value: &str) -> Option<Observable> {
    if value.len() > MAX_VALUE_BYTES || value.trim().is_empty() {
        return None;
    }
    let made = |value| Some(Observable { kind, value });
    match kind {
        Kind::DomainName => address(value).or_else(|| made(domain(value)?)),
        Kind::Ipv4Addr | Kind::Ipv6Addr => address(value),
        Kind::EmailAddr => {
            let (local, host) = value.rsplit_once('@')?;
            let host = domain(host)?;
            (!local.is_empty())
                .then(|| format!("{local}@{host}"))
                .and_then(made)
        }
        Kind::Url => made(url(value)),
        Kind::FileHash | Kind::CertificateHash => {
            let (algorithm, digits) = value.split_once(':')?;
            made(hash(algorithm, digits)?)
        }
        Kind::CertificateSerial => made(hexadecimal(value)?),
        Kind::MacAddr => {
            let digits = hexadecimal(value).filter(|digits| digits.len() == 12)?;
            let pairs: Vec<&str> = (0..6).map(|i| &digits[2 * i..2 * i + 2]).collect();
            made(pairs.join(":"))
        }
        Kind::AutonomousSystem => {
            let digits = value
                .strip_prefix("AS")
                .or_else(|| value.strip_prefix("as"));
            let number: u32 = digits.unwrap_or(value).parse().ok()?;
            made(number.to_string())
        }
        Kind::RegistryKey => made(registry(value)?),
        // The case of these is kept: most systems that use them tell it apart.
        Kind::Directory | Kind::FileName | Kind::Mutex | Kind::ProcessName | Kind::UserAccount => {
            made(value.to_owned())
        }
    }
}

/// Lower case, without the final dot. Internationalised names are left as they are written.
fn domain(value: &str) -> Option<String> {
    let value = value
        .strip_suffix('.')
        .unwrap_or(value)
        .to_ascii_lowercase();
    let is_name = !value.is_empty()
        && !value.starts_with('.')
        && !value.ends_with('.')
        && !value.contains("..")
        && !value
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "/@:\\".contains(c));
    is_name.then_some(value)
}

/// An IP address or a CIDR block; a block of one address is that address, and host bits of a block are cleared.
fn address(value: &str) -> Option<Observable> {
    let (address, length) = match value.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (value, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let (kind, bits) = match address {
        IpAddr::V4(_) => (Kind::Ipv4Addr, 32),
        IpAddr::V6(_) => (Kind::Ipv6Addr, 128),
    };
    let length: u32 = match length {
        Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok()?,
        Some(_) => return None,
        None => bits,
    };
    if length > bits {
        return None;
    }
    let value = match address {
        _ if length == bits => address.to_string(),
        IpAddr::V4(a) => {
            let mask = u32::MAX.checked_shl(bits - length).unwrap_or(0);
            format!("{}/{length}", Ipv4Addr::from(u32::from(a) & mask))
        }
        IpAddr::V6(a) => {
            let mask = u128::MAX.checked_shl(bits - length).unwrap_or(0);
            format!("{}/{length}", Ipv6Addr::from(u128::from(a) & mask))
        }
    };
    Some(Observable { kind, value })
}

/// Scheme and host in lower case, the rest as given.
fn url(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else {
        return value.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (format!("{user}@"), host),
        None => (String::new(), authority),
    };
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    format!("{scheme}://{user}{host}{rest}")
}

/// `sha-256:ab…`; algorithms are told apart without case, hyphens and underscores, as published files spell them freely.
fn hash(algorithm: &str, digits: &str) -> Option<String> {
    let plain = |name: &str| name.to_ascii_lowercase().replace(['-', '_'], "");
    let meant = plain(algorithm);
    // Similarity digests tell case apart.
    if let "ssdeep" | "tlsh" = meant.as_str() {
        return (!digits.is_empty()).then(|| format!("{meant}:{digits}"));
    }
    let (name, length) = ALGORITHMS.iter().find(|(name, _)| plain(name) == meant)?;
    let is_hash = digits.len() == *length && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| format!("{name}:{}", digits.to_ascii_lowercase()))
}

/// Lower-case hexadecimal digits, without the colons, hyphens and spaces between them.
fn hexadecimal(value: &str) -> Option<String> {
    let digits: String = value.chars().filter(|c| !":- ".contains(*c)).collect();
    let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    all.then(|| digits.to_ascii_lowercase())
}

/// Lower case, because Windows does not tell it apart, with the hive's name in full as STIX asks.
fn registry(value: &str) -> Option<String> {
    const HIVES: &[(&str, &str)] = &[
        ("hklm", "hkey_local_machine"),
        ("hkcu", "hkey_current_user"),
        ("hkcr", "hkey_classes_root"),
        ("hku", "hkey_users"),
        ("hkcc", "hkey_current_config"),
    ];
    let value = value.to_lowercase();
    let value = value.trim_end_matches('\\');
    let (hive, rest) = match value.find('\\') {
        Some(at) => value.split_at(at),
        None => (value, ""),
    };
    let full = HIVES.iter().find(|(short, _)| *short == hive);
    let key = format!("{}{rest}", full.map_or(hive, |(_, full)| full));
    (!key.is_empty()).then_some(key)
}
