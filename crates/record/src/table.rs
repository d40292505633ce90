//! Who may say what, when: one table. docs/rules.md is printed from it and diffed by a test.

mod page;
mod phase;
mod role;

pub use self::page::markdown;
pub use self::phase::{Phase, Scope};
pub use self::role::Role;

use crate::kind::Kind;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The type.
    pub kind: Kind,
    /// Who may say it.
    pub roles: &'static [Role],
    /// When.
    pub scope: Scope,
    /// The further rule, in words.
    pub rule: &'static str,
}

const ANY_PHASE: &[Phase] = Phase::ALL;
const WORKING: &[Phase] = &[
    Phase::Open,
    Phase::Review,
    Phase::Notified,
    Phase::Answered,
    Phase::Decided,
];
const ANALYSIS: &[Phase] = &[Phase::Open, Phase::Decided];
const PANEL: &[Phase] = &[Phase::Review, Phase::Notified, Phase::Answered];
const AFTER: &[Phase] = &[Phase::Decided, Phase::Closed];
const MEMBERS: &[Role] = &[
    Role::Registrar,
    Role::Investigator,
    Role::Laboratory,
    Role::Reviewer,
    Role::State,
    Role::Company,
];

macro_rules! row {
    ($kind:ident, [$($role:ident)*], $scope:expr, $rule:literal) => {
        Row { kind: Kind::$kind, roles: &[$(Role::$role,)*], scope: $scope, rule: $rule }
    };
    ($kind:ident, $roles:ident, $scope:expr, $rule:literal) => {
        Row { kind: Kind::$kind, roles: $roles, scope: $scope, rule: $rule }
    };
}

/// The table, one row per type, in the order of [`Kind::ALL`].
pub const TABLE: &[Row] = &[
    row!(
        Tick,
        [Log],
        Scope::Record,
        "opens each batch; never earlier than the tick before"
    ),
    row!(
        Refusal,
        [Log],
        Scope::Record,
        "hash and code of a refused submission, on the submitter's wish"
    ),
    row!(
        Charter,
        [Log],
        Scope::Genesis,
        "entry 0; signed by the log key it names"
    ),
    row!(
        CharterFound,
        [Founder],
        Scope::Record,
        "each founder once, over the charter's digest; nothing else is admitted until all have signed"
    ),
    row!(CharterAmend, [Registrar Reviewer], Scope::Record, "the whole new text, version plus one, same record and log key; in force once the amendment quorum's votes are in"),
    row!(
        CharterVote,
        [Reviewer],
        Scope::Record,
        "one vote per member on the digest of an open amendment"
    ),
    row!(
        MemberEnrol,
        [Registrar],
        Scope::Record,
        "the new member shows possession of its key; registrars and reviewers are seated by charter only"
    ),
    row!(
        MemberRotate,
        [NextKey],
        Scope::Record,
        "signed by the key the member committed to beforehand"
    ),
    row!(
        MemberRevoke,
        MEMBERS,
        Scope::Record,
        "by the member itself; an enrolled member also by the registrar, a seated one by amendment only"
    ),
    row!(
        MemberDeclare,
        MEMBERS,
        Scope::Record,
        "ties that make a member step aside; ties once declared stay"
    ),
    row!(
        Funding,
        [Registrar],
        Scope::Record,
        "received, returned or corrected, in the charter's currency, of this year or the last (taken off: of any); a source keeps its jurisdiction, and no more is taken off than it gave"
    ),
    row!(
        NormPropose,
        MEMBERS,
        Scope::Record,
        "a text of its own identifier, force `proposal`, binding `affirmation`; a few per member"
    ),
    row!(NormAffirm, [State Company], Scope::Record, "a proposed text, once per state or member"),
    row!(
        NormRegister,
        [Registrar],
        Scope::Record,
        "a whole text, element tables included; a later one of the same instrument takes its place, and every accession must still fit"
    ),
    row!(StateAccede, [State Registrar], Scope::Record, "by the state itself, or by the registrar with the hash of public evidence; a text of the record, and no overlap"),
    row!(StateReserve, [State Registrar], Scope::Record, "as for accession"),
    row!(StateWithdraw, [State Registrar], Scope::Record, "as for accession"),
    row!(
        Pledge,
        [Company],
        Scope::Record,
        "adherence to a text of the record; reports against it attach"
    ),
    row!(
        CalibrationAsk,
        [Registrar],
        Scope::Record,
        "a question outside every running case: a new identifier, 2 to 16 outcomes, a close to come"
    ),
    row!(
        CalibrationAnswer,
        [Reviewer],
        Scope::Record,
        "content sealed; once per reviewer and question, before the close"
    ),
    row!(
        CalibrationOpen,
        [Registrar Reviewer],
        Scope::Record,
        "an answer after the close; until it is open it counts as the worst"
    ),
    row!(
        CalibrationResolve,
        [Registrar],
        Scope::Record,
        "once, with the hash of public evidence, after the close; while an answer is sealed, one panel window later"
    ),
    row!(
        Report,
        [Anyone],
        Scope::Record,
        "any key, which stays the same for consent"
    ),
    row!(
        Consent,
        [Reporter],
        Scope::Record,
        "by the key of the report; the latest counts; cannot be lowered after publication"
    ),
    row!(
        CaseOpen,
        [Registrar],
        Scope::NewCase,
        "from reports not yet taken, under the selection rule in force when they came in"
    ),
    row!(
        CaseRefuse,
        [Registrar],
        Scope::Record,
        "with a reason, under the selection rule in force when the reports came in"
    ),
    row!(
        CaseClose,
        [Registrar],
        Scope::Case(WORKING),
        "ends the case; not while it is before its panel, unless the round is lost"
    ),
    row!(Exhibit, [Investigator Laboratory Registrar Reporter], Scope::Case(WORKING), "each content once per case"),
    row!(Custody, [Investigator Laboratory Registrar], Scope::Case(ANY_PHASE), "of an exhibit of the case"),
    row!(Disclose, [Registrar Investigator Laboratory Reviewer], Scope::Case(ANY_PHASE), "reviews once all assigned have answered or the panel window closed; votes likewise; the rest once opened votes to publish reach the quorum"),
    row!(
        Hypotheses,
        [Investigator],
        Scope::Case(WORKING),
        "content sealed; the last before review counts; frozen from assignment until the finding is published or the round lost; then it starts the next round"
    ),
    row!(
        LabCommit,
        [Laboratory],
        Scope::Case(ANALYSIS),
        "content sealed; once per laboratory and comparison, on the same exhibits as the others, before any of the comparison is open"
    ),
    row!(
        LabOpen,
        [Laboratory],
        Scope::Case(WORKING),
        "its own commitment, once two laboratories have committed to the comparison; one answer per exhibit; counts in the round if before the assignment"
    ),
    row!(Assessment, [Investigator Laboratory], Scope::Case(WORKING), "content sealed; frozen as hypotheses are; after a finding or a lost round it starts the next round"),
    row!(
        Facts,
        [Investigator],
        Scope::Case(ANALYSIS),
        "content sealed; the last of each coder counts; after a finding it starts the next round"
    ),
    row!(
        Mask,
        [Registrar],
        Scope::Case(&[Phase::Open]),
        "content sealed; after hypotheses and an assessment; the last before the assignment counts, later analysis voids it"
    ),
    row!(
        ReviewAssign,
        [Registrar],
        Scope::Case(&[Phase::Open]),
        "seated reviewers enough for the quorum and its regions; waits for committed laboratories, one panel window at most; freezes the analysis"
    ),
    row!(
        Recuse,
        [Reviewer],
        Scope::Case(PANEL),
        "assigned, and before reviewing or voting"
    ),
    row!(
        Review,
        [Reviewer],
        Scope::Case(PANEL),
        "content sealed; assigned, not recused, once per round, before any of the round is opened"
    ),
    row!(
        Unmask,
        [Registrar Reviewer],
        Scope::Case(PANEL),
        "a reviewer of the panel knows what the mask hides: said by itself or by the registrar, once per round; recorded before the first review opens, its review does not count as blind"
    ),
    row!(
        Notice,
        [Registrar],
        Scope::Case(&[Phase::Review]),
        "addressee sealed; opens the reply window"
    ),
    row!(
        Reply,
        [ReplyKey],
        Scope::Case(&[Phase::Notified]),
        "within the window, signed by the key the addressee chose"
    ),
    row!(
        ReplyNone,
        [Registrar Reviewer],
        Scope::Case(&[Phase::Notified]),
        "after the window has closed"
    ),
    row!(
        Vote,
        [Reviewer],
        Scope::Case(PANEL),
        "content sealed; assigned, not recused, once per round, before any of the round is opened"
    ),
    row!(
        Dissent,
        [Reviewer],
        Scope::Case(PANEL),
        "assigned reviewers; becomes part of the finding"
    ),
    row!(
        Finding,
        [Registrar Reviewer],
        Scope::Case(PANEL),
        "exactly what the rules derive from the opened case; quorum, consent, reviews, reply and dissent windows; not while a funding cap is broken"
    ),
    row!(
        Supersede,
        [Registrar Reviewer],
        Scope::Case(PANEL),
        "as for a finding, in a later round; names the standing finding"
    ),
    row!(
        Withdraw,
        [Reviewer],
        Scope::Case(AFTER),
        "a standing finding; carried once the finding quorum asks for it; it stays readable"
    ),
    row!(Warn, [Registrar Investigator], Scope::Record, "has no field that could name anyone"),
    row!(
        Endorse,
        MEMBERS,
        Scope::Case(ANY_PHASE),
        "a finding of the case"
    ),
    row!(
        Rebut,
        MEMBERS,
        Scope::Case(ANY_PHASE),
        "a finding of the case"
    ),
    row!(
        Alternative,
        [Anyone],
        Scope::Case(ANY_PHASE),
        "admitted only if the re-run gives the stated result"
    ),
    row!(
        Complaint,
        [Anyone],
        Scope::Record,
        "about a statement of the record; at most 8 of one key open at a time"
    ),
    row!(
        ComplaintAnswer,
        [Reviewer],
        Scope::Record,
        "of open complaints, each once; not by who made them or whose statement they are about"
    ),
    row!(
        AidDesk,
        [Registrar],
        Scope::Record,
        "version plus one; officers that neither investigate nor judge; clocks, retention and caps within bounds"
    ),
    row!(
        AidRequest,
        [Anyone],
        Scope::Record,
        "a key that is nobody's else, commitments alone, sealed to the desk; at most 4 of one key open at a time"
    ),
    row!(AidItem, [Officer Requester Responder], Scope::Record, "of a request that is not over; a need by an officer, a report by who helps, harm by the requester"),
    row!(AidStep, [Officer Requester Responder], Scope::Record, "one row of the workflow's table, by whom it names, for one of its reasons, after its wait; only the requester or its proxy withdraws and confirms"),
    row!(
        AidEnlist,
        [Anyone],
        Scope::Record,
        "signs the code of conduct in force; no member that investigates, reviews or registers"
    ),
    row!(
        AidVet,
        [Officer],
        Scope::Record,
        "a responder that was not dismissed, for at most two years"
    ),
    row!(AidDismiss, [Officer Responder], Scope::Record, "at once; what it helps with goes back to matching under clocks that run on; a responder ends its own offer"),
    row!(
        AidRound,
        [Officer],
        Scope::Record,
        "closes inputs that were never closed, while no other round is open; the next tick fixes its seed"
    ),
    row!(
        AidMatch,
        [Officer],
        Scope::Record,
        "the outcome of a round whose seed is fixed, once and within a day; it accounts for each request of the inputs"
    ),
    row!(
        AidScope,
        [Requester],
        Scope::Record,
        "an item that the requester or its proxy told; once a team is offered, for at most thirty days; without one nobody acts"
    ),
    row!(
        AidConsent,
        [Requester],
        Scope::Record,
        "each purpose apart; to cross into a case names the case and items of the request, is fresh for a time, and can be taken back"
    ),
    row!(
        AidHarm,
        [Officer],
        Scope::Record,
        "a time after the one counted before; only of requests whose requester lets lessons be published; no row that rests on fewer than 5 records"
    ),
    row!(AidNotice, [State Registrar], Scope::Record, "names no addressee in the open; a fresh key answers"),
    row!(
        AidRelay,
        [Officer],
        Scope::Record,
        "an embargo of 1 to 180 days; a fresh key answers"
    ),
    row!(
        AidReceipt,
        [ReplyKey],
        Scope::Record,
        "once, by the key the notice names; it says that whoever has that key has the notice, admits nothing, and proves nothing about the addressee"
    ),
    row!(AidRelayOpen, [Officer ReplyKey], Scope::Record, "after the embargo; before, if whoever mends it agrees, or it is being exploited"),
];

/// The row of a type.
#[must_use]
pub fn row(kind: Kind) -> Option<&'static Row> {
    // In the order of the types.
    TABLE.get(kind as usize).filter(|row| row.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_its_row_in_its_place() {
        let rows = Kind::ALL.iter().map(|kind| row(*kind).map(|row| row.kind));
        assert!(rows.eq(Kind::ALL.iter().copied().map(Some)));
        assert_eq!(TABLE.len(), Kind::ALL.len());
    }
}
