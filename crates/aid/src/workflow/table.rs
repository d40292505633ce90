//! The table of docs/aid.md, section 1, row by row.

use super::Reason as Because;
use super::Role::{Desk, Proxy, Requester, Responder, Triage};
use super::Stage::{
    Accepted, Acknowledged, Agreed, Closed, ConfirmedByRequester, Declined, InProgress, Matching,
    Offered, Paused, Purged, Received, Referred, Resolved, Triaged, Vetting, Withdrawn,
};
use super::{Reason, Role, Stage, Transition, Wait};

/// Where a pause can begin, and so where it can end.
pub(super) const PAUSES: &[Stage] = &[Vetting, Offered, Agreed, InProgress];

/// Only these confirm, and only these withdraw.
const VICTIM: &[Role] = &[Requester, Proxy];
const TRIAGE: &[Role] = &[Triage];
const RESPONDER: &[Role] = &[Responder];
const DESK: &[Role] = &[Desk];
const HELPERS: &[Role] = &[Triage, Responder, Desk];
const ANYONE: &[Role] = &[Requester, Proxy, Triage, Responder, Desk];

const DECLINE: &[Reason] = &[
    Because::OutsideMandate,
    Because::NotDigital,
    Because::Contradicted,
    Because::AsksForOffence,
    Because::Duplicate,
];
const REFER: &[Reason] = &[
    Because::BetterPlaced,
    Because::Csirt,
    Because::EmergencyServices,
    Because::NobodyAble,
];
const PAUSE: &[Reason] = &[
    Because::WaitsForRequester,
    Because::WaitsForOthers,
    Because::Rest,
];
const LOST: &[Reason] = &[Because::ResponderLost, Because::Conflict];
const LOST_AT_WORK: &[Reason] = &[
    Because::ResponderLost,
    Because::Conflict,
    Because::HandedOver,
];
const END_OF_WORK: &[Reason] = &[
    Because::WorkDone,
    Because::HandedOver,
    Because::NoMorePossible,
];
const WITHDRAW: &[Reason] = &[Because::TakenBack];

const fn row(
    from: Stage,
    to: Stage,
    roles: &'static [Role],
    reasons: &'static [Reason],
) -> Transition {
    let wait = Wait::None;
    Transition {
        from,
        to,
        roles,
        reasons,
        wait,
    }
}

const fn waits(row: Transition, wait: Wait) -> Transition {
    Transition { wait, ..row }
}

const fn withdraw(from: Stage) -> Transition {
    row(from, Withdrawn, VICTIM, WITHDRAW)
}

/// Every way a request can go. Between two stages there may be several rows, each with its own roles and reasons.
pub const TRANSITIONS: &[Transition] = &[
    row(Received, Acknowledged, TRIAGE, &[Because::ReadByPerson]),
    row(Acknowledged, Vetting, TRIAGE, &[Because::Checks]),
    row(Vetting, Declined, TRIAGE, DECLINE),
    row(Vetting, Referred, TRIAGE, REFER),
    row(
        Vetting,
        Accepted,
        TRIAGE,
        &[Because::Verified, Because::VouchedFor],
    ),
    row(Declined, Vetting, VICTIM, &[Because::AskedAgain]),
    row(Referred, Vetting, VICTIM, &[Because::AskedAgain]),
    row(Accepted, Triaged, TRIAGE, &[Because::NeedCoded]),
    row(Triaged, Triaged, TRIAGE, &[Because::NeedChanged]),
    row(Triaged, Matching, DESK, &[Because::RoundOpened]),
    row(Matching, Triaged, TRIAGE, &[Because::NeedChanged]),
    row(Matching, Referred, TRIAGE, &[Because::NobodyAble]),
    row(Matching, Matching, DESK, &[Because::RoundOpened]),
    row(Matching, Offered, DESK, &[Because::Matched]),
    row(Offered, Agreed, VICTIM, &[Because::TeamTaken]),
    row(Offered, Matching, VICTIM, &[Because::OtherTeam]),
    row(Offered, Matching, HELPERS, LOST),
    row(Agreed, InProgress, RESPONDER, &[Because::ScopeSigned]),
    row(Agreed, Matching, HELPERS, LOST),
    row(InProgress, Matching, HELPERS, LOST_AT_WORK),
    row(InProgress, Triaged, HELPERS, &[Because::NeedChanged]),
    row(InProgress, Resolved, RESPONDER, END_OF_WORK),
    row(Vetting, Paused, HELPERS, PAUSE),
    row(Vetting, Paused, VICTIM, &[Because::RequesterAsked]),
    row(Offered, Paused, HELPERS, PAUSE),
    row(Offered, Paused, VICTIM, &[Because::RequesterAsked]),
    row(Agreed, Paused, HELPERS, PAUSE),
    row(Agreed, Paused, VICTIM, &[Because::RequesterAsked]),
    row(InProgress, Paused, HELPERS, PAUSE),
    row(InProgress, Paused, VICTIM, &[Because::RequesterAsked]),
    row(Paused, Vetting, ANYONE, &[Because::Resumed]),
    row(Paused, Offered, ANYONE, &[Because::Resumed]),
    row(Paused, Agreed, ANYONE, &[Because::Resumed]),
    row(Paused, InProgress, ANYONE, &[Because::Resumed]),
    row(Paused, Matching, HELPERS, LOST),
    waits(row(Paused, Closed, DESK, &[Because::Quiet]), Wait::Quiet),
    row(Resolved, Agreed, VICTIM, &[Because::NotResolved]),
    row(
        Resolved,
        ConfirmedByRequester,
        VICTIM,
        &[Because::Confirmed],
    ),
    waits(row(Resolved, Closed, DESK, &[Because::Quiet]), Wait::Quiet),
    row(
        ConfirmedByRequester,
        Closed,
        &[Triage, Desk],
        &[Because::Done],
    ),
    waits(
        row(Closed, Purged, DESK, &[Because::RetentionOver]),
        Wait::Retention,
    ),
    waits(
        row(Declined, Purged, DESK, &[Because::RetentionOver]),
        Wait::Retention,
    ),
    waits(
        row(Referred, Purged, DESK, &[Because::RetentionOver]),
        Wait::Retention,
    ),
    row(Withdrawn, Purged, DESK, &[Because::AfterWithdrawal]),
    withdraw(Received),
    withdraw(Acknowledged),
    withdraw(Vetting),
    withdraw(Declined),
    withdraw(Referred),
    withdraw(Accepted),
    withdraw(Triaged),
    withdraw(Matching),
    withdraw(Offered),
    withdraw(Agreed),
    withdraw(InProgress),
    withdraw(Paused),
    withdraw(Resolved),
    withdraw(ConfirmedByRequester),
    withdraw(Closed),
];
