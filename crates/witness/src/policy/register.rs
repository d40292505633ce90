//! Who runs each witness, in lines that stand beside the policy (docs/witness.md, section 4).

use std::collections::BTreeMap;

use super::Dimension;

/// Start of a register line. To tlog-policy it is a comment, so a register can stand in the policy
/// itself, and thereby in the charter.
pub const REGISTER_PREFIX: &str = "#register";
/// Longest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 64;

const FORM: &str = "#register <witness> operator=… jurisdiction=… owner=… host=… implementation=…";

/// What a register says of one witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Who runs it.
    pub operator: String,
    /// ISO 3166-1 alpha-2 code of the state whose courts can order it.
    pub jurisdiction: String,
    /// Who owns or controls the operator.
    pub owner: String,
    /// Where its machine stands: a hosting company or a house of one's own.
    pub host: String,
    /// Whose software it runs.
    pub implementation: String,
}

impl Declared {
    /// The value in a dimension; none for [`Dimension::Witness`].
    #[must_use]
    pub fn get(&self, dimension: Dimension) -> Option<&str> {
        Some(match dimension {
            Dimension::Witness => return None,
            Dimension::Operator => &self.operator,
            Dimension::Jurisdiction => &self.jurisdiction,
            Dimension::Owner => &self.owner,
            Dimension::Host => &self.host,
            Dimension::Implementation => &self.implementation,
        })
    }
}

/// Who runs the witnesses of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register(BTreeMap<String, Declared>);

/// Why a register line was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the register: {problem}")]
pub struct RegisterError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there, and how the line is written.
    pub problem: String,
}

impl Register {
    /// Reads the register lines of a text; all other lines are the policy's.
    ///
    /// # Errors
    /// [`RegisterError`] for a line that is not written as docs/witness.md says.
    pub fn read(text: &str) -> Result<Self, RegisterError> {
        let mut register = Self::default();
        for (line, content) in (1..).zip(text.lines()) {
            let mut items = content.split([' ', '\t']).filter(|item| !item.is_empty());
            if items.next() != Some(REGISTER_PREFIX) {
                continue;
            }
            let wrong = |problem: String| RegisterError { line, problem };
            let name = items
                .next()
                .ok_or_else(|| wrong(format!("it names no witness; it is written: {FORM}")))?;
            let declared = declared(items).map_err(wrong)?;
            if register.0.insert(name.to_owned(), declared).is_some() {
                return Err(wrong(format!("the witness {name} has a line already")));
            }
        }
        Ok(register)
    }

    /// What is said of a witness.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Declared> {
        self.0.get(name)
    }

    /// The witnesses of the register.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// Adds a second register's lines; where both speak of a witness, the second holds.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

fn declared<'a>(items: impl Iterator<Item = &'a str>) -> Result<Declared, String> {
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    for item in items {
        let (key, value) = item
            .split_once('=')
            .ok_or_else(|| format!("{item:?} is no key=value; it is written: {FORM}"))?;
        check_value(key, value)?;
        if values.insert(key, value).is_some() {
            return Err(format!("{key} stands there twice"));
        }
    }
    let mut take = |key: &str| {
        let value = values.remove(key).map(str::to_owned);
        value.ok_or_else(|| format!("{key} is missing; it is written: {FORM}"))
    };
    let declared = Declared {
        operator: take("operator")?,
        jurisdiction: take("jurisdiction")?,
        owner: take("owner")?,
        host: take("host")?,
        implementation: take("implementation")?,
    };
    match values.keys().next() {
        None => Ok(declared),
        Some(key) => Err(format!("{key} is not known; it is written: {FORM}")),
    }
}

fn check_value(key: &str, value: &str) -> Result<(), String> {
    if key == "jurisdiction" {
        let code = value.len() == 2 && value.bytes().all(|b| b.is_ascii_uppercase());
        return code
            .then_some(())
            .ok_or_else(|| format!("the jurisdiction {value:?} is not two capital letters"));
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    if value.is_empty() || value.len() > MAX_VALUE_BYTES || !value.bytes().all(allowed) {
        return Err(format!(
            "{key} is {value:?}; it holds 1 to {MAX_VALUE_BYTES} of a-z, 0-9, hyphen and dot, so that one name has one spelling"
        ));
    }
    Ok(())
}
