//! The desk that helps: every cell of its workflow, every way to break its rules.

mod allowed;
mod answers;
mod apart;
mod cells;
mod clocks;
mod gone;
mod harm;
mod matching;
mod office;
mod outside;
mod readers;
mod requests;
mod rounds;
mod seed;

use record::ids::StatementId;
use record::kind::Kind;
use record::state::AidRequest;
use rehearsal::{Cast, MemoryDesk, Procedure};
use serde_json::{Value, json};
use tlog::SigningKey;

use crate::support::at;

pub(crate) const HOUR_S: u32 = 3_600;
const DAY_S: u32 = 86_400;

/// A record with a desk, at the start of 2014.
pub(crate) fn with_desk<'a>(cast: &'a Cast, desk: &'a mut MemoryDesk) -> Procedure<'a, MemoryDesk> {
    let mut p = Procedure::new(cast, desk, at("2014-01-02T00:00:00Z"));
    p.go_to(at("2014-01-02T00:00:00Z")).unwrap();
    p.name_desk().unwrap();
    p
}

fn request<'p>(p: &'p Procedure<'_, MemoryDesk>, id: &StatementId) -> &'p AidRequest {
    &p.desk.auditor.state.aid.requests[id]
}

fn stage(p: &Procedure<'_, MemoryDesk>, id: &StatementId) -> &'static str {
    request(p, id).standing.stage.as_str()
}

/// Any statement: it brings a tick of the present time.
fn tick(p: &mut Procedure<'_, MemoryDesk>) {
    let registrar = p.player(rehearsal::SeatSpecRole::Registrar).unwrap();
    let body = json!({"sectors": ["health"], "advisory_sha256": tlog::sha256(p.time.to_string().as_bytes())});
    p.say(&registrar.key, Kind::Warn, None, body).unwrap();
}

/// A request that is offered a team, with its requester, responder and enlistment.
fn offered(
    p: &mut Procedure<'_, MemoryDesk>,
) -> (StatementId, SigningKey, SigningKey, StatementId) {
    let requester = p.cast.key("requester 1").unwrap();
    let id = p.ask_for_help(&requester, b"a story").unwrap();
    p.triage(id, "P2").unwrap();
    let (responder, enlisted) = p.vetted_responder("responder 1").unwrap();
    p.matched(id, &[enlisted]).unwrap();
    (id, requester, responder, enlisted)
}

/// A public count by its name, with how many nobody knows of.
fn figure(p: &Procedure<'_, MemoryDesk>, name: &str) -> (u64, u64) {
    let figures = p.desk.auditor.state.aid.figures(p.time);
    let found = figures.iter().find(|f| f.name == name);
    found.map(|f| (f.count, f.unknown)).unwrap()
}

fn nothing() -> Value {
    Value::Null
}
