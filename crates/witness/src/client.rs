//! How a log reaches its witnesses: HTTP to the addresses of its policy.

use std::time::Duration;

use store::cosigning::{MAX_ANSWER_BYTES, Reply, Transport, WITNESS_TIMEOUT};

use crate::agent;

/// Idle connections kept open to one witness.
const IDLE_CONNECTIONS_PER_WITNESS: usize = 2;

/// Posts over HTTP or HTTPS. Nothing here is secret, and every answer is verified by its signature.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    agent: ureq::Agent,
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::new(WITNESS_TIMEOUT)
    }
}

impl HttpTransport {
    /// A transport whose requests end within `timeout`.
    #[must_use]
    pub fn new(timeout: Duration) -> Self {
        let config = agent::settings(timeout)
            .max_idle_connections_per_host(IDLE_CONNECTIONS_PER_WITNESS)
            .build();
        Self {
            agent: config.into(),
        }
    }
}

impl Transport for HttpTransport {
    fn post(&self, url: &str, body: &[u8]) -> Result<Reply, String> {
        let posted = self.agent.post(url).send(body);
        let mut response = posted.map_err(|error| format!("{url}: {error}"))?;
        let status = response.status().as_u16();
        let body = response
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER_BYTES as u64)
            .read_to_vec()
            .map_err(|error| format!("{url}: {error}"))?;
        Ok(Reply { status, body })
    }
}
