//! The tables of a finding: hypotheses against items, and the result without each of them.

use std::collections::BTreeMap;

use method::input::{Actor, ActorKind, Item};
use method::{Evaluation, LinchpinKind, Removal};

use super::account::Account;
use super::{names, sentences};
use crate::text::{Markup, Texts, foreign, markup};
use crate::words::coded;

/// An item's row: how much each hypothesis is favoured by it.
pub(super) struct ItemRow {
    pub(super) id: Markup,
    pub(super) kind: String,
    pub(super) strand: Markup,
    pub(super) grade: String,
    pub(super) planted: String,
    pub(super) recheckable: &'static str,
    pub(super) source: Markup,
    pub(super) cells: Vec<Cell>,
    pub(super) account: Option<Markup>,
    pub(super) exhibits: Vec<String>,
}

/// A weight, and how dark it is shown: 0 to 4, with a sign.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) shade: &'static str,
}

/// A row of the table without something.
pub(super) struct RemovalRow {
    pub(super) what: String,
    pub(super) removed: String,
    pub(super) percent: String,
    pub(super) top: String,
    pub(super) weight: String,
}

/// A hypothesis in words.
pub(super) fn hypothesis(t: Texts, actor: &Actor) -> Markup {
    match (actor.kind, &actor.state) {
        (ActorKind::State, Some(state)) => {
            let say = t.say("finding.of-state").with("actor", &actor.id);
            say.word("state", names::state_name(t, state).unwrap_or(state))
                .html()
        }
        (ActorKind::NonState, _) => t.say("finding.no-state").with("actor", &actor.id).html(),
        (ActorKind::NoneOfThese, _) => t.say("finding.none-of-these").html(),
        (ActorKind::State, None) => foreign(&actor.id),
    }
}

pub(super) fn item_row(
    t: Texts,
    item: &Item,
    actors: &[Actor],
    accounts: &BTreeMap<String, Account>,
) -> ItemRow {
    let cell = |actor: &Actor| {
        let ratio = item.lr.iter().find(|ratio| ratio.actor == actor.id);
        cell(t, ratio.map_or(0, |ratio| ratio.mban[1]))
    };
    let account = item.exhibits.iter().find_map(|hash| accounts.get(hash));
    ItemRow {
        id: foreign(&item.id),
        kind: t.word("item", &item.kind),
        strand: foreign(&item.strand),
        grade: format!("{}{}", coded(&item.reliability), item.credibility.digit()),
        planted: t.percent(item.phi_ppm),
        recheckable: t.s(if item.recheckable {
            "common.yes"
        } else {
            "common.no"
        }),
        source: foreign(&item.source.organisation),
        cells: actors.iter().map(cell).collect(),
        account: account.map(|a| account_text(t, a)),
        exhibits: item.exhibits.clone(),
    }
}

fn account_text(t: Texts, account: &Account) -> Markup {
    let mut html = foreign(&account.what).0;
    if !account.public_source.is_empty() {
        let source = t
            .say("finding.account-source")
            .with("source", &account.public_source);
        html = format!("{html} {}", source.html().0);
    }
    if !account.known.is_empty() {
        let day = t
            .written_day(&account.known)
            .unwrap_or_else(|| account.known.clone());
        let known = t.say("finding.account-known").with("day", day);
        html = format!("{html} {}", known.html().0);
    }
    markup(html)
}

/// Thousandths of a ban as bans with a sign.
fn cell(t: Texts, mban: i32) -> Cell {
    let shade = match mban {
        i32::MIN..=-1_000 => "against strong",
        -999..=-1 => "against",
        0 => "",
        1..=999 => "for",
        1_000.. => "for strong",
    };
    let text = match mban {
        0 => "0".to_owned(),
        _ => t.signed(f64::from(mban) / 1_000.0, 2),
    };
    Cell { text, shade }
}

/// What can be left out, and what came of it.
pub(super) fn left_out(e: &Evaluation) -> [(LinchpinKind, &[Removal]); 5] {
    [
        (LinchpinKind::Item, &e.without_item),
        (LinchpinKind::Strand, &e.without_strand),
        (LinchpinKind::SourceOrganisation, &e.without_organisation),
        (LinchpinKind::SourceState, &e.without_source_state),
        (LinchpinKind::SourceBloc, &e.without_source_bloc),
    ]
}

pub(super) fn removals(t: Texts, evaluation: &Evaluation) -> Vec<RemovalRow> {
    let rows = left_out(evaluation)
        .into_iter()
        .flat_map(|(kind, removed)| removed.iter().map(move |r| (kind, r)));
    let row = |(kind, r): (LinchpinKind, &Removal)| RemovalRow {
        what: sentences::removal_kind(t, kind),
        removed: r.removed.clone(),
        percent: t.percent_of(r.p),
        top: match &r.top_state {
            Some(state) => {
                let say = t.say("finding.then").word("state", names::state(t, state));
                say.word("percent", t.percent_of(r.top_p)).plain()
            }
            None => t.s("finding.no-state-leads").to_owned(),
        },
        weight: t.signed(r.weight_nats / std::f64::consts::LN_10, 2),
    };
    rows.map(row).collect()
}
