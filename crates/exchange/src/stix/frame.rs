//! Where a JSON value ends, found without understanding it, so that an object's size is bounded before it is parsed.

use std::io::{ErrorKind, Read};

use super::stream::{Problem, READ_BYTES};
use crate::json::MAX_DEPTH;

/// Bytes from a reader, with one buffer and the place in the stream.
#[derive(Debug)]
pub(super) struct Source<R> {
    read: R,
    buffer: Vec<u8>,
    /// First byte of the buffer that was not taken yet.
    at: usize,
    /// End of what the buffer holds.
    end: usize,
    /// Place of the buffer's first byte in the stream, in bytes.
    base_bytes: u64,
}

impl<R: Read> Source<R> {
    pub(super) fn new(read: R) -> Self {
        Self {
            read,
            buffer: vec![0; READ_BYTES],
            at: 0,
            end: 0,
            base_bytes: 0,
        }
    }

    /// Place of the next byte in the stream.
    pub(super) fn offset_bytes(&self) -> u64 {
        self.base_bytes + self.at as u64
    }

    /// Whether there is another byte; fills the buffer if need be.
    fn more(&mut self) -> Result<bool, Problem> {
        while self.at == self.end {
            self.base_bytes += self.end as u64;
            (self.at, self.end) = (0, 0);
            match self.read.read(&mut self.buffer) {
                Ok(0) => return Ok(false),
                Ok(n) => self.end = n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(Problem::Read(e)),
            }
        }
        Ok(true)
    }

    fn peek(&mut self) -> Result<Option<u8>, Problem> {
        Ok(self.more()?.then(|| self.buffer[self.at]))
    }

    /// The next byte that is not white space (RFC 8259), left in place; `None` at the end.
    pub(super) fn next_token(&mut self) -> Result<Option<u8>, Problem> {
        while let Some(byte) = self.peek()? {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Ok(Some(byte));
            }
            self.at += 1;
        }
        Ok(None)
    }

    /// Takes this byte after any white space, or says what stands there instead.
    pub(super) fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), Problem> {
        match self.next_token()? {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Problem::Expected(what)),
            None => Err(Problem::Truncated),
        }
    }

    /// Takes this byte after any white space if it is next.
    pub(super) fn accept(&mut self, byte: u8) -> Result<bool, Problem> {
        let next = self.next_token()? == Some(byte);
        self.at += usize::from(next);
        Ok(next)
    }

    /// Copies the text of the next value; the caller parses it. Gives the place of its first byte.
    pub(super) fn value(&mut self, text: &mut Vec<u8>, limit_bytes: usize) -> Result<u64, Problem> {
        text.clear();
        let Some(first) = self.next_token()? else {
            return Err(Problem::Truncated);
        };
        let start = self.offset_bytes();
        let mut scan = match first {
            b'{' | b'[' | b'"' => Scan::default(),
            b',' | b':' | b'}' | b']' => return Err(Problem::Expected("a value")),
            _ => Scan {
                scalar: true,
                ..Scan::default()
            },
        };
        loop {
            if !self.more()? {
                // A number or a word may end with the stream.
                return if scan.scalar {
                    Ok(start)
                } else {
                    Err(Problem::Truncated)
                };
            }
            let piece = &self.buffer[self.at..self.end];
            let (taken, over) = scan.over(piece)?;
            if text.len() + taken > limit_bytes {
                return Err(Problem::TooLarge { limit_bytes });
            }
            text.extend_from_slice(&piece[..taken]);
            self.at += taken;
            if over {
                return Ok(start);
            }
        }
    }
}

/// Where in a value the scan is.
#[derive(Clone, Copy, Debug, Default)]
struct Scan {
    depth: usize,
    in_text: bool,
    escaped: bool,
    /// The value is a number or a word: it ends before what cannot belong to it.
    scalar: bool,
}

impl Scan {
    /// How many of these bytes belong to the value, and whether it ends there.
    fn over(&mut self, bytes: &[u8]) -> Result<(usize, bool), Problem> {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.scalar {
                if matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r') {
                    return Ok((at, true));
                }
            } else if self.in_text {
                if self.escaped {
                    self.escaped = false;
                } else if byte == b'\\' {
                    self.escaped = true;
                } else if byte == b'"' {
                    self.in_text = false;
                    if self.depth == 0 {
                        return Ok((at + 1, true));
                    }
                }
            } else {
                match byte {
                    b'"' => self.in_text = true,
                    b'{' | b'[' if self.depth == MAX_DEPTH => return Err(Problem::TooDeep),
                    b'{' | b'[' => self.depth += 1,
                    // Which bracket closes which is the parser's question.
                    b'}' | b']' => {
                        self.depth -= 1;
                        if self.depth == 0 {
                            return Ok((at + 1, true));
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok((bytes.len(), false))
    }
}
