//! Twelve words, the keys made from them, and items sealed and opened with those.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;

#[cfg(test)]
use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use bip39::Mnemonic;
use record::aid::{
    ENTROPY_BYTES, REQUESTER_NAME, SALT_BYTES, commitment, continuity_age_secret, continuity_seed,
    opened,
};
use record::body::aid::Item;
use tlog::{Hash, KeyType, SigningKey};

use crate::problem::{Outcome, Problem};
use crate::{files, keys, ui};

/// Largest content of an item, in bytes: what an age file of the largest size holds at least.
const MAX_CONTENT_BYTES: u64 = 250 * 1024;

/// Where the words are.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct WordsAt {
    /// File with the twelve words; without it they are read from standard input
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
}

/// Who has twelve words in a record.
pub(crate) struct Requester {
    pub(crate) key: SigningKey,
    pub(crate) identity: Identity,
}

/// Twelve fresh words.
pub(crate) fn fresh() -> Outcome<Mnemonic> {
    let random = keys::random()?;
    Ok(Mnemonic::from_entropy(&random[..ENTROPY_BYTES])?)
}

impl WordsAt {
    pub(crate) fn read(&self, origin: &str) -> Outcome<Requester> {
        let text = match &self.words {
            Some(file) => files::read_text(file)?,
            None => {
                if std::io::stdin().is_terminal() {
                    ui::remark("the twelve words:");
                }
                let mut line = String::new();
                std::io::stdin().read_line(&mut line)?;
                line
            }
        };
        let words = text.to_lowercase();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let mnemonic = Mnemonic::parse_in_normalized(bip39::Language::English, &words);
        let mnemonic = mnemonic.map_err(|e| {
            Problem::new(format!(
                "these are not twelve words that belong together: {e}"
            ))
            .hint("look for a slip of the pen; every word is of the list of BIP-39")
        })?;
        requester(&mnemonic, origin)
    }
}

/// The keys of words in a record.
pub(crate) fn requester(words: &Mnemonic, origin: &str) -> Outcome<Requester> {
    let entropy: [u8; ENTROPY_BYTES] = words
        .to_entropy()
        .try_into()
        .map_err(|_| Problem::new("a requester has twelve words, no more and no fewer"))?;
    let seed = continuity_seed(origin, &entropy);
    let secret = continuity_age_secret(origin, &entropy);
    Ok(Requester {
        key: SigningKey::from_seed(REQUESTER_NAME, seed, KeyType::Ed25519)?,
        identity: identity(&secret)?,
    })
}

/// An age identity is its 32 bytes in Bech32.
fn identity(secret: &[u8; 32]) -> Outcome<Identity> {
    let hrp = bech32::Hrp::parse("age-secret-key-")?;
    let text = bech32::encode::<bech32::Bech32>(hrp, secret)?.to_uppercase();
    text.parse().map_err(|e: &str| Problem::new(e))
}

/// Seals content to recipients: what a statement says of it, and the age file.
pub(crate) fn seal(content: &[u8], recipients: &[Recipient]) -> Outcome<(Item, Vec<u8>)> {
    let salt: [u8; SALT_BYTES] = keys::random()?;
    let recipients = recipients.iter().map(|r| r as &dyn age::Recipient);
    let mut age = Vec::new();
    let mut sealing = age::Encryptor::with_recipients(recipients)?.wrap_output(&mut age)?;
    sealing.write_all(&salt)?;
    sealing.write_all(content)?;
    sealing.finish()?;
    let item = Item {
        commitment: commitment(&salt, content),
        sealed_sha256: tlog::sha256(&age),
    };
    Ok((item, age))
}

/// Opens an age file; the content has to be what the commitment says.
pub(crate) fn open(age: &[u8], identity: &Identity, expected: &Hash) -> Outcome<Vec<u8>> {
    let plaintext = open_plaintext(age, identity, expected)?;
    Ok(plaintext.get(SALT_BYTES..).unwrap_or_default().to_vec())
}

/// The same, with the salt before the content: what crosses into a case.
pub(crate) fn open_plaintext(age: &[u8], identity: &Identity, expected: &Hash) -> Outcome<Vec<u8>> {
    let decryptor = age::Decryptor::new_buffered(age)?;
    let reader = decryptor.decrypt(std::iter::once(identity as &dyn age::Identity))?;
    let mut plaintext = Vec::new();
    reader
        .take(MAX_CONTENT_BYTES * 2)
        .read_to_end(&mut plaintext)?;
    match opened(&plaintext) {
        Some((commitment, _)) if commitment == *expected => Ok(plaintext),
        _ => Err(Problem::new(format!(
            "the item does not open the commitment {expected}"
        ))),
    }
}

/// Recipients as the desk names them.
pub(crate) fn recipients(texts: &[String]) -> Outcome<Vec<Recipient>> {
    let read = |text: &String| text.parse().map_err(|e: &str| Problem::new(e).of(text));
    texts.iter().map(read).collect()
}

/// Reads an age identity from a file of `age-keygen`.
pub(crate) fn read_identity(path: &std::path::Path) -> Outcome<Identity> {
    let text = files::read_text(path)?;
    let line = text
        .lines()
        .map(str::trim)
        .find(|l| !l.is_empty() && !l.starts_with('#'));
    let line = line.ok_or_else(|| Problem::new("it holds no identity").of(path.display()))?;
    line.parse()
        .map_err(|e: &str| Problem::new(e).of(path.display()))
}

/// Writes the identity's text: what a test compares with the browser's.
#[cfg(test)]
pub(crate) fn identity_text(identity: &Identity) -> String {
    identity.to_string().expose_secret().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// docs/vectors/aid-v1.json was made by the browser's modules.
    #[test]
    fn words_make_the_same_keys_as_in_the_browser() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../docs/vectors/aid-v1.json"
        );
        let vector: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap();
        let words = Mnemonic::parse_in_normalized(bip39::Language::English, text("words")).unwrap();
        let who = requester(&words, text("origin")).unwrap();
        assert_eq!(who.key.verifier_key().to_string(), text("key"));
        assert_eq!(identity_text(&who.identity), text("identity"));
        assert_eq!(who.identity.to_public().to_string(), text("recipient"));
        let statement = text("statement").as_bytes();
        let read = record::statement::Verified::parse(statement).unwrap();
        assert_eq!(read.signer.as_str(), text("key"));
        let other = requester(&words, "another.example/record").unwrap();
        assert_ne!(
            other.key.verifier_key(),
            who.key.verifier_key(),
            "linkable across records"
        );
    }

    #[test]
    fn what_is_sealed_opens_for_each_recipient_and_for_nobody_else() {
        let [desk, asker, other] = [(); 3].map(|()| Identity::generate());
        let (item, age) = seal(b"a story", &[desk.to_public(), asker.to_public()]).unwrap();
        for entitled in [&desk, &asker] {
            assert_eq!(open(&age, entitled, &item.commitment).unwrap(), b"a story");
        }
        assert!(open(&age, &other, &item.commitment).is_err());
        assert!(open(&age, &desk, &item.sealed_sha256).is_err());
    }
}
