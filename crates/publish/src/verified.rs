//! A bundle every check of which holds: the only thing exports are made from.

use std::collections::BTreeMap;

use record::body::charter::CharterText;
use record::bundle::{self, Bundle};
use record::check::Report;
use record::ids::StatementId;
use record::kind::Body;
use record::state::{Case, FindingRecord, State};
use record::statement::Statement;
use record::time::Timestamp;
use record::trust::TrustFile;
use tlog::Hash;

/// Why a bundle is not exported.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the bundle does not verify: {}", first_failure(.0))]
pub struct NotVerified(
    /// The checks that were made, in order.
    pub Report,
);

fn first_failure(report: &Report) -> String {
    let failed = report.failure();
    failed.map_or_else(
        || "not every check was made".to_owned(),
        |check| format!("{}: {}", check.name, check.detail),
    )
}

/// A bundle that was verified and replayed, with what its statements say.
#[derive(Clone, Debug)]
pub struct VerifiedBundle {
    bundle: Bundle,
    sha256: Hash,
    state: State,
    case: Case,
    finding: FindingRecord,
    charter: CharterText,
    said: BTreeMap<StatementId, Statement>,
    genesis: Timestamp,
    as_of: (Timestamp, u64),
    pinned: bool,
}

impl VerifiedBundle {
    /// Verifies the bytes of a bundle, with or without a trust file, and replays the finding.
    ///
    /// # Errors
    /// [`NotVerified`] with the check that failed.
    pub fn verify(bytes: &[u8], trust: Option<&TrustFile>) -> Result<Self, NotVerified> {
        let (verification, bundle) = bundle::verify(bytes, trust);
        let found = bundle
            .as_ref()
            .filter(|_| verification.holds())
            .and_then(|bundle| {
                let finding = verification.finding(bundle)?.clone();
                let case = verification.case.as_ref()?;
                let case = verification.state.cases.get(case)?.clone();
                Some((
                    finding,
                    case,
                    verification.state.global.charter.clone()?,
                    Bundle::check_digest(bytes).ok()?,
                ))
            });
        let (Some((finding, case, charter, body)), Some(bundle)) = (found, bundle.clone()) else {
            return Err(NotVerified(verification.report));
        };
        let said = bundle
            .statements
            .iter()
            .filter_map(|s| Statement::parse(&s.entry).ok())
            .map(|s| (s.id, s))
            .collect();
        let state = verification.state;
        let times = || state.statements.iter().map(|(_, entry)| entry.time);
        let genesis = times().min().unwrap_or(finding.time);
        let last = case.statements.iter().map(|(_, id)| id);
        let as_of = last
            .filter_map(|id| state.statements.get(id))
            .map(|entry| (entry.time, entry.index))
            .max()
            .unwrap_or((finding.time, finding.index));
        Ok(Self {
            sha256: tlog::sha256(body.as_bytes()),
            bundle,
            case,
            finding,
            charter,
            said,
            genesis,
            as_of,
            pinned: verification.pinned,
            state,
        })
    }

    /// The bundle as it was read.
    #[must_use]
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// The digest in the bundle's last line.
    #[must_use]
    pub fn sha256(&self) -> Hash {
        self.sha256
    }

    /// Whether a trust file pinned the signers.
    #[must_use]
    pub fn pinned(&self) -> bool {
        self.pinned
    }

    /// The state its statements fold into.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The case of the finding.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// The finding.
    #[must_use]
    pub fn finding(&self) -> &FindingRecord {
        &self.finding
    }

    /// The charter as the bundle's statements leave it.
    #[must_use]
    pub fn charter(&self) -> &CharterText {
        &self.charter
    }

    /// The finding in its case, under its charter.
    pub(crate) fn told(&self) -> crate::words::Told<'_> {
        crate::words::Told {
            charter: &self.charter,
            case: &self.case,
            finding: &self.finding,
        }
    }

    /// The record's origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.charter.origin()
    }

    /// Governing time of the first statement.
    #[must_use]
    pub fn genesis(&self) -> Timestamp {
        self.genesis
    }

    /// Governing time and index of the last statement of the case: nothing exported is newer.
    #[must_use]
    pub fn as_of(&self) -> (Timestamp, u64) {
        self.as_of
    }

    /// What a statement of the bundle says; `None` for one that is not in it.
    #[must_use]
    pub fn body(&self, id: &StatementId) -> Option<&Body> {
        self.said.get(id).map(|s| &s.body)
    }

    /// Every statement of the bundle, by identity.
    #[must_use]
    pub fn said(&self) -> &BTreeMap<StatementId, Statement> {
        &self.said
    }

    /// Governing time and index of a statement; those of the finding for one that is not in the bundle.
    #[must_use]
    pub fn moment(&self, id: &StatementId) -> (Timestamp, u64) {
        let entry = self.state.statements.get(id);
        entry.map_or((self.finding.time, self.finding.index), |e| {
            (e.time, e.index)
        })
    }
}
