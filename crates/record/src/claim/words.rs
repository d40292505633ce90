//! Claims in plain words. What a claim says is always said by somebody else.

use method::{Evaluation, ItemKind};

use crate::body::case::Question;
use crate::body::claim::{Because, Says, Tested};

/// What an assertion says, as a clause: whoever prints it puts "claimed by" beside it.
#[must_use]
pub fn says(says: &Says) -> String {
    match says {
        Says::StateResponsible { state } => format!("{state} is responsible"),
        Says::StateNotResponsible { state } => format!("{state} is not responsible"),
        Says::UnitResponsible {
            actor,
            state: Some(state),
        } => format!("{actor}, acting for {state}, did it"),
        Says::UnitResponsible { actor, state: None } => format!("{actor} did it"),
        Says::Observed { item, of } => format!("{} was observed: {item}", kind(*of)),
    }
}

fn kind(kind: ItemKind) -> String {
    let name = serde_json::to_value(kind).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// An outcome in a few words.
#[must_use]
pub fn outcome(outcome: Tested) -> &'static str {
    match outcome {
        Tested::Supported => "supported",
        Tested::NotSupported => "not supported",
        Tested::Exonerated => "exonerated",
        Tested::CannotTell => "cannot tell from open evidence",
    }
}

/// What an outcome means, in one sentence.
#[must_use]
pub fn meaning(outcome: Tested) -> &'static str {
    match outcome {
        Tested::Supported => "The evidence of this case carries the assertion.",
        Tested::NotSupported => {
            "The evidence of this case speaks against the assertion; that is less than showing it to be false."
        }
        Tested::Exonerated => {
            "The evidence of this case clears whom the assertion accuses, whichever one strand is left out."
        }
        Tested::CannotTell => {
            "Open evidence neither carries the assertion nor speaks against it. This says nothing for it or against it."
        }
    }
}

/// Why an assertion has its outcome, in one sentence.
#[must_use]
pub fn because(because: Because) -> &'static str {
    match because {
        Because::StandardReached => "All gates of a standard of proof are met.",
        Because::Cleared => {
            "Almost no chance over the whole range, by the panel too, and whichever one strand is left out."
        }
        Because::EvidenceAgainst => {
            "Very unlikely over the whole range because of the evidence, and by the panel too."
        }
        Because::NotConsidered => "It is not among the hypotheses of this case.",
        Because::OtherState => "The hypotheses of this case do not tie the group to that state.",
        Because::Undecided => "No standard of proof is reached, for it or against it.",
        Because::GroupUndecided => {
            "The state reaches a standard of proof, the group itself does not."
        }
        Because::ReChecked => "Anyone can repeat the observation from disclosed exhibits.",
        Because::Contradicted => "It can be repeated, and other information contradicts it.",
        Because::NoItem => "No item of this case stands for the observation.",
        Because::NotReCheckable => {
            "Nobody outside can repeat the observation from disclosed exhibits."
        }
        Because::Doubtful => "It can be repeated, but is neither confirmed nor contradicted.",
        Because::UnknownGrade => "Its source or its content cannot be judged.",
    }
}

/// How likely, in one sentence. The check of a claim that names nobody names nobody here either,
/// whoever the evidence points to.
#[must_use]
pub fn likelihood_sentence(question: &Question, named: bool, evaluation: &Evaluation) -> String {
    match question {
        Question::Claim(_) if !named => {
            "A claim by others was checked and this finding names nobody; how likely each assertion is stands beside it."
                .to_owned()
        }
        _ => method::likelihood_sentence(evaluation),
    }
}
