//! The log: its checkpoint, who signed it, which witnesses have seen it, how to check it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use record::time::Timestamp;
use record::trust::{TrustFile, of_charter};
use tlog::{Note, VerifiedSignature};

use super::{Frame, Place, show};
use crate::app::App;
use crate::error::ApiError;
use crate::text::{Markup, Texts, foreign};

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    frame: Frame,
    size: Markup,
    checkpoint: String,
    signers: Vec<Markup>,
    witnesses: Vec<WitnessRow>,
    quorum: &'static str,
    trust: String,
}

/// A witness that the charter names.
struct WitnessRow {
    name: Markup,
    key: String,
    /// When it cosigned this checkpoint.
    cosigned: Option<Markup>,
}

/// Names of the keys under the checkpoint, the log's first (C2SP signed-note).
fn signers(note: &Note) -> Vec<Markup> {
    let names = note.signatures.iter().map(|s| s.name.to_string());
    names.map(|name| foreign(&name)).collect()
}

/// The witnesses of the charter in force, and what their quorum says of this checkpoint.
fn witnesses(t: Texts, note: &Note, trust: &TrustFile) -> (Vec<WitnessRow>, &'static str) {
    let policy = &trust.policy;
    // A note without any signature by a witness is no fault: then none has cosigned.
    let verified = note.verify(&policy.witness_keys()).unwrap_or_default();
    let cosigned = |v: &VerifiedSignature| {
        let seconds = i64::try_from(v.timestamp?).ok()?;
        let time = Timestamp::from_unix_seconds(seconds).ok()?;
        Some(t.say("log.cosigned").time("time", time).html())
    };
    let row = |w: &tlog::PolicyWitness| WitnessRow {
        name: foreign(&w.name),
        key: w.key.to_string(),
        cosigned: verified.iter().find(|v| v.key == w.key).and_then(cosigned),
    };
    let keys: Vec<_> = verified.iter().map(|v| v.key.clone()).collect();
    let quorum = match policy.quorum() {
        None => "log.quorum-none",
        Some(_) if policy.is_satisfied_by(&keys) => "log.quorum-met",
        Some(_) => "log.quorum-missing",
    };
    (policy.witnesses().iter().map(row).collect(), t.s(quorum))
}

pub(super) async fn page(State(app): State<App>, place: Place) -> Response {
    show(app, place, |record, frame| {
        let bytes = record.checkpoint();
        let note = Note::parse(&bytes).map_err(ApiError::internal)?;
        let first = record.trust_file()?;
        let charter = record.state().global.charter.clone();
        let now = match charter {
            Some(text) => of_charter(&text).map_err(ApiError::internal)?,
            None => first.clone(),
        };
        let (witnesses, quorum) = witnesses(frame.t, &note, &now);
        Ok(LogPage {
            size: frame.t.say("log.size").n(record.size()).html(),
            signers: signers(&note),
            witnesses,
            quorum,
            checkpoint: String::from_utf8_lossy(&bytes).into_owned(),
            trust: first.to_string(),
            frame,
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use tlog::{Checkpoint, KeyType, SigningKey, cosign, sha256, sign_checkpoint};

    use super::*;
    use crate::text::Lang;

    fn key(name: &str, key_type: KeyType) -> SigningKey {
        SigningKey::from_seed(name, *sha256(name.as_bytes()).as_bytes(), key_type).unwrap()
    }

    #[test]
    fn a_witness_is_shown_with_the_time_of_its_cosignature_and_a_lost_quorum_is_said() {
        let log = key("one.example/log", KeyType::Ed25519);
        let [first, second] = ["w1.example", "w2.example"].map(|n| key(n, KeyType::CosignatureV1));
        let policy = |quorum: &str| {
            let lines = [
                format!("log {}", log.verifier_key()),
                format!("witness one {}", first.verifier_key()),
                format!("witness two {}", second.verifier_key()),
                format!("group both {quorum} one two"),
                "quorum both\n".to_owned(),
            ];
            TrustFile::new(sha256(b"charter"), &lines.join("\n")).unwrap()
        };
        let checkpoint = Checkpoint::new("one.example/log", 3, sha256(b"root")).unwrap();
        let mut note = sign_checkpoint(&checkpoint, &log).unwrap();
        let t = Texts(Lang::En);
        assert_eq!(
            witnesses(t, &note, &policy("any")).1,
            t.s("log.quorum-missing")
        );
        let cosignature = cosign(&note.text, &first, 1_400_000_000).unwrap();
        note.signatures.push(cosignature);
        let (rows, quorum) = witnesses(t, &note, &policy("any"));
        let times: Vec<_> = rows
            .iter()
            .map(|r| r.cosigned.as_ref().map(|m| m.0.clone()))
            .collect();
        assert!(
            times[0]
                .as_ref()
                .unwrap()
                .contains("13 May 2014, 16:53 UTC"),
            "{times:?}"
        );
        assert_eq!(times[1], None);
        assert_eq!(quorum, t.s("log.quorum-met"));
        assert_eq!(
            witnesses(t, &note, &policy("all")).1,
            t.s("log.quorum-missing")
        );
        assert_eq!(signers(&note).len(), 2);
    }
}
