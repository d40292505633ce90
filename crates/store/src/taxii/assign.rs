//! Whose an object is, where two members say it is theirs: the operator decides.
//!
//! Identifiers of published objects are known to everybody, so the first to bring one need not be who made it. A member who
//! holds another's identifier keeps it until somebody decides; nothing here tells whose it is.

use std::collections::HashMap;

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row as _};

use super::add::IDS_AT_ONCE;
use super::collection::Collection;
use super::remove::take_out;
use super::{Taxii, sql};
use crate::error::StoreError;

impl Taxii {
    /// Assigns an object to a member: what others brought of it is taken out and noted, and from now on only that member
    /// brings versions of it. A later call assigns it to another. How many versions of others were taken out.
    ///
    /// # Errors
    /// [`StoreError::Taxii`]: nothing was changed.
    pub async fn assign(
        &self,
        collection: &Collection,
        id: &str,
        account: &str,
        now: i64,
    ) -> Result<u64, StoreError> {
        let mut writing = self.begin().await?;
        let connection = writing.connection();
        let done = async {
            let rows = sqlx::query(sql::VERSIONS_OF)
                .bind(collection.n)
                .bind(id.to_owned());
            let rows = rows.fetch_all(&mut *connection).await?;
            let mut others = Vec::new();
            for row in &rows {
                if row.try_get::<&str, _>(4)? != account {
                    others.push(row);
                }
            }
            take_out(connection, (collection.n, id), &others, now).await?;
            sqlx::query(sql::PUT_OWNER)
                .bind(collection.n)
                .bind(id.to_owned())
                .bind(account.to_owned())
                .bind(now)
                .execute(&mut *connection)
                .await?;
            Ok(others.len() as u64)
        }
        .await;
        writing.end(done).await
    }
}

/// Whose those of the objects are that were assigned.
pub(super) async fn owners(
    connection: &mut SqliteConnection,
    collection: i64,
    ids: &[&str],
) -> Result<HashMap<String, String>, sqlx::Error> {
    let mut found = HashMap::new();
    let any = sqlx::query(sql::ANY_OWNER).bind(collection);
    if any.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(found);
    }
    for some in ids.chunks(IDS_AT_ONCE) {
        let marks = vec!["?"; some.len()].join(", ");
        let text =
            format!("SELECT id, account FROM owners WHERE collection = ? AND id IN ({marks})");
        let mut query = sqlx::query(AssertSqlSafe(text)).bind(collection);
        for id in some {
            query = query.bind((*id).to_owned());
        }
        for row in query.fetch_all(&mut *connection).await? {
            found.insert(row.try_get(0)?, row.try_get(1)?);
        }
    }
    Ok(found)
}
