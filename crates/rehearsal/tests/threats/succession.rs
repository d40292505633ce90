//! Against a log's key, and against the chain from one log to the next.

use record::body::charter::CharterText;
use record::bundle;
use record::kind::Kind;
use record::refusal::{Code, Refusal};
use record::statement::Draft;
use record::succession::{Predecessor, SuccessionError, follow};
use record::time::Timestamp;
use rehearsal::{Cast, MemoryDesk, Procedure, SeatSpecRole, corpus, founding_charter, vkey};
use serde_json::json;
use tlog::{Checkpoint, KeyType, Note, SigningKey, cosign, inclusion_proof};

use crate::support::{ORIGIN, at, script, until_votes, vote_and_open};

const NEXT: &str = "record.example/rehearsal-2";

fn start() -> Timestamp {
    at("2014-01-01T00:00:00Z")
}

fn next_log() -> SigningKey {
    SigningKey::from_seed(NEXT, [8; 32], KeyType::Ed25519).unwrap()
}

fn witness() -> SigningKey {
    SigningKey::from_seed("witness.example/one", [3; 32], KeyType::CosignatureV1).unwrap()
}

pub(super) fn cast_of(origin: &str) -> Cast {
    Cast::new([7; 32], origin, &corpus::panel().unwrap()).unwrap()
}

/// Founds a record of a charter text.
pub(super) fn found(
    cast: &Cast,
    log: &SigningKey,
    text: &CharterText,
) -> Result<MemoryDesk, Refusal> {
    let sign = |kind, body, key: &SigningKey| {
        let draft = Draft {
            record: text.origin().to_owned(),
            issued: start(),
            case: None,
            kind,
            body,
        };
        draft.sign(key, &[0; 32], start()).unwrap().entry
    };
    let mut entries = vec![sign(Kind::Charter, json!({"text": text}), log)];
    for founder in cast.with_role(SeatSpecRole::Founder) {
        let body = json!({"charter": text.digest()});
        entries.push(sign(Kind::CharterFound, body, &founder.key));
    }
    MemoryDesk::create(log.clone(), &entries, start())
}

/// A record that commits to its next log key, and asks one witness to cosign.
fn old() -> (Cast, MemoryDesk) {
    let cast = cast_of(ORIGIN);
    let text = CharterText {
        next_log_key_sha256: Some(vkey(&next_log()).unwrap().digest()),
        witness_policy: vec![
            format!("witness w {} http://127.0.0.1:1", witness().verifier_key()),
            "quorum w".to_owned(),
        ],
        ..founding_charter(&cast).unwrap()
    };
    let desk = found(&cast, &cast.log, &text).unwrap();
    (cast, desk)
}

fn cosigned(desk: &MemoryDesk) -> String {
    let mut note = Note::parse(&desk.checkpoint().unwrap()).unwrap();
    let signature = cosign(&note.text, &witness(), 1_400_000_000).unwrap();
    note.signatures.push(signature);
    note.to_string()
}

fn last(desk: &MemoryDesk) -> Checkpoint {
    Checkpoint::new(ORIGIN, desk.auditor.size(), desk.auditor.root()).unwrap()
}

fn predecessor(desk: &MemoryDesk, checkpoint: &str) -> Predecessor {
    let path = inclusion_proof(&desk.auditor.tree, 0, desk.auditor.size()).unwrap();
    Predecessor::new(checkpoint, &desk.entries[0], path)
}

/// A successor's charter under this log key.
fn successor(log: &SigningKey, predecessor: Predecessor) -> CharterText {
    let cast = cast_of(log.verifier_key().name());
    CharterText {
        log: vkey(log).unwrap(),
        predecessor: Some(Box::new(predecessor)),
        ..founding_charter(&cast).unwrap()
    }
}

fn charter(desk: &MemoryDesk) -> CharterText {
    desk.auditor.state.global.charter.clone().unwrap()
}

#[track_caller]
fn refused(log: &SigningKey, text: &CharterText) {
    let refusal = found(&cast_of(text.origin()), log, text).unwrap_err();
    assert_eq!(refusal.code, Code::PredecessorInvalid, "{refusal}");
}

#[test]
fn the_committed_key_opens_the_successor() {
    let (_, desk) = old();
    let text = successor(&next_log(), predecessor(&desk, &cosigned(&desk)));
    found(&cast_of(NEXT), &next_log(), &text).unwrap();
    let (first, state) = (charter(&desk), &desk.auditor.state);
    assert_eq!(follow(&text, &first, state, &last(&desk)), Ok(()));
}

#[test]
fn a_stolen_log_key_cannot_open_a_successor() {
    let (cast, desk) = old();
    let thief = SigningKey::from_seed(NEXT, [66; 32], KeyType::Ed25519).unwrap();
    refused(
        &thief,
        &successor(&thief, predecessor(&desk, &cosigned(&desk))),
    );
    // Nor does the stolen key itself under the old name, nor a charter rewritten with it.
    refused(
        &cast.log,
        &successor(&cast.log, predecessor(&desk, &cosigned(&desk))),
    );
    let rewritten = CharterText {
        next_log_key_sha256: Some(vkey(&thief).unwrap().digest()),
        ..charter(&desk)
    };
    let forged = found(&cast, &cast.log, &rewritten).unwrap();
    let text = successor(&thief, predecessor(&forged, &cosigned(&forged)));
    // By itself such a pair agrees: both are the thief's. The first charter's digest, which trust
    // files pin, is another.
    let (first, state) = (charter(&desk), &desk.auditor.state);
    let found = follow(&text, &first, state, &last(&desk));
    assert!(
        matches!(found, Err(SuccessionError::Other { .. })),
        "{found:?}"
    );
}

#[test]
fn a_successor_that_forks_before_the_last_cosigned_checkpoint_is_refused() {
    let (cast, mut desk) = old();
    let early = predecessor(&desk, &cosigned(&desk));
    let draft = Draft {
        record: ORIGIN.to_owned(),
        issued: start(),
        case: None,
        kind: Kind::MemberDeclare,
        body: json!({"states": [], "employer": "none", "funders": []}),
    };
    let speaker = cast.with_role(SeatSpecRole::Reviewer).next().unwrap();
    desk.submit_one(draft.sign(&speaker.key, &[0; 32], start()).unwrap().entry)
        .unwrap();
    let (first, state) = (charter(&desk), &desk.auditor.state);
    let text = successor(&next_log(), early);
    let found = follow(&text, &first, state, &last(&desk));
    assert!(
        matches!(found, Err(SuccessionError::Forked { from: 2.., .. })),
        "{found:?}"
    );
}

#[test]
fn a_checkpoint_without_the_quorum_ends_no_log() {
    let (_, desk) = old();
    let alone = String::from_utf8(desk.checkpoint().unwrap()).unwrap();
    let text = successor(&next_log(), predecessor(&desk, &alone));
    let (first, state) = (charter(&desk), &desk.auditor.state);
    let found = follow(&text, &first, state, &last(&desk));
    assert!(
        matches!(found, Err(SuccessionError::Quorum(_))),
        "{found:?}"
    );
}

#[test]
fn what_is_carried_has_to_hold_by_itself() {
    let (cast, desk) = old();
    let good = predecessor(&desk, &cosigned(&desk));
    let with = |change: &dyn Fn(&mut Predecessor)| {
        let mut carried = good.clone();
        change(&mut carried);
        refused(&next_log(), &successor(&next_log(), carried));
    };
    with(&|p| p.path.clear());
    with(&|p| p.charter = "AAAA".into());
    with(&|p| p.checkpoint = p.checkpoint.replacen('\n', "x\n", 1));
    // Entry 1 is no charter, and a record that committed to nothing has no successor.
    let path = inclusion_proof(&desk.auditor.tree, 1, desk.auditor.size()).unwrap();
    let first = Predecessor::new(&cosigned(&desk), &desk.entries[1], path);
    refused(&next_log(), &successor(&next_log(), first));
    let plain = found(&cast, &cast.log, &founding_charter(&cast).unwrap()).unwrap();
    let checkpoint = String::from_utf8(plain.checkpoint().unwrap()).unwrap();
    refused(
        &next_log(),
        &successor(&next_log(), predecessor(&plain, &checkpoint)),
    );
}

#[test]
fn no_amendment_moves_the_chain() {
    let (cast, mut desk) = old();
    let registrar = cast.with_role(SeatSpecRole::Registrar).next().unwrap();
    for changed in [None, Some(tlog::sha256(b"another"))] {
        let text = CharterText {
            version: 2,
            next_log_key_sha256: changed,
            ..charter(&desk)
        };
        let draft = Draft {
            record: ORIGIN.to_owned(),
            issued: start(),
            case: None,
            kind: Kind::CharterAmend,
            body: json!({"text": text}),
        };
        let entry = draft.sign(&registrar.key, &[0; 32], start()).unwrap().entry;
        let refusal = desk.submit_one(entry).unwrap_err();
        assert_eq!(refusal.code, Code::PredecessorInvalid, "{refusal}");
    }
}

pub(super) fn second() -> SigningKey {
    SigningKey::from_seed(ORIGIN, [2; 32], KeyType::SubtreeV1).unwrap()
}

#[test]
fn a_bundle_has_both_signatures_that_its_charter_names() {
    let cast = cast_of(ORIGIN);
    let text = CharterText {
        log_mldsa: Some(vkey(&second()).unwrap()),
        ..founding_charter(&cast).unwrap()
    };
    let mut desk = found(&cast, &cast.log, &text).unwrap();
    let mut p = Procedure::new(&cast, &mut desk, start());
    p.enrol_all().unwrap();
    let s = script("example");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let state = &desk.auditor.state;
    let mut bundle = bundle::build(state, &state.cases[&s.id], finding, &desk, Vec::new()).unwrap();
    // The desk has the first key only.
    let (one, _) = bundle::verify(bundle.to_string().as_bytes(), None);
    let failure = one.report.failure().unwrap();
    assert_eq!(failure.name, "checkpoint");
    assert!(failure.detail.contains("ML-DSA-44"), "{failure:?}");
    let mut note = Note::parse(&bundle.checkpoint).unwrap();
    note.signatures
        .push(cosign(&note.text, &second(), 0).unwrap());
    bundle.checkpoint = note.to_string().into_bytes();
    let (both, _) = bundle::verify(bundle.to_string().as_bytes(), None);
    assert!(both.report.failure().is_none(), "{:?}", both.report);
}

#[test]
fn no_amendment_gives_the_log_another_second_key() {
    let (cast, mut desk) = old();
    let registrar = cast.with_role(SeatSpecRole::Registrar).next().unwrap();
    let text = CharterText {
        version: 2,
        log_mldsa: Some(vkey(&second()).unwrap()),
        ..charter(&desk)
    };
    let draft = Draft {
        record: ORIGIN.to_owned(),
        issued: start(),
        case: None,
        kind: Kind::CharterAmend,
        body: json!({"text": text}),
    };
    let entry = draft.sign(&registrar.key, &[0; 32], start()).unwrap().entry;
    let refusal = desk.submit_one(entry).unwrap_err();
    assert_eq!(refusal.code, Code::AmendmentVersion, "{refusal}");
}
