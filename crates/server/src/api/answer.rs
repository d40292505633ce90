//! The frame of every JSON answer, and what a count has to say.

use axum::Json;
use record::state::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::{DEMONSTRATION_NOTICE, is_demonstration};
use crate::error::ApiError;
use crate::limits::{DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS};

/// Every answer: what was asked for, and whether the record is a demonstration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Answer<T> {
    /// Whether the record is a demonstration, by its charter.
    pub(crate) demonstration: bool,
    /// What a demonstration says of itself; present exactly if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notice: Option<String>,
    /// What was asked for.
    pub(crate) data: T,
}

impl<T> Answer<T> {
    /// Frames an answer.
    pub(crate) fn of(state: &State, data: T) -> Json<Self> {
        let demonstration = is_demonstration(state);
        Json(Self {
            demonstration,
            notice: demonstration.then(|| DEMONSTRATION_NOTICE.to_owned()),
            data,
        })
    }
}

/// A published count never stands alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Count {
    /// How many.
    pub(crate) count: u64,
    /// Of what.
    pub(crate) unit: &'static str,
    /// By which rule something is counted.
    pub(crate) rule: &'static str,
    /// Of how many more it cannot be told from the record whether they count.
    pub(crate) unknown: u64,
}

impl Count {
    /// A count of things of which the record says for each whether it counts.
    pub(crate) fn exact(count: usize, unit: &'static str, rule: &'static str) -> Self {
        let unknown = 0;
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        Self {
            count,
            unit,
            rule,
            unknown,
        }
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The rows, in order.
    pub(crate) rows: Vec<T>,
    /// Value of `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
    /// How many rows all pages hold.
    pub(crate) total: Count,
}

/// Which page of a list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The rows after this one: the `next` of the page before.
    pub(crate) after: Option<String>,
    /// At most so many rows, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<usize>,
}

/// A page's length as asked for.
pub(crate) fn limit(asked: Option<usize>) -> Result<usize, ApiError> {
    let limit = asked.unwrap_or(DEFAULT_PAGE_ROWS);
    if (1..=MAX_PAGE_ROWS).contains(&limit) {
        Ok(limit)
    } else {
        Err(ApiError::bad_request(format!(
            "limit is 1 to {MAX_PAGE_ROWS}, not {limit}"
        )))
    }
}

/// Cuts a page out of ordered rows: one more than the limit tells whether another follows.
pub(crate) fn page<T>(
    mut rows: Vec<T>,
    limit: usize,
    key: fn(&T) -> String,
    total: Count,
) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(key);
    Page { rows, next, total }
}

/// A path or query parameter in its type.
pub(crate) fn parsed<T>(text: &str) -> Result<T, ApiError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|e: T::Err| ApiError::bad_request(e.to_string()))
}

/// The query string in its type; our own answer instead of the framework's where it does not fit.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T, S> axum::extract::FromRequestParts<S> for Asked<T>
where
    T: serde::de::DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, ApiError> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        let query = query.map_err(|e| ApiError::bad_request(e.body_text()))?;
        Ok(Self(query.0))
    }
}
