//! Tile names, tiles a growth needs, and trees read through tiles.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use solferino_tlog as tlog;
use tlog::{
    EntryBundleId, Hash, NodeReader as _, TileBytesError, TileError, TileId, TileReadError,
    TileReader, tiles_to_write,
};

use crate::support::tree;

fn tile(level: u8, index: u64, width: u16) -> TileId {
    TileId {
        level,
        index,
        width,
    }
}

#[test]
fn paths_read_as_they_are_written() {
    let cases = [
        (tile(0, 0, 256), "tile/0/000"),
        (tile(0, 1234, 256), "tile/0/x001/234"),
        (tile(0, 1234, 5), "tile/0/x001/234.p/5"),
        (tile(3, 1_234_067, 255), "tile/3/x001/x234/067.p/255"),
        (tile(63, 999, 1), "tile/63/999.p/1"),
        (
            tile(7, u64::MAX, 256),
            "tile/7/x018/x446/x744/x073/x709/x551/615",
        ),
    ];
    for (tile, path) in cases {
        assert_eq!(tile.path(), path);
        assert_eq!(TileId::parse_path(path), Ok(tile));
        let entries = path.replacen(&format!("tile/{}/", tile.level), "tile/entries/", 1);
        let bundle = EntryBundleId {
            index: tile.index,
            width: tile.width,
        };
        assert_eq!(bundle.path(), entries);
        assert_eq!(EntryBundleId::parse_path(&entries), Ok(bundle));
    }
}

#[test]
fn other_spellings_of_paths_are_refused() {
    let refused = |path| TileId::parse_path(path).unwrap_err();
    let canonical = TileError::NotCanonical {
        canonical: "tile/0/001".to_owned(),
    };
    assert_eq!(refused("tile/0/x000/001"), canonical);
    assert_eq!(refused("tile/0/001.p/0"), TileError::Width { width: 0 });
    assert_eq!(refused("tile/0/001.p/257"), TileError::Width { width: 257 });
    assert_eq!(refused("tile/0/001.p/256"), canonical);
    assert_eq!(refused("tile/64/001"), TileError::Level { level: 64 });
    assert_eq!(refused("tile/256/001"), TileError::Level { level: 256 });
    for path in [
        "tile/00/001",
        "tile/0/001.p/05",
        "tile/+1/001",
        "tile/0/001.p/",
        "tile//001",
    ] {
        assert!(matches!(refused(path), TileError::Number { .. }), "{path}");
    }
    for path in [
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/x001/x002",
        "tile/0/",
        "tile/0",
        "tile/0/00a",
        "tile/0/001/",
        "tile/0/001.p5",
        "tile/0/+01",
    ] {
        assert_eq!(refused(path), TileError::IndexElement, "{path}");
    }
    let beyond = "tile/0/x018/x446/x744/x073/x709/x551/616";
    assert_eq!(refused(beyond), TileError::IndexTooLarge);
    assert!(matches!(refused("/tile/0/001"), TileError::Prefix { .. }));
    assert!(EntryBundleId::parse_path("tile/entries/x000/001").is_err());
    assert!(EntryBundleId::parse_path("tile/0/001").is_err());
    assert_eq!(TileId::new(0, 0, 0), Err(TileError::Width { width: 0 }));
    assert_eq!(TileId::new(64, 0, 1), Err(TileError::Level { level: 64 }));
    assert_eq!(
        EntryBundleId::new(0, 257),
        Err(TileError::Width { width: 257 })
    );
}

#[test]
fn a_tree_of_70_000_has_the_tiles_of_the_specification() {
    let tiles = tiles_to_write(0, 70_000);
    let count = |level, full| {
        tiles
            .iter()
            .filter(|tile| tile.level == level && tile.is_full() == full)
            .count()
    };
    assert_eq!(
        (count(0, true), count(1, true), count(2, true)),
        (273, 1, 0)
    );
    let partial: Vec<TileId> = tiles
        .iter()
        .copied()
        .filter(|tile| !tile.is_full())
        .collect();
    assert_eq!(partial, [tile(0, 273, 112), tile(1, 1, 17), tile(2, 0, 1)]);
    assert_eq!(tiles.len(), 277);
    let bundles = tlog::entry_bundles_to_write(0, 70_000);
    assert_eq!(bundles.len(), 274);
    assert_eq!(
        bundles.last(),
        Some(&EntryBundleId {
            index: 273,
            width: 112
        })
    );
}

#[test]
fn a_tree_of_256_has_a_full_tile_and_one_hash_above() {
    assert_eq!(tiles_to_write(0, 256), [tile(0, 0, 256), tile(1, 0, 1)]);
    assert_eq!(tiles_to_write(255, 256), [tile(0, 0, 256), tile(1, 0, 1)]);
    assert_eq!(tiles_to_write(256, 257), [tile(0, 1, 1)]);
    assert_eq!(
        tiles_to_write(65_535, 65_536),
        [tile(0, 255, 256), tile(1, 0, 256), tile(2, 0, 1)]
    );
    assert_eq!(tiles_to_write(u64::MAX - 1, u64::MAX).len(), 1);
    for (old, new) in [(0, 0), (5, 5), (256, 256), (7, 3)] {
        assert!(tiles_to_write(old, new).is_empty());
        assert!(tlog::entry_bundles_to_write(old, new).is_empty());
    }
}

/// Growing step by step leaves every tile that the final size has by the specification's formula.
#[test]
fn any_growth_writes_every_tile_the_new_size_has() {
    for step in [1, 7, 255, 256, 257, 1000] {
        let (mut written, mut size) = (BTreeSet::new(), 0_u64);
        while size < 3000 {
            written.extend(tiles_to_write(size, size + step));
            size += step;
            for level in 0..3_u8 {
                let hashes = size >> (8 * level);
                let full = (0..hashes / 256).map(|index| tile(level, index, 256));
                let rest = (hashes % 256) as u16;
                let partial = (rest > 0).then(|| tile(level, hashes / 256, rest));
                for needed in full.chain(partial) {
                    assert!(written.contains(&needed), "{needed} of {size}");
                }
            }
        }
        assert!(written.iter().all(|tile| (1..=256).contains(&tile.width)));
    }
}

#[test]
fn proofs_through_tiles_are_those_of_the_tree() {
    let whole = tree(70_000);
    for size in [
        1_u64, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000,
    ] {
        let stored: BTreeMap<TileId, Vec<u8>> = tiles_to_write(0, size)
            .into_iter()
            .map(|tile| (tile, tlog::tile_bytes(&whole, &tile).unwrap()))
            .collect();
        let fetched = RefCell::new(BTreeSet::new());
        let reader = TileReader::new(size, |tile: &TileId| {
            fetched.borrow_mut().insert(*tile);
            stored
                .get(tile)
                .and_then(|bytes| tlog::parse_tile(bytes, tile).ok())
                .ok_or(())
        });
        assert_eq!(
            tlog::root(&reader, size).ok(),
            tlog::root(&whole, size).ok()
        );
        let root = tlog::root(&whole, size).unwrap();
        let samples = [
            0,
            1,
            127,
            254,
            255,
            256,
            257,
            511,
            512,
            65_535,
            65_536,
            size / 2,
            size - 1,
        ];
        for index in samples.into_iter().filter(|index| *index < size) {
            let proof = tlog::inclusion_proof(&reader, index, size).unwrap();
            assert_eq!(
                Ok(&proof),
                tlog::inclusion_proof(&whole, index, size).as_ref()
            );
            let leaf = whole.node(0, index).unwrap();
            tlog::verify_inclusion(&leaf, index, size, &proof, &root).unwrap();
            let proof = tlog::consistency_proof(&reader, index, size).unwrap();
            assert_eq!(
                Ok(&proof),
                tlog::consistency_proof(&whole, index, size).as_ref()
            );
        }
        assert!(
            fetched
                .borrow()
                .iter()
                .all(|tile| stored.contains_key(tile))
        );
    }
}

#[test]
fn a_tile_reader_names_what_it_could_not_read() {
    let broken = TileReader::new(300, |_: &TileId| Err::<Vec<Hash>, _>("gone"));
    let wanted = tile(0, 1, 44);
    let lost = TileReadError::Fetch {
        tile: wanted,
        source: "gone",
    };
    assert_eq!(broken.node(0, 299), Err(lost));
    let short = TileReader::new(300, |_: &TileId| Ok::<_, &str>(vec![tlog::empty_root()]));
    assert_eq!(
        short.node(0, 299),
        Err(TileReadError::Width {
            tile: wanted,
            actual: 1
        })
    );
    for (level, index) in [
        (0, 300),
        (8, 1),
        (9, 0),
        (64, 0),
        (255, u64::MAX),
        (0, u64::MAX),
    ] {
        let out = TileReadError::OutOfTree {
            level,
            index,
            size: 300,
        };
        assert_eq!(broken.node(level, index), Err(out));
    }
}

#[test]
fn tile_bytes_are_checked_both_ways() {
    let whole = tree(10);
    let partial = tile(0, 0, 10);
    let bytes = tlog::tile_bytes(&whole, &partial).unwrap();
    assert_eq!(bytes.len(), 320);
    assert_eq!(tlog::parse_tile(&bytes, &partial).unwrap().len(), 10);
    for length in [0, 319, 321] {
        let mut wrong = bytes.clone();
        wrong.resize(length, 0);
        let error = TileBytesError::Length {
            actual: length,
            expected: 320,
        };
        assert_eq!(tlog::parse_tile(&wrong, &partial), Err(error));
    }
    for width in [0, 257, u16::MAX] {
        assert_eq!(
            tlog::parse_tile(&bytes, &tile(0, 0, width)),
            Err(TileBytesError::Width { width })
        );
        assert!(tlog::tile_bytes(&whole, &tile(0, 0, width)).is_err());
    }
    assert!(matches!(
        tlog::tile_bytes(&whole, &tile(0, 0, 11)),
        Err(TileBytesError::Reader(_))
    ));
    for (level, index) in [(8, 0), (255, 0), (0, u64::MAX)] {
        let beyond = TileBytesError::BeyondTree { level, index };
        assert_eq!(
            tlog::tile_bytes(&whole, &tile(level, index, 1)),
            Err(beyond)
        );
    }
}
