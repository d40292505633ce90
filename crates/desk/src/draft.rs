//! From a filled-in form to the exact statement, and with its signature to the entry.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use record::body::analysis::Assessed;
use record::ids::{CaseId, StatementId, Vkey};
use record::kind::{Body, Content, Kind};
use record::refusal::Refusal;
use record::state::Case;
use record::statement::{Draft, Verified};
use record::time::Timestamp;
use record::{blind, derive, envelope, rules};
use serde::Deserialize;
use serde_json::{Value, json};
use tlog::Hash;

use crate::next::inputs;
use crate::{Desk, Kept, contents, told};

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
    /// What opens other statements of the case: a content that rests on them is checked against them.
    #[serde(default)]
    openings: Kept,
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
    /// The exact statement: `{"type", "case", "body", "seed", "openings"}` to `{"payload", "sign", "shown", "opening"}`, where
    /// `sign` is what the key signs, in base64.
    #[must_use]
    pub fn draft(&self, request: &str) -> String {
        told(self.drafted(request))
    }

    fn drafted(&self, request: &str) -> Result<Value, String> {
        let mut said: Said = serde_json::from_str(request).map_err(|e| e.to_string())?;
        let kind: Kind = said.kind.parse().map_err(|e| format!("{e}"))?;
        let charter = self.state.global.charter.as_ref();
        let charter = charter.ok_or("the docket has no charter")?;
        if let Some(content) = said.body.get("content").filter(|_| kind.has_content()) {
            self.check(kind, &said, content)?;
        }
        if kind == Kind::Alternative {
            let result = self.rerun(&said)?;
            said.body["result_sha256"] = json!(result);
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

    /// What a re-run of a finding with the changes given comes to: what the log computes as well.
    fn rerun(&self, said: &Said) -> Result<Hash, String> {
        let body = Body::parse(Kind::Alternative, &with(&said.body, "result_sha256"));
        let Ok(Body::Alternative(alternative)) = body else {
            return Err("an alternative names a finding and its changes".to_owned());
        };
        let (Some(case), Some(charter)) = (self.case(said), self.state.global.charter_in_force())
        else {
            return Err("the docket has no such case".to_owned());
        };
        let mut findings = case.findings.iter();
        let finding = findings.find(|f| f.statement == alternative.finding);
        let finding = finding.ok_or("the case has no such finding")?;
        let rerun = derive::rerun(case, finding, charter, &alternative.changes);
        Ok(rerun.map_err(|e| e.to_string())?.sha256())
    }

    fn case(&self, said: &Said) -> Option<&Case> {
        self.state.cases.get(said.case.as_ref()?)
    }

    /// Whether a content is one of its type and fits what it rests on: what is wrong with it would else show only once
    /// it is opened, when it is too late.
    fn check(&self, kind: Kind, said: &Said, content: &Value) -> Result<(), String> {
        let parsed = Content::parse(kind, content).map_err(|e| e.to_string())?;
        let refused = |refusal: Refusal| refusal.detail;
        match parsed {
            Content::Hypotheses(h) => h.validate().map_err(|e| e.to_string()),
            Content::Reviewed(r) => sums_to_one(&r.posterior_ppm),
            Content::Forecast(f) => sums_to_one(&f.ppm),
            Content::Facts(facts) => rules::check_facts(&facts).map_err(refused),
            Content::LabAnswer(answer) => {
                let body = Body::parse(kind, &without(&said.body, "content"));
                let Ok(Body::LabCommit(commit)) = body else {
                    return Err("a commitment names a comparison and its exhibits".to_owned());
                };
                rules::check_answers(&commit.exhibits, &answer).map_err(refused)
            }
            Content::Assessed(assessed) => self.check_assessed(said, assessed),
            Content::Mask(map) => {
                let case = self.case(said).ok_or("the docket has no such case")?;
                let inputs = inputs(case, &said.openings);
                let inputs = inputs.ok_or("a mask is made where the analysis can be opened")?;
                blind::check(&map, &inputs).map_err(|e| e.to_string())
            }
            Content::Voted(_) | Content::Addressee(_) => Ok(()),
        }
    }

    /// Items against the hypotheses and against what earlier assessments say, as far as this desk can open them.
    fn check_assessed(&self, said: &Said, mut new: Assessed) -> Result<(), String> {
        let case = self.case(said).ok_or("the docket has no such case")?;
        let opened = contents(case, &said.openings);
        let hypotheses = case.hypotheses.and_then(|id| opened.get(&id));
        let Some(Content::Hypotheses(hypotheses)) = hypotheses else {
            return Ok(()); // nothing to check against here
        };
        let replaced = said.body.get("replaces").and_then(Value::as_str);
        let (mut strands, mut items) = (Vec::new(), Vec::new());
        for id in &case.assessments {
            let earlier = opened.get(id).filter(|_| replaced != Some(&id.to_string()));
            if let Some(Content::Assessed(earlier)) = earlier {
                strands.extend(earlier.strands.iter().cloned());
                items.extend(earlier.items.iter().cloned());
            }
        }
        strands.append(&mut new.strands);
        items.append(&mut new.items);
        method::validate_items(hypotheses, &strands, &items).map_err(|e| e.to_string())
    }
}

fn without(body: &Value, name: &str) -> Value {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove(name);
    }
    body
}

/// A body with a digest put in that is still to be computed.
fn with(body: &Value, name: &str) -> Value {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.insert(name.to_owned(), json!(Hash::from_bytes([0; 32])));
    }
    body
}

fn sums_to_one(shares: &[u32]) -> Result<(), String> {
    let sum: u64 = shares.iter().map(|p| u64::from(*p)).sum();
    if sum == u64::from(method::input::PPM) {
        return Ok(());
    }
    Err(format!(
        "the shares sum to {sum} parts per million, not to one million"
    ))
}
