//! Every admitted statement: where it stands, who signed it, under which words.
//!
//! A record keeps this for each of its statements for ever, so it is compact, and kept once: the
//! table only grows, and a copy of a [`Statements`] is the same table up to a length. The copy
//! that is behind takes the next row by finding it there. Only a copy that says something else
//! gets a table of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use hashbrown::HashTable;
use tlog::Hash;

use super::signers::Signers;
use crate::ids::{CaseId, MemberId, StatementId, Vkey};
use crate::kind::Kind;
use crate::statement::Verified;
use crate::time::Timestamp;

/// Rows kept together: growing never moves the rows that are there.
const CHUNK_ROWS: usize = 4096;

/// Where a statement stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Index in the log.
    pub index: u64,
    /// Its type.
    pub kind: Kind,
    /// Its case.
    pub case: Option<CaseId>,
    /// The member that said it.
    pub member: Option<MemberId>,
    /// The key that signed it.
    pub signer: Vkey,
    /// Governing time when it was admitted.
    pub time: Timestamp,
}

/// The statements of a record, in the order in which they were admitted.
#[derive(Clone, Default)]
pub struct Statements {
    table: Arc<RwLock<Table>>,
    rows: usize,
}

/// One statement; numbers instead of what many have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Row {
    id: StatementId,
    words: Hash,
    index: u64,
    time: Timestamp,
    signer: u32,
    member: Option<u32>,
    case: Option<u32>,
    kind: Kind,
}

#[derive(Clone, Default)]
struct Table {
    chunks: Vec<Vec<Row>>,
    rows: usize,
    /// Places of rows.
    by_id: HashTable<u32>,
    by_words: HashTable<u32>,
    signers: Signers,
    members: Numbered<MemberId>,
    cases: Numbered<CaseId>,
}

/// A place among rows or keys as a number of 32 bits: memory ends long before four thousand
/// million of them.
pub(super) fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Values with numbers from 0.
#[derive(Clone)]
struct Numbered<T> {
    values: Vec<T>,
    numbers: BTreeMap<T, u32>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            numbers: BTreeMap::new(),
        }
    }
}

impl<T: Clone + Ord> Numbered<T> {
    fn number(&mut self, value: &T) -> u32 {
        if let Some(number) = self.numbers.get(value) {
            return *number;
        }
        let number = place(self.values.len());
        self.values.push(value.clone());
        self.numbers.insert(value.clone(), number);
        number
    }

    fn get(&self, number: u32) -> Option<&T> {
        self.values.get(number as usize)
    }
}

/// The slot of a digest, by its first four bytes, so that the beginning of an identifier leads to
/// it. Digests are evenly spread; who grinds statements to share a slot pays four thousand million
/// hashes for each step that a search then takes more.
pub(super) fn slot(digest: &Hash) -> u64 {
    let [a, b, c, d, ..] = *digest.as_bytes();
    slot_of([a, b, c, d])
}

/// Spread over all bits by Fibonacci hashing (Knuth, TAOCP volume 3, section 6.4).
pub(crate) fn slot_of(first: [u8; 4]) -> u64 {
    u64::from(u32::from_be_bytes(first)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Table {
    fn row(&self, at: usize) -> Option<&Row> {
        self.chunks.get(at / CHUNK_ROWS)?.get(at % CHUNK_ROWS)
    }

    fn find(&self, id: &StatementId) -> Option<usize> {
        let same = |at: &u32| self.row(*at as usize).is_some_and(|row| row.id == *id);
        self.by_id.find(slot(&id.0), same).map(|at| *at as usize)
    }

    fn find_words(&self, words: &Hash) -> Option<usize> {
        let same = |at: &u32| self.row(*at as usize).is_some_and(|r| r.words == *words);
        let found = self.by_words.find(slot(words), same);
        found.map(|at| *at as usize)
    }

    fn push(&mut self, row: Row) {
        let at = self.rows;
        if at.is_multiple_of(CHUNK_ROWS) {
            self.chunks.push(Vec::with_capacity(CHUNK_ROWS));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(row);
        }
        self.rows += 1;
        if row.kind == Kind::Report {
            self.signers.note_report(row.signer, at);
        }
        let (id, words) = (slot(&row.id.0), slot(&row.words));
        self.reserve(1);
        // There is room, so nothing is moved and no slot asked for.
        self.by_id.insert_unique(id, place(at), |_| 0);
        self.by_words.insert_unique(words, place(at), |_| 0);
    }

    /// Makes room for so many more rows.
    fn reserve(&mut self, more: usize) {
        let chunks = &self.chunks;
        let held = |at: &u32| {
            let at = *at as usize;
            chunks.get(at / CHUNK_ROWS)?.get(at % CHUNK_ROWS)
        };
        let id = |at: &u32| held(at).map_or(0, |row| slot(&row.id.0));
        self.by_id.reserve(more, id);
        let words = |at: &u32| held(at).map_or(0, |row| slot(&row.words));
        self.by_words.reserve(more, words);
    }

    /// The first rows of this table as a table of its own.
    fn first(&self, rows: usize) -> Self {
        let mut first = Self {
            signers: self.signers.without_reports(),
            members: self.members.clone(),
            cases: self.cases.clone(),
            ..Self::default()
        };
        let all = self.chunks.iter().flatten();
        all.take(rows).for_each(|row| first.push(*row));
        first
    }

    fn entry(&self, row: &Row) -> Option<Entry> {
        Some(Entry {
            index: row.index,
            kind: row.kind,
            case: row.case.and_then(|number| self.cases.get(number).cloned()),
            member: row
                .member
                .and_then(|number| self.members.get(number).cloned()),
            signer: self.signers.get(row.signer)?.key.clone(),
            time: row.time,
        })
    }
}

impl Statements {
    fn table(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a statement stands.
    #[must_use]
    pub fn get(&self, id: &StatementId) -> Option<Entry> {
        let table = self.table();
        let at = table.find(id).filter(|at| *at < self.rows)?;
        table.entry(table.row(at)?)
    }

    /// Index in the log of a statement.
    #[must_use]
    pub fn index_of(&self, id: &StatementId) -> Option<u64> {
        let table = self.table();
        let at = table.find(id).filter(|at| *at < self.rows)?;
        table.row(at).map(|row| row.index)
    }

    /// Whether it was admitted.
    #[must_use]
    pub fn contains_key(&self, id: &StatementId) -> bool {
        self.index_of(id).is_some()
    }

    /// The statement that already carries these words, if any.
    #[must_use]
    pub fn with_words(&self, words_sha256: &Hash) -> Option<StatementId> {
        let table = self.table();
        let at = table
            .find_words(words_sha256)
            .filter(|at| *at < self.rows)?;
        table.row(at).map(|row| row.id)
    }

    /// The statements whose identifiers begin with these bytes.
    #[must_use]
    pub fn beginning_with(&self, first: [u8; 4]) -> Vec<StatementId> {
        let table = self.table();
        let near = table.by_id.iter_hash(slot_of(first));
        let near = near.map(|at| *at as usize).filter(|at| *at < self.rows);
        let ids = near.filter_map(|at| table.row(at));
        ids.map(|row| row.id)
            .filter(|id| id.0.as_bytes().starts_with(&first))
            .collect()
    }

    /// Whether a report by this key was admitted.
    #[must_use]
    pub fn has_report_by(&self, key: &Vkey) -> bool {
        let table = self.table();
        let signer = table.signers.find(key).and_then(|n| table.signers.get(n));
        let first = signer.and_then(|signer| signer.first_report);
        first.is_some_and(|first| first < self.rows)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The statement admitted after so many others.
    #[must_use]
    pub fn nth(&self, at: usize) -> Option<(StatementId, Entry)> {
        let table = self.table();
        let row = table.row(at).filter(|_| at < self.rows)?;
        Some((row.id, table.entry(row)?))
    }

    /// All, in the order in which they were admitted, from the one after `skipped` others.
    pub fn iter_from(&self, skipped: usize) -> impl Iterator<Item = (StatementId, Entry)> + '_ {
        (skipped..self.rows).map_while(|at| self.nth(at))
    }

    /// All, in the order in which they were admitted.
    pub fn iter(&self) -> impl Iterator<Item = (StatementId, Entry)> + '_ {
        self.iter_from(0)
    }

    /// Index and type of each, in the order in which they were admitted.
    pub fn kinds(&self) -> impl Iterator<Item = (u64, Kind)> + '_ {
        let row = |at| self.table().row(at).map(|row| (row.index, row.kind));
        (0..self.rows).map_while(row)
    }

    /// Their identifiers, in the order in which they were admitted.
    pub fn keys(&self) -> impl Iterator<Item = StatementId> + '_ {
        (0..self.rows).map_while(|at| self.table().row(at).map(|row| row.id))
    }

    /// How many of these identities and words are there: none, mostly. Asked of many at once before each is
    /// asked for and added, it brings their places in the tables into the processor's caches together;
    /// one after the other, waiting for memory is most of what the tables of a large record cost.
    pub(super) fn look_up(&self, many: &[&Verified]) -> usize {
        let table = self.table();
        let there = |said: &&&Verified| {
            table.find(&said.id).is_some() | table.find_words(&said.words_sha256).is_some()
        };
        many.iter().filter(there).count()
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.reserve(more);
    }

    /// Adds one.
    pub(super) fn push(&mut self, id: StatementId, words: Hash, entry: &Entry) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let row = Row {
            id,
            words,
            index: entry.index,
            time: entry.time,
            signer: table.signers.number(&entry.signer),
            member: entry.member.as_ref().map(|m| table.members.number(m)),
            case: entry.case.as_ref().map(|case| table.cases.number(case)),
            kind: entry.kind,
        };
        if table.rows == self.rows {
            table.push(row);
        } else if table.row(self.rows) != Some(&row) {
            let mut own = table.first(self.rows);
            own.push(row);
            drop(table);
            self.table = Arc::new(RwLock::new(own));
        }
        self.rows += 1;
    }
}

impl fmt::Debug for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statements")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(index: u64, kind: Kind) -> Entry {
        let key = tlog::SigningKey::from_seed("somebody", [7; 32], tlog::KeyType::Ed25519);
        Entry {
            index,
            kind,
            case: None,
            member: None,
            signer: key.unwrap().verifier_key().to_string().parse().unwrap(),
            time: Timestamp::from_unix_seconds(1_400_000_000).unwrap(),
        }
    }

    fn id(n: u64) -> StatementId {
        StatementId(tlog::sha256(&n.to_be_bytes()))
    }

    fn words(n: u64) -> Hash {
        tlog::sha256(&[b"words", &n.to_be_bytes()[..]].concat())
    }

    fn add(to: &mut Statements, n: u64) {
        let index = to.len() as u64;
        to.push(id(n), words(n), &entry(index, Kind::Report));
    }

    #[test]
    fn a_copy_shares_the_table_and_does_not_see_ahead() {
        let mut one = Statements::default();
        let many = CHUNK_ROWS as u64 + 3;
        (0..many).for_each(|n| add(&mut one, n));
        let mut other = one.clone();
        add(&mut one, many);
        assert!(one.contains_key(&id(many)));
        assert!(!other.contains_key(&id(many)));
        assert_eq!(other.with_words(&words(many)), None);
        add(&mut other, many);
        assert!(Arc::ptr_eq(&one.table, &other.table));
        assert_eq!(other.get(&id(many)), one.get(&id(many)));
        assert_eq!(one.len() as u64, many + 1);
        assert!(one.keys().eq((0..=many).map(id)));
        let first = |n: u64| *id(n).0.as_bytes().first_chunk::<4>().unwrap();
        assert_eq!(one.beginning_with(first(9)), [id(9)]);
        assert_eq!(one.clone().beginning_with(first(many + 1)), []);
    }

    #[test]
    fn a_copy_that_says_something_else_parts_company() {
        let mut one = Statements::default();
        (0..5).for_each(|n| add(&mut one, n));
        let mut other = one.clone();
        let key = entry(0, Kind::Report).signer;
        assert!(one.has_report_by(&key));
        (5..9).for_each(|n| add(&mut one, n));
        (50..53).for_each(|n| add(&mut other, n));
        assert!(one.keys().eq((0..9).map(id)));
        assert!(other.keys().eq((0..5).chain(50..53).map(id)));
        assert_eq!(other.index_of(&id(51)), Some(6));
        assert_eq!(
            (one.index_of(&id(51)), other.index_of(&id(6))),
            (None, None)
        );
        assert_eq!(one.with_words(&words(6)), Some(id(6)));
        assert_eq!(other.with_words(&words(6)), None);
    }

    #[test]
    fn a_report_counts_once_the_copy_has_reached_it() {
        let mut one = Statements::default();
        let key = entry(0, Kind::Tick).signer;
        one.push(id(0), words(0), &entry(0, Kind::Tick));
        let behind = one.clone();
        add(&mut one, 1);
        assert!(one.has_report_by(&key) && !behind.has_report_by(&key));
    }
}
