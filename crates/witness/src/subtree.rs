//! Signing subtrees of a checkpoint this witness cosigned (tlog-witness, "sign-subtree").

use tlog::{
    KeyType, SignSubtree, SigningKey, VerifierKey, cosign_subtree, signature_lines_body,
    verify_subtree_consistency,
};

use crate::decide::{Logs, MAX_CHECKPOINT_SIGNATURES};
use crate::http::Answer;

/// Answers the body of a `sign-subtree`: nothing is remembered, so no state is needed. The proof
/// ties the subtree to a checkpoint, and the witness's own cosignature says that it saw that
/// checkpoint.
#[must_use]
pub(crate) fn sign(logs: &Logs, keys: &[SigningKey], body: &[u8]) -> Answer {
    let sentence = |status, text: String| Answer::text(status, format!("{text}\n"));
    let is_subtree_key = |key: &&SigningKey| key.verifier_key().key_type() == KeyType::SubtreeV1;
    let signers: Vec<&SigningKey> = keys.iter().filter(is_subtree_key).collect();
    if signers.is_empty() {
        return sentence(404, "this witness has no key that signs subtrees".into());
    }
    let request = match SignSubtree::parse(body) {
        Ok(request) => request,
        Err(error) => return sentence(400, record::trust::with_sources(&error)),
    };
    let (checkpoint, lines) = (&request.checkpoint, request.note.signatures.len());
    if lines > MAX_CHECKPOINT_SIGNATURES {
        return sentence(400, format!("the checkpoint has {lines} signature lines"));
    }
    let consistent = verify_subtree_consistency(
        &request.subtree,
        checkpoint.size,
        &request.proof,
        &request.hash,
        &checkpoint.root,
    );
    if let Err(error) = consistent {
        return sentence(422, error.to_string());
    }
    if logs.keys(&checkpoint.origin).is_none() {
        return sentence(404, "this witness does not watch that log".into());
    }
    let own: Vec<VerifierKey> = keys.iter().map(SigningKey::verifier_key).collect();
    if let Err(error) = request.note.verify(&own) {
        return sentence(403, error.to_string());
    }
    let signed = signers
        .into_iter()
        .map(|key| cosign_subtree(&checkpoint.origin, &request.subtree, &request.hash, key));
    match signed.collect::<Result<Vec<_>, _>>() {
        Ok(signatures) => Answer::text(200, signature_lines_body(&signatures)),
        Err(error) => sentence(400, error.to_string()),
    }
}
