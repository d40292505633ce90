//! Rules of the norm register: who may bind whom.

use super::{Ask, refuse};
use crate::ids::Country;
use crate::kind::Body;
use crate::refusal::{Code, Refusal};
use crate::table::Role;

impl Ask<'_> {
    pub(super) fn check_norm(&self) -> Result<(), Refusal> {
        let known =
            |norm| self.global.norms.contains_key(norm) || self.global.proposals.contains_key(norm);
        match &self.statement.body {
            Body::NormPropose(p) if known(&p.norm) => {
                refuse(Code::NormExists, format!("there is a norm {}", p.norm))
            }
            Body::NormRegister(n) if known(&n.norm) => {
                refuse(Code::NormExists, format!("there is a norm {}", n.norm))
            }
            Body::NormAffirm(a) => match self.global.proposals.get(&a.norm) {
                None => refuse(Code::NormUnknown, format!("no norm {} is proposed", a.norm)),
                Some(by) if by.contains(self.speaker()?) => {
                    refuse(Code::AlreadyAffirmed, "this member has affirmed it")
                }
                Some(_) => Ok(()),
            },
            Body::StateAccede(a) => self.check_state_act(&a.state, a.evidence_sha256.is_some()),
            Body::StateReserve(r) => self.check_state_act(&r.state, r.evidence_sha256.is_some()),
            Body::StateWithdraw(w) => self.check_state_act(&w.state, w.evidence_sha256.is_some()),
            _ => Ok(()),
        }
    }

    /// A state acts for itself; the registrar only records what public evidence shows.
    fn check_state_act(&self, state: &Country, evidence: bool) -> Result<(), Refusal> {
        let Some((id, member)) = self.member else {
            return refuse(Code::RoleNotAllowed, "only a member says this");
        };
        match member.role.role() {
            Role::State if member.jurisdiction == *state => Ok(()),
            Role::State => refuse(
                Code::NotYourself,
                format!(
                    "member {id} acts for {}, not for {state}",
                    member.jurisdiction
                ),
            ),
            _ if evidence => Ok(()),
            _ => refuse(Code::EvidenceMissing, "evidence_sha256 is missing"),
        }
    }
}
