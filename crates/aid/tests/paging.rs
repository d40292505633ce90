//! Who is on call, whom to tell of which clock, and that nobody is told the same twice.

use solferino_aid::{
    Alarm, Class, Clock, ClockStands, Id, MAX_ALARMS_PER_PAGE, OnCall, Outbox, Page, Promise,
    RETRY_MOST_S, Runs, Webhook,
};

const HOUR_S: i64 = 3_600;
/// Monday 1970-01-05 00:00 UTC: the first hour of the week.
const MONDAY_S: i64 = 4 * 24 * HOUR_S;

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

/// Two people who share the nights, a lead and a director.
fn file() -> serde_json::Value {
    let shift = |n: u8| {
        let who = ["amal", "bo"][usize::from(n % 2)];
        serde_json::json!({"from": n * 12, "to": n * 12 + 12, "chain": [who, "lead", "director"]})
    };
    serde_json::json!({
        "format": "solferino.org/aid-rota@v1",
        "people": {"amal": {"webhook": "https://pager.example/amal?token=s3cret"}, "bo": {}, "lead": {}, "director": {}},
        "shifts": (0..14).map(shift).collect::<Vec<_>>(),
    })
}

fn on_call() -> OnCall {
    OnCall::from_json(file().to_string().as_bytes()).unwrap()
}

fn clock(stands: ClockStands, escalation: u8) -> Clock {
    Clock {
        stands,
        due_s: MONDAY_S + 2 * HOUR_S,
        escalation,
    }
}

fn alarm(name: &str, escalation: u8, ran_out: bool) -> Alarm {
    let stands = if ran_out {
        ClockStands::Overdue
    } else {
        ClockStands::Running
    };
    Alarm::of(
        id(name),
        None,
        Promise::Acknowledgement,
        &clock(stands, escalation),
    )
    .unwrap()
}

fn to_send(outbox: &Outbox, at_s: i64) -> Vec<(String, Vec<u8>)> {
    let all = outbox.to_send(at_s).into_iter();
    all.map(|(who, alarms)| (String::from(who), alarms.iter().map(|a| a.level).collect()))
        .collect()
}

#[test]
fn a_rota_names_everybody_and_holds_no_address_that_others_could_read() {
    let rota = on_call();
    assert_eq!(rota.shifts.told(MONDAY_S, 0), [id("amal")]);
    assert_eq!(rota.shifts.told(MONDAY_S + 12 * HOUR_S, 0), [id("bo")]);
    assert!(rota.webhook(&id("amal")).is_some() && rota.webhook(&id("bo")).is_none());
    assert!(!format!("{rota:?}").contains("s3cret"));
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut file = file();
        change(&mut file);
        OnCall::from_json(file.to_string().as_bytes())
            .unwrap_err()
            .to_string()
    };
    let gone = refused(&|f| drop(f["people"].as_object_mut().unwrap().remove("lead")));
    assert!(gone.contains("lead is in a chain"), "{gone}");
    let hole = refused(&|f| drop(f["shifts"].as_array_mut().unwrap().remove(3)));
    assert!(
        hole.contains("nobody is on call from hour 36 of the week to hour 48"),
        "{hole}"
    );
    assert!(refused(&|f| f["format"] = "other".into()).contains("format"));
    assert!(refused(&|f| f["victims"] = "none".into()).contains("unknown field"));
}

#[test]
fn a_webhook_is_tls_or_this_machine() {
    let good = [
        "https://pager.example/x",
        "http://127.0.0.1:9/x",
        "http://localhost",
        "http://[::1]:8080/?a=b",
    ];
    for text in good {
        assert!(Webhook::try_from(text.to_owned()).is_ok(), "{text}");
    }
    let bad = [
        "",
        "https://",
        "https:///x",
        "http://pager.example/x",
        "http://localhost.example/x",
        "http://127.0.0.1.example",
        "http://localhost@pager.example/",
        "http://localhost:pw@pager.example/",
        "http://localhost\\@pager.example/",
        "http://localhost#@pager.example/",
        "https://pager.example/a b",
        "file:///etc/passwd",
        "https://p\u{e4}ger.example/",
    ];
    for text in bad {
        assert!(Webhook::try_from(text.to_owned()).is_err(), "{text}");
    }
    let long = format!("https://p/{}", "x".repeat(2_048 - 10));
    assert!(Webhook::try_from(long.clone()).is_ok());
    assert!(Webhook::try_from(format!("{long}x")).is_err());
}

#[test]
fn only_clocks_that_run_are_alarms() {
    for &stands in ClockStands::ALL {
        for &promise in Promise::ALL {
            for escalation in [0, 1] {
                let made = Alarm::of(id("r"), None, promise, &clock(stands, escalation));
                let expected = match stands {
                    // Who gave it its class knows that it waits, until the first step.
                    ClockStands::Running => promise == Promise::Acknowledgement || escalation > 0,
                    ClockStands::Overdue => true,
                    _ => false,
                };
                assert_eq!(made.is_some(), expected, "{stands} {promise} {escalation}");
            }
        }
    }
    let one = Alarm::of(
        id("r"),
        Some(Class::P1),
        Promise::FirstAssistance,
        &clock(ClockStands::Overdue, 2),
    )
    .unwrap();
    assert_eq!(
        (one.level, one.ran_out, one.class),
        (3, true, Some(Class::P1))
    );
}

#[test]
fn each_step_tells_one_more_and_nobody_is_told_twice() {
    let rota = on_call();
    let mut outbox = Outbox::default();
    let mut said = Vec::new();
    // A look every minute for two and a half hours, and everything arrives.
    for minute in 0..150 {
        let at_s = MONDAY_S + minute * 60;
        let escalation = u8::from(minute >= 60) + u8::from(minute >= 90);
        let alarms = [alarm("r", escalation, minute > 120)];
        outbox = outbox.at(&rota.shifts, &alarms, at_s);
        for (person, alarms) in outbox.to_send(at_s) {
            said.push((minute, String::from(person.clone()), alarms[0].level));
            outbox.note(&person, &alarms, true, at_s);
        }
        // What a restart reads is what was kept.
        let kept = serde_json::to_string(&outbox).unwrap();
        outbox = serde_json::from_str(&kept).unwrap();
    }
    let expected = [
        (0, "amal", 0),
        (60, "amal", 1),
        (60, "lead", 1),
        (90, "amal", 2),
        (90, "director", 2),
        (90, "lead", 2),
        (121, "amal", 3),
        (121, "director", 3),
        (121, "lead", 3),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(at, who, level)| (at, who.to_owned(), level))
        .collect();
    assert_eq!(said, expected);
    // Somebody answers: nothing is left to say, and nothing is kept.
    outbox = outbox.at(&rota.shifts, &[], MONDAY_S + 150 * 60);
    assert_eq!(outbox, Outbox::default());
}

#[test]
fn a_shift_that_begins_is_told_what_is_open() {
    let rota = on_call();
    let alarms = [alarm("r", 2, true)];
    let late_s = MONDAY_S + 12 * HOUR_S - 1;
    let mut outbox = Outbox::default().at(&rota.shifts, &alarms, late_s);
    for (person, alarms) in outbox.to_send(late_s) {
        outbox.note(&person, &alarms, true, late_s);
    }
    let outbox = outbox.at(&rota.shifts, &alarms, late_s + 1);
    assert_eq!(
        to_send(&outbox, late_s + 1),
        [("bo".to_owned(), vec![3])],
        "lead and director know"
    );
}

#[test]
fn what_does_not_arrive_is_sent_again_ever_more_seldom() {
    let rota = on_call();
    let alarms = [alarm("r", 0, false)];
    let mut outbox = Outbox::default();
    let mut tries = Vec::new();
    for at_s in 0..2 * HOUR_S {
        outbox = outbox.at(&rota.shifts, &alarms, MONDAY_S + at_s);
        for (person, alarms) in outbox.to_send(MONDAY_S + at_s) {
            tries.push(at_s);
            outbox.note(&person, &alarms, false, MONDAY_S + at_s);
        }
    }
    let waits: Vec<_> = tries.windows(2).map(|two| two[1] - two[0]).collect();
    assert_eq!(waits[..6], [30, 60, 120, 240, 480, RETRY_MOST_S]);
    assert!(
        waits[6..].iter().all(|wait| *wait == RETRY_MOST_S),
        "{waits:?}"
    );
    assert!(waits.len() >= 10, "it never gives up");
}

#[test]
fn a_flood_is_one_page_that_says_how_many_and_nothing_of_anybody() {
    let alarms: Vec<_> = (0..5_000)
        .map(|n| alarm(&format!("r{n}"), 0, n % 2 == 0))
        .collect();
    let page = Page::new("record.example/one", &alarms, 7);
    assert_eq!(page.alarms.len(), MAX_ALARMS_PER_PAGE);
    assert_eq!(page.more, 5_000 - MAX_ALARMS_PER_PAGE as u64);
    let text = serde_json::to_string(&page).unwrap();
    assert!(text.len() < 8_192, "{}", text.len());
    assert!(text.contains("5000 requests for help wait") && text.contains("2500 has run out"));
    for name in ["amal", "lead", "pager.example"] {
        assert!(!text.contains(name), "{text}");
    }
    let rota = on_call();
    let outbox = Outbox::default().at(&rota.shifts, &alarms, MONDAY_S);
    let sent = outbox.to_send(MONDAY_S);
    assert_eq!(
        sent.len(),
        3,
        "one page each, for the whole chain of those that ran out"
    );
    assert_eq!(sent[&id("amal")].len(), 5_000);
    assert_eq!(sent[&id("lead")].len(), 2_500);
}

#[test]
fn fresh_requests_are_gathered_and_what_climbs_is_said_at_once() {
    let rota = on_call();
    let mut outbox = Outbox::default();
    let mut pages = Vec::new();
    // A request each second for ten minutes, from a source that nobody has to vet; one of the first climbs after 400 s.
    for second in 0..600 {
        let at_s = MONDAY_S + second;
        let fresh =
            (0..=second).map(|n| alarm(&format!("r{n}"), u8::from(n == 3 && second >= 400), false));
        let alarms: Vec<_> = fresh.collect();
        outbox = outbox.at(&rota.shifts, &alarms, at_s);
        for (person, alarms) in outbox.to_send(at_s) {
            outbox.note(&person, &alarms, true, at_s);
            pages.push((second, String::from(person), alarms.len()));
        }
        let kept = serde_json::to_string(&outbox).unwrap();
        outbox = serde_json::from_str(&kept).unwrap();
    }
    let expected = [
        (0, "amal", 1),
        (300, "amal", 300),
        // what climbs takes the rest along
        (400, "amal", 101),
        (400, "lead", 1),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(at, who, many)| (at, who.to_owned(), many))
        .collect();
    assert_eq!(pages, expected);
}

#[test]
fn fresh_requests_do_not_hurry_a_page_that_does_not_arrive() {
    let rota = on_call();
    let mut outbox = Outbox::default();
    let mut tries = Vec::new();
    for second in 0..120 {
        let alarms: Vec<_> = (0..=second)
            .map(|n| alarm(&format!("r{n}"), 0, false))
            .collect();
        outbox = outbox.at(&rota.shifts, &alarms, MONDAY_S + second);
        for (person, alarms) in outbox.to_send(MONDAY_S + second) {
            outbox.note(&person, &alarms, false, MONDAY_S + second);
            tries.push(second);
        }
    }
    assert_eq!(tries, [0, 30, 60, 90]);
}

#[test]
fn what_goes_out_is_paged_once_it_is_due_and_is_no_request() {
    let due = |at_s| Alarm::of_outside(id("n"), Runs::Receipt, 100, at_s);
    assert_eq!(due(99), None);
    let alarms = [due(100).unwrap(), alarm("r", 0, false)];
    assert!(!alarms[0].is_gathered() && !alarms[0].is_of_request());
    let text = Page::new("record.example/one", &alarms, 100).text;
    let wanted = "1 request for help wait for the desk of record.example/one; the clock of 0 has run out. Receipts that have not come and embargoes that are over: 1. See /aid/desk.";
    assert_eq!(text, wanted);
}

#[test]
fn an_outbox_of_another_format_is_refused() {
    let other = r#"{"format":"solferino.org/aid-outbox@v9","pages":[],"gathers_until":{}}"#;
    assert!(serde_json::from_str::<Outbox>(other).is_err());
}
