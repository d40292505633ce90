//! One case with everything in it: public indicators, custody, an objection, a dissent, a reply, an alternative, a withdrawal.

use exchange::stix::pattern::{Edition, Pattern};
use exchange::stix::validate;
use record::bundle;
use record::ids::StatementId;
use record::kind::Kind;
use rehearsal::{CaseScript, Cast, MemoryDesk, Procedure, SeatSpecRole};
use serde_json::{Value, json};
use solferino_publish::{VerifiedBundle, atom, case_uco, lines, stix};

use crate::support::{at, cast, founded, of, relationships, text};

/// Three independent strands that speak for state XA.
fn script() -> CaseScript {
    let strands: Vec<Value> = (1..=4)
        .map(|n| json!({"id": format!("S{n}"), "rho_ppm": 500_000, "c_ppm": 60_000}))
        .collect();
    let kinds = ["malware", "tradecraft", "infrastructure", "judicial"];
    let items: Vec<Value> = kinds
        .iter()
        .zip(1..)
        .map(|(kind, n)| {
            json!({
                "stage": 0, "id": format!("I{n}"), "strand": format!("S{n}"), "kind": kind, "reliability": "A",
                "credibility": 1, "phi_ppm": 200_000, "lr": [{"actor": "ALPHA", "mban": [1500, 2000, 2500]}],
                "upstream": [format!("up-{n}")], "recheckable": true, "what": "An observation",
                "source": {"organisation": format!("org-{n}"), "state": "CH", "bloc": "none"},
                "public_source": "A source", "known": "2014-02-01",
            })
        })
        .collect();
    serde_json::from_value(json!({
        "id": "contested", "title": "A case", "summary": "What happened.", "victim_sector": "health",
        "happened": "2014-01-15", "strands": strands, "items": items,
        "hypotheses": {
            "delta_ppm": 50_000, "relations": [{"state": "XA", "allied": [], "adversary": []}],
            "actors": [
                {"id": "ALPHA", "kind": "state", "state": "XA", "prior_ppm": 200_000},
                {"id": "BETA", "kind": "state", "state": "XB", "prior_ppm": 200_000},
                {"id": "U", "kind": "none-of-these", "prior_ppm": 600_000},
            ],
        },
        "stages": [{"label": "T0", "cutoff": "2014-02-01", "note": "All of it."}],
    }))
    .unwrap()
}

const OBSERVED: &str = r#"{"type":"bundle","id":"bundle--44af6c39-c09b-49c5-9de2-394224b04982","objects":[
{"type":"indicator","spec_version":"2.1","id":"indicator--28bb3599-77cd-4a82-a950-b5bc3caf07c4","created":"2014-01-18T00:00:00.000Z","modified":"2014-01-18T00:00:00.000Z","pattern":"[domain-name:value = 'kit.example' OR file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']","pattern_type":"stix","valid_from":"2014-01-18T00:00:00Z"},
{"type":"file","spec_version":"2.1","id":"file--28bb3599-77cd-5a82-a950-b5bc3caf07c4","name":"it's \\here.exe"}]}"#;
const EVENT: &str = r#"{"Event":{"uuid":"a6ef17d6-91cb-4a05-b10b-2f045daf874c","info":"a","date":"2014-01-18","Attribute":[{"uuid":"91ae0a21-c7ae-4c7f-b84b-b84a7ce53d1f","type":"ip-dst","value":"198.51.100.7"}]}}"#;

/// Declares an exhibit and handles it; gives its hash.
fn exhibit(
    p: &mut Procedure<'_, MemoryDesk>,
    case: &CaseScript,
    content: &str,
    (media_type, tlp): (&str, &str),
) -> tlog::Hash {
    let stored = rehearsal::Desk::store(p.desk, content.as_bytes()).unwrap();
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    let body = json!({
        "sha256": stored.sha256, "ciphertext_sha256": stored.ciphertext_sha256, "size": content.len(),
        "media_type": media_type, "acquired": "2014-01-20", "how": "open-source", "source": "a-team",
        "upstream": [], "tlp": tlp,
    });
    p.say(&investigator.key, Kind::Exhibit, Some(&case.id), body)
        .unwrap();
    let laboratory = p.player(SeatSpecRole::Laboratory).unwrap();
    for event in [
        json!({"kind": "transfer", "to": laboratory.spec.id}),
        json!({"kind": "return"}),
    ] {
        let body = json!({"exhibit": stored.sha256, "event": event});
        p.say(&investigator.key, Kind::Custody, Some(&case.id), body)
            .unwrap();
    }
    stored.sha256
}

struct Played {
    desk: MemoryDesk,
    exhibits: Vec<(tlog::Hash, Vec<u8>)>,
    dissent: StatementId,
    withdrawn: Vec<StatementId>,
}

fn played(cast: &Cast, withdraw: bool) -> Played {
    let script = script();
    let mut desk = founded(cast);
    let mut p = Procedure::new(cast, &mut desk, at("2014-01-01T00:00:00Z"));
    p.go_to(at("2014-02-01T00:00:00Z")).unwrap();
    let file = p
        .report(&script.id, "disruption", "health", "2014-01-15", "account")
        .unwrap();
    p.consent(&file, "public").unwrap();
    p.open_script(&file, &script).unwrap();
    let stix = exhibit(
        &mut p,
        &script,
        OBSERVED,
        ("application/stix+json", "clear"),
    );
    let misp = exhibit(&mut p, &script, EVENT, ("application/misp+json", "clear"));
    let amber = exhibit(&mut p, &script, "{}", ("application/stix+json", "amber"));
    p.analyse(&script, 0).unwrap();
    let item = json!({
        "id": "I9", "strand": "S3", "kind": "infrastructure", "reliability": "B", "credibility": 3, "phi_ppm": 500_000,
        "lr": [], "upstream": [], "exhibits": [stix, amber], "recheckable": true, "source": {"organisation": "a-team"},
    });
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    let content = json!({"content": {"strands": [], "items": [item]}});
    p.say(
        &investigator.key,
        Kind::Assessment,
        Some(&script.id),
        content,
    )
    .unwrap();
    p.assign(&script.id).unwrap();
    p.review_all(&script).unwrap();
    p.disclose_reviews(&script.id).unwrap();
    let (notice, reply_key) = p.notice(&script.id, "XA").unwrap();
    let body = json!({"notice": notice, "text_sha256": tlog::sha256(b"It was not us.")});
    p.say(&reply_key, Kind::Reply, Some(&script.id), body)
        .unwrap();
    p.wait(15 * 86_400).unwrap();
    let proposal = p.propose(&script.id).unwrap().0;
    assert!(proposal.named.is_some(), "{proposal:?}");
    let reviewers: Vec<_> = cast.with_role(SeatSpecRole::Reviewer).collect();
    let last = reviewers[reviewers.len() - 1];
    let body = json!({"ground": "weak-strand", "text_sha256": tlog::sha256(b"I disagree.")});
    let dissent = p
        .say(&last.key, Kind::Dissent, Some(&script.id), body)
        .unwrap();
    for reviewer in &reviewers {
        let choice = if reviewer.spec.id == last.spec.id {
            "object"
        } else {
            "publish"
        };
        p.vote(&script.id, reviewer, &proposal, choice).unwrap();
    }
    p.disclose_votes(&script.id).unwrap();
    p.disclose_analysis(&script.id).unwrap();
    let finding = p.publish(&script.id, &proposal).unwrap();
    let mut withdrawn = Vec::new();
    if withdraw {
        // Days later, so that it is seen what moves with it.
        p.wait(3 * 86_400).unwrap();
        let body =
            json!({"finding": finding, "reason": "procedure", "text_sha256": tlog::sha256(b"why")});
        for reviewer in reviewers.iter().take(4) {
            let said = p.say(
                &reviewer.key,
                Kind::Withdraw,
                Some(&script.id),
                body.clone(),
            );
            withdrawn.push(said.unwrap());
        }
    }
    let exhibits = vec![
        (stix, OBSERVED.as_bytes().to_vec()),
        (misp, EVENT.as_bytes().to_vec()),
        (amber, b"{}".to_vec()),
    ];
    Played {
        desk,
        exhibits,
        dissent,
        withdrawn,
    }
}

fn verified(played: &Played) -> VerifiedBundle {
    carrying(played, played.exhibits.clone())
}

fn carrying(played: &Played, exhibits: Vec<(tlog::Hash, Vec<u8>)>) -> VerifiedBundle {
    let state = &played.desk.auditor.state;
    let case = state.cases.values().next().unwrap();
    let finding = case.findings[0].statement;
    let made = bundle::build(state, case, finding, &played.desk, exhibits).unwrap();
    VerifiedBundle::verify(made.to_string().as_bytes(), None).unwrap()
}

#[test]
fn objections_and_evidence_are_all_there() {
    let cast = cast();
    let played = played(&cast, false);
    let v = verified(&played);
    let objects = stix::finding(&v);
    let report = validate::text(stix::bundle(&objects).as_bytes());
    assert!(report.is_valid(), "{:#?}", report.errors);

    let notes = of(&objects, "note");
    let abstracts: Vec<_> = notes.iter().map(|n| text(n, "abstract")).collect();
    for wanted in [
        "Dissent",
        "Reply",
        "How to check this",
        "Hypothesis: ALPHA did it",
    ] {
        assert!(abstracts.contains(&wanted), "{wanted}: {abstracts:?}");
    }
    let dissent = notes
        .iter()
        .find(|n| text(n, "abstract") == "Dissent")
        .unwrap();
    let said = &dissent["extensions"]["extension-definition--faa6f6bf-e5ae-49bc-9c88-58e42d86c2f3"];
    assert_eq!(said["statement"], played.dissent.to_string());
    assert_eq!(
        said["text_sha256"],
        tlog::sha256(b"I disagree.").to_string()
    );
    let opinions = of(&objects, "opinion");
    let report = of(&objects, "report")[0];
    let on_report = |o: &&&stix::Object| o["object_refs"] == json!([report["id"]]);
    let votes: Vec<_> = opinions
        .iter()
        .filter(on_report)
        .map(|o| text(o, "opinion"))
        .collect();
    assert_eq!(votes.iter().filter(|o| **o == "disagree").count(), 1);
    assert!(votes.iter().filter(|o| **o == "agree").count() >= 4);
    assert!(
        opinions.len() > votes.len(),
        "reviews are opinions on the attribution"
    );

    let mut patterns: Vec<_> = of(&objects, "indicator")
        .iter()
        .map(|i| text(i, "pattern").to_owned())
        .collect();
    patterns.sort();
    assert_eq!(
        patterns,
        [
            "[domain-name:value = 'kit.example']",
            "[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']",
            "[file:name = 'it\\'s \\\\here.exe']",
            "[ipv4-addr:value = '198.51.100.7']",
        ]
    );
    for pattern in &patterns {
        assert!(Pattern::parse(pattern, Edition::V21).is_ok(), "{pattern}");
    }
    assert_eq!(relationships(&objects, "based-on").len(), 4);
    let domain = of(&objects, "indicator")
        .into_iter()
        .find(|i| text(i, "name") == "domain-name:kit.example")
        .unwrap();
    let evidence =
        &domain["extensions"]["extension-definition--90d2a770-0be8-4ffe-adce-190ab9bd8ce1"];
    assert_eq!(
        (
            &evidence["items"][0]["strand"],
            &evidence["items"][0]["grade"],
            &domain["confidence"]
        ),
        (&json!("S3"), &json!("B3"), &json!(50))
    );
    // what is not clear is named by hash and never read
    let amber = of(&objects, "observed-data").into_iter().find(|o| {
        o["extensions"]["extension-definition--90d2a770-0be8-4ffe-adce-190ab9bd8ce1"]["content_tlp"]
            == "amber"
    });
    assert!(amber.is_some());
    let at = stix::finding_at(&v, Some("https://record.example"));
    let hash = played.exhibits[2].0.to_string();
    let references = at.last().unwrap()["external_references"]
        .as_array()
        .unwrap();
    let addressed = |hash: &str| {
        let url = format!("https://record.example/api/v1/exhibits/{hash}");
        references
            .iter()
            .any(|r| r["url"] == url && r["hashes"]["SHA-256"] == hash)
    };
    assert!(
        !addressed(&hash),
        "an exhibit that is not clear has no address"
    );
    assert!(addressed(&played.exhibits[0].0.to_string()));
    let text = said["text_sha256"].as_str().unwrap();
    assert!(addressed(text), "the text of a dissent has one");
}

#[test]
fn a_withdrawn_finding_is_revoked_and_nothing_is_said_twice() {
    let cast = cast();
    let (before, after) = (played(&cast, false), played(&cast, true));
    assert_eq!(after.withdrawn.len(), 4);
    let (before, after) = (
        stix::finding(&verified(&before)),
        stix::finding(&verified(&after)),
    );
    let report = of(&after, "report")[0];
    assert_eq!(report["revoked"], true);
    let revoked = relationships(&after, "attributed-to");
    assert!(!revoked.is_empty() && revoked.iter().all(|r| r["revoked"] == true));
    assert!(
        of(&after, "note")
            .iter()
            .any(|n| text(n, "abstract") == "Withdrawn")
    );
    one_content_a_version(&before, &after);
}

/// A version has one content: what differs between two exports has another time.
fn one_content_a_version(before: &[stix::Object], after: &[stix::Object]) {
    let mut same = 0;
    for object in after {
        let Some(earlier) = before.iter().find(|o| o["id"] == object["id"]) else {
            continue;
        };
        if object.get("modified") == earlier.get("modified") {
            same += 1;
            assert_eq!(object, earlier, "one version with two contents");
        }
    }
    assert!(same > 10, "there is something to compare");
}

#[test]
fn what_a_bundle_carries_changes_no_version_of_anything() {
    let cast = cast();
    let played = played(&cast, false);
    let bare = stix::finding(&carrying(&played, Vec::new()));
    let full = stix::finding(&verified(&played));
    assert!(of(&bare, "indicator").is_empty() && !of(&full, "indicator").is_empty());
    one_content_a_version(&bare, &full);
    assert_eq!(of(&bare, "report"), of(&full, "report"));
}

#[test]
fn custody_is_told_in_case_uco_in_order() {
    let cast = cast();
    let v = verified(&played(&cast, false));
    let document = case_uco::document(&v);
    let nodes = document["@graph"].as_array().unwrap();
    let of = |kind: &str| {
        nodes
            .iter()
            .filter(|n| n["@type"] == kind)
            .collect::<Vec<_>>()
    };
    let exhibits = v.case().exhibits.len();
    assert_eq!(of("uco-observable:File").len(), exhibits);
    assert_eq!(of("case-investigation:ProvenanceRecord").len(), exhibits);
    let actions = of("case-investigation:InvestigativeAction");
    let handled: usize = v
        .case()
        .exhibits
        .values()
        .map(|e| 1 + e.custody.len())
        .sum();
    assert_eq!(actions.len(), handled);
    for exhibit in v.case().exhibits.values().filter(|e| !e.custody.is_empty()) {
        let file = of("uco-observable:File")
            .into_iter()
            .find(|f| f.to_string().contains(&exhibit.body.sha256.to_string()))
            .unwrap();
        let own: Vec<_> = actions
            .iter()
            .filter(|a| a["uco-action:object"][0]["@id"] == file["@id"])
            .collect();
        let names: Vec<_> = own
            .iter()
            .map(|a| a["uco-core:name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["declared", "transfer", "return"]);
        assert!(own[0].get("case-investigation:wasInformedBy").is_none());
        for pair in own.windows(2) {
            assert_eq!(
                pair[1]["case-investigation:wasInformedBy"][0]["@id"],
                pair[0]["@id"]
            );
        }
    }
    let ids: std::collections::BTreeSet<_> =
        nodes.iter().map(|n| n["@id"].as_str().unwrap()).collect();
    for object in nodes[0]["uco-core:object"].as_array().unwrap() {
        assert!(ids.contains(object["@id"].as_str().unwrap()));
    }
}

#[test]
fn the_feed_says_what_became_of_a_finding() {
    let cast = cast();
    let played = played(&cast, true);
    let state = &played.desk.auditor.state;
    let feed = atom::feed(state, Some("https://record.example/")).unwrap();
    assert_eq!(feed.matches("<entry>").count(), 1);
    assert!(
        feed.contains("Withdrawn: the procedure was not kept."),
        "{feed}"
    );
    assert!(feed.contains("https://record.example/feed.atom"));
    let finding = state.cases.values().next().unwrap().findings[0].statement;
    assert!(feed.contains(&format!(":rehearsal/findings/{finding}</id>")));
    assert_eq!(
        feed,
        atom::feed(state, Some("https://record.example")).unwrap()
    );
    // The feed and the entry are as new as the withdrawal; the day of publication stays.
    let withdrawn = played.withdrawn.last().unwrap();
    let moved = state.statements.get(withdrawn).unwrap().time;
    let published = state.cases.values().next().unwrap().findings[0].time;
    assert!(moved > published);
    let updated = format!("<updated>{moved}</updated>");
    assert_eq!(feed.matches(&updated).count(), 2, "{feed}");
    assert!(feed.contains(&format!("<published>{published}</published>")));
    // without an address nothing links anywhere
    assert!(!atom::feed(state, None).unwrap().contains("<link"));
}

#[test]
fn lines_hold_every_statement_of_the_bundle() {
    let cast = cast();
    let v = verified(&played(&cast, false));
    let lines = lines::bundle(&v);
    assert_eq!(lines.len(), 1 + v.bundle().statements.len());
    assert_eq!(lines[0]["bundle_sha256"], v.sha256().to_string());
    for (line, statement) in lines[1..].iter().zip(&v.bundle().statements) {
        assert_eq!(line["index"], statement.index);
        assert!(line["body"].is_object() && line["type"].is_string());
    }
}
