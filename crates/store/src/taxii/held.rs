//! How much one account has in a collection, in bytes: so that nobody fills the disk of all.

use sqlx::sqlite::SqliteConnection;

use super::sql;

/// Most bytes of objects of one member in `claims` (4 GiB): ATT&CK enterprise eighty times.
pub const MAX_CLAIMED_BYTES: u64 = 4 << 30;
/// Most bytes of objects of one account that wait in the inbox at a time (256 MiB).
pub const MAX_PENDING_BYTES: u64 = 256 << 20;

/// What an account has in a collection.
pub(super) async fn held(
    connection: &mut SqliteConnection,
    collection: i64,
    account: &str,
) -> Result<u64, sqlx::Error> {
    let found: Option<(i64,)> = sqlx::query_as(sql::HELD)
        .bind(collection)
        .bind(account.to_owned())
        .fetch_optional(connection)
        .await?;
    Ok(found.map_or(0, |(bytes,)| u64::try_from(bytes).unwrap_or(0)))
}

/// Notes what came (above 0) or went (below 0), in the transaction that moves it.
pub(super) async fn count(
    connection: &mut SqliteConnection,
    collection: i64,
    account: &str,
    bytes: i64,
) -> Result<(), sqlx::Error> {
    if bytes == 0 {
        return Ok(());
    }
    let add = sqlx::query(sql::ADD_HELD).bind(collection);
    let add = add.bind(account.to_owned()).bind(bytes);
    add.execute(connection).await.map(|_| ())
}

/// The size of an object, in bytes.
pub(super) fn size(content: &str) -> i64 {
    i64::try_from(content.len()).unwrap_or(i64::MAX)
}
