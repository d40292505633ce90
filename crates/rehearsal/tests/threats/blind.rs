//! Against blindness: false claims, early opening, maps that hide nothing.

use record::blind::{self, MaskMap, NameKind};
use record::body::outcome::{BlindReviews, Proposal};
use record::ids::StatementId;
use record::kind::Kind;
use record::refusal::Code;
use rehearsal::{CaseScript, Cast, MemoryDesk, Procedure, SeatSpecRole};
use serde_json::{Value, json};

use crate::support::{
    DAY_S, before_panel, cast, founded, refused, rest_of_round, script, vote_and_open,
};

use super::{reviewer, start};

type Rehearsal<'a> = Procedure<'a, MemoryDesk>;

fn registrar_says(
    p: &mut Rehearsal<'_>,
    s: &CaseScript,
    kind: Kind,
    body: Value,
) -> Result<StatementId, rehearsal::RehearsalError> {
    let registrar = p.player(SeatSpecRole::Registrar).unwrap();
    p.say(&registrar.key, kind, Some(&s.id), body)
}

/// The panel reviews, each with a claim of its own to be blind; the reviews open.
fn review(p: &mut Rehearsal<'_>, cast: &Cast, s: &CaseScript, claims: [bool; 6]) {
    for (n, blind) in claims.into_iter().enumerate() {
        let content = json!({"posterior_ppm": [900_000, 50_000, 50_000], "blind": blind});
        let body = json!({"content": content});
        p.say(&reviewer(cast, n).key, Kind::Review, Some(&s.id), body)
            .unwrap();
    }
    p.disclose_reviews(&s.id).unwrap();
}

/// From opened reviews to the published finding, whatever the reviews claimed.
fn publish(p: &mut Rehearsal<'_>, s: &CaseScript) -> Proposal {
    let (notice, _) = p.notice(&s.id, "XA").unwrap();
    p.wait(15 * DAY_S).unwrap();
    registrar_says(p, s, Kind::ReplyNone, json!({"notice": notice})).unwrap();
    let (proposal, _) = p.propose(&s.id).unwrap();
    vote_and_open(p, &s.id, &proposal);
    p.publish(&s.id, &proposal).unwrap();
    proposal
}

fn counts(stated: u32, counted: u32, mask: Option<StatementId>) -> BlindReviews {
    BlindReviews {
        stated,
        counted,
        mask,
    }
}

#[test]
fn a_false_claim_to_be_blind_counts_for_nothing_and_stops_nothing() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("false-blind");
    before_panel(&mut p, &s, true);
    p.assign(&s.id).unwrap();
    review(&mut p, &cast, &s, [true, true, false, true, false, true]);
    assert_eq!(publish(&mut p, &s).blind, counts(4, 0, None));
}

#[test]
fn a_masked_round_counts_its_blind_reviews() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("masked");
    before_panel(&mut p, &s, true);
    let (mask, map) = p.mask(&s.id).unwrap();
    assert!(
        map.names
            .iter()
            .any(|n| n.kind == NameKind::State && n.original == "XA")
    );
    let proposal = rest_of_round(&mut p, &s);
    assert_eq!(proposal.blind, counts(6, 6, Some(mask)));
    assert!(
        p.in_case(&s.id, |c| c.contents.contains_key(&mask))
            .unwrap()
    );
    p.publish(&s.id, &proposal).unwrap();
}

#[test]
fn the_map_does_not_open_before_the_vote() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("early-map");
    before_panel(&mut p, &s, true);
    let (mask, _) = p.mask(&s.id).unwrap();
    assert_eq!(refused(p.disclose(&s.id, mask)), Code::TooEarlyToOpen);
    p.assign(&s.id).unwrap();
    p.review_all(&s).unwrap();
    p.disclose_reviews(&s.id).unwrap();
    assert_eq!(refused(p.disclose(&s.id, mask)), Code::TooEarlyToOpen);
    let (proposal, _) = p.propose(&s.id).unwrap();
    for n in 0..6 {
        p.vote(&s.id, reviewer(&cast, n), &proposal, "object")
            .unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    // it names every state among the hypotheses: a lost vote names nobody
    assert_eq!(refused(p.disclose(&s.id, mask)), Code::TooEarlyToOpen);
}

#[test]
fn the_map_opens_after_the_analysis_it_was_made_for() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("map-order");
    before_panel(&mut p, &s, true);
    let (mask, _) = p.mask(&s.id).unwrap();
    p.assign(&s.id).unwrap();
    p.review_all(&s).unwrap();
    p.disclose_reviews(&s.id).unwrap();
    let (proposal, _) = p.propose(&s.id).unwrap();
    for n in 0..6 {
        p.vote(&s.id, reviewer(&cast, n), &proposal, "publish")
            .unwrap();
    }
    p.disclose_votes(&s.id).unwrap();
    assert_eq!(refused(p.disclose(&s.id, mask)), Code::TooEarlyToOpen);
    p.disclose_analysis(&s.id).unwrap();
    p.wait(60).unwrap();
    assert_eq!(refused(p.disclose(&s.id, mask)), Code::AlreadyOpen);
}

#[test]
fn who_saw_the_map_is_not_blind() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("unmasked");
    before_panel(&mut p, &s, true);
    let seen =
        |n: usize, reason: &str| json!({"reviewer": reviewer(&cast, n).spec.id, "reason": reason});
    let by = |n: usize| &reviewer(&cast, n).key;
    let (mask, _) = p.mask(&s.id).unwrap();
    assert_eq!(
        refused(p.say(by(0), Kind::Unmask, Some(&s.id), seen(0, "shown"))),
        Code::WrongPhase
    );
    p.assign(&s.id).unwrap();
    let other = p.say(by(1), Kind::Unmask, Some(&s.id), seen(0, "shown"));
    assert_eq!(refused(other), Code::NotTheAuthor);
    registrar_says(&mut p, &s, Kind::Unmask, seen(0, "shown")).unwrap();
    p.say(by(1), Kind::Unmask, Some(&s.id), seen(1, "recognised"))
        .unwrap();
    let twice = p.say(by(1), Kind::Unmask, Some(&s.id), seen(1, "leaked"));
    assert_eq!(refused(twice), Code::OncePerRound);
    review(&mut p, &cast, &s, [true; 6]);
    // once the reviews are open the count stands: nobody can undo a vote with it
    registrar_says(&mut p, &s, Kind::Unmask, seen(2, "shown")).unwrap();
    assert_eq!(publish(&mut p, &s).blind, counts(6, 4, Some(mask)));
}

#[test]
fn a_mask_comes_before_the_panel_and_after_the_analysis() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("late-mask");
    before_panel(&mut p, &s, true);
    let (mask, map) = p.mask(&s.id).unwrap();
    assert_eq!(p.in_case(&s.id, |c| c.mask).unwrap(), Some(mask));
    // later analysis voids it
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    let more = json!({"content": {"strands": [], "items": []}});
    p.say(&investigator.key, Kind::Assessment, Some(&s.id), more)
        .unwrap();
    assert_eq!(p.in_case(&s.id, |c| c.mask).unwrap(), None);
    p.assign(&s.id).unwrap();
    let late = registrar_says(&mut p, &s, Kind::Mask, json!({"content": map}));
    assert_eq!(refused(late), Code::WrongPhase);
    let nobody = json!({"reviewer": reviewer(&cast, 0).spec.id, "reason": "shown"});
    assert_eq!(
        refused(registrar_says(&mut p, &s, Kind::Unmask, nobody)),
        Code::NoMask
    );
}

#[test]
fn a_map_that_leaves_a_name_out_or_chooses_a_token_never_opens() {
    type Spoil = fn(&mut MaskMap);
    let spoils: [(&str, Spoil); 4] = [
        ("no-actor", |m| {
            m.names.retain(|n| n.kind != NameKind::Actor)
        }),
        ("no-state", |m| m.names.retain(|n| n.original != "CH")),
        ("chosen-token", |m| m.names[0].token = "A-redsquare".into()),
        ("other-seed", |m| m.seed = tlog::sha256(b"another")),
    ];
    for (name, spoil) in spoils {
        let cast = cast();
        let mut desk = founded(&cast);
        let mut p = start(&cast, &mut desk);
        let s = script(name);
        before_panel(&mut p, &s, true);
        let inputs = p.inputs(&s.id).unwrap();
        let mut map = blind::make(tlog::sha256(b"seed"), blind::names_of(&inputs)).unwrap();
        spoil(&mut map);
        let mask = registrar_says(&mut p, &s, Kind::Mask, json!({"content": map})).unwrap();
        p.assign(&s.id).unwrap();
        review(&mut p, &cast, &s, [false; 6]);
        let (notice, _) = p.notice(&s.id, "XA").unwrap();
        p.wait(15 * DAY_S).unwrap();
        registrar_says(&mut p, &s, Kind::ReplyNone, json!({"notice": notice})).unwrap();
        let (proposal, _) = p.propose(&s.id).unwrap();
        for n in 0..6 {
            p.vote(&s.id, reviewer(&cast, n), &proposal, "publish")
                .unwrap();
        }
        p.disclose_votes(&s.id).unwrap();
        assert_eq!(
            refused(p.disclose_analysis(&s.id)),
            Code::ContentInvalid,
            "{name}"
        );
        // and it holds nothing up: the rest is open, the finding comes, the map stays shut
        let notice = p
            .in_case(&s.id, |c| c.notice.as_ref().unwrap().statement)
            .unwrap();
        p.disclose(&s.id, notice).unwrap();
        p.publish(&s.id, &proposal).unwrap();
        assert!(
            !p.in_case(&s.id, |c| c.contents.contains_key(&mask))
                .unwrap()
        );
    }
}

#[test]
fn a_new_round_starts_unmasked() {
    let cast = cast();
    let mut desk = founded(&cast);
    let mut p = start(&cast, &mut desk);
    let s = script("second-round");
    before_panel(&mut p, &s, true);
    let (_, first) = p.mask(&s.id).unwrap();
    let proposal = rest_of_round(&mut p, &s);
    p.publish(&s.id, &proposal).unwrap();
    let investigator = p.player(SeatSpecRole::Investigator).unwrap();
    let more = json!({"content": {"strands": [], "items": []}});
    p.say(&investigator.key, Kind::Assessment, Some(&s.id), more)
        .unwrap();
    assert_eq!(p.in_case(&s.id, |c| (c.mask, c.round)).unwrap(), (None, 2));
    // tokens stay what they were
    assert_eq!(p.mask(&s.id).unwrap().1.names, first.names);
}
