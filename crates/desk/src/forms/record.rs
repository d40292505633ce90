//! Forms of what belongs to no case: members, norms, calibration, complaints, money.

use record::kind::Kind;

use super::words::{ANSWERS, COMPLAINTS, ENROLLED, FUNDING, REVOCATIONS};
use super::{Field, Form, Is, Variant, field, maybe};

const PLAIN: Variant = Variant::Plain;

const CHARTER_VOTE: &[Field] = &[field("amendment", Is::Given), field("approve", Is::Truth)];
const ENROL: &[Field] = &[
    field("member", Is::Word),
    field("role", Is::Choice(ENROLLED)),
    field("jurisdiction", Is::Word),
    field("key", Is::Key),
    field("next_key_sha256", Is::Hash),
    field("possession", Is::Word),
];
const ROTATE: &[Field] = &[
    field("member", Is::Given),
    field("next_key_sha256", Is::NextKey),
];
const REVOKE: &[Field] = &[
    field("member", Is::Member),
    field("reason", Is::Choice(REVOCATIONS)),
];
const DECLARE: &[Field] = &[
    field("states", Is::Words),
    field("employer", Is::Word),
    field("funders", Is::Words),
];
const MONEY: &[Field] = &[
    field("kind", Is::Choice(FUNDING)),
    field("source", Is::Word),
    field("jurisdiction", Is::Word),
    field("amount", Is::Count),
    field("currency", Is::Given),
    field("year", Is::Count),
];
const DOCUMENT: &[Field] = &[field("document", Is::Document)];
const ACCEDE: &[Field] = &[
    field("state", Is::Word),
    field("instrument", Is::Word),
    field("from", Is::Day),
    maybe("evidence_sha256", Is::Hash),
];
const RESERVE: &[Field] = &[
    field("state", Is::Word),
    field("instrument", Is::Word),
    field("articles", Is::Words),
    field("from", Is::Day),
    maybe("evidence_sha256", Is::Hash),
];
const ASK: &[Field] = &[
    field("question", Is::Word),
    field("closes", Is::Moment),
    field("outcomes", Is::Words),
    field("text_sha256", Is::Text),
];
const FORECAST: &[Field] = &[
    field("question", Is::Given),
    field("content/ppm", Is::Posterior),
];
const RESOLVE: &[Field] = &[
    field("question", Is::Given),
    field("outcome", Is::Outcome),
    field("evidence_sha256", Is::Hash),
];
const WARN: &[Field] = &[
    field("sectors", Is::Words),
    field("advisory_sha256", Is::Text),
];
const COMPLAINT: &[Field] = &[
    field("about", Is::Choice(COMPLAINTS)),
    field("statement", Is::Statement),
    field("text_sha256", Is::Text),
];
const COMPLAINT_ANSWER: &[Field] = &[
    field("complaints", Is::Given),
    field("reason", Is::Choice(ANSWERS)),
    field("text_sha256", Is::Text),
];

pub(super) const FORMS: &[Form] = &[
    (Kind::CharterVote, PLAIN, CHARTER_VOTE),
    (Kind::MemberEnrol, PLAIN, ENROL),
    (Kind::MemberRotate, PLAIN, ROTATE),
    (Kind::MemberRevoke, PLAIN, REVOKE),
    (Kind::MemberDeclare, PLAIN, DECLARE),
    (Kind::Funding, PLAIN, MONEY),
    (Kind::NormPropose, PLAIN, DOCUMENT),
    (Kind::NormAffirm, PLAIN, &[field("instrument", Is::Word)]),
    (Kind::NormRegister, PLAIN, DOCUMENT),
    (Kind::StateAccede, PLAIN, ACCEDE),
    (Kind::StateReserve, PLAIN, RESERVE),
    (Kind::StateWithdraw, PLAIN, ACCEDE),
    (
        Kind::Pledge,
        PLAIN,
        &[field("accord", Is::Word), field("from", Is::Day)],
    ),
    (Kind::CalibrationAsk, PLAIN, ASK),
    (Kind::CalibrationAnswer, PLAIN, FORECAST),
    (Kind::CalibrationOpen, PLAIN, &[]),
    (Kind::CalibrationResolve, PLAIN, RESOLVE),
    (Kind::Warn, PLAIN, WARN),
    (Kind::Complaint, PLAIN, COMPLAINT),
    (Kind::ComplaintAnswer, PLAIN, COMPLAINT_ANSWER),
];
