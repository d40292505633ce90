//! The threats of the design, each by name, each with the refusal that answers it.

mod blind;
mod calibration;
mod claims;
pub(crate) mod clock;
mod complaints;
mod finding;
mod funding;
mod laboratories;
mod law;
mod members;
mod one_hand;
mod panel;
mod published;
mod register;
mod selection;
mod succession;

use record::bundle::{self, Bundle};
use record::kind::Kind;
use record::refusal::Code;
use record::trust::{self, TrustFile};
use rehearsal::{CaseScript, Cast, MemoryDesk, Player, Procedure, SeatSpecRole};
use serde_json::Value;

use crate::support::{at, founded, refused, until_votes, vote_and_open};

pub(crate) fn start<'a>(cast: &'a Cast, desk: &'a mut MemoryDesk) -> Procedure<'a, MemoryDesk> {
    Procedure::new(cast, desk, at("2014-01-01T00:00:00Z"))
}

pub(crate) fn reviewer(cast: &Cast, n: usize) -> &Player {
    cast.with_role(SeatSpecRole::Reviewer).nth(n).unwrap()
}

/// Publishes `script` in full; gives the desk and the bundle of its finding.
fn publish_whole(cast: &Cast, script: &CaseScript) -> (MemoryDesk, Bundle, TrustFile) {
    let mut desk = founded(cast);
    let mut p = start(cast, &mut desk);
    let proposal = until_votes(&mut p, script);
    assert!(
        proposal.named.is_some(),
        "the script is meant to name XA: {proposal:?}"
    );
    vote_and_open(&mut p, &script.id, &proposal);
    let finding = p.publish(&script.id, &proposal).unwrap();
    let state = &desk.auditor.state;
    let bundle =
        bundle::build(state, &state.cases[&script.id], finding, &desk, Vec::new()).unwrap();
    let trust = trust::of_charter(state.global.charter.as_ref().unwrap()).unwrap();
    (desk, bundle, trust)
}

/// The check at which a bundle fails.
fn fails_at(bundle: &Bundle, trust: Option<&TrustFile>) -> String {
    let (v, _) = bundle::verify(bundle.to_string().as_bytes(), trust);
    let failure = v
        .report
        .failure()
        .unwrap_or_else(|| panic!("the bundle holds: {:?}", v.report));
    failure.name.clone()
}

/// Submits a finding body that must be refused.
pub(crate) fn publish(p: &mut Procedure<'_, MemoryDesk>, s: &CaseScript, body: Value) -> Code {
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    refused(p.say(&registrar.key, Kind::Finding, Some(&s.id), body))
}
