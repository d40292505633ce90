//! Imported datasets: shown as claims by others, paged by key, never more than that.

use incidents::{Base, CodedDate, Incident, Initiator, Responses, Source, Start};
use serde_json::{Value, json};
use store::datasets::{Kept, keep};

use crate::client::Client;
use crate::desk::Stage;

fn base(incidents: usize) -> Base {
    let incident = |n: usize| Incident {
        id: format!("i{n}"),
        start: Some(Start {
            day: format!("20{:02}-03-04", n % 20),
            maybe_year_only: false,
        }),
        types: vec!["Disruption".to_owned()],
        intensity_milli: None,
        initiators: vec![Initiator {
            country: (!n.is_multiple_of(5)).then(|| "Ruritania".to_owned()),
            category: Some("State".to_owned()),
            name: None,
        }],
        receivers: vec![format!("Land {n} <b>")],
        responses: Responses {
            political: false,
            legal: false,
            any: false,
        },
        lags: vec![],
    };
    Base {
        format: incidents::BASE_FORMAT.to_owned(),
        source: Source {
            publisher: "eurepoc".to_owned(),
            title: "Somebody's dataset".to_owned(),
            home: "dataset.example".to_owned(),
            published: Some("2023-12".parse::<CodedDate>().unwrap()),
            licence: Some("as the publisher says".to_owned()),
        },
        incidents: (0..incidents).map(incident).collect(),
        ..Base::default()
    }
}

fn import(stage: &Stage, base: &Base) -> Kept {
    keep(stage.record.dir(), "eurepoc", &base.write().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn incidents_are_paged_without_gap_or_overlap_and_named_as_claims() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    assert_eq!(client.get("/api/v1/incidents").await.status, 404);
    assert!(
        client
            .get("/incidents")
            .await
            .text()
            .contains("No dataset was imported")
    );
    assert_eq!(import(&stage, &base(45)), Kept::New);
    assert_eq!(import(&stage, &base(45)), Kept::Same);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let view = client
            .data(&format!("/api/v1/incidents?limit=7{after}"))
            .await;
        assert_eq!(view["dataset"]["claims"], "claims by others, not findings");
        assert_eq!(
            view["dataset"]["source"]["licence"],
            "as the publisher says"
        );
        assert_eq!(view["incidents"]["total"]["count"], 45);
        let rows = view["incidents"]["rows"].as_array().unwrap();
        seen.extend(rows.iter().map(|r| r["id"].as_str().unwrap().to_owned()));
        let Some(next) = view["incidents"]["next"].as_str() else {
            break;
        };
        after = format!("&after={next}");
    }
    let wanted: Vec<String> = (0..45).map(|n| format!("i{n}")).collect();
    assert_eq!(seen, wanted);
    let one = client.data("/api/v1/incidents/eurepoc/i7").await;
    assert_eq!(one["incident"]["id"], "i7");
    for (path, status) in [
        ("/api/v1/incidents?after=none", 400),
        ("/api/v1/incidents?limit=0", 400),
        ("/api/v1/incidents?limit=201", 400),
        ("/api/v1/incidents?year=soon", 400),
        ("/api/v1/incidents?color=red", 400),
        ("/api/v1/incidents?dataset=../record", 404),
        ("/api/v1/incidents/eurepoc/none", 404),
        ("/api/v1/stats/none", 404),
    ] {
        assert_eq!(client.get(path).await.status, status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_questions_answer_with_unit_rule_and_unknown_and_follow_a_new_edition() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    import(&stage, &base(45));
    let pairs = "/api/v1/stats/who-attacked-whom";
    let view = client.data(&format!("{pairs}?limit=5")).await;
    assert!(view["unit"].as_str().unwrap().contains("incident"));
    assert!(!view["rule"].as_str().unwrap().is_empty());
    assert_eq!((&view["of"], &view["unknown"]), (&json!(45), &json!(9)));
    assert_eq!(view["lines"]["total"]["count"], 36);
    let next = view["lines"]["next"]
        .as_str()
        .unwrap()
        .replace(' ', "%20")
        .replace('<', "%3C");
    let next = next.replace('>', "%3E").replace('\u{2192}', "%E2%86%92");
    let second = client.data(&format!("{pairs}?limit=5&after={next}")).await;
    assert_ne!(second["lines"]["rows"][0], view["lines"]["rows"][0]);
    let year = client.data("/api/v1/stats/responses?year=2003").await;
    assert_eq!(
        (&year["of"], &year["dataset"]["selection"]["of"]),
        (&json!(3), &json!(45))
    );
    let by = client
        .data("/api/v1/stats/responses?initiator=ruritania")
        .await;
    assert_eq!(by["dataset"]["selection"]["unknown"], 9);
    assert_eq!(import(&stage, &base(50)), Kept::Replaced);
    let view = client.data("/api/v1/stats/responses").await;
    assert_eq!(view["of"], 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_what_it_is_and_nothing_enters_the_log() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let (size, checkpoint) = (stage.record.size(), stage.record.checkpoint());
    import(&stage, &base(30));
    let page = client
        .get("/incidents?dataset=eurepoc&year=&initiator=&receiver=&sector=")
        .await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    for words in [
        "Claims by others, not findings.",
        "Somebody&#39;s dataset",
        "2023-12",
        "as the publisher says",
        "incidents: 30; victim effects: 0",
        "Unit: <bdi>state-linked incident",
        "Land 1 &#60;b&#62;",
    ] {
        assert!(text.contains(words), "the page lacks {words}");
    }
    assert!(!text.contains("<script") && !text.contains("<b>"));
    let findings: Value = client.data("/api/v1/findings").await;
    assert!(findings.to_string().contains("\"count\":0"), "{findings}");
    assert_eq!(
        (stage.record.size(), stage.record.checkpoint()),
        (size, checkpoint)
    );
    let dir = stage.record.dir().to_path_buf();
    let audit = tokio::task::spawn_blocking(move || store::audit(&dir, None, |_, _| {}).report);
    let report = audit.await.unwrap();
    assert!(report.failure().is_none(), "{:?}", report.failure());
}

/// A file somebody spoilt is no base: the server says so and shows nothing of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_broken_dataset_shows_nothing() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    keep(stage.record.dir(), "eurepoc", b"{\"format\":\"x\"").unwrap();
    let reply = client.get("/api/v1/incidents").await;
    assert_eq!(reply.refused(), (500, "internal".to_owned()));
    assert!(keep(stage.record.dir(), "../log", b"{}").is_err());
    assert!(keep(std::path::Path::new("/nonexistent"), "eurepoc", b"{}").is_err());
}
