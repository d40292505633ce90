//! Who speaks.

use std::fmt;

/// In which capacity a key speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The log's own key.
    Log,
    /// A founder's key, named in the charter.
    Founder,
    /// A seated registrar.
    Registrar,
    /// An enrolled investigator.
    Investigator,
    /// An enrolled laboratory.
    Laboratory,
    /// A seated reviewer.
    Reviewer,
    /// A state's contact key.
    State,
    /// An enrolled company or responder.
    Company,
    /// The key that signed one of the case's reports, or the report named.
    Reporter,
    /// The key given in the notice of the case, or in the notice or relay of aid named.
    ReplyKey,
    /// The key a member committed to as its next.
    NextKey,
    /// An officer of the desk that helps, in force.
    Officer,
    /// The key that asked for help in the request named, or its proxy.
    Requester,
    /// An enlisted responder that was not dismissed.
    Responder,
    /// Any key that is not revoked or superseded.
    Anyone,
}

impl Role {
    /// Every role, in table order.
    pub const ALL: &[Role] = &[
        Role::Log,
        Role::Founder,
        Role::Registrar,
        Role::Investigator,
        Role::Laboratory,
        Role::Reviewer,
        Role::State,
        Role::Company,
        Role::Reporter,
        Role::ReplyKey,
        Role::NextKey,
        Role::Officer,
        Role::Requester,
        Role::Responder,
        Role::Anyone,
    ];

    /// The role's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Log => "log",
            Role::Founder => "founder",
            Role::Registrar => "registrar",
            Role::Investigator => "investigator",
            Role::Laboratory => "laboratory",
            Role::Reviewer => "reviewer",
            Role::State => "state",
            Role::Company => "company",
            Role::Reporter => "reporter",
            Role::ReplyKey => "reply key",
            Role::NextKey => "next key",
            Role::Officer => "officer",
            Role::Requester => "requester",
            Role::Responder => "responder",
            Role::Anyone => "anyone",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
