//! A flood of reports, each of its own words, by a thousand reporters: what the log is measured
//! with.

use record::kind::Kind;
use record::statement::Draft;
use record::time::Timestamp;
use serde_json::json;
use tlog::{KeyType, SigningKey};

use crate::cast::Cast;
use crate::corpus;
use crate::error::RehearsalError;
use crate::play::genesis;

/// Reporters in a flood; more than any cache of keys on the way would hold for free.
const REPORTERS: u64 = 1_000;

/// Makes reports to a record of its own.
#[derive(Debug)]
pub struct Flood {
    cast: Cast,
    time: Timestamp,
    reporters: Vec<SigningKey>,
}

impl Flood {
    /// The flood of a record with this origin; every statement is issued at `time`.
    ///
    /// # Errors
    /// [`RehearsalError`] if the origin is no name of a key.
    pub fn new(origin: &str, time: Timestamp) -> Result<Self, RehearsalError> {
        let cast = Cast::new([11; 32], origin, &corpus::panel()?)?;
        let reporter = |n: u64| {
            let seed = *tlog::sha256(&[&b"reporter"[..], &n.to_be_bytes()].concat()).as_bytes();
            SigningKey::from_seed(&format!("reporter-{n}"), seed, KeyType::Ed25519)
        };
        let reporters = (0..REPORTERS).map(reporter).collect::<Result<_, _>>()?;
        Ok(Self {
            cast,
            time,
            reporters,
        })
    }

    /// The record's log key.
    #[must_use]
    pub fn log_key(&self) -> &SigningKey {
        &self.cast.log
    }

    /// The record's first entries.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn genesis(&self) -> Result<Vec<Vec<u8>>, RehearsalError> {
        genesis(&self.cast, self.time)
    }

    /// The `n`-th report.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn report(&self, n: u64) -> Result<Vec<u8>, RehearsalError> {
        let draft = Draft {
            record: self.cast.origin.clone(),
            issued: self.time,
            case: None,
            kind: Kind::Report,
            body: json!({
                "incident": "disruption", "sector": "health", "happened": "2013-12-24",
                "account_sha256": tlog::sha256(&n.to_be_bytes()),
            }),
        };
        // Below REPORTERS, so it fits.
        let reporter = &self.reporters[(n % REPORTERS) as usize];
        Ok(draft.sign(reporter, &[0; 32], self.time)?.entry)
    }
}
