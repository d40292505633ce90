//! What is posted: a bundle of others, or made objects.

use std::ops::Range;
use std::path::Path;

use exchange::stix::Reader;
use serde_json::{Value, json};
use store::taxii::{Check, Detail, Entry, object};

use super::POSTED;
use crate::commands::import::source::Source;
use crate::problem::{Outcome, Problem};

/// Made objects when no bundle is given.
const MADE: usize = 25_000;
/// Letters of a made object's description: with the rest about two kilobytes.
const FILLING: usize = 1_700;
/// Letters of one in a large collection.
const SHORT_FILLING: usize = 200;

/// Objects to post.
pub(super) struct Corpus {
    /// Their identifiers, in order.
    pub(super) ids: Vec<String>,
    /// Envelopes of [`POSTED`] objects.
    pub(super) posts: Vec<Vec<u8>>,
}

impl Corpus {
    /// What reading the JSON alone takes.
    pub(super) fn parse(&self) -> Outcome<()> {
        for post in &self.posts {
            let value: Value = serde_json::from_slice(post)?;
            std::hint::black_box(value);
        }
        Ok(())
    }

    fn add(&mut self, id: &str, text: &[u8]) {
        if self.ids.len().is_multiple_of(POSTED) {
            self.close();
            self.posts.push(b"{\"objects\":[".to_vec());
        }
        if let Some(post) = self.posts.last_mut() {
            if post.last() != Some(&b'[') {
                post.push(b',');
            }
            post.extend(text);
        }
        self.ids.push(id.to_owned());
    }

    fn close(&mut self) {
        if let Some(post) = self.posts.last_mut() {
            post.extend(b"]}");
        }
    }
}

/// Reads a bundle, or makes objects.
pub(super) fn read(bundle: Option<&Path>) -> Outcome<Corpus> {
    let mut corpus = Corpus {
        ids: Vec::new(),
        posts: Vec::new(),
    };
    match bundle {
        Some(path) => {
            let mut reader = Reader::bundle(Source::of(path).open()?);
            while let Some(next) = reader.next() {
                let object = next.map_err(|e| Problem::from(e).of(path.display()))?;
                corpus.add(object.id(), reader.raw());
            }
        }
        None => {
            for n in 0..MADE {
                let (id, text) = one(n, FILLING);
                corpus.add(&id, text.as_bytes());
            }
        }
    }
    corpus.close();
    Ok(corpus)
}

fn one(n: usize, filling: usize) -> (String, String) {
    let kind = if n.is_multiple_of(1_000) {
        "campaign"
    } else {
        "attack-pattern"
    };
    let id = format!(
        "{kind}--{n:08x}-0000-4000-8000-{:012x}",
        n.wrapping_mul(0x9e37_79b9) & 0xffff_ffff
    );
    let object = json!({
        "type": kind, "spec_version": "2.1", "id": id, "name": format!("made {n}"),
        "created": "2020-01-01T00:00:00.000Z", "modified": "2020-01-01T00:00:00.000Z",
        "description": "x".repeat(filling),
    });
    (id, object.to_string())
}

/// Made objects of a large collection, judged as others are.
pub(super) fn made(range: Range<usize>) -> Vec<Result<Entry, Detail>> {
    let mut invalid = 0;
    range
        .map(|n| {
            object(
                one(n, SHORT_FILLING).1.as_bytes(),
                n,
                Check::Must,
                &mut invalid,
            )
        })
        .collect()
}
