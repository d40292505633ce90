//! A bundle written object by object.

use std::io::{self, Write};

use serde_json::{Map, Value};

/// Writes a bundle piece by piece: nothing is held back, and what an object says is written as it stands.
///
/// ```
/// use solferino_exchange::stix::{Reader, Writer};
///
/// let mut writer = Writer::bundle(Vec::new(), "bundle--44af6c39-c09b-49c5-9de2-394224b04982")?;
/// for object in Reader::lines(br#"{"type":"tool","id":"tool--1","x_a":1}"#.as_slice()) {
///     writer.object(object.map_err(std::io::Error::other)?.properties())?;
/// }
/// let text = writer.finish()?;
/// assert!(text.ends_with(b"\"x_a\":1}\n]}\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Writer<W> {
    write: W,
    first: bool,
}

impl<W: Write> Writer<W> {
    /// Begins a bundle with this identifier.
    ///
    /// # Errors
    /// Those of the writer below.
    pub fn bundle(mut write: W, id: &str) -> io::Result<Self> {
        let id = Value::from(id);
        write!(write, "{{\"type\":\"bundle\",\"id\":{id},\"objects\":[")?;
        Ok(Self { write, first: true })
    }

    /// Writes an object.
    ///
    /// # Errors
    /// Those of the writer below.
    pub fn object(&mut self, object: &Map<String, Value>) -> io::Result<()> {
        self.write
            .write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        serde_json::to_writer(&mut self.write, object).map_err(io::Error::from)
    }

    /// Ends the bundle, and gives back what it was written to.
    ///
    /// # Errors
    /// Those of the writer below.
    pub fn finish(mut self) -> io::Result<W> {
        self.write.write_all(b"\n]}\n")?;
        self.write.flush()?;
        Ok(self.write)
    }
}
