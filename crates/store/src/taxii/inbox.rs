//! The drop box: what members hand in waits here, seen by nobody over HTTP, until it is decided about.

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::add::{Brought, add, same};
use super::collection::{Collection, Kind};
use super::database::{failed, int, text};
use super::entry::{Detail, Entry, Version, is_ahead, latest, short};
use super::held::{self, MAX_PENDING_BYTES};
use super::status::Post;
use super::{Taxii, sql};
use crate::error::StoreError;

/// Most objects of one account that wait at a time.
pub const MAX_PENDING: u64 = 100_000;
/// Alias of the drop box.
const INBOX: &str = "inbox";
/// Alias of the collection that accepted objects go to.
const SIGHTINGS: &str = "sightings";

/// An object that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub seq: i64,
    /// The status it belongs to.
    pub status: String,
    /// Who handed it in.
    pub account: String,
    /// Identifier.
    pub id: String,
    /// Version, as it was written; empty if it has none.
    pub version: String,
    /// Type.
    pub kind: String,
    /// The JSON text.
    pub content: String,
}

/// What is decided about an object that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It goes to the collection `sightings`.
    Accept,
    /// It does not, for this reason, which its sender is told.
    Refuse(String),
}

/// Puts objects into the inbox: successes (there already), failures, and what waits now.
pub(super) async fn take(
    connection: &mut SqliteConnection,
    post: &Post<'_>,
    objects: Vec<Result<Entry, Detail>>,
) -> Result<(u64, Vec<Detail>, Vec<Detail>), sqlx::Error> {
    let (waiting,): (i64,) = sqlx::query_as(sql::COUNT_PENDING)
        .bind(post.account.to_owned())
        .fetch_one(&mut *connection)
        .await?;
    let mut room = MAX_PENDING.saturating_sub(u64::try_from(waiting).unwrap_or(0));
    let latest = latest(post.now);
    let before = held::held(connection, post.collection.n, post.account).await?;
    let mut bytes = 0;
    let (mut there, mut failures, mut pendings) = (0, Vec::new(), Vec::new());
    for object in objects {
        let entry = match object {
            Ok(entry) => entry,
            Err(detail) => {
                failures.push(detail);
                continue;
            }
        };
        let (key, shown) = entry
            .version
            .as_ref()
            .map_or(("", ""), |v| (&v.key, &v.shown));
        let detail = |message: Option<String>| Detail {
            id: entry.id.clone(),
            version: shown.to_owned(),
            message,
        };
        // It would be refused when it is accepted, and its sender is told at once.
        if let Some(why) = is_ahead(&entry, latest.as_deref()) {
            failures.push(detail(Some(why.into())));
            continue;
        }
        let held: Option<(String,)> = sqlx::query_as(sql::PENDING_CONTENT)
            .bind(post.account.to_owned())
            .bind(entry.id.clone())
            .bind(key.to_owned())
            .fetch_optional(&mut *connection)
            .await?;
        match held {
            Some((held,)) if same(&held, &entry.content) => there += 1,
            Some(_) => failures.push(detail(Some(
                "conflict: this version waits with other content (STIX 2.1, section 3.6)".into(),
            ))),
            None if room == 0 => failures.push(detail(Some(format!(
                "overloaded: {MAX_PENDING} objects of this account wait already; send it again once they are decided"
            )))),
            None if before + bytes + entry.content.len() as u64 > MAX_PENDING_BYTES => {
                failures.push(detail(Some(format!(
                    "overloaded: {} of {MAX_PENDING_BYTES} bytes of this account wait already; send it again once they are \
                     decided",
                    before + bytes
                ))));
            }
            None => {
                room -= 1;
                bytes += entry.content.len() as u64;
                pendings.push(detail(None));
                put(connection, post, &entry, key, shown).await?;
            }
        }
    }
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    held::count(connection, post.collection.n, post.account, bytes).await?;
    Ok((there, failures, pendings))
}

async fn put(
    connection: &mut SqliteConnection,
    post: &Post<'_>,
    entry: &Entry,
    key: &str,
    shown: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(sql::PUT_PENDING)
        .bind(post.id.to_owned())
        .bind(post.account.to_owned())
        .bind(entry.id.clone())
        .bind(key.to_owned())
        .bind(shown.to_owned())
        .bind(entry.kind.clone())
        .bind(entry.spec.clone())
        .bind(entry.content.clone())
        .execute(connection)
        .await
        .map(|_| ())
}

impl Taxii {
    /// What waits, oldest first, after a number.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn waiting(&self, after: i64, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        let rows = sqlx::query(sql::INBOX).bind(after).bind(i64::from(limit));
        let rows = rows.fetch_all(&self.readers).await.map_err(failed)?;
        let read = |row| {
            Ok(Waiting {
                seq: int(row, 0)?,
                status: text(row, 1)?,
                account: text(row, 2)?,
                id: text(row, 3)?,
                version: text(row, 4)?,
                kind: text(row, 5)?,
                content: text(row, 6)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// A collection that is always there.
    async fn standing(&self, alias: &str, kind: Kind) -> Result<Collection, StoreError> {
        let found = self.collection(alias).await?;
        let found = found.filter(|collection| collection.kind == kind);
        found.ok_or_else(|| StoreError::Taxii(format!("there is no collection {alias}")))
    }

    /// Decides about one object that waits: it leaves the inbox, and its status says what became of it. `false` if
    /// nothing of this number waits; an accepted object that contradicts one held is refused instead.
    ///
    /// # Errors
    /// [`StoreError::Taxii`]: nothing was decided.
    pub async fn decide(
        &self,
        seq: i64,
        decision: &Decision,
        now: i64,
    ) -> Result<Option<Result<(), String>>, StoreError> {
        let sightings = self.standing(SIGHTINGS, Kind::Sightings).await?;
        let inbox = self.standing(INBOX, Kind::Inbox).await?;
        let mut writing = self.begin().await?;
        let connection = writing.connection();
        let done = async {
            let row = sqlx::query(sql::WAITING).bind(seq);
            let Some(row) = row.fetch_optional(&mut *connection).await? else {
                return Ok(None);
            };
            let (status, account): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let (id, key, shown): (String, String, String) =
                (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
            let entry = Entry {
                id: id.clone(),
                version: (!key.is_empty()).then(|| Version {
                    key,
                    shown: shown.clone(),
                }),
                kind: row.try_get(5)?,
                spec: row.try_get(6)?,
                content: row.try_get(7)?,
            };
            held::count(connection, inbox.n, &account, -held::size(&entry.content)).await?;
            let refused = match decision {
                Decision::Refuse(why) => Some(short(why)),
                Decision::Accept => {
                    let done = add(
                        connection,
                        &sightings,
                        (Brought::Reviewed, &account),
                        vec![Ok(entry)],
                        now,
                    )
                    .await?;
                    done.failures
                        .into_iter()
                        .next()
                        .and_then(|detail| detail.message)
                }
            };
            sqlx::query(sql::DROP_PENDING)
                .bind(seq)
                .execute(&mut *connection)
                .await?;
            sqlx::query(sql::PUT_REVIEWED)
                .bind(status)
                .bind(id)
                .bind(shown)
                .bind(i64::from(refused.is_none()))
                .bind(refused.clone().unwrap_or_default())
                .bind(now)
                .execute(&mut *connection)
                .await?;
            Ok(Some(refused.map_or(Ok(()), Err)))
        }
        .await;
        writing.end(done).await
    }
}
