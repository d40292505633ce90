//! Paging who is on call (docs/aid.md, section 4). What is to be said at a moment is computed by `aid`; here it is handed
//! to whoever posts it, and what became of it is kept, so that a restart tells nobody twice.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aid::{Alarm, Id, Page, Webhook};
use record::time::Timestamp;
use store::{Record, StoreError, on_call};
use tokio::task::JoinSet;

use crate::app::App;

/// How often the desk looks whom to tell.
const EVERY: Duration = Duration::from_secs(5);

type Post = dyn Fn(&Webhook, &str) -> Result<(), String> + Send + Sync;

/// What posts a page to an address.
#[derive(Clone)]
pub struct Pager(Arc<Post>);

impl Pager {
    /// A pager from a function, which may block and ends within seconds. Its error is a sentence for the server's log and
    /// does not name the address, which may hold a secret.
    pub fn new(
        post: impl Fn(&Webhook, &str) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(post))
    }
}

impl fmt::Debug for Pager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pager(…)")
    }
}

/// What a look came to, in alarms: one request's clock for one person counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Arrived now.
    pub told: u64,
    /// Did not arrive now; tried again later.
    pub failed: u64,
    /// For people without an address; they have the desk's list.
    pub listed: u64,
}

/// Looks whom to tell at a moment, tells them, and keeps what was said. `None` where the record has no rota.
///
/// # Errors
/// [`StoreError`] where rota or account cannot be read or written.
pub async fn page(
    record: &Record,
    pager: &Pager,
    now: Timestamp,
) -> Result<Option<Told>, StoreError> {
    let (dir, at_s) = (record.dir(), now.unix_seconds());
    let Some(rota) = on_call::read_rota(&on_call::rota_file(dir))? else {
        return Ok(None);
    };
    let alarms = record.state().aid.alarms(now);
    let before = on_call::outbox(dir)?;
    let mut outbox = before.clone().at(&rota.shifts, &alarms, at_s);
    let mut told = Told::default();
    let mut posting = JoinSet::new();
    for (person, alarms) in outbox.to_send(at_s) {
        match rota.webhook(&person) {
            Some(webhook) => {
                let page = Page::new(record.origin(), &alarms, at_s);
                posting.spawn(post(pager.clone(), webhook.clone(), page, person, alarms));
            }
            None => {
                told.listed += alarms.len() as u64;
                outbox.note(&person, &alarms, true, at_s);
            }
        }
    }
    if outbox != before && posting.is_empty() {
        on_call::keep_outbox(dir, &outbox)?;
    }
    while let Some(done) = posting.join_next().await {
        let Ok((person, alarms, posted)) = done else {
            continue; // it panicked: nothing is noted of it, so it is tried again
        };
        let count = alarms.len() as u64;
        match &posted {
            Ok(()) => told.told += count,
            Err(problem) => {
                told.failed += count;
                tracing::warn!(problem, alarms = count, "a page did not arrive");
            }
        }
        outbox.note(&person, &alarms, posted.is_ok(), at_s);
        on_call::keep_outbox(dir, &outbox)?;
    }
    Ok(Some(told))
}

async fn post(
    pager: Pager,
    webhook: Webhook,
    page: Page,
    person: Id,
    alarms: Vec<Alarm>,
) -> (Id, Vec<Alarm>, Result<(), String>) {
    let work = move || {
        let text = serde_json::to_string(&page).map_err(|e| e.to_string())?;
        (pager.0)(&webhook, &text)
    };
    let posted = tokio::task::spawn_blocking(work).await;
    (
        person,
        alarms,
        posted.unwrap_or_else(|e| Err(e.to_string())),
    )
}

/// Pages for as long as the record is served.
pub(crate) async fn keep_paging(app: App, pager: Pager) {
    let mut problem_said = None;
    loop {
        let problem = match page(app.record(), &pager, app.now()).await {
            Ok(told) => {
                app.metrics().paged(told);
                None
            }
            Err(error) => {
                app.metrics().paged(None);
                Some(record::trust::with_sources(&error))
            }
        };
        if let Some(problem) = problem
            .as_ref()
            .filter(|p| problem_said.as_ref() != Some(*p))
        {
            tracing::error!(problem, "nobody is paged");
        }
        problem_said = problem;
        tokio::time::sleep(EVERY).await;
    }
}
