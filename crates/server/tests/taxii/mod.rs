//! TAXII 2.1 (docs/taxii.md). The edge cases by number are those that break systems in the field.

mod concurrent;
mod edges;
mod inbox;
mod owners;
mod reading;
mod refusals;
mod writing;

use axum::body::Body;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rehearsal::SeatSpecRole;
use serde_json::{Value, json};
use server::Config;
use server::rate::Rate;
use store::taxii::{Secret, Taxii};

use crate::client::{Client, Reply};
use crate::desk::Stage;

const MEDIA: &str = "application/taxii+json;version=2.1";
const ROOT: &str = "/taxii2/solferino";

/// A server with accounts of members.
struct Peer {
    stage: Stage,
    client: Client,
}

impl Peer {
    async fn new() -> Self {
        let stage = tokio::task::spawn_blocking(Stage::founded).await.unwrap();
        let free = Rate::new(1_000_000, 1_000_000);
        let config = Config {
            client_writes: free,
            all_writes: free,
            client_reads: free,
            client_pages: free,
            all_reads: free,
            ..Config::default()
        };
        let client = Client::with(&stage.record, config);
        let store = Taxii::open(stage.record.dir()).await.unwrap();
        for role in [
            SeatSpecRole::Investigator,
            SeatSpecRole::Laboratory,
            SeatSpecRole::Reviewer,
            SeatSpecRole::Registrar,
        ] {
            let member = &stage.cast.one(role).unwrap().spec.id;
            store
                .set_account(member.as_str(), &secret(member.as_str()), 0)
                .await
                .unwrap();
        }
        Self { stage, client }
    }

    /// The store, opened beside the server.
    async fn store(&self) -> Taxii {
        Taxii::open(self.stage.record.dir()).await.unwrap()
    }

    /// `Authorization` of the member of that role.
    fn basic(&self, role: SeatSpecRole) -> String {
        let member = self.stage.cast.one(role).unwrap().spec.id.as_str();
        basic(member, secret(member).reveal())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{ROOT}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.client.send(request.body(body).unwrap()).await
    }

    async fn ask(&self, path: &str) -> Reply {
        self.send(
            Method::GET,
            path,
            &[(ACCEPT.as_str(), MEDIA)],
            Body::empty(),
        )
        .await
    }

    /// What must be answered.
    async fn get(&self, path: &str) -> Value {
        let reply = self.ask(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert_eq!(reply.header("content-type"), MEDIA, "{path}");
        reply.json()
    }

    async fn as_member(&self, role: SeatSpecRole, path: &str) -> Reply {
        let headers = [
            (ACCEPT.as_str(), MEDIA),
            (AUTHORIZATION.as_str(), &self.basic(role)),
        ];
        self.send(Method::GET, path, &headers, Body::empty()).await
    }

    async fn delete(&self, role: SeatSpecRole, path: &str) -> Reply {
        let headers = [
            (ACCEPT.as_str(), MEDIA),
            (AUTHORIZATION.as_str(), &self.basic(role)),
        ];
        self.send(Method::DELETE, path, &headers, Body::empty())
            .await
    }

    async fn post_as(&self, role: SeatSpecRole, collection: &str, body: String) -> Reply {
        let headers = [
            (ACCEPT.as_str(), MEDIA),
            (CONTENT_TYPE.as_str(), MEDIA),
            (AUTHORIZATION.as_str(), &self.basic(role)),
        ];
        let path = format!("/collections/{collection}/objects/");
        self.send(Method::POST, &path, &headers, Body::from(body))
            .await
    }

    /// Posts objects to `claims`; the status.
    async fn post(&self, objects: &[Value]) -> Value {
        self.post_of(SeatSpecRole::Investigator, objects).await
    }

    /// The same by a member of this role.
    async fn post_of(&self, role: SeatSpecRole, objects: &[Value]) -> Value {
        let body = json!({"objects": objects}).to_string();
        let reply = self.post_as(role, "claims", body).await;
        assert_eq!(reply.status, 202, "{}", reply.text());
        reply.json()
    }

    /// Posts objects that all must be stored.
    async fn hold(&self, objects: &[Value]) {
        let status = self.post(objects).await;
        assert_eq!(status["success_count"], objects.len(), "{status}");
    }

    /// Pages by `next` with these filters, so many at a time; identifiers and versions in their order.
    async fn walk(&self, resource: &str, filters: &str, limit: usize) -> Vec<Value> {
        let mut found = Vec::new();
        let mut next = String::new();
        loop {
            let page = self
                .get(&format!(
                    "/collections/claims/{resource}/?limit={limit}{filters}{next}"
                ))
                .await;
            found.extend(page["objects"].as_array().cloned().unwrap_or_default());
            match page["next"].as_str() {
                Some(token) => next = format!("&next={token}"),
                None => {
                    assert_ne!(page["more"], json!(true), "more without next");
                    return found;
                }
            }
        }
    }
}

fn secret(member: &str) -> Secret {
    Secret::of(*tlog::sha256(member.as_bytes()).as_bytes())
}

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

fn uuid(n: usize) -> String {
    format!("{n:08x}-0000-4000-8000-000000000000")
}

/// A tool in a version.
fn tool(n: usize, modified: &str) -> Value {
    json!({
        "type": "tool", "spec_version": "2.1", "id": format!("tool--{}", uuid(n)),
        "created": "2015-01-01T00:00:00.000Z", "modified": modified, "name": format!("tool {n}"),
    })
}

/// A malware in its first version.
fn malware(n: usize) -> Value {
    json!({
        "type": "malware", "spec_version": "2.1", "id": format!("malware--{}", uuid(n)),
        "created": "2015-01-01T00:00:00.000Z", "modified": "2015-01-01T00:00:00.000Z",
        "name": format!("malware {n}"), "is_family": false,
    })
}

/// An observable, which has no version of its own.
fn domain(value: &str) -> Value {
    let mut object = json!({"type": "domain-name", "spec_version": "2.1", "value": value});
    let id = exchange::stix::id::of_content(object.as_object().unwrap()).unwrap();
    object["id"] = json!(id);
    object
}

fn ids(objects: &[Value]) -> Vec<&str> {
    objects
        .iter()
        .map(|object| object["id"].as_str().unwrap())
        .collect()
}
