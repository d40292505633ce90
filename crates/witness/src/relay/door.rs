//! What waits for one log, and in which order it is handed over.
//!
//! Whatever was never tried goes first, the addresses that brought it in turn, so that nothing which the log will
//! refuse stands in front of what it would record, and no single address in front of the others, however slowly the log
//! answers; then what is due again, the longest untried first. So one entry costs the log one request, and one more each time that the relay's
//! interval has passed, however many are brought.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use record::ids::StatementId;
use record::statement::Verified;
use record::time::Timestamp;
use store::cosigning::Transport;
use store::intake::{IntakeReceipt, Waiting};
use store::{StoreError, SubmitError};

use super::forward::{Fate, hand_over};
use super::{KEPT_S, PASS_MS, Target};

/// Entries brought by one address that may wait for a log, at most: no single one fills the relay.
pub const MAX_WAITING_PER_CLIENT: usize = 256;

/// A log, and what waits for it.
pub(super) struct Door {
    pub(super) target: Target,
    pub(super) waiting: Waiting,
    book: Mutex<Book>,
}

/// What a relay knows of the entries that wait; all of it can be lost.
#[derive(Default)]
struct Book {
    /// When an entry is due again, in milliseconds; one that was never tried is not here.
    due: BTreeMap<StatementId, u64>,
    /// Who brought an entry, and its place among all brought. Used for limit and order alone: never logged, never
    /// stored.
    brought: BTreeMap<StatementId, (Option<IpAddr>, u64)>,
    /// Entries brought and turns had so far.
    count: u64,
    /// When an address of those that wait had its last turn, in `count`.
    turns: BTreeMap<Option<IpAddr>, u64>,
    /// Until then the log is left alone, in milliseconds.
    away_until: u64,
}

impl Door {
    pub(super) fn new(target: Target, waiting: Waiting) -> Self {
        Self {
            target,
            waiting,
            book: Mutex::default(),
        }
    }

    /// Keeps an entry that was brought by `client`, and gives the receipt.
    pub(super) fn take(
        &self,
        statement: &Verified,
        entry: &[u8],
        received: Timestamp,
        client: Option<IpAddr>,
    ) -> Result<IntakeReceipt, SubmitError> {
        let client = client.map(server::rate::network);
        let known = self.book().brought.contains_key(&statement.id);
        if !known {
            self.note(statement.id, client)?;
        }
        let log = &statement.record;
        let taken = self.waiting.take(statement, entry, log, received);
        if taken.is_err() && !known {
            self.book().brought.remove(&statement.id);
        }
        taken
    }

    /// Notes who brought an entry, within the limit of one address.
    fn note(&self, id: StatementId, client: Option<IpAddr>) -> Result<(), SubmitError> {
        let mut book = self.book();
        let theirs = book.brought.values().filter(|(by, _)| *by == client);
        if client.is_some() && theirs.count() >= MAX_WAITING_PER_CLIENT {
            return Err(SubmitError::Overloaded {
                limit: MAX_WAITING_PER_CLIENT,
            });
        }
        book.count += 1;
        let place = book.count;
        book.brought.insert(id, (client, place));
        Ok(())
    }

    /// Hands over what was never tried and what is due, for [`PASS_MS`] at most; gives in how many milliseconds
    /// something is due again, nothing where nothing waits. `now_ms` is a clock that only goes on.
    pub(super) fn settle(
        &self,
        transport: &dyn Transport,
        now_ms: &dyn Fn() -> u64,
        retry_ms: u64,
    ) -> Result<Option<u64>, StoreError> {
        let mut refusals_full = false;
        let until = now_ms().saturating_add(PASS_MS);
        for (id, tried) in self.order(now_ms())? {
            if now_ms() >= until {
                break; // what came meanwhile may have to go first
            }
            if tried && refusals_full {
                continue; // it would be refused again, and not logged again
            }
            let Some(entry) = self.waiting.read(&id)? else {
                self.forget(&id);
                continue;
            };
            self.turn(&id);
            match hand_over(transport, &self.target, &entry) {
                Fate::Settled => {}
                _ if self.waiting.waited_s(&id) > KEPT_S => {
                    tracing::warn!(%id, "given up: the log has not recorded it in seven days");
                }
                Fate::Away(problem) => {
                    tracing::warn!(problem, "the log takes nothing at present");
                    self.book().away_until = now_ms().saturating_add(retry_ms);
                    break;
                }
                Fate::Refused => {
                    refusals_full = true;
                    self.again(id, now_ms().saturating_add(retry_ms));
                    continue;
                }
                Fate::Waits(problem) => {
                    tracing::debug!(%id, problem, "not recorded yet");
                    self.again(id, now_ms().saturating_add(retry_ms));
                    continue;
                }
            }
            self.waiting.forget(&id)?;
            self.forget(&id);
        }
        self.next(now_ms())
    }

    /// What to hand over now, in order, and whether it was tried before.
    fn order(&self, now: u64) -> Result<Vec<(StatementId, bool)>, StoreError> {
        let ids = self.waiting.ids()?;
        let mut book = self.book();
        if now < book.away_until {
            return Ok(Vec::new());
        }
        let (tried, mut fresh): (Vec<_>, Vec<_>) =
            ids.into_iter().partition(|id| book.due.contains_key(id));
        let of = |id: &StatementId| book.brought.get(id).copied().unwrap_or_default();
        fresh.sort_by_cached_key(|id| of(id).1);
        let mut counts: BTreeMap<Option<IpAddr>, u64> = BTreeMap::new();
        let mut ranked: Vec<_> = fresh
            .into_iter()
            .map(|id| {
                let (by, place) = of(&id);
                let rank = counts.entry(by).or_default();
                *rank += 1;
                // Whoever has waited longest for a turn, be it the first.
                let since = book.turns.get(&by).copied().unwrap_or(0).max(place);
                (*rank, since, id)
            })
            .collect();
        ranked.sort_unstable();
        let mut due: Vec<_> = tried
            .into_iter()
            .filter_map(|id| book.due.get(&id).map(|due| (*due, id)))
            .filter(|(due, _)| *due <= now)
            .collect();
        due.sort_unstable();
        let fresh = ranked.into_iter().map(|(_, _, id)| (id, false));
        book.turns.retain(|by, _| counts.contains_key(by));
        Ok(fresh
            .chain(due.into_iter().map(|(_, id)| (id, true)))
            .collect())
    }

    /// In how many milliseconds there is something to do.
    fn next(&self, now: u64) -> Result<Option<u64>, StoreError> {
        let ids = self.waiting.ids()?;
        let book = self.book();
        let due = ids.iter().map(|id| book.due.get(id).copied().unwrap_or(0));
        let next = due.min().map(|due| due.max(book.away_until));
        Ok(next.map(|next| next.saturating_sub(now)))
    }

    /// Whoever brought this entry has had a turn.
    fn turn(&self, id: &StatementId) {
        let mut book = self.book();
        book.count += 1;
        let now = book.count;
        let (by, _) = book.brought.get(id).copied().unwrap_or_default();
        book.turns.insert(by, now);
    }

    fn again(&self, id: StatementId, due: u64) {
        self.book().due.insert(id, due);
    }

    fn forget(&self, id: &StatementId) {
        let mut book = self.book();
        book.due.remove(id);
        book.brought.remove(id);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Each change is whole by itself.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test stops at the first surprise

    use record::kind::Kind;
    use record::statement::Draft;
    use serde_json::json;
    use store::cosigning::Reply;
    use tlog::{KeyType, SigningKey};

    use super::*;

    const ORIGIN: &str = "record.example/door";
    const RETRY_MS: u64 = 60_000;

    /// A log with a server's usual limits for one address: 60 requests at once and 2 a second, 12 refusals a
    /// minute. It refuses whatever is not the good one.
    struct Log {
        good: StatementId,
        now_ms: Mutex<u64>,
        posts: Mutex<Vec<(u64, StatementId)>>,
        settled: Mutex<Vec<StatementId>>,
    }

    impl Transport for Log {
        fn post(&self, _: &str, entry: &[u8]) -> Result<Reply, String> {
            let id = StatementId::of_entry(entry);
            let now = *self.now_ms.lock().unwrap();
            let mut posts = self.posts.lock().unwrap();
            let lately = posts.iter().filter(|(at, _)| *at + 30_000 > now).count();
            posts.push((now, id));
            let answer = |status, body: serde_json::Value| {
                let body = body.to_string().into_bytes();
                Ok(Reply { status, body })
            };
            if lately >= 60 {
                return answer(429, json!({"code": "rate-limited"}));
            }
            let mut settled = self.settled.lock().unwrap();
            let logged = posts
                .iter()
                .filter(|(at, id)| *at + 60_000 > now && settled.contains(id));
            if id != self.good && logged.count() >= 12 {
                return answer(429, json!({"code": "too-many-refusals"}));
            }
            settled.push(id);
            answer(422, json!({"code": "x", "logged_as": "0"}))
        }
    }

    fn entry(n: u64) -> (Verified, Vec<u8>) {
        let issued: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let draft = Draft {
            record: ORIGIN.into(),
            issued,
            case: None,
            kind: Kind::Report,
            body: json!({"incident": "disruption", "sector": "health", "happened": "2025-12-24",
                "account_sha256": tlog::sha256(&n.to_be_bytes())}),
        };
        let key = SigningKey::from_seed("reporter", [7; 32], KeyType::Ed25519).unwrap();
        let entry = draft.sign(&key, &[0; 32], issued).unwrap().entry;
        (Verified::parse(&entry).unwrap(), entry)
    }

    fn door(folder: &std::path::Path) -> Door {
        let key = SigningKey::from_seed("relay.example/r", [1; 32], KeyType::Ed25519).unwrap();
        let log = SigningKey::from_seed(ORIGIN, [2; 32], KeyType::Ed25519).unwrap();
        let target = Target {
            log: log.verifier_key(),
            url: "http://log.test".into(),
        };
        Door::new(target, Waiting::open(folder, key).unwrap())
    }

    fn bring(door: &Door, n: u64, client: [u8; 4]) -> Result<(), SubmitError> {
        let (statement, bytes) = entry(n);
        let received = "2026-01-01T00:00:10Z".parse().unwrap();
        let taken = door.take(&statement, &bytes, received, Some(IpAddr::from(client)));
        taken.map(|_| ())
    }

    #[test]
    fn a_flood_that_the_log_refuses_holds_nothing_up_and_costs_it_little() {
        let folder = tempfile::tempdir().unwrap();
        let door = door(folder.path());
        let log = Log {
            good: entry(9_999).0.id,
            now_ms: Mutex::new(0),
            posts: Mutex::default(),
            settled: Mutex::default(),
        };
        let settle = |at: u64| {
            *log.now_ms.lock().unwrap() = at;
            door.settle(&log, &|| at, RETRY_MS).unwrap()
        };
        for n in 0..200 {
            bring(&door, n, [10, 0, 0, 1]).unwrap();
            settle(0); // each submission wakes the relay
        }
        let posts = || log.posts.lock().unwrap().len();
        assert_eq!(posts(), 61, "no more once the log says to wait");
        bring(&door, 9_999, [10, 0, 0, 2]).unwrap();
        assert_eq!(settle(1_000), Some(RETRY_MS - 1_000));
        assert_eq!(posts(), 61);
        settle(RETRY_MS);
        assert!(log.settled.lock().unwrap().contains(&log.good), "one retry");
        // In the end all are settled, by no more requests than entries in each interval.
        let mut rounds = 1;
        while settle(RETRY_MS * (rounds + 1)).is_some() {
            rounds += 1;
            assert!(rounds < 60);
        }
        assert_eq!(log.settled.lock().unwrap().len(), 201);
        assert!(posts() as u64 <= 201 * (rounds + 1));
    }

    /// A log that takes its time for everything.
    struct Slow {
        now_ms: Mutex<u64>,
        posts: Mutex<Vec<StatementId>>,
    }

    impl Transport for Slow {
        fn post(&self, _: &str, entry: &[u8]) -> Result<Reply, String> {
            *self.now_ms.lock().unwrap() += 12_000;
            self.posts
                .lock()
                .unwrap()
                .push(StatementId::of_entry(entry));
            let (status, body) = (400, br#"{"code": "x"}"#.to_vec());
            Ok(Reply { status, body })
        }
    }

    #[test]
    fn what_comes_while_a_slow_log_is_asked_waits_for_one_answer_of_each_address() {
        let folder = tempfile::tempdir().unwrap();
        let door = door(folder.path());
        let log = Slow {
            now_ms: Mutex::new(0),
            posts: Mutex::default(),
        };
        let settle = || {
            let now = || *log.now_ms.lock().unwrap();
            door.settle(&log, &now, RETRY_MS).unwrap()
        };
        for n in 0..100 {
            bring(&door, n, [10, 0, 0, 1]).unwrap();
        }
        assert_eq!(settle(), Some(0), "the rest is due now");
        assert_eq!(log.posts.lock().unwrap().len(), 1, "a pass has a bound");
        for (n, last) in [(9_998, 2), (9_999, 3)] {
            bring(&door, n, [10, 0, 0, last]).unwrap();
        }
        for _ in 0..3 {
            settle();
        }
        let posts = log.posts.lock().unwrap().clone();
        for n in [9_998, 9_999] {
            let id = entry(n).0.id;
            let at = posts.iter().position(|post| *post == id);
            assert!(
                at.is_some(),
                "{n} still waits behind a hundred of one address"
            );
        }
    }

    #[test]
    fn what_waited_before_a_restart_stands_in_front_of_nobody_and_counts_for_none() {
        let folder = tempfile::tempdir().unwrap();
        let before = door(folder.path());
        let many = MAX_WAITING_PER_CLIENT as u64;
        for n in 0..many {
            bring(&before, n, [10, 0, 0, 1]).unwrap();
        }
        drop(before);
        let door = door(folder.path());
        // Addresses are not stored, so the limit of each begins anew.
        bring(&door, many, [10, 0, 0, 1]).unwrap();
        let log = Slow {
            now_ms: Mutex::new(0),
            posts: Mutex::default(),
        };
        for _ in 0..2 {
            let now = || *log.now_ms.lock().unwrap();
            door.settle(&log, &now, RETRY_MS).unwrap();
        }
        assert!(log.posts.lock().unwrap().contains(&entry(many).0.id));
    }

    #[test]
    fn no_single_address_fills_a_relay() {
        let folder = tempfile::tempdir().unwrap();
        let door = door(folder.path());
        let many = MAX_WAITING_PER_CLIENT as u64;
        for n in 0..many {
            bring(&door, n, [10, 0, 0, 1]).unwrap();
        }
        let full = bring(&door, many, [10, 0, 0, 1]);
        assert!(
            matches!(full, Err(SubmitError::Overloaded { limit }) if limit == MAX_WAITING_PER_CLIENT)
        );
        bring(&door, 0, [10, 0, 0, 1]).unwrap(); // it waits already
        bring(&door, many, [10, 0, 0, 2]).unwrap();
    }
}
