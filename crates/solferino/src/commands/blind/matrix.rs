//! A masked case as a page that a reviewer can read.

use method::input::{ActorKind, Case, Item};

/// Hypotheses, strands and items as Markdown tables.
pub(super) fn page(case: &Case) -> String {
    let mut out = String::from(
        "# A masked case\n\nStates, actors, sources and identifiers are tokens. What has one token is one thing. \
         Figures are those of the record.\n\nIf you recognise the case or a party, say so (`unmask`): your review then does not count as blind.\n\n## Hypotheses\n\n",
    );
    row(
        &mut out,
        ["place", "actor", "kind", "state", "prior"].map(String::from),
    );
    rule(&mut out, 5);
    for (n, a) in case.hypotheses.actors.iter().enumerate() {
        let kind = match a.kind {
            ActorKind::State => "state",
            ActorKind::NonState => "no state",
            ActorKind::NoneOfThese => "none of these",
        };
        let state = a.state.clone().unwrap_or_default();
        let cells = [
            (n + 1).to_string(),
            a.id.clone(),
            kind.into(),
            state,
            ppm(a.prior_ppm),
        ];
        row(&mut out, cells);
    }
    out.push_str(&format!(
        "\nPrior of imitation: {}. A review gives one probability per actor, in the order of this table.\n\n",
        ppm(case.hypotheses.delta_ppm)
    ));
    for r in &case.hypotheses.relations {
        out.push_str(&format!(
            "Blocs of sources counted as allied with {}: {}; as adverse: {}.\n\n",
            r.state,
            listed(&r.allied),
            listed(&r.adversary)
        ));
    }
    out.push_str("## Strands\n\n");
    row(
        &mut out,
        ["strand", "correlation", "corrupted"].map(String::from),
    );
    rule(&mut out, 3);
    for s in &case.strands {
        row(&mut out, [s.id.clone(), ppm(s.rho_ppm), ppm(s.c_ppm)]);
    }
    out.push_str("\n## Items\n\nUnder each actor: log10 of the likelihood ratio against \"none of these\", low / middle / high.\n\n");
    items(&mut out, case);
    out
}

fn items(out: &mut String, case: &Case) {
    let heads = ["item", "strand", "kind", "grade", "planted"];
    let tail = ["upstream", "re-checkable", "source", "exhibits"];
    let actors = case.hypotheses.actors.iter().map(|a| a.id.clone());
    let heads = heads.into_iter().map(String::from).chain(actors);
    let heads: Vec<String> = heads.chain(tail.into_iter().map(String::from)).collect();
    rule_after(out, heads);
    for item in &case.items {
        let grade = format!("{:?}{}", item.reliability, item.credibility.digit());
        let cells = [
            item.id.clone(),
            item.strand.clone(),
            word(&item.kind),
            grade,
        ];
        let mut cells: Vec<String> = cells.into();
        cells.push(ppm(item.phi_ppm));
        cells.extend(case.hypotheses.actors.iter().map(|a| ratio(item, &a.id)));
        let source = &item.source;
        let of = [
            Some(&source.organisation),
            source.state.as_ref(),
            source.bloc.as_ref(),
        ];
        let of: Vec<_> = of.into_iter().flatten().cloned().collect();
        cells.push(listed(&item.upstream));
        cells.push(if item.recheckable { "yes" } else { "no" }.into());
        cells.push(of.join(", "));
        let short = |hash: &String| hash.get(..16).unwrap_or(hash).to_string();
        cells.push(listed(&item.exhibits.iter().map(short).collect::<Vec<_>>()));
        row(out, cells);
    }
    for item in &case.items {
        let Some(d) = &item.deception else { continue };
        let rows = d
            .imitating
            .iter()
            .map(|i| format!("imitating {} {}", i.actor, bans(i.mban)));
        out.push_str(&format!(
            "\n{} speaks of the disguise: none {}, {}, another {}.\n",
            item.id,
            bans(d.none_mban),
            rows.collect::<Vec<_>>().join(", "),
            bans(d.other_mban)
        ));
    }
}

fn ratio(item: &Item, actor: &str) -> String {
    let found = item.lr.iter().find(|r| r.actor == actor);
    found.map_or_else(|| "0".into(), |r| r.mban.map(bans).join(" / "))
}

fn bans(mban: i32) -> String {
    format!("{:+.2}", f64::from(mban) / 1_000.0)
}

fn ppm(ppm: u32) -> String {
    format!("{:.3}", f64::from(ppm) / 1_000_000.0)
}

fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_string()
}

fn listed(words: &[String]) -> String {
    if words.is_empty() {
        return "none".into();
    }
    words.join(", ")
}

fn row(out: &mut String, cells: impl IntoIterator<Item = String>) {
    out.push('|');
    for cell in cells {
        out.push_str(&format!(" {} |", cell.replace('|', "\\|")));
    }
    out.push('\n');
}

fn rule(out: &mut String, columns: usize) {
    out.push_str(&format!("|{}\n", "---|".repeat(columns)));
}

fn rule_after(out: &mut String, heads: Vec<String>) {
    let columns = heads.len();
    row(out, heads);
    rule(out, columns);
}
