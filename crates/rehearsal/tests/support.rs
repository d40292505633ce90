//! A founded record in memory with everyone enrolled.

use record::time::Timestamp;
use rehearsal::{Cast, MemoryDesk, Procedure, corpus, genesis};

pub(crate) const ORIGIN: &str = "record.example/rehearsal";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn cast() -> Cast {
    Cast::new([7; 32], ORIGIN, &corpus::panel().unwrap()).unwrap()
}

/// A founded record at the start of 2014.
pub(crate) fn founded(cast: &Cast) -> MemoryDesk {
    let time = at("2014-01-01T00:00:00Z");
    let mut desk =
        MemoryDesk::create(cast.log.clone(), &genesis(cast, time).unwrap(), time).unwrap();
    Procedure::new(cast, &mut desk, time).enrol_all().unwrap();
    desk
}
