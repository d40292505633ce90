//! What a STIX pattern compares (STIX 2.1, section 9; `STIXPattern.g4` of the OASIS committee).
//!
//! The whole grammar is checked; what comes out is the list of comparisons, without how they are combined. That is
//! enough to say what a pattern mentions, and not enough to match it against what was observed.

mod token;

use token::{Placed, Token};

/// Deepest nesting of parentheses in a pattern, in levels.
pub const MAX_PATTERN_DEPTH: usize = 64;

/// One comparison, such as `file:hashes.'SHA-256' = 'ab…'`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The type of the object, such as `file`.
    pub object: String,
    /// The path below it, such as `["hashes", "SHA-256"]`; a step into a list stands as `[*]` or `[0]`.
    pub path: Vec<String>,
    /// Whether NOT stands before the operator.
    pub negated: bool,
    /// How it compares.
    pub operator: Operator,
    /// What it compares with: one value, several for IN, none for EXISTS.
    pub values: Vec<Literal>,
}

/// How a comparison compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

const OPERATORS: &[(&str, Operator)] = &[
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

/// Words that mean something of their own and are no object types or keys.
const KEYWORDS: &[&str] = &[
    "AND",
    "OR",
    "NOT",
    "FOLLOWEDBY",
    "LIKE",
    "MATCHES",
    "ISSUPERSET",
    "ISSUBSET",
    "EXISTS",
    "IN",
    "START",
    "STOP",
    "SECONDS",
    "WITHIN",
    "REPEATS",
    "TIMES",
    "true",
    "false",
];

/// A constant of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `'text'`, its escapes resolved.
    Text(String),
    /// A number, as its text.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// `t'…'`, `h'…'` or `b'…'`: the letter and what stands between the marks, not looked into.
    Marked(char, String),
}

/// Why a pattern was not understood, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {problem}")]
pub struct PatternError {
    /// Place in the pattern, in characters from 0.
    pub at: usize,
    /// What is wrong there.
    pub problem: PatternProblem,
}

/// What is wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // the messages say it
pub enum PatternProblem {
    #[error("no word begins like this")]
    Character,
    #[error("what opens here is never closed")]
    Unclosed,
    #[error("only \\' and \\\\ are escapes")]
    Escape,
    #[error("not a number")]
    Number,
    #[error("{0} is due here")]
    Expected(&'static str),
    #[error("nested deeper than {MAX_PATTERN_DEPTH} levels")]
    TooDeep,
}

/// All comparisons of a pattern, in their order.
///
/// # Errors
/// [`PatternError`] with the first character that does not fit the grammar.
pub fn comparisons(pattern: &str) -> Result<Vec<Comparison>, PatternError> {
    let mut parser = Parser {
        tokens: token::tokens(pattern)?,
        next: 0,
        end: pattern.chars().count(),
        found: Vec::new(),
    };
    parser.observations(0)?;
    match parser.peek() {
        None => Ok(parser.found),
        Some(_) => parser.expected("the end of the pattern"),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    end: usize,
    found: Vec<Comparison>,
}

type Parsed<T = ()> = Result<T, PatternError>;

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }

    fn fail<T>(&self, problem: PatternProblem) -> Parsed<T> {
        let at = self
            .tokens
            .get(self.next)
            .map_or(self.end, |placed| placed.at);
        Err(PatternError { at, problem })
    }

    fn expected<T>(&self, what: &'static str) -> Parsed<T> {
        self.fail(PatternProblem::Expected(what))
    }

    fn accept_sign(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.next += usize::from(is_next);
        is_next
    }

    fn accept_word(&mut self, word: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Token::Word(w)) if w == word);
        self.next += usize::from(is_next);
        is_next
    }

    fn deeper(&self, depth: usize) -> Parsed<usize> {
        if depth == MAX_PATTERN_DEPTH {
            return self.fail(PatternProblem::TooDeep);
        }
        Ok(depth + 1)
    }

    /// Observations combined by AND, OR and FOLLOWEDBY, each with its qualifiers.
    fn observations(&mut self, depth: usize) -> Parsed {
        loop {
            if self.accept_sign("(") {
                self.observations(self.deeper(depth)?)?;
                self.close(")", "a closing parenthesis")?;
            } else if self.accept_sign("[") {
                self.comparison_expression(depth)?;
                self.close("]", "a closing bracket")?;
            } else {
                return self.expected("[ or (");
            }
            self.qualifiers()?;
            if !["AND", "OR", "FOLLOWEDBY"]
                .iter()
                .any(|w| self.accept_word(w))
            {
                return Ok(());
            }
        }
    }

    fn close(&mut self, sign: &str, what: &'static str) -> Parsed {
        if self.accept_sign(sign) {
            return Ok(());
        }
        self.expected(what)
    }

    fn qualifiers(&mut self) -> Parsed {
        loop {
            if self.accept_word("WITHIN") {
                self.number()?;
                self.word("SECONDS")?;
            } else if self.accept_word("REPEATS") {
                self.number()?;
                self.word("TIMES")?;
            } else if self.accept_word("START") {
                self.time()?;
                self.word("STOP")?;
                self.time()?;
            } else {
                return Ok(());
            }
        }
    }

    fn word(&mut self, word: &'static str) -> Parsed {
        if self.accept_word(word) {
            return Ok(());
        }
        self.expected(word)
    }

    fn number(&mut self) -> Parsed {
        match self.literal()? {
            Literal::Number(_) => Ok(()),
            _ => {
                self.next -= 1;
                self.expected("a number")
            }
        }
    }

    /// STIX 2.1 marks times with `t`; STIX 2.0 wrote them as text.
    fn time(&mut self) -> Parsed {
        match self.literal()? {
            Literal::Marked('t', _) | Literal::Text(_) => Ok(()),
            _ => {
                self.next -= 1;
                self.expected("a time")
            }
        }
    }

    fn comparison_expression(&mut self, depth: usize) -> Parsed {
        loop {
            if self.accept_sign("(") {
                self.comparison_expression(self.deeper(depth)?)?;
                self.close(")", "a closing parenthesis")?;
            } else {
                self.comparison()?;
            }
            if !["AND", "OR"].iter().any(|w| self.accept_word(w)) {
                return Ok(());
            }
        }
    }

    fn comparison(&mut self) -> Parsed {
        let negated = self.accept_word("NOT");
        let exists = self.accept_word("EXISTS");
        if negated && !exists {
            return self.expected("EXISTS");
        }
        let object = self.name("an object's type")?;
        self.close(":", "a colon")?;
        let path = self.path()?;
        let mut comparison = Comparison {
            object,
            path,
            negated,
            operator: Operator::Exists,
            values: Vec::new(),
        };
        if !exists {
            comparison.negated = self.accept_word("NOT");
            comparison.operator = self.operator()?;
            comparison.values = if comparison.operator == Operator::In {
                self.set()?
            } else {
                vec![self.literal()?]
            };
        }
        self.found.push(comparison);
        Ok(())
    }

    fn name(&mut self, what: &'static str) -> Parsed<String> {
        match self.peek() {
            Some(Token::Word(word)) if !KEYWORDS.contains(&word.as_str()) => {
                let word = word.clone();
                self.next += 1;
                Ok(word)
            }
            _ => self.expected(what),
        }
    }

    /// `key.key[*].'key'`; a key with a hyphen stands in quotation marks.
    fn path(&mut self) -> Parsed<Vec<String>> {
        let mut steps = vec![self.key()?];
        loop {
            if self.accept_sign(".") {
                steps.push(self.key()?);
            } else if self.accept_sign("[") {
                let step = match self.peek() {
                    Some(Token::Sign("*")) => "[*]".to_owned(),
                    Some(Token::Number(n)) if !n.contains('.') => format!("[{n}]"),
                    _ => return self.expected("* or an index"),
                };
                self.next += 1;
                self.close("]", "a closing bracket")?;
                steps.push(step);
            } else {
                return Ok(steps);
            }
        }
    }

    fn key(&mut self) -> Parsed<String> {
        if let Some(Token::Text(text)) = self.peek() {
            let text = text.clone();
            self.next += 1;
            return Ok(text);
        }
        let key = self.name("a property")?;
        if key.contains('-') {
            self.next -= 1;
            return self.expected("a key with a hyphen in quotation marks");
        }
        Ok(key)
    }

    fn operator(&mut self) -> Parsed<Operator> {
        let written = match self.peek() {
            Some(Token::Sign(sign)) => sign,
            Some(Token::Word(word)) => word.as_str(),
            _ => "",
        };
        let Some((_, operator)) = OPERATORS.iter().find(|(text, _)| *text == written) else {
            return self.expected("a comparison operator");
        };
        self.next += 1;
        Ok(*operator)
    }

    fn set(&mut self) -> Parsed<Vec<Literal>> {
        self.close("(", "a set in parentheses")?;
        let mut values = Vec::new();
        if self.accept_sign(")") {
            return Ok(values);
        }
        loop {
            values.push(self.literal()?);
            if !self.accept_sign(",") {
                self.close(")", "a comma or a closing parenthesis")?;
                return Ok(values);
            }
        }
    }

    fn literal(&mut self) -> Parsed<Literal> {
        let literal = match self.peek() {
            Some(Token::Text(text)) => Literal::Text(text.clone()),
            Some(Token::Number(text)) => Literal::Number(text.clone()),
            Some(Token::Marked(letter, text)) => Literal::Marked(*letter, text.clone()),
            Some(Token::Word(word)) if word == "true" => Literal::Bool(true),
            Some(Token::Word(word)) if word == "false" => Literal::Bool(false),
            _ => return self.expected("a constant"),
        };
        self.next += 1;
        Ok(literal)
    }
}
