//! A case compiled for arithmetic: numbers only, in an order that no name and no filing order
//! can change.
//!
//! Joint hypotheses form a table: one row per declared actor; column 0 is "undisguised", each
//! further column is "imitating that listed actor". The cell where an actor would imitate itself
//! does not exist; it is kept at prior 0 so that rows stay contiguous.
//!
//! Strands, and items within a strand, are taken in the order of their *numeric content*, so that
//! permuting the statements of a record leaves every bit as it was. Two of equal content are
//! interchangeable. Ratios are shifted as integers before any conversion, so that multiplying all
//! ratios of an item by one factor leaves every bit as it was, too.

use crate::grade;
use crate::input::{ActorKind, Case, Item, MBAN, PPM};

/// An item as numbers.
pub(crate) struct ItemModel {
    /// Index among the declared items.
    pub(crate) index: usize,
    /// Middle reliability, a probability above 0.
    pub(crate) r: f64,
    /// Stated low and high reliability; without them the charter's width applies.
    pub(crate) r_range: Option<[f64; 2]>,
    /// Probability that an imitator reproduces the observation.
    pub(crate) phi: f64,
    /// Per actor: middle log10 ratio in bans.
    pub(crate) bans: Vec<f64>,
    /// Per actor: middle less low, bans.
    pub(crate) down: Vec<f64>,
    /// Per actor: high less middle, bans.
    pub(crate) up: Vec<f64>,
    /// Whether any ratio has a range.
    pub(crate) ranged: bool,
    /// Per actor: the ratio itself, at the middle.
    pub(crate) mid: Vec<f64>,
    /// Per column: factor on the likelihood, where the item speaks of disguise.
    pub(crate) deception: Option<Vec<f64>>,
}

/// A strand as numbers, with the items that can move anything.
pub(crate) struct StrandModel {
    /// Index among the declared strands.
    pub(crate) index: usize,
    /// Correlation within the strand.
    pub(crate) rho: f64,
    /// Probability that the whole strand is corrupted.
    pub(crate) c: f64,
    /// Whether a machine made it.
    pub(crate) machine: bool,
    /// Items with r > 0, in canonical order.
    pub(crate) items: Vec<ItemModel>,
}

/// A case as numbers.
pub(crate) struct Model {
    /// Number of actors (rows).
    pub(crate) actors: usize,
    /// Columns of the joint table: 1 + listed actors.
    pub(crate) columns: usize,
    /// Actor imitated in column 1, 2, …
    pub(crate) frames: Vec<usize>,
    /// Prior probability per actor.
    pub(crate) prior: Vec<f64>,
    /// Prior probability of imitation.
    pub(crate) delta: f64,
    /// State codes in order of first declaration.
    pub(crate) states: Vec<String>,
    /// Per actor: its state, as an index into `states`.
    pub(crate) state_of: Vec<Option<usize>>,
    /// Strands with at least one item that can move something, in canonical order.
    pub(crate) strands: Vec<StrandModel>,
    /// Number of declared items.
    pub(crate) item_count: usize,
}

/// log10 to plain ratio.
pub(crate) fn from_bans(bans: f64) -> f64 {
    libm::exp(bans * core::f64::consts::LN_10)
}

fn probability(ppm: u32) -> f64 {
    f64::from(ppm) / f64::from(PPM)
}

impl Model {
    /// Compiles a validated case.
    pub(crate) fn new(case: &Case) -> Self {
        let actors = &case.hypotheses.actors;
        let listed = |i: &usize| actors[*i].kind != ActorKind::NoneOfThese;
        let frames: Vec<usize> = (0..actors.len()).filter(listed).collect();
        let mut states: Vec<String> = Vec::new();
        let mut state_of = Vec::with_capacity(actors.len());
        for actor in actors {
            state_of.push(actor.state.as_ref().map(|state| {
                states.iter().position(|s| s == state).unwrap_or_else(|| {
                    states.push(state.clone());
                    states.len() - 1
                })
            }));
        }
        Self {
            actors: actors.len(),
            columns: frames.len() + 1,
            prior: actors.iter().map(|a| probability(a.prior_ppm)).collect(),
            delta: probability(case.hypotheses.delta_ppm),
            states,
            state_of,
            strands: compile_strands(case, &frames),
            frames,
            item_count: case.items.len(),
        }
    }

    /// Number of cells of the joint table, the impossible ones included.
    pub(crate) fn cells(&self) -> usize {
        self.actors * self.columns
    }

    /// Whether a cell is a hypothesis (an actor does not imitate itself).
    pub(crate) fn exists(&self, actor: usize, column: usize) -> bool {
        column == 0 || self.frames[column - 1] != actor
    }
}

fn compile_strands(case: &Case, frames: &[usize]) -> Vec<StrandModel> {
    let mut keyed: Vec<(Vec<i64>, StrandModel)> = Vec::new();
    for (index, strand) in case.strands.iter().enumerate() {
        let mut items: Vec<(Vec<i64>, ItemModel)> = Vec::new();
        for (item_index, item) in case.items.iter().enumerate() {
            if item.strand == strand.id && grade::item_r(item) > 0.0 {
                items.push(compile_item(case, frames, item_index, item));
            }
        }
        if items.is_empty() {
            continue;
        }
        items.sort_by(|a, b| a.0.cmp(&b.0));
        let mut key = vec![
            i64::from(strand.c_ppm),
            i64::from(strand.rho_ppm),
            i64::from(strand.machine),
        ];
        key.extend(items.iter().flat_map(|(k, _)| k.iter().copied()));
        let model = StrandModel {
            index,
            rho: probability(strand.rho_ppm),
            c: probability(strand.c_ppm),
            machine: strand.machine,
            items: items.into_iter().map(|(_, item)| item).collect(),
        };
        keyed.push((key, model));
    }
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    keyed.into_iter().map(|(_, strand)| strand).collect()
}

/// The item's numbers, and the key that orders it: the same numbers, as integers.
fn compile_item(case: &Case, frames: &[usize], index: usize, item: &Item) -> (Vec<i64>, ItemModel) {
    let actors = &case.hypotheses.actors;
    let mut mban = vec![[0_i32; 3]; actors.len()];
    for (row, actor) in mban.iter_mut().zip(actors) {
        if let Some(ratio) = item.lr.iter().find(|r| r.actor == actor.id) {
            *row = ratio.mban;
        }
    }
    let top = mban.iter().map(|row| row[1]).max().unwrap_or(0);
    let shifted: Vec<[i32; 3]> = mban.iter().map(|row| row.map(|v| v - top)).collect();
    let bans: Vec<[f64; 3]> = shifted.iter().map(|row| row.map(bans_of)).collect();

    let disguise = item.deception.as_ref().map(|deception| {
        let named = |frame: &usize| {
            let row = deception
                .imitating
                .iter()
                .find(|r| r.actor == actors[*frame].id);
            row.map_or(deception.other_mban, |r| r.mban)
        };
        let mut columns = vec![deception.none_mban];
        columns.extend(frames.iter().map(named));
        let top = columns.iter().copied().max().unwrap_or(0);
        columns.iter().map(|v| v - top).collect::<Vec<i32>>()
    });

    let mut key = match item.r_ppm {
        Some(range) => range.map(i64::from).to_vec(),
        None => vec![
            -1,
            item.reliability as i64,
            i64::from(item.credibility.digit()),
        ],
    };
    key.push(i64::from(item.phi_ppm));
    key.extend(shifted.iter().flatten().map(|v| i64::from(*v)));
    key.push(i64::from(disguise.is_some()));
    key.extend(disguise.iter().flatten().map(|v| i64::from(*v)));

    let model = ItemModel {
        index,
        r: grade::item_r(item),
        r_range: item
            .r_ppm
            .map(|[low, _, high]| [probability(low), probability(high)]),
        phi: probability(item.phi_ppm),
        ranged: shifted.iter().any(|row| row[0] != row[2]),
        mid: bans.iter().map(|row| from_bans(row[1])).collect(),
        down: bans.iter().map(|row| row[1] - row[0]).collect(),
        up: bans.iter().map(|row| row[2] - row[1]).collect(),
        bans: bans.iter().map(|row| row[1]).collect(),
        deception: disguise.map(|d| d.into_iter().map(|v| from_bans(bans_of(v))).collect()),
    };
    (key, model)
}

fn bans_of(mban: i32) -> f64 {
    f64::from(mban) / f64::from(MBAN)
}
