//! The independence index over HTTP: what anyone computes, in the API and in plain words.

use record::kind::Kind;
use rehearsal::SELECTION_RULE;
use serde_json::json;

use crate::client::Client;
use crate::desk::{Stage, played};

const DAY_S: i64 = 86_400;

#[tokio::test(flavor = "multi_thread")]
async fn the_api_gives_what_anyone_computes() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let data = client.data("/api/v1/independence").await;
    let computed = record::independence::index(&played.stage.record.state());
    assert_eq!(data["index"], serde_json::to_value(&computed).unwrap());
    assert_eq!(data["cases"]["count"], 1);
    assert_eq!(data["cases"]["unit"], "case");
    let unknown = &data["index"]["victim"]["rows"][7];
    assert_eq!(
        (&unknown["place"], &unknown["cases"]),
        (&json!("unknown"), &json!(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_linked_and_says_what_each_figure_is() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let register = client.get("/").await;
    assert!(register.text().contains("href=\"/independence\""));
    let page = client.get("/independence").await;
    assert_eq!(page.status, 200, "{}", page.text());
    for words in [
        "How independent is this body?",
        "By region of the accused",
        "By region of the victim",
        "95 % range (Wilson)",
        "<th scope=\"row\">Unknown</th>",
        "Counted if it",
        "Nothing is booked",
        "without an answer: 0 of 0 complaints",
        "South-East Asia",
    ] {
        assert!(page.text().contains(words), "the page lacks {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_the_selection_rule_is_there_for_anyone() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let hash = tlog::sha256(SELECTION_RULE);
    let text = client.get(&format!("/api/v1/exhibits/{hash}")).await;
    assert_eq!(text.status, 200);
    assert_eq!(text.body, SELECTION_RULE);
    let page = client.get("/independence").await;
    let link = format!("href=\"/api/v1/exhibits/{hash}\"");
    assert!(page.text().contains(&link));
    let other = tlog::sha256(b"no rule of this record");
    let none = client.get(&format!("/api/v1/exhibits/{other}")).await;
    assert_eq!(none.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_complaint_shows_in_the_api_and_on_the_page() {
    let mut stage = Stage::founded();
    let (_, report) = stage.report("first");
    let about = stage.admit(report);
    let stranger = stage.cast.key("stranger").unwrap();
    let text = tlog::sha256(b"nobody answered me");
    let body = json!({"about": "selection", "statement": about, "text_sha256": text});
    let entry = stage.signed(&stranger, Kind::Complaint, None, body).entry;
    let complaint = stage.admit(entry);
    stage.time = stage.time.plus_seconds(30 * DAY_S + 1);
    stage.record.set_time(stage.time).unwrap();
    let (_, later) = stage.report("second");
    stage.admit(later);
    let client = Client::of(&stage.record);
    let data = client.data("/api/v1/independence").await;
    assert_eq!(data["overdue_complaints"]["count"], 1);
    let listed = &data["index"]["complaints"]["overdue"][0];
    assert_eq!(listed["complaint"], json!(complaint));
    let page = client.get("/independence").await;
    assert!(page.text().contains("without an answer: 1 of 1 complaints"));
    assert!(page.text().contains(&complaint.to_string()));
}
