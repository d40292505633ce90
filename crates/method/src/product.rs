//! One strand's evidence over the table of joint hypotheses (method.md section 3, steps 1 to 4).
//!
//! Item likelihoods are divided by the item's greatest, so each factor of the product lies in
//! [1 - r, 1]; factors are multiplied, and one logarithm per cell is taken at the end. Items wait
//! until a strand is closed, and are then multiplied block of cells by block of cells, in their
//! order: the order of the cells changes no bit, and a block stays in registers.

use crate::elementary;
use crate::model::{ItemModel, Model};
use crate::wide::{Wide, wide};

/// Products are turned into logarithms before they could fall below this.
const FLUSH_BELOW: f64 = 1e-250;
/// Below the least factor of an item with r = 1: 40 bans between ratios and 20 of disguise.
const LEAST_FACTOR: f64 = 1e-70;
/// Exponents below it add nothing to a c of one part per million, however it is moved.
const LEAST_EXPONENT: f64 = -700.0;
/// Cells multiplied at a time.
const BLOCK: usize = 4;

/// The running product of one strand.
pub(crate) struct StrandProduct {
    /// Product of item factors per cell since the last flush.
    product: Vec<f64>,
    /// Logarithms of the flushed products per cell.
    logs: Vec<f64>,
    flushed: bool,
    /// A lower bound of every cell of `product`.
    bound: f64,
    pub(crate) count: u32,
    waiting: Waiting,
    scores: Vec<f64>,
}

/// Items not yet multiplied in.
#[derive(Default)]
struct Waiting {
    count: usize,
    /// Per item and actor: its factor where the actor is undisguised.
    plain: Vec<f64>,
    /// Per item and actor: what the author adds to the factor of a disguise.
    author: Vec<f64>,
    /// Per item and frame: what the one imitated adds.
    framed: Vec<f64>,
    /// `framed` in the order in which it is used: per block of frames, per item.
    blocks: Vec<[f64; BLOCK]>,
    /// One actor's column of `author`.
    own: Vec<f64>,
}

impl StrandProduct {
    pub(crate) fn new(model: &Model) -> Self {
        Self {
            product: vec![1.0; model.cells()],
            logs: vec![0.0; model.cells()],
            flushed: false,
            bound: 1.0,
            count: 0,
            waiting: Waiting::default(),
            scores: vec![0.0; model.cells()],
        }
    }

    pub(crate) fn reset(&mut self) {
        self.product.fill(1.0);
        if self.flushed {
            self.logs.fill(0.0);
        }
        self.flushed = false;
        self.bound = 1.0;
        self.count = 0;
        self.waiting.clear();
    }

    /// Multiplies in one item with ratios `ratio` per actor and reliability `r`.
    ///
    /// Steps 1 and 2 of section 3: `ℓ(a→y) = ((1-φ) L(a) + φ L(y))·dec`, then
    /// `(r ℓ + (1-r) M) / M` with M the greatest ℓ.
    pub(crate) fn multiply(&mut self, model: &Model, item: &ItemModel, ratio: &[f64], r: f64) {
        let slack = 1.0 - r;
        let factor = if slack > LEAST_FACTOR {
            slack
        } else {
            LEAST_FACTOR
        };
        if self.bound * factor < FLUSH_BELOW {
            self.flush(model);
        }
        self.bound *= factor;
        self.count += 1;
        match &item.deception {
            None => self.waiting.push(model, item.phi, ratio, r, slack),
            Some(dec) => {
                self.settle(model);
                self.multiply_deception(model, item.phi, ratio, r, slack, dec);
            }
        }
    }

    /// Multiplies in the items that wait.
    fn settle(&mut self, model: &Model) {
        if self.waiting.count > 0 {
            self.waiting.arrange(model.columns - 1);
            wide(Multiply {
                waiting: &mut self.waiting,
                model,
                product: &mut self.product,
            });
            self.waiting.clear();
        }
    }

    /// The product of the items so far, unless some were turned into logarithms.
    pub(crate) fn settled(&mut self, model: &Model) -> &[f64] {
        self.settle(model);
        &self.product
    }

    fn multiply_deception(
        &mut self,
        model: &Model,
        phi: f64,
        ratio: &[f64],
        r: f64,
        slack: f64,
        dec: &[f64],
    ) {
        let likelihood = &mut self.scores;
        let mut most = 0.0;
        for actor in 0..model.actors {
            for column in 0..model.columns {
                let plain = match column {
                    0 => ratio[actor],
                    _ => (1.0 - phi) * ratio[actor] + phi * ratio[model.frames[column - 1]],
                };
                let value = plain * dec[column];
                likelihood[actor * model.columns + column] = value;
                if model.exists(actor, column) && value > most {
                    most = value;
                }
            }
        }
        let k = r / most;
        for actor in 0..model.actors {
            for column in 0..model.columns {
                let place = actor * model.columns + column;
                if model.exists(actor, column) {
                    self.product[place] *= k * likelihood[place] + slack;
                }
            }
        }
    }

    fn flush(&mut self, model: &Model) {
        self.settle(model);
        for (log, cell) in self.logs.iter_mut().zip(&mut self.product) {
            *log += libm::log(*cell);
            *cell = 1.0;
        }
        self.flushed = true;
        self.bound = 1.0;
    }

    /// Steps 3 and 4 of section 3: the strand's factor `(1-c) e^{S - max S} + c` per cell.
    pub(crate) fn close(&mut self, model: &Model, rho: f64, c: f64, out: &mut [f64]) {
        self.settle(model);
        for (column, frame) in model.frames.iter().enumerate() {
            // the cell that does not exist must not be the greatest
            let row = frame * model.columns;
            self.product[row + column + 1] = self.product[row];
            self.logs[row + column + 1] = self.logs[row];
        }
        let effect = 1.0 + (f64::from(self.count) - 1.0) * rho;
        let share = 1.0 / effect;
        if effect == 1.0 && !self.flushed {
            let scale = (1.0 - c) / greatest(&self.product);
            for (cell, product) in out.iter_mut().zip(&self.product) {
                *cell = scale * product + c;
            }
            return;
        }
        wide(Factors {
            product: &self.product,
            logs: &self.logs,
            scores: &mut self.scores,
            share,
            c,
            out,
        });
    }
}

/// Multiplies the items that wait into the table.
struct Multiply<'a> {
    waiting: &'a mut Waiting,
    model: &'a Model,
    product: &'a mut [f64],
}

impl Wide for Multiply<'_> {
    #[inline(always)]
    fn run(self) {
        let rows = self.product.chunks_exact_mut(self.model.columns);
        for (actor, row) in rows.enumerate() {
            self.waiting.multiply_row(self.model, actor, row);
        }
    }
}

/// From products to the strand's factors: one logarithm and one exponential per cell.
struct Factors<'a> {
    product: &'a [f64],
    logs: &'a [f64],
    scores: &'a mut [f64],
    share: f64,
    c: f64,
    out: &'a mut [f64],
}

impl Wide for Factors<'_> {
    #[inline(always)]
    fn run(self) {
        let sums = self.product.iter().zip(self.logs);
        for (score, (product, logs)) in self.scores.iter_mut().zip(sums) {
            *score = (logs + elementary::ln(*product)) * self.share;
        }
        let most = greatest(self.scores);
        for (cell, score) in self.out.iter_mut().zip(self.scores.iter()) {
            let below = score - most;
            let exponent = if below > LEAST_EXPONENT {
                below
            } else {
                LEAST_EXPONENT
            };
            *cell = (1.0 - self.c) * elementary::exp(exponent) + self.c;
        }
    }
}

impl Waiting {
    fn clear(&mut self) {
        self.count = 0;
        self.plain.clear();
        self.author.clear();
        self.framed.clear();
    }

    fn push(&mut self, model: &Model, phi: f64, ratio: &[f64], r: f64, slack: f64) {
        // mixtures of two ratios never exceed the greater, so M is the greatest ratio itself
        let k = r / greatest(ratio);
        let (own, other) = (k * (1.0 - phi), k * phi);
        self.count += 1;
        self.plain.extend(ratio.iter().map(|l| k * l + slack));
        self.author.extend(ratio.iter().map(|l| own * l + slack));
        self.framed
            .extend(model.frames.iter().map(|frame| other * ratio[*frame]));
    }

    /// Puts `framed` in blocks, the last filled up with zeros.
    fn arrange(&mut self, frames: usize) {
        self.blocks.clear();
        for begin in (0..frames).step_by(BLOCK) {
            let end = frames.min(begin + BLOCK);
            for framed in self.framed.chunks_exact(frames) {
                let mut block = [0.0; BLOCK];
                block[..end - begin].copy_from_slice(&framed[begin..end]);
                self.blocks.push(block);
            }
        }
    }

    /// One actor's row of the table: column 0, then the frames block by block.
    #[inline(always)]
    fn multiply_row(&mut self, model: &Model, actor: usize, row: &mut [f64]) {
        let (undisguised, disguised) = row.split_at_mut(1);
        for own in self.plain.iter().skip(actor).step_by(model.actors) {
            undisguised[0] *= own;
        }
        self.own.clear();
        let own = self.author.iter().skip(actor).step_by(model.actors);
        self.own.extend(own);
        let mut items = self.blocks.chunks_exact(self.count);
        let (blocks, rest) = disguised.as_chunks_mut::<BLOCK>();
        for (cells, items) in blocks.iter_mut().zip(&mut items) {
            *cells = multiplied(*cells, items, &self.own);
        }
        if let (false, Some(items)) = (rest.is_empty(), items.next()) {
            let mut cells = [1.0; BLOCK];
            cells[..rest.len()].copy_from_slice(rest);
            rest.copy_from_slice(&multiplied(cells, items, &self.own)[..rest.len()]);
        }
    }
}

/// A block of cells of one author times the factors of all items, in their order.
#[inline(always)]
fn multiplied(mut cells: [f64; BLOCK], framed: &[[f64; BLOCK]], own: &[f64]) -> [f64; BLOCK] {
    for (framed, own) in framed.iter().zip(own) {
        for lane in 0..BLOCK {
            cells[lane] *= own + framed[lane];
        }
    }
    cells
}

/// The greatest of some numbers, none of them NaN; several are compared at a time.
#[inline(always)]
pub(crate) fn greatest(values: &[f64]) -> f64 {
    const LANES: usize = 8;
    let greater = |a: f64, b: f64| if b > a { b } else { a };
    let mut most = [f64::NEG_INFINITY; LANES];
    let blocks = values.chunks_exact(LANES);
    let rest = blocks.remainder();
    for block in blocks {
        for lane in 0..LANES {
            most[lane] = greater(most[lane], block[lane]);
        }
    }
    let all = most.into_iter().chain(rest.iter().copied());
    all.fold(f64::NEG_INFINITY, greater)
}
