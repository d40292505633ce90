//! Which earlier cases share observables with a new one, weighted by rarity, with no I/O of its own.
//!
//! An observable is its canonical text (docs/linking.md); this crate knows only its [`Key`]. A [`Builder`] collects which
//! case holds which key and writes an index; an [`Index`] is opened over those bytes as they are, checked
//! once, and answers [`Index::link`]. A link is a lead, not evidence.
//!
//! ```
//! use solferino_linking::{Builder, Index, Key, Policy, Scratch, Sought};
//!
//! let mut builder = Builder::default();
//! for (case, held) in [("one", &["a", "b"][..]), ("two", &["b"]), ("three", &["c"])] {
//!     let case = builder.case(case)?;
//!     for text in held {
//!         builder.add(case, Key::of(text), None)?;
//!     }
//! }
//! let mut bytes = Vec::new();
//! builder.finish(&mut bytes)?;
//! let index = Index::open(bytes)?;
//! let sought = ["a", "b"].map(|text| Sought { key: Key::of(text), family: 0 });
//! let links = index.link(&sought, &Policy::default(), &mut Scratch::default());
//! let first = &links.links[0];
//! assert_eq!((index.case(first.case).name, first.shared.len()), ("one", 2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod build;
mod index;
mod key;
mod layout;
mod link;
mod weight;

pub use build::{BuildError, Builder, Built, CaseNumber, MAX_CASES, MAX_NAME_BYTES, MAX_PAIRS};
pub use index::{Case, Index, OpenError};
pub use key::Key;
pub use link::{
    COMMON_FROM_CASES, COMMON_SHARE_PPM, Known, Link, Links, MAX_CASES_PER_OBSERVABLE,
    MAX_FAMILIES, MAX_LINKS, MAX_POSTINGS, Policy, Scratch, Shared, Sought,
};
pub use weight::{KEPT_PPM, weight_mbits};
