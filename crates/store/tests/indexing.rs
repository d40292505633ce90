//! The index that the log states: made beside the sequencer, held against the entries by all who
//! read them.

use record::index::Index;
use record::intake::Promise;
use record::kind::Body;
use record::statement::Statement;
use record::suppression::{Held, Search, SuppressionProof};
use solferino_store::{LogCopy, Record, audit};

use crate::support::{Home, ORIGIN, cast, founded_at, report_at};

const HOUR_S: i64 = 3_600;

/// Submits a report some hours after the founding; gives the index of its tick.
fn say(record: &Record, n: u64, hours: i64) -> u64 {
    let time = founded_at().plus_seconds(hours * HOUR_S);
    record.set_time(time).unwrap();
    record.submit_blocking(report_at(n, time)).unwrap().index - 1
}

fn stated(record: &Record, tick: u64) -> Option<record::body::log::StatedIndex> {
    match Statement::parse(&record.entry(tick).unwrap()).unwrap().body {
        Body::Tick(tick) => tick.index,
        other => panic!("a {}", other.kind()),
    }
}

#[test]
fn the_next_tick_states_the_index_of_what_is_published() {
    let home = Home::new();
    let record = home.create();
    let size = record.index_now().unwrap();
    let tick = say(&record, 1, 1);
    let first = stated(&record, tick).unwrap();
    assert_eq!((first.size, first.time), (size, founded_at()));
    let mut index = Index::new();
    (0..size).for_each(|at| index.push_entry(&record.entry(at).unwrap()));
    assert_eq!(first.sha256, index.root());
    // Once: the next batch has nothing new to say.
    assert_eq!(stated(&record, say(&record, 2, 2)), None);
    // A reopened record makes the index again from its files.
    drop(record);
    let record = home.open();
    let size = record.index_now().unwrap();
    let tick = say(&record, 3, 3);
    assert_eq!(stated(&record, tick).unwrap().size, size);
    drop(record);
    let audited = audit(&home.dir(), None, |_, _| {});
    assert!(audited.report.failure().is_none(), "{:?}", audited.report);
    assert!(audited.report.holds("index"));
    let copy = LogCopy::read(&home.dir(), None, |_, _| {}).unwrap();
    let last = copy.auditor().index.as_ref().unwrap().last().unwrap();
    assert_eq!(last.size, size);
}

#[test]
fn a_record_that_breaks_its_promise_writes_the_proof_itself() {
    let home = Home::new();
    let record = home.create();
    let promised = report_at(77, founded_at());
    let leaf = record::ids::StatementId::of_entry(&promised);
    let promise = Promise::new(ORIGIN, leaf, founded_at());
    let receipt = promise.sign(&cast().log).unwrap().to_string().into_bytes();
    say(&record, 1, 25);
    record.index_now().unwrap();
    say(&record, 2, 26);
    let trust = record.trust_file().unwrap();
    drop(record);
    let copy = LogCopy::read(&home.dir(), Some(&trust), |_, _| {}).unwrap();
    let mut search = Search::new(promise);
    copy.for_each(copy.checkpoint().size, |e| search.push(e))
        .unwrap();
    let Held::Missing {
        tick, size, late, ..
    } = search.held()
    else {
        panic!("{:?}", search.held())
    };
    assert_eq!(late, None);
    let mut index = Index::new();
    copy.for_each(size, |e| index.push_entry(e)).unwrap();
    assert_eq!(index.size(), size);
    let inclusion = copy.receipt(tick).unwrap();
    let proof = search.proof(&receipt, None, &mut index, inclusion).unwrap();
    let found = SuppressionProof::verify(proof.to_string().as_bytes(), Some(&trust), &[]);
    assert!(found.shown.is_some(), "{:?}", found.report);
}

/// Reading is what may go wrong: a bit of an entry's signature, of which the index would know nothing
/// but another name of the statement.
#[test]
fn an_entry_read_wrong_is_not_indexed_and_the_log_states_nothing() {
    let home = Home::new();
    let record = home.create();
    // Whatever the thread of its own had read by now, this entry is not among it.
    record.index_now().unwrap();
    say(&record, 1, 1);
    let size = record.size();
    let file = home.dir().join(format!("log/tile/entries/000.p/{size}"));
    let good = std::fs::read(&file).unwrap();
    let sig = good.windows(7).rposition(|w| w == b"\"sig\":\"").unwrap() + 7;
    let mut bad = good.clone();
    bad[sig] = if bad[sig] == b'A' { b'B' } else { b'A' };
    let write = |bytes: &[u8]| {
        let beside = home.dir().join("beside");
        std::fs::write(&beside, bytes).unwrap();
        std::fs::rename(&beside, &file).unwrap();
    };
    write(&bad);
    let error = record.index_now().unwrap_err();
    assert!(
        error.to_string().contains(&format!("entry {}", size - 1)),
        "{error}"
    );
    write(&good);
    let tick = say(&record, 2, 2);
    assert_eq!(
        stated(&record, tick),
        None,
        "what was read wrong was stated"
    );
    record.index_now().unwrap();
    assert!(stated(&record, say(&record, 3, 3)).is_some());
    drop(record);
    let audited = audit(&home.dir(), None, |_, _| {});
    assert!(audited.report.failure().is_none(), "{:?}", audited.report);
    assert!(audited.report.holds("index"));
}
