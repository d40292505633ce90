//! A record in memory with desks around it: what each key can open it has itself or was handed, sealed, by another.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::ids::{MemberId, StatementId};
use record::time::Timestamp;
use rehearsal::{Cast, Desk as _, MemoryDesk, Procedure, SeatSpecRole, corpus, genesis};
use serde_json::{Value, json};
use solferino_desk::{Desk, reading_text};
use tlog::SigningKey;

/// What opens statements, by statement.
type Kept = BTreeMap<String, Value>;

pub(crate) struct Room {
    pub(crate) cast: Cast,
    pub(crate) memory: MemoryDesk,
    pub(crate) time: Timestamp,
    /// By vkey.
    openings: BTreeMap<String, Kept>,
    packets: BTreeMap<String, Kept>,
    /// Who has which copy, by statement and by what it is of.
    held: BTreeMap<String, BTreeMap<String, BTreeSet<MemberId>>>,
    readings: Vec<Value>,
    said: u8,
}

/// A recipient for a member, of the right form; here nothing is encrypted.
fn recipient(n: usize) -> String {
    let letter = |n: usize| char::from(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"[n % 32]);
    let tail: String = (0..58).map(|k| letter(n + k / 8)).collect();
    format!("age1{tail}")
}

impl Room {
    pub(crate) fn founded() -> Self {
        let cast = Cast::new([5; 32], "record.example/desk", &corpus::panel().unwrap()).unwrap();
        let time: Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
        let entries = genesis(&cast, time).unwrap();
        let mut memory = MemoryDesk::create(cast.log.clone(), &entries, time).unwrap();
        Procedure::new(&cast, &mut memory, time)
            .enrol_all()
            .unwrap();
        Self {
            cast,
            memory,
            time,
            openings: BTreeMap::new(),
            packets: BTreeMap::new(),
            held: BTreeMap::new(),
            readings: Vec::new(),
            said: 0,
        }
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.time = self.time.plus_seconds(seconds);
        self.memory.set_time(self.time).unwrap();
    }

    pub(crate) fn desk(&self) -> Desk {
        let entries = self.memory.entries.iter().enumerate();
        let entries: Vec<_> = entries
            .map(|(n, e)| (n, String::from_utf8(e.clone()).unwrap()))
            .collect();
        Desk::open(&json!({"entries": entries, "now": self.time}).to_string()).unwrap()
    }

    fn of<'a>(kept: &'a BTreeMap<String, Kept>, key: &SigningKey) -> &'a Kept {
        static NONE: Kept = Kept::new();
        kept.get(&key.verifier_key().to_string()).unwrap_or(&NONE)
    }

    pub(crate) fn openings(&self, key: &SigningKey) -> &Kept {
        Self::of(&self.openings, key)
    }

    pub(crate) fn packets(&self, key: &SigningKey) -> &Kept {
        Self::of(&self.packets, key)
    }

    pub(crate) fn next(&self, key: &SigningKey) -> Value {
        let asked = json!({
            "key": key.verifier_key().to_string(), "openings": self.openings(key), "packets": self.packets(key),
        });
        serde_json::from_str(&self.desk().next(&asked.to_string())).unwrap()
    }

    /// The types of what waits for a key.
    pub(crate) fn offered(&self, key: &SigningKey) -> Vec<String> {
        self.types(key, false)
    }

    /// The types of what a key may say at any time.
    pub(crate) fn always(&self, key: &SigningKey) -> Vec<String> {
        self.types(key, true)
    }

    fn types(&self, key: &SigningKey, always: bool) -> Vec<String> {
        let tasks = self.next(key)["tasks"].as_array().unwrap().clone();
        let of = tasks.iter().filter(|t| t["always"] == always);
        of.map(|t| t["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Says the first thing of a type that is offered, with more filled in.
    pub(crate) fn say(
        &mut self,
        key: &SigningKey,
        kind: &str,
        case: Option<&str>,
        fill: &Value,
    ) -> StatementId {
        self.say_variant(key, kind, &Value::Null, case, fill)
    }

    pub(crate) fn say_variant(
        &mut self,
        key: &SigningKey,
        kind: &str,
        variant: &Value,
        case: Option<&str>,
        fill: &Value,
    ) -> StatementId {
        let next = self.next(key);
        let tasks = next["tasks"].as_array().unwrap();
        let mut of = tasks.iter();
        let task = of.find(|t| t["type"] == kind && t["variant"] == *variant);
        let task = task.unwrap_or_else(|| panic!("{kind} is not offered: {:?}", self.offered(key)));
        let mut body = task["body"].clone();
        merge(&mut body, fill);
        let case = case.map_or(task["case"].clone(), |c| json!(c));
        let draft = self.draft(key, kind, &case, &body);
        assert!(draft.get("problem").is_none(), "{kind}: {draft}");
        let bytes = STANDARD.decode(draft["sign"].as_str().unwrap()).unwrap();
        let finish = json!({
            "key": key.verifier_key().to_string(), "payload": draft["payload"],
            "signature": STANDARD.encode(key.sign_raw(&bytes)),
        });
        let finished: Value =
            serde_json::from_str(&self.desk().finish(&finish.to_string())).unwrap();
        assert!(finished["refused"].is_null(), "{kind}: {finished}");
        let entry = finished["entry"].as_str().unwrap().as_bytes().to_vec();
        let id = self.memory.submit_one(entry).unwrap();
        if !draft["opening"].is_null() {
            let own = self.openings.entry(key.verifier_key().to_string());
            own.or_default()
                .insert(id.to_string(), draft["opening"].clone());
        }
        self.visit(key);
        id
    }

    /// The draft of a statement.
    pub(crate) fn draft(
        &mut self,
        key: &SigningKey,
        kind: &str,
        case: &Value,
        body: &Value,
    ) -> Value {
        self.said += 1;
        let mut said = json!({
            "type": kind, "body": body, "seed": tlog::sha256(&[self.said]), "openings": self.openings(key),
        });
        if !case.is_null() {
            said["case"] = case.clone();
        }
        serde_json::from_str(&self.desk().draft(&said.to_string())).unwrap()
    }

    /// A member comes to its desk: it says with which key it reads.
    pub(crate) fn sit(&mut self, key: &SigningKey) {
        let origin = self.cast.origin.clone();
        let recipient = recipient(self.readings.len());
        let text = reading_text(&origin, &recipient.parse().unwrap(), self.time);
        self.readings.push(json!({
            "key": key.verifier_key().to_string(), "recipient": recipient, "time": self.time,
            "signature": STANDARD.encode(key.sign_raw(text.as_bytes())),
        }));
    }

    pub(crate) fn handing(&self, key: &SigningKey) -> Value {
        let asked = json!({
            "key": key.verifier_key().to_string(), "openings": self.openings(key),
            "readings": self.readings, "held": self.held,
        });
        serde_json::from_str(&self.desk().handing(&asked.to_string())).unwrap()
    }

    /// Hands on what opens statements, as a desk does on each visit; gives who is to get a masked case.
    pub(crate) fn visit(&mut self, key: &SigningKey) -> Vec<String> {
        let handing = self.handing(key);
        let mut packets = Vec::new();
        for hand in handing["hand"].as_array().unwrap() {
            let statement = hand["statement"].as_str().unwrap();
            let what = hand["what"].as_str().unwrap();
            for pair in hand["readers"].as_array().unwrap() {
                let reader = pair[0].as_str().unwrap();
                if what == "packet" {
                    packets.push(reader.to_owned());
                    continue;
                }
                let opening = self.openings(key)[statement].clone();
                self.deliver(statement, what, reader, opening);
            }
        }
        packets
    }

    /// A copy arrives at its reader.
    pub(crate) fn deliver(&mut self, statement: &str, what: &str, reader: &str, value: Value) {
        let id: MemberId = reader.parse().unwrap();
        let key = self.memory.auditor.state.global.members[&id]
            .key
            .to_string();
        let kept = match what {
            "packet" => &mut self.packets,
            _ => &mut self.openings,
        };
        kept.entry(key)
            .or_default()
            .insert(statement.to_owned(), value);
        let held = self.held.entry(statement.to_owned()).or_default();
        held.entry(what.to_owned()).or_default().insert(id);
    }

    pub(crate) fn player(&self, role: SeatSpecRole) -> SigningKey {
        self.cast.one(role).unwrap().key.clone()
    }

    pub(crate) fn players(&self, role: SeatSpecRole, n: usize) -> Vec<SigningKey> {
        let all = self.cast.with_role(role).take(n);
        all.map(|p| p.key.clone()).collect()
    }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}
