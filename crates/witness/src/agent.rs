//! The one way in which others are asked over the network: HTTP, and HTTPS under the certificates
//! that the machine trusts.
//!
//! Nothing that is fetched is believed for the channel it came through: logs, cosignatures and
//! receipts are verified by their signatures. TLS keeps from those on the way *what* is asked.

use std::sync::Arc;
use std::time::Duration;

use ureq::config::ConfigBuilder;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

/// The settings every request shares: it ends within `timeout`, a status is an answer and no
/// error, and nobody is followed elsewhere. Certificates are checked as the machine's own store
/// says; `SSL_CERT_FILE` and `SSL_CERT_DIR` name another one.
#[must_use]
pub fn settings(timeout: Duration) -> ConfigBuilder<AgentScope> {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build();
    ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .max_redirects(0)
}

/// An agent with just these settings.
#[must_use]
pub fn agent(timeout: Duration) -> ureq::Agent {
    settings(timeout).build().into()
}
