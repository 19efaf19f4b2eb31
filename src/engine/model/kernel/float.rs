//! Vector code in f32: small products, the softmax, and the gate of a feed-forward layer.

use std::arch::x86_64::*;

use super::avx512::Avx512;

/// Numbers of a vector.
const LANES: usize = 16;
/// Rows and vectors that the inner loop of a product keeps in registers.
const ROWS: usize = 6;
const VECTORS: usize = 4;

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

impl Avx512 {
    /// `c = a b` or `c += a b` of `[rows, inner]` and `[inner, columns]`. Columns come in sixteens, and fill the rows of
    /// `c`; `a` has no gaps.
    pub(super) fn matmul(self, a: Grid<&[f32]>, b: Grid<&[f32]>, c: Grid<&mut [f32]>, into: Into) {
        let (rows, inner, columns) = (a.numbers.len() / a.stride, a.stride, c.stride);
        assert!(columns.is_multiple_of(LANES) && c.numbers.len() == rows * columns && a.numbers.len() == rows * inner);
        assert!(inner > 0 && columns <= b.stride && b.numbers.len() >= (inner - 1) * b.stride + columns);
        // SAFETY: `self` is the proof of the features, and the lengths were checked.
        unsafe { matmul(a, b, c, into) }
    }

    /// One step of a running softmax over a row: `scores` become weights, `exp(score - greatest)`. A greater score than
    /// before scales down what was mixed and summed until now.
    pub(super) fn soften(self, scores: &mut [f32], mixed: &mut [f32], greatest: &mut f32, total: &mut f32) {
        assert!(scores.len().is_multiple_of(LANES) && mixed.len().is_multiple_of(LANES));
        // SAFETY: as above.
        unsafe { soften(scores, mixed, greatest, total) }
    }

    /// `gate = silu(gate) * up`, where `silu(x) = x / (1 + exp(-x))`.
    pub(super) fn silu_gate(self, gate: &mut [f32], up: &[f32]) {
        assert!(gate.len() == up.len() && gate.len().is_multiple_of(LANES));
        // SAFETY: as above.
        unsafe { silu_gate(gate, up) }
    }
}

/// # Safety
/// The features are there, and the sizes fit together.
#[target_feature(enable = "avx512f")]
unsafe fn matmul(a: Grid<&[f32]>, b: Grid<&[f32]>, c: Grid<&mut [f32]>, into: Into) {
    let (inner, columns) = (a.stride, c.stride);
    for column in (0..columns).step_by(VECTORS * LANES) {
        let vectors = ((columns - column) / LANES).min(VECTORS);
        for (rows, c) in a.numbers.chunks(ROWS * inner).zip(c.numbers.chunks_mut(ROWS * columns)) {
            let part = Part { a: rows, inner, b: &b.numbers[column..], stride: b.stride, columns };
            let c = &mut c[column..];
            // SAFETY: the part has as many rows and vectors as are named, and they lie within the slices.
            unsafe {
                match (rows.len() / inner, vectors) {
                    (6, 4) => part.multiply::<6, 4>(c, into),
                    (5, 4) => part.multiply::<5, 4>(c, into),
                    (4, 4) => part.multiply::<4, 4>(c, into),
                    (3, 4) => part.multiply::<3, 4>(c, into),
                    (2, 4) => part.multiply::<2, 4>(c, into),
                    (1, 4) => part.multiply::<1, 4>(c, into),
                    (count, vectors) => {
                        for row in 0..count {
                            let row_of = Part { a: &rows[row * inner..], ..part };
                            for vector in 0..vectors {
                                let at = vector * LANES;
                                Part { b: &part.b[at..], ..row_of }
                                    .multiply::<1, 1>(&mut c[row * columns + at..], into);
                            }
                        }
                    }
                }
            }
        }
    }
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

impl Part<'_> {
    /// # Safety
    /// The features are there; `a` has `R` rows, and `b` and `c` have `V` vectors at each row.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn multiply<const R: usize, const V: usize>(&self, c: &mut [f32], into: Into) {
        let mut sums = [[_mm512_setzero_ps(); V]; R];
        let (mut a, mut b) = (self.a.as_ptr(), self.b.as_ptr());
        // SAFETY: the caller's promise.
        unsafe {
            if into == Into::Sum {
                for r in 0..R {
                    for v in 0..V {
                        sums[r][v] = _mm512_loadu_ps(c.as_ptr().add(r * self.columns + v * LANES));
                    }
                }
            }
            for _ in 0..self.inner {
                let mut vectors = [_mm512_setzero_ps(); V];
                for v in 0..V {
                    vectors[v] = _mm512_loadu_ps(b.add(v * LANES));
                }
                for r in 0..R {
                    let factor = _mm512_set1_ps(*a.add(r * self.inner));
                    for v in 0..V {
                        sums[r][v] = _mm512_fmadd_ps(factor, vectors[v], sums[r][v]);
                    }
                }
                // Past the last row these point outside, and are not read.
                (a, b) = (a.wrapping_add(1), b.wrapping_add(self.stride));
            }
            for r in 0..R {
                for v in 0..V {
                    _mm512_storeu_ps(c.as_mut_ptr().add(r * self.columns + v * LANES), sums[r][v]);
                }
            }
        }
    }
}

/// # Safety
/// The features are there, and the lengths are multiples of [`LANES`].
#[target_feature(enable = "avx512f")]
unsafe fn soften(scores: &mut [f32], mixed: &mut [f32], greatest: &mut f32, total: &mut f32) {
    // SAFETY: every chunk has 16 numbers.
    unsafe {
        let mut most = _mm512_set1_ps(*greatest);
        for scores in scores.chunks_exact(LANES) {
            most = _mm512_max_ps(most, _mm512_loadu_ps(scores.as_ptr()));
        }
        let now = _mm512_reduce_max_ps(most);
        let measure = _mm512_set1_ps(now);
        let mut sum = _mm512_setzero_ps();
        for scores in scores.chunks_exact_mut(LANES) {
            let weight = exp(_mm512_sub_ps(_mm512_loadu_ps(scores.as_ptr()), measure));
            sum = _mm512_add_ps(sum, weight);
            _mm512_storeu_ps(scores.as_mut_ptr(), weight);
        }
        if now != *greatest {
            let less = exp(_mm512_set1_ps(*greatest - now));
            *total *= _mm512_cvtss_f32(less);
            for mixed in mixed.chunks_exact_mut(LANES) {
                _mm512_storeu_ps(mixed.as_mut_ptr(), _mm512_mul_ps(_mm512_loadu_ps(mixed.as_ptr()), less));
            }
            *greatest = now;
        }
        *total += _mm512_reduce_add_ps(sum);
    }
}

/// # Safety
/// As above.
#[target_feature(enable = "avx512f")]
unsafe fn silu_gate(gate: &mut [f32], up: &[f32]) {
    let one = _mm512_set1_ps(1.0);
    for (gate, up) in gate.chunks_exact_mut(LANES).zip(up.chunks_exact(LANES)) {
        // SAFETY: both chunks have 16 numbers.
        unsafe {
            let x = _mm512_loadu_ps(gate.as_ptr());
            let below = _mm512_add_ps(one, exp(_mm512_sub_ps(_mm512_setzero_ps(), x)));
            let silu = _mm512_div_ps(x, below);
            _mm512_storeu_ps(gate.as_mut_ptr(), _mm512_mul_ps(silu, _mm512_loadu_ps(up.as_ptr())));
        }
    }
}

/// The exponential function, to about two units in the last place: `2^n * exp(rest)` with `|rest| <= ln(2)/2`, and the
/// polynomial of Cephes' `expf` (Moshier) for the rest. `exp(0)` is exactly one; not-a-number goes through.
#[inline]
#[target_feature(enable = "avx512f")]
fn exp(x: __m512) -> __m512 {
    // The operand order lets not-a-number pass. Under -104 the result is zero, over 89 infinity.
    let x = _mm512_max_ps(_mm512_set1_ps(-104.0), _mm512_min_ps(_mm512_set1_ps(89.0), x));
    let n = _mm512_roundscale_ps::<0>(_mm512_mul_ps(x, _mm512_set1_ps(std::f32::consts::LOG2_E)));
    let rest = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693_359_4), x);
    let rest = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.121_944_4e-4), rest);
    let mut sum = _mm512_set1_ps(1.987_569_1e-4);
    for factor in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(factor));
    }
    let sum = _mm512_fmadd_ps(_mm512_mul_ps(rest, rest), sum, _mm512_add_ps(rest, _mm512_set1_ps(1.0)));
    _mm512_scalef_ps(sum, n)
}
