//! A pattern as a tree, and its text again.

use std::fmt;

/// A pattern or a part of it: what is observed, over one or several observations.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// One observation expression or group, with its qualifiers.
    One(Qualified),
    /// Several, joined by one operator, in their order; at least two.
    Join(Join, Vec<Expression>),
}

/// How observation expressions are joined; a later one binds weaker (section 9.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the names are the grammar's
pub enum Join {
    And,
    Or,
    FollowedBy,
}

impl Join {
    /// As it is written in a pattern.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::And => "AND",
            Self::Or => "OR",
            Self::FollowedBy => "FOLLOWEDBY",
        }
    }
}

/// An observation expression or a group in parentheses, with what limits it.
#[derive(Clone, Debug, PartialEq)]
pub struct Qualified {
    /// What is limited.
    pub base: Base,
    /// By what, from the inside out.
    pub qualifiers: Vec<Qualifier>,
}

/// What stands before qualifiers.
#[derive(Clone, Debug, PartialEq)]
pub enum Base {
    /// `[…]`: matched by a single observation.
    Bracket(Test),
    /// `(…)`.
    Group(Box<Expression>),
}

/// What limits an observation expression (section 9.5.1).
#[derive(Clone, Debug, PartialEq)]
pub enum Qualifier {
    /// All observations lie within so many seconds, written as this number.
    Within(String),
    /// It is matched so many times, written as this number.
    Repeats(String),
    /// All observations lie from the first time on and before the second.
    StartStop(String, String),
}

/// What one observed object is tested for.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// One comparison.
    Comparison(Comparison),
    /// All of several; at least two.
    And(Vec<Test>),
    /// Any of several; at least two.
    Or(Vec<Test>),
}

/// One comparison, such as `file:hashes.'SHA-256' = 'ab…'`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Where it begins in the pattern, in characters from 0.
    pub at: usize,
    /// The type of the object, such as `file`.
    pub object: String,
    /// The path below it.
    pub path: Vec<Step>,
    /// Whether NOT stands before the operator.
    pub negated: bool,
    /// How it compares.
    pub operator: Operator,
    /// What it compares with: one value, several for IN, none for EXISTS.
    pub values: Vec<Literal>,
}

impl Comparison {
    /// The path as texts; a step into a list stands as `[*]` or `[0]`.
    #[must_use]
    pub fn path_texts(&self) -> Vec<String> {
        let text = |step: &Step| match step {
            Step::Key(key) => key.clone(),
            Step::Index(index) => format!("[{index}]"),
            Step::All => "[*]".to_owned(),
        };
        self.path.iter().map(text).collect()
    }
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A property's name, or a dictionary's key.
    Key(String),
    /// An item of a list, from 0.
    Index(i64),
    /// Any item of a list.
    All,
}

/// How a comparison compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names are the grammar's
pub enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    In,
    Like,
    Matches,
    IsSubset,
    IsSuperset,
    Exists,
}

pub(super) const OPERATORS: &[(&str, Operator)] = &[
    ("=", Operator::Equal),
    ("!=", Operator::NotEqual),
    (">", Operator::Greater),
    ("<", Operator::Less),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("IN", Operator::In),
    ("LIKE", Operator::Like),
    ("MATCHES", Operator::Matches),
    ("ISSUBSET", Operator::IsSubset),
    ("ISSUPERSET", Operator::IsSuperset),
];

impl Operator {
    /// As it is written in a pattern.
    #[must_use]
    pub fn text(self) -> &'static str {
        OPERATORS
            .iter()
            .find(|(_, operator)| *operator == self)
            .map_or("EXISTS", |(text, _)| text)
    }
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Literal {
    /// `'text'`
    Text(String),
    /// A number, as its text.
    Number(String),
    /// `true` or `false`
    Bool(bool),
    /// `t'…'`, `h'…'` or `b'…'`: the letter and what stands between the marks.
    Marked(char, String),
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(one) => write!(f, "{one}"),
            Self::Join(join, parts) => {
                for (n, part) in parts.iter().enumerate() {
                    if n > 0 {
                        write!(f, " {} ", join.text())?;
                    }
                    match part {
                        Self::Join(inner, _) if inner >= join => write!(f, "({part})")?,
                        part => write!(f, "{part}")?,
                    }
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Qualified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.base {
            Base::Bracket(test) => write!(f, "[{test}]")?,
            Base::Group(inside) => write!(f, "({inside})")?,
        }
        for qualifier in &self.qualifiers {
            match qualifier {
                Qualifier::Within(seconds) => write!(f, " WITHIN {seconds} SECONDS")?,
                Qualifier::Repeats(times) => write!(f, " REPEATS {times} TIMES")?,
                Qualifier::StartStop(start, stop) => write!(f, " START t'{start}' STOP t'{stop}'")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::Comparison(comparison) => return write!(f, "{comparison}"),
            Self::And(parts) => (parts, "AND"),
            Self::Or(parts) => (parts, "OR"),
        };
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                write!(f, " {word} ")?;
            }
            match (self, part) {
                (_, Self::Comparison(_)) | (Self::Or(_), Self::And(_)) => write!(f, "{part}")?,
                (_, part) => write!(f, "({part})")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.negated { "NOT " } else { "" };
        if self.operator == Operator::Exists {
            write!(f, "{not}EXISTS ")?;
        }
        write!(f, "{}:", self.object)?;
        for (n, step) in self.path.iter().enumerate() {
            match step {
                Step::Key(key) if n == 0 => write!(f, "{}", Key(key))?,
                Step::Key(key) => write!(f, ".{}", Key(key))?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::All => write!(f, "[*]")?,
            }
        }
        match self.operator {
            Operator::Exists => Ok(()),
            Operator::In => {
                write!(f, " {not}IN (")?;
                for (n, value) in self.values.iter().enumerate() {
                    write!(f, "{}{value}", if n > 0 { ", " } else { "" })?;
                }
                write!(f, ")")
            }
            operator => {
                write!(f, " {not}{}", operator.text())?;
                self.values
                    .iter()
                    .try_for_each(|value| write!(f, " {value}"))
            }
        }
    }
}

/// A key of a path: in quotation marks unless the grammar takes it for a name without them.
struct Key<'a>(&'a str);

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        let bare = chars
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !super::parse::is_word_of_the_language(self.0);
        if bare {
            f.write_str(self.0)
        } else {
            write!(f, "{}", Literal::Text(self.0.to_owned()))
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => {
                let escaped = text.replace('\\', r"\\").replace('\'', r"\'");
                write!(f, "'{escaped}'")
            }
            Self::Number(number) => f.write_str(number),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Marked(letter, inside) => write!(f, "{letter}'{inside}'"),
        }
    }
}
