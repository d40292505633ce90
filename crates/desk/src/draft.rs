//! From a filled-in form to the exact statement, and with its signature to the entry.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::envelope;
use record::ids::{CaseId, StatementId, Vkey};
use record::kind::{Content, Kind};
use record::rules;
use record::statement::{Draft, Verified};
use record::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tlog::Hash;

use crate::{Desk, told};

/// Seconds a seal holds unless it is opened before: two years, as `solferino submit` has it.
const SEALED_FOR_S: i64 = 2 * 365 * 86_400;

/// What is to be said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    case: Option<CaseId>,
    body: Value,
    /// 32 random bytes, hex: what the salt of a seal is made from.
    seed: Hash,
}

/// A statement with its signature.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finish {
    key: Vkey,
    payload: String,
    signature: String,
}

impl Desk {
    /// The exact statement: `{"type", "case", "body", "seed"}` to `{"payload", "sign", "shown", "opening"}`, where
    /// `sign` is what the key signs, in base64.
    #[must_use]
    pub fn draft(&self, request: &str) -> String {
        told(self.drafted(request))
    }

    fn drafted(&self, request: &str) -> Result<Value, String> {
        let said: Said = serde_json::from_str(request).map_err(|e| e.to_string())?;
        let kind: Kind = said.kind.parse().map_err(|e| format!("{e}"))?;
        let charter = self.state.global.charter.as_ref();
        let charter = charter.ok_or("the docket has no charter")?;
        if let Some(content) = said.body.get("content").filter(|_| kind.has_content()) {
            check(kind, content)?;
        }
        let draft = Draft {
            record: charter.origin().to_string(),
            issued: self.now,
            case: said.case,
            kind,
            body: said.body,
        };
        let until: Timestamp = self.now.plus_seconds(SEALED_FOR_S);
        let written = draft
            .write(said.seed.as_bytes(), until)
            .map_err(|e| e.to_string())?;
        let payload: Value = serde_json::from_str(&written.payload).map_err(|e| e.to_string())?;
        let sign = envelope::pre_authentication_encoding(written.payload.as_bytes());
        Ok(json!({
            "payload": written.payload, "sign": STANDARD.encode(sign), "opening": written.opening,
            "shown": serde_json::to_string_pretty(&payload).unwrap_or_default(),
        }))
    }

    /// The entry, and what the rules say of it: `{"key", "payload", "signature"}` to `{"entry", "statement",
    /// "refused"}`. What the store alone knows (that an exhibit's content is held) is not asked here.
    #[must_use]
    pub fn finish(&self, request: &str) -> String {
        told(self.finished(request))
    }

    fn finished(&self, request: &str) -> Result<Value, String> {
        let asked: Finish = serde_json::from_str(request).map_err(|e| e.to_string())?;
        let signature = STANDARD
            .decode(&asked.signature)
            .map_err(|e| e.to_string())?;
        let entry = envelope::assemble(asked.payload.as_bytes(), asked.key.as_str(), &signature);
        let statement = Verified::parse(&entry).map_err(|e| e.to_string())?;
        // Judged as the next entry, under the present moment.
        let mut state = self.state.clone();
        state.global.time = Some(self.now);
        let refused = rules::judge(&state, self.next_index, &statement).err();
        let refused = refused
            .map(|r| json!({"code": r.code.as_str(), "detail": r.detail, "hint": r.code.hint()}));
        Ok(json!({
            "entry": String::from_utf8_lossy(&entry), "statement": StatementId::of_entry(&entry),
            "refused": refused,
        }))
    }
}

/// Whether a content is one of its type: what is wrong with it would else show only once it is opened.
fn check(kind: Kind, content: &Value) -> Result<(), String> {
    let parsed = Content::parse(kind, content).map_err(|e| e.to_string())?;
    match parsed {
        Content::Hypotheses(h) => h.validate().map_err(|e| e.to_string()),
        Content::Reviewed(r) => {
            let sum: u64 = r.posterior_ppm.iter().map(|p| u64::from(*p)).sum();
            if sum == u64::from(method::input::PPM) {
                Ok(())
            } else {
                Err(format!(
                    "the shares sum to {sum} parts per million, not to one million"
                ))
            }
        }
        _ => Ok(()),
    }
}
