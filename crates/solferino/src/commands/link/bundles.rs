//! Files with STIX objects in them, read object by object: bundles, objects one a line, claims of an import.

use std::io::{Cursor, Read as _};
use std::path::Path;

use exchange::misp;
use exchange::stix::{Object, Reader};
use serde_json::Value;

use crate::commands::import::claims::{self, Claim};
use crate::commands::import::source::Source;
use crate::problem::{Outcome, Problem};

/// Hands over every STIX object of a file, with the file it was imported from if these are claims. A MISP event among
/// claims gives the objects it becomes in STIX.
pub(crate) fn each(
    path: &Path,
    mut give: impl FnMut(Option<&str>, &Object) -> Outcome<()>,
) -> Outcome<()> {
    let source = Source::File(path.to_owned()); // read twice, so no standard input
    let mut none = true;
    let of = |problem: Problem| problem.of(path.display());
    let mut read = source.open()?;
    let mut head = Vec::new();
    let mut first = read.by_ref().take(claims::BEGINNING_BYTES);
    first.read_to_end(&mut head).map_err(source.failed())?;
    if claims::begins(&head) {
        drop(read);
        claims::each(&source, |claim| {
            for object in Reader::lines(lines(&claim).as_slice()) {
                none = false;
                give(Some(&claim.origin), &object.map_err(Problem::from)?).map_err(of)?;
            }
            Ok(())
        })?;
    } else {
        let name = path.to_string_lossy().to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        let read = Cursor::new(head).chain(read);
        let one_a_line = name.ends_with(".jsonl") || name.ends_with(".ndjson");
        let objects = match one_a_line {
            true => Reader::lines(read),
            false => Reader::bundle(read),
        };
        for object in objects {
            none = false;
            let hint = "the file should be a STIX 2.1 bundle; objects one a line are called .jsonl";
            let object = object.map_err(|e| of(Problem::from(e)).hint(hint))?;
            give(None, &object).map_err(of)?;
        }
    }
    if none {
        // taken for a case that shares nothing, a wrong file would look like an answer
        let problem = Problem::new(format!("{}: no STIX object in it", path.display()));
        return Err(problem.hint("the file should be a STIX 2.1 bundle with objects"));
    }
    Ok(())
}

/// The STIX objects of a claim, one a line.
fn lines(claim: &Claim) -> Vec<u8> {
    let mut lines = Vec::new();
    let mut add = |object: &serde_json::Map<String, Value>| {
        // Writing into memory cannot fail.
        let _ = serde_json::to_writer(&mut lines, object);
        lines.push(b'\n');
    };
    match claim.format.as_str() {
        "stix" => add(&claim.document),
        "misp" => {
            let event = claim.document.get("Event").and_then(Value::as_object);
            let event = event.unwrap_or(&claim.document);
            if event.contains_key("info") {
                let (bundle, _) = misp::event_to_stix(event);
                bundle.objects.iter().for_each(add);
            }
        }
        _ => {} // incidents have no observables
    }
    lines
}

/// What a file is called as a case: its name without the folder.
pub(crate) fn case_name(path: &Path) -> Outcome<String> {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Problem::new(format!("{}: not a file", path.display())))
}
