//! Reading the record through the API; every answer is held against the description on the way.

use record::bundle::{Bundle, verify};
use serde_json::{Value, json};

use crate::client::Client;
use crate::desk::{Stage, played};

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_statements_follow_each_other_without_gap_or_overlap() {
    let stage = &played().stage;
    let client = Client::of(&stage.record);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = client
            .data(&format!("/api/v1/statements?limit=7{after}"))
            .await;
        let rows = page["rows"].as_array().unwrap();
        assert!(rows.len() <= 7);
        seen.extend(rows.iter().map(|row| row["index"].as_u64().unwrap()));
        assert_eq!(page["total"]["count"], stage.record.size());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        after = format!("&after={next}");
    }
    assert_eq!(seen, (0..stage.record.size()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_found_by_its_prefix_and_is_what_the_log_holds() {
    let stage = &played().stage;
    let client = Client::of(&stage.record);
    let page = client.data("/api/v1/statements?limit=200").await;
    for row in page["rows"].as_array().unwrap() {
        let (id, index) = (row["id"].as_str().unwrap(), row["index"].as_u64().unwrap());
        let shown = client
            .data(&format!("/api/v1/statements/{}", &id[..16]))
            .await;
        assert_eq!(
            (&shown["id"], &shown["index"], &shown["type"]),
            (&row["id"], &row["index"], &row["type"])
        );
        use base64::Engine as _;
        let envelope =
            base64::engine::general_purpose::STANDARD.decode(shown["envelope"].as_str().unwrap());
        assert_eq!(envelope.unwrap(), stage.record.entry(index).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_lists_its_own_statements_only() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let view = client.data(&format!("/api/v1/cases/{}", played.case)).await;
    let page = client
        .data(&format!(
            "/api/v1/statements?limit=200&case={}",
            played.case
        ))
        .await;
    assert_eq!(page["total"]["count"], view["statements"]["count"]);
    let state = played.stage.record.state();
    let case = &state.cases[&played.case];
    let wanted: Vec<_> = case
        .statements
        .iter()
        .map(|(index, _)| *index)
        .take(200)
        .collect();
    let got: Vec<_> = page["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["index"].as_u64().unwrap())
        .collect();
    assert_eq!(got, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_count_says_unit_rule_and_what_is_unknown() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let cases = client.data("/api/v1/cases").await;
    let attributed = cases["outcomes"].as_array().unwrap().len();
    assert_eq!(attributed, 4);
    for path in ["cases", "statements", "findings", "members", "norms"] {
        let data = client.data(&format!("/api/v1/{path}")).await;
        let mut counts = 0;
        each(&data, &mut |value| {
            if value.get("count").is_some() {
                counts += 1;
                assert!(
                    value["unit"].is_string()
                        && value["rule"].is_string()
                        && value["unknown"].is_u64(),
                    "{path}"
                );
            }
        });
        assert!(counts > 0, "{path}");
    }
}

fn each(value: &Value, look: &mut impl FnMut(&Value)) {
    look(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| each(item, look)),
        Value::Object(map) => map.values().for_each(|item| each(item, look)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_states_likelihood_and_confidence_apart() {
    let played = played();
    let client = Client::of(&played.stage.record);
    for (n, id) in played.findings.iter().enumerate() {
        let view = client.data(&format!("/api/v1/findings/{id}")).await;
        let last = n + 1 == played.findings.len();
        assert_eq!(
            view["finding"]["status"],
            json!(if last { "standing" } else { "superseded" })
        );
        assert_eq!(view["replaced_by"].is_string(), !last);
        let (likelihood, confidence) = (
            view["likelihood"].as_str().unwrap(),
            view["confidence"].as_str().unwrap(),
        );
        assert!(!likelihood.contains("onfidence") && confidence.starts_with("Analytic confidence"));
        let result: record::derive::Replayed =
            serde_json::from_value(view["result"].clone()).unwrap();
        assert_eq!(json!(result.sha256()), view["proposal"]["result_sha256"]);
        let counted = view["votes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|v| v["counted"] == true)
            .count();
        assert_eq!(view["votes_to_publish"]["count"], counted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_verifies_against_the_trust_file_with_and_without_exhibits() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let trust = record::trust::TrustFile::parse(client.get("/trust").await.text()).unwrap();
    let id = played.findings.last().unwrap();
    let mut carried = Vec::new();
    for query in ["", "?exhibits=true"] {
        let reply = client
            .get(&format!("/api/v1/findings/{id}/bundle{query}"))
            .await;
        assert_eq!(reply.status, 200);
        assert!(reply.header("content-disposition").contains(".bundle"));
        let (verification, bundle): (_, Option<Bundle>) = verify(&reply.body, Some(&trust));
        assert!(verification.holds(), "{:?}", verification.report.failure());
        carried.push(bundle.unwrap().exhibits.len());
    }
    assert_eq!(carried[0], 0);
    assert!(carried[1] > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_body_shows_its_members_rules_norms_and_charter() {
    let stage = &played().stage;
    let client = Client::of(&stage.record);
    let members = client.data("/api/v1/members").await;
    assert_eq!(
        members["members"].as_array().unwrap().len(),
        stage.record.state().global.members.len()
    );
    let rules = client.data("/api/v1/rules").await;
    assert_eq!(
        rules["rules"].as_array().unwrap().len(),
        record::table::TABLE.len()
    );
    assert_eq!(
        rules["codes"].as_array().unwrap().len(),
        record::refusal::Code::ALL.len()
    );
    let charter = client.data("/api/v1/charter").await;
    assert_eq!(
        (&charter["in_force"], &charter["text"]["demonstration"]),
        (&json!(true), &json!(true))
    );
    client.data("/api/v1/norms").await;
    let findings = client.data("/api/v1/findings?limit=1").await;
    assert_eq!(findings["total"]["count"], played().findings.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_finding_a_case_names_nobody_and_gives_nothing_out() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let script = rehearsal::corpus::cases().unwrap().swap_remove(0);
    let mut desk = crate::desk::DiskDesk(stage.record.clone());
    let mut p = rehearsal::Procedure::new(&stage.cast, &mut desk, stage.time);
    p.go_to(script.stages[0].cutoff.start()).unwrap();
    let file = p
        .report(&script.id, "disruption", "health", "2014-01-15", "account")
        .unwrap();
    p.open(&file).unwrap();
    p.analyse(&script, 0).unwrap();
    let view = client.data(&format!("/api/v1/cases/{}", script.id)).await;
    assert!(
        view["case"].get("finding").is_none() && view["findings"].as_array().unwrap().is_empty()
    );
    for exhibit in view["exhibits"].as_array().unwrap() {
        assert_eq!(exhibit["public"], false);
        let hash = exhibit["sha256"].as_str().unwrap();
        assert_eq!(
            client.get(&format!("/api/v1/exhibits/{hash}")).await.status,
            404
        );
    }
    let text = client.get(&format!("/cases/{}", script.id)).await;
    assert!(text.text().contains("Nobody is named"));
}
