//! Against whoever runs the log's clock ahead, so that windows pass in a minute.

use record::body::charter::{CharterText, Clock};
use record::bundle::{self, Bundle};
use record::time::Timestamp;
use record::trust::{TrustFile, of_charter};
use rehearsal::{Procedure, founding_charter, vkey};
use tlog::{KeyType, Note, SigningKey, cosign};

use super::fails_at;
use super::succession::{cast_of, found, second};
use crate::support::{ORIGIN, at, script, until_votes, vote_and_open};

/// As far as a tick may be ahead, in seconds.
const HOUR_S: i64 = 3_600;

fn witness(n: u8) -> SigningKey {
    let name = format!("witness.example/{n}");
    SigningKey::from_seed(&name, [n; 32], KeyType::CosignatureV1).unwrap()
}

/// A finding in a record that goes by the system's clock, has two keys and asks two of three witnesses;
/// nobody but the first key has signed yet. And when the last tick is.
pub(crate) fn unwitnessed() -> (Bundle, TrustFile, Timestamp) {
    let cast = cast_of(ORIGIN);
    let line = |n: u8| {
        format!(
            "witness w{n} {} http://127.0.0.1:{n}",
            witness(n).verifier_key()
        )
    };
    let text = CharterText {
        clock: Clock::System,
        demonstration: false,
        log_mldsa: Some(vkey(&second()).unwrap()),
        witness_policy: (1..=3)
            .map(line)
            .chain(["group g 2 w1 w2 w3", "quorum g"].map(str::to_owned))
            .collect(),
        ..founding_charter(&cast).unwrap()
    };
    let mut desk = found(&cast, &cast.log, &text).unwrap();
    let mut p = Procedure::new(&cast, &mut desk, at("2014-01-01T00:00:00Z"));
    p.enrol_all().unwrap();
    let s = script("example");
    let proposal = until_votes(&mut p, &s);
    vote_and_open(&mut p, &s.id, &proposal);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let state = &desk.auditor.state;
    let bundle = bundle::build(state, &state.cases[&s.id], finding, &desk, Vec::new()).unwrap();
    (
        bundle,
        of_charter(&text).unwrap(),
        state.global.time.unwrap(),
    )
}

/// The bundle with the second key's signature and cosignatures of these times.
pub(crate) fn cosigned(mut bundle: Bundle, times: &[(u8, Timestamp)]) -> Bundle {
    let mut note = Note::parse(&bundle.checkpoint).unwrap();
    let text = note.text.clone();
    note.signatures.push(cosign(&text, &second(), 0).unwrap());
    for (n, time) in times {
        let time = u64::try_from(time.unix_seconds()).unwrap();
        note.signatures
            .push(cosign(&text, &witness(*n), time).unwrap());
    }
    bundle.checkpoint = note.to_string().into_bytes();
    bundle
}

/// Witnesses give lines without a time to anybody who asks for a subtree: they vouch for the tree, and for no clock.
#[test]
fn a_quorum_that_does_not_say_when() {
    let (bundle, trust, tick) = unwitnessed();
    let never = Timestamp::from_unix_seconds(0).unwrap();
    let verify = |times: &[(u8, Timestamp)]| {
        let bundle = cosigned(bundle.clone(), times).to_string();
        let (verified, _) = bundle::verify(bundle.as_bytes(), Some(&trust));
        let failure = verified.report.failure().cloned();
        failure.map(|check| (check.name, check.detail))
    };
    for times in [[(1, never), (2, never)], [(1, tick), (2, never)]] {
        let (name, detail) = verify(&times).expect("nobody can tell");
        assert_eq!(name, "witnesses");
        // Nor is the log accused of what nobody saw.
        assert!(detail.contains("do not say when"), "{detail}");
    }
    let (name, detail) = verify(&[(1, tick.plus_seconds(-HOUR_S - 1)), (2, tick)]).unwrap();
    assert!(name == "witnesses" && detail.contains("ahead"), "{detail}");
    assert_eq!(verify(&[(1, tick), (2, tick), (3, never)]), None);
}

#[test]
fn a_clock_run_ahead() {
    let (bundle, trust, tick) = unwitnessed();
    let with = |times: &[(u8, i64)]| {
        let times: Vec<_> = times
            .iter()
            .map(|(n, s)| (*n, tick.plus_seconds(*s)))
            .collect();
        cosigned(bundle.clone(), &times)
    };
    let holds = |bundle: Bundle| {
        let (verified, _) = bundle::verify(bundle.to_string().as_bytes(), Some(&trust));
        assert!(verified.report.failure().is_none(), "{:?}", verified.report);
    };
    holds(with(&[(1, 0), (2, 7)]));
    // A checkpoint that was cosigned anew, a hundred days later.
    holds(with(&[(1, 100 * 86_400), (3, 100 * 86_400)]));
    holds(with(&[(1, -HOUR_S), (2, -HOUR_S)]));
    let ahead = with(&[(1, -HOUR_S - 1), (2, -HOUR_S - 1)]);
    assert_eq!(fails_at(&ahead, Some(&trust)), "witnesses");
    // The tick says a hundred days that nobody saw.
    let ahead = with(&[(1, -100 * 86_400), (2, -100 * 86_400)]);
    assert_eq!(fails_at(&ahead, Some(&trust)), "witnesses");
    // One witness that says what the log wants is no quorum.
    let ahead = with(&[(1, -100 * 86_400), (2, -100 * 86_400), (3, 0)]);
    assert_eq!(fails_at(&ahead, Some(&trust)), "witnesses");
    holds(with(&[(1, -100 * 86_400), (2, 0), (3, 0)]));
}
