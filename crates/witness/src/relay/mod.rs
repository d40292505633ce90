//! A relay: another door to a log, for those whom the log's own refuses or ignores
//! (docs/witness.md, section 8).
//!
//! A mirror or a witness takes a submission for a log it knows, looks at its form and signature
//! only, keeps it durably, and signs an intake receipt with a key made for nothing else. Then it
//! hands the bytes to the log, again and again, until the log shows them recorded or says that it
//! logged their refusal. Whether the log may record them is for the rules, not for the relay.

mod door;
mod forward;
mod http;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use record::ids::StatementId;
use record::refusal::{Code, Refusal};
use record::statement::Verified;
use record::time::Timestamp;
use server::rate::Rate;
use store::cosigning::Transport;
use store::intake::{IntakeReceipt, Waiting, now};
use store::{StoreError, SubmitError};
use tlog::{KeyType, SigningKey, VerifierKey, origin_hash};

use self::door::Door;
use crate::client::HttpTransport;
use crate::folder::{FolderError, key, write_new};
use crate::guard::Guard;

pub use self::door::MAX_WAITING_PER_CLIENT;
pub use self::http::router;

/// How long the relay waits before it hands over again what the log has not recorded.
pub const RETRY: Duration = Duration::from_secs(60);
/// Longest time that one handing over may take: longer than a log waits for its witnesses.
pub const HAND_OVER_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a relay hands over before it looks again at what came meanwhile, in milliseconds. With one that is under
/// way, a pass takes at most [`HAND_OVER_TIMEOUT`] longer.
pub const PASS_MS: u64 = 10_000;
/// How long a relay keeps handing over one entry, in seconds (seven days): as long as any receipt
/// gives a log time. The receipt serves without the bytes.
pub const KEPT_S: u64 = 7 * 24 * 60 * 60;

const KEY_FILE: &str = "relay.key";
const FOLDER: &str = "relayed";

/// A log that a relay hands submissions to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its key.
    pub log: VerifierKey,
    /// Address of its server.
    pub url: String,
}

/// What an operator decides about a relay.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Submissions per client address.
    pub client: Rate,
    /// Submissions of all clients together.
    pub all: Rate,
    /// Between two attempts to hand over.
    pub retry: Duration,
    /// The time that receipts state.
    pub clock: fn() -> Result<Timestamp, StoreError>,
    /// Whether a proxy stands in front, whose last `X-Forwarded-For` entry is the client address. Only with a proxy
    /// that sets it: otherwise a client chooses its own address.
    pub behind_proxy: bool,
}

impl Default for Config {
    /// Room for people, not for the log's whole traffic.
    fn default() -> Self {
        Self {
            client: Rate::new(20, 1),
            all: Rate::new(200, 20),
            retry: RETRY,
            clock: now,
            behind_proxy: false,
        }
    }
}

/// A running relay; cheap to clone. Its threads, one for each log, end with the last clone.
#[derive(Clone)]
pub struct Relay(Arc<Parts>);

struct Parts {
    logs: BTreeMap<String, Log>,
    signer: VerifierKey,
    clock: fn() -> Result<Timestamp, StoreError>,
    guard: Guard,
}

/// A log that is handed to, and how its thread is woken: however many wake it meanwhile, one pass is for all of them.
struct Log {
    door: Arc<Door>,
    wake: SyncSender<()>,
}

/// The relay's key in a mirror's or witness's folder; made from `seed`, which is fresh randomness,
/// where there is none yet. It is of type 0x01, so it is never the key that cosigns.
///
/// # Errors
/// [`FolderError`].
pub fn relay_key(dir: &Path, name: &str, seed: [u8; 32]) -> Result<SigningKey, FolderError> {
    let path = dir.join(KEY_FILE);
    if !path.exists() {
        let made = SigningKey::from_seed(name, seed, KeyType::Ed25519)
            .map_err(|error| FolderError::Key(path.clone(), error))?;
        write_new(&path, &format!("{}\n", made.to_text()), 0o600)?;
    }
    key(&path)
}

impl Relay {
    /// Starts a relay in a mirror's or witness's folder: what waited goes on waiting.
    ///
    /// # Errors
    /// [`StoreError`] where a folder or the thread cannot be had.
    pub fn start(
        dir: &Path,
        key: &SigningKey,
        targets: Vec<Target>,
        config: Config,
    ) -> Result<Self, StoreError> {
        let transport = HttpTransport::new(HAND_OVER_TIMEOUT).sending("application/vnd.dsse+json");
        Self::over(Arc::new(transport), dir, key, targets, config)
    }

    /// As [`Self::start`], by a transport.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn over(
        transport: Arc<dyn Transport>,
        dir: &Path,
        key: &SigningKey,
        targets: Vec<Target>,
        config: Config,
    ) -> Result<Self, StoreError> {
        let mut logs = BTreeMap::new();
        for target in targets {
            let origin = target.log.name().to_owned();
            let folder = dir.join(FOLDER).join(origin_hash(&origin).to_string());
            let waiting = Waiting::open(&folder, key.clone())?;
            let door = Arc::new(Door::new(target, waiting));
            let (wake, woken) = sync_channel(1);
            let (handed, transport) = (Arc::clone(&door), Arc::clone(&transport));
            std::thread::Builder::new()
                .name("relay".into())
                .spawn(move || run(&handed, &*transport, &woken, config.retry))
                .map_err(StoreError::Thread)?;
            logs.insert(origin, Log { door, wake });
        }
        Ok(Self(Arc::new(Parts {
            logs,
            signer: key.verifier_key(),
            clock: config.clock,
            guard: Guard::new(config.client, config.all, config.behind_proxy),
        })))
    }

    /// The key whose receipts a reader has to name.
    #[must_use]
    pub fn verifier_key(&self) -> VerifierKey {
        self.0.signer.clone()
    }

    /// Takes a submission: durable, then the receipt. The same bytes again are kept once. Of one client only so
    /// many may wait ([`MAX_WAITING_PER_CLIENT`]).
    ///
    /// # Errors
    /// [`SubmitError::Refused`] if it is no statement, if its signature does not hold, or if it is
    /// for a log that is not relayed here; [`SubmitError::Overloaded`]; [`SubmitError::Store`].
    pub fn take(&self, entry: &[u8], client: Option<IpAddr>) -> Result<IntakeReceipt, SubmitError> {
        let statement = Verified::parse(entry).map_err(Refusal::from)?;
        let Some(log) = self.0.logs.get(&statement.record) else {
            let known: Vec<_> = self.0.logs.keys().map(String::as_str).collect();
            let detail = format!(
                "it is for the record {:?}; this relay hands over to {}",
                statement.record,
                known.join(", ")
            );
            return Err(Refusal::new(Code::WrongRecord, detail).into());
        };
        let received = (self.0.clock)()?;
        let receipt = log.door.take(&statement, entry, received, client)?;
        // It lives as long as there is somebody to wake it, and is full where it is to wake already.
        let _ = log.wake.try_send(());
        Ok(receipt)
    }

    /// What waits for a log, by identity.
    ///
    /// # Errors
    /// Failures of the storage.
    pub fn waiting(&self, origin: &str) -> Result<Vec<StatementId>, StoreError> {
        let log = self.0.logs.get(origin);
        log.map_or(Ok(Vec::new()), |log| log.door.waiting.ids())
    }
}

/// Hands over to one log whatever waits for it, until nobody holds the relay any more.
fn run(door: &Door, transport: &dyn Transport, woken: &Receiver<()>, retry: Duration) {
    let retry_ms = u64::try_from(retry.as_millis()).unwrap_or(u64::MAX);
    let started = Instant::now();
    let now_ms = || u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    loop {
        let due = door
            .settle(transport, &now_ms, retry_ms)
            .unwrap_or_else(|error| {
                tracing::error!(%error, "what waits could not be read");
                Some(retry_ms)
            });
        let heard = match due {
            None => woken.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(due) => woken.recv_timeout(Duration::from_millis(due.max(1))),
        };
        if heard == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}
