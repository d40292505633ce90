//! Fuzz targets for every parser of the crates tlog, record and exchange.

pub mod formats;
pub mod replay;
pub mod targets;
