//! What is first and last of an object after versions of it were taken out.
//!
//! Who pages by `first` or `last` has to see a version that is that again, though it was added long ago; who pages by `all` has
//! seen it and must not see it twice. So a version keeps its `added`, and where it became an end later than that, the table
//! `again` says since when. A version that was an end from the start has no row there, but a mark of its own
//! ([`super::add::Range::edge`]).

use std::collections::HashMap;

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::sql;

/// Mark of rows of `again`: the first version.
pub(super) const FIRST: i64 = 1;
/// The last version.
pub(super) const LAST: i64 = 2;
/// One that is first or last, where its own mark does not say so: for who asks for both, and sees each version once.
pub(super) const EITHER: i64 = 4;
const MARKS: [i64; 3] = [FIRST, LAST, EITHER];

/// A version and where it stands.
struct Place {
    seq: i64,
    version: String,
    edge: i64,
    added: i64,
    kind: String,
    spec: String,
    size: i64,
}

/// Since when a version is first, is last, is either.
type Since = [Option<i64>; 3];

impl Place {
    fn since(&self, again: &HashMap<(i64, i64), i64>) -> Since {
        MARKS.map(|mark| {
            let from_the_start = match mark {
                EITHER => self.edge != 0,
                mark => self.edge & mark != 0,
            };
            let later = again.get(&(self.seq, mark)).copied();
            if from_the_start {
                Some(self.added)
            } else {
                later
            }
        })
    }
}

/// Whether a version of the object became an end again, so that [`settle`] has to mark what is new.
pub(super) async fn is_odd(
    connection: &mut SqliteConnection,
    collection: i64,
    id: &str,
) -> Result<bool, sqlx::Error> {
    let any = sqlx::query(sql::ANY_AGAIN).bind(collection);
    if any.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(false);
    }
    let rows = sqlx::query(sql::AGAIN_OF)
        .bind(collection)
        .bind(id.to_owned());
    Ok(rows.fetch_optional(&mut *connection).await?.is_some())
}

/// Marks what is first and last of an object now. What was that before keeps its place; what is that again has a new one, as
/// if it was added just now.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    collection: i64,
    id: &str,
    now: i64,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(sql::AGAIN_OF)
        .bind(collection)
        .bind(id.to_owned());
    let mut again = HashMap::new();
    for row in rows.fetch_all(&mut *connection).await? {
        let of: (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        again.insert(of, row.try_get(2)?);
    }
    let places = places(connection, collection, id).await?;
    let (last_added,): (i64,) = sqlx::query_as(sql::LAST_ADDED)
        .bind(collection)
        .fetch_one(&mut *connection)
        .await?;
    let mut latest = last_added;
    for (n, place) in places.iter().enumerate() {
        let (first, last) = (n == 0, n + 1 == places.len());
        let was = place.since(&again);
        let due = [first, last, first || last];
        let mut fresh = None;
        let mut since = [None; 3];
        for (at, is_due) in due.into_iter().enumerate() {
            if is_due {
                let new = || *fresh.get_or_insert((latest + 1).max(now));
                since[at] = Some(was[at].unwrap_or_else(new));
            }
        }
        latest = fresh.unwrap_or(latest);
        if since != was {
            write(connection, (collection, id), place, since).await?;
        }
    }
    if latest != last_added {
        let set = sqlx::query(sql::SET_LAST_ADDED).bind(collection);
        set.bind(latest).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn places(
    connection: &mut SqliteConnection,
    collection: i64,
    id: &str,
) -> Result<Vec<Place>, sqlx::Error> {
    let rows = sqlx::query(sql::PLACES_OF)
        .bind(collection)
        .bind(id.to_owned());
    let rows = rows.fetch_all(&mut *connection).await?;
    let place = |row: &sqlx::sqlite::SqliteRow| {
        Ok(Place {
            seq: row.try_get(0)?,
            version: row.try_get(1)?,
            edge: row.try_get(2)?,
            added: row.try_get(3)?,
            kind: row.try_get(4)?,
            spec: row.try_get(5)?,
            size: row.try_get(6)?,
        })
    };
    rows.iter().map(place).collect()
}

/// The version's own mark for what it is since it was added, a row of `again` for each other.
async fn write(
    connection: &mut SqliteConnection,
    (collection, id): (i64, &str),
    place: &Place,
    since: Since,
) -> Result<(), sqlx::Error> {
    let own = |at: usize| since[at] == Some(place.added);
    let edge = if own(0) { FIRST } else { 0 } + if own(1) { LAST } else { 0 };
    let mark = sqlx::query(sql::MARK).bind(place.seq).bind(edge);
    mark.execute(&mut *connection).await?;
    let drop = sqlx::query(sql::DROP_AGAIN).bind(place.seq);
    drop.execute(&mut *connection).await?;
    for (mark, since) in MARKS.into_iter().zip(since) {
        let is_marked = edge & mark != 0 || (mark == EITHER && edge != 0);
        let Some(added) = since.filter(|_| !is_marked) else {
            continue;
        };
        sqlx::query(sql::PUT_AGAIN)
            .bind(place.seq)
            .bind(mark)
            .bind(collection)
            .bind(added)
            .bind(id.to_owned())
            .bind(place.version.clone())
            .bind(place.kind.clone())
            .bind(place.spec.clone())
            .bind(place.size)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
