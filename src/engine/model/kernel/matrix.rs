//! A weight matrix in the order that the kernels read it.
//!
//! Outputs (the rows of the GGUF tensor) are taken sixteen at a time, a *panel*: one for each 32-bit lane of a vector.
//! A panel is a run of *spans* of 256 inputs, the last of which may be shorter, and a span a run of *slabs* of 64. All
//! codes lie in lines of 64 bytes, four inputs of each output side by side, as the integer instructions want them:
//!
//! ```text
//! span: outer scales    [16 outputs] f16     only in nested schemes
//!       outer minimums  [16 outputs] f16     the same, only without a zero
//!       4 slabs
//! slab: low bits        8 lines              low nibble: inputs 0..32, high nibble: inputs 32..64
//!       high bits       2 or 4 lines         of codes of 5 and 6 bits: in line `l` of `n`, bits `i` are of line `l + n i`
//!       (or whole       16 lines             of codes of 8 bits)
//!       scales          64/group x [16 outputs] f16, or i8 where they are nested
//!       minimums        64/group x [16 outputs] the same, only without a zero
//! ```
//!
//! That takes what the file takes (Q4_K 4.6 bits a weight, the file 4.5; Q6_K 6.6 in both), and is the only copy in memory:
//! writing one answer is reading all of this once a token.

use candle_core::quantized::GgmlDType;
use memmap2::MmapMut;

use super::blocks::{self, STRETCH, Scheme, Stretch};
use super::rows::SPAN;

/// Outputs of a panel.
pub(super) const LANES: usize = 16;
/// Outputs that one task of a multiplication computes: two panels.
pub(super) const TASK: usize = 2 * LANES;
/// Bytes of a line: [`LANES`] outputs by four inputs.
pub(super) const LINE: usize = 4 * LANES;
/// Lines of a slab's codes, at a byte each.
pub(super) const SLAB_LINES: usize = STRETCH / 4;
/// Slabs of a span.
pub(super) const SLABS: usize = SPAN / STRETCH;

/// `[outputs, inputs]`, quantised.
pub(in crate::engine::model) struct Matrix {
    outputs: usize,
    inputs: usize,
    scheme: Scheme,
    /// The panels. Mapped and not allocated, so that they start at a page and may lie in large ones.
    bytes: MmapMut,
}

/// Fills a [`Matrix`] from the file, some rows at a time.
pub(in crate::engine::model) struct Packer {
    matrix: Matrix,
    dtype: GgmlDType,
    /// Rows packed so far.
    rows: usize,
}

/// Two panels of a matrix, side by side.
#[derive(Clone, Copy)]
pub(super) struct Panels<'a> {
    pub(super) bytes: [&'a [u8]; 2],
    pub(super) scheme: Scheme,
}

/// The parts of a slab.
pub(super) struct Parts<T> {
    /// Codes, low bits first.
    pub(super) codes: T,
    pub(super) scales: T,
    /// Empty where the scheme has a zero.
    pub(super) minimums: T,
}

impl Scheme {
    /// Bytes of a slab's codes.
    pub(super) fn code_bytes(self) -> usize {
        SLAB_LINES * LINE * self.bits / 8
    }

    /// Bytes of a scale or a minimum.
    fn scale_size(self) -> usize {
        if self.nested { 1 } else { 2 }
    }

    /// Bytes of a slab's scales.
    fn scale_bytes(self) -> usize {
        STRETCH / self.group * LANES * self.scale_size()
    }

    /// Scales alone, or scales and minimums.
    fn kinds(self) -> usize {
        if self.zero.is_none() { 2 } else { 1 }
    }

    /// Bytes of a slab.
    pub(super) fn slab_bytes(self) -> usize {
        self.code_bytes() + self.scale_bytes() * self.kinds()
    }

    /// Bytes at the start of a span, before its first slab.
    pub(super) fn head_bytes(self) -> usize {
        if self.nested { 2 * LANES * self.kinds() } else { 0 }
    }

    /// Bytes of a whole span.
    pub(super) fn span_bytes(self) -> usize {
        self.head_bytes() + SLABS * self.slab_bytes()
    }

    /// Bytes of a panel of this many inputs.
    pub(super) fn panel_bytes(self, inputs: usize) -> usize {
        inputs.div_ceil(SPAN) * self.head_bytes() + inputs / STRETCH * self.slab_bytes()
    }

    /// Cuts a slab up.
    fn parts_mut(self, slab: &mut [u8]) -> Parts<&mut [u8]> {
        let (codes, rest) = slab.split_at_mut(self.code_bytes());
        let (scales, minimums) = rest.split_at_mut(self.scale_bytes());
        Parts { codes, scales, minimums }
    }

    /// Cuts a slab up.
    pub(super) fn parts(self, slab: &[u8]) -> Parts<&[u8]> {
        let (codes, rest) = slab.split_at(self.code_bytes());
        let (scales, minimums) = rest.split_at(self.scale_bytes());
        Parts { codes, scales, minimums }
    }
}

impl Packer {
    /// All but the last rows come in multiples of this.
    pub(in crate::engine::model) const ROWS: usize = LANES;

    /// Starts a matrix, or returns `None` when the kernels cannot take this type or width.
    pub(in crate::engine::model) fn new(dtype: GgmlDType, outputs: usize, inputs: usize) -> Option<Self> {
        let scheme = blocks::scheme(dtype)?;
        if !inputs.is_multiple_of(STRETCH.max(dtype.block_size())) {
            return None;
        }
        let bytes = MmapMut::map_anon(outputs.next_multiple_of(TASK) / LANES * scheme.panel_bytes(inputs)).ok()?;
        // A quarter of a million page faults less. Where the system has no large pages the small ones do.
        #[cfg(target_os = "linux")]
        drop(bytes.advise(memmap2::Advice::HugePage));
        Some(Self { matrix: Matrix { outputs, inputs, scheme, bytes }, dtype, rows: 0 })
    }

    /// Bytes of one row in the file.
    pub(in crate::engine::model) fn row_bytes(&self) -> usize {
        self.matrix.inputs / self.dtype.block_size() * self.dtype.type_size()
    }

    /// Takes the next rows, as many as there are whole in `bytes`; all but the last call must bring a multiple of
    /// [`ROWS`](Self::ROWS).
    pub(in crate::engine::model) fn push(&mut self, bytes: &[u8]) {
        let row_bytes = self.row_bytes();
        let scheme = self.matrix.scheme;
        let panel_bytes = scheme.panel_bytes(self.matrix.inputs);
        for rows in bytes.chunks(LANES * row_bytes) {
            let rows: Vec<&[u8]> = rows.chunks_exact(row_bytes).collect();
            let panel = &mut self.matrix.bytes[self.rows / LANES * panel_bytes..][..panel_bytes];
            let mut stretches = [Stretch::EMPTY; LANES];
            for (number, span) in panel.chunks_mut(scheme.span_bytes()).enumerate() {
                let (head, slabs) = span.split_at_mut(scheme.head_bytes());
                for (slab, bytes) in slabs.chunks_exact_mut(scheme.slab_bytes()).enumerate() {
                    for (row, stretch) in rows.iter().zip(&mut stretches) {
                        blocks::read(self.dtype, row, number * SLABS + slab, stretch);
                    }
                    write_slab(scheme, &stretches, bytes);
                }
                for (kind, halves) in head.chunks_exact_mut(2 * LANES).enumerate() {
                    write_numbers(halves, 2, stretches.iter().map(|stretch| stretch.outer[kind]));
                }
            }
            self.rows += rows.len();
        }
    }

    /// The matrix, once all rows were pushed.
    pub(in crate::engine::model) fn finish(self) -> Matrix {
        debug_assert_eq!(self.rows, self.matrix.outputs);
        self.matrix
    }
}

/// Writes each number in `size` bytes, one or two.
fn write_numbers(to: &mut [u8], size: usize, numbers: impl Iterator<Item = u16>) {
    // Apart, because a copy of as many bytes as a variable says is a call.
    match size {
        1 => to.iter_mut().zip(numbers).for_each(|(to, number)| *to = number as u8),
        _ => to.chunks_exact_mut(2).zip(numbers).for_each(|(to, number)| to.copy_from_slice(&number.to_le_bytes())),
    }
}

fn write_slab(scheme: Scheme, stretches: &[Stretch; LANES], slab: &mut [u8]) {
    let Parts { codes, scales, minimums } = scheme.parts_mut(slab);
    write_codes(scheme.bits, stretches, codes);
    let size = scheme.scale_size();
    for group in 0..STRETCH / scheme.group {
        let at = group * LANES * size;
        write_numbers(&mut scales[at..][..LANES * size], size, stretches.iter().map(|s| s.scales[group]));
        if scheme.zero.is_none() {
            write_numbers(&mut minimums[at..][..LANES * size], size, stretches.iter().map(|s| s.minimums[group]));
        }
    }
}

/// Writes the codes of a slab in as many bits as they need.
fn write_codes(bits: usize, stretches: &[Stretch; LANES], to: &mut [u8]) {
    if bits == 8 {
        return write_lines(stretches.each_ref().map(|stretch| &stretch.high), to);
    }
    let (low, high) = to.split_at_mut(SLAB_LINES * LINE / 2);
    write_lines(stretches.each_ref().map(|stretch| &stretch.low), low);
    match bits {
        5 => write_lines(stretches.each_ref().map(|stretch| pack_high::<1, 8>(&stretch.high)).each_ref(), high),
        6 => write_lines(stretches.each_ref().map(|stretch| pack_high::<2, 16>(&stretch.high)).each_ref(), high),
        _ => {}
    }
}

/// The high bits of a stretch's codes, `BITS` each: the first codes fill the bytes, and the next ones go above them.
fn pack_high<const BITS: usize, const BYTES: usize>(codes: &[u8; STRETCH]) -> [u8; BYTES] {
    let mut planes = [0; BYTES];
    for (turn, codes) in codes.as_chunks::<BYTES>().0.iter().enumerate() {
        planes.iter_mut().zip(codes).for_each(|(to, code)| *to |= code << (turn * BITS));
    }
    planes
}

/// Writes four bytes of each output side by side, then the next four.
fn write_lines<const BYTES: usize>(outputs: [&[u8; BYTES]; LANES], to: &mut [u8]) {
    let (lines, _) = to.as_chunks_mut::<4>().0.as_chunks_mut::<LANES>();
    for (at, line) in lines[..BYTES / 4].iter_mut().enumerate() {
        for (to, output) in line.iter_mut().zip(outputs) {
            *to = output.as_chunks::<4>().0[at];
        }
    }
}

impl Matrix {
    /// How many numbers a product has.
    pub(in crate::engine::model) fn outputs(&self) -> usize {
        self.outputs
    }

    /// How many numbers a factor has.
    pub(in crate::engine::model) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(super) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The bytes of panel number `panel`.
    pub(super) fn panel(&self, panel: usize) -> &[u8] {
        let bytes = self.scheme.panel_bytes(self.inputs);
        &self.bytes[panel * bytes..][..bytes]
    }
}
