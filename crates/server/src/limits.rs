//! Every bound on what comes in from outside, with its unit, in one place.

use std::time::Duration;

/// Largest body of a submission, in bytes: the cap of one log entry. One byte more is 413.
pub const MAX_STATEMENT_BYTES: usize = record::envelope::MAX_ENVELOPE_BYTES;
/// Largest body of a request for help, in bytes: sealed items in base64, the envelope in JSON.
pub const MAX_ASK_BYTES: usize =
    store::aid::MAX_STATEMENT_SEALED_BYTES * 4 / 3 + 4 * MAX_STATEMENT_BYTES;
/// Largest sealed copy that a member hands to another at the desk, in bytes: a masked case with its texts.
pub const MAX_COPY_BYTES: usize = 3 << 19;
/// Largest sealed copy of what opens a statement, in bytes: no longer than a statement, and what sealing adds.
pub const MAX_OPENING_COPY_BYTES: usize = MAX_STATEMENT_BYTES + 4 * 1024;
/// Longest request target, in bytes.
pub const MAX_URI_BYTES: usize = 2_048;
/// Most bytes in the names and values of all header fields of a request.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;
/// Most rows of one page of an answer.
pub const MAX_PAGE_ROWS: usize = 200;
/// Rows of a page unless the reader asks for another number.
pub const DEFAULT_PAGE_ROWS: usize = 50;
/// Fewest digits of a shortened statement identifier.
pub const MIN_PREFIX_DIGITS: usize = 8;
/// Most bytes of an item's own account that a page reads from the vault.
pub const MAX_ACCOUNT_BYTES: u64 = 16 * 1024;
/// Most accounts that one page reads.
pub const MAX_ACCOUNTS: usize = 200;

/// Statements that the page of a case lists; the API pages through the rest.
pub const MAX_TIMELINE_ROWS: usize = 500;

/// Cases on one page of the register.
pub const REGISTER_ROWS: usize = 25;

/// Exhibits that a finding's page lists; the JSON has the rest.
pub const MAX_EXHIBIT_ROWS: usize = 60;

/// Endorsements, rebuttals and alternatives of a case that a finding's page reads.
pub const MAX_RESPONSES: usize = 50;

/// Lines of an answer to a saved question that a page shows; the API pages through the rest.
pub const MAX_ANSWER_LINES: usize = 20;

/// Longest time an ordinary request may take.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest time an exhibit may take on its way in or out.
pub const EXHIBIT_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// Longest silence within an incoming body.
pub const BODY_IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest time a submitter waits for the receipt while the witnesses are not to be had; then it
/// gets an intake receipt.
pub const INTAKE_AFTER: Duration = Duration::from_secs(10);
/// Time that requests under way have to finish once the server was told to stop.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// Connections held open at one time; further ones wait to be accepted.
pub const MAX_CONNECTIONS: usize = 2_048;
/// Longest time a connection may be open without a byte in either direction.
pub const CONNECTION_IDLE_TIMEOUT: Duration = Duration::from_secs(75);
/// Requests served at one time.
pub const MAX_REQUESTS: usize = 512;
/// Exhibits on their way in at one time.
pub const MAX_UPLOADS: usize = 8;
/// Exhibits and bundles on their way out at one time.
pub const MAX_DOWNLOADS: usize = 32;
/// Frames of an exhibit in memory between network and vault.
pub const FRAMES_IN_FLIGHT: usize = 4;

/// Clients whose spending is kept apart; beyond it they share one bucket.
pub const MAX_TRACKED_CLIENTS: usize = 10_000;
/// Seconds after which an overloaded client is asked to come back.
pub const OVERLOAD_RETRY_S: u64 = 2;

/// Largest body of a TAXII POST, in bytes (16 MiB): its `max_content_length`. One byte more is 413.
pub const MAX_TAXII_BODY_BYTES: usize = 16 << 20;
/// Objects of a TAXII page at most, and unless the reader asks for fewer.
pub const MAX_TAXII_PAGE: usize = 1_000;
/// Alternatives of one TAXII filter.
pub const MAX_TAXII_ALTERNATIVES: usize = 50;
/// TAXII POSTs read and judged at one time: each holds its envelope in memory a few times over.
pub const MAX_TAXII_POSTS: usize = 2;
/// Longest time a TAXII POST waits for its turn.
pub const TAXII_PATIENCE: Duration = Duration::from_secs(20);
/// How far the clock of a client that signs its TAXII requests may be off, in seconds.
pub const MAX_TAXII_SKEW_S: u64 = 300;
