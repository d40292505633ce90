//! The shipped corpus and states, and the ledger that a record's statements make.

use std::sync::LazyLock;

use norms::{
    Change, ContactKinds, Corpus, Day, Ledger, LedgerRow, LedgerRows, Party, States, Themes,
};
use record::kind::Kind;
use record::state::State;

use crate::error::ApiError;

/// What the program ships of rules and states.
pub(crate) struct Shipped {
    pub(crate) corpus: Corpus,
    pub(crate) states: States,
    pub(crate) themes: Themes,
    pub(crate) contacts: ContactKinds,
}

static SHIPPED: LazyLock<Result<Shipped, String>> = LazyLock::new(|| {
    let text = |e: &dyn std::error::Error| record::trust::with_sources(e);
    Ok(Shipped {
        corpus: Corpus::shipped().map_err(|e| text(&e))?,
        states: States::shipped().map_err(|e| text(&e))?,
        themes: Themes::shipped().map_err(|e| text(&e))?,
        contacts: ContactKinds::shipped().map_err(|e| text(&e))?,
    })
});

/// The shipped data, read once.
pub(crate) fn shipped() -> Result<&'static Shipped, ApiError> {
    SHIPPED.as_ref().map_err(ApiError::internal)
}

/// What a record's statements say of who accepted what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordLedger {
    /// The rows, in record order: accessions, reservations, withdrawals.
    pub rows: LedgerRows,
    /// Instruments that states accepted in this record and that the corpus does not have; their rows are left out.
    pub elsewhere: Vec<String>,
}

/// The ledger of a record (`state.accede`, `state.reserve`, `state.withdraw`), in the identifiers of a corpus. The
/// evidence of a row is the document the statement names, else the statement itself.
#[must_use]
pub fn record_ledger(state: &State, corpus: &Corpus) -> RecordLedger {
    let mut made = Made {
        state,
        corpus,
        ledger: RecordLedger::default(),
    };
    let global = &state.global;
    let said = made.said(Kind::StateAccede);
    for (a, id) in global.accessions.iter().zip(said) {
        let evidence = a.evidence_sha256.map_or(id, |h| h.to_string());
        let (who, when) = (a.state.to_string(), a.from.to_string());
        made.row(
            &who,
            a.instrument.as_str(),
            Change::Accede,
            &when,
            vec![],
            evidence,
        );
    }
    let said = made.said(Kind::StateReserve);
    for (r, id) in global.reservations.iter().zip(said) {
        let evidence = r.evidence_sha256.map_or(id, |h| h.to_string());
        let (who, when) = (r.state.to_string(), r.from.to_string());
        // One article number of a record may join several: `7/8`.
        let articles = r.articles.iter().flat_map(|a| {
            let text = a.to_string();
            text.split('/').map(str::to_owned).collect::<Vec<_>>()
        });
        let articles = articles.collect();
        made.row(
            &who,
            r.instrument.as_str(),
            Change::Reserve,
            &when,
            articles,
            evidence,
        );
    }
    let said = made.said(Kind::StateWithdraw);
    for (w, id) in global.withdrawals.iter().zip(said) {
        let evidence = w.evidence_sha256.map_or(id, |h| h.to_string());
        let (who, when) = (w.state.to_string(), w.from.to_string());
        made.row(
            &who,
            w.instrument.as_str(),
            Change::Withdraw,
            &when,
            vec![],
            evidence,
        );
    }
    made.ledger
}

struct Made<'a> {
    state: &'a State,
    corpus: &'a Corpus,
    ledger: RecordLedger,
}

impl Made<'_> {
    /// Identifiers of the statements of a kind, in record order: the n-th said the n-th row of the state.
    fn said(&self, kind: Kind) -> Vec<String> {
        let of_kind = self.state.statements.iter().filter(|(_, e)| e.kind == kind);
        let mut said: Vec<_> = of_kind.map(|(id, e)| (e.index, id.to_string())).collect();
        said.sort();
        said.into_iter().map(|(_, id)| id).collect()
    }

    fn row(
        &mut self,
        who: &str,
        instrument: &str,
        change: Change,
        from: &str,
        articles: Vec<String>,
        evidence: String,
    ) {
        let texts = self.corpus.texts();
        let text = texts.keys().find(|id| norms::short_word(id) == instrument);
        let (Some(text), Ok(party), Ok(from)) = (text, who.parse::<Party>(), from.parse::<Day>())
        else {
            if !self.ledger.elsewhere.iter().any(|i| i == instrument) {
                self.ledger.elsewhere.push(instrument.to_owned());
            }
            return;
        };
        self.ledger.rows.rows.push(LedgerRow {
            party,
            instrument: (*text).to_owned(),
            change,
            from,
            articles,
            evidence,
        });
    }
}

/// The ledger of a record, ready to be asked, and what in it contradicts itself. Whoever contradicts itself (accedes
/// twice, reserves what it never took on) is left out whole and so unknown: one state's statements silence no other's.
pub(crate) fn ledger(
    shipped: &'static Shipped,
    rows: &LedgerRows,
) -> Result<(Ledger<'static>, Vec<String>), ApiError> {
    let build = |rows| Ledger::build(rows, &shipped.corpus, &shipped.states);
    let faults = match build(rows) {
        Ok(ledger) => return Ok((ledger, Vec::new())),
        Err(faults) => faults,
    };
    let mut sound = rows.clone();
    sound
        .rows
        .retain(|row| faults.0.iter().all(|f| f.party != row.party.as_str()));
    let contradictions = faults.0.iter().map(ToString::to_string).collect();
    let ledger = build(&sound).map_err(ApiError::internal)?;
    Ok((ledger, contradictions))
}

/// The day a question is asked for: as given, else that of the record's governing time.
pub(crate) fn day(asked: Option<&str>, state: &State) -> Result<Day, ApiError> {
    let text = match (asked, state.global.time) {
        (Some(text), _) => text.to_owned(),
        (None, Some(time)) => time.to_string().chars().take("2015-07-22".len()).collect(),
        (None, None) => return Err(ApiError::bad_request("give on=, a day such as 2015-07-22")),
    };
    text.parse()
        .map_err(|e: norms::DateError| ApiError::bad_request(format!("on: {e}")))
}
