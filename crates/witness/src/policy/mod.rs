//! How independent the witnesses of a policy are: pure computation, no I/O.
//!
//! tlog-policy knows witnesses and groups, not who runs them. A [`Register`] says that, and
//! [`lint`] computes what a policy is worth: [`Threat::Split`], [`Threat::Forge`] and
//! [`Threat::Halt`], each counted in every [`Dimension`].

mod goal;
mod register;
mod search;

use std::collections::BTreeMap;

use serde::Serialize;
use tlog::Policy;

use self::goal::Goal;
pub use self::register::{Declared, MAX_VALUE_BYTES, REGISTER_PREFIX, Register, RegisterError};
pub use self::search::{MAX_SETS, MAX_STEPS, Smallest};

/// What goes wrong with a log if enough of those who watch it work together, or fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Threat {
    /// Two readers are shown two histories, each with a quorum: the honest witnesses are told
    /// apart into two halves, the colluding ones sign both.
    Split,
    /// One reader is shown a history, with a quorum, that no honest witness has seen.
    Forge,
    /// No quorum comes together, so nothing more is published.
    Halt,
}

/// In what those who collude or fail are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// Each witness for itself.
    Witness,
    /// Who runs it.
    Operator,
    /// Whose courts can order it.
    Jurisdiction,
    /// Who owns or controls the operator.
    Owner,
    /// Where its machine stands.
    Host,
    /// Whose software it runs.
    Implementation,
}

impl Threat {
    /// All threats.
    pub const ALL: [Self; 3] = [Self::Split, Self::Forge, Self::Halt];
}

impl Dimension {
    /// All dimensions.
    pub const ALL: [Self; 6] = [
        Self::Witness,
        Self::Operator,
        Self::Jurisdiction,
        Self::Owner,
        Self::Host,
        Self::Implementation,
    ];

    /// Plural, for tables.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Witness => "witnesses",
            Self::Operator => "operators",
            Self::Jurisdiction => "jurisdictions",
            Self::Owner => "owners",
            Self::Host => "hosts",
            Self::Implementation => "implementations",
        }
    }
}

/// The class that witnesses without a register line share: nobody said that they are not all
/// in one hand, so they count as if they were.
pub const UNDECLARED: &str = "(undeclared)";

/// One answer: how many it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What goes wrong.
    pub threat: Threat,
    /// In what it is counted.
    pub dimension: Dimension,
    /// How many it takes, and who.
    #[serde(flatten)]
    pub smallest: Smallest,
}

/// What a policy is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Name of the quorum; nothing for `quorum none`, with which no witness counts.
    pub quorum: Option<String>,
    /// Witnesses that count towards the quorum.
    pub counting: Vec<String>,
    /// Witnesses of the policy that count towards nothing.
    pub idle: Vec<String>,
    /// Counting witnesses without a register line.
    pub undeclared: Vec<String>,
    /// Register lines about no witness of the policy.
    pub strangers: Vec<String>,
    /// Counting witnesses without an address, which the log cannot ask.
    pub unreachable: Vec<String>,
    /// Every threat in every dimension; empty for `quorum none`.
    pub findings: Vec<Finding>,
}

impl Lint {
    /// The answer for one threat in one dimension.
    #[must_use]
    pub fn of(&self, threat: Threat, dimension: Dimension) -> Option<&Smallest> {
        let found = self
            .findings
            .iter()
            .find(|f| (f.threat, f.dimension) == (threat, dimension));
        found.map(|f| &f.smallest)
    }

    /// Whether the policy protects nothing: no quorum, or two quorums without a common witness.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.of(Threat::Split, Dimension::Witness)
            .is_none_or(|smallest| smallest.at_most == 0)
    }
}

/// Computes what a policy is worth. Exact unless [`Smallest::at_least`] differs from
/// [`Smallest::at_most`].
#[must_use]
pub fn lint(policy: &Policy, register: &Register) -> Lint {
    let counting = goal::counting(policy);
    let names = policy.witnesses().iter().map(|witness| &witness.name);
    let mut lint = Lint {
        quorum: policy.quorum().map(str::to_owned),
        idle: names
            .filter(|name| !counting.contains(name))
            .cloned()
            .collect(),
        undeclared: counting
            .iter()
            .filter(|name| register.of(name).is_none())
            .cloned()
            .collect(),
        strangers: register
            .names()
            .filter(|name| policy.witnesses().iter().all(|w| w.name != **name))
            .cloned()
            .collect(),
        unreachable: policy
            .witnesses()
            .iter()
            .filter(|w| w.url.is_none() && counting.contains(&w.name))
            .map(|w| w.name.clone())
            .collect(),
        counting,
        findings: Vec::new(),
    };
    for threat in Threat::ALL {
        let Some(goal) = Goal::new(policy, &lint.counting, threat) else {
            break;
        };
        for dimension in Dimension::ALL {
            let classes = classes(&lint.counting, register, dimension);
            let smallest = search::smallest(&goal, &classes);
            lint.findings.push(Finding {
                threat,
                dimension,
                smallest,
            });
        }
    }
    lint
}

/// Witnesses, by their place among those that count, under the name they share in a dimension.
fn classes(
    counting: &[String],
    register: &Register,
    dimension: Dimension,
) -> BTreeMap<String, Vec<usize>> {
    let mut classes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, name) in counting.iter().enumerate() {
        let declared = register.of(name).and_then(|d| d.get(dimension));
        let class = match dimension {
            Dimension::Witness => name,
            _ => declared.unwrap_or(UNDECLARED),
        };
        classes.entry(class.to_owned()).or_default().push(place);
    }
    classes
}
