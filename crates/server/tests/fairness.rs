//! Fair to whom a finding names and to whom it does not, wherever it is shown or shared; and no link
//! that leads to another host.

use std::sync::OnceLock;

use record::ids::StatementId;
use rehearsal::corpus;
use serde_json::Value;

use crate::client::Client;
use crate::desk::Stage;

const LANGUAGES: [&str; 3] = ["", "/fr", "/ar"];

/// A record with a case that names a unit, superseded once, and one that names nobody.
struct Shown {
    stage: Stage,
    unit: Vec<StatementId>,
    nobody: Vec<StatementId>,
}

fn shown() -> &'static Shown {
    static SHOWN: OnceLock<Shown> = OnceLock::new();
    SHOWN.get_or_init(|| {
        let mut stage = Stage::founded();
        let mut play = |id: &str| {
            let script = corpus::cases().unwrap().into_iter();
            let script = script.into_iter().find(|s| s.id.as_str() == id).unwrap();
            let stages = 0..script.stages.len();
            stages.map(|n| stage.play(&script, n)).collect::<Vec<_>>()
        };
        let unit = play("solarwinds-2020");
        let nobody = play("sony-2014");
        Shown {
            stage,
            unit,
            nobody,
        }
    })
}

/// A figure in [0, 1] as English pages write it.
fn percent(p: &Value) -> String {
    format!("{:.1}", p.as_f64().unwrap() * 100.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_named_has_a_figure_of_its_own_on_page_and_card() {
    let shown = shown();
    let client = Client::unlimited(&shown.stage.record);
    let id = shown.unit.last().unwrap();
    let json = client.get(&format!("/findings/{id}.json")).await.json();
    let named = json.pointer("/data/finding/named").unwrap();
    let (state, actor) = (&named["state"], &named["actor"]);
    assert!(actor.is_string(), "this case names a unit: {named}");
    let evaluation = json.pointer("/data/result/evaluation").unwrap();
    let row = |list: &str, key: &str, name: &Value| {
        let rows = evaluation[list].as_array().unwrap();
        rows.iter().find(|r| &r[key] == name).unwrap().clone()
    };
    let figures = [row("states", "state", state), row("actors", "actor", actor)];
    let page = client.get(&format!("/findings/{id}")).await;
    let card = client.get(&format!("/findings/{id}.svg")).await;
    for said in figures {
        for figure in ["p", "p5", "p95"].map(|key| percent(&said[key])) {
            assert!(page.text().contains(&figure), "page lacks {figure}");
            assert!(card.text().contains(&figure), "card lacks {figure}");
        }
    }
    // Each figure of the card stands on a line with its own name.
    for line in card.text().split("<text").filter(|l| l.contains('%')) {
        let of_unit = line.contains(&format!(">{}:", actor.as_str().unwrap()));
        let p = percent(&row("actors", "actor", actor)["p"]);
        assert_eq!(of_unit, line.contains(&p), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_that_fell_is_shared_as_one_that_fell() {
    let shown = shown();
    let client = Client::unlimited(&shown.stage.record);
    let (old, new) = (&shown.unit[0], shown.unit.last().unwrap());
    assert_ne!(old, new, "the case has a finding that was superseded");
    let words = ["superseded", "remplacée", "حلّ محل"];
    for (base, word) in LANGUAGES.into_iter().zip(words) {
        for (id, fell) in [(old, true), (new, false)] {
            let card = client.get(&format!("{base}/findings/{id}.svg")).await;
            assert_eq!(card.status, 200, "{}", card.text());
            let page = client.get(&format!("{base}/findings/{id}")).await;
            let shared = page.text().lines();
            let shared = shared.into_iter().find(|l| l.contains("og:description"));
            for text in [card.text(), shared.unwrap()] {
                assert_eq!(text.contains(word), fell, "{base}: {text}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_is_named_every_table_of_states_says_that_nobody_is_accused() {
    let shown = shown();
    let client = Client::unlimited(&shown.stage.record);
    let words = [
        "accuses nobody",
        "n’accuse personne",
        "لا يتهم هذا الاستنتاج أحداً",
    ];
    for (base, word) in LANGUAGES.into_iter().zip(words) {
        let id = shown.nobody.last().unwrap();
        let page = client.get(&format!("{base}/findings/{id}")).await;
        let page = page.text();
        let part = |from: &str, to: &str| {
            let rest = page.split_once(&format!("id=\"{from}\"")).unwrap().1;
            rest.split_once(&format!("id=\"{to}\"")).unwrap().0
        };
        assert!(part("states", "states-drawn").contains(word), "{base}");
        assert!(part("states-drawn", "matrix").matches(word).count() >= 2);
        assert!(part("matrix", "items").matches(word).count() >= 2, "{base}");
        let card = client.get(&format!("{base}/findings/{id}.svg")).await;
        assert!(!card.text().contains('%'), "no figure without its subject");
        let named = shown.unit.last().unwrap();
        let page = client.get(&format!("{base}/findings/{named}")).await;
        assert!(!page.text().contains(word));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_makes_a_page_link_to_another_host() {
    let client = Client::unlimited(&shown().stage.record);
    let hosts = [
        "//evil.example/x",
        "/fr//evil.example/x",
        "/\\evil.example/x",
    ];
    for address in hosts.into_iter().chain(["/ar///evil.example", "//"]) {
        let page = client.get(address).await;
        let links = page.text().split("href=\"").skip(1);
        for link in links {
            assert!(
                !link.starts_with("//") && !link.starts_with("/\\"),
                "{address}"
            );
        }
    }
    for base in ["/fr", "/ar"] {
        let short = client.get(base).await;
        assert_eq!(short.status, 308);
        assert_eq!(short.header("location"), format!("{base}/"));
    }
}
