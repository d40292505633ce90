//! MISP: events of the core format, galaxies and taxonomies, and their conversion to STIX 2.1 and back (docs/misp.md).
//!
//! ```
//! use solferino_exchange::misp::{self, Kind};
//!
//! let file = br#"{"Event": {"uuid": "a6ef17d6-91cb-4a05-b10b-2f045daf874c", "info": "a case", "Attribute": [
//!   {"uuid": "91ae0a21-c7ae-4c7f-b84b-b84a7ce53d1f", "type": "domain", "value": "example.org", "to_ids": false}]}}"#;
//! let event = misp::documents(file)?.remove(0);
//! assert_eq!(event.kind, Kind::Event);
//! let (bundle, report) = misp::event_to_stix(&event.fields);
//! assert_eq!(report.became["attribute domain to observed-data"], 1);
//! let (again, _) = misp::stix_to_event(&bundle);
//! assert_eq!(again, event.fields);
//! # Ok::<(), misp::ReadError>(())
//! ```

mod carrier;
pub mod check;
mod convert;
pub mod extension;
mod galaxy;
mod json;
mod kept;
mod path;
mod read;
mod report;
mod table;
mod tag;
mod to_misp;
mod to_stix;

pub use convert::{Bundle, event_to_stix, galaxy_to_stix, stix_to_event, stix_to_galaxy};
pub use galaxy::shared_names;
pub use read::{Document, Kind, MAX_FILE_BYTES, MAX_VALUES, ReadError, documents};
pub use report::Report;
pub use tag::{MachineTag, Tlp, confidence, confidence_word};

/// Our namespace for UUIDv5 of what has no UUID of its own; never that of cyber-observables.
const NAMESPACE: [u8; 16] = [
    0x84, 0xea, 0xec, 0xaf, 0x03, 0x56, 0x4c, 0x78, 0x8f, 0xb8, 0xd0, 0x11, 0xab, 0x62, 0x1c, 0x16,
];

/// The UUID that this text stands for, always the same.
fn uuid_from(text: &str) -> String {
    crate::stix::id::uuid5(&NAMESPACE, text.as_bytes())
}
