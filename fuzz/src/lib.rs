//! Fuzz targets for every parser of the crates tlog, record and exchange.

pub mod formats;
pub mod targets;
