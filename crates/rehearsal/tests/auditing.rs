//! Judging many entries at once comes to the same as judging one after the other.

use record::audit::Auditor;
use record::statement::Verified;
use rehearsal::{Procedure, corpus, play_stage};
use tlog::{Tree, sha256};

use crate::support;

fn said(auditor: &Auditor) -> String {
    let statements: Vec<_> = auditor.state.statements.iter().collect();
    format!("{:?} {statements:?}", auditor.state)
}

#[test]
fn many_at_once_are_judged_as_one_after_the_other() {
    let cast = support::cast();
    let mut desk = support::founded(&cast);
    let sony = corpus::cases().unwrap().swap_remove(0);
    let mut procedure = Procedure::new(&cast, &mut desk, support::at("2014-01-01T00:00:00Z"));
    play_stage(&mut procedure, &sony, 0).unwrap();
    let read = desk.entries.iter().map(|e| Verified::parse(e).unwrap());
    let read: Vec<Verified> = read.collect();
    let mut alone = Auditor::default();
    for statement in &read {
        alone.verified(statement).unwrap();
    }
    let leaves = |part: &[Verified]| Tree::from_leaves(part.iter().map(|said| said.id.0));
    for at_once in [1, 7, 16, 256] {
        let mut hashed = Auditor::default();
        hashed.reserve(read.len() as u64);
        let mut unhashed = Auditor::default();
        let mut others = Auditor::default();
        for part in read.chunks(at_once) {
            hashed.all_verified(part.iter(), &leaves(part)).unwrap();
            unhashed.all_verified(part.iter(), &Tree::new()).unwrap();
            // Leaves of something else are not taken for theirs.
            let other = Tree::from_leaves(part.iter().map(|said| sha256(said.id.0.as_bytes())));
            others.all_verified(part.iter(), &other).unwrap();
        }
        for many in [hashed, unhashed, others] {
            assert_eq!((many.size(), many.root()), (alone.size(), alone.root()));
            assert_eq!(said(&many), said(&alone), "{at_once} at once");
        }
    }
}

#[test]
fn those_before_the_first_that_does_not_hold_are_applied() {
    let desk = support::founded(&support::cast());
    let read = desk.entries.iter().map(|e| Verified::parse(e).unwrap());
    let mut read: Vec<Verified> = read.collect();
    // The same words again.
    read.insert(3, read[2].clone());
    let (mut alone, mut many) = (Auditor::default(), Auditor::default());
    let wrong = read.iter().find_map(|said| alone.verified(said).err());
    let leaves = Tree::from_leaves(read.iter().map(|said| said.id.0));
    let found = many.all_verified(read.iter(), &leaves).err();
    assert!(found.is_some() && found == wrong, "{found:?}");
    assert_eq!((many.size(), many.root()), (3, alone.root()));
    assert_eq!(said(&many), said(&alone));
}
