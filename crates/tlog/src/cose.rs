//! COSE receipts: an inclusion proof in the form that COSE software reads (RFC 9942, profile
//! `RFC9162_SHA256`; docs/log.md, section 5).

use ciborium::Value;

use crate::checkpoint::Checkpoint;
use crate::cose_error::CoseError;
use crate::hash::{HASH_BYTES, Hash};
use crate::key::VerifierKey;
use crate::key_type::KeyType;
use crate::signer::SigningKey;
use crate::verify::{MAX_PROOF_HASHES, root_of_inclusion, verify_inclusion};

/// Longest receipt that is read, in bytes: the longest proof, origin and signature fit.
pub const MAX_COSE_BYTES: usize = 8 * 1024;
/// Longest origin in a receipt, in bytes.
pub const MAX_COSE_ORIGIN_BYTES: usize = 4 * 1024;

/// COSE tag of a `COSE_Sign1` (RFC 9052).
const SIGN1_TAG: u64 = 18;
/// Header parameter `alg`, and its value EdDSA (RFC 9053).
const ALG: i64 = 1;
const ALG_EDDSA: i64 = -8;
/// Header parameter `kid`.
const KID: i64 = 4;
/// Header parameter CWT Claims (RFC 9597), and its claim `iss`.
const CWT_CLAIMS: i64 = 15;
const CLAIM_ISSUER: i64 = 1;
/// Header parameter for the verifiable data structure, and its value `RFC9162_SHA256`.
const VDS: i64 = 395;
const VDS_RFC9162_SHA256: i64 = 1;
/// Header parameter for the proofs, and its label for inclusion proofs.
const VDP: i64 = 396;
const VDP_INCLUSION: i64 = -1;

/// An inclusion proof signed by its log as a `COSE_Sign1` with a detached payload: the root, which
/// the verifier computes from its leaf. Has one encoding ([`CoseReceipt::to_bytes`]), and no other
/// is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoseReceipt {
    /// The log's origin, signed as the claim `iss`.
    pub origin: String,
    /// Id of the log's key, signed as `kid`.
    pub key_id: u32,
    /// Leaves in the tree.
    pub size: u64,
    /// Index of the leaf, from 0.
    pub index: u64,
    /// Inclusion proof, from the leaf's sibling up; 1 to 63 hashes. COSE cannot carry an empty
    /// one, so a tree of one leaf has no receipts.
    pub path: Vec<Hash>,
    /// Ed25519 signature.
    pub signature: [u8; 64],
}

impl CoseReceipt {
    /// Signs a receipt for `leaf` as the log, which has to have published `checkpoint` before: the
    /// signature vouches for its root a second time.
    ///
    /// # Errors
    /// [`CoseError::KeyType`] for another key than an Ed25519 log key, [`CoseError::Origin`] for a
    /// checkpoint of another log, [`CoseError::Inclusion`] where the leaf is not shown to be in it,
    /// [`CoseError::PathLength`], [`CoseError::OriginTooLong`].
    pub fn sign(
        checkpoint: &Checkpoint,
        leaf: &Hash,
        index: u64,
        path: &[Hash],
        key: &SigningKey,
    ) -> Result<Self, CoseError> {
        let verifier = key.verifier();
        expect_log_key(verifier)?;
        if verifier.name() != checkpoint.origin {
            return Err(CoseError::Origin {
                found: checkpoint.origin.clone(),
                expected: verifier.name().to_owned(),
            });
        }
        verify_inclusion(leaf, index, checkpoint.size, path, &checkpoint.root)
            .map_err(CoseError::Inclusion)?;
        let mut receipt = Self {
            origin: checkpoint.origin.clone(),
            key_id: verifier.key_id(),
            size: checkpoint.size,
            index,
            path: path.to_vec(),
            signature: [0; 64],
        };
        receipt.expect_lengths()?;
        let signature = key.sign_raw(&receipt.signed_bytes(&checkpoint.root)?);
        receipt.signature = signature.try_into().map_err(|_| CoseError::Signature)?;
        Ok(receipt)
    }

    /// Verifies the receipt for `leaf` under the log's key; gives the size and root shown.
    ///
    /// # Errors
    /// [`CoseError::KeyType`], [`CoseError::Origin`] and [`CoseError::KeyId`] for the key of
    /// another log, [`CoseError::Inclusion`] for a path of another shape, [`CoseError::Signature`]
    /// where leaf, path and signature do not fit together.
    pub fn verify(&self, leaf: &Hash, log_key: &VerifierKey) -> Result<(u64, Hash), CoseError> {
        expect_log_key(log_key)?;
        if self.origin != log_key.name() {
            return Err(CoseError::Origin {
                found: self.origin.clone(),
                expected: log_key.name().to_owned(),
            });
        }
        if self.key_id != log_key.key_id() {
            return Err(CoseError::KeyId {
                found: self.key_id,
                expected: log_key.key_id(),
            });
        }
        let root = root_of_inclusion(leaf, self.index, self.size, &self.path)
            .map_err(CoseError::Inclusion)?;
        log_key
            .verify_raw(&self.signed_bytes(&root)?, &self.signature)
            .map_err(|_| CoseError::Signature)?;
        Ok((self.size, root))
    }

    /// The receipt as deterministic CBOR (RFC 8949 section 4.2.1).
    ///
    /// # Errors
    /// [`CoseError::PathLength`], [`CoseError::OriginTooLong`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, CoseError> {
        self.expect_lengths()?;
        let path = self.path.iter();
        let path = path.map(|hash| Value::Bytes(hash.as_bytes().to_vec()));
        let proof = Value::Array(vec![
            Value::from(self.size),
            Value::from(self.index),
            Value::Array(path.collect()),
        ]);
        let proofs = Value::Array(vec![Value::Bytes(encode(&proof)?)]);
        let proofs = Value::Map(vec![(Value::from(VDP_INCLUSION), proofs)]);
        let sign1 = Value::Array(vec![
            Value::Bytes(self.protected()?),
            Value::Map(vec![(Value::from(VDP), proofs)]),
            Value::Null,
            Value::Bytes(self.signature.to_vec()),
        ]);
        encode(&Value::Tag(SIGN1_TAG, Box::new(sign1)))
    }

    /// Reads a receipt as [`CoseReceipt::to_bytes`] writes it, and no other encoding. It is not
    /// verified yet.
    ///
    /// # Errors
    /// [`CoseError`], among them [`CoseError::NotDeterministic`] for another encoding of the same.
    pub fn parse(bytes: &[u8]) -> Result<Self, CoseError> {
        let length = bytes.len();
        if length > MAX_COSE_BYTES {
            return Err(CoseError::TooLarge { length });
        }
        let [protected, unprotected, payload, signature] = match decode(bytes)? {
            Value::Tag(SIGN1_TAG, value) => array(*value, "COSE_Sign1")?,
            _ => return Err(CoseError::Shape("COSE_Sign1")),
        };
        if payload != Value::Null {
            return Err(CoseError::Shape("detached payload"));
        }
        let protected = decode(&byte_string(protected, "protected header")?)?;
        let [(_, _), (_, kid), (_, claims), (_, _)] = map(protected, "protected header")?;
        let [(_, issuer)] = map(claims, "CWT claims")?;
        let key_id = byte_string(kid, "kid")?;
        let key_id = key_id.try_into().map_err(|_| CoseError::Shape("kid"))?;
        let [(_, proofs)] = map(unprotected, "unprotected header")?;
        let [(_, proofs)] = map(proofs, "proofs")?;
        let [proof] = array(proofs, "inclusion proofs")?;
        let [size, index, path] = array(
            decode(&byte_string(proof, "inclusion proof")?)?,
            "inclusion proof",
        )?;
        let path = path.into_array().map_err(|_| CoseError::Shape("path"))?;
        let path = path.into_iter().map(|hash| {
            let hash = byte_string(hash, "path")?;
            let hash = <[u8; HASH_BYTES]>::try_from(hash);
            hash.map(Hash::from_bytes)
                .map_err(|_| CoseError::Shape("path"))
        });
        let signature = byte_string(signature, "signature")?;
        let receipt = Self {
            origin: issuer.into_text().map_err(|_| CoseError::Shape("iss"))?,
            key_id: u32::from_be_bytes(key_id),
            size: number(size, "tree size")?,
            index: number(index, "leaf index")?,
            path: path.collect::<Result<_, _>>()?,
            signature: signature
                .try_into()
                .map_err(|_| CoseError::Shape("signature"))?,
        };
        // Labels, order, lengths and the algorithm: all as we write them, or not at all.
        if receipt.to_bytes()? != bytes {
            return Err(CoseError::NotDeterministic);
        }
        Ok(receipt)
    }

    /// The protected header: algorithm, key, log and kind of tree. Labels in the order of their
    /// encodings.
    fn protected(&self) -> Result<Vec<u8>, CoseError> {
        let issuer = (Value::from(CLAIM_ISSUER), Value::from(self.origin.as_str()));
        let entries = [
            (ALG, Value::from(ALG_EDDSA)),
            (KID, Value::Bytes(self.key_id.to_be_bytes().to_vec())),
            (CWT_CLAIMS, Value::Map(vec![issuer])),
            (VDS, Value::from(VDS_RFC9162_SHA256)),
        ];
        let entries = entries.map(|(label, value)| (Value::from(label), value));
        encode(&Value::Map(entries.to_vec()))
    }

    /// The `Sig_structure` of RFC 9052 section 4.4: what is signed.
    fn signed_bytes(&self, root: &Hash) -> Result<Vec<u8>, CoseError> {
        encode(&Value::Array(vec![
            Value::from("Signature1"),
            Value::Bytes(self.protected()?),
            Value::Bytes(Vec::new()),
            Value::Bytes(root.as_bytes().to_vec()),
        ]))
    }

    fn expect_lengths(&self) -> Result<(), CoseError> {
        let length = self.path.len();
        if !(1..=MAX_PROOF_HASHES).contains(&length) {
            return Err(CoseError::PathLength { length });
        }
        let length = self.origin.len();
        if length > MAX_COSE_ORIGIN_BYTES {
            return Err(CoseError::OriginTooLong { length });
        }
        Ok(())
    }
}

fn expect_log_key(key: &VerifierKey) -> Result<(), CoseError> {
    match key.key_type() {
        KeyType::Ed25519 => Ok(()),
        actual => Err(CoseError::KeyType { actual }),
    }
}

fn encode(value: &Value) -> Result<Vec<u8>, CoseError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|_| CoseError::Encoding)?;
    Ok(bytes)
}

/// One CBOR item; what follows it shows when the receipt is written back.
fn decode(bytes: &[u8]) -> Result<Value, CoseError> {
    ciborium::from_reader(bytes).map_err(|_| CoseError::Cbor)
}

fn array<const N: usize>(value: Value, part: &'static str) -> Result<[Value; N], CoseError> {
    let values = value.into_array().map_err(|_| CoseError::Shape(part))?;
    values.try_into().map_err(|_| CoseError::Shape(part))
}

fn map<const N: usize>(value: Value, part: &'static str) -> Result<[(Value, Value); N], CoseError> {
    let entries = value.into_map().map_err(|_| CoseError::Shape(part))?;
    entries.try_into().map_err(|_| CoseError::Shape(part))
}

fn byte_string(value: Value, part: &'static str) -> Result<Vec<u8>, CoseError> {
    value.into_bytes().map_err(|_| CoseError::Shape(part))
}

fn number(value: Value, part: &'static str) -> Result<u64, CoseError> {
    let number = value.into_integer().map_err(|_| CoseError::Shape(part))?;
    u64::try_from(number).map_err(|_| CoseError::Shape(part))
}
