//! Who helps whom: fair, exact, and the same for everybody who computes it (docs/aid.md, sections 6 and 7).
//!
//! [`solve`] is a pure function of a [`Round`] and a [`Seed`]. An ask's place in the line is a function of its [`Waiting`]
//! (class and seconds) and its lot; countries and organisations occur only in [`barriers`], which exclude.

mod barrier;
mod explain;
mod flow;
mod inputs;
mod line;
mod marks;
mod outcome;
mod pools;
mod round;
mod row;
mod settling;
mod solve;
mod walk;

pub use barrier::{Barrier, MIN_COMMON_HOURS};
pub use explain::{Explainer, MAX_HOLDERS, SlotAnswer, Why, Worse};
pub use inputs::{
    CodedError, CodedNeed, Engaged, Enlisted, LeftOut, MAX_CODED_BYTES, MAX_STRETCHES, NEED_FORMAT,
    Opened, REPORT_FORMAT, Report, Setting, inputs, most_units, need_and_team,
};
pub use line::{Seed, Waiting};
pub use outcome::{ClassFigures, Outcome, Part, Team, Unserved, WhyUnserved, barriers, solve};
pub use pools::MAX_PAIRS;
pub use round::{
    Ask, Climb, Helper, MAX_ASKS, MAX_ENTRIES, MAX_HELPER_UNITS, MAX_HELPERS, MAX_ROUND_BYTES,
    Round, RoundError, Told,
};
pub use row::{MAX_NAMED, Named, ROW_FORMAT, Row};
