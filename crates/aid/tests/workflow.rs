//! The workflow: the table is the page's, and its promises hold over every cell.

use solferino_aid::{
    Reason, Role, Stage, Standing, Step, StepRefused, TRANSITIONS, Wait, Waits, allowed, step,
};
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../docs/aid.md");
const WAITS: Waits = Waits {
    quiet_s: 1_000,
    retention_s: 5_000,
};
const VICTIM: [Role; 2] = [Role::Requester, Role::Proxy];

type Cell = (Stage, Stage, Role, Reason, Wait);

fn standing(stage: Stage, resumes: Option<Stage>) -> Standing {
    Standing {
        stage,
        since_s: 100,
        resumes,
        waits_for_requester: resumes.is_some(),
        silent_since_s: Some(100),
        confirmed: false,
    }
}

fn every_step(at_s: i64) -> impl Iterator<Item = Step> {
    let pairs = Stage::ALL
        .iter()
        .flat_map(|to| Role::ALL.iter().map(move |role| (to, role)));
    pairs.flat_map(move |(&to, &role)| {
        Reason::ALL.iter().map(move |&reason| Step {
            to,
            role,
            reason,
            at_s,
        })
    })
}

fn cells() -> BTreeSet<Cell> {
    let mut cells = BTreeSet::new();
    for row in TRANSITIONS {
        for &role in row.roles {
            cells.extend(
                row.reasons
                    .iter()
                    .map(|&reason| (row.from, row.to, role, reason, row.wait)),
            );
        }
    }
    cells
}

/// The words in back quotes of a table cell.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn stages(cell: &str) -> Vec<Stage> {
    let named: Vec<Stage> = quoted(cell)
        .iter()
        .map(|word| word.parse().unwrap())
        .collect();
    if cell.contains("every other than") {
        let others = Stage::ALL.iter().copied();
        return others.filter(|stage| !named.contains(stage)).collect();
    }
    named
}

/// The table of the page, taken apart.
fn page() -> BTreeSet<Cell> {
    let table = PAGE
        .split("| from | to | who | reasons |\n")
        .nth(1)
        .unwrap();
    let rows = table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let mut cells = BTreeSet::new();
    for row in rows {
        let columns: Vec<&str> = row.split('|').collect();
        let wait = match columns[3] {
            who if who.contains("quiet wait") => Wait::Quiet,
            who if who.contains("after retention") => Wait::Retention,
            _ => Wait::None,
        };
        let roles: Vec<Role> = match columns[3].trim() {
            "anyone" => Role::ALL.to_vec(),
            who => who
                .split(", ")
                .filter_map(|word| word.parse().ok())
                .collect(),
        };
        assert!(!roles.is_empty(), "{row}");
        for from in stages(columns[1]) {
            let to = match columns[2].trim() {
                "where it stopped" => {
                    vec![
                        Stage::Vetting,
                        Stage::Offered,
                        Stage::Agreed,
                        Stage::InProgress,
                    ]
                }
                _ => stages(columns[2]),
            };
            for to in to {
                for &role in &roles {
                    let reasons = quoted(columns[4])
                        .into_iter()
                        .map(|word| word.parse().unwrap());
                    cells.extend(reasons.map(|reason| (from, to, role, reason, wait)));
                }
            }
        }
    }
    cells
}

#[test]
fn the_table_is_the_page() {
    let (page, code) = (page(), cells());
    assert_eq!(
        page.difference(&code).collect::<Vec<_>>(),
        [] as [&Cell; 0],
        "only on the page"
    );
    assert_eq!(
        code.difference(&page).collect::<Vec<_>>(),
        [] as [&Cell; 0],
        "only in the code"
    );
    assert!(code.len() > 150, "{}", code.len());
}

#[test]
fn a_step_is_admitted_exactly_if_a_row_has_it() {
    let cells = cells();
    let (mut tried, mut admitted) = (0, 0);
    for &from in Stage::ALL {
        let resumes = (from == Stage::Paused).then_some(Stage::InProgress);
        let standing = standing(from, resumes);
        for wish in every_step(1_000_000) {
            let in_table = Wait::ALL
                .iter()
                .any(|&wait| cells.contains(&(from, wish.to, wish.role, wish.reason, wait)));
            let elsewhere = from == Stage::Paused
                && [Stage::Vetting, Stage::Offered, Stage::Agreed].contains(&wish.to);
            // by then its retention is over, and there is nothing to go on with
            let over =
                [Stage::Declined, Stage::Referred].contains(&from) && wish.to == Stage::Vetting;
            let result = step(&standing, &wish, &WAITS);
            assert_eq!(
                result.is_ok(),
                in_table && !elsewhere && !over,
                "{from} {wish:?} {result:?}"
            );
            tried += 1;
            admitted += u32::from(result.is_ok());
        }
    }
    println!("{tried} steps tried, {admitted} admitted");
}

#[test]
fn only_requester_and_proxy_confirm_or_withdraw() {
    for row in TRANSITIONS {
        if [Stage::ConfirmedByRequester, Stage::Withdrawn, Stage::Agreed].contains(&row.to)
            && row.from != Stage::Paused
        {
            assert_eq!(row.roles, VICTIM, "{row:?}");
        }
    }
    for &from in Stage::ALL {
        let can = VICTIM.iter().all(|&role| {
            let mut rows = allowed(standing(from, None), role);
            rows.any(|row| row.to == Stage::Withdrawn && row.wait == Wait::None)
        });
        let over = [Stage::Withdrawn, Stage::Purged].contains(&from);
        assert_eq!(can, !over, "{from}");
    }
}

#[test]
fn silence_only_closes_and_only_after_the_wait() {
    let quiet = TRANSITIONS
        .iter()
        .filter(|row| row.reasons.contains(&Reason::Quiet));
    for row in quiet {
        assert_eq!(
            (row.to, row.wait, row.reasons.len()),
            (Stage::Closed, Wait::Quiet, 1)
        );
    }
    let resolved = standing(Stage::Resolved, None);
    let close = |at_s| Step {
        to: Stage::Closed,
        role: Role::Desk,
        reason: Reason::Quiet,
        at_s,
    };
    let early = step(&resolved, &close(1_099), &WAITS).unwrap_err();
    assert_eq!(
        early,
        StepRefused::TooEarly {
            wait: Wait::Quiet,
            due_s: 1_100,
            at_s: 1_099
        }
    );
    let closed = step(&resolved, &close(1_100), &WAITS).unwrap();
    assert_eq!(
        (closed.stage, closed.confirmed),
        (Stage::Closed, false),
        "closed, not confirmed"
    );
}

#[test]
fn nobody_is_silent_whose_last_word_waits_for_an_answer() {
    let close = |standing: &Standing, at_s| {
        let wish = Step {
            to: Stage::Closed,
            role: Role::Desk,
            reason: Reason::Quiet,
            at_s,
        };
        step(standing, &wish, &WAITS)
    };
    let resolved = standing(Stage::Resolved, None).heard();
    let refused = close(&resolved, 100_000).unwrap_err();
    assert_eq!(refused.code(), "aid-nothing-asked", "{refused}");
    // the wait is a whole one from our answer on
    let answered = resolved.told(5_000);
    assert_eq!(close(&answered, 5_999).unwrap_err().code(), "aid-too-early");
    assert!(close(&answered, 6_000).is_ok());
    // a pause that waited for them is over as such: no answer of ours makes it wait again
    let paused = standing(Stage::Paused, Some(Stage::Agreed));
    assert!(close(&paused, 1_100).is_ok());
    assert!(close(&paused.told(200), 1_100).is_err());
    let spoke = paused.heard().told(200);
    let refused = close(&spoke, 100_000).unwrap_err();
    assert_eq!(refused.code(), "aid-nothing-asked", "{refused}");
}

#[test]
fn a_paused_request_goes_on_where_it_stopped() {
    for resumes in [
        Stage::Vetting,
        Stage::Offered,
        Stage::Agreed,
        Stage::InProgress,
    ] {
        let before = standing(resumes, None);
        let pause = Step {
            to: Stage::Paused,
            role: Role::Requester,
            reason: Reason::RequesterAsked,
            at_s: 200,
        };
        let paused = step(&before, &pause, &WAITS).unwrap();
        assert_eq!(paused.resumes, Some(resumes));
        let back: BTreeSet<Stage> = every_step(300)
            .filter(|wish| wish.reason == Reason::Resumed)
            .filter_map(|wish| step(&paused, &wish, &WAITS).ok())
            .map(|standing| standing.stage)
            .collect();
        assert_eq!(back, BTreeSet::from([resumes]));
        let lost = Step {
            to: Stage::Matching,
            role: Role::Desk,
            reason: Reason::ResponderLost,
            at_s: 300,
        };
        assert_eq!(
            step(&paused, &lost, &WAITS).is_ok(),
            resumes != Stage::Vetting
        );
    }
}

#[test]
fn every_stage_is_reached_and_nothing_follows_a_purge() {
    let mut reached = BTreeSet::from([Stage::Received]);
    loop {
        let next = TRANSITIONS
            .iter()
            .filter(|row| reached.contains(&row.from))
            .map(|row| row.to);
        let next: BTreeSet<Stage> = next.chain(reached.iter().copied()).collect();
        if next == reached {
            break;
        }
        reached = next;
    }
    assert_eq!(reached.len(), Stage::ALL.len());
    assert!(TRANSITIONS.iter().all(|row| row.from != Stage::Purged));
    for &stage in Stage::ALL.iter().filter(|stage| **stage != Stage::Purged) {
        assert!(
            TRANSITIONS.iter().any(|row| row.from == stage),
            "{stage} is no dead end"
        );
    }
}

#[test]
fn refusals_say_what_is_possible() {
    let received = Standing::received(100);
    let wish = |to, role, reason, at_s| Step {
        to,
        role,
        reason,
        at_s,
    };
    let cases = [
        (
            wish(Stage::Accepted, Role::Triage, Reason::Verified, 200),
            "aid-wrong-state",
        ),
        (
            wish(
                Stage::Acknowledged,
                Role::Responder,
                Reason::ReadByPerson,
                200,
            ),
            "aid-not-yours",
        ),
        (
            wish(Stage::Acknowledged, Role::Triage, Reason::Quiet, 200),
            "aid-reason",
        ),
        (
            wish(Stage::Acknowledged, Role::Triage, Reason::ReadByPerson, 99),
            "aid-back-in-time",
        ),
    ];
    for (wish, code) in cases {
        let refused = step(&received, &wish, &WAITS).unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
    }
    let refused = step(&received, &cases[0].0, &WAITS)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("acknowledged, withdrawn"), "{refused}");
    let paused = standing(Stage::Paused, Some(Stage::Vetting));
    let wish = wish(Stage::InProgress, Role::Triage, Reason::Resumed, 200);
    assert_eq!(
        step(&paused, &wish, &WAITS).unwrap_err().code(),
        "aid-wrong-state"
    );
}

#[test]
fn words_have_one_spelling() {
    for stage in Stage::ALL {
        let json = serde_json::to_string(stage).unwrap();
        assert_eq!(json, format!("\"{stage}\""));
        assert_eq!(serde_json::from_str::<Stage>(&json).unwrap(), *stage);
        assert_eq!(stage.as_str().parse::<Stage>().unwrap(), *stage);
    }
    let error = "in_progress".parse::<Stage>().unwrap_err().to_string();
    assert!(error.contains("in-progress"), "{error}");
}

#[test]
fn a_pause_of_the_helpers_is_not_closed_by_silence() {
    let working = standing(Stage::InProgress, None);
    let pauses = TRANSITIONS
        .iter()
        .filter(|row| row.from == Stage::InProgress && row.to == Stage::Paused);
    for row in pauses {
        for &reason in row.reasons {
            let pause = Step {
                to: Stage::Paused,
                role: row.roles[0],
                reason,
                at_s: 200,
            };
            let paused = step(&working, &pause, &WAITS).unwrap();
            let close = Step {
                to: Stage::Closed,
                role: Role::Desk,
                reason: Reason::Quiet,
                at_s: 10_000,
            };
            let closed = step(&paused, &close, &WAITS);
            let theirs = [Reason::WaitsForRequester, Reason::RequesterAsked].contains(&reason);
            assert_eq!(closed.is_ok(), theirs, "{reason}");
            if !theirs {
                assert_eq!(closed.unwrap_err(), StepRefused::PauseIsOurs);
            }
        }
    }
}
