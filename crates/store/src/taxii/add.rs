//! Adding objects: which are new, which are there, which contradict; the rule of docs/taxii.md, section 2.

use std::borrow::Cow;
use std::collections::HashMap;

use exchange::jcs;
use serde_json::Value;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row as _};

use super::collection::Collection;
use super::entry::{Detail, Entry, is_ahead, latest};
use super::held::{self, MAX_CLAIMED_BYTES};
use super::remove::taken_back;
use super::time::{shown, version_key};
use super::{Taxii, assign, ends, sql};
use crate::error::StoreError;

/// Identifiers that one query asks for.
pub(super) const IDS_AT_ONCE: usize = 200;
/// Rows that one statement inserts.
const ROWS_AT_ONCE: usize = 50;
/// Columns of a row.
const COLUMNS: usize = 11;
/// Most versions of STIX that a collection is noted to hold; what comes beyond is found by other filters.
const MAX_SPECS: usize = 8;

/// What became of objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Stored now.
    pub added: u64,
    /// There before, with the same content.
    pub same: u64,
    /// Not stored, and why.
    pub failures: Vec<Detail>,
}

/// Who brings objects, and so which of them are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brought {
    /// The one publisher of the collection: whatever it says.
    ByPublisher,
    /// A member, beside others: of an object only who brought it makes versions (STIX 2.1, section 3.6), or whom the operator
    /// assigned it to.
    ByMember,
    /// The same, and a registrar looked at it: it has waited, and how much of that there may be is limited.
    Reviewed,
}

/// An object that was there before.
struct Known {
    range: Range,
    /// Whether every version of it was brought by who brings now.
    own: bool,
}

/// First and last version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: String,
    pub(super) last: String,
}

impl Range {
    /// 1 for the first version, 2 for the last, 3 for both, 0 for neither.
    pub(super) fn edge(&self, version: &str) -> i64 {
        i64::from(self.first == version) + 2 * i64::from(self.last == version)
    }

    fn widen(&mut self, version: &str) {
        if *version < *self.first {
            version.clone_into(&mut self.first);
        }
        if *version > *self.last {
            version.clone_into(&mut self.last);
        }
    }
}

/// A row to be.
struct Fresh {
    entry: Entry,
    added: i64,
    key: String,
    shown: String,
}

impl Taxii {
    /// Adds objects to a collection in one transaction, in their order. `author` is who brought them: a member, or an
    /// address; `now` in microseconds since 1970.
    ///
    /// # Errors
    /// [`StoreError::Taxii`]: nothing was added.
    pub async fn add(
        &self,
        collection: &Collection,
        author: &str,
        objects: Vec<Result<Entry, Detail>>,
        now: i64,
    ) -> Result<Added, StoreError> {
        let mut writing = self.begin().await?;
        let brought = (Brought::ByPublisher, author);
        let done = add(writing.connection(), collection, brought, objects, now).await;
        writing.end(done).await
    }
}

/// As [`Taxii::add`], in a transaction that is open.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    collection: &Collection,
    (brought, author): (Brought, &str),
    objects: Vec<Result<Entry, Detail>>,
    now: i64,
) -> Result<Added, sqlx::Error> {
    let known = ranges(connection, collection.n, author, &objects).await?;
    let removed = taken_back(connection, collection.n, author, &ids_of(&objects)).await?;
    let owners = match brought {
        Brought::ByPublisher => HashMap::new(),
        Brought::ByMember | Brought::Reviewed => {
            assign::owners(connection, collection.n, &ids_of(&objects)).await?
        }
    };
    let (last,): (i64,) = sqlx::query_as(sql::LAST_ADDED)
        .bind(collection.n)
        .fetch_one(&mut *connection)
        .await?;
    let mut batch = Batch {
        brought,
        author,
        owners,
        before: held::held(connection, collection.n, author).await?,
        bytes: 0,
        latest: latest(now),
        removed,
        known,
        last_added: last,
        fresh: Vec::new(),
        places: HashMap::new(),
        done: Added::default(),
    };
    for object in objects {
        match object {
            Ok(entry) => batch.take(connection, collection.n, entry, now).await?,
            Err(detail) => batch.done.failures.push(detail),
        }
    }
    batch.store(connection, collection.n, now).await
}

struct Batch<'a> {
    brought: Brought,
    author: &'a str,
    /// Whom objects were assigned to.
    owners: HashMap<String, String>,
    /// Bytes that the collection holds of who brings, without what is new.
    before: u64,
    /// Bytes of what is new.
    bytes: u64,
    /// The latest version that a member may bring.
    latest: Option<String>,
    /// SHA-256 of what versions said that this author had and has no more, by identifier and version.
    removed: HashMap<(String, String), String>,
    /// Objects that were there before.
    known: HashMap<String, Known>,
    last_added: i64,
    fresh: Vec<Fresh>,
    /// Places in `fresh`, by identifier and version; of objects without a version the last one, under an empty version.
    places: HashMap<(String, String), usize>,
    done: Added,
}

impl Batch<'_> {
    /// Decides about one object.
    async fn take(
        &mut self,
        connection: &mut SqliteConnection,
        collection: i64,
        entry: Entry,
        now: i64,
    ) -> Result<(), sqlx::Error> {
        let key = entry.version.as_ref().map(|version| version.key.clone());
        let name = (entry.id.clone(), key.clone().unwrap_or_default());
        let held = match (self.places.get(&name), self.known.get(&entry.id)) {
            (Some(place), _) => Some(self.fresh[*place].entry.content.clone()),
            (None, None) => None,
            (None, Some(known)) => {
                let version = key.as_ref().unwrap_or(&known.range.last);
                content(connection, collection, &entry.id, version).await?
            }
        };
        let refused = match (&held, &entry.version) {
            (Some(held), _) if same(held, &entry.content) => {
                self.done.same += 1;
                return Ok(());
            }
            (Some(_), Some(_)) => Some(
                self.of_another(&entry.id)
                    .unwrap_or(
                        "conflict: this version is held with other content (STIX 2.1, section 3.6)",
                    )
                    .into(),
            ),
            _ => self.refusal(&entry, &name),
        };
        match refused {
            Some(why) => self.done.failures.push(Detail {
                id: entry.id,
                version: entry.version.map(|v| v.shown).unwrap_or_default(),
                message: Some(why.into_owned()),
            }),
            None => {
                self.bytes += entry.content.len() as u64;
                self.last_added = (self.last_added + 1).max(now);
                let text = shown(self.last_added);
                let (key, shown) = match &entry.version {
                    Some(version) => (version.key.clone(), version.shown.clone()),
                    None => (version_key(&text).unwrap_or_else(|| text.clone()), text),
                };
                self.places.insert(name, self.fresh.len());
                self.fresh.push(Fresh {
                    entry,
                    added: self.last_added,
                    key,
                    shown,
                });
                self.done.added += 1;
            }
        }
        Ok(())
    }

    /// Why the object is another member's.
    fn of_another(&self, id: &str) -> Option<&'static str> {
        if self.brought == Brought::ByPublisher {
            return None;
        }
        let owner = self.owners.get(id);
        if owner.is_some_and(|owner| owner != self.author) {
            return Some("conflict: the operator assigned this object to another member");
        }
        self.known.get(id).is_some_and(|known| !known.own).then_some(
            "conflict: another member brought this object, and only its creator makes versions of it (STIX 2.1, section 3.6); if that is you, the operator assigns it to you",
        )
    }

    /// Why what is new is not taken.
    fn refusal(&self, entry: &Entry, name: &(String, String)) -> Option<Cow<'static, str>> {
        if let Some(others) = self.of_another(&entry.id) {
            return Some(others.into());
        }
        let was = self.removed.get(name);
        if was.is_some_and(|was| *was != digest(&entry.content)) {
            return Some(
                "conflict: this version was held with other content and taken back (STIX 2.1, section 3.6)".into(),
            );
        }
        if self.brought == Brought::ByPublisher {
            return None;
        }
        if self.brought == Brought::ByMember
            && self.before + self.bytes + entry.content.len() as u64 > MAX_CLAIMED_BYTES
        {
            let text = format!(
                "full: this account has {} of {MAX_CLAIMED_BYTES} bytes in this collection; take something back, or ask who runs \
                 the server",
                self.before + self.bytes
            );
            return Some(text.into());
        }
        is_ahead(entry, self.latest.as_deref()).map(Into::into)
    }

    /// Writes what is new, and which versions are first and last now.
    async fn store(
        self,
        connection: &mut SqliteConnection,
        collection: i64,
        now: i64,
    ) -> Result<Added, sqlx::Error> {
        let author = self.author;
        let before = self.known.iter();
        let mut ranges: HashMap<String, Range> = before
            .map(|(id, known)| (id.clone(), known.range.clone()))
            .collect();
        for row in &self.fresh {
            let range = ranges.entry(row.entry.id.clone()).or_insert_with(|| Range {
                first: row.key.clone(),
                last: row.key.clone(),
            });
            range.widen(&row.key);
        }
        let mut odd = Vec::new();
        for (id, Known { range: before, .. }) in &self.known {
            let Some(after) = ranges.get(id).filter(|after| *after != before) else {
                continue;
            };
            if ends::is_odd(connection, collection, id).await? {
                odd.push(id);
                continue;
            }
            for version in [&before.first, &before.last] {
                set_edge(connection, collection, id, version, after.edge(version)).await?;
            }
        }
        let mut rest = self.fresh.as_slice();
        while let Some((rows, left)) = rest.split_at_checked(ROWS_AT_ONCE) {
            insert(connection, collection, author, rows, &ranges).await?;
            rest = left;
        }
        for row in rest.chunks(1) {
            insert(connection, collection, author, row, &ranges).await?;
        }
        let mut specs: Vec<&str> = self
            .fresh
            .iter()
            .map(|row| row.entry.spec.as_str())
            .collect();
        specs.sort_unstable();
        specs.dedup();
        for spec in specs.into_iter().take(MAX_SPECS) {
            let put = sqlx::query(sql::PUT_SPEC).bind(collection);
            put.bind(spec.to_owned()).execute(&mut *connection).await?;
        }
        let set = sqlx::query(sql::SET_LAST_ADDED).bind(collection);
        set.bind(self.last_added).execute(&mut *connection).await?;
        for id in odd {
            ends::settle(connection, collection, id, now).await?;
        }
        let bytes = i64::try_from(self.bytes).unwrap_or(i64::MAX);
        held::count(connection, collection, author, bytes).await?;
        Ok(self.done)
    }
}

/// Equal byte for byte, or after RFC 8785.
pub(super) fn same(a: &str, b: &str) -> bool {
    let canonical = |text: &str| {
        let value = serde_json::from_str::<Value>(text);
        value.map(|value| jcs::canonical(&value))
    };
    a == b || matches!((canonical(a), canonical(b)), (Ok(a), Ok(b)) if a == b)
}

/// SHA-256 of an object's canonical form, in hex.
pub(super) fn digest(content: &str) -> String {
    let value = serde_json::from_str::<Value>(content);
    let canonical = value.map(|value| jcs::canonical(&value));
    tlog::sha256(canonical.as_deref().unwrap_or(content).as_bytes()).to_string()
}

/// The identifiers of objects, each once.
fn ids_of(objects: &[Result<Entry, Detail>]) -> Vec<&str> {
    let mut ids: Vec<&str> = objects
        .iter()
        .flatten()
        .map(|entry| entry.id.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// First and last versions of those of the objects that are there.
async fn ranges(
    connection: &mut SqliteConnection,
    collection: i64,
    author: &str,
    objects: &[Result<Entry, Detail>],
) -> Result<HashMap<String, Known>, sqlx::Error> {
    let mut found = HashMap::new();
    for some in ids_of(objects).chunks(IDS_AT_ONCE) {
        let marks = vec!["?"; some.len()].join(", ");
        let text = format!(
            "SELECT id, MIN(version), MAX(version), MIN(author = ?) FROM versions WHERE collection = ? AND id IN ({marks}) GROUP BY id"
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(author.to_owned());
        let mut query = query.bind(collection);
        for id in some {
            query = query.bind((*id).to_owned());
        }
        for row in query.fetch_all(&mut *connection).await? {
            let range = Range {
                first: row.try_get(1)?,
                last: row.try_get(2)?,
            };
            let own = row.try_get::<i64, _>(3)? == 1;
            found.insert(row.try_get(0)?, Known { range, own });
        }
    }
    Ok(found)
}

async fn content(
    connection: &mut SqliteConnection,
    collection: i64,
    id: &str,
    version: &str,
) -> Result<Option<String>, sqlx::Error> {
    let found: Option<(String,)> = sqlx::query_as(sql::CONTENT)
        .bind(collection)
        .bind(id.to_owned())
        .bind(version.to_owned())
        .fetch_optional(connection)
        .await?;
    Ok(found.map(|(content,)| content))
}

async fn set_edge(
    connection: &mut SqliteConnection,
    collection: i64,
    id: &str,
    version: &str,
    edge: i64,
) -> Result<(), sqlx::Error> {
    let set = sqlx::query(sql::SET_EDGE)
        .bind(collection)
        .bind(id.to_owned())
        .bind(version.to_owned())
        .bind(edge);
    set.execute(connection).await.map(|_| ())
}

async fn insert(
    connection: &mut SqliteConnection,
    collection: i64,
    author: &str,
    rows: &[Fresh],
    ranges: &HashMap<String, Range>,
) -> Result<(), sqlx::Error> {
    let marks = format!("({})", ["?"; COLUMNS].join(", "));
    let text = format!(
        "INSERT INTO versions (collection, added, id, version, shown, kind, edge, spec, size, author, content) VALUES {}",
        vec![marks; rows.len()].join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for row in rows {
        let entry = &row.entry;
        let edge = ranges
            .get(&entry.id)
            .map_or(0, |range| range.edge(&row.key));
        query = query
            .bind(collection)
            .bind(row.added)
            .bind(entry.id.clone())
            .bind(row.key.clone())
            .bind(row.shown.clone())
            .bind(entry.kind.clone())
            .bind(edge)
            .bind(entry.spec.clone())
            .bind(held::size(&entry.content))
            .bind(author.to_owned())
            .bind(entry.content.clone());
    }
    query.execute(connection).await.map(|_| ())
}
