//! From what was told and what the record says to a round: nobody whom a rule keeps out reaches an offer.

use solferino_aid::matching::{
    Barrier, Climb, CodedError, CodedNeed, Engaged, Enlisted, Explainer, LeftOut, MAX_NAMED,
    NEED_FORMAT, Opened, REPORT_FORMAT, Report, Setting, Told, Why, WhyUnserved, inputs,
    most_units, solve,
};
use solferino_aid::{
    Caps, Class, Held, Interests, Known, Level, PROFILE_FORMAT, Profile, Skill, Slot, Tlp,
    WeekHours, Work, triage,
};
use std::collections::{BTreeMap, BTreeSet};

use crate::matching::generate::{Numbers, id, small};
use crate::support::form;

const HOUR_S: i64 = 3600;
const NOW_S: i64 = 1_000 * HOUR_S;

fn setting() -> Setting {
    Setting {
        at_s: NOW_S,
        climb: Climb::default(),
        interpreted: BTreeSet::new(),
        caps: Caps {
            weekly_hours: 12,
            shift_hours: 8,
            rest_hours: 11,
            code: "code-1".to_owned(),
        },
    }
}

/// A request by somebody who names the alleged source as a party, needing two units of mail.
fn opened(number: u64) -> Opened {
    let mut form = form();
    form.exclusions = BTreeSet::from(["The alleged source".parse().unwrap()]);
    let received_s = NOW_S - 10 * HOUR_S;
    Opened {
        id: id("request", number),
        received_s,
        class: triage(&form.need(received_s)).class,
        share_with_helpers: true,
        form: Some(form),
        coded: None,
        refused: BTreeSet::new(),
        before: BTreeSet::new(),
    }
}

fn enlisted(number: u64) -> Enlisted {
    let held = Held {
        level: Level::Expert,
        evidence: "a certificate".to_owned(),
    };
    Enlisted {
        id: id("responder", number),
        profile: Profile {
            format: PROFILE_FORMAT.to_owned(),
            skills: BTreeMap::from([(Skill::Mail, held)]),
            languages: BTreeSet::from(["en".parse().unwrap()]),
            hours: WeekHours::all(),
            utc_offset_minutes: 0,
            hours_per_week: 20,
            tlp: Tlp::Red,
            excludes: BTreeSet::new(),
            interests: Interests::default(),
            code: "whatever the profile says".to_owned(),
        },
        signed: true,
        known: Known {
            vetted_until_s: Some(NOW_S + 1),
            ..Known::default()
        },
        engaged: Vec::new(),
    }
}

fn worked(from: i64, to: i64) -> Work {
    Work {
        from_s: NOW_S + from * HOUR_S,
        to_s: NOW_S + to * HOUR_S,
    }
}

/// Who helps the first request, in ascending order.
fn team(opened: Vec<Opened>, enlisted: Vec<Enlisted>, seed: u8) -> Vec<String> {
    let (round, left_out) = inputs(setting(), opened, enlisted).unwrap();
    assert!(left_out.is_empty(), "{left_out:?}");
    let outcome = solve(round, &[seed; 32]).unwrap();
    let first = outcome
        .teams
        .iter()
        .find(|team| team.ask == id("request", 1));
    let parts = first.map(|team| team.parts.clone()).unwrap_or_default();
    parts
        .iter()
        .map(|part| part.helper.as_str().to_owned())
        .collect()
}

type Change = fn(&mut Enlisted);
/// What keeps a responder out, and by which word.
const KEPT_OUT: [(Barrier, Change); 9] = [
    (Barrier::Conflict, |one| {
        let source = BTreeSet::from(["The alleged source".parse().unwrap()]);
        one.profile.interests.customers = source;
    }),
    (Barrier::Resting, |one| {
        one.known.worked = vec![worked(-9, -1)]
    }),
    (Barrier::NoHours, |one| {
        one.known.worked = vec![worked(-100, -97), worked(-70, -67), worked(-40, -37)];
    }),
    (Barrier::NoHours, |one| {
        // given three units in two requests, and not yet worked
        let given = |units| Engaged {
            units,
            members: 1,
            worked: Vec::new(),
        };
        one.engaged = vec![given(1), given(2)];
    }),
    (Barrier::NotVetted, |one| one.known.vetted_until_s = None),
    (Barrier::VettingExpired, |one| {
        one.known.vetted_until_s = Some(NOW_S)
    }),
    (Barrier::Dismissed, |one| one.known.dismissed = true),
    (Barrier::OtherCode, |one| {
        one.signed = false;
        one.profile.code = "code-1".to_owned();
    }),
    (Barrier::Language, |one| {
        one.profile.languages = BTreeSet::from(["zu".parse().unwrap()]);
    }),
];

#[test]
fn nobody_whom_a_rule_keeps_out_reaches_an_offer() {
    for (barrier, change) in KEPT_OUT {
        let mut kept_out = enlisted(1);
        change(&mut kept_out);
        let other = enlisted(2);
        for seed in 0..20 {
            let both = vec![kept_out.clone(), other.clone()];
            let helping = team(vec![opened(1)], both, seed);
            assert_eq!(helping, ["responder2"], "{barrier}");
        }
        let alone = team(vec![opened(1)], vec![kept_out.clone()], 1);
        assert_eq!(alone, [] as [&str; 0], "{barrier}");
        let (round, _) = inputs(setting(), vec![opened(1)], vec![kept_out]).unwrap();
        let explainer = Explainer::new(round, &[1; 32]).unwrap();
        let why = explainer
            .explain(&id("request", 1), &id("responder", 1))
            .unwrap();
        let Why::CouldNot { barriers } = &why[0].why else {
            panic!("{barrier}: {why:?}");
        };
        assert_eq!(*barriers, [barrier]);
    }
    assert_eq!(team(vec![opened(1)], vec![enlisted(1)], 1), ["responder1"]);
}

#[test]
fn the_record_decides_about_consent_refusal_and_class() {
    let mut hidden = opened(1);
    hidden.share_with_helpers = false;
    let form = hidden.form.as_ref().unwrap();
    assert!(form.consent.share_with_helpers, "the form is older");
    assert_eq!(team(vec![hidden], vec![enlisted(1)], 1), [] as [&str; 0]);
    let mut disliked = opened(1);
    disliked.refused = BTreeSet::from([id("responder", 1)]);
    let both = vec![enlisted(1), enlisted(2)];
    assert_eq!(team(vec![disliked], both, 1), ["responder2"]);
    let mut lifted = opened(1);
    lifted.class = Class::P1;
    let (round, left_out) = inputs(setting(), vec![lifted, opened(2)], vec![]).unwrap();
    assert_eq!(round.asks.len(), 1);
    assert!(matches!(
        &left_out[..],
        [LeftOut::OtherClass { id: which, said: Class::P1, .. }] if *which == id("request", 1)
    ));
    // what triage coded takes the place of what the form says
    let mut coded = opened(1);
    let mut need = coded.form.as_ref().unwrap().need(coded.received_s);
    need.life_safety = solferino_aid::LifeSafety::Now;
    let slot = Slot {
        skill: Skill::Logs,
        level: Level::Basic,
        units: 1,
    };
    coded.coded = Some(CodedNeed {
        format: NEED_FORMAT.to_owned(),
        need,
        team: vec![slot],
        form: None,
    });
    coded.class = Class::P1;
    let (round, left_out) = inputs(setting(), vec![coded], vec![]).unwrap();
    assert!(left_out.is_empty(), "{left_out:?}");
    assert_eq!(
        (round.asks[0].class, &round.asks[0].team),
        (Class::P1, &vec![slot])
    );
}

/// A request whose form nobody can read waits for no other reason than that, once triage has coded it.
#[test]
fn a_coded_need_stands_for_a_form_that_cannot_be_read() {
    let form = opened(1).form.unwrap();
    let told = |languages: &[&str]| Told {
        languages: languages.iter().map(|tag| tag.parse().unwrap()).collect(),
        ..Told::from(&form)
    };
    let unread = |languages: Option<&[&str]>, need: bool| Opened {
        form: None,
        coded: need.then(|| CodedNeed {
            format: NEED_FORMAT.to_owned(),
            need: form.need(opened(1).received_s),
            team: form.estimate.clone(),
            form: languages.map(told),
        }),
        ..opened(1)
    };
    for left in [unread(None, false), unread(None, true)] {
        let (round, left_out) = inputs(setting(), vec![left], vec![enlisted(1)]).unwrap();
        assert!(round.asks.is_empty() && matches!(left_out[..], [LeftOut::Unread(_)]));
    }
    assert_eq!(
        team(vec![unread(Some(&["en"]), true)], vec![enlisted(1)], 1),
        ["responder1"]
    );
    let others = unread(Some(&["uk"]), true);
    assert_eq!(team(vec![others], vec![enlisted(1)], 1), [] as [&str; 0]);
    // who has a part in it is ruled out by what was coded, as by a form
    let mut tied = enlisted(1);
    KEPT_OUT[0].1(&mut tied);
    assert_eq!(
        team(vec![unread(Some(&["en"]), true)], vec![tied], 1),
        [] as [&str; 0]
    );
    // a form that can be read is asked itself: nobody's coding takes the requester's languages away
    let mut both = unread(Some(&["uk"]), true);
    both.form = Some(form.clone());
    assert_eq!(team(vec![both], vec![enlisted(1)], 1), ["responder1"]);
    let coded = unread(Some(&[]), true).coded.unwrap();
    let read = CodedNeed::from_json(&serde_json::to_vec(&coded).unwrap());
    assert!(matches!(read, Err(CodedError::Languages)));
}

#[test]
fn hours_that_were_worked_are_not_given_twice() {
    let mut one = enlisted(1);
    // four of the eight hours of a request are worked: one unit is left of it, and two of the week
    let done = vec![worked(-60, -56)];
    one.known.worked.clone_from(&done);
    one.engaged = vec![Engaged {
        units: 2,
        members: 1,
        worked: done,
    }];
    let (round, _) = inputs(setting(), vec![], vec![one]).unwrap();
    assert_eq!((round.helpers[0].units, round.helpers[0].load), (1, 1));
}

#[test]
fn a_row_names_who_helps_and_who_could_and_counts_the_rest() {
    let mut tied = enlisted(1);
    KEPT_OUT[0].1(&mut tied);
    let mut all = vec![tied];
    all.extend((2..80).map(enlisted));
    let (round, _) = inputs(setting(), vec![opened(1), opened(2)], all).unwrap();
    let explainer = Explainer::new(round.clone(), &[3; 32]).unwrap();
    let row = explainer.row(&id("round", 1), &id("request", 1)).unwrap();
    let outcome = solve(round, &[3; 32]).unwrap();
    assert_eq!(row.team, outcome.teams[0].parts);
    assert!(row.has_team() && row.why_none.is_none());
    assert_eq!(
        row.named[0].helper, row.team[0].helper,
        "who helps comes first"
    );
    assert_eq!(
        (row.helpers, row.named.len(), row.not_named),
        (79, MAX_NAMED, 14)
    );
    assert_eq!(row.barriers, BTreeMap::from([(Barrier::Conflict, 1)]));
    let text = serde_json::to_string(&row).unwrap();
    assert!(
        !text.contains("\"responder1\""),
        "why somebody cannot is theirs"
    );
    let (round, _) = inputs(setting(), vec![opened(1)], vec![]).unwrap();
    let row = Explainer::new(round, &[3; 32]).unwrap();
    let row = row.row(&id("round", 1), &id("request", 1)).unwrap();
    assert_eq!(row.why_none, Some(WhyUnserved::NobodyAble));
}

#[test]
fn reports_and_needs_have_one_form() {
    let report = |worked: &str| {
        let text = format!("{{\"format\":\"{REPORT_FORMAT}\",\"worked\":{worked},\"text\":\"\"}}");
        Report::from_json(text.as_bytes())
    };
    assert_eq!(
        report("[{\"from_s\":0,\"to_s\":86400}]")
            .unwrap()
            .worked
            .len(),
        1
    );
    for bad in [
        "[{\"from_s\":0,\"to_s\":86401}]",
        "[{\"from_s\":1,\"to_s\":1}]",
    ] {
        assert!(matches!(report(bad), Err(CodedError::Worked)), "{bad}");
    }
    let many = vec!["{\"from_s\":0,\"to_s\":1}"; 65].join(",");
    assert!(matches!(
        report(&format!("[{many}]")),
        Err(CodedError::Worked)
    ));
    assert!(matches!(
        Report::from_json(b"{}"),
        Err(CodedError::Shape(_))
    ));
    let long = vec![b' '; 65_537];
    assert!(matches!(
        CodedNeed::from_json(&long),
        Err(CodedError::TooLarge(_))
    ));
    let need = form().need(0);
    let coded = |format: &str, team| CodedNeed {
        format: format.to_owned(),
        need,
        team,
        form: None,
    };
    let read = |coded: CodedNeed| CodedNeed::from_json(&serde_json::to_vec(&coded).unwrap());
    let team = form().estimate;
    read(coded(NEED_FORMAT, team.clone())).unwrap();
    assert!(matches!(
        read(coded("x", team)),
        Err(CodedError::Format(..))
    ));
    assert!(matches!(
        read(coded(NEED_FORMAT, vec![])),
        Err(CodedError::Team(0))
    ));
}

/// The most that one of a team carries, over every way to share its units in which each carries one or more.
fn by_enumeration(units: u16, members: u16) -> u16 {
    fn most(left: u16, members: u16) -> Option<u16> {
        if members == 1 {
            return (left >= 1).then_some(left);
        }
        let shares = (1..=left).filter_map(|one| Some(most(left - one, members - 1)?.max(one)));
        shares.max()
    }
    most(units, members).unwrap()
}

#[test]
fn nobody_is_counted_with_less_than_they_may_carry_and_no_more_than_anybody_could() {
    for members in 1..=6 {
        for units in members..=9 {
            let most = most_units(units, members);
            assert_eq!(most, by_enumeration(units, members), "{units} {members}");
        }
    }
    // and the solver itself never gives anybody of a team more
    let mut seen = 0;
    for seed in 0..400 {
        let round = small(&mut Numbers(seed), 6);
        let outcome = solve(round.clone(), &[7; 32]).unwrap();
        for team in &outcome.teams {
            let mut carried: BTreeMap<_, u16> = BTreeMap::new();
            for given in &team.parts {
                *carried.entry(&given.helper).or_default() += given.units;
            }
            let units: u16 = carried.values().sum();
            let members = u16::try_from(carried.len()).unwrap();
            let most = most_units(units, members);
            assert!(carried.values().all(|n| (1..=most).contains(n)), "{team:?}");
            seen += usize::from(members > 1);
        }
    }
    assert!(seen > 20, "{seen} teams of several");
}
