//! Taking back: a member removes versions that it brought itself.

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::add::{Range, digest, set_edge};
use super::collection::Collection;
use super::held;
use super::question::Versions;
use super::{Taxii, sql};
use crate::error::StoreError;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// So many versions are gone.
    Gone(u64),
    /// There is no such version.
    Nothing,
    /// Another member brought one of them; nothing was removed.
    Others,
}

impl Taxii {
    /// Removes those versions of an object that are asked for, all of them or none. What was removed stays noted.
    ///
    /// # Errors
    /// [`StoreError::Taxii`]: nothing was removed.
    pub async fn remove(
        &self,
        collection: &Collection,
        account: &str,
        id: &str,
        versions: &Versions,
        specs: &[String],
        now: i64,
    ) -> Result<Removed, StoreError> {
        let mut writing = self.begin().await?;
        let connection = writing.connection();
        let done = async {
            let rows = sqlx::query(sql::VERSIONS_OF)
                .bind(collection.n)
                .bind(id.to_owned());
            let mut gone: Vec<(i64, String, String)> = Vec::new();
            let mut bytes = 0;
            for row in rows.fetch_all(&mut *connection).await? {
                let (seq, key): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
                let spec: String = row.try_get(3)?;
                let fits = specs.is_empty() || specs.contains(&spec);
                if !fits || !versions.wants(row.try_get(2)?, &key) {
                    continue;
                }
                if row.try_get::<String, _>(4)? != account {
                    return Ok(Removed::Others);
                }
                let content: String = row.try_get(5)?;
                bytes -= held::size(&content);
                gone.push((seq, key, digest(&content)));
            }
            for (seq, key, sha256) in &gone {
                sqlx::query(sql::DROP_VERSION)
                    .bind(seq)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query(sql::PUT_REMOVED)
                    .bind(collection.n)
                    .bind(id.to_owned())
                    .bind(key.clone())
                    .bind(account.to_owned())
                    .bind(now)
                    .bind(sha256.clone())
                    .execute(&mut *connection)
                    .await?;
            }
            held::count(connection, collection.n, account, bytes).await?;
            mark_ends(connection, collection.n, id, now).await?;
            Ok(match gone.len() as u64 {
                0 => Removed::Nothing,
                count => Removed::Gone(count),
            })
        }
        .await;
        writing.end(done).await
    }
}

/// Marks what is first and last of an object now. A version that is the last again was added again just now: else who pages
/// by `added_after` would have passed it and never see it.
async fn mark_ends(
    connection: &mut SqliteConnection,
    collection: i64,
    id: &str,
    now: i64,
) -> Result<(), sqlx::Error> {
    let ends: (Option<String>, Option<String>) = sqlx::query_as(sql::RANGE)
        .bind(collection)
        .bind(id.to_owned())
        .fetch_one(&mut *connection)
        .await?;
    let (Some(first), Some(last)) = ends else {
        return Ok(());
    };
    let range = Range { first, last };
    let edges = sqlx::query(sql::VERSIONS_OF)
        .bind(collection)
        .bind(id.to_owned());
    let mut was_last = false;
    for row in edges.fetch_all(&mut *connection).await? {
        let edge: i64 = row.try_get(2)?;
        was_last |= row.try_get::<String, _>(1)? == range.last && edge & 2 != 0;
    }
    if !was_last {
        let (before,): (i64,) = sqlx::query_as(sql::LAST_ADDED)
            .bind(collection)
            .fetch_one(&mut *connection)
            .await?;
        let added = (before + 1).max(now);
        let set = sqlx::query(sql::SET_ADDED)
            .bind(collection)
            .bind(id.to_owned());
        set.bind(range.last.clone())
            .bind(added)
            .execute(&mut *connection)
            .await?;
        let set = sqlx::query(sql::SET_LAST_ADDED).bind(collection);
        set.bind(added).execute(&mut *connection).await?;
    }
    for version in [&range.first, &range.last] {
        set_edge(connection, collection, id, version, range.edge(version)).await?;
    }
    Ok(())
}
