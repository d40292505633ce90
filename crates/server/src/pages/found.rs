//! Standing findings in a line, on the pages of norms and states.

use record::state::{FindingRecord, State};

use super::sentences;
use crate::text::{Markup, Texts};

/// A finding that has to do with the page's subject.
pub(super) struct FoundLine {
    pub(super) id: String,
    pub(super) case: Markup,
    pub(super) says: Markup,
}

/// What standing findings say, by a question put to each; in the order of the cases.
fn lines(
    t: Texts,
    state: &State,
    says: impl Fn(&FindingRecord) -> Option<Markup>,
) -> Vec<FoundLine> {
    let standing = state.cases.values().filter_map(|case| {
        let finding = case.standing()?;
        Some(FoundLine {
            id: finding.statement.to_string(),
            case: t.say("case.title").with("case", &case.id).html(),
            says: says(finding)?,
        })
    });
    standing.collect()
}

/// Findings that name or clear a state.
pub(super) fn on_state(t: Texts, state: &State, code: &str) -> Vec<FoundLine> {
    lines(t, state, |finding| {
        let proposal = &finding.finding.proposal;
        let named = proposal
            .named
            .as_ref()
            .is_some_and(|n| n.state.as_str() == code);
        let cleared = proposal.exonerated.iter().any(|c| c.as_str() == code);
        (named || cleared).then(|| sentences::outcome(t, proposal))
    })
}

/// Findings that judged a norm.
pub(super) fn on_norm(t: Texts, state: &State, norm: &str) -> Vec<FoundLine> {
    lines(t, state, |finding| {
        let verdicts = finding.replayed.verdicts.as_ref()?;
        let judged = verdicts.norms.iter().find(|n| n.norm == norm)?;
        let say = t
            .say("finding.judged")
            .word("party", sentences::party(t, &verdicts.party));
        Some(say.word("verdict", t.of("verdict", &judged.words)).html())
    })
}
