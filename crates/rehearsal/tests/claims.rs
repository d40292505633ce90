//! Cases that check a claim made by others: attributed, exonerated, or neither.

use record::body::outcome::{Outcome, Proposal};
use record::kind::Kind;
use rehearsal::{CaseScript, Procedure, SeatSpecRole};
use serde_json::json;

use crate::support::{at, cast, founded, rest_of_round};

/// Plays a script as the check of a claim against a state, up to its published finding.
fn checked(script: &CaseScript, claimed: &str) -> Proposal {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = Procedure::new(&cast, &mut desk, at("2014-01-01T00:00:00Z"));
    p.go_to(script.stages[0].cutoff.start()).unwrap();
    let file = p
        .report(&script.id, "disruption", "health", "2014-01-15", "account")
        .unwrap();
    p.consent(&file, "public").unwrap();
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    let question =
        json!({"kind": "claim", "state": claimed, "claim_sha256": tlog::sha256(b"They did it.")});
    let rule = p.charter(|c| c.selection_rule_sha256).unwrap();
    let body =
        json!({"reports": [file.report], "question": question, "selection_rule_sha256": rule});
    p.say(&registrar.key, Kind::CaseOpen, Some(&script.id), body)
        .unwrap();
    p.analyse(script, 0).unwrap();
    let proposal = rest_of_round(&mut p, script);
    p.publish(&script.id, &proposal).unwrap();
    proposal
}

#[test]
fn a_claim_is_supported_contradicted_or_neither() {
    let strong = crate::support::script("claim");
    let supported = checked(&strong, "XA");
    assert_eq!(supported.outcome, Outcome::Attributed);
    assert_eq!(supported.named.unwrap().state.as_str(), "XA");
    let contradicted = checked(&strong, "XB");
    assert_eq!(
        (contradicted.outcome, contradicted.named),
        (Outcome::Exonerated, None)
    );
    let unheard_of = checked(&strong, "XC");
    assert_eq!(
        unheard_of.outcome,
        Outcome::ClaimChecked,
        "a state not among the hypotheses"
    );
}

#[test]
fn a_small_prior_alone_clears_nobody() {
    let mut silent = crate::support::script("silent-claim");
    silent.hypotheses.actors[1].prior_ppm = 5_000;
    silent.hypotheses.actors[2].prior_ppm = 795_000;
    for item in &mut silent.items {
        item.lr.clear();
    }
    assert_eq!(checked(&silent, "XB").outcome, Outcome::ClaimChecked);
}
