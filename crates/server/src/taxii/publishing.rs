//! Keeping the published collections up with the record: what turns findings into STIX is handed in, and asked again
//! whenever the record has grown.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use store::Record;
use store::taxii::{Detail, Publication, Taxii};

use super::due::{Due, Step, Unwritten};
use super::now_micros;

/// How often the server looks whether the record has grown.
const EVERY: Duration = Duration::from_secs(5);

type Publish = dyn Fn(&Record) -> Result<Vec<Publication>, String> + Send + Sync;

/// What a record publishes over TAXII, one publication a finding or case: a function of the record alone. What was published
/// before may come again; it changes nothing.
#[derive(Clone)]
pub struct Publisher(Arc<Publish>);

impl Publisher {
    /// A publisher from a function, which may block; its error is a sentence for the server's log.
    pub fn new(
        publish: impl Fn(&Record) -> Result<Vec<Publication>, String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(publish))
    }
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Publisher(…)")
    }
}

/// Publishes what the record has now and will have, until dropped.
pub(crate) async fn keep_up(record: Record, publisher: Publisher) {
    let begun = Instant::now();
    let mut due = Due::default();
    loop {
        let (size, now) = (record.size(), begun.elapsed());
        match due.next(size, now) {
            Step::Rest => {}
            Step::Ask => match made(&record, &publisher).await {
                Some(made) => {
                    let unwritten = due.made(size, made);
                    write(&record, unwritten, &mut due, now).await;
                }
                None => due.not_made(now),
            },
            Step::Write(left) => write(&record, left, &mut due, now).await,
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// What the record publishes; none if that could not be made, which is in the log.
async fn made(record: &Record, publisher: &Publisher) -> Option<Vec<Publication>> {
    let (publish, asked) = (publisher.0.clone(), record.clone());
    let made = tokio::task::spawn_blocking(move || publish(&asked)).await;
    match made {
        Ok(Ok(made)) => Some(made),
        Ok(Err(problem)) => {
            tracing::error!(problem, "nothing could be made to publish over TAXII");
            None
        }
        Err(error) => {
            let problem = error.to_string();
            tracing::error!(problem, "nothing could be made to publish over TAXII");
            None
        }
    }
}

/// Writes publications; what could not be written is in the log, and is tried again by itself.
async fn write(record: &Record, unwritten: Vec<Unwritten>, due: &mut Due, now: Duration) {
    let store = match Taxii::open(record.dir()).await {
        Ok(store) => store,
        Err(error) => {
            let problem = error.to_string();
            tracing::error!(problem, "the store of TAXII cannot be opened");
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
            // The same record gives the same contradiction, so it is not asked for ever.
            Ok(added) => {
                for Detail { id, message, .. } in added.failures {
                    tracing::error!(id, message, place, "held in other words over TAXII");
                }
            }
            Err(error) => {
                let problem = error.to_string();
                tracing::error!(problem, place, "not published over TAXII");
                due.not_written(one, now);
            }
        }
    }
    store.close().await;
}
