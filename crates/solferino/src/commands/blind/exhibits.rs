//! Masked texts of the exhibits that a case's items rest on.

use std::path::Path;

use record::blind::{self, Leftover, MaskMap, Replaced};
use record::ids::CaseId;
use store::Record;
use tlog::Hash;

use crate::files::{self, MAX_TEXT_BYTES, Mode};
use crate::problem::Outcome;
use crate::select;

/// One exhibit after masking, or why it was left out.
pub(super) struct Masked {
    /// The file, named by its token.
    pub(super) file: String,
    /// The exhibit itself, for the person who checks.
    hash: Hash,
    pub(super) left_out: Option<String>,
    replaced: Vec<Replaced>,
    pub(super) leftovers: Vec<Leftover>,
}

/// Writes `exhibits/TOKEN.txt` for each text; other media are for a person to prepare.
pub(super) fn mask(
    record: &Record,
    id: &CaseId,
    inputs: &method::Case,
    map: &MaskMap,
    out: &Path,
) -> Outcome<Vec<Masked>> {
    let mut cited: Vec<Hash> = Vec::new();
    for text in inputs.items.iter().flat_map(|i| &i.exhibits) {
        let hash: Hash = text.parse()?;
        if !cited.contains(&hash) {
            cited.push(hash);
        }
    }
    let folder = out.join("exhibits");
    files::create_folder(&folder, Mode::Public)?;
    let mut all = Vec::new();
    for hash in cited {
        let token = blind::exhibit_token(&map.seed, &hash.to_string());
        let mut masked = Masked {
            file: format!("{token}.txt"),
            hash,
            left_out: None,
            replaced: Vec::new(),
            leftovers: Vec::new(),
        };
        match text(record, id, &hash)? {
            Err(why) => masked.left_out = Some(why),
            Ok(text) => {
                let done = blind::mask_text(&text, map);
                files::write_new(
                    &folder.join(&masked.file),
                    done.text.as_bytes(),
                    Mode::Public,
                )?;
                masked.replaced = done.replaced;
                masked.leftovers = done.leftovers;
            }
        }
        all.push(masked);
    }
    Ok(all)
}

/// The text of an exhibit; JSON is written out afresh, so that no escape hides a name.
fn text(record: &Record, id: &CaseId, hash: &Hash) -> Outcome<Result<String, String>> {
    let declared = {
        let state = record.state();
        let case = select::case(&state, id.as_str())?;
        let exhibit = case.exhibits.get(hash);
        exhibit.map(|e| (e.body.media_type.to_string(), e.body.size))
    };
    let Some((media, size)) = declared else {
        return Ok(Err("not declared in the case".to_string()));
    };
    if size > MAX_TEXT_BYTES {
        return Ok(Err(format!(
            "{size} bytes; at most {MAX_TEXT_BYTES} are masked"
        )));
    }
    if !record.vault().contains(hash)? {
        return Ok(Err("the vault does not hold it any more".to_string()));
    }
    let content = record.vault().read_all(hash, MAX_TEXT_BYTES)?;
    Ok(blind::readable(&media, content))
}

/// What a person looks through: replacements, leftovers, what was left out.
pub(super) fn report(texts: &[Masked]) -> String {
    let mut out = String::from(
        "Look through this before the reviewers get anything. It names what was masked: show it to no reviewer.\n\
         The list is help, not proof: style, time stamps and well-known events still tell.\n",
    );
    for t in texts {
        out.push_str(&format!("\nexhibit {}\n  in {}\n", t.hash, t.file));
        if let Some(why) = &t.left_out {
            out.push_str(&format!(
                "  LEFT OUT: {why}; prepare it by hand if reviewers need it\n"
            ));
        }
        for r in &t.replaced {
            out.push_str(&format!("  {} put in {} times\n", r.token, r.times));
        }
        for l in &t.leftovers {
            out.push_str(&format!(
                "  CHECK line {}: {:?} ({})\n",
                l.line,
                l.word,
                l.why.as_str()
            ));
        }
    }
    out
}
