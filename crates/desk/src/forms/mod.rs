//! The form of each statement a desk offers: its fields in order, each with what it is. Words are the page's;
//! here stand names and closed vocabularies only.

mod case;
mod record;
mod words;

use ::record::kind::Kind;
use ::record::law;
use norms::Element;
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
    /// Several lines, each a word of its own.
    Lines,
    /// A text that stands in the statement itself.
    Document,
    /// A day.
    Day,
    /// A moment, in whole seconds of UTC.
    Moment,
    /// A whole number.
    Count,
    /// Yes or no.
    Truth,
    /// A share from 0 to 1, stored in parts per million.
    Share,
    /// A SHA-256, hex.
    Hash,
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
    /// One of the members that the task names.
    Member,
    /// One of the statements of the docket.
    Statement,
    /// One of the outcomes of the question.
    Outcome,
    /// A C2SP vkey.
    Key,
    /// The digest of another key of this browser.
    NextKey,
    /// One share per actor of the case (or outcome of the question), summing to 1.
    Posterior,
    /// Likelihood ratios per actor, three each, in bans; stored in thousandths.
    Ratios,
    /// The same, actors by their place among the hypotheses: `1` for the first.
    Places,
    /// One ratio each for no imitation, for each imitated actor and for any other, in bans.
    Disguise,
    /// A coded fact: an element of the norms' vocabulary and a word of it, as `element` and `value`.
    Coded,
    /// The names to be masked: found in the analysis, with further words given.
    Names,
    /// These fields together, or none of them.
    Part(&'static [Field]),
    /// Rows of these fields.
    Rows(&'static [Field]),
    /// Given by the record, shown and not asked.
    Given,
}

/// Which form, where a type has more than one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// The only one, or the ordinary one.
    #[default]
    Plain,
    /// A case that checks a claim made by others.
    Claim,
    /// An assessment that takes the place of an earlier one.
    Correction,
}

type Form = (Kind, Variant, &'static [Field]);

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

impl Variant {
    /// Its name; none for the ordinary one.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Claim => Some("claim"),
            Self::Correction => Some("correction"),
        }
    }
}

/// Every form there is: type, variant, fields.
pub fn forms() -> impl Iterator<Item = (Kind, Variant, &'static [Field])> {
    case::FORMS.iter().chain(record::FORMS).copied()
}

/// The fields of a type, where a desk offers it.
#[must_use]
pub fn fields(kind: Kind, variant: Variant) -> Option<&'static [Field]> {
    let mut all = forms();
    let found = all.find(|(of, which, _)| *of == kind && *which == variant);
    found.map(|(_, _, fields)| fields)
}

/// The fields as the page reads them.
pub(crate) fn described(fields: &[Field]) -> Vec<Value> {
    fields
        .iter()
        .map(|f| {
            let mut value = json!({"name": f.name, "optional": f.optional, "is": name(f.is)});
            match f.is {
                Is::Choice(words) => value["of"] = json!(words),
                Is::Rows(inner) | Is::Part(inner) => value["of"] = json!(described(inner)),
                Is::Coded => value["of"] = vocabulary(),
                _ => {}
            }
            value
        })
        .collect()
}

/// `[[element, [[word, meaning], …]], …]` of the norms' vocabulary, in its order.
fn vocabulary() -> Value {
    let Ok(reference) = law::reference() else {
        return json!([]);
    };
    let elements = Element::ALL.iter().map(|element| {
        let words = reference.vocabulary.words(*element);
        json!([element.as_str(), words.collect::<Vec<_>>()])
    });
    elements.collect()
}

fn name(is: Is) -> &'static str {
    match is {
        Is::Choice(_) => "choice",
        Is::Word => "word",
        Is::Words => "words",
        Is::Lines => "lines",
        Is::Document => "document",
        Is::Day => "day",
        Is::Moment => "moment",
        Is::Count => "count",
        Is::Truth => "truth",
        Is::Share => "share",
        Is::Hash => "hash",
        Is::Text => "text",
        Is::File => "file",
        Is::Exhibits => "exhibits",
        Is::Exhibit => "exhibit",
        Is::Reviewers => "reviewers",
        Is::Member => "member",
        Is::Statement => "statement",
        Is::Outcome => "outcome",
        Is::Key => "key",
        Is::NextKey => "next-key",
        Is::Posterior => "posterior",
        Is::Ratios => "ratios",
        Is::Places => "places",
        Is::Disguise => "disguise",
        Is::Coded => "coded",
        Is::Names => "names",
        Is::Part(_) => "part",
        Is::Rows(_) => "rows",
        Is::Given => "given",
    }
}
