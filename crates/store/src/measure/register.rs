//! Many cases in the views of a record, so that the register can be measured with them.

use std::path::Path;

use sqlx::{ConnectOptions as _, Connection as _};

use super::MeasureError;
use crate::layout::Layout;
use crate::views::made_up;

/// Adds so many made-up cases to a record's views, each a copy of a case that is there under a name of
/// its own. The views then say what the log does not: such a record is for measuring, and its
/// audit fails.
///
/// # Errors
/// [`MeasureError::Store`] where the views hold no case or cannot be written.
pub async fn crowd(record: &Path, cases: u32) -> Result<(), MeasureError> {
    let path = Layout::new(record).views();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let failed = |error: sqlx::Error| MeasureError::Wrong(record::trust::with_sources(&error));
    let mut connection = options.connect().await.map_err(failed)?;
    for text in made_up(cases) {
        // made of our own constants and a number
        let text = sqlx::AssertSqlSafe(text);
        sqlx::query(text)
            .execute(&mut connection)
            .await
            .map_err(failed)?;
    }
    connection.close().await.map_err(failed)
}
