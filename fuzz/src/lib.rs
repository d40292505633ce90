//! Fuzz targets for every parser of the crates tlog and record.

pub mod targets;
