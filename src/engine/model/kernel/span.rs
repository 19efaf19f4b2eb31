//! A span of two panels as the inner loops read it: codes of a byte each in the first-level cache, scales in f32.

use super::blocks::{STRETCH, Scheme};
use super::matrix::{LANES, LINE, Parts, SLAB_LINES, SLABS};
use super::rows::{SPAN, SUM};
use super::vector::{Bytes, Vector};

/// Most groups of a span.
const GROUPS: usize = SPAN / SUM;

/// One of the two panels.
#[repr(C, align(64))]
pub(super) struct Span {
    codes: [[[u8; LINE]; SLAB_LINES]; SLABS],
    scales: [[f32; LANES]; GROUPS],
    minimums: [[f32; LANES]; GROUPS],
}

/// Where an inner loop finds the weights of one panel of a span.
#[derive(Clone, Copy)]
pub(super) struct Weights {
    /// Slabs of [`SLAB_LINES`] lines.
    pub(super) codes: *const u8,
    /// Bytes from the codes of one slab to those of the next.
    pub(super) stride: usize,
    pub(super) slabs: usize,
    /// `[groups, LANES]`
    pub(super) scales: *const f32,
    /// `[groups, LANES]`
    pub(super) minimums: *const f32,
}

impl Span {
    pub(super) const EMPTY: Self = Self {
        codes: [[[0; LINE]; SLAB_LINES]; SLABS],
        scales: [[0.0; LANES]; GROUPS],
        minimums: [[0.0; LANES]; GROUPS],
    };

    /// Unpacks a span of a panel. Codes of eight bits stay where they are, in `bytes`.
    ///
    /// # Safety
    /// The vector's features are there, and `bytes` is a span of this scheme.
    #[inline(always)]
    pub(super) unsafe fn fill<V: Vector>(&mut self, bytes: &[u8], scheme: Scheme) -> Weights {
        let (head, slabs) = bytes.split_at(scheme.head_bytes());
        let per_slab = STRETCH / scheme.group;
        // SAFETY: the head has sixteen halves for each kind, and a slab's parts are as long as its scheme says.
        unsafe {
            let outer = |kind: usize| match scheme.nested {
                true => V::load_halves(head[2 * LANES * kind..].as_ptr()),
                false => V::splat(1.0),
            };
            let of_scales = outer(0);
            for (n, slab) in slabs.chunks_exact(scheme.slab_bytes()).enumerate() {
                let Parts { codes, scales, minimums } = scheme.parts(slab);
                match scheme.bits {
                    4 => unpack::<V::Bytes, 4>(codes, &mut self.codes[n]),
                    5 => unpack::<V::Bytes, 5>(codes, &mut self.codes[n]),
                    6 => unpack::<V::Bytes, 6>(codes, &mut self.codes[n]),
                    _ => {}
                }
                widen(scales, scheme.nested, of_scales, &mut self.scales[n * per_slab..][..per_slab]);
                if scheme.zero.is_none() {
                    widen(minimums, scheme.nested, outer(1), &mut self.minimums[n * per_slab..][..per_slab]);
                }
            }
        }
        let (codes, stride) = match scheme.bits {
            8 => (slabs.as_ptr(), scheme.slab_bytes()),
            _ => (self.codes.as_ptr().cast(), SLAB_LINES * LINE),
        };
        Weights {
            codes,
            stride,
            slabs: slabs.len() / scheme.slab_bytes(),
            scales: self.scales.as_ptr().cast(),
            minimums: self.minimums.as_ptr().cast(),
        }
    }
}

/// Turns packed codes into a byte each.
///
/// # Safety
/// The features are there, and `codes` is a slab's codes of `BITS` bits.
#[inline(always)]
unsafe fn unpack<B: Bytes, const BITS: usize>(codes: &[u8], to: &mut [[u8; LINE]; SLAB_LINES]) {
    const HALF: usize = SLAB_LINES / 2;
    let (planes, width) = (SLAB_LINES * (BITS - 4) / 8, BITS - 4);
    let line = |at: usize| codes.as_ptr().wrapping_add(at * LINE);
    // SAFETY: a slab has `HALF` lines of low bits, and `planes` of high ones.
    unsafe {
        for (i, to) in to.iter_mut().enumerate() {
            let low = B::load(line(i % HALF));
            let mut code = if i < HALF { low } else { low.shift_right(4) }.and(B::splat(15));
            if planes > 0 {
                let plane = B::load(line(HALF + i % planes.max(1)));
                let high = plane.shift_right(i / planes.max(1) * width).and(B::splat((1 << width) - 1));
                code = code.or(high.shift_left(4));
            }
            code.store(to.as_mut_ptr());
        }
    }
}

/// Turns a slab's scales or minimums into f32.
///
/// # Safety
/// The features are there, and `numbers` has sixteen for each of `to`.
#[inline(always)]
unsafe fn widen<V: Vector>(numbers: &[u8], nested: bool, outer: V, to: &mut [[f32; LANES]]) {
    for (group, to) in to.iter_mut().enumerate() {
        // SAFETY: the caller's promise.
        unsafe {
            let wide = match nested {
                true => V::load_bytes(numbers[LANES * group..].as_ptr()).mul(outer),
                false => V::load_halves(numbers[2 * LANES * group..].as_ptr()),
            };
            wide.store(to.as_mut_ptr());
        }
    }
}
