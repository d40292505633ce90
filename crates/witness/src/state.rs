//! What a witness cosigned last, per log, in SQLite.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use tlog::Hash;

use crate::decide::Seen;

/// How long the connection waits for another's lock, in milliseconds. There is no other: the
/// folder's lock keeps a second process away.
const BUSY_TIMEOUT_MS: u64 = 2_000;

const CREATE: &str = "CREATE TABLE IF NOT EXISTS logs (origin TEXT PRIMARY KEY, size TEXT NOT NULL, \
     root TEXT NOT NULL, time BIGINT NOT NULL, note TEXT NOT NULL)";
const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
/// Rows of the logs in a JSON list of origins. One statement, however many share a transaction.
const GET: &str = "SELECT origin, size, root, time, note FROM logs \
     WHERE origin IN (SELECT value FROM json_each($1))";
/// Puts a JSON list of rows in place of the earlier ones.
const PUT: &str = "INSERT INTO logs (origin, size, root, time, note) \
     SELECT value->>'origin', value->>'size', value->>'root', value->>'time', value->>'note' \
     FROM json_each($1) WHERE true ON CONFLICT (origin) DO UPDATE SET size = excluded.size, \
     root = excluded.root, time = excluded.time, note = excluded.note";

/// What is held of one log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The tree cosigned last.
    pub seen: Seen,
    /// When, in seconds since 1970.
    pub time: u64,
    /// The cosigned checkpoint: the log's signature and the witness's; none before the first.
    pub note: Option<String>,
}

/// Why the state was not read or written. Nothing may be cosigned after it.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The database failed.
    #[error("the state could not be read or written")]
    Database(#[from] sqlx::Error),
    /// A row is not what this software writes.
    #[error("the state of the log {origin} is damaged: {problem}")]
    Damaged {
        /// Origin of the log.
        origin: String,
        /// What was found.
        problem: String,
    },
}

/// The state, open for writing.
#[derive(Debug)]
pub struct State(SqliteConnection);

#[derive(Serialize)]
struct NewRow<'a> {
    origin: &'a str,
    size: String,
    root: Hash,
    time: u64,
    note: &'a str,
}

impl State {
    /// Opens the database, and makes it if it is not there.
    ///
    /// # Errors
    /// [`StateError::Database`].
    pub async fn open(path: &Path) -> Result<Self, StateError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS));
        let mut connection = options.connect().await?;
        sqlx::query(CREATE).execute(&mut connection).await?;
        Ok(Self(connection))
    }

    /// One transaction: reads what is held of these logs, lets `decide` change it, and records what
    /// it changed. What it returns may be told to others only once this has returned it.
    ///
    /// # Errors
    /// [`StateError`]; nothing was recorded then, or it is not known whether it was.
    pub async fn transact<T>(
        &mut self,
        origins: &BTreeSet<&str>,
        decide: impl FnOnce(&mut BTreeMap<String, Held>) -> T,
    ) -> Result<T, StateError> {
        sqlx::query(BEGIN).execute(&mut self.0).await?;
        let outcome = self.within(origins, decide).await;
        if outcome.is_err() {
            // The connection is dropped by the caller if this fails as well.
            let _ = sqlx::query(ROLLBACK).execute(&mut self.0).await;
        }
        outcome
    }

    async fn within<T>(
        &mut self,
        origins: &BTreeSet<&str>,
        decide: impl FnOnce(&mut BTreeMap<String, Held>) -> T,
    ) -> Result<T, StateError> {
        let names = serde_json::to_string(origins).unwrap_or_default();
        let rows = sqlx::query(GET).bind(names).fetch_all(&mut self.0).await?;
        let before: BTreeMap<String, Held> = rows.iter().map(held).collect::<Result<_, _>>()?;
        let mut after = before.clone();
        let told = decide(&mut after);
        let changed = after
            .iter()
            .filter(|(origin, held)| before.get(*origin) != Some(held));
        let rows: Vec<NewRow<'_>> = changed
            .filter_map(|(origin, held)| {
                Some(NewRow {
                    origin,
                    size: held.seen.size.to_string(),
                    root: held.seen.root,
                    time: held.time,
                    note: held.note.as_deref()?,
                })
            })
            .collect();
        if !rows.is_empty() {
            let rows = serde_json::to_string(&rows).unwrap_or_default();
            sqlx::query(PUT).bind(rows).execute(&mut self.0).await?;
        }
        sqlx::query(COMMIT).execute(&mut self.0).await?;
        Ok(told)
    }

    /// What is held of one log.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn get(&mut self, origin: &str) -> Result<Option<Held>, StateError> {
        let names = serde_json::to_string(&[origin]).unwrap_or_default();
        let row = sqlx::query(GET)
            .bind(names)
            .fetch_optional(&mut self.0)
            .await?;
        row.as_ref()
            .map(|row| held(row).map(|(_, held)| held))
            .transpose()
    }

    /// Closes the database.
    ///
    /// # Errors
    /// [`StateError::Database`]; what was recorded is durable all the same.
    pub async fn close(self) -> Result<(), StateError> {
        Ok(self.0.close().await?)
    }
}

fn held(row: &SqliteRow) -> Result<(String, Held), StateError> {
    let origin: String = row.try_get(0)?;
    let (size, root): (String, String) = (row.try_get(1)?, row.try_get(2)?);
    let time: i64 = row.try_get(3)?;
    let note: String = row.try_get(4)?;
    let damaged = |problem: String| StateError::Damaged {
        origin: origin.clone(),
        problem,
    };
    let size = size
        .parse()
        .map_err(|_| damaged(format!("its size is {size:?}")))?;
    let root = root
        .parse()
        .map_err(|_| damaged(format!("its root is {root:?}")))?;
    let time = u64::try_from(time).map_err(|_| damaged(format!("its time is {time}")))?;
    let held = Held {
        seen: Seen { size, root },
        time,
        note: Some(note),
    };
    Ok((origin, held))
}
