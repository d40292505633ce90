//! The rows of the statements as text, many at a time: a record has as many of them as entries, and
//! reading each value by itself takes longer than anything else that an audit asks of the views.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use super::sql;
use super::write::failed;
use crate::error::StoreError;

/// Rows compared at a time.
const ROWS: u64 = 256;
/// Fewer rows than this are compared on one thread.
const MIN_PARALLEL_ROWS: u64 = 4_096;

/// How the statements in the views compare with what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    /// They are the same.
    Same,
    /// They are of another checkpoint.
    OtherSize,
    /// This row differs, or is missing.
    Differs(u64),
}

/// Compares the first `size` rows with what `expected` writes for each (docs of
/// [`super::rows::Stated::write`]), on all cores; without writing to the file.
///
/// # Errors
/// The views cannot be read.
pub(crate) fn compare_statements(
    path: &Path,
    size: u64,
    expected: &(dyn Fn(u64, &mut String) + Sync),
) -> Result<Compared, StoreError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let threads = if size < MIN_PARALLEL_ROWS { 1 } else { cores };
    let share = size.div_ceil(threads).next_multiple_of(ROWS);
    let ended = &AtomicBool::new(false);
    let part = |n: u64| {
        let part = Part {
            from: (n * share).min(size),
            to: ((n + 1) * share).min(size),
            size,
            expected,
            ended,
        };
        let compared = part.compare(path);
        if !matches!(compared, Ok(Compared::Same)) {
            ended.store(true, Ordering::Relaxed);
        }
        compared
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|n| (n, scope.spawn(move || part(n))))
            .collect();
        let mut compared = part(0)?;
        for (n, other) in others {
            // A part whose thread ended early is done here.
            let more = other.join().unwrap_or_else(|_| part(n))?;
            if compared == Compared::Same {
                compared = more;
            }
        }
        Ok(compared)
    })
}

/// Some of the rows.
#[derive(Clone, Copy)]
struct Part<'a> {
    from: u64,
    to: u64,
    size: u64,
    expected: &'a (dyn Fn(u64, &mut String) + Sync),
    /// Another part differs.
    ended: &'a AtomicBool,
}

impl Part<'_> {
    fn compare(&self, path: &Path) -> Result<Compared, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StoreError::Thread)?;
        runtime.block_on(async {
            let options = SqliteConnectOptions::new().filename(path).read_only(true);
            let mut connection = options.connect().await.map_err(failed)?;
            let compared = self.compare_over(&mut connection).await.map_err(failed)?;
            connection.close().await.map_err(failed)?;
            Ok(compared)
        })
    }

    /// All in one transaction, so that it is of one moment.
    async fn compare_over(&self, db: &mut SqliteConnection) -> Result<Compared, sqlx::Error> {
        sqlx::query(sql::BEGIN_READING).execute(&mut *db).await?;
        let size: Option<(i64,)> = sqlx::query_as(sql::GET_META)
            .bind("size")
            .fetch_optional(&mut *db)
            .await?;
        if size.map(|(size,)| size) != i64::try_from(self.size).ok() {
            return Ok(Compared::OtherSize);
        }
        let mut wanted = String::new();
        let mut from = self.from;
        while from < self.to && !self.ended.load(Ordering::Relaxed) {
            let to = (from + ROWS).min(self.to);
            let bound = |index: u64| i64::try_from(index).unwrap_or(i64::MAX);
            let found: (Option<String>,) = sqlx::query_as(sql::STATEMENT_TEXTS)
                .bind(bound(from))
                .bind(bound(to))
                .fetch_one(&mut *db)
                .await?;
            wanted.clear();
            (from..to).for_each(|index| (self.expected)(index, &mut wanted));
            let found = found.0.unwrap_or_default();
            if found != wanted {
                return Ok(Compared::Differs(from + first_different(&found, &wanted)));
            }
            from = to;
        }
        Ok(Compared::Same)
    }
}

/// The first line that differs.
fn first_different(found: &str, wanted: &str) -> u64 {
    let lines = found.lines().zip(wanted.lines());
    lines.take_while(|(found, wanted)| found == wanted).count() as u64
}
