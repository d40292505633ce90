//! The texts of the playbooks in other languages (docs/aid.md, section 9).

use super::{Playbook, PlaybookError, check_plain, refuse};
use crate::text::Language;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What `format` says.
const FORMAT: &str = "solferino-playbook-texts/1";

/// The files that come with the crate, by language.
const SHIPPED: &[(&str, &str)] = &[
    ("fr", include_str!("../../playbooks/fr.toml")),
    ("ar", include_str!("../../playbooks/ar.toml")),
];

/// The texts of all playbooks in one language. What is no text (minutes, who, actions, sources) is not repeated, so it
/// cannot differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaybookTexts {
    /// `FORMAT`.
    pub format: String,
    /// The language.
    pub language: Language,
    /// By playbook.
    pub playbook: BTreeMap<String, TextsOfPlaybook>,
}

/// The texts of one playbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextsOfPlaybook {
    /// Its title.
    pub title: String,
    /// Its title in plain language.
    pub plain: String,
    /// Its steps.
    pub step: BTreeMap<String, TextsOfStep>,
}

/// The texts of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextsOfStep {
    /// What to do.
    pub text: String,
    /// The same in plain language.
    pub plain: String,
    /// What to keep.
    pub evidence: Vec<String>,
    /// What not to do.
    pub never: Vec<String>,
}

impl PlaybookTexts {
    /// Reads the texts, and holds them against the playbooks: every step has them, as many things to keep and to leave as
    /// there, and nothing else has.
    ///
    /// # Errors
    /// [`PlaybookError`] naming the playbook or step.
    pub fn from_toml(text: &str, playbooks: &[Playbook]) -> Result<Self, PlaybookError> {
        let texts: Self = toml::from_str(text)?;
        if texts.format != FORMAT {
            return refuse(
                &texts.format,
                "this program reads solferino-playbook-texts/1",
            );
        }
        let known = |id: &String| playbooks.iter().any(|playbook| playbook.id == *id);
        if let Some(unknown) = texts.playbook.keys().find(|id| !known(id)) {
            return refuse(unknown, "there is no such playbook");
        }
        for playbook in playbooks {
            let Some(translated) = texts.playbook.get(&playbook.id) else {
                return refuse(&playbook.id, "the playbook has no texts in this language");
            };
            translated.check(playbook)?;
        }
        Ok(texts)
    }
}

impl TextsOfPlaybook {
    fn check(&self, playbook: &Playbook) -> Result<(), PlaybookError> {
        check_plain(&playbook.id, &self.plain)?;
        if self.title.trim().is_empty() || self.step.len() != playbook.step.len() {
            return refuse(&playbook.id, "a title, each step once, and nothing else");
        }
        for step in &playbook.step {
            let Some(texts) = self.step.get(&step.id) else {
                return refuse(&step.id, "the step has no texts in this language");
            };
            check_plain(&step.id, &texts.plain)?;
            let lists = [
                (&texts.evidence, &step.evidence),
                (&texts.never, &step.never),
            ];
            let same = lists
                .iter()
                .all(|(ours, theirs)| ours.len() == theirs.len());
            let mut all = lists
                .iter()
                .flat_map(|(ours, _)| ours.iter())
                .chain([&texts.text]);
            if !same || all.any(|text| text.trim().is_empty()) {
                return refuse(
                    &step.id,
                    "what to do, and as many things to keep and not to do as in the playbook",
                );
            }
        }
        Ok(())
    }
}

/// The playbooks with their texts in a language; in English, which they are written in, where there is none of that language.
///
/// # Errors
/// [`PlaybookError`] if a file is not as it has to be; a test reads them all.
pub fn playbooks_in(language: &str) -> Result<Vec<Playbook>, PlaybookError> {
    let mut all = super::playbooks()?;
    let Some((_, text)) = SHIPPED.iter().find(|(tag, _)| *tag == language) else {
        return Ok(all);
    };
    let mut texts = PlaybookTexts::from_toml(text, &all)?;
    for playbook in &mut all {
        let Some(mut translated) = texts.playbook.remove(&playbook.id) else {
            continue;
        };
        (playbook.title, playbook.plain) = (translated.title, translated.plain);
        for step in &mut playbook.step {
            if let Some(texts) = translated.step.remove(&step.id) {
                (step.text, step.plain) = (texts.text, texts.plain);
                (step.evidence, step.never) = (texts.evidence, texts.never);
            }
        }
    }
    Ok(all)
}
