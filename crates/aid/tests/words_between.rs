//! Notices, relays, harm and purge.

use solferino_aid::{
    Destroyed, Harm, HarmBasis, HarmKind, HarmRecord, HarmUnit, Id, Incident, Ledger,
    MAX_NOTICE_CHARS, NOTICE_FORMAT, Notice, NoticeStands, OpenReason, Reason, Receipt, Relay,
    RelayRefused, RelayRole, Role, Sector, Stage, Standing, Step, StepRefused, Template, Tlp,
    Trace, Waits, Wish, is_over, notice_stands, purge, purge_due_s, remains, step, sums,
};
use std::collections::BTreeSet;

const DAY_S: i64 = 24 * 3600;

fn notice() -> Notice {
    Notice {
        format: NOTICE_FORMAT.to_owned(),
        template: Template::ActivityObserved,
        from: "A".parse().unwrap(),
        to: "B".parse().unwrap(),
        sent_s: 0,
        due_s: DAY_S,
        incident: Incident::Availability,
        sectors: BTreeSet::from([Sector::Health]),
        wishes: BTreeSet::from([Wish::Receipt, Wish::LookInto]),
        tlp: Tlp::Amber,
        text: String::new(),
    }
}

#[test]
fn a_receipt_admits_nothing_because_it_has_no_field_for_it() {
    let receipt = Receipt {
        of: "0".repeat(64),
        received_s: 10,
    };
    let Receipt {
        of: _,
        received_s: _,
    } = &receipt;
    for word in ["admits", "author", "comment", "responsibility", "answer"] {
        let json = format!(
            "{{\"of\":\"{}\",\"received_s\":10,\"{word}\":true}}",
            receipt.of
        );
        assert!(serde_json::from_str::<Receipt>(&json).is_err(), "{word}");
    }
    let stands = |receipt, at_s| notice_stands(&notice(), receipt, at_s);
    assert_eq!(stands(None, DAY_S), NoticeStands::Waiting);
    assert_eq!(stands(None, DAY_S + 1), NoticeStands::Overdue);
    assert_eq!(stands(Some(&receipt), 9), NoticeStands::Waiting);
    assert_eq!(stands(Some(&receipt), 10), NoticeStands::Received);
}

#[test]
fn notices_name_no_author_and_keep_to_their_template() {
    let json = serde_json::to_value(notice()).unwrap();
    for word in ["author", "actor", "attributed_to", "source"] {
        let mut json = json.clone();
        json[word] = "C".into();
        assert!(serde_json::from_value::<Notice>(json).is_err(), "{word}");
    }
    let refused = |change: &dyn Fn(&mut Notice)| {
        let mut notice = notice();
        change(&mut notice);
        notice.check().is_err()
    };
    assert!(!refused(&|_| {}));
    for &template in Template::ALL {
        for &wish in Wish::ALL {
            let refused = refused(&|notice| {
                notice.template = template;
                notice.wishes = BTreeSet::from([wish]);
            });
            assert_eq!(
                refused,
                !template.wishes().contains(&wish),
                "{template} {wish}"
            );
        }
    }
    assert!(refused(&|notice| notice.to = notice.from.clone()));
    assert!(refused(&|notice| notice.wishes.clear()));
    assert!(refused(&|notice| notice.due_s = 3_599));
    assert!(!refused(&|notice| notice.due_s = 3_600));
    assert!(refused(&|notice| notice.due_s = 90 * DAY_S + 1));
    assert!(!refused(
        &|notice| notice.text = "x".repeat(MAX_NOTICE_CHARS)
    ));
    assert!(refused(
        &|notice| notice.text = "x".repeat(MAX_NOTICE_CHARS + 1)
    ));
}

#[test]
fn an_embargo_ends_by_time_by_the_vendor_or_by_exploitation() {
    let relay = Relay::new(0, 90).unwrap();
    let open = |reason, role, at_s| relay.may_open(reason, role, at_s);
    let end = OpenReason::EmbargoEnded;
    assert_eq!(
        open(end, RelayRole::Relay, 90 * DAY_S - 1),
        Err(RelayRefused::Runs {
            until_s: 90 * DAY_S
        })
    );
    assert_eq!(open(end, RelayRole::Relay, 90 * DAY_S), Ok(()));
    assert_eq!(
        open(OpenReason::VendorAgreed, RelayRole::Relay, 1),
        Err(RelayRefused::NotTheVendor)
    );
    assert_eq!(open(OpenReason::VendorAgreed, RelayRole::Vendor, 1), Ok(()));
    assert_eq!(open(OpenReason::Exploited, RelayRole::Relay, 1), Ok(()));
    assert_eq!(
        (relay.left_s(0), relay.left_s(100 * DAY_S)),
        (90 * DAY_S as u64, 0)
    );
    for (days, allowed) in [
        (0, false),
        (1, true),
        (180, true),
        (181, false),
        (i64::MAX, false),
    ] {
        assert_eq!(Relay::new(0, days).is_ok(), allowed, "{days}");
    }
}

fn harm(kind: HarmKind, unit: HarmUnit, count: Option<u64>) -> Harm {
    Harm {
        kind,
        unit,
        count,
        basis: HarmBasis::Told,
        from_s: 0,
        until_s: None,
    }
}

#[test]
fn harms_are_never_added_across_units_and_what_is_unknown_is_said() {
    let record = |harms: Vec<Harm>| HarmRecord { harms };
    let care = |count| harm(HarmKind::CareDelayed, HarmUnit::People, count);
    let hours = harm(HarmKind::CareDelayed, HarmUnit::Hours, Some(7));
    let seen = Harm {
        basis: HarmBasis::Seen,
        ..care(Some(5))
    };
    let records = [
        record(vec![care(Some(3)), hours]),
        record(vec![care(None)]),
        record(vec![seen]),
    ];
    let sums = sums(&records);
    let people = sums[&(HarmKind::CareDelayed, HarmUnit::People)];
    assert_eq!(
        (
            people.known,
            people.records_known,
            people.records_unknown,
            people.told_only
        ),
        (8, 2, 1, 2)
    );
    assert_eq!(sums[&(HarmKind::CareDelayed, HarmUnit::Hours)].known, 7);
    assert_eq!(sums.len(), 2);
    for &kind in HarmKind::ALL {
        for &unit in HarmUnit::ALL {
            let fits = record(vec![harm(kind, unit, Some(1))]).check().is_ok();
            assert_eq!(fits, kind.units().contains(&unit), "{kind} {unit}");
        }
    }
    assert!(
        record(vec![care(Some(1)), care(Some(1))]).check().is_err(),
        "counted twice"
    );
    let backwards = Harm {
        until_s: Some(-1),
        ..care(Some(1))
    };
    assert!(record(vec![backwards]).check().is_err());
}

fn ledger() -> Ledger {
    let id = |text: &str| -> Id { text.parse().unwrap() };
    Ledger {
        request: id("request"),
        steps: 9,
        classed: true,
        commitments: vec![id("c1"), id("c2")],
        consents: 1,
        crossed: vec![id("c2")],
        shared_with_helpers: true,
    }
}

#[test]
fn what_a_purge_leaves_is_listed_in_full() {
    let all = remains(&ledger());
    assert_eq!(all.destroyed, Destroyed::ALL);
    let traces: Vec<Trace> = all.kept.iter().map(|kept| kept.trace).collect();
    assert_eq!(
        traces,
        Trace::ALL,
        "a request that did everything leaves every kind of trace"
    );
    let crossed = all
        .kept
        .iter()
        .find(|kept| kept.trace == Trace::Crossed)
        .unwrap();
    assert_eq!(crossed.names, ["c2".parse().unwrap()]);
    let steps = all
        .kept
        .iter()
        .find(|kept| kept.trace == Trace::Steps)
        .unwrap();
    assert_eq!(steps.count, 10, "the purge itself is a step");
    let bare = Ledger {
        classed: false,
        consents: 0,
        crossed: vec![],
        shared_with_helpers: false,
        ..ledger()
    };
    let traces: Vec<Trace> = remains(&bare).kept.iter().map(|kept| kept.trace).collect();
    let expected = [
        Trace::PublicKey,
        Trace::Steps,
        Trace::Commitments,
        Trace::SealedDigests,
        Trace::OfficersCopies,
        Trace::OwnCopies,
    ];
    assert_eq!(traces, expected);
}

#[test]
fn a_purge_comes_when_it_is_due_and_not_before() {
    let waits = Waits {
        quiet_s: 10,
        retention_s: 100,
    };
    let at = |stage, at_s, reason| {
        let standing = Standing {
            stage,
            since_s: 0,
            resumes: None,
            waits_for_requester: false,
            silent_since_s: Some(0),
            confirmed: false,
        };
        let wish = Step {
            to: Stage::Purged,
            role: Role::Desk,
            reason,
            at_s,
        };
        (
            purge_due_s(&standing, &waits),
            purge(&standing, &wish, &waits, &ledger()).is_ok(),
        )
    };
    for stage in [Stage::Closed, Stage::Declined, Stage::Referred] {
        assert_eq!(at(stage, 99, Reason::RetentionOver), (Some(100), false));
        assert_eq!(at(stage, 100, Reason::RetentionOver), (Some(100), true));
    }
    assert_eq!(
        at(Stage::Withdrawn, 0, Reason::AfterWithdrawal),
        (Some(0), true)
    );
    let open = Stage::ALL.iter().filter(|stage| {
        ![
            Stage::Closed,
            Stage::Declined,
            Stage::Referred,
            Stage::Withdrawn,
            Stage::Purged,
        ]
        .contains(stage)
    });
    for &stage in open {
        assert_eq!(
            at(stage, 1_000_000, Reason::RetentionOver),
            (None, false),
            "{stage}"
        );
    }
}

#[test]
fn withdrawal_and_the_end_of_retention_need_no_step_of_anybody() {
    let waits = Waits {
        quiet_s: 10,
        retention_s: 100,
    };
    let asked_again = |standing: &Standing, at_s| {
        let wish = Step {
            to: Stage::Vetting,
            role: Role::Requester,
            reason: Reason::AskedAgain,
            at_s,
        };
        step(standing, &wish, &waits)
    };
    for &stage in Stage::ALL {
        let standing = Standing {
            stage,
            since_s: 1_000,
            ..Standing::received(0)
        };
        let over = |at_s| is_over(&standing, &waits, at_s);
        let expected = match stage {
            Stage::Withdrawn | Stage::Purged => [true, true, true],
            Stage::Closed | Stage::Declined | Stage::Referred => [false, false, true],
            _ => [false, false, false],
        };
        assert_eq!([1_000, 1_099, 1_100].map(over), expected, "{stage}");
        if [Stage::Declined, Stage::Referred].contains(&stage) {
            assert!(asked_again(&standing, 1_099).is_ok());
            let gone = asked_again(&standing, 1_100).unwrap_err();
            assert_eq!(gone, StepRefused::Over { due_s: 1_100 }, "{stage}");
            assert_eq!(gone.code(), "aid-wrong-state");
        }
    }
}
