//! Keeping the published collections up with the record: what turns findings into STIX is handed in, and asked again
//! whenever the record has grown.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use store::Record;
use store::taxii::{Detail, Publication};

use super::due::{Due, Step, Unwritten};
use super::now_micros;
use crate::app::App;

/// How often the server looks whether the record has grown.
const EVERY: Duration = Duration::from_secs(5);

/// What a record publishes over TAXII, one publication a finding or case, and what could not be made.
#[derive(Debug, Default)]
pub struct Made {
    /// What was made; what was published before may come again, it changes nothing.
    pub publications: Vec<Publication>,
    /// A sentence for each finding that could not be made, for the server's log.
    pub failures: Vec<String>,
}

type Publish = dyn Fn(&Record) -> Made + Send + Sync;

/// Makes what a record publishes: a function of the record alone.
#[derive(Clone)]
pub struct Publisher(Arc<Publish>);

impl Publisher {
    /// A publisher from a function, which may block.
    pub fn new(publish: impl Fn(&Record) -> Made + Send + Sync + 'static) -> Self {
        Self(Arc::new(publish))
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Publisher(…)")
    }
}

/// What a failure is about, as the metrics have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpublished {
    /// A finding, whose objects could not be made: its bundle cannot be read, or fails a check.
    Finding,
    /// An object, which is held in other words or breaks the specification.
    Object,
    /// A whole collection, which could not be written; it is tried again.
    Collection,
}

impl Unpublished {
    pub(crate) const ALL: [Self; 3] = [Self::Finding, Self::Object, Self::Collection];

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Object => "object",
            Self::Collection => "collection",
        }
    }
}

/// Publishes what the record has now and will have, until dropped.
pub(crate) async fn keep_up(app: App, publisher: Publisher) {
    let begun = Instant::now();
    let mut due = Due::default();
    loop {
        let (size, now) = (app.record().size(), begun.elapsed());
        match due.next(size, now) {
            Step::Rest => {}
            Step::Ask => match made(&app, &publisher).await {
                Some(made) => {
                    let unwritten = due.made(size, made);
                    write(&app, unwritten, &mut due, now).await;
                }
                None => due.not_made(now),
            },
            Step::Write(left) => write(&app, left, &mut due, now).await,
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// What the record publishes; none if that could not be made. What failed is in the server's log and in the metrics.
async fn made(app: &App, publisher: &Publisher) -> Option<Vec<Publication>> {
    let failed = |what| app.metrics().not_published(what);
    let (publish, asked) = (publisher.0.clone(), app.record().clone());
    let made = tokio::task::spawn_blocking(move || publish(&asked)).await;
    let Made {
        publications,
        failures,
    } = match made {
        Ok(made) => made,
        Err(error) => {
            let problem = error.to_string();
            tracing::error!(problem, "nothing could be made to publish over TAXII");
            failed(Unpublished::Collection);
            return None;
        }
    };
    for problem in failures {
        tracing::error!(problem, "a finding is not published over TAXII");
        failed(Unpublished::Finding);
    }
    Some(publications)
}

/// Writes publications. What could not be written is in the server's log and in the metrics, is tried again by itself, and
/// holds back nothing else.
async fn write(app: &App, unwritten: Vec<Unwritten>, due: &mut Due, now: Duration) {
    let failed = |what| app.metrics().not_published(what);
    let store = match app.taxii().await {
        Ok(store) => store,
        Err(error) => {
            tracing::error!(?error, "the store of TAXII cannot be opened");
            failed(Unpublished::Collection);
            for one in unwritten {
                due.not_written(one, now);
            }
            return;
        }
    };
    for one in unwritten {
        let publication = &one.publication;
        let place = format!("{:?}", publication.collection);
        match store.publish(publication, now_micros()).await {
            // The same record gives the same failure, so it is not asked for ever.
            Ok(added) => {
                for Detail { id, message, .. } in added.failures {
                    tracing::error!(id, message, place, "an object is not published over TAXII");
                    failed(Unpublished::Object);
                }
            }
            Err(error) => {
                let problem = error.to_string();
                tracing::error!(problem, place, "not published over TAXII");
                failed(Unpublished::Collection);
                due.not_written(one, now);
            }
        }
    }
}
