//! A span of two panels as the inner loops read it: codes of a byte each in the first-level cache, scales in f32.

use super::blocks::{STRETCH, Scheme};
use super::matrix::LANES;
use super::rows::{SPAN, SUM};
use super::vector::Vector;

/// Bytes of a line: [`LANES`] outputs by four inputs.
pub(super) const LINE: usize = 64;
/// Lines of a slab and of a span.
const SLAB_LINES: usize = STRETCH / 4;
const SPAN_LINES: usize = SPAN / 4;
/// Most groups of a span.
const GROUPS: usize = SPAN / SUM;
/// Slabs of a span.
pub(super) const SLABS: usize = SPAN / STRETCH;

#[repr(C, align(64))]
pub(super) struct Span {
    /// Only for schemes of four bits; the others are read where they are.
    codes: [[u8; SPAN_LINES * LINE]; 2],
    pub(super) scales: [[[f32; LANES]; GROUPS]; 2],
    pub(super) minimums: [[[f32; LANES]; GROUPS]; 2],
}

/// Where the inner loop finds the weights of a span.
#[derive(Clone, Copy)]
pub(super) struct Weights<'a> {
    pub(super) codes: [*const u8; 2],
    /// Bytes from the codes of one slab to those of the next.
    pub(super) slab: usize,
    pub(super) slabs: usize,
    /// Inputs of a group.
    pub(super) group: usize,
    pub(super) span: &'a Span,
}

impl Span {
    pub(super) const EMPTY: Self = {
        let zero = [[[0.0; LANES]; GROUPS]; 2];
        Self { codes: [[0; SPAN_LINES * LINE]; 2], scales: zero, minimums: zero }
    };

    /// Unpacks up to [`SLABS`] slabs of each panel.
    ///
    /// # Safety
    /// The vector's features are there, and the panels' parts are whole slabs.
    #[inline(always)]
    pub(super) unsafe fn fill<V: Vector>(&mut self, parts: [&[u8]; 2], scheme: Scheme) -> Weights<'_> {
        let slab_bytes = scheme.slab_bytes();
        for (panel, bytes) in parts.iter().enumerate() {
            for (slab, bytes) in bytes.chunks_exact(slab_bytes).enumerate() {
                // SAFETY: a slab's bytes are as long as its scheme says, and `slab` is under four.
                unsafe { self.unpack::<V>(bytes, scheme, (panel, slab)) };
            }
        }
        let (codes, slab) = match scheme.nibbles {
            true => ([self.codes[0].as_ptr(), self.codes[1].as_ptr()], SLAB_LINES * LINE),
            false => ([parts[0].as_ptr(), parts[1].as_ptr()], slab_bytes),
        };
        Weights { codes, slab, slabs: parts[0].len() / slab_bytes, group: scheme.group, span: self }
    }

    /// # Safety
    /// Features as above; `bytes` is one slab, number `slab` of the span, of panel number `panel`.
    #[inline(always)]
    unsafe fn unpack<V: Vector>(&mut self, bytes: &[u8], scheme: Scheme, (panel, slab): (usize, usize)) {
        let groups = STRETCH / scheme.group;
        let lines = bytes.as_ptr();
        // SAFETY: every pointer stays within the slab or the span.
        unsafe {
            if scheme.nibbles {
                let to = self.codes[panel].as_mut_ptr().add(slab * SLAB_LINES * LINE);
                for line in 0..SLAB_LINES / 2 {
                    let high = to.add(LINE * (line + SLAB_LINES / 2));
                    V::split_nibbles(lines.add(LINE * line), to.add(LINE * line), high);
                }
            }
            let halves = lines.add(scheme.code_bytes());
            for group in 0..groups {
                let at = slab * groups + group;
                V::load_halves(halves.add(32 * group)).store(self.scales[panel][at].as_mut_ptr());
                if scheme.zero.is_none() {
                    let minimums = V::load_halves(halves.add(32 * (groups + group)));
                    minimums.store(self.minimums[panel][at].as_mut_ptr());
                }
            }
        }
    }
}
