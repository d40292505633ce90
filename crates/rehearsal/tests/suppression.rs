//! Suppression proofs: what shows that a promise was not kept, and everything that must not.

use record::index::{Index, Subject};
use record::intake::{MAX_LATE_S, Promise};
use record::kind::Kind;
use record::refusal::Code;
use record::statement::Draft;
use record::suppression::{
    Held, MAX_ISSUED_AFTER_S, MAX_ISSUED_BEFORE_S, Search, SuppressionProof,
};
use record::time::Timestamp;
use record::trust::TrustFile;
use rehearsal::{Cast, Desk as _, MemoryDesk, SeatSpecRole};
use serde_json::json;
use tlog::{KeyType, Note, SigningKey, TlogProof, cosign, inclusion_proof, leaf_hash};

use crate::support::{ORIGIN, at, cast, founded};

const HOUR_S: i64 = 3_600;

fn witness() -> SigningKey {
    SigningKey::from_seed("witness.example/one", [3; 32], KeyType::CosignatureV1).unwrap()
}

fn relay() -> SigningKey {
    SigningKey::from_seed("relay.example/one", [4; 32], KeyType::Ed25519).unwrap()
}

fn trust(desk: &MemoryDesk, log: &SigningKey) -> TrustFile {
    let charter = desk.auditor.state.global.charter.as_ref().unwrap();
    let (log, witness) = (log.verifier_key(), witness().verifier_key());
    let policy = format!("log {log}\nwitness w {witness}\nquorum w\n");
    TrustFile::new(charter.digest(), &policy).unwrap()
}

/// A statement that nobody has refused: a report signed by anyone.
fn report(cast: &Cast, time: Timestamp) -> Vec<u8> {
    let key = cast.key("somebody").unwrap();
    let draft = Draft {
        record: ORIGIN.to_owned(),
        issued: time,
        case: None,
        kind: Kind::Report,
        body: json!({"incident": "disruption", "sector": "health", "happened": "2014-01-01",
            "account_sha256": tlog::sha256(b"what happened")}),
    };
    draft.sign(&key, &[1; 32], time).unwrap().entry
}

fn own(cast: &Cast, kind: Kind, time: Timestamp, body: serde_json::Value) -> Vec<u8> {
    let draft = Draft {
        record: ORIGIN.to_owned(),
        issued: time,
        case: None,
        kind,
        body,
    };
    draft.sign(&cast.log, &[0; 32], time).unwrap().entry
}

/// Everything a case needs, at a moment after some hours.
struct Scene {
    cast: Cast,
    desk: MemoryDesk,
    start: Timestamp,
    entry: Vec<u8>,
}

impl Scene {
    fn new() -> Self {
        let cast = cast();
        let desk = founded(&cast);
        let start = desk.auditor.state.global.time.unwrap();
        let entry = report(&cast, start);
        Self {
            cast,
            desk,
            start,
            entry,
        }
    }

    fn promise(&self) -> Promise {
        let leaf = record::ids::StatementId::of_entry(&self.entry);
        Promise::new(ORIGIN, leaf, self.start)
    }

    fn receipt(&self, key: &SigningKey) -> Vec<u8> {
        self.promise().sign(key).unwrap().to_string().into_bytes()
    }

    /// The log's time moves, with a tick.
    fn hours_later(&mut self, hours: i64) {
        self.desk
            .set_time(self.start.plus_seconds(hours * HOUR_S))
            .unwrap();
        let pledge = self.cast.with_role(SeatSpecRole::Reviewer).next().unwrap();
        let time = self.start.plus_seconds(hours * HOUR_S);
        let draft = Draft {
            record: ORIGIN.to_owned(),
            issued: time,
            case: None,
            kind: Kind::MemberDeclare,
            body: json!({"states": [], "employer": "none", "funders": []}),
        };
        let entry = draft.sign(&pledge.key, &[0; 32], time).unwrap().entry;
        self.desk.submit_one(entry).unwrap();
    }

    fn state_index(&mut self) {
        let mut index = self.index(self.desk.entries.len());
        let time = self.desk.auditor.state.global.time.unwrap();
        let size = index.size();
        let body = json!({"time": time, "size": size,
            "index": {"size": size, "time": time, "sha256": index.root()}});
        let tick = own(&self.cast, Kind::Tick, time, body);
        self.desk.submit_one(tick).unwrap();
    }

    fn index(&self, size: usize) -> Index {
        let mut index = Index::new();
        let first = self.desk.entries.iter().take(size);
        first.for_each(|entry| index.push_entry(entry));
        index
    }

    /// The desk's checkpoint, cosigned at a time after the start.
    fn checkpoint(&self, hours: i64) -> String {
        let note = self.desk.checkpoint().unwrap();
        let mut note = Note::parse(&note).unwrap();
        let time = self.start.plus_seconds(hours * HOUR_S).unix_seconds();
        let time = u64::try_from(time).unwrap();
        note.signatures
            .push(cosign(&note.text, &witness(), time).unwrap());
        note.to_string()
    }

    fn inclusion(&self, index: u64, hours: i64) -> TlogProof {
        let tree = &self.desk.auditor.tree;
        TlogProof {
            extra: None,
            index,
            path: inclusion_proof(tree, index, tree.size()).unwrap(),
            checkpoint: self.checkpoint(hours),
        }
    }

    fn held(&self) -> (Search, Held) {
        self.found_by(Search::new(self.promise()))
    }

    /// With the bytes that were promised.
    fn held_of_entry(&self) -> (Search, Held) {
        self.found_by(Search::new(self.promise()).with_entry(&self.entry))
    }

    fn found_by(&self, mut search: Search) -> (Search, Held) {
        self.desk.entries.iter().for_each(|e| search.push(e));
        let held = search.held();
        (search, held)
    }

    fn proof(&self, receipt: &[u8], hours: i64) -> SuppressionProof {
        let (search, held) = self.held_of_entry();
        let Held::Missing { tick, size, .. } = held else {
            panic!("{held:?}")
        };
        let mut index = self.index(usize::try_from(size).unwrap());
        search
            .proof(
                receipt,
                Some(&self.entry),
                &mut index,
                self.inclusion(tick, hours),
            )
            .unwrap()
    }

    /// The check at which a proof fails; nothing if it holds.
    fn fails_at(&self, proof: &SuppressionProof, relays: &[SigningKey]) -> Option<String> {
        let relays: Vec<_> = relays.iter().map(SigningKey::verifier_key).collect();
        let trust = trust(&self.desk, &self.cast.log);
        let file = proof.to_string();
        let found = SuppressionProof::verify(file.as_bytes(), Some(&trust), &relays);
        let failure = found.report.failure().map(|check| check.name.clone());
        assert_eq!(failure.is_none(), found.shown.is_some());
        failure
    }
}

/// A log that promised, let the time pass, and stated its index.
fn broken_promise() -> Scene {
    let mut scene = Scene::new();
    scene.hours_later(25);
    scene.state_index();
    scene
}

#[test]
fn a_buried_submission_is_proven_offline() {
    let scene = broken_promise();
    let proof = scene.proof(&scene.receipt(&scene.cast.log), 26);
    assert_eq!(scene.fails_at(&proof, &[]), None);
    let file = proof.to_string();
    assert_eq!(SuppressionProof::parse(file.as_bytes()), Ok(proof));
    let unpinned = SuppressionProof::verify(file.as_bytes(), None, &[]);
    assert!(unpinned.shown.unwrap().by_log);
    assert!(!unpinned.pinned);
    // Every line is needed as it is.
    for (at, byte) in file.bytes().enumerate().step_by(7) {
        let mut damaged = file.clone().into_bytes();
        damaged[at] = if byte == b'B' { b'C' } else { b'B' };
        let trust = trust(&scene.desk, &scene.cast.log);
        let found = SuppressionProof::verify(&damaged, Some(&trust), &[]);
        assert!(found.shown.is_none() || file.as_bytes()[at] == b'B', "{at}");
    }
}

#[test]
fn what_is_recorded_in_time_is_not_suppressed() {
    let mut scene = Scene::new();
    let entry = scene.entry.clone();
    scene.desk.submit_one(entry).unwrap();
    scene.hours_later(25);
    scene.state_index();
    assert!(matches!(scene.held().1, Held::Recorded(_)));
    // Nor does an index that has it prove the opposite.
    let other = broken_promise();
    let mut proof = other.proof(&other.receipt(&other.cast.log), 26);
    let tick = scene.desk.entries.len() - 1;
    proof.tick = scene.desk.entries[tick].clone();
    proof.inclusion = scene.inclusion(tick as u64, 26);
    assert_eq!(scene.fails_at(&proof, &[]).as_deref(), Some("statement"));
    let mut index = scene.index(tick);
    proof.statement = index.prove(&Subject::Statement(scene.promise().leaf));
    assert_eq!(scene.fails_at(&proof, &[]).as_deref(), Some("statement"));
}

#[test]
fn what_came_too_late_is_still_proven_and_named_so() {
    let mut scene = broken_promise();
    let time = scene.desk.auditor.state.global.time.unwrap();
    // The same promise, kept after its time.
    let late = report(&scene.cast, time);
    scene.entry = late.clone();
    scene.desk.submit_one(late).unwrap();
    let Held::Missing { late, .. } = scene.held().1 else {
        panic!("in time?")
    };
    assert_eq!(late, Some(scene.desk.entries.len() as u64 - 1));
    let proof = scene.proof(&scene.receipt(&scene.cast.log), 26);
    assert_eq!(scene.fails_at(&proof, &[]), None);
}

#[test]
fn a_logged_refusal_answers_the_promise() {
    let mut scene = Scene::new();
    let time = scene.desk.auditor.state.global.time.unwrap();
    let body = json!({"submission": leaf_hash(&scene.entry), "code": "report-taken", "clock_dependent": false});
    let refusal = own(&scene.cast, Kind::Refusal, time, body);
    scene.desk.submit_one(refusal).unwrap();
    scene.hours_later(25);
    scene.state_index();
    let held = scene.held().1;
    assert!(
        matches!(&held, Held::Refused(_, code) if code == "report-taken"),
        "{held:?}"
    );
}

/// Whoever has the bytes cannot make them inadmissible by waiting: the rules give the past as much room as any receipt
/// gives a log.
#[test]
fn what_waits_stays_admissible_as_long_as_any_receipt_runs() {
    let cases = [
        (0, None),
        (601, None),
        (25 * HOUR_S, None),
        (MAX_LATE_S, None),
        (MAX_LATE_S + 1, Some(Code::OutsideTolerance)),
        (-600, None),
        (-601, Some(Code::OutsideTolerance)),
    ];
    for (late_s, refused) in cases {
        let mut scene = Scene::new();
        let now = scene.start.plus_seconds(30 * 24 * HOUR_S);
        scene.desk.set_time(now).unwrap();
        let entry = report(&scene.cast, now.plus_seconds(-late_s));
        let answer = scene.desk.submit_one(entry);
        let code = answer.err().map(|refusal| refusal.code);
        assert_eq!(code, refused, "{late_s} s");
    }
}

fn refused_as(scene: &mut Scene, code: &str) -> u64 {
    let time = scene.desk.auditor.state.global.time.unwrap();
    let body =
        json!({"submission": leaf_hash(&scene.entry), "code": code, "clock_dependent": true});
    let refusal = own(&scene.cast, Kind::Refusal, time, body);
    scene.desk.submit_one(refusal).unwrap();
    scene.desk.entries.len() as u64 - 1
}

#[test]
fn a_log_that_waited_cannot_say_that_it_came_too_late() {
    let mut scene = Scene::new();
    scene.hours_later(1);
    let excuse = refused_as(&mut scene, "outside-tolerance");
    scene.hours_later(25);
    scene.state_index();
    // The receipt alone cannot tell whether that is so; the bytes can.
    assert!(matches!(scene.held().1, Held::Refused(at, _) if at == excuse));
    let held = scene.held_of_entry().1;
    assert!(
        matches!(held, Held::Missing { excuse: Some(at), .. } if at == excuse),
        "{held:?}"
    );
    let by_log = scene.proof(&scene.receipt(&scene.cast.log), 26);
    assert!(by_log.to_string().contains("\nanswered "), "{by_log}");
    assert_eq!(
        SuppressionProof::parse(by_log.to_string().as_bytes()),
        Ok(by_log.clone())
    );
    assert_eq!(scene.fails_at(&by_log, &[]), None);
    let by_relay = scene.proof(&scene.receipt(&relay()), 26);
    assert_eq!(scene.fails_at(&by_relay, &[relay()]), None);
    // Not without the bytes, and not as if nothing had been refused.
    let mut without = by_log.clone();
    without.entry = None;
    assert_eq!(scene.fails_at(&without, &[]).as_deref(), Some("entry"));
    let mut other = by_log.clone();
    other.in_time = false;
    assert_eq!(scene.fails_at(&other, &[]).as_deref(), Some("refused"));
    // Any other refusal answers, though it stands beside that one.
    let mut scene = Scene::new();
    scene.hours_later(1);
    refused_as(&mut scene, "outside-tolerance");
    refused_as(&mut scene, "report-taken");
    scene.hours_later(25);
    scene.state_index();
    let held = scene.held_of_entry().1;
    assert!(matches!(&held, Held::Refused(_, code) if code == "report-taken"));
    let mut shown = by_log;
    let tick = scene.desk.entries.len() - 1;
    let mut index = scene.index(tick);
    let leaf = scene.promise().leaf;
    shown.tick = scene.desk.entries[tick].clone();
    shown.inclusion = scene.inclusion(tick as u64, 26);
    shown.statement = index.prove(&Subject::Statement(leaf));
    shown.refused = index.prove(&Subject::Answered(leaf));
    assert_eq!(scene.fails_at(&shown, &[]).as_deref(), Some("refused"));
}

/// What was too old when it was brought may be refused for that.
#[test]
fn an_old_statement_is_answered_by_its_age() {
    let mut scene = Scene::new();
    scene.entry = report(&scene.cast, scene.start.plus_seconds(-MAX_LATE_S));
    scene.hours_later(1);
    refused_as(&mut scene, "outside-tolerance");
    scene.hours_later(25);
    scene.state_index();
    let held = scene.held_of_entry().1;
    assert!(matches!(&held, Held::Refused(_, code) if code == "outside-tolerance"));
    let (search, _) = scene.held();
    let tick = scene.desk.entries.len() - 1;
    let mut proof = search
        .proof(
            &scene.receipt(&scene.cast.log),
            Some(&scene.entry),
            &mut scene.index(tick),
            scene.inclusion(tick as u64, 26),
        )
        .unwrap();
    assert_eq!(scene.fails_at(&proof, &[]).as_deref(), Some("refused"));
    proof.in_time = true;
    proof.refused = scene
        .index(tick)
        .prove(&Subject::Answered(scene.promise().leaf));
    assert_eq!(scene.fails_at(&proof, &[]).as_deref(), Some("entry"));
}

#[test]
fn nothing_is_shown_before_its_time() {
    let mut scene = Scene::new();
    scene.hours_later(23);
    scene.state_index();
    assert_eq!(scene.held().1, Held::NotYet);
    // At merge-by itself the log still has time.
    let mut scene = Scene::new();
    scene.hours_later(24);
    scene.state_index();
    assert_eq!(scene.held().1, Held::NotYet);
    // A checkpoint cosigned before merge-by shows nothing of later, whatever its log's clock says.
    let scene = broken_promise();
    let receipt = scene.receipt(&scene.cast.log);
    let fails = |hours| scene.fails_at(&scene.proof(&receipt, hours), &[]);
    assert_eq!(fails(24).as_deref(), Some("checkpoint"));
    assert_eq!(fails(25), None);
}

#[test]
fn made_up_receipts_and_other_logs_show_nothing() {
    let scene = broken_promise();
    let made_up = scene.receipt(&relay());
    let proof = scene.proof(&made_up, 26);
    assert_eq!(scene.fails_at(&proof, &[]).as_deref(), Some("receipt"));
    // Who trusts the relay takes its word.
    assert_eq!(scene.fails_at(&proof, &[relay()]), None);
    // But not of bytes that nobody has seen, of others, or of a day on which nobody made them.
    let mut without = proof.clone();
    without.entry = None;
    assert_eq!(
        scene.fails_at(&without, &[relay()]).as_deref(),
        Some("entry")
    );
    let mut others = proof.clone();
    others.entry = Some(report(&scene.cast, scene.start.plus_seconds(1)));
    assert_eq!(
        scene.fails_at(&others, &[relay()]).as_deref(),
        Some("entry")
    );
    // Received so long after it was issued that a log may have to refuse it before merge-by, or before it was.
    let longest_s = MAX_ISSUED_BEFORE_S - 24 * HOUR_S;
    for (moved_s, holds) in [
        (0, true),
        (longest_s, true),
        (longest_s + 1, false),
        (-MAX_ISSUED_AFTER_S, true),
        (-MAX_ISSUED_AFTER_S - 1, false),
    ] {
        let mut moved = scene.promise();
        moved.received = scene.start.plus_seconds(moved_s);
        moved.merge_by = moved.received.plus_seconds(24 * HOUR_S);
        let signed = moved.sign(&relay()).unwrap().to_string().into_bytes();
        let mut late = proof.clone();
        late.receipt = signed;
        let failed = scene.fails_at(&late, &[relay()]);
        assert_eq!(
            failed.as_deref() != Some("entry"),
            holds,
            "{moved_s}: {failed:?}"
        );
    }
    // A relay gives the log its full time.
    let mut hasty = scene.promise();
    hasty.merge_by = hasty.received.plus_seconds(24 * HOUR_S - 1);
    let signed =
        |promise: &Promise, key: &SigningKey| promise.sign(key).unwrap().to_string().into_bytes();
    let proof = scene.proof(&signed(&hasty, &relay()), 26);
    assert_eq!(
        scene.fails_at(&proof, &[relay()]).as_deref(),
        Some("receipt")
    );
    // Another log's promise.
    let mut other = scene.promise();
    other.log = "record.example/other".into();
    let proof = scene.proof(&signed(&other, &scene.cast.log), 26);
    assert_eq!(scene.fails_at(&proof, &[]).as_deref(), Some("receipt"));
    // The window's other end.
    for (seconds, holds) in [(7 * 24 * HOUR_S, true), (7 * 24 * HOUR_S + 1, false)] {
        let mut long = scene.promise();
        long.merge_by = long.received.plus_seconds(seconds);
        let log = scene.cast.log.verifier_key();
        let opened = Promise::open(&signed(&long, &scene.cast.log), &log, &[]);
        assert_eq!(opened.is_ok(), holds);
    }
}

#[test]
fn a_tick_of_a_made_up_log_shows_nothing() {
    let scene = broken_promise();
    let proof = scene.proof(&scene.receipt(&scene.cast.log), 26);
    let thief = SigningKey::from_seed(ORIGIN, [9; 32], KeyType::Ed25519).unwrap();
    let time = at("2014-01-03T00:00:00Z");
    let mut forged = proof.clone();
    let mut index = Index::new();
    let body = json!({"time": time, "size": 1, "index": {"size": 1, "time": time, "sha256": index.root()}});
    let draft = Draft {
        record: ORIGIN.to_owned(),
        issued: time,
        case: None,
        kind: Kind::Tick,
        body,
    };
    forged.tick = draft.sign(&thief, &[0; 32], time).unwrap().entry;
    assert_eq!(scene.fails_at(&forged, &[]).as_deref(), Some("trust"));
    // By the log itself, but not in the log: the checkpoint does not hold it.
    let draft = Draft { ..draft };
    forged.tick = draft.sign(&scene.cast.log, &[0; 32], time).unwrap().entry;
    assert_eq!(scene.fails_at(&forged, &[]).as_deref(), Some("checkpoint"));
}
