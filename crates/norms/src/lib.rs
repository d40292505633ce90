//! Rules of state behaviour as data, judged element by element, with no I/O (docs/norms.md).
//!
//! A [`Corpus`] holds [`Norm`]s of many instruments: which text each comes from, how binding that text is, whom it
//! addresses, and which elements must be met before conduct is inconsistent with it. Coded [`Fact`]s give each
//! element one of three values ([`Kleene`]); an [`Evaluator`] draws the [`Judgement`]; a [`Ledger`] says who was bound.
//!
//! *Unknown is neither innocence nor guilt*: an element that is not known never turns into a breach, and never into a
//! clearance. And only a treaty, in force and binding at the time, can be breached; see [`verdict_words`].

mod accession;
mod author;
mod bound;
mod check;
mod condition;
mod contacts;
mod corpus;
mod day;
mod evaluate;
mod facts;
mod fault;
mod judgement;
mod kappa;
mod kleene;
mod ledger;
mod norm;
mod party;
mod policy;
mod reference;
mod standing;
mod states;
mod terms;
mod verdict;
mod vocabulary;

pub use accession::{Change, LedgerError, LedgerErrors, LedgerFault, LedgerRow, LedgerRows};
pub use author::{AuthorReading, Authorship, Found, Link};
pub use bound::{Bounds, bound_when};
pub use condition::{Atom, AuthorAtom, Condition, MAX_DEPTH, Of};
pub use contacts::{
    Contact, ContactError, ContactErrors, ContactFault, ContactKind, ContactKinds,
    ContactKindsError,
};
pub use corpus::{
    Against, Corpus, MAX_ARTICLE_BYTES, MAX_FILE_BYTES, MAX_PARAPHRASE, MIN_PARAPHRASE, SHIPPED,
    ShippedError, short_word,
};
pub use day::{DateError, Day, TextDate};
pub use evaluate::{Evaluator, Given};
pub use facts::{CoderReading, Fact, FactError, FactFault, PPM, Reading, WordReading, check_facts};
pub use fault::{CorpusError, CorpusErrors, Place, Reason};
pub use judgement::{Aggravation, ElementJudgement, Gap, Judgement, Missing};
pub use kappa::{Kappa, Undefined, coder_agreement, cohen};
pub use kleene::Kleene;
pub use ledger::Ledger;
pub use norm::{
    Addressee, Basis, Binding, Element, Entry, FORMAT, Force, Instrument, Norm, Part, Polarity,
    sha256_hex,
};
pub use party::{Party, PartyError};
pub use policy::{ControlTest, Policy, PolicyError, Proof};
pub use reference::Reference;
pub use standing::{Standing, standings};
pub use states::{Names, Obligations, State, States, StatesError, Succession};
pub use terms::{Effects, TERM_SET, Term};
pub use verdict::{Bound, Verdict, judge, verdict_words};
pub use vocabulary::{Aggravating, NO_OTHER, Themes, Vocabulary, VocabularyError};
