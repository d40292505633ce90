//! Pages: the stored bytes of objects joined by commas, or lines about them. Nothing is parsed.

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite};

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
            "WITH picked AS MATERIALIZED ({}), cut AS (SELECT seq, added, ROW_NUMBER() OVER sorted AS place, \
             SUM(size) OVER sorted AS bytes FROM picked WINDOW sorted AS (ORDER BY added ROWS UNBOUNDED PRECEDING)) \
             SELECT string_agg(v.content, ',' ORDER BY c.added), MIN(c.added), MAX(c.added), COUNT(*), \
             (SELECT COUNT(*) FROM picked) FROM cut c CROSS JOIN versions v ON v.seq = c.seq \
             WHERE c.place <= ? AND (c.place = 1 OR c.bytes <= ?)",
            query.text
        );
        let bounds = [asked.limit, MAX_PAGE_BYTES];
        let bounds = bounds.map(|bound| Argument::Int(i64::try_from(bound).unwrap_or(i64::MAX)));
        query.arguments.extend(bounds);
        let rows = self.rows(query).await?;
        let Some(row) = rows.first() else {
            return Ok(Page::default());
        };
        let count = int(row, 3)?;
        if count == 0 {
            return Ok(Page::default());
        }
        Ok(Page {
            content: text(row, 0)?,
            first: int(row, 1)?,
            last: int(row, 2)?,
            count: u64::try_from(count).unwrap_or(0),
            more: int(row, 4)? > count,
        })
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
            "SELECT v.added, v.id, v.shown, v.spec FROM ({}) p CROSS JOIN versions v ON v.seq = p.seq ORDER BY v.added",
            query.text
        );
        let rows = self.rows(query).await?;
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
        Ok(Lines {
            lines: lines.collect::<Result<_, _>>()?,
            more,
        })
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

    async fn rows(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        let mut asked: sqlx::query::Query<'_, Sqlite, SqliteArguments> =
            sqlx::query(AssertSqlSafe(query.text));
        for argument in query.arguments {
            asked = match argument {
                Argument::Int(value) => asked.bind(value),
                Argument::Text(value) => asked.bind(value),
            };
        }
        asked.fetch_all(&self.readers).await.map_err(failed)
    }
}
