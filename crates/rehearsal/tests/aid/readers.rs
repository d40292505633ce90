//! Who can open what is told follows from signed statements of the log: whoever gives others is refused.

use record::aid::{Evidence, Readers, ReadersError, ShownEntry, readers};
use record::ids::StatementId;
use record::kind::Kind;
use record::statement::Statement;
use record::trust::{TrustFile, of_charter};
use rehearsal::{Cast, MemoryDesk, Procedure, SeatSpecRole, founding_charter};
use serde_json::json;
use tlog::{SigningKey, Tree};

use super::{nothing, offered, with_desk};
use crate::support::{cast, founded};

pub(super) fn trust(cast: &Cast) -> TrustFile {
    of_charter(&founding_charter(cast).unwrap()).unwrap()
}

pub(super) fn kind(entry: &[u8]) -> Kind {
    Statement::parse(entry).unwrap().kind
}

/// The entries that `chosen` picks, shown to be in a log of these entries that its key signs: whoever runs a log can
/// sign any.
pub(super) fn shown(
    entries: &[Vec<u8>],
    log: &SigningKey,
    chosen: impl Fn(&[u8]) -> bool,
) -> Evidence {
    let tree = Tree::from_leaves(entries.iter().map(|e| tlog::leaf_hash(e)));
    let origin = log.verifier_key().name().to_owned();
    let checkpoint = tlog::Checkpoint::new(&origin, tree.size(), tree.root()).unwrap();
    let picked = (0..).zip(entries).filter(|(_, entry)| chosen(entry));
    let entries = picked.map(|(index, entry)| ShownEntry {
        index,
        path: tlog::inclusion_proof(&tree, index, tree.size()).unwrap(),
        envelope: String::from_utf8(entry.clone()).unwrap(),
    });
    Evidence {
        entries: entries.collect(),
        checkpoint: tlog::sign_checkpoint(&checkpoint, log).unwrap().to_string(),
    }
}

fn governs(entry: &[u8]) -> bool {
    use Kind::{AidDesk, Charter, CharterAmend, CharterFound, CharterVote, MemberRotate};
    [
        Charter,
        CharterFound,
        CharterAmend,
        CharterVote,
        MemberRotate,
        AidDesk,
    ]
    .contains(&kind(entry))
}

fn of_request(entry: &[u8]) -> bool {
    governs(entry)
        || [Kind::AidRequest, Kind::AidEnlist].contains(&kind(entry))
        || names_a_team(entry)
}

fn names_a_team(entry: &[u8]) -> bool {
    let step = match Statement::parse(entry).unwrap().body {
        record::kind::Body::AidStep(step) => step,
        _ => return false,
    };
    [aid::Stage::Offered, aid::Stage::Agreed].contains(&step.to)
}

fn recipients(shown: &Readers) -> Vec<(aid::Role, &str)> {
    let each = shown.readers.iter().map(|r| (r.role, r.recipient.as_str()));
    each.collect()
}

const OFFICER: (aid::Role, &str) = (aid::Role::Triage, rehearsal::aid::RECIPIENT);

#[test]
fn the_officers_are_those_that_the_registrar_of_the_pinned_charter_names() {
    let cast = cast();
    let mut desk = founded(&cast);
    with_desk(&cast, &mut desk);
    let evidence = shown(&desk.entries, &cast.log, governs);
    let seen = readers(&evidence, &trust(&cast), None).unwrap();
    assert_eq!((seen.desk, recipients(&seen)), (1, vec![OFFICER]));
    assert_eq!(
        seen.readers[0].digest().len(),
        19,
        "four groups of four digits"
    );

    // another recipient in the same envelope, or the same one signed by whoever serves it
    let mut swapped = evidence.clone();
    let named = swapped.entries.last_mut().unwrap();
    let payload = Statement::parse(named.envelope.as_bytes())
        .unwrap()
        .payload()
        .to_vec();
    let other = String::from_utf8(payload.clone()).unwrap();
    let other = other.replace(rehearsal::aid::RECIPIENT, rehearsal::aid::PROXY_RECIPIENT);
    use base64::Engine as _;
    let text = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    named.envelope = named
        .envelope
        .replace(&text(&payload), &text(other.as_bytes()));
    assert_ne!(swapped, evidence);
    let refused = readers(&swapped, &trust(&cast), None).unwrap_err();
    assert!(matches!(refused, ReadersError::Entry { .. }), "{refused}");
    // a log of the same name under another key: all of it fits together, and it is not the pinned one
    let mallory = Cast::new([8; 32], &cast.origin, &rehearsal::corpus::panel().unwrap()).unwrap();
    let mut theirs = founded(&mallory);
    with_desk(&mallory, &mut theirs);
    let evidence = shown(&theirs.entries, &mallory.log, governs);
    assert!(readers(&evidence, &trust(&mallory), None).is_ok());
    let refused = readers(&evidence, &trust(&cast), None).unwrap_err();
    assert!(matches!(refused, ReadersError::Checkpoint(_)), "{refused}");
}

#[test]
fn whoever_runs_the_log_cannot_name_a_desk_in_it() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let mut policy = rehearsal::aid::policy(&cast, 2).unwrap();
    policy["officers"][0]["recipient"] = json!(rehearsal::aid::PROXY_RECIPIENT);
    let thief = cast.key("thief").unwrap();
    let reviewer = p.player(SeatSpecRole::Reviewer).unwrap().key.clone();
    for key in [&cast.log, &thief, &reviewer] {
        let forged = p.sign(key, Kind::AidDesk, None, policy.clone()).unwrap();
        let entries = [p.desk.entries.clone(), vec![forged.entry]].concat();
        let refused = readers(&shown(&entries, &cast.log, governs), &trust(&cast), None);
        let refused = refused.unwrap_err();
        assert!(matches!(refused, ReadersError::Entry { .. }), "{refused}");
    }
    // nor another charter, nor a seat for itself
    let mut text = founding_charter(&cast).unwrap();
    text.version = 2;
    let registrar = text
        .seats
        .iter_mut()
        .find(|s| s.role == record::body::charter::SeatRole::Registrar);
    let registrar = registrar.unwrap();
    registrar.key = rehearsal::vkey(&thief).unwrap();
    registrar.member = "second-registrar".parse().unwrap();
    let amended = p
        .sign(&thief, Kind::CharterAmend, None, json!({"text": text}))
        .unwrap();
    let named = p.sign(&thief, Kind::AidDesk, None, policy.clone()).unwrap();
    let entries = [
        p.desk.entries.clone(),
        vec![amended.entry, named.entry.clone()],
    ]
    .concat();
    assert!(readers(&shown(&entries, &cast.log, governs), &trust(&cast), None).is_err());
    // an amendment that a registrar proposes and nobody votes for seats nobody
    let player = p.player(SeatSpecRole::Registrar).unwrap();
    let amended = p
        .sign(&player.key, Kind::CharterAmend, None, json!({"text": text}))
        .unwrap();
    let entries = [p.desk.entries.clone(), vec![amended.entry, named.entry]].concat();
    let refused = readers(&shown(&entries, &cast.log, governs), &trust(&cast), None).unwrap_err();
    assert!(refused.to_string().contains("aid.desk"), "{refused}");
    // a rotation to a key that was not committed to
    let body = json!({"member": player.spec.id, "next_key_sha256": tlog::sha256(b"next")});
    let rotated = p.sign(&thief, Kind::MemberRotate, None, body).unwrap();
    let entries = [p.desk.entries.clone(), vec![rotated.entry]].concat();
    assert!(readers(&shown(&entries, &cast.log, governs), &trust(&cast), None).is_err());
}

/// The registrar goes on under the key it committed to.
fn rotated(p: &mut Procedure<'_, MemoryDesk>) -> rehearsal::Player {
    let player = p.player(SeatSpecRole::Registrar).unwrap().clone();
    let body = json!({"member": player.spec.id, "next_key_sha256": tlog::sha256(b"next")});
    p.say(&player.next, Kind::MemberRotate, None, body).unwrap();
    player
}

/// A second registrar, seated by the panel's votes.
fn seated(p: &mut Procedure<'_, MemoryDesk>, player: &rehearsal::Player) -> SigningKey {
    let second = p.cast.key("second-registrar").unwrap();
    let mut text = founding_charter(p.cast).unwrap();
    text.version = 2;
    let mut seat = text
        .seats
        .iter()
        .find(|s| s.key == rehearsal::vkey(&player.key).unwrap())
        .unwrap()
        .clone();
    seat.member = "second-registrar".parse().unwrap();
    seat.key = rehearsal::vkey(&second).unwrap();
    text.seats
        .iter_mut()
        .filter(|s| s.member == player.spec.id)
        .for_each(|s| {
            s.key = rehearsal::vkey(&player.next).unwrap();
            s.next_key_sha256 = tlog::sha256(b"next");
        });
    text.seats.push(seat);
    p.wait(1).unwrap();
    p.say(
        &player.next,
        Kind::CharterAmend,
        None,
        json!({"text": text}),
    )
    .unwrap();
    let reviewers: Vec<_> = p.cast.with_role(SeatSpecRole::Reviewer).cloned().collect();
    for reviewer in &reviewers {
        let vote = json!({"amendment": text.digest(), "approve": true});
        if p.say(&reviewer.key, Kind::CharterVote, None, vote).is_err() {
            break; // in force already
        }
    }
    second
}

#[test]
fn a_registrar_of_a_later_key_or_a_later_charter_is_one() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let player = rotated(&mut p);
    p.wait(1).unwrap();
    let policy = |version| rehearsal::aid::policy(&cast, version).unwrap();
    p.say(&player.next, Kind::AidDesk, None, policy(2)).unwrap();
    let evidence = shown(&p.desk.entries, &cast.log, governs);
    assert_eq!(readers(&evidence, &trust(&cast), None).unwrap().desk, 2);
    // without the rotation the key is nobody's
    let without = shown(&p.desk.entries, &cast.log, |e| {
        governs(e) && kind(e) != Kind::MemberRotate
    });
    assert!(readers(&without, &trust(&cast), None).is_err());

    let second = seated(&mut p, &player);
    p.wait(1).unwrap();
    p.say(&second, Kind::AidDesk, None, policy(3)).unwrap();
    let evidence = shown(&p.desk.entries, &cast.log, governs);
    assert_eq!(readers(&evidence, &trust(&cast), None).unwrap().desk, 3);
}

#[test]
fn the_readers_of_a_request_are_its_requester_its_proxy_and_the_team_it_took() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, _, enlisted) = offered(&mut p);
    let seen = |p: &Procedure<'_, MemoryDesk>, id: StatementId, chosen: &dyn Fn(&[u8]) -> bool| {
        readers(
            &shown(&p.desk.entries, &cast.log, chosen),
            &trust(&cast),
            Some(id),
        )
    };
    let own = (aid::Role::Requester, rehearsal::aid::REQUESTER_RECIPIENT);
    let team = (aid::Role::Responder, rehearsal::aid::RESPONDER_RECIPIENT);
    let offered_only = seen(&p, id, &of_request).unwrap();
    assert_eq!(recipients(&offered_only), [OFFICER, own], "not taken yet");
    // somebody else enlists; what the requester takes adds nobody but whom it took
    let (_, other) = p.vetted_responder("responder 2").unwrap();
    assert_ne!(other, enlisted);
    p.step(&requester, id, "agreed", "team-taken", nothing())
        .unwrap();
    let taken = seen(&p, id, &of_request).unwrap();
    assert_eq!(recipients(&taken), [OFFICER, own, team]);
    // no request, no reading; another's statements say nothing of it
    let without = |e: &[u8]| of_request(e) && kind(e) != Kind::AidRequest;
    assert!(seen(&p, id, &without).is_err());
    let second = p
        .ask_for_help(&cast.key("requester 2").unwrap(), b"another")
        .unwrap();
    assert!(seen(&p, second, &of_request).is_err());

    // whoever runs the log offers a team of its own: it is no officer's offer, nor did the requester take it
    let thief = cast.key("responder 9").unwrap();
    let enlist = p
        .sign(
            &thief,
            Kind::AidEnlist,
            None,
            rehearsal::aid::enlistment(b"p").unwrap(),
        )
        .unwrap();
    let (_, mut made) =
        rehearsal::aid::outcome(&[(id, vec![StatementId::of_entry(&enlist.entry)])]);
    let offer = made.remove(0).0;
    let step = json!({"request": id, "to": "offered", "reason": "matched", "offer": offer});
    let offer = p.sign(&thief, Kind::AidStep, None, step).unwrap();
    let entries = [p.desk.entries.clone(), vec![enlist.entry, offer.entry]].concat();
    let of_it = |e: &[u8]| of_request(e) && Statement::parse(e).unwrap().id != second;
    let forged = readers(&shown(&entries, &cast.log, of_it), &trust(&cast), Some(id));
    assert!(
        matches!(forged, Err(ReadersError::Entry { .. })),
        "{forged:?}"
    );
}

/// Whether an entry is shown.
type Chosen = Box<dyn Fn(&[u8]) -> bool>;

/// The statements that the cases name.
struct Named {
    request: StatementId,
    enlisted: StatementId,
    /// Three desks, each under another registrar's key.
    desks: [StatementId; 3],
    by_reviewer: StatementId,
    by_old_key: StatementId,
}

/// The cases: name, request asked for, entries shown.
fn shown_cases(named: &Named) -> Vec<(&'static str, Option<StatementId>, Chosen)> {
    let Named {
        request: id,
        enlisted,
        desks: [first, second, third],
        by_reviewer,
        by_old_key,
    } = *named;
    let plain = |e: &[u8]| governs(e) && kind(e) != Kind::AidDesk;
    let with = |ids: Vec<StatementId>| move |e: &[u8]| ids.contains(&StatementId::of_entry(e));
    let team = |e: &[u8]| [Kind::AidRequest, Kind::AidEnlist].contains(&kind(e)) || names_a_team(e);
    let charter_alone = |e: &[u8]| [Kind::Charter, Kind::CharterFound].contains(&kind(e));
    vec![
        (
            "the first desk, under the charter",
            None,
            Box::new(move |e| charter_alone(e) || with(vec![first])(e)),
        ),
        (
            "after a rotation",
            None,
            Box::new(move |e| {
                charter_alone(e) || kind(e) == Kind::MemberRotate || with(vec![second])(e)
            }),
        ),
        (
            "after an amendment",
            None,
            Box::new(move |e| plain(e) || with(vec![third])(e)),
        ),
        (
            "with a team and an enlistment beside it",
            Some(id),
            Box::new(move |e| charter_alone(e) || with(vec![first])(e) || team(e)),
        ),
        (
            "without the team that was taken",
            Some(id),
            Box::new(move |e| charter_alone(e) || with(vec![first, id])(e)),
        ),
        (
            "no rotation",
            None,
            Box::new(move |e| charter_alone(e) || with(vec![second])(e)),
        ),
        (
            "no votes",
            None,
            Box::new(move |e| (plain(e) && kind(e) != Kind::CharterVote) || with(vec![third])(e)),
        ),
        ("no charter", None, Box::new(with(vec![first]))),
        ("no desk", None, Box::new(charter_alone)),
        (
            "no request",
            Some(id),
            Box::new(move |e| charter_alone(e) || with(vec![first])(e)),
        ),
        (
            "another request",
            Some(enlisted),
            Box::new(move |e| charter_alone(e) || with(vec![first, id])(e)),
        ),
        (
            "a reviewer names a desk",
            None,
            Box::new(move |e| plain(e) || with(vec![third, by_reviewer])(e)),
        ),
        (
            "the registrar's old key names one",
            None,
            Box::new(move |e| plain(e) || with(vec![third, by_old_key])(e)),
        ),
        (
            "a statement that says nothing of it",
            None,
            Box::new(move |e| charter_alone(e) || with(vec![first])(e) || kind(e) == Kind::AidVet),
        ),
    ]
}

/// A log with every kind of evidence, honest and not, for other implementations: each case names the entries it shows.
#[test]
fn vectors_for_other_implementations() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = with_desk(&cast, &mut desk);
    let (id, requester, _, enlisted) = offered(&mut p);
    p.step(&requester, id, "agreed", "team-taken", nothing())
        .unwrap();
    let (_, beside) = p.vetted_responder("responder 2").unwrap();
    let player = rotated(&mut p);
    p.wait(1).unwrap();
    let policy = |version| rehearsal::aid::policy(&cast, version).unwrap();
    let second = p.say(&player.next, Kind::AidDesk, None, policy(2)).unwrap();
    let new = seated(&mut p, &player);
    p.wait(1).unwrap();
    let third = p.say(&new, Kind::AidDesk, None, policy(3)).unwrap();
    // and what no log would admit, at its end: whoever runs it can add that
    let reviewer = p.player(SeatSpecRole::Reviewer).unwrap().key.clone();
    let stolen = [&reviewer, &player.key]
        .map(|key| p.sign(key, Kind::AidDesk, None, policy(4)).unwrap().entry);
    let mut all = p.desk.entries.clone();
    all.extend(stolen.iter().cloned());
    let entry_id = |e: &[u8]| StatementId::of_entry(e);
    let [by_reviewer, by_old_key] = [0, 1].map(|n: usize| entry_id(&stolen[n]));
    let desks = |e: &[u8]| kind(e) == Kind::AidDesk;
    let first = all.iter().find(|e| desks(e)).map(|e| entry_id(e)).unwrap();
    let cases = shown_cases(&Named {
        request: id,
        enlisted,
        desks: [first, second, third],
        by_reviewer,
        by_old_key,
    });
    let log = shown(&all, &cast.log, |e| {
        cases.iter().any(|(_, _, chosen)| chosen(e))
    });
    let cases = cases.iter().map(|(name, request, chosen)| {
        let entries = log.entries.iter().filter(|e| chosen(e.envelope.as_bytes()));
        let evidence = Evidence { checkpoint: log.checkpoint.clone(), entries: entries.cloned().collect() };
        let seen = readers(&evidence, &trust(&cast), *request);
        let entries: Vec<_> = evidence.entries.iter().map(|e| e.index).collect();
        let readers = seen.as_ref().ok().map(|seen| {
            let each = seen.readers.iter();
            each.map(|r| json!({"role": r.role, "recipient": r.recipient, "digest": r.digest()})).collect::<Vec<_>>()
        });
        json!({"name": name, "request": request, "entries": entries, "desk": seen.ok().map(|s| s.desk), "readers": readers})
    });
    let cases: Vec<_> = cases.collect();
    let shows = cases
        .iter()
        .filter(|case| !case["readers"].is_null())
        .count();
    assert_eq!(shows, 5, "{cases:#?}");
    assert_eq!(
        cases[3]["readers"].as_array().unwrap().len(),
        3,
        "{beside} is beside the offer"
    );
    let page = json!({
        "origin": cast.origin, "trust": trust(&cast).to_string(), "checkpoint": log.checkpoint, "entries": log.entries,
        "cases": cases,
    });
    crate::pages::same(
        "vectors/aid-readers-v1.json",
        &format!("{}\n", serde_json::to_string_pretty(&page).unwrap()),
    );
}
