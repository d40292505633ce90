//! The command as a person meets it: transcripts, the demonstration, damage, a record of one's
//! own, and a server killed at any moment.

mod crash;
mod damage;
mod demo;
mod flow;
mod offline;
mod support;
mod transcripts;
