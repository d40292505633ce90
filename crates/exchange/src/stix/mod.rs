//! STIX 2.1 (OASIS Standard, 10 June 2021; Errata 01).
//!
//! ```
//! use solferino_exchange::stix::Reader;
//!
//! let bundle = br#"{"type":"bundle","id":"bundle--1","objects":[
//!   {"type":"tool","id":"tool--1","name":"a tool"}]}"#;
//! for object in Reader::bundle(bundle.as_slice()) {
//!     let object = object?;
//!     assert_eq!((object.kind(), object.text("name")), ("tool", Some("a tool")));
//! }
//! # Ok::<(), solferino_exchange::stix::StreamError>(())
//! ```

mod frame;
pub mod id;
mod object;
pub mod pattern;
mod stream;
pub(crate) mod strict;
pub mod time;
pub mod upgrade;
pub mod validate;

pub use object::Object;
pub use stream::{
    MAX_DEPTH, MAX_HEADER_BYTES, MAX_OBJECT_BYTES, MAX_OBJECT_VALUES, MAX_OBJECTS, Problem,
    READ_BYTES, Reader, StreamError,
};
