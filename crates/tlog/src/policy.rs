//! Trust policies: which logs, which witnesses, and how many of them suffice (tlog-policy).

use std::collections::BTreeSet;
use std::fmt;

use crate::key::VerifierKey;
use crate::policy_error::PolicyError;
use crate::policy_parse::parse_policy;

/// A trust policy. Displays as the very text it was read from, comments included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub(crate) source: String,
    pub(crate) logs: Vec<PolicyLog>,
    pub(crate) witnesses: Vec<PolicyWitness>,
    pub(crate) groups: Vec<PolicyGroup>,
    /// A witness or group of this policy; nothing for `quorum none`.
    pub(crate) quorum: Option<String>,
}

/// A `log` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    /// The log's key, of type Ed25519 or subtree/v1; its name is the log's origin.
    pub key: VerifierKey,
    /// Where the log can be reached, if the policy says so; opaque here.
    pub url: Option<String>,
}

/// A `witness` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    /// The witness's name within the policy.
    pub name: String,
    /// The witness's key, of type cosignature/v1 or subtree/v1.
    pub key: VerifierKey,
    /// Where the witness can be reached, if the policy says so; opaque here.
    pub url: Option<String>,
}

/// A `group` line: cosigned as soon as `threshold` of its members are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyGroup {
    /// The group's name within the policy.
    pub name: String,
    /// Members that have to be cosigned: 1 to the number of members. 1 for `any`, all for `all`.
    pub threshold: usize,
    /// Names of witnesses, or of groups defined earlier.
    pub members: Vec<String>,
}

impl Policy {
    /// Reads a policy: lines of items between spaces or tabs, each line with its newline.
    ///
    /// Narrower than tlog-policy in two things: the text has to be UTF-8, and keys are Ed25519 or
    /// subtree/v1 for logs, cosignature/v1 or subtree/v1 for witnesses.
    ///
    /// # Errors
    /// [`PolicyError`] with the line and what is wrong there.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, PolicyError> {
        parse_policy(text.as_ref())
    }

    /// The logs, in the order of their lines. May be empty: the log is then known otherwise.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses, in the order of their lines.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// The groups, in the order of their lines.
    pub fn groups(&self) -> &[PolicyGroup] {
        &self.groups
    }

    /// Name of the witness or group that has to cosign; nothing for `quorum none`.
    pub fn quorum(&self) -> Option<&str> {
        self.quorum.as_deref()
    }

    /// The witnesses' keys, to verify a note with.
    pub fn witness_keys(&self) -> Vec<VerifierKey> {
        self.witnesses
            .iter()
            .map(|witness| witness.key.clone())
            .collect()
    }

    /// Whether the policy lists this log, or lists no log at all.
    pub fn accepts_log(&self, key: &VerifierKey) -> bool {
        self.logs.is_empty() || self.logs.iter().any(|log| log.key == *key)
    }

    /// Whether cosignatures by these keys, each already verified, make the quorum. Keys that are
    /// no witness's of this policy do not count, nor does a key given twice.
    pub fn is_satisfied_by(&self, cosigners: &[VerifierKey]) -> bool {
        let Some(quorum) = self.quorum() else {
            return true;
        };
        let signed = self
            .witnesses
            .iter()
            .filter(|witness| cosigners.contains(&witness.key));
        let mut cosigned: BTreeSet<&str> = signed.map(|witness| witness.name.as_str()).collect();
        // Members are defined before their group, so one pass in order settles every group.
        for group in &self.groups {
            let members = group
                .members
                .iter()
                .filter(|name| cosigned.contains(name.as_str()));
            if members.count() >= group.threshold {
                cosigned.insert(&group.name);
            }
        }
        cosigned.contains(quorum)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}
