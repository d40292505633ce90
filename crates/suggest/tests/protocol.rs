//! The protocols on a file of our own: who learns from what, and what is told.

use serde_json::json;
use solferino_suggest::{FileError, Options, rankers, rolling_weights, run};

use crate::support::{GROUPS, file, parse, value};

#[test]
fn weights_know_earlier_releases_only() {
    let mut changed = value();
    // The cases of the last tested release all get another group's features.
    for case in changed["temporal"].as_array_mut().unwrap() {
        if case["r"] == 2 {
            let other = (case["g"].as_u64().unwrap() + 1) % (GROUPS as u64 - 1);
            case["f"] = json!([
                other * 5,
                other * 5 + 1,
                other * 5 + 2,
                other * 5 + 3,
                other * 5 + 4
            ]);
        }
    }
    for ranker in rankers() {
        let (one, other) = (
            rolling_weights(ranker, &file()),
            rolling_weights(ranker, &parse(&changed)),
        );
        assert_eq!(one[..3], other[..3], "{}", ranker.name());
        assert_eq!(one[0], ranker.centre(), "{}", ranker.name());
        assert_ne!(one[3], other[3], "{}", ranker.name());
    }
}

#[test]
fn names_change_no_figure() {
    let mut renamed = value();
    for (at, group) in renamed["groups"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .enumerate()
    {
        *group = json!([format!("Z{}", 99 - at), "another name", "QQ"]);
    }
    let options = Options {
        from: Some("v2.0".to_owned()),
        ..Options::default()
    };
    let report = |file| serde_json::to_string(&run(&file, &options).unwrap()).unwrap();
    assert_eq!(report(file()), report(parse(&renamed)));
}

#[test]
fn every_ranker_goes_through_all_protocols() {
    let options = Options {
        from: Some("v2.0".to_owned()),
        ..Options::default()
    };
    let report = run(&file(), &options).unwrap();
    assert_eq!(
        (report.learned_from, report.rankers.len()),
        (5, rankers().len())
    );
    for ranker in &report.rankers {
        assert_eq!((ranker.temporal.cases, ranker.temporal.clusters), (10, 5));
        let open = ranker.open_world.as_ref().unwrap();
        assert_eq!((open.known, open.unknown), (10, 2));
        assert_eq!(ranker.campaigns[0].rank, 1, "{}", ranker.name);
        assert!(ranker.temporal.top1.low <= ranker.temporal.top1.value);
        assert!(
            ranker.temporal.top1.value > 0.7,
            "{} {:?}",
            ranker.name,
            ranker.temporal.top1
        );
        assert_eq!(ranker.forgery.as_ref().unwrap().planted, 5);
    }
}

#[test]
fn options_that_name_nothing_are_refused() {
    let refused = |from: Option<&str>, ranker: Option<&str>| {
        let options = Options {
            from: from.map(str::to_owned),
            ranker: ranker.map(str::to_owned),
            without_forgery: true,
        };
        run(&file(), &options).unwrap_err()
    };
    assert!(matches!(
        refused(Some("v9"), None),
        FileError::Release { .. }
    ));
    assert!(matches!(
        refused(None, Some("oracle")),
        FileError::Ranker { .. }
    ));
    assert!(matches!(refused(Some("v4.0"), None), FileError::NoCases(_)));
}

#[test]
fn a_file_without_a_past_is_measured_with_a_note() {
    let report = run(
        &file(),
        &Options {
            without_forgery: true,
            ..Options::default()
        },
    )
    .unwrap();
    assert_eq!((report.learned_from, report.notes.len()), (0, 2));
    assert_eq!(report.rankers[0].temporal.cases, 15);
}
