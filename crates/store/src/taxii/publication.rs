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
    /// Adds what the record publishes, with the record's origin as who brought it.
    ///
    /// # Errors
    /// [`StoreError::Taxii`], also if an object breaks the specification: then nothing of this publication is added. An object
    /// that contradicts what is held in its version (an earlier release wrote it in other words) is in
    /// [`Added::failures`], and holds back nothing else: a withdrawal has to arrive whatever became of a sentence.
    pub async fn publish(&self, publication: &Publication, now: i64) -> Result<Added, StoreError> {
        let collection = self.published(&publication.collection).await?;
        let text = format!("{{\"objects\":[{}]}}", publication.objects.join(","));
        let read = envelope(text.as_bytes(), Check::Must, usize::MAX);
        let read = read.map_err(|e: EnvelopeError| StoreError::Taxii(e.to_string()))?;
        let wrong = |detail: &super::Detail| {
            let why = detail.message.as_deref().unwrap_or_default();
            StoreError::Taxii(format!("{} in {}: {why}", detail.id, collection.alias))
        };
        if let Some(Err(detail)) = read.objects.iter().find(|object| object.is_err()) {
            return Err(wrong(detail));
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
