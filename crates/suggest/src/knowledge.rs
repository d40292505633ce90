//! What public reports say each group has used, at one point in time.

/// What a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A technique: a way of working.
    Technique,
    /// A piece of software: malware or a tool.
    Software,
}

/// One group's part of a [`Knowledge`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Feature index and the number of sources that cite it for this group (at least 1), each feature once.
    pub features: Vec<(usize, u32)>,
    /// Distinct sources cited for this group on anything; 0 if none is cited.
    pub sources: u32,
}

/// Profiles of all candidate groups, groups × features.
///
/// Groups and features are indices: names play no part in any number.
#[derive(Clone, Debug)]
pub struct Knowledge {
    kinds: Vec<Kind>,
    counts: Vec<u32>,
    sources: Vec<u32>,
    spread: Vec<u32>,
    sizes: Vec<u32>,
}

impl Knowledge {
    /// Puts profiles together. A feature index that has no kind is left out.
    #[must_use]
    pub fn new(kinds: &[Kind], profiles: &[Profile]) -> Self {
        let features = kinds.len();
        let mut counts = vec![0; features * profiles.len()];
        for (profile, row) in profiles.iter().zip(counts.chunks_mut(features.max(1))) {
            for (feature, sources) in &profile.features {
                if let Some(cell) = row.get_mut(*feature) {
                    *cell = (*sources).max(1);
                }
            }
        }
        let mut spread = vec![0; features];
        let mut sizes = vec![0; profiles.len()];
        for (row, size) in counts.chunks(features.max(1)).zip(&mut sizes) {
            for (count, groups) in row.iter().zip(&mut spread) {
                let used = u32::from(*count > 0);
                *groups += used;
                *size += used;
            }
        }
        let sources = profiles.iter().map(|p| p.sources).collect();
        Self {
            kinds: kinds.to_vec(),
            counts,
            sources,
            spread,
            sizes,
        }
    }

    /// Number of candidate groups.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.sources.len()
    }

    /// Number of features, known to some group or not.
    #[must_use]
    pub fn features(&self) -> usize {
        self.kinds.len()
    }

    /// What a feature is.
    #[must_use]
    pub fn kind(&self, feature: usize) -> Kind {
        self.kinds.get(feature).copied().unwrap_or(Kind::Technique)
    }

    /// Sources citing each feature for a group, 0 where it is not known to use it.
    #[must_use]
    pub fn row(&self, group: usize) -> &[u32] {
        let features = self.features();
        self.counts
            .get(group * features..(group + 1) * features)
            .unwrap_or_default()
    }

    /// Distinct sources of a group, n.
    #[must_use]
    pub fn sources(&self, group: usize) -> f64 {
        f64::from(self.sources.get(group).copied().unwrap_or(0))
    }

    /// How many features a group is known to use.
    #[must_use]
    pub fn size(&self, group: usize) -> f64 {
        f64::from(self.sizes.get(group).copied().unwrap_or(0))
    }

    /// How many groups are known to use a feature; 0 means that nobody is and the feature says nothing.
    #[must_use]
    pub fn spread(&self, feature: usize) -> u32 {
        self.spread.get(feature).copied().unwrap_or(0)
    }

    /// A case's features that some group is known to use, each once, in the order given.
    #[must_use]
    pub fn known(&self, case: &[usize]) -> Vec<usize> {
        let mut seen = vec![false; self.features()];
        let mut known = Vec::with_capacity(case.len());
        for &feature in case {
            if self.spread(feature) > 0 && !std::mem::replace(&mut seen[feature], true) {
                known.push(feature);
            }
        }
        known
    }
}
