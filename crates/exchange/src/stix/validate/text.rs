//! Texts of a certain form: what a URI, an address, a language tag is.

use core::net::{Ipv4Addr, Ipv6Addr};

/// RFC 3986 with a scheme. Every character must be one of its own; others are to be percent-encoded.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    // Square brackets stand around an IP address in the authority, nowhere else.
    let (authority, path) = match before.strip_prefix("//") {
        Some(inside) => inside.split_at(inside.find(['/', '?']).unwrap_or(inside.len())),
        None => ("", before),
    };
    let brackets = authority.bytes().filter(|b| b"[]".contains(b)).count();
    let authority_fits = brackets == 0 || authority.contains('[') && brackets == 2;
    scheme_fits
        && !rest.is_empty()
        && authority_fits
        && percent_encoded(authority, b"[]")
        && percent_encoded(path, b"/?")
        && percent_encoded(fragment, b"/?")
}

/// Unreserved characters, sub-delimiters, `:`, `@`, these, and `%` with two digits.
fn percent_encoded(text: &str, also: &[u8]) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => {
            let digits = bytes.get(at + 1..at + 3).unwrap_or_default();
            digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit)
        }
        byte => {
            byte.is_ascii_alphanumeric()
                || b"-._~!$&'()*+,;=:@".contains(byte)
                || also.contains(byte)
        }
    })
}

/// Base64 of RFC 4648, section 4, with padding. Bits that padding leaves over are not looked at.
pub(super) fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && digits
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b))
}

/// An even number of hexadecimal digits.
pub(super) fn is_hex(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// 3 to 250 of a-z, 0-9 and underscore, a letter first (section 3.1); `id` is the one shorter name.
pub(super) fn is_property_name(name: &str) -> bool {
    name == "id"
        || (3..=250).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// 1 to 250 ASCII letters, digits, hyphens and underscores (section 2.3).
pub(super) fn is_dictionary_key(key: &str) -> bool {
    (1..=250).contains(&key.len())
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// The name of an extension without a definition: `…-ext` (section 11.3.1).
pub(super) fn is_extension_name(name: &str) -> bool {
    name.ends_with("-ext")
        && (3..=250).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A hash in the form its algorithm gives it; `None` for algorithms whose form is not known. Patterns spell their names
/// freely, so case and hyphens do not count.
pub(crate) fn hash_fits(algorithm: &str, digits: &str) -> Option<bool> {
    let hex = |length: usize| {
        Some(digits.len() == length && digits.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let plain: String = algorithm.chars().filter(|c| *c != '-').collect();
    match plain.to_ascii_uppercase().as_str() {
        "MD5" => hex(32),
        "SHA1" => hex(40),
        "SHA224" | "SHA3224" => hex(56),
        "SHA256" | "SHA3256" => hex(64),
        "SHA384" | "SHA3384" => hex(96),
        "SHA512" | "SHA3512" => hex(128),
        // Blocksize, two digests in base64; a comma and a file name may follow in some tools' output.
        "SSDEEP" => Some(
            !digits.is_empty()
                && digits.len() <= 255
                && digits
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"/+:.".contains(&b)),
        ),
        // 35 bytes, with or without the version in front.
        "TLSH" => {
            let bare = digits.strip_prefix("T1").filter(|rest| rest.len() == 70);
            let bare = bare.unwrap_or(digits);
            Some(bare.len() == 70 && bare.bytes().all(|b| b.is_ascii_hexdigit()))
        }
        _ => None,
    }
}

/// A prefix length in its one spelling.
fn is_prefix(text: &str, max: u32) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain && text.parse::<u32>().is_ok_and(|length| length <= max)
}

/// An IPv4 address, or a block in CIDR notation.
pub(crate) fn is_ipv4(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "32"));
    address.parse::<Ipv4Addr>().is_ok() && is_prefix(length, 32)
}

/// An IPv6 address, or a block in CIDR notation; a zone may follow the address (RFC 4007).
pub(crate) fn is_ipv6(text: &str) -> bool {
    let (address, length) = text.split_once('/').unwrap_or((text, "128"));
    let (address, zone) = address.split_once('%').unwrap_or((address, "0"));
    address.parse::<Ipv6Addr>().is_ok() && is_prefix(length, 128) && !zone.is_empty()
}

/// A MAC-48 address in lower case with colons (section 6.10).
pub(super) fn is_mac(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 17
        && bytes.iter().enumerate().all(|(at, byte)| match at % 3 {
            2 => *byte == b':',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// A domain name: labels of 1 to 63 letters (of any script), digits, hyphens inside, and underscores as service names have
/// them (RFC 1034, section 3.1; RFC 5890; RFC 8552).
pub(super) fn is_domain(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let label_fits = |label: &str| {
        (1..=63).contains(&label.chars().count())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| {
                c.is_ascii_alphanumeric() || "-_".contains(c) || !c.is_ascii() && !c.is_whitespace()
            })
    };
    name.len() <= 1000 && name.chars().count() <= 253 && name.split('.').all(label_fits)
}

/// The addr-spec of RFC 5322: something, an at sign, something; no display name, no angle brackets.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else {
        return false;
    };
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    let plain = |s: &str| {
        !s.chars()
            .any(|c| c.is_whitespace() || c.is_control() || "<>".contains(c))
    };
    !local.is_empty()
        && !host.is_empty()
        && plain(host)
        && (quoted || plain(local) && !local.contains('@'))
}

/// A name in CPE 2.3 formatted-string binding (NISTIR 7695, section 6.2): `cpe:2.3:` and eleven components.
pub(super) fn is_cpe(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("cpe:2.3:") else {
        return false;
    };
    let mut components = vec![String::new()];
    let mut escaped = false;
    for c in rest.chars() {
        match components.last_mut() {
            Some(component) if escaped || c != ':' => component.push(c),
            _ => components.push(String::new()),
        }
        escaped = c == '\\' && !escaped;
    }
    let part_fits = matches!(components[0].as_str(), "a" | "h" | "o" | "*" | "-");
    components.len() == 11
        && part_fits
        && !escaped
        && components.iter().all(|c| is_cpe_component(c))
}

fn is_cpe_component(component: &str) -> bool {
    if matches!(component, "*" | "-") {
        return true;
    }
    let inside = component.trim_matches(['*', '?']);
    let mut escaped = false;
    let fits = inside.chars().all(|c| {
        let fits = escaped || c.is_ascii_alphanumeric() || "-._\\~%".contains(c);
        escaped = c == '\\' && !escaped;
        fits && c.is_ascii_graphic()
    });
    fits && !inside.is_empty()
}

/// The hive's name of a registry key is cut (section 6.17.1).
pub(super) fn has_short_hive(key: &str) -> bool {
    let hive = key.split('\\').next().unwrap_or_default();
    ["HKLM", "HKCC", "HKCR", "HKCU", "HKU"]
        .iter()
        .any(|short| hive.eq_ignore_ascii_case(short))
}

/// A name of the IANA character set registry, or the preferred MIME name where one is defined (section 3.9.1).
pub(super) fn is_character_set(name: &str) -> bool {
    const NAMES: &str = include_str!("../../../data/character-sets.txt");
    NAMES.lines().any(|known| known.eq_ignore_ascii_case(name))
}

/// `type/subtype` of the IANA registry's top-level types.
pub(super) fn is_media_type(text: &str) -> bool {
    const TOP: &[&str] = &[
        "application",
        "audio",
        "font",
        "haptics",
        "image",
        "message",
        "model",
        "multipart",
        "text",
        "video",
    ];
    let (top, sub) = text.split_once('/').unwrap_or((text, ""));
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$&^_.+-".contains(c);
    TOP.contains(&top) && !sub.is_empty() && sub.chars().all(token)
}

/// What a language tag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Fits,
    /// A code of three letters for a language that has one of two, which RFC 5646 asks for.
    Longer(&'static str),
    /// Of the right form, and no language has this code.
    Unknown,
    /// Not of the form.
    Malformed,
}

/// Codes of families and groups of languages (ISO 639-5).
const COLLECTIONS: &str = "aav afa alg alv apa aqa aql art ath auf aus awd azc bad bai bat ber bih bnt btk cai cau cba ccn ccs cdc \
    cdd cel cmc cpe cpf cpp crp csu cus day dmn dra egx esx euq fiu fox gem gme gmq gmw grk hmx hok hyx iir ijo inc ine ira iro \
    itc jpx kar kdo khi kro map mkh mno mun myn nah nai ngf nic nub omq omv oto paa phi plf poz pqe pqw pra qwe roa sai sal sdv \
    sem sgn sio sit sla smi son sqj ssa syd tai tbq trk tup tut tuw tyn urj wak wen xgn xnd ypk zhx zle zls zlw znd";

/// Judges a language tag by RFC 5646: its form, and whether ISO 639 knows the language.
pub(super) fn language(tag: &str) -> Tag {
    let mut subtags = tag.split('-');
    let first = subtags.next().unwrap_or_default();
    let rest: Vec<&str> = subtags.collect();
    let subtag_fits =
        |s: &&str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    if !rest.iter().all(subtag_fits) {
        return Tag::Malformed;
    }
    if first.eq_ignore_ascii_case("x") || first.eq_ignore_ascii_case("i") {
        return if rest.is_empty() {
            Tag::Malformed
        } else {
            Tag::Fits
        };
    }
    if !(2..=3).contains(&first.len()) || !first.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Tag::Malformed;
    }
    if !in_order(&rest) {
        return Tag::Malformed;
    }
    let code = first.to_ascii_lowercase();
    if code.len() == 2 {
        return match isolang::Language::from_639_1(&code) {
            Some(_) => Tag::Fits,
            None => Tag::Unknown,
        };
    }
    // Codes set aside for local use, and codes of collections (ISO 639-5), which the registry of RFC 5646 lists too.
    let reserved = ("qaa".."qua").contains(&code.as_str())
        || matches!(code.as_str(), "mul" | "und" | "zxx" | "mis")
        || COLLECTIONS
            .split_ascii_whitespace()
            .any(|known| known == code);
    match isolang::Language::from_639_3(&code).map(|language| language.to_639_1()) {
        Some(Some(shorter)) => Tag::Longer(shorter),
        Some(None) => Tag::Fits,
        None if reserved => Tag::Fits,
        None => Tag::Unknown,
    }
}

/// Extended language, script, region, variants, extensions, private use: in this order (RFC 5646, section 2.1).
fn in_order(subtags: &[&str]) -> bool {
    let mut stage = 0;
    for subtag in subtags {
        let letters = subtag.bytes().all(|b| b.is_ascii_alphabetic());
        let digits = subtag.bytes().all(|b| b.is_ascii_digit());
        let this = match subtag.len() {
            1 => 4,
            _ if stage == 4 => 4,
            3 if letters => 0,
            4 if letters => 1,
            2 if letters => 2,
            3 if digits => 2,
            4 if subtag.starts_with(|c: char| c.is_ascii_digit()) => 3,
            5..=8 => 3,
            _ => return false,
        };
        // Script and region come once.
        if this < stage || this == stage && (this == 1 || this == 2) {
            return false;
        }
        stage = this;
    }
    true
}
