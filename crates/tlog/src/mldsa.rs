//! ML-DSA-44 (FIPS 204), pure mode with an empty context, as tlog-cosignature uses it.

use std::fmt;
use std::sync::Arc;

use ml_dsa::signature::Keypair as _;
use ml_dsa::{EncodedVerifyingKey, MlDsa44, Signature};

/// Length of a public key in bytes.
pub(crate) const PUBLIC_BYTES: usize = 1312;
/// Length of a signature in bytes.
pub(crate) const SIGNATURE_BYTES: usize = 2420;

/// A public key. Its matrix is expanded once (16 KiB) and shared by all copies.
#[derive(Clone)]
pub(crate) struct MlDsaPublic(Arc<Expanded>);

struct Expanded {
    key: ml_dsa::VerifyingKey<MlDsa44>,
    bytes: EncodedVerifyingKey<MlDsa44>,
}

impl MlDsaPublic {
    /// Nothing for another length than 1312 bytes. Every text of that length is a key.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = EncodedVerifyingKey::<MlDsa44>::try_from(bytes).ok()?;
        let key = ml_dsa::VerifyingKey::decode(&bytes);
        Some(Self(Arc::new(Expanded { key, bytes })))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.bytes.as_slice()
    }

    /// FIPS 204 algorithm 3 with an empty context. Malformed signatures do not verify.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::<MlDsa44>::try_from(signature)
            .is_ok_and(|signature| self.0.key.verify_with_context(message, &[], &signature))
    }
}

/// A private key, kept as its seed and its expansion; both are wiped when dropped.
#[derive(Clone)]
pub(crate) struct MlDsaSecret(Arc<ml_dsa::SigningKey<MlDsa44>>);

impl MlDsaSecret {
    /// FIPS 204 algorithm 6: the key pair of a 32-byte seed.
    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        Self(Arc::new(ml_dsa::SigningKey::from_seed(&seed.into())))
    }

    pub(crate) fn seed(&self) -> [u8; 32] {
        self.0.to_seed().into()
    }

    pub(crate) fn public_bytes(&self) -> Vec<u8> {
        self.0.verifying_key().encode().to_vec()
    }

    /// FIPS 204 algorithm 2 with an empty context, in its deterministic variant: nothing here is
    /// random.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        // Fails for a context beyond 255 bytes, ours is empty; or where 814 tries in a row give no
        // signature, which FIPS 204 (appendix C) puts below 2^-256. Nothing verifies then.
        let signed = self.0.expanded_key().sign_deterministic(message, &[]);
        signed.map_or_else(|_| Vec::new(), |signature| signature.encode().to_vec())
    }
}

impl fmt::Debug for MlDsaPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.as_bytes()))
    }
}
