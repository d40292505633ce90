//! The keys that a log signs its checkpoints with.

use record::body::charter::CharterText;
use tlog::{Checkpoint, KeyType, Note, SigningKey, VerifierKey, cosign, sign_checkpoint};

use crate::error::StoreError;

/// A log's keys: Ed25519, and beside it ML-DSA-44 where the charter names such a key. Both sign
/// every checkpoint; everything else is signed by the first alone.
#[derive(Clone, Debug)]
pub struct LogKeys {
    first: SigningKey,
    second: Option<SigningKey>,
}

impl From<SigningKey> for LogKeys {
    fn from(first: SigningKey) -> Self {
        let second = None;
        Self { first, second }
    }
}

impl From<&SigningKey> for LogKeys {
    fn from(first: &SigningKey) -> Self {
        first.clone().into()
    }
}

impl LogKeys {
    /// Adds the ML-DSA-44 key.
    ///
    /// # Errors
    /// [`StoreError::LogKey`] unless it is of type 0x06 and has the first key's name.
    pub fn with_second(self, second: SigningKey) -> Result<Self, StoreError> {
        let (first, key) = (self.first.verifier_key(), second.verifier_key());
        if key.key_type() != KeyType::SubtreeV1 || key.name() != first.name() {
            return Err(StoreError::LogKey {
                given: shown(Some(&key)),
                wanted: format!("an ML-DSA-44 key (type 0x06) of the name {}", first.name()),
            });
        }
        let second = Some(second);
        Ok(Self { second, ..self })
    }

    /// The Ed25519 key: the one that the record is named after.
    pub(crate) fn first(&self) -> &SigningKey {
        &self.first
    }

    pub(crate) fn second(&self) -> Option<&SigningKey> {
        self.second.as_ref()
    }

    /// The public half of the first.
    pub fn verifier_key(&self) -> VerifierKey {
        self.first.verifier_key()
    }

    /// Signs a checkpoint: one line, or two.
    pub(crate) fn sign(&self, checkpoint: &Checkpoint) -> Result<Note, tlog::SignError> {
        let mut note = sign_checkpoint(checkpoint, &self.first)?;
        if let Some(second) = &self.second {
            note.signatures.push(cosign(&note.text, second, 0)?);
        }
        Ok(note)
    }

    /// Opens a note that these keys signed, each of them.
    pub(crate) fn open(&self, place: &str, note: &[u8]) -> Result<Checkpoint, StoreError> {
        let wrong = |error: &dyn std::error::Error| StoreError::damaged_by(place, error);
        let (checkpoint, note) =
            tlog::open_checkpoint(note, &self.verifier_key()).map_err(|error| wrong(&error))?;
        if let Some(second) = &self.second {
            note.verify(&[second.verifier_key()])
                .map_err(|error| wrong(&error))?;
        }
        Ok(checkpoint)
    }

    /// That these are the keys that a charter names.
    pub(crate) fn check_named_by(&self, charter: &CharterText) -> Result<(), StoreError> {
        let second = self.second.as_ref().map(SigningKey::verifier_key);
        let own = [
            (self.verifier_key().to_string(), charter.log.to_string()),
            (
                shown(second.as_ref()),
                charter
                    .log_mldsa
                    .as_ref()
                    .map_or_else(|| shown(None), ToString::to_string),
            ),
        ];
        match own.into_iter().find(|(given, wanted)| given != wanted) {
            Some((given, wanted)) => Err(StoreError::LogKey { given, wanted }),
            None => Ok(()),
        }
    }
}

fn shown(key: Option<&VerifierKey>) -> String {
    key.map_or_else(|| "no ML-DSA-44 key".to_owned(), ToString::to_string)
}
