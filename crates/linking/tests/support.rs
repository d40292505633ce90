//! Cases as lists of names.

use solferino_linking::{Builder, Built, Index, Key, Links, Policy, Scratch, Sought};

/// Who holds what, in the order it is told.
pub(crate) type Told = Vec<(String, u32)>;

/// The observable of a number; each thirteenth shares the first bits of its key with others.
pub(crate) fn key(observable: u32) -> Key {
    let mut bytes = Key::of(&format!("mutex:{observable}")).to_bytes();
    if observable.is_multiple_of(13) {
        bytes[..8].fill(0xab);
    }
    Key::from_bytes(bytes)
}

pub(crate) fn built(told: &Told) -> (Vec<u8>, Built) {
    let mut builder = Builder::default();
    for (case, observable) in told {
        let case = builder.case(case).unwrap();
        let day = Some((*observable % 1000) as u16);
        builder.add(case, key(*observable), day).unwrap();
    }
    let mut bytes = Vec::new();
    let built = builder.finish(&mut bytes).unwrap();
    assert_eq!(built.bytes, bytes.len() as u64);
    (bytes, built)
}

pub(crate) fn index(told: &Told) -> Index<Vec<u8>> {
    Index::open(built(told).0).unwrap()
}

/// `told(&[("one", &[1, 2])])`
pub(crate) fn told(cases: &[(&str, &[u32])]) -> Told {
    let each = |(case, held): &(&str, &[u32])| -> Told {
        held.iter().map(|o| ((*case).to_owned(), *o)).collect()
    };
    cases.iter().flat_map(each).collect()
}

/// Every fourth observable is of another family.
pub(crate) fn sought(observables: &[u32]) -> Vec<Sought> {
    let one = |o: &u32| Sought {
        key: key(*o),
        family: (*o % 4) as u8,
    };
    observables.iter().map(one).collect()
}

pub(crate) fn ask(index: &Index<Vec<u8>>, observables: &[u32], policy: &Policy) -> Links {
    index.link(&sought(observables), policy, &mut Scratch::default())
}

/// Everything counts, however common.
pub(crate) fn everything() -> Policy {
    Policy {
        max_cases_per_observable: u32::MAX,
        common_from_cases: u32::MAX,
        max_links: 1_000,
        ..Policy::default()
    }
}
