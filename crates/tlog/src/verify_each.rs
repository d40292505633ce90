//! Many signatures checked one after the other, each by the strict rule of its own.
//!
//! This is not what is called batch verification, which asks one question of all signatures
//! together and accepts others than the strict rule does. Here each signature has its own equation
//! and its own answer, the one of [`VerifierKey::verify_raw`]. What they share is one step of the
//! arithmetic: writing a point in its canonical form takes an inversion in the field, a twentieth of
//! a verification, and many inversions cost hardly more than one (Montgomery's trick).

use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha512};

use crate::key::{PublicKey, SMALL_ORDER, VerifierKey};

/// Signatures whose inversion is shared: with more of them the share of each hardly shrinks.
const TOGETHER: usize = 32;

/// A signature, what it is over, and whose it should be.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The key.
    pub key: &'a VerifierKey,
    /// What was signed, in parts that follow each other.
    pub message: [&'a [u8]; 2],
    /// The signature.
    pub signature: &'a [u8],
}

/// Checks each signature as [`VerifierKey::verify_raw`] does; tells which hold.
#[must_use]
pub fn verify_raw_each(signed: &[Signed<'_>]) -> Vec<bool> {
    signed.chunks(TOGETHER).flat_map(together).collect()
}

fn together(signed: &[Signed<'_>]) -> Vec<bool> {
    let mut points = Vec::with_capacity(signed.len());
    // Which point belongs to it, or whether it holds where there is none.
    let mut found = Vec::with_capacity(signed.len());
    for one in signed {
        let PublicKey::Ed25519(key) = one.key.public_key() else {
            let holds = one.key.verify_raw(&one.message.concat(), one.signature);
            found.push(Err(holds.is_ok()));
            continue;
        };
        found.push(match expected(key, one) {
            Some(point) => {
                points.push(point);
                Ok(points.len() - 1)
            }
            None => Err(false),
        });
    }
    let written = EdwardsPoint::compress_batch_alloc(&points);
    let holds = |(one, found): (&Signed<'_>, Result<usize, bool>)| match found {
        Ok(at) => {
            let written = written.get(at).map(|point| point.as_bytes().as_slice());
            written.is_some() && written == one.signature.get(..32)
        }
        Err(holds) => holds,
    };
    signed.iter().zip(found).map(holds).collect()
}

/// The point [S]B - [k]A that R has to be the canonical form of, with k = SHA-512(R || A || M) (RFC
/// 8032, section 5.1.7). `None` where the signature has another length, S is not below the group
/// order, or R is of small order. A is not: no [`VerifierKey`] is.
fn expected(key: &VerifyingKey, signed: &Signed<'_>) -> Option<EdwardsPoint> {
    let signature = Signature::from_slice(signed.signature).ok()?;
    if SMALL_ORDER.contains(signature.r_bytes()) {
        return None;
    }
    let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(*signature.s_bytes()))?;
    let [head, rest] = signed.message;
    let digest = Sha512::new()
        .chain_update(signature.r_bytes())
        .chain_update(key.as_bytes())
        .chain_update(head)
        .chain_update(rest)
        .finalize();
    let k = Scalar::from_bytes_mod_order_wide(&digest.into());
    let minus_a = -key.to_edwards();
    Some(EdwardsPoint::vartime_double_scalar_mul_basepoint(
        &k, &minus_a, &s,
    ))
}
