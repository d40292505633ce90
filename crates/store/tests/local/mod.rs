//! What only one backend can show: names, modes and leftovers of local files, the record's lock,
//! and the failures a memory backend has on demand.

use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use solferino_store::cell::{Cell, CellError, FileCell};
use solferino_store::folder::{FolderObjects, MAX_LAZY_BYTES};
use solferino_store::lock::{LockError, RecordLock};
use solferino_store::memory::{Fault, MemoryCell, MemoryObjects};
use solferino_store::objects::Durability::{Lazy, Synced};
use solferino_store::objects::{
    MAX_OBJECT_PATH_BYTES, ObjectError, ObjectPath, ObjectPathError, Objects,
};
use tempfile::TempDir;

use crate::contract::path;

fn record() -> (TempDir, RecordLock) {
    let folder = TempDir::new().unwrap();
    let lock = RecordLock::hold(folder.path()).unwrap();
    (folder, lock)
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o7777
}

#[test]
fn odd_paths_are_refused() {
    for text in [
        "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", ".hidden", "a/.b", "a b",
        "a\\b", "ä", "a\0", "a\n", "a:b", "~", "a/b%2e", "C:/x", "*",
    ] {
        let refused = text.parse::<ObjectPath>();
        assert!(
            matches!(refused, Err(ObjectPathError::Segment { .. })),
            "{text:?}: {refused:?}"
        );
    }
    for text in [
        "a",
        "a.",
        "a..b",
        "-",
        "_",
        "a/b/c.p/255",
        "tile/entries/x001/x234/067",
    ] {
        assert_eq!(text.parse::<ObjectPath>().unwrap().to_string(), text);
    }
}

#[test]
fn the_longest_path_is_accepted_and_stored() {
    let (folder, lock) = record();
    let objects = FolderObjects::open(folder.path(), &lock).unwrap();
    let longest = "a".repeat(MAX_OBJECT_PATH_BYTES);
    objects
        .put_if_absent(&path(&longest), b"x", Synced)
        .unwrap();
    let refused = format!("{longest}a").parse::<ObjectPath>();
    assert_eq!(
        refused,
        Err(ObjectPathError::TooLong {
            length: MAX_OBJECT_PATH_BYTES + 1
        })
    );
}

#[test]
fn published_files_are_read_only() {
    let (folder, lock) = record();
    let objects = FolderObjects::open(folder.path(), &lock).unwrap();
    objects
        .put_if_absent(&path("staged/1"), b"x", Synced)
        .unwrap();
    objects
        .put_if_absent(&path("tile/0/000"), b"x", Lazy)
        .unwrap();
    objects.replace(&path("checkpoint"), b"x").unwrap();
    for name in ["staged/1", "tile/0/000", "checkpoint"] {
        assert_eq!(mode(&folder.path().join(name)), 0o444, "{name}");
    }
}

#[test]
fn leftovers_and_hidden_files_are_no_objects_and_the_next_writer_clears_leftovers() {
    let (folder, lock) = record();
    let root = folder.path().join("log");
    FolderObjects::open(&root, &lock)
        .unwrap()
        .put_if_absent(&path("a/b"), b"x", Synced)
        .unwrap();
    let leftover = root.join(".pending/.tmpleft");
    fs::write(&leftover, b"half").unwrap();
    fs::write(root.join("a/.hidden"), b"").unwrap();
    fs::write(root.join("a/odd name"), b"").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", root.join("a/link")).unwrap();

    let reader = FolderObjects::open_read_only(&root).unwrap();
    assert_eq!(reader.list("").unwrap(), [path("a/b")]);
    assert!(leftover.exists(), "a reader clears nothing");
    let writer = FolderObjects::open(&root, &lock).unwrap();
    assert_eq!(writer.list("").unwrap(), [path("a/b")]);
    assert!(!leftover.exists());
}

#[test]
fn a_lazy_object_has_no_file_before_the_flush() {
    let (folder, lock) = record();
    let objects = FolderObjects::open(folder.path(), &lock).unwrap();
    let reader = FolderObjects::open_read_only(folder.path()).unwrap();
    objects.put_if_absent(&path("t"), b"x", Lazy).unwrap();
    assert_eq!(reader.get(&path("t")).unwrap(), None);
    objects.flush().unwrap();
    assert_eq!(reader.get(&path("t")).unwrap().as_deref(), Some(&b"x"[..]));
    assert_eq!(
        fs::read_dir(folder.path().join(".pending"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn lazy_objects_past_the_memory_limit_are_flushed() {
    let (folder, lock) = record();
    let objects = FolderObjects::open(folder.path(), &lock).unwrap();
    objects
        .put_if_absent(&path("full"), &vec![1; MAX_LAZY_BYTES], Lazy)
        .unwrap();
    assert!(!folder.path().join("full").exists());
    objects
        .put_if_absent(&path("one-more"), b"x", Lazy)
        .unwrap();
    assert!(folder.path().join("full").exists() && folder.path().join("one-more").exists());
}

#[test]
fn a_reader_writes_nothing() {
    let (folder, lock) = record();
    drop(FolderObjects::open(folder.path(), &lock).unwrap());
    let reader = FolderObjects::open_read_only(folder.path()).unwrap();
    for refused in [
        reader.put_if_absent(&path("a"), b"x", Synced),
        reader.replace(&path("checkpoint"), b"x"),
        reader.remove(&path("staged/1")),
    ] {
        assert!(
            matches!(refused, Err(ObjectError::ReadOnly { .. })),
            "{refused:?}"
        );
    }
    assert!(FolderObjects::open_read_only(&folder.path().join("none")).is_err());
}

#[test]
fn a_failed_flush_abandons_the_handle() {
    let (folder, lock) = record();
    let objects = FolderObjects::open(folder.path(), &lock).unwrap();
    objects.put_if_absent(&path("t/1"), b"x", Lazy).unwrap();
    // The folder the object needs turns out to be a file.
    fs::write(folder.path().join("t"), b"").unwrap();
    let failed = objects.replace(&path("checkpoint"), b"x");
    assert!(
        matches!(failed, Err(ObjectError::Obstructed { .. })),
        "{failed:?}"
    );
    assert_eq!(
        objects.get(&path("checkpoint")).unwrap(),
        None,
        "no checkpoint without its tiles"
    );
    for refused in [
        objects.put_if_absent(&path("u"), b"x", Synced),
        objects.replace(&path("checkpoint"), b"x"),
        objects.remove(&path("staged/1")),
        objects.flush(),
    ] {
        assert!(
            matches!(refused, Err(ObjectError::Abandoned)),
            "{refused:?}"
        );
    }
}

#[test]
fn a_read_error_names_the_file() {
    let (folder, lock) = record();
    let objects = FolderObjects::open(folder.path(), &lock).unwrap();
    // A link to itself cannot be followed, whoever runs the test.
    std::os::unix::fs::symlink("loop", folder.path().join("loop")).unwrap();
    let error = objects.get(&path("loop")).unwrap_err();
    assert!(error.to_string().ends_with("/loop"), "{error}");
    assert!(error.source().is_some());
}

#[test]
fn one_process_holds_a_record() {
    let (folder, lock) = record();
    assert_eq!(lock.folder(), folder.path());
    let error = RecordLock::hold(folder.path()).unwrap_err();
    assert!(
        matches!(&error, LockError::Held { holder, .. } if *holder == Some(std::process::id()))
    );
    let text = error.to_string();
    assert!(text.starts_with("another solferino process"), "{text}");
    assert!(text.contains("stop it first"), "{text}");
    drop(lock);
    RecordLock::hold(folder.path()).unwrap();
    let missing = RecordLock::hold(&folder.path().join("none"));
    assert!(matches!(missing, Err(LockError::Io(_))), "{missing:?}");
}

#[test]
fn a_cell_ignores_the_leftover_of_a_crashed_swap() {
    let folder = TempDir::new().unwrap();
    let cell = FileCell::open(&folder.path().join("lock-row")).unwrap();
    cell.compare_and_swap(None, b"old").unwrap();
    fs::write(
        folder.path().join(".lock-row.pending"),
        b"half of a longer value",
    )
    .unwrap();
    assert_eq!(cell.load().unwrap().as_deref(), Some(&b"old"[..]));
    cell.compare_and_swap(Some(b"old"), b"new").unwrap();
    assert_eq!(cell.load().unwrap().as_deref(), Some(&b"new"[..]));
}

#[test]
fn a_swap_that_fails_before_the_rename_is_certain_to_have_changed_nothing() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("cell");
    let cell = FileCell::open(&place).unwrap();
    fs::create_dir(folder.path().join(".cell.pending")).unwrap();
    let failed = cell.compare_and_swap(None, b"x");
    assert!(matches!(failed, Err(CellError::Io(_))), "{failed:?}");
    fs::remove_dir(folder.path().join(".cell.pending")).unwrap();
    assert_eq!(cell.load().unwrap(), None);
}

#[test]
fn planned_faults_of_a_memory_cell_are_ambiguous() {
    for (fault, persisted) in [
        (Fault::Failed, None),
        (Fault::FailedButPersisted, Some(b"2".to_vec())),
    ] {
        let cell = MemoryCell::new();
        cell.plan_fault(1, fault);
        cell.compare_and_swap(None, b"1").unwrap();
        let failed = cell.compare_and_swap(Some(b"1"), b"2");
        assert!(matches!(failed, Err(CellError::Ambiguous(_))), "{failed:?}");
        assert_eq!(cell.load().unwrap(), persisted.or(Some(b"1".to_vec())));
    }
}

#[test]
fn planned_faults_of_memory_objects_may_have_persisted() {
    for (fault, there) in [(Fault::Failed, false), (Fault::FailedButPersisted, true)] {
        let objects = MemoryObjects::new();
        objects.plan_fault(1, fault);
        objects.put_if_absent(&path("a"), b"1", Synced).unwrap();
        let failed = objects.put_if_absent(&path("b"), b"2", Synced);
        assert!(matches!(failed, Err(ObjectError::Io(_))), "{failed:?}");
        assert_eq!(objects.get(&path("b")).unwrap().is_some(), there);
        objects.put_if_absent(&path("b"), b"2", Synced).unwrap();

        objects.put_if_absent(&path("lazy"), b"3", Lazy).unwrap();
        objects.plan_fault(0, fault);
        assert!(objects.flush().is_err());
        assert!(matches!(objects.flush(), Err(ObjectError::Abandoned)));
        objects.crash();
        assert_eq!(objects.get(&path("lazy")).unwrap().is_some(), there);
    }
}

#[test]
fn a_flush_does_not_overwrite_what_another_handle_put_meanwhile() {
    let (folder, lock) = record();
    let one = FolderObjects::open(folder.path(), &lock).unwrap();
    let two = FolderObjects::open(folder.path(), &lock).unwrap();
    one.put_if_absent(&path("t"), b"one", Lazy).unwrap();
    two.put_if_absent(&path("t"), b"two", Synced).unwrap();
    let refused = one.flush();
    assert!(
        matches!(refused, Err(ObjectError::Conflict { .. })),
        "{refused:?}"
    );
    assert_eq!(two.get(&path("t")).unwrap().as_deref(), Some(&b"two"[..]));
}
