//! Which exhibits anyone may have.

use record::body::case::ConsentLevel;
use record::body::evidence::{Acquisition, CustodyEvent, Tlp};
use record::ids::CaseId;
use record::state::{Case, Exhibit, Report, State, is_public};
use rehearsal::{Cast, MemoryDesk, Procedure, corpus, genesis, play_stage};

/// A state in which one case has a finding.
fn played() -> (State, CaseId) {
    let cast = Cast::new([5; 32], "record.example/public", &corpus::panel().unwrap()).unwrap();
    let time = "2014-01-01T00:00:00Z".parse().unwrap();
    let entries = genesis(&cast, time).unwrap();
    let mut desk = MemoryDesk::create(cast.log.clone(), &entries, time).unwrap();
    let mut procedure = Procedure::new(&cast, &mut desk, time);
    procedure.enrol_all().unwrap();
    let script = corpus::cases().unwrap().swap_remove(0);
    play_stage(&mut procedure, &script, 0).unwrap();
    (desk.auditor.state, script.id)
}

type Change = fn(&mut Case, &mut Exhibit, &mut Report);

#[test]
fn a_label_a_wish_or_a_destruction_keeps_an_exhibit_in() {
    let (state, id) = played();
    let changes: [(&str, Change, bool); 10] = [
        ("as it is", |_, _, _| {}, true),
        ("no finding yet", |case, _, _| case.findings.clear(), false),
        ("green", |_, e, _| e.body.tlp = Tlp::Green, false),
        ("red", |_, e, _| e.body.tlp = Tlp::Red, false),
        (
            "kept private",
            |_, e, r| says(e, r, ConsentLevel::Private),
            false,
        ),
        (
            "selective",
            |_, e, r| says(e, r, ConsentLevel::Selective),
            false,
        ),
        (
            "public in words",
            |_, e, r| says(e, r, ConsentLevel::Public),
            true,
        ),
        (
            "a victim's, report public",
            |_, e, _| e.body.how = Acquisition::VictimSystem,
            true,
        ),
        (
            "a victim's, report selective",
            |_, e, r| {
                e.body.how = Acquisition::VictimSystem;
                r.consent = Some(ConsentLevel::Selective);
            },
            false,
        ),
        (
            "destroyed",
            |_, e, _| {
                e.custody.push((
                    "2015-01-01T00:00:00Z".parse().unwrap(),
                    CustodyEvent::Destruction,
                ))
            },
            false,
        ),
    ];
    for (what, change, public) in changes {
        let mut state = state.clone();
        let mut case = state.cases[&id].clone();
        let mut exhibit = case.exhibits.values().next().unwrap().clone();
        let report = state.global.reports.get_mut(&case.reports[0]).unwrap();
        change(&mut case, &mut exhibit, report);
        assert_eq!(is_public(&state, &case, &exhibit), public, "{what}");
    }
}

fn says(exhibit: &Exhibit, report: &mut Report, level: ConsentLevel) {
    report.exhibit_consent.insert(exhibit.body.sha256, level);
}
