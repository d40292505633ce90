//! Reading trust policies line by line (tlog-policy, "Policy file syntax and structure").

use std::collections::BTreeSet;

use crate::key::VerifierKey;
use crate::key_type::KeyType;
use crate::policy::{Policy, PolicyGroup, PolicyLog, PolicyWitness};
use crate::policy_error::{PolicyError, PolicyProblem};
use crate::text::parse_decimal;

/// Longest policy that is read, in bytes: room for about 2000 witnesses.
pub const MAX_POLICY_BYTES: usize = 256 * 1024;

/// The predefined name of the quorum that asks for no cosignature.
const NONE: &str = "none";

/// Reads a whole policy.
pub(crate) fn parse_policy(bytes: &[u8]) -> Result<Policy, PolicyError> {
    if bytes.len() > MAX_POLICY_BYTES {
        let problem = PolicyProblem::TooLarge {
            length: bytes.len(),
        };
        return Err(PolicyError { line: 1, problem });
    }
    let last_line = bytes.split_inclusive(|byte| *byte == b'\n').count();
    let at_end = |problem| PolicyError {
        line: last_line.max(1),
        problem,
    };
    let source = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes
            .iter()
            .take(error.valid_up_to())
            .filter(|byte| **byte == b'\n');
        PolicyError {
            line: before.count() + 1,
            problem: PolicyProblem::NotUtf8,
        }
    })?;
    let mut reader = Reader::default();
    for (line, content) in (1..).zip(source.split_inclusive('\n')) {
        let read = content
            .strip_suffix('\n')
            .ok_or(PolicyProblem::MissingFinalNewline);
        let read = read.and_then(|content| reader.line(content));
        read.map_err(|problem| PolicyError { line, problem })?;
    }
    let quorum = reader
        .quorum
        .ok_or_else(|| at_end(PolicyProblem::NoQuorum))?;
    Ok(Policy {
        source: source.to_owned(),
        logs: reader.logs,
        witnesses: reader.witnesses,
        groups: reader.groups,
        quorum,
    })
}

/// What the lines so far have defined.
#[derive(Default)]
struct Reader {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<PolicyGroup>,
    /// Outer: whether the line was there; inner: whether it names anyone.
    quorum: Option<Option<String>>,
    /// Names of witnesses and groups.
    names: BTreeSet<String>,
    /// Names that are members of a group.
    members: BTreeSet<String>,
    log_keys: BTreeSet<Vec<u8>>,
    witness_keys: BTreeSet<Vec<u8>>,
}

impl Reader {
    fn line(&mut self, content: &str) -> Result<(), PolicyProblem> {
        let control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
        if let Some(byte) = content.bytes().find(control) {
            return Err(PolicyProblem::ControlCharacter { byte });
        }
        let items: Vec<&str> = content
            .split([' ', '\t'])
            .filter(|item| !item.is_empty())
            .collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", rest @ ..] => self.log(rest),
            ["witness", rest @ ..] => self.witness(rest),
            ["group", rest @ ..] => self.group(rest),
            ["quorum", rest @ ..] => self.set_quorum(rest),
            [keyword, ..] => Err(PolicyProblem::Keyword {
                keyword: (*keyword).to_owned(),
            }),
        }
    }

    fn log(&mut self, items: &[&str]) -> Result<(), PolicyProblem> {
        let (key, url) = match items {
            [key] => (key, None),
            [key, url] => (key, Some((*url).to_owned())),
            _ => return Err(wrong_items(items, "log <vkey> [<url>]")),
        };
        let key = read_key(key, KeyType::signs_for_logs, "Ed25519 or subtree/v1")?;
        if !self.log_keys.insert(key.public_key_bytes().to_vec()) {
            return Err(PolicyProblem::DuplicateKey);
        }
        self.logs.push(PolicyLog { key, url });
        Ok(())
    }

    fn witness(&mut self, items: &[&str]) -> Result<(), PolicyProblem> {
        let (name, key, url) = match items {
            [name, key] => (name, key, None),
            [name, key, url] => (name, key, Some((*url).to_owned())),
            _ => return Err(wrong_items(items, "witness <name> <vkey> [<url>]")),
        };
        let name = self.define(name)?;
        let key = read_key(key, KeyType::cosigns, "cosignature/v1 or subtree/v1")?;
        if !self.witness_keys.insert(key.public_key_bytes().to_vec()) {
            return Err(PolicyProblem::DuplicateKey);
        }
        self.witnesses.push(PolicyWitness { name, key, url });
        Ok(())
    }

    fn group(&mut self, items: &[&str]) -> Result<(), PolicyProblem> {
        let [name, threshold, members @ ..] = items else {
            return Err(wrong_items(items, "group <name> all|any|<k> <name>..."));
        };
        if members.is_empty() {
            return Err(wrong_items(items, "group <name> all|any|<k> <name>..."));
        }
        let threshold = read_threshold(threshold, members.len())?;
        for member in members {
            let member_name = || (*member).to_owned();
            if *member == NONE {
                return Err(PolicyProblem::Member {
                    name: member_name(),
                });
            }
            if !self.names.contains(*member) {
                return Err(PolicyProblem::UnknownName {
                    name: member_name(),
                });
            }
            if !self.members.insert(member_name()) {
                return Err(PolicyProblem::Member {
                    name: member_name(),
                });
            }
        }
        // Defined last, so that a group cannot be its own member.
        let name = self.define(name)?;
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.groups.push(PolicyGroup {
            name,
            threshold,
            members,
        });
        Ok(())
    }

    fn set_quorum(&mut self, items: &[&str]) -> Result<(), PolicyProblem> {
        let [name] = items else {
            return Err(wrong_items(items, "quorum <name>|none"));
        };
        if self.quorum.is_some() {
            return Err(PolicyProblem::SecondQuorum);
        }
        let quorum = match *name {
            NONE => None,
            name if self.names.contains(name) => Some(name.to_owned()),
            name => {
                return Err(PolicyProblem::UnknownName {
                    name: name.to_owned(),
                });
            }
        };
        self.quorum = Some(quorum);
        Ok(())
    }

    /// Takes a name of the one namespace of witnesses and groups.
    fn define(&mut self, name: &str) -> Result<String, PolicyProblem> {
        if name == NONE || !self.names.insert(name.to_owned()) {
            return Err(PolicyProblem::DuplicateName {
                name: name.to_owned(),
            });
        }
        Ok(name.to_owned())
    }
}

fn wrong_items(items: &[&str], form: &'static str) -> PolicyProblem {
    PolicyProblem::Items {
        items: items.len() + 1,
        form,
    }
}

fn read_key(
    text: &str,
    allowed: fn(KeyType) -> bool,
    needed: &'static str,
) -> Result<VerifierKey, PolicyProblem> {
    let key = VerifierKey::parse(text).map_err(PolicyProblem::Key)?;
    let actual = key.key_type();
    if allowed(actual) {
        Ok(key)
    } else {
        Err(PolicyProblem::KeyType { actual, needed })
    }
}

fn read_threshold(text: &str, members: usize) -> Result<usize, PolicyProblem> {
    match text {
        "all" => Ok(members),
        "any" => Ok(1),
        number => {
            let threshold = parse_decimal(number).map_err(PolicyProblem::Threshold)?;
            match usize::try_from(threshold) {
                Ok(narrow) if (1..=members).contains(&narrow) => Ok(narrow),
                _ => Err(PolicyProblem::ThresholdRange { threshold, members }),
            }
        }
    }
}
