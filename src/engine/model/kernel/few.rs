//! AVX-512 with VNNI for one to eight rows, which is what writing answers takes.
//!
//! Few rows do not pay for unpacking the codes to memory first, as [`avx512`](super::avx512) does for many: here a line is
//! unpacked in registers and used at once by all rows, so that the limit is the reading of the weights. A line of low bits
//! holds the codes of two groups, one in each half of its bytes; both are multiplied while it is there. The products have
//! the same bits as those of the other ways: integers are exact, and the scaling in f32 keeps its order.

use std::arch::x86_64::*;

use super::blocks::STRETCH;
use super::matrix::{LANES, LINE, Panels, Parts, SLAB_LINES, TASK};
use super::rows::{Factors, SPAN};
use super::vector::{Bytes, Vector};

/// Most rows that are multiplied this way: their sums stay in registers.
pub(super) const ROWS: usize = 8;
/// Rows at a time where a slab has four groups, each with a sum of its own.
const ROWS_OF_FOUR_GROUPS: usize = 4;
/// Lines from a line of codes to the one that shares its low bits.
const HALF: usize = SLAB_LINES / 2;
/// How far ahead of the arithmetic a panel is asked for, in bytes. Panels follow each other in memory.
const AHEAD: usize = 4096;

/// # Safety
/// The caller has checked the features, and that the lengths fit together; there are at most [`ROWS`] products.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub(super) unsafe fn multiply(panels: Panels<'_>, rows: &Factors<'_>, products: &mut [[f32; TASK]]) {
    // SAFETY: the caller's promise.
    unsafe {
        match (panels.scheme.bits, panels.scheme.zero, panels.scheme.nested) {
            (4, _, true) => multiply_panels::<4, 2, true, false>(panels, rows, products),
            (4, _, false) => multiply_panels::<4, 2, true, true>(panels, rows, products),
            (5, None, true) => multiply_panels::<5, 2, true, false>(panels, rows, products),
            (5, None, false) => multiply_panels::<5, 2, true, true>(panels, rows, products),
            (5, Some(_), _) => multiply_panels::<5, 2, false, true>(panels, rows, products),
            (6, _, _) => multiply_panels::<6, 4, false, false>(panels, rows, products),
            (_, _, _) => multiply_panels::<8, 2, false, true>(panels, rows, products),
        }
    }
}

/// # Safety
/// As above; `BITS`, `GROUPS` (of a slab), `MINIMUMS` and `FINE` (rows have a scale for each group) are the scheme's.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn multiply_panels<const BITS: usize, const GROUPS: usize, const MINIMUMS: bool, const FINE: bool>(
    Panels { bytes, scheme }: Panels<'_>,
    rows: &Factors<'_>,
    products: &mut [[f32; TASK]],
) {
    let tile = const { if GROUPS == 2 { ROWS } else { ROWS_OF_FOUR_GROUPS } };
    for (side, panel) in bytes.into_iter().enumerate() {
        for (number, span) in panel.chunks(scheme.span_bytes()).enumerate() {
            for (first, products) in (0..).step_by(tile).zip(products.chunks_mut(tile)) {
                let span = Span { bytes: span, panels: Panels { bytes, scheme }, at: (side, first, number) };
                // SAFETY: rows and span lie within the factors.
                unsafe {
                    match products.len() {
                        8 => span.multiply::<8, BITS, GROUPS, MINIMUMS, FINE>(rows, products),
                        7 => span.multiply::<7, BITS, GROUPS, MINIMUMS, FINE>(rows, products),
                        6 => span.multiply::<6, BITS, GROUPS, MINIMUMS, FINE>(rows, products),
                        5 => span.multiply::<5, BITS, GROUPS, MINIMUMS, FINE>(rows, products),
                        4 => span.multiply::<4, BITS, GROUPS, MINIMUMS, FINE>(rows, products),
                        3 => span.multiply::<3, BITS, GROUPS, MINIMUMS, FINE>(rows, products),
                        2 => span.multiply::<2, BITS, GROUPS, MINIMUMS, FINE>(rows, products),
                        _ => span.multiply::<1, BITS, GROUPS, MINIMUMS, FINE>(rows, products),
                    }
                }
            }
        }
    }
}

/// A span of a panel.
struct Span<'a> {
    bytes: &'a [u8],
    panels: Panels<'a>,
    /// Which of two panels, the first row, and the number of the span.
    at: (usize, usize, usize),
}

impl Span<'_> {
    /// Adds the products of `R` rows.
    ///
    /// # Safety
    /// Features as above; `products` has `R` members; rows and span lie within the factors.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    #[expect(clippy::needless_range_loop, reason = "rows and groups index several arrays and pointers at once")]
    unsafe fn multiply<
        const R: usize,
        const BITS: usize,
        const GROUPS: usize,
        const MINIMUMS: bool,
        const FINE: bool,
    >(
        &self,
        rows: &Factors<'_>,
        products: &mut [[f32; TASK]],
    ) {
        let (scheme, (side, row, number)) = (self.panels.scheme, self.at);
        let (inputs, group) = (rows.inputs, const { STRETCH / GROUPS });
        let (groups, spans) = (inputs / group, inputs.div_ceil(SPAN));
        let (head, slabs) = self.bytes.split_at(scheme.head_bytes());
        // SAFETY: see above; every offset is of a row, a span, a group or a line that exists.
        unsafe {
            let outer = |kind: usize| {
                if FINE { __m512::splat(1.0) } else { __m512::load_halves(head[2 * LANES * kind..].as_ptr()) }
            };
            let outer = [outer(0), outer(usize::from(MINIMUMS))];
            let mut codes = rows.codes.as_ptr().add(row * inputs + number * SPAN);
            let mut extra = row * groups + number * (SPAN / group);
            let mut totals = [_mm512_setzero_ps(); R];
            for slab in slabs.chunks_exact(scheme.slab_bytes()) {
                let Parts { codes: lines, scales, minimums } = scheme.parts(slab);
                let dots = dots::<R, BITS, GROUPS>(lines.as_ptr(), codes, inputs);
                for g in 0..GROUPS {
                    let scale = number_of::<FINE>(scales, g, outer[0]);
                    for r in 0..R {
                        let mut dot = dots[g][r];
                        if !MINIMUMS {
                            let start = *rows.starts.as_ptr().add(extra + r * groups);
                            dot = _mm512_add_epi32(dot, _mm512_set1_epi32(start));
                        }
                        let mut scale = scale;
                        if FINE {
                            scale = _mm512_mul_ps(scale, _mm512_set1_ps(*rows.scales.as_ptr().add(extra + r * groups)));
                        }
                        totals[r] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), scale, totals[r]);
                    }
                    if MINIMUMS {
                        let minimum = number_of::<FINE>(minimums, g, outer[1]);
                        for r in 0..R {
                            let sum = _mm512_set1_ps(*rows.sums.as_ptr().add(extra + r * groups));
                            totals[r] = _mm512_fnmadd_ps(minimum, sum, totals[r]);
                        }
                    }
                    extra += 1;
                }
                codes = codes.add(STRETCH);
            }
            for r in 0..R {
                let scale = if FINE { 1.0 } else { *rows.scales.as_ptr().add((row + r) * spans + number) };
                let to = products[r].as_mut_ptr().add(LANES * side);
                _mm512_storeu_ps(to, _mm512_fmadd_ps(totals[r], _mm512_set1_ps(scale), _mm512_loadu_ps(to)));
            }
        }
    }
}

/// A slab's scales or minimums of group number `group`.
///
/// # Safety
/// Features as above; the slab has this group.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn number_of<const FINE: bool>(numbers: &[u8], group: usize, outer: __m512) -> __m512 {
    // SAFETY: the caller's promise.
    unsafe {
        match FINE {
            true => __m512::load_halves(numbers.as_ptr().add(2 * LANES * group)),
            false => __m512::load_bytes(numbers.as_ptr().add(LANES * group)).mul(outer),
        }
    }
}

/// The products of the groups of a slab with `R` rows, `inputs` codes apart.
///
/// # Safety
/// Features as above; the slab has codes of `BITS` bits in `GROUPS` groups, and each row as many codes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
#[expect(clippy::needless_range_loop, reason = "rows index an array and a pointer at once")]
unsafe fn dots<const R: usize, const BITS: usize, const GROUPS: usize>(
    lines: *const u8,
    codes: *const i8,
    inputs: usize,
) -> [[__m512i; R]; GROUPS] {
    let mut dots = [[_mm512_setzero_si512(); R]; GROUPS];
    // SAFETY: the caller's promise. An address ahead that is not ours does no harm.
    unsafe {
        for line in 0..HALF {
            let group = line * GROUPS / SLAB_LINES;
            _mm_prefetch::<_MM_HINT_T0>(lines.wrapping_add(AHEAD + line * LINE * BITS / 4).cast());
            let [low, high] = two_lines::<BITS>(lines, line);
            for r in 0..R {
                let four = |line: usize| codes.add(r * inputs + 4 * line).cast::<i32>().read_unaligned();
                dots[group][r] = _mm512_dpbusd_epi32(dots[group][r], low, _mm512_set1_epi32(four(line)));
                let group = group + GROUPS / 2;
                dots[group][r] = _mm512_dpbusd_epi32(dots[group][r], high, _mm512_set1_epi32(four(line + HALF)));
            }
        }
    }
    dots
}

/// Line number `line` of a slab's codes and the one [`HALF`] further, a byte for each code.
///
/// # Safety
/// Features as above; `codes` are a slab's of `BITS` bits, and `line` is under [`HALF`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn two_lines<const BITS: usize>(codes: *const u8, line: usize) -> [__m512i; 2] {
    // SAFETY: a slab has sixteen lines of bytes, or `HALF` lines of low bits and `planes` of high ones.
    unsafe {
        let load = |line: usize| __m512i::load(codes.add(line * LINE));
        if BITS == 8 {
            return [load(line), load(line + HALF)];
        }
        let nibble = __m512i::splat(15);
        let low = load(line);
        let lows = [low.and(nibble), low.shift_right(4).and(nibble)];
        if BITS == 4 {
            return lows;
        }
        let (planes, width) = const { (SLAB_LINES * (BITS - 4) / 8, BITS - 4) };
        let plane = load(HALF + line % planes);
        let above = __m512i::splat(((1 << width) - 1) << 4);
        let high = |line: usize| {
            let at = line / planes * width;
            if at < 4 { plane.shift_left(4 - at) } else { plane.shift_right(at - 4) }.and(above)
        };
        [lows[0].or(high(line)), lows[1].or(high(line + HALF))]
    }
}
