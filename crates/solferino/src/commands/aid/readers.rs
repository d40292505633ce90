//! Whom something is sealed to: taken from signed statements of the log, never from a server's word.

use age::x25519::Recipient;
use record::aid::{Evidence, Readers, ReadersError, readers};
use record::ids::StatementId;
use record::trust::TrustFile;

use super::server::{At, Desk};
use super::words;
use crate::problem::{Exit, Outcome, Problem};
use crate::{opened, ui};

/// Seconds after which the log's last cosignature is called old: a week.
const OLD_S: i64 = 7 * 86_400;

/// Whom something may be sealed to.
pub(crate) struct SealedTo {
    /// Version of the desk.
    pub(crate) desk: u32,
    /// Everybody named by a signed statement.
    pub(crate) recipients: Vec<Recipient>,
}

/// Who reads what is told to the desk or, with a request, in it; says it to whoever runs the command. Fails unless
/// signed statements in the log say so.
pub(crate) fn sealed_to(at: &At, desk: &Desk, request: Option<&str>) -> Outcome<SealedTo> {
    let path = match request {
        Some(id) => format!("/api/v1/aid/requests/{id}/readers"),
        None => "/api/v1/aid/readers".to_owned(),
    };
    let mut data = at.get(&path)?;
    let evidence: Evidence = serde_json::from_value(data["evidence"].take()).map_err(|e| {
        Problem::from(e).hint("this server does not show who reads; nothing was sealed or sent")
    })?;
    let pinned = at.trust.as_deref().map(opened::trust).transpose()?;
    let trust = match &pinned {
        Some(trust) => trust.clone(),
        None => TrustFile::parse(data["trust"].as_str().unwrap_or_default())?,
    };
    let id: Option<StatementId> = request.map(str::parse).transpose()?;
    let shown = readers(&evidence, &trust, id).map_err(|e| not_shown(&e))?;
    let log = trust.policy.logs().first().map(|log| log.key.name());
    if log != Some(desk.origin.as_str()) {
        let text = format!(
            "the server calls its record {:?}, the log is {log:?}",
            desk.origin
        );
        return Err(Problem::new(text).exit(Exit::Failed));
    }
    say(&shown, pinned.is_some(), desk);
    let texts = shown.readers.iter().map(|r| r.recipient.to_string());
    Ok(SealedTo {
        desk: shown.desk,
        recipients: words::recipients(&texts.collect::<Vec<_>>())?,
    })
}

fn not_shown(error: &ReadersError) -> Problem {
    Problem::new(format!("it is not shown who would read this: {error}"))
        .exit(Exit::Failed)
        .hint("nothing was sealed or sent; ask over another way, or at another address of the same body")
}

/// Who can open it, by digests that can be compared with what the desk says elsewhere.
fn say(shown: &Readers, pinned: bool, desk: &Desk) {
    ui::remark(format!(
        "sealed to {}, who alone can open it:",
        count(shown)
    ));
    for reader in &shown.readers {
        let role = match reader.role {
            aid::Role::Triage => "officer of the desk",
            aid::Role::Requester => "whoever asked",
            aid::Role::Proxy => "who speaks for them",
            _ => "of the team that was taken",
        };
        ui::remark(format!("  {}  {role}", reader.digest()));
    }
    ui::remark(format!(
        "as statement {} and the log of {} entries say; a later one is not looked for",
        shown.named_by, shown.size
    ));
    match shown.cosigned {
        Some(at) if desk.now.unix_seconds() - at.unix_seconds() > OLD_S => ui::remark(format!(
            "NOTE: its witnesses last signed on {at}: this may be an old list"
        )),
        Some(at) => ui::remark(format!("its witnesses signed on {at}")),
        None => ui::remark("its policy asks for no witness"),
    }
    ui::remark(match pinned {
        true => "verified with your trust file",
        false => {
            "self-consistent, signers not pinned: the log's key was given by this server. Whose log it is, only a trust file from somebody else can say: --trust FILE"
        }
    });
}

fn count(shown: &Readers) -> String {
    match shown.readers.len() {
        1 => "1 key".to_owned(),
        n => format!("{n} keys"),
    }
}
