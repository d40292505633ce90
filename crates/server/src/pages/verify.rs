//! Verifying in the browser: the panel on a finding's page, and a page of its own for any bundle.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Frame, Place, scripted, show};
use crate::app::App;
use crate::assets::address;
use crate::modules::VERIFIER;
use crate::text::{Lang, Markup, script_texts};

/// What the panel needs.
pub(crate) struct Verifier {
    pub(crate) module: Option<ModuleLink>,
    /// Where the bundle is, on a finding's page.
    pub(crate) bundle: Option<String>,
    /// The finding it has to be, on a finding's page.
    pub(crate) finding: Option<String>,
    /// The panel's words for its script, as JSON.
    pub(crate) texts: Markup,
}

/// Where the module is, and what its bytes have to be.
pub(crate) struct ModuleLink {
    pub(crate) address: String,
    pub(crate) digest: String,
}

impl ModuleLink {
    pub(crate) fn of(app: &App) -> Option<Self> {
        let module = app.config().modules.verifier.as_ref()?;
        Some(Self {
            address: address(VERIFIER),
            digest: module.sha256.to_string(),
        })
    }
}

impl Verifier {
    /// For any bundle, or for that of a finding.
    pub(crate) fn of(app: &App, lang: Lang, finding: Option<&str>) -> Self {
        Self {
            module: ModuleLink::of(app),
            bundle: finding.map(|id| format!("/findings/{id}.bundle")),
            finding: finding.map(str::to_owned),
            texts: script_texts(lang, "verify", &[("outcome-", "outcome")]),
        }
    }
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    frame: Frame,
    verifier: Verifier,
}

pub(super) async fn page(State(app): State<App>, place: Place) -> Response {
    let verifier = Verifier::of(&app, place.lang, None);
    let page = show(app, place, |_, frame| Ok(VerifyPage { frame, verifier }));
    scripted(page.await)
}
