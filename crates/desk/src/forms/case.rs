//! Forms of what belongs to a case, in the order in which one goes.

use record::kind::Kind;

use super::words::{
    ACTOR_KINDS, BASES, CHOICES, CLOSINGS, CREDIBILITY, HANDLING, HOW, INCIDENTS, ITEM_KINDS,
    LEVELS, RECUSALS, REFUSALS, REGIONS, RELIABILITY, SAYS, TLP, UNMASKINGS, WITHDRAWALS,
};
use super::{Field, Form, Is, Variant, field, maybe};

const REPORT: &[Field] = &[
    field("incident", Is::Choice(INCIDENTS)),
    field("sector", Is::Word),
    field("happened", Is::Day),
    maybe("region", Is::Choice(REGIONS)),
    field("account_sha256", Is::Text),
];
const CONSENT: &[Field] = &[
    field("report", Is::Given),
    field("level", Is::Choice(LEVELS)),
    field("exhibits", Is::Exhibits),
];
const OPEN: &[Field] = &[
    field("reports", Is::Given),
    field("question", Is::Given),
    field("selection_rule_sha256", Is::Given),
];
const ASSERTION: &[Field] = &[
    field("id", Is::Word),
    field("says/kind", Is::Choice(SAYS)),
    maybe("says/state", Is::Word),
    maybe("says/actor", Is::Word),
    maybe("says/item", Is::Word),
    maybe("says/of", Is::Choice(ITEM_KINDS)),
];
const OPEN_CLAIM: &[Field] = &[
    field("reports", Is::Given),
    field("question/publisher", Is::Word),
    field("question/published", Is::Day),
    field("question/text_sha256", Is::Text),
    maybe("question/objects_sha256", Is::Hash),
    field("question/assertions", Is::Rows(ASSERTION)),
    field("selection_rule_sha256", Is::Given),
];
const REFUSE: &[Field] = &[
    field("reports", Is::Given),
    field("reason", Is::Choice(REFUSALS)),
    field("selection_rule_sha256", Is::Given),
];
const EXHIBIT: &[Field] = &[
    field("sha256", Is::File),
    field("media_type", Is::Word),
    field("acquired", Is::Day),
    field("how", Is::Choice(HOW)),
    field("source", Is::Word),
    field("upstream", Is::Words),
    field("tlp", Is::Choice(TLP)),
];
const CUSTODY: &[Field] = &[
    field("exhibit", Is::Exhibit),
    field("event/kind", Is::Choice(HANDLING)),
    maybe("event/to", Is::Word),
    maybe("event/basis", Is::Word),
];
const ACTOR: &[Field] = &[
    field("id", Is::Word),
    field("kind", Is::Choice(ACTOR_KINDS)),
    maybe("state", Is::Word),
    field("prior_ppm", Is::Share),
];
const RELATION: &[Field] = &[
    field("state", Is::Word),
    field("allied", Is::Words),
    field("adversary", Is::Words),
];
const HYPOTHESES: &[Field] = &[
    field("content/actors", Is::Rows(ACTOR)),
    field("content/delta_ppm", Is::Share),
    field("content/relations", Is::Rows(RELATION)),
];
/// What an observation means, in an item and in a laboratory's reading.
const READING: &[Field] = &[
    field("kind", Is::Choice(ITEM_KINDS)),
    field("reliability", Is::Choice(RELIABILITY)),
    field("credibility", Is::Choice(CREDIBILITY)),
    field("phi_ppm", Is::Share),
    field("lr", Is::Places),
    field("recheckable", Is::Truth),
    maybe("state", Is::Word),
    maybe("bloc", Is::Word),
];
const ANSWER: &[Field] = &[
    field("exhibit", Is::Exhibit),
    field("answer", Is::Word),
    maybe("reading", Is::Part(READING)),
];
const LAB_COMMIT: &[Field] = &[
    field("comparison", Is::Word),
    field("exhibits", Is::Exhibits),
    field("content/answers", Is::Rows(ANSWER)),
    field("content/report_sha256", Is::Text),
];
const STRAND: &[Field] = &[
    field("id", Is::Word),
    field("rho_ppm", Is::Share),
    field("c_ppm", Is::Share),
];
const ITEM: &[Field] = &[
    field("id", Is::Word),
    field("strand", Is::Word),
    field("kind", Is::Choice(ITEM_KINDS)),
    field("reliability", Is::Choice(RELIABILITY)),
    field("credibility", Is::Choice(CREDIBILITY)),
    field("phi_ppm", Is::Share),
    field("lr", Is::Ratios),
    maybe("deception", Is::Disguise),
    field("upstream", Is::Words),
    field("exhibits", Is::Exhibits),
    field("recheckable", Is::Truth),
    field("source/organisation", Is::Word),
    maybe("source/state", Is::Word),
    maybe("source/bloc", Is::Word),
];
const ASSESSMENT: &[Field] = &[
    field("content/strands", Is::Rows(STRAND)),
    field("content/items", Is::Rows(ITEM)),
];
const CORRECTED: &[Field] = &[
    field("replaces", Is::Given),
    field("content/strands", Is::Rows(STRAND)),
    field("content/items", Is::Rows(ITEM)),
];
const FACT: &[Field] = &[
    field("fact", Is::Coded),
    maybe("about", Is::Word),
    maybe("on", Is::Day),
    field("likelihood_ppm", Is::Share),
    field("exhibits", Is::Exhibits),
];
const FACTS: &[Field] = &[
    field("content/on", Is::Day),
    field("content/facts", Is::Rows(FACT)),
];
const MASK: &[Field] = &[field("content", Is::Names)];
const REVIEW: &[Field] = &[
    field("content/posterior_ppm", Is::Posterior),
    field("content/blind", Is::Truth),
];
const UNMASK: &[Field] = &[
    field("reviewer", Is::Member),
    field("reason", Is::Choice(UNMASKINGS)),
];
const NOTICE: &[Field] = &[
    field("reply_key", Is::Key),
    field("content/state", Is::Word),
];
const REPLY: &[Field] = &[field("notice", Is::Given), field("text_sha256", Is::Text)];
const VOTE: &[Field] = &[
    field("content/proposal", Is::Given),
    field("content/choice", Is::Choice(CHOICES)),
];
const DISSENT: &[Field] = &[field("ground", Is::Word), field("text_sha256", Is::Text)];
const WITHDRAW: &[Field] = &[
    field("finding", Is::Given),
    field("reason", Is::Choice(WITHDRAWALS)),
    field("text_sha256", Is::Text),
];
const ENDORSE: &[Field] = &[
    field("finding", Is::Given),
    field("basis", Is::Choice(BASES)),
];
const REBUT: &[Field] = &[
    field("finding", Is::Given),
    field("basis", Is::Choice(BASES)),
    field("text_sha256", Is::Text),
];
const ALTERNATIVE: &[Field] = &[field("finding", Is::Given), field("changes", Is::Lines)];

const PLAIN: Variant = Variant::Plain;

pub(super) const FORMS: &[Form] = &[
    (Kind::Report, PLAIN, REPORT),
    (Kind::Consent, PLAIN, CONSENT),
    (Kind::CaseOpen, PLAIN, OPEN),
    (Kind::CaseOpen, Variant::Claim, OPEN_CLAIM),
    (Kind::CaseRefuse, PLAIN, REFUSE),
    (
        Kind::CaseClose,
        PLAIN,
        &[field("reason", Is::Choice(CLOSINGS))],
    ),
    (Kind::Exhibit, PLAIN, EXHIBIT),
    (Kind::Custody, PLAIN, CUSTODY),
    (Kind::Disclose, PLAIN, &[]),
    (Kind::Hypotheses, PLAIN, HYPOTHESES),
    (Kind::LabCommit, PLAIN, LAB_COMMIT),
    (Kind::LabOpen, PLAIN, &[]),
    (Kind::Assessment, PLAIN, ASSESSMENT),
    (Kind::Assessment, Variant::Correction, CORRECTED),
    (Kind::Facts, PLAIN, FACTS),
    (Kind::Mask, PLAIN, MASK),
    (
        Kind::ReviewAssign,
        PLAIN,
        &[field("reviewers", Is::Reviewers)],
    ),
    (
        Kind::Recuse,
        PLAIN,
        &[field("reason", Is::Choice(RECUSALS))],
    ),
    (Kind::Review, PLAIN, REVIEW),
    (Kind::Unmask, PLAIN, UNMASK),
    (Kind::Notice, PLAIN, NOTICE),
    (Kind::Reply, PLAIN, REPLY),
    (Kind::ReplyNone, PLAIN, &[field("notice", Is::Given)]),
    (Kind::Vote, PLAIN, VOTE),
    (Kind::Dissent, PLAIN, DISSENT),
    (Kind::Finding, PLAIN, &[]),
    (Kind::Supersede, PLAIN, &[]),
    (Kind::Withdraw, PLAIN, WITHDRAW),
    (Kind::Endorse, PLAIN, ENDORSE),
    (Kind::Rebut, PLAIN, REBUT),
    (Kind::Alternative, PLAIN, ALTERNATIVE),
];
