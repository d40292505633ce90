//! A claim by others as rows: what it says, by whom, and what was found of it.

use record::body::case::Question;
use record::body::claim::{Assertion, AssertionOutcome, Says};

use super::names;
use crate::text::{Markup, Texts, foreign};
use crate::words::coded;

/// One assertion, in words.
pub(super) struct ClaimRow {
    pub(super) id: Markup,
    pub(super) says: Markup,
    pub(super) claimed_by: Markup,
    /// "Claimed by" and the name, for where the clause follows.
    pub(super) lead: Markup,
    pub(super) outcome: Option<String>,
    pub(super) meaning: Option<String>,
    pub(super) because: Option<String>,
    pub(super) likelihood: Option<String>,
}

/// What an assertion says, as a clause; whoever prints it puts "claimed by" beside it.
fn says(t: Texts, says: &Says) -> Markup {
    let state = |code: &record::ids::Country| names::state(t, code.as_str());
    match says {
        Says::StateResponsible { state: s } => t
            .say("coded.says.state-responsible")
            .word("state", state(s))
            .html(),
        Says::StateNotResponsible { state: s } => t
            .say("coded.says.state-not-responsible")
            .word("state", state(s))
            .html(),
        Says::UnitResponsible {
            actor,
            state: Some(s),
        } => {
            let say = t.say("coded.says.unit-of-state").with("actor", actor);
            say.word("state", state(s)).html()
        }
        Says::UnitResponsible { actor, state: None } => {
            t.say("coded.says.unit").with("actor", actor).html()
        }
        Says::Observed { item, of } => {
            let say = t
                .say("coded.says.observed")
                .word("kind", t.word("item", of));
            say.with("item", item).html()
        }
    }
}

/// The assertions of a question with what was found of them, in the claim's order.
pub(super) fn rows(t: Texts, question: &Question, found: &[AssertionOutcome]) -> Vec<ClaimRow> {
    let Some(claim) = question.claim() else {
        return Vec::new();
    };
    let row = |assertion: &Assertion| {
        let found = found.iter().find(|f| f.id == assertion.id);
        let outcome = found.map(|f| coded(&f.outcome));
        ClaimRow {
            id: foreign(&assertion.id.to_string()),
            says: says(t, &assertion.says),
            claimed_by: foreign(&claim.publisher.to_string()),
            lead: t
                .say("case.claimed-by")
                .with("publisher", &claim.publisher)
                .html(),
            outcome: outcome.as_ref().map(|o| t.of("tested", o)),
            meaning: outcome.as_ref().map(|o| t.of("meaning", o)),
            because: found.map(|f| t.word("because", &f.because)),
            likelihood: found.and_then(|f| likelihood(t, f)),
        }
    };
    claim.assertions.iter().map(row).collect()
}

fn likelihood(t: Texts, found: &AssertionOutcome) -> Option<String> {
    let (p, range) = (found.likelihood_ppm?, found.interval_ppm?);
    let word = method::likelihood_word(f64::from(p) / 1e6);
    let say = t
        .say("finding.likely-figures")
        .word("word", t.word("likelihood", &word));
    Some(
        say.word("percent", t.percent(p))
            .word("range", t.range(range))
            .plain(),
    )
}
