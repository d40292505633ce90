//! Pages: the stored bytes of objects joined by commas, or lines about them. Nothing is parsed.

use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Row as _, Sqlite};

use super::collection::Collection;
use super::database::{Row, failed, int, text};
use super::question::{Argument, Asked, Query, picked};
use super::{Taxii, sql};
use crate::error::StoreError;

/// Most bytes of objects on a page, unless the first one alone is larger.
pub const MAX_PAGE_BYTES: usize = 8 << 20;

/// Some objects of a collection, in the order of their adding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Their texts, joined by commas: what stands between the brackets of an envelope.
    pub content: String,
    /// When the first was added, in microseconds since 1970.
    pub first: i64,
    /// When the last was added.
    pub last: i64,
    /// How many they are.
    pub count: u64,
    /// Whether there are more.
    pub more: bool,
}

/// What is told of a version without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was added, in microseconds since 1970.
    pub added: i64,
    /// Identifier.
    pub id: String,
    /// Version, as it was written.
    pub version: String,
    /// Version of STIX.
    pub spec: String,
}

/// Some lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// In the order of adding.
    pub lines: Vec<Line>,
    /// Whether there are more.
    pub more: bool,
}

impl Taxii {
    /// A page of objects.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn page(&self, collection: &Collection, asked: &Asked) -> Result<Page, StoreError> {
        let Some(specs) = self.specs(collection, asked).await? else {
            return Ok(Page::default());
        };
        let mut query = picked(collection.n, asked, &specs);
        query.text = format!(
            "SELECT v.added, v.content FROM ({}) p CROSS JOIN versions v ON v.seq = p.seq",
            query.text
        );
        let asked_for = std::mem::take(&mut query.text);
        let mut rows = bound(&asked_for, query).fetch(&self.readers);
        let mut page = Page::default();
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let added = int(&row, 0)?;
            let content: &str = row.try_get(1).map_err(failed)?;
            let room = page.count == 0 || page.content.len() + content.len() <= MAX_PAGE_BYTES;
            if page.count == asked.limit as u64 || !room {
                page.more = true;
                break;
            }
            in_order(page.last, added)?;
            if page.count == 0 {
                page.first = added;
            } else {
                page.content.push(',');
            }
            page.content.push_str(content);
            page.last = added;
            page.count += 1;
        }
        Ok(page)
    }

    /// A page of lines.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn lines(&self, collection: &Collection, asked: &Asked) -> Result<Lines, StoreError> {
        let Some(specs) = self.specs(collection, asked).await? else {
            return Ok(Lines::default());
        };
        let mut query = picked(collection.n, asked, &specs);
        query.text = format!(
            "SELECT v.added, v.id, v.shown, v.spec FROM ({}) p CROSS JOIN versions v ON v.seq = p.seq",
            query.text
        );
        let asked_for = std::mem::take(&mut query.text);
        let rows = bound(&asked_for, query).fetch_all(&self.readers).await;
        let rows = rows.map_err(failed)?;
        let line = |row: &Row| {
            Ok::<_, StoreError>(Line {
                added: int(row, 0)?,
                id: text(row, 1)?,
                version: text(row, 2)?,
                spec: text(row, 3)?,
            })
        };
        let more = rows.len() > asked.limit;
        let lines = rows.iter().take(asked.limit).map(line);
        let lines = lines.collect::<Result<Vec<Line>, _>>()?;
        for pair in lines.windows(2) {
            in_order(pair[0].added, pair[1].added)?;
        }
        Ok(Lines { lines, more })
    }

    /// Whether the collection holds the object in any version.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn holds(&self, collection: &Collection, id: &str) -> Result<bool, StoreError> {
        let found = sqlx::query(sql::HAS_OBJECT)
            .bind(collection.n)
            .bind(id.to_owned())
            .fetch_optional(&self.readers)
            .await
            .map_err(failed)?;
        Ok(found.is_some())
    }

    /// The versions of STIX that rows have to be compared with; empty if all rows fit, `None` if no row does.
    async fn specs(
        &self,
        collection: &Collection,
        asked: &Asked,
    ) -> Result<Option<Vec<String>>, StoreError> {
        if asked.specs.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let rows = sqlx::query(sql::SPECS).bind(collection.n);
        let rows = rows.fetch_all(&self.readers).await.map_err(failed)?;
        let held: Vec<String> = rows
            .iter()
            .map(|row| text(row, 0))
            .collect::<Result<_, _>>()?;
        let wanted: Vec<String> = held
            .iter()
            .filter(|spec| asked.specs.contains(spec))
            .cloned()
            .collect();
        Ok(match wanted.len() {
            0 => None,
            all if all == held.len() => Some(Vec::new()),
            _ => Some(wanted),
        })
    }
}

/// A query with its parameters.
fn bound(text: &str, query: Query) -> sqlx::query::Query<'_, Sqlite, SqliteArguments> {
    let mut asked = sqlx::query(AssertSqlSafe(text.to_owned()));
    for argument in query.arguments {
        asked = match argument {
            Argument::Int(value) => asked.bind(value),
            Argument::Text(value) => asked.bind(value),
        };
    }
    asked
}

/// The rows come in the order in which they were picked. SQL promises that only for a sorting that would copy the whole page
/// once more, so it is looked at here: a page out of order would lose objects.
fn in_order(before: i64, added: i64) -> Result<(), StoreError> {
    if added > before {
        return Ok(());
    }
    Err(StoreError::Taxii(
        "the rows of a page came out of order".into(),
    ))
}
