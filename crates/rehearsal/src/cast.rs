//! Who plays: keys from one seed, seats, and the charter they found.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::body::charter::{
    CharterText, Clock, FundingCaps, NormsPolicy, Quorum, Region, Seat, SeatRole,
};
use record::body::members::{Enrol, EnrolledRole, possession_text};
use record::ids::{Country, IdError, MemberId, Vkey};
use serde::Deserialize;
use tlog::{Hash, KeyError, KeyType, SigningKey};

/// Text of the rule by which cases are chosen; its digest stands in a rehearsed charter.
pub const SELECTION_RULE: &[u8] =
    b"Any reported incident with a public technical record is taken, in order of its date.\n";

/// Role of a seat in the cast's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the roles of record::table
pub enum SeatSpecRole {
    Founder,
    Registrar,
    Reviewer,
    Investigator,
    Laboratory,
}

/// One seat in the cast's description.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatSpec {
    /// Member identifier.
    pub id: MemberId,
    /// What it does.
    pub role: SeatSpecRole,
    /// Region it counts for.
    pub region: Region,
    /// Jurisdiction.
    pub jurisdiction: Country,
    /// One plain line.
    pub description: String,
}

/// A member with its present and its next key.
#[derive(Clone, Debug)]
pub struct Player {
    /// The seat.
    pub spec: SeatSpec,
    /// The key in force.
    pub key: SigningKey,
    /// The pre-committed next key.
    pub next: SigningKey,
}

/// Everyone who takes part, with all keys.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Origin of the record.
    pub origin: String,
    /// The log's key.
    pub log: SigningKey,
    /// The players, in the order described.
    pub players: Vec<Player>,
    seed: [u8; 32],
}

/// The vkey of a signing key.
///
/// # Errors
/// Never for keys made here; the identifier type checks again.
pub fn vkey(key: &SigningKey) -> Result<Vkey, IdError> {
    key.verifier_key().to_string().parse()
}

impl Cast {
    /// Makes all keys from a seed; the same seed gives the same keys.
    ///
    /// # Errors
    /// [`KeyError`] where the origin cannot name a key.
    pub fn new(seed: [u8; 32], origin: &str, seats: &[SeatSpec]) -> Result<Self, KeyError> {
        let mut cast = Self {
            origin: origin.to_string(),
            log: derive_key(&seed, origin, "log")?,
            players: Vec::new(),
            seed,
        };
        for spec in seats {
            let key = cast.key(spec.id.as_str())?;
            let next = cast.key(&format!("{} next", spec.id))?;
            cast.players.push(Player {
                spec: spec.clone(),
                key,
                next,
            });
        }
        Ok(cast)
    }

    /// A key of someone outside the cast: a reporter, an addressee.
    ///
    /// # Errors
    /// [`KeyError`] where the name cannot name a key.
    pub fn key(&self, name: &str) -> Result<SigningKey, KeyError> {
        derive_key(&self.seed, name.split(' ').next().unwrap_or(name), name)
    }

    /// A seed for the salts of one statement.
    #[must_use]
    pub fn salt_seed(&self, label: &str) -> [u8; 32] {
        *tlog::sha256(&[b"rehearsal salt\n".as_slice(), &self.seed, label.as_bytes()].concat())
            .as_bytes()
    }

    /// Players with a role, in order.
    pub fn with_role(&self, role: SeatSpecRole) -> impl Iterator<Item = &Player> {
        self.players.iter().filter(move |p| p.spec.role == role)
    }

    /// The first player with a role.
    #[must_use]
    pub fn one(&self, role: SeatSpecRole) -> Option<&Player> {
        self.with_role(role).next()
    }

    /// The body of the enrolment of a player, with its proof of possession.
    ///
    /// # Errors
    /// [`IdError`]; never for keys made here.
    pub fn enrolment(&self, player: &Player, role: EnrolledRole) -> Result<Enrol, IdError> {
        let mut enrol = Enrol {
            member: player.spec.id.clone(),
            role,
            jurisdiction: player.spec.jurisdiction.clone(),
            key: vkey(&player.key)?,
            next_key_sha256: vkey(&player.next)?.digest(),
            possession: String::new(),
        };
        enrol.possession = STANDARD.encode(
            player
                .key
                .sign_raw(possession_text(&self.origin, &enrol).as_bytes()),
        );
        Ok(enrol)
    }
}

fn derive_key(seed: &[u8; 32], key_name: &str, label: &str) -> Result<SigningKey, KeyError> {
    let derived = tlog::sha256(&[b"rehearsal key\n".as_slice(), seed, label.as_bytes()].concat());
    SigningKey::from_seed(key_name, *derived.as_bytes(), KeyType::Ed25519)
}

/// A charter for the cast: a demonstration with an injected clock, four of six votes from four
/// regions, two reviews, two weeks to reply; no source gives more than three tenths.
///
/// # Errors
/// [`IdError`]; never for keys made here.
pub fn founding_charter(cast: &Cast) -> Result<CharterText, IdError> {
    const DAY_S: u32 = 86_400;
    let mut seats = Vec::new();
    for player in &cast.players {
        let role = match player.spec.role {
            SeatSpecRole::Registrar => SeatRole::Registrar,
            SeatSpecRole::Reviewer => SeatRole::Reviewer,
            _ => continue,
        };
        seats.push(Seat {
            member: player.spec.id.clone(),
            role,
            jurisdiction: player.spec.jurisdiction.clone(),
            region: player.spec.region,
            key: vkey(&player.key)?,
            next_key_sha256: vkey(&player.next)?.digest(),
        });
    }
    let founders: Result<Vec<_>, _> = cast
        .with_role(SeatSpecRole::Founder)
        .map(|p| vkey(&p.key))
        .collect();
    Ok(CharterText {
        version: 1,
        name: "demonstration-body".parse()?,
        demonstration: true,
        log: vkey(&cast.log)?,
        founders: founders?,
        seats,
        clock: Clock::Injected,
        issued_tolerance_s: 600,
        reply_window_s: 14 * DAY_S,
        panel_window_s: 7 * DAY_S,
        dissent_window_s: 3 * DAY_S,
        complaint_window_s: 30 * DAY_S,
        funding: FundingCaps {
            currency: "chf".parse()?,
            source_ppm: 300_000,
            jurisdiction_ppm: 400_000,
            years: 3,
        },
        finding_quorum: Quorum {
            votes: 4,
            regions: 4,
        },
        amendment_quorum: Quorum {
            votes: 4,
            regions: 4,
        },
        min_reviews: 2,
        witness_policy: Vec::new(),
        method: method::Params::default(),
        norms: norms_policy()?,
        selection_rule_sha256: selection_rule(),
        log_mldsa: None,
        next_log_key_sha256: None,
        predecessor: None,
    })
}

/// The policy of docs/norms.md and the data this program judges with.
fn norms_policy() -> Result<NormsPolicy, IdError> {
    let digest = record::law::reference().map(|r| r.digest().parse());
    let Ok(Ok(reference_sha256)) = digest else {
        return Err(IdError {
            text: "reference".to_owned(),
            wanted: "the data norms are judged with",
        });
    };
    Ok(NormsPolicy {
        policy: norms::Policy::default(),
        reference_sha256,
    })
}

/// Digest of the rehearsed selection rule.
fn selection_rule() -> Hash {
    tlog::sha256(SELECTION_RULE)
}
