//! Help by need alone (docs/aid.md): the workflow of a request for help, triage, clocks, matching, the guard, playbooks.
//!
//! Everything here is a pure function of its arguments: no disk, no network, no clock, no randomness. Times are seconds since
//! 1970-01-01T00:00:00Z.

mod hours;
pub mod matching;
mod need;
mod request;
mod skill;
mod text;
mod triage;
mod words;
mod workflow;

pub use hours::{HoursError, WEEK_HOURS, WEEK_S, WeekHours, second_of_week};
pub use need::{Answer, Data, Function, Incident, LifeSafety, Mitigation, Need, Sector, Support};
pub use request::{
    Asset, Background, Channel, Consent, Contact, Emblem, FORMAT, FormError, MAX_FORM_BYTES,
    MAX_LIST, MAX_SHORT_CHARS, MAX_SLOTS, MAX_STORY_CHARS, Request, Times, Tlp,
};
pub use skill::{Level, MAX_UNITS, Skill, Slot, UNIT_HOURS};
pub use text::{Id, Label, Language, MAX_NAME_BYTES, TextError};
pub use triage::{
    Because, Class, DEADLINE_HOURS, ESSENTIAL_FROM, Factor, PEOPLE_MANY, PEOPLE_MOST, PEOPLE_SOME,
    POINTS, Triage, triage,
};
pub use words::WordError;
pub use workflow::{
    Reason, Role, Stage, Standing, Step, StepRefused, TRANSITIONS, Transition, Wait, Waits,
    allowed, step,
};
