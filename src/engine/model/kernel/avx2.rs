//! AVX2 with FMA: processors of Intel and AMD since about 2015.
//!
//! A line of sixteen outputs fills two registers. `vpmaddubsw` multiplies unsigned by signed bytes and adds neighbours in
//! 16 bits; small codes let several such sums be added before they are widened, which is most of the speed. How many is
//! `RUN`: two products of a code and 127 must fit so many times. Codes of eight bits do not fit at all; they are taken as
//! signed numbers, whose sign goes over to the other factor. The scaling is that of `avx512`, in the same order.

use std::arch::x86_64::*;

use super::blocks::STRETCH;
use super::float::{self, Product};
use super::gate::Gate;
use super::matrix::{LANES, TASK};
use super::rows::SPAN;
use super::simd::{Factors, Panels};
use super::span::{Span, Weights, line};
use super::vector::{Bytes, Vector};

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
pub(super) unsafe fn matmul(product: Product<'_>) {
    // SAFETY: the caller's promise.
    unsafe { float::matmul::<Pair, WIDTH>(product) }
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
pub(super) unsafe fn multiply(panels: Panels<'_>, rows: &Factors<'_>, products: &mut [[f32; TASK]]) {
    // SAFETY: the caller's promise.
    unsafe {
        match (panels.scheme.bits, panels.scheme.zero, panels.scheme.nested) {
            (4, _, true) => multiply_spans::<4, true, false>(panels, rows, products),
            (4, _, false) => multiply_spans::<4, true, true>(panels, rows, products),
            (5, None, true) => multiply_spans::<5, true, false>(panels, rows, products),
            (5, None, false) => multiply_spans::<5, true, true>(panels, rows, products),
            (5, Some(_), _) => multiply_spans::<5, false, true>(panels, rows, products),
            (6, _, _) => multiply_spans::<6, false, false>(panels, rows, products),
            (_, _, _) => multiply_spans::<8, false, true>(panels, rows, products),
        }
    }
}

/// Inputs of a group.
const fn group(bits: usize) -> usize {
    if bits == 6 { 16 } else { 32 }
}

/// Lines whose products of codes with 127, two to a sum, fit in 16 bits together.
const fn run_length(bits: usize) -> usize {
    match bits {
        4 => 8,
        5 => 4,
        6 => 2,
        _ => 1,
    }
}

/// # Safety
/// As above; `BITS`, `MINIMUMS` and `FINE` (rows have a scale for each group) are the scheme's.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn multiply_spans<const BITS: usize, const MINIMUMS: bool, const FINE: bool>(
    Panels { bytes, scheme }: Panels<'_>,
    rows: &Factors<'_>,
    products: &mut [[f32; TASK]],
) {
    let mut span = Span::new();
    for (side, panel) in bytes.into_iter().enumerate() {
        for (number, part) in panel.chunks(scheme.span_bytes()).enumerate() {
            // SAFETY: the part is a span of this scheme, and rows and span lie within the factors.
            unsafe {
                let mut weights = span.scale::<Pair>(part, scheme);
                if products.len() <= TILE {
                    multiply_tile::<BITS, BITS, MINIMUMS, FINE>(weights, rows, (side, 0, number), products);
                    continue;
                }
                span.unpack::<BytePair, BITS>(&mut weights);
                for (tile, products) in products.chunks_mut(TILE).enumerate() {
                    multiply_tile::<BITS, 8, MINIMUMS, FINE>(weights, rows, (side, tile * TILE, number), products);
                }
            }
        }
    }
}

/// Adds the products of up to [`TILE`] rows, from row number `row`, with span number `number` of one of the two panels,
/// whose codes of `BITS` bits lie in `STORED` bits.
///
/// # Safety
/// Features as above; rows and span lie within the factors.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn multiply_tile<const BITS: usize, const STORED: usize, const MINIMUMS: bool, const FINE: bool>(
    weights: Weights,
    rows: &Factors<'_>,
    at: (usize, usize, usize),
    products: &mut [[f32; TASK]],
) {
    // SAFETY: the caller's promise.
    unsafe {
        match products.len() {
            4 => multiply_rows::<4, BITS, STORED, MINIMUMS, FINE>(weights, rows, at, products),
            3 => multiply_rows::<3, BITS, STORED, MINIMUMS, FINE>(weights, rows, at, products),
            2 => multiply_rows::<2, BITS, STORED, MINIMUMS, FINE>(weights, rows, at, products),
            _ => multiply_rows::<1, BITS, STORED, MINIMUMS, FINE>(weights, rows, at, products),
        }
    }
}

/// # Safety
/// As above; `products` has `R` members.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
#[expect(clippy::needless_range_loop, reason = "rows and halves index several arrays and pointers at once")]
unsafe fn multiply_rows<
    const R: usize,
    const BITS: usize,
    const STORED: usize,
    const MINIMUMS: bool,
    const FINE: bool,
>(
    weights: Weights,
    rows: &Factors<'_>,
    (side, row, number): (usize, usize, usize),
    products: &mut [[f32; TASK]],
) {
    let (inputs, group) = (rows.inputs, const { group(BITS) });
    let (groups, spans) = (inputs / group, inputs.div_ceil(SPAN));
    // SAFETY: see above; every offset is of a row, a span, a group or a line that exists.
    unsafe {
        let mut codes = rows.codes.as_ptr().add(row * inputs + number * SPAN);
        let mut extra = row * groups + number * (SPAN / group);
        let (mut scales, mut minimums) = (weights.scales, weights.minimums);
        let mut totals = [[_mm256_setzero_ps(); 2]; R];
        for slab in 0..weights.slabs {
            let lines = weights.codes.add(slab * weights.stride);
            for g in 0..STRETCH / group {
                let dots = dots::<R, BITS, STORED>((lines, g), codes, inputs);
                codes = codes.add(group);
                for h in 0..2 {
                    let scale = _mm256_loadu_ps(scales.add(8 * h));
                    for r in 0..R {
                        let mut dot = dots[r][h];
                        if !MINIMUMS && BITS < 8 {
                            let start = *rows.starts.as_ptr().add(extra + r * groups);
                            dot = _mm256_add_epi32(dot, _mm256_set1_epi32(start));
                        }
                        let mut scale = scale;
                        if FINE {
                            let fine = _mm256_set1_ps(*rows.scales.as_ptr().add(extra + r * groups));
                            scale = _mm256_mul_ps(scale, fine);
                        }
                        totals[r][h] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), scale, totals[r][h]);
                        if MINIMUMS {
                            let sum = _mm256_set1_ps(*rows.sums.as_ptr().add(extra + r * groups));
                            let minimum = _mm256_loadu_ps(minimums.add(8 * h));
                            totals[r][h] = _mm256_fnmadd_ps(minimum, sum, totals[r][h]);
                        }
                    }
                }
                (scales, minimums, extra) = (scales.add(LANES), minimums.add(LANES), extra + 1);
            }
        }
        for r in 0..R {
            let scale = if FINE { 1.0 } else { *rows.scales.as_ptr().add((row + r) * spans + number) };
            let scale = _mm256_set1_ps(scale);
            for h in 0..2 {
                let to = products[r].as_mut_ptr().add(LANES * side + 8 * h);
                _mm256_storeu_ps(to, _mm256_fmadd_ps(totals[r][h], scale, _mm256_loadu_ps(to)));
            }
        }
    }
}

/// The products of one group of a slab with `R` rows, `inputs` codes apart.
///
/// # Safety
/// Features as above; the slab has this group, and each row as many codes.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn dots<const R: usize, const BITS: usize, const STORED: usize>(
    (lines, g): (*const u8, usize),
    codes: *const i8,
    inputs: usize,
) -> [[__m256i; 2]; R] {
    let (count, run) = const { (group(BITS) / 4, run_length(BITS)) };
    let mut dots = [[_mm256_setzero_si256(); 2]; R];
    let mut sums = dots;
    // SAFETY: the caller's promise.
    unsafe {
        for i in 0..count {
            let w = line::<BytePair, STORED>(lines, g * count + i).0;
            let signed = w.map(|w| _mm256_xor_si256(w, _mm256_set1_epi8(-128)));
            for r in 0..R {
                let four = _mm256_set1_epi32(codes.add(r * inputs + 4 * i).cast::<i32>().read_unaligned());
                for h in 0..2 {
                    let two = match BITS {
                        8 => _mm256_maddubs_epi16(_mm256_abs_epi8(signed[h]), _mm256_sign_epi8(four, signed[h])),
                        _ => _mm256_maddubs_epi16(w[h], four),
                    };
                    sums[r][h] = if i % run == 0 { two } else { _mm256_add_epi16(sums[r][h], two) };
                    if i % run == run - 1 {
                        let wide = _mm256_madd_epi16(sums[r][h], _mm256_set1_epi16(1));
                        dots[r][h] = _mm256_add_epi32(dots[r][h], wide);
                    }
                }
            }
        }
    }
    dots
}

/// Sixteen numbers in two registers.
#[derive(Clone, Copy)]
pub(super) struct Pair([__m256; 2]);

impl Vector for Pair {
    type Bytes = BytePair;

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
    unsafe fn load_bytes(from: *const u8) -> Self {
        unsafe {
            let bytes = _mm_loadu_si128(from.cast());
            let high = _mm_unpackhi_epi64(bytes, bytes);
            Self([_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)), _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(high))])
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
        unsafe { Self([_mm256_add_ps(self.0[0], other.0[0]), _mm256_add_ps(self.0[1], other.0[1])]) }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        unsafe { Self([_mm256_sub_ps(self.0[0], other.0[0]), _mm256_sub_ps(self.0[1], other.0[1])]) }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { Self([_mm256_mul_ps(self.0[0], other.0[0]), _mm256_mul_ps(self.0[1], other.0[1])]) }
    }

    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        unsafe { Self([_mm256_div_ps(self.0[0], other.0[0]), _mm256_div_ps(self.0[1], other.0[1])]) }
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
        unsafe { Self([_mm256_max_ps(self.0[0], other.0[0]), _mm256_max_ps(self.0[1], other.0[1])]) }
    }

    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        unsafe { Self([_mm256_min_ps(self.0[0], other.0[0]), _mm256_min_ps(self.0[1], other.0[1])]) }
    }

    #[inline(always)]
    unsafe fn abs(self) -> Self {
        unsafe {
            let sign = _mm256_set1_ps(-0.0);
            Self([_mm256_andnot_ps(sign, self.0[0]), _mm256_andnot_ps(sign, self.0[1])])
        }
    }

    #[inline(always)]
    unsafe fn round(self) -> Self {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        unsafe { Self([_mm256_round_ps::<NEAREST>(self.0[0]), _mm256_round_ps::<NEAREST>(self.0[1])]) }
    }

    #[inline(always)]
    unsafe fn times_two_to(self, n: Self) -> Self {
        unsafe { Self([times_two_to(self.0[0], n.0[0]), times_two_to(self.0[1], n.0[1])]) }
    }
}

/// In two steps, because one exponent does not reach below the least normal number.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
fn times_two_to(x: __m256, n: __m256) -> __m256 {
    let n = _mm256_cvtps_epi32(n);
    let half = _mm256_srai_epi32::<1>(n);
    _mm256_mul_ps(_mm256_mul_ps(x, power_of_two(half)), power_of_two(_mm256_sub_epi32(n, half)))
}

/// `2^n` for exponents of normal numbers.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
fn power_of_two(n: __m256i) -> __m256 {
    _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(n, _mm256_set1_epi32(127))))
}

/// 64 bytes in two registers.
#[derive(Clone, Copy)]
pub(super) struct BytePair([__m256i; 2]);

impl Bytes for BytePair {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        unsafe { Self([_mm256_loadu_si256(from.cast()), _mm256_loadu_si256(from.add(32).cast())]) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        unsafe {
            _mm256_storeu_si256(to.cast(), self.0[0]);
            _mm256_storeu_si256(to.add(32).cast(), self.0[1]);
        }
    }

    #[inline(always)]
    unsafe fn splat(x: u8) -> Self {
        unsafe { Self([_mm256_set1_epi8(x as i8); 2]) }
    }

    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        unsafe { Self([_mm256_and_si256(self.0[0], other.0[0]), _mm256_and_si256(self.0[1], other.0[1])]) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        unsafe { Self([_mm256_or_si256(self.0[0], other.0[0]), _mm256_or_si256(self.0[1], other.0[1])]) }
    }

    #[inline(always)]
    unsafe fn shift_right(self, bits: usize) -> Self {
        unsafe {
            let count = _mm_cvtsi32_si128(bits as i32);
            Self([_mm256_srl_epi16(self.0[0], count), _mm256_srl_epi16(self.0[1], count)])
        }
    }

    #[inline(always)]
    unsafe fn shift_left(self, bits: usize) -> Self {
        unsafe {
            let count = _mm_cvtsi32_si128(bits as i32);
            Self([_mm256_sll_epi16(self.0[0], count), _mm256_sll_epi16(self.0[1], count)])
        }
    }
}
