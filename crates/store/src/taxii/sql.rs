//! Every SQL text of the TAXII store that does not depend on a question. Times are microseconds since 1970 in UTC.

/// Makes the tables; each is run by itself.
pub const CREATE: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS collections (n BIGINT PRIMARY KEY, id TEXT NOT NULL UNIQUE, \
     alias TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL, \
     last_added BIGINT NOT NULL)",
    // `content` comes last, so that the other columns are read without it.
    "CREATE TABLE IF NOT EXISTS versions (seq INTEGER PRIMARY KEY, collection BIGINT NOT NULL, \
     added BIGINT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, shown TEXT NOT NULL, \
     kind TEXT NOT NULL, edge BIGINT NOT NULL, spec TEXT NOT NULL, size BIGINT NOT NULL, \
     author TEXT NOT NULL, content TEXT NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS versions_by_id ON versions (collection, id, version)",
    "CREATE INDEX IF NOT EXISTS versions_by_edge ON versions (collection, edge, added, size)",
    "CREATE INDEX IF NOT EXISTS versions_by_kind ON versions (collection, kind, edge, added, size)",
    "CREATE INDEX IF NOT EXISTS versions_by_version ON versions (collection, version, added)",
    "CREATE TABLE IF NOT EXISTS specs (collection BIGINT NOT NULL, spec TEXT NOT NULL, \
     PRIMARY KEY (collection, spec))",
    "CREATE TABLE IF NOT EXISTS statuses (id TEXT PRIMARY KEY, asked BIGINT NOT NULL, \
     account TEXT NOT NULL, total BIGINT NOT NULL, success BIGINT NOT NULL, failures TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS statuses_by_age ON statuses (asked)",
    "CREATE TABLE IF NOT EXISTS inbox (seq INTEGER PRIMARY KEY, status TEXT NOT NULL, \
     account TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, shown TEXT NOT NULL, \
     kind TEXT NOT NULL, spec TEXT NOT NULL, content TEXT NOT NULL)",
    "CREATE UNIQUE INDEX IF NOT EXISTS inbox_of_account ON inbox (account, id, version)",
    "CREATE INDEX IF NOT EXISTS inbox_of_status ON inbox (status)",
    "CREATE TABLE IF NOT EXISTS reviewed (status TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, \
     accepted BIGINT NOT NULL, message TEXT NOT NULL, decided BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS reviewed_of_status ON reviewed (status)",
    "CREATE TABLE IF NOT EXISTS accounts (member TEXT PRIMARY KEY, digest TEXT NOT NULL, made BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS removed (collection BIGINT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, \
     account TEXT NOT NULL, removed BIGINT NOT NULL, sha256 TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS removed_by_id ON removed (collection, id)",
    // Versions that became first or last because others were taken out, and since when (the module `ends`).
    "CREATE TABLE IF NOT EXISTS again (seq BIGINT NOT NULL, mark BIGINT NOT NULL, collection BIGINT NOT NULL, \
     added BIGINT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, kind TEXT NOT NULL, spec TEXT NOT NULL, \
     size BIGINT NOT NULL, PRIMARY KEY (seq, mark))",
    "CREATE INDEX IF NOT EXISTS again_by_id ON again (collection, id)",
    "CREATE INDEX IF NOT EXISTS again_by_mark ON again (collection, mark, added, size)",
    "CREATE INDEX IF NOT EXISTS again_by_kind ON again (collection, kind, mark, added, size)",
    "CREATE TABLE IF NOT EXISTS owners (collection BIGINT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, \
     assigned BIGINT NOT NULL, PRIMARY KEY (collection, id))",
    "CREATE TABLE IF NOT EXISTS held (collection BIGINT NOT NULL, account TEXT NOT NULL, bytes BIGINT NOT NULL, \
     PRIMARY KEY (collection, account))",
    "CREATE TABLE IF NOT EXISTS pulls (url TEXT PRIMARY KEY, collection BIGINT NOT NULL, \
     added_after TEXT NOT NULL, finished BIGINT NOT NULL)",
];

/// Fills the table `held`, which files of format 2 do not have; each is run by itself.
pub const FILL_HELD: &[&str] = &[
    "INSERT INTO held (collection, account, bytes) \
     SELECT collection, author, SUM(size) FROM versions GROUP BY collection, author",
    "INSERT INTO held (collection, account, bytes) \
     SELECT c.n, i.account, SUM(LENGTH(CAST(i.content AS BLOB))) FROM inbox i JOIN collections c ON c.alias = 'inbox' \
     GROUP BY c.n, i.account",
];

/// Starts a transaction that writes.
pub const BEGIN: &str = "BEGIN IMMEDIATE";
/// Ends it.
pub const COMMIT: &str = "COMMIT";
/// Gives it up.
pub const ROLLBACK: &str = "ROLLBACK";

/// Makes a collection, unless it is there.
pub const PUT_COLLECTION: &str = "INSERT INTO collections (n, id, alias, kind, title, description, last_added) \
     VALUES ((SELECT COALESCE(MAX(n), 0) + 1 FROM collections), $1, $2, $3, $4, $5, 0) \
     ON CONFLICT (alias) DO NOTHING";
/// All collections, in the order of their making.
pub const COLLECTIONS: &str =
    "SELECT n, id, alias, kind, title, description FROM collections ORDER BY n LIMIT $1";
/// The collection of an identifier or an alias.
pub const COLLECTION: &str = "SELECT n, id, alias, kind, title, description FROM collections \
     WHERE id = $1 OR alias = $1";
/// The last `date_added` given in a collection.
pub const LAST_ADDED: &str = "SELECT last_added FROM collections WHERE n = $1";
/// Notes it.
pub const SET_LAST_ADDED: &str = "UPDATE collections SET last_added = $2 WHERE n = $1";

/// Notes that a collection holds objects of a version of STIX.
pub const PUT_SPEC: &str =
    "INSERT INTO specs (collection, spec) VALUES ($1, $2) ON CONFLICT DO NOTHING";
/// The versions of STIX that a collection holds.
pub const SPECS: &str = "SELECT spec FROM specs WHERE collection = $1 ORDER BY spec";

/// The content of one version.
pub const CONTENT: &str =
    "SELECT content FROM versions WHERE collection = $1 AND id = $2 AND version = $3";
/// Marks a version as first, last, both or neither.
pub const SET_EDGE: &str =
    "UPDATE versions SET edge = $4 WHERE collection = $1 AND id = $2 AND version = $3";
/// Whether a collection holds an object.
pub const HAS_OBJECT: &str = "SELECT 1 FROM versions WHERE collection = $1 AND id = $2 LIMIT 1";
/// How many versions a collection holds.
pub const COUNT: &str = "SELECT COUNT(*) FROM versions WHERE collection = $1";
/// The versions of an object, with who brought them.
pub const VERSIONS_OF: &str = "SELECT seq, version, edge, spec, author, content FROM versions \
     WHERE collection = $1 AND id = $2 ORDER BY version";
/// Takes a version out.
pub const DROP_VERSION: &str = "DELETE FROM versions WHERE seq = $1";
/// Notes that it was taken out.
pub const PUT_REMOVED: &str = "INSERT INTO removed (collection, id, version, account, removed, sha256) VALUES ($1, $2, $3, $4, $5, $6)";
/// Whether anything was taken out of a collection.
pub const ANY_REMOVED: &str = "SELECT 1 FROM removed WHERE collection = $1 LIMIT 1";
/// The versions of an object in their order, with their places.
pub const PLACES_OF: &str = "SELECT seq, version, edge, added, kind, spec, size FROM versions \
     WHERE collection = $1 AND id = $2 ORDER BY version";
/// Marks a version by its number.
pub const MARK: &str = "UPDATE versions SET edge = $2 WHERE seq = $1";
/// Whether any version of a collection became first or last again.
pub const ANY_AGAIN: &str = "SELECT 1 FROM again WHERE collection = $1 LIMIT 1";
/// Which versions of an object did, and since when.
pub const AGAIN_OF: &str = "SELECT seq, mark, added FROM again WHERE collection = $1 AND id = $2";
/// Notes that a version did.
pub const PUT_AGAIN: &str = "INSERT INTO again (seq, mark, collection, added, id, version, kind, spec, size) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
/// Forgets it.
pub const DROP_AGAIN: &str = "DELETE FROM again WHERE seq = $1";

/// Whether any object of a collection was assigned.
pub const ANY_OWNER: &str = "SELECT 1 FROM owners WHERE collection = $1 LIMIT 1";
/// Assigns an object to a member.
pub const PUT_OWNER: &str = "INSERT INTO owners (collection, id, account, assigned) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (collection, id) DO UPDATE SET account = excluded.account, assigned = excluded.assigned";

/// How many bytes of an account a collection holds.
pub const HELD: &str = "SELECT bytes FROM held WHERE collection = $1 AND account = $2";
/// Counts bytes of an account that a collection holds from now on, or, below 0, no more.
pub const ADD_HELD: &str = "INSERT INTO held (collection, account, bytes) VALUES ($1, $2, $3) \
     ON CONFLICT (collection, account) DO UPDATE SET bytes = held.bytes + excluded.bytes";

/// Keeps a status.
pub const PUT_STATUS: &str = "INSERT INTO statuses (id, asked, account, total, success, failures) \
     VALUES ($1, $2, $3, $4, $5, $6)";
/// Reads a status.
pub const STATUS: &str =
    "SELECT asked, account, total, success, failures FROM statuses WHERE id = $1";
/// What of a status waits.
pub const PENDING: &str = "SELECT id, shown FROM inbox WHERE status = $1 ORDER BY seq";
/// What of a status was decided.
pub const REVIEWED: &str =
    "SELECT id, version, accepted, message FROM reviewed WHERE status = $1 ORDER BY decided";
/// Forgets statuses that are old and of which nothing waits.
pub const DROP_STATUSES: &str = "DELETE FROM statuses WHERE asked < $1 \
     AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.status = statuses.id)";
/// Forgets decisions whose status is gone.
pub const DROP_REVIEWED: &str = "DELETE FROM reviewed \
     WHERE NOT EXISTS (SELECT 1 FROM statuses WHERE statuses.id = reviewed.status)";

/// How many objects of an account wait.
pub const COUNT_PENDING: &str = "SELECT COUNT(*) FROM inbox WHERE account = $1";
/// What of an account waits under an identifier and version.
pub const PENDING_CONTENT: &str =
    "SELECT content FROM inbox WHERE account = $1 AND id = $2 AND version = $3";
/// Puts an object into the inbox.
pub const PUT_PENDING: &str = "INSERT INTO inbox (status, account, id, version, shown, kind, spec, content) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/// What waits, oldest first, after a number.
pub const INBOX: &str = "SELECT seq, status, account, id, shown, kind, content FROM inbox \
     WHERE seq > $1 ORDER BY seq LIMIT $2";
/// One object that waits.
pub const WAITING: &str =
    "SELECT status, account, id, version, shown, kind, spec, content FROM inbox WHERE seq = $1";
/// Takes it out.
pub const DROP_PENDING: &str = "DELETE FROM inbox WHERE seq = $1";
/// Notes what was decided about it.
pub const PUT_REVIEWED: &str = "INSERT INTO reviewed (status, id, version, accepted, message, decided) \
     VALUES ($1, $2, $3, $4, $5, $6)";

/// Keeps the digest of an account's password.
pub const PUT_ACCOUNT: &str = "INSERT INTO accounts (member, digest, made) VALUES ($1, $2, $3) \
     ON CONFLICT (member) DO UPDATE SET digest = excluded.digest, made = excluded.made";
/// Reads it.
pub const ACCOUNT: &str = "SELECT digest FROM accounts WHERE member = $1";

/// Where pulling from an address stands.
pub const PULL: &str = "SELECT added_after FROM pulls WHERE url = $1";
/// Notes it.
pub const PUT_PULL: &str = "INSERT INTO pulls (url, collection, added_after, finished) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (url) DO UPDATE SET added_after = excluded.added_after, finished = excluded.finished";

/// All texts, for preparing them in a test.
pub const ALL: &[&str] = &[
    PUT_COLLECTION,
    COLLECTIONS,
    COLLECTION,
    LAST_ADDED,
    SET_LAST_ADDED,
    PUT_SPEC,
    SPECS,
    CONTENT,
    SET_EDGE,
    HAS_OBJECT,
    COUNT,
    VERSIONS_OF,
    DROP_VERSION,
    PUT_REMOVED,
    ANY_REMOVED,
    PLACES_OF,
    MARK,
    ANY_AGAIN,
    AGAIN_OF,
    PUT_AGAIN,
    DROP_AGAIN,
    ANY_OWNER,
    PUT_OWNER,
    HELD,
    ADD_HELD,
    PUT_STATUS,
    STATUS,
    PENDING,
    REVIEWED,
    DROP_STATUSES,
    DROP_REVIEWED,
    COUNT_PENDING,
    PENDING_CONTENT,
    PUT_PENDING,
    INBOX,
    WAITING,
    DROP_PENDING,
    PUT_REVIEWED,
    PUT_ACCOUNT,
    ACCOUNT,
    PULL,
    PUT_PULL,
];
