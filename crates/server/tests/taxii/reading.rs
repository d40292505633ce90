//! Discovery, collections, filters, versions.

use serde_json::{Value, json};

use super::{MEDIA, Peer, domain, malware, tool, uuid};

fn year(n: usize) -> String {
    format!("20{n:02}-01-01T00:00:00.000Z")
}

#[tokio::test(flavor = "multi_thread")]
async fn discovery_leads_to_the_collections() {
    let peer = Peer::new().await;
    let discovery = peer.client.get("/taxii2/").await;
    assert_eq!(
        (discovery.status.as_u16(), discovery.header("content-type")),
        (200, MEDIA)
    );
    let root = discovery.json()["default"].as_str().unwrap().to_owned();
    assert_eq!(discovery.json()["api_roots"], json!([root]));
    let information = peer.get("/").await;
    assert_eq!(information["versions"], json!([MEDIA]));
    assert_eq!(information["max_content_length"], json!(16 << 20));
    let collections = peer.get("/collections/").await;
    let collections = collections["collections"].as_array().unwrap();
    let aliases: Vec<&str> = collections
        .iter()
        .map(|c| c["alias"].as_str().unwrap())
        .collect();
    assert_eq!(aliases, ["findings", "claims", "inbox", "sightings"]);
    for collection in collections {
        let by_id = peer
            .get(&format!(
                "/collections/{}/",
                collection["id"].as_str().unwrap()
            ))
            .await;
        let by_alias = peer
            .get(&format!(
                "/collections/{}/",
                collection["alias"].as_str().unwrap()
            ))
            .await;
        assert_eq!((&by_id, &by_alias), (collection, collection));
        assert_eq!(
            collection["media_types"],
            json!(["application/stix+json;version=2.1"])
        );
    }
    // Present and empty until something publishes findings as STIX.
    assert_eq!(peer.get("/collections/findings/objects/").await, json!({}));
    assert_eq!(peer.get("/collections/findings/manifest/").await, json!({}));
}

/// Three versions of one tool in a mixed order of adding, and others around it.
async fn versions() -> (Peer, Vec<Value>) {
    let peer = Peer::new().await;
    let objects = vec![
        tool(1, &year(17)),
        malware(1),
        tool(1, &year(19)),
        tool(2, &year(15)),
        tool(1, &year(16)),
        domain("example.com"),
    ];
    for object in &objects {
        peer.hold(std::slice::from_ref(object)).await;
    }
    (peer, objects)
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_first_last_all_or_exact_and_alternatives_add_up() {
    let (peer, o) = versions().await;
    let rest = [&o[1], &o[3], &o[5]];
    let cases: [(&str, Vec<&Value>); 7] = [
        ("", vec![rest[0], &o[2], rest[1], rest[2]]),
        (
            "&match[version]=last",
            vec![rest[0], &o[2], rest[1], rest[2]],
        ),
        (
            "&match[version]=first",
            vec![rest[0], rest[1], &o[4], rest[2]],
        ),
        ("&match[version]=all", o.iter().collect()),
        ("&match[version]=2017-01-01T00:00:00Z", vec![&o[0]]),
        (
            "&match[version]=first,2019-01-01T00:00:00.000Z",
            vec![rest[0], &o[2], rest[1], &o[4], rest[2]],
        ),
        (
            "&match[version]=first,last",
            vec![rest[0], &o[2], rest[1], &o[4], rest[2]],
        ),
    ];
    for (filters, wanted) in &cases {
        for limit in [1, 2, 100] {
            let found = peer.walk("objects", filters, limit).await;
            assert_eq!(
                found.iter().collect::<Vec<_>>(),
                *wanted,
                "{filters} by {limit}"
            );
        }
        let lines = peer.walk("manifest", filters, 2).await;
        assert_eq!(lines.len(), wanted.len(), "{filters}");
    }
    let path = format!("/collections/claims/objects/tool--{}/", uuid(1));
    assert_eq!(peer.get(&path).await["objects"], json!([o[2]]));
    let all = peer.get(&format!("{path}?match[version]=all")).await;
    assert_eq!(all["objects"], json!([o[0], o[2], o[4]]));
    let exact = peer
        .get(&format!("{path}?match[version]=2016-01-01T00:00:00.000Z"))
        .await;
    assert_eq!(exact["objects"], json!([o[4]]));
    let none = peer
        .get(&format!("{path}?match[version]=2001-01-01T00:00:00.000Z"))
        .await;
    assert_eq!(none, json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_by_type_identifier_and_specification_hold_together() {
    let (peer, o) = versions().await;
    let id = |object: &Value| object["id"].as_str().unwrap().to_owned();
    let cases = [
        ("&match[type]=malware".to_owned(), vec![&o[1]]),
        (
            "&match[type]=malware,domain-name".to_owned(),
            vec![&o[1], &o[5]],
        ),
        (
            "&match[type]=tool&match[version]=all".to_owned(),
            vec![&o[0], &o[2], &o[3], &o[4]],
        ),
        (
            format!("&match[id]={},{}", id(&o[1]), id(&o[0])),
            vec![&o[1], &o[2]],
        ),
        (
            format!("&match[id]={}&match[type]=malware", id(&o[0])),
            vec![],
        ),
        (
            format!(
                "&match[id]={}&match[version]=first,2017-01-01T00:00:00Z",
                id(&o[0])
            ),
            vec![&o[0], &o[4]],
        ),
        (
            "&match[type]=tool&match[version]=2015-01-01T00:00:00Z".to_owned(),
            vec![&o[3]],
        ),
        (
            "&match[spec_version]=2.1&match[type]=malware".to_owned(),
            vec![&o[1]],
        ),
        ("&match[spec_version]=2.0".to_owned(), vec![]),
        (
            "&match[spec_version]=2.0,2.1&match[type]=malware".to_owned(),
            vec![&o[1]],
        ),
        ("&match[type]=no-such-type".to_owned(), vec![]),
    ];
    for (filters, wanted) in &cases {
        for limit in [1, 100] {
            let found = peer.walk("objects", filters, limit).await;
            assert_eq!(
                found.iter().collect::<Vec<_>>(),
                *wanted,
                "{filters} by {limit}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_come_out_byte_for_byte() {
    let peer = Peer::new().await;
    let text = tool(7, &year(15))
        .to_string()
        .replace("\"name\":", "\"x_big\" : 1.50E1,\n  \"name\" :\t");
    let body = format!("{{ \"objects\" : [ {text} ] }}");
    let reply = peer
        .post_as(rehearsal::SeatSpecRole::Investigator, "claims", body)
        .await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    let page = peer.ask("/collections/claims/objects/").await;
    assert_eq!(
        page.text(),
        format!("{{\"more\":false,\"objects\":[{text}]}}")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_ends_by_bytes_and_goes_on_without_loss() {
    let peer = Peer::new().await;
    let heavy = |n: usize| {
        let mut object = tool(n, &year(15));
        object["description"] = json!("x".repeat(3 << 20));
        object
    };
    for n in 0..4 {
        peer.hold(&[heavy(n)]).await;
    }
    let first = peer.get("/collections/claims/objects/").await;
    assert_eq!(
        (first["objects"].as_array().unwrap().len(), &first["more"]),
        (2, &json!(true))
    );
    assert_eq!(peer.walk("objects", "", 100).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_404() {
    let peer = Peer::new().await;
    let id = format!("tool--{}", uuid(1));
    for path in [
        "/collections/none/".to_owned(),
        "/collections/none/objects/".to_owned(),
        "/nothing/".to_owned(),
        format!("/collections/claims/objects/{id}/"),
        format!("/collections/claims/objects/{id}/versions/"),
    ] {
        let reply = peer.ask(&path).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["error_code"]),
            (404, &json!("not-found")),
            "{path}"
        );
        assert_eq!(reply.header("content-type"), MEDIA, "{path}");
    }
}
