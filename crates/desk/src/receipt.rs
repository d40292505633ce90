//! Keys and receipts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::ids::Vkey;
use serde::Deserialize;
use serde_json::{Value, json};
use tlog::{KeyType, TlogProof, VerifierKey};

use crate::told;

/// A public key with its name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    /// 32 bytes, base64.
    public: String,
}

/// A receipt, the entry it is for, and the log's key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipt {
    entry: String,
    proof: String,
    log: Vkey,
}

/// The vkey of an Ed25519 key: `{"name", "public"}` to `{"vkey", "digest"}`; the digest is what a member commits to
/// before it uses the key.
#[must_use]
pub fn vkey(request: &str) -> String {
    let made = || -> Result<Value, String> {
        let named: Named = serde_json::from_str(request).map_err(|e| e.to_string())?;
        let public = STANDARD.decode(&named.public).map_err(|e| e.to_string())?;
        let key = VerifierKey::new(&named.name, &public, KeyType::Ed25519);
        let text = key.map_err(|e| e.to_string())?.to_string();
        let digest = tlog::sha256(text.as_bytes());
        Ok(json!({"vkey": text, "digest": digest}))
    };
    told(made())
}

/// Checks that a receipt shows the entry in the log: `{"entry", "proof", "log"}` to `{"statement", "index", "size"}`.
#[must_use]
pub fn check_receipt(request: &str) -> String {
    let checked = || -> Result<Value, String> {
        let asked: Receipt = serde_json::from_str(request).map_err(|e| e.to_string())?;
        let proof = TlogProof::parse(&asked.proof).map_err(|e| e.to_string())?;
        let key = asked.log.verifier().map_err(|e| e.to_string())?;
        let leaf = tlog::leaf_hash(asked.entry.as_bytes());
        let checkpoint = proof.verify(&leaf, &key, None);
        let checkpoint = checkpoint.map_err(|e| record::trust::with_sources(&e))?;
        Ok(json!({"statement": leaf, "index": proof.index, "size": checkpoint.size}))
    };
    told(checked())
}
