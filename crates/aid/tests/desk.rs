//! Clocks, escalation, rota, counts.

use solferino_aid::{
    Class, ClockStands, Clocks, Id, Reason, Role, Rota, RotaError, Shift, Stage, Step, Timeline,
    acknowledgement, assistance, figures, overdue,
};
use std::collections::BTreeMap;

const HOUR_S: i64 = 3600;

fn step(to: Stage, reason: Reason, at_s: i64) -> Step {
    Step {
        to,
        role: Role::Triage,
        reason,
        at_s,
    }
}

fn clocks() -> Clocks {
    Clocks::default()
}

#[test]
fn the_clock_of_acknowledgement_runs_out_after_two_hours() {
    let request = Timeline::received(1_000);
    let stands = |at_s| acknowledgement(&request, &clocks(), 1_000 + at_s);
    assert_eq!(stands(0).stands, ClockStands::Running);
    assert_eq!(stands(2 * HOUR_S).stands, ClockStands::Running);
    assert_eq!(stands(2 * HOUR_S + 1).stands, ClockStands::Overdue);
    assert_eq!(stands(0).due_s, 1_000 + 2 * HOUR_S);
    // Escalation at 60 and 90 minutes, and it stays.
    let escalations = [0, 3_599, 3_600, 5_399, 5_400, 100_000].map(|at_s| stands(at_s).escalation);
    assert_eq!(escalations, [0, 0, 1, 1, 2, 2]);
    let answered = |after_s| {
        let at_s = 1_000 + after_s;
        let request = request.after(&step(Stage::Acknowledged, Reason::ReadByPerson, at_s), None);
        (
            acknowledgement(&request, &clocks(), 1_000_000),
            acknowledgement(&request, &clocks(), at_s - 1),
        )
    };
    let (after, before) = answered(2 * HOUR_S);
    assert_eq!((after.stands, after.escalation), (ClockStands::Met, 0));
    assert_eq!(
        before.stands,
        ClockStands::Running,
        "what comes later does not change what was"
    );
    assert_eq!(answered(2 * HOUR_S + 1).0.stands, ClockStands::Late);
}

#[test]
fn the_clock_of_first_assistance_hangs_on_the_class() {
    let request = Timeline::received(0);
    for (class, hours) in [
        (Class::P1, 4),
        (Class::P2, 24),
        (Class::P3, 72),
        (Class::P4, 168),
    ] {
        let triaged = request.after(
            &step(Stage::Triaged, Reason::NeedCoded, HOUR_S),
            Some(class),
        );
        let stands = |at_s| assistance(&triaged, &clocks(), at_s);
        assert_eq!(
            stands(hours * HOUR_S).stands,
            ClockStands::Running,
            "from receipt"
        );
        assert_eq!(stands(hours * HOUR_S + 1).stands, ClockStands::Overdue);
        // The chain keeps its proportions: a half and three quarters.
        assert_eq!(stands(hours * HOUR_S / 2).escalation, 1);
        assert_eq!(stands(hours * HOUR_S * 3 / 4 - 1).escalation, 1);
        assert_eq!(stands(hours * HOUR_S * 3 / 4).escalation, 2);
        let helped = triaged.after(
            &step(Stage::InProgress, Reason::ScopeSigned, hours * HOUR_S),
            None,
        );
        assert_eq!(
            assistance(&helped, &clocks(), 10_000_000).stands,
            ClockStands::Met
        );
    }
}

#[test]
fn what_nobody_has_classed_is_as_urgent_as_can_be() {
    let request = Timeline::received(0);
    let read = request.after(&step(Stage::Accepted, Reason::Verified, HOUR_S), None);
    for timeline in [request, read] {
        let stands = |at_s| assistance(&timeline, &clocks(), at_s).stands;
        assert_eq!(stands(4 * HOUR_S), ClockStands::Running);
        assert_eq!(stands(4 * HOUR_S + 1), ClockStands::Overdue);
        assert_eq!(stands(61 * 24 * HOUR_S), ClockStands::Overdue);
    }
    let classed = read.after(
        &step(Stage::Triaged, Reason::NeedCoded, 5 * HOUR_S),
        Some(Class::P3),
    );
    let due_s = assistance(&classed, &clocks(), 5 * HOUR_S).due_s;
    assert_eq!(due_s, 72 * HOUR_S, "from receipt");
}

#[test]
fn a_class_said_later_takes_nothing_back() {
    let triaged = |timeline: Timeline, class, at_s| {
        timeline.after(
            &step(Stage::Triaged, Reason::NeedChanged, at_s),
            Some(class),
        )
    };
    let urgent = triaged(Timeline::received(0), Class::P1, HOUR_S);
    let lowered = triaged(urgent, Class::P4, 2 * HOUR_S);
    assert_eq!(lowered.class, Some(Class::P4), "the line goes by the need");
    let late_s = 4 * HOUR_S + 1;
    assert_eq!(
        assistance(&lowered, &clocks(), late_s).stands,
        ClockStands::Overdue
    );
    let raised = triaged(triaged(Timeline::received(0), Class::P4, 1), Class::P2, 2);
    assert_eq!(assistance(&raised, &clocks(), 0).due_s, 24 * HOUR_S);
    let count = |timeline, name: &str| {
        let all = figures(&[timeline], &clocks(), late_s);
        all.iter().find(|figure| figure.name == name).unwrap().count
    };
    assert_eq!(count(lowered, "class-lowered"), 1);
    assert_eq!(count(raised, "class-lowered"), 0);
    assert_eq!(count(lowered, "unassisted-overdue"), 1);
    assert_eq!(count(lowered, "unassisted-overdue-p1"), 1);
    assert_eq!(count(lowered, "unassisted-overdue-p4"), 0);
}

#[test]
fn help_that_is_lost_is_no_help_and_the_clock_goes_on_where_it_stood() {
    let triaged = Timeline::received(0).after(
        &step(Stage::Triaged, Reason::NeedCoded, 10),
        Some(Class::P2),
    );
    let begin = |timeline: Timeline, at_s| {
        timeline.after(&step(Stage::InProgress, Reason::ScopeSigned, at_s), None)
    };
    let lose = |timeline: Timeline, at_s| {
        timeline.after(&step(Stage::Matching, Reason::ResponderLost, at_s), None)
    };
    let stands = |timeline: &Timeline, at_s| assistance(timeline, &clocks(), at_s).stands;
    let count = |timeline, name: &str, at_s| {
        let all = figures(&[timeline], &clocks(), at_s);
        all.iter().find(|figure| figure.name == name).unwrap().count
    };
    // begun after three hours, lost after a hundred: twenty-one are left
    let lost = lose(begin(triaged, 3 * HOUR_S), 100 * HOUR_S);
    assert_eq!(assistance(&lost, &clocks(), 0).due_s, 121 * HOUR_S);
    assert_eq!(stands(&lost, 121 * HOUR_S), ClockStands::Running);
    assert_eq!(stands(&lost, 121 * HOUR_S + 1), ClockStands::Overdue);
    assert_eq!(count(lost, "assisted-in-time", 1_000 * HOUR_S), 0);
    assert_eq!(count(lost, "unassisted-overdue", 1_000 * HOUR_S), 1);
    let again = |at_s| stands(&begin(lost, at_s), 10_000 * HOUR_S);
    assert_eq!(again(121 * HOUR_S), ClockStands::Met);
    assert_eq!(again(121 * HOUR_S + 1), ClockStands::Late);
    // begun too late, and lost: it is overdue again at once
    let late = lose(begin(triaged, 25 * HOUR_S), 30 * HOUR_S);
    assert_eq!(stands(&late, 30 * HOUR_S), ClockStands::Overdue);
    // a pause for the requester in between counts once
    let paused = begin(triaged, 3 * HOUR_S).after(
        &step(Stage::Paused, Reason::WaitsForRequester, 50 * HOUR_S),
        None,
    );
    assert_eq!(
        assistance(&lose(paused, 100 * HOUR_S), &clocks(), 0).due_s,
        121 * HOUR_S
    );
}

#[test]
fn what_is_closed_while_nobody_helped_is_counted() {
    let request = Timeline::received(0);
    let helped = request.after(&step(Stage::InProgress, Reason::ScopeSigned, 1), None);
    let lost = helped.after(&step(Stage::Matching, Reason::ResponderLost, 2), None);
    for (timeline, unassisted) in [(request, 1), (helped, 0), (lost, 1)] {
        let closed = timeline.after(&step(Stage::Closed, Reason::Quiet, 10), None);
        let purged = closed.after(&step(Stage::Purged, Reason::RetentionOver, 20), None);
        for timeline in [closed, purged] {
            let all = figures(&[timeline], &clocks(), 30);
            let found = all.iter().find(|figure| figure.name == "closed-unassisted");
            assert_eq!(found.unwrap().count, unassisted);
        }
    }
}

#[test]
fn waiting_for_the_requester_stops_one_clock_and_nothing_else_does() {
    let triaged = Timeline::received(0).after(
        &step(Stage::Triaged, Reason::NeedCoded, 10),
        Some(Class::P1),
    );
    for (reason, holds) in [
        (Reason::WaitsForRequester, true),
        (Reason::RequesterAsked, true),
        (Reason::WaitsForOthers, false),
        (Reason::Rest, false),
    ] {
        let paused = triaged.after(&step(Stage::Paused, reason, HOUR_S), None);
        let during = assistance(&paused, &clocks(), 20 * HOUR_S).stands;
        assert_eq!(during == ClockStands::Running, holds, "{reason}");
        let resumed = paused.after(&step(Stage::Agreed, Reason::Resumed, 20 * HOUR_S), None);
        let due_s = assistance(&resumed, &clocks(), 20 * HOUR_S).due_s;
        assert_eq!(
            due_s,
            if holds { 23 * HOUR_S } else { 4 * HOUR_S },
            "{reason}"
        );
        assert_eq!(
            acknowledgement(&paused, &clocks(), 20 * HOUR_S).stands,
            ClockStands::Overdue
        );
    }
}

#[test]
fn clocks_have_bounds() {
    let refused = |change: &dyn Fn(&mut Clocks)| {
        let mut clocks = clocks();
        change(&mut clocks);
        clocks.check().is_err()
    };
    assert!(!refused(&|_| {}));
    assert!(refused(&|clocks| clocks.acknowledge_s = 0));
    assert!(refused(&|clocks| clocks.assist_s[3] = 30 * 24 * 3600 + 1));
    assert!(!refused(&|clocks| clocks.assist_s[3] = 30 * 24 * 3600));
    assert!(refused(
        &|clocks| clocks.assist_s[0] = clocks.assist_s[1] + 1
    ));
    assert!(refused(&|clocks| clocks.escalate_s = vec![10, 10]));
    assert!(refused(&|clocks| clocks.escalate_s = vec![7_200]));
    assert!(!refused(&|clocks| clocks.escalate_s = vec![7_199]));
    assert!(refused(&|clocks| clocks.escalate_s = (1..10).collect()));
}

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

/// Three shifts of eight hours a day.
fn shifts() -> Vec<Shift> {
    let people = ["manila", "tunis", "san-jose"];
    (0..21)
        .map(|number| Shift {
            from: number * 8,
            to: number * 8 + 8,
            chain: vec![
                id(people[usize::from(number) % 3]),
                id("lead"),
                id("director"),
            ],
        })
        .collect()
}

#[test]
fn somebody_is_on_call_in_every_second_of_the_week() {
    let rota = Rota::try_from(shifts()).unwrap();
    for hour in 0..168_i64 {
        let expected = ["manila", "tunis", "san-jose"][(hour / 8 % 3) as usize];
        // Monday 1970-01-05 00:00 UTC, and the last second of each hour.
        for at_s in [
            4 * 24 * HOUR_S + hour * HOUR_S,
            4 * 24 * HOUR_S + hour * HOUR_S + 3_599,
        ] {
            assert_eq!(rota.told(at_s, 0), [id(expected)]);
            assert_eq!(rota.told(at_s, 1), [id(expected), id("lead")]);
            assert_eq!(rota.told(at_s, 2).len(), 3);
            assert_eq!(
                rota.told(at_s, 200).len(),
                3,
                "the chain ends with the director"
            );
        }
    }
    let json = serde_json::to_string(&rota).unwrap();
    assert_eq!(serde_json::from_str::<Rota>(&json).unwrap(), rota);
}

#[test]
fn a_rota_with_a_hole_is_refused() {
    let refused = |change: &dyn Fn(&mut Vec<Shift>)| {
        let mut shifts = shifts();
        change(&mut shifts);
        Rota::try_from(shifts).err()
    };
    assert_eq!(
        refused(&|shifts| shifts.reverse()),
        None,
        "the order of input does not matter"
    );
    for number in 0..21 {
        let gap = refused(&|shifts| drop(shifts.remove(number))).unwrap();
        let from = number as u8 * 8;
        assert_eq!(gap, RotaError::Gap { from, to: from + 8 }, "{gap}");
    }
    assert!(matches!(
        refused(&|shifts| shifts[3].from -= 1),
        Some(RotaError::Overlap { .. })
    ));
    assert!(matches!(
        refused(&|shifts| shifts[3].to = 20),
        Some(RotaError::Overlap { .. })
    ));
    assert!(matches!(
        refused(&|shifts| shifts[20].to = 169),
        Some(RotaError::Overlap { .. })
    ));
    assert!(matches!(
        refused(&|shifts| shifts[5].chain.truncate(1)),
        Some(RotaError::Chain(40))
    ));
    assert!(matches!(
        refused(&|shifts| shifts[5].chain[1] = shifts[5].chain[0].clone()),
        Some(RotaError::Chain(40))
    ));
    let tired = refused(&|shifts| shifts[1].chain[0] = id("manila")).unwrap();
    assert_eq!(
        tired,
        RotaError::NoSleep {
            who: id("manila"),
            hours: 16
        }
    );
    // Over the end of the week too: Sunday's last and Monday's first.
    assert!(matches!(
        refused(&|shifts| shifts[20].chain[0] = id("manila")),
        Some(RotaError::NoSleep { .. })
    ));
    assert!(matches!(
        Rota::try_from(vec![]),
        Err(RotaError::Gap { from: 0, to: 168 })
    ));
}

#[test]
fn an_unanswered_request_escalates_and_shows_in_the_counts() {
    let answered = Timeline::received(0)
        .after(&step(Stage::Acknowledged, Reason::ReadByPerson, 600), None)
        .after(
            &step(Stage::Triaged, Reason::NeedCoded, 700),
            Some(Class::P2),
        )
        .after(&step(Stage::InProgress, Reason::ScopeSigned, 5_000), None)
        .after(&step(Stage::Resolved, Reason::WorkDone, 8_000), None)
        .after(
            &step(Stage::ConfirmedByRequester, Reason::Confirmed, 9_000),
            None,
        );
    let unanswered = Timeline::received(0);
    let silent = answered.after(&step(Stage::Closed, Reason::Quiet, 9_500), None);
    let silent = Timeline {
        confirmed: false,
        ..silent
    };
    let count = |at_s| -> BTreeMap<String, (u64, u64, u64)> {
        let all = figures(&[answered, unanswered, silent], &clocks(), at_s);
        for figure in &all {
            assert!(!figure.unit.is_empty() && !figure.rule.is_empty());
            assert!(figure.count + figure.unknown <= figure.of);
        }
        all.into_iter()
            .map(|one| (one.name, (one.count, one.unknown, one.of)))
            .collect()
    };
    assert_eq!(count(7_200)["unacknowledged-overdue"], (0, 0, 3));
    let late = count(7_201);
    assert_eq!(late["unacknowledged-overdue"], (1, 0, 3));
    assert_eq!(late["acknowledged-in-time"], (2, 0, 3));
    assert_eq!(
        late["unassisted-overdue"],
        (0, 0, 3),
        "as P1, which has four hours"
    );
    assert_eq!(late["confirmed"], (1, 1, 3), "closed in silence is neither");
    let names = [id("answered"), id("unanswered")];
    let both = || names.iter().zip([&answered, &unanswered]);
    assert!(overdue(both(), &clocks(), 7_200).acknowledgement.is_empty());
    let overdue = overdue(both(), &clocks(), 7_201);
    assert_eq!(
        overdue.acknowledgement.iter().collect::<Vec<_>>(),
        [&names[1]]
    );
    assert!(overdue.assistance.is_empty());
}

#[test]
fn public_counts_say_nothing_about_anybody() {
    let text = serde_json::to_string(&figures(&[Timeline::received(0)], &clocks(), 1)).unwrap();
    for word in [
        "sector",
        "country",
        "language",
        "responder",
        "health",
        "person\"",
    ] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn how_a_request_ended_still_counts_after_its_purge() {
    for (end, reason, name) in [
        (Stage::Declined, Reason::OutsideMandate, "declined"),
        (Stage::Referred, Reason::Csirt, "referred"),
        (Stage::Withdrawn, Reason::TakenBack, "withdrawn"),
    ] {
        let ended = Timeline::received(0).after(&step(end, reason, 10), None);
        let purged = ended.after(&step(Stage::Purged, Reason::RetentionOver, 20), None);
        for timeline in [ended, purged] {
            let all = figures(&[timeline], &clocks(), 30);
            let count = all.iter().find(|figure| figure.name == name).unwrap().count;
            assert_eq!(count, 1, "{name}");
            let open = all
                .iter()
                .find(|figure| figure.name == "open")
                .unwrap()
                .count;
            assert_eq!(open, 0);
        }
        let again = ended.after(&step(Stage::Vetting, Reason::AskedAgain, 20), None);
        let all = figures(&[again], &clocks(), 30);
        assert_eq!(
            all.iter().find(|figure| figure.name == name).unwrap().count,
            0
        );
    }
}

#[test]
fn a_broken_promise_stays_in_the_counts_however_the_request_ends() {
    let day_s = 24 * HOUR_S;
    let count = |timeline, name: &str| {
        let all = figures(&[timeline], &clocks(), 40 * day_s);
        all.iter().find(|figure| figure.name == name).unwrap().count
    };
    let after =
        |timeline: Timeline, to, reason, day| timeline.after(&step(to, reason, day * day_s), None);
    let new = Timeline::received(0);
    let withdraw = |timeline, day| after(timeline, Stage::Withdrawn, Reason::TakenBack, day);
    let late = "unacknowledged-ended-late";
    let unhelped = "unassisted-ended-late";
    // never read, and withdrawn after thirty days
    let unread = withdraw(new, 30);
    assert_eq!(
        [late, unhelped, "withdrawn"].map(|n| count(unread, n)),
        [1, 1, 1]
    );
    // read too late, and referred
    let read = after(new, Stage::Acknowledged, Reason::ReadByPerson, 30);
    let referred = after(read, Stage::Referred, Reason::NobodyAble, 31);
    let names = ["acknowledged-late", unhelped, "referred", "withdrawn"];
    assert_eq!(names.map(|n| count(referred, n)), [1, 1, 1, 0]);
    // the victim's despair takes nothing out of the counts
    assert_eq!(
        names.map(|n| count(withdraw(referred, 32), n)),
        [1, 1, 1, 1]
    );
    let closed = withdraw(after(read, Stage::Closed, Reason::Quiet, 31), 32);
    let purged = after(closed, Stage::Purged, Reason::AfterWithdrawal, 33);
    for timeline in [closed, purged] {
        let names = ["closed-unassisted", unhelped, "withdrawn"];
        assert_eq!(names.map(|n| count(timeline, n)), [1, 1, 1]);
    }
    // in time is in time
    let soon = new.after(&step(Stage::Withdrawn, Reason::TakenBack, HOUR_S), None);
    assert_eq!([late, unhelped].map(|n| count(soon, n)), [0, 0]);
}

#[test]
fn an_answer_in_a_pause_starts_the_clock_again_and_a_no_opens_it() {
    let triaged = Timeline::received(0).after(
        &step(Stage::Triaged, Reason::NeedCoded, 10),
        Some(Class::P1),
    );
    let pause = step(Stage::Paused, Reason::WaitsForRequester, HOUR_S);
    let answered = triaged.after(&pause, None).heard(3 * HOUR_S);
    let at = |timeline: &Timeline, at_s| assistance(timeline, &clocks(), at_s);
    assert_eq!(at(&answered, 20 * HOUR_S).due_s, 6 * HOUR_S);
    assert_eq!(at(&answered, 20 * HOUR_S).stands, ClockStands::Overdue);
    // a second word changes nothing, and neither does going on
    let again = answered
        .heard(5 * HOUR_S)
        .after(&step(Stage::Agreed, Reason::Resumed, 6 * HOUR_S), None);
    assert_eq!(at(&again, 0).due_s, 6 * HOUR_S);
    // help began after an hour, and did not help: three are left
    let helped = triaged.after(&step(Stage::InProgress, Reason::ScopeSigned, HOUR_S), None);
    let resolved = helped.after(&step(Stage::Resolved, Reason::WorkDone, 2 * HOUR_S), None);
    let no = resolved.after(&step(Stage::Agreed, Reason::NotResolved, 50 * HOUR_S), None);
    assert_eq!(at(&resolved, 50 * HOUR_S).stands, ClockStands::Met);
    assert_eq!(at(&no, 50 * HOUR_S).stands, ClockStands::Running);
    assert_eq!(at(&no, 50 * HOUR_S).due_s, 53 * HOUR_S);
}
