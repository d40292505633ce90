//! Who reads what is sealed before it opens, and under which key it is sealed to them. What opens a statement is
//! encrypted in the browser of whoever has it, for each reader apart; the server keeps what it cannot read
//! (docs/desk.md, "What opens a sealed statement").

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::ids::{AgeRecipient, MemberId, StatementId, Vkey};
use record::kind::Kind;
use record::state::{Case, Member, SealedStatement, State};
use record::table::Role;
use record::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tlog::KeyType;

use crate::{Desk, Kept, told};

/// What is kept for a reader of a sealed statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// What opens it.
    Opening,
    /// Of a mask: the case behind it, as the panel reads it.
    Packet,
}

impl What {
    /// Its name in addresses and in what is signed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Packet => "packet",
        }
    }
}

/// A member's statement, beside the record, of the key that it reads with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The member's key.
    pub key: Vkey,
    /// The age recipient whose identity its browser holds.
    pub recipient: AgeRecipient,
    /// When it said so: a later one takes the place of an earlier one.
    pub time: Timestamp,
    /// Base64 Ed25519 signature of [`reading_text`] by the key.
    pub signature: String,
}

/// What a member signs to say with which key it reads.
#[must_use]
pub fn reading_text(origin: &str, recipient: &AgeRecipient, time: Timestamp) -> String {
    format!("solferino.org/reading-key@v1\n{origin}\n{recipient}\n{time}\n")
}

impl Reading {
    /// Whether the key signed it, for this record.
    #[must_use]
    pub fn holds(&self, origin: &str) -> bool {
        let verifier = self.key.verifier().ok();
        let verifier = verifier.filter(|k| k.key_type() == KeyType::Ed25519);
        let signature = STANDARD.decode(&self.signature).ok();
        let signature = signature.and_then(|s| <[u8; 64]>::try_from(s).ok());
        let text = reading_text(origin, &self.recipient, self.time);
        match (verifier, signature) {
            (Some(key), Some(signature)) => key.verify_raw(text.as_bytes(), &signature).is_ok(),
            _ => false,
        }
    }
}

/// A member that may act.
fn acting(member: &Member) -> bool {
    member.seated && !member.revoked
}

/// Whether the panel may see the analysis as it is: always without a mask, under one only once every review is open.
fn unmasked(case: &Case) -> bool {
    let open = |(_, id): &(_, StatementId)| case.contents.contains_key(id);
    case.mask.is_none() || (!case.reviews.is_empty() && case.reviews.iter().all(open))
}

/// Whether a member works on the case and may see its analysis and exhibits.
#[must_use]
pub fn may_work(case: &Case, id: &MemberId, member: &Member) -> bool {
    if !acting(member) {
        return false;
    }
    match member.role.role() {
        Role::Registrar | Role::Investigator | Role::Laboratory => true,
        Role::Reviewer => unmasked(case) && case.active_panel().any(|m| m == id),
        _ => false,
    }
}

/// Who reads a sealed content before it opens: its author; the registrars what they publish; analysts the analysis
/// they add to; the panel the analysis, under a mask only once no review can be spoilt, and then the mask as well.
/// Reviews, votes and laboratories' answers nobody but their author.
#[must_use]
pub fn may_read(
    state: &State,
    case: &Case,
    sealed: &SealedStatement,
    id: &MemberId,
    member: &Member,
) -> bool {
    if state.global.keys.get(&sealed.author) == Some(id) {
        return acting(member);
    }
    let analysis = matches!(
        sealed.kind,
        Kind::Hypotheses | Kind::Assessment | Kind::Facts
    );
    let kind = match member.role.role() {
        Role::Registrar => analysis || matches!(sealed.kind, Kind::Mask | Kind::Notice),
        Role::Reviewer => analysis || sealed.kind == Kind::Mask,
        _ => analysis,
    };
    kind && may_work(case, id, member)
}

/// Whether a member is to get the masked case of a mask: on the panel of its round, before the reviews are open.
#[must_use]
pub fn may_review_blind(case: &Case, mask: &StatementId, id: &MemberId, member: &Member) -> bool {
    let reviewer = member.role.role() == Role::Reviewer && acting(member);
    case.mask == Some(*mask) && reviewer && !unmasked(case) && case.active_panel().any(|m| m == id)
}

/// What is handed on: who asks, what it can open, who reads with which key, what the server keeps already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    key: Vkey,
    #[serde(default)]
    openings: Kept,
    #[serde(default)]
    readings: Vec<Reading>,
    /// Readers by statement and by what is kept for them.
    #[serde(default)]
    held: BTreeMap<StatementId, BTreeMap<What, BTreeSet<MemberId>>>,
}

impl Desk {
    /// For whom this key is to encrypt what it can open and they cannot yet: `{"key", "openings", "readings", "held"}`
    /// to `{"hand": [{"statement", "what", "readers": [[member, recipient], …]}, …], "missing": [member, …]}`.
    #[must_use]
    pub fn handing(&self, request: &str) -> String {
        let asked: Result<Asked, _> = serde_json::from_str(request);
        told(
            asked
                .map_err(|e| e.to_string())
                .map(|asked| self.handed(&asked)),
        )
    }

    fn handed(&self, asked: &Asked) -> Value {
        let (mut hand, mut missing) = (Vec::new(), BTreeSet::new());
        let readings = self.readings(&asked.readings);
        let member = self.state.global.member_of(&asked.key);
        let member = member.filter(|(_, m)| acting(m));
        for case in self.state.cases.values().filter(|_| member.is_some()) {
            for (id, sealed) in &case.sealed {
                let opens = asked
                    .openings
                    .get(id)
                    .is_some_and(|o| o.opens(&sealed.seal));
                if !opens || case.contents.contains_key(id) {
                    continue;
                }
                for what in [What::Opening, What::Packet] {
                    let held = asked.held.get(id).and_then(|by| by.get(&what));
                    let mut readers = Vec::new();
                    for who in self.entitled(case, id, sealed, what) {
                        if held.is_some_and(|all| all.contains(who)) {
                            continue;
                        }
                        match readings.get(who) {
                            Some(recipient) => readers.push((who, *recipient)),
                            None => {
                                missing.insert(who);
                            }
                        }
                    }
                    if !readers.is_empty() {
                        hand.push(json!({"statement": id, "what": what, "readers": readers}));
                    }
                }
            }
        }
        json!({"hand": hand, "missing": missing})
    }

    fn entitled<'a>(
        &'a self,
        case: &'a Case,
        id: &'a StatementId,
        sealed: &'a SealedStatement,
        what: What,
    ) -> impl Iterator<Item = &'a MemberId> {
        let members = self.state.global.members.iter();
        let may = move |(who, member): &(&MemberId, &Member)| match what {
            What::Opening => may_read(&self.state, case, sealed, who, member),
            What::Packet => may_review_blind(case, id, who, member),
        };
        members.filter(may).map(|(who, _)| who)
    }

    /// The last recipient that each member has said, under its key in force; what does not verify counts as unsaid.
    fn readings<'a>(&self, said: &'a [Reading]) -> BTreeMap<MemberId, &'a AgeRecipient> {
        let charter = self.state.global.charter.as_ref();
        let origin = charter.map(|c| c.origin()).unwrap_or_default();
        let mut last: BTreeMap<MemberId, &Reading> = BTreeMap::new();
        for reading in said.iter().filter(|r| r.holds(origin)) {
            let Some((member, _)) = self.state.global.member_of(&reading.key) else {
                continue;
            };
            let earlier = last.get(member);
            if earlier.is_none_or(|e| e.time < reading.time) {
                last.insert(member.clone(), reading);
            }
        }
        last.into_iter().map(|(id, r)| (id, &r.recipient)).collect()
    }
}
