//! The author link: the finding first, then the ladder with its article and the test of control.

use crate::support::{fact, found, judge};
use solferino_norms::{
    Authorship, ControlTest, Element, ElementJudgement, Fact, Found, Kleene, LedgerRows, Link,
    Proof,
};

fn link(facts: &[Fact], authorship: &Authorship, who: &str) -> ElementJudgement {
    let judged = judge(
        "MS6.6",
        who,
        facts,
        authorship,
        &LedgerRows::default(),
        "2020-01-01",
    );
    let mut elements = judged.elements.into_iter();
    elements.find(|e| e.element == Element::AuthorLink).unwrap()
}

fn assessed(word: &str) -> Vec<Fact> {
    vec![fact("author-link", word, "AA", 950_000)]
}

/// `AA` is no code; the evaluator itself knows no state, so any two letters do.
#[test]
fn both_the_finding_and_the_law_are_needed() {
    let executed = assessed("executed");
    let none = Authorship::new();
    let both = link(&executed, &found("AA", Proof::S2), "AA");
    assert_eq!(both.value, Kleene::Met);
    assert!(
        both.reason.contains("step 9, ARSIWA art. 4"),
        "{}",
        both.reason
    );
    assert_eq!(both.exhibits, ["x-executed"]);
    assert_eq!(
        link(&[], &found("AA", Proof::S3), "AA").value,
        Kleene::Unknown
    );
    assert_eq!(link(&executed, &none, "AA").value, Kleene::Unknown);
    assert_eq!(
        link(&executed, &found("AA", Proof::S1), "AA").value,
        Kleene::Unknown
    );
    assert_eq!(
        link(&executed, &found("BB", Proof::S3), "AA").value,
        Kleene::Unknown
    );
    // What is assessed of another state says nothing of this one.
    assert_eq!(
        link(&executed, &found("BB", Proof::S3), "BB").value,
        Kleene::Unknown
    );
}

#[test]
fn only_an_exoneration_is_not_met() {
    let said = |exonerated, proof, likelihood_ppm| {
        let finding = "f1".to_owned();
        let found = Found {
            proof,
            likelihood_ppm,
            exonerated,
            finding,
        };
        link(
            &assessed("executed"),
            &Authorship::from([("AA".parse().unwrap(), found)]),
            "AA",
        )
        .value
    };
    assert_eq!(said(true, None, 10_000), Kleene::NotMet);
    assert_eq!(
        said(false, None, 10_000),
        Kleene::Unknown,
        "unlikely is no exoneration"
    );
    assert_eq!(
        said(true, Some(Proof::S3), 990_000),
        Kleene::Unknown,
        "a contradiction decides nothing"
    );
}

#[test]
fn the_ladder_under_each_test() {
    use Kleene::{Met, NotMet, Unknown};
    let table = [
        ("prohibited", NotMet, NotMet, "due diligence"),
        ("prohibited-inadequate", NotMet, NotMet, "due diligence"),
        ("ignored", NotMet, NotMet, "due diligence"),
        ("encouraged", NotMet, NotMet, "no article"),
        ("shaped", NotMet, Unknown, "art. 8"),
        ("coordinated", Unknown, Met, "art. 8"),
        ("ordered", Met, Met, "art. 8 (instructions)"),
        ("rogue-conducted", Met, Met, "art. 4 with art. 7"),
        ("executed", Met, Met, "art. 4"),
        ("integrated", Met, Met, "art. 4 and art. 8"),
        ("empowered-entity", Met, Met, "art. 5"),
        ("adopted", Met, Met, "art. 11"),
    ];
    for ((word, effective, overall, article), link) in table.into_iter().zip(Link::ALL) {
        assert_eq!(link.as_str(), word);
        assert_eq!(link.attributes(ControlTest::Effective), effective, "{word}");
        assert_eq!(link.attributes(ControlTest::Overall), overall, "{word}");
        assert!(link.article().contains(article), "{word}");
    }
    let steps: Vec<_> = Link::ALL.iter().filter_map(|l| l.step()).collect();
    assert_eq!(steps, (1..=10).collect::<Vec<u8>>());
}

#[test]
fn the_test_of_control_is_named_and_the_other_answer_shown() {
    let coordinated = link(&assessed("coordinated"), &found("AA", Proof::S2), "AA");
    assert_eq!(coordinated.value, Kleene::Unknown);
    let reason = &coordinated.reason;
    assert!(
        reason.contains("effective control (ICJ, Nicaragua 1986, Bosnia 2007)"),
        "{reason}"
    );
    assert!(
        reason.contains("under overall control (ICTY, Tadić 1999) it would be met"),
        "{reason}"
    );
}

/// A step alone rules nothing out: the state may have adopted the act. With `no-other` it does.
#[test]
fn not_attributed_in_law_needs_a_complete_list() {
    let mut facts = assessed("encouraged");
    assert_eq!(
        link(&facts, &found("AA", Proof::S2), "AA").value,
        Kleene::Unknown
    );
    facts.push(fact("author-link", "no-other", "AA", 950_000));
    assert_eq!(
        link(&facts, &found("AA", Proof::S2), "AA").value,
        Kleene::NotMet
    );
    facts.push(fact("author-link", "adopted", "AA", 950_000));
    assert_eq!(
        link(&facts, &found("AA", Proof::S2), "AA").value,
        Kleene::Met
    );
}
