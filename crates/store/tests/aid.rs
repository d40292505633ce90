//! What the desk was told: kept as one step with its statement, and gone after a purge, to the byte.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use age::x25519::Identity;
use record::aid::{SALT_BYTES, commitment};
use record::body::aid::Item;
use record::ids::StatementId;
use record::kind::{Body, Kind};
use record::refusal::Code;
use record::statement::{Statement, Verified};
use rehearsal::Procedure;
use serde_json::{Value, json};
use solferino_store::aid::{AidError, SealedItem, cross};
use solferino_store::intake::Waiting;
use solferino_store::{Record, SubmitError, Taken};
use tlog::SigningKey;

use crate::support::{Home, RecordDesk, cast, files_below, founded_at};

/// What a victim might write; long enough that no window of it occurs by chance.
const STORY: &[u8] =
    b"A couple of messages came to our help desk that you might want to be careful with. \
    They ask the person to change a password and lead to a page that is not ours.";

/// An item sealed to somebody, as a victim's device would.
struct Told {
    item: Item,
    age: Vec<u8>,
    plaintext: Vec<u8>,
}

fn told(identity: &Identity, content: &[u8]) -> Told {
    let salt = [7; SALT_BYTES];
    let plaintext = [&salt, content].concat();
    let recipient = identity.to_public();
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let mut age = Vec::new();
    let mut sealing = age::Encryptor::with_recipients(recipients)
        .unwrap()
        .wrap_output(&mut age)
        .unwrap();
    sealing.write_all(&plaintext).unwrap();
    sealing.finish().unwrap();
    let item = Item {
        commitment: commitment(&salt, content),
        sealed_sha256: tlog::sha256(&age),
    };
    Told {
        item,
        age,
        plaintext,
    }
}

fn request(record: &Record, key: &SigningKey, told: &[&Told]) -> Result<StatementId, SubmitError> {
    let items: Vec<_> = told.iter().map(|t| t.item).collect();
    let body = rehearsal::aid::request(&items, None);
    let sealed = told.iter().map(|t| t.age.clone()).collect();
    let entry = signed(record, key, Kind::AidRequest, body);
    record
        .submit_with_items_blocking(entry, sealed)
        .map(|s| s.id)
}

fn signed(record: &Record, key: &SigningKey, kind: Kind, body: Value) -> Vec<u8> {
    let cast = cast();
    let now = record.state().global.time.unwrap();
    let mut desk = RecordDesk(record);
    Procedure::new(&cast, &mut desk, now)
        .sign(key, kind, None, body)
        .unwrap()
        .entry
}

fn with_desk(record: &Record) {
    let cast = cast();
    let mut desk = RecordDesk(record);
    Procedure::new(&cast, &mut desk, founded_at())
        .name_desk()
        .unwrap();
}

/// The requester takes it back; nobody says anything after that.
fn withdraw(record: &Record, key: &SigningKey, id: StatementId) {
    let cast = cast();
    let mut desk = RecordDesk(record);
    let mut p = Procedure::new(&cast, &mut desk, founded_at());
    p.step(key, id, "withdrawn", "taken-back", Value::Null)
        .unwrap();
}

/// Windows of 16 bytes, one in each 32, of what must be gone; of age files and keys only the part after
/// what all of them begin with.
fn windows(secret: &[u8]) -> Vec<&[u8]> {
    let key = b"AGE-SECRET-KEY-1";
    let header = secret
        .windows(5)
        .position(|w| w == b"\n--- ")
        .map_or(0, |p| p + 5);
    let header = if secret.starts_with(key) {
        key.len()
    } else {
        header
    };
    let found: Vec<_> = secret[header..]
        .chunks(32)
        .map(|c| &c[..c.len().min(16)])
        .filter(|w| w.len() == 16)
        .collect();
    assert!(!found.is_empty());
    found
}

/// The files below a folder that hold any of these secrets, as they lie on the disk: SQLite pages
/// with their free list, write-ahead log, everything.
fn holding(folder: &Path, secrets: &[&[u8]]) -> Vec<String> {
    let wanted: Vec<&[u8]> = secrets.iter().flat_map(|s| windows(s)).collect();
    let files = files_below(folder).into_iter().filter(|path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(16).any(|w| wanted.contains(&w))
    });
    files.map(|p| p.display().to_string()).collect()
}

#[test]
fn after_a_withdrawal_no_file_holds_a_byte_of_what_was_told() {
    let home = Home::new();
    let record = home.create();
    with_desk(&record);
    let officer = Identity::generate();
    let (form, message) = (
        told(&officer, STORY),
        told(&officer, &[STORY, STORY].concat()),
    );
    let key = cast().key("requester 1").unwrap();
    let id = request(&record, &key, &[&form, &message]).unwrap();
    let kept = request(
        &record,
        &cast().key("requester 2").unwrap(),
        &[&told(&officer, b"another victim's story, which stays")],
    )
    .unwrap();
    // What lies on the disk now: the wrapped files and the key of this request.
    let of_request = |folder: &str| -> Vec<Vec<u8>> {
        let below = files_below(&home.dir().join(folder)).into_iter();
        let mine = below.filter(|p| p.to_string_lossy().contains(&id.to_string()));
        mine.map(|p| std::fs::read(p).unwrap()).collect()
    };
    let (wrapped, keys) = (of_request("aid/items"), of_request("aid/keys"));
    assert_eq!((wrapped.len(), keys.len()), (2, 1));
    let mut secrets: Vec<&[u8]> = vec![
        STORY,
        &form.plaintext,
        &message.plaintext,
        &form.age,
        &message.age,
    ];
    let readable_to_nobody = holding(&home.dir(), &secrets);
    assert_eq!(
        readable_to_nobody,
        Vec::<String>::new(),
        "plaintext or the victim's age file lies bare"
    );
    secrets.extend(wrapped.iter().map(Vec::as_slice));
    secrets.extend(keys.iter().map(Vec::as_slice));
    // The scan finds what is there: two items and their key.
    assert_eq!(holding(&home.dir(), &secrets).len(), 3);
    assert_eq!(
        record
            .aid()
            .item(&id, &form.item.commitment)
            .unwrap()
            .as_ref(),
        Some(&form.age)
    );

    withdraw(&record, &key, id);
    assert_eq!(holding(&home.dir(), &secrets), Vec::<String>::new());
    assert_eq!(record.aid().item(&id, &form.item.commitment).unwrap(), None);
    assert_eq!(
        record.aid().kept().unwrap(),
        [kept],
        "the other request is untouched"
    );
    drop(record);
    assert_eq!(holding(&home.dir(), &secrets), Vec::<String>::new());
    let record = home.open();
    assert_eq!(holding(&home.dir(), &secrets), Vec::<String>::new());
    // What remains is in the state, for the requester to see: commitments, times, reasons.
    let state = record.state();
    let request = &state.aid.requests[&id];
    assert_eq!(request.items.len(), 2);
    assert_eq!(request.standing.stage.as_str(), "withdrawn");
}

#[test]
fn what_was_told_goes_when_its_retention_ends_and_nobody_has_to_say_so() {
    let home = Home::new();
    let record = home.create();
    with_desk(&record);
    let cast = cast();
    let form = told(&Identity::generate(), STORY);
    let ids = ["requester 1", "requester 2"]
        .map(|name| request(&record, &cast.key(name).unwrap(), &[&form]).unwrap());
    let [declined, open] = ids;
    let mut desk = RecordDesk(&record);
    let mut p = Procedure::new(&cast, &mut desk, founded_at());
    let officer = rehearsal::aid::officer(&cast).unwrap();
    for (to, reason) in [
        ("acknowledged", "read-by-person"),
        ("vetting", "checks"),
        ("declined", "not-digital"),
    ] {
        p.step(&officer, declined, to, reason, Value::Null).unwrap();
    }
    // a later policy would keep for two years what was asked under one that keeps for ninety days
    let mut policy = rehearsal::aid::policy(&cast, 2).unwrap();
    policy["retention_s"] = json!(730 * 86_400);
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar).unwrap();
    p.say(&registrar.key, Kind::AidDesk, None, policy).unwrap();
    let ended = record.state().global.time.unwrap();
    record
        .set_time(ended.plus_seconds(90 * 86_400 - 1))
        .unwrap();
    record.purge_now().unwrap();
    assert_eq!(record.aid().kept().unwrap().len(), 2);
    let files = |id: &StatementId| {
        let below = files_below(&home.dir()).into_iter();
        below
            .filter(|p| p.to_string_lossy().contains(&id.to_string()))
            .count()
    };
    assert_eq!(files(&declined), 2, "a key and an item");
    record.set_time(ended.plus_seconds(90 * 86_400)).unwrap();
    record.purge_now().unwrap();
    assert_eq!(record.aid().kept().unwrap(), [open]);
    assert_eq!((files(&declined), files(&open)), (0, 2));
}

#[test]
fn a_purge_cut_short_is_finished_when_the_record_is_opened() {
    let home = Home::new();
    let record = home.create();
    with_desk(&record);
    let form = told(&Identity::generate(), STORY);
    let key = cast().key("requester 1").unwrap();
    let id = request(&record, &key, &[&form]).unwrap();
    withdraw(&record, &key, id);
    // As a crash between the record's word and the last file would leave it.
    let items = [SealedItem {
        commitment: form.item.commitment,
        age: form.age.clone(),
    }];
    record.aid().keep(&id, &items).unwrap();
    // And one between the files and the record's word.
    let unrecorded = StatementId(tlog::sha256(b"never recorded"));
    record.aid().keep(&unrecorded, &items).unwrap();
    assert_eq!(record.aid().kept().unwrap().len(), 2);
    drop(record);
    let record = home.open();
    assert_eq!(record.aid().kept().unwrap(), []);
}

#[test]
fn what_the_rules_refuse_leaves_nothing_and_what_is_not_held_is_not_recorded() {
    let home = Home::new();
    let record = home.create();
    let form = told(&Identity::generate(), STORY);
    let key = cast().key("requester 1").unwrap();
    let code = |result: Result<StatementId, SubmitError>| match result {
        Err(SubmitError::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(request(&record, &key, &[&form])), Code::AidNoDesk);
    assert_eq!(record.aid().kept().unwrap(), []);
    with_desk(&record);
    // another age file than the statement names
    let other = Told {
        item: form.item,
        age: b"other".to_vec(),
        plaintext: Vec::new(),
    };
    assert_eq!(
        code(request(&record, &key, &[&other])),
        Code::AidContentNotHeld
    );
    // the statement alone, without what it names
    let bare = signed(
        &record,
        &key,
        Kind::AidRequest,
        rehearsal::aid::request(&[form.item], None),
    );
    assert_eq!(
        code(record.submit_blocking(bare).map(|s| s.id)),
        Code::AidContentNotHeld
    );
    assert_eq!(record.aid().kept().unwrap(), []);
    // a stranger's item for somebody's request
    let id = request(&record, &key, &[&form]).unwrap();
    let stranger = cast().key("stranger").unwrap();
    let added = told(&Identity::generate(), b"planted by somebody else");
    let body = json!({"request": id, "kind": "message", "items": [added.item]});
    let entry = signed(&record, &stranger, Kind::AidItem, body);
    let refused = record
        .submit_with_items_blocking(entry, vec![added.age])
        .map(|s| s.id);
    assert_eq!(code(refused), Code::RoleNotAllowed);
    assert_eq!(
        record.aid().items_kept(&id).unwrap(),
        [form.item.commitment]
    );
    // asking again with the same bytes gives the same request
    assert_eq!(request(&record, &key, &[&form]).unwrap(), id);
    let large = [SealedItem {
        commitment: form.item.commitment,
        age: vec![0; solferino_store::aid::MAX_SEALED_BYTES + 1],
    }];
    assert!(matches!(
        record.aid().keep(&id, &large),
        Err(AidError::TooLarge { .. })
    ));
}

#[test]
fn only_items_that_a_consent_in_force_names_cross_into_the_vault() {
    let home = Home::new();
    let record = home.create();
    with_desk(&record);
    let officer = Identity::generate();
    let (form, message) = (
        told(&officer, STORY),
        told(&officer, b"the message itself, and nothing of the rest"),
    );
    let key = cast().key("requester 1").unwrap();
    let id = request(&record, &key, &[&form, &message]).unwrap();
    let before = record.vault().list().unwrap();
    let body = json!({"request": id, "purpose": "case", "granted": true, "into_case": "some-case", "items": [message.item.commitment]});
    let consent = record
        .submit_blocking(signed(&record, &key, Kind::AidConsent, body))
        .unwrap()
        .id;
    let now = record.state().global.time.unwrap();
    let carry = |plaintexts: &[Vec<u8>], at| {
        cross(&record.state(), record.vault(), &consent, plaintexts, at)
    };
    let both = carry(&[message.plaintext.clone(), form.plaintext.clone()], now);
    assert!(matches!(both, Err(AidError::NoConsent(_))), "{both:?}");
    let changed = carry(&[[&message.plaintext[..], b"!"].concat()], now);
    assert!(
        matches!(changed, Err(AidError::NoConsent(_))),
        "{changed:?}"
    );
    let late = carry(
        std::slice::from_ref(&message.plaintext),
        now.plus_seconds(7 * 86_400),
    );
    assert!(matches!(late, Err(AidError::NoConsent(_))), "{late:?}");
    assert_eq!(record.vault().list().unwrap(), before, "nothing crossed");
    let crossed = carry(std::slice::from_ref(&message.plaintext), now).unwrap();
    assert_eq!(crossed.len(), 1);
    let content = record.vault().read_all(&crossed[0].sha256, 1024).unwrap();
    assert_eq!(content, b"the message itself, and nothing of the rest");
}

#[test]
fn damage_is_told_and_never_served() {
    let home = Home::new();
    let record = home.create();
    with_desk(&record);
    let form = told(&Identity::generate(), STORY);
    let id = request(&record, &cast().key("requester 1").unwrap(), &[&form]).unwrap();
    let path = home
        .dir()
        .join(format!("aid/items/{id}/{}.age", form.item.commitment));
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false)] // a test's own file
    permissions.set_readonly(false);
    std::fs::set_permissions(&path, permissions).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let read = record.aid().item(&id, &form.item.commitment);
    assert!(matches!(read, Err(AidError::Damaged { .. })), "{read:?}");
}

/// Says a step without patience: answered by a promise, which a thread keeps.
async fn promised(record: &Record, entry: Vec<u8>, dir: &Path) {
    let taken = record.submit_within(entry, Duration::ZERO).await.unwrap();
    assert!(matches!(taken, Taken::Received(_)), "{taken:?}");
    let until = Instant::now() + PROMISES_KEPT_WITHIN;
    while std::fs::read_dir(dir.join("intake")).unwrap().count() > 0 {
        assert!(Instant::now() < until, "the promise is still open");
        tokio::task::yield_now().await;
    }
}

/// Until then a busy machine has recorded what it promised; much less than the minute in which a
/// thread would tidy up anyway.
const PROMISES_KEPT_WITHIN: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_that_was_only_promised_leaves_as_little() {
    let home = Home::new();
    let record = home.create();
    let key = cast().key("requester 1").unwrap();
    let asking = record.clone();
    let (id, form) = tokio::task::spawn_blocking(move || {
        with_desk(&asking);
        let form = told(&Identity::generate(), STORY);
        let key = cast().key("requester 1").unwrap();
        (request(&asking, &key, &[&form]).unwrap(), form)
    })
    .await
    .unwrap();
    let kept = files_below(&home.dir().join("aid")).into_iter();
    let kept = kept.filter(|p| p.to_string_lossy().contains(&id.to_string()));
    let kept: Vec<Vec<u8>> = kept.map(|p| std::fs::read(p).unwrap()).collect();
    assert_eq!(kept.len(), 2, "an item and its key");
    let mut secrets: Vec<&[u8]> = vec![STORY, &form.plaintext, &form.age];
    secrets.extend(kept.iter().map(Vec::as_slice));
    let step = |key: &SigningKey, to: &str, reason: &str| {
        let body = json!({"request": id, "to": to, "reason": reason});
        signed(&record, key, Kind::AidStep, body)
    };
    promised(&record, step(&key, "withdrawn", "taken-back"), &home.dir()).await;
    let officer = rehearsal::aid::officer(&cast()).unwrap();
    promised(
        &record,
        step(&officer, "purged", "after-withdrawal"),
        &home.dir(),
    )
    .await;
    let stage = record.state().aid.requests[&id].standing.stage;
    assert_eq!(stage.as_str(), "purged");
    assert_eq!(record.aid().kept().unwrap(), []);
    assert_eq!(holding(&home.dir(), &secrets), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_held_is_not_promised_either() {
    let home = Home::new();
    let record = home.create();
    let asking = record.clone();
    let (items, exhibit) = tokio::task::spawn_blocking(move || {
        with_desk(&asking);
        let form = told(&Identity::generate(), STORY);
        let body = rehearsal::aid::request(&[form.item], None);
        let key = cast().key("requester 1").unwrap();
        let hash = tlog::sha256(b"never held");
        let declared = json!({"sha256": hash, "ciphertext_sha256": hash, "size": 6, "media_type": "text/plain",
            "acquired": "2014-01-01", "how": "open-source", "source": "press", "upstream": ["press"], "tlp": "clear"});
        let items = signed(&asking, &key, Kind::AidRequest, body);
        (items, signed(&asking, &key, Kind::Exhibit, declared))
    })
    .await
    .unwrap();
    for (entry, code) in [
        (&items, Code::AidContentNotHeld),
        (&exhibit, Code::ExhibitNotHeld),
    ] {
        let answer = record.submit_within(entry.clone(), Duration::ZERO).await;
        let Err(SubmitError::Refused(refusal)) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(refusal.code, code);
    }
    record.stop();
    drop(record);
    // Promised while it was held, and gone since: the promise is kept by a refusal in the log.
    let waiting = Waiting::open(&home.dir().join("intake"), cast().log.clone()).unwrap();
    let statement = Verified::parse(&exhibit).unwrap();
    let id = statement.id;
    waiting
        .take(
            &statement,
            &exhibit,
            cast().log.verifier_key().name(),
            founded_at(),
        )
        .unwrap();
    let record = home.open();
    let until = Instant::now() + PROMISES_KEPT_WITHIN;
    while !waiting.ids().unwrap().is_empty() {
        assert!(Instant::now() < until, "the promise is still open");
        tokio::task::yield_now().await;
    }
    let last = record.entry(record.size() - 1).unwrap();
    let Body::Refusal(refusal) = Statement::parse(&last).unwrap().body else {
        panic!("no refusal")
    };
    assert_eq!(
        (refusal.submission, refusal.code.as_str()),
        (id.0, "exhibit-not-held")
    );
}
