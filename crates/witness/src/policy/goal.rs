//! A threat as a tree of thresholds over witnesses.
//!
//! tlog-policy lets a name be a member of one group only, so a policy is a tree and its groups
//! share no witness. Each threat is then the same tree with other thresholds. In a group that asks
//! for k of n:
//!
//! * *forge*: k members have to be in the attacker's hands;
//! * *halt*: n - k + 1 members have to fail;
//! * *split*: with b members satisfied in both views and the other n - b shared out between them,
//!   both views reach k if 2b + (n - b) >= 2k, that is b >= 2k - n. A member that need not be in
//!   both views costs nothing: all its honest witnesses are shown the same one.

use std::collections::BTreeMap;

use tlog::Policy;

use super::Threat;

/// What has to hold, over witnesses by their place among those that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// This witness colludes, or fails.
    Witness(usize),
    /// So many of these hold.
    Of(usize, Vec<Goal>),
}

/// Stands for "cannot be had" among costs.
pub(super) const NEVER: u64 = u64::MAX;

/// The witnesses that count towards the quorum, in the order of their lines.
pub(super) fn counting(policy: &Policy) -> Vec<String> {
    let mut reached: Vec<&str> = policy.quorum().into_iter().collect();
    // Members are defined before their group, so one pass backwards reaches all.
    for group in policy.groups().iter().rev() {
        if reached.contains(&group.name.as_str()) {
            reached.extend(group.members.iter().map(String::as_str));
        }
    }
    let witnesses = policy.witnesses().iter();
    witnesses
        .filter(|witness| reached.contains(&witness.name.as_str()))
        .map(|witness| witness.name.clone())
        .collect()
}

impl Goal {
    /// The goal of a threat; nothing for `quorum none`.
    pub(super) fn new(policy: &Policy, counting: &[String], threat: Threat) -> Option<Self> {
        let mut made: BTreeMap<&str, Self> = BTreeMap::new();
        for (place, name) in counting.iter().enumerate() {
            made.insert(name, Self::Witness(place));
        }
        for group in policy.groups() {
            let members: Option<Vec<Self>> = group
                .members
                .iter()
                .map(|member| made.get(member.as_str()).cloned())
                .collect();
            // A group that does not count has members that do not, and is needed by none that does.
            let Some(members) = members else { continue };
            let (k, n) = (group.threshold, members.len());
            let needed = match threat {
                Threat::Forge => k,
                Threat::Halt => n - k + 1,
                Threat::Split => (2 * k).saturating_sub(n),
            };
            made.insert(&group.name, Self::Of(needed, members));
        }
        made.remove(policy.quorum()?)
    }

    /// The least sum of the costs of witnesses that reach the goal. The groups share no witness, so
    /// the cheapest members of each are the cheapest of all.
    pub(super) fn cost(&self, of: &[u64]) -> u64 {
        match self {
            Self::Witness(place) => of.get(*place).copied().unwrap_or(NEVER),
            Self::Of(needed, members) => {
                let mut costs: Vec<u64> = members.iter().map(|member| member.cost(of)).collect();
                costs.sort_unstable();
                costs
                    .iter()
                    .take(*needed)
                    .fold(0, |sum: u64, cost| sum.saturating_add(*cost))
            }
        }
    }
}
