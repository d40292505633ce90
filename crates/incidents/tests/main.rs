//! Tests of the incident base.

mod eurepoc;
mod published;
