//! From a pattern's text to its tree, by `STIXPattern.g4` of the OASIS committee.

use super::ast::{
    Base, Comparison, Expression, Join, Literal, OPERATORS, Operator, Qualified, Qualifier, Step,
    Test,
};
use super::token::{self, Placed, Token};
use super::{Edition, MAX_PATTERN_DEPTH, PatternError, PatternProblem};

/// Words that cannot be names.
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
    "LAST",
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

pub(super) fn is_word_of_the_language(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// The tree of a whole pattern.
pub(super) fn pattern(text: &str, edition: Edition) -> Parsed<Expression> {
    let mut parser = Parser {
        tokens: token::tokens(text)?,
        next: 0,
        end: text.chars().count(),
        edition,
    };
    let tree = parser.expression(Join::FollowedBy, 0)?;
    match parser.peek() {
        None => Ok(tree),
        Some(_) => parser.expected("the end of the pattern"),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    end: usize,
    edition: Edition,
}

type Parsed<T = ()> = Result<T, PatternError>;

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }

    fn place(&self) -> usize {
        self.tokens
            .get(self.next)
            .map_or(self.end, |placed| placed.at)
    }

    fn fail<T>(&self, problem: PatternProblem) -> Parsed<T> {
        let at = self.place();
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

    fn close(&mut self, sign: &str, what: &'static str) -> Parsed {
        if self.accept_sign(sign) {
            return Ok(());
        }
        self.expected(what)
    }

    fn word(&mut self, word: &'static str) -> Parsed {
        if self.accept_word(word) {
            return Ok(());
        }
        self.expected(word)
    }

    /// Observation expressions joined by this operator; its parts bind tighter (section 9.5.3).
    fn expression(&mut self, join: Join, depth: usize) -> Parsed<Expression> {
        let mut parts = Vec::new();
        loop {
            parts.push(match join {
                Join::FollowedBy => self.expression(Join::Or, depth)?,
                Join::Or => self.expression(Join::And, depth)?,
                Join::And => Expression::One(self.observation(depth)?),
            });
            if !self.accept_word(join.text()) {
                break;
            }
        }
        let only = if parts.len() == 1 { parts.pop() } else { None };
        Ok(only.unwrap_or(Expression::Join(join, parts)))
    }

    fn observation(&mut self, depth: usize) -> Parsed<Qualified> {
        let base = if self.accept_sign("(") {
            let inside = self.expression(Join::FollowedBy, self.deeper(depth)?)?;
            self.close(")", "a closing parenthesis")?;
            Base::Group(Box::new(inside))
        } else if self.accept_sign("[") {
            let test = self.any_of(depth)?;
            self.close("]", "a closing bracket")?;
            Base::Bracket(test)
        } else {
            return self.expected("[ or (");
        };
        let qualifiers = self.qualifiers()?;
        Ok(Qualified { base, qualifiers })
    }

    fn qualifiers(&mut self) -> Parsed<Vec<Qualifier>> {
        let mut found = Vec::new();
        loop {
            let qualifier = if self.accept_word("WITHIN") {
                let seconds = self.number()?;
                self.word("SECONDS")?;
                Qualifier::Within(seconds)
            } else if self.accept_word("REPEATS") {
                let times = self.number()?;
                if times.contains('.') {
                    self.next -= 1;
                    return self.expected("a whole number");
                }
                self.word("TIMES")?;
                Qualifier::Repeats(times)
            } else if self.accept_word("START") {
                let start = self.time()?;
                self.word("STOP")?;
                Qualifier::StartStop(start, self.time()?)
            } else {
                return Ok(found);
            };
            found.push(qualifier);
        }
    }

    /// A number that is positive.
    fn number(&mut self) -> Parsed<String> {
        let zero = |n: &str| n.bytes().all(|b| matches!(b, b'0' | b'.'));
        match self.peek() {
            Some(Token::Number(n)) if !n.starts_with('-') && !zero(n) => {
                let n = n.clone();
                self.next += 1;
                Ok(n)
            }
            _ => self.expected("a positive number"),
        }
    }

    /// STIX 2.1 marks times with `t`; STIX 2.0 wrote them as text.
    fn time(&mut self) -> Parsed<String> {
        let time = match self.peek() {
            Some(Token::Marked('t', time)) => time.clone(),
            Some(Token::Text(time)) if self.edition == Edition::V20 => {
                if !token::is_time(time) {
                    return self.fail(PatternProblem::Timestamp);
                }
                time.clone()
            }
            _ => return self.expected("a time, such as t'2016-06-01T00:00:00Z'"),
        };
        self.next += 1;
        Ok(time)
    }

    fn any_of(&mut self, depth: usize) -> Parsed<Test> {
        let mut parts = vec![self.all_of(depth)?];
        while self.accept_word("OR") {
            parts.push(self.all_of(depth)?);
        }
        let only = if parts.len() == 1 { parts.pop() } else { None };
        Ok(only.unwrap_or(Test::Or(parts)))
    }

    fn all_of(&mut self, depth: usize) -> Parsed<Test> {
        let mut parts = vec![self.test(depth)?];
        while self.accept_word("AND") {
            parts.push(self.test(depth)?);
        }
        let only = if parts.len() == 1 { parts.pop() } else { None };
        Ok(only.unwrap_or(Test::And(parts)))
    }

    fn test(&mut self, depth: usize) -> Parsed<Test> {
        if self.accept_sign("(") {
            let inside = self.any_of(self.deeper(depth)?)?;
            self.close(")", "a closing parenthesis")?;
            return Ok(inside);
        }
        self.comparison().map(Test::Comparison)
    }

    fn comparison(&mut self) -> Parsed<Comparison> {
        let at = self.place();
        let negated = self.accept_word("NOT");
        let exists = self.accept_word("EXISTS");
        if negated && !exists {
            return self.expected("EXISTS");
        }
        let object = self.name("an object's type")?;
        self.close(":", "a colon")?;
        let path = self.path()?;
        let mut comparison = Comparison {
            at,
            object,
            path,
            negated,
            operator: Operator::Exists,
            values: Vec::new(),
        };
        if !exists {
            comparison.negated = self.accept_word("NOT");
            comparison.operator = self.operator()?;
            comparison.values = self.values(comparison.operator)?;
        }
        Ok(comparison)
    }

    fn name(&mut self, what: &'static str) -> Parsed<String> {
        match self.peek() {
            Some(Token::Word(word)) if !is_word_of_the_language(word) => {
                let word = word.clone();
                self.next += 1;
                Ok(word)
            }
            _ => self.expected(what),
        }
    }

    /// `key.key[*].'key'`; a key with a hyphen stands in quotation marks.
    fn path(&mut self) -> Parsed<Vec<Step>> {
        let mut steps = vec![Step::Key(self.key()?)];
        loop {
            if self.accept_sign(".") {
                steps.push(Step::Key(self.key()?));
            } else if self.accept_sign("[") {
                let step = match self.peek() {
                    Some(Token::Sign("*")) => Some(Step::All),
                    Some(Token::Number(n)) => n.parse().ok().map(Step::Index),
                    _ => None,
                };
                let Some(step) = step else {
                    return self.expected("* or an index");
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

    /// What this operator may compare with.
    fn values(&mut self, operator: Operator) -> Parsed<Vec<Literal>> {
        let due = match operator {
            Operator::In => return self.set(),
            Operator::Like | Operator::Matches | Operator::IsSubset | Operator::IsSuperset => {
                "a text in quotation marks"
            }
            Operator::Greater
            | Operator::Less
            | Operator::GreaterOrEqual
            | Operator::LessOrEqual => "a constant that has an order",
            _ => "a constant",
        };
        let place = self.next;
        let literal = self.literal(due)?;
        let fits = match (due, &literal) {
            ("a text in quotation marks", literal) => matches!(literal, Literal::Text(_)),
            ("a constant that has an order", literal) => !matches!(literal, Literal::Bool(_)),
            _ => true,
        };
        if !fits {
            self.next = place;
            return self.expected(due);
        }
        Ok(vec![literal])
    }

    fn set(&mut self) -> Parsed<Vec<Literal>> {
        self.close("(", "a set in parentheses")?;
        let mut values = Vec::new();
        if self.accept_sign(")") {
            return Ok(values);
        }
        loop {
            values.push(self.literal("a constant")?);
            if !self.accept_sign(",") {
                self.close(")", "a comma or a closing parenthesis")?;
                return Ok(values);
            }
        }
    }

    fn literal(&mut self, due: &'static str) -> Parsed<Literal> {
        let literal = match self.peek() {
            Some(Token::Text(text)) => Literal::Text(text.clone()),
            Some(Token::Number(text)) => Literal::Number(text.clone()),
            Some(Token::Marked(letter, text)) => Literal::Marked(*letter, text.clone()),
            Some(Token::Word(word)) if word == "true" => Literal::Bool(true),
            Some(Token::Word(word)) if word == "false" => Literal::Bool(false),
            _ => return self.expected(due),
        };
        self.next += 1;
        Ok(literal)
    }
}
