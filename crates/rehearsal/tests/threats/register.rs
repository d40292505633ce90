//! The register of norms and its ledger: what does not fit is refused, and nothing is half loaded.

use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{Cast, MemoryDesk, Procedure};
use serde_json::{Value, json};

use super::law::{NAMED, OTHER, accede, player, register, text, treaty};
use super::start;
use crate::support::{cast, founded, refused};

#[test]
fn texts_that_do_not_fit_leave_the_law_as_it_was() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let broken = treaty().replace("target-class", "target-klass");
    assert_eq!(refused(register(&mut p, &broken)), Code::NormInvalid);
    assert_eq!(refused(register(&mut p, "{}")), Code::NormInvalid);
    register(&mut p, &treaty()).unwrap();
    p.wait(60).unwrap();
    assert_eq!(refused(register(&mut p, &treaty())), Code::NormExists);
    accede(&mut p, Kind::StateAccede, json!({})).unwrap();
    accede(&mut p, Kind::StateReserve, json!({"articles": ["2"]})).unwrap();
    // a correction may not take away the article somebody reserved
    let mut shorter: Value = serde_json::from_str(&treaty()).unwrap();
    shorter["norms"].as_array_mut().unwrap().pop();
    assert_eq!(
        refused(register(&mut p, &shorter.to_string())),
        Code::LawConflict
    );
    let law = &desk.auditor.state.global.law;
    assert_eq!(law.corpus().entries().len(), 2);
    assert_eq!(law.rows().rows.len(), 2);
}

#[test]
fn accessions_that_overlap_or_bind_nobody_known_are_refused() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let unknown = accede(&mut p, Kind::StateAccede, json!({}));
    assert_eq!(refused(unknown), Code::NormUnknown);
    register(&mut p, &treaty()).unwrap();
    accede(&mut p, Kind::StateAccede, json!({})).unwrap();
    let bad = [
        (
            Kind::StateAccede,
            json!({"from": "2013-01-01"}),
            Code::LawConflict,
        ),
        (Kind::StateAccede, json!({"state": "XQ"}), Code::LawConflict),
        (
            Kind::StateReserve,
            json!({"articles": []}),
            Code::LawConflict,
        ),
        (
            Kind::StateReserve,
            json!({"articles": ["9"]}),
            Code::LawConflict,
        ),
        (
            Kind::StateReserve,
            json!({"state": OTHER, "articles": ["1"]}),
            Code::LawConflict,
        ),
        (
            Kind::StateWithdraw,
            json!({"state": OTHER}),
            Code::LawConflict,
        ),
        (
            Kind::StateAccede,
            json!({"state": OTHER, "evidence_sha256": null}),
            Code::EvidenceMissing,
        ),
    ];
    for (kind, body, code) in bad {
        assert_eq!(refused(accede(&mut p, kind, body.clone())), code, "{body}");
    }
    accede(&mut p, Kind::StateWithdraw, json!({"from": "2015-01-01"})).unwrap();
    assert_eq!(desk.auditor.state.global.law.rows().rows.len(), 2);
}

#[test]
fn a_proposal_binds_who_affirms_it() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    register(&mut p, &treaty()).unwrap();
    let member = player(&cast, "investigator");
    let propose = |p: &mut Procedure<'_, MemoryDesk>, id: &str, force: &str, by: &str| {
        let body = json!({"document": text(id, force, &json!({"by": by})).to_string()});
        p.say(&member.key, Kind::NormPropose, None, body)
    };
    assert_eq!(
        refused(propose(&mut p, "HEAL", "proposal", "affirmation")),
        Code::NormExists
    );
    assert_eq!(
        refused(propose(&mut p, "NEW", "treaty", "accession")),
        Code::NormInvalid
    );
    for n in 0..record::law::MAX_PROPOSALS {
        propose(&mut p, &format!("NEW{n}"), "proposal", "affirmation").unwrap();
    }
    assert_eq!(
        refused(propose(&mut p, "NEW99", "proposal", "affirmation")),
        Code::TooManyProposals
    );
    let company = enrolled(&mut p, &cast, "a-company", "company");
    let affirm = |p: &mut Procedure<'_, MemoryDesk>, id: &str| {
        p.say(&company, Kind::NormAffirm, None, json!({"instrument": id}))
    };
    affirm(&mut p, "NEW0").unwrap();
    // nobody puts other words in the place of what was affirmed
    let other = text("NEW0", "voluntary", &json!({"by": "affirmation"})).to_string();
    assert_eq!(refused(register(&mut p, &other)), Code::NormExists);
    assert_eq!(refused(affirm(&mut p, "NEW99")), Code::NormUnknown);
    assert_eq!(refused(affirm(&mut p, "HEAL")), Code::LawConflict);
    p.wait(60).unwrap();
    assert_eq!(refused(affirm(&mut p, "NEW0")), Code::LawConflict);
    let rows = &desk.auditor.state.global.law.rows().rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].party.as_str(), "a-company");
}

#[test]
fn a_pledge_is_to_a_text_of_the_record_and_reports_attach_to_it() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let company = enrolled(&mut p, &cast, "a-company", "company");
    let body = json!({"accord": "CTA", "from": "2013-04-17"});
    assert_eq!(
        refused(p.say(&company, Kind::Pledge, None, body.clone())),
        Code::NormUnknown
    );
    let (_, cta) = norms::SHIPPED
        .iter()
        .find(|(n, _)| *n == "cta.json")
        .unwrap();
    register(&mut p, cta).unwrap();
    p.wait(60).unwrap();
    let pledge = p.say(&company, Kind::Pledge, None, body).unwrap();
    let reporter = cast.key("customer").unwrap();
    let report = |against| json!({"incident": "disruption", "sector": "health", "happened": "2013-12-01", "account_sha256": tlog::sha256(b"x"), "against_pledge": against});
    let unknown = report(record::ids::StatementId(tlog::sha256(b"none")));
    assert_eq!(
        refused(p.say(&reporter, Kind::Report, None, unknown)),
        Code::PledgeUnknown
    );
    p.say(&reporter, Kind::Report, None, report(pledge))
        .unwrap();
}

#[test]
fn no_state_takes_back_by_its_own_word_what_bound_it() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    register(&mut p, &treaty()).unwrap();
    accede(&mut p, Kind::StateAccede, json!({})).unwrap();
    let ministry = enrolled_for(&mut p, &cast, "a-ministry", "state", NAMED);
    let today = p.desk.auditor.state.global.time.unwrap().day();
    let body = |from: &str| json!({"state": NAMED, "instrument": "HEAL", "from": from});
    let mut reserve = body("2013-06-01");
    reserve["articles"] = json!(["1"]);
    for (kind, body) in [
        (Kind::StateWithdraw, body("2013-06-01")),
        (Kind::StateReserve, reserve),
    ] {
        assert_eq!(
            refused(p.say(&ministry, kind, None, body)),
            Code::LawConflict
        );
    }
    // from today on it may, and what bound before still binds
    let leave = body(&today.to_string());
    p.say(&ministry, Kind::StateWithdraw, None, leave).unwrap();
    assert_eq!(p.desk.auditor.state.global.law.rows().rows.len(), 2);
}

/// A member with a fresh key.
fn enrolled(
    p: &mut Procedure<'_, MemoryDesk>,
    cast: &Cast,
    name: &str,
    role: &str,
) -> tlog::SigningKey {
    let home = player(cast, "investigator").spec.jurisdiction.to_string();
    enrolled_for(p, cast, name, role, &home)
}

/// A member of a jurisdiction, with a fresh key.
fn enrolled_for(
    p: &mut Procedure<'_, MemoryDesk>,
    cast: &Cast,
    name: &str,
    role: &str,
    jurisdiction: &str,
) -> tlog::SigningKey {
    let mut one = player(cast, "investigator").clone();
    one.spec.id = name.parse().unwrap();
    one.spec.jurisdiction = jurisdiction.parse().unwrap();
    one.key = cast.key(name).unwrap();
    one.next = cast.key(&format!("{name}-next")).unwrap();
    let role = serde_json::from_value(json!(role)).unwrap();
    let body = serde_json::to_value(cast.enrolment(&one, role).unwrap()).unwrap();
    let registrar = player(cast, "registrar");
    p.say(&registrar.key, Kind::MemberEnrol, None, body)
        .unwrap();
    one.key
}
