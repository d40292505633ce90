//! Auditing a record's folder: everything derived again from the entries, without any key.
//!
//! Opens nothing for writing, so it may run beside a server. The checks build on each other and
//! stop at the first that fails; its detail names the file and what is wrong there.

mod ticks;
mod tiles;
mod vault;

use std::path::Path;
use std::time::Duration;

use record::audit::Auditor;
use record::body::charter::CharterText;
use record::check::Report;
use record::index::Following;
use record::kind::Kind;
use record::state::State;
use record::time::Timestamp;
use record::trust::TrustFile;
use tlog::{Checkpoint, Hash, Note, Policy, VerifierKey, open_checkpoint};

use self::ticks::Witnessed;
use self::tiles::Files;
use crate::disk;
use crate::error::StoreError;
use crate::folder::FolderObjects;
use crate::layout::Layout;
use crate::log::entries;
use crate::log::staged::{self, Staged};
use crate::objects::{CHECKPOINT, Objects};
use crate::views::rows::{self, Stated};
use crate::views::{self, Compared};

/// Times the head of a log is read until checkpoint and cell fit.
const MAX_TRIES: u32 = 40;
/// How long a server is given to finish a batch before the head is read again.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(5);

/// What an audit found.
#[derive(Debug)]
pub struct AuditReport {
    /// Check by check.
    pub report: Report,
    /// The state the entries lead to, as far as they were judged.
    pub state: State,
    /// Size of the published log; 0 if it could not be read.
    pub size: u64,
}

/// Audits the record in a folder: the checkpoint and its signature, the trust file's pins, every
/// entry by the rules, every tile and entry bundle byte for byte, the root, the exhibits in the
/// vault by their ciphertext, the last tick by the cosignatures and by this machine's clock, and the views.
/// `progress` hears of entries judged and their number.
///
/// Never fails itself: whatever the folder holds, the report says so.
pub fn audit(dir: &Path, trust: Option<&TrustFile>, progress: impl Fn(u64, u64)) -> AuditReport {
    // Without a clock of its own it compares with the cosignatures alone.
    audit_at(dir, trust, crate::intake::now().ok(), progress)
}

/// As [`audit`], at a given time instead of this machine's.
pub fn audit_at(
    dir: &Path,
    trust: Option<&TrustFile>,
    now: Option<Timestamp>,
    progress: impl Fn(u64, u64),
) -> AuditReport {
    let mut audit = Audit {
        layout: Layout::new(dir),
        report: Report::default(),
        auditor: Auditor::default(),
        size: 0,
        now,
        issued: Vec::new(),
    };
    // The report says where it ended.
    let _ = audit.run(trust, &progress);
    AuditReport {
        report: audit.report,
        state: audit.auditor.state,
        size: audit.size,
    }
}

struct Audit {
    layout: Layout,
    report: Report,
    auditor: Auditor,
    size: u64,
    /// The auditor's clock.
    now: Option<Timestamp>,
    /// When each statement was issued, for the views: all else about it the state knows.
    issued: Vec<Timestamp>,
}

/// The signed head of the log under audit.
struct Signed {
    note: Note,
    checkpoint: Checkpoint,
    log: VerifierKey,
    charter: CharterText,
}

impl Audit {
    /// Runs the checks in order; `None` ends at the first failure.
    fn run(&mut self, trust: Option<&TrustFile>, progress: &dyn Fn(u64, u64)) -> Option<()> {
        let origin = self.layout.read_origin();
        let origin = self.note("folder", "record.json names a known format", origin)?;
        let files = FolderObjects::open_read_only(&self.layout.log()).map_err(StoreError::from);
        let files = self.note("log", "the log's folder is there", files)?;
        // Listed before the checkpoint is read: a server may publish meanwhile, and what it adds
        // after this is not audited.
        let listed = Files::list(&files);
        let held = "every file of the log is one that tlog-tiles names";
        let listed = self.note("files", held, listed)?;
        let (signed, ahead) = self.settled(&files, &origin);
        let held = "the log's key signed it, and the charter names this key";
        let signed = self.note("checkpoint", held, signed)?;
        self.size = signed.checkpoint.size;
        let held = match &ahead {
            Ok(Some(batch)) => format!(
                "{} entries are signed and not yet published; opening the record publishes them",
                batch.entries.len()
            ),
            _ => "the latest signed checkpoint is the published one".to_owned(),
        };
        let ahead = self.note("cell", held, ahead)?;
        self.trust(trust, &signed)?;
        let policy = match trust {
            Some(trust) => trust.policy.clone(),
            None => match policy_of(&signed.charter) {
                Ok(policy) => policy,
                Err(error) => return self.note("checkpoint", "", Err(error)),
            },
        };
        let tree = self.entries(&files, &listed, ahead.as_ref(), progress)?;
        let (charter, note, now) = (&signed.charter, &signed.note, self.now);
        self.describe_entries(&Witnessed {
            charter,
            policy: &policy,
            note,
            now,
        })?;
        let (root, wanted) = (self.auditor.root(), signed.checkpoint.root);
        let held = format!("the entries lead to {root}");
        self.note("root", held, same_root(root, wanted))?;
        let tiles = listed.check_tiles(&files, &tree, self.size);
        let held = "every tile is what the entries lead to, byte for byte";
        self.note("tiles", held, tiles)?;
        self.exhibits()?;
        self.views()
    }

    /// Notes a check; the detail of a failure is the error with all its causes.
    fn note<T>(
        &mut self,
        name: &str,
        held: impl Into<String>,
        result: Result<T, StoreError>,
    ) -> Option<T> {
        let result = result.map_err(|error| record::trust::with_sources(&error));
        self.report.note(name, held, result)
    }

    /// Reads checkpoint and cell until they fit: a server that runs moves one after the other.
    fn settled(
        &self,
        files: &FolderObjects,
        origin: &str,
    ) -> (
        Result<Signed, StoreError>,
        Result<Option<Staged>, StoreError>,
    ) {
        let mut tries = 0;
        loop {
            tries += 1;
            let signed = head(files, origin);
            let ahead = match &signed {
                Ok(signed) => self.cell(files, signed),
                Err(_) => Ok(None),
            };
            if ahead.is_ok() || tries == MAX_TRIES {
                return (signed, ahead);
            }
            std::thread::sleep(TRY_AGAIN_AFTER);
        }
    }

    /// The latest signed checkpoint: the published one, or one ahead of it with its batch staged.
    fn cell(&self, files: &FolderObjects, signed: &Signed) -> Result<Option<Staged>, StoreError> {
        let wrong = |problem: &str| StoreError::damaged("log.cell", problem);
        let Some(bytes) = disk::read_if_there(&self.layout.cell())? else {
            return Err(wrong("it is missing"));
        };
        let (latest, note) = open_checkpoint(&bytes, &signed.log)
            .map_err(|error| StoreError::damaged_by("log.cell", &error))?;
        record::trust::check_second(&signed.charter, &note).map_err(|problem| wrong(&problem))?;
        if latest == signed.checkpoint {
            return Ok(None);
        }
        let path = staged::path(signed.checkpoint.size)?;
        let batch = files.get(&path)?.unwrap_or_default();
        let batch = Staged::parse(&format!("log/{path}"), &batch)?;
        if batch.root != latest.root || batch.new_size() != latest.size {
            return Err(wrong(
                "it signs neither the published tree nor the staged batch",
            ));
        }
        Ok(Some(batch))
    }

    fn trust(&mut self, trust: Option<&TrustFile>, signed: &Signed) -> Option<()> {
        let Some(trust) = trust else {
            let detail = "no trust file: the record is self-consistent, its signers not pinned";
            self.report.not_checked("trust", detail);
            return Some(());
        };
        let charter = signed.charter.digest();
        let pinned = if trust.charter == charter {
            trust.check(&signed.note, &signed.log)
        } else {
            Err(format!(
                "the trust file pins the charter {}, this record has {charter}",
                trust.charter
            ))
        };
        let held = "log key, first charter and witness policy are the pinned ones";
        self.report.note("trust", held, pinned).map(|_| ())
    }

    /// Judges every entry and compares every bundle; gives the tree, with what is staged.
    fn entries(
        &mut self,
        files: &FolderObjects,
        listed: &Files,
        ahead: Option<&Staged>,
        progress: &dyn Fn(u64, u64),
    ) -> Option<tlog::Tree> {
        let mut tail = Vec::new();
        let size = self.size;
        // A checkpoint may name any size: room is made for what is there.
        self.auditor.reserve(size.min(listed.most_entries()));
        let mut failed = None;
        let read = entries::for_each_checked(files, size, |read| {
            // Judged before smaller bundles are compared with it, so that a fault is told where
            // it is.
            let judged = self.judge(&read);
            judged.map_err(|(check, error)| {
                failed = Some(check);
                *error
            })?;
            listed.compare(files, &read.bundle, &read.held)?;
            progress(self.auditor.size(), size);
            tail = read.tail();
            Ok(())
        });
        if read.is_err() {
            return self.note(
                failed.unwrap_or("entries"),
                "",
                read.map(|()| tlog::Tree::default()),
            );
        }
        let staged = ahead.map_or(&[][..], |batch| &batch.entries);
        let first = self.size - tail.len() as u64;
        let last = listed.compare_end(files, first, &[tail.as_slice(), staged].concat());
        let held = "every entry bundle holds the same entries, byte for byte";
        self.note("entries", held, last)?;
        let mut tree = self.auditor.tree.clone();
        staged.iter().for_each(|e| tree.push(tlog::leaf_hash(e)));
        Some(tree)
    }

    /// Judges a bundle's entries; the check that failed, and why.
    fn judge(&mut self, read: &entries::Read) -> Result<(), (&'static str, Box<StoreError>)> {
        read.judge(&mut self.auditor).map_err(|fault| {
            let place = format!("log/{}", read.bundle);
            let error = StoreError::damaged(place, fault.to_string());
            (fault.check(), Box::new(error))
        })?;
        let issued = read.said.iter().flatten().map(|statement| statement.issued);
        self.issued.extend(issued);
        Ok(())
    }

    fn describe_entries(&mut self, witnessed: &Witnessed<'_>) -> Option<()> {
        let state = &self.auditor.state;
        let ticks = state.statements.kinds().filter(|said| said.1 == Kind::Tick);
        let (ticks, entries) = (ticks.count(), self.auditor.size());
        let findings: usize = state.cases.values().map(|case| case.findings.len()).sum();
        let report = &mut self.report;
        report.held("statements", format!("{entries} entries are statements"));
        report.held("signatures", "every signature holds");
        report.held("rules", "the rules admit every entry in its place");
        match self.auditor.index.as_ref().and_then(Following::last) {
            Some(stated) => {
                let behind = entries - stated.size;
                let detail = format!(
                    "every index the log states is that of its entries; the last is over {}, {behind} behind",
                    stated.size
                );
                report.held("index", detail);
            }
            None => report.not_checked("index", "the log has stated none"),
        }
        let last = self.auditor.state.global.time;
        let compared = last.map_or(Ok(""), |last| witnessed.check(last));
        let more = compared.as_ref().map_or("", |more| *more);
        let detail =
            format!("{ticks} ticks, none earlier than the one before, each in its place{more}");
        report.note("ticks", detail, compared)?;
        report.held(
            "findings",
            format!("{findings} findings recompute to the same bytes"),
        );
        Some(())
    }

    fn exhibits(&mut self) -> Option<()> {
        let found = vault::check(&self.layout, &self.auditor.state);
        let detail = found.as_ref().map_or(String::new(), |found| {
            format!(
                "{} declared exhibits are there and whole; {} are recorded as destroyed",
                found.whole, found.destroyed
            )
        });
        let found = self.note("exhibits", detail, found)?;
        let detail = match found.undeclared.as_slice() {
            [] => "nothing else is held".to_owned(),
            [first, ..] => format!(
                "{} files are held that no exhibit declares (accounts, replies and other texts \
                 are such), from {first} on",
                found.undeclared.len()
            ),
        };
        self.report.held("vault", detail);
        Some(())
    }

    fn views(&mut self) -> Option<()> {
        let path = self.layout.views();
        if !path.exists() {
            self.report
                .not_checked("views", "there are none; opening the record makes them");
            return Some(());
        }
        let compared = views::dump(&path).and_then(|found| self.compare_views(&path, &found));
        match compared {
            Ok(Some(apart)) => self.report.not_checked("views", apart),
            other => {
                let held = "the views hold what a rebuild makes";
                self.note("views", held, other.map(|_| ()))?;
            }
        }
        Some(())
    }

    /// Compares views with a rebuild; a sentence if they cannot be compared.
    fn compare_views(
        &self,
        path: &Path,
        found: &views::Dump,
    ) -> Result<Option<&'static str>, StoreError> {
        let expected = rows::all(&self.auditor.state, self.size);
        if meta(&expected, "format") != meta(&found.tables, "format") {
            return Ok(Some(
                "they are of another version; opening the record makes them anew",
            ));
        }
        let behind = Ok(Some(
            "they are of another checkpoint; an open record brings them up",
        ));
        if meta(&expected, "size") != meta(&found.tables, "size") {
            return behind;
        }
        let differs = |row: u64, table: &str| {
            let problem = format!("row {row} of the table {table} differs from a rebuild");
            Err(StoreError::damaged("views.sqlite", problem))
        };
        for ((table, expected), (_, found)) in expected.iter().zip(&found.tables) {
            let row = expected.iter().zip(found).position(|(a, b)| a != b);
            if row.is_some() || expected.len() != found.len() {
                let row = row.unwrap_or(expected.len().min(found.len()));
                return differs(row as u64, table);
            }
        }
        if found.statements != self.size {
            return differs(found.statements.min(self.size), "statements");
        }
        let (statements, issued) = (&self.auditor.state.statements, &self.issued);
        let expected = |index: u64, out: &mut String| {
            // A log here has no more entries than memory has places.
            let at = index as usize;
            if let (Some((id, entry)), Some(issued)) = (statements.nth(at), issued.get(at)) {
                Stated::known(id, entry, *issued).write(index, out);
            }
        };
        match views::compare_statements(path, self.size, &expected)? {
            Compared::Same => Ok(None),
            Compared::OtherSize => behind,
            Compared::Differs(row) => differs(row, "statements"),
        }
    }
}

/// Reads the published checkpoint under the key that the charter in entry 0 names.
fn head(files: &FolderObjects, origin: &str) -> Result<Signed, StoreError> {
    let wrong = |problem: String| StoreError::damaged("log/checkpoint", problem);
    let bytes = files.get(&crate::log::object(CHECKPOINT)?)?;
    let bytes = bytes.ok_or_else(|| wrong("it is missing".into()))?;
    let note = Note::parse(&bytes).map_err(|e| StoreError::damaged_by("log/checkpoint", &e))?;
    let unverified =
        Checkpoint::parse(&note.text).map_err(|e| StoreError::damaged_by("log/checkpoint", &e))?;
    let bundle = entries::bundle_of(0, unverified.size);
    if unverified.size == 0 {
        return Err(wrong("it is of an empty log".into()));
    }
    let first = entries::read_bundle(files, &bundle)?;
    let first = first.first().map_or(&[][..], Vec::as_slice);
    let charter = crate::record_folder::first_charter(first)
        .map_err(|error| StoreError::damaged_by(format!("log/{bundle}"), &error))?;
    let log = charter
        .log
        .verifier()
        .map_err(|error| StoreError::damaged_by(format!("log/{bundle}"), &error))?;
    let (checkpoint, note) = open_checkpoint(&bytes, &log)
        .map_err(|error| StoreError::damaged_by("log/checkpoint", &error))?;
    record::trust::check_second(&charter, &note).map_err(wrong)?;
    if checkpoint.origin != origin {
        let problem = format!("record.json names the origin {origin:?}, the checkpoint another");
        return Err(wrong(problem));
    }
    Ok(Signed {
        note,
        checkpoint,
        log,
        charter,
    })
}

/// The witness policy of a charter; one that does not parse is refused by the rules, later.
fn policy_of(charter: &CharterText) -> Result<Policy, StoreError> {
    let trust = record::trust::of_charter(charter);
    let trust = trust.map_err(|error| StoreError::damaged_by("entry 0", &error))?;
    Ok(trust.policy)
}

fn same_root(found: Hash, wanted: Hash) -> Result<(), StoreError> {
    if found == wanted {
        return Ok(());
    }
    let problem = format!("it signs the root {wanted}, the entries lead to {found}");
    Err(StoreError::damaged("log/checkpoint", problem))
}

/// A number that views say of themselves.
fn meta<'a>(tables: &'a [(&str, Vec<rows::Row>)], name: &str) -> Option<&'a rows::Value> {
    let (_, meta) = tables.iter().find(|(table, _)| *table == "meta")?;
    let name = rows::Value::Text(name.into());
    meta.iter().find(|row| row.first() == Some(&name))?.get(1)
}
