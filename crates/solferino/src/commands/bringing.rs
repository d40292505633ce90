//! `solferino mirror --bring`: what is mirrored goes to other mirrors too.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use witness::client::HttpTransport;
use witness::mirror::bring::{BringError, bring};
use witness::mirror::http::UPLOAD_TIMEOUT;
use witness::mirror::source::FolderSource;

use crate::problem::{Outcome, Problem};
use crate::ui;

/// Another mirror, and how far it is known to be.
pub(super) struct Other {
    url: String,
    source: FolderSource,
    transport: HttpTransport,
    told: Option<u64>,
}

/// What another mirror has taken.
#[derive(Debug, Serialize)]
pub(super) struct Taken {
    url: String,
    size: u64,
    sent: u64,
    /// Lines of its cosignatures.
    cosignatures: Vec<String>,
}

/// The mirrors at these addresses, brought from the folder of ours.
pub(super) fn others(urls: &[String], dir: &Path) -> Vec<Other> {
    let other = |url: &String| Other {
        url: url.clone(),
        source: FolderSource::of_mirror(dir),
        transport: HttpTransport::new(UPLOAD_TIMEOUT),
        told: None,
    };
    urls.iter().map(other).collect()
}

impl Other {
    fn brought(&mut self) -> Result<Taken, BringError> {
        let brought = bring(&self.source, &self.url, &self.transport)?;
        Ok(Taken {
            url: self.url.clone(),
            size: brought.size,
            sent: brought.sent,
            cosignatures: brought
                .cosignatures
                .iter()
                .map(ToString::to_string)
                .collect(),
        })
    }

    /// Once, now.
    pub(super) fn bring(&mut self) -> Outcome<Taken> {
        self.brought().map_err(|error| {
            Problem::from(error).hint(
                "ours is complete; the other mirror keeps what it took, and bringing again goes on from there",
            )
        })
    }

    /// As often as there may be something new, until it is to stop; a failure is said, and tried again. Nothing is
    /// locked here: two mirrors may bring to each other.
    pub(super) fn keep_up(mut self, every: Duration, stop: &AtomicBool) {
        while !stop.load(Ordering::SeqCst) {
            match self.brought() {
                Ok(taken) => {
                    if self.told != Some(taken.size) {
                        taken.tell();
                    }
                    self.told = Some(taken.size);
                }
                Err(error) => ui::remark(format!("{}: not brought yet: {error}", self.url)),
            }
            super::mirror::pause(every, stop);
        }
    }
}

impl Taken {
    pub(super) fn tell(&self) {
        ui::line(format!(
            "{} says that it holds {} entries ({} sent now), and answers with {} unverified cosignature {}",
            self.url,
            self.size,
            self.sent,
            self.cosignatures.len(),
            if self.cosignatures.len() == 1 {
                "line"
            } else {
                "lines"
            }
        ));
    }
}
