//! The statement types: their names, groups and typed bodies, in one list.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::body::{
    aid, analysis, blind, calibration, case, charter, deciding, evidence, log, members, others,
    outcome, rules,
};
use crate::shape;

/// Groups of statement types, as docs/format.md orders them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the names are the groups
pub enum Group {
    Log,
    Charter,
    Members,
    Rules,
    Calibration,
    Case,
    Evidence,
    Analysis,
    Deciding,
    Outcome,
    Others,
    Aid,
}

/// One line per statement type: variant, wire name, group, body.
macro_rules! kinds {
    ($($variant:ident, $name:literal, $group:ident, $body:ty;)*) => {
        /// A statement type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // documented on the bodies
        pub enum Kind { $($variant,)* }

        /// The typed body of a statement.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // documented on the bodies
        #[allow(clippy::large_enum_variant)] // one per statement, never in bulk
        pub enum Body { $($variant($body),)* }

        impl Kind {
            /// Every type, in the order of docs/format.md.
            pub const ALL: &[Kind] = &[$(Kind::$variant,)*];

            /// The name in the `type` field.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Kind::$variant => $name,)* }
            }

            /// The group it belongs to.
            #[must_use]
            pub fn group(self) -> Group {
                match self { $(Kind::$variant => Group::$group,)* }
            }
        }

        impl Body {
            /// Reads the body of a type.
            ///
            /// # Errors
            /// Unknown or missing fields, wrong types or shapes, identifiers out of bounds.
            pub fn parse(kind: Kind, value: &Value) -> Result<Self, serde_json::Error> {
                match kind { $(Kind::$variant => shape::read(value).map(Body::$variant),)* }
            }

            /// The type it belongs to.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $(Body::$variant(_) => Kind::$variant,)* }
            }

            /// The body as JSON.
            #[must_use]
            pub fn to_value(&self) -> Value {
                match self { $(Body::$variant(b) => serde_json::to_value(b).unwrap_or(Value::Null),)* }
            }
        }
    };
}

kinds! {
    Tick, "tick", Log, log::Tick;
    Refusal, "refusal", Log, log::Refused;
    Charter, "charter", Charter, charter::Charter;
    CharterFound, "charter.found", Charter, charter::Found;
    CharterAmend, "charter.amend", Charter, charter::Amend;
    CharterVote, "charter.vote", Charter, charter::CharterVote;
    MemberEnrol, "member.enrol", Members, members::Enrol;
    MemberRotate, "member.rotate", Members, members::Rotate;
    MemberRevoke, "member.revoke", Members, members::Revoke;
    MemberDeclare, "member.declare", Members, members::Declare;
    Funding, "funding", Members, members::Funding;
    NormPropose, "norm.propose", Rules, rules::Propose;
    NormAffirm, "norm.affirm", Rules, rules::Affirm;
    NormRegister, "norm.register", Rules, rules::Register;
    StateAccede, "state.accede", Rules, rules::Accede;
    StateReserve, "state.reserve", Rules, rules::Reserve;
    StateWithdraw, "state.withdraw", Rules, rules::Leave;
    Pledge, "pledge", Rules, rules::Pledge;
    CalibrationAsk, "calibration.ask", Calibration, calibration::Ask;
    CalibrationAnswer, "calibration.answer", Calibration, calibration::Answer;
    CalibrationOpen, "calibration.open", Calibration, calibration::OpenAnswer;
    CalibrationResolve, "calibration.resolve", Calibration, calibration::Resolve;
    Report, "report", Case, case::Report;
    Consent, "consent", Case, case::Consent;
    CaseOpen, "case.open", Case, case::Open;
    CaseRefuse, "case.refuse", Case, case::Refuse;
    CaseClose, "case.close", Case, case::Close;
    Exhibit, "exhibit", Evidence, evidence::Exhibit;
    Custody, "custody", Evidence, evidence::Custody;
    Disclose, "disclose", Evidence, evidence::Disclose;
    Hypotheses, "hypotheses", Analysis, analysis::HypothesesSet;
    LabCommit, "lab.commit", Analysis, analysis::LabCommit;
    LabOpen, "lab.open", Analysis, analysis::LabOpen;
    Assessment, "assessment", Analysis, analysis::Assessment;
    Facts, "facts", Analysis, analysis::Facts;
    Mask, "mask", Deciding, blind::Mask;
    ReviewAssign, "review.assign", Deciding, deciding::Assign;
    Recuse, "recuse", Deciding, deciding::Recuse;
    Review, "review", Deciding, deciding::Review;
    Unmask, "unmask", Deciding, blind::Unmask;
    Notice, "notice", Deciding, deciding::Notice;
    Reply, "reply", Deciding, deciding::Reply;
    ReplyNone, "reply.none", Deciding, deciding::ReplyNone;
    Vote, "vote", Deciding, deciding::Vote;
    Dissent, "dissent", Deciding, deciding::Dissent;
    Finding, "finding", Outcome, outcome::Finding;
    Supersede, "supersede", Outcome, outcome::Supersede;
    Withdraw, "withdraw", Outcome, outcome::Withdraw;
    Warn, "warn", Outcome, outcome::Warn;
    Endorse, "endorse", Others, others::Endorse;
    Rebut, "rebut", Others, others::Rebut;
    Alternative, "alternative", Others, others::Alternative;
    Complaint, "complaint", Others, others::Complaint;
    ComplaintAnswer, "complaint.answer", Others, others::ComplaintAnswer;
    AidDesk, "aid.desk", Aid, aid::Desk;
    AidRequest, "aid.request", Aid, aid::Request;
    AidItem, "aid.item", Aid, aid::AddItems;
    AidStep, "aid.step", Aid, aid::Step;
    AidEnlist, "aid.enlist", Aid, aid::Enlist;
    AidVet, "aid.vet", Aid, aid::Vet;
    AidDismiss, "aid.dismiss", Aid, aid::Dismiss;
    AidRound, "aid.round", Aid, aid::Round;
    AidMatch, "aid.match", Aid, aid::Match;
    AidScope, "aid.scope", Aid, aid::Scope;
    AidConsent, "aid.consent", Aid, aid::Consent;
    AidHarm, "aid.harm", Aid, aid::HarmCount;
    AidNotice, "aid.notice", Aid, aid::Notice;
    AidRelay, "aid.relay", Aid, aid::Relay;
    AidReceipt, "aid.receipt", Aid, aid::Receipt;
    AidRelayOpen, "aid.relay.open", Aid, aid::RelayOpen;
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A `type` that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no statement type {0:?}; `solferino rules` lists them")]
pub struct UnknownKind(pub String);

impl FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Kind::ALL.iter().copied().find(|k| k.as_str() == text);
        found.ok_or_else(|| UnknownKind(text.chars().take(80).collect()))
    }
}

/// What a sealed statement withheld, once opened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // documented on the bodies
pub enum Content {
    Hypotheses(method::input::Hypotheses),
    LabAnswer(analysis::LabAnswer),
    Assessed(analysis::Assessed),
    Facts(analysis::CodedFacts),
    Mask(blind::MaskMap),
    Reviewed(deciding::Reviewed),
    Addressee(deciding::Addressee),
    Voted(deciding::Voted),
    Forecast(calibration::Forecast),
}

impl Kind {
    /// Whether the type withholds a content, which then *must* be sealed on submission.
    #[must_use]
    pub fn has_content(self) -> bool {
        use Kind::{
            Assessment, CalibrationAnswer, Facts, Hypotheses, LabCommit, Mask, Notice, Review, Vote,
        };
        matches!(
            self,
            CalibrationAnswer
                | Hypotheses
                | LabCommit
                | Assessment
                | Facts
                | Mask
                | Review
                | Notice
                | Vote
        )
    }
}

impl Content {
    /// Reads an opened content of a type.
    ///
    /// # Errors
    /// The type has no content, or the value does not fit it.
    pub fn parse(kind: Kind, value: &Value) -> Result<Self, serde_json::Error> {
        use serde::de::Error as _;
        Ok(match kind {
            Kind::Hypotheses => Self::Hypotheses(shape::read(value)?),
            Kind::LabCommit => Self::LabAnswer(shape::read(value)?),
            Kind::Assessment => Self::Assessed(shape::read(value)?),
            Kind::Facts => Self::Facts(shape::read(value)?),
            Kind::Mask => Self::Mask(shape::read(value)?),
            Kind::Review => Self::Reviewed(shape::read(value)?),
            Kind::Notice => Self::Addressee(shape::read(value)?),
            Kind::Vote => Self::Voted(shape::read(value)?),
            Kind::CalibrationAnswer => Self::Forecast(shape::read(value)?),
            other => {
                return Err(serde_json::Error::custom(format!(
                    "{other} withholds no content"
                )));
            }
        })
    }
}
