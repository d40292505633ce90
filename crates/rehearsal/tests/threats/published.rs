//! Against what is published: entries, log, bundles, exhibits, envelopes.

use record::bundle::{self};
use record::kind::Kind;
use record::refusal::Code;
use record::statement::{Statement, StatementError};
use rehearsal::{Cast, MemoryDesk, SeatSpecRole, corpus, genesis};
use serde_json::json;

use crate::support::{
    ORIGIN, at, before_panel, cast, founded, refused, script, until_votes, vote_and_open,
};

use super::{fails_at, publish_whole, reviewer, start};

#[test]
fn rewrite_of_a_published_entry() {
    let cast = cast();
    let (desk, bundle, trust) = publish_whole(&cast, &script("rewrite"));
    let last = desk.entries.len() - 1;
    // The log key's holder signs another text in place of an entry: no path leads to the root.
    let mut changed = bundle;
    let at_end = changed.statements.last_mut().unwrap();
    assert_eq!(at_end.index as usize, last);
    at_end.entry = desk.entries[last - 1].clone();
    assert_eq!(fails_at(&changed, Some(&trust)), "inclusion");
}

#[test]
fn truncated_or_forked_log() {
    let cast = cast();
    let (desk, ..) = publish_whole(&cast, &script("fork"));
    let (size, root) = (desk.auditor.size(), desk.auditor.root());
    let old = size - 3;
    let leaf = |n: u64| tlog::leaf_hash(&desk.entries[n as usize]);
    let kept = tlog::Tree::from_leaves((0..old).map(leaf));
    let proof = tlog::consistency_proof(&desk.auditor.tree, old, size).unwrap();
    tlog::verify_consistency(old, size, &proof, &kept.root(), &root).unwrap();
    // A fork that leaves one entry out, and a log cut short, are inconsistent with what was seen.
    let forked = tlog::Tree::from_leaves((0..size).filter(|n| *n != 5).chain([5]).map(leaf));
    let proof = tlog::consistency_proof(&forked, old, size).unwrap();
    assert!(tlog::verify_consistency(old, size, &proof, &kept.root(), &forked.root()).is_err());
    assert!(tlog::consistency_proof(&kept, size, old).is_err());
}

#[test]
fn backdated_statement() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    p.go_to(at("2014-03-01T00:00:00Z")).unwrap();
    p.time = at("2014-02-01T00:00:00Z"); // the author's claim; the desk's clock stays
    assert_eq!(
        refused(p.report(
            &"late".parse().unwrap(),
            "disruption",
            "health",
            "2014-01-15",
            "x"
        )),
        Code::OutsideTolerance
    );
}

#[test]
fn bundle_signed_by_made_up_keys() {
    let (_, _, honest) = publish_whole(&cast(), &script("honest"));
    let forger = Cast::new([66; 32], ORIGIN, &corpus::panel().unwrap()).unwrap();
    let (_, forged, _) = publish_whole(&forger, &script("honest"));
    assert_eq!(fails_at(&forged, Some(&honest)), "trust");
    let (v, _) = bundle::verify(forged.to_string().as_bytes(), None);
    assert!(
        v.holds() && !v.pinned,
        "without a trust file it is only self-consistent"
    );
    assert!(
        v.report
            .checks
            .iter()
            .any(|c| c.detail.starts_with("signers not pinned"))
    );
}

#[test]
fn removed_dissent() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("removed");
    let proposal = until_votes(&mut p, &s);
    let text = tlog::sha256(b"I disagree.");
    p.say(
        &reviewer(&cast, 5).key,
        Kind::Dissent,
        Some(&s.id),
        json!({"ground": "weak-strand", "text_sha256": text}),
    )
    .unwrap();
    vote_and_open(&mut p, &s.id, &proposal);
    let finding = p.publish(&s.id, &proposal).unwrap();
    let state = &desk.auditor.state;
    let mut bundle = bundle::build(state, &state.cases[&s.id], finding, &desk, Vec::new()).unwrap();
    bundle
        .statements
        .retain(|b| Statement::parse(&b.entry).unwrap().kind != Kind::Dissent);
    assert_eq!(fails_at(&bundle, None), "rules");
}

#[test]
fn swapped_exhibit() {
    let cast = cast();
    let (desk, mut bundle, trust) = publish_whole(&cast, &script("swapped"));
    let (hash, content) = desk
        .exhibits
        .iter()
        .find(|(h, _)| {
            desk.auditor
                .state
                .cases
                .values()
                .any(|c| c.exhibits.contains_key(h))
        })
        .unwrap();
    bundle.exhibits = vec![(*hash, content.clone())];
    let (v, _) = bundle::verify(bundle.to_string().as_bytes(), Some(&trust));
    assert!(v.holds(), "{:?}", v.report);
    bundle.exhibits = vec![(*hash, b"another content".to_vec())];
    assert_eq!(fails_at(&bundle, Some(&trust)), "exhibits");
    bundle.exhibits = vec![(tlog::sha256(b"undeclared"), b"undeclared".to_vec())];
    assert_eq!(fails_at(&bundle, Some(&trust)), "exhibits");
}

#[test]
fn replayed_envelope_in_another_case_or_record() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let (a, b) = (script("case-a"), script("case-b"));
    before_panel(&mut p, &a, true);
    before_panel(&mut p, &b, true);
    let close = p
        .sign(
            &p.player(SeatSpecRole::Registrar).unwrap().key,
            Kind::CaseClose,
            Some(&a.id),
            json!({"reason": "exhausted"}),
        )
        .unwrap();
    p.submit(vec![close.clone()]).unwrap();
    // the same bytes again
    assert_eq!(
        refused(p.submit(vec![close.clone()])),
        Code::AlreadyRecorded
    );
    // the same signature over a payload that names the other case
    let text = String::from_utf8(close.entry.clone()).unwrap();
    let payload = Statement::parse(&close.entry).unwrap().payload().to_vec();
    let moved = String::from_utf8(payload.clone())
        .unwrap()
        .replace("case-a", "case-b");
    let encode =
        |bytes: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
    let forged = text.replace(&encode(&payload), &encode(moved.as_bytes()));
    let parsed = Statement::parse(forged.as_bytes()).unwrap();
    assert!(matches!(
        parsed.verify(),
        Err(record::envelope::EnvelopeError::Signature { .. })
    ));
    // a white-space variant of the same envelope is not a second statement
    let spaced = text.replacen("\":", "\": ", 1);
    assert!(matches!(
        Statement::parse(spaced.as_bytes()),
        Err(StatementError::Envelope(
            record::envelope::EnvelopeError::NotCanonical
        ))
    ));
    // and in another record
    let elsewhere = Cast::new([9; 32], "elsewhere.example", &corpus::panel().unwrap()).unwrap();
    let time = at("2014-02-01T00:00:00Z");
    let mut other = MemoryDesk::create(
        elsewhere.log.clone(),
        &genesis(&elsewhere, time).unwrap(),
        time,
    )
    .unwrap();
    assert_eq!(
        other.submit_one(close.entry).unwrap_err().code,
        Code::WrongRecord
    );
}
