//! A span of a panel as the inner loops read it: scales in f32, and codes of a byte each in the first-level cache, where
//! there are enough rows to make that worth while.

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
use std::mem::MaybeUninit;

use super::blocks::{STRETCH, Scheme};
use super::matrix::{LANES, LINE, Parts, SLAB_LINES, SLABS};
use super::rows::{SPAN, SUM};
use super::vector::{Bytes, Vector};

/// Most groups of a span.
const GROUPS: usize = SPAN / SUM;
/// How far ahead of the arithmetic a panel is asked for, in bytes. Panels follow each other in memory.
const AHEAD: usize = 4096;

/// Room for what is unpacked of one panel. It is written before it is read, so nobody clears it.
#[repr(C, align(64))]
pub(super) struct Span {
    codes: MaybeUninit<[[[u8; LINE]; SLAB_LINES]; SLABS]>,
    scales: MaybeUninit<[[f32; LANES]; GROUPS]>,
    minimums: MaybeUninit<[[f32; LANES]; GROUPS]>,
}

/// Where an inner loop finds the weights of one panel of a span.
#[derive(Clone, Copy)]
pub(super) struct Weights {
    /// Slabs, as the panel has them or with a byte for each code.
    pub(super) codes: *const u8,
    /// Bytes from one slab to the next.
    pub(super) stride: usize,
    pub(super) slabs: usize,
    /// `[groups, LANES]`
    pub(super) scales: *const f32,
    /// `[groups, LANES]`
    pub(super) minimums: *const f32,
}

impl Span {
    pub(super) fn new() -> Self {
        Self { codes: MaybeUninit::uninit(), scales: MaybeUninit::uninit(), minimums: MaybeUninit::uninit() }
    }

    /// Brings the scales of a span of a panel into f32. The codes stay where they are, in `bytes`.
    ///
    /// # Safety
    /// The vector's features are there, and `bytes` is a span of this scheme.
    #[inline(always)]
    pub(super) unsafe fn scale<V: Vector>(&mut self, bytes: &[u8], scheme: Scheme) -> Weights {
        let (head, slabs) = bytes.split_at(scheme.head_bytes());
        let per_slab = STRETCH / scheme.group;
        let (to_scales, to_minimums) = (self.scales.as_mut_ptr().cast(), self.minimums.as_mut_ptr().cast());
        // SAFETY: the head has sixteen halves for each kind, a slab's parts are as long as its scheme says, and a span
        // has at most `SLABS` slabs.
        unsafe {
            let outer = |kind: usize| match scheme.nested {
                true => V::load_halves(head[2 * LANES * kind..].as_ptr()),
                false => V::splat(1.0),
            };
            let of_scales = outer(0);
            for (n, slab) in slabs.chunks_exact(scheme.slab_bytes()).enumerate() {
                let Parts { scales, minimums, .. } = scheme.parts(slab);
                widen(scales, scheme, of_scales, (to_scales, n * per_slab));
                if scheme.zero.is_none() {
                    widen(minimums, scheme, outer(1), (to_minimums, n * per_slab));
                }
            }
        }
        Weights {
            codes: slabs.as_ptr(),
            stride: scheme.slab_bytes(),
            slabs: slabs.len() / scheme.slab_bytes(),
            scales: to_scales.cast(),
            minimums: to_minimums.cast(),
        }
    }

    /// Turns the codes into a byte each, for many rows to use.
    ///
    /// # Safety
    /// The vector's features are there, and `weights` is a span with codes of `BITS` bits.
    #[inline(always)]
    pub(super) unsafe fn unpack<B: Bytes, const BITS: usize>(&mut self, weights: &mut Weights) {
        if BITS == 8 {
            return;
        }
        let to: *mut u8 = self.codes.as_mut_ptr().cast();
        // SAFETY: there are as many slabs and lines.
        unsafe {
            for slab in 0..weights.slabs {
                let (from, to) = (weights.codes.add(slab * weights.stride), to.add(slab * SLAB_LINES * LINE));
                for i in 0..SLAB_LINES {
                    line::<B, BITS>(from, i).store(to.add(i * LINE));
                }
            }
        }
        (weights.codes, weights.stride) = (to, SLAB_LINES * LINE);
    }
}

/// Line number `i` of a slab's codes, a byte for each. Asks for what will be needed later.
///
/// # Safety
/// The features are there, and `codes` is a slab's codes of `BITS` bits.
#[inline(always)]
pub(super) unsafe fn line<B: Bytes, const BITS: usize>(codes: *const u8, i: usize) -> B {
    const HALF: usize = SLAB_LINES / 2;
    // SAFETY: a slab has sixteen lines of bytes, or `HALF` lines of low bits and `planes` of high ones.
    unsafe {
        // A prefetch now and then: many at once would hold up the arithmetic. An address that is not ours does no harm.
        _mm_prefetch::<_MM_HINT_T0>(codes.wrapping_add(AHEAD + i * LINE * BITS / 8).cast());
        if BITS == 8 {
            return B::load(codes.add(i * LINE));
        }
        let low = B::load(codes.add(i % HALF * LINE));
        let low = if i < HALF { low } else { low.shift_right(4) }.and(B::splat(15));
        if BITS == 4 {
            return low;
        }
        let (planes, width) = (SLAB_LINES * (BITS - 4) / 8, BITS - 4);
        let plane = B::load(codes.add((HALF + i % planes) * LINE));
        let high = plane.shift_right(i / planes * width).and(B::splat((1 << width) - 1));
        low.or(high.shift_left(4))
    }
}

/// Turns a slab's scales or minimums into f32, and writes them from a group of the span on.
///
/// # Safety
/// The features are there; `numbers` are a slab's, and there is room for its groups.
#[inline(always)]
unsafe fn widen<V: Vector>(numbers: &[u8], scheme: Scheme, outer: V, (to, first): (*mut f32, usize)) {
    for group in 0..STRETCH / scheme.group {
        // SAFETY: the caller's promise.
        unsafe {
            let wide = match scheme.nested {
                true => V::load_bytes(numbers.as_ptr().add(LANES * group)).mul(outer),
                false => V::load_halves(numbers.as_ptr().add(2 * LANES * group)),
            };
            wide.store(to.add((first + group) * LANES));
        }
    }
}
