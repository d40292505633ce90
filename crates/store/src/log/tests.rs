//! What can only be done to a log from inside: an entry that changes between two effects.

use super::*;
use crate::memory::{MemoryCell, MemoryObjects};

struct Memory {
    objects: MemoryObjects,
    cell: MemoryCell,
}

impl Place for Memory {
    fn open(&self) -> Result<Handles, StoreError> {
        self.objects.crash();
        Ok((Box::new(self.objects.clone()), Box::new(self.cell.clone())))
    }
}

#[test]
fn an_entry_that_changed_after_it_was_verified_is_not_signed() {
    let time: Timestamp = "2014-01-01T00:00:00Z".parse().unwrap();
    let flood = rehearsal::Flood::new("record.example/flip", time).unwrap();
    let (objects, cell) = (MemoryObjects::new(), MemoryCell::new());
    let place = Memory {
        objects: objects.clone(),
        cell: cell.clone(),
    };
    let mut log = Log::open(Box::new(place), flood.log_key().clone(), &|_, _| {}).unwrap();
    log.found(&flood.genesis().unwrap()).unwrap();
    let before = cell.load().unwrap();
    let submissions = [Submission::Entry(flood.report(1).unwrap())];
    for (entry, byte, bit) in [(0, 3, 1), (1, 0, 0x80), (1, 100, 4), (1, 400, 0x20)] {
        let verified = check(&mut entries::Checker::default(), &submissions);
        let judged = log.judge(&submissions, verified, Some(time), &mut |_, answer| {
            panic!("answered before it was published: {answer:?}")
        });
        let mut batch = judged.batch;
        batch[entry].entry[byte] ^= bit;
        let refused = log.commit(batch, Vec::new());
        assert!(
            matches!(refused, Err(StoreError::Damaged { .. })),
            "{refused:?}"
        );
        assert_eq!(cell.load().unwrap(), before, "nothing was signed");
        log.recover(&|_, _| {}).unwrap();
        assert_eq!(objects.list("staged/").unwrap(), []);
    }
    log.process(&submissions, Some(time), &mut |_, answer| {
        assert!(answer.unwrap().fresh);
    });
}
