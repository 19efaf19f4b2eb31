//! Products of activations with several matrices at once.

use super::avx512::{Avx512, Factors};
use super::matrix::{LANES, Matrix, TASK};
use super::pool::Pool;
use super::rows::{Rows, SPAN, Sums};

/// Rows that a task takes before it writes its products down: they, and a span of the weights, stay in the cache.
const BLOCK: usize = 126;

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

/// One task: a pair of panels.
struct Task<'a> {
    matrix: &'a Matrix,
    sums: &'a Sums,
    pair: usize,
    column: Column,
}

/// Multiplies `x`, `[rows, inputs]`, by each matrix: `[rows, outputs]` for each. All matrices have the same inputs.
pub(in crate::engine::model) fn multiply(simd: Avx512, pool: &Pool, x: &[f32], matrices: &[&Matrix]) -> Vec<Vec<f32>> {
    let inputs = matrices.first().map_or(1, |matrix| matrix.inputs());
    assert!(x.len().is_multiple_of(inputs) && matrices.iter().all(|matrix| matrix.inputs() == inputs));
    let rows = Rows::quantize(simd, pool, x, inputs);
    let sums: Vec<_> = matrices.iter().map(|matrix| rows.sums(matrix.scheme())).collect();
    let mut products: Vec<_> = matrices.iter().map(|matrix| vec![0.0; rows.len() * matrix.outputs()]).collect();
    let mut tasks = Vec::new();
    for ((matrix, sums), products) in matrices.iter().zip(&sums).zip(&mut products) {
        let stride = matrix.outputs();
        for pair in 0..stride.div_ceil(TASK) {
            let width = TASK.min(stride - pair * TASK);
            // SAFETY: `pair * TASK` is under `outputs`, so this is an offset into the first row.
            let products = unsafe { products.as_mut_ptr().add(pair * TASK) };
            tasks.push(Task { matrix, sums, pair, column: Column { products, stride, width } });
        }
    }
    if rows.len() > 0 {
        pool.each(&mut tasks, |task| task.run(simd, &rows));
    }
    products
}

impl Task<'_> {
    fn run(&mut self, simd: Avx512, rows: &Rows) {
        let (inputs, scheme) = (self.matrix.inputs(), self.matrix.scheme());
        let (spans, groups) = (inputs.div_ceil(SPAN), inputs / scheme.group);
        let panels = [0, 1].map(|side| self.matrix.panel(self.pair * TASK / LANES + side));
        for start in (0..rows.len()).step_by(BLOCK) {
            let count = BLOCK.min(rows.len() - start);
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
            let mut products = vec![[0.0; TASK]; count];
            simd.multiply(panels, scheme, &factors, &mut products);
            let Column { products: to, stride, width } = self.column;
            for (row, products) in products.iter().enumerate() {
                // SAFETY: the row exists, and the column's `width` numbers of it belong to this task alone.
                unsafe { to.add((start + row) * stride).copy_from_nonoverlapping(products.as_ptr(), width) };
            }
        }
    }
}
