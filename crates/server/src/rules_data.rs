//! The data the program ships beside the record's own law: states, themes, kinds of contact.

use std::sync::LazyLock;

use norms::{ContactKinds, Day, Reference};
use record::state::State;

use crate::error::ApiError;

/// What the program ships of states and themes; norms and ledger are the record's own.
pub(crate) struct Shipped {
    pub(crate) reference: &'static Reference,
    pub(crate) contacts: ContactKinds,
}

static SHIPPED: LazyLock<Result<Shipped, String>> = LazyLock::new(|| {
    let text = |e: &dyn std::error::Error| record::trust::with_sources(e);
    Ok(Shipped {
        reference: Reference::shipped().map_err(|e| text(&e))?,
        contacts: ContactKinds::shipped().map_err(|e| text(&e))?,
    })
});

/// The shipped data, read once.
pub(crate) fn shipped() -> Result<&'static Shipped, ApiError> {
    SHIPPED.as_ref().map_err(ApiError::internal)
}

/// The day a question is asked for: as given, else that of the record's governing time.
pub(crate) fn day(asked: Option<&str>, state: &State) -> Result<Day, ApiError> {
    let text = match (asked, state.global.time) {
        (Some(text), _) => text.to_owned(),
        (None, Some(time)) => time.day().to_string(),
        (None, None) => return Err(ApiError::bad_request("give on=, a day such as 2015-07-22")),
    };
    text.parse()
        .map_err(|e: norms::DateError| ApiError::bad_request(format!("on: {e}")))
}
