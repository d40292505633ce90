//! The command as a person meets it: transcripts, the demonstration, damage, a record of one's
//! own, and a server killed at any moment.

// A test stops at the first surprise, and says what it skipped or measured.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod aid;
mod aid_counts;
mod aid_readers;
mod asking;
mod blind;
mod claims;
mod crash;
mod damage;
mod demo;
mod exporting;
mod faulty_log;
mod flow;
mod founding;
mod helping;
mod hostile;
mod incidents;
mod independence;
mod linking;
mod misp;
mod next;
mod offline;
mod published;
mod serving;
mod stix;
mod suggesting;
mod support;
mod suppressing;
mod taxii;
mod taxii_assign;
mod taxii_one_date;
mod taxii_peer;
mod taxii_serving;
mod tls;
mod transcripts;
mod verdicts;
mod watching;
