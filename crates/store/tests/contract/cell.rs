//! The contract of `Cell`.

use solferino_store::cell::CellError;

use super::{Place, contract};

contract!(
    an_empty_cell_holds_nothing,
    a_swap_that_expects_the_value_wins,
    a_swap_that_expects_another_value_learns_the_one_there,
    the_value_outlives_its_handle,
    of_racing_swaps_exactly_one_wins,
    racing_counters_lose_no_count,
);

fn an_empty_cell_holds_nothing(place: &impl Place) {
    let cell = place.cell();
    assert_eq!(cell.load().unwrap(), None);
    let refused = cell.compare_and_swap(Some(b""), b"x");
    assert!(
        matches!(refused, Err(CellError::Mismatch { found: None })),
        "{refused:?}"
    );
    assert_eq!(cell.load().unwrap(), None);
}

fn a_swap_that_expects_the_value_wins(place: &impl Place) {
    let cell = place.cell();
    let values: [&[u8]; 5] = [b"one", b"two, longer", b"", b"x", b"x"];
    let mut held: Option<&[u8]> = None;
    for value in values {
        cell.compare_and_swap(held, value).unwrap();
        held = Some(value);
        assert_eq!(cell.load().unwrap().as_deref(), held);
    }
}

fn a_swap_that_expects_another_value_learns_the_one_there(place: &impl Place) {
    let cell = place.cell();
    cell.compare_and_swap(None, b"held").unwrap();
    for wrong in [
        None,
        Some(&b""[..]),
        Some(b"hel"),
        Some(b"held "),
        Some(b"new"),
    ] {
        match cell.compare_and_swap(wrong, b"new") {
            Err(CellError::Mismatch { found }) => assert_eq!(found.as_deref(), Some(&b"held"[..])),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(cell.load().unwrap().as_deref(), Some(&b"held"[..]));
}

fn the_value_outlives_its_handle(place: &impl Place) {
    place.cell().compare_and_swap(None, b"kept").unwrap();
    let again = place.cell();
    assert_eq!(again.load().unwrap().as_deref(), Some(&b"kept"[..]));
    again.compare_and_swap(Some(b"kept"), b"next").unwrap();
    assert_eq!(place.cell().load().unwrap().as_deref(), Some(&b"next"[..]));
}

fn of_racing_swaps_exactly_one_wins(place: &impl Place) {
    place.cell().compare_and_swap(None, b"start").unwrap();
    let winners: Vec<u8> = std::thread::scope(|scope| {
        let race = |runner: u8| {
            // A handle each, as separate processes would have.
            match place.cell().compare_and_swap(Some(b"start"), &[runner]) {
                Ok(()) => Some(runner),
                Err(CellError::Mismatch { found: Some(_) }) => None,
                Err(other) => panic!("{other:?}"),
            }
        };
        let threads: Vec<_> = (0..16)
            .map(|runner| scope.spawn(move || race(runner)))
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(winners.len(), 1);
    assert_eq!(place.cell().load().unwrap(), Some(winners));
}

fn racing_counters_lose_no_count(place: &impl Place) {
    place.cell().compare_and_swap(None, &[0]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let cell = place.cell();
                let mut added = 0;
                while added < 10 {
                    let held = cell.load().unwrap().unwrap();
                    match cell.compare_and_swap(Some(&held), &[held[0] + 1]) {
                        Ok(()) => added += 1,
                        Err(CellError::Mismatch { .. }) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            });
        }
    });
    assert_eq!(place.cell().load().unwrap(), Some(vec![40]));
}
