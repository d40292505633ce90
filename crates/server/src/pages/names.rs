//! States by their names in the reader's language.

use crate::rules_data::shipped;
use crate::text::{Lang, Texts};

/// A state's name with its code; a code without a name as it is.
pub(crate) fn state(t: Texts, code: &str) -> String {
    match state_name(t, code) {
        Some(name) => t
            .say("states.named")
            .word("name", name)
            .word("code", code)
            .plain(),
        None => code.to_owned(),
    }
}

/// A state's name alone.
pub(crate) fn state_name(t: Texts, code: &str) -> Option<&'static str> {
    let names = &shipped().ok()?.reference.states.get(code)?.names;
    Some(match t.0 {
        Lang::En => &names.en,
        Lang::Fr => &names.fr,
        Lang::Ar => &names.ar,
    })
}

/// Several states in one text.
pub(crate) fn states<C: ToString>(t: Texts, codes: impl IntoIterator<Item = C>) -> String {
    let names: Vec<_> = codes
        .into_iter()
        .map(|c| state(t, &c.to_string()))
        .collect();
    t.list(&names)
}
