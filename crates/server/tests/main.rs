//! The server over records on disk, played by the rehearsal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test stops at the first surprise

extern crate solferino_server as server;

mod aid;
mod aid_apart;
mod aid_decisions;
mod aid_queue;
mod aid_readers;
mod claims;
mod client;
mod desk;
mod exhibits;
mod fairness;
mod fields;
mod handed;
mod hostile;
mod http;
mod independence;
mod malformed;
mod norms;
mod openapi;
mod pages;
mod paging;
mod paper;
mod reading;
mod register;
mod shutdown;
mod site;
mod submit;
mod taxii;
mod tiles;
