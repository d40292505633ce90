//! Auditing a whole record from entry 0: every signature, every rule, every finding, the root.
//!
//! Reading the entries, tiles and vault is the store's work; judging them is here.

use tlog::{Hash, Tree};

use crate::index::{Following, StatedError};
use crate::rules;
use crate::state::State;
use crate::statement::{Statement, Verified};

/// What does not hold, with the entry's index.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The entry is not a statement.
    #[error("entry {index} is not a statement: {problem}")]
    Statement {
        /// Index.
        index: u64,
        /// What is wrong.
        problem: String,
    },
    /// Its signature does not hold.
    #[error("entry {index}: {problem}")]
    Signature {
        /// Index.
        index: u64,
        /// What is wrong.
        problem: String,
    },
    /// The rules would have refused it.
    #[error("entry {index} should have been refused: {refusal}")]
    Rule {
        /// Index.
        index: u64,
        /// Why.
        refusal: crate::refusal::Refusal,
    },
    /// It states another index than its log has.
    #[error("entry {index} states an index that is not the log's: {problem}")]
    Index {
        /// Index.
        index: u64,
        /// What differs.
        problem: StatedError,
    },
}

impl Fault {
    /// Name of the check that failed.
    #[must_use]
    pub fn check(&self) -> &'static str {
        match self {
            Fault::Statement { .. } => "statements",
            Fault::Signature { .. } => "signatures",
            Fault::Rule { .. } => "rules",
            Fault::Index { .. } => "index",
        }
    }
}

/// Entries that room is made for at once, at most; for more it is made as they come.
const MAX_RESERVED: usize = 1 << 24;

/// Re-judges entries in order. The sequencer recovers with this same fold.
#[derive(Clone, Debug)]
pub struct Auditor {
    /// The state so far.
    pub state: State,
    /// The tree so far.
    pub tree: Tree,
    /// The index, against what the log states of it; nothing where it is not compared.
    pub index: Option<Following>,
}

impl Default for Auditor {
    fn default() -> Self {
        Self {
            index: Some(Following::default()),
            ..Self::of_own_log()
        }
    }
}

impl Auditor {
    /// For a log that reads back what it stated itself: does not compare the index, which is no
    /// rule and takes time.
    #[must_use]
    pub fn of_own_log() -> Self {
        Self {
            state: State::default(),
            tree: Tree::default(),
            index: None,
        }
    }

    /// Makes room for a log of so many entries, where their number is known beforehand.
    pub fn reserve(&mut self, entries: u64) {
        let entries = usize::try_from(entries).unwrap_or(usize::MAX);
        let entries = entries.min(MAX_RESERVED);
        self.state.reserve(entries);
        self.tree.reserve(entries);
        if let Some(following) = &mut self.index {
            following.reserve(entries);
        }
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// [`Fault`]; the entry is then not applied.
    pub fn entry(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let index = self.tree.size();
        let statement = Statement::parse(bytes).map_err(|e| Fault::Statement {
            index,
            problem: e.to_string(),
        })?;
        let verified = statement.verify().map_err(|e| Fault::Signature {
            index,
            problem: e.to_string(),
        })?;
        self.verified(&verified)
    }

    /// Takes the next entry, already parsed and verified by the caller; its identity is the leaf.
    ///
    /// # Errors
    /// [`Fault::Rule`], [`Fault::Index`]; the entry is then not applied.
    pub fn verified(&mut self, statement: &Verified) -> Result<(), Fault> {
        self.judge(self.tree.size(), statement)?;
        self.tree.push(statement.id.0);
        Ok(())
    }

    /// Takes the next entries as [`Self::verified`] does. `leaves` is the tree over their identities,
    /// if the caller has hashed it already; of any other leaves it is not looked at.
    ///
    /// # Errors
    /// That of the first that does not hold; those before it are applied.
    pub fn all_verified<'a>(
        &mut self,
        statements: impl Iterator<Item = &'a Verified>,
        leaves: &Tree,
    ) -> Result<(), Fault> {
        let statements: Vec<&Verified> = statements.collect();
        std::hint::black_box(self.state.look_up(&statements));
        let (first, mut outcome) = (self.tree.size(), Ok(()));
        let mut taken = Vec::with_capacity(statements.len());
        for (index, statement) in (first..).zip(statements) {
            outcome = self.judge(index, statement);
            if outcome.is_err() {
                break;
            }
            taken.push(statement.id.0);
        }
        if taken == leaves.leaves() {
            self.tree.append(leaves);
        } else {
            taken.iter().for_each(|leaf| self.tree.push(*leaf));
        }
        outcome
    }

    /// Judges what would become entry `index`, and applies it.
    fn judge(&mut self, index: u64, statement: &Verified) -> Result<(), Fault> {
        if let Some(following) = &mut self.index {
            following
                .check(statement)
                .map_err(|problem| Fault::Index { index, problem })?;
        }
        rules::admit(&mut self.state, index, statement)
            .map_err(|refusal| Fault::Rule { index, refusal })?;
        if let Some(following) = &mut self.index {
            following.push(statement, self.state.global.time);
        }
        Ok(())
    }

    /// Entries taken so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Root of the tree so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.tree.root()
    }
}
