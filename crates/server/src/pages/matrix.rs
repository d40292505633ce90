//! The tables of a finding: hypotheses against items, and the result without each of them.

use std::collections::BTreeMap;

use method::input::{Actor, ActorKind, Item};
use method::{Evaluation, Removal};

use super::account::Account;
use crate::words;

/// An item's row: how much each hypothesis is favoured by it.
pub(super) struct ItemRow {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) strand: String,
    pub(super) grade: String,
    pub(super) planted: String,
    pub(super) recheckable: bool,
    pub(super) source: String,
    pub(super) cells: Vec<String>,
    pub(super) account: Option<Account>,
    pub(super) exhibits: Vec<String>,
}

/// A row of the table without something.
pub(super) struct RemovalRow {
    pub(super) what: &'static str,
    pub(super) removed: String,
    pub(super) p: String,
    pub(super) top: String,
    pub(super) weight: String,
}

/// A hypothesis in words.
pub(super) fn hypothesis(actor: &Actor) -> String {
    match (actor.kind, &actor.state) {
        (ActorKind::State, Some(state)) => format!("{} ({state})", actor.id),
        (ActorKind::NonState, _) => format!("{} (no state)", actor.id),
        (ActorKind::NoneOfThese, _) => "none of these".to_owned(),
        (ActorKind::State, None) => actor.id.clone(),
    }
}

pub(super) fn item_row(
    item: &Item,
    actors: &[Actor],
    accounts: &BTreeMap<String, Account>,
) -> ItemRow {
    let cell = |actor: &Actor| {
        let ratio = item.lr.iter().find(|ratio| ratio.actor == actor.id);
        ratio.map_or_else(|| "0".to_owned(), |ratio| bans(ratio.mban[1]))
    };
    ItemRow {
        id: item.id.clone(),
        kind: word(&item.kind),
        strand: item.strand.clone(),
        grade: format!("{}{}", word(&item.reliability), item.credibility.digit()),
        planted: words::percent(item.phi_ppm),
        recheckable: item.recheckable,
        source: item.source.organisation.clone(),
        cells: actors.iter().map(cell).collect(),
        account: item
            .exhibits
            .iter()
            .find_map(|hash| accounts.get(hash).cloned()),
        exhibits: item.exhibits.clone(),
    }
}

pub(super) fn removals(evaluation: &Evaluation) -> Vec<RemovalRow> {
    let parts: [(&'static str, &[Removal]); 5] = [
        ("item", &evaluation.without_item),
        ("strand", &evaluation.without_strand),
        ("source", &evaluation.without_organisation),
        ("source state", &evaluation.without_source_state),
        ("source bloc", &evaluation.without_source_bloc),
    ];
    let rows = parts
        .into_iter()
        .flat_map(|(what, removed)| removed.iter().map(move |r| (what, r)));
    let row = |(what, r): (&'static str, &Removal)| RemovalRow {
        what,
        removed: r.removed.clone(),
        p: words::percent_of(r.p),
        top: match &r.top_state {
            Some(state) => format!("{state}, {}", words::percent_of(r.top_p)),
            None => "no state".to_owned(),
        },
        weight: format!("{:+.2}", r.weight_nats / std::f64::consts::LN_10),
    };
    rows.map(row).collect()
}

/// Thousandths of a ban as bans with a sign.
fn bans(mban: i32) -> String {
    match mban {
        0 => "0".to_owned(),
        _ => format!("{:+.2}", f64::from(mban) / 1_000.0),
    }
}

/// The wire name of a unit variant.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}
