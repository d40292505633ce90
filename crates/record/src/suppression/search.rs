//! Looking through a log for what became of a promise.

use tlog::{Hash, TlogProof, leaf_hash};

use super::{SuppressionProof, is_in_time, refusals};
use crate::body::log::StatedIndex;
use crate::index::{Index, Subject};
use crate::intake::Promise;
use crate::kind::Body;
use crate::refusal::Code;
use crate::statement::Statement;
use crate::time::Timestamp;

/// Looks through a log, entry by entry, for what a promise is about.
#[derive(Clone, Debug)]
pub struct Search {
    promise: Promise,
    size: u64,
    recorded: Option<u64>,
    refused: Option<(u64, Vec<u8>)>,
    /// The promised statement, and whether its time let the log record it until merge-by.
    in_time: bool,
    excuse: Option<u64>,
    tick: Option<(u64, Vec<u8>, StatedIndex)>,
    began: Option<Timestamp>,
}

/// What a log holds of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// The entry, at this index, in time.
    Recorded(u64),
    /// Its refusal: index and code.
    Refused(u64, String),
    /// Neither, in an index of this size that the tick at this index states after merge-by.
    Missing {
        /// Entry of the tick.
        tick: u64,
        /// Entries that were indexed.
        size: u64,
        /// Where it was recorded too late, if it was.
        late: Option<u64>,
        /// Where the log refused it as outside its time, though it was handed over in time.
        excuse: Option<u64>,
    },
    /// Neither, and the log has stated no index after merge-by.
    NotYet,
}

impl Search {
    /// A search for what became of a promise.
    #[must_use]
    pub fn new(promise: Promise) -> Self {
        Self {
            promise,
            size: 0,
            recorded: None,
            refused: None,
            in_time: false,
            excuse: None,
            tick: None,
            began: None,
        }
    }

    /// The bytes that were promised. If they show that they were handed over in time, a refusal of them as outside
    /// their time answers nothing. Said before the first entry of the log.
    #[must_use]
    pub fn with_entry(mut self, entry: &[u8]) -> Self {
        let said = Statement::parse(entry).ok();
        let said = said.filter(|said| said.id == self.promise.leaf);
        self.in_time = said.is_some_and(|said| is_in_time(&self.promise, said.issued));
        self
    }

    /// The log's first tick; nothing before one was seen. No submission was received before it.
    #[must_use]
    pub fn began(&self) -> Option<Timestamp> {
        self.began
    }

    /// Takes the next entry of the log.
    pub fn push(&mut self, entry: &[u8]) {
        let at = self.size;
        self.size += 1;
        if leaf_hash(entry) == self.promise.leaf.0 {
            self.recorded.get_or_insert(at);
        }
        let Ok(statement) = Statement::parse(entry) else {
            return;
        };
        match &statement.body {
            Body::Refusal(r) if r.submission == self.promise.leaf.0 => {
                if self.in_time && r.code.as_str() == Code::OutsideTolerance.as_str() {
                    self.excuse.get_or_insert(at);
                    return;
                }
                self.refused.get_or_insert((at, entry.to_vec()));
            }
            Body::Tick(tick) => {
                self.began.get_or_insert(tick.time);
                let index = tick.index.clone();
                let index = index.filter(|i| i.time > self.promise.merge_by);
                if let (None, Some(index)) = (&self.tick, index) {
                    self.tick = Some((at, entry.to_vec(), index));
                }
            }
            _ => {}
        }
    }

    /// What the log holds.
    #[must_use]
    pub fn held(&self) -> Held {
        // What stands beyond the index came after merge-by.
        let in_time = |at: u64| self.tick.as_ref().is_none_or(|(_, _, i)| at < i.size);
        let code = |entry: &[u8]| match Statement::parse(entry).map(|s| s.body) {
            Ok(Body::Refusal(r)) => r.code.as_str().to_owned(),
            _ => String::new(),
        };
        match (&self.recorded, &self.refused, &self.tick) {
            (Some(at), _, _) if in_time(*at) => Held::Recorded(*at),
            (_, Some((at, entry)), _) if in_time(*at) => Held::Refused(*at, code(entry)),
            (_, _, None) => Held::NotYet,
            (recorded, refused, Some((tick, _, index))) => Held::Missing {
                tick: *tick,
                size: index.size,
                late: recorded.or(refused.as_ref().map(|(at, _)| *at)),
                excuse: self.excuse,
            },
        }
    }

    /// The proof, where the log holds neither. `index` is over exactly the entries that the tick
    /// of [`Held::Missing`] states, `inclusion` of that tick; `entry` the bytes that were promised, which a relay's
    /// receipt needs, and whoever answers a refusal as outside its time ([`Self::with_entry`]). Nothing where the log's index is another than stated: an audit finds that too.
    #[must_use]
    pub fn proof(
        &self,
        receipt: &[u8],
        entry: Option<&[u8]>,
        index: &mut Index,
        inclusion: TlogProof,
    ) -> Option<SuppressionProof> {
        let (_, tick, stated) = self.tick.as_ref()?;
        let root: Hash = index.root();
        if index.size() != stated.size || root != stated.sha256 {
            return None;
        }
        let leaf = self.promise.leaf;
        Some(SuppressionProof {
            receipt: receipt.to_vec(),
            tick: tick.clone(),
            entry: entry.map(<[u8]>::to_vec),
            statement: index.prove(&Subject::Statement(leaf)),
            in_time: self.in_time && entry.is_some(),
            refused: index.prove(&refusals(&self.promise, self.in_time && entry.is_some())),
            inclusion,
        })
    }
}
