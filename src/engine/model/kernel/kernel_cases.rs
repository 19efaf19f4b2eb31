//! The kernels against plain arithmetic on the weights that candle reads from the same blocks.

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};

use half::f16;

use super::blocks::STRETCH;
use super::matrix::{LANES, LINE, Parts, SLAB_LINES};
use super::rows::SPAN;
use super::{Attention, Gate, Matrix, PAGE, Packer, Pool, Simd, multiply};

const TYPES: [GgmlDType; 8] = [
    GgmlDType::Q4_0,
    GgmlDType::Q4_1,
    GgmlDType::Q5_0,
    GgmlDType::Q5_1,
    GgmlDType::Q8_0,
    GgmlDType::Q4K,
    GgmlDType::Q5K,
    GgmlDType::Q6K,
];

/// Every kind of vector code that this machine can run; says so where there is none.
fn levels() -> impl Iterator<Item = Simd> {
    if Simd::all().next().is_none() {
        eprintln!("SKIPPED: this processor has no vector code of ours");
    }
    Simd::all()
}

/// Numbers between -1 and 1 that look like noise.
fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// A random matrix, packed, and its weights as candle reads them.
fn matrix(dtype: GgmlDType, outputs: usize, inputs: usize) -> (Matrix, Vec<f32>) {
    let weights = Tensor::from_vec(noise(outputs * inputs, 7), (outputs, inputs), &Device::Cpu).unwrap();
    let quantized = QTensor::quantize(&weights, dtype).unwrap();
    let mut packer = Packer::new(dtype, outputs, inputs).unwrap();
    // In two parts, as a file is read.
    let bytes = quantized.data().unwrap();
    let (first, rest) = bytes.split_at(bytes.len().min(32 * packer.row_bytes()));
    packer.push(first);
    packer.push(rest);
    let weights = quantized.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap();
    (packer.finish(), weights.to_vec1().unwrap())
}

/// A code by its line and its place there, as the packer wrote it.
fn read_code(bits: usize, codes: &[u8], line: usize, at: usize) -> u8 {
    if bits == 8 {
        return codes[line * LINE + at];
    }
    let (low, high) = codes.split_at(SLAB_LINES * LINE / 2);
    let nibble = low[line % (SLAB_LINES / 2) * LINE + at] >> (line / (SLAB_LINES / 2) * 4) & 15;
    let (planes, width) = (high.len() / LINE, bits - 4);
    match planes {
        0 => nibble,
        _ => nibble | (high[line % planes * LINE + at] >> (line / planes * width) & ((1 << width) - 1)) << 4,
    }
}

/// Writes the weights of one output, as f32, to `to`.
fn unpack(matrix: &Matrix, output: usize, to: &mut [f32]) {
    let (scheme, lane) = (matrix.scheme(), output % LANES);
    let half = |from: &[u8], at: usize| f16::from_le_bytes([from[2 * at], from[2 * at + 1]]).to_f32();
    let spans = matrix.panel(output / LANES).chunks(scheme.span_bytes());
    for (span, to) in spans.zip(to.chunks_mut(SPAN)) {
        let (head, slabs) = span.split_at(scheme.head_bytes());
        // The factor of all scales, then that of all minimums.
        let outer = [0, 1].map(|kind| if head.len() > 32 * kind { half(head, LANES * kind + lane) } else { 1.0 });
        let number = |from: &[u8], at: usize| if scheme.nested { f32::from(from[at] as i8) } else { half(from, at) };
        for (slab, to) in slabs.chunks_exact(scheme.slab_bytes()).zip(to.chunks_exact_mut(STRETCH)) {
            let Parts { codes, scales, minimums } = scheme.parts(slab);
            for (k, weight) in to.iter_mut().enumerate() {
                let at = k / scheme.group * LANES + lane;
                let scale = outer[0] * number(scales, at);
                let minimum =
                    scheme.zero.map_or_else(|| outer[1] * number(minimums, at), |zero| scale * f32::from(zero));
                let code = read_code(scheme.bits, codes, k / 4, 4 * lane + k % 4);
                *weight = scale * f32::from(code) - minimum;
            }
        }
    }
}

#[test]
fn packed_weights_are_the_weights_of_the_file() {
    for dtype in TYPES {
        let (matrix, weights) = matrix(dtype, 50, 512);
        let mut row = vec![0.0; 512];
        for (output, expected) in weights.chunks(512).enumerate() {
            unpack(&matrix, output, &mut row);
            for (got, want) in row.iter().zip(expected) {
                assert!((got - want).abs() < 1e-6, "{dtype:?} output {output}: {got} for {want}");
            }
        }
    }
}

#[test]
fn products_are_those_of_the_dequantised_weights() {
    let pool = Pool::new(2).unwrap();
    for (simd, dtype) in levels().flat_map(|simd| TYPES.map(|dtype| (simd, dtype))) {
        let inputs = if dtype.block_size() == 256 { 512 } else { 448 };
        let (matrix, weights) = matrix(dtype, 70, inputs);
        for rows in [1, 2, 5, 6, 7, 13, 130] {
            let x = noise(rows * inputs, 3);
            let products = multiply(simd, &pool, &x, &[&matrix]).remove(0);
            let dot = |x: &[f32], w: &[f32]| x.iter().zip(w).map(|(x, w)| x * w).sum::<f32>();
            let expected: Vec<f32> =
                x.chunks(inputs).flat_map(|x| weights.chunks(inputs).map(move |w| dot(x, w))).collect();
            let square = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(|x| x * x).sum::<f32>();
            let error = square(&mut products.iter().zip(&expected).map(|(a, b)| a - b));
            let size = square(&mut expected.iter().copied());
            // Eight bits for the activations: about 0.7% of the product, root mean square.
            assert!(error < 1e-4 * size, "{simd:?}, {dtype:?}, {rows} rows: {error} of {size}");
        }
    }
}

#[test]
fn a_row_has_the_same_products_alone_and_in_company() {
    let (alone, company) = (Pool::new(1).unwrap(), Pool::new(3).unwrap());
    for dtype in TYPES {
        let (matrix, _) = matrix(dtype, 64, 512);
        let x = noise(131 * 512, 5);
        let mut of_levels = Vec::new();
        for simd in levels() {
            let together = multiply(simd, &company, &x, &[&matrix, &matrix]);
            assert_eq!(together[0], together[1]);
            // As few rows as one answer writes, up to more than go through at once.
            for rows in 1..=9 {
                for (x, together) in x.chunks(rows * 512).zip(together[0].chunks(rows * 64)) {
                    assert_eq!(multiply(simd, &alone, x, &[&matrix])[0], together, "{dtype:?}, {rows} rows");
                }
            }
            of_levels.push(together);
        }
        assert!(of_levels.windows(2).all(|pair| pair[0] == pair[1]), "{dtype:?}: the processor makes a difference");
    }
}

#[test]
fn not_a_number_goes_through() {
    let (matrix, _) = matrix(GgmlDType::Q4K, 32, 256);
    for (simd, poison) in levels().flat_map(|simd| [(simd, f32::NAN), (simd, f32::INFINITY)]) {
        let mut x = noise(256, 1);
        x[100] = poison;
        assert!(multiply(simd, &Pool::new(1).unwrap(), &x, &[&matrix])[0].iter().all(|y| !y.is_finite()));
    }
}

#[test]
fn widths_and_types_without_a_kernel_are_refused() {
    assert!(Packer::new(GgmlDType::Q8_0, 32, 96).is_none());
    assert!(Packer::new(GgmlDType::F16, 32, 128).is_none());
    assert!(Packer::new(GgmlDType::Q2K, 32, 256).is_none());
}

#[test]
fn a_pool_does_every_task_once_and_passes_a_panic_on() {
    for threads in [1, 2, 5] {
        let pool = Pool::new(threads).unwrap();
        for tasks in [0, 1, 2, 7, 100] {
            let mut done = vec![0; tasks];
            pool.each(&mut done, |count| *count += 1);
            assert!(done.iter().all(|&count| count == 1));
        }
        let run = || pool.run(64, |task| assert!(task != 63, "the last task fails"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
        let mut done = [0; 9];
        pool.each(&mut done, |count| *count += 1);
        assert_eq!(done, [1; 9], "the pool works on after a panic");
    }
}

/// Random queries, keys and values of one sequence, and plain attention over them.
struct Case {
    heads: usize,
    kv_heads: usize,
    dim: usize,
    past: usize,
    new: usize,
    window: Option<usize>,
}

impl Case {
    fn queries(&self) -> Vec<f32> {
        noise(self.heads * self.new * self.dim, 11).iter().map(|x| x * 4.0).collect()
    }

    /// `[kv_heads, past + new, dim]`
    fn past(&self, seed: u32) -> Vec<f32> {
        noise(self.kv_heads * (self.past + self.new) * self.dim, seed)
    }

    fn expected(&self) -> Vec<f32> {
        let (total, dim) = (self.past + self.new, self.dim);
        let (queries, keys, values) = (self.queries(), self.past(12), self.past(13));
        let mut results = Vec::new();
        for (position, head) in (0..self.new).flat_map(|i| (0..self.heads).map(move |head| (i, head))) {
            let query = &queries[(head * self.new + position) * dim..][..dim];
            let base = head / (self.heads / self.kv_heads) * total;
            let end = self.past + position + 1;
            let start = self.window.map_or(0, |window| end.saturating_sub(window));
            let row = |of: &[f32], at: usize| of[(base + at) * dim..][..dim].to_vec();
            let score = |at| row(&keys, at).iter().zip(query).map(|(k, q)| k * q).sum::<f32>() / (dim as f32).sqrt();
            let weights: Vec<f32> = (start..end).map(|at| score(at).exp()).collect();
            let total: f32 = weights.iter().sum();
            let mut mixed = vec![0.0; dim];
            for (at, weight) in (start..end).zip(&weights) {
                mixed.iter_mut().zip(row(&values, at)).for_each(|(sum, value)| *sum += weight / total * value);
            }
            results.extend(mixed);
        }
        results
    }

    fn computed(&self, simd: Simd, threads: usize) -> Vec<f32> {
        let (total, dim) = (self.past + self.new, self.dim);
        let (keys, values) = (self.past(12), self.past(13));
        // What lies past the end must not count.
        let page = || vec![f32::MAX; self.kv_heads * dim * PAGE];
        let (mut key_pages, mut value_pages) = (Vec::new(), Vec::new());
        for first in (0..total).step_by(PAGE) {
            let (mut across, mut along) = (page(), page());
            for (head, at) in (0..self.kv_heads).flat_map(|h| (first..total.min(first + PAGE)).map(move |at| (h, at))) {
                for i in 0..dim {
                    let from = (head * total + at) * dim + i;
                    across[(head * dim + i) * PAGE + at - first] = keys[from];
                    along[(head * PAGE + at - first) * dim + i] = values[from];
                }
            }
            key_pages.push(across);
            value_pages.push(along);
        }
        let keys: Vec<&[f32]> = key_pages.iter().map(Vec::as_slice).collect();
        let values: Vec<&[f32]> = value_pages.iter().map(Vec::as_slice).collect();
        let &Self { heads, kv_heads, past, window, .. } = self;
        let scale = 1.0 / (dim as f32).sqrt();
        let queries = &self.queries();
        let attention =
            Attention { simd, queries, keys: &keys, values: &values, heads, kv_heads, dim, past, scale, window };
        attention.run(&Pool::new(threads).unwrap())
    }
}

#[test]
fn attention_is_the_softmax_over_all_positions_that_a_query_sees() {
    let shapes = [(1, 1, 16), (6, 2, 64), (4, 4, 80), (12, 2, 128), (2, 1, 256)];
    let sizes = [(0, 1), (0, 7), (200, 1), (127, 3), (60, 150)];
    for ((heads, kv_heads, dim), (past, new)) in shapes.into_iter().flat_map(|shape| sizes.map(|size| (shape, size))) {
        for window in [None, Some(1), Some(40), Some(1000)] {
            let case = Case { heads, kv_heads, dim, past, new, window };
            let expected = case.expected();
            for simd in levels() {
                for (got, want) in case.computed(simd, 2).iter().zip(&expected) {
                    assert!(
                        (got - want).abs() < 2e-5,
                        "{simd:?}, {heads}/{kv_heads} of {dim}, {past}+{new}, {window:?}: {got} {want}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_gate_is_what_it_is_called() {
    let mut x: Vec<f32> = noise(64, 2).iter().map(|x| x * 100.0).collect();
    (x[0], x[1], x[2], x[3]) = (-1e4, 1e4, 0.0, -0.3);
    let up = noise(64, 3);
    let bend = |kind, x: f64| match kind {
        Gate::Silu => x / (1.0 + (-x).exp()),
        Gate::Gelu => 0.5 * x * (1.0 + (std::f64::consts::FRAC_2_PI.sqrt() * (x + 0.044715 * x.powi(3))).tanh()),
    };
    for (simd, kind) in levels().flat_map(|simd| [(simd, Gate::Silu), (simd, Gate::Gelu)]) {
        let mut gate = x.clone();
        simd.gate(kind, &mut gate, &up);
        for ((got, &x), &up) in gate.iter().zip(&x).zip(&up) {
            let want = bend(kind, f64::from(x)) * f64::from(up);
            let near = 1e-6 * want.abs().max(1e-6);
            assert!((f64::from(*got) - want).abs() <= near, "{simd:?} {kind:?} of {x}: {got} for {want}");
        }
        let mut gate = [f32::NAN; 16];
        simd.gate(kind, &mut gate, &[1.0; 16]);
        assert!(gate.iter().all(|x| x.is_nan()));
    }
}
