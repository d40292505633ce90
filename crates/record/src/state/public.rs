//! Which exhibits anyone may have: one rule for the server, the bundles and the pages.

use super::{Case, Exhibit, State};
use crate::body::case::ConsentLevel;
use crate::body::evidence::{Acquisition, CustodyEvent, Tlp};

/// Whether an exhibit's content may be given to anyone: labelled clear, in a case with a
/// published finding, not destroyed, and not against the wish of whom it comes from. What was
/// taken from a victim's system needs consent in words; silence is enough for the rest.
#[must_use]
pub fn is_public(state: &State, case: &Case, exhibit: &Exhibit) -> bool {
    let hash = &exhibit.body.sha256;
    let reports = || {
        case.reports
            .iter()
            .filter_map(|id| state.global.reports.get(id))
    };
    let spoken: Vec<_> = reports()
        .filter_map(|r| r.exhibit_consent.get(hash).copied())
        .collect();
    let victim = exhibit.body.how == Acquisition::VictimSystem;
    let consented = if spoken.is_empty() {
        !victim || reports().any(|r| r.consent == Some(ConsentLevel::Public))
    } else {
        spoken.iter().all(|level| *level == ConsentLevel::Public)
    };
    let gone = exhibit.custody.iter().any(|(_, event)| {
        matches!(
            event,
            CustodyEvent::Destruction | CustodyEvent::Redaction { .. }
        )
    });
    exhibit.body.tlp == Tlp::Clear && !case.findings.is_empty() && consented && !gone
}
