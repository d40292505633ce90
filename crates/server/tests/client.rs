//! A client without a network that holds every JSON answer against the committed description.

use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use server::Config;
use store::Record;
use tower::ServiceExt as _;

/// An answer, read to its end.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Status and code of a refusal.
    pub(crate) fn refused(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap().to_owned();
        (self.status.as_u16(), code)
    }
}

/// A client of one router.
#[derive(Clone)]
pub(crate) struct Client(Router);

impl Client {
    pub(crate) fn of(record: &Record) -> Self {
        Self::with(record, Config::default())
    }

    /// For tests that ask for everything.
    pub(crate) fn unlimited(record: &Record) -> Self {
        let rate = server::rate::Rate::new(u32::MAX, u32::MAX);
        let config = Config {
            client_reads: rate,
            all_reads: rate,
            ..Config::default()
        };
        Self::with(record, config)
    }

    pub(crate) fn with(record: &Record, config: Config) -> Self {
        Self(server::router(record.clone(), config))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let reply = Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        };
        check_against_description(&method, &path, &reply);
        reply
    }

    pub(crate) async fn ask(&self, method: Method, path: &str) -> Reply {
        let request = Request::builder().method(method).uri(path);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path).await
    }

    /// GET that must be answered, as JSON of the record's demonstration.
    pub(crate) async fn data(&self, path: &str) -> Value {
        let reply = self.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
        let mut answer = reply.json();
        assert_eq!(answer["demonstration"], json!(true), "{path}");
        assert_eq!(
            answer["notice"],
            json!(server::DEMONSTRATION_NOTICE),
            "{path}"
        );
        answer["data"].take()
    }

    pub(crate) async fn submit_to(&self, path: &str, entry: Vec<u8>) -> Reply {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/vnd.dsse+json");
        self.send(request.body(Body::from(entry)).unwrap()).await
    }

    pub(crate) async fn submit(&self, entry: Vec<u8>) -> Reply {
        self.submit_to("/api/v1/statements", entry).await
    }
}

pub(crate) fn description() -> &'static Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    DESCRIPTION.get_or_init(|| serde_json::to_value(server::openapi()).unwrap())
}

/// The template of the description that a path belongs to.
fn template(path: &str) -> Option<&'static Value> {
    let paths = description()["paths"].as_object().unwrap();
    let parts: Vec<_> = path.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<_> = template.split('/').collect();
        wanted.len() == parts.len()
            && wanted
                .iter()
                .zip(&parts)
                .all(|(w, p)| w.starts_with('{') || w == p)
    };
    paths
        .iter()
        .find(|(template, _)| fits(template))
        .map(|(_, item)| item)
}

fn check_against_description(method: &Method, path: &str, reply: &Reply) {
    let is_json = reply.header("content-type").starts_with("application/json");
    if !is_json || !path.starts_with("/api/v1/") || reply.body.is_empty() {
        return;
    }
    let schema = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let operation = template(path).map(|item| &item[method.as_str().to_lowercase()]);
    let described = operation
        .map(|o| &o["responses"][reply.status.as_str()]["content"]["application/json"]["schema"]);
    let mut wanted = match described {
        Some(schema) if schema.is_object() => schema.clone(),
        // What any route may answer: wrong method or address, too often, too busy.
        _ if reply.status.is_client_error() || reply.status.is_server_error() => {
            schema("ErrorBody")
        }
        _ => panic!(
            "{method} {path} answers {} with JSON that is not described",
            reply.status
        ),
    };
    wanted["components"] = description()["components"].clone();
    let validator = jsonschema::validator_for(&wanted).unwrap();
    let answer = reply.json();
    if let Err(error) = validator.validate(&answer) {
        panic!(
            "{method} {path}: {} is not as described: {error}",
            error.instance_path()
        );
    }
}
