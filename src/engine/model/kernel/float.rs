//! Vector code in f32: small products, the softmax, the gate of a feed-forward layer, and the codes of activations.
//!
//! Written over any [`Vector`]. Everything here is inlined into the entries of one level (`avx512`, `avx2`), which enable
//! its instructions.

#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "other processors use candle's kernels"))]

use super::gate::Gate;
use super::rows::SUM;
use super::vector::{LANES, Vector};

/// Rows that the inner loop of a product keeps in registers.
const ROWS: usize = 6;

/// What a product does with what stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Into {
    /// Replaces it.
    Fresh,
    /// Is added to it.
    Sum,
}

/// A factor of a product, or its place: numbers, and how many there are from one row to the next.
pub(super) struct Grid<T> {
    pub(super) numbers: T,
    pub(super) stride: usize,
}

/// A product, `c = a b` or `c += a b`, of `[rows, inner]` and `[inner, columns]`.
pub(super) struct Product<'a> {
    /// Without gaps between its rows.
    pub(super) a: Grid<&'a [f32]>,
    pub(super) b: Grid<&'a [f32]>,
    /// Without gaps; columns come in sixteens.
    pub(super) c: Grid<&'a mut [f32]>,
    pub(super) into: Into,
}

/// Some rows times some columns.
#[derive(Clone, Copy)]
struct Part<'a> {
    a: &'a [f32],
    inner: usize,
    b: &'a [f32],
    stride: usize,
    /// Numbers from one row of the product to the next.
    columns: usize,
}

/// Multiplies with `W` vectors of a row in registers.
///
/// # Safety
/// The features are there, and the sizes fit together.
#[inline(always)]
pub(super) unsafe fn matmul<V: Vector, const W: usize>(Product { a, b, c, into }: Product<'_>) {
    let (inner, columns) = (a.stride, c.stride);
    for column in (0..columns).step_by(W * LANES) {
        let vectors = ((columns - column) / LANES).min(W);
        for (rows, c) in a.numbers.chunks(ROWS * inner).zip(c.numbers.chunks_mut(ROWS * columns)) {
            let part = Part { a: rows, inner, b: &b.numbers[column..], stride: b.stride, columns };
            let c = &mut c[column..];
            // SAFETY: the part has as many rows and vectors as are named, and they lie within the slices.
            unsafe {
                match (rows.len() / inner, vectors == W) {
                    (6, true) => part.multiply::<V, 6, W>(c, into),
                    (5, true) => part.multiply::<V, 5, W>(c, into),
                    (4, true) => part.multiply::<V, 4, W>(c, into),
                    (3, true) => part.multiply::<V, 3, W>(c, into),
                    (2, true) => part.multiply::<V, 2, W>(c, into),
                    (1, true) => part.multiply::<V, 1, W>(c, into),
                    (count, _) => part.multiply_singly::<V>(c, into, (count, vectors)),
                }
            }
        }
    }
}

impl Part<'_> {
    /// # Safety
    /// The features are there; `a` has `R` rows, and `b` and `c` have `W` vectors at each row.
    #[inline(always)]
    unsafe fn multiply<V: Vector, const R: usize, const W: usize>(&self, c: &mut [f32], into: Into) {
        let (mut a, mut b) = (self.a.as_ptr(), self.b.as_ptr());
        // SAFETY: the caller's promise.
        unsafe {
            let mut sums = [[V::splat(0.0); W]; R];
            if into == Into::Sum {
                for (r, sums) in sums.iter_mut().enumerate() {
                    for (v, sum) in sums.iter_mut().enumerate() {
                        *sum = V::load(c.as_ptr().add(r * self.columns + v * LANES));
                    }
                }
            }
            for _ in 0..self.inner {
                let mut vectors = [V::splat(0.0); W];
                for (v, vector) in vectors.iter_mut().enumerate() {
                    *vector = V::load(b.add(v * LANES));
                }
                for (r, sums) in sums.iter_mut().enumerate() {
                    let factor = V::splat(*a.add(r * self.inner));
                    for (sum, &vector) in sums.iter_mut().zip(&vectors) {
                        *sum = factor.mul_add(vector, *sum);
                    }
                }
                // Past the last row these point outside, and are not read.
                (a, b) = (a.wrapping_add(1), b.wrapping_add(self.stride));
            }
            for (r, sums) in sums.iter().enumerate() {
                for (v, sum) in sums.iter().enumerate() {
                    sum.store(c.as_mut_ptr().add(r * self.columns + v * LANES));
                }
            }
        }
    }

    /// What is left over at the right: one row and one vector at a time.
    ///
    /// # Safety
    /// As above, for `count` rows and `vectors` vectors.
    #[inline(always)]
    unsafe fn multiply_singly<V: Vector>(&self, c: &mut [f32], into: Into, (count, vectors): (usize, usize)) {
        for row in 0..count {
            for vector in 0..vectors {
                let at = vector * LANES;
                let part = Part { a: &self.a[row * self.inner..], b: &self.b[at..], ..*self };
                // SAFETY: the caller's promise.
                unsafe { part.multiply::<V, 1, 1>(&mut c[row * self.columns + at..], into) };
            }
        }
    }
}

/// # Safety
/// The features are there, and the lengths are multiples of [`LANES`].
#[inline(always)]
pub(super) unsafe fn soften<V: Vector>(scores: &mut [f32], mixed: &mut [f32], running: &mut [f32; 2]) {
    let [greatest, total] = running;
    // SAFETY: every chunk has 16 numbers.
    unsafe {
        let mut most = V::splat(*greatest);
        for scores in scores.chunks_exact(LANES) {
            most = most.max(V::load(scores.as_ptr()));
        }
        let now = most.greatest();
        let measure = V::splat(now);
        let mut sum = V::splat(0.0);
        for scores in scores.chunks_exact_mut(LANES) {
            let weight = exp(V::load(scores.as_ptr()).sub(measure));
            sum = sum.add(weight);
            weight.store(scores.as_mut_ptr());
        }
        if now != *greatest {
            let less = exp(V::splat(*greatest - now));
            *total *= less.to_array()[0];
            for mixed in mixed.chunks_exact_mut(LANES) {
                V::load(mixed.as_ptr()).mul(less).store(mixed.as_mut_ptr());
            }
            *greatest = now;
        }
        *total += sum.sum();
    }
}

/// # Safety
/// As above.
#[inline(always)]
pub(super) unsafe fn gate<V: Vector>(kind: Gate, gate: &mut [f32], up: &[f32]) {
    // tanh(y) is 2 / (1 + exp(-2 y)) - 1, so GELU's bend is 1 / (1 + exp(-2 y)) with y = sqrt(2 / pi) (x + 0.044715 x^3).
    const TWICE_ROOT: f32 = 2.0 * 0.797_884_6;
    // SAFETY: every chunk has 16 numbers.
    unsafe {
        let one = V::splat(1.0);
        for (gate, up) in gate.chunks_exact_mut(LANES).zip(up.chunks_exact(LANES)) {
            let x = V::load(gate.as_ptr());
            let steep = match kind {
                Gate::Silu => x,
                Gate::Gelu => {
                    let bow = x.mul(x).mul_add(V::splat(TWICE_ROOT * 0.044_715), V::splat(TWICE_ROOT));
                    x.mul(bow)
                }
            };
            let below = one.add(exp(V::splat(0.0).sub(steep)));
            x.div(below).mul(V::load(up.as_ptr())).store(gate.as_mut_ptr());
        }
    }
}

/// # Safety
/// The features are there; there are as many codes as numbers, and a sum for each [`SUM`] of them.
#[inline(always)]
pub(super) unsafe fn quantize<V: Vector>(x: &[f32], codes: &mut [i8], sums: &mut [i32]) -> f32 {
    // SAFETY: every chunk has 16 members.
    unsafe {
        let (mut largest, mut poison) = (V::splat(0.0), V::splat(0.0));
        for x in x.chunks_exact(SUM) {
            let x = V::load(x.as_ptr());
            largest = largest.max(x.abs());
            poison = x.mul_add(V::splat(0.0), poison);
        }
        let largest = largest.greatest();
        let factor = V::splat(if largest > 0.0 { 127.0 / largest } else { 0.0 });
        for (x, codes) in x.chunks_exact(SUM).zip(codes.chunks_exact_mut(SUM)) {
            V::load(x.as_ptr()).mul(factor).store_codes(codes.as_mut_ptr());
        }
        for (codes, sum) in codes.chunks_exact(SUM).zip(sums) {
            *sum = codes.iter().map(|&code| i32::from(code)).sum();
        }
        largest / 127.0 + poison.sum()
    }
}

/// The exponential function, to about two units in the last place: `2^n * exp(rest)` with `|rest| <= ln(2)/2`, and the
/// polynomial of Cephes' `expf` (Moshier) for the rest. `exp(0)` is exactly one; not-a-number goes through.
///
/// # Safety
/// The features are there.
#[inline(always)]
unsafe fn exp<V: Vector>(x: V) -> V {
    // SAFETY: the caller's promise.
    unsafe {
        // The operand order lets not-a-number pass. Under -104 the result is zero, over 89 infinity.
        let x = V::splat(-104.0).max(V::splat(89.0).min(x));
        let n = x.mul(V::splat(std::f32::consts::LOG2_E)).round();
        let rest = n.mul_add(V::splat(-0.693_359_4), x);
        let rest = n.mul_add(V::splat(2.121_944_4e-4), rest);
        let mut sum = V::splat(1.987_569_1e-4);
        for factor in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
            sum = sum.mul_add(rest, V::splat(factor));
        }
        let sum = rest.mul(rest).mul_add(sum, rest.add(V::splat(1.0)));
        sum.times_two_to(n)
    }
}
