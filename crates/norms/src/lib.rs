//! Rules of state behaviour as data, judged element by element, with no I/O.
//!
//! A [`Norm`] is one row of a corpus: which text it comes from, how binding that text is, whom it
//! addresses, and which [`Element`]s must be met before conduct is inconsistent with it. Coded
//! facts give each element one of three values ([`Kleene`]); [`judge`] draws the [`Verdict`].
//!
//! *Unknown is neither innocence nor guilt*: an element that is not known never turns into a
//! breach, and never into a clearance. And only a treaty, in force and binding at the time, can be
//! breached; see [`verdict_words`].
//!
//! The corpus is data ([`STARTER`], [`load`]): a record adds instruments without code.

mod corpus;
mod kleene;
mod norm;
mod verdict;

pub use corpus::{CorpusError, RowError, STARTER, load, load_named};
pub use kleene::Kleene;
pub use norm::{Addressee, Basis, Element, Force, Norm, Polarity};
pub use verdict::{Bound, Verdict, judge, verdict_words};
