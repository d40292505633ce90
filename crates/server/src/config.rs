//! What an operator decides about a server.

use std::path::PathBuf;
use std::time::Duration;

use crate::limits::INTAKE_AFTER;
use crate::modules::Modules;
use crate::paging::Pager;
use crate::rate::Rate;
use crate::taxii::Publisher;

/// Settings of one server; the defaults serve a small body on one machine.
#[derive(Clone, Debug)]
pub struct Config {
    /// Largest exhibit taken in, in bytes.
    pub max_exhibit_bytes: u64,
    /// Requests per client address.
    pub client_reads: Rate,
    /// Requests of all clients together.
    pub all_reads: Rate,
    /// Pages and objects over TAXII per client address. A program that pages a large collection asks in
    /// bursts, and common ones give up at the first 429.
    pub client_pages: Rate,
    /// Submissions and uploads per client address.
    pub client_writes: Rate,
    /// Submissions and uploads of all clients together.
    pub all_writes: Rate,
    /// Requests for help per client address: a burst, and so many a minute.
    pub client_asks: Rate,
    /// Requests for help of all clients together, likewise.
    pub all_asks: Rate,
    /// Steps, scopes and consents of requests that are there, per client address. Nothing else uses these up: who withdraws is
    /// not crowded out by who submits.
    pub client_decisions: Rate,
    /// The same of all clients together.
    pub all_decisions: Rate,
    /// Refusals logged on the wish of one client address, likewise: a relay full of what the log has to refuse is
    /// through with it long before its receipts fall due.
    pub client_refusals: Rate,
    /// A file that says the time of a record with an injected clock; read at each request. For tests.
    pub steered_by: Option<PathBuf>,
    /// Whether a proxy stands in front, whose last `X-Forwarded-For` entry is the client address.
    /// Only with a proxy that sets it: otherwise a client chooses its own address.
    pub behind_proxy: bool,
    /// The WebAssembly modules that pages run.
    pub modules: Modules,
    /// How long a submitter waits for the receipt before it gets the promise of one.
    pub intake_after: Duration,
    /// What of the record is published over TAXII; without it those collections stay empty.
    pub publisher: Option<Publisher>,
    /// Folder of a static copy that is kept in step while serving.
    pub site: Option<PathBuf>,
    /// Whether answers become the files of a copy: then nobody can ask there, and what hangs on the hour is left out.
    pub is_copy: bool,
    /// What posts pages to who is on call at the desk that helps; without it nobody is paged.
    pub pager: Option<Pager>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_exhibit_bytes: 64 * 1024 * 1024,
            client_reads: Rate::new(200, 40),
            all_reads: Rate::new(4_000, 2_000),
            client_pages: Rate::new(4_000, 100),
            client_writes: Rate::new(60, 2),
            all_writes: Rate::new(1_000, 200),
            client_asks: Rate::new(6, 2),
            all_asks: Rate::new(300, 60),
            client_decisions: Rate::new(60, 2),
            all_decisions: Rate::new(2_000, 400),
            client_refusals: Rate::new(12, 12),
            steered_by: None,
            behind_proxy: false,
            modules: Modules::default(),
            intake_after: INTAKE_AFTER,
            publisher: None,
            site: None,
            is_copy: false,
            pager: None,
        }
    }
}
