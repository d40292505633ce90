//! A blind round with coded facts and two laboratories, by what the desk offers and hands on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rehearsal::{Desk as _, SeatSpecRole};
use serde_json::{Value, json};
use tlog::{Hash, SigningKey};

use crate::items;
use crate::room::Room;

/// A name that only the masked text could tell.
const TEXT: &str = "UNIT-ONE was seen at responder-one, as the Swiss say.";

/// A case with its analysis, two laboratories that answered, and facts by two coders.
struct Analysed {
    room: Room,
    registrar: SigningKey,
    panel: Vec<SigningKey>,
    names: Vec<String>,
    exhibits: Vec<Hash>,
}

fn exhibit(room: &mut Room, key: &SigningKey, n: usize) -> Hash {
    let content = format!("{TEXT} Log {n}");
    let stored = room.memory.store(content.as_bytes()).unwrap();
    let declared = json!({
        "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": content.len(),
        "media_type": "text/plain", "acquired": "2026-11-19", "how": "handed-over",
        "source": format!("responder-{n}"), "upstream": [format!("upstream-{n}")], "tlp": "amber",
    });
    room.say(key, "exhibit", None, &declared);
    stored.sha256
}

fn hypotheses() -> Value {
    json!({"content": {
        "actors": [
            {"id": "UNIT-ONE", "kind": "state", "state": "XX", "prior_ppm": 300_000},
            {"id": "CRIME", "kind": "non-state", "prior_ppm": 200_000},
            {"id": "U", "kind": "none-of-these", "prior_ppm": 500_000},
        ],
        "delta_ppm": 10_000, "relations": [],
    }})
}

fn facts(exhibit: &Hash) -> Value {
    let fact = |element: &str, value: &str| {
        json!({
            "element": element, "value": value, "likelihood_ppm": 990_000, "exhibits": [exhibit],
        })
    };
    json!({"content": {"on": "2026-11-19", "facts": [
        fact("target-class", "health"), fact("effect", "availability"), fact("intent", "disruption"),
    ]}})
}

/// Both laboratories commit, then each opens.
fn laboratories(room: &mut Room, exhibit: &Hash) {
    let labs = room.players(SeatSpecRole::Laboratory, 2);
    for lab in &labs {
        room.sit(lab);
    }
    let reading = json!({
        "kind": "malware", "reliability": "A", "credibility": 1, "phi_ppm": 20_000,
        "lr": [{"actor": "1", "mban": [800, 1_000, 1_200]}], "recheckable": true,
    });
    let answer = json!({
        "comparison": "same-build", "exhibits": [exhibit],
        "content": {
            "answers": [{"exhibit": exhibit, "answer": "same-build", "reading": reading}],
            "report_sha256": tlog::sha256(b"report"),
        },
    });
    room.say(&labs[0], "lab.commit", None, &answer);
    assert!(!room.offered(&labs[0]).contains(&"lab.open".to_owned()));
    let next = room.next(&labs[1]);
    let tasks = next["tasks"].as_array().unwrap();
    let begun = tasks.iter().find(|t| t["about"] == "same-build").unwrap();
    assert_eq!(begun["body"]["exhibits"], json!([exhibit]));
    room.say(&labs[1], "lab.commit", None, &answer);
    for lab in &labs {
        room.say(lab, "lab.open", None, &json!({}));
        assert!(!room.offered(lab).contains(&"lab.open".to_owned()));
    }
}

fn analysed() -> Analysed {
    let mut room = Room::founded();
    let reporter = room.cast.key("someone").unwrap();
    let registrar = room.player(SeatSpecRole::Registrar);
    let investigators = room.players(SeatSpecRole::Investigator, 2);
    let panel = room.players(SeatSpecRole::Reviewer, 4);
    let seats = room.cast.with_role(SeatSpecRole::Reviewer).take(4);
    let names = seats.map(|p| p.spec.id.to_string()).collect();
    for key in panel.iter().chain(&investigators).chain([&registrar]) {
        room.sit(key);
    }
    let account = tlog::sha256(b"What happened to us.");
    let report = json!({"incident": "disruption", "sector": "health", "happened": "2026-11-19", "account_sha256": account});
    room.say(&reporter, "report", None, &report);
    room.say(&reporter, "consent", None, &json!({"level": "public"}));
    room.say(&registrar, "case.open", Some("masked"), &json!({}));
    let exhibits: Vec<_> = (1..=3)
        .map(|n| exhibit(&mut room, &investigators[0], n))
        .collect();
    laboratories(&mut room, &exhibits[0]);
    room.say(&investigators[0], "hypotheses", None, &hypotheses());
    let strand = |id: &str| json!({"id": id, "rho_ppm": 300_000, "c_ppm": 20_000});
    let assessment = json!({"content": {
        "strands": [strand("ONE"), strand("TWO"), strand("THREE")], "items": items(&exhibits),
    }});
    room.say(&investigators[0], "assessment", None, &assessment);
    for coder in &investigators {
        room.say(coder, "facts", None, &facts(&exhibits[0]));
    }
    Analysed {
        room,
        registrar,
        panel,
        names,
        exhibits,
    }
}

/// What the registrar's browser asks to mask with.
fn asked(a: &Analysed) -> Value {
    let mut contents = serde_json::Map::new();
    for (n, hash) in a.exhibits.iter().enumerate().take(2) {
        let text = format!("{TEXT} Log {}", n + 1);
        contents.insert(hash.to_string(), json!(STANDARD.encode(text)));
    }
    json!({"case": "masked", "openings": a.room.openings(&a.registrar), "contents": contents})
}

#[test]
fn a_blind_round_names_nobody_to_its_panel() {
    let mut a = analysed();
    let mut ask = asked(&a);
    ask["seed"] = json!(tlog::sha256(b"random"));
    ask["terms"] = json!(["responder-one"]);
    let mask: Value = serde_json::from_str(&a.room.desk().mask(&ask.to_string())).unwrap();
    assert!(mask.get("problem").is_none(), "{mask}");
    let sealed = json!({"content": mask["content"]});
    a.room.say(&a.registrar, "mask", None, &sealed);
    assert_eq!(
        a.room.visit(&a.registrar),
        Vec::<String>::new(),
        "no panel yet"
    );
    let reviewers = json!({"reviewers": a.names});
    a.room.say(&a.registrar, "review.assign", None, &reviewers);

    // nothing of the analysis reaches the panel, only the packet does
    for reviewer in &a.panel {
        assert!(a.room.openings(reviewer).is_empty());
        let next = a.room.next(reviewer);
        let review = task(&next, "review");
        assert_eq!(review["shown"]["awaits_packet"], true);
        assert!(review["shown"]["inputs"].is_null());
    }
    let ask = asked(&a);
    let made: Value = serde_json::from_str(&a.room.desk().packet(&ask.to_string())).unwrap();
    let packet = made["packet"].to_string();
    for name in [
        "UNIT-ONE",
        "\"XX\"",
        "\"CH\"",
        "responder-one",
        "Swiss",
        "upstream-1",
    ] {
        assert!(!packet.contains(name), "{name} in {packet}");
    }
    let report = made["report"].as_array().unwrap();
    assert_eq!(report.len(), 3);
    assert!(
        report[0]["replaced"]
            .as_array()
            .is_some_and(|r| !r.is_empty())
    );
    assert!(
        report[2]["left_out"].is_string(),
        "its content was not given"
    );
    let mut readers = a.room.visit(&a.registrar);
    readers.sort();
    let mut names = a.names.clone();
    names.sort();
    assert_eq!(readers, names);
    for reader in &readers {
        let statement = made["statement"].as_str().unwrap();
        a.room
            .deliver(statement, "packet", reader, made["packet"].clone());
    }
    assert!(a.room.visit(&a.registrar).is_empty(), "each got it once");

    for reviewer in &a.panel {
        let next = a.room.next(reviewer);
        let review = task(&next, "review");
        assert_eq!(review["body"]["content"]["blind"], true);
        assert_eq!(review["shown"]["inputs"], made["packet"]["case"]);
        let posterior = json!({"content": {"posterior_ppm": [900_000, 50_000, 50_000]}});
        a.room.say(reviewer, "review", None, &posterior);
    }
    a.room.visit(&a.registrar);
    assert!(
        a.room.openings(&a.panel[0]).len() == 1,
        "its own review alone"
    );
    for reviewer in a.panel.clone() {
        a.room.say(&reviewer, "disclose", None, &json!({}));
    }
    a.room.visit(&a.registrar);
    publish(a);
}

fn task<'a>(next: &'a Value, kind: &str) -> &'a Value {
    let mut tasks = next["tasks"].as_array().unwrap().iter();
    tasks.find(|t| t["type"] == kind).unwrap()
}

/// From open reviews to the finding, which counts the reviews as blind and judges the norms.
fn publish(mut a: Analysed) {
    let reply_key = a.room.cast.key("a-fresh-key").unwrap();
    let key = reply_key.verifier_key().to_string();
    a.room
        .say(&a.registrar, "notice", None, &json!({"reply_key": key}));
    let text = json!({"text_sha256": tlog::sha256(b"no")});
    a.room.say(&reply_key, "reply", None, &text);
    for reviewer in a.panel.clone() {
        let publish = json!({"content": {"choice": "publish"}});
        a.room.say(&reviewer, "vote", None, &publish);
    }
    for reviewer in a.panel.clone() {
        a.room.say(&reviewer, "disclose", None, &json!({}));
    }
    let mut opened = 0;
    while a
        .room
        .offered(&a.registrar)
        .contains(&"disclose".to_owned())
    {
        a.room.say(&a.registrar, "disclose", None, &json!({}));
        opened += 1;
    }
    assert_eq!(
        opened, 6,
        "hypotheses, assessment, facts of two, mask, notice"
    );
    let finding = "finding".to_owned();
    assert!(
        !a.room.offered(&a.registrar).contains(&finding),
        "the reply window is open"
    );
    a.room.wait(15 * 86_400);
    a.room.say(&a.registrar, "finding", None, &json!({}));
    let state = &a.room.memory.auditor.state;
    let finding = state.cases.values().next().unwrap().standing().unwrap();
    let proposal = &finding.finding.proposal;
    assert_eq!((proposal.blind.stated, proposal.blind.counted), (4, 4));
    // hypotheses, assessment, two laboratories, facts of two, four reviews
    assert_eq!(proposal.basis.len(), 10);
    assert_eq!(finding.replayed.laboratories.len(), 1);
}

#[test]
fn what_would_fail_when_it_opens_is_said_before_it_is_sealed() {
    let mut a = analysed();
    let case = json!("masked");
    let investigator = a.room.player(SeatSpecRole::Investigator);
    let [lab, _] = &a.room.players(SeatSpecRole::Laboratory, 2)[..] else {
        panic!("two laboratories");
    };
    let lab = lab.clone();
    let problem = |draft: Value| draft["problem"].as_str().unwrap_or_default().to_owned();
    let mut coded = facts(&a.exhibits[0]);
    coded["content"]["facts"][0]["value"] = json!("no-such-word");
    let said = problem(a.room.draft(&investigator, "facts", &case, &coded));
    assert!(said.contains("no-such-word"), "{said}");
    let answer = json!({
        "comparison": "other", "exhibits": a.exhibits,
        "content": {
            "answers": [{"exhibit": a.exhibits[0], "answer": "x"}], "report_sha256": a.exhibits[0],
        },
    });
    let said = problem(a.room.draft(&lab, "lab.commit", &case, &answer));
    assert!(said.contains("answers once on each exhibit"), "{said}");
    let strand = json!({"id": "ONE", "rho_ppm": 300_000, "c_ppm": 20_000});
    let twice = json!({"content": {"strands": [strand], "items": []}});
    let said = problem(a.room.draft(&investigator, "assessment", &case, &twice));
    assert!(
        said.contains("ONE"),
        "the strand is another assessment's: {said}"
    );
    let map = json!({"content": {"seed": a.exhibits[0], "names": []}});
    let registrar = a.registrar.clone();
    let said = problem(a.room.draft(&registrar, "mask", &case, &map));
    assert!(said.contains("no token for"), "{said}");
}

#[test]
fn a_correction_replaces_ones_own_assessment() {
    let mut a = analysed();
    let investigator = a.room.player(SeatSpecRole::Investigator);
    let before = a
        .room
        .memory
        .auditor
        .state
        .cases
        .values()
        .next()
        .unwrap()
        .assessments
        .clone();
    let correction = json!("correction");
    let id = a
        .room
        .say_variant(&investigator, "assessment", &correction, None, &json!({}));
    let case = a.room.memory.auditor.state.cases.values().next().unwrap();
    assert_eq!(before.len(), 1);
    assert_eq!(case.assessments, [id]);
}
