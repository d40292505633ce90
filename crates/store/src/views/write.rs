//! The one connection that writes the views.

use std::path::Path;
use std::time::Duration;

use record::time::Timestamp;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, TypeInfo as _, ValueRef as _};

use super::rows::{self, Row, Value};
use super::sql;
use super::update::{Source, Update};
use crate::disk::IoError;
use crate::error::StoreError;

/// How long a connection waits for another's lock, in milliseconds.
const BUSY_TIMEOUT_MS: u64 = 2_000;
/// Times a transaction is tried while the database is busy.
const MAX_TRIES: u32 = 5;

pub(super) fn failed(error: sqlx::Error) -> StoreError {
    StoreError::Views(record::trust::with_sources(&error))
}

/// Options of every connection to the views.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))
}

/// The views, open for writing.
pub(super) struct Database(SqliteConnection);

/// Opens the views. What is not views of this log, or cannot be read, is made anew.
pub(super) async fn open(path: &Path, source: &Source) -> Result<Database, StoreError> {
    if let Ok(mut database) = open_file(path).await {
        if database.belongs_to(source).await.unwrap_or(false) {
            return Ok(database);
        }
        // It is removed below, whether it closes well or not.
        let _ = database.close().await;
    }
    remove(path)?;
    open_file(path).await
}

async fn open_file(path: &Path) -> Result<Database, StoreError> {
    let options = options(path).create_if_missing(true);
    let mut connection = options.connect().await.map_err(failed)?;
    // In one step, so that who reads meanwhile sees all tables or none.
    let texts = [sql::BEGIN].into_iter().chain(sql::CREATE.iter().copied());
    for text in texts.chain([sql::COMMIT]) {
        sqlx::query(text)
            .execute(&mut connection)
            .await
            .map_err(failed)?;
    }
    Ok(Database(connection))
}

/// Removes the views' files.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            other => other.map_err(IoError::at("remove", Path::new(&name)))?,
        }
    }
    Ok(())
}

impl Database {
    /// Whether these are views of a beginning of the log, in this version's tables.
    async fn belongs_to(&mut self, source: &Source) -> Result<bool, StoreError> {
        let Some(size) = self.meta("size").await? else {
            return Ok(true);
        };
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        let published = crate::log::read(&source.published).size();
        let format = self.meta("format").await?;
        if format != Some(rows::FORMAT) || size > published || size == 0 {
            return Ok(false);
        }
        let last = i64::try_from(size - 1).unwrap_or(i64::MAX);
        let id: Option<(String,)> = sqlx::query_as(sql::ID_AT)
            .bind(last)
            .fetch_optional(&mut self.0)
            .await
            .map_err(failed)?;
        Ok(id.map(|(id,)| id) == Some(source.id_at(size - 1)?))
    }

    async fn meta(&mut self, name: &str) -> Result<Option<i64>, StoreError> {
        let found: Option<(i64,)> = sqlx::query_as(sql::GET_META)
            .bind(name)
            .fetch_optional(&mut self.0)
            .await
            .map_err(failed)?;
        Ok(found.map(|(value,)| value))
    }

    /// Entries in the views, and the governing time after them.
    pub(super) async fn reached(&mut self) -> Result<(u64, Timestamp), StoreError> {
        let size = self.meta("size").await?.unwrap_or(0);
        let time = self.meta("time").await?.unwrap_or(0);
        let time = Timestamp::from_unix_seconds(time)
            .map_err(|error| StoreError::Views(error.to_string()))?;
        Ok((u64::try_from(size).unwrap_or(0), time))
    }

    /// Writes an update in one transaction, again if the database is busy.
    pub(super) async fn write(&mut self, update: &Update) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let Err(error) = self.try_write(update).await else {
                return Ok(());
            };
            // There may be no transaction to give up.
            let _ = sqlx::query(sql::ROLLBACK).execute(&mut self.0).await;
            if tries == MAX_TRIES || !is_busy(&error) {
                return Err(failed(error));
            }
        }
    }

    async fn try_write(&mut self, update: &Update) -> Result<(), sqlx::Error> {
        sqlx::query(sql::BEGIN).execute(&mut self.0).await?;
        let (many, rest) = update.statements.as_chunks::<{ sql::STATEMENT_ROWS }>();
        for rows in many {
            self.put_all(&sql::PUT_STATEMENTS, rows).await?;
        }
        for row in rest {
            self.put(sql::PUT_STATEMENT, row).await?;
        }
        for changed in &update.cases {
            for text in sql::DROP_CASE {
                sqlx::query(*text)
                    .bind(changed.id.as_str())
                    .execute(&mut self.0)
                    .await?;
            }
            self.put(sql::PUT_CASE, &changed.case).await?;
            self.put(sql::PUT_SEARCH, &changed.search).await?;
            for row in &changed.findings {
                self.put(sql::PUT_FINDING, row).await?;
            }
            for row in &changed.exhibits {
                self.put(sql::PUT_EXHIBIT, row).await?;
            }
        }
        if let Some(members) = &update.members {
            sqlx::query(sql::DROP_MEMBERS).execute(&mut self.0).await?;
            for row in members {
                self.put(sql::PUT_MEMBER, row).await?;
            }
        }
        for (name, value) in rows::meta(update.size, update.time) {
            sqlx::query(sql::PUT_META)
                .bind(name)
                .bind(value)
                .execute(&mut self.0)
                .await?;
        }
        sqlx::query(sql::COMMIT).execute(&mut self.0).await?;
        Ok(())
    }

    async fn put(&mut self, text: &'static str, row: &Row) -> Result<(), sqlx::Error> {
        self.put_all(text, std::slice::from_ref(row)).await
    }

    async fn put_all(&mut self, text: &'static str, rows: &[Row]) -> Result<(), sqlx::Error> {
        let mut query: sqlx::query::Query<'_, sqlx::Sqlite, SqliteArguments> = sqlx::query(text);
        for value in rows.iter().flatten() {
            query = match value {
                Value::Null => query.bind(None::<String>),
                Value::Int(number) => query.bind(*number),
                Value::Text(text) => query.bind(text.clone()),
            };
        }
        query.execute(&mut self.0).await.map(|_| ())
    }

    pub(super) async fn close(self) -> Result<(), StoreError> {
        self.0.close().await.map_err(failed)
    }
}

/// SQLITE_BUSY or SQLITE_LOCKED, or a serialization failure (SQLSTATE 40001).
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| {
        let primary = code.parse::<u32>().map(|code| code & 0xff);
        matches!(primary, Ok(5 | 6)) || code == "40001"
    })
}

/// What the views in a file hold.
pub(crate) struct Dump {
    /// How many statements; [`super::compare_statements`] looks at them.
    pub(crate) statements: u64,
    /// All rows of every other table; no tables if the views are just being made.
    pub(crate) tables: Vec<(&'static str, Vec<Row>)>,
}

/// Reads the views in a file, as of one moment and without writing to it.
pub(crate) fn dump(path: &Path) -> Result<Dump, StoreError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(StoreError::Thread)?;
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut connection = options.connect().await.map_err(failed)?;
        let begin = sqlx::query(sql::BEGIN_READING);
        begin.execute(&mut connection).await.map_err(failed)?;
        let count: (i64,) = sqlx::query_as(sql::COUNT_TABLES)
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?;
        let (mut tables, mut statements) = (Vec::new(), 0);
        for (table, text) in sql::DUMP.iter().filter(|_| count.0 > 0) {
            if *table == "statements" {
                let count: (i64,) = sqlx::query_as(sql::COUNT_STATEMENTS)
                    .fetch_one(&mut connection)
                    .await
                    .map_err(failed)?;
                statements = u64::try_from(count.0).unwrap_or(0);
                continue;
            }
            let found = sqlx::query(*text)
                .fetch_all(&mut connection)
                .await
                .map_err(failed)?;
            let found: Result<Vec<Row>, sqlx::Error> = found.iter().map(values).collect();
            tables.push((*table, found.map_err(failed)?));
        }
        connection.close().await.map_err(failed)?;
        Ok(Dump { statements, tables })
    })
}

fn values(row: &SqliteRow) -> Result<Row, sqlx::Error> {
    let value = |column: usize| {
        let raw = row.try_get_raw(column)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        match raw.type_info().name() {
            "INTEGER" => row.try_get(column).map(Value::Int),
            _ => row.try_get_unchecked(column).map(Value::Text),
        }
    };
    (0..row.len()).map(value).collect()
}
