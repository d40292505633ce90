//! The contract of `Objects`.

use solferino_store::objects::Durability::{Lazy, Synced};
use solferino_store::objects::ObjectError;
use tlog::sha256;

use super::{Place, contract, path};

contract!(
    what_is_put_is_got,
    nothing_is_got_where_nothing_was_put,
    the_same_bytes_again_are_fine,
    other_bytes_are_a_conflict,
    a_lazy_object_conflicts_too,
    the_list_is_sorted_and_by_prefix,
    a_lazy_object_shows_at_once_to_its_writer,
    a_synced_object_outlives_its_handle,
    a_lazy_object_is_lost_before_the_flush_and_kept_after,
    replacing_flushes_and_outlives_its_handle,
    removing_flushes_and_is_repeatable,
    a_lazy_object_may_be_synced_later,
    a_reader_never_sees_half_a_checkpoint,
    only_the_checkpoint_is_replaced,
    only_staged_records_are_removed,
    partials_are_discarded_once_the_full_one_is_there,
    a_path_is_not_both_object_and_folder,
    concurrent_puts_keep_one_version,
);

fn what_is_put_is_got(place: &impl Place) {
    let objects = place.objects();
    for (name, bytes) in [
        ("a", &b"one"[..]),
        ("tile/0/x001/x234/067.p/8", b""),
        ("a.b-c_D9", b"\0"),
    ] {
        objects.put_if_absent(&path(name), bytes, Synced).unwrap();
        assert_eq!(
            objects.get(&path(name)).unwrap().as_deref(),
            Some(bytes),
            "{name}"
        );
    }
}

fn nothing_is_got_where_nothing_was_put(place: &impl Place) {
    let objects = place.objects();
    objects.put_if_absent(&path("a/b"), b"1", Synced).unwrap();
    for name in ["b", "a", "a/c", "a/b/c", "x/y/z", "checkpoint"] {
        assert_eq!(objects.get(&path(name)).unwrap(), None, "{name}");
    }
}

fn the_same_bytes_again_are_fine(place: &impl Place) {
    let objects = place.objects();
    for (first, second) in [
        (Synced, Synced),
        (Synced, Lazy),
        (Lazy, Lazy),
        (Lazy, Synced),
    ] {
        let name = path(&format!("{first:?}-{second:?}"));
        objects.put_if_absent(&name, b"same", first).unwrap();
        objects.put_if_absent(&name, b"same", second).unwrap();
        assert_eq!(objects.get(&name).unwrap().as_deref(), Some(&b"same"[..]));
    }
    assert_eq!(objects.list("").unwrap().len(), 4);
}

fn other_bytes_are_a_conflict(place: &impl Place) {
    let objects = place.objects();
    objects
        .put_if_absent(&path("tile/0/000"), b"held", Synced)
        .unwrap();
    for durability in [Synced, Lazy] {
        match objects.put_if_absent(&path("tile/0/000"), b"offered", durability) {
            Err(ObjectError::Conflict {
                path: at,
                held,
                offered,
            }) => {
                assert_eq!(at, path("tile/0/000"));
                assert_eq!((held, offered), (sha256(b"held"), sha256(b"offered")));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        objects.get(&path("tile/0/000")).unwrap().as_deref(),
        Some(&b"held"[..])
    );
}

fn a_lazy_object_conflicts_too(place: &impl Place) {
    let objects = place.objects();
    objects.put_if_absent(&path("t"), b"held", Lazy).unwrap();
    for durability in [Synced, Lazy] {
        let refused = objects.put_if_absent(&path("t"), b"offered", durability);
        assert!(
            matches!(refused, Err(ObjectError::Conflict { .. })),
            "{refused:?}"
        );
    }
    objects.flush().unwrap();
    assert_eq!(
        objects.get(&path("t")).unwrap().as_deref(),
        Some(&b"held"[..])
    );
}

fn the_list_is_sorted_and_by_prefix(place: &impl Place) {
    let objects = place.objects();
    for (name, durability) in [
        ("tile/1/000", Synced),
        ("tile/0/000.p/2", Lazy),
        ("tile/0/000", Synced),
        ("tilex", Lazy),
        ("staged/10", Synced),
        ("staged/2", Synced),
    ] {
        objects
            .put_if_absent(&path(name), b"x", durability)
            .unwrap();
    }
    let list = |prefix: &str| {
        let found = objects.list(prefix).unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let all = [
        "staged/10",
        "staged/2",
        "tile/0/000",
        "tile/0/000.p/2",
        "tile/1/000",
        "tilex",
    ];
    assert_eq!(list(""), all);
    assert_eq!(list("tile"), all[2..]);
    assert_eq!(list("tile/"), all[2..5]);
    assert_eq!(list("tile/0/0"), all[2..4]);
    assert_eq!(list("staged/1"), all[..1]);
    for none in [
        "x",
        "tile/0/000/",
        "../",
        "/",
        "tile//",
        "./",
        "staged/..",
        "Tile",
        "tile/0/000.p/2/",
    ] {
        assert_eq!(list(none), Vec::<String>::new(), "{none}");
    }
}

fn a_lazy_object_shows_at_once_to_its_writer(place: &impl Place) {
    let objects = place.objects();
    objects
        .put_if_absent(&path("tile/0/000"), b"x", Lazy)
        .unwrap();
    assert_eq!(
        objects.get(&path("tile/0/000")).unwrap().as_deref(),
        Some(&b"x"[..])
    );
    assert_eq!(objects.list("tile/").unwrap(), [path("tile/0/000")]);
}

fn a_synced_object_outlives_its_handle(place: &impl Place) {
    place
        .objects()
        .put_if_absent(&path("staged/1"), b"record", Synced)
        .unwrap();
    let again = place.objects();
    assert_eq!(
        again.get(&path("staged/1")).unwrap().as_deref(),
        Some(&b"record"[..])
    );
    again
        .put_if_absent(&path("staged/1"), b"record", Synced)
        .unwrap();
}

fn a_lazy_object_is_lost_before_the_flush_and_kept_after(place: &impl Place) {
    place
        .objects()
        .put_if_absent(&path("t"), b"first", Lazy)
        .unwrap();
    let objects = place.objects();
    assert_eq!(objects.get(&path("t")).unwrap(), None);
    objects.put_if_absent(&path("t"), b"second", Lazy).unwrap();
    objects.flush().unwrap();
    objects.flush().unwrap();
    drop(objects);
    assert_eq!(
        place.objects().get(&path("t")).unwrap().as_deref(),
        Some(&b"second"[..])
    );
}

fn replacing_flushes_and_outlives_its_handle(place: &impl Place) {
    let objects = place.objects();
    objects.put_if_absent(&path("t/1"), b"tile", Lazy).unwrap();
    for version in [&b"one"[..], b"two", b"two", b"three, longer", b""] {
        objects.replace(&path("checkpoint"), version).unwrap();
        assert_eq!(
            objects.get(&path("checkpoint")).unwrap().as_deref(),
            Some(version)
        );
    }
    drop(objects);
    let again = place.objects();
    assert_eq!(
        again.get(&path("checkpoint")).unwrap().as_deref(),
        Some(&b""[..])
    );
    assert_eq!(
        again.get(&path("t/1")).unwrap().as_deref(),
        Some(&b"tile"[..])
    );
    assert_eq!(again.list("").unwrap(), [path("checkpoint"), path("t/1")]);
}

fn removing_flushes_and_is_repeatable(place: &impl Place) {
    let objects = place.objects();
    objects.remove(&path("staged/9")).unwrap();
    objects
        .put_if_absent(&path("staged/1"), b"record", Synced)
        .unwrap();
    objects.put_if_absent(&path("t"), b"tile", Lazy).unwrap();
    objects.remove(&path("staged/1")).unwrap();
    objects.remove(&path("staged/1")).unwrap();
    drop(objects);
    let again = place.objects();
    assert_eq!(again.list("").unwrap(), [path("t")]);
    again
        .put_if_absent(&path("staged/1"), b"another", Synced)
        .unwrap();
}

fn a_lazy_object_may_be_synced_later(place: &impl Place) {
    let objects = place.objects();
    objects.put_if_absent(&path("t"), b"x", Lazy).unwrap();
    objects.put_if_absent(&path("t"), b"x", Synced).unwrap();
    drop(objects);
    assert_eq!(
        place.objects().get(&path("t")).unwrap().as_deref(),
        Some(&b"x"[..])
    );
}

fn a_reader_never_sees_half_a_checkpoint(place: &impl Place) {
    let objects = place.objects();
    let versions = [vec![b'a'; 100_000], vec![b'b'; 10]];
    objects.replace(&path("checkpoint"), &versions[0]).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 0..40 {
                objects
                    .replace(&path("checkpoint"), &versions[round % 2])
                    .unwrap();
            }
        });
        while !writer.is_finished() {
            let seen = objects
                .get(&path("checkpoint"))
                .unwrap()
                .expect("never absent");
            assert!(versions.contains(&seen), "{} bytes", seen.len());
        }
    });
}

fn only_the_checkpoint_is_replaced(place: &impl Place) {
    let objects = place.objects();
    for name in ["tile/0/000", "staged/1", "checkpoint2", "a/checkpoint"] {
        let refused = objects.replace(&path(name), b"x");
        assert!(
            matches!(refused, Err(ObjectError::WriteOnce { .. })),
            "{name}: {refused:?}"
        );
    }
    let refused = objects.put_if_absent(&path("checkpoint"), b"x", Synced);
    assert!(
        matches!(refused, Err(ObjectError::WriteOnce { .. })),
        "{refused:?}"
    );
    assert_eq!(objects.list("").unwrap(), []);
}

fn only_staged_records_are_removed(place: &impl Place) {
    let objects = place.objects();
    objects
        .put_if_absent(&path("tile/0/000"), b"x", Synced)
        .unwrap();
    objects.replace(&path("checkpoint"), b"x").unwrap();
    for name in [
        "tile/0/000",
        "checkpoint",
        "staged",
        "stagedx/1",
        "a/staged/1",
    ] {
        let refused = objects.remove(&path(name));
        assert!(
            matches!(refused, Err(ObjectError::WriteOnce { .. })),
            "{name}: {refused:?}"
        );
    }
    assert_eq!(objects.list("").unwrap().len(), 2);
}

fn partials_are_discarded_once_the_full_one_is_there(place: &impl Place) {
    let objects = place.objects();
    let full = path("tile/0/001");
    for name in ["tile/0/001.p/3", "tile/0/001.p/255", "tile/0/002.p/1"] {
        objects.put_if_absent(&path(name), b"part", Lazy).unwrap();
    }
    objects.discard_partials(&full).unwrap();
    assert_eq!(
        objects.list("tile/").unwrap().len(),
        3,
        "without the full one nothing goes"
    );
    objects.put_if_absent(&full, b"whole", Lazy).unwrap();
    objects.discard_partials(&full).unwrap();
    let left = [full.clone(), path("tile/0/002.p/1")];
    assert_eq!(objects.list("tile/").unwrap(), left);
    objects.discard_partials(&full).unwrap();
    // The folder that went may come again.
    objects
        .put_if_absent(&path("tile/0/001.p/3"), b"part", Synced)
        .unwrap();
    for name in ["tile/0/002.p/1", "checkpoint", "staged/5", "other"] {
        let refused = objects.discard_partials(&path(name));
        assert!(
            matches!(refused, Err(ObjectError::WriteOnce { .. })),
            "{name}: {refused:?}"
        );
    }
    drop(objects);
    // Flushed with the discarding, so it is there for the next writer.
    assert_eq!(
        place.objects().get(&full).unwrap().as_deref(),
        Some(&b"whole"[..])
    );
}

fn a_path_is_not_both_object_and_folder(place: &impl Place) {
    let objects = place.objects();
    objects.put_if_absent(&path("a"), b"1", Synced).unwrap();
    objects.put_if_absent(&path("b/c/d"), b"2", Synced).unwrap();
    for name in ["a/b", "a/b/c", "b", "b/c", "b/c/d/e"] {
        let refused = objects.put_if_absent(&path(name), b"3", Synced);
        assert!(
            matches!(refused, Err(ObjectError::Obstructed { .. })),
            "{name}: {refused:?}"
        );
    }
    assert_eq!(objects.list("").unwrap(), [path("a"), path("b/c/d")]);
}

fn concurrent_puts_keep_one_version(place: &impl Place) {
    let objects = place.objects();
    let accepted: Vec<u8> = std::thread::scope(|scope| {
        let put = |version: u8| {
            let outcome = objects.put_if_absent(&path("x/y"), &[version], Synced);
            match outcome {
                Ok(()) => Some(version),
                Err(ObjectError::Conflict { .. }) => None,
                Err(other) => panic!("{other}"),
            }
        };
        let threads: Vec<_> = (0..8)
            .map(|version| scope.spawn(move || put(version)))
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(accepted.len(), 1);
    assert_eq!(objects.get(&path("x/y")).unwrap(), Some(accepted));
}
