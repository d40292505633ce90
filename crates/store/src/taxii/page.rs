//! Pages: the stored bytes of objects joined by commas, or lines about them. Nothing is parsed.

use bytes::Bytes;
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
    /// Their texts in UTF-8, joined by commas: what stands between the brackets of an envelope.
    pub content: Bytes,
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
        let text = joined(&std::mem::take(&mut query.text));
        let row = bound(&text, query).fetch_one(&self.readers).await;
        if let Some(page) = whole(row.map_err(failed)?, asked.limit)? {
            return Ok(page);
        }
        self.page_by_rows(collection, asked, &specs).await
    }

    /// A page whose objects are more bytes than a page may have: taken one by one until it is full.
    async fn page_by_rows(
        &self,
        collection: &Collection,
        asked: &Asked,
        specs: &[String],
    ) -> Result<Page, StoreError> {
        let mut query = picked(collection.n, asked, specs);
        query.text = format!(
            "SELECT p.added, v.content FROM ({}) p CROSS JOIN versions v ON v.seq = p.seq",
            query.text
        );
        let asked_for = std::mem::take(&mut query.text);
        let mut rows = bound(&asked_for, query).fetch(&self.readers);
        let (mut page, mut text) = (Page::default(), String::new());
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let added = int(&row, 0)?;
            let content: &str = row.try_get(1).map_err(failed)?;
            let room = page.count == 0 || text.len() + content.len() <= MAX_PAGE_BYTES;
            if page.count == asked.limit as u64 || !room {
                page.more = true;
                break;
            }
            in_order(page.last, added)?;
            if page.count == 0 {
                page.first = added;
            } else {
                text.push(',');
            }
            text.push_str(content);
            page.last = added;
            page.count += 1;
        }
        page.content = text.into();
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
            "SELECT p.added, v.id, v.shown, v.spec FROM ({}) p CROSS JOIN versions v ON v.seq = p.seq",
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

/// One row for all that is picked: how many they are, their `added`, their sizes and their objects, each joined by commas;
/// nothing but the number if the objects are more bytes than a page has. One row costs less than a hundred, since each is
/// handed from one thread to another.
fn joined(picked: &str) -> String {
    format!(
        "WITH p AS MATERIALIZED ({picked}) SELECT (SELECT COUNT(*) FROM p), GROUP_CONCAT(p.added), \
         GROUP_CONCAT(p.size), GROUP_CONCAT(v.content) FROM p CROSS JOIN versions v ON v.seq = p.seq \
         WHERE (SELECT SUM(size) FROM p) <= {MAX_PAGE_BYTES}"
    )
}

/// The column of such a row that holds the objects.
const OBJECTS: usize = 3;

/// The objects of a page where they came out of SQLite: a page is sent from there and not copied.
struct Held {
    row: Row,
    end: usize,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        // Both were looked at before this was made.
        let content = self.row.try_get::<&[u8], _>(OBJECTS).unwrap_or_default();
        content.get(..self.end).unwrap_or_default()
    }
}

/// The page of such a row; `None` if its objects are not in it.
fn whole(row: Row, limit: usize) -> Result<Option<Page>, StoreError> {
    let found = int(&row, 0)?;
    let column = |n: usize| row.try_get::<Option<&str>, _>(n).map_err(failed);
    let content = row.try_get::<Option<&[u8]>, _>(OBJECTS).map_err(failed)?;
    let (Some(dates), Some(sizes), Some(content)) = (column(1)?, column(2)?, content) else {
        return Ok((found == 0).then(Page::default));
    };
    let odd = || StoreError::Taxii("the objects of a page are not those that were picked".into());
    let mut page = Page::default();
    let mut end = 0;
    for (date, size) in dates.split(',').zip(sizes.split(',')) {
        let added = date.parse().map_err(|_| odd())?;
        in_order(page.last, added)?;
        if page.count == limit as u64 {
            page.more = true;
            break;
        }
        if page.count == 0 {
            page.first = added;
        } else {
            end += 1;
        }
        end += size.parse::<usize>().map_err(|_| odd())?;
        page.last = added;
        page.count += 1;
    }
    let rest = content.get(end..).ok_or_else(odd)?;
    if rest.is_empty() == page.more || page.more && !rest.starts_with(b",") {
        return Err(odd());
    }
    page.content = Bytes::from_owner(Held { row, end });
    Ok(Some(page))
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
