//! A body whose charter names witnesses, and witnesses that can be made to fail.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use record::kind::Kind;
use record::statement::Draft;
use record::time::Timestamp;
use rehearsal::{Cast, SeatSpecRole, corpus, founding_charter};
use serde_json::{Value, json};
use solferino_witness::decide::{Logs, Refused, Seen, judge, read};
use store::Record;
use store::cosigning::{Cosigners, Patience, Reply, Transport};
use tlog::{
    Checkpoint, Hash, KeyType, Policy, SigningKey, VerifierKey, cosign, signature_lines_body,
    size_body,
};

pub(crate) const ORIGIN: &str = "record.example/watched";

pub(crate) fn cast() -> Cast {
    Cast::new([9; 32], ORIGIN, &corpus::panel().unwrap()).unwrap()
}

pub(crate) fn founded_at() -> Timestamp {
    "2014-01-01T00:00:00Z".parse().unwrap()
}

fn sign(kind: Kind, body: Value, key: &SigningKey) -> Vec<u8> {
    let issued = founded_at();
    let draft = Draft {
        record: ORIGIN.into(),
        issued,
        case: None,
        kind,
        body,
    };
    draft.sign(key, &[0; 32], issued).unwrap().entry
}

/// The founding statements of a charter with this witness policy.
pub(crate) fn genesis(policy: &[String]) -> Vec<Vec<u8>> {
    let cast = cast();
    let mut charter = founding_charter(&cast).unwrap();
    charter.witness_policy = policy.to_vec();
    let mut entries = vec![sign(Kind::Charter, json!({"text": charter}), &cast.log)];
    for founder in cast.with_role(SeatSpecRole::Founder) {
        let body = json!({"charter": charter.digest()});
        entries.push(sign(Kind::CharterFound, body, &founder.key));
    }
    entries
}

/// A report by somebody outside the cast; `n` makes it one of its own.
pub(crate) fn report(n: u64) -> Vec<u8> {
    let body = json!({
        "incident": "disruption", "sector": "health", "happened": "2013-12-24",
        "account_sha256": tlog::sha256(&n.to_be_bytes()),
    });
    sign(Kind::Report, body, &cast().key("reporter").unwrap())
}

/// What a witness does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Honest,
    /// Does not answer.
    Down,
    /// Answers after so many milliseconds.
    Slow(u64),
    /// Signs something else: the signature does not verify.
    BadSignature,
    /// Cosigns, correctly, another checkpoint.
    OtherCheckpoint,
    /// Cosigns with a time two hours off.
    WrongTime,
    /// Says 409 and another size each time.
    Confused,
    /// Says it has seen more than the log has.
    Ahead,
    /// Answers with bytes that are no signature lines.
    Garbage,
}

struct Kept {
    mood: Mood,
    seen: Seen,
    asked: u64,
}

/// Witnesses in memory: the real decisions, and moods.
#[derive(Clone)]
pub(crate) struct Witnesses {
    keys: Vec<SigningKey>,
    logs: Logs,
    kept: Arc<Mutex<BTreeMap<usize, Kept>>>,
}

impl Witnesses {
    pub(crate) fn new(count: usize) -> Self {
        let key = |n: usize| {
            let seed = *tlog::sha256(&n.to_be_bytes()).as_bytes();
            let name = format!("witness.example/w{n}");
            SigningKey::from_seed(&name, seed, KeyType::CosignatureV1).unwrap()
        };
        let kept = |n| {
            let kept = Kept {
                mood: Mood::Honest,
                seen: Seen::default(),
                asked: 0,
            };
            (n, kept)
        };
        Self {
            keys: (0..count).map(key).collect(),
            logs: Logs::new([cast().log.verifier_key()]),
            kept: Arc::new(Mutex::new((0..count).map(kept).collect())),
        }
    }

    /// Policy lines: `k` of all.
    pub(crate) fn policy(&self, k: usize) -> Vec<String> {
        let url = |n: usize| format!("http://w{n}.test");
        let mut lines: Vec<_> = (0..)
            .zip(&self.keys)
            .map(|(n, key)| format!("witness w{n} {} {}", key.verifier_key(), url(n)))
            .collect();
        let names: Vec<_> = (0..self.keys.len()).map(|n| format!("w{n}")).collect();
        lines.push(format!("group q {k} {}", names.join(" ")));
        lines.push("quorum q".into());
        lines
    }

    pub(crate) fn keys(&self) -> Vec<VerifierKey> {
        self.keys.iter().map(SigningKey::verifier_key).collect()
    }

    pub(crate) fn signing_key(&self, of: usize) -> SigningKey {
        self.keys[of].clone()
    }

    pub(crate) fn mood(&self, of: usize, mood: Mood) {
        self.kept.lock().unwrap().get_mut(&of).unwrap().mood = mood;
    }

    pub(crate) fn asked(&self, of: usize) -> u64 {
        self.kept.lock().unwrap()[&of].asked
    }

    pub(crate) fn seen(&self, of: usize) -> Seen {
        self.kept.lock().unwrap()[&of].seen
    }

    pub(crate) fn cosigners(&self) -> Cosigners {
        Cosigners::over(Arc::new(self.clone()), patience())
    }
}

/// Tests wait less.
pub(crate) fn patience() -> Patience {
    Patience {
        round: Duration::from_secs(10),
        // Long enough for a machine that does much else; a slow witness is slower.
        grace: Duration::from_millis(800),
        retry: Duration::from_millis(20),
        heartbeat: Duration::from_secs(600),
    }
}

fn reply(status: u16, body: impl Into<Vec<u8>>) -> Result<Reply, String> {
    let body = body.into();
    Ok(Reply { status, body })
}

fn now() -> u64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    since.as_secs()
}

impl Transport for Witnesses {
    fn post(&self, url: &str, body: &[u8]) -> Result<Reply, String> {
        let number = url.trim_start_matches("http://w").split('.').next();
        let number: usize = number.unwrap().parse().unwrap();
        let mood = {
            let mut kept = self.kept.lock().unwrap();
            let kept = kept.get_mut(&number).unwrap();
            kept.asked += 1;
            kept.mood
        };
        match mood {
            Mood::Down => return Err(format!("{url}: connection refused")),
            Mood::Slow(ms) => std::thread::sleep(Duration::from_millis(ms)),
            Mood::Garbage => return reply(200, "certainly!\n"),
            Mood::Ahead => return reply(409, size_body(1 << 40)),
            Mood::Confused => return reply(409, size_body(self.asked(number) % 3)),
            _ => {}
        }
        let asked = read(&self.logs, body).map_err(|error| error.to_string())?;
        let mut kept = self.kept.lock().unwrap();
        let kept = kept.get_mut(&number).unwrap();
        match judge(&kept.seen, &asked) {
            Ok(seen) => kept.seen = seen,
            Err(Refused::Stale { size }) => return reply(409, size_body(size)),
            Err(refused) => return reply(refused.status(), refused.to_string()),
        }
        let mut text = asked.note.text.clone();
        if mood == Mood::OtherCheckpoint {
            text = Checkpoint::new(ORIGIN, 3, Hash::from_bytes([3; 32]))
                .unwrap()
                .to_string();
        }
        let time = if mood == Mood::WrongTime {
            now() - 7_200
        } else {
            now()
        };
        let mut signature = cosign(&text, &self.keys[number], time).unwrap();
        if mood == Mood::BadSignature {
            *signature.bytes.last_mut().unwrap() ^= 1;
        }
        reply(200, signature_lines_body(&[signature]))
    }
}

/// A record whose first checkpoint its witnesses have cosigned.
pub(crate) fn create(dir: &Path, witnesses: &Witnesses, k: usize) -> Record {
    let genesis = genesis(&witnesses.policy(k));
    Record::create_asking(dir, &cast().log, &genesis, witnesses.cosigners()).unwrap()
}

pub(crate) fn open(dir: &Path, witnesses: &Witnesses) -> Record {
    Record::open_asking(dir, witnesses.cosigners(), |_, _| {}).unwrap()
}

/// The witnesses whose cosignatures a checkpoint carries; their quorum has to be met.
pub(crate) fn cosigned(note: &[u8], record: &Record) -> usize {
    let note = tlog::Note::parse(note).unwrap();
    let trust = record.trust_file().unwrap();
    trust.check(&note, &cast().log.verifier_key()).unwrap()
}

/// A policy of these witnesses as a text.
pub(crate) fn policy_text(witnesses: &Witnesses, k: usize) -> Policy {
    let lines: String = witnesses
        .policy(k)
        .iter()
        .map(|l| format!("{l}\n"))
        .collect();
    Policy::parse(lines).unwrap()
}
