//! Views: made by a pure function, so that deleted ones come back the same.

use std::fs;

use solferino_store::views::sql;
use solferino_store::{Views, audit, rebuild_views};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};

use crate::support::{Home, play, report};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

async fn connect(path: &std::path::Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path);
    options.create_if_missing(true).connect().await.unwrap()
}

/// Every row of every table, as text.
fn dump(home: &Home) -> Vec<String> {
    block_on(async {
        let mut connection = connect(&home.dir().join("views.sqlite")).await;
        let mut all = Vec::new();
        for (table, text) in sql::DUMP {
            for row in sqlx::query(*text).fetch_all(&mut connection).await.unwrap() {
                let values: Vec<String> = (0..row.len())
                    .map(|column| {
                        let text = row.try_get::<Option<String>, _>(column);
                        let number = || row.try_get::<Option<i64>, _>(column).unwrap();
                        text.map_or_else(|_| format!("{:?}", number()), |text| format!("{text:?}"))
                    })
                    .collect();
                all.push(format!("{table}: {}", values.join(", ")));
            }
        }
        connection.close().await.unwrap();
        all
    })
}

fn audit_of_views(home: &Home) -> String {
    let found = audit(&home.dir(), None, |_, _| {});
    let check = found.report.checks.iter().find(|c| c.name == "views");
    let check = check.unwrap();
    format!("{:?}: {}", check.outcome, check.detail)
}

#[test]
fn every_text_is_understood() {
    let home = Home::new();
    drop(home.create());
    block_on(async {
        let mut connection = connect(&home.dir().join("views.sqlite")).await;
        for text in sql::all() {
            connection
                .prepare(sqlx::SqlStr::from_static(text))
                .await
                .unwrap();
        }
    });
}

#[test]
fn deleted_or_damaged_views_are_rebuilt_the_same() {
    let home = Home::new();
    let record = home.create();
    let (case, _) = play(&record);
    drop(record);
    let before = dump(&home);
    assert!(before.iter().any(|row| row.starts_with("findings:")));
    assert!(before.iter().any(|row| row.contains(case.as_str())));
    let path = home.dir().join("views.sqlite");

    fs::remove_file(&path).unwrap();
    drop(home.open());
    assert_eq!(
        dump(&home),
        before,
        "made at opening, in one step instead of many"
    );

    fs::write(&path, b"no database").unwrap();
    assert!(audit_of_views(&home).starts_with("Failed"));
    drop(home.open());
    assert_eq!(dump(&home), before);

    let summary = rebuild_views(&home.dir(), |_, _| {}).unwrap();
    assert_eq!(dump(&home), before);
    assert_eq!((summary.cases, summary.findings), (1, 1));
    assert!(audit_of_views(&home).starts_with("Held"));

    block_on(async {
        let mut connection = connect(&path).await;
        let lie = "UPDATE cases SET likelihood_ppm = 1";
        sqlx::query(lie).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    assert!(
        audit_of_views(&home).contains("table cases"),
        "{}",
        audit_of_views(&home)
    );
}

#[test]
fn whatever_is_changed_in_the_statements_is_found() {
    let home = Home::new();
    let record = home.create();
    play(&record);
    let time = record.state().global.time.unwrap();
    let reports = (1_000..1_300).map(|n| crate::support::report_at(n, time));
    for answer in record.submit_all_blocking(reports.collect()) {
        answer.unwrap();
    }
    let last = record.size() - 1;
    drop(record);
    assert!(audit_of_views(&home).starts_with("Held"));
    let (path, kept) = (home.dir().join("views.sqlite"), home.dir().join("kept"));
    fs::copy(&path, &kept).unwrap();
    let changes = [
        ("UPDATE statements SET id = upper(id) WHERE idx = 1", 1),
        ("UPDATE statements SET kind = 'trick' WHERE idx = 2", 2),
        ("UPDATE statements SET case_id = 'NULL' WHERE idx = 0", 0),
        ("UPDATE statements SET case_id = '' WHERE idx = 0", 0),
        (
            "UPDATE statements SET issued = issued + 1 WHERE idx = 257",
            257,
        ),
        ("UPDATE statements SET time = time - 1 WHERE idx = 255", 255),
        (
            "UPDATE statements SET signer = signer || '''' WHERE idx = 256",
            256,
        ),
        ("UPDATE statements SET idx = -1 WHERE idx = 0", 0),
        ("UPDATE statements SET idx = 100000 WHERE idx = 30", 30),
        (
            "DELETE FROM statements WHERE idx = (SELECT MAX(idx) FROM statements)",
            last,
        ),
        (
            "INSERT INTO statements SELECT idx + 100000, id, kind, case_id, issued, time, signer \
             FROM statements WHERE idx = 3",
            last + 1,
        ),
    ];
    for (change, row) in changes {
        block_on(async {
            let mut connection = connect(&path).await;
            let changed = sqlx::query(change).execute(&mut connection).await.unwrap();
            assert_eq!(changed.rows_affected(), 1, "{change}");
            connection.close().await.unwrap();
        });
        let told = audit_of_views(&home);
        let place = format!("row {row} of the table statements");
        let found = told.starts_with("Failed") && told.contains(&place);
        assert!(found, "{change}: {told}");
        fs::copy(&kept, &path).unwrap();
    }
    assert!(audit_of_views(&home).starts_with("Held"));
}

#[test]
fn views_of_another_version_are_told_apart_from_damaged_ones() {
    let home = Home::new();
    drop(home.create());
    block_on(async {
        let mut connection = connect(&home.dir().join("views.sqlite")).await;
        let older = "UPDATE meta SET value = value - 1 WHERE name = 'format'";
        sqlx::query(older).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    let told = audit_of_views(&home);
    let apart = told.starts_with("NotChecked") && told.contains("another version");
    assert!(apart, "{told}");
    drop(home.open());
    assert!(audit_of_views(&home).starts_with("Held"));
}

#[test]
fn pages_follow_the_log() {
    let home = Home::new();
    let record = home.create();
    let (case, finding) = play(&record);
    record.submit_blocking(report_now(&record)).unwrap();
    let size = record.size();
    let views: &Views = record.views();
    block_on(async {
        views.wait_for(size).await.unwrap();
        let cases = views.cases(None, 10).await.unwrap();
        assert_eq!(cases.len(), 1);
        assert_eq!(cases[0].case_id, case.as_str());
        assert_eq!(cases[0].finding, Some(finding.to_string()));
        assert!(views.cases(Some(&case), 10).await.unwrap().is_empty());
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = views.statements(after, 7, None).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(u64::try_from(last.idx).unwrap());
            seen.extend(page.into_iter().map(|row| row.id));
        }
        let expected: Vec<String> = (0..size)
            .map(|index| tlog::leaf_hash(&record.entry(index).unwrap()).to_string())
            .collect();
        assert_eq!(seen, expected);
        let of_case = views.statements(None, 500, Some(&case)).await.unwrap();
        assert!(
            of_case
                .iter()
                .all(|row| row.case_id.as_deref() == Some(case.as_str()))
        );
        assert!(of_case.iter().any(|row| row.kind == "finding"));
    });
}

fn report_now(record: &solferino_store::Record) -> Vec<u8> {
    let time = record.state().global.time.unwrap();
    assert_ne!(report(1), crate::support::report_at(1, time));
    crate::support::report_at(1, time)
}
