//! The seed of a round follows from the log: whoever serves another is found.

use record::aid::{Evidence, ReadersError, round_fixed, round_seed};
use record::ids::StatementId;
use record::kind::{Body, Kind};
use record::statement::Statement;

use super::readers::{kind, shown, trust};
use super::{offered, tick, with_desk};
use crate::support::{cast, founded};

fn id(entry: &[u8]) -> StatementId {
    StatementId::of_entry(entry)
}

/// A played round: the entries of its log, where the round stands, the tick after it, and its outcome.
struct Played {
    entries: Vec<Vec<u8>>,
    round: usize,
    tick: usize,
    outcome: usize,
}

fn played(cast: &rehearsal::Cast) -> Played {
    let mut desk = founded(cast);
    let mut p = with_desk(cast, &mut desk);
    offered(&mut p);
    p.wait(60).unwrap();
    tick(&mut p);
    let entries = desk.entries.clone();
    let first = |from: usize, wanted: Kind| {
        let found = entries.iter().skip(from).position(|e| kind(e) == wanted);
        from + found.unwrap()
    };
    let round = first(0, Kind::AidRound);
    Played {
        round,
        tick: first(round, Kind::Tick),
        outcome: first(round, Kind::AidMatch),
        entries,
    }
}

#[test]
fn the_seed_is_of_the_round_and_the_next_tick_and_of_nothing_else() {
    let cast = cast();
    let p = played(&cast);
    let round = id(&p.entries[p.round]);
    let picked = |indexes: &[usize]| -> Evidence {
        let chosen: Vec<_> = indexes.iter().map(|n| id(&p.entries[*n])).collect();
        shown(&p.entries, &cast.log, |entry| chosen.contains(&id(entry)))
    };
    let to_tick: Vec<usize> = (p.round..=p.tick).collect();
    let fixed = round_fixed(&picked(&to_tick), &trust(&cast), round).unwrap();
    assert_eq!(fixed.tick, id(&p.entries[p.tick]));
    assert_eq!(fixed.seed, round_seed(round, fixed.tick));
    assert!(fixed.outcome.is_none());
    let Body::AidRound(said) = Statement::parse(&p.entries[p.round]).unwrap().body else {
        panic!("no round");
    };
    assert_eq!(fixed.round, said);
    // with its outcome
    let mut whole = to_tick.clone();
    whole.push(p.outcome);
    let fixed = round_fixed(&picked(&whole), &trust(&cast), round).unwrap();
    assert_eq!(fixed.outcome.unwrap().0, id(&p.entries[p.outcome]));
    // a later tick, with the next one left out: the gap shows
    let later = (p.tick + 1..p.entries.len())
        .find(|n| kind(&p.entries[*n]) == Kind::Tick)
        .unwrap();
    let mut skipped: Vec<usize> = (p.round..=later).filter(|n| *n != p.tick).collect();
    let refused = round_fixed(&picked(&skipped), &trust(&cast), round).unwrap_err();
    assert_eq!(refused, ReadersError::NoTick(round));
    // and with it put in, it is the next tick that counts
    skipped = (p.round..=later).collect();
    let longer = round_fixed(&picked(&skipped), &trust(&cast), round);
    assert!(
        longer.is_err(),
        "an entry after the tick that is no outcome of the round"
    );
    // no tick yet, another round, nothing at all
    let none = round_fixed(&picked(&[p.round]), &trust(&cast), round).unwrap_err();
    assert_eq!(none, ReadersError::NoTick(round));
    let other = id(&p.entries[p.outcome]);
    let wrong = round_fixed(&picked(&to_tick), &trust(&cast), other).unwrap_err();
    assert_eq!(wrong, ReadersError::Round(other));
    let empty = round_fixed(&picked(&[]), &trust(&cast), round).unwrap_err();
    assert_eq!(empty, ReadersError::Round(round));
    // an entry that is not what the tree holds
    let mut changed = picked(&to_tick);
    changed.entries[1].envelope = changed.entries[0].envelope.clone();
    let refused = round_fixed(&changed, &trust(&cast), round).unwrap_err();
    assert!(matches!(refused, ReadersError::Entry { .. }), "{refused}");
}
