//! What a mirror makes public of a round: tiles, the last bundle, and the checkpoint with its own cosignature.

use std::sync::PoisonError;
use std::time::{SystemTime, UNIX_EPOCH};

use record::clock;
use record::trust::with_sources;
use store::StoreError;
use store::log::entries;
use store::objects::{CHECKPOINT, Durability, Objects as _};
use tlog::{Checkpoint, Note, NoteSignature, SigningKey, cosign, tile_bytes, tiles_to_write};

use super::lines::{Known, Unknown};
use super::{Held, Mirror, MirrorError, encode, path};

impl Mirror {
    /// The keys whose lines are verified here.
    fn known(&self, held: &Held) -> Result<Known, MirrorError> {
        let mut log = vec![self.log.clone()];
        let charter = held.auditor.state.global.charter_in_force();
        if let Some(second) = charter.and_then(|c| c.log_mldsa.as_ref()) {
            let unread = |e: tlog::KeyError| MirrorError::Checkpoint(with_sources(&e));
            log.push(second.verifier().map_err(unread)?);
        }
        let witnesses = self.trust.policy.witness_keys();
        Ok(Known { log, witnesses })
    }

    /// The note that is shown.
    fn shown_note(&self) -> Option<Note> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        Note::parse(&shown.checkpoint).ok()
    }

    /// The last tick is not ahead of what the quorum signed at, nor of this machine's clock: whoever
    /// cosigns says that it holds a log, and not one that stands in days to come.
    fn check_clock(&self, held: &Held, note: &Note) -> Result<(), String> {
        let global = &held.auditor.state.global;
        let (Some(charter), Some(tick)) = (global.charter_in_force(), global.time) else {
            return Ok(());
        };
        clock::check(charter, &self.trust.policy, note, tick)?;
        let now = store::intake::now().map_err(|error| with_sources(&error))?;
        clock::check_now(charter, tick, now)
    }

    /// Writes tiles and the last bundle, cosigns, and shows the checkpoint.
    pub(super) fn publish(
        &self,
        held: &Held,
        checkpoint: &Checkpoint,
        note: &Note,
        unknown: Unknown,
    ) -> Result<NoteSignature, MirrorError> {
        if let Some(why) = self.status.ended() {
            return Err(MirrorError::Ended(why.to_owned()));
        }
        let shown = self.shown_note();
        let note = self.known(held)?.latest(note, shown.as_ref(), unknown);
        let note = note.map_err(|error| MirrorError::Checkpoint(with_sources(&error)))?;
        let trusted = self.trust.check(&note, &self.log);
        trusted.map_err(MirrorError::Checkpoint)?;
        let charter = held.auditor.state.global.charter_in_force();
        charter
            .map_or(Ok(()), |charter| {
                record::trust::check_second(charter, &note)
            })
            .map_err(MirrorError::Checkpoint)?;
        self.check_clock(held, &note).map_err(MirrorError::Clock)?;
        let (before, tree) = (self.size(), &held.auditor.tree);
        if !held.tail.is_empty() {
            let last = entries::bundle_of(checkpoint.size - 1, checkpoint.size);
            self.put(&last.path(), &encode(&held.tail)?, Durability::Lazy)?;
        }
        for tile in tiles_to_write(before, checkpoint.size) {
            let bytes = tile_bytes(tree, &tile)
                .map_err(|error| MirrorError::NotCommitted(error.to_string()))?;
            self.put(&tile.path(), &bytes, Durability::Lazy)?;
        }
        self.objects.flush().map_err(StoreError::from)?;
        let (cosigned, signature) = with_cosignature(note, &self.key)?;
        let cosigned = cosigned.to_string();
        self.objects
            .replace(&path(CHECKPOINT)?, cosigned.as_bytes())
            .map_err(StoreError::from)?;
        self.show(checkpoint.size, cosigned.into_bytes());
        Ok(signature)
    }
}

/// The note with the mirror's cosignature, in place of an earlier one.
fn with_cosignature(
    mut note: Note,
    key: &SigningKey,
) -> Result<(Note, NoteSignature), MirrorError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.map_or(1, |since| since.as_secs().max(1));
    let signature = cosign(&note.text, key, now).map_err(MirrorError::Sign)?;
    let earlier =
        |line: &NoteSignature| line.key_id == signature.key_id && line.name == signature.name;
    note.signatures.retain(|line| !earlier(line));
    note.signatures.push(signature.clone());
    Ok((note, signature))
}
