//! Who could fill a slot, and if not, why not: hard edges, all of which exclude and none of which raises.

use super::round::{Ask, Helper, Round};
use crate::hours::WeekHours;
use crate::request::Tlp;
use crate::skill::Slot;
use crate::text::Id;
use crate::words::words;
use std::collections::BTreeMap;

/// Hours of the week two people have to have in common.
pub const MIN_COMMON_HOURS: u32 = 4;

words! {
    /// What stands between a slot and a helper. The catalogue has words for each under `coded.aid-barrier.WORD`.
    Barrier, "barrier";
    /// They do not have the skill.
    NoSkill = "no-skill",
    /// They do not have it well enough.
    Level = "level",
    /// No language in common, and none interpreted.
    Language = "language",
    /// What is told may not travel to them.
    Tlp = "tlp",
    /// They do not work under that law.
    Jurisdiction = "jurisdiction",
    /// The requester has not let it be shown to helpers.
    NoConsent = "no-consent",
    /// They have an interest in a party.
    Conflict = "conflict",
    /// The requester does not want them.
    Refused = "refused",
    /// They are never up at the same time.
    Hours = "hours",
    /// Nobody vetted them.
    NotVetted = "not-vetted",
    /// Their vetting ran out.
    VettingExpired = "vetting-expired",
    /// The desk dismissed them.
    Dismissed = "dismissed",
    /// They signed another version of the code of conduct, or none.
    OtherCode = "other-code",
    /// They sit on a panel that investigates.
    OnPanel = "on-panel",
    /// They have to rest.
    Resting = "resting",
    /// They have no hours left.
    NoHours = "no-hours",
}

impl Barrier {
    /// Key of its words in the catalogues.
    #[must_use]
    pub fn text_key(self) -> String {
        format!("coded.aid-barrier.{self}")
    }
}

/// A set of barriers; empty if a helper could fill a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Barriers(u32);

impl Barriers {
    fn put(&mut self, barrier: Barrier, stands: bool) {
        self.0 |= u32::from(stands) << barrier as u32;
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The barriers in the order of the page.
    pub(super) fn list(self) -> Vec<Barrier> {
        let all = Barrier::ALL.iter().copied();
        all.filter(|barrier| self.0 >> *barrier as u32 & 1 == 1)
            .collect()
    }
}

/// Numbers for texts, so that millions of pairs are compared by number. Which number a text gets decides nothing.
#[derive(Default)]
struct Numbers<'a>(BTreeMap<&'a str, u32>);

impl<'a> Numbers<'a> {
    fn of(&mut self, text: &'a str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(text).or_insert(next)
    }

    fn all(&mut self, texts: impl Iterator<Item = &'a str>) -> Vec<u32> {
        let mut numbers: Vec<u32> = texts.map(|text| self.of(text)).collect();
        numbers.sort_unstable();
        numbers
    }
}

fn have_common(one: &[u32], other: &[u32]) -> bool {
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (one.get(i), other.get(j)) {
        match a.cmp(b) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
        }
    }
    false
}

struct AskSide {
    /// Whether helpers may see it.
    shared: bool,
    /// Nothing if an interpreter is there anyway.
    languages: Option<Vec<u32>>,
    tlp: Tlp,
    jurisdiction: Option<u32>,
    parties: Vec<u32>,
    refused: Vec<u32>,
    hours: Option<WeekHours>,
}

struct HelperSide {
    languages: Vec<u32>,
    tlp: Tlp,
    excludes: Vec<u32>,
    interests: Vec<u32>,
    hours: WeekHours,
    unfit: Barriers,
}

/// Both sides of a round with every text as a number.
pub(super) struct Sides {
    asks: Vec<AskSide>,
    helpers: Vec<HelperSide>,
}

impl Sides {
    /// The round has to be canonical: helpers ascend by name.
    pub(super) fn new(round: &Round) -> Self {
        let (mut languages, mut places) = (Numbers::default(), Numbers::default());
        let mut parties = Numbers::default();
        let helper = |helper| helper_side(helper, &mut languages, &mut places, &mut parties);
        let helpers = round.helpers.iter().map(helper).collect();
        let number = |id: &Id| round.helpers.binary_search_by(|helper| helper.id.cmp(id));
        let one = |ask: &'_ Ask| AskSide {
            shared: ask.share_with_helpers,
            languages: languages_of(round, ask).map(|all| {
                let known = all.iter().filter_map(|one| languages.0.get(one).copied());
                sorted(known.collect())
            }),
            tlp: ask.tlp,
            jurisdiction: ask
                .jurisdiction
                .as_ref()
                .and_then(|one| places.0.get(one.as_str()).copied()),
            parties: {
                let known = ask
                    .parties
                    .iter()
                    .filter_map(|one| parties.0.get(one.as_str()).copied());
                sorted(known.collect())
            },
            refused: {
                let known = ask.refused.iter().filter_map(|id| number(id).ok());
                known.map(|index| index as u32).collect()
            },
            hours: ask.hours,
        };
        let asks = round.asks.iter().map(one).collect();
        Self { asks, helpers }
    }

    /// What stands between a helper and everything an ask may need, whatever the skill.
    pub(super) fn apart_from_skill(&self, ask: usize, helper: usize) -> Barriers {
        let (asks, helps) = (&self.asks[ask], &self.helpers[helper]);
        let mut all = helps.unfit;
        let speak = |languages: &Vec<u32>| have_common(languages, &helps.languages);
        all.put(
            Barrier::Language,
            !asks.languages.as_ref().is_none_or(speak),
        );
        all.put(Barrier::Tlp, asks.tlp > helps.tlp);
        all.put(Barrier::NoConsent, !asks.shared);
        let excluded = |there: u32| helps.excludes.binary_search(&there).is_ok();
        all.put(
            Barrier::Jurisdiction,
            asks.jurisdiction.is_some_and(excluded),
        );
        all.put(
            Barrier::Conflict,
            have_common(&asks.parties, &helps.interests),
        );
        let refused = asks.refused.binary_search(&(helper as u32)).is_ok();
        all.put(Barrier::Refused, refused);
        let apart = |hours: WeekHours| helps.hours.common(&hours) < MIN_COMMON_HOURS;
        all.put(Barrier::Hours, asks.hours.is_some_and(apart));
        all
    }

    /// Whether [`Sides::apart_from_skill`] is empty, found out without looking at everything: asked for millions of pairs.
    pub(super) fn are_clear(&self, ask: usize, helper: usize) -> bool {
        let (asks, helps) = (&self.asks[ask], &self.helpers[helper]);
        helps.unfit.is_empty()
            && asks.shared
            && asks.tlp <= helps.tlp
            && asks
                .hours
                .is_none_or(|hours| helps.hours.common(&hours) >= MIN_COMMON_HOURS)
            && asks
                .languages
                .as_ref()
                .is_none_or(|all| have_common(all, &helps.languages))
            && asks
                .jurisdiction
                .is_none_or(|there| helps.excludes.binary_search(&there).is_err())
            && asks.refused.binary_search(&(helper as u32)).is_err()
            && !have_common(&asks.parties, &helps.interests)
    }

    /// Everything that stands between a slot of an ask and a helper.
    pub(super) fn all(&self, round: &Round, ask: usize, slot: &Slot, helper: usize) -> Barriers {
        let mut all = self.apart_from_skill(ask, helper);
        let level = round.helpers[helper].skills.get(&slot.skill);
        all.put(Barrier::NoSkill, level.is_none());
        all.put(
            Barrier::Level,
            level.is_some_and(|level| *level < slot.level),
        );
        all
    }

    /// Whether nothing stands between a helper and anybody.
    pub(super) fn is_fit(&self, helper: usize) -> bool {
        self.helpers[helper].unfit.is_empty()
    }
}

/// The languages of an ask; nothing if one of them is interpreted.
fn languages_of<'a>(round: &Round, ask: &'a Ask) -> Option<Vec<&'a str>> {
    if !ask.languages.is_disjoint(&round.interpreted) {
        return None;
    }
    Some(ask.languages.iter().map(|one| one.as_str()).collect())
}

fn sorted(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.sort_unstable();
    numbers
}

fn helper_side<'a>(
    helper: &'a Helper,
    languages: &mut Numbers<'a>,
    places: &mut Numbers<'a>,
    parties: &mut Numbers<'a>,
) -> HelperSide {
    let mut unfit = Barriers::default();
    helper
        .unfit
        .iter()
        .for_each(|barrier| unfit.put(*barrier, true));
    unfit.put(Barrier::NoHours, helper.units == 0);
    HelperSide {
        languages: languages.all(helper.languages.iter().map(|one| one.as_str())),
        tlp: helper.tlp,
        excludes: places.all(helper.excludes.iter().map(|one| one.as_str())),
        interests: parties.all(helper.interests.iter().map(|one| one.as_str())),
        hours: helper.hours,
        unfit,
    }
}
