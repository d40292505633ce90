//! The plain texts of the playbooks in other languages (docs/aid.md, section 9).

use super::{Playbook, PlaybookError, check_plain, refuse};
use crate::text::Language;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What `format` says.
const FORMAT: &str = "solferino-playbook-plain/1";

/// The files that come with the crate, by language.
const SHIPPED: &[(&str, &str)] = &[
    ("fr", include_str!("../../playbooks/fr.toml")),
    ("ar", include_str!("../../playbooks/ar.toml")),
];

/// The plain texts of all playbooks in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainTexts {
    /// `FORMAT`.
    pub format: String,
    /// The language.
    pub language: Language,
    /// By playbook.
    pub playbook: BTreeMap<String, PlainPlaybook>,
}

/// The plain texts of one playbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainPlaybook {
    /// Its title.
    pub title: String,
    /// Its steps.
    pub step: BTreeMap<String, String>,
}

impl PlainTexts {
    /// Reads the texts, and holds them against the playbooks: every step has one, and nothing else has.
    ///
    /// # Errors
    /// [`PlaybookError`] naming the playbook or step.
    pub fn from_toml(text: &str, playbooks: &[Playbook]) -> Result<Self, PlaybookError> {
        let texts: Self = toml::from_str(text)?;
        if texts.format != FORMAT {
            return refuse(
                &texts.format,
                "this program reads solferino-playbook-plain/1",
            );
        }
        let known = |id: &String| playbooks.iter().any(|playbook| playbook.id == *id);
        if let Some(unknown) = texts.playbook.keys().find(|id| !known(id)) {
            return refuse(unknown, "there is no such playbook");
        }
        for playbook in playbooks {
            let Some(plain) = texts.playbook.get(&playbook.id) else {
                return refuse(&playbook.id, "the playbook has no texts in this language");
            };
            check_plain(&playbook.id, &plain.title)?;
            if plain.step.len() != playbook.step.len() {
                return refuse(&playbook.id, "each step has one text, and nothing else has");
            }
            for step in &playbook.step {
                match plain.step.get(&step.id) {
                    Some(text) => check_plain(&step.id, text)?,
                    None => return refuse(&step.id, "the step has no text in this language"),
                }
            }
        }
        Ok(texts)
    }
}

/// The playbooks with their plain texts in a language; in English, which they are written in, where there is none of that language.
///
/// # Errors
/// [`PlaybookError`] if a file is not as it has to be; a test reads them all.
pub fn playbooks_in(language: &str) -> Result<Vec<Playbook>, PlaybookError> {
    let mut all = super::playbooks()?;
    let Some((_, text)) = SHIPPED.iter().find(|(tag, _)| *tag == language) else {
        return Ok(all);
    };
    let mut texts = PlainTexts::from_toml(text, &all)?;
    for playbook in &mut all {
        let Some(plain) = texts.playbook.get_mut(&playbook.id) else {
            continue;
        };
        playbook.plain.clone_from(&plain.title);
        for step in &mut playbook.step {
            if let Some(text) = plain.step.remove(&step.id) {
                step.plain = text;
            }
        }
    }
    Ok(all)
}
