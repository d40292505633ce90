//! A running server, as these commands ask it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::aid::access_text;
use record::kind::Kind;
use record::statement::Draft;
use record::time::Timestamp;
use serde_json::{Value, json};
use tlog::SigningKey;
use witness::agent::agent;

use crate::problem::{Exit, Outcome, Problem};

/// Largest answer that is read, in bytes.
const MAX_ANSWER_BYTES: u64 = 4 << 20;

/// Longest time an answer may take: a statement waits for the witnesses.
const PATIENCE: Duration = Duration::from_secs(60);

/// Rows asked for at a time: the most the server gives.
const PAGE_ROWS: usize = 200;
/// Most rows of a list that are read.
const MAX_ROWS: usize = 1_000_000;

/// Where to ask.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct At {
    /// Address of a running server, like http://127.0.0.1:8017
    #[arg(long)]
    pub(crate) url: String,
    /// Trust file that says whose log it has to be; without it the server's own word is taken for that
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
}

/// The desk, as the server says it.
pub(crate) struct Desk {
    pub(crate) origin: String,
    pub(crate) now: Timestamp,
    pub(crate) policy: Value,
}

impl At {
    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url.trim_end_matches('/'))
    }

    /// The data of a JSON answer.
    pub(crate) fn get(&self, path: &str) -> Outcome<Value> {
        data(agent(PATIENCE).get(self.address(path)).call()?)
    }

    /// All rows of a list, page by page; `path` may hold a query.
    pub(crate) fn rows(&self, path: &str) -> Outcome<Vec<Value>> {
        let (rows, total) = self.rows_of(path)?;
        if total.is_some_and(|total| total > rows.len() as u64) {
            let text = format!("the server lists {} of {total:?} rows and ends", rows.len());
            return Err(
                Problem::new(text).hint("try again; if it stays so, the server leaves some out")
            );
        }
        Ok(rows)
    }

    /// The same, with how many the server says there are.
    pub(crate) fn rows_of(&self, path: &str) -> Outcome<(Vec<Value>, Option<u64>)> {
        let mark = if path.contains('?') { '&' } else { '?' };
        let (mut rows, mut seen) = (Vec::new(), BTreeSet::new());
        let mut after = String::new();
        loop {
            let mut page = self.get(&format!("{path}{mark}limit={PAGE_ROWS}{after}"))?;
            if let Value::Array(more) = page["rows"].take() {
                rows.extend(more);
            }
            let Some(next) = page["next"].as_str() else {
                return Ok((rows, page["total"]["count"].as_u64()));
            };
            if !seen.insert(next.to_owned()) || rows.len() > MAX_ROWS {
                return Err(Problem::new("the server's list does not end"));
            }
            after = format!("&after={next}");
        }
    }

    pub(crate) fn desk(&self) -> Outcome<Desk> {
        let data = self.get("/api/v1/aid")?;
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        Ok(Desk {
            origin: text("origin"),
            now: text("now").parse()?,
            policy: data["policy"].clone(),
        })
    }

    /// Signs and submits a statement that seals nothing; gives its identifier.
    pub(crate) fn say(&self, key: &SigningKey, kind: Kind, body: Value) -> Outcome<String> {
        let (id, entry) = self.prepare(key, kind, body)?;
        self.submit(kind, &entry)?;
        Ok(id)
    }

    /// Signs a statement that seals nothing, to be submitted after what hangs on its identifier is kept.
    pub(crate) fn prepare(
        &self,
        key: &SigningKey,
        kind: Kind,
        body: Value,
    ) -> Outcome<(String, Vec<u8>)> {
        let entry = self.signed(key, kind, body)?;
        Ok((
            record::ids::StatementId::of_entry(&entry).to_string(),
            entry,
        ))
    }

    /// Submits what was signed.
    pub(crate) fn submit(&self, kind: Kind, entry: &[u8]) -> Outcome<()> {
        // What is decided in a request has a way in of its own, which nothing else crowds.
        let path = match kind {
            Kind::AidStep | Kind::AidScope | Kind::AidConsent => "/api/v1/aid/statements",
            _ => "/api/v1/statements",
        };
        let request = agent(PATIENCE)
            .post(self.address(path))
            .header("Content-Type", "application/vnd.dsse+json");
        let answer = request.send(entry)?;
        text(answer).map(drop)
    }

    /// Signs a statement at the desk's time.
    fn signed(&self, key: &SigningKey, kind: Kind, body: Value) -> Outcome<Vec<u8>> {
        let desk = self.desk()?;
        let draft = Draft {
            record: desk.origin,
            issued: desk.now,
            case: None,
            kind,
            body,
        };
        Ok(draft.sign(key, &[0; 32], desk.now)?.entry)
    }

    /// Signs a statement and hands it over with the items it names.
    pub(crate) fn hand_over(
        &self,
        path: &str,
        key: &SigningKey,
        kind: Kind,
        body: Value,
        sealed: &[Vec<u8>],
    ) -> Outcome<Value> {
        let entry = self.signed(key, kind, body)?;
        let sealed: Vec<_> = sealed.iter().map(|age| STANDARD.encode(age)).collect();
        let body = json!({"statement": String::from_utf8_lossy(&entry), "sealed": sealed});
        let request = agent(PATIENCE)
            .post(self.address(path))
            .header("Content-Type", "application/json");
        data(request.send(&body.to_string().into_bytes()[..])?)
    }

    /// A sealed item, shown to be read by this key.
    pub(crate) fn sealed(&self, key: &SigningKey, request: &str, item: &str) -> Outcome<Vec<u8>> {
        self.sealed_at(
            key,
            &format!("/api/v1/aid/requests/{request}/sealed/{item}"),
        )
    }

    /// The age file at a path, shown to be read by this key.
    pub(crate) fn sealed_at(&self, key: &SigningKey, path: &str) -> Outcome<Vec<u8>> {
        let desk = self.desk()?;
        let signature = key.sign_raw(access_text(&desk.origin, path, desk.now).as_bytes());
        let shown = format!(
            "Solferino {} {} {}",
            key.verifier_key(),
            desk.now,
            STANDARD.encode(signature)
        );
        let request = agent(PATIENCE)
            .get(self.address(path))
            .header("Authorization", shown);
        let mut answer = request.call()?;
        if answer.status().as_u16() != 200 {
            return Err(match text(answer) {
                Err(problem) => problem,
                Ok(_) => Problem::new("the server gave no sealed item"),
            });
        }
        let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES);
        Ok(body.read_to_vec()?)
    }
}

fn data(answer: ureq::http::Response<ureq::Body>) -> Outcome<Value> {
    let mut value: Value = serde_json::from_str(&text(answer)?)?;
    Ok(value["data"].take())
}

/// The body of a good answer; a problem with code and hint for another.
fn text(mut answer: ureq::http::Response<ureq::Body>) -> Outcome<String> {
    let status = answer.status().as_u16();
    let body = answer
        .body_mut()
        .with_config()
        .limit(MAX_ANSWER_BYTES)
        .read_to_string()?;
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let error: Value = serde_json::from_str(&body).unwrap_or_default();
    let field = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    let code = field("code");
    let by_rule = record::refusal::Code::ALL
        .iter()
        .any(|c| c.as_str() == code);
    let problem = Problem::new(format!("{code}: {}", field("message"))).hint(field("hint"));
    Err(if by_rule {
        problem.exit(Exit::Refused)
    } else {
        problem
    })
}
