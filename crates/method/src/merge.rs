//! Echo is not corroboration: strands that share an upstream or an exhibit count as one.

use crate::evaluation::{MergeNote, SharedOrigin};
use crate::grade::item_r;
use crate::input::{Case, Item};
use std::collections::BTreeMap;

/// Merges declared strands that share an upstream or an exhibit, and says which and why.
///
/// Union-find over strands; the first declared strand of each set gives its identifier, and the
/// larger c and the larger ρ hold; with a machine's strand in it the whole counts as a machine's.
/// The case is assumed valid; a strand not declared is left alone.
#[must_use]
pub fn merge_strands(case: &Case) -> (Case, Vec<MergeNote>) {
    let positions: BTreeMap<&str, usize> = case
        .strands
        .iter()
        .enumerate()
        .map(|(i, s)| (s.id.as_str(), i))
        .collect();
    let mut parent: Vec<usize> = (0..case.strands.len()).collect();
    // Maps serve look-up only; nothing below runs in their order.
    let mut first_seen: BTreeMap<SharedKey<'_>, usize> = BTreeMap::new();
    let mut links: Vec<(SharedOrigin, usize)> = Vec::new();
    for item in &case.items {
        let Some(own) = positions.get(item.strand.as_str()).copied() else {
            continue;
        };
        // what moves nothing ties nothing together, and a suggestion taints no people's strand
        if case.strands[own].machine || moves_nothing(item) {
            continue;
        }
        for key in origins(item) {
            let other = *first_seen.entry(key).or_insert(own);
            if other != own {
                unite(&mut parent, other, own);
                if !links.iter().any(|(seen, _)| key.is(seen)) {
                    links.push((key.owned(), own));
                }
            }
        }
    }
    if links.is_empty() {
        return (case.clone(), Vec::new());
    }
    rewrite(case, &mut parent, &links, &positions)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SharedKey<'a> {
    Upstream(&'a str),
    Exhibit(&'a str),
}

impl SharedKey<'_> {
    fn owned(self) -> SharedOrigin {
        match self {
            Self::Upstream(text) => SharedOrigin::Upstream(text.to_owned()),
            Self::Exhibit(text) => SharedOrigin::Exhibit(text.to_owned()),
        }
    }

    fn is(self, origin: &SharedOrigin) -> bool {
        self.owned() == *origin
    }
}

/// Whether an item says nothing of anybody, or is of unknown reliability.
fn moves_nothing(item: &Item) -> bool {
    let silent = item.lr.iter().all(|r| r.mban == [0; 3]) && item.deception.is_none();
    silent || item_r(item) <= 0.0
}

fn origins(item: &Item) -> impl Iterator<Item = SharedKey<'_>> {
    let upstream = item.upstream.iter().map(|u| SharedKey::Upstream(u));
    upstream.chain(item.exhibits.iter().map(|e| SharedKey::Exhibit(e)))
}

fn root(parent: &mut [usize], mut index: usize) -> usize {
    while parent[index] != index {
        parent[index] = parent[parent[index]];
        index = parent[index];
    }
    index
}

/// Joins two sets; the earlier declared strand stays the root.
fn unite(parent: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parent, a), root(parent, b));
    parent[a.max(b)] = a.min(b);
}

fn rewrite(
    case: &Case,
    parent: &mut [usize],
    links: &[(SharedOrigin, usize)],
    positions: &BTreeMap<&str, usize>,
) -> (Case, Vec<MergeNote>) {
    let roots: Vec<usize> = (0..case.strands.len()).map(|i| root(parent, i)).collect();
    let mut merged = case.clone();
    let mut notes = Vec::new();
    merged.strands.clear();
    for (index, strand) in case.strands.iter().enumerate() {
        if roots[index] != index {
            continue;
        }
        let mut strand = strand.clone();
        let members = || {
            case.strands
                .iter()
                .zip(&roots)
                .filter(|(_, r)| **r == index)
        };
        strand.c_ppm = members()
            .map(|(s, _)| s.c_ppm)
            .max()
            .unwrap_or(strand.c_ppm);
        strand.rho_ppm = members()
            .map(|(s, _)| s.rho_ppm)
            .max()
            .unwrap_or(strand.rho_ppm);
        let ids: Vec<String> = members().map(|(s, _)| s.id.clone()).collect();
        if ids.len() > 1 {
            let shared = links.iter().filter(|(_, s)| roots[*s] == index);
            notes.push(MergeNote {
                into: strand.id.clone(),
                strands: ids,
                shared: shared.map(|(origin, _)| origin.clone()).collect(),
                rho_ppm: strand.rho_ppm,
                c_ppm: strand.c_ppm,
            });
        }
        merged.strands.push(strand);
    }
    for item in &mut merged.items {
        if let Some(index) = positions.get(item.strand.as_str()) {
            item.strand.clone_from(&case.strands[roots[*index]].id);
        }
    }
    (merged, notes)
}
