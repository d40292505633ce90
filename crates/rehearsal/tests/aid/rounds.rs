//! What a round cannot do: offer whom its inputs do not hold, be closed again and again for a better seed.

use record::ids::StatementId;
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{MemoryDesk, Procedure, RehearsalError};
use serde_json::json;

use super::{DAY_S, figure, tick, with_desk};
use crate::support::{cast, founded, refused};

type Play<'a> = Procedure<'a, MemoryDesk>;

fn close(p: &mut Play<'_>, inputs: &[u8], responders: u32) -> Result<StatementId, RehearsalError> {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    let body = json!({"inputs": tlog::sha256(inputs), "requests": 1, "responders": responders});
    p.say(&officer, Kind::AidRound, None, body)
}

fn outcome(
    p: &mut Play<'_>,
    round: StatementId,
    offers: u32,
    unserved: u32,
) -> Result<StatementId, RehearsalError> {
    let officer = rehearsal::aid::officer(p.cast).unwrap();
    let root = tlog::sha256(b"a root made by hand");
    let body =
        json!({"round": round, "outcome_root": root, "offers": offers, "unserved": unserved});
    p.say(&officer, Kind::AidMatch, None, body)
}

#[test]
fn an_outcome_accounts_for_the_inputs_that_were_closed() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let round = close(&mut p, b"nobody enlisted", 0).unwrap();
    p.wait(1).unwrap();
    tick(&mut p);
    for (offers, unserved) in [(1, 0), (0, 0), (0, 2), (u32::MAX, 2)] {
        let said = outcome(&mut p, round, offers, unserved);
        assert_eq!(refused(said), Code::AidRound, "{offers} {unserved}");
    }
    outcome(&mut p, round, 0, 1).unwrap();
}

#[test]
fn a_round_is_closed_while_no_other_is_open_and_its_inputs_once() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let first = close(&mut p, b"one", 1).unwrap();
    p.wait(1).unwrap();
    assert_eq!(
        refused(close(&mut p, b"two", 1)),
        Code::AidRound,
        "one is open"
    );
    outcome(&mut p, first, 0, 1).unwrap();
    p.wait(1).unwrap();
    assert_eq!(
        refused(close(&mut p, b"one", 1)),
        Code::AidRound,
        "the same inputs"
    );
    close(&mut p, b"two", 1).unwrap();
}

#[test]
fn a_round_without_an_outcome_lapses_after_a_day_and_is_counted() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let key = cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&key, b"a story").unwrap();
    p.triage(id, "P2").unwrap();
    let disliked = close(&mut p, b"one", 1).unwrap();
    p.wait(DAY_S).unwrap();
    tick(&mut p);
    assert_eq!(
        refused(close(&mut p, b"two", 1)),
        Code::AidRound,
        "open to its last second"
    );
    assert_eq!(figure(&p, "rounds-without-outcome"), (0, 0));
    p.wait(1).unwrap();
    tick(&mut p);
    assert_eq!(figure(&p, "rounds-without-outcome"), (1, 0));
    assert_eq!(refused(outcome(&mut p, disliked, 0, 1)), Code::AidRound);
    let officer = rehearsal::aid::officer(&cast).unwrap();
    let taken = json!({"round": disliked});
    let taken = p.step(&officer, id, "matching", "round-opened", taken);
    assert_eq!(refused(taken), Code::AidRound);
    let second = close(&mut p, b"two", 1).unwrap();
    p.wait(1).unwrap();
    outcome(&mut p, second, 0, 1).unwrap();
    let counts = ["rounds", "rounds-without-outcome"];
    assert_eq!(counts.map(|name| figure(&p, name)), [(2, 0), (1, 0)]);
}
