//! The seam through which a record's own findings become objects here.

use super::add::{Brought, add};
use super::collection::{Collection, NewCollection};
use super::entry::{Check, EnvelopeError, envelope};
use super::{Added, Taxii};
use crate::error::StoreError;

/// Objects that a record publishes in one collection: what turns findings into STIX hands these over, again and again;
/// what is there already changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Where: `findings`, or [`NewCollection::indicators`] of a case.
    pub collection: PublishedIn,
    /// The JSON texts of the objects. Each has to keep the specification.
    pub objects: Vec<String>,
}

/// Which collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishedIn {
    /// Findings.
    Findings,
    /// The indicators of this case.
    Indicators(String),
}

impl Taxii {
    /// Adds what the record publishes, with the record's origin as who brought it. What would fail again is in
    /// [`Added::failures`]: an object that contradicts what is held in its version (an earlier release wrote it in other
    /// words), which holds back nothing else, since a withdrawal has to arrive whatever became of a sentence; and one that
    /// breaks the specification, with which nothing of this publication is added.
    ///
    /// # Errors
    /// [`StoreError::Taxii`]: it may succeed another time, and nothing of this publication was added.
    pub async fn publish(&self, publication: &Publication, now: i64) -> Result<Added, StoreError> {
        let collection = self.published(&publication.collection).await?;
        let text = format!("{{\"objects\":[{}]}}", publication.objects.join(","));
        let read = envelope(text.as_bytes(), Check::Must, usize::MAX);
        let read = read.map_err(|e: EnvelopeError| StoreError::Taxii(e.to_string()))?;
        let wrong: Vec<_> = read
            .objects
            .iter()
            .filter_map(|o| o.clone().err())
            .collect();
        if !wrong.is_empty() {
            return Ok(Added {
                failures: wrong,
                ..Added::default()
            });
        }
        let mut writing = self.begin().await?;
        let brought = (Brought::ByPublisher, self.origin());
        let objects = read.objects;
        let added = add(writing.connection(), &collection, brought, objects, now).await;
        writing.end(added).await
    }

    async fn published(&self, place: &PublishedIn) -> Result<Collection, StoreError> {
        match place {
            PublishedIn::Indicators(case) => {
                self.collection_or_new(&NewCollection::indicators(case))
                    .await
            }
            PublishedIn::Findings => {
                let found = self.collection("findings").await?;
                found.ok_or_else(|| StoreError::Taxii("there is no collection findings".into()))
            }
        }
    }
}
