//! What the evaluator never does.

use crate::support::{SHIPPED, by, day, fact, found, judge, party};
use solferino_norms::{
    Authorship, Bound, ControlTest, Effects, Element, Evaluator, Fact, FactFault, Gap, Given,
    Kleene, Ledger, LedgerRows, Policy, Proof, Term, Verdict, check_facts,
};

const ON: &str = "2020-01-01";

fn core_attack() -> Vec<Fact> {
    vec![
        fact("target-class", "health", "", 950_000),
        fact("effect", "availability", "", 950_000),
        fact("intent", "disruption", "", 950_000),
        fact("conduct", "contrary-to-international-law", "", 900_000),
        fact("author-link", "executed", "FR", 900_000),
    ]
}

fn gge(facts: &[Fact], authorship: &Authorship) -> solferino_norms::Judgement {
    judge(
        "GGE15.f",
        "FR",
        facts,
        authorship,
        &LedgerRows::default(),
        ON,
    )
}

#[test]
fn voluntary_norms_are_never_breached() {
    let judged = gge(&core_attack(), &found("FR", Proof::S2));
    assert_eq!(judged.verdict, Verdict::Inconsistent);
    assert_eq!(judged.bounds.bound, Bound::AtTheTime);
    assert_eq!(judged.words, "inconsistent with");
    assert!(judged.missing.is_empty());
}

/// Leaving out any fact gives `cannot-tell` and says what is missing.
#[test]
fn what_is_unknown_is_no_breach_and_is_named() {
    let all = core_attack();
    for left_out in 0..all.len() {
        let mut facts = all.clone();
        let gone = facts.remove(left_out);
        let judged = gge(&facts, &found("FR", Proof::S2));
        assert_eq!(judged.verdict, Verdict::CannotTell, "{}", gone.value);
        let gap = judged.missing.iter().find(|m| {
            m.words.contains(&gone.value)
                || (m.gap == Gap::Law && gone.element == Element::AuthorLink)
        });
        assert!(
            gap.is_some(),
            "{} is not named in {:?}",
            gone.value,
            judged.missing
        );
    }
    let judged = gge(&all, &Authorship::new());
    assert_eq!(judged.verdict, Verdict::CannotTell);
    assert!(judged.missing.iter().any(|m| m.gap == Gap::Finding));
}

/// Refusal 1: territory and infrastructure never make an author, in any number.
#[test]
fn territory_alone_names_nobody() {
    let mut facts = core_attack();
    facts.retain(|f| f.element != Element::AuthorLink);
    for coder in ["a", "b", "c"] {
        facts.push(by(coder, "territory", "from", "FR", 1_000_000));
        facts.push(by(coder, "territory", "through", "FR", 1_000_000));
        facts.push(by(coder, "knowledge", "actual", "FR", 1_000_000));
    }
    for entry in SHIPPED.corpus.entries() {
        let judged = judge(
            &entry.norm.id,
            "FR",
            &facts,
            &Authorship::new(),
            &LedgerRows::default(),
            ON,
        );
        let link = judged.elements.iter().find(|e| e.author.is_some());
        if let Some(link) = link {
            assert_ne!(
                link.author.as_ref().unwrap().value,
                Kleene::Met,
                "{}",
                entry.norm.id
            );
        }
    }
    assert_eq!(gge(&facts, &Authorship::new()).verdict, Verdict::CannotTell);
}

#[test]
fn coders_who_differ_give_unknown_with_both_shown() {
    let mut facts = core_attack();
    facts.push(by("b", "effect", "availability", "", 100_000));
    let judged = gge(&facts, &found("FR", Proof::S2));
    assert_eq!(judged.verdict, Verdict::CannotTell);
    let effect = judged
        .elements
        .iter()
        .find(|e| e.element == Element::Effect)
        .unwrap();
    assert_eq!(effect.value, Kleene::Unknown);
    assert!(
        effect.reason.contains("a met (95 %)") && effect.reason.contains("b not met (10 %)"),
        "{}",
        effect.reason
    );
    assert!(effect.reason.contains("coders differ"));
    assert_eq!(judged.missing[0].gap, Gap::CodersDiffer);
    // A coder who contradicts herself is undecided, not twice right.
    let mut facts = core_attack();
    facts.push(fact("effect", "availability", "", 100_000));
    assert_eq!(
        gge(&facts, &found("FR", Proof::S2)).verdict,
        Verdict::CannotTell
    );
}

#[test]
fn thresholds_on_both_sides() {
    let at = |likelihood| {
        let mut facts = core_attack();
        facts.retain(|f| f.element != Element::Effect);
        facts.push(fact("effect", "availability", "", likelihood));
        let judged = gge(&facts, &found("FR", Proof::S2));
        let effect = judged
            .elements
            .into_iter()
            .find(|e| e.element == Element::Effect)
            .unwrap();
        let of = effect
            .facts
            .into_iter()
            .find(|r| r.word == "availability")
            .unwrap();
        of.value
    };
    assert_eq!(at(800_000), Kleene::Met);
    assert_eq!(at(799_999), Kleene::Unknown);
    assert_eq!(at(200_001), Kleene::Unknown);
    assert_eq!(at(200_000), Kleene::NotMet);
    for (met_ppm, not_met_ppm, fits) in [
        (500_001, 499_999, true),
        (500_000, 200_000, false),
        (800_000, 500_000, false),
        (1_000_001, 0, false),
    ] {
        let policy = Policy {
            met_ppm,
            not_met_ppm,
            proof: Proof::S1,
            control: ControlTest::Overall,
        };
        assert_eq!(policy.check().is_ok(), fits, "{met_ppm} {not_met_ppm}");
    }
}

/// A later fact does not count for an earlier act.
#[test]
fn facts_of_a_later_day_do_not_count() {
    let mut facts = core_attack();
    for fact in &mut facts {
        fact.on = Some(day(ON));
    }
    assert_eq!(
        gge(&facts, &found("FR", Proof::S2)).verdict,
        Verdict::Inconsistent
    );
    facts[1].on = Some(day("2020-01-02"));
    assert_eq!(
        gge(&facts, &found("FR", Proof::S2)).verdict,
        Verdict::CannotTell
    );
}

/// Espionage is never an attack, whatever is known or not known beside it; only a physical effect is.
#[test]
fn espionage_is_never_an_attack() {
    for code in 0..3_usize.pow(6) {
        let value = |place| Kleene::ALL[code / 3_usize.pow(place) % 3];
        let effects = Effects {
            confidentiality: value(0),
            integrity: value(1),
            availability: value(2),
            physical: value(3),
            disclosure: value(4),
            espionage: value(5),
        };
        let term = Term::of(effects);
        let physical = effects.physical == Kleene::Met;
        assert_eq!(term.is_attack(), physical, "{effects:?}");
        assert_eq!(term.word().contains("attack"), physical, "{effects:?}");
    }
    let facts = [
        fact("effect", "confidentiality", "", 950_000),
        fact("intent", "espionage", "", 950_000),
    ];
    let judged = judge(
        "TM2.32",
        "FR",
        &facts,
        &Authorship::new(),
        &LedgerRows::default(),
        ON,
    );
    assert_eq!(
        (judged.term, judged.term_set.as_str()),
        (Term::Espionage, "solferino-terms/1")
    );
    assert_eq!(judged.verdict, Verdict::CannotTell);
    assert!(judged.no_elements.is_some());
}

/// Emblem and protected class aggravate and change no verdict; where the norm is not engaged they are not said.
#[test]
fn aggravation_is_beside_the_verdict() {
    let plain = gge(&core_attack(), &found("FR", Proof::S2));
    let mut facts = core_attack();
    facts.push(fact("target-class", "emblemed", "", 950_000));
    let marked = gge(&facts, &found("FR", Proof::S2));
    assert_eq!(marked.verdict, plain.verdict);
    let classes = |j: &solferino_norms::Judgement| -> Vec<String> {
        j.aggravating.iter().map(|a| a.class.clone()).collect()
    };
    assert_eq!(classes(&plain), ["health"]);
    assert_eq!(classes(&marked), ["emblemed", "health"]);
    facts.push(fact("intent", "no-other", "", 950_000));
    facts.retain(|f| f.value != "disruption");
    let off = gge(&facts, &found("FR", Proof::S2));
    assert_eq!(off.verdict, Verdict::NotEngaged);
    assert!(off.aggravating.is_empty());
}

#[test]
fn malformed_facts_are_refused_whole() {
    let mut facts = vec![
        fact("effect", "smoke", "", 1),
        fact("territory", "from", "XX", 1),
        fact("effect", "integrity", "", 1_000_001),
        fact("effect", "integrity", "", 1_000_000),
        fact("conduct", "offence-aided", "acme", 1),
    ];
    facts[3].exhibits.clear();
    let faults = check_facts(&facts, &SHIPPED.vocabulary, &SHIPPED.states).unwrap_err();
    let found: Vec<_> = faults.iter().map(|f| (f.number, &f.reason)).collect();
    assert!(matches!(found[0], (1, FactFault::Word { .. })));
    assert!(matches!(found[1], (2, FactFault::State(_))));
    assert!(matches!(found[2], (3, FactFault::Likelihood(1_000_001))));
    assert!(matches!(found[3], (4, FactFault::NoExhibit)));
    assert_eq!(found.len(), 4);
    assert!(
        faults[0]
            .to_string()
            .starts_with("fact 1: \"smoke\" is no word of effect")
    );
    assert!(check_facts(&facts[4..], &SHIPPED.vocabulary, &SHIPPED.states).is_ok());
}

/// Every judgement names its term set, its row's digest and its basis; a judgement reads back from JSON.
#[test]
fn a_judgement_is_complete_and_stable() {
    let facts = core_attack();
    let authorship = found("FR", Proof::S2);
    let ledger = Ledger::empty(&SHIPPED.states);
    let given = Given {
        facts: &facts,
        authorship: &authorship,
        ledger: &ledger,
        vocabulary: &SHIPPED.vocabulary,
        policy: Policy::default(),
        on: day(ON),
    };
    let evaluator = Evaluator::new(given);
    for entry in SHIPPED.corpus.entries() {
        let judged = evaluator.judge(entry, &party("FR"));
        assert_eq!(judged.norm_sha256, entry.digest);
        assert_eq!(judged.basis, entry.basis());
        let explained = !judged.missing.is_empty() || judged.no_elements.is_some();
        let open = judged.verdict == Verdict::CannotTell || judged.bounds.bound == Bound::Unknown;
        assert_eq!(open, explained, "{}", judged.norm);
        let text = serde_json::to_string(&judged).unwrap();
        let again: solferino_norms::Judgement = serde_json::from_str(&text).unwrap();
        assert_eq!(again, judged);
        assert_eq!(serde_json::to_string(&again).unwrap(), text);
    }
}
