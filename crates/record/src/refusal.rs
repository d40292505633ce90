//! Refusals: each a code, an HTTP-like class, a message with evidence and what to do next.

use std::fmt;

/// How a refusal is classed, for HTTP status and exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The bytes are not a statement (400).
    Malformed,
    /// Too many bytes (413).
    TooLarge,
    /// Signed wrongly, or by someone who may not say this (403).
    Forbidden,
    /// Already there, or contradicts what is there (409).
    Conflict,
    /// Well formed and entitled, but the rules do not allow it now (422).
    NotNow,
}

/// One line per code: variant, wire name, class, which of the twelve refusals, what to do.
macro_rules! codes {
    ($($variant:ident, $name:literal, $class:ident, $twelve:literal, $hint:literal;)*) => {
        /// Why the rules refuse a statement.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // each has its hint
        pub enum Code { $($variant,)* }

        impl Code {
            /// Every code, in the order of docs/rules.md.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The name on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }
            /// Its class.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $(Code::$variant => Class::$class,)* }
            }
            /// Which of the twelve refusals it enforces; 0 for none.
            #[must_use]
            pub fn of_the_twelve(self) -> u8 {
                match self { $(Code::$variant => $twelve,)* }
            }
            /// What the person who gets it can do next.
            #[must_use]
            pub fn hint(self) -> &'static str {
                match self { $(Code::$variant => $hint,)* }
            }
        }
    };
}

codes! {
    Malformed, "malformed", Malformed, 0, "see docs/format.md; `solferino new TYPE` prints a template";
    TooLarge, "too-large", TooLarge, 0, "put large content in an exhibit and name it by its hash";
    UnknownType, "unknown-type", Malformed, 0, "`solferino rules` lists the types";
    MalformedBody, "malformed-body", Malformed, 0, "`solferino new TYPE` prints the body of the type";
    FindingShape, "finding-shape", Malformed, 3, "a finding has likelihood and confidence apart and no field that combines them; `solferino bundle` and the demo show one";
    CharterShape, "charter-shape", Malformed, 6, "a charter has no field that exempts or prefers a party; see docs/format.md";
    WarningShape, "warning-shape", Malformed, 12, "a warning names nobody; to name an author, bring a case through the panel";
    MustBeSealed, "must-be-sealed", Malformed, 0, "submit it with `solferino submit`, which seals the content and keeps the opening";
    NotSealable, "not-sealable", Malformed, 0, "only /body/content of types that withhold one can be sealed";
    BadSignature, "bad-signature", Forbidden, 0, "sign the pre-authentication encoding of the exact payload bytes with the key named in keyid";
    WrongRecord, "wrong-record", Forbidden, 0, "set `record` to the origin of this record and sign again";
    AlreadyRecorded, "already-recorded", Conflict, 0, "nothing: the same words are in the record; ask for the receipt of the statement named";
    NotFounded, "not-founded", NotNow, 0, "all founders sign `charter.found` first";
    GenesisOnly, "genesis-only", Conflict, 0, "change the charter by `charter.amend`";
    TimeDecreases, "time-decreases", NotNow, 0, "a tick is never earlier than the one before";
    IndexShape, "index-shape", NotNow, 0, "a tick states the index over entries before it, at most 65,536 behind";
    OutsideTolerance, "outside-tolerance", NotNow, 0, "set `issued` to the present time, sign and submit again";
    RevokedKey, "revoked-key", Forbidden, 0, "a revoked key can say nothing more; ask the registrar to enrol a new one";
    SupersededKey, "superseded-key", Forbidden, 0, "sign with the key that took its place";
    RoleNotAllowed, "role-not-allowed", Forbidden, 0, "`solferino rules` shows who may say what";
    CaseRequired, "case-required", Malformed, 0, "name the case in the field `case`";
    CaseNotAllowed, "case-not-allowed", Malformed, 0, "leave out the field `case` for this type";
    UnknownCase, "unknown-case", NotNow, 0, "`solferino case list` shows the cases";
    CaseExists, "case-exists", Conflict, 0, "choose another case identifier";
    WrongPhase, "wrong-phase", NotNow, 0, "`solferino case show CASE` shows the phase; `solferino rules` shows what each allows";
    SealMismatch, "seal-mismatch", NotNow, 0, "open with the salt and value kept at submission; a changed value does not open the seal";
    SealUnknown, "seal-unknown", NotNow, 0, "name a statement of this case that has a sealed content";
    AlreadyOpen, "already-open", Conflict, 0, "nothing: the content is open";
    TooEarlyToOpen, "too-early-to-open", NotNow, 0, "wait until the panel has answered; blind review is real only if nothing opens early";
    ContentInvalid, "content-invalid", NotNow, 0, "the sealed content breaks the format; submit a new statement with a correct one";
    SealDate, "seal-date", NotNow, 0, "a seal's `until` lies after the governing tick";
    WrongDigest, "wrong-digest", NotNow, 0, "sign the digest of the text in question";
    AlreadySigned, "already-signed", Conflict, 0, "nothing: this founder has signed";
    AmendmentVersion, "amendment-version", NotNow, 0, "an amendment's version is one more than the charter in force, and its log key and record stay";
    AmendmentUnknown, "amendment-unknown", NotNow, 0, "vote on the digest of an open amendment";
    CharterInvalid, "charter-invalid", NotNow, 0, "correct the charter's text";
    PredecessorInvalid, "predecessor-invalid", NotNow, 0, "a successor's log key is the one its predecessor's first charter committed to; docs/suppression.md, section 8";
    MemberExists, "member-exists", Conflict, 0, "choose another member identifier";
    MemberUnknown, "member-unknown", NotNow, 0, "`solferino rules` and GET /api/v1/members show the members";
    KeyInUse, "key-in-use", Conflict, 0, "make a fresh key: one key, one member";
    PossessionNotShown, "possession-not-shown", NotNow, 0, "the new member signs the possession text of docs/format.md with the enrolled key";
    NextKeyMismatch, "next-key-mismatch", Forbidden, 0, "rotate with the key whose digest the member committed to beforehand";
    SeatedByCharter, "seated-by-charter", NotNow, 0, "a seated member is revoked by itself, or unseated by an amendment of the charter";
    NotYourself, "not-yourself", Forbidden, 0, "each member declares and accedes for itself";
    NormExists, "norm-exists", Conflict, 0, "change the document, or give a proposal an identifier of its own";
    NormInvalid, "norm-invalid", NotNow, 0, "correct the document; `solferino norms check FILE` names every fault";
    NormUnknown, "norm-unknown", NotNow, 0, "GET /api/v1/norms shows the texts of the record";
    TooManyProposals, "too-many-proposals", NotNow, 0, "a member has only so many proposals in the record; another member may propose yours";
    LawConflict, "law-conflict", NotNow, 0, "correct day, articles or instrument; `solferino norms bound` shows who is bound by what";
    EvidenceMissing, "evidence-missing", NotNow, 0, "when the registrar records a state's act, it names the public evidence by hash";
    ReportUnknown, "report-unknown", NotNow, 0, "name a report by its statement identifier";
    ReportTaken, "report-taken", Conflict, 0, "the report already led to a case or a refusal";
    SelectionRule, "selection-rule", NotNow, 0, "apply the selection rule whose digest stands in the charter";
    AfterPublication, "after-publication", NotNow, 0, "consent can be taken back until publication, not after";
    ExhibitExists, "exhibit-exists", Conflict, 0, "nothing: the exhibit is declared in this case";
    ExhibitNotHeld, "exhibit-not-held", NotNow, 0, "put the content into the vault first (`solferino exhibit add`, or PUT /api/v1/exhibits) and declare the two hashes that gives";
    ExhibitUnknown, "exhibit-unknown", NotNow, 0, "declare the exhibit in this case first; a hash names exactly one content";
    LabAlone, "lab-alone", NotNow, 0, "a second laboratory commits to the same comparison first";
    LabExhibits, "lab-exhibits", NotNow, 0, "laboratories of one comparison examine the same exhibits, each once; another question is another comparison";
    LabWindow, "lab-window", NotNow, 0, "wait until the laboratories have opened what they committed to, or until their window has closed";
    NotTheAuthor, "not-the-author", Forbidden, 0, "only the author of the statement may do this";
    ReplacesUnknown, "replaces-unknown", NotNow, 0, "name an assessment of this case that is in force";
    PanelInvalid, "panel-invalid", NotNow, 0, "assign seated reviewers, each once, enough for the charter's quorum and regions";
    NotAssigned, "not-assigned", Forbidden, 0, "only reviewers assigned to this round take part in it";
    Recused, "recused", Forbidden, 0, "a reviewer who stepped aside takes no further part in the round";
    OncePerRound, "once-per-round", Conflict, 0, "nothing: this member has already spoken in this round";
    AnalysisFrozen, "analysis-frozen", NotNow, 0, "the panel is at work on this; wait for the finding, or until the round is lost";
    NoMask, "no-mask", NotNow, 0, "there is nothing to unmask: no `mask` of this round stands before its assignment";
    PanelWindow, "panel-window", NotNow, 0, "what the others said is open already; nobody speaks blind after that";
    NothingToReview, "nothing-to-review", NotNow, 0, "submit hypotheses and an assessment first";
    NoticeUnknown, "notice-unknown", NotNow, 0, "name the notice of this round";
    WindowOpen, "window-open", NotNow, 0, "wait until the window has closed";
    WindowClosed, "window-closed", NotNow, 0, "the window has closed; a later reply is a rebuttal";
    TerritoryAlone, "territory-alone", NotNow, 1, "bring evidence other than territory or infrastructure (UN GGE 2021, para. 71(g)), or find `not-attributed`";
    NoConsent, "no-consent", NotNow, 2, "ask the reporter for `selective` or `public` consent";
    OneStrand, "one-strand", NotNow, 2, "two independent source groups must support the state";
    TooFewReviews, "too-few-reviews", NotNow, 2, "two opened reviews at least";
    ReplyWindow, "reply-window", NotNow, 2, "notify the party and wait for its reply or the end of its window before the votes";
    DissentWindow, "dissent-window", NotNow, 2, "wait for the dissent, or for the end of its window";
    QuorumMissing, "quorum-missing", NotNow, 2, "the charter's k votes across its regions, opened and on this exact text";
    VoteOtherText, "vote-other-text", NotNow, 2, "count only votes on the digest of this proposal";
    VoteNotCounted, "vote-not-counted", NotNow, 2, "list opened votes to publish by assigned, unrecused reviewers of this round, each once, in record order";
    Conflicted, "conflicted", NotNow, 2, "a reviewer with a declared tie to the named or exonerated state does not count";
    Echo, "echo", NotNow, 4, "strands that share an upstream are one strand; bring an independent one";
    SealedEvidence, "sealed-evidence", NotNow, 7, "open every statement the finding rests on first";
    NotRecomputed, "not-recomputed", NotNow, 11, "a finding is what the rules compute from the opened case; derive it with `solferino finding propose`";
    WrongCaseList, "wrong-case-list", NotNow, 0, "list every statement of the case so far, in record order, dissent and reply included";
    WrongStateDigest, "wrong-state-digest", NotNow, 0, "use the digest of the present members, keys, recusals and charter";
    StandingFinding, "standing-finding", Conflict, 0, "replace the standing finding by `supersede`, or take it back by `withdraw`";
    FindingUnknown, "finding-unknown", NotNow, 0, "name a finding of this case that stands";
    ChangeInvalid, "change-invalid", NotNow, 0, "write changes as `solferino replay --set` and `--without` take them";
    StatementUnknown, "statement-unknown", NotNow, 0, "name a statement of this record";
    ClaimNotPublic, "claim-not-public", NotNow, 0, "a claim is checked once its publisher has made it; give the day it was published";
    PledgeUnknown, "pledge-unknown", NotNow, 0, "name a pledge of this record by its statement identifier";
    QuestionExists, "question-exists", Conflict, 0, "choose another identifier for the question";
    QuestionUnknown, "question-unknown", NotNow, 0, "`solferino calibration DIR` shows the questions and answers";
    QuestionInvalid, "question-invalid", NotNow, 0, "a question has 2 to 16 different outcomes and closes after now; it resolves to one of them";
    QuestionClosed, "question-closed", NotNow, 0, "answers come before the close";
    QuestionOpen, "question-open", NotNow, 0, "wait until the question has closed";
    QuestionAnswered, "question-answered", Conflict, 0, "nothing: each reviewer answers a question once";
    QuestionResolved, "question-resolved", Conflict, 0, "nothing: a resolution stands; a wrong one is met by a complaint";
    FundingInvalid, "funding-invalid", NotNow, 0, "book whole units of the charter's currency, received this year or last, under the source's one jurisdiction; take off no more than the source gave that year";
    FundingCap, "funding-cap", NotNow, 0, "too much of the body's money comes from one hand: find other givers, or give some back; everything but new findings goes on";
    ComplaintUnknown, "complaint-unknown", NotNow, 0, "name 1 to 64 complaints of this record, each once; `solferino independence DIR` lists the overdue ones";
    ComplaintAnswered, "complaint-answered", Conflict, 0, "nothing: it is answered; whoever finds the answer wrong complains of the answer";
    ComplaintOwn, "complaint-own", Forbidden, 0, "another reviewer answers: not who made the complaint, not whose statement it is about";
    ComplaintsOpen, "complaints-open", NotNow, 0, "wait until one of your open complaints is answered";
    AlreadyAffirmed, "already-affirmed", Conflict, 0, "nothing: it is on the record";
    AidNoDesk, "aid-no-desk", NotNow, 0, "this record helps nobody yet: its registrar names a desk by `aid.desk`";
    AidDeskInvalid, "aid-desk-invalid", NotNow, 0, "correct the policy; docs/aid-statements.md, section 5, has its bounds";
    AidDeskVersion, "aid-desk-version", NotNow, 0, "get the desk's present officers from GET /api/v1/aid and seal to them";
    AidWall, "aid-wall", Forbidden, 8, "use another key: who helps does not judge, and a request is asked under a key of its own";
    AidKeyName, "aid-key-name", NotNow, 0, "make the key anew under the name told: the names of keys are public for ever";
    AidItems, "aid-items", NotNow, 0, "name 1 to 8 items, each once, of a request that was not withdrawn and whose retention is not over; put what is left of many into one";
    AidContentNotHeld, "aid-content-not-held", NotNow, 0, "hand the sealed items over with the statement: `solferino aid`, or POST /api/v1/aid/requests";
    AidTooMany, "aid-too-many", NotNow, 0, "go on with a request that is open, or withdraw one";
    AidRequestUnknown, "aid-request-unknown", NotNow, 0, "name the request by its statement identifier";
    AidWrongState, "aid-wrong-state", NotNow, 0, "`solferino aid status` shows where the request stands and where it can go";
    AidNotYours, "aid-not-yours", Forbidden, 0, "docs/aid.md, section 1, says who takes which step";
    AidReason, "aid-reason", NotNow, 0, "give one of the reasons of the step; docs/aid.md, section 1, lists them";
    AidTooEarly, "aid-too-early", NotNow, 0, "wait until the time named";
    AidStepFields, "aid-step-fields", Malformed, 0, "`class` goes with triage, `round` with a round of matching, `offer` with an offer; nothing else has them";
    AidRound, "aid-round", NotNow, 0, "close new inputs by `aid.round` while no round is open, wait for the next tick, then say the outcome of all of them, once and within a day";
    AidNotMatched, "aid-not-matched", NotNow, 0, "offer what the round computed for this request, with its place in the outcome, within seven days; who was refused needs another round without them";
    AidNothingAsked, "aid-nothing-asked", NotNow, 0, "tell the requester what you wait for (`aid.item`, kind message), then pause; answer whoever wrote last before anything is closed in silence";
    AidConsentMissing, "aid-consent-missing", NotNow, 8, "ask the requester: nothing is shown to helpers before they allow it by `aid.consent`, purpose share-with-helpers";
    AidScopeMissing, "aid-scope-missing", NotNow, 10, "nobody acts before the requester has signed which actions on which systems: an item of theirs, named by `aid.scope`, at most thirty days";
    AidConsentInvalid, "aid-consent-invalid", NotNow, 8, "name the case and items of this request, and give the consent afresh";
    AidCode, "aid-code", NotNow, 10, "sign the code of conduct in force; GET /api/v1/aid names it";
    AidEnlisted, "aid-enlisted", Conflict, 0, "nothing: it is enlisted; who was dismissed comes back with another key and another vetting";
    AidResponderUnknown, "aid-responder-unknown", NotNow, 0, "name a responder by its enlistment";
    AidResponderUnfit, "aid-responder-unfit", NotNow, 0, "only a responder that is vetted, not dismissed, and signed the code in force may help";
    AidVetting, "aid-vetting", NotNow, 0, "a vetting holds for at most two years";
    AidHarm, "aid-harm", NotNow, 0, "count a time after the last one, over requests that were accepted and allow it; leave out what rests on fewer than 5 records: `solferino aid harm-count`";
    AidNotice, "aid-notice", NotNow, 0, "use a fresh answer key and a day to come; a receipt is given once";
    AidEmbargo, "aid-embargo", NotNow, 0, "an embargo lasts 1 to 180 days and ends early only by whoever mends it, or if it is being exploited";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refused statement: nothing of it was stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    /// Why, as a code.
    pub code: Code,
    /// What happened, with the evidence.
    pub detail: String,
}

impl Refusal {
    /// A refusal with its evidence in words.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    /// Whether the same bytes might be admitted at another time.
    #[must_use]
    pub fn clock_dependent(&self) -> bool {
        matches!(
            self.code,
            Code::OutsideTolerance
                | Code::SealDate
                | Code::LabWindow
                | Code::WindowOpen
                | Code::WindowClosed
                | Code::DissentWindow
                | Code::ReplyWindow
                | Code::TooEarlyToOpen
                | Code::ClaimNotPublic
                | Code::QuestionClosed
                | Code::QuestionOpen
                | Code::FundingInvalid
                | Code::FundingCap
                | Code::AidTooEarly
                | Code::AidVetting
                | Code::AidEmbargo
        )
    }
}

impl From<crate::statement::StatementError> for Refusal {
    fn from(e: crate::statement::StatementError) -> Self {
        use crate::envelope::EnvelopeError;
        use crate::kind::Kind;
        use crate::statement::StatementError;
        let code = match &e {
            StatementError::Envelope(EnvelopeError::TooLarge { .. }) => Code::TooLarge,
            StatementError::Envelope(EnvelopeError::Signature { .. }) => Code::BadSignature,
            StatementError::Kind(_) => Code::UnknownType,
            StatementError::ContentInTheOpen { .. } => Code::MustBeSealed,
            StatementError::Body {
                kind: Kind::Finding | Kind::Supersede,
                ..
            } => Code::FindingShape,
            StatementError::Body {
                kind: Kind::Charter | Kind::CharterAmend,
                ..
            } => Code::CharterShape,
            StatementError::Body {
                kind: Kind::Warn, ..
            } => Code::WarningShape,
            StatementError::Body { .. } => Code::MalformedBody,
            _ => Code::Malformed,
        };
        Self::new(code, e.to_string())
    }
}
