//! What was found in an object, each finding with its code and its place.

use std::fmt;

use serde::Serialize;

use super::Code;

/// Most errors, and most warnings, of one report that are listed one by one; further ones are counted.
pub const MAX_FINDINGS: usize = 1_000;
/// Longest words of a file that a message repeats, in characters.
pub const MAX_SHOWN_CHARS: usize = 120;

/// One thing that is wrong, or should be otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing it is; stable.
    pub code: Code,
    /// JSON Pointer (RFC 6901) from the object that was given.
    pub pointer: String,
    /// What was found, what is due, and by which section.
    pub message: String,
}

/// Everything found in an object or a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What breaks a MUST of the specification.
    pub errors: Vec<Finding>,
    /// What breaks a SHOULD.
    pub warnings: Vec<Finding>,
    /// Errors beyond [`MAX_FINDINGS`], not listed.
    pub unlisted_errors: u64,
    /// Warnings beyond [`MAX_FINDINGS`], not listed.
    pub unlisted_warnings: u64,
}

impl Report {
    /// Whether no MUST is broken.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// How many errors there are, listed or not.
    #[must_use]
    pub fn error_count(&self) -> u64 {
        self.errors.len() as u64 + self.unlisted_errors
    }

    /// How many warnings there are, listed or not.
    #[must_use]
    pub fn warning_count(&self) -> u64 {
        self.warnings.len() as u64 + self.unlisted_warnings
    }

    /// Adds an error. The message is made only if there is room to list it.
    pub(crate) fn error(&mut self, at: At<'_>, code: Code, message: impl fmt::Display) {
        if self.errors.len() == MAX_FINDINGS {
            self.unlisted_errors += 1;
        } else {
            self.errors.push(finding(at, code, &message));
        }
    }

    /// Adds a warning. The message is made only if there is room to list it.
    pub(crate) fn warn(&mut self, at: At<'_>, code: Code, message: impl fmt::Display) {
        if self.warnings.len() == MAX_FINDINGS {
            self.unlisted_warnings += 1;
        } else {
            self.warnings.push(finding(at, code, &message));
        }
    }
}

fn finding(at: At<'_>, code: Code, message: &dyn fmt::Display) -> Finding {
    Finding {
        code,
        pointer: at.pointer(),
        message: message.to_string(),
    }
}

/// A place in an object, as steps back to the root; written out only if something is found there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    pub(crate) const ROOT: At<'static> = At {
        parent: None,
        step: Step::Root,
    };

    pub(crate) fn name(&'a self, name: &'a str) -> At<'a> {
        At {
            parent: Some(self),
            step: Step::Name(name),
        }
    }

    pub(crate) fn index(&'a self, index: usize) -> At<'a> {
        At {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// RFC 6901, section 3. Names of a file are cut where they are too long to be shown.
    fn pointer(&self) -> String {
        let mut text = self.parent.map(At::pointer).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Name(name) => {
                text.push('/');
                let name: String = name.chars().take(MAX_SHOWN_CHARS).collect();
                text.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Step::Index(index) => text.push_str(&format!("/{index}")),
        }
        text
    }
}

/// Words of a file in quotation marks, cut where they are too long, control characters escaped.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(MAX_SHOWN_CHARS) {
            Some((end, _)) => write!(f, "{:?}…", self.0.get(..end).unwrap_or_default()),
            None => write!(f, "{:?}", self.0),
        }
    }
}
