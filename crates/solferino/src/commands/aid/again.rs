//! `solferino aid reseal`: officers come and go; what was told to those before is sealed again to those of today. It is the same item
//! under the same commitment, so nobody has to believe whoever sealed it again (docs/aid-statements.md, section 3).

use std::collections::BTreeSet;
use std::path::PathBuf;

use age::x25519::Identity;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::aid::opened;
use record::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tlog::{Hash, SigningKey};

use super::server::At;
use super::tell::tell;
use super::words::{self, WordsAt};
use crate::problem::{Exit, Outcome, Problem};
use crate::{keys, ui};

/// What a message says that seals an item again.
const FORMAT: &str = "solferino.org/aid-again@v1";

/// Seal what a request holds again, for the officers of today
///
/// The request keeps its place. Whoever asked does it with their words; an officer who could open what was told does it for
/// colleagues who came later. Nothing is changed: every reader compares what is sealed again with the commitment in the record.
#[derive(Debug, clap::Args)]
pub(crate) struct Reseal {
    /// The request
    request: String,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    words: WordsAt,
    /// An officer's private key, in place of the words
    #[arg(
        long,
        value_name = "FILE",
        requires = "identity",
        conflicts_with = "words"
    )]
    key: Option<PathBuf>,
    /// An officer's age identity
    #[arg(long, value_name = "FILE", requires = "key")]
    identity: Option<PathBuf>,
}

/// A message that seals an item again.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    format: String,
    /// Salt and content of the item, in base64.
    plaintext: String,
}

/// Salt and content of the item that a message seals again; nothing of any other message.
pub(crate) fn plaintext(content: &[u8]) -> Option<Vec<u8>> {
    let again: Again = serde_json::from_slice(content).ok()?;
    let plaintext = STANDARD.decode(again.plaintext).ok()?;
    (again.format == FORMAT).then_some(plaintext)
}

/// Whoever opens what a request holds.
pub(crate) struct Reader<'a> {
    pub(crate) at: &'a At,
    pub(crate) key: &'a SigningKey,
    pub(crate) identity: &'a Identity,
}

impl Reader<'_> {
    /// Salt and content of an item as it was sealed first. The outer problem is that it could not be had, the inner one that it was
    /// sealed to others.
    fn first(&self, request: &str, commitment: &str) -> Outcome<Outcome<Vec<u8>>> {
        let expected: Hash = commitment.parse()?;
        let age = self.at.sealed(self.key, request, commitment)?;
        Ok(words::open_plaintext(&age, self.identity, &expected))
    }

    /// The same; if it was sealed to others, as a later message of the request seals it again.
    ///
    /// `row` is what the server says of the request.
    pub(crate) fn plaintext(&self, row: &Value, commitment: &str) -> Outcome<Outcome<Vec<u8>>> {
        let problem = match self.first(request(row), commitment)? {
            Ok(plaintext) => return Ok(Ok(plaintext)),
            Err(problem) => problem,
        };
        let mut again = self.again(row, Timestamp::EPOCH);
        let found = again.find(|(of, _)| of.to_string() == commitment);
        Ok(found.map(|(_, plaintext)| plaintext).ok_or(problem))
    }

    /// The content alone.
    pub(crate) fn content(&self, row: &Value, commitment: &str) -> Outcome<Vec<u8>> {
        let plaintext = self.plaintext(row, commitment)??;
        content_of(&plaintext)
    }

    /// Items that messages told from a moment on seal again: by commitment, with salt and content.
    fn again<'r>(
        &'r self,
        row: &'r Value,
        since: Timestamp,
    ) -> impl Iterator<Item = (Hash, Vec<u8>)> + 'r {
        let later = move |item: &&Value| item["kind"] == "message" && told(item) >= Some(since);
        items(row).filter(later).filter_map(move |item| {
            let message = self.first(request(row), item["commitment"].as_str()?);
            let plaintext = plaintext(opened(&message.ok()?.ok()?)?.1)?;
            Some((opened(&plaintext)?.0, plaintext))
        })
    }
}

fn request(row: &Value) -> &str {
    row["id"].as_str().unwrap_or_default()
}

fn items(row: &Value) -> impl Iterator<Item = &Value> {
    row["items"].as_array().into_iter().flatten()
}

fn told(item: &Value) -> Option<Timestamp> {
    item["told"].as_str()?.parse().ok()
}

pub(crate) fn reseal(args: &Reseal) -> Outcome {
    let origin = args.at.desk()?.origin;
    let (key, identity) = match (&args.key, &args.identity) {
        (Some(key), Some(identity)) => (keys::read(key)?, words::read_identity(identity)?),
        _ => {
            let who = args.words.read(&origin)?;
            (who.key, who.identity)
        }
    };
    let reader = Reader {
        at: &args.at,
        key: &key,
        identity: &identity,
    };
    let office = args.at.get("/api/v1/aid")?;
    let all_since: Timestamp = office["readable_by_all_since"]
        .as_str()
        .unwrap_or_default()
        .parse()?;
    let row = args
        .at
        .get(&format!("/api/v1/aid/requests/{}", args.request))?;
    let done: BTreeSet<Hash> = reader.again(&row, all_since).map(|(of, _)| of).collect();
    let (mut sealed, mut shut) = (0_usize, 0_usize);
    for item in items(&row).filter(|item| told(item) < Some(all_since)) {
        let commitment = item["commitment"].as_str().unwrap_or_default();
        if done.contains(&commitment.parse()?) {
            continue;
        }
        let Ok(found) = reader.plaintext(&row, commitment)? else {
            shut += 1;
            continue;
        };
        // what only seals another item again is not sealed a third time: the item itself is
        if opened(&found).is_some_and(|(_, content)| plaintext(content).is_some()) {
            continue;
        }
        let again = Again {
            format: FORMAT.to_owned(),
            plaintext: STANDARD.encode(&found),
        };
        tell(
            &args.at,
            &args.request,
            "message",
            &serde_json::to_vec(&again)?,
            &key,
        )?;
        sealed += 1;
    }
    ui::line(format!(
        "sealed again for the officers of today: {sealed}; not yours to open: {shut}"
    ));
    if sealed == 0 && shut > 0 {
        return Err(Problem::new("nothing of it opens with this key")
            .hint("the requester can seal it again: with the words, or on the page /aid/status")
            .exit(Exit::Failed));
    }
    Ok(Exit::Ok)
}

/// What was told, without its salt.
pub(crate) fn content_of(plaintext: &[u8]) -> Outcome<Vec<u8>> {
    let content = opened(plaintext).map(|(_, content)| content.to_vec());
    content.ok_or_else(|| {
        Problem::new("what was opened is too short to be an item: it has no salt")
            .hint("the server gave something else; ask it again, or whoever told it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_seals_an_item_again_only_in_that_form() {
        let again = |format: &str, plaintext: &str| {
            let again = Again {
                format: format.to_owned(),
                plaintext: plaintext.to_owned(),
            };
            super::plaintext(&serde_json::to_vec(&again).unwrap())
        };
        assert_eq!(again(FORMAT, "YWJj"), Some(b"abc".to_vec()));
        assert_eq!(again("solferino.org/aid-again@v2", "YWJj"), None);
        assert_eq!(again(FORMAT, "no base64"), None);
        for message in ["112", "null", "{}", "I write again."] {
            assert_eq!(super::plaintext(message.as_bytes()), None);
        }
    }
}
