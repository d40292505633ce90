//! HTTP around the handlers: methods, addresses, limits, headers, counts.

use axum::body::Body;
use axum::http::{Method, Request};
use server::rate::Rate;
use server::{Config, limits};

use crate::client::Client;
use crate::desk::{Stage, played};

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_as_get_without_a_body() {
    let client = Client::of(&played().stage.record);
    for path in [
        "/",
        "/checkpoint",
        "/tile/0/000",
        "/api/v1/cases",
        "/api/openapi.json",
        "/healthz",
    ] {
        let (get, head) = (client.get(path).await, client.ask(Method::HEAD, path).await);
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        assert_eq!(
            head.header("content-type"),
            get.header("content-type"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_and_addresses_are_refused() {
    let client = Client::of(&played().stage.record);
    for (method, path) in [
        (Method::OPTIONS, "/api/v1/statements"),
        (Method::DELETE, "/api/v1/statements"),
        (Method::PUT, "/api/v1/cases"),
        (Method::POST, "/checkpoint"),
        (Method::PATCH, "/"),
        (Method::TRACE, "/healthz"),
    ] {
        let reply = client.ask(method.clone(), path).await;
        assert_eq!(
            reply.refused(),
            (405, "method-not-allowed".to_owned()),
            "{method} {path}"
        );
        assert!(reply.header("allow").contains("GET"), "{method} {path}");
    }
    for path in ["/api", "/api/v2/cases", "/api/v1", "/api/v1/cases/a/b"] {
        assert_eq!(
            client.get(path).await.refused(),
            (404, "not-found".to_owned()),
            "{path}"
        );
    }
    for path in [
        "/admin",
        "/.git/config",
        "/cases",
        "/style.css/x",
        "/index.php",
    ] {
        let reply = client.get(path).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.text().contains("<h1>Not found</h1>"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_security_headers_and_no_cookie() {
    let client = Client::of(&played().stage.record);
    for path in [
        "/",
        "/nowhere",
        "/api/v1/cases",
        "/api/v1/nothing",
        "/checkpoint",
        "/tile/9",
        "/style.css",
        "/metrics",
    ] {
        let reply = client.get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self'"),
            "{path}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(reply.header("set-cookie"), "", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_addresses_and_headers_are_refused_beyond_their_limits() {
    let client = Client::of(&played().stage.record);
    let path = |length: usize| format!("/{}", "a".repeat(length - 1));
    assert_eq!(client.get(&path(limits::MAX_URI_BYTES)).await.status, 404);
    assert_eq!(
        client.get(&path(limits::MAX_URI_BYTES + 1)).await.refused(),
        (414, "uri-too-long".to_owned())
    );
    let with = |length: usize| {
        let value = "v".repeat(length - "x".len());
        Request::get("/healthz")
            .header("x", value)
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(
        client.send(with(limits::MAX_HEADER_BYTES)).await.status,
        200
    );
    let reply = client.send(with(limits::MAX_HEADER_BYTES + 1)).await;
    assert_eq!(reply.refused(), (431, "headers-too-large".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let stage = Stage::founded();
    let config = Config {
        client_reads: Rate::new(3, 1),
        client_writes: Rate::new(1, 1),
        behind_proxy: true,
        ..Config::default()
    };
    let client = Client::with(&stage.record, config);
    let from = |address: &str| {
        let request =
            Request::get("/healthz").header("x-forwarded-for", format!("203.0.113.9, {address}"));
        request.body(Body::empty()).unwrap()
    };
    for _ in 0..3 {
        assert_eq!(client.send(from("192.0.2.1")).await.status, 200);
    }
    let reply = client.send(from("192.0.2.1")).await;
    assert_eq!(reply.refused(), (429, "rate-limited".to_owned()));
    assert_eq!(reply.header("retry-after"), "1");
    assert_eq!(client.send(from("192.0.2.2")).await.status, 200);
    // Writing has its own bucket, and a refused submission costs as much as an admitted one.
    assert_eq!(client.submit(b"no".to_vec()).await.status, 400);
    let size = stage.record.size();
    let reply = client.submit(stage.report("often").1).await;
    assert_eq!(reply.refused(), (429, "rate-limited".to_owned()));
    assert_eq!(stage.record.size(), size);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_by_template_and_code_and_name_nobody() {
    let stage = Stage::founded();
    let client = Client::of(&stage.record);
    client.get("/cases/a-secret-case").await;
    client.submit(b"no".to_vec()).await;
    client.submit(stage.report("counted").1).await;
    let reply = client.get("/metrics").await;
    let text = reply.text();
    for line in [
        "solferino_http_requests_total{method=\"GET\",route=\"/cases/{id}\",status=\"4xx\"} 1",
        "solferino_http_requests_total{method=\"POST\",route=\"/api/v1/statements\",status=\"2xx\"} 1",
        "solferino_refusals_total{code=\"malformed\"} 1",
        "solferino_submissions_total 1",
        &format!("solferino_log_size_entries {}", stage.record.size()),
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("a-secret-case"));
    assert!(text.ends_with("# EOF\n"));
}
