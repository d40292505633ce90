//! What validation refuses, with its evidence.

use crate::support::{item, params, strand, three};
use solferino_method::{
    ActorKind, ActorRatio, Case, InputError, Params, ParamsError, Reliability, ReviewerPosterior,
    validate_items,
};

fn case() -> Case {
    let mut case = three([300_000, 300_000, 400_000], 50_000);
    case.strands.push(strand("s", 0, 50_000));
    case.items.push(item("i", "s", 900_000, 0, &[("a", 1_000)]));
    case
}

fn refused(change: impl Fn(&mut Case)) -> InputError {
    let mut case = case();
    assert_eq!(case.validate(), Ok(()));
    change(&mut case);
    case.validate().unwrap_err()
}

#[test]
fn identifiers() {
    for bad in ["", "-a", "a b", "ä", ".", &"x".repeat(65)] {
        let error = refused(|c| c.items[0].id = bad.to_owned());
        assert_eq!(
            error,
            InputError::BadId {
                what: "item",
                id: bad.to_owned()
            }
        );
    }
    let mut case = case();
    case.items[0].id = format!("9{}", "._-".repeat(21));
    assert_eq!(case.validate(), Ok(()));
    let twice = refused(|c| c.items.push(c.items[0].clone()));
    assert_eq!(
        twice,
        InputError::Duplicate {
            what: "item",
            id: "i".to_owned()
        }
    );
}

#[test]
fn hypotheses() {
    let two = refused(|c| c.hypotheses.actors[0].kind = ActorKind::NoneOfThese);
    assert!(matches!(two, InputError::State { .. }), "{two}");
    let none = refused(|c| c.hypotheses.actors[2].kind = ActorKind::NonState);
    assert_eq!(none, InputError::NoneOfThese { count: 0 });
    for state in ["ru", "RUS", "R", "R1"] {
        let error = refused(|c| c.hypotheses.actors[0].state = Some(state.to_owned()));
        assert!(matches!(error, InputError::State { .. }), "{state}");
    }
    let missing = refused(|c| c.hypotheses.actors[0].state = None);
    assert!(matches!(missing, InputError::State { .. }));
    let sum = refused(|c| c.hypotheses.actors[0].prior_ppm += 1);
    assert_eq!(
        sum,
        InputError::Sum {
            what: "prior".to_owned(),
            sum: 1_000_001
        }
    );
    let zero = refused(|c| c.hypotheses.actors[0].prior_ppm = 0);
    assert!(matches!(
        zero,
        InputError::OutOfRange {
            what: "prior_ppm",
            ..
        }
    ));
}

#[test]
fn items() {
    let strand = refused(|c| c.items[0].strand = "t".to_owned());
    assert!(matches!(strand, InputError::Unknown { what: "strand", .. }));
    let actor = refused(|c| c.items[0].lr[0].actor = "x".to_owned());
    assert!(matches!(actor, InputError::Unknown { what: "actor", .. }));
    let order = refused(|c| c.items[0].lr[0].mban = [0, 2, 1]);
    assert!(matches!(order, InputError::Decreasing { .. }));
    let far = refused(|c| c.items[0].lr[0].mban = [0, 0, 10_001]);
    assert!(matches!(far, InputError::OutOfRange { .. }));
    let phi = refused(|c| c.items[0].phi_ppm = 1_000_001);
    assert!(matches!(
        phi,
        InputError::OutOfRange {
            what: "phi_ppm",
            ..
        }
    ));
    let r = refused(|c| c.items[0].reliability = Reliability::F);
    assert_eq!(
        r,
        InputError::UnknownGradeWithR {
            item: "i".to_owned()
        }
    );
    let c = refused(|c| c.strands[0].c_ppm = 0);
    assert!(matches!(c, InputError::OutOfRange { what: "c_ppm", .. }));
    let exhibit = refused(|c| c.items[0].exhibits.push("AB".repeat(32)));
    assert!(matches!(
        exhibit,
        InputError::Text {
            what: "exhibit",
            ..
        }
    ));
    let upstream = refused(|c| c.items[0].upstream.push(" x".to_owned()));
    assert!(matches!(
        upstream,
        InputError::Text {
            what: "upstream",
            ..
        }
    ));
    let own = case();
    assert_eq!(
        validate_items(&own.hypotheses, &own.strands, &own.items),
        Ok(())
    );
}

#[test]
fn none_of_these_may_carry_a_ratio() {
    let mut case = case();
    case.items[0].lr.push(ActorRatio {
        actor: "u".to_owned(),
        mban: [100; 3],
    });
    assert_eq!(case.validate(), Ok(()));
}

#[test]
fn reviews() {
    let review = |posterior_ppm: Vec<u32>| ReviewerPosterior {
        reviewer: "r".to_owned(),
        posterior_ppm,
        weight_ppm: 1_000_000,
    };
    let short = refused(|c| c.reviews.push(review(vec![500_000, 500_000])));
    assert!(matches!(short, InputError::Count { .. }));
    let sum = refused(|c| c.reviews.push(review(vec![500_000, 500_000, 1])));
    assert!(matches!(sum, InputError::Sum { .. }));
    for weight_ppm in [0, 666_666, 1_333_334] {
        let heavy = refused(|c| {
            let mut weighed = review(vec![500_000, 250_000, 250_000]);
            weighed.weight_ppm = weight_ppm;
            c.reviews.push(weighed);
        });
        assert!(
            matches!(heavy, InputError::OutOfRange { .. }),
            "{weight_ppm}"
        );
    }
}

#[test]
fn parameters() {
    assert_eq!(params().validate(), Ok(()));
    let few = Params {
        draws: 9_999,
        ..params()
    };
    assert!(matches!(
        few.validate(),
        Err(ParamsError::OutOfRange { name: "draws", .. })
    ));
    let mut lax = params();
    lax.s3.strands = 1;
    assert!(matches!(
        lax.validate(),
        Err(ParamsError::NotOrdered {
            name: "strands",
            ..
        })
    ));
    let text = serde_json::to_string(&params()).unwrap();
    assert_eq!(serde_json::from_str::<Params>(&text).unwrap(), params());
    assert!(serde_json::from_str::<Params>(&text.replacen("\"draws\"", "\"drawz\"", 1)).is_err());
}
