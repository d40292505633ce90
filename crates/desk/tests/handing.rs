//! Who is handed what opens a statement, and under whose key.

use rehearsal::{Desk as _, SeatSpecRole};
use serde_json::{Value, json};

use crate::room::Room;

fn with_hypotheses() -> (Room, String) {
    let mut room = Room::founded();
    let reporter = room.cast.key("someone").unwrap();
    let [registrar, investigator] =
        [SeatSpecRole::Registrar, SeatSpecRole::Investigator].map(|role| room.player(role));
    let account = tlog::sha256(b"What happened to us.");
    let report = json!({"incident": "disruption", "sector": "health", "happened": "2026-11-19", "account_sha256": account});
    room.say(&reporter, "report", None, &report);
    room.say(&registrar, "case.open", Some("handed"), &json!({}));
    let stored = room.memory.store(b"log").unwrap();
    let declared = json!({
        "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": 3,
        "media_type": "text/plain", "acquired": "2026-11-19", "how": "handed-over",
        "source": "responder", "upstream": [], "tlp": "amber",
    });
    room.say(&investigator, "exhibit", None, &declared);
    let hypotheses = json!({"content": {
        "actors": [
            {"id": "A", "kind": "non-state", "prior_ppm": 500_000},
            {"id": "U", "kind": "none-of-these", "prior_ppm": 500_000},
        ],
        "delta_ppm": 10_000, "relations": [],
    }});
    let id = room.say(&investigator, "hypotheses", None, &hypotheses);
    (room, id.to_string())
}

fn readers(handing: &Value) -> Vec<String> {
    let hands = handing["hand"].as_array().unwrap().iter();
    let pairs = hands.flat_map(|h| h["readers"].as_array().unwrap());
    pairs
        .map(|pair| pair[0].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn only_those_who_may_read_are_handed_anything_and_only_once() {
    let (mut room, id) = with_hypotheses();
    let investigator = room.player(SeatSpecRole::Investigator);
    let handing = room.handing(&investigator);
    assert!(
        readers(&handing).is_empty(),
        "nobody has said a reading key"
    );
    let missing = handing["missing"].as_array().unwrap();
    // four investigators, two laboratories, one registrar; no reviewer
    assert_eq!(missing.len(), 7, "{missing:?}");
    let registrar = room.player(SeatSpecRole::Registrar);
    let reviewer = room.player(SeatSpecRole::Reviewer);
    room.sit(&registrar);
    room.sit(&reviewer);
    assert_eq!(readers(&room.handing(&investigator)), ["registrar"]);
    room.visit(&investigator);
    assert!(room.openings(&registrar).contains_key(&id));
    assert!(readers(&room.handing(&investigator)).is_empty());
    assert!(!room.openings(&reviewer).contains_key(&id));
}

#[test]
fn a_reading_key_counts_only_as_its_member_signed_it() {
    let (room, id) = with_hypotheses();
    let investigator = room.player(SeatSpecRole::Investigator);
    let registrar = room.player(SeatSpecRole::Registrar);
    let origin = room.cast.origin.clone();
    let recipient = |letter: &str| format!("age1{}", letter.repeat(58));
    let signed = |by: &tlog::SigningKey,
                  whose: &tlog::SigningKey,
                  letter: &str,
                  time: &str,
                  origin: &str| {
        use base64::Engine as _;
        let time = time.parse().unwrap();
        let text = solferino_desk::reading_text(origin, &recipient(letter).parse().unwrap(), time);
        let signature = by.sign_raw(text.as_bytes());
        json!({
            "key": whose.verifier_key().to_string(), "recipient": recipient(letter), "time": time,
            "signature": base64::engine::general_purpose::STANDARD.encode(signature),
        })
    };
    let asked = |readings: Value| -> Value {
        let openings = room.openings(&investigator);
        let asked = json!({"key": investigator.verifier_key().to_string(), "openings": openings, "readings": readings});
        serde_json::from_str(&room.desk().handing(&asked.to_string())).unwrap()
    };
    let early = "2026-11-20T00:00:00Z";
    let swapped = signed(&investigator, &registrar, "q", early, &origin);
    assert!(
        readers(&asked(json!([swapped]))).is_empty(),
        "signed by another"
    );
    let elsewhere = signed(&registrar, &registrar, "q", early, "record.example/other");
    assert!(
        readers(&asked(json!([elsewhere]))).is_empty(),
        "for another record"
    );
    let first = signed(&registrar, &registrar, "q", early, &origin);
    let later = signed(&registrar, &registrar, "p", "2026-11-21T00:00:00Z", &origin);
    for order in [json!([first, later]), json!([later, first])] {
        let handing = asked(order);
        let hand = &handing["hand"][0];
        assert_eq!(hand["statement"], json!(id));
        assert_eq!(
            hand["readers"],
            json!([["registrar", recipient("p")]]),
            "the later one stands"
        );
    }
}

#[test]
fn a_key_that_cannot_open_a_statement_hands_nothing_on() {
    let (mut room, id) = with_hypotheses();
    let registrar = room.player(SeatSpecRole::Registrar);
    let investigator = room.player(SeatSpecRole::Investigator);
    room.sit(&registrar);
    room.sit(&investigator);
    let mut opening = room.openings(&investigator)[&id].clone();
    opening["value"] = json!({"actors": [], "delta_ppm": 1, "relations": []});
    let asked = json!({"key": registrar.verifier_key().to_string(), "openings": {id: opening}});
    let handing: Value = serde_json::from_str(&room.desk().handing(&asked.to_string())).unwrap();
    assert!(readers(&handing).is_empty());
    let stranger = room.cast.key("stranger").unwrap();
    assert!(readers(&room.handing(&stranger)).is_empty());
}
