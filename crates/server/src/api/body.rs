//! Who the body is and by which rules it acts: members, rules, charter.

use axum::Json;
use axum::extract::State;
use record::refusal::Code;
use record::state::Member;
use record::table::TABLE;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{Answer, Count};
use crate::app::App;
use crate::error::{ApiError, status_of};

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberView {
    /// Identifier.
    id: String,
    /// Role.
    role: String,
    /// Jurisdiction, ISO 3166-1 alpha-2.
    jurisdiction: String,
    /// Region, for seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// Key in force, as a C2SP vkey.
    key: String,
    /// Whether the key was revoked.
    revoked: bool,
    /// Whether the charter in force still seats it; true for enrolled members.
    seated: bool,
    /// Ties it declared last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    declared: Option<Value>,
}

impl MemberView {
    fn of(id: &record::ids::MemberId, member: &Member) -> Self {
        Self {
            id: id.to_string(),
            role: member.role.role().to_string(),
            jurisdiction: member.jurisdiction.to_string(),
            region: member.region.map(|r| r.as_str().to_owned()),
            key: member.key.to_string(),
            revoked: member.revoked,
            seated: member.seated,
            declared: member.declared.as_ref().map(json),
        }
    }
}

/// All members, and the money the body received.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MembersView {
    /// Members, by identifier.
    members: Vec<MemberView>,
    /// How many.
    total: Count,
    /// Money received, in record order.
    #[schema(value_type = Vec<Object>)]
    funding: Vec<Value>,
}

/// One row of the table of rules.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleView {
    /// Statement type.
    #[serde(rename = "type")]
    kind: String,
    /// Who may say it.
    roles: Vec<String>,
    /// When.
    when: String,
    /// The further rule.
    rule: String,
    /// Whether its content is sealed.
    sealed: bool,
}

/// One refusal code.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CodeView {
    /// Code.
    code: String,
    /// HTTP status it is answered with.
    status: u16,
    /// Which of the twelve refusals it enforces; 0 for none.
    of_the_twelve: u8,
    /// What to do.
    hint: String,
}

/// Who may say what, when; and every refusal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulesView {
    /// The table.
    rules: Vec<RuleView>,
    /// The refusal codes.
    codes: Vec<CodeView>,
}

/// The charter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CharterView {
    /// The text: who decides, by which thresholds, with which parameters.
    #[schema(value_type = Object)]
    text: Value,
    /// SHA-256 of its RFC 8785 form: what founders and voters sign.
    sha256: String,
    /// Whether all founders have signed.
    in_force: bool,
    /// Founders that have signed.
    founded_by: Vec<String>,
    /// Digests of amendments waiting for votes.
    amendments: Vec<String>,
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|i| i.to_string()).collect()
}

/// List members
#[utoipa::path(get, path = "/members", tag = "body", responses((status = 200, body = Answer<MembersView>)))]
pub(crate) async fn members(State(app): State<App>) -> Json<Answer<MembersView>> {
    let state = app.record().state();
    let global = &state.global;
    let view = MembersView {
        members: global
            .members
            .iter()
            .map(|(id, m)| MemberView::of(id, m))
            .collect(),
        total: Count::exact(
            global.members.len(),
            "member",
            "was ever seated or enrolled",
        ),
        funding: global.funding.iter().map(json).collect(),
    };
    Answer::of(&state, view)
}

/// The table of rules
#[utoipa::path(get, path = "/rules", tag = "body", responses((status = 200, body = Answer<RulesView>)))]
pub(crate) async fn rules(State(app): State<App>) -> Json<Answer<RulesView>> {
    let rules = TABLE.iter().map(|row| RuleView {
        kind: row.kind.to_string(),
        roles: texts(row.roles),
        when: row.scope.to_string(),
        rule: row.rule.to_owned(),
        sealed: row.kind.has_content(),
    });
    let codes = Code::ALL.iter().map(|code| CodeView {
        code: code.to_string(),
        status: status_of(code.class()).as_u16(),
        of_the_twelve: code.of_the_twelve(),
        hint: code.hint().to_owned(),
    });
    let view = RulesView {
        rules: rules.collect(),
        codes: codes.collect(),
    };
    Answer::of(&app.record().state(), view)
}

/// The charter
#[utoipa::path(get, path = "/charter", tag = "body", responses((status = 200, body = Answer<CharterView>)))]
pub(crate) async fn charter(State(app): State<App>) -> Result<Json<Answer<CharterView>>, ApiError> {
    let state = app.record().state();
    let charter = state.global.charter.as_ref();
    let charter = charter.ok_or_else(|| ApiError::not_found("the record has no charter"))?;
    let view = CharterView {
        text: json(charter),
        sha256: charter.digest().to_string(),
        in_force: state.global.charter_in_force().is_some(),
        founded_by: texts(&state.global.founded_by),
        amendments: texts(state.global.amendments.keys()),
    };
    Ok(Answer::of(&state, view))
}
