//! Responders: hours left, rest, fitness, and interests that only exclude.

use solferino_aid::matching::{Barrier, solve};
use solferino_aid::{
    Caps, Held, Interests, Known, Level, PROFILE_FORMAT, Profile, Skill, Tlp, WeekHours, Work,
    helper, rests_until_s, worked_s,
};
use std::collections::{BTreeMap, BTreeSet};

use crate::matching::generate::{ask, id, round};

const HOUR_S: i64 = 3600;
const NOW_S: i64 = 1_000 * HOUR_S;

fn profile() -> Profile {
    let held = Held {
        level: Level::Expert,
        evidence: "a certificate".to_owned(),
    };
    Profile {
        format: PROFILE_FORMAT.to_owned(),
        skills: BTreeMap::from([(Skill::Mail, held)]),
        languages: BTreeSet::from(["en".parse().unwrap()]),
        hours: WeekHours::all(),
        utc_offset_minutes: 60,
        hours_per_week: 20,
        tlp: Tlp::Red,
        excludes: BTreeSet::new(),
        interests: Interests::default(),
        code: "2026-1".to_owned(),
    }
}

fn known() -> Known {
    Known {
        vetted_until_s: Some(NOW_S + 1),
        ..Known::default()
    }
}

fn caps() -> Caps {
    Caps {
        weekly_hours: 16,
        shift_hours: 8,
        rest_hours: 11,
        code: "2026-1".to_owned(),
    }
}

fn work(from: i64, to: i64) -> Work {
    Work {
        from_s: NOW_S + from * HOUR_S,
        to_s: NOW_S + to * HOUR_S,
    }
}

fn units(known: &Known) -> u8 {
    helper(id("helper", 1), &profile(), known, &caps(), NOW_S)
        .unwrap()
        .units
}

fn unfit(profile: &Profile, known: &Known) -> Vec<Barrier> {
    let helper = helper(id("helper", 1), profile, known, &caps(), NOW_S).unwrap();
    helper.unfit.into_iter().collect()
}

#[test]
fn nobody_works_beyond_the_weekly_cap() {
    assert_eq!(units(&known()), 4, "16 of 20 hours in units of four");
    let with = |worked: &[Work], promised_units| {
        units(&Known {
            worked: worked.to_vec(),
            promised_units,
            ..known()
        })
    };
    assert_eq!(with(&[work(-100, -96)], 0), 3);
    assert_eq!(
        with(&[work(-100, -96), work(-98, -96)], 0),
        3,
        "overlapping work counts once"
    );
    assert_eq!(
        with(&[work(-170, -166)], 0),
        3,
        "two of its hours lie in the window: 14 are left"
    );
    assert_eq!(with(&[work(-172, -168)], 0), 4, "a week ago is over");
    assert_eq!(with(&[work(-40, -24)], 0), 0);
    assert_eq!(with(&[], 3), 1);
    assert_eq!(with(&[], 200), 0);
    assert_eq!(
        worked_s(&[work(-4, 4)], NOW_S),
        4 * HOUR_S,
        "what is to come does not count"
    );
    assert_eq!(worked_s(&[work(4, 2)], NOW_S), 0);
}

#[test]
fn rest_is_due_after_a_shift() {
    let until =
        |worked: &[Work]| rests_until_s(worked, &caps()).map(|until_s| (until_s - NOW_S) / HOUR_S);
    assert_eq!(until(&[work(-9, -2)]), None, "seven hours are no shift");
    assert_eq!(until(&[work(-10, -2)]), Some(9));
    assert_eq!(
        until(&[work(-10, -7), work(-4, -2)]),
        Some(9),
        "a break of three hours is no rest"
    );
    assert_eq!(
        until(&[work(-20, -15), work(-4, -2)]),
        None,
        "eleven hours are"
    );
    let resting = Known {
        worked: vec![work(-10, -2)],
        ..known()
    };
    assert_eq!(unfit(&profile(), &resting), [Barrier::Resting]);
    let rested = Known {
        worked: vec![work(-19, -11)],
        ..known()
    };
    assert_eq!(unfit(&profile(), &rested), []);
}

#[test]
fn each_reason_to_be_unfit_keeps_out_of_matching() {
    let good = (profile(), known());
    let cases = [
        (
            Barrier::NotVetted,
            good.0.clone(),
            Known {
                vetted_until_s: None,
                ..known()
            },
        ),
        (
            Barrier::VettingExpired,
            good.0.clone(),
            Known {
                vetted_until_s: Some(NOW_S),
                ..known()
            },
        ),
        (
            Barrier::Dismissed,
            good.0.clone(),
            Known {
                dismissed: true,
                ..known()
            },
        ),
        (
            Barrier::OnPanel,
            good.0.clone(),
            Known {
                on_panel: true,
                ..known()
            },
        ),
        (
            Barrier::OtherCode,
            Profile {
                code: "2025-1".to_owned(),
                ..profile()
            },
            known(),
        ),
        (
            Barrier::NoHours,
            Profile {
                hours_per_week: 3,
                ..profile()
            },
            known(),
        ),
    ];
    let served = |profile: &Profile, known: &Known| {
        let helper = helper(id("helper", 1), profile, known, &caps(), NOW_S).unwrap();
        let mut round = round(vec![ask(1)], vec![helper]);
        round.at_s = NOW_S;
        !solve(round, &[1; 32]).unwrap().teams.is_empty()
    };
    assert!(served(&good.0, &good.1));
    for (barrier, profile, known) in cases {
        assert_eq!(unfit(&profile, &known), [barrier]);
        assert!(!served(&profile, &known), "{barrier}");
    }
}

#[test]
fn every_interest_excludes_and_none_raises() {
    let label = || BTreeSet::from(["O1".parse().unwrap()]);
    let none = Interests::default;
    let all = [
        Interests {
            employers: label(),
            ..none()
        },
        Interests {
            customers: label(),
            ..none()
        },
        Interests {
            governments: label(),
            ..none()
        },
        Interests {
            funders: label(),
            ..none()
        },
        Interests {
            disputes: label(),
            ..none()
        },
    ];
    let helpers = |interests: &Interests| {
        let profile = Profile {
            interests: interests.clone(),
            ..profile()
        };
        let tied = helper(id("helper", 1), &profile, &known(), &caps(), NOW_S).unwrap();
        let free = helper(id("helper", 2), &self::profile(), &known(), &caps(), NOW_S).unwrap();
        vec![tied, free]
    };
    for interests in &all {
        for seed in 0..20 {
            let mut party = ask(1);
            party.parties = label();
            let outcome = solve(round(vec![party], helpers(interests)), &[seed; 32]).unwrap();
            assert_eq!(
                outcome.teams[0].parts[0].helper,
                id("helper", 2),
                "{interests:?}"
            );
            // Where it is no party, the interest does neither harm nor good.
            let with = solve(round(vec![ask(1)], helpers(interests)), &[seed; 32]).unwrap();
            let without = solve(round(vec![ask(1)], helpers(&none())), &[seed; 32]).unwrap();
            assert_eq!(with.teams, without.teams);
        }
    }
}

#[test]
fn profiles_have_limits() {
    let json = serde_json::to_vec(&profile()).unwrap();
    assert_eq!(Profile::from_json(&json).unwrap(), profile());
    let refused = |change: &dyn Fn(&mut Profile)| {
        let mut profile = profile();
        change(&mut profile);
        Profile::from_json(&serde_json::to_vec(&profile).unwrap()).is_err()
    };
    assert!(refused(&|profile| profile.format.clear()));
    assert!(refused(&|profile| profile.skills.clear()));
    assert!(refused(&|profile| profile.languages.clear()));
    assert!(refused(&|profile| profile.utc_offset_minutes = 841));
    assert!(!refused(&|profile| profile.utc_offset_minutes = 840));
    let evidence = |len: usize| Held {
        level: Level::Basic,
        evidence: "x".repeat(len),
    };
    assert!(!refused(&|profile| drop(
        profile.skills.insert(Skill::Logs, evidence(500))
    )));
    assert!(refused(&|profile| drop(
        profile.skills.insert(Skill::Logs, evidence(501))
    )));
    let mut json = serde_json::to_value(profile()).unwrap();
    json["skills"]["hack-back"] = serde_json::json!({"level": "expert", "evidence": ""});
    let error = Profile::from_json(json.to_string().as_bytes())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("hack-back"),
        "there is no such skill: {error}"
    );
}
