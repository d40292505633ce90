//! Pages: the banner on each, plain words first, everything escaped, nothing that runs.

use crate::client::Client;
use crate::desk::{Stage, played};

fn paths() -> Vec<String> {
    let played = played();
    let mut paths: Vec<_> = [
        "/",
        "/log",
        "/rules",
        "/independence",
        "/norms",
        "/norms/GGE15.f",
        "/norms/ICRC8.1",
        "/states",
        "/states/CH",
        "/states/SU",
        "/states/XX",
        "/incidents",
        "/nowhere",
        "/cases/none",
        "/cases/BAD",
        "/?after=BAD!",
    ]
    .map(str::to_owned)
    .into();
    paths.push(format!("/cases/{}", played.case));
    paths.extend(played.findings.iter().map(|id| format!("/findings/{id}")));
    paths
}

/// The banner of each language.
const LANGUAGES: [(&str, &str, &str); 3] = [
    (
        "",
        "<html lang=\"en\" dir=\"ltr\">",
        server::DEMONSTRATION_NOTICE,
    ),
    (
        "/fr",
        "<html lang=\"fr\" dir=\"ltr\">",
        "démonstration, jugements illustratifs",
    ),
    (
        "/ar",
        "<html lang=\"ar\" dir=\"rtl\">",
        "عرض توضيحي وأحكام للتمثيل فقط",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_carries_the_banner_and_nothing_that_runs() {
    let client = Client::of(&played().stage.record);
    let paths = paths().into_iter().flat_map(|path| {
        LANGUAGES.map(|(base, html, banner)| (format!("{base}{path}"), html, banner))
    });
    for (path, html, banner) in paths {
        let reply = client.get(&path).await;
        let page = reply.text();
        assert_eq!(
            reply.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert!(page.contains(banner), "{path}");
        assert!(page.contains(html), "{path}");
        assert_eq!(page.matches("<h1>").count(), 1, "{path}");
        for forbidden in [
            "<script",
            "javascript:",
            "style=\"",
            "onclick",
            "http://",
            "https://",
            "<img",
        ] {
            assert!(!page.contains(forbidden), "{path} contains {forbidden}");
        }
        assert_eq!(
            page.matches("<table>").count(),
            page.matches("<caption>").count(),
            "{path}"
        );
        assert!(
            !page.contains("<th>"),
            "{path}: a header cell without a scope"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_says_the_plain_words_first_and_keeps_the_two_sentences_apart() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let id = played.findings.last().unwrap();
    let reply = client.get(&format!("/findings/{id}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let page = reply.text();
    let at = |what: &str| {
        page.find(what)
            .unwrap_or_else(|| panic!("the page lacks {what}"))
    };
    let order = [
        // What a reader on a phone sees first.
        "<p class=\"lead\">On 24 November 2014, ",
        "<p class=\"verdict\">Not known",
        "0 %: surely not",
        "the range it may as well lie in",
        "(probability ",
        "analytic confidence is",
        "Standard of proof: ",
        "This finding stands.",
        "What happened?",
        "To whom?",
        "What harm was done?",
        "Who did it?",
        "How sure is this?",
        "What would change our mind?",
        "Who disagrees?",
        "What does the accused say?",
        "Which rules apply",
        "Likelihood of each state",
        "Items by hypothesis",
        "Weight of each strand",
        "What it would take to forge it</h2>",
        "with one thing left out</caption>",
        "gate by gate</h2>",
        "Exhibits, labels and custody",
        "Sources and where their observations originate",
        "Votes of the round by region",
        "Dissent</h3>",
        "Reply</h3>",
        "solferino verify",
    ];
    assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])));
    assert!(page.contains(&format!("href=\"/findings/{id}.bundle\"")));
    let bundle = client.get(&format!("/findings/{id}.bundle")).await;
    assert_eq!(bundle.status, 200);
    assert_eq!(bundle.header("content-type"), "text/plain; charset=utf-8");
    let json = client.get(&format!("/findings/{id}.json")).await;
    let api = client.get(&format!("/api/v1/findings/{id}")).await;
    assert_eq!(json.body, api.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_wrote_is_escaped() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let page = client
        .get(&format!("/findings/{}", played.findings[0]))
        .await;
    let page = page.text();
    assert!(
        page.contains(
            "<bdi>&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62; &#38; \u{5d0}\u{5d1}[U+202E]</bdi>"
        )
    );
    let reflected = client.get("/cases/%3Cb%3Ex").await;
    assert_eq!(reflected.status, 400);
    assert!(!reflected.text().contains("<b>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_links_cases_and_findings() {
    let played = played();
    let client = Client::of(&played.stage.record);
    let page = client.get("/").await;
    let standing = played.findings.last().unwrap();
    assert!(
        page.text()
            .contains(&format!("href=\"/cases/{}\"", played.case))
    );
    assert!(
        page.text()
            .contains(&format!("href=\"/findings/{standing}\""))
    );
    let case = client.get(&format!("/cases/{}", played.case)).await;
    for id in &played.findings {
        assert!(case.text().contains(&format!("href=\"/findings/{id}\"")));
    }
    let css = client.get("/style.css").await;
    assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
    assert!(!css.text().contains("url("));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_in_earnest_does_not_call_itself_a_demonstration() {
    let stage = Stage::in_earnest();
    let client = Client::of(&stage.record);
    for path in ["/", "/log", "/rules", "/independence", "/nowhere"] {
        let page = client.get(path).await;
        assert!(!page.text().contains("emonstration"), "{path}");
    }
    for path in [
        "cases",
        "statements",
        "findings",
        "members",
        "norms",
        "rules",
        "charter",
        "independence",
    ] {
        let answer = client.get(&format!("/api/v1/{path}")).await.json();
        assert_eq!(
            (&answer["demonstration"], answer.get("notice")),
            (&false.into(), None),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_by_others_is_shown_as_theirs_with_what_was_found_of_it() {
    let mut stage = Stage::founded();
    let script = rehearsal::corpus::claims().unwrap().swap_remove(0);
    let finding = stage.play(&script, 0);
    let client = Client::of(&stage.record);
    let case = client.get(&format!("/cases/{}", script.id)).await;
    let case = case.text();
    assert!(case.contains(
        "Claimed by <bdi>early-press-reports</bdi>: <q>North Korea (KP) is responsible</q>"
    ));
    let page = client.get(&format!("/findings/{finding}")).await;
    let page = page.text();
    for words in [
        "What others claimed, and what was found of it",
        "<td>cannot tell from open evidence</td>",
        "<td>supported</td>",
        "this finding names nobody",
    ] {
        assert!(page.contains(words), "the page lacks {words}");
    }
    assert!(!page.contains("the evidence points most to"));
    let view = client.data(&format!("/api/v1/findings/{finding}")).await;
    assert_eq!(view["finding"]["outcome"], "claim-checked");
    assert_eq!(view["assertions"][0]["claimed_by"], "early-press-reports");
    assert_eq!(view["assertions"][2]["outcome"], "supported");
}
