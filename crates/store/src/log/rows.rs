//! Rows: what judging an entry left in the state, kept so that opening a record need not judge it
//! again.
//!
//! Most entries of a large record are reports and ticks, and all that the state keeps of one is a
//! row in the table of statements. A *segment* holds the rows of [`SEGMENT_ROWS`] entries, is
//! written once they are published, and is signed by the log's key: the log says that it judged
//! them. Opening takes these rows over, checks that their identities lead to the signed root of
//! the published checkpoint, and judges everything else as ever: entries of other types, and all
//! entries after the last segment. The audit never takes a row over: it judges from entry 0, and
//! compares the segments with what it finds. The folder may be deleted at any time.
//!
//! ```text
//! solferino.org/rows@v1
//! <origin>
//! <first entry> <number of rows> <number of kinds> <of signers> <of cases>
//! (a line for each kind, signer and case)
//!
//! (for each row: identity, digest of the words, index and Unix seconds in eight bytes each,
//!  numbers of kind, signer and case from 1 in four bytes each, 0 for no case; big-endian)
//! (Ed25519 signature by the log's key of the SHA-256 of all before, with the first line)
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use record::ids::{CaseId, StatementId, Vkey};
use record::kind::Kind;
use record::state::{Entry, State};
use record::time::Timestamp;
use tlog::{Hash, SigningKey, VerifierKey, sha256};

use crate::disk;
use crate::error::StoreError;

/// Entries in a segment. A multiple of a bundle's 256, so that a bundle belongs to one segment.
pub(crate) const SEGMENT_ROWS: u64 = 16_384;

const HEADER: &str = "solferino.org/rows@v1";
/// Bytes of a row.
const ROW_BYTES: usize = 32 + 32 + 8 + 8 + 3 * 4;
/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;

/// A statement with the digest of its words.
pub(crate) type Row = (StatementId, Hash, Entry);

/// The folder of segments.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    folder: PathBuf,
}

impl Rows {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn file(&self, segment: u64) -> PathBuf {
        self.folder.join(format!("{segment:08}"))
    }

    /// Writes the segments that a published state of this record fills and that are not there.
    pub(crate) fn write(
        &self,
        state: &State,
        segments: std::ops::Range<u64>,
        key: &SigningKey,
    ) -> Result<(), StoreError> {
        for segment in segments {
            let file = self.file(segment);
            if self.read(segment, &key.verifier_key()).is_some() {
                continue;
            }
            // One that was not signed, or was cut short, is written again.
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(disk::IoError::at("remove", &file)(error).into());
                }
                _ => {}
            }
            disk::create_folder(&self.folder)?;
            let bytes = encode(state, segment * SEGMENT_ROWS, key);
            disk::write_once(&file, &bytes, disk::PUBLISHED_MODE)?;
        }
        Ok(())
    }

    /// The rows of a segment; `None` if there is none that the log's key has signed.
    pub(crate) fn read(&self, segment: u64, log: &VerifierKey) -> Option<Vec<Row>> {
        let bytes = disk::read_if_there(&self.file(segment)).ok()??;
        decode(&bytes, segment * SEGMENT_ROWS, log)
    }

    /// Numbers of the segments that are there.
    pub(crate) fn list(&self) -> Vec<u64> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut segments: Vec<u64> = names.filter_map(|name| name.parse().ok()).collect();
        segments.sort_unstable();
        segments
    }

    pub(crate) fn place(segment: u64) -> String {
        format!("rows/{segment:08}")
    }
}

/// Whether a row is all that the state keeps of a statement of this type.
pub(crate) fn row_is_all(kind: Kind) -> bool {
    matches!(kind, Kind::Report | Kind::Tick)
}

fn encode(state: &State, first: u64, key: &SigningKey) -> Vec<u8> {
    // Both fit a machine's word: the state holds the rows.
    let rows = state.statements.rows(first as usize, SEGMENT_ROWS as usize);
    let (mut kinds, mut signers, mut cases) =
        (Names::default(), Names::default(), Names::default());
    let mut body = Vec::with_capacity(rows.len() * ROW_BYTES);
    for (id, words, entry) in &rows {
        body.extend_from_slice(id.0.as_bytes());
        body.extend_from_slice(words.as_bytes());
        body.extend_from_slice(&entry.index.to_be_bytes());
        body.extend_from_slice(&entry.time.unix_seconds().to_be_bytes());
        let case = entry
            .case
            .as_ref()
            .map_or(0, |case| cases.number(case.as_str()));
        for number in [
            kinds.number(entry.kind.as_str()),
            signers.number(entry.signer.as_str()),
            case,
        ] {
            body.extend_from_slice(&number.to_be_bytes());
        }
    }
    let names = [&kinds.list, &signers.list, &cases.list];
    let [k, s, c] = names.map(Vec::len);
    let origin = key.verifier_key().name().to_owned();
    let mut text = format!("{HEADER}\n{origin}\n{first} {} {k} {s} {c}\n", rows.len());
    for name in names.into_iter().flatten() {
        text.push_str(name);
        text.push('\n');
    }
    text.push('\n');
    let mut bytes = text.into_bytes();
    bytes.append(&mut body);
    let signature = key.sign_raw(&signed(&bytes));
    bytes.extend_from_slice(&signature);
    bytes
}

/// What is signed: no other message of the log's key starts with this line.
fn signed(bytes: &[u8]) -> Vec<u8> {
    format!("{HEADER}\n{}\n", sha256(bytes)).into_bytes()
}

/// Texts with numbers from 1.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        self.list.push(name.to_owned());
        // A segment has fewer names than rows.
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

fn decode(bytes: &[u8], first: u64, log: &VerifierKey) -> Option<Vec<Row>> {
    let (rest, signature) = bytes.split_last_chunk::<SIGNATURE_BYTES>()?;
    log.verify_raw(&signed(rest), signature).ok()?;
    let end = rest.windows(2).position(|pair| pair == b"\n\n")?;
    let (head, rows) = rest.split_at_checked(end + 2)?;
    let mut lines = std::str::from_utf8(head).ok()?.lines();
    (lines.next()? == HEADER && lines.next()? == log.name()).then_some(())?;
    let sizes: Vec<u64> = lines
        .next()?
        .split(' ')
        .map_while(|n| n.parse().ok())
        .collect();
    let [starts, count, kinds, signers, cases] = *sizes.as_slice() else {
        return None;
    };
    (starts == first && count == SEGMENT_ROWS).then_some(())?;
    let kinds: Vec<Kind> = names(&mut lines, kinds)?;
    let signers: Vec<Vkey> = names(&mut lines, signers)?;
    let cases: Vec<CaseId> = names(&mut lines, cases)?;
    let (rows, []) = rows.as_chunks::<ROW_BYTES>() else {
        return None;
    };
    (rows.len() as u64 == count).then_some(())?;
    let row = |bytes: &[u8; ROW_BYTES]| {
        let (id, rest) = bytes.split_first_chunk::<32>()?;
        let (words, rest) = rest.split_first_chunk::<32>()?;
        let (index, rest) = rest.split_first_chunk::<8>()?;
        let (time, rest) = rest.split_first_chunk::<8>()?;
        let (numbers, _) = rest.as_chunks::<4>();
        let number = |at: usize| Some(u32::from_be_bytes(*numbers.get(at)?) as usize);
        let entry = Entry {
            index: u64::from_be_bytes(*index),
            kind: *kinds.get(number(0)?.checked_sub(1)?)?,
            case: match number(2)? {
                0 => None,
                case => Some(cases.get(case - 1)?.clone()),
            },
            signer: signers.get(number(1)?.checked_sub(1)?)?.clone(),
            time: Timestamp::from_unix_seconds(i64::from_be_bytes(*time)).ok()?,
        };
        Some((
            StatementId(Hash::from_bytes(*id)),
            Hash::from_bytes(*words),
            entry,
        ))
    };
    rows.iter().map(row).collect()
}

/// Reads so many names, a line each.
fn names<'a, T: std::str::FromStr>(
    lines: &mut impl Iterator<Item = &'a str>,
    count: u64,
) -> Option<Vec<T>> {
    (0..count.min(SEGMENT_ROWS))
        .map(|_| lines.next()?.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tlog::KeyType;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed("record.example/rows", [seed; 32], KeyType::Ed25519).unwrap()
    }

    fn state() -> State {
        let mut state = State::default();
        for n in 0..SEGMENT_ROWS {
            let kind = if n % 7 == 0 { Kind::Tick } else { Kind::Report };
            let entry = Entry {
                index: n,
                kind,
                case: None,
                signer: key((n % 5) as u8)
                    .verifier_key()
                    .to_string()
                    .parse()
                    .unwrap(),
                time: Timestamp::from_unix_seconds(1_400_000_000 + n as i64).unwrap(),
            };
            let id = StatementId(sha256(&n.to_be_bytes()));
            state.restore(id, sha256(id.0.as_bytes()), &entry);
        }
        state
    }

    #[test]
    fn a_segment_reads_back_and_every_changed_byte_is_refused() {
        let (state, log) = (state(), key(9));
        let bytes = encode(&state, 0, &log);
        let rows = decode(&bytes, 0, &log.verifier_key()).unwrap();
        assert_eq!(rows, state.statements.rows(0, SEGMENT_ROWS as usize));
        assert_eq!(decode(&bytes, SEGMENT_ROWS, &log.verifier_key()), None);
        assert_eq!(decode(&bytes, 0, &key(8).verifier_key()), None);
        for at in (0..bytes.len())
            .step_by(9_973)
            .chain(bytes.len() - 70..bytes.len())
        {
            let mut changed = bytes.clone();
            changed[at] ^= 4;
            assert_eq!(decode(&changed, 0, &log.verifier_key()), None, "byte {at}");
        }
        assert_eq!(
            decode(&bytes[..bytes.len() - 1], 0, &log.verifier_key()),
            None
        );
    }
}
