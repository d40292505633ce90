//! Rules of membership: enrolment with proof of possession, rotation, revocation, declarations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::record::check_statement_key;
use super::{Ask, refuse};
use crate::body::charter::SeatRole;
use crate::body::members::{Enrol, possession_text};
use crate::kind::Body;
use crate::refusal::{Code, Refusal};
use crate::state::MemberRole;

impl Ask<'_> {
    pub(super) fn check_member(&self) -> Result<(), Refusal> {
        match &self.statement.body {
            Body::MemberEnrol(e) => self.check_enrolment(e),
            Body::MemberRotate(r) => {
                if self.global.members.contains_key(&r.member) {
                    self.check_not_of_aid(&self.statement.signer)?;
                    check_statement_key(&self.statement.signer)
                } else {
                    refuse(
                        Code::MemberUnknown,
                        format!("there is no member {}", r.member),
                    )
                }
            }
            Body::MemberRevoke(r) => {
                let Some(member) = self.global.members.get(&r.member) else {
                    return refuse(
                        Code::MemberUnknown,
                        format!("there is no member {}", r.member),
                    );
                };
                if member.revoked {
                    return refuse(
                        Code::AlreadyAffirmed,
                        format!("member {} is revoked", r.member),
                    );
                }
                if self.speaker()? == &r.member {
                    return Ok(());
                }
                if self.member.map(|(_, m)| m.role) != Some(MemberRole::Seated(SeatRole::Registrar))
                {
                    return refuse(
                        Code::NotYourself,
                        "a member revokes itself, or the registrar does",
                    );
                }
                match member.role {
                    MemberRole::Seated(_) => refuse(
                        Code::SeatedByCharter,
                        format!("member {} is seated by the charter", r.member),
                    ),
                    MemberRole::Enrolled(_) => Ok(()),
                }
            }
            Body::Funding(f) => self.check_funding(f),
            _ => Ok(()),
        }
    }

    fn check_enrolment(&self, e: &Enrol) -> Result<(), Refusal> {
        if self.global.members.contains_key(&e.member) {
            return refuse(
                Code::MemberExists,
                format!("there is a member {}", e.member),
            );
        }
        let taken = self.global.keys.contains_key(&e.key) || e.key == self.charter.log;
        if taken || self.charter.founders.contains(&e.key) {
            return refuse(Code::KeyInUse, "the key already belongs to someone");
        }
        check_statement_key(&e.key)?;
        self.check_not_of_aid(&e.key)?;
        let shown = STANDARD
            .decode(&e.possession)
            .ok()
            .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok())
            .zip(e.key.verifier().ok())
            .is_some_and(|(signature, key)| {
                key.verify_raw(
                    possession_text(self.charter.origin(), e).as_bytes(),
                    &signature,
                )
                .is_ok()
            });
        if shown {
            Ok(())
        } else {
            refuse(
                Code::PossessionNotShown,
                "the possession signature does not verify under the enrolled key",
            )
        }
    }
}
