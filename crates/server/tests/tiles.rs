//! The log at the root of the server is the log.

use std::collections::BTreeMap;

use tlog::{
    Hash, TileId, Tree, entry_bundles_to_write, open_checkpoint, parse_entry_bundle, tiles_to_write,
};

use crate::client::Client;
use crate::desk::played;

#[tokio::test(flavor = "multi_thread")]
async fn checkpoint_tiles_and_entries_belong_together() {
    let stage = &played().stage;
    let client = Client::of(&stage.record);
    let reply = client.get("/checkpoint").await;
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    let (checkpoint, _) = open_checkpoint(&reply.body, &stage.cast.log.verifier_key()).unwrap();
    assert_eq!(checkpoint.size, stage.record.size());

    let mut leaves = Vec::new();
    for bundle in entry_bundles_to_write(0, checkpoint.size) {
        let reply = client.get(&format!("/{}", bundle.path())).await;
        assert_eq!(reply.status, 200, "{}", bundle.path());
        assert_eq!(reply.header("content-type"), "application/octet-stream");
        assert!(reply.header("cache-control").contains("immutable"));
        let entries = parse_entry_bundle(&reply.body, bundle.width).unwrap();
        leaves.extend(entries.iter().map(|entry| tlog::leaf_hash(entry)));
    }
    let tree = Tree::from_leaves(leaves);
    assert_eq!(
        (tree.size(), tree.root()),
        (checkpoint.size, checkpoint.root)
    );

    let mut tiles = BTreeMap::new();
    for tile in tiles_to_write(0, checkpoint.size) {
        let reply = client.get(&format!("/{}", tile.path())).await;
        assert_eq!(reply.status, 200, "{}", tile.path());
        assert_eq!(
            reply.body,
            tlog::tile_bytes(&tree, &tile).unwrap(),
            "{}",
            tile.path()
        );
        tiles.insert(tile.path(), reply.body);
    }
    let read = |tile: &TileId| tlog::parse_tile(&tiles[&tile.path()], tile);
    let reader = tlog::TileReader::new(checkpoint.size, read);
    let root: Hash = tlog::root(&reader, checkpoint.size).unwrap();
    assert_eq!(root, checkpoint.root);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_tile_of_the_log_is_not_there() {
    let stage = &played().stage;
    let client = Client::of(&stage.record);
    for path in [
        "/tile/0/001",
        "/tile/0/000.p/0",
        "/tile/0/000.p/256",
        "/tile/64/000",
        "/tile/0/0",
        "/tile/0/x001/000",
        "/tile/0/%30%30%30",
        "/tile/0/000/",
        "/tile//0/000",
        "/tile/entries/999",
        "/tile/entries",
        "/tile/",
        "/tile/0/../../keys/log.key",
        "/tile/..%2f..%2fkeys%2flog.key",
        "/tile/data/000",
        "/tile/0/000.p/01",
        "/tile/00/000",
    ] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trust_file_pins_this_log() {
    let stage = &played().stage;
    let reply = Client::of(&stage.record).get("/trust").await;
    let trust = record::trust::TrustFile::parse(reply.text()).unwrap();
    assert!(trust.policy.accepts_log(&stage.cast.log.verifier_key()));
}
