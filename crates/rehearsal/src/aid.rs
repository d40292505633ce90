//! A desk that helps, rehearsed: policy, requests, responders, a round and its offer.

use record::aid::commitment;
use record::body::aid::{CodeOfConduct, Desk as Policy, Item, Offer};
use record::ids::StatementId;
use record::kind::Kind;
use record::rules::offer_leaf;
use serde_json::{Value, json};
use tlog::{Hash, SigningKey, Tree};

use crate::cast::{Cast, SeatSpecRole};
use crate::desk::Desk;
use crate::error::RehearsalError;
use crate::procedure::Procedure;

/// An age recipient nobody has the identity of: rehearsals seal nothing.
pub const RECIPIENT: &str = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq";
/// The recipient of every rehearsed requester, and of every proxy.
pub const REQUESTER_RECIPIENT: &str =
    "age1rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr";
/// As [`REQUESTER_RECIPIENT`].
pub const PROXY_RECIPIENT: &str = "age1pppppppppppppppppppppppppppppppppppppppppppppppppppppppppp";
/// As [`REQUESTER_RECIPIENT`], of responders.
pub const RESPONDER_RECIPIENT: &str =
    "age1zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";
const HOUR_S: u32 = 3_600;
const DAY_S: u32 = 86_400;

/// The code of conduct of a rehearsed desk.
///
/// # Errors
/// Never; the identifier type checks again.
pub fn code_of_conduct() -> Result<CodeOfConduct, RehearsalError> {
    Ok(CodeOfConduct {
        version: "code-1".parse()?,
        sha256: tlog::sha256(b"Defensive actions only, within the scope that was signed.\n"),
    })
}

/// The policy of a rehearsed desk with one officer: two hours to acknowledge; four hours, a day,
/// three days, a week to first assistance.
///
/// # Errors
/// [`RehearsalError`]; never for keys made here.
pub fn policy(cast: &Cast, version: u32) -> Result<Value, RehearsalError> {
    let officer = json!({"key": officer(cast)?.verifier_key().to_string(), "recipient": RECIPIENT, "lead": true});
    Ok(json!({
        "version": version, "officers": [officer], "code": code_of_conduct()?,
        "clocks": {"acknowledge_s": 2 * HOUR_S, "assist_s": [4 * HOUR_S, DAY_S, 3 * DAY_S, 7 * DAY_S], "escalate_s": [HOUR_S, HOUR_S + HOUR_S / 2]},
        "quiet_s": 14 * DAY_S, "retention_s": 90 * DAY_S, "consent_s": 7 * DAY_S,
        "weekly_hours": 10, "rest_hours": 11,
    }))
}

/// The officer's key.
///
/// # Errors
/// [`RehearsalError`]; never here.
pub fn officer(cast: &Cast) -> Result<SigningKey, RehearsalError> {
    Ok(cast.key("aid-officer")?)
}

/// A sealed item as a rehearsal has it: the content's commitment, and the digest of what stands for the age file.
#[must_use]
pub fn item(content: &[u8]) -> Item {
    let salt = *tlog::sha256(&[b"salt ", content].concat()).as_bytes();
    Item {
        commitment: commitment(&salt, content),
        sealed_sha256: tlog::sha256(content),
    }
}

/// The body of an enlistment.
///
/// # Errors
/// Never; the identifier type checks again.
pub fn enlistment(profile: &[u8]) -> Result<Value, RehearsalError> {
    Ok(
        json!({"profile": item(profile), "recipient": RESPONDER_RECIPIENT, "code": code_of_conduct()?}),
    )
}

/// The body of a request.
#[must_use]
pub fn request(items: &[Item], proxy: Option<&SigningKey>) -> Value {
    let mut body = json!({
        "items": items, "desk": 1,
        "consent": {"share_with_helpers": true, "publish_anonymised": false},
        "recipient": REQUESTER_RECIPIENT,
    });
    if let Some(proxy) = proxy {
        let key = proxy.verifier_key().to_string();
        body["proxy"] = json!({"key": key, "recipient": PROXY_RECIPIENT});
    }
    body
}

/// Offers of a round, and the tree whose root is its outcome.
#[must_use]
pub fn outcome(offers: &[(StatementId, Vec<StatementId>)]) -> (Hash, Vec<(Offer, Vec<u8>)>) {
    let mut made = Vec::new();
    for (index, (request, responders)) in (0..).zip(offers) {
        let offer = Offer {
            matched: *request, // replaced once the match is said
            responders: responders.clone(),
            salt: tlog::sha256(request.0.as_bytes()),
            index,
            path: Vec::new(),
        };
        let leaf = offer_leaf(request, &offer);
        made.push((offer, leaf));
    }
    let tree = Tree::from_leaves(made.iter().map(|(_, leaf)| tlog::leaf_hash(leaf)));
    let size = tree.size();
    for (offer, _) in &mut made {
        offer.path = tlog::inclusion_proof(&tree, offer.index, size).unwrap_or_default();
    }
    (tree.root(), made)
}

impl<D: Desk> Procedure<'_, D> {
    /// Names the desk.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn name_desk(&mut self) -> Result<StatementId, RehearsalError> {
        let registrar = self.player(SeatSpecRole::Registrar)?.key.clone();
        let version = self
            .desk
            .look(|s| s.aid.desk.as_ref().map_or(0, |d: &Policy| d.version));
        let body = policy(self.cast, version + 1)?;
        self.say(&registrar, Kind::AidDesk, None, body)
    }

    /// A responder enlists and is vetted for a year.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn vetted_responder(
        &mut self,
        name: &str,
    ) -> Result<(SigningKey, StatementId), RehearsalError> {
        let key = self.cast.key(name)?;
        let body = enlistment(name.as_bytes())?;
        let id = self.say(&key, Kind::AidEnlist, None, body)?;
        let until = self.time.plus_seconds(365 * 86_400);
        let officer = officer(self.cast)?;
        self.say(
            &officer,
            Kind::AidVet,
            None,
            json!({"responder": id, "until": until}),
        )?;
        Ok((key, id))
    }

    /// Somebody asks for help.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn ask_for_help(
        &mut self,
        key: &SigningKey,
        content: &[u8],
    ) -> Result<StatementId, RehearsalError> {
        self.say(key, Kind::AidRequest, None, request(&[item(content)], None))
    }

    /// A step, with the fields it needs besides.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn step(
        &mut self,
        key: &SigningKey,
        request: StatementId,
        to: &str,
        reason: &str,
        more: Value,
    ) -> Result<StatementId, RehearsalError> {
        let mut body = json!({"request": request, "to": to, "reason": reason});
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        self.say(key, Kind::AidStep, None, body)
    }

    /// The officer takes a request up to triage.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn triage(&mut self, request: StatementId, class: &str) -> Result<(), RehearsalError> {
        let officer = officer(self.cast)?;
        self.step(
            &officer,
            request,
            "acknowledged",
            "read-by-person",
            Value::Null,
        )?;
        self.step(&officer, request, "vetting", "checks", Value::Null)?;
        self.step(&officer, request, "accepted", "verified", Value::Null)?;
        self.step(
            &officer,
            request,
            "triaged",
            "need-coded",
            json!({"class": class}),
        )?;
        Ok(())
    }

    /// A round whose outcome is one team for one request; gives the offer that was made.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn matched(
        &mut self,
        request: StatementId,
        responders: &[StatementId],
    ) -> Result<Offer, RehearsalError> {
        let officer = officer(self.cast)?;
        let inputs = tlog::sha256(format!("inputs {request} {}", self.time).as_bytes());
        let body = json!({"inputs": inputs, "requests": 1, "responders": responders.len()});
        let round = self.say(&officer, Kind::AidRound, None, body)?;
        self.wait(1)?; // the next statement comes after a tick, which fixes the seed
        self.step(
            &officer,
            request,
            "matching",
            "round-opened",
            json!({"round": round}),
        )?;
        let mut team = responders.to_vec();
        team.sort_unstable();
        let (root, offers) = outcome(&[(request, team)]);
        let body = json!({"round": round, "outcome_root": root, "offers": 1, "unserved": 0});
        let matched = self.say(&officer, Kind::AidMatch, None, body)?;
        let offer = offers.into_iter().next().map(|(offer, _)| offer);
        let mut offer =
            offer.ok_or_else(|| RehearsalError::Script("the round has no offer".into()))?;
        offer.matched = matched;
        self.step(
            &officer,
            request,
            "offered",
            "matched",
            json!({"offer": offer}),
        )?;
        Ok(offer)
    }

    /// The requester takes the team and signs a scope; the responder begins.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn begin_work(
        &mut self,
        requester: &SigningKey,
        responder: &SigningKey,
        request: StatementId,
    ) -> Result<(), RehearsalError> {
        self.step(requester, request, "agreed", "team-taken", Value::Null)?;
        self.sign_scope(requester, request)?;
        self.step(
            responder,
            request,
            "in-progress",
            "scope-signed",
            Value::Null,
        )?;
        Ok(())
    }

    /// The requester tells what may be done, and signs exactly that for a week.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn sign_scope(
        &mut self,
        requester: &SigningKey,
        request: StatementId,
    ) -> Result<(), RehearsalError> {
        let scope = item(format!("scope {request} {}", self.time).as_bytes());
        self.tell(requester, request, "scope", scope)?;
        let until = self.time.plus_seconds(7 * 86_400);
        let body = json!({"request": request, "scope": scope.commitment, "until": until});
        self.say(requester, Kind::AidScope, None, body)?;
        Ok(())
    }

    /// Adds an item to a request.
    ///
    /// # Errors
    /// [`RehearsalError`].
    pub fn tell(
        &mut self,
        key: &SigningKey,
        request: StatementId,
        kind: &str,
        item: Item,
    ) -> Result<StatementId, RehearsalError> {
        let body = json!({"request": request, "kind": kind, "items": [item]});
        self.say(key, Kind::AidItem, None, body)
    }
}
