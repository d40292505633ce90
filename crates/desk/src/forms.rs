//! The form of each statement a desk offers: its fields in order, each with what it is. Words are the page's;
//! here stand names and closed vocabularies only.

use record::kind::Kind;
use serde_json::{Value, json};

/// One field of a body (or of its content, or of a row).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the body; a path with `/` for what lies deeper.
    pub name: &'static str,
    /// What it is.
    pub is: Is,
    /// Whether it may be left out.
    pub optional: bool,
}

/// What a field is, and so how it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A short word or identifier.
    Word,
    /// Several, parted by commas.
    Words,
    /// A day.
    Day,
    /// Yes or no.
    Truth,
    /// A share from 0 to 1, stored in parts per million.
    Share,
    /// A text that goes to the vault; the statement carries its SHA-256.
    Text,
    /// A file that goes to the vault; the statement carries what the vault says of it.
    File,
    /// Several of the exhibits of the case.
    Exhibits,
    /// One of the exhibits of the case.
    Exhibit,
    /// Several of the seated reviewers.
    Reviewers,
    /// A C2SP vkey.
    Key,
    /// One share per actor of the case, summing to 1.
    Posterior,
    /// Likelihood ratios per actor, three each, in bans; stored in thousandths.
    Ratios,
    /// Rows of these fields.
    Rows(&'static [Field]),
    /// Given by the record, shown and not asked.
    Given,
}

const fn field(name: &'static str, is: Is) -> Field {
    Field {
        name,
        is,
        optional: false,
    }
}

const fn maybe(name: &'static str, is: Is) -> Field {
    Field {
        name,
        is,
        optional: true,
    }
}

const INCIDENTS: &[&str] = &[
    "data-theft",
    "data-theft-and-doxing",
    "disruption",
    "hijacking",
    "ransomware",
];
const REGIONS: &[&str] = &[
    "africa",
    "americas",
    "eastern-mediterranean",
    "europe",
    "south-east-asia",
    "western-pacific",
];
const HOW: &[&str] = &[
    "victim-system",
    "handed-over",
    "open-source",
    "own-telemetry",
    "public-record",
];
const TLP: &[&str] = &["clear", "green", "amber", "amber-strict", "red"];
const ITEM_KINDS: &[&str] = &[
    "infrastructure",
    "territory",
    "malware",
    "tradecraft",
    "victimology",
    "motive",
    "metadata",
    "judicial",
    "official",
    "forensic",
];
const REFUSALS: &[&str] = &[
    "out-of-scope",
    "below-threshold",
    "duplicate",
    "insufficient-material",
    "no-consent",
];

const ACTOR: &[Field] = &[
    field("id", Is::Word),
    field("kind", Is::Choice(&["state", "non-state", "none-of-these"])),
    maybe("state", Is::Word),
    field("prior_ppm", Is::Share),
];
const RELATION: &[Field] = &[
    field("state", Is::Word),
    field("allied", Is::Words),
    field("adversary", Is::Words),
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
    field("reliability", Is::Choice(&["A", "B", "C", "D", "E", "F"])),
    field("credibility", Is::Choice(&["1", "2", "3", "4", "5", "6"])),
    field("phi_ppm", Is::Share),
    field("lr", Is::Ratios),
    field("upstream", Is::Words),
    field("exhibits", Is::Exhibits),
    field("recheckable", Is::Truth),
    field("source/organisation", Is::Word),
    maybe("source/state", Is::Word),
    maybe("source/bloc", Is::Word),
];

const RECUSALS: &[&str] = &["interest", "prior-involvement", "unavailable"];
const HANDLING: &[&str] = &["analysis", "return", "destruction", "transfer", "copy"];
const REPORT: &[Field] = &[
    field("incident", Is::Choice(INCIDENTS)),
    field("sector", Is::Word),
    field("happened", Is::Day),
    maybe("region", Is::Choice(REGIONS)),
    field("account_sha256", Is::Text),
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
/// Every form, by type, in the order in which a case goes.
const FORMS: &[(Kind, &[Field])] = &[
    (Kind::Report, REPORT),
    (
        Kind::Consent,
        &[
            field("report", Is::Given),
            field("level", Is::Choice(&["private", "selective", "public"])),
            field("exhibits", Is::Exhibits),
        ],
    ),
    (
        Kind::CaseOpen,
        &[
            field("reports", Is::Given),
            field("question", Is::Given),
            field("selection_rule_sha256", Is::Given),
        ],
    ),
    (
        Kind::CaseRefuse,
        &[
            field("reports", Is::Given),
            field("reason", Is::Choice(REFUSALS)),
            field("selection_rule_sha256", Is::Given),
        ],
    ),
    (Kind::Exhibit, EXHIBIT),
    (
        Kind::Custody,
        &[
            field("exhibit", Is::Exhibit),
            field("event/kind", Is::Choice(HANDLING)),
            maybe("event/to", Is::Word),
        ],
    ),
    (
        Kind::Hypotheses,
        &[
            field("content/actors", Is::Rows(ACTOR)),
            field("content/delta_ppm", Is::Share),
            field("content/relations", Is::Rows(RELATION)),
        ],
    ),
    (
        Kind::Assessment,
        &[
            field("content/strands", Is::Rows(STRAND)),
            field("content/items", Is::Rows(ITEM)),
        ],
    ),
    (Kind::ReviewAssign, &[field("reviewers", Is::Reviewers)]),
    (Kind::Recuse, &[field("reason", Is::Choice(RECUSALS))]),
    (
        Kind::Review,
        &[
            field("content/posterior_ppm", Is::Posterior),
            field("content/blind", Is::Truth),
        ],
    ),
    (
        Kind::Notice,
        &[
            field("reply_key", Is::Key),
            field("content/state", Is::Word),
        ],
    ),
    (
        Kind::Reply,
        &[field("notice", Is::Given), field("text_sha256", Is::Text)],
    ),
    (Kind::ReplyNone, &[field("notice", Is::Given)]),
    (
        Kind::Vote,
        &[
            field("content/proposal", Is::Given),
            field(
                "content/choice",
                Is::Choice(&["publish", "object", "abstain"]),
            ),
        ],
    ),
    (
        Kind::Dissent,
        &[field("ground", Is::Word), field("text_sha256", Is::Text)],
    ),
    (Kind::Disclose, &[]),
    (Kind::Finding, &[]),
    (Kind::Supersede, &[]),
];

/// The fields of a type, where a desk offers it.
#[must_use]
pub fn fields(kind: Kind) -> Option<&'static [Field]> {
    let found = FORMS.iter().find(|(of, _)| *of == kind);
    found.map(|(_, fields)| *fields)
}

/// The fields as the page reads them.
pub(crate) fn described(fields: &[Field]) -> Vec<Value> {
    fields
        .iter()
        .map(|f| {
            let mut value = json!({"name": f.name, "optional": f.optional, "is": name(f.is)});
            match f.is {
                Is::Choice(words) => value["of"] = json!(words),
                Is::Rows(inner) => value["of"] = json!(described(inner)),
                _ => {}
            }
            value
        })
        .collect()
}

fn name(is: Is) -> &'static str {
    match is {
        Is::Choice(_) => "choice",
        Is::Word => "word",
        Is::Words => "words",
        Is::Day => "day",
        Is::Truth => "truth",
        Is::Share => "share",
        Is::Text => "text",
        Is::File => "file",
        Is::Exhibits => "exhibits",
        Is::Exhibit => "exhibit",
        Is::Reviewers => "reviewers",
        Is::Key => "key",
        Is::Posterior => "posterior",
        Is::Ratios => "ratios",
        Is::Rows(_) => "rows",
        Is::Given => "given",
    }
}
