//! The thread that keeps the views, and what it reads.

use std::path::Path;
use std::sync::mpsc::Receiver;

use record::envelope::KnownKeys;
use record::kind::Group;
use record::time::Timestamp;
use tokio::sync::watch;

use super::Reached;
use super::rows::{self, Row, Stated};
use super::write::{self, Database};
use crate::error::StoreError;
use crate::folder::FolderObjects;
use crate::layout::Layout;
use crate::log::{self, Published, Shared, SharedTree, entries, own};

/// What the views are made from.
pub(crate) struct Source {
    pub(super) published: Shared,
    files: FolderObjects,
}

/// New rows of one update.
pub(super) struct Update {
    pub(super) size: u64,
    pub(super) time: Option<Timestamp>,
    pub(super) statements: Vec<Row>,
    /// Cases whose rows are written again, each with its rows.
    pub(super) cases: Vec<CaseRows>,
    /// All members, if they may have changed.
    pub(super) members: Option<Vec<Row>>,
}

pub(super) struct CaseRows {
    pub(super) id: String,
    pub(super) case: Row,
    pub(super) search: Row,
    pub(super) findings: Vec<Row>,
    pub(super) exhibits: Vec<Row>,
}

impl Source {
    pub(crate) fn new(published: Shared, layout: &Layout) -> Result<Self, StoreError> {
        let files = FolderObjects::open_read_only(&layout.log())?;
        Ok(Self { published, files })
    }

    /// The identifier of a published statement.
    pub(super) fn id_at(&self, index: u64) -> Result<String, StoreError> {
        let size = log::read(&self.published).size();
        let entry = crate::record_folder::entry(&self.files, index, size)?;
        Ok(tlog::leaf_hash(&entry).to_string())
    }

    /// Everything published from entry `from` on, under the time then in force.
    pub(super) fn since(&self, from: u64, time: Timestamp) -> Result<Update, StoreError> {
        let mut read = Reading {
            next: from,
            time,
            statements: Vec::new(),
            members: false,
        };
        // Most of it without holding up the sequencer, the rest as of one checkpoint.
        let (size, first_recent, tree) = {
            let published = log::read(&self.published);
            let first = published.recent.first();
            (published.size(), first, published.tree.clone())
        };
        if from < first_recent {
            read.up_to(&self.files, &tree, size)?;
        }
        let published = log::read(&self.published);
        let size = published.size();
        match published.recent.since(read.next) {
            Some(recent) => recent.for_each(|stated| read.take(stated)),
            None => read.up_to(&self.files, &published.tree, size)?,
        }
        Ok(Update {
            size,
            time: published.state.global.time,
            statements: read.statements,
            cases: changed_cases(&published, from),
            members: read.members.then(|| rows::members(&published.state)),
        })
    }
}

/// Statements on their way into rows.
struct Reading {
    next: u64,
    time: Timestamp,
    statements: Vec<Row>,
    /// Whether members may have changed.
    members: bool,
}

impl Reading {
    fn up_to(
        &mut self,
        files: &FolderObjects,
        tree: &SharedTree,
        size: u64,
    ) -> Result<(), StoreError> {
        let mut known = KnownKeys::default();
        while self.next < size {
            let bundle = entries::bundle_of(self.next, size);
            let held = entries::read_bundle(files, &bundle)?;
            let skipped = (self.next % u64::from(tlog::TILE_WIDTH)) as usize;
            for entry in held.iter().skip(skipped) {
                let statement = own::statement(tree, &bundle, self.next, entry, &mut known)?;
                let time = rows::time_after(&statement, self.time);
                self.take(&Stated::of(&statement, time));
            }
        }
        Ok(())
    }

    /// Takes the next statement.
    fn take(&mut self, stated: &Stated) {
        self.time = stated.time;
        self.statements.push(stated.row(self.next));
        self.members |= matches!(stated.kind.group(), Group::Members | Group::Charter);
        self.next += 1;
    }
}

fn changed_cases(published: &Published, from: u64) -> Vec<CaseRows> {
    let cases = published.state.cases.values();
    let changed = cases.filter(|case| case.statements.iter().any(|(index, _)| *index >= from));
    changed
        .map(|case| CaseRows {
            id: case.id.to_string(),
            case: rows::case(&published.state, case),
            search: rows::search(&published.state, case),
            findings: rows::findings(case),
            exhibits: rows::exhibits(case),
        })
        .collect()
}

/// Brings the views up once.
pub(super) fn once(path: &Path, source: &Source) -> Result<u64, StoreError> {
    runtime()?.block_on(async {
        let mut database = write::open(path, source).await?;
        let reached = catch_up(&mut database, source).await;
        database.close().await?;
        reached
    })
}

/// Brings the views up at the start and whenever woken, until nobody can wake it any more.
pub(super) fn run(
    path: &Path,
    source: &Source,
    woken: &Receiver<()>,
    told: &watch::Sender<Reached>,
) {
    let tell = |reached: Result<u64, StoreError>| {
        let reached = reached.map_err(|error| record::trust::with_sources(&error));
        // The answer is how far the views were before.
        drop(told.send_replace(reached));
    };
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return tell(Err(error)),
    };
    let mut database = None;
    loop {
        let reached = runtime.block_on(async {
            let open = match database.take() {
                Some(open) => open,
                None => write::open(path, source).await?,
            };
            let open = database.insert(open);
            catch_up(open, source).await
        });
        if reached.is_err() {
            // Opened anew the next time.
            database = None;
        }
        tell(reached);
        if woken.recv().is_err() {
            break;
        }
        // Several checkpoints since are one update.
        while woken.try_recv().is_ok() {}
    }
    if let Some(database) = database {
        // What a failed closing leaves behind is read again at the next opening.
        let _ = runtime.block_on(database.close());
    }
}

async fn catch_up(database: &mut Database, source: &Source) -> Result<u64, StoreError> {
    let (from, time) = database.reached().await?;
    let update = source.since(from, time)?;
    if update.size > from {
        database.write(&update).await?;
    }
    Ok(update.size)
}

fn runtime() -> Result<tokio::runtime::Runtime, StoreError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(StoreError::Thread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, RwLock};

    /// A log of three entries in a folder, published, of which none is remembered.
    fn source(layout: &Layout, change: impl Fn(&mut Vec<u8>)) -> Source {
        let flood = rehearsal::Flood::new("log.example/views", time()).unwrap();
        let entries: Vec<_> = (0..3).map(|n| flood.report(n).unwrap()).collect();
        let tree = tlog::Tree::from_leaves(entries.iter().map(|e| tlog::leaf_hash(e)));
        let mut read = entries.clone();
        change(&mut read[1]);
        let file = layout.log().join("tile/entries/000.p/3");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let frame = |entry: &Vec<u8>| {
            let length = u16::try_from(entry.len()).unwrap().to_be_bytes();
            [&length[..], entry].concat()
        };
        let bytes: Vec<u8> = read.iter().flat_map(frame).collect();
        std::fs::write(file, bytes).unwrap();
        let published = Published {
            size: tree.size(),
            root: tree.root(),
            recent: log::Recent::after(tree.size()),
            tree: SharedTree::new(tree),
            ..Published::default()
        };
        let published = Arc::new(RwLock::new(published));
        Source::new(published, layout).unwrap()
    }

    fn time() -> Timestamp {
        "2014-01-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_entry_read_wrong_makes_no_row() {
        let folder = tempfile::TempDir::new().unwrap();
        let layout = Layout::new(folder.path());
        let good = source(&layout, |_| {}).since(0, time()).unwrap();
        assert_eq!((good.size, good.statements.len()), (3, 3));
        let flip = |entry: &mut Vec<u8>| {
            let sig = entry.windows(7).rposition(|w| w == b"\"sig\":\"").unwrap() + 7;
            entry[sig] = if entry[sig] == b'A' { b'B' } else { b'A' };
        };
        let error = source(&layout, flip).since(0, time()).err().unwrap();
        assert!(error.to_string().contains("entry 1"), "{error}");
    }
}
