//! Who may say what, when; and every refusal.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use record::refusal::Code;
use record::table::TABLE;

use super::{Frame, Place, show};
use crate::app::App;
use crate::error::status_of;

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    frame: Frame,
    rules: Vec<Rule>,
    codes: Vec<CodeLine>,
}

struct Rule {
    kind: &'static str,
    meaning: String,
    roles: String,
    when: String,
    rule: &'static str,
    sealed: bool,
}

struct CodeLine {
    code: &'static str,
    status: u16,
    twelve: u8,
    hint: &'static str,
}

pub(super) async fn page(State(app): State<App>, place: Place) -> Response {
    show(app, place, |_, frame| {
        let t = frame.t;
        let rules = TABLE.iter().map(|row| {
            let roles: Vec<_> = row.roles.iter().map(|r| t.of("role", r.as_str())).collect();
            Rule {
                kind: row.kind.as_str(),
                meaning: t.of("kind", row.kind.as_str()),
                roles: t.list(&roles),
                when: row.scope.to_string(),
                rule: row.rule,
                sealed: row.kind.has_content(),
            }
        });
        let codes = Code::ALL.iter().map(|code| CodeLine {
            code: code.as_str(),
            status: status_of(code.class()).as_u16(),
            twelve: code.of_the_twelve(),
            hint: code.hint(),
        });
        Ok(RulesPage {
            rules: rules.collect(),
            codes: codes.collect(),
            frame: frame.with_json("/rules.json".to_owned()),
        })
    })
    .await
}
