//! Which attribute, template and galaxy of MISP is which part of STIX (docs/misp.md). Everything here is data.
//!
//! Sources: the attribute types of the MISP core format (section 2.4.2.2), the templates of misp-objects, sections 4 and 6
//! of STIX 2.1.

mod attributes;
mod galaxies;
mod objects;

pub(super) use attributes::{ATTRIBUTES, AttributeRow, LANGUAGES, attribute};
pub(super) use galaxies::{CLUSTERED, cluster_type};
pub(super) use objects::{OBJECTS, ObjectRow, template};
