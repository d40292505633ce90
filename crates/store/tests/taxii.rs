//! What is exchanged over TAXII: the file, several writers, clocks that go back, bounds.

use std::path::PathBuf;

use serde_json::{Value, json};
use solferino_store::taxii::{
    Asked, Check, Decision, Detail, Entry, MAX_CLAIMED_BYTES, MAX_PAGE_BYTES, MAX_PENDING,
    MAX_PENDING_BYTES, NewCollection, Removed, Taxii, Versions, envelope, sql,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Executor as _};

use crate::support::Home;

pub(crate) fn home() -> (Home, PathBuf) {
    let home = Home::new();
    drop(home.create());
    let dir = home.dir();
    (home, dir)
}

async fn connect(dir: &std::path::Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(dir.join("taxii.sqlite"));
    options.connect().await.unwrap()
}

pub(crate) fn tool(n: usize, modified: &str) -> Value {
    json!({
        "type": "tool", "spec_version": "2.1", "id": format!("tool--{n:08x}-0000-4000-8000-000000000000"),
        "created": "2015-01-01T00:00:00.000Z", "modified": modified, "name": format!("tool {n}"),
    })
}

pub(crate) fn read(objects: &[Value]) -> Vec<Result<Entry, Detail>> {
    let text = json!({"objects": objects}).to_string();
    envelope(text.as_bytes(), Check::Must, 1_000_000)
        .unwrap()
        .objects
}

pub(crate) const V1: &str = "2015-01-01T00:00:00.000Z";
/// A moment after all versions here (September 2026): what lies ahead is refused.
const NOW: i64 = 1_790_000_000_000_000;

#[tokio::test]
async fn every_sql_text_is_one() {
    let (_home, dir) = home();
    Taxii::open(&dir).await.unwrap().close().await;
    let mut connection = connect(&dir).await;
    for text in sql::ALL {
        connection
            .prepare(sqlx::SqlStr::from_static(text))
            .await
            .unwrap_or_else(|e| panic!("{text}: {e}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_write_one_collection_and_no_date_is_given_twice() {
    const EACH: usize = 40;
    let (_home, dir) = home();
    let stores = [
        Taxii::open(&dir).await.unwrap(),
        Taxii::open(&dir).await.unwrap(),
    ];
    let writers = stores.into_iter().enumerate().map(|(writer, store)| {
        tokio::spawn(async move {
            let claims = store.collection("claims").await.unwrap().unwrap();
            for post in 0..EACH {
                let objects: Vec<Value> = (0..5)
                    .map(|n| tool(writer * 10_000 + post * 5 + n, V1))
                    .collect();
                // Both clocks stand still.
                let added = store
                    .add(&claims, "w", read(&objects), 1_000)
                    .await
                    .unwrap();
                assert_eq!(added.added, 5);
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let store = Taxii::open(&dir).await.unwrap();
    let claims = store.collection("claims").await.unwrap().unwrap();
    let lines = store
        .lines(&claims, &Asked::first(10_000))
        .await
        .unwrap()
        .lines;
    assert_eq!(lines.len(), 2 * EACH * 5);
    assert!(lines.windows(2).all(|pair| pair[0].added < pair[1].added));
}

#[tokio::test]
async fn a_clock_that_goes_back_gives_later_dates_all_the_same() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let claims = store.collection("claims").await.unwrap().unwrap();
    for (n, now) in [(1, 5_000), (2, 9_000), (3, 100), (4, 9_001)] {
        store
            .add(&claims, "w", read(&[tool(n, V1)]), now)
            .await
            .unwrap();
    }
    store.close().await;
    let store = Taxii::open(&dir).await.unwrap();
    store
        .add(&claims, "w", read(&[tool(5, V1)]), 1)
        .await
        .unwrap();
    let lines = store.lines(&claims, &Asked::first(10)).await.unwrap().lines;
    let dates: Vec<i64> = lines.iter().map(|line| line.added).collect();
    assert_eq!(dates, [5_000, 9_000, 9_001, 9_002, 9_003]);
}

#[tokio::test]
async fn a_late_older_version_becomes_the_first_and_never_the_last() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let claims = store.collection("claims").await.unwrap().unwrap();
    let years = ["2018", "2016", "2019", "2017", "2015"];
    for (n, year) in years.iter().enumerate() {
        let version = format!("{year}-01-01T00:00:00.000Z");
        store
            .add(&claims, "w", read(&[tool(1, &version)]), n as i64)
            .await
            .unwrap();
        let ask = async |versions| {
            let asked = Asked {
                versions,
                ..Asked::first(10)
            };
            let lines = store.lines(&claims, &asked).await.unwrap().lines;
            lines
                .iter()
                .map(|line| line.version[..4].to_owned())
                .collect::<Vec<_>>()
        };
        let seen = &years[..=n];
        let first = Versions {
            first: true,
            ..Versions::default()
        };
        assert_eq!(ask(Versions::last()).await, [*seen.iter().max().unwrap()]);
        assert_eq!(ask(first).await, [*seen.iter().min().unwrap()]);
        assert_eq!(ask(Versions::all()).await, seen);
    }
}

#[tokio::test]
async fn an_account_has_so_many_waiting_objects_and_no_more() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let inbox = store.collection("inbox").await.unwrap().unwrap();
    let filled = format!(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {MAX_PENDING}) \
         INSERT INTO inbox (status, account, id, version, shown, kind, spec, content) SELECT 's', 'm', i, '', '', 't', '', '' FROM n"
    );
    sqlx::query(sqlx::AssertSqlSafe(filled))
        .execute(&mut connect(&dir).await)
        .await
        .unwrap();
    let status = store
        .post(&inbox, "m", "a", read(&[tool(1, V1), tool(2, V1)]), NOW)
        .await
        .unwrap();
    assert_eq!((status.pending_count, status.failure_count), (1, 1));
    let why = status.failures[0].message.as_deref().unwrap();
    assert!(why.starts_with("overloaded"), "{why}");
    let other = store
        .post(&inbox, "other", "b", read(&[tool(2, V1)]), NOW)
        .await
        .unwrap();
    assert_eq!(other.pending_count, 1);
}

/// So many bytes of an account in a collection and not one more, counted over posts, reviews and removals.
#[tokio::test]
async fn an_account_has_so_many_bytes_in_a_collection_and_not_one_more() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let mut direct = connect(&dir).await;
    let object = tool(1, V1);
    let size = i64::try_from(object.to_string().len()).unwrap();
    for (alias, limit) in [("inbox", MAX_PENDING_BYTES), ("claims", MAX_CLAIMED_BYTES)] {
        let limit = i64::try_from(limit).unwrap();
        let into = store.collection(alias).await.unwrap().unwrap();
        let set = |account: &'static str, bytes: i64| {
            sqlx::query("INSERT INTO held (collection, account, bytes) SELECT n, $1, $2 FROM collections WHERE alias = $3")
                .bind(account).bind(bytes).bind(alias)
        };
        set("over", limit - size + 1)
            .execute(&mut direct)
            .await
            .unwrap();
        set("full", limit - size)
            .execute(&mut direct)
            .await
            .unwrap();
        let post = async |account, id: &str| {
            let id = format!("{alias}-{account}-{id}");
            store
                .post(
                    &into,
                    account,
                    &id,
                    read(std::slice::from_ref(&object)),
                    NOW,
                )
                .await
                .unwrap()
        };
        let refused = post("over", "1").await;
        assert_eq!(refused.failure_count, 1, "{alias}");
        let why = refused.failures[0].message.as_deref().unwrap();
        assert!(why.contains(&(limit - size + 1).to_string()), "{why}");
        assert_eq!(post("full", "1").await.failure_count, 0, "{alias}");
        // The same again is there already, and takes no room.
        assert_eq!(post("full", "2").await.failure_count, 0, "{alias}");
        if alias == "inbox" {
            let waiting = store.waiting(0, 10).await.unwrap();
            assert_eq!(waiting.len(), 1);
            store
                .decide(waiting[0].seq, &Decision::Refuse("no".into()), 2)
                .await
                .unwrap();
        } else {
            let id = object["id"].as_str().unwrap();
            let gone = store
                .remove(&into, "full", id, &Versions::all(), &[], 2)
                .await
                .unwrap();
            assert_eq!(gone, Removed::Gone(1));
        }
        let (held,): (i64,) = sqlx::query_as("SELECT bytes FROM held WHERE account = 'full' AND collection = (SELECT n FROM collections WHERE alias = $1)")
            .bind(alias).fetch_one(&mut direct).await.unwrap();
        assert_eq!(held, limit - size, "what left {alias} takes no room");
        assert_eq!(post("full", "3").await.failure_count, 0, "{alias}");
    }
}

/// A file of the format before is counted at its first opening, and nothing in it changes.
#[tokio::test]
async fn what_a_file_of_format_2_holds_is_counted_once() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let mut sizes = Vec::new();
    for alias in ["claims", "inbox"] {
        let into = store.collection(alias).await.unwrap().unwrap();
        let objects = [tool(1, V1), tool(2, V1)];
        store
            .post(&into, "m", alias, read(&objects), NOW)
            .await
            .unwrap();
        sizes.push(
            objects
                .iter()
                .map(|o| o.to_string().len() as i64)
                .sum::<i64>(),
        );
    }
    store.close().await;
    let mut direct = connect(&dir).await;
    for text in [
        "DROP TABLE held",
        "UPDATE meta SET value = 2 WHERE name = 'format'",
    ] {
        sqlx::query(text).execute(&mut direct).await.unwrap();
    }
    for _ in 0..2 {
        Taxii::open(&dir).await.unwrap().close().await;
        let held: Vec<(i64,)> =
            sqlx::query_as("SELECT bytes FROM held WHERE account = 'm' ORDER BY collection")
                .fetch_all(&mut direct)
                .await
                .unwrap();
        assert_eq!(
            held.iter().map(|(bytes,)| *bytes).collect::<Vec<_>>(),
            sizes
        );
    }
}

#[tokio::test]
async fn statuses_end_after_seven_days_unless_something_of_them_waits() {
    const DAY: i64 = 86_400 * 1_000_000;
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let claims = store.collection("claims").await.unwrap().unwrap();
    let inbox = store.collection("inbox").await.unwrap().unwrap();
    store
        .post(&claims, "m", "done", read(&[tool(1, V1)]), NOW)
        .await
        .unwrap();
    store
        .post(&inbox, "m", "waits", read(&[tool(2, V1)]), NOW)
        .await
        .unwrap();
    store
        .post(
            &claims,
            "m",
            "later",
            read(&[tool(3, V1)]),
            NOW + 7 * DAY - 1,
        )
        .await
        .unwrap();
    assert!(store.status("done", "m").await.unwrap().is_some());
    store
        .post(
            &claims,
            "m",
            "last",
            read(&[tool(4, V1)]),
            NOW + 7 * DAY + 1,
        )
        .await
        .unwrap();
    let there = async |id| store.status(id, "m").await.unwrap().is_some();
    assert!(!there("done").await);
    assert!(there("waits").await && there("later").await && there("last").await);
}

#[tokio::test]
async fn another_format_and_a_folder_without_a_record_are_refused() {
    let (_home, dir) = home();
    Taxii::open(&dir).await.unwrap().close().await;
    sqlx::query("UPDATE meta SET value = 4")
        .execute(&mut connect(&dir).await)
        .await
        .unwrap();
    let error = Taxii::open(&dir).await.unwrap_err().to_string();
    assert!(error.contains("format is 4"), "{error}");
    assert!(Taxii::open(&dir.join("log")).await.is_err());
}

#[tokio::test]
async fn an_alias_that_is_none_makes_no_collection() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    assert!(
        store
            .collection_or_new(&NewCollection::pulled("a/b", "x"))
            .await
            .is_err()
    );
    assert_eq!(store.collections().await.unwrap().len(), 4);
}

#[tokio::test]
async fn filters_by_specification_tell_old_objects_from_new_ones() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let into = store
        .collection_or_new(&NewCollection::pulled("old", "x"))
        .await
        .unwrap();
    let mut old = tool(1, V1);
    old["spec_version"] = json!("2.0");
    let text = json!({"objects": [old, tool(2, V1)]}).to_string();
    let read = envelope(text.as_bytes(), Check::Count, 10).unwrap();
    store.add(&into, "x", read.objects, 1).await.unwrap();
    for (specs, count) in [
        (vec!["2.0"], 1),
        (vec!["2.1"], 1),
        (vec!["2.0", "2.1"], 2),
        (vec!["2.2"], 0),
        (vec![], 2),
    ] {
        let asked = Asked {
            specs: specs.iter().map(|s| (*s).to_owned()).collect(),
            ..Asked::first(10)
        };
        assert_eq!(
            store.lines(&into, &asked).await.unwrap().lines.len(),
            count,
            "{specs:?}"
        );
    }
}

/// Pages that are cut at their number of objects and pages that are cut at their bytes are made in two ways; both give every
/// object once, in order, and end where they should.
#[tokio::test]
async fn a_page_ends_at_its_objects_or_at_its_bytes() {
    let (_home, dir) = home();
    let store = Taxii::open(&dir).await.unwrap();
    let into = store
        .collection_or_new(&NewCollection::pulled("large", "x"))
        .await
        .unwrap();
    let empty = store.page(&into, &Asked::first(10)).await.unwrap();
    assert_eq!(
        (empty.count, empty.more, &empty.content[..]),
        (0, false, &b""[..])
    );
    let large = |n: usize| {
        let mut object = tool(n, V1);
        // Of several bytes a letter, and with what joins objects in it.
        object["description"] = json!("ü},{".repeat(MAX_PAGE_BYTES / 30));
        object
    };
    // Five objects fill a page; then small ones; then one that is larger than a page.
    let mut objects: Vec<Value> = (0..12).map(large).collect();
    objects.extend((12..40).map(|n| tool(n, V1)));
    let mut huge = tool(40, V1);
    huge["description"] = json!("x".repeat(MAX_PAGE_BYTES + 1));
    objects.push(huge);
    store.add(&into, "x", read(&objects), 1).await.unwrap();
    for limit in [1, 3, 5, 7, 29, 1_000] {
        let mut asked = Asked::first(limit);
        let (mut walked, mut by_bytes) = (Vec::new(), 0);
        loop {
            let page = store.page(&into, &asked).await.unwrap();
            let text = [b"[", &page.content[..], b"]"].concat();
            let given: Vec<Value> = serde_json::from_slice(&text).unwrap();
            assert_eq!(given.len() as u64, page.count);
            assert!(given.len() == 1 || page.content.len() <= MAX_PAGE_BYTES);
            by_bytes += usize::from(page.more && given.len() < limit);
            walked.extend(given);
            if !page.more {
                break;
            }
            asked.after = page.last;
        }
        assert_eq!(walked, objects, "{limit}");
        // Pages of one object, and of as many as fill one, never end at their bytes.
        assert_eq!(by_bytes > 0, ![1, 5].contains(&limit), "{limit}");
    }
}
