//! Country-blind review: a case with tokens in the place of names, and back (docs/format.md,
//! section 13).
//!
//! Everything here is a function of a secret seed. Nobody chooses a token, so nobody can hide a
//! hint in one; equal names have equal tokens, so what shares an upstream still does; nothing in
//! the method looks at a name, so the masked case evaluates to the same bits.

mod gazetteer;
mod prepare;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use method::input::{Case, Source};
use tlog::Hash;

pub use crate::body::blind::{MaskMap, Name, NameKind};
pub use gazetteer::words_of;
pub use prepare::{MAX_MAP_BYTES, MAX_TERMS, MAX_TEXT_BYTES, readable, wanted};
pub use text::{Leftover, MaskedText, Replaced, Suspicion, mask_text};

const TOKEN_DOMAIN: &[u8] = b"solferino.org/mask@v1\n";
/// Letters of a token after its kind: 40 bits of a digest.
const TOKEN_LETTERS: usize = 8;
/// Alphabet of RFC 4648, section 6, in lower case.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Kind under which the token of an exhibit's hash is made; hashes are not listed in the map.
const EXHIBIT: &str = "exhibit";

/// Why a map does not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlindError {
    /// A name of the case is not in the map.
    #[error("the map has no token for {kind} {name:?}")]
    Missing {
        /// What it is a name of.
        kind: &'static str,
        /// The name or, on the way back, the token.
        name: String,
    },
    /// A name is listed twice.
    #[error("{kind} {name:?} is in the map twice")]
    Twice {
        /// What it is a name of.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// A token that the seed does not give.
    #[error("the token of {name:?} is {token:?}; the seed gives {expected:?}")]
    WrongToken {
        /// The name.
        name: String,
        /// The token in the map.
        token: String,
        /// What it is.
        expected: String,
    },
    /// Two names with one token: another seed is needed.
    #[error("two names have the token {0:?}")]
    Collision(String),
    /// More states than there are codes for users.
    #[error("the map has more states than ISO 3166-1 has user-assigned codes (42)")]
    TooManyStates,
}

/// A name to be masked, its token not made yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// What it is a name of.
    pub kind: NameKind,
    /// The name.
    pub original: String,
    /// For a term: the state whose token it carries.
    pub of: Option<String>,
}

/// Every name of a case that a reviewer must not see, in order of first appearance.
#[must_use]
pub fn names_of(case: &Case) -> Vec<Wanted> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    let collected = renamed(
        case,
        |kind, original| {
            if seen.insert((kind, original.to_string())) {
                names.push(Wanted {
                    kind,
                    original: original.to_string(),
                    of: None,
                });
            }
            Ok(String::new())
        },
        |_| Ok(String::new()),
    );
    debug_assert!(collected.is_ok(), "collecting cannot fail");
    names
}

/// Makes the map of a seed for names, in their order.
///
/// # Errors
/// [`BlindError::Twice`], [`BlindError::Missing`] for a term of an unlisted state,
/// [`BlindError::Collision`] (take another seed), [`BlindError::TooManyStates`].
pub fn make(seed: Hash, wanted: Vec<Wanted>) -> Result<MaskMap, BlindError> {
    let tokens = tokens(&seed, &wanted)?;
    let names = wanted.into_iter().zip(tokens).map(|(w, token)| Name {
        kind: w.kind,
        original: w.original,
        token,
        of: w.of,
    });
    Ok(MaskMap {
        seed,
        names: names.collect(),
    })
}

/// Checks that a map's tokens are those of its seed and that it covers a case.
///
/// # Errors
/// [`BlindError`] with the first name that is wrong or missing.
pub fn check(map: &MaskMap, case: &Case) -> Result<(), BlindError> {
    let wanted: Vec<_> = map
        .names
        .iter()
        .map(|n| Wanted {
            kind: n.kind,
            original: n.original.clone(),
            of: n.of.clone(),
        })
        .collect();
    for (name, expected) in map.names.iter().zip(tokens(&map.seed, &wanted)?) {
        if name.token != expected {
            return Err(BlindError::WrongToken {
                name: name.original.clone(),
                token: name.token.clone(),
                expected,
            });
        }
    }
    mask(case, map).map(|_| ())
}

/// The case with tokens in the place of names and of exhibit hashes.
///
/// # Errors
/// [`BlindError::Missing`] for a name the map does not have.
pub fn mask(case: &Case, map: &MaskMap) -> Result<Case, BlindError> {
    let tokens: BTreeMap<_, _> = map
        .names
        .iter()
        .map(|n| ((n.kind, n.original.as_str()), n.token.as_str()))
        .collect();
    let exhibit = |hash: &str| Ok(exhibit_token(&map.seed, hash));
    renamed(case, |kind, name| look_up(&tokens, kind, name), exhibit)
}

/// The case as it was, from the masked one; `exhibits` are hashes that may occur.
///
/// # Errors
/// [`BlindError::Missing`] for a token the map, or a hash the list, does not have.
pub fn unmask<'a>(
    case: &Case,
    map: &MaskMap,
    exhibits: impl IntoIterator<Item = &'a str>,
) -> Result<Case, BlindError> {
    let terms = |n: &&Name| n.kind != NameKind::Term;
    let originals: BTreeMap<_, _> = map
        .names
        .iter()
        .filter(terms)
        .map(|n| ((n.kind, n.token.as_str()), n.original.as_str()))
        .collect();
    let hashes: BTreeMap<String, &str> = exhibits
        .into_iter()
        .map(|hash| (exhibit_token(&map.seed, hash), hash))
        .collect();
    let exhibit = |token: &str| {
        let missing = || BlindError::Missing {
            kind: EXHIBIT,
            name: token.to_string(),
        };
        let hash = hashes.get(token).ok_or_else(missing)?;
        Ok((*hash).to_string())
    };
    renamed(
        case,
        |kind, token| look_up(&originals, kind, token),
        exhibit,
    )
}

/// The token of an exhibit's hash: 64 hex digits, so that it stands where a hash stands.
#[must_use]
pub fn exhibit_token(seed: &Hash, hash: &str) -> String {
    digest(seed, EXHIBIT, hash).to_string()
}

fn look_up(
    names: &BTreeMap<(NameKind, &str), &str>,
    kind: NameKind,
    name: &str,
) -> Result<String, BlindError> {
    let missing = || BlindError::Missing {
        kind: kind.as_str(),
        name: name.to_string(),
    };
    let found = names.get(&(kind, name)).ok_or_else(missing)?;
    Ok((*found).to_string())
}

fn digest(seed: &Hash, kind: &str, original: &str) -> Hash {
    let mut bytes = TOKEN_DOMAIN.to_vec();
    bytes.extend_from_slice(seed.as_bytes());
    for part in [kind, original] {
        // Both come out of one statement of at most 65,535 bytes.
        bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    tlog::sha256(&bytes)
}

/// The first eight bytes of a digest as a number, big-endian.
fn leading(digest: &Hash) -> u64 {
    let bytes = digest.as_bytes().iter().take(8);
    bytes.fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn letters(digest: &Hash) -> String {
    let bits = leading(digest) >> (64 - 5 * TOKEN_LETTERS);
    let letter = |at: usize| {
        let place = (bits >> (5 * (TOKEN_LETTERS - 1 - at))) & 31;
        let byte = usize::try_from(place).ok().and_then(|p| BASE32.get(p));
        byte.map_or('a', |b| char::from(*b))
    };
    (0..TOKEN_LETTERS).map(letter).collect()
}

/// The user-assigned codes of ISO 3166-1 alpha-2: QM to QZ, XA to XZ, ZZ, AA.
fn user_codes() -> Vec<String> {
    let row = |first: char, from: char| (from..='Z').map(move |c| format!("{first}{c}"));
    let tail = ["ZZ", "AA"].map(str::to_string);
    row('Q', 'M').chain(row('X', 'A')).chain(tail).collect()
}

/// The token of each name, in order.
fn tokens(seed: &Hash, wanted: &[Wanted]) -> Result<Vec<String>, BlindError> {
    let mut seen = BTreeSet::new();
    for w in wanted {
        if !seen.insert((w.kind, w.original.as_str())) {
            return Err(BlindError::Twice {
                kind: w.kind.as_str(),
                name: w.original.clone(),
            });
        }
    }
    let states = state_tokens(seed, wanted)?;
    let mut taken = BTreeSet::new();
    let mut out = Vec::new();
    for w in wanted {
        let state = |code: &String| {
            states
                .get(code.as_str())
                .cloned()
                .ok_or_else(|| BlindError::Missing {
                    kind: NameKind::State.as_str(),
                    name: code.clone(),
                })
        };
        let token = match (w.kind, &w.of) {
            (NameKind::State, _) => state(&w.original)?,
            (NameKind::Term, Some(code)) => state(code)?,
            (kind, _) => {
                let first = kind
                    .as_str()
                    .chars()
                    .next()
                    .unwrap_or('x')
                    .to_ascii_uppercase();
                let first = if kind == NameKind::Strand { 'S' } else { first };
                format!(
                    "{first}-{}",
                    letters(&digest(seed, kind.as_str(), &w.original))
                )
            }
        };
        if w.of.is_none() && !taken.insert(token.clone()) {
            return Err(BlindError::Collision(token));
        }
        out.push(token);
    }
    Ok(out)
}

/// A user-assigned code for each state, by a digest and the next free one.
fn state_tokens<'a>(
    seed: &Hash,
    wanted: &'a [Wanted],
) -> Result<BTreeMap<&'a str, String>, BlindError> {
    let of_states = || wanted.iter().filter(|w| w.kind == NameKind::State);
    let originals: BTreeSet<_> = of_states().map(|w| w.original.as_str()).collect();
    let codes = user_codes();
    let mut free: Vec<bool> = codes
        .iter()
        .map(|c| !originals.contains(c.as_str()))
        .collect();
    let mut out = BTreeMap::new();
    for w in of_states() {
        let start = leading(&digest(seed, w.kind.as_str(), &w.original)) % codes.len() as u64;
        let start = usize::try_from(start).unwrap_or_default();
        let mut places = (start..codes.len()).chain(0..start);
        let place = places.find(|p| free.get(*p).copied().unwrap_or_default());
        let code = place.and_then(|p| codes.get(p).map(|code| (p, code)));
        let (place, code) = code.ok_or(BlindError::TooManyStates)?;
        if let Some(slot) = free.get_mut(place) {
            *slot = false;
        }
        out.insert(w.original.as_str(), code.clone());
    }
    Ok(out)
}

/// A case with every name and every exhibit hash put through a function, each in its place.
fn renamed(
    case: &Case,
    mut name: impl FnMut(NameKind, &str) -> Result<String, BlindError>,
    exhibit: impl Fn(&str) -> Result<String, BlindError>,
) -> Result<Case, BlindError> {
    let mut out = case.clone();
    let mut put = |kind: NameKind, text: &mut String| -> Result<(), BlindError> {
        *text = name(kind, text)?;
        Ok(())
    };
    for actor in &mut out.hypotheses.actors {
        put(NameKind::Actor, &mut actor.id)?;
        actor
            .state
            .iter_mut()
            .try_for_each(|s| put(NameKind::State, s))?;
    }
    for relation in &mut out.hypotheses.relations {
        put(NameKind::State, &mut relation.state)?;
        let mut blocs = relation.allied.iter_mut().chain(&mut relation.adversary);
        blocs.try_for_each(|b| put(NameKind::Bloc, b))?;
    }
    for strand in &mut out.strands {
        put(NameKind::Strand, &mut strand.id)?;
    }
    for item in &mut out.items {
        put(NameKind::Item, &mut item.id)?;
        put(NameKind::Strand, &mut item.strand)?;
        let ratios = item.lr.iter_mut().map(|r| &mut r.actor);
        let imitated = item.deception.iter_mut().flat_map(|d| &mut d.imitating);
        let mut actors = ratios.chain(imitated.map(|i| &mut i.actor));
        actors.try_for_each(|a| put(NameKind::Actor, a))?;
        item.upstream
            .iter_mut()
            .try_for_each(|u| put(NameKind::Upstream, u))?;
        let Source {
            organisation,
            state,
            bloc,
        } = &mut item.source;
        put(NameKind::Organisation, organisation)?;
        state.iter_mut().try_for_each(|s| put(NameKind::State, s))?;
        bloc.iter_mut().try_for_each(|b| put(NameKind::Bloc, b))?;
        for hash in &mut item.exhibits {
            *hash = exhibit(hash)?;
        }
    }
    Ok(out)
}
