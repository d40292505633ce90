//! Who is asking: everyone, or a member by password or by key; and what they may do where.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::ids::Vkey;
use record::state::Member;
use record::table::Role;
use store::taxii::Kind;
use tlog::KeyType;

use super::now_micros;
use super::refusal::Refusal;
use crate::app::App;
use crate::limits::MAX_TAXII_SKEW_S;

const KEY_SCHEME: &str = "solferino ";
const BASIC_SCHEME: &str = "basic ";
/// Roles that bring claims by others.
const CLAIMANTS: [Role; 3] = [Role::Registrar, Role::Investigator, Role::Laboratory];

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    Anyone,
    Member {
        id: String,
        role: Role,
        /// What the body has to hash to, if the key signed for it.
        body_sha256: Option<String>,
    },
}

/// The text a member's key signs for one request; the hash is SHA-256 of the body in hex, also of an empty one.
#[must_use]
pub fn signed_text(
    origin: &str,
    method: &Method,
    target: &str,
    seconds: u64,
    sha256: &str,
) -> String {
    format!("solferino.org/taxii@v1\n{origin}\n{method}\n{target}\n{seconds}\n{sha256}\n")
}

impl Asker {
    /// Reads and checks the credentials. Wrong ones are refused, also where none are needed.
    pub(super) async fn of(app: &App, parts: &Parts) -> Result<Self, Refusal> {
        let Some(given) = credentials(&parts.headers)? else {
            return Ok(Self::Anyone);
        };
        let (scheme, rest) = given
            .split_at_checked(BASIC_SCHEME.len())
            .unwrap_or((given, ""));
        if scheme.eq_ignore_ascii_case(BASIC_SCHEME) {
            return by_password(app, rest).await;
        }
        match given.split_at_checked(KEY_SCHEME.len()) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case(KEY_SCHEME) => {
                by_key(app, parts, rest)
            }
            _ => Err(wrong("the scheme is neither Basic nor Solferino")),
        }
    }

    /// The member; for everyone else the refusal that asks for credentials.
    pub(super) fn member(&self) -> Result<&str, Refusal> {
        match self {
            Self::Member { id, .. } => Ok(id),
            Self::Anyone => Err(Refusal::not_signed_in(
                "an account of a member is needed here",
            )),
        }
    }

    pub(super) fn may_write(&self, kind: Kind) -> bool {
        match (self, kind) {
            (Self::Member { role, .. }, Kind::Claims) => CLAIMANTS.contains(role),
            (Self::Member { .. }, Kind::Inbox) => true,
            _ => false,
        }
    }

    /// The refusal of a body that is not the one that was signed.
    pub(super) fn check_body(&self, sha256: &str) -> Result<(), Refusal> {
        match self {
            Self::Member {
                body_sha256: Some(signed),
                ..
            } if signed != sha256 => Err(wrong("the body is not the one that was signed")),
            _ => Ok(()),
        }
    }
}

/// Whether anybody reads a collection of this kind over HTTP.
pub(super) fn may_read(kind: Kind) -> bool {
    kind != Kind::Inbox
}

/// Whether anybody writes into it over HTTP.
pub(super) fn is_written(kind: Kind) -> bool {
    matches!(kind, Kind::Claims | Kind::Inbox)
}

fn credentials(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let given = headers.get(header::AUTHORIZATION);
    given
        .map(|value| value.to_str().map_err(|_| wrong("they are no text")))
        .transpose()
}

fn wrong(why: &str) -> Refusal {
    Refusal::not_signed_in(format!("the credentials do not hold: {why}"))
}

async fn by_password(app: &App, given: &str) -> Result<Asker, Refusal> {
    let held = STANDARD
        .decode(given.trim())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((name, password)) = held.as_deref().and_then(|text| text.split_once(':')) else {
        return Err(wrong("Basic is followed by base64 of name:password"));
    };
    // One answer for a wrong name, a wrong password and a member that is none any more.
    let unknown = || wrong("no current member has this name and password");
    if !app.taxii().await?.is_password(name, password).await? {
        return Err(unknown());
    }
    let state = app.record().state();
    let member = name
        .parse()
        .ok()
        .and_then(|id| state.global.members.get(&id));
    let role = member
        .filter(|member| is_current(member))
        .map(|member| member.role.role());
    let role = role.ok_or_else(unknown)?;
    Ok(Asker::Member {
        id: name.to_owned(),
        role,
        body_sha256: None,
    })
}

fn is_current(member: &Member) -> bool {
    member.seated && !member.revoked
}

fn by_key(app: &App, parts: &Parts, given: &str) -> Result<Asker, Refusal> {
    let words: Vec<&str> = given.split(' ').collect();
    let [key, seconds, sha256, signature] = words.as_slice() else {
        return Err(wrong(
            "Solferino is followed by <vkey> <unix seconds> <sha256> <signature>",
        ));
    };
    let parsed = key.parse::<Vkey>().ok();
    let verifier = parsed.as_ref().and_then(|key| key.verifier().ok());
    let verifier = verifier.filter(|key| key.key_type() == KeyType::Ed25519);
    let signature = STANDARD
        .decode(signature)
        .ok()
        .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    let (Some(key), Some(verifier), Some(signature), Ok(said)) =
        (parsed, verifier, signature, seconds.parse::<u64>())
    else {
        return Err(wrong("one of vkey, seconds and signature is none"));
    };
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let text = signed_text(app.record().origin(), &parts.method, target, said, sha256);
    if verifier.verify_raw(text.as_bytes(), &signature).is_err() {
        return Err(wrong("the signature does not verify for this request"));
    }
    let now = u64::try_from(now_micros() / 1_000_000).unwrap_or(0);
    if now.abs_diff(said) > MAX_TAXII_SKEW_S {
        return Err(wrong("the time signed is more than five minutes off"));
    }
    let state = app.record().state();
    let member = state
        .global
        .member_of(&key)
        .filter(|(_, member)| is_current(member));
    let (id, member) = member.ok_or_else(|| wrong("the key is no current member's"))?;
    Ok(Asker::Member {
        id: id.to_string(),
        role: member.role.role(),
        body_sha256: Some((*sha256).to_owned()),
    })
}
