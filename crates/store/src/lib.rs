//! A record as a folder: durable log, vault of exhibits, SQL views.

pub mod cell;
pub mod disk;
pub mod folder;
pub mod lock;
pub mod memory;
mod object_path;
pub mod objects;
pub mod vault;
