//! The worked example of docs/method.md, computed anew from the printed forms and held against
//! the page's figures and the method's.

use crate::support::{close, item, params, strand, three};
use solferino_method::{Case, evaluate_as_given};

const PAGE: &str = include_str!("../../../docs/method.md");

/// Author and the one imitated, as rows 0 A, 1 B, 2 U.
const CELLS: [(usize, Option<usize>); 7] = [
    (0, None),
    (0, Some(1)),
    (1, None),
    (1, Some(0)),
    (2, None),
    (2, Some(0)),
    (2, Some(1)),
];
const PRIORS: [f64; 3] = [0.3, 0.2, 0.5];
const RATIOS: [[f64; 3]; 3] = [[10.0, 1.0, 1.0], [10.0, 10.0, 1.0], [100.0, 1.0, 1.0]];
const R: [f64; 3] = [0.9, 0.8, 0.9];
const PHI: [f64; 3] = [0.5, 0.2, 0.1];

/// The columns of one row: prior, x of each item, S and G of s1, G of s2, weight.
struct Row {
    prior: f64,
    x: [f64; 3],
    s1: f64,
    g1: f64,
    g2: f64,
}

impl Row {
    fn weight(&self) -> f64 {
        self.prior * self.g1 * self.g2
    }
}

fn likelihood(item: usize, (author, imitated): (usize, Option<usize>)) -> f64 {
    let own = RATIOS[item][author];
    imitated.map_or(own, |y| {
        (1.0 - PHI[item]) * own + PHI[item] * RATIOS[item][y]
    })
}

fn rows() -> Vec<Row> {
    let x = |item: usize, cell| {
        let most = CELLS
            .map(|c| likelihood(item, c))
            .into_iter()
            .fold(0.0, f64::max);
        R[item] * likelihood(item, cell) / most + 1.0 - R[item]
    };
    let factor = |c: f64, s: f64| (1.0 - c) * s.exp() + c;
    let row = |cell: (usize, Option<usize>)| {
        let others = if cell.0 == 2 { 2.0 } else { 1.0 };
        let share = cell.1.map_or(0.9, |_| 0.1 / others);
        let x = [x(0, cell), x(1, cell), x(2, cell)];
        // the greatest sum of either strand is 0: hypothesis A gives every item its most
        let s1 = (x[0].ln() + x[1].ln()) / 1.5;
        Row {
            prior: PRIORS[cell.0] * share,
            x,
            s1,
            g1: factor(0.1, s1),
            g2: factor(0.05, x[2].ln()),
        }
    };
    CELLS.map(row).into_iter().collect()
}

/// A figure as the page prints it: no leading zero, a true minus.
fn print(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let text = text.strip_prefix('0').unwrap_or(&text).to_owned();
    let negative = value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if negative { format!("−{text}") } else { text }
}

fn case() -> Case {
    let mut case = three([300_000, 200_000, 500_000], 100_000);
    case.strands = vec![strand("s1", 500_000, 100_000), strand("s2", 0, 50_000)];
    case.items = vec![
        item("i1", "s1", 900_000, 500_000, &[("a", 1_000)]),
        item("i2", "s1", 800_000, 200_000, &[("a", 1_000), ("b", 1_000)]),
        item("i3", "s2", 900_000, 100_000, &[("a", 2_000)]),
    ];
    case
}

#[test]
fn the_page_prints_what_the_forms_give() {
    let rows = rows();
    let total: f64 = rows.iter().map(Row::weight).sum();
    let names = ["A", "A→B", "B", "B→A", "U", "U→A", "U→B"];
    for (name, row) in names.iter().zip(&rows) {
        let mut columns = vec![(*name).to_owned(), print(row.prior, 4)];
        columns.extend(row.x.map(|x| print(x, 4)));
        columns.extend([row.s1, row.g1, row.g2].map(|v| print(v, 4)));
        columns.push(print(row.weight(), 6));
        columns.push(print(row.weight() / total, 4));
        let line = format!("| {} |", columns.join(" | "));
        assert!(PAGE.contains(&line), "the page lacks: {line}");
    }
    assert!(PAGE.contains(&format!("sum of the weights, {}.", print(total, 6))));
}

#[test]
fn the_method_gives_what_the_forms_give() {
    let rows = rows();
    let total: f64 = rows.iter().map(Row::weight).sum();
    let result = evaluate_as_given(&case(), &params()).unwrap();
    for (actor, got) in result.actors.iter().enumerate() {
        let own = rows.iter().zip(CELLS).filter(|(_, cell)| cell.0 == actor);
        let want: f64 = own.map(|(row, _)| row.weight() / total).sum();
        close(got.p, want, 1e-12, &got.actor);
        let framed = rows
            .iter()
            .zip(CELLS)
            .filter(|(_, cell)| cell.1 == Some(actor));
        let want: f64 = framed.map(|(row, _)| row.weight() / total).sum();
        close(got.framed, want, 1e-12, &got.actor);
    }
    let p = |value: f64| print(value, 4);
    let [a, b, u] = [0, 1, 2].map(|i| p(result.actors[i].p));
    assert!(
        PAGE.contains(&format!("= **{a}**; P(B) = {b}; P(U) = {u};")),
        "{a} {b} {u}"
    );
    assert!(PAGE.contains(&format!("= {}.\nTextbook", p(result.actors[0].framed))));
    let [i1, i2, i3] = [0, 1, 2].map(|i| p(result.without_item[i].p));
    let s1 = p(result.without_strand[0].p);
    let line = format!("P(A) is {i3}, without i1 {i1}, without i2 {i2}, without s1\n{s1}.");
    assert!(PAGE.contains(&line), "{line}");
    let weight = p(result.without_item[2].weight_nats);
    assert!(PAGE.contains(&format!("= {weight} nats.")), "{weight}");
    close(
        result.tipping[0].stated_bans - result.tipping[0].tipping_bans,
        0.932,
        5e-4,
        "bans",
    );
}
