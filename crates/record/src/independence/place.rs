//! Where something counts: a region, several, or unknown. Never a state.

use serde::{Serialize, Serializer};

use crate::body::charter::Region;
use crate::body::claim::Says;
use crate::ids::Country;
use crate::state::{Case, Global};

/// States by region: one line per region, comments with source and basis.
const REGIONS: &str = include_str!("../../data/who-regions.txt");

/// The WHO region of a state; none for who is not in the WHO's list.
#[must_use]
pub fn region_of(state: &Country) -> Option<Region> {
    let lists = |line: &&str| line.split_whitespace().any(|code| code == state.as_str());
    let line = REGIONS
        .lines()
        .filter(|l| !l.starts_with('#'))
        .find(lists)?;
    let (name, _) = line.split_once(':')?;
    Region::ALL.iter().copied().find(|r| r.as_str() == name)
}

/// A row of a table of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// One region.
    Region(Region),
    /// More than one.
    Several,
    /// Not said, not public, or a state without a region.
    Unknown,
}

impl Place {
    /// Every row, in order; all of them stand in every table.
    pub const ALL: &[Place] = &[
        Place::Region(Region::Africa),
        Place::Region(Region::Americas),
        Place::Region(Region::EasternMediterranean),
        Place::Region(Region::Europe),
        Place::Region(Region::SouthEastAsia),
        Place::Region(Region::WesternPacific),
        Place::Several,
        Place::Unknown,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Region(r) => r.as_str(),
            Place::Several => "several",
            Place::Unknown => "unknown",
        }
    }

    /// The known regions decide; what is unknown beside them does not count.
    fn of(regions: impl Iterator<Item = Option<Region>>) -> Self {
        let mut place = Place::Unknown;
        for region in regions.flatten() {
            place = match place {
                Place::Unknown => Place::Region(region),
                Place::Region(r) if r == region => place,
                _ => Place::Several,
            };
        }
        place
    }

    /// Whom the public knows a case to accuse: the states a checked claim holds responsible, and
    /// those that its findings named, later taken back or not.
    #[must_use]
    pub fn accused(case: &Case) -> Self {
        let claims = case.question.claim().into_iter();
        let assertions = claims.flat_map(|c| c.assertions.iter());
        let claimed = assertions.filter_map(|a| match &a.says {
            Says::StateNotResponsible { .. } => None, // it defends
            says => says.state(),
        });
        let named = case.findings.iter().filter_map(|f| {
            let named = f.finding.proposal.named.as_ref();
            named.map(|n| &n.state)
        });
        Self::of(claimed.chain(named).map(region_of))
    }

    /// Where the victims of a case are, by its reports.
    #[must_use]
    pub fn victims(global: &Global, case: &Case) -> Self {
        let reports = case.reports.iter().filter_map(|id| global.reports.get(id));
        Self::of(reports.map(|r| r.body.region))
    }

    /// A region that a report gives, or none.
    #[must_use]
    pub fn given(region: Option<Region>) -> Self {
        Self::of(std::iter::once(region))
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_lists_each_code_once_under_a_region_there_is() {
        let mut seen = std::collections::BTreeSet::new();
        let lines = REGIONS.lines().filter(|l| !l.starts_with('#'));
        for (line, region) in lines.clone().zip(Region::ALL) {
            let (name, codes) = line.split_once(':').unwrap();
            assert_eq!(name, region.as_str());
            for code in codes.split_whitespace() {
                let state: Country = code.parse().unwrap();
                assert!(seen.insert(code), "{code} stands twice");
                assert_eq!(region_of(&state), Some(*region), "{code}");
            }
        }
        // 194 member states and PS
        assert_eq!((lines.count(), seen.len()), (6, 195));
        for none in ["LI", "VA", "TW", "XK", "XA", "ZZ"] {
            assert_eq!(region_of(&none.parse().unwrap()), None);
        }
        assert!(REGIONS.contains("not checked against the primary text"));
    }

    #[test]
    fn the_known_regions_decide() {
        use Region::{Africa, Europe};
        let of = |regions: &[Option<Region>]| Place::of(regions.iter().copied()).as_str();
        assert_eq!(of(&[]), "unknown");
        assert_eq!(of(&[None, None]), "unknown");
        assert_eq!(of(&[None, Some(Africa), Some(Africa)]), "africa");
        assert_eq!(of(&[Some(Africa), Some(Europe), Some(Africa)]), "several");
    }
}
