//! What one hand could do to a case if it were let: clear a state by arithmetic, bury a case under an
//! empty item, keep a finding stale.

use record::body::claim::Tested;
use record::body::outcome::{Outcome, Proposal};
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{CaseScript, SeatSpecRole};
use serde_json::json;

use super::{reviewer, start};
use crate::claims::{claim, state};
use crate::support::{before_panel, cast, founded, refused, rest_of_round, script};

/// The check of a claim against XB.
fn clear(s: &CaseScript) -> Proposal {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let mut s = s.clone();
    s.claim = Some(claim(&[state("XB")]));
    before_panel(&mut p, &s, true);
    let proposal = rest_of_round(&mut p, &s);
    p.publish(&s.id, &proposal).unwrap();
    proposal
}

/// A case of which so many strands speak against XB, with so many further hypotheses.
fn weak(id: &str, extra: usize, strands: usize, mban: i32) -> CaseScript {
    let mut s = script(id);
    let n = 3 + extra;
    let share = 1_000_000 / n as u32;
    s.hypotheses.actors[0].prior_ppm = share;
    s.hypotheses.actors[1].prior_ppm = share;
    let u = s.hypotheses.actors.pop().unwrap();
    for k in 0..extra {
        let a = json!({"id": format!("DUMMY{k}"), "kind": "non-state", "prior_ppm": share});
        s.hypotheses.actors.push(serde_json::from_value(a).unwrap());
    }
    s.hypotheses.actors.push(u);
    let sum: u32 = s.hypotheses.actors[..n - 1]
        .iter()
        .map(|a| a.prior_ppm)
        .sum();
    s.hypotheses.actors[n - 1].prior_ppm = 1_000_000 - sum;
    s.items.truncate(strands);
    for i in &mut s.items {
        i.lr =
            serde_json::from_value(json!([{"actor": "BETA", "mban": [mban, mban, mban]}])).unwrap();
    }
    s
}

#[test]
fn a_long_list_of_hypotheses_clears_nobody() {
    for (extra, mban) in [(0, -400), (18, -400), (18, -600)] {
        let proposal = clear(&weak(&format!("padded-{extra}-{}", -mban), extra, 2, mban));
        assert_ne!(proposal.outcome, Outcome::Exonerated, "{proposal:?}");
        assert!(proposal.exonerated.is_empty());
    }
}

/// One strand of people against XB, and a machine's suggestion that agrees.
fn with_machine(id: &str, machine: bool) -> CaseScript {
    let mut s = weak(id, 5, 1, -4000);
    s.strands[0].c_ppm = 10_000;
    s.items[0].credibility = 1u8.try_into().unwrap();
    s.items[0].phi_ppm = 0;
    s.hypotheses.delta_ppm = 1_000;
    if machine {
        let mut m = s.items[0].clone();
        m.id = "I-M".into();
        m.strand = "S2".into();
        m.kind = serde_json::from_value(json!("suggestion")).unwrap();
        m.upstream = vec!["the-knowledge-base".into()];
        m.source.organisation = "solferino".into();
        m.what = "A machine's ranking".into();
        s.strands[1].machine = true;
        s.strands[1].c_ppm = 300_000;
        s.items.push(m);
    }
    s
}

#[test]
fn a_suggestion_is_no_second_strand() {
    let [alone, helped] = [false, true].map(|m| clear(&with_machine(&format!("machine-{m}"), m)));
    assert_eq!(helped.assertions[0].outcome, alone.assertions[0].outcome);
    assert_ne!(helped.assertions[0].outcome, Tested::Exonerated);
}

#[test]
fn an_empty_item_buries_nothing() {
    for machine in [false, true] {
        let cast = cast();
        let mut desk = founded(&cast);
        let mut p = start(&cast, &mut desk);
        let s = script(if machine { "bury-m" } else { "bury-p" });
        before_panel(&mut p, &s, true);
        let exhibits: Vec<String> = p
            .in_case(&s.id, |c| {
                c.exhibits.keys().map(ToString::to_string).collect()
            })
            .unwrap();
        let player = cast.with_role(SeatSpecRole::Laboratory).next().unwrap();
        let kind = if machine { "suggestion" } else { "malware" };
        let strand =
            json!({"id": "helpful", "rho_ppm": 1_000_000, "c_ppm": 1_000_000, "machine": machine});
        let item = json!({"id": "helpful-1", "strand": "helpful", "kind": kind, "reliability": "C",
            "credibility": 3, "phi_ppm": 0, "lr": [], "upstream": [], "exhibits": exhibits,
            "recheckable": true, "source": {"organisation": "o"}});
        let content = json!({"content": {"strands": [strand], "items": [item]}});
        p.say(&player.key, Kind::Assessment, Some(&s.id), content)
            .unwrap();
        let proposal = rest_of_round(&mut p, &s);
        assert_eq!(proposal.outcome, Outcome::Attributed, "machine {machine}");
    }
}

#[test]
fn what_is_said_once_makes_no_flood() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("flood");
    before_panel(&mut p, &s, true);
    p.mask(&s.id).unwrap();
    rest_of_round(&mut p, &s);
    let me = reviewer(&cast, 0);
    let who = json!({"reviewer": me.spec.id, "reason": "shown"});
    p.say(&me.key, Kind::Unmask, Some(&s.id), who.clone())
        .unwrap();
    p.wait(1).unwrap();
    let again = p.say(&me.key, Kind::Unmask, Some(&s.id), who);
    assert_eq!(refused(again), Code::OncePerRound);
    let dissent = json!({"ground": "evidence", "text_sha256": tlog::sha256(b"dissent")});
    p.say(&me.key, Kind::Dissent, Some(&s.id), dissent.clone())
        .unwrap();
    p.wait(1).unwrap();
    let again = p.say(&me.key, Kind::Dissent, Some(&s.id), dissent);
    assert_eq!(refused(again), Code::OncePerRound);
}

#[test]
fn a_claim_that_names_a_state_is_not_reviewed_blind() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let mut s = script("masked-claim");
    s.claim = Some(claim(&[state("XB")]));
    before_panel(&mut p, &s, true);
    p.mask(&s.id).unwrap();
    let proposal = rest_of_round(&mut p, &s);
    assert_eq!(proposal.blind.counted, 0, "{:?}", proposal.blind);
}
