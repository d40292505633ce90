//! Every SQL text of the store, in the subset that SQLite and PostgreSQL share. Times are
//! microseconds since 1970 in UTC, truths 0 and 1, hashes lower-case hex.

use std::sync::LazyLock;

/// Makes the tables; each is run by itself.
pub const CREATE: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS statements (idx BIGINT PRIMARY KEY, id TEXT NOT NULL, \
     kind TEXT NOT NULL, case_id TEXT, issued BIGINT NOT NULL, time BIGINT NOT NULL, \
     signer TEXT NOT NULL)",
    // Most statements have no case, and nobody looks for those by it.
    "CREATE INDEX IF NOT EXISTS statements_of_case ON statements (case_id, idx) \
     WHERE case_id IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS cases (case_id TEXT PRIMARY KEY, phase TEXT NOT NULL, \
     round BIGINT NOT NULL, opened BIGINT NOT NULL, claimed_state TEXT, statements BIGINT NOT NULL, \
     exhibits BIGINT NOT NULL, sealed BIGINT NOT NULL, moved BIGINT NOT NULL UNIQUE, \
     sectors TEXT NOT NULL, finding TEXT, decided BIGINT, outcome TEXT, state TEXT, standard TEXT, \
     likelihood_ppm BIGINT, low_ppm BIGINT, high_ppm BIGINT, planting_cost BIGINT, actor TEXT, \
     exonerated TEXT)",
    CREATE_SEARCH,
    "CREATE TABLE IF NOT EXISTS findings (id TEXT PRIMARY KEY, idx BIGINT NOT NULL, \
     case_id TEXT NOT NULL, round BIGINT NOT NULL, time BIGINT NOT NULL, status TEXT NOT NULL, \
     dissents BIGINT NOT NULL, outcome TEXT NOT NULL, state TEXT, standard TEXT NOT NULL, \
     likelihood_ppm BIGINT NOT NULL, low_ppm BIGINT NOT NULL, high_ppm BIGINT NOT NULL, \
     planting_cost BIGINT)",
    "CREATE INDEX IF NOT EXISTS findings_of_case ON findings (case_id, idx)",
    "CREATE TABLE IF NOT EXISTS members (member TEXT PRIMARY KEY, role TEXT NOT NULL, \
     jurisdiction TEXT NOT NULL, region TEXT, vkey TEXT NOT NULL, seated BIGINT NOT NULL, \
     revoked BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS exhibits (case_id TEXT NOT NULL, sha256 TEXT NOT NULL, \
     ciphertext_sha256 TEXT NOT NULL, size BIGINT NOT NULL, media_type TEXT NOT NULL, \
     tlp TEXT NOT NULL, acquired TEXT NOT NULL, source TEXT NOT NULL, statement TEXT NOT NULL, \
     destroyed BIGINT NOT NULL, PRIMARY KEY (case_id, sha256))",
];

/// The full-text index of cases, a row at the place of the case's last statement. SQLite only (FTS5);
/// another engine has its own word for it.
const CREATE_SEARCH: &str = "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(case_id UNINDEXED, \
     tags, words, tokenize = 'unicode61 remove_diacritics 2')";

/// Starts a transaction that writes. SQLite only: PostgreSQL has no such word and needs none.
pub const BEGIN: &str = "BEGIN IMMEDIATE";
/// Starts a transaction that only reads, so that all its answers are of one moment.
pub const BEGIN_READING: &str = "BEGIN";
/// Ends a transaction.
pub const COMMIT: &str = "COMMIT";
/// Gives it up.
pub const ROLLBACK: &str = "ROLLBACK";

/// How many tables there are. SQLite only.
pub const COUNT_TABLES: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'";
/// Keeps a number; `$1` its name.
pub const PUT_META: &str = "INSERT INTO meta (name, value) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";
/// Reads a number.
pub const GET_META: &str = "SELECT value FROM meta WHERE name = $1";
/// The identifier of a statement.
pub const ID_AT: &str = "SELECT id FROM statements WHERE idx = $1";

/// Inserts one row, columns in the table's order.
pub const PUT_STATEMENT: &str = "INSERT INTO statements VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// Rows that [`PUT_STATEMENTS`] inserts at once: asking the engine takes longer than it does.
pub const STATEMENT_ROWS: usize = 64;
/// Inserts [`STATEMENT_ROWS`] rows as [`PUT_STATEMENT`] does one, one after the other. SQLite only: of
/// places without a number it looks up no names, which for so many takes longer than to insert.
pub static PUT_STATEMENTS: LazyLock<String> = LazyLock::new(|| {
    let rows = vec!["(?, ?, ?, ?, ?, ?, ?)"; STATEMENT_ROWS];
    format!("INSERT INTO statements VALUES {}", rows.join(", "))
});
/// As above.
pub const PUT_CASE: &str = "INSERT INTO cases VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
     $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
/// As above. SQLite only.
pub const PUT_SEARCH: &str =
    "INSERT INTO search (rowid, case_id, tags, words) VALUES ($1, $2, $3, $4)";
/// As above.
pub const PUT_FINDING: &str = "INSERT INTO findings VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
     $10, $11, $12, $13, $14)";
/// As above.
pub const PUT_MEMBER: &str = "INSERT INTO members VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// As above.
pub const PUT_EXHIBIT: &str =
    "INSERT INTO exhibits VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Removes the rows of a case, to write them again.
pub const DROP_CASE: &[&str] = &[
    "DELETE FROM search WHERE rowid IN (SELECT moved FROM cases WHERE case_id = $1)",
    "DELETE FROM cases WHERE case_id = $1",
    "DELETE FROM findings WHERE case_id = $1",
    "DELETE FROM exhibits WHERE case_id = $1",
];
/// Removes all members, to write them again.
pub const DROP_MEMBERS: &str = "DELETE FROM members";

/// A page of cases after a case.
pub const CASES: &str = "SELECT * FROM cases WHERE case_id > $1 ORDER BY case_id LIMIT $2";
/// A page of the register: cases that moved before a place, the last first.
pub const REGISTER: &str = "SELECT * FROM cases WHERE moved < $1 ORDER BY moved DESC LIMIT $2";
/// The same of cases that fit an expression of the index. SQLite only.
pub const FOUND: &str = "SELECT cases.* FROM search JOIN cases ON cases.moved = search.rowid \
     WHERE search MATCH $3 AND search.rowid < $1 ORDER BY search.rowid DESC LIMIT $2";
/// A page of statements after an index.
pub const STATEMENTS: &str = "SELECT idx, id, kind, case_id, issued, time, signer \
     FROM statements WHERE idx > $1 ORDER BY idx LIMIT $2";
/// A page of a case's statements after an index.
pub const STATEMENTS_OF_CASE: &str = "SELECT idx, id, kind, case_id, issued, time, signer \
     FROM statements WHERE case_id = $3 AND idx > $1 ORDER BY idx LIMIT $2";

/// The statements from one index to before another as one text, a line each: their values as the
/// engine writes them in SQL, which differ wherever the values do. SQLite only.
pub const STATEMENT_TEXTS: &str = "SELECT group_concat(quote(idx) || ',' || quote(id) || ',' || \
     quote(kind) || ',' || quote(case_id) || ',' || quote(issued) || ',' || quote(time) || ',' || \
     quote(signer) || char(10), '') \
     FROM (SELECT * FROM statements WHERE idx >= $1 AND idx < $2 ORDER BY idx)";
/// How many statements there are.
pub const COUNT_STATEMENTS: &str = "SELECT COUNT(*) FROM statements";
/// All rows of each table, for comparing.
pub const DUMP: &[(&str, &str)] = &[
    ("meta", "SELECT * FROM meta ORDER BY name"),
    ("statements", "SELECT * FROM statements ORDER BY idx"),
    ("cases", "SELECT * FROM cases ORDER BY case_id"),
    (
        "search",
        "SELECT rowid, case_id, tags, words FROM search ORDER BY rowid",
    ),
    ("findings", "SELECT * FROM findings ORDER BY id"),
    ("members", "SELECT * FROM members ORDER BY member"),
    (
        "exhibits",
        "SELECT * FROM exhibits ORDER BY case_id, sha256",
    ),
];

/// First place of a made-up case: behind every real statement of a record that is measured.
const FIRST_MADE_UP: u64 = 1_000_000_000;

/// Copies the cases that are there, in turn, under names of their own, so many times in all, with what
/// they are found by. For measuring. SQLite only.
pub(crate) fn made_up(cases: u32) -> [String; 4] {
    let numbers = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {cases}), \
         real AS (SELECT *, ROW_NUMBER() OVER (ORDER BY case_id) - 1 AS at FROM cases WHERE moved < {FIRST_MADE_UP}), \
         total AS (SELECT COUNT(*) AS all_cases FROM real)"
    );
    let chosen = "FROM n, total JOIN real ON real.at = n.i % total.all_cases";
    let cases = format!(
        "INSERT INTO cases {numbers} SELECT case_id || '-' || i, phase, round, opened, claimed_state, statements, exhibits, \
         sealed, {FIRST_MADE_UP} + i, sectors, finding, decided, outcome, state, standard, likelihood_ppm, low_ppm, high_ppm, \
         planting_cost, actor, exonerated {chosen}"
    );
    let found = format!(
        "INSERT INTO search (rowid, case_id, tags, words) {numbers} SELECT {FIRST_MADE_UP} + i, real.case_id || '-' || i, \
         search.tags, search.words || ' made' || i {chosen} JOIN search ON search.rowid = real.moved"
    );
    [BEGIN.to_owned(), found, cases, COMMIT.to_owned()]
}

/// Every constant that a test prepares on each engine.
pub fn all() -> Vec<&'static str> {
    let single = [
        PUT_META,
        GET_META,
        ID_AT,
        PUT_STATEMENT,
        PUT_STATEMENTS.as_str(),
        PUT_CASE,
        PUT_SEARCH,
        PUT_FINDING,
        PUT_MEMBER,
        PUT_EXHIBIT,
        DROP_MEMBERS,
        CASES,
        REGISTER,
        FOUND,
        STATEMENTS,
        STATEMENTS_OF_CASE,
        STATEMENT_TEXTS,
        COUNT_STATEMENTS,
    ];
    let dumps = DUMP.iter().map(|(_, text)| *text);
    single
        .into_iter()
        .chain(DROP_CASE.iter().copied())
        .chain(dumps)
        .collect()
}
