//! The formats the field already speaks, read without losing anything, with no I/O of its own.
//!
//! [`stix`] reads STIX 2.1 bundles object by object from anything that implements
//! [`std::io::Read`]: memory stays flat however large the bundle is. [`observable`] takes the observables
//! out of such objects, in one spelling each.
//!
//! [`misp`] reads MISP events, galaxies and taxonomies, and turns them into STIX and back.
//!
//! What is read here was written by others. Nothing in this crate believes it: it gives the objects as they
//! stand, counts what it does not understand, and names the place of what it refuses.

pub mod jcs;
pub mod json;
pub mod misp;
pub mod observable;
pub mod stix;
