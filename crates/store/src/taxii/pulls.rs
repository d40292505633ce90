//! Where pulling from others stands, stored together with what was pulled.

use super::add::{Added, Brought, add};
use super::collection::Collection;
use super::database::{failed, text};
use super::entry::{Detail, Entry};
use super::{Taxii, sql};
use crate::error::StoreError;

impl Taxii {
    /// The `added_after` to go on with at an address; none if nothing was pulled from it.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn position(&self, url: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(sql::PULL).bind(url.to_owned());
        let row = row.fetch_optional(&self.readers).await.map_err(failed)?;
        let position = row.map(|row| text(&row, 0)).transpose()?;
        Ok(position.filter(|position| !position.is_empty()))
    }

    /// Adds what was pulled from an address and notes where to go on, in one transaction; an empty `position` leaves that
    /// where it was.
    ///
    /// # Errors
    /// [`StoreError::Taxii`]: neither was done.
    pub async fn add_pulled(
        &self,
        collection: &Collection,
        url: &str,
        objects: Vec<Result<Entry, Detail>>,
        position: Option<&str>,
        now: i64,
    ) -> Result<Added, StoreError> {
        let mut writing = self.begin().await?;
        let connection = writing.connection();
        let done = async {
            let added = add(
                connection,
                collection,
                (Brought::ByPublisher, url),
                objects,
                now,
            )
            .await?;
            if let Some(position) = position {
                sqlx::query(sql::PUT_PULL)
                    .bind(url.to_owned())
                    .bind(collection.n)
                    .bind(position.to_owned())
                    .bind(now)
                    .execute(&mut *connection)
                    .await?;
            }
            Ok(added)
        }
        .await;
        writing.end(done).await
    }
}
