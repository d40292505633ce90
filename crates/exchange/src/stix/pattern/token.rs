//! A pattern's words (STIX 2.1, section 9; `STIXPattern.g4` of the OASIS committee).

use super::{PatternError, PatternProblem};
use crate::stix::time::Timestamp;

/// A timestamp as STIX has them: of the form, and a day that exists (section 2.16).
pub(super) fn is_time(text: &str) -> bool {
    Timestamp::parse(text).is_ok()
}

/// An even number of hexadecimal digits.
fn is_hex(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Base64 of RFC 4648 with padding; line feeds in it are ignored (section 9.2).
fn is_base64(text: &str) -> bool {
    let bytes: Vec<u8> = text.bytes().filter(|b| !b"\r\n".contains(b)).collect();
    let digits = bytes.iter().take_while(|b| **b != b'=').count();
    bytes.len().is_multiple_of(4)
        && bytes.len() - digits <= 2
        && bytes[digits..].iter().all(|b| *b == b'=')
        && bytes[..digits]
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+/".contains(b))
}

/// One word of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A keyword, an object's type or a key without quotation marks.
    Word(String),
    /// `'text'`, its escapes resolved.
    Text(String),
    /// A number, as its text.
    Number(String),
    /// `t'…'`, `h'…'` or `b'…'`: the letter and what stands between the marks.
    Marked(char, String),
    /// `[ ] ( ) : . , * = != < <= > >=`
    Sign(&'static str),
}

/// A word and where it begins, in characters from 0.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) at: usize,
}

/// All words of a pattern.
///
/// # Errors
/// At the first character that begins no word.
pub(super) fn tokens(pattern: &str) -> Result<Vec<Placed>, PatternError> {
    let mut lexer = Lexer {
        chars: pattern.chars().collect(),
        at: 0,
    };
    let mut found = Vec::new();
    while lexer.skip_space()? {
        let at = lexer.at;
        let token = lexer.token()?;
        found.push(Placed { token, at });
    }
    Ok(found)
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn error<T>(&self, problem: PatternProblem) -> Result<T, PatternError> {
        Err(PatternError {
            at: self.at,
            problem,
        })
    }

    /// Skips white space and comments; whether anything is left.
    fn skip_space(&mut self) -> Result<bool, PatternError> {
        loop {
            match (self.peek(0), self.peek(1)) {
                (None, _) => return Ok(false),
                (Some(c), _) if c.is_whitespace() => self.at += 1,
                (Some('/'), Some('/')) => {
                    while self.peek(0).is_some_and(|c| c != '\n' && c != '\r') {
                        self.at += 1;
                    }
                }
                (Some('/'), Some('*')) => {
                    let start = self.at;
                    self.at += 2;
                    while (self.peek(0), self.peek(1)) != (Some('*'), Some('/')) {
                        if self.peek(0).is_none() {
                            self.at = start;
                            return self.error(PatternProblem::Unclosed);
                        }
                        self.at += 1;
                    }
                    self.at += 2;
                }
                _ => return Ok(true),
            }
        }
    }

    fn token(&mut self) -> Result<Token, PatternError> {
        let (first, second) = (self.peek(0), self.peek(1));
        match (first, second) {
            (Some('\''), _) => self.text().map(Token::Text),
            (Some(c @ ('t' | 'h' | 'b')), Some('\'')) => {
                let start = self.at;
                self.at += 1;
                let inside = self.text()?;
                let (fits, problem) = match c {
                    't' => (is_time(&inside), PatternProblem::Timestamp),
                    'h' => (is_hex(&inside), PatternProblem::Hex),
                    _ => (is_base64(&inside), PatternProblem::Base64),
                };
                if !fits {
                    self.at = start;
                    return self.error(problem);
                }
                Ok(Token::Marked(c, inside))
            }
            (Some(c), _) if c.is_ascii_alphabetic() || c == '_' => {
                Ok(Token::Word(self.take_while(|c| {
                    c.is_ascii_alphanumeric() || c == '_' || c == '-'
                })))
            }
            (Some(c), _) if c.is_ascii_digit() => self.number(),
            (Some('+' | '-'), Some(d)) if d.is_ascii_digit() || d == '.' => self.number(),
            (Some('.'), Some(d)) if d.is_ascii_digit() => self.number(),
            _ => self.sign(),
        }
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let taken: String = rest.iter().copied().take_while(|c| belongs(*c)).collect();
        self.at += taken.chars().count();
        taken
    }

    /// `'…'`; the only escapes are `\'` and `\\`.
    fn text(&mut self) -> Result<String, PatternError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match (self.peek(0), self.peek(1)) {
                (None, _) => {
                    self.at = start;
                    return self.error(PatternProblem::Unclosed);
                }
                (Some('\''), _) => {
                    self.at += 1;
                    return Ok(text);
                }
                (Some('\\'), Some(c @ ('\'' | '\\'))) => {
                    text.push(c);
                    self.at += 2;
                }
                (Some('\\'), _) => return self.error(PatternProblem::Escape),
                (Some(c), _) => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }
    }

    /// An integer without leading zeros, or digits with a point.
    fn number(&mut self) -> Result<Token, PatternError> {
        let start = self.at;
        let text = self.take_while(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
        if text.starts_with('+') {
            self.at = start;
            return self.error(PatternProblem::Plus);
        }
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let is_number = match digits.split_once('.') {
            Some((whole, part)) => !part.is_empty() && all_digits(whole) && all_digits(part),
            None => all_digits(digits) && (digits == "0" || !digits.starts_with('0')),
        };
        if is_number {
            return Ok(Token::Number(text));
        }
        self.at = start;
        self.error(PatternProblem::Number)
    }

    fn sign(&mut self) -> Result<Token, PatternError> {
        const SIGNS: &[(&str, &str)] = &[
            ("==", "="),
            ("<>", "!="),
            ("!=", "!="),
            ("<=", "<="),
            (">=", ">="),
            ("=", "="),
            ("<", "<"),
            (">", ">"),
            ("[", "["),
            ("]", "]"),
            ("(", "("),
            (")", ")"),
            (":", ":"),
            (".", "."),
            (",", ","),
            ("*", "*"),
        ];
        let starts = |sign: &str| {
            let mut chars = sign.chars().enumerate();
            chars.all(|(i, c)| self.peek(i) == Some(c))
        };
        let Some((written, meant)) = SIGNS.iter().find(|(written, _)| starts(written)) else {
            return self.error(PatternProblem::Character);
        };
        self.at += written.len();
        Ok(Token::Sign(meant))
    }
}
