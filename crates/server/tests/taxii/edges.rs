//! The cases that break real systems, each by its number in the list of docs/taxii.md, section 10.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use super::{MEDIA, Peer, domain, ids, malware, tool, uuid};

const V1: &str = "2015-01-01T00:00:00.000Z";
const V2: &str = "2016-01-01T00:00:00.000Z";

fn many(count: usize) -> Vec<Value> {
    (0..count).map(|n| tool(n, V1)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_1_paging_by_next_with_the_same_filters_is_complete_and_mixing_is_refused() {
    let peer = Peer::new().await;
    let mut objects = many(7);
    objects.extend((0..5).map(malware));
    peer.hold(&objects).await;
    assert_eq!(peer.walk("objects", "", 3).await, objects);
    assert_eq!(
        peer.walk("objects", "&match[type]=malware", 2).await,
        objects[7..]
    );
    let reply = peer
        .ask("/collections/claims/objects/?limit=3&match[type]=tool")
        .await;
    let (page, last) = (
        reply.json(),
        reply.header("x-taxii-date-added-last").to_owned(),
    );
    let next = page["next"].as_str().unwrap();
    for mixed in [
        "",
        "&match[type]=malware",
        &format!("&match[type]=tool&added_after={last}"),
    ] {
        let reply = peer
            .ask(&format!(
                "/collections/claims/objects/?limit=3&next={next}{mixed}"
            ))
            .await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["error_code"]),
            (400, &json!("bad-next")),
            "{mixed}"
        );
    }
}

/// Continues by the header alone, as clients do that know no `next`.
async fn walk_by_header(peer: &Peer, resource: &str, limit: usize) -> Vec<Value> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/collections/claims/{resource}/?limit={limit}{after}");
        let reply = peer.ask(&path).await;
        let page = reply.json();
        let key = if page["versions"].is_array() {
            "versions"
        } else {
            "objects"
        };
        found.extend(page[key].as_array().cloned().unwrap_or_default());
        if page["more"] != json!(true) {
            return found;
        }
        after = format!("&added_after={}", reply.header("x-taxii-date-added-last"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_2_manifest_and_versions_page_both_ways() {
    let peer = Peer::new().await;
    let versions: Vec<String> = (0..5)
        .map(|n| format!("201{n}-06-01T00:00:00.000Z"))
        .collect();
    let mut objects: Vec<Value> = versions.iter().map(|v| json!({"created": "2010-01-01T00:00:00.000Z", "modified": v, "type": "tool", "spec_version": "2.1", "id": format!("tool--{}", uuid(9)), "name": "t"})).collect();
    objects.extend(many(4));
    peer.hold(&objects).await;
    let by_next = peer.walk("manifest", "&match[version]=all", 2).await;
    assert_eq!(by_next.len(), objects.len());
    for (line, object) in by_next.iter().zip(&objects) {
        assert_eq!(
            (&line["id"], &line["version"]),
            (&object["id"], &object["modified"])
        );
        assert_eq!(line["media_type"], "application/stix+json;version=2.1");
    }
    assert_eq!(
        walk_by_header(&peer, "manifest", 2).await,
        peer.walk("manifest", "", 2).await
    );
    let of_one = format!("objects/tool--{}/versions", uuid(9));
    let found = walk_by_header(&peer, &of_one, 2).await;
    assert_eq!(found, versions.iter().map(|v| json!(v)).collect::<Vec<_>>());
    let page = peer
        .get(&format!("/collections/claims/{of_one}/?limit=2"))
        .await;
    assert_eq!(
        (&page["more"], page["next"].is_string()),
        (&json!(true), true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_3_no_two_objects_share_a_date_added_and_both_ways_lose_nothing() {
    let peer = Peer::new().await;
    let objects = many(40);
    peer.hold(&objects).await;
    let lines = peer.walk("manifest", "", 100).await;
    let dates: Vec<&str> = lines
        .iter()
        .map(|line| line["date_added"].as_str().unwrap())
        .collect();
    assert!(dates.windows(2).all(|pair| pair[0] < pair[1]), "{dates:?}");
    assert!(
        dates
            .iter()
            .all(|date| date.len() == "2026-01-31T12:00:00.000000Z".len())
    );
    assert_eq!(walk_by_header(&peer, "objects", 7).await, objects);
    assert_eq!(peer.walk("objects", "", 7).await, objects);
    let exclusive = peer
        .get(&format!(
            "/collections/claims/objects/?added_after={}",
            dates[37]
        ))
        .await;
    assert_eq!(
        ids(exclusive["objects"].as_array().unwrap()),
        ids(&objects[38..])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_4_next_needs_no_memory_of_the_server() {
    let peer = Peer::new().await;
    peer.hold(&many(5)).await;
    let page = peer.get("/collections/claims/objects/?limit=2").await;
    let next = page["next"].as_str().unwrap().to_owned();
    // A server that has never seen the first page, over the same file.
    let other = crate::client::Client::of(&peer.stage.record);
    let reply = other
        .get(&format!(
            "/taxii2/solferino/collections/claims/objects/?limit=9&next={next}"
        ))
        .await;
    assert_eq!(reply.json()["objects"].as_array().unwrap().len(), 3);
    let bad = peer.ask("/collections/claims/objects/?next=AAAA").await;
    assert_eq!(
        (bad.status.as_u16(), &bad.json()["error_code"]),
        (400, &json!("bad-next"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_5_date_added_is_the_collections_and_has_nothing_to_do_with_modified() {
    let peer = Peer::new().await;
    peer.hold(&[tool(1, "2020-01-01T00:00:00.000Z"), tool(2, V1)])
        .await;
    let lines = peer.walk("manifest", "", 10).await;
    let dates: Vec<&str> = lines
        .iter()
        .map(|line| line["date_added"].as_str().unwrap())
        .collect();
    assert!(dates[0] < dates[1] && dates[0] > "2020-01-02");
    let tail = peer
        .get(&format!(
            "/collections/claims/objects/?added_after={}",
            dates[1]
        ))
        .await;
    assert_eq!(
        tail,
        json!({}),
        "who has read all gets nothing, again and again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_6_the_version_is_modified_else_created_else_date_added() {
    let peer = Peer::new().await;
    let marking = json!({
        "type": "marking-definition", "spec_version": "2.1", "id": format!("marking-definition--{}", uuid(3)),
        "created": V1, "definition_type": "statement", "definition": {"statement": "public"},
    });
    let seen = domain("example.com");
    peer.hold(&[tool(1, V2), marking, seen.clone()]).await;
    let lines = peer.walk("manifest", "", 10).await;
    assert_eq!(
        (&lines[0]["version"], &lines[1]["version"]),
        (&json!(V2), &json!(V1))
    );
    assert_eq!(lines[2]["version"], lines[2]["date_added"]);
    // The same observable again is the same version; with other content it is another one.
    peer.hold(std::slice::from_ref(&seen)).await;
    assert_eq!(
        peer.walk("manifest", "&match[version]=all", 10).await.len(),
        3
    );
    let mut fuller = seen.clone();
    fuller["defanged"] = json!(false);
    peer.hold(std::slice::from_ref(&fuller)).await;
    let id = seen["id"].as_str().unwrap();
    let versions = peer
        .get(&format!("/collections/claims/objects/{id}/versions/"))
        .await;
    assert_eq!(versions["versions"].as_array().unwrap().len(), 2);
    assert_eq!(
        peer.get(&format!("/collections/claims/objects/{id}/"))
            .await["objects"],
        json!([fuller])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_7_the_same_version_with_other_content_is_refused_and_the_first_stands() {
    let peer = Peer::new().await;
    let first = tool(1, V1);
    let mut other = first.clone();
    other["name"] = json!("renamed without a new version");
    peer.hold(std::slice::from_ref(&first)).await;
    let status = peer
        .post(&[other.clone(), tool(2, V1), first.clone()])
        .await;
    assert_eq!(
        (&status["success_count"], &status["failure_count"]),
        (&json!(2), &json!(1)),
        "{status}"
    );
    assert_eq!(status["failures"][0]["id"], first["id"]);
    assert_eq!(status["failures"][0]["version"], json!(V1));
    let why = status["failures"][0]["message"].as_str().unwrap();
    assert!(why.starts_with("conflict"), "{why}");
    assert_eq!(
        peer.walk("objects", "", 10).await,
        [first.clone(), tool(2, V1)]
    );
    // The same moment in other digits is the same version; so is the same content in another order of keys.
    let respelled = first.to_string().replace(V1, "2015-01-01T00:00:00.000000Z");
    let status = peer
        .post(&[serde_json::from_str(&respelled).unwrap()])
        .await;
    assert_eq!(status["failure_count"], json!(1));
    // In one envelope the earlier of two stands.
    let mut twice = tool(5, V1);
    twice["name"] = json!("another");
    let status = peer.post(&[tool(5, V1), twice]).await;
    assert_eq!(
        (&status["success_count"], &status["failure_count"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_8_a_limit_below_one_or_an_unknown_version_is_400_never_500() {
    let peer = Peer::new().await;
    peer.hold(&many(3)).await;
    for resource in [
        "objects",
        "manifest",
        &format!("objects/tool--{}", uuid(1)),
        &format!("objects/tool--{}/versions", uuid(1)),
    ] {
        for bad in [
            "limit=0",
            "limit=-1",
            "limit=x",
            "next=x",
            "match[version]=latest",
            "added_after=x",
        ] {
            let reply = peer
                .ask(&format!("/collections/claims/{resource}/?{bad}"))
                .await;
            assert_eq!(reply.status, 400, "{resource} {bad}");
            assert_eq!(reply.json()["http_status"], json!("400"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_9_a_drop_box_is_written_and_never_read() {
    let peer = Peer::new().await;
    let view = peer.get("/collections/inbox/").await;
    assert_eq!(
        (&view["can_read"], &view["can_write"]),
        (&json!(false), &json!(false))
    );
    let member = peer
        .as_member(rehearsal::SeatSpecRole::Reviewer, "/collections/inbox/")
        .await
        .json();
    assert_eq!(
        (&member["can_read"], &member["can_write"]),
        (&json!(false), &json!(true))
    );
    let id = format!("tool--{}", uuid(1));
    for path in [
        "objects/",
        "manifest/",
        &format!("objects/{id}/"),
        &format!("objects/{id}/versions/"),
    ] {
        let reply = peer
            .as_member(
                rehearsal::SeatSpecRole::Reviewer,
                &format!("/collections/inbox/{path}"),
            )
            .await;
        assert_eq!(reply.status, 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_10_the_slash_at_the_end_is_part_of_the_address() {
    let peer = Peer::new().await;
    peer.hold(&many(1)).await;
    let id = format!("tool--{}", uuid(0));
    for path in [
        "",
        "/collections",
        "/collections/claims",
        "/collections/claims/objects",
        "/collections/claims/manifest",
        &format!("/collections/claims/objects/{id}"),
        &format!("/collections/claims/objects/{id}/versions"),
    ] {
        assert_eq!(peer.ask(&format!("{path}/")).await.status, 200, "{path}/");
        let without = peer.ask(path).await;
        assert_eq!(without.status, 404, "{path}");
        assert_eq!(without.header("content-type"), MEDIA, "{path}");
        assert!(
            without.json()["description"]
                .as_str()
                .unwrap()
                .contains("slash"),
            "{path}"
        );
    }
    let discovery = peer.client.get("/taxii2").await;
    assert_eq!(
        (discovery.status.as_u16(), discovery.header("content-type")),
        (404, MEDIA)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn edge_11_a_body_that_is_not_utf8_json_stores_nothing() {
    let peer = Peer::new().await;
    let role = rehearsal::SeatSpecRole::Investigator;
    let basic = peer.basic(role);
    let headers = [
        ("accept", MEDIA),
        ("content-type", MEDIA),
        ("authorization", basic.as_str()),
    ];
    let good = json!({"objects": [tool(1, V1)]}).to_string().into_bytes();
    let mut latin = good.clone();
    let place = latin.windows(4).position(|w| w == b"tool").unwrap();
    latin[place] = 0xff;
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(
        String::from_utf8(good)
            .unwrap()
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    for body in [
        latin,
        utf16,
        b"{\"objects\":[{\"id\":\"\\ud800\"}]}".to_vec(),
    ] {
        let reply = peer
            .send(
                Method::POST,
                "/collections/claims/objects/",
                &headers,
                Body::from(body),
            )
            .await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["error_code"]),
            (400, &json!("not-json"))
        );
    }
    let mut wide = tool(2, V1);
    wide["x_count"] = json!(9_007_199_254_740_993_u64);
    let status = peer.post(&[wide, tool(3, V1)]).await;
    assert_eq!(
        (&status["success_count"], &status["failure_count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(peer.walk("objects", "", 10).await, [tool(3, V1)]);
}
