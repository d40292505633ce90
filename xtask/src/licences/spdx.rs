//! SPDX licence expressions: `OR`, `AND`, `WITH`, parentheses, and the old `MIT/Apache-2.0` for `OR`.

use anyhow::{Result, bail};

/// Deepest nesting of parentheses; real expressions have one or two.
const MAX_DEPTH: usize = 16;

/// Whether the expression can be satisfied by choosing only licences from `allowed`.
///
/// A licence with an exception is another licence: `X WITH y` has to be allowed in just these words. `X+` (this
/// version or later) is satisfied by `X`.
pub(super) fn satisfied(expression: &str, allowed: &[String]) -> Result<bool> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut parser = Parser {
        words: spaced.split_whitespace().collect(),
        next: 0,
        allowed,
    };
    let answer = parser.any_of(0)?;
    if let Some(word) = parser.peek() {
        bail!("`{word}` is not expected there");
    }
    Ok(answer)
}

struct Parser<'a> {
    words: Vec<&'a str>,
    next: usize,
    allowed: &'a [String],
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self
            .peek()
            .is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.next += usize::from(found);
        found
    }

    /// `a OR b`, which binds least.
    fn any_of(&mut self, depth: usize) -> Result<bool> {
        let mut answer = self.all_of(depth)?;
        while self.take("OR") {
            answer |= self.all_of(depth)?;
        }
        Ok(answer)
    }

    /// `a AND b`
    fn all_of(&mut self, depth: usize) -> Result<bool> {
        let mut answer = self.one(depth)?;
        while self.take("AND") {
            answer &= self.one(depth)?;
        }
        Ok(answer)
    }

    /// `( … )`, `X` or `X WITH y`
    fn one(&mut self, depth: usize) -> Result<bool> {
        if self.take("(") {
            if depth == MAX_DEPTH {
                bail!("nested deeper than {MAX_DEPTH}");
            }
            let answer = self.any_of(depth + 1)?;
            if !self.take(")") {
                bail!("a parenthesis is not closed");
            }
            return Ok(answer);
        }
        let mut licence = self.name()?.to_owned();
        if self.take("WITH") {
            licence = format!("{licence} WITH {}", self.name()?);
        }
        let plain = licence.strip_suffix('+').unwrap_or(&licence);
        Ok(self.allowed.iter().any(|name| name == plain))
    }

    fn name(&mut self) -> Result<&'a str> {
        match self.peek() {
            None => bail!("it ends where a licence is expected"),
            Some(word @ ("(" | ")" | "OR" | "AND" | "WITH")) => {
                bail!("`{word}` stands where a licence is expected")
            }
            Some(word) => {
                self.next += 1;
                Ok(word)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(expression: &str) -> Option<bool> {
        let allowed = [
            "MIT",
            "Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
            "Unicode-3.0",
        ];
        satisfied(expression, &allowed.map(String::from)).ok()
    }

    #[test]
    fn one_allowed_alternative_is_enough() {
        assert_eq!(holds("MIT"), Some(true));
        assert_eq!(holds("GPL-3.0-only"), Some(false));
        assert_eq!(holds("MIT OR GPL-3.0-only"), Some(true));
        assert_eq!(holds("GPL-3.0-only OR LGPL-3.0-only"), Some(false));
        assert_eq!(holds("GPL-2.0/MIT"), Some(true));
    }

    #[test]
    fn every_part_of_a_conjunction_counts() {
        assert_eq!(holds("MIT AND Unicode-3.0"), Some(true));
        assert_eq!(holds("MIT AND GPL-3.0-only"), Some(false));
        assert_eq!(holds("(MIT OR Apache-2.0) AND Unicode-3.0"), Some(true));
        assert_eq!(holds("(MIT OR Apache-2.0) AND GPL-3.0-only"), Some(false));
    }

    #[test]
    fn and_binds_tighter_than_or() {
        assert_eq!(holds("MIT OR GPL-3.0-only AND GPL-2.0-only"), Some(true));
        assert_eq!(holds("(MIT OR GPL-3.0-only) AND GPL-2.0-only"), Some(false));
    }

    #[test]
    fn an_exception_is_part_of_the_licence() {
        assert_eq!(holds("Apache-2.0 WITH LLVM-exception"), Some(true));
        assert_eq!(holds("MIT WITH LLVM-exception"), Some(false));
        assert_eq!(holds("Apache-2.0+"), Some(true));
        assert_eq!(holds("GPL-2.0+"), Some(false));
    }

    #[test]
    fn what_is_not_an_expression_is_an_error() {
        for broken in [
            "",
            "MIT OR",
            "OR MIT",
            "(MIT",
            "MIT)",
            "MIT Apache-2.0",
            "MIT WITH",
        ] {
            assert_eq!(holds(broken), None, "{broken}");
        }
        let nested = |depth| format!("{}MIT{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(holds(&nested(MAX_DEPTH)), Some(true));
        assert_eq!(holds(&nested(MAX_DEPTH + 1)), None);
    }
}
