//! What proofs and signatures cost, beside the limits of the machine measured in the same run.
#![allow(clippy::unwrap_used, missing_docs)] // a bench stops at the first surprise

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use solferino_tlog as tlog;
use tlog::{Checkpoint, Hash, KeyType, Policy, SigningKey, TlogProof, Tree};

/// Leaves of the tree that proofs are made in.
const SIZE: u64 = 1 << 17;
const INDEX: u64 = 77_777;
const TIME: u64 = 1_767_139_200;

fn key(name: &str, seed: u8, key_type: KeyType) -> SigningKey {
    SigningKey::from_seed(name, [seed; 32], key_type).unwrap()
}

/// What the machine gives: nothing above it can be faster.
fn limits(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("limit");
    let megabyte = vec![7_u8; 1 << 20];
    group.throughput(Throughput::Bytes(1 << 20));
    group.bench_function("sha256 of 1 MiB", |b| {
        b.iter(|| tlog::sha256(black_box(&megabyte)))
    });
    group.throughput(Throughput::Elements(1));
    for (name, key_type) in [
        ("ed25519 strict", KeyType::Ed25519),
        ("ml-dsa-44", KeyType::SubtreeV1),
    ] {
        let key = key("limit", 1, key_type);
        let (public, signature) = (key.verifier_key(), key.sign_raw(&megabyte[..200]));
        group.bench_function(format!("{name} verify"), |b| {
            b.iter(|| {
                public
                    .verify_raw(black_box(&megabyte[..200]), &signature)
                    .unwrap()
            });
        });
        group.bench_function(format!("{name} sign"), |b| {
            b.iter(|| key.sign_raw(black_box(&megabyte[..200])));
        });
    }
    group.finish();
}

fn leaf(index: u64) -> Hash {
    tlog::leaf_hash(&index.to_be_bytes())
}

fn proofs(bench: &mut Criterion) {
    let tree = Tree::from_leaves((0..SIZE - 1).map(leaf));
    let (size, root) = (tree.size(), tree.root());
    let (old, old_root) = (INDEX, tlog::root(&tree, INDEX).unwrap());
    let path = tlog::inclusion_proof(&tree, INDEX, size).unwrap();
    let growth = tlog::consistency_proof(&tree, old, size).unwrap();
    let mut group = bench.benchmark_group("proof in 131071 leaves");
    group.bench_function("make inclusion", |b| {
        b.iter(|| tlog::inclusion_proof(&tree, black_box(INDEX), size).unwrap());
    });
    group.bench_function("check inclusion", |b| {
        let leaf = leaf(INDEX);
        b.iter(|| tlog::verify_inclusion(black_box(&leaf), INDEX, size, &path, &root).unwrap());
    });
    group.bench_function("make consistency", |b| {
        b.iter(|| tlog::consistency_proof(&tree, black_box(old), size).unwrap());
    });
    group.bench_function("check consistency", |b| {
        b.iter(|| {
            tlog::verify_consistency(old, size, &growth, black_box(&old_root), &root).unwrap();
        });
    });
    group.finish();
}

/// A receipt as it is handed out: five witnesses, read and verified from its bytes.
fn receipts(bench: &mut Criterion) {
    let tree = Tree::from_leaves((0..SIZE - 1).map(leaf));
    let log = key("example.org/log", 1, KeyType::Ed25519);
    let mut policy = format!("log {}\n", log.verifier_key());
    let checkpoint = Checkpoint::new("example.org/log", tree.size(), tree.root()).unwrap();
    let mut note = tlog::sign_checkpoint(&checkpoint, &log).unwrap();
    for number in 0..5 {
        let name = format!("witness.example/w{number}");
        let witness = key(&name, 100 + number, KeyType::CosignatureV1);
        policy.push_str(&format!("witness w{number} {}\n", witness.verifier_key()));
        let cosigned = tlog::cosign(&note.text, &witness, TIME);
        note.signatures.push(cosigned.unwrap());
    }
    policy.push_str("group all all w0 w1 w2 w3 w4\nquorum all\n");
    let policy = Policy::parse(policy).unwrap();
    let proof = TlogProof {
        extra: None,
        index: INDEX,
        path: tlog::inclusion_proof(&tree, INDEX, tree.size()).unwrap(),
        checkpoint: note.to_string(),
    };
    let (bytes, leaf, log_key) = (proof.to_string(), leaf(INDEX), log.verifier_key());
    bench.bench_function("tlog-proof, 5 witnesses: parse and verify", |b| {
        b.iter(|| {
            let proof = TlogProof::parse(black_box(&bytes)).unwrap();
            proof.verify(&leaf, &log_key, Some(&policy)).unwrap()
        });
    });
    for (name, key_type) in [
        ("cosignature/v1", KeyType::CosignatureV1),
        ("subtree/v1", KeyType::SubtreeV1),
    ] {
        let witness = key("witness.example/w", 9, key_type);
        bench.bench_function(&format!("cosign a checkpoint, {name}"), |b| {
            b.iter(|| tlog::cosign(black_box(&note.text), &witness, TIME).unwrap());
        });
    }
}

criterion_group!(benches, limits, proofs, receipts);
criterion_main!(benches);
