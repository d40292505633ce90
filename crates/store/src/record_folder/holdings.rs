//! What is held beside the log: a statement that names some of it is recorded only once it is there,
//! and what the record calls purged goes. The way a submission takes and the thread that keeps
//! promises ask here alike.

use std::sync::Arc;

use record::kind::Body;
use record::refusal::{Code, Refusal};
use record::statement::Statement;

use super::aid::{named_items, not_held, purge};
use super::submit::MayBe;
use crate::aid::AidStore;
use crate::error::{StoreError, SubmitError};
use crate::log::{self, Shared};
use crate::sequencer::GivenTime;
use crate::vault::Vault;

/// The vault and what the desk was told, beside the published record.
pub(crate) struct Holdings {
    pub(super) published: Shared,
    pub(super) vault: Vault,
    pub(super) aid: Arc<AidStore>,
    pub(super) given_time: Option<GivenTime>,
}

impl Holdings {
    /// An exhibit is declared only once the vault holds exactly that content: what the log names
    /// and nobody ever held could not be told from what was destroyed. So it is with sealed items.
    pub(crate) fn check(&self, entry: &[u8]) -> Result<(), SubmitError> {
        self.check_as(entry, MayBe::of(entry))
    }

    /// The same of an entry that was looked at already.
    pub(super) fn check_as(&self, entry: &[u8], may_be: MayBe) -> Result<(), SubmitError> {
        if may_be.of_aid {
            self.check_aid(entry)?;
        }
        if !may_be.exhibit {
            return Ok(());
        }
        let Ok(statement) = Statement::parse(entry) else {
            return Ok(());
        };
        let Body::Exhibit(exhibit) = &statement.body else {
            return Ok(());
        };
        if self.is_recorded(&statement) {
            return Ok(());
        }
        let held = self
            .vault
            .check_ciphertext(&exhibit.sha256, &exhibit.ciphertext_sha256);
        held.map(|_| ()).map_err(|error| {
            SubmitError::Refused(Refusal::new(Code::ExhibitNotHeld, error.to_string()))
        })
    }

    /// A statement that names sealed items is recorded only once exactly these are held.
    fn check_aid(&self, entry: &[u8]) -> Result<(), SubmitError> {
        let Ok(statement) = Statement::parse(entry) else {
            return Ok(()); // the sequencer says what is wrong with it
        };
        let Some((id, items)) = named_items(&statement) else {
            return Ok(());
        };
        if self.is_recorded(&statement) {
            return Ok(()); // recorded before; it may be purged by now
        }
        for item in items {
            let held = self.aid.holds(&id, &item.commitment, &item.sealed_sha256);
            if !held.map_err(StoreError::from)? {
                return not_held(format!("the item {} is not held", item.commitment));
            }
        }
        Ok(())
    }

    fn is_recorded(&self, statement: &Statement) -> bool {
        let published = log::read(&self.published);
        published.state().statements.contains_key(&statement.id)
    }

    /// Destroys what an entry that was just recorded purges.
    pub(crate) fn purge_after(&self, entry: &[u8]) -> Result<(), StoreError> {
        if MayBe::of(entry).of_aid {
            return self.purge();
        }
        Ok(())
    }

    /// As [`purge`].
    pub(crate) fn purge(&self) -> Result<(), StoreError> {
        purge(&self.aid, &self.published, self.given_time.as_ref())
    }
}
