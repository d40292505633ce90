//! The desk that helps, over HTTP: asking, reading what is one's own, floods, counts.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::aid::access_text;
use record::ids::StatementId;
use record::kind::Kind;
use record::time::Timestamp;
use rehearsal::Procedure;
use serde_json::{Value, json};
use server::Config;
use server::rate::Rate;
use tlog::SigningKey;

use crate::client::{Client, Reply};
use crate::desk::{DiskDesk, Stage};

/// Stands for an age file: the server never looks into it.
pub(crate) const SEALED: &[u8] = b"age-encryption.org/v1 and what only officers read";

pub(crate) fn item(sealed: &[u8]) -> Value {
    json!([{"commitment": tlog::sha256(sealed), "sealed_sha256": tlog::sha256(sealed)}])
}

pub(crate) struct Help {
    pub(crate) stage: Stage,
    pub(crate) key: SigningKey,
}

impl Help {
    pub(crate) fn new() -> Self {
        let stage = Stage::founded();
        let mut desk = DiskDesk(stage.record.clone());
        Procedure::new(&stage.cast, &mut desk, stage.time)
            .name_desk()
            .unwrap();
        let key = stage.cast.key("requester 1").unwrap();
        Self { stage, key }
    }

    pub(crate) fn signed(&self, key: &SigningKey, kind: Kind, body: Value) -> String {
        let mut desk = DiskDesk(self.stage.record.clone());
        let now = self.stage.record.state().global.time.unwrap();
        let mut p = Procedure::new(&self.stage.cast, &mut desk, now);
        String::from_utf8(p.sign(key, kind, None, body).unwrap().entry).unwrap()
    }

    pub(crate) fn request(&self, sealed: &[u8]) -> Value {
        let mut body = rehearsal::aid::request(&[], None);
        body["items"] = item(sealed);
        let statement = self.signed(&self.key, Kind::AidRequest, body);
        json!({"statement": statement, "sealed": [STANDARD.encode(sealed)]})
    }

    pub(crate) fn step(&self, now: Timestamp, id: StatementId, to: &str, reason: &str) {
        let mut desk = DiskDesk(self.stage.record.clone());
        let officer = rehearsal::aid::officer(&self.stage.cast).unwrap();
        let mut p = Procedure::new(&self.stage.cast, &mut desk, now);
        p.step(&officer, id, to, reason, Value::Null).unwrap();
    }

    pub(crate) fn signature(&self, key: &SigningKey, path: &str, seconds: i64) -> String {
        let now = self
            .stage
            .record
            .state()
            .global
            .time
            .unwrap()
            .plus_seconds(seconds);
        let text = access_text(self.stage.record.origin(), path, now);
        let signature = STANDARD.encode(key.sign_raw(text.as_bytes()));
        format!("Solferino {} {now} {signature}", key.verifier_key())
    }
}

pub(crate) async fn post_from(client: &Client, path: &str, body: &str, from: &str) -> Reply {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-forwarded-for", from);
    client
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

pub(crate) async fn ask(client: &Client, body: &Value) -> Reply {
    post_from(
        client,
        "/api/v1/aid/requests",
        &body.to_string(),
        "192.0.2.1",
    )
    .await
}

pub(crate) async fn read(client: &Client, path: &str, shown: Option<String>) -> Reply {
    let mut request = Request::get(path);
    if let Some(shown) = shown {
        request = request.header(header::AUTHORIZATION, shown);
    }
    client.send(request.body(Body::empty()).unwrap()).await
}

/// Through a relay nobody can hand sealed items over: the log refuses such a request, and says so in the log as it says
/// it in the answer, at once.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_held_is_logged_as_refused_for_that_and_at_once() {
    let help = Help::new();
    let client = Client::of(&help.stage.record);
    let entry = help.request(b"sealed")["statement"]
        .as_str()
        .unwrap()
        .to_owned();
    let leaf = tlog::leaf_hash(entry.as_bytes());
    let size = help.stage.record.size();
    let reply = client
        .submit_to("/api/v1/statements?log-refusal=true", entry.into_bytes())
        .await;
    assert_eq!(reply.refused(), (422, "aid-content-not-held".to_owned()));
    assert_eq!(help.stage.record.size(), size + 2, "a tick and one refusal");
    let logged = reply.json()["logged_as"].as_str().unwrap().to_owned();
    let shown = client.data(&format!("/api/v1/statements/{logged}")).await;
    assert_eq!(shown["body"]["code"], "aid-content-not-held");
    assert_eq!(shown["body"]["submission"], json!(leaf));
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_needs_no_account_and_reading_needs_the_key() {
    let help = Help::new();
    let client = Client::of(&help.stage.record);
    let desk = client.data("/api/v1/aid").await;
    assert_eq!(desk["recipients"], json!([rehearsal::aid::RECIPIENT]));
    let body = help.request(SEALED);
    let asked = ask(&client, &body).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text());
    let id = asked.json()["data"]["id"].as_str().unwrap().to_owned();
    // the same again gives the same request
    assert_eq!(ask(&client, &body).await.status, StatusCode::OK);
    let key = help
        .key
        .verifier_key()
        .to_string()
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let mine = client
        .data(&format!("/api/v1/aid/requests?key={key}"))
        .await;
    assert_eq!(
        (&mine["rows"][0]["id"], &mine["rows"][0]["stage"]),
        (&json!(id), &json!("received"))
    );
    assert_eq!(
        mine["rows"][0]["possible"],
        json!([{"to": "withdrawn", "reasons": ["taken-back"]}])
    );

    let path = format!("/api/v1/aid/requests/{id}/sealed/{}", tlog::sha256(SEALED));
    let own = read(&client, &path, Some(help.signature(&help.key, &path, 0))).await;
    assert_eq!((own.status, own.body.as_slice()), (StatusCode::OK, SEALED));
    let officer = rehearsal::aid::officer(&help.stage.cast).unwrap();
    let by_officer = read(&client, &path, Some(help.signature(&officer, &path, 0))).await;
    assert_eq!(by_officer.status, StatusCode::OK);
    let stranger = help.stage.cast.key("stranger").unwrap();
    let registrar = &help
        .stage
        .cast
        .one(rehearsal::SeatSpecRole::Registrar)
        .unwrap()
        .key;
    for key in [&stranger, registrar] {
        let other = read(&client, &path, Some(help.signature(key, &path, 0))).await;
        assert_eq!(other.refused(), (403, "aid-not-yours".to_owned()));
    }
    let another_path = format!("{path}0");
    for shown in [
        None,
        Some("Solferino".to_owned()),
        Some(help.signature(&help.key, &path, -301)),
        Some(help.signature(&help.key, &another_path, 0)),
    ] {
        let unsigned = read(&client, &path, shown).await;
        assert_eq!(unsigned.refused(), (401, "unsigned".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_a_request_gets_a_clear_answer_and_leaves_nothing() {
    let help = Help::new();
    let client = Client::of(&help.stage.record);
    let good = help.request(SEALED);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let report = help.signed(
        &help.key,
        Kind::Warn,
        json!({"sectors": [], "advisory_sha256": tlog::sha256(b"a")}),
    );
    let cases = [
        (json!({"statement": "{}"}), 400, "bad-request"),
        (with("statement", json!("{}")), 400, "malformed"),
        (with("statement", json!(report)), 400, "bad-request"),
        (with("sealed", json!(["not base64!"])), 400, "bad-request"),
        (with("sealed", json!([])), 422, "aid-content-not-held"),
    ];
    for (n, (body, status, code)) in cases.into_iter().enumerate() {
        let from = format!("192.0.2.{n}");
        let config = Config {
            behind_proxy: true,
            ..Config::default()
        };
        let client = Client::with(&help.stage.record, config);
        let reply = post_from(&client, "/api/v1/aid/requests", &body.to_string(), &from).await;
        assert_eq!(reply.refused(), (status, code.to_owned()), "{body}");
    }
    // the statement without what it names
    let bare = client
        .submit(good["statement"].as_str().unwrap().as_bytes().to_vec())
        .await;
    assert_eq!(bare.refused(), (422, "aid-content-not-held".to_owned()));
    let large = vec![b'x'; server::limits::MAX_ASK_BYTES + 1];
    let reply = post_from(
        &client,
        "/api/v1/aid/requests",
        &String::from_utf8(large).unwrap(),
        "192.0.2.9",
    )
    .await;
    assert_eq!(reply.refused(), (413, "aid-too-large".to_owned()));
    assert_eq!(help.stage.record.aid().kept().unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_one_source_and_of_all_is_told_to_keep_the_file() {
    let help = Help::new();
    let config = Config {
        behind_proxy: true,
        client_asks: Rate::new(2, 1),
        all_asks: Rate::new(4, 1),
        client_reads: Rate::new(20, 1),
        ..Config::default()
    };
    let client = Client::with(&help.stage.record, config);
    let ask_from = |from: &'static str| {
        let client = client.clone();
        async move { post_from(&client, "/api/v1/aid/requests", "{}", from).await }
    };
    for _ in 0..2 {
        assert_eq!(ask_from("192.0.2.1").await.status, 400);
    }
    let flooded = ask_from("192.0.2.1").await;
    assert_eq!(flooded.refused(), (429, "rate-limited".to_owned()));
    let wait: u64 = flooded.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(
        flooded.json()["hint"]
            .as_str()
            .unwrap()
            .contains("offline file")
    );
    // another source is not shut out by it, until all together are too many
    for _ in 0..2 {
        assert_eq!(ask_from("192.0.2.2").await.status, 400);
    }
    assert_eq!(ask_from("192.0.2.3").await.status, 429);
    // reading elsewhere, up to its limit, takes nothing from whoever asks
    while client.get("/style.css").await.status != 429 {}
    for path in [
        "/aid",
        "/fr/aid/status",
        "/api/v1/aid",
        "/assets/aid-request.mjs",
        "/assets/texts.mjs",
    ] {
        assert_eq!(client.get(path).await.status, 200, "{path}");
    }
    // and asking takes nothing from reading and saying
    assert_eq!(client.get("/aid").await.status, 200);
    let said = client.submit(b"{}".to_vec()).await;
    assert_eq!(said.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_say_unit_rule_and_what_is_not_known() {
    let help = Help::new();
    let client = Client::of(&help.stage.record);
    let asked = ask(&client, &help.request(SEALED)).await;
    let id: StatementId = asked.json()["data"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let figure = |figures: &Value, name: &str| {
        let all = figures["figures"].as_array().unwrap();
        let found = all.iter().find(|f| f["name"] == name).unwrap();
        assert!(found["unit"].is_string() && found["rule"].is_string());
        [&found["count"], &found["unknown"], &found["of"]].map(|n| n.as_u64().unwrap())
    };
    let figures = client.data("/api/v1/aid/figures").await;
    assert_eq!(figure(&figures, "received"), [1, 0, 1]);
    assert_eq!(figure(&figures, "unassisted-overdue"), [0, 0, 1]);
    let later = help
        .stage
        .record
        .state()
        .global
        .time
        .unwrap()
        .plus_seconds(2 * 3_600 + 1);
    help.stage.record.set_time(later).unwrap();
    help.step(later, id, "acknowledged", "read-by-person");
    let page = client.get("/aid/figures").await;
    let row = "<tr id=\"acknowledged-late\"><th scope=\"row\">Read too late</th><td>1</td>";
    assert!(page.text().contains(row), "{}", page.text());
    let figures = client.data("/api/v1/aid/figures").await;
    assert_eq!(figure(&figures, "acknowledged-late"), [1, 0, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_run_our_own_scripts_alone_and_a_record_without_a_desk_says_so() {
    let bare = Stage::founded();
    let none = Client::of(&bare.record);
    assert_eq!(none.get("/api/v1/aid").await.status, 404);
    assert!(
        none.get("/aid")
            .await
            .text()
            .contains("has no desk that helps")
    );
    let help = Help::new();
    let client = Client::of(&help.stage.record);
    for path in [
        "/aid",
        "/fr/aid",
        "/ar/aid",
        "/aid/status",
        "/ar/aid/status",
    ] {
        let page = client.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("script-src 'self'") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
        let inline = page.text().matches("<script").count();
        let ours = page
            .text()
            .matches("<script type=\"module\" src=\"/assets/aid-")
            .count();
        let words = page
            .text()
            .matches("<script type=\"application/json\"")
            .count();
        assert_eq!((inline, ours, words), (2, 1, 1), "{path}");
        assert!(
            page.text().contains("solferino aid "),
            "{path}: nothing to do without a script"
        );
    }
    for path in ["/aid/desk", "/aid/figures"] {
        assert!(!client.get(path).await.text().contains("<script"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_shows_the_same_counts_as_of_its_checkpoint() {
    let bare = Client::of(&Stage::founded().record);
    assert!(!bare.get("/").await.text().contains("id=\"desk-counts\""));
    let help = Help::new();
    let client = Client::unlimited(&help.stage.record);
    let asked = ask(&client, &help.request(SEALED)).await;
    assert_eq!(asked.status, StatusCode::CREATED);
    let row = |count: u64| {
        format!(
            "<tr id=\"desk-unacknowledged-overdue\"><th scope=\"row\">Not read yet, and overdue</th><td>{count}</td>"
        )
    };
    let at = |path: &'static str| {
        let client = client.clone();
        async move { client.get(path).await.text().to_owned() }
    };
    assert!(at("/").await.contains(&row(0)));
    let later = help
        .stage
        .record
        .state()
        .global
        .time
        .unwrap()
        .plus_seconds(7_201);
    help.stage.record.set_time(later).unwrap();
    // The next entry of the record carries the time that the counts are of.
    let mut desk = DiskDesk(help.stage.record.clone());
    let mut p = Procedure::new(&help.stage.cast, &mut desk, later);
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar).unwrap();
    let body = json!({"sectors": ["health"], "advisory_sha256": tlog::sha256(b"a")});
    p.say(&registrar.key, Kind::Warn, None, body).unwrap();
    for path in ["/", "/fr/", "/ar/"] {
        assert!(
            at(path)
                .await
                .contains("id=\"desk-unacknowledged-overdue\""),
            "{path}"
        );
    }
    assert!(at("/").await.contains(&row(1)));
    let figures = client.data("/api/v1/aid/figures").await;
    let count = |name: &str| {
        figures["figures"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["name"] == name)
            .unwrap()["count"]
            .clone()
    };
    assert_eq!(
        (count("unacknowledged-overdue"), count("open")),
        (json!(1), json!(1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn harm_is_shown_once_it_is_counted_and_never_of_one_request() {
    let help = Help::new();
    let client = Client::unlimited(&help.stage.record);
    assert!(client.data("/api/v1/aid/figures").await["harm"].is_null());
    let start = help.stage.record.state().global.time.unwrap();
    for n in 0..6 {
        let mut desk = DiskDesk(help.stage.record.clone());
        let key = help
            .stage
            .cast
            .key(&format!("requester harmed-{n}"))
            .unwrap();
        let mut p = Procedure::new(&help.stage.cast, &mut desk, start);
        let sealed = |what: &str| format!("{what} {n}").into_bytes();
        let mut body = rehearsal::aid::request(&[], None);
        body["items"] = item(&sealed("story"));
        body["consent"]["publish_anonymised"] = json!(true);
        let entry = p.sign(&key, Kind::AidRequest, None, body).unwrap().entry;
        let asked = help
            .stage
            .record
            .submit_with_items_blocking(entry, vec![sealed("story")])
            .unwrap()
            .id;
        let body = json!({"request": asked, "kind": "harm", "items": item(&sealed("harm"))});
        let entry = p.sign(&key, Kind::AidItem, None, body).unwrap().entry;
        help.stage
            .record
            .submit_with_items_blocking(entry, vec![sealed("harm")])
            .unwrap();
        for (to, reason) in [
            ("acknowledged", "read-by-person"),
            ("vetting", "checks"),
            ("accepted", "verified"),
        ] {
            help.step(start, asked, to, reason);
        }
    }
    let until = start.plus_seconds(3_600);
    help.stage.record.set_time(until).unwrap();
    let listed = client
        .data(&format!(
            "/api/v1/aid/requests?harm_from={start}&harm_until={until}"
        ))
        .await;
    assert_eq!(listed["total"]["count"], json!(6));
    assert!(listed["rows"][0]["items"][1]["told"].is_string());
    let officer = rehearsal::aid::officer(&help.stage.cast).unwrap();
    let mut desk = DiskDesk(help.stage.record.clone());
    let mut p = Procedure::new(&help.stage.cast, &mut desk, until);
    let rows = json!([{"kind": "service-lost", "unit": "hours", "known": 1200, "records_known": 5, "records_unknown": 1, "told_only": 2}]);
    let body = json!({"from": start, "until": until, "inputs": tlog::sha256(b"i"), "records": 6, "rows": rows, "withheld": 3});
    p.say(&officer, Kind::AidHarm, None, body).unwrap();
    let harm = client.data("/api/v1/aid/figures").await["harm"].take();
    assert_eq!(
        (
            &harm["records"],
            &harm["withheld"],
            &harm["rows"][0]["known"]
        ),
        (&json!(6), &json!(3), &json!(1200))
    );
    let page = client.get("/aid/figures").await;
    assert!(
        page.text()
            .contains("<td>at least 1200</td><td>hours</td><td>6</td><td>1</td><td>2</td>"),
        "{}",
        page.text()
    );
}
