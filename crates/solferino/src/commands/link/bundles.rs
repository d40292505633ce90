//! STIX files, plain or gzipped, read object by object.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use exchange::stix::{Object, Reader};

use crate::files;
use crate::problem::{Outcome, Problem};

/// Hands over every object of a STIX file: a bundle, or objects one after another if it is called .jsonl or .ndjson;
/// decompressed if it is called .gz.
pub(crate) fn each(path: &Path, mut give: impl FnMut(&Object) -> Outcome<()>) -> Outcome<()> {
    let mut none = true;
    for object in open(path)? {
        none = false;
        let object = object.map_err(|e| {
            Problem::from(e)
                .of(path.display())
                .hint("the file should be a STIX 2.1 bundle; objects one a line are called .jsonl")
        })?;
        give(&object).map_err(|problem| problem.of(path.display()))?;
    }
    if none {
        // taken for a case that shares nothing, a wrong file would look like an answer
        let problem = Problem::new(format!("{}: no STIX object in it", path.display()));
        return Err(problem.hint("the file should be a STIX 2.1 bundle with objects"));
    }
    Ok(())
}

fn open(path: &Path) -> Outcome<Reader<Box<dyn Read>>> {
    let file = File::open(path).map_err(files::at(path))?;
    let name = path.to_string_lossy().to_ascii_lowercase();
    let (name, read): (&str, Box<dyn Read>) = match name.strip_suffix(".gz") {
        Some(name) => (name, Box::new(flate2::read::MultiGzDecoder::new(file))),
        None => (&name, Box::new(file)),
    };
    let one_a_line = name.ends_with(".jsonl") || name.ends_with(".ndjson");
    Ok(if one_a_line {
        Reader::lines(read)
    } else {
        Reader::bundle(read)
    })
}

/// What a file is called as a case: its name without the folder.
pub(crate) fn case_name(path: &Path) -> Outcome<String> {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Problem::new(format!("{}: not a file", path.display())))
}
