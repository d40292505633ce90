//! A round of matching as an officer runs it: built from what was told and what the record says, to each requester's own row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Child;

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use record::time::Timestamp;
use serde_json::{Value, json};

use crate::flow::say;
use crate::founding::founded;
use crate::serving::{serve, stop};
use crate::support::run_in;

const CODE: &str = "c0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0de";

pub(crate) struct Desk<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) url: String,
    pub(crate) child: Child,
}

pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp::from_unix_seconds(since.unwrap().as_secs().try_into().unwrap()).unwrap()
}

fn key(dir: &Path, name: &str, file: &str) -> String {
    run_in(dir, &["key", "new", name, "--out", file]).code(0);
    let shown = run_in(dir, &["key", "show", file, "--json"]).code(0);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    shown["vkey"].as_str().unwrap().to_owned()
}

/// An identifier behind some words of an output.
pub(crate) fn id_after(out: &str, words: &str) -> String {
    let rest = out.split(words).nth(1).unwrap_or_else(|| panic!("{out}"));
    rest.chars().take(64).collect()
}

impl<'a> Desk<'a> {
    pub(crate) fn open(dir: &'a Path) -> Self {
        Self::open_after(dir, || ())
    }

    /// As [`Self::open`], after something was done to the record's folder.
    pub(crate) fn open_after(dir: &'a Path, done: impl FnOnce()) -> Self {
        founded(dir);
        let identity = Identity::generate();
        std::fs::write(
            dir.join("officer.age"),
            identity.to_string().expose_secret(),
        )
        .unwrap();
        let policy = json!({
            "version": 1,
            "officers": [{"key": key(dir, "officer", "officer.key"), "recipient": identity.to_public().to_string(), "lead": true}],
            "code": {"version": "code-1", "sha256": CODE},
            "clocks": {"acknowledge_s": 7_200, "assist_s": [14_400, 86_400, 259_200, 604_800], "escalate_s": [3_600]},
            "quiet_s": 1_209_600, "retention_s": 7_776_000, "consent_s": 604_800, "weekly_hours": 12, "rest_hours": 11,
        });
        say(
            dir,
            "registrar.key",
            &json!({"type": "aid.desk", "body": policy}),
        );
        done();
        let (child, url) = serve(dir);
        Self { dir, url, child }
    }

    pub(crate) fn aid(&self, args: &[&str]) -> String {
        run_in(self.dir, &[&["aid"], args, &["--url", &self.url]].concat()).code(0)
    }

    /// As an officer.
    fn officer(&self, args: &[&str]) -> String {
        self.aid(&[args, &["--key", "officer.key"]].concat())
    }

    fn step(&self, request: &str, to: &str, reason: &str, more: &[&str]) {
        self.officer(&[&["step", request, to, reason], more].concat());
    }

    /// The same, of a command that is refused: what it says.
    pub(crate) fn refused(&self, args: &[&str]) -> String {
        run_in(self.dir, &[&["aid"], args, &["--url", &self.url]].concat()).code_err(5)
    }

    /// What the record says of a request to whoever has the words.
    pub(crate) fn row(&self, words: &str) -> Value {
        let rows = self.aid(&["status", "--words", words, "--json"]);
        let rows: Value = serde_json::from_str(&rows).unwrap();
        rows[0].clone()
    }

    /// A responder who works for somebody; gives the enlistment.
    pub(crate) fn enlisted(&self, name: &str, employer: &str, vetted: bool) -> String {
        let file = format!("{name}.key");
        key(self.dir, "responder", &file);
        let profile = json!({
            "format": aid::PROFILE_FORMAT, "skills": {"mail": {"level": "expert", "evidence": "a certificate"}},
            "languages": ["en"], "hours": [[0, 168]], "utc_offset_minutes": 0, "hours_per_week": 20, "tlp": "red",
            "excludes": [], "code": "code-1",
            "interests": {"employers": [employer], "customers": [], "governments": [], "funders": [], "disputes": []},
        });
        std::fs::write(self.dir.join("profile.json"), profile.to_string()).unwrap();
        let identity = Identity::generate();
        let secret = identity.to_string();
        std::fs::write(self.dir.join(format!("{name}.age")), secret.expose_secret()).unwrap();
        let recipient = identity.to_public().to_string();
        let enlist = [
            "enlist",
            "profile.json",
            "--recipient",
            &recipient,
            "--code",
            CODE,
        ];
        let out = self.aid(&[&enlist[..], &["--key", &file]].concat());
        let id = id_after(&out, "enlisted: ");
        if vetted {
            let until = now().plus_seconds(30 * 86_400);
            let vet = json!({"type": "aid.vet", "body": {"responder": id, "until": until}});
            std::fs::write(self.dir.join("vet.json"), vet.to_string()).unwrap();
            let submit = [
                "submit",
                "vet.json",
                "--key",
                "officer.key",
                "--url",
                &self.url,
            ];
            run_in(self.dir, &submit).code(0);
        }
        id
    }

    /// Somebody asks, and triage takes it up to its class.
    pub(crate) fn asked(&self, words: &str, form: &aid::Request) -> String {
        std::fs::write(self.dir.join("form.json"), form.to_json().unwrap()).unwrap();
        let out = self.aid(&["request", "--form", "form.json", "--words-out", words]);
        let id = id_after(&out, "asked: request ");
        self.step(&id, "acknowledged", "read-by-person", &[]);
        self.step(&id, "vetting", "checks", &[]);
        self.step(&id, "accepted", "verified", &[]);
        let class = aid::triage(&form.need(0)).class.to_string();
        self.step(&id, "triaged", "need-coded", &["--class", &class]);
        id
    }

    /// Builds, closes and computes a round, and offers what it says; gives the statement and the offers.
    pub(crate) fn round(&self, file: &str, requests: &[&str]) -> (String, Value) {
        let built = self.officer(&["round", file, "--identity", "officer.age"]);
        let counted = format!("round: {} requests, ", requests.len());
        assert!(
            built.contains(&counted) && built.contains("; 0 left out"),
            "{built}"
        );
        let round = id_after(&self.officer(&["close", file]), "closed: round ");
        // the next statement comes after a tick, which fixes the seed
        let closed = now();
        while now() == closed {
            std::hint::spin_loop();
        }
        for request in requests {
            self.step(request, "matching", "round-opened", &["--round", &round]);
        }
        self.officer(&["match", file, "--round", &round]);
        let offers = std::fs::read(self.dir.join(format!("{file}.offers"))).unwrap();
        let offers: Value = serde_json::from_slice(&offers).unwrap();
        let offered = offers["offers"].as_object().unwrap();
        for request in offered.keys() {
            let with = format!("{file}.offers");
            self.step(request, "offered", "matched", &["--offers", &with]);
        }
        self.aid(&["replay", file, "--round", &round]);
        (round, offers["offers"].clone())
    }
}

pub(crate) fn form(party: &str) -> aid::Request {
    use aid::{Answer, Asset, Channel, Consent, Data, Emblem, Function, Incident, Level};
    use aid::{LifeSafety, Mitigation, Sector, Skill, Slot, Support, Tlp};
    aid::Request {
        format: aid::FORMAT.to_owned(),
        story: "A reconstruction: we were told to be careful with a couple of messages.".to_owned(),
        background: aid::Background::default(),
        contact: aid::Contact {
            channel: Channel::Desk,
            address: String::new(),
            never: Vec::new(),
        },
        languages: BTreeSet::from(["en".parse().unwrap()]),
        consent: Consent {
            store: true,
            share_with_helpers: true,
            publish_anonymised: false,
        },
        times: aid::Times::default(),
        sector: Sector::Elections,
        incident: Incident::Fraud,
        assets: BTreeSet::from([Asset::Account]),
        emblem: Emblem::Absent,
        life_safety: LifeSafety::None,
        people: Some(30),
        function: Function::Degraded,
        data: Data::Special,
        ongoing: Answer::Yes,
        spill_over: Answer::No,
        mitigation: Mitigation::None,
        done_already: String::new(),
        support: Support::None,
        // three units: all of a week's twelve hours
        estimate: vec![Slot {
            skill: Skill::Mail,
            level: Level::Practised,
            units: 3,
        }],
        on_site: Answer::No,
        tlp: Tlp::Amber,
        exclusions: BTreeSet::from([party.parse().unwrap()]),
        evidence: BTreeSet::new(),
    }
}

#[test]
fn a_round_offers_nobody_whom_the_rules_keep_out_and_each_requester_gets_its_row() {
    let dir = tempfile::tempdir().unwrap();
    let desk = Desk::open(dir.path());
    let free = desk.enlisted("free", "Somebody", true);
    let tied = desk.enlisted("tied", "The alleged source", true);
    let unvetted = desk.enlisted("unvetted", "Somebody else", false);
    let first = desk.asked("first.words", &form("The alleged source"));
    let (first_round, offers) = desk.round("one.json", &[&first]);
    assert_eq!(offers[&first]["responders"], json!([free]));
    let why = |round: &str, file: &str, request: &str, responder: &str| {
        desk.aid(&["explain", file, "--round", round, request, responder])
    };
    assert!(why(&first_round, "one.json", &first, &tied).contains("\"conflict\""));
    assert!(why(&first_round, "one.json", &first, &unvetted).contains("\"not-vetted\""));

    // the one who is free has all of a week's hours promised now; the others stay out of it
    let second = desk.asked("second.words", &form("The alleged source"));
    let mut hidden = form("Nobody");
    hidden.consent.share_with_helpers = false;
    let hidden = desk.asked("hidden.words", &hidden);
    let (round, offers) = desk.round("two.json", &[&second, &hidden]);
    assert_eq!(offers, json!({}));
    assert!(why(&round, "two.json", &second, &free).contains("\"no-hours\""));
    assert!(why(&round, "two.json", &hidden, &tied).contains("\"no-consent\""));

    // each requester opens its own row: counts of who could not, and no name of theirs
    desk.officer(&["row", "one.json", "--round", &first_round, &first]);
    desk.officer(&["row", "two.json", "--round", &round, &second]);
    let rows: BTreeMap<&str, String> = ["first.words", "second.words"]
        .map(|words| (words, desk.aid(&["status", "--words", words])))
        .into();
    let told = &rows["first.words"];
    assert!(
        told.contains(aid::matching::ROW_FORMAT) && told.contains(&free),
        "{told}"
    );
    assert!(
        told.contains("\"conflict\":1") && !told.contains(&tied),
        "{told}"
    );
    let told = &rows["second.words"];
    assert!(told.contains("\"why_none\":\"nobody-able\""), "{told}");
    stop(desk.child);
}
