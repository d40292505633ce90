//! What is exchanged over TAXII: collections of STIX objects in SQLite beside the log (docs/taxii.md).
//!
//! **Architecture Invariant:** the log never reads this file, and nothing in it is a statement. Objects are kept byte for
//! byte; reading them parses nothing.

mod account;
mod add;
mod assign;
mod collection;
mod database;
mod ends;
mod entry;
mod held;
mod inbox;
mod next;
mod page;
mod publication;
mod pulls;
mod question;
mod remove;
pub mod sql;
mod status;
pub mod time;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use sqlx::sqlite::SqlitePool;
use tokio::sync::Mutex;

pub use self::account::{SECRET_BYTES, Secret};
pub use self::add::Added;
pub use self::collection::{Collection, Kind, MAX_ALIAS_BYTES, NewCollection, is_uuid, uuid4};
use self::database::{Row, failed};
pub use self::entry::{
    Check, Detail, Entry, Envelope, EnvelopeError, MAX_POST_OBJECTS, Version, envelope, object,
};
pub use self::held::{MAX_CLAIMED_BYTES, MAX_PENDING_BYTES};
pub use self::inbox::{Decision, MAX_PENDING, Waiting};
pub use self::next::Question;
pub use self::page::{Line, Lines, MAX_PAGE_BYTES, Page};
pub use self::publication::{Publication, PublishedIn};
pub use self::question::{Asked, Versions};
pub use self::remove::Removed;
pub use self::status::Status;
use crate::error::StoreError;
use crate::layout::Layout;

/// The store of one record, open for reading and writing. Several processes may have it open.
pub struct Taxii {
    origin: String,
    readers: SqlitePool,
    writer: Mutex<sqlx::SqliteConnection>,
    /// Collections that were found, by identifier and by alias. A collection is never changed nor taken away.
    known: RwLock<HashMap<String, Collection>>,
}

impl Taxii {
    /// Opens the store in a record's folder, and makes it if it is not there.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`] if the folder holds no record; [`StoreError::Taxii`].
    pub async fn open(dir: &Path) -> Result<Self, StoreError> {
        let layout = Layout::new(dir);
        let origin = layout.read_origin()?;
        let path = layout.taxii();
        let writer = database::open_writer(&path).await.map_err(failed)?;
        let store = Self {
            origin,
            readers: database::open_readers(&path).await.map_err(failed)?,
            writer: Mutex::new(writer),
            known: RwLock::default(),
        };
        for new in collection::standing() {
            store.collection_or_new(&new).await?;
        }
        Ok(store)
    }

    /// The record's origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// All collections, in the order of their making.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn collections(&self) -> Result<Vec<Collection>, StoreError> {
        let rows = sqlx::query(sql::COLLECTIONS)
            .bind(collection::MAX_COLLECTIONS)
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.iter().map(read).collect()
    }

    /// The collection of an identifier or an alias.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn collection(&self, name: &str) -> Result<Option<Collection>, StoreError> {
        if let Some(known) = self.known(name) {
            return Ok(Some(known));
        }
        let row = sqlx::query(sql::COLLECTION)
            .bind(name.to_owned())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed)?;
        let found = row.as_ref().map(read).transpose()?;
        if let Some(found) = &found {
            // The map holds no invariant that a panic elsewhere could break.
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            known.insert(name.to_owned(), found.clone());
        }
        Ok(found)
    }

    fn known(&self, name: &str) -> Option<Collection> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(name).cloned()
    }

    /// The collection of an alias, made if it is not there.
    ///
    /// # Errors
    /// [`StoreError::Taxii`], also for what is no alias.
    pub async fn collection_or_new(&self, new: &NewCollection) -> Result<Collection, StoreError> {
        if let Some(found) = self.collection(&new.alias).await? {
            return Ok(found);
        }
        if !new.has_good_alias() {
            let text = format!(
                "{:?} is no alias of a collection: a-z, 0-9, - and .",
                new.alias
            );
            return Err(StoreError::Taxii(text));
        }
        let mut writing = self.begin().await?;
        let made = sqlx::query(sql::PUT_COLLECTION)
            .bind(collection::identifier(&self.origin, &new.alias))
            .bind(new.alias.clone())
            .bind(new.kind.text())
            .bind(new.title.clone())
            .bind(new.description.clone())
            .execute(writing.connection())
            .await;
        writing.end(made).await?;
        let made = self.collection(&new.alias).await?;
        made.ok_or_else(|| StoreError::Taxii(format!("{} was not made", new.alias)))
    }

    /// How many versions a collection holds.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn count(&self, collection: &Collection) -> Result<u64, StoreError> {
        let count: (i64,) = sqlx::query_as(sql::COUNT)
            .bind(collection.n)
            .fetch_one(&self.readers)
            .await
            .map_err(failed)?;
        Ok(u64::try_from(count.0).unwrap_or(0))
    }

    /// Closes the files; what is under way ends first.
    pub async fn close(self) {
        self.readers.close().await;
        // What a failed closing leaves behind is read again at the next opening.
        let _ = sqlx::Connection::close(self.writer.into_inner()).await;
    }
}

fn read(row: &Row) -> Result<Collection, StoreError> {
    let kind = database::text(row, 3)?;
    let kind = Kind::parse(&kind)
        .ok_or_else(|| StoreError::Taxii(format!("a collection of an unknown kind {kind:?}")))?;
    Ok(Collection {
        n: database::int(row, 0)?,
        id: database::text(row, 1)?,
        alias: database::text(row, 2)?,
        kind,
        title: database::text(row, 4)?,
        description: database::text(row, 5)?,
    })
}

impl std::fmt::Debug for Taxii {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Taxii")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
