//! What members hand to each other at the desk: kept unread, and only for those who may read the original.

use ::desk::reading_text;
use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::ids::{CaseId, StatementId};
use record::kind::Kind;
use rehearsal::SeatSpecRole;
use serde_json::{Value, json};
use server::limits::MAX_COPY_BYTES;
use tlog::SigningKey;

use crate::client::{Client, Reply};
use crate::desk::{ORIGIN, Stage};

const AGE: &str = "age-encryption.org/v1\n";

/// A case with a sealed hypotheses statement by an investigator.
struct Sealed {
    stage: Stage,
    case: CaseId,
    hypotheses: StatementId,
    account: Vec<u8>,
}

fn key(stage: &Stage, role: SeatSpecRole) -> SigningKey {
    stage.cast.one(role).unwrap().key.clone()
}

fn sealed() -> Sealed {
    let stage = Stage::founded();
    let (_, report) = stage.report("a-reporter");
    let report = stage.admit(report);
    let case: CaseId = "handed".parse().unwrap();
    let rule = stage.record.state().global.selection_rules[0].sha256;
    let open =
        json!({"reports": [report], "question": {"kind": "who"}, "selection_rule_sha256": rule});
    let registrar = key(&stage, SeatSpecRole::Registrar);
    let opened = stage.signed(&registrar, Kind::CaseOpen, Some(&case), open);
    stage.admit(opened.entry);
    let hypotheses = json!({"content": {
        "actors": [
            {"id": "A", "kind": "non-state", "prior_ppm": 500_000},
            {"id": "U", "kind": "none-of-these", "prior_ppm": 500_000},
        ],
        "delta_ppm": 10_000, "relations": [],
    }});
    let investigator = key(&stage, SeatSpecRole::Investigator);
    let said = stage.signed(&investigator, Kind::Hypotheses, Some(&case), hypotheses);
    let hypotheses = stage.admit(said.entry);
    Sealed {
        stage,
        case,
        hypotheses,
        account: b"a-reporter".to_vec(),
    }
}

fn authorization(key: &SigningKey, lines: &[&str]) -> String {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let signature = STANDARD.encode(key.sign_raw(text.as_bytes()));
    format!("Solferino {} {signature}", key.verifier_key())
}

async fn put_copy(
    client: &Client,
    key: &SigningKey,
    id: &StatementId,
    what: &str,
    reader: &str,
    body: &str,
) -> Reply {
    let (statement, digest) = (id.to_string(), tlog::sha256(body.as_bytes()).to_string());
    let lines = [
        "solferino.org/copy@v1",
        ORIGIN,
        &statement,
        what,
        reader,
        &digest,
    ];
    let request = Request::put(format!("/desk/copies/{id}/{what}/{reader}"));
    let request = request.header(AUTHORIZATION, authorization(key, &lines));
    client
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

async fn copies(client: &Client, key: &SigningKey, case: &CaseId) -> Reply {
    let lines = ["solferino.org/copies@v1", ORIGIN, case.as_str()];
    let request = Request::get(format!("/desk/copies?case={case}"));
    let request = request.header(AUTHORIZATION, authorization(key, &lines));
    client.send(request.body(Body::empty()).unwrap()).await
}

async fn content(client: &Client, key: &SigningKey, content: &[u8]) -> Reply {
    let digest = tlog::sha256(content).to_string();
    let lines = ["solferino.org/content@v1", ORIGIN, &digest];
    let request = Request::get(format!("/desk/contents/{digest}"));
    let request = request.header(AUTHORIZATION, authorization(key, &lines));
    client.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_reaches_its_reader_and_nobody_else() {
    let s = sealed();
    let client = Client::of(&s.stage.record);
    let [investigator, registrar, laboratory] = [
        SeatSpecRole::Investigator,
        SeatSpecRole::Registrar,
        SeatSpecRole::Laboratory,
    ]
    .map(|role| key(&s.stage, role));
    let copy = format!("{AGE}for the registrar");
    let put = put_copy(
        &client,
        &investigator,
        &s.hypotheses,
        "opening",
        "registrar",
        &copy,
    )
    .await;
    assert_eq!(put.status, 204, "{}", put.text());
    let id = s.hypotheses.to_string();
    let of = |reply: Reply| -> Value { reply.json() };
    let registrars = of(copies(&client, &registrar, &s.case).await);
    assert_eq!(
        registrars["mine"][&id]["opening"],
        json!([STANDARD.encode(&copy)])
    );
    assert_eq!(registrars["held"][&id]["opening"], json!(["registrar"]));
    let laboratories = of(copies(&client, &laboratory, &s.case).await);
    assert_eq!(laboratories["mine"], json!({}));
    // the last of a giver stands; another giver's stands beside it
    let again = format!("{AGE}again");
    put_copy(
        &client,
        &investigator,
        &s.hypotheses,
        "opening",
        "registrar",
        &again,
    )
    .await;
    put_copy(
        &client,
        &laboratory,
        &s.hypotheses,
        "opening",
        "registrar",
        &copy,
    )
    .await;
    let registrars = of(copies(&client, &registrar, &s.case).await);
    let mine = registrars["mine"][&id]["opening"].as_array().unwrap().len();
    assert_eq!(mine, 2);
    let stranger = s.stage.cast.key("stranger").unwrap();
    assert_eq!(copies(&client, &stranger, &s.case).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_handed_to_or_by_those_who_may_not_read() {
    let s = sealed();
    let client = Client::of(&s.stage.record);
    let investigator = key(&s.stage, SeatSpecRole::Investigator);
    let reviewer = s.stage.cast.one(SeatSpecRole::Reviewer).unwrap();
    let copy = format!("{AGE}x");
    let id = &s.hypotheses;
    let name = reviewer.spec.id.to_string();
    let to_reviewer = put_copy(&client, &investigator, id, "opening", &name, &copy).await;
    assert_eq!(to_reviewer.status, 404, "no panel yet");
    let by_reviewer = put_copy(&client, &reviewer.key, id, "opening", "registrar", &copy).await;
    assert_eq!(by_reviewer.status, 404);
    let packet = put_copy(&client, &investigator, id, "packet", &name, &copy).await;
    assert_eq!(packet.status, 404, "no mask");
    let plain = put_copy(
        &client,
        &investigator,
        id,
        "opening",
        "registrar",
        "{\"salt\":1}",
    )
    .await;
    assert_eq!(plain.status, 400, "an opening in the open is not taken");
    let large = format!("{AGE}{}", "x".repeat(MAX_COPY_BYTES));
    let large = put_copy(&client, &investigator, id, "opening", "registrar", &large).await;
    assert_eq!(large.status, 400);
    let other = put_copy(&client, &investigator, id, "else", "registrar", &copy).await;
    assert_eq!(other.status, 400);
    let stale = s
        .stage
        .cast
        .one(SeatSpecRole::Investigator)
        .unwrap()
        .next
        .clone();
    let unknown = put_copy(&client, &stale, id, "opening", "registrar", &copy).await;
    assert_eq!(unknown.status, 403);
    // signed for one reader, sent for another
    let digest = tlog::sha256(copy.as_bytes()).to_string();
    let statement = id.to_string();
    let lines = [
        "solferino.org/copy@v1",
        ORIGIN,
        &statement,
        "opening",
        "lab-one",
        &digest,
    ];
    let request = Request::put(format!("/desk/copies/{id}/opening/registrar"));
    let request = request.header(AUTHORIZATION, authorization(&investigator, &lines));
    let swapped = client.send(request.body(Body::from(copy)).unwrap()).await;
    assert_eq!(swapped.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_key_is_its_members_word_and_the_last_one_stands() {
    let s = sealed();
    let client = Client::of(&s.stage.record);
    let registrar = key(&s.stage, SeatSpecRole::Registrar);
    let stranger = s.stage.cast.key("stranger").unwrap();
    let said = |by: &SigningKey, as_key: &SigningKey, letter: &str, time: &str| {
        let recipient = format!("age1{}", letter.repeat(58));
        let text = reading_text(ORIGIN, &recipient.parse().unwrap(), time.parse().unwrap());
        json!({
            "key": as_key.verifier_key().to_string(), "recipient": recipient, "time": time,
            "signature": STANDARD.encode(by.sign_raw(text.as_bytes())),
        })
    };
    let put = async |said: Value| {
        let request = Request::put("/desk/readings").header(CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(said.to_string())).unwrap();
        client.send(request).await.status.as_u16()
    };
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    assert_eq!(put(said(&stranger, &registrar, "q", early)).await, 403);
    assert_eq!(put(said(&stranger, &stranger, "q", early)).await, 403);
    assert_eq!(put(said(&registrar, &registrar, "q", late)).await, 204);
    assert_eq!(put(said(&registrar, &registrar, "p", early)).await, 409);
    let all = client.get("/desk/readings").await.json();
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["recipient"], format!("age1{}", "q".repeat(58)));
}

#[tokio::test(flavor = "multi_thread")]
async fn contents_are_for_those_who_work_with_them() {
    let s = sealed();
    let client = Client::of(&s.stage.record);
    s.stage.record.vault().put(&s.account[..], 1 << 20).unwrap();
    let [registrar, investigator, reviewer] = [
        SeatSpecRole::Registrar,
        SeatSpecRole::Investigator,
        SeatSpecRole::Reviewer,
    ]
    .map(|role| key(&s.stage, role));
    for who in [&registrar, &investigator] {
        let reply = content(&client, who, &s.account).await;
        assert_eq!((reply.status.as_u16(), reply.text()), (200, "a-reporter"));
    }
    assert_eq!(content(&client, &reviewer, &s.account).await.status, 404);
    let stranger = s.stage.cast.key("stranger").unwrap();
    assert_eq!(content(&client, &stranger, &s.account).await.status, 403);
    let digest = tlog::sha256(&s.account);
    let unsigned = client.get(&format!("/desk/contents/{digest}")).await;
    assert_eq!(unsigned.status, 401);
    assert_eq!(
        content(&client, &registrar, b"what nobody declared")
            .await
            .status,
        404
    );
}
