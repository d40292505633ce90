//! The desk that helps, in the demonstration: one request answered from asking to purge, one that nobody answers.

use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret as _;
use age::x25519::{Identity, Recipient};
use aid::matching::{Climb, Round, Seed, solve};
use aid::{
    Caps, Held, Id, Interests, Known, Level, OnCall, Person, Profile, Rota, Shift, Skill, WeekHours,
};
use record::aid::commitment;
use record::ids::StatementId;
use record::kind::Kind;
use rehearsal::corpus::AidScript;
use rehearsal::{Desk as _, Procedure, SeatSpecRole};
use serde_json::{Value, json};
use tlog::{Hash, SigningKey};

use super::desk::RecordDesk;
use crate::commands::aid::matching::offers;
use crate::commands::aid::words::{self, Requester};
use crate::files::{self, Mode};
use crate::keys;
use crate::problem::{Outcome, Problem};

type Play<'a, 'b> = Procedure<'a, RecordDesk<'b>>;

const DAY_S: i64 = 86_400;
const MINUTE_S: u32 = 60;
const HOUR_S: u32 = 3_600;
/// Days for which a rehearsed desk keeps what was told, once a request is closed.
const RETENTION_DAYS: i64 = 90;
/// Seconds from asking until what was told is destroyed: the retention, and a day in which it is worked on.
pub(super) const KEPT_S: i64 = (RETENTION_DAYS + 2) * DAY_S;

/// A desk with one officer and one responder, whose keys lie with the others of the demonstration.
pub(super) struct HelpDesk {
    keys: PathBuf,
    officer: SigningKey,
    recipient: Recipient,
    /// The responder's, to which a scope is sealed too.
    helper: Recipient,
    responder: SigningKey,
    enlisted: StatementId,
    profile: Profile,
    closed: Vec<StatementId>,
    /// What a reader has to name to go on: requests, and the round that one of them was matched in.
    played: serde_json::Map<String, Value>,
}

/// Says something with sealed items.
fn seal_and_say(
    p: &mut Play<'_, '_>,
    key: &SigningKey,
    kind: Kind,
    content: &[u8],
    to: &[Recipient],
    body: impl FnOnce(record::body::aid::Item) -> Value,
) -> Outcome<StatementId> {
    let (item, age) = words::seal(content, to)?;
    let entry = p.sign(key, kind, None, body(item))?.entry;
    Ok(p.desk.hand_over(entry, vec![age])?)
}

impl HelpDesk {
    /// Names the desk; a responder enlists and is vetted.
    pub(super) fn found(p: &mut Play<'_, '_>, folder: &Path) -> Outcome<Self> {
        let identity = Identity::generate();
        let text = identity.to_string();
        let secret = |name: &str, text: &str| {
            files::write_new(&folder.join(name), text.as_bytes(), Mode::Secret)
        };
        secret("aid-officer.age", &format!("{}\n", text.expose_secret()))?;
        let officer = rehearsal::aid::officer(p.cast)?;
        let responder = p.cast.key("responder aid")?;
        let helper = Identity::generate();
        let text = helper.to_string();
        secret("aid-responder.age", &format!("{}\n", text.expose_secret()))?;
        let helper = helper.to_public();
        keys::write(&folder.join("aid-officer.key"), &officer)?;
        keys::write(&folder.join("aid-responder.key"), &responder)?;
        let recipient = identity.to_public();
        let mut policy = rehearsal::aid::policy(p.cast, 1)?;
        policy["officers"][0]["recipient"] = json!(recipient.to_string());
        policy["retention_s"] = json!(RETENTION_DAYS * DAY_S);
        let registrar = p.player(SeatSpecRole::Registrar)?.key.clone();
        p.say(&registrar, Kind::AidDesk, None, policy)?;
        let code = rehearsal::aid::code_of_conduct()?;
        let profile = profile(&code.version.to_string())?;
        let to = [recipient.clone()];
        let content = serde_json::to_vec(&profile)?;
        let enlisted = seal_and_say(
            p,
            &responder,
            Kind::AidEnlist,
            &content,
            &to,
            |item| json!({"profile": item, "recipient": helper.to_string(), "code": code}),
        )?;
        Ok(Self {
            keys: folder.to_path_buf(),
            officer,
            recipient,
            helper,
            responder,
            enlisted,
            profile,
            closed: Vec::new(),
            played: serde_json::Map::new(),
        })
    }

    /// Somebody asks; the words are kept with the keys, so that a reader can be the requester.
    pub(super) fn asked(&mut self, p: &mut Play<'_, '_>, script: &AidScript) -> Outcome<()> {
        p.go_to(script.happened.start().plus_seconds(9 * 3_600))?;
        let twelve = words::fresh()?;
        let words_file = self.keys.join(format!("{}.words", script.id));
        files::write_new(&words_file, format!("{twelve}\n").as_bytes(), Mode::Secret)?;
        let who = words::requester(&twelve, &p.cast.origin)?;
        let to = [self.recipient.clone(), who.identity.to_public()];
        let consent = json!({
            "share_with_helpers": script.form.consent.share_with_helpers,
            "publish_anonymised": script.form.consent.publish_anonymised,
        });
        let content = script.form.to_json()?;
        let request = seal_and_say(
            p,
            &who.key,
            Kind::AidRequest,
            &content,
            &to,
            |item| json!({"items": [item], "desk": 1, "consent": consent, "recipient": who.identity.to_public().to_string()}),
        )?;
        let round = match script.helped {
            true => Some(self.help(p, script, &who, request)?),
            false => None,
        };
        let played = json!({"title": script.title, "label": script.label, "sources": script.sources, "request": request, "round": round});
        self.played.insert(script.id.to_string(), played);
        let text = serde_json::to_string_pretty(&self.played)?;
        files::replace(&self.keys.join("aid.json"), text.as_bytes())
    }

    /// From the answer of a person to the word of the requester that it is resolved.
    fn help(
        &mut self,
        p: &mut Play<'_, '_>,
        script: &AidScript,
        who: &Requester,
        request: StatementId,
    ) -> Outcome<StatementId> {
        let received_s = p.time.unix_seconds();
        p.wait(25 * MINUTE_S)?;
        let officer = self.officer.clone();
        p.step(
            &officer,
            request,
            "acknowledged",
            "read-by-person",
            Value::Null,
        )?;
        p.step(&officer, request, "vetting", "checks", Value::Null)?;
        p.wait(15 * MINUTE_S)?;
        p.step(&officer, request, "accepted", "vouched-for", Value::Null)?;
        let class = aid::triage(&script.form.need(received_s)).class;
        p.step(
            &officer,
            request,
            "triaged",
            "need-coded",
            json!({"class": class}),
        )?;
        let until = p.time.plus_seconds(365 * DAY_S);
        let vetting = json!({"responder": self.enlisted, "until": until});
        p.say(&officer, Kind::AidVet, None, vetting)?;
        let round = self.matched(p, script, request, received_s)?;
        p.wait(30 * MINUTE_S)?;
        p.step(&who.key, request, "agreed", "team-taken", Value::Null)?;
        let to = [self.recipient.clone(), who.identity.to_public()];
        self.sign_scope(p, &who.key, request, &to)?;
        p.wait(10 * MINUTE_S)?;
        let responder = self.responder.clone();
        p.step(
            &responder,
            request,
            "in-progress",
            "scope-signed",
            Value::Null,
        )?;
        p.wait(5 * HOUR_S)?;
        p.step(&responder, request, "resolved", "work-done", Value::Null)?;
        p.wait(HOUR_S)?;
        p.step(
            &who.key,
            request,
            "confirmed-by-requester",
            "confirmed",
            Value::Null,
        )?;
        if let Some(harm) = &script.harm {
            let content = serde_json::to_vec(harm)?;
            seal_and_say(
                p,
                &who.key,
                Kind::AidItem,
                &content,
                &to,
                |item| json!({"request": request, "kind": "harm", "items": [item]}),
            )?;
        }
        p.step(&officer, request, "closed", "done", Value::Null)?;
        self.closed.push(request);
        Ok(round)
    }

    /// The requester says what the team may do, sealed to the team too, and signs exactly that for a week.
    fn sign_scope(
        &self,
        p: &mut Play<'_, '_>,
        requester: &SigningKey,
        request: StatementId,
        to: &[Recipient],
    ) -> Outcome<()> {
        let team = [to, std::slice::from_ref(&self.helper)].concat();
        let from_s = p.time.unix_seconds();
        // The mailboxes and sign-ins of the party that asked; a guard lets nothing else through.
        let scope = json!({
            "domains": [{"name": "party-office.example", "below": true}], "networks": [], "accounts": [], "hosts": [],
            "actions": ["advise", "examine", "reset-credentials"], "from_s": from_s, "until_s": from_s + 7 * DAY_S,
        });
        let scope = serde_json::to_vec(&scope)?;
        let (item, age) = words::seal(&scope, &team)?;
        let body = json!({"request": request, "kind": "message", "items": [item]});
        let entry = p.sign(requester, Kind::AidItem, None, body)?.entry;
        p.desk.hand_over(entry, vec![age])?;
        let until = p.time.plus_seconds(7 * DAY_S);
        let body = json!({"request": request, "scope": item.commitment, "until": until});
        p.say(requester, Kind::AidScope, None, body)?;
        Ok(())
    }

    /// A round over this request, computed as `solferino aid match` does; its file and salt lie with the keys, for a replay.
    fn matched(
        &self,
        p: &mut Play<'_, '_>,
        script: &AidScript,
        request: StatementId,
        received_s: i64,
    ) -> Outcome<StatementId> {
        let at_s = p.time.unix_seconds();
        let team = aid::smallest_team(script.form.incident);
        let need = script.form.need(received_s);
        let ask = |id| aid::matching::Ask::new(id, received_s, &need, &script.form, team);
        let known = Known {
            vetted_until_s: Some(at_s + 365 * DAY_S),
            ..Known::default()
        };
        let caps = Caps {
            weekly_hours: 10,
            shift_hours: 8,
            rest_hours: 11,
            code: self.profile.code.clone(),
        };
        let responder: Id = self.enlisted.to_string().parse()?;
        let round = Round {
            at_s,
            climb: Climb::default(),
            interpreted: std::collections::BTreeSet::new(),
            asks: vec![ask(request.to_string().parse()?)],
            helpers: vec![aid::helper(responder, &self.profile, &known, &caps, at_s)?],
        };
        let salt = Hash::from(keys::random()?);
        let text = serde_json::to_vec(&round)?;
        let file = self.keys.join(format!("{}.round", script.id));
        files::write_new(&file, &text, Mode::Secret)?;
        let salt_text = format!("{salt}\n");
        files::write_new(
            &files::beside(&file, ".salt"),
            salt_text.as_bytes(),
            Mode::Secret,
        )?;
        let inputs = commitment(salt.as_bytes(), &text);
        let body = json!({"inputs": inputs, "requests": 1, "responders": 1});
        let closed = p.say(&self.officer, Kind::AidRound, None, body)?;
        p.wait(MINUTE_S)?; // the next statement comes after a tick, which fixes the seed
        p.step(
            &self.officer,
            request,
            "matching",
            "round-opened",
            json!({"round": closed}),
        )?;
        let fixed = p
            .desk
            .look(|s| s.aid.rounds.get(&closed).and_then(|r| r.seed));
        let fixed = fixed.ok_or_else(|| Problem::new("the log has not fixed the round's seed"))?;
        let seed: Seed = *fixed.as_bytes();
        let outcome = solve(round, &seed)?;
        let (root, mut offers) = offers(&outcome, &salt)?;
        let unserved = outcome.unserved.len();
        let body = json!({"round": closed, "outcome_root": root, "offers": offers.len(), "unserved": unserved});
        let said = p.say(&self.officer, Kind::AidMatch, None, body)?;
        let mut offer = offers.remove(&request).ok_or_else(|| {
            Problem::new("the round left the demonstration's request without a team")
        })?;
        offer.matched = said;
        p.step(
            &self.officer,
            request,
            "offered",
            "matched",
            json!({"offer": offer}),
        )?;
        Ok(closed)
    }

    /// What was told by those whose requests are closed is destroyed.
    pub(super) fn purge(&mut self, p: &mut Play<'_, '_>) -> Outcome<()> {
        for request in std::mem::take(&mut self.closed) {
            p.step(
                &self.officer,
                request,
                "purged",
                "retention-over",
                Value::Null,
            )?;
        }
        Ok(())
    }
}

fn profile(code: &str) -> Outcome<Profile> {
    let held = |evidence: &str| Held {
        level: Level::Expert,
        evidence: evidence.to_owned(),
    };
    Ok(Profile {
        format: aid::PROFILE_FORMAT.to_owned(),
        skills: [
            (
                Skill::Accounts,
                held("fictional: ran a help desk for years"),
            ),
            (Skill::Mail, held("fictional: wrote filters for a newsroom")),
        ]
        .into(),
        languages: ["en".parse()?].into(),
        hours: WeekHours::all(),
        utc_offset_minutes: 0,
        hours_per_week: 10,
        tlp: aid::Tlp::Red,
        excludes: std::collections::BTreeSet::new(),
        interests: Interests::default(),
        code: code.to_owned(),
    })
}

/// A week of three people who share the nights. Nobody has a webhook: a demonstration pages nobody.
pub(super) fn rota() -> Outcome<OnCall> {
    let first = ["manila", "tunis", "san-jose"];
    let mut shifts = Vec::new();
    for number in 0..21_u8 {
        let who = first[usize::from(number) % first.len()];
        shifts.push(Shift {
            from: number * 8,
            to: number * 8 + 8,
            chain: vec![who.parse()?, "lead".parse()?, "director".parse()?],
        });
    }
    let mut people = std::collections::BTreeMap::new();
    for who in first.into_iter().chain(["lead", "director"]) {
        people.insert(who.parse::<Id>()?, Person::default());
    }
    Ok(OnCall {
        format: aid::ROTA_FORMAT.to_owned(),
        people,
        shifts: Rota::try_from(shifts)?,
    })
}
