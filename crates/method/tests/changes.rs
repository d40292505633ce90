//! Counterfactuals and their text form.

use crate::support::{params, stage};
use proptest::prelude::*;
use solferino_method::{
    Change, ChangeError, Credibility, PPM, Reliability, counterfactual, evaluate_as_given,
};

#[test]
fn texts_and_what_they_mean() {
    let id = |s: &str| s.to_owned();
    let rows = [
        (
            "item.O2.phi=0.9",
            Change::SetPhi {
                item: id("O2"),
                ppm: 900_000,
            },
        ),
        (
            "item.O.2.phi=1",
            Change::SetPhi {
                item: id("O.2"),
                ppm: PPM,
            },
        ),
        (
            "item.O2.r=0.95",
            Change::SetReliability {
                item: id("O2"),
                ppm: [950_000; 3],
            },
        ),
        (
            "item.O2.r=0.1,0.2,0.300001",
            Change::SetReliability {
                item: id("O2"),
                ppm: [100_000, 200_000, 300_001],
            },
        ),
        (
            "item.O2.grade=B3",
            Change::SetGrade {
                item: id("O2"),
                reliability: Reliability::B,
                credibility: Credibility::try_from(3).unwrap(),
            },
        ),
        (
            "item.O2.lr.GRU=-1.5",
            Change::SetRatio {
                item: id("O2"),
                actor: id("GRU"),
                mban: [-1_500; 3],
            },
        ),
        (
            "item.O2.lr.GRU=0,1,2.25",
            Change::SetRatio {
                item: id("O2"),
                actor: id("GRU"),
                mban: [0, 1_000, 2_250],
            },
        ),
        (
            "prior.GRU=0.25",
            Change::SetPrior {
                actor: id("GRU"),
                ppm: 250_000,
            },
        ),
        ("delta=0.2", Change::SetDelta(200_000)),
        (
            "strand.CODE.rho=0",
            Change::SetRho {
                strand: id("CODE"),
                ppm: 0,
            },
        ),
        (
            "strand.CODE.c=0.000001",
            Change::SetC {
                strand: id("CODE"),
                ppm: 1,
            },
        ),
    ];
    for (text, want) in rows {
        assert_eq!(Change::parse_set(text), Ok(want), "{text}");
    }
    assert_eq!(
        Change::parse_without("item.O2"),
        Ok(Change::WithoutItem(id("O2")))
    );
    assert_eq!(
        Change::parse_without("strand.CODE"),
        Ok(Change::WithoutStrand(id("CODE")))
    );
    assert_eq!(
        Change::parse_without("source.eset"),
        Ok(Change::WithoutSource(id("eset")))
    );
}

#[test]
fn anything_else_is_refused() {
    for text in [
        "",
        "=",
        "delta",
        "delta=",
        "delta=.5",
        "delta=1.",
        "delta=2",
        "delta=-0.1",
        "delta=1e-1",
        "delta=0.1234567",
        "delta=+0.1",
        "delta= 0.1",
        "item.O2=1",
        "item..phi=1",
        "item.O2.phi=1,1,1",
        "item.O2.r=0.1,0.2",
        "item.O2.grade=G1",
        "item.O2.grade=A7",
        "item.O2.grade=A",
        "item.O2.lr.=1",
        "item.O2.lr.GRU=10.001",
        "item.O2.lr.GRU=1.0001",
        "strand.X.d=1",
        "prior.=0.1",
        "other.x=1",
    ] {
        assert!(
            matches!(Change::parse_set(text), Err(ChangeError::Syntax { .. })),
            "{text}"
        );
    }
    for text in ["", "O2", "item.", "item", "thing.x", "item.a b"] {
        assert!(Change::parse_without(text).is_err(), "{text}");
    }
}

#[test]
fn changes_reach_the_result() {
    let case = stage("olympic2018", "T3");
    let before = evaluate_as_given(&case, &params()).unwrap();
    for text in [
        "item.O8.phi=1",
        "strand.DOJ.c=0.5",
        "delta=0.2",
        "prior.U=0.8",
        "item.O8.lr.GRU=0",
        "item.O8.grade=F6",
    ] {
        let changed = counterfactual(&case, &Change::parse_set(text).unwrap()).unwrap();
        let after = evaluate_as_given(&changed, &params()).unwrap();
        assert!(
            after.state("RU").unwrap().p < before.state("RU").unwrap().p,
            "{text}"
        );
    }
    let without = counterfactual(&case, &Change::WithoutStrand("DOJ".to_owned())).unwrap();
    let p = evaluate_as_given(&without, &params())
        .unwrap()
        .state("RU")
        .unwrap()
        .p;
    assert!((p - 0.653_562).abs() < 1e-6);
}

#[test]
fn unknown_targets_are_refused() {
    let case = stage("olympic2018", "T0");
    for text in [
        "item.X.phi=1",
        "strand.X.c=1",
        "prior.X=0.1",
        "item.O1.lr.X=1",
    ] {
        let change = Change::parse_set(text).unwrap();
        assert!(
            matches!(
                counterfactual(&case, &change),
                Err(ChangeError::Unknown { .. })
            ),
            "{text}"
        );
    }
    for change in [
        Change::WithoutItem("X".into()),
        Change::WithoutStrand("X".into()),
        Change::WithoutSource("X".into()),
    ] {
        assert!(matches!(
            counterfactual(&case, &change),
            Err(ChangeError::Unknown { .. })
        ));
    }
    let all = Change::SetPrior {
        actor: "GRU".to_owned(),
        ppm: PPM,
    };
    assert!(matches!(
        counterfactual(&case, &all),
        Err(ChangeError::Prior { .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever prior is set, the sum stays one million and every prior at least one part.
    #[test]
    fn priors_keep_their_sum(ppm in 1..=PPM - 4, actor in 0..5_usize, then in 1..=PPM - 4) {
        let case = stage("olympic2018", "T0");
        let id = case.hypotheses.actors[actor].id.clone();
        let change = Change::SetPrior { actor: id, ppm };
        let once = counterfactual(&case, &change).unwrap();
        prop_assert_eq!(once.validate(), Ok(()));
        prop_assert_eq!(once.hypotheses.actors[actor].prior_ppm, ppm);
        let other = once.hypotheses.actors[(actor + 1) % 5].id.clone();
        let twice = counterfactual(&once, &Change::SetPrior { actor: other, ppm: then }).unwrap();
        prop_assert_eq!(twice.validate(), Ok(()));
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,40}") {
        let _ = Change::parse_set(&text);
        let _ = Change::parse_without(&text);
    }
}
