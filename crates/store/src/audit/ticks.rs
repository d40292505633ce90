//! The log's clock against the cosignatures of its checkpoint, and against the auditor's own.

use record::body::charter::CharterText;
use record::clock::{self, Told};
use record::time::Timestamp;
use tlog::{Note, Policy};

/// What an audit can compare the last tick with.
pub(super) struct Witnessed<'a> {
    pub(super) charter: &'a CharterText,
    pub(super) policy: &'a Policy,
    pub(super) note: &'a Note,
    /// The auditor's clock.
    pub(super) now: Option<Timestamp>,
}

impl Witnessed<'_> {
    /// Compares the last tick; a sentence of what was found, or of what does not hold.
    pub(super) fn check(&self, last: Timestamp) -> Result<&'static str, String> {
        let told = clock::check(self.charter, self.policy, self.note, last)?;
        if let Some(now) = self.now {
            clock::check_now(self.charter, last, now)?;
        }
        Ok(match told {
            Told::Injected => "",
            Told::ByNobody => "; no witness says when the last one was",
            Told::At(_) => "; the last is not ahead of the quorum's cosignatures",
        })
    }
}
