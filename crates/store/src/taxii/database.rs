//! The connections to the file, and transactions on the one that writes.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Row as _};
use tokio::sync::MutexGuard;

use super::{Taxii, sql};
use crate::error::StoreError;

pub(super) type Row = SqliteRow;

/// Version of the tables.
const FORMAT: i64 = 3;
/// The version before, which lacks what is held by account; it is counted at the first opening.
const FORMAT_WITHOUT_HELD: i64 = 2;
/// How long a connection waits for another's lock, in milliseconds.
const BUSY_TIMEOUT_MS: u64 = 10_000;
/// Connections that read at once.
const READERS: u32 = 4;
/// Size of a page of the file, in bytes: several objects of two kilobytes share one.
const PAGE_BYTES: u32 = 16 * 1024;
/// Memory for pages of the connection that writes, in KiB.
const WRITER_CACHE_KIB: u32 = 16 * 1024;
/// Memory for pages of each connection that reads, in KiB.
const READER_CACHE_KIB: u32 = 2 * 1024;

const CREATE_META: &str =
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BIGINT NOT NULL)";
const PUT_FORMAT: &str =
    "INSERT INTO meta (name, value) VALUES ('format', $1) ON CONFLICT DO NOTHING";
const FORMAT_FOUND: &str = "SELECT value FROM meta WHERE name = 'format'";
const SET_FORMAT: &str = "UPDATE meta SET value = $1 WHERE name = 'format'";

pub(super) fn failed(error: sqlx::Error) -> StoreError {
    StoreError::Taxii(record::trust::with_sources(&error))
}

fn options(path: &Path, cache_kib: u32) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))
        .pragma("cache_size", format!("-{cache_kib}"))
}

/// Opens the file for writing, and makes the tables that are not there in one step.
pub(super) async fn open_writer(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = options(path, WRITER_CACHE_KIB).create_if_missing(true);
    let mut writer = options.connect().await?;
    let texts = [sql::BEGIN, CREATE_META].into_iter();
    for text in texts.chain(sql::CREATE.iter().copied()) {
        sqlx::query(text).execute(&mut writer).await?;
    }
    sqlx::query(PUT_FORMAT)
        .bind(FORMAT)
        .execute(&mut writer)
        .await?;
    let (found,): (i64,) = sqlx::query_as(FORMAT_FOUND).fetch_one(&mut writer).await?;
    match found {
        FORMAT => {}
        FORMAT_WITHOUT_HELD => {
            for text in sql::FILL_HELD {
                sqlx::query(*text).execute(&mut writer).await?;
            }
            let set = sqlx::query(SET_FORMAT).bind(FORMAT);
            set.execute(&mut writer).await?;
        }
        other => {
            // The transaction ends with the connection, and nothing was made.
            let text = format!("its format is {other}, and this software reads {FORMAT}");
            return Err(sqlx::Error::Configuration(text.into()));
        }
    }
    sqlx::query(sql::COMMIT).execute(&mut writer).await?;
    Ok(writer)
}

/// Opens the file for reading.
pub(super) async fn open_readers(path: &Path) -> Result<SqlitePool, sqlx::Error> {
    let options = options(path, READER_CACHE_KIB).create_if_missing(false);
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(1)
        .test_before_acquire(false)
        .connect_with(options)
        .await
}

/// A transaction that writes. Ended by [`Writing::end`].
pub(super) struct Writing<'a>(MutexGuard<'a, SqliteConnection>);

impl Taxii {
    pub(super) async fn begin(&self) -> Result<Writing<'_>, StoreError> {
        let mut connection = self.writer.lock().await;
        // One that was dropped half-way left its transaction open; mostly there is none, and this fails.
        let _ = sqlx::query(sql::ROLLBACK).execute(&mut *connection).await;
        let begun = sqlx::query(sql::BEGIN).execute(&mut *connection).await;
        begun.map_err(failed)?;
        Ok(Writing(connection))
    }
}

impl Writing<'_> {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }

    /// Makes durable what was done, or undoes it if it failed.
    pub(super) async fn end<T>(mut self, done: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        let done = match done {
            Ok(done) => sqlx::query(sql::COMMIT)
                .execute(&mut *self.0)
                .await
                .map(|_| done),
            Err(error) => Err(error),
        };
        if done.is_err() {
            // There may be nothing left to undo.
            let _ = sqlx::query(sql::ROLLBACK).execute(&mut *self.0).await;
        }
        done.map_err(failed)
    }
}

pub(super) fn int(row: &Row, column: usize) -> Result<i64, StoreError> {
    row.try_get(column).map_err(failed)
}

pub(super) fn text(row: &Row, column: usize) -> Result<String, StoreError> {
    row.try_get(column).map_err(failed)
}
