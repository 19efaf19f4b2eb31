//! AVX-512 with VNNI, the integer dot product of Intel since 2019 and of AMD since Zen 4.
//!
//! `vpdpbusd` adds, in each 32-bit lane, four products of an unsigned and a signed byte. A lane is an output; the four
//! products are four inputs. So a product of a group of codes is exact in integers; it is scaled in f32, group after
//! group and span after span, always in this order. That makes every number of a product the same to the last bit,
//! whatever other rows or outputs are computed with it: an answer does not depend on who else is answered.

use std::arch::x86_64::*;

use super::blocks::STRETCH;
use super::float::{self, Product};
use super::gate::Gate;
use super::matrix::{LANES, LINE, Panels, TASK};
use super::rows::{Factors, SPAN};
use super::span::{Span, Weights};
use super::vector::{Bytes, Vector};

/// Rows that one pass of the inner loop takes: with two panels, 12 integer and 12 float sums stay in registers.
const TILE: usize = 6;
/// Vectors of a row that a product in f32 keeps in registers.
const WIDTH: usize = 4;

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub(super) unsafe fn quantize(x: &[f32], codes: &mut [i8], sums: &mut [i32]) -> f32 {
    // SAFETY: the caller's promise.
    unsafe { float::quantize::<__m512>(x, codes, sums) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub(super) unsafe fn matmul(product: Product<'_>) {
    // SAFETY: the caller's promise.
    unsafe { float::matmul::<__m512, WIDTH>(product) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub(super) unsafe fn soften(scores: &mut [f32], mixed: &mut [f32], running: &mut [f32; 2]) {
    // SAFETY: the caller's promise.
    unsafe { float::soften::<__m512>(scores, mixed, running) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub(super) unsafe fn gate(kind: Gate, gate: &mut [f32], up: &[f32]) {
    // SAFETY: the caller's promise.
    unsafe { float::gate::<__m512>(kind, gate, up) }
}

/// # Safety
/// The caller has checked the features, and that the lengths fit together.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub(super) unsafe fn multiply(panels: Panels<'_>, rows: &Factors<'_>, products: &mut [[f32; TASK]]) {
    // SAFETY: the caller's promise.
    unsafe {
        match (panels.scheme.zero, panels.scheme.nested) {
            (Some(_), true) => multiply_spans::<16, false, false>(panels, rows, products),
            (Some(_), false) => multiply_spans::<32, false, true>(panels, rows, products),
            (None, true) => multiply_spans::<32, true, false>(panels, rows, products),
            (None, false) => multiply_spans::<32, true, true>(panels, rows, products),
        }
    }
}

/// # Safety
/// As above; `GROUP`, `MINIMUMS` and `FINE` (rows have a scale for each group) are the scheme's.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn multiply_spans<const GROUP: usize, const MINIMUMS: bool, const FINE: bool>(
    Panels { bytes: [left, right], scheme }: Panels<'_>,
    rows: &Factors<'_>,
    products: &mut [[f32; TASK]],
) {
    let mut spans = [Span::new(), Span::new()];
    let parts = left.chunks(scheme.span_bytes()).zip(right.chunks(scheme.span_bytes()));
    for (number, (left, right)) in parts.enumerate() {
        let [of_left, of_right] = &mut spans;
        // SAFETY: the parts are spans of this scheme, whose codes have as many bits.
        let weights = unsafe {
            let mut weights = [of_left.scale::<__m512>(left, scheme), of_right.scale::<__m512>(right, scheme)];
            for (span, weights) in spans.iter_mut().zip(&mut weights) {
                match scheme.bits {
                    4 => span.unpack::<__m512i, 4>(weights),
                    5 => span.unpack::<__m512i, 5>(weights),
                    6 => span.unpack::<__m512i, 6>(weights),
                    _ => {}
                }
            }
            weights
        };
        for (tile, products) in products.chunks_mut(TILE).enumerate() {
            let at = (tile * TILE, number);
            // SAFETY: the tile's rows and the span lie within the factors.
            unsafe {
                match products.len() {
                    6 => multiply_tile::<6, GROUP, MINIMUMS, FINE>(weights, rows, at, products),
                    5 => multiply_tile::<5, GROUP, MINIMUMS, FINE>(weights, rows, at, products),
                    4 => multiply_tile::<4, GROUP, MINIMUMS, FINE>(weights, rows, at, products),
                    3 => multiply_tile::<3, GROUP, MINIMUMS, FINE>(weights, rows, at, products),
                    2 => multiply_tile::<2, GROUP, MINIMUMS, FINE>(weights, rows, at, products),
                    _ => multiply_tile::<1, GROUP, MINIMUMS, FINE>(weights, rows, at, products),
                }
            }
        }
    }
}

/// Adds the products of `R` rows, from row number `row`, with span number `number`.
///
/// # Safety
/// Features as above; `products` has `R` members; rows and span lie within the factors.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
#[expect(clippy::needless_range_loop, reason = "rows and panels index several arrays and pointers at once")]
unsafe fn multiply_tile<const R: usize, const GROUP: usize, const MINIMUMS: bool, const FINE: bool>(
    weights: [Weights; 2],
    rows: &Factors<'_>,
    (row, number): (usize, usize),
    products: &mut [[f32; TASK]],
) {
    let inputs = rows.inputs;
    let (groups, spans) = (inputs / GROUP, inputs.div_ceil(SPAN));
    // SAFETY: see above; every offset is of a row, a span, a group or a line that exists.
    unsafe {
        let mut codes = rows.codes.as_ptr().add(row * inputs + number * SPAN);
        let extra = row * groups + number * (SPAN / GROUP);
        let mut totals = [[_mm512_setzero_ps(); 2]; R];
        let per_slab = STRETCH / GROUP;
        for g in 0..weights[0].slabs * per_slab {
            let line = |p: usize| weights[p].codes.add(g / per_slab * weights[p].stride + g % per_slab * GROUP * LANES);
            let (mut left, mut right) = (line(0), line(1));
            let mut dots = [[_mm512_setzero_si512(); 2]; R];
            if !MINIMUMS {
                for r in 0..R {
                    dots[r] = [_mm512_set1_epi32(*rows.starts.as_ptr().add(extra + g + r * groups)); 2];
                }
            }
            // Hidden from the compiler, or it unrolls the loop and runs out of registers.
            for _ in 0..std::hint::black_box(GROUP / 4) {
                let w = [_mm512_loadu_si512(left.cast()), _mm512_loadu_si512(right.cast())];
                for r in 0..R {
                    let four = _mm512_set1_epi32(codes.add(r * inputs).cast::<i32>().read_unaligned());
                    dots[r][0] = _mm512_dpbusd_epi32(dots[r][0], w[0], four);
                    dots[r][1] = _mm512_dpbusd_epi32(dots[r][1], w[1], four);
                }
                (left, right, codes) = (left.add(LINE), right.add(LINE), codes.add(4));
            }
            for p in 0..2 {
                let scale = _mm512_loadu_ps(weights[p].scales.add(g * LANES));
                for r in 0..R {
                    let mut scale = scale;
                    if FINE {
                        let fine = _mm512_set1_ps(*rows.scales.as_ptr().add(extra + g + r * groups));
                        scale = _mm512_mul_ps(scale, fine);
                    }
                    totals[r][p] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[r][p]), scale, totals[r][p]);
                    if MINIMUMS {
                        let minimum = _mm512_loadu_ps(weights[p].minimums.add(g * LANES));
                        let sum = _mm512_set1_ps(*rows.sums.as_ptr().add(extra + g + r * groups));
                        totals[r][p] = _mm512_fnmadd_ps(minimum, sum, totals[r][p]);
                    }
                }
            }
        }
        for r in 0..R {
            let scale = if FINE { 1.0 } else { *rows.scales.as_ptr().add((row + r) * spans + number) };
            let scale = _mm512_set1_ps(scale);
            for p in 0..2 {
                let to = products[r].as_mut_ptr().add(LANES * p);
                _mm512_storeu_ps(to, _mm512_fmadd_ps(totals[r][p], scale, _mm512_loadu_ps(to)));
            }
        }
    }
}

impl Vector for __m512 {
    type Bytes = __m512i;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_halves(from: *const u8) -> Self {
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.cast())) }
    }

    #[inline(always)]
    unsafe fn load_bytes(from: *const u8) -> Self {
        unsafe { _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(from.cast()))) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm512_storeu_ps(to, self) }
    }

    #[inline(always)]
    unsafe fn store_codes(self, to: *mut i8) {
        unsafe { _mm_storeu_si128(to.cast(), _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(self))) }
    }

    #[inline(always)]
    unsafe fn splat(x: f32) -> Self {
        unsafe { _mm512_set1_ps(x) }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        unsafe { _mm512_add_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        unsafe { _mm512_sub_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        unsafe { _mm512_mul_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        unsafe { _mm512_div_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        unsafe { _mm512_fmadd_ps(self, factor, term) }
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        unsafe { _mm512_max_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        unsafe { _mm512_min_ps(self, other) }
    }

    #[inline(always)]
    unsafe fn abs(self) -> Self {
        unsafe { _mm512_abs_ps(self) }
    }

    #[inline(always)]
    unsafe fn round(self) -> Self {
        unsafe { _mm512_roundscale_ps::<0>(self) }
    }

    #[inline(always)]
    unsafe fn times_two_to(self, n: Self) -> Self {
        unsafe { _mm512_scalef_ps(self, n) }
    }
}

impl Bytes for __m512i {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        unsafe { _mm512_loadu_si512(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        unsafe { _mm512_storeu_si512(to.cast(), self) }
    }

    #[inline(always)]
    unsafe fn splat(x: u8) -> Self {
        unsafe { _mm512_set1_epi8(x as i8) }
    }

    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        unsafe { _mm512_and_si512(self, other) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        unsafe { _mm512_or_si512(self, other) }
    }

    #[inline(always)]
    unsafe fn shift_right(self, bits: usize) -> Self {
        unsafe { _mm512_srl_epi16(self, _mm_cvtsi32_si128(bits as i32)) }
    }

    #[inline(always)]
    unsafe fn shift_left(self, bits: usize) -> Self {
        unsafe { _mm512_sll_epi16(self, _mm_cvtsi32_si128(bits as i32)) }
    }
}
