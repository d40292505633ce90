//! Triage: need alone, monotone, and as the page says.

use crate::support::form;
use proptest::prelude::*;
use solferino_aid::matching::Ask;
use solferino_aid::{
    Answer, Class, Data, Factor, FormError, Function, Incident, LifeSafety, MAX_FORM_BYTES,
    MAX_STORY_CHARS, Mitigation, Need, Request, Sector, Support, triage,
};
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../docs/aid.md");

fn any_need() -> impl Strategy<Value = Need> {
    let words = (
        prop::sample::select(Sector::ALL),
        prop::sample::select(LifeSafety::ALL),
        prop::sample::select(Function::ALL),
        prop::sample::select(Data::ALL),
        prop::sample::select(Answer::ALL),
        prop::sample::select(Answer::ALL),
        prop::sample::select(Mitigation::ALL),
        prop::sample::select(Support::ALL),
    );
    let people = prop::option::of(prop::sample::select(vec![
        0_u32, 9, 10, 999, 1_000, 99_999, 100_000,
    ]));
    let deadline = prop::option::of(prop::sample::select(vec![0_u32, 72, 73, 1_000]));
    (words, people, deadline).prop_map(|(words, people, deadline_hours)| {
        let (sector, life_safety, function, data, ongoing, spill_over, mitigation, support) = words;
        let incident = Incident::Other;
        Need {
            sector,
            incident,
            life_safety,
            people,
            function,
            data,
            ongoing,
            spill_over,
            deadline_hours,
            mitigation,
            support,
        }
    })
}

/// The next word of a list, from least to most serious.
fn worse<T: Copy + PartialEq>(all: &[T], word: T) -> Option<T> {
    let at = all.iter().position(|one| *one == word)?;
    all.get(at + 1).copied()
}

/// Every need that is worse than this one in exactly one field.
fn worsened(need: &Need) -> Vec<Need> {
    let mut all = Vec::new();
    let mut push = |one: Option<Need>| all.extend(one);
    push(
        worse(LifeSafety::ALL, need.life_safety).map(|life_safety| Need {
            life_safety,
            ..*need
        }),
    );
    push(worse(Function::ALL, need.function).map(|function| Need { function, ..*need }));
    push(worse(Data::ALL, need.data).map(|data| Need { data, ..*need }));
    push(worse(Answer::ALL, need.ongoing).map(|ongoing| Need { ongoing, ..*need }));
    push(worse(Answer::ALL, need.spill_over).map(|spill_over| Need {
        spill_over,
        ..*need
    }));
    push(
        worse(Mitigation::ALL, need.mitigation).map(|mitigation| Need {
            mitigation,
            ..*need
        }),
    );
    push(worse(Support::ALL, need.support).map(|support| Need { support, ..*need }));
    push(need.people.map(|people| Need {
        people: Some(people.saturating_mul(10)),
        ..*need
    }));
    push(Some(Need {
        deadline_hours: Some(need.deadline_hours.unwrap_or(100) / 2),
        ..*need
    }));
    if !need.sector.is_essential() {
        push(Some(Need {
            sector: Sector::Health,
            ..*need
        }));
    }
    all
}

proptest! {
    #[test]
    fn a_worse_need_is_never_in_a_lower_class(need in any_need()) {
        let before = triage(&need);
        for worse in worsened(&need) {
            let after = triage(&worse);
            prop_assert!(after.class <= before.class, "{need:?} {before:?} {worse:?} {after:?}");
        }
    }

    #[test]
    fn the_reasons_carry_the_class(need in any_need()) {
        let triage = triage(&need);
        prop_assert_eq!(triage.points, triage.because.iter().map(|one| one.points).sum::<i8>());
        let capped = triage.because.iter().any(|one| one.factor == Factor::NotVital);
        prop_assert_eq!(capped, triage.points >= 8 && triage.class == Class::P2);
        if need.life_safety == LifeSafety::Now {
            prop_assert_eq!(triage.class, Class::P1);
        }
    }
}

#[test]
fn the_need_has_these_fields_and_no_other() {
    // Taken apart without `..`: a new field does not compile until somebody has read section 2 of the page.
    let Need {
        sector: _,
        incident: _,
        life_safety: _,
        people: _,
        function: _,
        data: _,
        ongoing: _,
        spill_over: _,
        deadline_hours: _,
        mitigation: _,
        support: _,
    } = form().need(0);
    let json = serde_json::to_value(form().need(0)).unwrap();
    let fields: BTreeSet<&str> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let table = PAGE.split("| field of the need |").nth(1).unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let page: BTreeSet<&str> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2))
        .collect();
    assert_eq!(fields, page);
    for forbidden in [
        "country",
        "nationality",
        "politics",
        "organisation",
        "donor",
        "region",
    ] {
        assert!(!json.to_string().contains(forbidden), "{forbidden}");
    }
}

/// Every field of a form with another value, and whether the need has it.
fn changed() -> Vec<(&'static str, bool, Request)> {
    let mut all = Vec::new();
    let mut with = |field, in_need, change: &dyn Fn(&mut Request)| {
        let mut request = form();
        change(&mut request);
        assert_ne!(request, form(), "{field} is changed");
        all.push((field, in_need, request));
    };
    with("story", false, &|form| form.story = "another".to_owned());
    with("background.country", false, &|form| {
        form.background.country = "B".parse().ok()
    });
    with("background.organisation", false, &|form| {
        form.background.organisation = "O2".parse().ok()
    });
    with("background.nationality", false, &|form| {
        form.background.nationality = Some("n".to_owned())
    });
    with("background.politics", false, &|form| {
        form.background.politics = Some("p".to_owned())
    });
    with("background.donors", false, &|form| {
        form.background.donors = vec!["d".to_owned()]
    });
    with("contact", false, &|form| {
        form.contact.address = "elsewhere".to_owned()
    });
    with("languages", false, &|form| {
        form.languages = BTreeSet::from(["ar".parse().unwrap()])
    });
    with("consent", false, &|form| {
        form.consent.publish_anonymised = true
    });
    with("times.onset_s", false, &|form| form.times.onset_s = Some(5));
    with("times.detected_s", false, &|form| {
        form.times.detected_s = Some(5)
    });
    with("times.deadline_s", true, &|form| {
        form.times.deadline_s = Some(5)
    });
    with("sector", true, &|form| form.sector = Sector::Energy);
    with("incident", true, &|form| form.incident = Incident::Other);
    with("assets", false, &|form| form.assets.clear());
    with("emblem", false, &|form| {
        form.emblem = solferino_aid::Emblem::Shown
    });
    with("life_safety", true, &|form| {
        form.life_safety = LifeSafety::Now
    });
    with("people", true, &|form| form.people = None);
    with("function", true, &|form| form.function = Function::Stopped);
    with("data", true, &|form| form.data = Data::LifeEndangering);
    with("ongoing", true, &|form| form.ongoing = Answer::No);
    with("spill_over", true, &|form| form.spill_over = Answer::Yes);
    with("mitigation", true, &|form| {
        form.mitigation = Mitigation::Contained
    });
    with("done_already", false, &|form| {
        form.done_already = "all".to_owned()
    });
    with("support", true, &|form| form.support = Support::Sufficient);
    with("estimate", false, &|form| form.estimate.clear());
    with("on_site", false, &|form| form.on_site = Answer::Yes);
    with("tlp", false, &|form| form.tlp = solferino_aid::Tlp::Green);
    with("exclusions", false, &|form| {
        form.exclusions = BTreeSet::from(["X".parse().unwrap()])
    });
    with("evidence", false, &|form| {
        form.evidence = BTreeSet::from(["a".repeat(64)])
    });
    all
}

#[test]
fn changing_what_triage_must_not_see_changes_nothing() {
    let before = form();
    let all = changed();
    for (field, in_need, request) in &all {
        assert_eq!(request.need(0) != before.need(0), *in_need, "{field}");
        if !in_need {
            assert_eq!(triage(&request.need(0)), triage(&before.need(0)), "{field}");
        }
    }
    // Every field of the form was changed, except its format.
    let json = serde_json::to_value(before).unwrap();
    let fields = json
        .as_object()
        .unwrap()
        .keys()
        .filter(|field| *field != "format");
    for field in fields {
        let tried = all
            .iter()
            .any(|(name, ..)| name.split('.').next() == Some(field));
        assert!(tried, "{field} is not among the changes");
    }
    for field in json["background"].as_object().unwrap().keys() {
        let tried = all
            .iter()
            .any(|(name, ..)| *name == format!("background.{field}"));
        assert!(tried, "background.{field} is not among the changes");
    }
}

#[test]
fn the_factors_are_the_page() {
    let table = PAGE.split("| factor | when | points |").nth(1).unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut page = BTreeSet::from(["not-vital".to_owned()]);
    for row in rows {
        let cell = row.split('|').nth(1).unwrap();
        let words: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        let kind = words[0].split('-').next().unwrap();
        let whole = |word: &&str| match word.strip_prefix('-') {
            Some(end) => format!("{kind}-{end}"),
            None => (*word).to_owned(),
        };
        page.extend(words.iter().map(whole));
    }
    let code: BTreeSet<String> = Factor::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(page, code);
}

#[test]
fn worked_classes() {
    let mut clinic = form().need(0);
    clinic = Need {
        sector: Sector::Health,
        life_safety: LifeSafety::Possible,
        people: Some(5_000),
        function: Function::Stopped,
        data: Data::Special,
        ..clinic
    };
    assert_eq!(
        (triage(&clinic).class, triage(&clinic).points),
        (Class::P1, 9)
    );
    // The campaign: nobody in danger, mailboxes open, no help.
    let campaign = form().need(0);
    assert_eq!(
        (triage(&campaign).class, triage(&campaign).points),
        (Class::P2, 6)
    );
    // A newsroom that stands still for very many is grave; but nobody's life hangs on it.
    let newsroom = Need {
        sector: Sector::Media,
        function: Function::Stopped,
        people: Some(200_000),
        ..campaign
    };
    assert_eq!(
        (triage(&newsroom).class, triage(&newsroom).points),
        (Class::P2, 8)
    );
    let small = Need {
        people: Some(1),
        data: Data::None,
        ongoing: Answer::No,
        support: Support::Sufficient,
        ..campaign
    };
    assert_eq!(triage(&small).class, Class::P4);
}

#[test]
fn forms_have_limits_and_one_spelling() {
    let json = form().to_json().unwrap();
    assert_eq!(Request::from_json(&json).unwrap(), form());
    assert_eq!(Request::from_json(&json).unwrap().to_json().unwrap(), json);
    let refused = |change: &dyn Fn(&mut Request)| {
        let mut request = form();
        change(&mut request);
        let json = serde_json::to_vec(&request).unwrap();
        let refused = Request::from_json(&json).err();
        assert_eq!(refused.is_some(), request.to_json().is_err());
        refused.map(|error| (error.code(), error.to_string()))
    };
    assert_eq!(
        refused(&|form| form.story = "é".repeat(MAX_STORY_CHARS)),
        None
    );
    let (code, message) = refused(&|form| form.story = "é".repeat(MAX_STORY_CHARS + 1)).unwrap();
    assert_eq!(code, "aid-form");
    assert!(message.contains("story has 20001 characters"), "{message}");
    assert!(refused(&|form| form.format = "x".to_owned()).is_some());
    assert!(refused(&|form| form.languages.clear()).is_some());
    assert!(refused(&|form| form.consent.store = false).is_some());
    assert!(refused(&|form| form.evidence = BTreeSet::from(["A".repeat(64)])).is_some());
    assert!(refused(&|form| form.background.donors = vec![String::new(); 32]).is_none());
    assert!(refused(&|form| form.background.donors = vec![String::new(); 33]).is_some());
    let mut json = serde_json::to_value(form()).unwrap();
    json["importance"] = 1.into();
    assert!(
        Request::from_json(json.to_string().as_bytes()).is_err(),
        "unknown field"
    );
    let mut large = form().to_json().unwrap();
    large.resize(MAX_FORM_BYTES, b' ');
    assert!(Request::from_json(&large).is_ok());
    large.push(b' ');
    assert!(matches!(
        Request::from_json(&large),
        Err(FormError::TooLarge { .. })
    ));
}

#[test]
fn an_ask_takes_its_class_from_the_need_and_its_barriers_from_the_form() {
    let request = form();
    let need = request.need(0);
    let team = solferino_aid::smallest_team(request.incident);
    let ask = Ask::new("ask".parse().unwrap(), 0, &need, &request, team);
    assert_eq!(
        (ask.class, ask.jurisdiction.as_ref()),
        (Class::P2, request.background.country.as_ref())
    );
    assert!(
        ask.parties
            .contains(request.background.organisation.as_ref().unwrap())
    );
    // Whatever of the form the need does not have: class and time of receipt, which decide about the line, stay.
    for (field, in_need, request) in changed() {
        let other = Ask::new("ask".parse().unwrap(), 0, &need, &request, ask.team.clone());
        assert_eq!(
            (other.class, other.received_s),
            (ask.class, ask.received_s),
            "{field}"
        );
        let shuts_out = [
            "background.country",
            "background.organisation",
            "exclusions",
            "languages",
            "tlp",
        ];
        assert_eq!(
            other != ask,
            shuts_out.contains(&field),
            "{field} {in_need}"
        );
    }
    for incident in Incident::ALL {
        let team = solferino_aid::smallest_team(*incident);
        let units: u8 = team.iter().map(|slot| slot.units).sum();
        assert!((1..=5).contains(&units), "{incident}");
    }
}
