//! One well-formed body of every statement type, for tests that walk over all types.

use record::ids::StatementId;
use record::kind::Kind;
use rehearsal::Cast;
use serde_json::{Value, json};

/// A body that parses as its type; contents stand in the open and are sealed on signing.
pub(crate) fn body(cast: &Cast, kind: Kind) -> Value {
    let h = tlog::sha256(b"sample");
    let id = StatementId(h);
    let charter = rehearsal::founding_charter(cast).unwrap();
    let key = rehearsal::vkey(&cast.key("sample").unwrap()).unwrap();
    let state = json!({"state": "XA", "instrument": "GGE15", "from": "2015-07-22"});
    let with = |mut base: Value, more: Value| {
        base.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        base
    };
    match kind {
        Kind::Tick => json!({"time": "2014-01-01T00:00:00Z", "size": 0}),
        Kind::Refusal => json!({"submission": h, "code": "wrong-phase", "clock_dependent": false}),
        Kind::Charter | Kind::CharterAmend => json!({"text": charter}),
        Kind::CharterFound => json!({"charter": charter.digest()}),
        Kind::CharterVote => json!({"amendment": h, "approve": true}),
        Kind::MemberEnrol => {
            json!({"member": "new-one", "role": "investigator", "jurisdiction": "XA", "key": key, "next_key_sha256": h, "possession": "AA=="})
        }
        Kind::MemberRotate => json!({"member": "panel-africa", "next_key_sha256": h}),
        Kind::MemberRevoke => json!({"member": "panel-africa", "reason": "ended"}),
        Kind::MemberDeclare => {
            json!({"states": ["XA"], "employer": "institute", "funders": ["fund"]})
        }
        Kind::Funding => {
            json!({"kind": "received", "source": "fund", "jurisdiction": "XA", "amount": 1000, "currency": "chf", "year": 2014})
        }
        Kind::NormPropose | Kind::NormRegister => json!({"document": "{}"}),
        Kind::NormAffirm => json!({"instrument": "NEW1"}),
        Kind::StateAccede | Kind::StateWithdraw => state,
        Kind::StateReserve => with(state, json!({"articles": ["13(c)"]})),
        Kind::Pledge => json!({"accord": "CTA", "from": "2018-04-17"}),
        Kind::CalibrationAsk => {
            json!({"question": "a-question", "closes": "2015-01-01T00:00:00Z", "outcomes": ["yes", "no"], "text_sha256": h})
        }
        Kind::CalibrationAnswer => {
            json!({"question": "a-question", "content": {"ppm": [700_000, 300_000]}})
        }
        Kind::CalibrationOpen => json!({"answer": id, "salt": h, "value": {"ppm": [1, 2]}}),
        Kind::CalibrationResolve => {
            json!({"question": "a-question", "outcome": "yes", "evidence_sha256": h})
        }
        Kind::Report => {
            json!({"incident": "disruption", "sector": "health", "happened": "2014-01-01", "account_sha256": h})
        }
        Kind::Consent => json!({"report": id, "level": "public", "exhibits": []}),
        Kind::CaseOpen => {
            json!({"reports": [id], "question": {"kind": "who"}, "selection_rule_sha256": h})
        }
        Kind::CaseRefuse => {
            json!({"reports": [id], "reason": "out-of-scope", "selection_rule_sha256": h})
        }
        Kind::CaseClose => json!({"reason": "concluded"}),
        Kind::Exhibit => {
            json!({"sha256": h, "ciphertext_sha256": h, "size": 6, "media_type": "text/plain", "acquired": "2014-01-01", "how": "open-source", "source": "press", "upstream": ["press"], "tlp": "clear"})
        }
        Kind::Custody => json!({"exhibit": h, "event": {"kind": "analysis"}}),
        Kind::Disclose => {
            json!({"statement": id, "pointer": "/body/content", "salt": h, "value": {}})
        }
        Kind::Hypotheses => {
            json!({"content": {"actors": [{"id": "A", "kind": "state", "state": "XA", "prior_ppm": 500000}, {"id": "U", "kind": "none-of-these", "prior_ppm": 500000}], "delta_ppm": 50000, "relations": []}})
        }
        Kind::LabCommit => {
            json!({"comparison": "first", "exhibits": [], "content": {"answers": [], "report_sha256": h}})
        }
        Kind::LabOpen => {
            json!({"commit": id, "salt": h, "value": {"answers": [], "report_sha256": h}})
        }
        Kind::Assessment => json!({"content": {"strands": [], "items": []}}),
        Kind::Facts => {
            json!({"content": {"on": "2014-01-01", "facts": [{"element": "effect", "value": "availability", "likelihood_ppm": 900000, "exhibits": [h]}]}})
        }
        Kind::ReviewAssign => json!({"reviewers": ["panel-africa"]}),
        Kind::Mask => json!({"content": {"seed": h, "names": []}}),
        Kind::Unmask => json!({"reviewer": "panel-africa", "reason": "recognised"}),
        Kind::Recuse => json!({"reason": "interest"}),
        Kind::Review => json!({"content": {"posterior_ppm": [500000, 500000], "blind": true}}),
        Kind::Notice => json!({"content": {"state": "XA"}, "reply_key": key}),
        Kind::Reply => json!({"notice": id, "text_sha256": h}),
        Kind::ReplyNone => json!({"notice": id}),
        Kind::Vote => json!({"content": {"proposal": h, "choice": "publish"}}),
        Kind::Dissent => json!({"ground": "weak-evidence", "text_sha256": h}),
        Kind::Finding => finding(h),
        Kind::Supersede => json!({"supersedes": id, "finding": finding(h)}),
        Kind::Withdraw => json!({"finding": id, "reason": "procedure", "text_sha256": h}),
        Kind::Warn => json!({"sectors": ["health"], "advisory_sha256": h}),
        Kind::Endorse => json!({"finding": id, "basis": "own-evidence"}),
        Kind::Rebut => json!({"finding": id, "basis": "political", "text_sha256": h}),
        Kind::Alternative => json!({"finding": id, "changes": ["item.A1"], "result_sha256": h}),
        Kind::Complaint => json!({"about": "conduct", "statement": id, "text_sha256": h}),
        Kind::ComplaintAnswer => {
            json!({"complaints": [id], "reason": "not-upheld", "text_sha256": h})
        }
        _ => aid(cast, kind),
    }
}

fn finding(h: tlog::Hash) -> Value {
    json!({
        "proposal": {"case": "sample", "round": 1, "outcome": "not-attributed", "standard": "none", "likelihood_ppm": 0,
            "interval_ppm": [0, 0], "blind": {"stated": 0, "counted": 0}, "basis": [], "result_sha256": h, "charter": h},
        "votes": [], "case_statements": {"count": 0, "sha256": h}, "state_sha256": h,
    })
}

fn aid(cast: &Cast, kind: Kind) -> Value {
    let h = tlog::sha256(b"sample");
    let id = StatementId(h);
    let key = rehearsal::vkey(&cast.key("sample").unwrap()).unwrap();
    let item = json!({"commitment": h, "sealed_sha256": h});
    let code = rehearsal::aid::code_of_conduct().unwrap();
    let recipient = rehearsal::aid::REQUESTER_RECIPIENT;
    match kind {
        Kind::AidDesk => rehearsal::aid::policy(cast, 1).unwrap(),
        Kind::AidRequest => json!({"items": [item], "desk": 1, "recipient": recipient,
            "proxy": {"key": key, "recipient": rehearsal::aid::PROXY_RECIPIENT},
            "consent": {"share_with_helpers": true, "publish_anonymised": false}}),
        Kind::AidItem => json!({"request": id, "kind": "message", "items": [item]}),
        Kind::AidStep => {
            json!({"request": id, "to": "triaged", "reason": "need-coded", "class": "P1"})
        }
        Kind::AidEnlist => json!({"profile": item, "recipient": recipient, "code": code}),
        Kind::AidVet => json!({"responder": id, "until": "2015-01-01T00:00:00Z"}),
        Kind::AidDismiss => json!({"responder": id, "reason": "ended"}),
        Kind::AidRound => json!({"inputs": h, "requests": 1, "responders": 1}),
        Kind::AidMatch => json!({"round": id, "outcome_root": h, "offers": 1, "unserved": 0}),
        Kind::AidScope => json!({"request": id, "scope": h, "until": "2014-01-09T00:00:00Z"}),
        Kind::AidConsent => {
            json!({"request": id, "purpose": "case", "granted": true, "into_case": "sample", "items": [h]})
        }
        Kind::AidHarm => {
            json!({"from": "2014-01-01T00:00:00Z", "until": "2014-01-01T00:00:01Z", "inputs": h, "records": 0, "rows": [], "withheld": 0})
        }
        Kind::AidNotice => {
            json!({"template": "assistance-sought", "text": h, "answer_key": key, "due": "2014-01-09T00:00:00Z"})
        }
        Kind::AidRelay => {
            json!({"report": h, "answer_key": key, "embargo_until": "2014-03-01T00:00:00Z"})
        }
        Kind::AidReceipt => json!({"of": id}),
        Kind::AidRelayOpen => json!({"relay": id, "reason": "exploited", "advisory_sha256": h}),
        other => panic!("no sample of {other}"),
    }
}
