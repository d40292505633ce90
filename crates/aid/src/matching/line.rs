//! The line of a round: who comes before whom, and lots that nobody draws (docs/aid.md, section 6).

use super::round::{Ask, Climb, Round};
use crate::triage::Class;
use sha2::{Digest as _, Sha256};

/// The seed of a round: a hash that the log fixed after the inputs were closed.
pub type Seed = [u8; 32];

/// Class and waiting of an ask as its place in the line sees them, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its class.
    pub class: Class,
    /// Seconds since it was received.
    pub waited_s: u64,
}

impl Waiting {
    pub(super) fn of(ask: &Ask, at_s: i64) -> Self {
        Self {
            class: ask.class,
            waited_s: at_s.saturating_sub(ask.received_s).max(0).unsigned_abs(),
        }
    }

    /// The rank: the class, until long waiting has made it climb. Nothing climbs to P1.
    #[must_use]
    pub fn rank(self, climb: &Climb) -> Class {
        let Self { class, waited_s } = self;
        let both = climb.p4_s.saturating_add(climb.p3_s);
        match class {
            Class::P4 if waited_s >= both => Class::P2,
            Class::P4 if waited_s >= climb.p4_s => Class::P3,
            Class::P3 if waited_s >= climb.p3_s => Class::P2,
            class => class,
        }
    }
}

/// The halves of all lots of a round.
pub(super) struct Lots {
    asks: Vec<u64>,
    helpers: Vec<u64>,
}

impl Lots {
    pub(super) fn new(round: &Round, seed: &Seed) -> Self {
        Self {
            asks: round
                .asks
                .iter()
                .map(|ask| half(seed, ask.id.as_str()))
                .collect(),
            helpers: round
                .helpers
                .iter()
                .map(|helper| half(seed, helper.id.as_str()))
                .collect(),
        }
    }

    fn of_ask(&self, ask: usize) -> u64 {
        mix(self.asks[ask])
    }

    /// The lot of a pair; the lower comes first.
    pub(super) fn of_pair(&self, ask: usize, helper: usize) -> u64 {
        mix(self.asks[ask] ^ self.helpers[helper].rotate_left(32))
    }
}

fn half(seed: &Seed, name: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(b"solferino aid lot 1\n");
    hash.update(seed);
    hash.update(name);
    let hash: [u8; 32] = hash.finalize().into();
    let (first, _) = hash.split_at(8);
    first
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// SplitMix64 (Steele, Lea, Flood 2014): a fixed bijection that leaves no order behind.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The asks of a canonical round, first of the line first.
pub(super) fn line(round: &Round, lots: &Lots) -> Vec<usize> {
    let mut line: Vec<usize> = (0..round.asks.len()).collect();
    line.sort_by_cached_key(|&ask| {
        let waiting = Waiting::of(&round.asks[ask], round.at_s);
        let longest_first = u64::MAX - waiting.waited_s;
        (
            waiting.rank(&round.climb),
            longest_first,
            lots.of_ask(ask),
            ask,
        )
    });
    line
}
