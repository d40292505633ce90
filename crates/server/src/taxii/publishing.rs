//! Keeping the published collections up with the record: what turns findings into STIX is handed in, and asked again
//! whenever the record has grown.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use store::Record;
use store::taxii::{Detail, Publication, Taxii};

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
    let mut published = None;
    loop {
        let size = record.size();
        if published != Some(size) && once(&record, &publisher).await {
            published = Some(size);
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Whether everything was published; what was not is in the log, and is tried again.
async fn once(record: &Record, publisher: &Publisher) -> bool {
    let (publish, asked) = (publisher.0.clone(), record.clone());
    let made = tokio::task::spawn_blocking(move || publish(&asked)).await;
    let made = match made {
        Ok(Ok(made)) => made,
        Ok(Err(problem)) => {
            tracing::error!(problem, "nothing could be made to publish over TAXII");
            return false;
        }
        Err(error) => {
            tracing::error!(
                problem = error.to_string(),
                "nothing could be made to publish over TAXII"
            );
            return false;
        }
    };
    let store = match Taxii::open(record.dir()).await {
        Ok(store) => store,
        Err(error) => {
            tracing::error!(
                problem = error.to_string(),
                "the store of TAXII cannot be opened"
            );
            return false;
        }
    };
    let mut whole = true;
    for publication in &made {
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
                whole = false;
            }
        }
    }
    store.close().await;
    whole
}
