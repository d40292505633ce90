//! C2SP transparency-log formats and proofs, with no I/O.
//!
//! The crate knows what a log *is*, never where it is kept: hashes and trees (RFC 6962), subtrees
//! (draft-ietf-plants-merkle-tree-certs), tiles and entry bundles (tlog-tiles), signed notes and
//! keys (signed-note), checkpoints (tlog-checkpoint), cosignatures (tlog-cosignature, Ed25519 and
//! ML-DSA-44), proof files (tlog-proof), trust policies (tlog-policy) and the bodies witnesses and
//! mirrors exchange (tlog-witness, tlog-mirror). docs/log.md says which version of each, and which
//! rule holds where they leave room. It reads no disk, network, clock or environment and draws no
//! randomness: seeds and timestamps are arguments.
//!
//! Two rules hold for every text format here. A parser accepts one spelling only, so an accepted
//! text displays as the same bytes; and no input makes a parser or verifier panic.
//!
//! Making a proof ([`inclusion_proof`], [`consistency_proof`]) and checking one
//! ([`verify_inclusion`], [`verify_consistency`]) are separate code paths on purpose, and
//! [`root_of_leaves`] is a third way to the root: an error in one shows against the others.

mod bundle;
mod checkpoint;
mod cose;
mod cose_error;
mod cosign;
mod edge;
mod evidence;
mod evidence_parse;
mod hash;
mod key;
mod key_name;
mod key_type;
mod mirror_body;
mod mirror_error;
mod mldsa;
mod note;
mod note_verify;
mod policy;
mod policy_error;
mod policy_parse;
mod proof_file;
mod prove;
mod signer;
mod subtree;
mod subtree_verify;
mod text;
mod tile;
mod tile_data;
mod tree;
mod verify;
mod verify_each;
mod witness_body;

pub use bundle::{
    BundleError, EntryBundleId, MAX_ENTRY_BYTES, encode_entry_bundle, entry_bundles_to_write,
    entry_places, parse_entry_bundle,
};
pub use checkpoint::{
    Checkpoint, CheckpointError, OpenError, open_checkpoint, open_checkpoint_with, sign_checkpoint,
};
pub use cose::{CoseReceipt, MAX_COSE_BYTES, MAX_COSE_ORIGIN_BYTES};
pub use cose_error::CoseError;
pub use cosign::{MAX_TIMESTAMP, cosign, cosign_subtree, verify_subtree_cosignature};
pub use edge::Edge;
pub use evidence::{
    Equivocation, Evidence, EvidenceError, MAX_EVIDENCE_BYTES, MAX_EVIDENCE_SIGNERS, SignerRole,
};
pub use evidence_parse::EvidenceFormError;
pub use hash::{HASH_BYTES, Hash, HashError, empty_root, leaf_hash, node_hash, sha256};
pub use key::{KeyError, MAX_SUBTREE_NAME_BYTES, VerifierKey};
pub use key_name::{KeyName, KeyNameError};
pub use key_type::KeyType;
pub use mirror_body::{
    AddEntries, EntryPackage, MAX_MIRROR_INFO_BYTES, MAX_PACKAGES_PER_REQUEST, MAX_TICKET_BYTES,
    MIRROR_INFO_CONTENT_TYPE, MirrorInfo, PackageSpan,
};
pub use mirror_error::{MirrorBodyError, PackageError};
pub use note::{MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES, Note, NoteError, NoteSignature};
pub use note_verify::{VerifiedSignature, VerifyError, sign_note};
pub use policy::{Policy, PolicyGroup, PolicyLog, PolicyWitness};
pub use policy_error::{PolicyError, PolicyProblem};
pub use policy_parse::MAX_POLICY_BYTES;
pub use proof_file::{ProofFileError, TlogProof, TlogProofError};
pub use prove::{ProveError, consistency_proof, inclusion_proof, prefix_proof, root};
pub use signer::{SignError, SigningKey};
pub use subtree::{
    Subtree, SubtreeError, subtree_consistency_proof, subtree_hash, subtree_inclusion_proof,
};
pub use subtree_verify::{verify_subtree_consistency, verify_subtree_inclusion};
pub use text::{Base64Error, DecimalError};
pub use tile::{MAX_TILE_LEVEL, TILE_WIDTH, TileError, TileId, tiles_to_write};
pub use tile_data::{TileBytesError, TileReadError, TileReader, parse_tile, tile_bytes};
pub use tree::{NodeMissing, NodeReader, Tree, root_of_leaves};
pub use verify::{
    MAX_PROOF_HASHES, ProofError, Side, prefix_root, verify_consistency, verify_inclusion,
};
pub use verify_each::{Signed, verify_raw_each};
pub use witness_body::{
    AddCheckpoint, MAX_ANSWER_SIGNATURES, MAX_WITNESS_BODY_BYTES, SIZE_CONTENT_TYPE, SignSubtree,
    WitnessBodyError, origin_hash, parse_signature_lines, parse_size_body, signature_lines_body,
    size_body,
};
