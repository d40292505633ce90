//! Seals that nobody opened in time, listed from the log alone.

use record::kind::Kind;
use rehearsal::{MemoryDesk, Procedure};

use crate::support::{DAY_S, at, before_panel, cast, founded, script};

/// So that the log has a tick of the present time.
fn say_something(p: &mut Procedure<'_, MemoryDesk>, id: &str) {
    let case = id.parse().unwrap();
    p.report(&case, "disruption", "health", "2014-01-15", id)
        .unwrap();
}

#[test]
fn a_seal_is_listed_from_its_day_until_it_opens() {
    let cast = cast();
    let mut desk = founded(&cast);
    let script = script("late-2014");
    let mut p = Procedure::new(&cast, &mut desk, at("2014-01-01T00:00:00Z"));
    before_panel(&mut p, &script, true);
    let due = p
        .in_case(&script.id, |case| {
            case.sealed.values().map(|s| s.seal.until).min()
        })
        .unwrap()
        .unwrap();
    let listed = |desk: &MemoryDesk| desk.auditor.state.overdue_seals();
    assert!(listed(&desk).is_empty());
    let mut p = Procedure::new(&cast, &mut desk, at("2014-03-01T00:00:00Z"));
    p.go_to(due.plus_seconds(-600)).unwrap();
    say_something(&mut p, "other");
    assert!(listed(&desk).is_empty(), "not due yet");
    let mut p = Procedure::new(&cast, &mut desk, due.plus_seconds(-600));
    p.wait(DAY_S).unwrap();
    say_something(&mut p, "third");
    let overdue = listed(&desk);
    assert!(!overdue.is_empty());
    assert!(
        overdue
            .iter()
            .all(|s| s.overdue_s == i64::from(DAY_S) - 600)
    );
    assert!(
        overdue
            .iter()
            .any(|s| s.kind == Kind::Hypotheses.to_string())
    );
    assert!(overdue.is_sorted_by_key(|s| (s.until, s.statement)));
}
