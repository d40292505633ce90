//! States by ISO 3166-1, their names in six languages, and what came of withdrawn codes.

use crate::Day;
use crate::party::is_code;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

pub(crate) const STATES: &str = include_str!("../data/states.json");
pub(crate) const SUCCESSIONS: &str = include_str!("../data/successions.json");
const STATES_FORMAT: &str = "solferino-states/1";
const SUCCESSIONS_FORMAT: &str = "solferino-successions/1";

/// Why a file of states or successions was refused; nothing is loaded then.
#[derive(Debug, Error)]
pub enum StatesError {
    /// Not of the documented form.
    #[error("not of the form docs/norms.md describes")]
    Shape(#[from] serde_json::Error),
    /// Another format.
    #[error("format is {0:?}, this program reads {1}")]
    Format(String, &'static str),
    /// Not two capital letters.
    #[error("{0:?} is not two capital letters")]
    Code(String),
    /// A code twice.
    #[error("code {0} stands twice")]
    Twice(String),
    /// A name is missing.
    #[error("state {code} has no name in {language}")]
    Name {
        /// The state.
        code: String,
        /// The language.
        language: &'static str,
    },
    /// A successor that is neither a code nor a withdrawn one of the file.
    #[error(
        "{former} is succeeded by {successor}, which is no code of ISO 3166-1 and no withdrawn one"
    )]
    Successor {
        /// The withdrawn code.
        former: String,
        /// The unknown one.
        successor: String,
    },
    /// A withdrawn code without successors, or with one twice.
    #[error("{0} has no successors, or one twice")]
    Successors(String),
    /// A withdrawn code that is in use.
    #[error("{0} is in use: it cannot be a withdrawn code")]
    InUse(String),
    /// Successions that lead back.
    #[error("the successions lead in a circle: {}", .0.join(" -> "))]
    Circle(Vec<String>),
    /// A successor withdrawn before it succeeded.
    #[error("{former} is succeeded by {successor} on {on}, when that code was withdrawn already")]
    Order {
        /// The withdrawn code.
        former: String,
        /// Its successor.
        successor: String,
        /// The day.
        on: Day,
    },
}

/// Names in the six languages of the United Nations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Arabic.
    pub ar: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
    /// Russian.
    pub ru: String,
    /// Spanish.
    pub es: String,
}

/// One code of ISO 3166-1. A code says nothing of statehood.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The alpha-2 code.
    pub code: String,
    /// Whether it is a member state of the United Nations.
    pub un_member: bool,
    /// Its names.
    pub names: Names,
}

/// What happens to obligations where a code is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obligations {
    /// The successor is the same person in law, or the name changed.
    Continue,
    /// A new, merged or dissolved state: not decided here.
    Unknown,
}

/// A withdrawn code and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Succession {
    /// The withdrawn code.
    pub former: String,
    /// Codes that stand in its place.
    pub successors: Vec<String>,
    /// First day of the new codes.
    pub on: Day,
    /// What happens to obligations.
    pub obligations: Obligations,
    /// In words.
    pub note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatesFile {
    format: String,
    #[serde(rename = "source")]
    _source: String,
    states: Vec<State>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuccessionsFile {
    format: String,
    #[serde(rename = "source")]
    _source: String,
    successions: Vec<Succession>,
}

/// The states and the withdrawn codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct States {
    states: BTreeMap<String, State>,
    successions: BTreeMap<String, Succession>,
}

impl States {
    /// The project's own: 249 codes, and the withdrawn ones.
    ///
    /// # Errors
    /// [`StatesError`] if the shipped files are wrong; a test loads them.
    pub fn shipped() -> Result<Self, StatesError> {
        Self::load(STATES, SUCCESSIONS)
    }

    /// Reads a file of states and one of successions.
    ///
    /// # Errors
    /// [`StatesError`] names the first fault.
    pub fn load(states: &str, successions: &str) -> Result<Self, StatesError> {
        let file: StatesFile = serde_json::from_str(states)?;
        if file.format != STATES_FORMAT {
            return Err(StatesError::Format(file.format, STATES_FORMAT));
        }
        let mut loaded = Self {
            states: BTreeMap::new(),
            successions: BTreeMap::new(),
        };
        for state in file.states {
            named(&state)?;
            let code = state.code.clone();
            if loaded.states.insert(code.clone(), state).is_some() {
                return Err(StatesError::Twice(code));
            }
        }
        let file: SuccessionsFile = serde_json::from_str(successions)?;
        if file.format != SUCCESSIONS_FORMAT {
            return Err(StatesError::Format(file.format, SUCCESSIONS_FORMAT));
        }
        for succession in file.successions {
            let former = succession.former.clone();
            if !is_code(&former) {
                return Err(StatesError::Code(former));
            }
            if loaded.states.contains_key(&former) {
                return Err(StatesError::InUse(former));
            }
            let distinct: BTreeSet<_> = succession.successors.iter().collect();
            if distinct.is_empty() || distinct.len() != succession.successors.len() {
                return Err(StatesError::Successors(former));
            }
            if loaded
                .successions
                .insert(former.clone(), succession)
                .is_some()
            {
                return Err(StatesError::Twice(former));
            }
        }
        loaded.check_successors()?;
        Ok(loaded)
    }

    fn check_successors(&self) -> Result<(), StatesError> {
        for succession in self.successions.values() {
            for successor in &succession.successors {
                if !self.has(successor) {
                    return Err(StatesError::Successor {
                        former: succession.former.clone(),
                        successor: successor.clone(),
                    });
                }
            }
            self.check_circle(&succession.former, &mut Vec::new())?;
            for successor in &succession.successors {
                let next = self.successions.get(successor);
                if next.is_some_and(|next| next.on < succession.on) {
                    return Err(StatesError::Order {
                        former: succession.former.clone(),
                        successor: successor.clone(),
                        on: succession.on,
                    });
                }
            }
        }
        Ok(())
    }

    fn check_circle(&self, code: &str, path: &mut Vec<String>) -> Result<(), StatesError> {
        let seen = path.iter().any(|p| p == code);
        path.push(code.to_owned());
        if seen {
            return Err(StatesError::Circle(path.clone()));
        }
        if let Some(succession) = self.successions.get(code) {
            for successor in &succession.successors {
                self.check_circle(successor, path)?;
            }
        }
        path.pop();
        Ok(())
    }

    /// Whether a code is of ISO 3166-1 or withdrawn from it.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.states.contains_key(code) || self.successions.contains_key(code)
    }

    /// The state of a code in use.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&State> {
        self.states.get(code)
    }

    /// All codes in use, in order.
    pub fn iter(&self) -> impl Iterator<Item = &State> {
        self.states.values()
    }

    /// Whether a code is a member state of the United Nations.
    #[must_use]
    pub fn is_un_member(&self, code: &str) -> bool {
        self.get(code).is_some_and(|s| s.un_member)
    }

    /// The withdrawn codes that a code stands in place of.
    pub fn formers<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Succession> {
        let succeeds = move |s: &&Succession| s.successors.iter().any(|c| c == code);
        self.successions.values().filter(succeeds)
    }

    /// What came of a withdrawn code.
    #[must_use]
    pub fn succession(&self, former: &str) -> Option<&Succession> {
        self.successions.get(former)
    }
}

fn named(state: &State) -> Result<(), StatesError> {
    if !is_code(&state.code) {
        return Err(StatesError::Code(state.code.clone()));
    }
    let names = &state.names;
    let all = [
        ("ar", &names.ar),
        ("zh", &names.zh),
        ("en", &names.en),
        ("fr", &names.fr),
        ("ru", &names.ru),
        ("es", &names.es),
    ];
    match all.iter().find(|(_, name)| name.trim().is_empty()) {
        None => Ok(()),
        Some((language, _)) => Err(StatesError::Name {
            code: state.code.clone(),
            language,
        }),
    }
}
