//! Who may say what, when; and every refusal.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use record::refusal::Code;
use record::table::TABLE;

use super::{Frame, show};
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

pub(super) async fn page(State(app): State<App>) -> Response {
    show(app, |_, frame| {
        let rules = TABLE.iter().map(|row| Rule {
            kind: row.kind.as_str(),
            roles: row
                .roles
                .iter()
                .map(|r| r.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            when: row.scope.to_string(),
            rule: row.rule,
            sealed: row.kind.has_content(),
        });
        let codes = Code::ALL.iter().map(|code| CodeLine {
            code: code.as_str(),
            status: status_of(code.class()).as_u16(),
            twelve: code.of_the_twelve(),
            hint: code.hint(),
        });
        Ok(RulesPage {
            frame,
            rules: rules.collect(),
            codes: codes.collect(),
        })
    })
    .await
}
