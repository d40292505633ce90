//! Help by need alone (docs/aid.md): the workflow of a request for help, triage, clocks, matching, the guard, playbooks.
//!
//! Everything here is a pure function of its arguments: no disk, no network, no clock, no randomness. Times are seconds since
//! 1970-01-01T00:00:00Z.

mod clocks;
mod figures;
mod guard;
mod harm;
mod hours;
pub mod matching;
mod need;
mod notice;
mod on_call;
mod paging;
mod playbook;
mod purge;
mod relay;
mod request;
mod responder;
mod rota;
mod skill;
mod text;
mod triage;
mod words;
mod workflow;

pub use clocks::{
    Clock, ClockStands, Clocks, ClocksError, MAX_CLOCK_S, MAX_ESCALATIONS, Timeline,
    acknowledgement, assistance,
};
pub use figures::{Figure, Overdue, figures, overdue};
pub use guard::{
    Account, Action, Domain, DomainScope, GuardRefusal, MAX_SCOPE_DAYS, MAX_SCOPE_ENTRIES,
    MAX_TARGETS, MIN_V4_PREFIX, MIN_V6_PREFIX, Network, NetworkError, Plan, Scope, ScopeError,
    Target, guard,
};
pub use harm::{
    Harm, HarmBasis, HarmError, HarmKind, HarmRecord, HarmRow, HarmRowError, HarmSum, HarmUnit,
    MAX_HARM_BYTES, MAX_HARMS, MIN_HARM_RECORDS, check_rows, publishable, rounded_down, sums,
};
pub use hours::{HoursError, WEEK_HOURS, WEEK_S, WeekHours, second_of_week};
pub use need::{Answer, Data, Function, Incident, LifeSafety, Mitigation, Need, Sector, Support};
pub use notice::{
    MAX_DUE_S, MAX_NOTICE_CHARS, MIN_DUE_S, NOTICE_FORMAT, Notice, NoticeError, NoticeStands,
    RECEIPT_MEANING, Receipt, Template, Wish, notice_stands,
};
pub use on_call::{
    MAX_PEOPLE, MAX_ROTA_BYTES, MAX_WEBHOOK_BYTES, OnCall, OnCallError, Person, ROTA_FORMAT,
    Webhook, WebhookError,
};
pub use paging::{
    Alarm, Delivery, MAX_ALARMS_PER_PAGE, OUTBOX_FORMAT, Outbox, OutboxError, PAGE_FORMAT, Page,
    Promise, RETRY_FIRST_S, RETRY_MOST_S,
};
pub use playbook::{
    MAX_MINUTES, PLAYBOOK_FORMAT, Playbook, PlaybookError, PlaybookStep, PlaybookTexts, SHIPPED,
    Source, TextsOfPlaybook, TextsOfStep, Who, playbooks, playbooks_in,
};
pub use purge::{Destroyed, Kept, Ledger, Remains, Trace, is_over, purge, purge_due_s, remains};
pub use relay::{
    DEFAULT_EMBARGO_DAYS, MAX_EMBARGO_DAYS, MIN_EMBARGO_DAYS, OpenReason, Relay, RelayRefused,
    RelayRole,
};
pub use request::{
    Asset, Background, Channel, Consent, Contact, Emblem, FORMAT, FormError, MAX_FORM_BYTES,
    MAX_LIST, MAX_SHORT_CHARS, MAX_SLOTS, MAX_STORY_CHARS, Request, Times, Tlp,
};
pub use responder::{
    CAP_WINDOW_S, Caps, Held, Interests, Known, MAX_EVIDENCE_CHARS, MAX_PROFILE_BYTES,
    PROFILE_FORMAT, Profile, ProfileError, UTC_OFFSETS, Work, helper, rests_until_s, worked_s,
};
pub use rota::{MAX_SHIFTS, MAX_STRETCH_HOURS, Rota, RotaError, Shift};
pub use skill::{Level, MAX_UNITS, Skill, Slot, UNIT_HOURS, smallest_team};
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
