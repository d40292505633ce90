//! A bundle, object by object: memory stays flat however large the bundle is.
//!
//! At any time the reader holds one buffer of [`READ_BYTES`], the text of one object (at most [`MAX_OBJECT_BYTES`])
//! and its values (at most [`MAX_OBJECT_VALUES`]), and the bundle's own properties (at most [`MAX_HEADER_BYTES`]).

use std::io::Read;

use serde_json::{Map, Value};

use super::frame::Source;
use super::object::Object;
use crate::json::{self, MAX_DEPTH};

/// How much is read at once, in bytes (64 KiB).
pub const READ_BYTES: usize = 64 << 10;
/// Largest text of one object, in bytes (16 MiB): an artifact may carry its payload.
pub const MAX_OBJECT_BYTES: usize = 16 << 20;
/// Most values in one object, on all levels.
pub const MAX_OBJECT_VALUES: usize = 1_000_000;
/// Most objects of one stream.
pub const MAX_OBJECTS: u64 = 100_000_000;
/// Largest text of all properties of the bundle itself, without its objects, in bytes (1 MiB).
pub const MAX_HEADER_BYTES: usize = 1 << 20;

/// Why a stream was read no further.
#[derive(Debug, thiserror::Error)]
#[error("{}at byte {offset_bytes}: {problem}", .index.map(|i| format!("object {i}, ")).unwrap_or_default())]
pub struct StreamError {
    /// The object at hand, from 0; `None` outside the objects.
    pub index: Option<u64>,
    /// Place in the stream, in bytes from 0.
    pub offset_bytes: u64,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a stream.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The bytes could not be had.
    #[error("cannot be read: {0}")]
    Read(std::io::Error),
    /// The stream ends inside the bundle.
    #[error("ends in the middle; the file was cut")]
    Truncated,
    /// Something else was due.
    #[error("{0} is due here")]
    Expected(&'static str),
    /// Not JSON, or JSON that two readers would read differently.
    #[error("{0}")]
    Json(String),
    /// One object, or the bundle's own properties, are too large.
    #[error("larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// Nested too deep.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// Too many objects.
    #[error("more than {MAX_OBJECTS} objects")]
    TooMany,
    /// An entry of `objects` that is no STIX object.
    #[error("not a STIX object: it has no text `type` and `id`")]
    NotAnObject,
    /// The bundle has a property twice.
    #[error("duplicate key {0:?} in the bundle")]
    DuplicateKey(String),
    /// The document says that it is something else.
    #[error("not a STIX bundle: its type is {0}")]
    NotABundle(String),
}

/// The objects of a stream, one by one, in their order. After an error nothing more comes.
///
/// Whoever has seen enough stops asking; the rest is never read.
#[derive(Debug)]
pub struct Reader<R> {
    source: Source<R>,
    place: Place,
    next: u64,
    text: Vec<u8>,
    header: Map<String, Value>,
    /// A name or a value of the bundle itself.
    header_text: Vec<u8>,
    header_bytes: usize,
    had_objects: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the bundle's opening brace.
    Before,
    /// Among the bundle's properties.
    Properties { first: bool },
    /// Inside `objects`.
    Objects { first: bool },
    /// Objects without a bundle.
    Lines,
    /// Nothing more comes.
    Done,
}

impl<R: Read> Reader<R> {
    /// Reads a STIX bundle, or a TAXII 2.1 envelope, which is a bundle without a type.
    pub fn bundle(read: R) -> Self {
        Self::at(read, Place::Before)
    }

    /// Reads objects that stand one after another, such as one on each line (JSON Lines).
    pub fn lines(read: R) -> Self {
        Self::at(read, Place::Lines)
    }

    fn at(read: R, place: Place) -> Self {
        Self {
            source: Source::new(read),
            place,
            next: 0,
            text: Vec::new(),
            header: Map::new(),
            header_text: Vec::new(),
            header_bytes: 0,
            had_objects: false,
        }
    }

    /// The bundle's own properties read so far, without its objects; all of them once no object is left.
    pub fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// The text of the last object, as it stands in the stream.
    pub fn raw(&self) -> &[u8] {
        &self.text
    }

    /// How many objects were read.
    pub fn objects_read(&self) -> u64 {
        self.next
    }

    /// Goes on to the text of the next object, which [`Reader::raw`] then holds, without reading what it says; its place
    /// in the stream, in bytes from 0. `None` after the last one, and after an error.
    ///
    /// What stands there may be no object, or no JSON: whoever judges objects one by one goes on behind it.
    pub fn next_text(&mut self) -> Option<Result<u64, StreamError>> {
        match self.framed() {
            Ok(start) => start.map(Ok),
            Err(failure) => Some(Err(self.given_up(failure))),
        }
    }

    fn given_up(&mut self, failure: Failure) -> StreamError {
        let in_objects = matches!(self.place, Place::Objects { .. } | Place::Lines);
        self.place = Place::Done;
        StreamError {
            index: in_objects.then_some(self.next),
            offset_bytes: failure.at.unwrap_or(self.source.offset_bytes()),
            problem: failure.problem,
        }
    }

    fn step(&mut self) -> Result<Option<Object>, Failure> {
        let Some(start) = self.framed()? else {
            return Ok(None);
        };
        // It counts once it is an object.
        self.next -= 1;
        let object = match parse(&self.text, start)? {
            Value::Object(properties) => Object::new(self.next, start, properties),
            _ => None,
        };
        let object = object.ok_or(Failure {
            at: Some(start),
            problem: Problem::NotAnObject,
        })?;
        self.next += 1;
        Ok(Some(object))
    }

    /// The text of the next object, and its place.
    fn framed(&mut self) -> Result<Option<u64>, Failure> {
        loop {
            match self.place {
                Place::Done => return Ok(None),
                Place::Before => {
                    self.source.expect(b'{', "a bundle, which begins with {,")?;
                    self.place = Place::Properties { first: true };
                }
                Place::Properties { first } => self.property(first)?,
                Place::Objects { first } => {
                    if self.source.accept(b']')? {
                        self.place = Place::Properties { first: false };
                        continue;
                    }
                    if !first {
                        self.source.expect(b',', "a comma or ]")?;
                    }
                    self.place = Place::Objects { first: false };
                    return self.frame().map(Some);
                }
                Place::Lines => {
                    if self.source.next_token()?.is_none() {
                        self.place = Place::Done;
                        return Ok(None);
                    }
                    return self.frame().map(Some);
                }
            }
        }
    }

    /// One property of the bundle, or its end.
    fn property(&mut self, first: bool) -> Result<(), Failure> {
        if self.source.accept(b'}')? {
            if self.source.next_token()?.is_some() {
                return Err(Problem::Expected("the end of the file").into());
            }
            self.place = Place::Done;
            return Ok(());
        }
        if !first {
            self.source.expect(b',', "a comma or }")?;
        }
        let name = match self.source.next_token()? {
            Some(b'"') => self.small_value()?,
            Some(_) => return Err(Problem::Expected("a property's name").into()),
            None => return Err(Problem::Truncated.into()),
        };
        let name = name.as_str().unwrap_or_default().to_owned();
        self.source.expect(b':', "a colon")?;
        let again = match name.as_str() {
            "objects" => self.had_objects,
            other => self.header.contains_key(other),
        };
        if again {
            return Err(Problem::DuplicateKey(name).into());
        }
        if name == "objects" {
            self.source.expect(b'[', "the list of objects")?;
            self.place = Place::Objects { first: true };
            self.had_objects = true;
            return Ok(());
        }
        let value = self.small_value()?;
        if name == "type" && value != "bundle" {
            return Err(Problem::NotABundle(value.to_string()).into());
        }
        self.header.insert(name, value);
        self.place = Place::Properties { first: false };
        Ok(())
    }

    /// A name or a value of the bundle itself.
    fn small_value(&mut self) -> Result<Value, Failure> {
        let left = MAX_HEADER_BYTES - self.header_bytes;
        let framed = self.source.value(&mut self.header_text, left);
        let start = framed.map_err(|problem| match problem {
            Problem::TooLarge { .. } => Problem::TooLarge {
                limit_bytes: MAX_HEADER_BYTES,
            },
            other => other,
        })?;
        self.header_bytes += self.header_text.len();
        parse(&self.header_text, start)
    }

    fn frame(&mut self) -> Result<u64, Failure> {
        if self.next == MAX_OBJECTS {
            return Err(Problem::TooMany.into());
        }
        let start = self.source.value(&mut self.text, MAX_OBJECT_BYTES)?;
        self.next += 1;
        Ok(start)
    }
}

/// A problem, and its place if that is not where the source stands.
struct Failure {
    at: Option<u64>,
    problem: Problem,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { at: None, problem }
    }
}

fn parse(text: &[u8], start: u64) -> Result<Value, Failure> {
    json::value(text, MAX_OBJECT_VALUES).map_err(|e| {
        let words = e.to_string();
        let problem = words.split(" at line ").next().unwrap_or(&words).to_owned();
        Failure {
            at: Some(start + json::offset_bytes(text, &e) as u64),
            problem: Problem::Json(problem),
        }
    })
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Object, StreamError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.step() {
            Ok(object) => object.map(Ok),
            Err(failure) => Some(Err(self.given_up(failure))),
        }
    }
}
