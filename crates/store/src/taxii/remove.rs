//! Taking back: a member removes versions that it brought itself.

use std::collections::HashMap;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};

use super::add::{IDS_AT_ONCE, digest};
use super::collection::Collection;
use super::ends::{FIRST, LAST, settle};
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
            let rows = rows.fetch_all(&mut *connection).await?;
            let mut gone = Vec::new();
            for (n, row) in rows.iter().enumerate() {
                let edge =
                    if n == 0 { FIRST } else { 0 } + if n + 1 == rows.len() { LAST } else { 0 };
                let spec: String = row.try_get(3)?;
                let fits = specs.is_empty() || specs.contains(&spec);
                if !fits || !versions.wants(edge, row.try_get(1)?) {
                    continue;
                }
                if row.try_get::<String, _>(4)? != account {
                    return Ok(Removed::Others);
                }
                gone.push(row);
            }
            take_out(connection, (collection.n, id), &gone, now).await?;
            Ok(match gone.len() as u64 {
                0 => Removed::Nothing,
                count => Removed::Gone(count),
            })
        }
        .await;
        writing.end(done).await
    }
}

/// Takes out versions of an object, as [`sql::VERSIONS_OF`] gives them, and notes what they were and who had brought them.
pub(super) async fn take_out(
    connection: &mut SqliteConnection,
    (collection, id): (i64, &str),
    gone: &[&SqliteRow],
    now: i64,
) -> Result<(), sqlx::Error> {
    for row in gone {
        let (seq, version): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        let (author, content): (String, &str) = (row.try_get(4)?, row.try_get(5)?);
        held::count(connection, collection, &author, -held::size(content)).await?;
        for text in [sql::DROP_VERSION, sql::DROP_AGAIN] {
            let drop = sqlx::query(text).bind(seq);
            drop.execute(&mut *connection).await?;
        }
        sqlx::query(sql::PUT_REMOVED)
            .bind(collection)
            .bind(id.to_owned())
            .bind(version)
            .bind(author)
            .bind(now)
            .bind(digest(content))
            .execute(&mut *connection)
            .await?;
    }
    settle(connection, collection, id, now).await
}

/// What an author had of the objects and has no more: SHA-256 by identifier and version.
pub(super) async fn taken_back(
    connection: &mut SqliteConnection,
    collection: i64,
    author: &str,
    ids: &[&str],
) -> Result<HashMap<(String, String), String>, sqlx::Error> {
    let mut found = HashMap::new();
    let any: Option<(i64,)> = sqlx::query_as(sql::ANY_REMOVED)
        .bind(collection)
        .fetch_optional(&mut *connection)
        .await?;
    if any.is_none() {
        return Ok(found);
    }
    for some in ids.chunks(IDS_AT_ONCE) {
        let marks = vec!["?"; some.len()].join(", ");
        let text = format!(
            "SELECT id, version, sha256 FROM removed WHERE collection = ? AND account = ? AND id IN ({marks})"
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(collection);
        let mut query = query.bind(author.to_owned());
        for id in some {
            query = query.bind((*id).to_owned());
        }
        for row in query.fetch_all(&mut *connection).await? {
            found.insert((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?);
        }
    }
    Ok(found)
}
