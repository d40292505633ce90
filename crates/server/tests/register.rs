//! The register: chosen by tags and words, paged by key, the last moved first; and the feed.

use crate::client::Client;
use crate::desk::{Stage, played};

fn cases(page: &str) -> Vec<&str> {
    let links = page.split("<h3><a href=\"").skip(1);
    links
        .map(|l| l.split('"').next().unwrap().rsplit('/').next().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_found_by_its_words_and_by_each_tag_and_by_nothing_else() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let case = played.case.as_str();
    let id = played.findings.last().unwrap();
    let view = client.data(&format!("/api/v1/findings/{id}")).await;
    let standard = view["finding"]["standard"].as_str().unwrap();
    let all = format!("?q=&sector=entertainment&accused=&norm=&year=2014&standard={standard}");
    let by_standard = format!("?standard={standard}");
    let other = if standard == "S1" {
        "?standard=S2"
    } else {
        "?standard=S1"
    };
    for found in [
        all.as_str(),
        by_standard.as_str(),
        "?q=sony",
        "?q=SONY+dprk",
        "?q=dpr",
        "?sector=entertainment",
        "?year=2014",
    ] {
        for base in ["", "/fr", "/ar"] {
            let page = client.get(&format!("{base}/{found}")).await;
            assert_eq!(page.status, 200, "{found}: {}", page.text());
            assert_eq!(cases(page.text()), [case], "{base}/{found}");
        }
    }
    for nothing in [
        "?q=sony+fancybear-nothing",
        "?q=%22%2A%22",
        "?sector=health",
        "?year=2013",
        other,
        "?accused=RU",
        "?norm=GGE15.f",
        "?q=sony&sector=health",
        "?q=tags",
        "?q=s656e7465727461696e6d656e74",
    ] {
        let page = client.get(&format!("/{nothing}")).await;
        assert_eq!(page.status, 200, "{nothing}");
        assert!(cases(page.text()).is_empty(), "{nothing}");
        assert!(page.text().contains("No case meets this."), "{nothing}");
    }
    let long = format!("/?sector={}", "x".repeat(65));
    assert_eq!(client.get(&long).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_says_where_it_stands_and_its_days_and_stands_on_the_line_of_time() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let page = client.get("/").await;
    let page = page.text();
    for words in [
        "Where it stands: A finding has been published",
        "<li>Incident: 24 November 2014</li>",
        "<li>Opened: <time datetime=\"2014-12-28T",
        "<li>Finding: <time datetime=\"20",
        " findings in all</p>",
        "id=\"cases-drawn\"",
        "Ring: the incident. Dot: the case was opened. Square: a finding was published.",
    ] {
        assert!(page.contains(words), "the register lacks {words}");
    }
    let drawing = page.split("id=\"cases-drawn\"").nth(1).unwrap();
    let drawing = drawing.split("</svg>").next().unwrap();
    assert_eq!(drawing.matches("class=\"event ring\"").count(), 1);
    assert_eq!(drawing.matches("<circle class=\"event\"").count(), 1);
    let squares = drawing.matches("<rect class=\"event\"").count();
    assert_eq!(squares, played.findings.len());
    // A choice that is set stands open; without one it is folded on a phone.
    let folded = "<details class=\"unfolded\">\n<summary>Choose by";
    assert!(page.contains(folded));
    let chosen = client.get("/?year=2014").await;
    assert!(
        chosen
            .text()
            .contains("<details class=\"unfolded\" open>\n<summary>Choose by")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_a_claim_speaks_of_is_found_by_code_and_by_its_names() {
    let mut stage = Stage::founded();
    let script = rehearsal::corpus::claims().unwrap().swap_remove(0);
    stage.play(&script, 0);
    let client = Client::of(&stage.record);
    let case = script.id.as_str();
    for found in [
        "?accused=KP",
        "?q=North+Korea",
        "?q=Cor%C3%A9e+du+Nord",
        "?q=coree",
        "?q=%D9%83%D9%88%D8%B1%D9%8A%D8%A7",
        "?q=early-press",
        "?accused=KP&q=korea",
    ] {
        let page = client.get(&format!("/fr/{found}")).await;
        assert_eq!(cases(page.text()), [case], "{found}");
    }
    for nothing in ["?accused=RU", "?q=ruritania", "?accused=KP&q=ruritania"] {
        let page = client.get(&format!("/{nothing}")).await;
        assert!(cases(page.text()).is_empty(), "{nothing}");
    }
    // The check of a claim that names nobody puts no likelihood beside the name.
    let page = client.get("/").await;
    assert!(!page.text().contains("Likelihood of the leading state:"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_cases_follow_each_other_without_gap_or_overlap() {
    use record::ids::{CaseId, StatementId};
    use record::kind::Kind;
    use serde_json::json;
    let stage = Stage::founded();
    let registrar = stage
        .cast
        .with_role(rehearsal::SeatSpecRole::Registrar)
        .next()
        .unwrap();
    let rule = stage
        .record
        .state()
        .global
        .charter
        .as_ref()
        .unwrap()
        .selection_rule_sha256;
    let all = 2 * server::limits::REGISTER_ROWS + 3;
    for n in 0..all {
        let (_, report) = stage.report(&format!("victim-{n}"));
        let id = StatementId::of_entry(&report);
        stage.admit(report);
        let body =
            json!({"reports": [id], "question": {"kind": "who"}, "selection_rule_sha256": rule});
        let case: CaseId = format!("case-{n:03}").parse().unwrap();
        stage.admit(
            stage
                .signed(&registrar.key, Kind::CaseOpen, Some(&case), body)
                .entry,
        );
    }
    let client = Client::of(&stage.record);
    for start in ["/ar/", "/fr/?q=case", "/?sector=health&q="] {
        let (mut seen, mut next, mut pages) = (Vec::new(), Some(start.to_owned()), 0);
        while let Some(path) = next {
            let page = client.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            seen.extend(cases(page.text()).into_iter().map(str::to_owned));
            let link = page
                .text()
                .split("\" rel=\"next\"")
                .next()
                .filter(|p| p.len() < page.text().len());
            next = link
                .and_then(|p| p.rsplit("href=\"").next())
                .map(|l| l.replace("&#38;", "&"));
            pages += 1;
        }
        let wanted: Vec<_> = (0..all).rev().map(|n| format!("case-{n:03}")).collect();
        assert_eq!(seen, wanted, "{start}");
        assert_eq!(pages, 3, "{start}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_asked_again_and_answered_with_nothing_while_it_holds() {
    use axum::body::Body;
    use axum::http::Request;
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    let first = client.get("/fr/").await;
    let etag = first.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", tlog::sha256(&first.body)));
    let again = |etag: &str| {
        Request::get("/fr/")
            .header("if-none-match", etag)
            .body(Body::empty())
            .unwrap()
    };
    let same = client.send(again(&etag)).await;
    assert_eq!((same.status.as_u16(), same.body.len()), (304, 0));
    assert_eq!(client.send(again("\"other\"")).await.status, 200);
    // A page made after the record moved is another one.
    let log = client.get("/log").await;
    let (_, entry) = stage.report("someone");
    stage.admit(entry);
    assert_ne!(client.get("/log").await.body, log.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_has_every_finding_the_last_first() {
    let played = played();
    let client = Client::of(&played.stage.record);
    for (base, lang) in [("", "en"), ("/fr", "fr"), ("/ar", "ar")] {
        let feed = client.get(&format!("{base}/feed.atom")).await;
        assert_eq!(
            feed.header("content-type"),
            "application/atom+xml; charset=utf-8"
        );
        let text = feed.text();
        assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\""));
        assert!(text.contains(&format!("xml:lang=\"{lang}\"")));
        let places: Vec<_> = played
            .findings
            .iter()
            .map(|id| text.find(&format!("{base}/findings/{id}\"")).unwrap())
            .collect();
        assert!(places.is_sorted_by(|a, b| a > b), "{places:?}");
        assert_eq!(text.matches("<entry>").count(), played.findings.len());
        for element in ["<id>tag:record.example,", "<updated>20", "<author><name>"] {
            assert!(text.contains(element), "{element}");
        }
    }
}

/// Largest page without the verifier, in bytes.
const MAX_PAGE_BYTES: usize = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_larger_than_a_slow_link_bears() {
    let mut stage = Stage::with_norms();
    let scripts = rehearsal::corpus::cases().unwrap();
    let script = scripts.iter().max_by_key(|s| s.items.len()).unwrap();
    for n in 0..script.stages.len() {
        stage.play(script, n);
    }
    let addresses = server::site::addresses_of(&stage.record).await.unwrap();
    let client = Client::unlimited(&stage.record);
    let mut sizes = Vec::new();
    for address in addresses {
        let reply = client.get(&address).await;
        if reply.header("content-type").starts_with("text/html") {
            sizes.push((reply.body.len(), address));
        }
    }
    sizes.sort();
    let large: Vec<_> = sizes
        .iter()
        .filter(|(size, _)| *size >= MAX_PAGE_BYTES)
        .collect();
    assert!(large.is_empty(), "{large:?}");
    assert!(sizes.len() > 800, "only {} pages", sizes.len());
}
