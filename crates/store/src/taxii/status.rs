//! Statuses: what became of a POST, at once and, for the inbox, over time (TAXII 2.1, section 4.3).

use serde::Serialize;
use sqlx::sqlite::SqliteConnection;

use super::add::{Brought, add};
use super::collection::{Collection, Kind};
use super::database::{failed, int, text};
use super::entry::{Detail, Entry};
use super::time::shown;
use super::{Taxii, inbox, sql};
use crate::error::StoreError;

/// How long a status of which nothing waits is kept, in microseconds: seven days.
const KEPT_MICROS: i64 = 7 * 86_400 * 1_000_000;

/// What became of a POST. Successes are counted, the others listed in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Identifier, a UUID.
    pub id: String,
    /// `complete`, or `pending` while something waits.
    pub status: &'static str,
    /// When it was posted.
    pub request_timestamp: String,
    /// Objects posted.
    pub total_count: u64,
    /// Objects that are held.
    pub success_count: u64,
    /// Objects that are not.
    pub failure_count: u64,
    /// Which, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Detail>,
    /// Objects that wait for a decision.
    pub pending_count: u64,
    /// Which.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pendings: Vec<Detail>,
}

impl Taxii {
    /// Takes what an account posted to a collection, and keeps a status about it under `id`; all in one transaction.
    /// `now` in microseconds since 1970.
    ///
    /// # Errors
    /// [`StoreError::Taxii`]: nothing was taken.
    pub async fn post(
        &self,
        collection: &Collection,
        account: &str,
        id: &str,
        objects: Vec<Result<Entry, Detail>>,
        now: i64,
    ) -> Result<Status, StoreError> {
        let mut writing = self.begin().await?;
        let post = Post {
            collection,
            account,
            id,
            now,
        };
        let done = post.take(writing.connection(), objects).await;
        writing.end(done).await
    }

    /// A status of an account; none for others.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn status(&self, id: &str, account: &str) -> Result<Option<Status>, StoreError> {
        let mut reading = self.readers.acquire().await.map_err(failed)?;
        let row = sqlx::query(sql::STATUS).bind(id.to_owned());
        let Some(row) = row.fetch_optional(&mut *reading).await.map_err(failed)? else {
            return Ok(None);
        };
        if text(&row, 1)? != account {
            return Ok(None);
        }
        let total = count(int(&row, 2)?);
        let mut success = count(int(&row, 3)?);
        let mut failures = read_details(&text(&row, 4)?)?;
        let waiting = sqlx::query(sql::PENDING).bind(id.to_owned());
        let waiting = waiting.fetch_all(&mut *reading).await.map_err(failed)?;
        let mut pendings = Vec::new();
        for row in &waiting {
            pendings.push(Detail {
                id: text(row, 0)?,
                version: text(row, 1)?,
                message: None,
            });
        }
        let decided = sqlx::query(sql::REVIEWED).bind(id.to_owned());
        for row in &decided.fetch_all(&mut *reading).await.map_err(failed)? {
            if int(row, 2)? == 1 {
                success += 1;
                continue;
            }
            failures.push(Detail {
                id: text(row, 0)?,
                version: text(row, 1)?,
                message: Some(text(row, 3)?),
            });
        }
        let asked = shown(int(&row, 0)?);
        Ok(Some(Status::of(
            id, asked, total, success, failures, pendings,
        )))
    }
}

impl Status {
    fn of(
        id: &str,
        request_timestamp: String,
        total_count: u64,
        success_count: u64,
        failures: Vec<Detail>,
        pendings: Vec<Detail>,
    ) -> Self {
        Self {
            id: id.to_owned(),
            status: if pendings.is_empty() {
                "complete"
            } else {
                "pending"
            },
            request_timestamp,
            total_count,
            success_count,
            failure_count: failures.len() as u64,
            failures,
            pending_count: pendings.len() as u64,
            pendings,
        }
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn read_details(text: &str) -> Result<Vec<Detail>, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Taxii(format!("a status: {e}")))
}

/// Something posted.
pub(super) struct Post<'a> {
    pub(super) collection: &'a Collection,
    pub(super) account: &'a str,
    pub(super) id: &'a str,
    pub(super) now: i64,
}

impl Post<'_> {
    async fn take(
        &self,
        connection: &mut SqliteConnection,
        objects: Vec<Result<Entry, Detail>>,
    ) -> Result<Status, sqlx::Error> {
        let total = objects.len() as u64;
        let (success, failures, pendings) = if self.collection.kind == Kind::Inbox {
            inbox::take(connection, self, objects).await?
        } else {
            let done = add(
                connection,
                self.collection,
                (Brought::ByMember, self.account),
                objects,
                self.now,
            )
            .await?;
            (done.added + done.same, done.failures, Vec::new())
        };
        let listed = serde_json::to_string(&failures).map_err(|e| sqlx::Error::Encode(e.into()))?;
        let stored = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        sqlx::query(sql::PUT_STATUS)
            .bind(self.id.to_owned())
            .bind(self.now)
            .bind(self.account.to_owned())
            .bind(stored(total))
            .bind(stored(success))
            .bind(listed)
            .execute(&mut *connection)
            .await?;
        let old = sqlx::query(sql::DROP_STATUSES).bind(self.now - KEPT_MICROS);
        if old.execute(&mut *connection).await?.rows_affected() > 0 {
            sqlx::query(sql::DROP_REVIEWED)
                .execute(&mut *connection)
                .await?;
        }
        Ok(Status::of(
            self.id,
            shown(self.now),
            total,
            success,
            failures,
            pendings,
        ))
    }
}
