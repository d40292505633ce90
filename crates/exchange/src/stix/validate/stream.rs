//! A bundle judged object by object, in flat memory however large it is.

use std::io::Read;

use serde_json::{Map, Value};

use super::bundle::{self, Versions};
use super::code::Code;
use super::report::{At, Report};
use crate::json;
use crate::stix::{MAX_OBJECT_VALUES, Reader, StreamError};

/// One object of a bundle, judged. Pointers lead from the bundle: `/objects/7/name`.
#[derive(Debug)]
pub struct Judged<'a> {
    /// Its place among the objects, from 0.
    pub index: u64,
    /// The object, as it stands; `None` if what stands there is no JSON object.
    pub object: Option<&'a Map<String, Value>>,
    /// What was found.
    pub report: Report,
}

/// Judges a bundle of any size, and hands over each of its objects with what was found. Gives what was found about the
/// bundle itself.
///
/// An object that is no acceptable JSON is an error of that object, and the next one is read. Memory holds one object at a
/// time, and what `Versions` keeps of the ones before. A bundle of STIX 2.0 must say so in front of its objects.
///
/// # Errors
/// [`StreamError`] where the bytes are no bundle any more: the objects before were judged.
pub fn stream<R: Read>(read: R, mut each: impl FnMut(Judged<'_>)) -> Result<Report, StreamError> {
    let mut reader = Reader::bundle(read);
    let mut versions = Versions::default();
    while let Some(start) = reader.next_text() {
        start?;
        let index = reader.objects_read() - 1;
        let is_2_0 = bundle::is_2_0(reader.header());
        let place = usize::try_from(index).unwrap_or(usize::MAX);
        let list = At::ROOT.name("objects");
        let at = list.index(place);
        let mut report = Report::default();
        let value = json::value(reader.raw(), MAX_OBJECT_VALUES);
        let object = match value {
            Ok(Value::Object(object)) => Some(object),
            Ok(_) => {
                report.error(at, Code::Type, "a STIX object is due here (section 8.1)");
                None
            }
            Err(problem) => {
                report.error(
                    at,
                    Code::Json,
                    format_args!("no acceptable JSON: {problem}"),
                );
                None
            }
        };
        if let Some(object) = &object {
            bundle::member(object, is_2_0, at, &mut report, &mut versions);
        }
        each(Judged {
            index,
            object: object.as_ref(),
            report,
        });
    }
    let mut report = Report::default();
    bundle::header(reader.header(), &mut report);
    Ok(report)
}
