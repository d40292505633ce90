//! Pages of rows, by the key of the last row seen.

use record::ids::CaseId;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{FromRow, Row as _};

use super::write::{failed, options};
use super::{Sought, Views, sql};
use crate::error::StoreError;

/// Rows in one page, at most.
pub const MAX_PAGE: u32 = 500;
/// Connections that read at once, at most.
const MAX_READERS: u32 = 4;

/// A case, with its standing finding if there is one. Times are microseconds since 1970 in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the columns of the table
pub struct CaseRow {
    pub case_id: String,
    pub phase: String,
    pub round: i64,
    pub opened: i64,
    pub claimed_state: Option<String>,
    pub statements: i64,
    pub exhibits: i64,
    pub sealed: i64,
    /// Index of the case's last statement: its place in the register.
    pub moved: i64,
    pub sectors: String,
    pub finding: Option<String>,
    pub decided: Option<i64>,
    pub outcome: Option<String>,
    pub state: Option<String>,
    pub standard: Option<String>,
    pub likelihood_ppm: Option<i64>,
    pub low_ppm: Option<i64>,
    pub high_ppm: Option<i64>,
    pub planting_cost: Option<i64>,
    pub actor: Option<String>,
    pub exonerated: Option<String>,
}

/// A statement. Times are microseconds since 1970 in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRow {
    /// Index in the log.
    pub idx: i64,
    /// Its identifier.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Its case, if it names one.
    pub case_id: Option<String>,
    /// The author's claim of when.
    pub issued: i64,
    /// The governing time.
    pub time: i64,
    /// The key that signed.
    pub signer: String,
}

impl FromRow<'_, SqliteRow> for CaseRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            case_id: row.try_get("case_id")?,
            phase: row.try_get("phase")?,
            round: row.try_get("round")?,
            opened: row.try_get("opened")?,
            claimed_state: row.try_get("claimed_state")?,
            statements: row.try_get("statements")?,
            exhibits: row.try_get("exhibits")?,
            sealed: row.try_get("sealed")?,
            moved: row.try_get("moved")?,
            sectors: row.try_get("sectors")?,
            finding: row.try_get("finding")?,
            decided: row.try_get("decided")?,
            outcome: row.try_get("outcome")?,
            state: row.try_get("state")?,
            standard: row.try_get("standard")?,
            likelihood_ppm: row.try_get("likelihood_ppm")?,
            low_ppm: row.try_get("low_ppm")?,
            high_ppm: row.try_get("high_ppm")?,
            planting_cost: row.try_get("planting_cost")?,
            actor: row.try_get("actor")?,
            exonerated: row.try_get("exonerated")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for StatementRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            idx: row.try_get("idx")?,
            id: row.try_get("id")?,
            kind: row.try_get("kind")?,
            case_id: row.try_get("case_id")?,
            issued: row.try_get("issued")?,
            time: row.try_get("time")?,
            signer: row.try_get("signer")?,
        })
    }
}

impl Views {
    /// A page of cases in the order of their identifiers, after the given one.
    ///
    /// # Errors
    /// [`StoreError::Views`].
    pub async fn cases(
        &self,
        after: Option<&CaseId>,
        limit: u32,
    ) -> Result<Vec<CaseRow>, StoreError> {
        sqlx::query_as(sql::CASES)
            .bind(after.map_or("", CaseId::as_str))
            .bind(i64::from(limit.min(MAX_PAGE)))
            .fetch_all(self.pool().await?)
            .await
            .map_err(failed)
    }

    /// A page of the register: cases that fit, the one that moved last first, before the given place.
    ///
    /// # Errors
    /// [`StoreError::Views`].
    pub async fn register(
        &self,
        sought: &Sought,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<CaseRow>, StoreError> {
        if sought.is_blank() {
            return Ok(Vec::new());
        }
        let expression = sought.expression();
        let text = match &expression {
            Some(_) => sql::FOUND,
            None => sql::REGISTER,
        };
        let mut query = sqlx::query_as(text)
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(limit.min(MAX_PAGE)));
        if let Some(expression) = expression {
            query = query.bind(expression);
        }
        query.fetch_all(self.pool().await?).await.map_err(failed)
    }

    /// A page of statements in record order, after the given index; of one case, if one is given.
    /// Reports and consents belong to no case here: they are made before there is one.
    ///
    /// # Errors
    /// [`StoreError::Views`].
    pub async fn statements(
        &self,
        after: Option<u64>,
        limit: u32,
        case: Option<&CaseId>,
    ) -> Result<Vec<StatementRow>, StoreError> {
        let after = after.map_or(-1, |after| i64::try_from(after).unwrap_or(i64::MAX));
        let text = match case {
            Some(_) => sql::STATEMENTS_OF_CASE,
            None => sql::STATEMENTS,
        };
        let mut query = sqlx::query_as(text)
            .bind(after)
            .bind(i64::from(limit.min(MAX_PAGE)));
        if let Some(case) = case {
            query = query.bind(case.as_str().to_owned());
        }
        query.fetch_all(self.pool().await?).await.map_err(failed)
    }

    /// The readers' connections. The writer has made the file once anything was reached.
    async fn pool(&self) -> Result<&SqlitePool, StoreError> {
        self.wait_for(1).await?;
        self.pool
            .get_or_try_init(|| async {
                SqlitePoolOptions::new()
                    .max_connections(MAX_READERS)
                    .connect_with(options(&self.path).create_if_missing(false))
                    .await
                    .map_err(failed)
            })
            .await
    }
}
