//! What a verification says: check by check, what holds, what does not, what was not looked at.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Held,
    /// It does not.
    Failed,
    /// It was not looked at, and the detail says why.
    NotChecked,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name, stable for scripts.
    pub name: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What was checked, or the place and nature of the failure.
    pub detail: String,
}

/// All checks of a verification, in order; the order stops at the first failure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// Notes that a check holds.
    pub fn held(&mut self, name: &str, detail: impl Into<String>) {
        self.push(name, Outcome::Held, detail);
    }

    /// Notes that a check was not made.
    pub fn not_checked(&mut self, name: &str, detail: impl Into<String>) {
        self.push(name, Outcome::NotChecked, detail);
    }

    /// Notes the outcome of a check and gives its value on if it holds.
    pub fn note<T, E: fmt::Display>(
        &mut self,
        name: &str,
        held: impl Into<String>,
        result: Result<T, E>,
    ) -> Option<T> {
        match result {
            Ok(value) => {
                self.held(name, held);
                Some(value)
            }
            Err(e) => {
                self.push(name, Outcome::Failed, e.to_string());
                None
            }
        }
    }

    /// The first check that failed.
    #[must_use]
    pub fn failure(&self) -> Option<&Check> {
        self.checks.iter().find(|c| c.outcome == Outcome::Failed)
    }

    /// Whether a check of that name holds.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.checks
            .iter()
            .any(|c| c.name == name && c.outcome == Outcome::Held)
    }

    fn push(&mut self, name: &str, outcome: Outcome, detail: impl Into<String>) {
        self.checks.push(Check {
            name: name.to_string(),
            outcome,
            detail: detail.into(),
        });
    }
}
