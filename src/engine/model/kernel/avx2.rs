//! AVX2 with FMA: processors of Intel and AMD since about 2015.
//!
//! A line of sixteen outputs fills two registers. `vpmaddubsw` multiplies unsigned by signed bytes and adds neighbours in
//! 16 bits; small codes let several such sums be added before they are widened, which is most of the speed. How many is
//! `RUN`: two products of a code and 127 must fit so many times. Codes of eight bits do not fit at all; they are taken as
//! signed numbers, whose sign goes over to the other factor. The scaling is that of `avx512`, in the same order.

use std::arch::x86_64::*;

use super::blocks::{STRETCH, Scheme};
use super::float::{self, Grid, Into};
use super::gate::Gate;
use super::matrix::LANES;
use super::rows::SPAN;
use super::simd::Factors;
use super::span::{LINE, SLABS, Span, Weights};
use super::vector::Vector;

/// Rows that one pass of the inner loop takes: with one panel, eight sums stay in registers.
const TILE: usize = 4;
/// Vectors of a row that a product in f32 keeps in registers.
const WIDTH: usize = 1;

#[target_feature(enable = "avx2,fma,f16c")]
pub(super) unsafe fn quantize(x: &[f32], codes: &mut [i8], sums: &mut [i32]) -> f32 {
    // SAFETY: the caller's promise.
    unsafe { float::quantize::<Pair>(x, codes, sums) }
}

#[target_feature(enable = "avx2,fma,f16c")]
pub(super) unsafe fn matmul(a: Grid<&[f32]>, b: Grid<&[f32]>, c: Grid<&mut [f32]>, into: Into) {
    // SAFETY: the caller's promise.
    unsafe { float::matmul::<Pair, WIDTH>(a, b, c, into) }
}

#[target_feature(enable = "avx2,fma,f16c")]
pub(super) unsafe fn soften(scores: &mut [f32], mixed: &mut [f32], running: &mut [f32; 2]) {
    // SAFETY: the caller's promise.
    unsafe { float::soften::<Pair>(scores, mixed, running) }
}

#[target_feature(enable = "avx2,fma,f16c")]
pub(super) unsafe fn gate(kind: Gate, gate: &mut [f32], up: &[f32]) {
    // SAFETY: the caller's promise.
    unsafe { float::gate::<Pair>(kind, gate, up) }
}

/// # Safety
/// The caller has checked the features, and that the lengths fit together.
#[target_feature(enable = "avx2,fma,f16c")]
pub(super) unsafe fn multiply(panels: [&[u8]; 2], scheme: Scheme, rows: &Factors<'_>, products: &mut [[f32; 32]]) {
    // SAFETY: the caller's promise.
    unsafe {
        match (scheme.zero, scheme.nibbles) {
            (None, true) => multiply_spans::<8, true>(panels, scheme, rows, products),
            (None, false) => multiply_spans::<4, true>(panels, scheme, rows, products),
            (Some(16), _) => multiply_spans::<4, false>(panels, scheme, rows, products),
            (Some(32), _) => multiply_spans::<2, false>(panels, scheme, rows, products),
            (Some(_), _) => multiply_spans::<1, false>(panels, scheme, rows, products),
        }
    }
}

/// # Safety
/// As above.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn multiply_spans<const RUN: usize, const MINIMUMS: bool>(
    panels: [&[u8]; 2],
    scheme: Scheme,
    rows: &Factors<'_>,
    products: &mut [[f32; 32]],
) {
    let mut span = Span::EMPTY;
    let slab_bytes = scheme.slab_bytes();
    for first in (0..rows.inputs / STRETCH).step_by(SLABS) {
        let slabs = SLABS.min(rows.inputs / STRETCH - first);
        let parts = panels.map(|panel| &panel[first * slab_bytes..][..slabs * slab_bytes]);
        // SAFETY: the parts are whole slabs.
        let weights = unsafe { span.fill::<Pair>(parts, scheme) };
        for (tile, products) in products.chunks_mut(TILE).enumerate() {
            for panel in 0..2 {
                let at = (panel, tile * TILE, first);
                // SAFETY: the tile's rows and the span lie within the factors.
                unsafe {
                    match products.len() {
                        4 => multiply_tile::<4, RUN, MINIMUMS>(weights, rows, at, products),
                        3 => multiply_tile::<3, RUN, MINIMUMS>(weights, rows, at, products),
                        2 => multiply_tile::<2, RUN, MINIMUMS>(weights, rows, at, products),
                        _ => multiply_tile::<1, RUN, MINIMUMS>(weights, rows, at, products),
                    }
                }
            }
        }
    }
}

/// Adds the products of `R` rows, from row number `row`, with panel number `panel` of the span that starts at slab number
/// `first`.
///
/// # Safety
/// Features as above; `products` has `R` members; rows and span lie within the factors; groups are whole runs.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
#[expect(clippy::needless_range_loop, reason = "rows and halves index several arrays and pointers at once")]
unsafe fn multiply_tile<const R: usize, const RUN: usize, const MINIMUMS: bool>(
    weights: Weights<'_>,
    rows: &Factors<'_>,
    (panel, row, first): (usize, usize, usize),
    products: &mut [[f32; 32]],
) {
    let (inputs, group) = (rows.inputs, weights.group);
    let (groups, spans) = (inputs / group, inputs.div_ceil(SPAN));
    // SAFETY: see above; every offset is of a row, a span, a group or a line that exists.
    unsafe {
        let mut codes = rows.codes.as_ptr().add(row * inputs + first * STRETCH);
        let extra = row * groups + first * STRETCH / group;
        let mut totals = [[_mm256_setzero_ps(); 2]; R];
        let per_slab = STRETCH / group;
        for g in 0..weights.slabs * per_slab {
            let at = g / per_slab * weights.slab + g % per_slab * group * LANES;
            let mut line = weights.codes[panel].add(at);
            let mut dots = [[_mm256_setzero_si256(); 2]; R];
            for _ in 0..group / 4 / RUN {
                let run = run::<R, RUN>(line, codes, inputs);
                for r in 0..R {
                    for h in 0..2 {
                        let wide = _mm256_madd_epi16(run[r][h], _mm256_set1_epi16(1));
                        dots[r][h] = _mm256_add_epi32(dots[r][h], wide);
                    }
                }
                (line, codes) = (line.add(RUN * LINE), codes.add(RUN * 4));
            }
            for r in 0..R {
                let at = extra + g + r * groups;
                for h in 0..2 {
                    let scale = _mm256_load_ps(weights.span.scales[panel][g].as_ptr().add(8 * h));
                    let mut dot = dots[r][h];
                    if !MINIMUMS && RUN > 1 {
                        dot = _mm256_add_epi32(dot, _mm256_set1_epi32(*rows.starts.as_ptr().add(at)));
                    }
                    totals[r][h] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), scale, totals[r][h]);
                    if MINIMUMS {
                        let minimum = _mm256_load_ps(weights.span.minimums[panel][g].as_ptr().add(8 * h));
                        let sum = _mm256_set1_ps(*rows.sums.as_ptr().add(at));
                        totals[r][h] = _mm256_fnmadd_ps(minimum, sum, totals[r][h]);
                    }
                }
            }
        }
        for r in 0..R {
            let scale = _mm256_set1_ps(*rows.scales.as_ptr().add((row + r) * spans + first * STRETCH / SPAN));
            for h in 0..2 {
                let to = products[r].as_mut_ptr().add(LANES * panel + 8 * h);
                _mm256_storeu_ps(to, _mm256_fmadd_ps(totals[r][h], scale, _mm256_loadu_ps(to)));
            }
        }
    }
}

/// The products of `RUN` lines with `R` rows, `inputs` codes apart, as sums of two inputs in 16 bits.
///
/// # Safety
/// Features as above; there are as many lines and codes.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
#[expect(clippy::needless_range_loop, reason = "rows and halves index several arrays and pointers at once")]
unsafe fn run<const R: usize, const RUN: usize>(line: *const u8, codes: *const i8, inputs: usize) -> [[__m256i; 2]; R] {
    let mut sums = [[_mm256_setzero_si256(); 2]; R];
    // SAFETY: the caller's promise.
    unsafe {
        for i in 0..RUN {
            let mut w = [0, 32].map(|half| _mm256_loadu_si256(line.add(i * LINE + half).cast()));
            let signed = w.map(|w| _mm256_xor_si256(w, _mm256_set1_epi8(-128)));
            if RUN == 1 {
                w = signed.map(|w| _mm256_abs_epi8(w));
            }
            for r in 0..R {
                let four = _mm256_set1_epi32(codes.add(r * inputs + 4 * i).cast::<i32>().read_unaligned());
                for h in 0..2 {
                    let four = if RUN == 1 { _mm256_sign_epi8(four, signed[h]) } else { four };
                    sums[r][h] = _mm256_add_epi16(sums[r][h], _mm256_maddubs_epi16(w[h], four));
                }
            }
        }
    }
    sums
}

/// Sixteen numbers in two registers.
#[derive(Clone, Copy)]
pub(super) struct Pair([__m256; 2]);

impl Pair {
    #[inline(always)]
    fn each(self, other: Self, f: impl Fn(__m256, __m256) -> __m256) -> Self {
        Self([f(self.0[0], other.0[0]), f(self.0[1], other.0[1])])
    }
}

impl Vector for Pair {
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { Self([_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))]) }
    }

    #[inline(always)]
    unsafe fn load_halves(from: *const u8) -> Self {
        unsafe {
            Self([_mm256_cvtph_ps(_mm_loadu_si128(from.cast())), _mm256_cvtph_ps(_mm_loadu_si128(from.add(16).cast()))])
        }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe {
            _mm256_storeu_ps(to, self.0[0]);
            _mm256_storeu_ps(to.add(8), self.0[1]);
        }
    }

    #[inline(always)]
    unsafe fn store_codes(self, to: *mut i8) {
        unsafe {
            let [low, high] = [_mm256_cvtps_epi32(self.0[0]), _mm256_cvtps_epi32(self.0[1])];
            // Packing works in halves of registers, so the quarters come out as 0, 2, 1, 3.
            let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(low, high));
            let bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
            _mm_storeu_si128(to.cast(), bytes);
        }
    }

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        unsafe { Self([_mm256_set1_ps(x); 2]) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.each(other, |a, b| unsafe { _mm256_add_ps(a, b) })
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self.each(other, |a, b| unsafe { _mm256_sub_ps(a, b) })
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self.each(other, |a, b| unsafe { _mm256_mul_ps(a, b) })
    }

    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        self.each(other, |a, b| unsafe { _mm256_div_ps(a, b) })
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        unsafe {
            Self([
                _mm256_fmadd_ps(self.0[0], factor.0[0], term.0[0]),
                _mm256_fmadd_ps(self.0[1], factor.0[1], term.0[1]),
            ])
        }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        self.each(other, |a, b| unsafe { _mm256_max_ps(a, b) })
    }

    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        self.each(other, |a, b| unsafe { _mm256_min_ps(a, b) })
    }

    #[inline(always)]
    unsafe fn abs(self) -> Self {
        let sign = unsafe { Self::splat(-0.0) };
        sign.each(self, |sign, x| unsafe { _mm256_andnot_ps(sign, x) })
    }

    #[inline(always)]
    unsafe fn round(self) -> Self {
        self.each(self, |x, _| unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x) })
    }

    #[inline(always)]
    unsafe fn times_two_to(self, n: Self) -> Self {
        // In two steps, because one exponent does not reach below the least normal number.
        self.each(n, |x, n| unsafe {
            let n = _mm256_cvtps_epi32(n);
            let half = _mm256_srai_epi32::<1>(n);
            let power = |n| _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(n, _mm256_set1_epi32(127))));
            _mm256_mul_ps(_mm256_mul_ps(x, power(half)), power(_mm256_sub_epi32(n, half)))
        })
    }

    #[inline(always)]
    unsafe fn split_nibbles(from: *const u8, low: *mut u8, high: *mut u8) {
        unsafe {
            let mask = _mm256_set1_epi8(15);
            for half in [0, 32] {
                let both = _mm256_loadu_si256(from.add(half).cast());
                _mm256_storeu_si256(low.add(half).cast(), _mm256_and_si256(both, mask));
                _mm256_storeu_si256(high.add(half).cast(), _mm256_and_si256(_mm256_srli_epi16::<4>(both), mask));
            }
        }
    }
}
