//! `next`: where a page ended and of which question, in one opaque text. Nothing is kept for it (docs/taxii.md, section 3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Bytes of a question's digest in the token: enough to notice a mistake; there is nothing to protect.
const DIGEST_BYTES: usize = 8;
const PLACE_BYTES: usize = size_of::<i64>();

/// A digest of what was asked: address and filters, without `limit` and `next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question([u8; DIGEST_BYTES]);

impl Question {
    /// The question of these parts; each is told apart from its neighbours.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut digest = [0; DIGEST_BYTES];
        digest.copy_from_slice(&hash.finalize()[..DIGEST_BYTES]);
        Self(digest)
    }

    /// The token of a page that ended with the object added at this moment.
    #[must_use]
    pub fn token(&self, last_added: i64) -> String {
        let mut bytes = Vec::with_capacity(PLACE_BYTES + DIGEST_BYTES);
        bytes.extend(last_added.to_be_bytes());
        bytes.extend(self.0);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The moment after which a page goes on; `None` if the token is none, or of another question.
    #[must_use]
    pub fn place(&self, token: &str) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (place, digest) = bytes.split_at_checked(PLACE_BYTES)?;
        let place = i64::from_be_bytes(place.try_into().ok()?);
        (digest == self.0 && place >= 0).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn edge_4_a_token_is_the_place_and_serves_its_own_question_only() {
        let (asked, other) = (Question::of(&["a", "bc"]), Question::of(&["ab", "c"]));
        let token = asked.token(1_790_000_000_000_001);
        assert_eq!(asked.place(&token), Some(1_790_000_000_000_001));
        assert_eq!(other.place(&token), None);
        for bad in [
            "",
            "x",
            "AAAA",
            &token[1..],
            &format!("{token}A"),
            &asked.token(-1),
        ] {
            assert_eq!(asked.place(bad), None, "{bad}");
        }
    }
}
