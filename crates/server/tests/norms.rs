//! Norms, states and who is bound when: from the record's own statements.

use record::kind::Kind;
use serde_json::{Value, json};

use crate::client::Client;
use crate::desk::Stage;

/// A record in which CH took on the Budapest Convention, with a reservation, and left it; FR took it on as well.
fn stage() -> Stage {
    let stage = Stage::with_norms();
    let registrar = stage
        .cast
        .with_role(rehearsal::SeatSpecRole::Registrar)
        .next()
        .unwrap();
    let say = |kind, mut body: Value| {
        let evidence = stage
            .record
            .vault()
            .put(body.to_string().as_bytes(), 1 << 20)
            .unwrap();
        body["evidence_sha256"] = json!(evidence.sha256);
        stage.admit(stage.signed(&registrar.key, kind, None, body).entry);
    };
    let bud = |state: &str, from: &str| json!({"state": state, "instrument": "BUD", "from": from});
    say(Kind::StateAccede, bud("CH", "2012-01-01"));
    let mut reserve = bud("CH", "2012-01-01");
    reserve["articles"] = json!(["9", "10"]);
    say(Kind::StateReserve, reserve);
    say(Kind::StateWithdraw, bud("CH", "2020-01-01"));
    say(Kind::StateAccede, bud("FR", "2006-05-01"));
    stage
}

fn standing<'a>(state: &'a Value, norm: &str) -> &'a Value {
    let all = state["standing"].as_array().unwrap();
    let with = |s: &&Value| s["norms"].as_array().unwrap().contains(&json!(norm));
    all.iter().find(with).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_says_what_it_accepted_and_when() {
    let stage = stage();
    let client = Client::of(&stage.record);
    for (on, norm, bound) in [
        ("2011-12-31", "BUD.2", "not-then"),
        ("2012-01-01", "BUD.2", "at-the-time"),
        ("2012-01-01", "BUD.9-10", "not-then"),
        ("2020-01-01", "BUD.2", "not-then"),
        ("2016-01-01", "GGE15.f", "at-the-time"),
        ("2015-01-01", "GGE15.f", "not-then"),
    ] {
        let state = client.data(&format!("/api/v1/states/CH?on={on}")).await;
        assert_eq!(standing(&state, norm)["bound"], bound, "{norm} {on}");
    }
    let state = client.data("/api/v1/states/CH?on=2013-01-01").await;
    assert_eq!(state["names"]["fr"], "Suisse");
    assert_eq!(state["statements"].as_array().unwrap().len(), 3);
    let shown = &standing(&state, "BUD.2")["evidence"][0];
    assert_eq!(shown, &state["statements"][0]["evidence"]);
    let page = client.get("/states/CH?on=2013-01-01").await;
    for words in [
        "Suisse",
        "\u{745e}\u{58eb}",
        "not yet checked against the primary text",
        "accession",
        "9, 10",
    ] {
        assert!(page.text().contains(words), "the page lacks {words}");
    }
    // A withdrawn code has no names of its own, and says what came of it.
    let former = client.data("/api/v1/states/SU?on=2013-01-01").await;
    assert_eq!(former["successions"][0]["former"], "SU");
    assert!(
        client
            .get("/states/SU")
            .await
            .text()
            .contains("a withdrawn code")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_norm_counts_who_is_bound_and_who_is_unknown() {
    let stage = stage();
    let client = Client::of(&stage.record);
    let norm = client.data("/api/v1/norms/BUD.2?on=2013-01-01").await;
    let bound: Vec<&str> = norm["bound"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b["state"].as_str().unwrap())
        .collect();
    assert_eq!(bound, ["CH", "FR"]);
    assert_eq!(norm["total"]["count"], 2);
    assert_eq!(norm["total"]["unknown"], 247);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_without_texts_says_so() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    assert_eq!(client.data("/api/v1/norms").await["total"]["count"], 0);
    assert_eq!(client.get("/norms/GGE15.f").await.status, 404);
    let page = client.get("/norms").await;
    assert!(page.text().contains("has registered no norms yet"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_norm_says_who_is_bound_and_what_was_checked() {
    let stage = Stage::with_norms();
    let client = Client::of(&stage.record);
    let norm = client.data("/api/v1/norms/gge15-f?on=2016-01-01").await;
    assert_eq!(norm["total"]["count"], 193);
    assert_eq!(norm["norm"]["norm"], "GGE15.f");
    let none = client.data("/api/v1/norms/MS10.1?on=2020-01-01").await;
    assert_eq!(
        (&none["total"]["count"], &none["of_all"]),
        (&json!(0), &json!("a proposal: binds nobody"))
    );
    let list = client.data("/api/v1/norms").await;
    assert_eq!(list["norms"].as_array().unwrap().len(), 143);
    let unchecked = |r: &&Value| r["basis_note"] == "not yet checked against the primary text";
    let rows = list["norms"].as_array().unwrap();
    assert_eq!(
        list["total"]["unknown"],
        rows.iter().filter(unchecked).count()
    );
    let page = client.get("/norms").await;
    assert!(
        page.text()
            .contains("not yet checked against the primary text")
    );
    for row in rows.iter().step_by(9) {
        let id = row["norm"].as_str().unwrap();
        let page = client.get(&format!("/norms/{id}?on=2020-01-01")).await;
        assert_eq!(page.status, 200, "{id}: {}", page.text());
        let noted = page.text().contains("This row is not yet checked");
        assert_eq!(noted, unchecked(&row), "{id}");
    }
    let states = client.data("/api/v1/states").await;
    assert_eq!(
        (
            &states["total"]["count"],
            states["contact_kinds"].as_array().unwrap().len()
        ),
        (&json!(249), 5)
    );
    for (path, status) in [
        ("/api/v1/norms/NONE.1", 404),
        ("/api/v1/norms/BUD.2?on=2013-02-30", 400),
        ("/api/v1/states/XX", 404),
        ("/api/v1/states/CH?on=yesterday", 400),
        ("/states/XX", 404),
        ("/norms/NONE.1", 404),
    ] {
        assert_eq!(client.get(path).await.status, status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_and_a_norm_list_the_findings_that_speak_of_them() {
    let mut stage = Stage::with_norms();
    let script = rehearsal::corpus::cases().unwrap().remove(0);
    let finding = stage.play(&script, 0).to_string();
    let client = Client::of(&stage.record);
    let norm = client.data("/api/v1/norms/GGE15.f").await;
    assert_eq!(norm["findings"][0]["finding"], finding);
    let page = client.get("/norms/GGE15.f").await;
    assert!(page.text().contains(&finding));
    let case = &client.data(&format!("/api/v1/findings/{finding}")).await;
    let named = case["proposal"]["named"]["state"].as_str();
    for code in ["KP", "CN", "CH"] {
        let state = client.data(&format!("/api/v1/states/{code}")).await;
        let listed = !state["findings"].as_array().unwrap().is_empty();
        assert_eq!(listed, named == Some(code), "{code}");
        let page = client.get(&format!("/states/{code}")).await;
        assert_eq!(page.text().contains(&finding), listed, "{code}");
    }
}
