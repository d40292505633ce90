//! A TAXII server of others, asked politely: one connection, one request at a time, waiting when it says so.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::files;
use crate::problem::{Exit, Outcome, Problem};
use crate::ui;

/// Longest time one request may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Largest answer that is read, in bytes.
const MAX_ANSWER_BYTES: u64 = 64 << 20;
/// Times one request is tried.
const MAX_TRIES: u32 = 5;
/// First pause after a failure; each later one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause that is waited out when the server asks for it, in seconds.
const MAX_RETRY_AFTER_S: u64 = 300;
/// Largest file with a password, in bytes.
const MAX_PASSWORD_BYTES: u64 = 4 * 1024;
const MEDIA: &str = "application/taxii+json;version=2.1";

/// An answer with what TAXII says in its headers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: Vec<u8>,
    /// `X-TAXII-Date-Added-Last`.
    pub(super) added_last: Option<String>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The server understood and said no.
    Refused(u16, String),
    /// It could not be had, or asks for more patience than there is.
    Given(Problem),
}

impl From<Unanswered> for Problem {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Refused(status, text) => {
                Problem::new(format!("the server answers {status}: {text}"))
            }
            Unanswered::Given(problem) => problem,
        }
    }
}

/// One server.
pub(super) struct Peer {
    agent: ureq::Agent,
    /// `https://host:port`, or with http.
    origin: String,
    authorization: Option<String>,
}

impl Peer {
    /// The server of an address, with an account if there is one.
    pub(super) fn new(url: &str, user: Option<&str>, password: Option<&Path>) -> Outcome<Self> {
        let origin = origin(url)?;
        let authorization = match (user, password) {
            (Some(user), Some(file)) => Some(credentials(&origin, user, file)?),
            _ => None,
        };
        let config = witness::agent::settings(TIMEOUT)
            .max_idle_connections_per_host(1)
            .user_agent(concat!("solferino/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.into(),
            origin,
            authorization,
        })
    }

    /// The host, as a name that a collection may have.
    pub(super) fn host(&self) -> String {
        let host = self.origin.rsplit('/').next().unwrap_or_default();
        let host = host.to_ascii_lowercase();
        host.replace(
            |c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '.',
            "-",
        )
    }

    /// An address that the server gave, whole or as a path; only on the same server, so that nobody is sent elsewhere.
    pub(super) fn same_server(&self, given: &str) -> Outcome<String> {
        let url = match given.strip_prefix('/') {
            Some(path) if !path.starts_with('/') => format!("{}/{path}", self.origin),
            _ => given.to_owned(),
        };
        if origin(&url)? == self.origin {
            return Ok(url);
        }
        let text = format!("the server sends to another one, {given:?}, which is not followed");
        Err(Problem::new(text).hint("pull from that one's own address if you mean it"))
    }

    /// Asks for an address below the server, waiting and trying again where that may help.
    pub(super) fn get(&self, url: &str) -> Result<Answer, Unanswered> {
        let mut pause = FIRST_PAUSE;
        let mut tries = 0;
        loop {
            tries += 1;
            let failed = match self.once(url) {
                Ok(Reply::Answer(answer)) => return Ok(answer),
                Ok(Reply::Refused(status, text)) => return Err(Unanswered::Refused(status, text)),
                Ok(Reply::Later(seconds, status)) => {
                    if let Some(seconds) = seconds {
                        if seconds > MAX_RETRY_AFTER_S {
                            let text = format!(
                                "the server answers {status} and asks to come back in {seconds} s"
                            );
                            let hint =
                                "what was pulled is kept; the same command goes on from there";
                            return Err(Unanswered::Given(Problem::new(text).hint(hint)));
                        }
                        pause = pause.max(Duration::from_secs(seconds));
                    }
                    format!("the server answers {status}")
                }
                Err(text) => text,
            };
            if tries == MAX_TRIES {
                let text = format!("{url}: {failed}, {tries} times");
                let hint = "what was pulled is kept; the same command goes on from there";
                return Err(Unanswered::Given(Problem::new(text).hint(hint)));
            }
            ui::remark(format!("waiting {} s: {failed}", pause.as_secs()));
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(MAX_RETRY_AFTER_S));
        }
    }

    fn once(&self, url: &str) -> Result<Reply, String> {
        let mut request = self.agent.get(url).header("Accept", MEDIA);
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        let mut response = request.call().map_err(|error| error.to_string())?;
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let (status, added_last) = (
            response.status().as_u16(),
            header("x-taxii-date-added-last"),
        );
        let retry_after = header("retry-after").and_then(|text| text.trim().parse().ok());
        let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES);
        let body = body.read_to_vec().map_err(|error| error.to_string());
        match status {
            200 => Ok(Reply::Answer(Answer {
                body: body?,
                added_last,
            })),
            429 | 500..=599 => Ok(Reply::Later(retry_after, status)),
            _ => Ok(Reply::Refused(status, said(&body.unwrap_or_default()))),
        }
    }
}

enum Reply {
    Answer(Answer),
    Refused(u16, String),
    Later(Option<u64>, u16),
}

/// What an error object says, or nothing.
fn said(body: &[u8]) -> String {
    let object: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| object.get(name).and_then(serde_json::Value::as_str);
    let text = text("description")
        .or_else(|| text("title"))
        .unwrap_or("no reason given");
    crate::claim::shown(text)
}

/// `https://host:port` of an address, or with http.
fn origin(url: &str) -> Outcome<String> {
    let parts = url.split_once("://");
    let Some((scheme @ ("http" | "https"), rest)) = parts else {
        let text = format!("{url:?} is no address that begins with https:// or http://");
        return Err(Problem::new(text).exit(Exit::Usage));
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains('@') {
        return Err(Problem::new(format!("{url:?} names no host")).exit(Exit::Usage));
    }
    Ok(format!("{scheme}://{}", host.to_ascii_lowercase()))
}

/// The header for an account; it leaves this machine under TLS only.
fn credentials(origin: &str, user: &str, file: &Path) -> Outcome<String> {
    let host = origin.trim_start_matches("http://");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_safe =
        origin.starts_with("https://") || matches!(name, "127.0.0.1" | "localhost" | "[::1]");
    if !is_safe {
        let text = format!("a password is not sent to {host} in the clear");
        return Err(Problem::new(text).hint("give the address with https://"));
    }
    let password = files::read(file, MAX_PASSWORD_BYTES)?;
    let password = String::from_utf8_lossy(&password);
    let pair = format!("{user}:{}", password.trim_end_matches(['\r', '\n']));
    Ok(format!("Basic {}", STANDARD.encode(pair)))
}
