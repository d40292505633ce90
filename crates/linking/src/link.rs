//! Earlier cases that share observables with a new one (docs/linking.md, "Weights" and "Limits").

use crate::index::Index;
use crate::key::Key;
use crate::weight::{counted_mbits, weight_mbits};

/// An observable that more earlier cases hold links nothing, however many cases there are.
pub const MAX_CASES_PER_OBSERVABLE: u32 = 1_000;
/// An observable that more than this part of the earlier cases hold links nothing, in parts per million …
pub const COMMON_SHARE_PPM: u32 = 500_000;
/// … once there are this many earlier cases; among fewer, a part says nothing.
pub const COMMON_FROM_CASES: u32 = 10;
/// Most pairs of shared observable and case that one question looks at.
pub const MAX_POSTINGS: u64 = 1_000_000;
/// Links given back, unless asked for otherwise.
pub const MAX_LINKS: usize = 20;
/// Families are told apart below this number; all others are one.
pub const MAX_FAMILIES: u8 = 8;

/// An observable of the new case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sought {
    /// Its key.
    pub key: Key,
    /// The family whose observables come together, below [`MAX_FAMILIES`]; each further one counts less.
    pub family: u8,
}

/// What counts and how much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// See [`MAX_CASES_PER_OBSERVABLE`].
    pub max_cases_per_observable: u32,
    /// See [`COMMON_SHARE_PPM`].
    pub common_share_ppm: u32,
    /// See [`COMMON_FROM_CASES`].
    pub common_from_cases: u32,
    /// See [`MAX_POSTINGS`].
    pub max_postings: u64,
    /// How many links are given back; see [`MAX_LINKS`].
    pub max_links: usize,
    /// A case of the index that is not an earlier one: the new case itself.
    pub except: Option<u32>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_cases_per_observable: MAX_CASES_PER_OBSERVABLE,
            common_share_ppm: COMMON_SHARE_PPM,
            common_from_cases: COMMON_FROM_CASES,
            max_postings: MAX_POSTINGS,
            max_links: MAX_LINKS,
            except: None,
        }
    }
}

/// An observable of the new case that earlier cases hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its place in the question.
    pub sought: usize,
    /// How many earlier cases hold it.
    pub cases: u32,
}

/// An observable two cases share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Its place in the question.
    pub sought: usize,
    /// How many earlier cases hold it.
    pub cases: u32,
    /// Its rarity, in thousandths of a bit.
    pub weight_mbits: u32,
    /// What it counts for here, after rarer ones of its family, in thousandths of a bit.
    pub counted_mbits: u32,
    /// The earliest day a case of the index holds it, in days from 1970-01-01.
    pub first_day: Option<u16>,
}

/// An earlier case and what it shares with the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The earlier case, a number of the index.
    pub case: u32,
    /// The sum of what its shared observables count for, in thousandths of a bit.
    pub score_mbits: u64,
    /// What is shared, the rarest first.
    pub shared: Vec<Shared>,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// How many earlier cases there are.
    pub earlier: u32,
    /// How many different observables of the question any of them holds.
    pub known: usize,
    /// Those held by too many: they link nothing.
    pub common: Vec<Known>,
    /// Those the limit on work left no room for, the commonest; not empty means the answer was cut.
    pub cut: Vec<Known>,
    /// How many earlier cases share something that counts.
    pub cases: usize,
    /// The strongest links; of equal ones the first by name.
    pub links: Vec<Link>,
}

/// Memory that questions to one index share, four bytes per case, so that each need not clear its own.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// For each case, its place among the scored ones; [`NOWHERE`] between questions.
    places: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

/// A known observable while it is being followed.
#[derive(Clone, Copy, Debug)]
struct Hit {
    sought: u32,
    slot: u32,
    reference: u32,
    cases: u32,
}

impl Hit {
    fn known(&self) -> Known {
        Known {
            sought: self.sought as usize,
            cases: self.cases,
        }
    }
}

/// A case while it is being scored.
#[derive(Clone, Copy, Debug)]
struct Scored {
    case: u32,
    score_mbits: u64,
    /// How many observables of each family it shares, as far as they count.
    ranks: [u8; MAX_FAMILIES as usize],
}

impl<B: AsRef<[u8]>> Index<B> {
    /// The earlier cases that share observables with a new case, strongest first.
    ///
    /// Cost: two reads per observable asked for, and one per pair of shared observable and case, of which there are
    /// at most [`Policy::max_postings`].
    pub fn link(&self, sought: &[Sought], policy: &Policy, scratch: &mut Scratch) -> Links {
        let except = policy.except.filter(|case| *case < self.cases());
        let earlier = self.cases() - u32::from(except.is_some());
        let mut hits = self.hits(sought, except);
        let mut links = Links {
            earlier,
            known: hits.len(),
            ..Links::default()
        };
        let is_common = |hit: &Hit| {
            let share = u64::from(hit.cases) * 1_000_000;
            let too_large = share > u64::from(earlier) * u64::from(policy.common_share_ppm);
            hit.cases > policy.max_cases_per_observable
                || (earlier >= policy.common_from_cases && too_large)
        };
        let rare = hits.partition_point(|hit| !is_common(hit));
        links.common = hits.drain(rare..).map(|hit| hit.known()).collect();
        let mut work = 0;
        let affordable = hits.iter().take_while(|hit| {
            work += u64::from(hit.cases);
            work <= policy.max_postings
        });
        let followed = affordable.count();
        links.cut = hits.drain(followed..).map(|hit| hit.known()).collect();
        let question = Question {
            index: self,
            sought,
            hits,
            earlier,
            except,
        };
        question.answer(policy.max_links, scratch, &mut links);
        links
    }

    /// The observables that are known, rarest first. Each step reads for all of them before the next step needs
    /// it, so that waiting for memory overlaps.
    fn hits(&self, sought: &[Sought], except: Option<u32>) -> Vec<Hit> {
        let slots: Vec<_> = sought.iter().map(|s| self.slots(s.key)).collect();
        let filled = slots.iter().filter(|slots| !slots.is_empty());
        // Only the reading matters here: what it fetches, the next step finds near.
        let touched = filled.fold(0, |sum, slots| sum ^ self.key(slots.start).low);
        std::hint::black_box(touched);
        let mut hits: Vec<Hit> = Vec::new();
        for (at, (sought, mut slots)) in sought.iter().zip(slots).enumerate() {
            if let Some(slot) = slots.find(|slot| self.key(*slot) == sought.key) {
                // There are fewer observables than 2^31, and a question fits them.
                hits.push(Hit {
                    sought: at as u32,
                    slot: slot as u32,
                    reference: 0,
                    cases: 0,
                });
            }
        }
        for hit in &mut hits {
            hit.reference = self.reference(hit.slot as usize);
        }
        for hit in &mut hits {
            hit.cases = self.holding(hit.reference);
        }
        if let Some(except) = except {
            for hit in &mut hits {
                hit.cases -= u32::from(self.holds(hit.reference, hit.cases, except));
            }
            hits.retain(|hit| hit.cases > 0);
        }
        // Slots differ, so the order is one whatever the order of the question.
        let rarest_first = |hit: &Hit| {
            let cases_and_slot = (u64::from(hit.cases) << 32) | u64::from(hit.slot);
            (cases_and_slot, hit.sought)
        };
        hits.sort_unstable_by_key(rarest_first);
        // What is asked for twice is shared once.
        hits.dedup_by_key(|hit| hit.slot);
        hits
    }

    /// Whether a case is among the `count` cases of a reference, which are in order.
    fn holds(&self, reference: u32, count: u32, case: u32) -> bool {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.holder(reference, middle) < case {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low < count && self.holder(reference, low) == case
    }
}

/// What is followed for one answer.
struct Question<'a, B> {
    index: &'a Index<B>,
    sought: &'a [Sought],
    /// Rarest first.
    hits: Vec<Hit>,
    earlier: u32,
    except: Option<u32>,
}

impl<B: AsRef<[u8]>> Question<'_, B> {
    /// Scores every case that holds one of the hits and explains the strongest.
    fn answer(&self, max_links: usize, scratch: &mut Scratch, links: &mut Links) {
        scratch.places.resize(self.index.cases() as usize, NOWHERE);
        let places = &mut scratch.places;
        let mut scored: Vec<Scored> = Vec::new();
        self.each_holder(|hit, weight_mbits, case| {
            let place = &mut places[case as usize];
            if *place == NOWHERE {
                *place = scored.len() as u32;
                scored.push(Scored {
                    case,
                    score_mbits: 0,
                    ranks: [0; MAX_FAMILIES as usize],
                });
            }
            let scored = &mut scored[*place as usize];
            let rank = &mut scored.ranks[self.family(hit)];
            scored.score_mbits += u64::from(counted_mbits(weight_mbits, *rank));
            *rank = rank.saturating_add(1);
        });
        for scored in &scored {
            places[scored.case as usize] = NOWHERE;
        }
        links.cases = scored.len();
        let strongest_first = |s: &Scored| (std::cmp::Reverse(s.score_mbits), s.case);
        if scored.len() > max_links {
            scored.select_nth_unstable_by_key(max_links, strongest_first);
            scored.truncate(max_links);
        }
        scored.sort_unstable_by_key(strongest_first);
        links.links = self.explained(&scored, places);
    }

    /// What each of these cases shares, found by going through the hits once more.
    fn explained(&self, scored: &[Scored], places: &mut [u32]) -> Vec<Link> {
        let mut links = Vec::with_capacity(scored.len());
        for (place, scored) in scored.iter().enumerate() {
            places[scored.case as usize] = place as u32;
            links.push(Link {
                case: scored.case,
                score_mbits: scored.score_mbits,
                shared: Vec::new(),
            });
        }
        let mut ranks = vec![[0_u8; MAX_FAMILIES as usize]; links.len()];
        self.each_holder(|hit, weight_mbits, case| {
            let place = places[case as usize] as usize;
            let (Some(link), Some(ranks)) = (links.get_mut(place), ranks.get_mut(place)) else {
                return;
            };
            let rank = &mut ranks[self.family(hit)];
            link.shared.push(Shared {
                sought: hit.sought as usize,
                cases: hit.cases,
                weight_mbits,
                counted_mbits: counted_mbits(weight_mbits, *rank),
                first_day: self.index.day(hit.slot as usize),
            });
            *rank = rank.saturating_add(1);
        });
        for scored in scored {
            places[scored.case as usize] = NOWHERE;
        }
        links
    }

    /// Every earlier case of every hit, with the hit's weight, rarest first.
    fn each_holder(&self, mut give: impl FnMut(&Hit, u32, u32)) {
        let (mut cases, mut weight) = (0, 0);
        for hit in &self.hits {
            // Hits that as many cases hold stand together.
            if hit.cases != cases {
                (cases, weight) = (hit.cases, weight_mbits(self.earlier, hit.cases));
            }
            for nth in 0..self.index.holding(hit.reference) {
                let case = self.index.holder(hit.reference, nth);
                if Some(case) != self.except {
                    give(hit, weight, case);
                }
            }
        }
    }

    fn family(&self, hit: &Hit) -> usize {
        let family = self.sought[hit.sought as usize].family;
        usize::from(family.min(MAX_FAMILIES - 1))
    }
}
