//! Products of activations with several matrices at once.

use super::gate::Gate;
use super::matrix::{LANES, Matrix, Panels, TASK};
use super::pool::Pool;
use super::rows::{Factors, Rows, RowsFor, Sums};
use super::simd::Simd;

/// Rows that a task takes before it writes its products down: they, and a span of the weights, stay in the cache.
const BLOCK: usize = 96;

/// Where a task writes: a column of 32 outputs of one matrix's products. No two tasks have the same.
struct Column {
    products: *mut f32,
    /// Outputs of the matrix.
    stride: usize,
    /// Outputs from here to the end of the matrix, at most [`TASK`].
    width: usize,
}

// SAFETY: a column is written by the one task that has it, while the owner of the memory waits for that task.
unsafe impl Send for Column {}

/// One task: a pair of panels of one matrix, or of two whose products meet in a gate.
struct Task<'a> {
    weights: Weights<'a>,
    up: Option<(Gate, Weights<'a>)>,
    pair: usize,
    column: Column,
}

/// A matrix, and what its scheme needs to know about the rows.
#[derive(Clone, Copy)]
struct Weights<'a> {
    matrix: &'a Matrix,
    rows: &'a Rows,
    sums: &'a Sums,
}

/// Multiplies `x`, `[rows, inputs]`, by each matrix: `[rows, outputs]` for each. All matrices have the same inputs.
pub(in crate::engine::model) fn multiply(simd: Simd, pool: &Pool, x: &[f32], matrices: &[&Matrix]) -> Vec<Vec<f32>> {
    let inputs = matrices.first().map_or(1, |matrix| matrix.inputs());
    assert!(matrices.iter().all(|matrix| matrix.inputs() == inputs));
    let (count, rows) = (x.len() / inputs, RowsFor::quantize((simd, pool), x, matrices));
    let sums: Vec<_> = matrices.iter().map(|matrix| rows.of(matrix.scheme()).sums(matrix.scheme())).collect();
    let mut products: Vec<_> = matrices.iter().map(|matrix| vec![0.0; count * matrix.outputs()]).collect();
    let mut tasks = Vec::new();
    for ((matrix, sums), products) in matrices.iter().zip(&sums).zip(&mut products) {
        let columns = columns(products, count, matrix.outputs());
        let weights = Weights { matrix, rows: rows.of(matrix.scheme()), sums };
        tasks.extend(columns.enumerate().map(|(pair, column)| Task { weights, up: None, pair, column }));
    }
    pool.each(&mut tasks, Task::run);
    products
}

/// Writes `bend(gate x) * (up x)`, `[rows, outputs]`, to `gated`, whatever it held before.
pub(in crate::engine::model) fn multiply_gated(
    (simd, pool): (Simd, &Pool),
    x: &[f32],
    (kind, [gate, up]): (Gate, [&Matrix; 2]),
    gated: &mut Vec<f32>,
) {
    assert!(gate.inputs() == up.inputs() && gate.outputs() == up.outputs());
    let (count, rows) = (x.len() / gate.inputs(), RowsFor::quantize((simd, pool), x, &[gate, up]));
    let sums = [gate, up].map(|matrix| rows.of(matrix.scheme()).sums(matrix.scheme()));
    gated.resize(count * gate.outputs(), 0.0);
    let weights = Weights { matrix: gate, rows: rows.of(gate.scheme()), sums: &sums[0] };
    let up = Some((kind, Weights { matrix: up, rows: rows.of(up.scheme()), sums: &sums[1] }));
    let columns = columns(gated, count, gate.outputs()).enumerate();
    let mut tasks: Vec<_> = columns.map(|(pair, column)| Task { weights, up, pair, column }).collect();
    pool.each(&mut tasks, Task::run);
}

/// The columns of `[rows, outputs]`, one for each task.
fn columns(products: &mut [f32], rows: usize, outputs: usize) -> impl Iterator<Item = Column> {
    assert_eq!(products.len(), rows * outputs);
    let count = if rows == 0 { 0 } else { outputs.div_ceil(TASK) };
    (0..count).map(move |pair| Column {
        // SAFETY: `pair * TASK` is under `outputs`, and there is a row.
        products: unsafe { products.as_mut_ptr().add(pair * TASK) },
        stride: outputs,
        width: TASK.min(outputs - pair * TASK),
    })
}

impl Task<'_> {
    fn run(&mut self) {
        let rows = self.weights.rows;
        for start in (0..rows.len()).step_by(BLOCK) {
            let count = BLOCK.min(rows.len() - start);
            let mut products = self.weights.multiply((start, count), self.pair);
            if let Some((kind, up)) = &self.up {
                let up = up.multiply((start, count), self.pair);
                rows.simd.gate(*kind, products.as_flattened_mut(), up.as_flattened());
            }
            let Column { products: to, stride, width } = self.column;
            for (row, products) in products.iter().enumerate() {
                // SAFETY: the row exists, and the column's `width` numbers of it belong to this task alone.
                unsafe { to.add((start + row) * stride).copy_from_nonoverlapping(products.as_ptr(), width) };
            }
        }
    }
}

impl Weights<'_> {
    /// The products of `count` rows from row number `start` with a pair of panels.
    fn multiply(&self, (start, count): (usize, usize), pair: usize) -> Vec<[f32; TASK]> {
        let (inputs, scheme, rows) = (self.matrix.inputs(), self.matrix.scheme(), self.rows);
        let (spans, groups) = (inputs.div_ceil(scheme.span()), inputs / scheme.group);
        let (sums, starts): (&[f32], &[i32]) = match self.sums {
            Sums::Plain(sums) => (&sums[start * groups..][..count * groups], &[]),
            Sums::Starts(starts) => (&[], &starts[start * groups..][..count * groups]),
        };
        let factors = Factors {
            inputs,
            codes: &rows.codes()[start * inputs..][..count * inputs],
            scales: &rows.scales()[start * spans..][..count * spans],
            sums,
            starts,
        };
        let bytes = [0, 1].map(|side| self.matrix.panel(pair * TASK / LANES + side));
        let mut products = vec![[0.0; TASK]; count];
        rows.simd.multiply(Panels { bytes, scheme }, &factors, &mut products);
        products
    }
}
