//! Which signature lines a mirror shows under a checkpoint: of each known key the latest.

use tlog::{Note, NoteSignature, VerifierKey, VerifyError};

/// What becomes of lines by keys that nobody here knows, such as other mirrors'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Those of the log's own checkpoint are shown as they are.
    Kept,
    /// Whoever uploads adds none; those that are shown stay.
    Dropped,
}

/// The keys whose lines are verified.
pub(super) struct Known {
    /// The log's own: one, or two.
    pub(super) log: Vec<VerifierKey>,
    /// The pinned witnesses'.
    pub(super) witnesses: Vec<VerifierKey>,
}

/// A line, and what it is known to say.
struct Line<'a> {
    line: &'a NoteSignature,
    known: bool,
    /// Of a cosignature, in seconds since 1970.
    time: Option<u64>,
}

impl Line<'_> {
    fn is_of_same_key(&self, other: &Line<'_>) -> bool {
        self.line.name == other.line.name && self.line.key_id == other.line.key_id
    }
}

impl Known {
    /// A note's lines, each of a known key verified. A witness's line of time 0 is of a subtree (C2SP
    /// tlog-cosignature) and says nothing of when, so it is not among them; the log itself signs so.
    fn lines<'a>(&self, note: &'a Note) -> Result<Vec<Line<'a>>, VerifyError> {
        let all = [&self.log[..], &self.witnesses[..]].concat();
        let verified = note.verify(&all)?;
        let lines = note.signatures.iter().enumerate().filter_map(|(at, line)| {
            let verified = verified.iter().find(|v| v.position == at);
            let timeless =
                verified.is_some_and(|v| v.timestamp == Some(0) && self.witnesses.contains(&v.key));
            (!timeless).then_some(Line {
                line,
                known: verified.is_some(),
                time: verified.and_then(|v| v.timestamp),
            })
        });
        Ok(lines.collect())
    }

    /// The note with the latest line of each known key, of those it brings and those that are `shown` for the same
    /// checkpoint: no earlier note takes a witness away from readers, or turns back its time.
    ///
    /// # Errors
    /// [`VerifyError`] where a line of the note names a known key and does not hold.
    pub(super) fn latest(
        &self,
        note: &Note,
        shown: Option<&Note>,
        unknown: Unknown,
    ) -> Result<Note, VerifyError> {
        let mut latest = self.lines(note)?;
        latest.retain(|line| line.known || unknown == Unknown::Kept);
        let shown = shown.filter(|shown| shown.text == note.text);
        // What was shown under other pins, and does not hold under these, is not gone by.
        let mut ours = shown
            .and_then(|shown| self.lines(shown).ok())
            .unwrap_or_default();
        ours.retain(|line| line.known || unknown == Unknown::Dropped);
        for line in ours {
            match latest.iter_mut().find(|other| other.is_of_same_key(&line)) {
                None => latest.push(line),
                Some(other) if other.time < line.time => *other = line,
                Some(_) => {}
            }
        }
        let signatures = latest.iter().map(|line| line.line.clone()).collect();
        let text = note.text.clone();
        Ok(Note { text, signatures })
    }
}
