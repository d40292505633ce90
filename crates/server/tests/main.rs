//! The server over records on disk, played by the rehearsal.

extern crate solferino_rehearsal as rehearsal;
extern crate solferino_server as server;

mod client;
mod desk;
mod exhibits;
mod http;
mod malformed;
mod openapi;
mod pages;
mod reading;
mod shutdown;
mod submit;
mod tiles;
