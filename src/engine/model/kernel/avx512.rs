//! The vector code: AVX-512 with VNNI, the integer dot product of Intel since 2019 and of AMD since Zen 4.
//!
//! `vpdpbusd` adds, in each 32-bit lane, four products of an unsigned and a signed byte. A lane is an output; the four
//! products are four inputs. So a product of a group of codes is exact in integers; it is scaled in f32, group after
//! group and span after span, always in this order. That makes every number of a product the same to the last bit,
//! whatever other rows or outputs are computed with it: an answer does not depend on who else is answered.

use std::arch::x86_64::*;

use super::blocks::{STRETCH, Scheme};
use super::matrix::LANES;
use super::rows::{SPAN, SUM};

/// Proof that this machine has the instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::model) struct Avx512(());

/// Rows that one pass of the inner loop takes: with two panels, 12 integer and 12 float sums stay in registers.
const TILE: usize = 6;
/// Lines (of [`LANES`] outputs by four inputs) of a slab and of a span.
const SLAB_LINES: usize = STRETCH / 4;
const SPAN_LINES: usize = SPAN / 4;
/// Most groups of a span.
const GROUPS: usize = SPAN / SUM;

impl Avx512 {
    /// Looks at the processor.
    pub(in crate::engine::model) fn detect() -> Option<Self> {
        let all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        all.then_some(Self(()))
    }

    /// Quantises a span: codes, their sums over [`SUM`], and the scale that is returned. Not-a-number in, not-a-number
    /// out: it is found in the scale.
    pub(super) fn quantize(self, x: &[f32], codes: &mut [i8], sums: &mut [i32]) -> f32 {
        assert!(x.len().is_multiple_of(SUM) && codes.len() == x.len() && sums.len() == x.len() / SUM);
        // SAFETY: `self` is the proof of the features.
        unsafe { quantize(x, codes, sums) }
    }

    /// Multiplies rows by a pair of panels.
    pub(super) fn multiply(self, panels: [&[u8]; 2], scheme: Scheme, rows: &Factors<'_>, products: &mut [[f32; 32]]) {
        let slabs = rows.inputs / STRETCH;
        let groups = rows.inputs / scheme.group;
        assert!(panels.iter().all(|panel| panel.len() == slabs * scheme.slab_bytes()));
        assert_eq!(rows.codes.len(), products.len() * rows.inputs);
        assert_eq!(rows.scales.len(), products.len() * rows.inputs.div_ceil(SPAN));
        assert_eq!(if scheme.zero.is_some() { rows.starts.len() } else { rows.sums.len() }, products.len() * groups);
        // SAFETY: `self` is the proof of the features, and the lengths were checked.
        unsafe {
            match scheme.zero {
                Some(_) => multiply::<false>(panels, scheme, rows, products),
                None => multiply::<true>(panels, scheme, rows, products),
            }
        }
    }
}

/// Some rows of activations, as [`Rows`](super::rows::Rows) has them.
#[derive(Clone, Copy)]
pub(super) struct Factors<'a> {
    pub(super) inputs: usize,
    pub(super) codes: &'a [i8],
    pub(super) scales: &'a [f32],
    /// Empty in schemes with a zero.
    pub(super) sums: &'a [f32],
    /// Empty in schemes without.
    pub(super) starts: &'a [i32],
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn quantize(x: &[f32], codes: &mut [i8], sums: &mut [i32]) -> f32 {
    let mut largest = _mm512_setzero_ps();
    let mut poison = _mm512_setzero_ps();
    for x in x.chunks_exact(SUM) {
        // SAFETY: a chunk has 16 numbers.
        let x = unsafe { _mm512_loadu_ps(x.as_ptr()) };
        largest = _mm512_max_ps(largest, _mm512_abs_ps(x));
        poison = _mm512_fmadd_ps(x, _mm512_setzero_ps(), poison);
    }
    let largest = _mm512_reduce_max_ps(largest);
    let factor = _mm512_set1_ps(if largest > 0.0 { 127.0 / largest } else { 0.0 });
    for (x, codes) in x.chunks_exact(SUM).zip(codes.chunks_exact_mut(SUM)) {
        // SAFETY: both chunks have 16 members.
        unsafe {
            let rounded = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x.as_ptr()), factor));
            _mm_storeu_si128(codes.as_mut_ptr().cast(), _mm512_cvtsepi32_epi8(rounded));
        }
    }
    for (codes, sum) in codes.chunks_exact(SUM).zip(sums) {
        *sum = codes.iter().map(|&code| i32::from(code)).sum();
    }
    largest / 127.0 + _mm512_reduce_add_ps(poison)
}

/// A span of two panels, as the inner loop reads it: codes of eight bits in the first-level cache, scales in f32.
#[repr(C, align(64))]
struct Span {
    /// Only for schemes of four bits; the others are read where they are.
    codes: [[u8; SPAN_LINES * 64]; 2],
    scales: [[[f32; LANES]; GROUPS]; 2],
    minimums: [[[f32; LANES]; GROUPS]; 2],
}

/// Where the inner loop finds the weights of a span.
#[derive(Clone, Copy)]
struct Weights<'a> {
    codes: [*const u8; 2],
    /// Bytes from the codes of one slab to those of the next.
    slab: usize,
    slabs: usize,
    /// Inputs of a group.
    group: usize,
    span: &'a Span,
}

/// # Safety
/// The caller has checked the features, and that the lengths fit together.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn multiply<const MINIMUMS: bool>(
    panels: [&[u8]; 2],
    scheme: Scheme,
    rows: &Factors<'_>,
    products: &mut [[f32; 32]],
) {
    let zero = [[[0.0; LANES]; GROUPS]; 2];
    let mut span = Span { codes: [[0; SPAN_LINES * 64]; 2], scales: zero, minimums: zero };
    let slab_bytes = scheme.slab_bytes();
    let per_span = SPAN / STRETCH;
    for first in (0..rows.inputs / STRETCH).step_by(per_span) {
        let slabs = per_span.min(rows.inputs / STRETCH - first);
        let parts = panels.map(|panel| &panel[first * slab_bytes..][..slabs * slab_bytes]);
        for (panel, bytes) in parts.iter().enumerate() {
            for (slab, bytes) in bytes.chunks_exact(slab_bytes).enumerate() {
                // SAFETY: a slab's bytes are as long as its scheme says, and `slab` is under four.
                unsafe { unpack::<MINIMUMS>(bytes, scheme, (panel, slab), &mut span) };
            }
        }
        let (codes, slab) = match scheme.nibbles {
            true => ([span.codes[0].as_ptr(), span.codes[1].as_ptr()], SLAB_LINES * 64),
            false => ([parts[0].as_ptr(), parts[1].as_ptr()], slab_bytes),
        };
        let weights = Weights { codes, slab, slabs, group: scheme.group, span: &span };
        for (tile, products) in products.chunks_mut(TILE).enumerate() {
            let at = (tile * TILE, first);
            // SAFETY: the tile's rows and the span lie within the factors.
            unsafe {
                match products.len() {
                    6 => multiply_tile::<6, MINIMUMS>(weights, rows, at, products),
                    5 => multiply_tile::<5, MINIMUMS>(weights, rows, at, products),
                    4 => multiply_tile::<4, MINIMUMS>(weights, rows, at, products),
                    3 => multiply_tile::<3, MINIMUMS>(weights, rows, at, products),
                    2 => multiply_tile::<2, MINIMUMS>(weights, rows, at, products),
                    _ => multiply_tile::<1, MINIMUMS>(weights, rows, at, products),
                }
            }
        }
    }
}

/// # Safety
/// Features as above; `bytes` is one slab, number `slab` of the span, of panel number `panel`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn unpack<const MINIMUMS: bool>(bytes: &[u8], scheme: Scheme, (panel, slab): (usize, usize), span: &mut Span) {
    let groups = STRETCH / scheme.group;
    let lines = bytes.as_ptr();
    // SAFETY: every pointer stays within the slab or the span.
    unsafe {
        if scheme.nibbles {
            let to = span.codes[panel].as_mut_ptr().add(slab * SLAB_LINES * 64);
            let mask = _mm512_set1_epi8(15);
            for line in 0..SLAB_LINES / 2 {
                let both = _mm512_loadu_si512(lines.add(64 * line).cast());
                let high = _mm512_and_si512(_mm512_srli_epi16::<4>(both), mask);
                _mm512_store_si512(to.add(64 * line).cast(), _mm512_and_si512(both, mask));
                _mm512_store_si512(to.add(64 * (line + SLAB_LINES / 2)).cast(), high);
            }
        }
        let halves = lines.add(scheme.code_bytes());
        for group in 0..groups {
            let scale = _mm512_cvtph_ps(_mm256_loadu_si256(halves.add(32 * group).cast()));
            _mm512_store_ps(span.scales[panel][slab * groups + group].as_mut_ptr(), scale);
            if MINIMUMS {
                let minimum = _mm512_cvtph_ps(_mm256_loadu_si256(halves.add(32 * (groups + group)).cast()));
                _mm512_store_ps(span.minimums[panel][slab * groups + group].as_mut_ptr(), minimum);
            }
        }
    }
}

/// Adds the products of `R` rows, from row number `row`, with the span that starts at slab number `first`.
///
/// # Safety
/// Features as above; `products` has `R` members; rows and span lie within the factors.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn multiply_tile<const R: usize, const MINIMUMS: bool>(
    weights: Weights<'_>,
    rows: &Factors<'_>,
    (row, first): (usize, usize),
    products: &mut [[f32; 32]],
) {
    let (inputs, group) = (rows.inputs, weights.group);
    let (groups, spans) = (inputs / group, inputs.div_ceil(SPAN));
    // SAFETY: see above; every offset is of a row, a span, a group or a line that exists.
    unsafe {
        let mut codes = rows.codes.as_ptr().add(row * inputs + first * STRETCH);
        let mut extra = row * groups + first * STRETCH / group;
        let mut totals = [[_mm512_setzero_ps(); 2]; R];
        let per_slab = STRETCH / group;
        for g in 0..weights.slabs * per_slab {
            let at = g / per_slab * weights.slab + g % per_slab * group * LANES;
            let (mut left, mut right) = (weights.codes[0].add(at), weights.codes[1].add(at));
            let mut dots = [[_mm512_setzero_si512(); 2]; R];
            if !MINIMUMS {
                for r in 0..R {
                    dots[r] = [_mm512_set1_epi32(*rows.starts.as_ptr().add(extra + r * groups)); 2];
                }
            }
            // A count that the compiler does not know, or it unrolls the loop and runs out of registers.
            for _ in 0..group / 4 {
                let w = [_mm512_loadu_si512(left.cast()), _mm512_loadu_si512(right.cast())];
                for r in 0..R {
                    let four = _mm512_set1_epi32(codes.add(r * inputs).cast::<i32>().read_unaligned());
                    dots[r][0] = _mm512_dpbusd_epi32(dots[r][0], w[0], four);
                    dots[r][1] = _mm512_dpbusd_epi32(dots[r][1], w[1], four);
                }
                (left, right, codes) = (left.add(64), right.add(64), codes.add(4));
            }
            for p in 0..2 {
                let scale = _mm512_load_ps(weights.span.scales[p][g].as_ptr());
                let minimum = _mm512_load_ps(weights.span.minimums[p][g].as_ptr());
                for r in 0..R {
                    totals[r][p] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots[r][p]), scale, totals[r][p]);
                    if MINIMUMS {
                        let sum = _mm512_set1_ps(*rows.sums.as_ptr().add(extra + r * groups));
                        totals[r][p] = _mm512_fnmadd_ps(minimum, sum, totals[r][p]);
                    }
                }
            }
            extra += 1;
        }
        for r in 0..R {
            let scale = _mm512_set1_ps(*rows.scales.as_ptr().add((row + r) * spans + first * STRETCH / SPAN));
            for p in 0..2 {
                let to = products[r].as_mut_ptr().add(LANES * p);
                _mm512_storeu_ps(to, _mm512_fmadd_ps(totals[r][p], scale, _mm512_loadu_ps(to)));
            }
        }
    }
}
