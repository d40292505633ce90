//! Commented templates of every statement type: JSON with `//` comments, as `new` prints them and
//! `submit` reads them.

use record::ids::CaseId;
use record::kind::Kind;
use record::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::problem::{Outcome, Problem};

/// What stands for the case in a template.
pub(crate) const CASE_PLACEHOLDER: &str = "your-case";

/// The templates, one file per type.
macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../templates/", $name, ".jsonc")))),*]
    };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "tick",
    "refusal",
    "charter",
    "charter.found",
    "charter.amend",
    "charter.vote",
    "member.enrol",
    "member.rotate",
    "member.revoke",
    "member.declare",
    "funding",
    "norm.propose",
    "norm.affirm",
    "norm.register",
    "state.accede",
    "state.reserve",
    "state.withdraw",
    "pledge",
    "calibration.ask",
    "calibration.answer",
    "calibration.open",
    "calibration.resolve",
    "report",
    "consent",
    "case.open",
    "case.refuse",
    "case.close",
    "exhibit",
    "custody",
    "disclose",
    "hypotheses",
    "lab.commit",
    "lab.open",
    "assessment",
    "facts",
    "mask",
    "review.assign",
    "recuse",
    "review",
    "unmask",
    "notice",
    "reply",
    "reply.none",
    "vote",
    "dissent",
    "finding",
    "supersede",
    "withdraw",
    "warn",
    "endorse",
    "rebut",
    "alternative",
    "complaint",
    "complaint.answer",
    "aid.desk",
    "aid.request",
    "aid.item",
    "aid.step",
    "aid.enlist",
    "aid.vet",
    "aid.dismiss",
    "aid.round",
    "aid.match",
    "aid.scope",
    "aid.consent",
    "aid.harm",
    "aid.notice",
    "aid.relay",
    "aid.receipt",
    "aid.relay.open",
];

/// The template of a type.
pub(crate) fn of(kind: Kind) -> Option<&'static str> {
    let found = TEMPLATES.iter().find(|(name, _)| *name == kind.as_str());
    found.map(|(_, text)| *text)
}

/// A filled-in template: what a person wants said. The command adds the rest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filled {
    /// The statement type.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The case, for types that belong to one.
    #[serde(default)]
    pub(crate) case: Option<CaseId>,
    /// The body, with its content in the open.
    pub(crate) body: Value,
    /// When a sealed content is due to be opened; two years from now if absent.
    #[serde(default)]
    pub(crate) until: Option<Timestamp>,
}

/// Reads a filled-in template.
pub(crate) fn parse(text: &str) -> Outcome<Filled> {
    let plain = without_comments(text);
    let value = record::json::parse(plain.as_bytes())
        .map_err(|e| Problem::from(e).hint("a template is JSON with // comments"))?;
    serde_json::from_value(value)
        .map_err(|e| Problem::from(e).hint("a template has the fields type, case, body and until"))
}

/// Blanks out `//` comments, so that places in error messages stay right.
pub(crate) fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (mut in_string, mut escaped) = (false, false);
        let mut cut = line.len();
        let bytes = line.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'/' if !in_string && bytes.get(at + 1) == Some(&b'/') => {
                    cut = at;
                    break;
                }
                _ => {}
            }
        }
        out.push_str(line.get(..cut).unwrap_or_default());
        if cut < line.len() && line.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::statement::{Draft, Statement};

    #[test]
    fn every_type_has_a_template_that_seals_and_parses() {
        let key = tlog::SigningKey::from_seed("someone", [3; 32], tlog::KeyType::Ed25519).unwrap();
        let time: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(TEMPLATES.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            let filled = parse(of(*kind).unwrap()).unwrap_or_else(|p| panic!("{kind}: {}", p.text));
            assert_eq!(filled.kind, kind.as_str());
            let in_a_case = matches!(
                record::table::row(*kind).unwrap().scope,
                record::table::Scope::Case(_) | record::table::Scope::NewCase
            );
            assert_eq!(filled.case.is_some(), in_a_case, "{kind}");
            let draft = Draft {
                record: "record.example/x".to_string(),
                issued: time,
                case: filled.case,
                kind: *kind,
                body: filled.body.clone(),
            };
            let signed = draft
                .sign(&key, &[1; 32], time.plus_seconds(1))
                .unwrap_or_else(|e| panic!("{kind}: {e}"));
            let statement = Statement::parse(&signed.entry).unwrap();
            assert_eq!(statement.kind, *kind);
            if kind.has_content() {
                let content = filled.body.get("content").unwrap();
                record::kind::Content::parse(*kind, content)
                    .unwrap_or_else(|e| panic!("{kind}: {e}"));
            }
        }
    }

    #[test]
    fn the_charter_pins_the_data_this_program_judges_norms_with() {
        let filled = parse(of(Kind::Charter).unwrap()).unwrap_or_else(|p| panic!("{}", p.text));
        let pinned = &filled.body["text"]["norms"]["reference_sha256"];
        let reference = record::law::reference().unwrap();
        assert_eq!(pinned.as_str(), Some(reference.digest()));
    }

    #[test]
    fn comments_go_and_strings_with_slashes_stay() {
        let text = "{ // one\n \"a\": \"https://x \\\" // no\" // two\n}\n";
        assert_eq!(
            without_comments(text),
            "{ \n \"a\": \"https://x \\\" // no\" \n}\n"
        );
    }
}
