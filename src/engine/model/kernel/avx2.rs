//! AVX2 with FMA: processors of Intel and AMD since about 2015.
//!
//! A line of sixteen outputs fills two registers. `vpmaddubsw` multiplies unsigned by signed bytes and adds neighbours in
//! 16 bits; small codes let several such sums be added before they are widened, which is most of the speed
//! ([`run_length`]). Codes of eight bits do not fit at all; they are taken as signed numbers, whose sign goes over to the
//! other factor. The scaling is that of `avx512`, in the same order.

use std::arch::x86_64::*;

use super::blocks::STRETCH;
use super::float::{self, Product};
use super::gate::Gate;
use super::matrix::{LANES, Panels, TASK};
use super::pair::{BytePair, Pair};
use super::rows::{Factors, SPAN};
use super::span::{Span, Weights, line};

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
