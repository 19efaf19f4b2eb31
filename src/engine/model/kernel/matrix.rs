//! A weight matrix in the order that the kernels read it.
//!
//! Outputs (the rows of the GGUF tensor) are taken sixteen at a time, a *panel*: one for each 32-bit lane of a vector.
//! A panel is a run of *slabs* of 64 inputs. A slab holds the codes, four inputs of each output side by side, as the
//! instruction `vpdpbusd` wants them, then the groups' scales and minimums in half precision:
//!
//!     four bits    8 x [16 outputs][4 inputs]  low nibble: inputs 0..32, high nibble: inputs 32..64      512 bytes
//!     eight bits  16 x [16 outputs][4 inputs]                                                           1024 bytes
//!     scales       64/group x [16 outputs]     f16
//!     minimums     64/group x [16 outputs]     f16, only in schemes without a zero
//!
//! That takes 5 bits a weight for Q4_K (the file: 4.5) and 9 for Q6_K (6.6), and is the only copy in memory.

use bytemuck::{Pod, Zeroable};
use candle_core::quantized::GgmlDType;
use half::f16;

use super::blocks::{self, STRETCH, Scheme, Stretch};

/// Outputs of a panel.
pub(super) const LANES: usize = 16;
/// Outputs that one task of a multiplication computes: two panels.
pub(super) const TASK: usize = 2 * LANES;

/// Memory is taken in cache lines, so that a slab starts at one.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// `[outputs, inputs]`, quantised.
pub(in crate::engine::model) struct Matrix {
    outputs: usize,
    inputs: usize,
    scheme: Scheme,
    lines: Vec<Line>,
}

/// Fills a [`Matrix`] from the file, some rows at a time.
pub(in crate::engine::model) struct Packer {
    matrix: Matrix,
    dtype: GgmlDType,
    /// Rows packed so far.
    rows: usize,
}

impl Scheme {
    /// Bytes of a slab's codes.
    pub(super) fn code_bytes(self) -> usize {
        if self.nibbles { LANES * STRETCH / 2 } else { LANES * STRETCH }
    }

    /// Bytes of a slab's scales, and of its minimums if it has any.
    fn scale_bytes(self) -> usize {
        STRETCH / self.group * LANES * 2
    }

    /// Bytes of a slab.
    pub(super) fn slab_bytes(self) -> usize {
        self.code_bytes() + self.scale_bytes() * if self.zero.is_none() { 2 } else { 1 }
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
        let bytes = outputs.next_multiple_of(TASK) / LANES * (inputs / STRETCH) * scheme.slab_bytes();
        let lines = bytemuck::allocation::zeroed_vec(bytes / size_of::<Line>());
        Some(Self { matrix: Matrix { outputs, inputs, scheme, lines }, dtype, rows: 0 })
    }

    /// Bytes of one row in the file.
    pub(in crate::engine::model) fn row_bytes(&self) -> usize {
        self.matrix.inputs / self.dtype.block_size() * self.dtype.type_size()
    }

    /// Takes the next rows, as many as there are whole in `bytes`; all but the last call must bring a multiple of
    /// [`ROWS`](Self::ROWS).
    pub(in crate::engine::model) fn push(&mut self, bytes: &[u8]) {
        let row_bytes = self.row_bytes();
        for panel in bytes.chunks(LANES * row_bytes) {
            let rows: Vec<&[u8]> = panel.chunks_exact(row_bytes).collect();
            let slabs = self.matrix.inputs / STRETCH;
            let slab_bytes = self.matrix.scheme.slab_bytes();
            let start = self.rows / LANES * slabs * slab_bytes;
            let scheme = self.matrix.scheme;
            let data: &mut [u8] = bytemuck::cast_slice_mut(&mut self.matrix.lines);
            let mut stretches = [Stretch::EMPTY; LANES];
            for (index, slab) in data[start..][..slabs * slab_bytes].chunks_exact_mut(slab_bytes).enumerate() {
                for (row, stretch) in rows.iter().zip(&mut stretches) {
                    blocks::read(self.dtype, row, index, stretch);
                }
                write_slab(scheme, &stretches, slab);
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

fn write_slab(scheme: Scheme, stretches: &[Stretch; LANES], slab: &mut [u8]) {
    let (codes, rest) = slab.split_at_mut(scheme.code_bytes());
    for (lane, stretch) in stretches.iter().enumerate() {
        let (low, high) = stretch.codes.split_at(32);
        let mut nibbles = [0; 32];
        let source: &[u8] = if scheme.nibbles {
            for i in 0..32 {
                nibbles[i] = low[i] | high[i] << 4;
            }
            &nibbles
        } else {
            &stretch.codes
        };
        for (four, line) in source.chunks_exact(4).zip(codes.chunks_exact_mut(4 * LANES)) {
            line[4 * lane..4 * lane + 4].copy_from_slice(four);
        }
    }
    let groups = STRETCH / scheme.group;
    let (scales, minimums) = rest.split_at_mut(groups * LANES * 2);
    for (lane, stretch) in stretches.iter().enumerate() {
        for group in 0..groups {
            let at = 2 * (group * LANES + lane);
            scales[at..at + 2].copy_from_slice(&f16::from_f32(stretch.scales[group]).to_le_bytes());
            if scheme.zero.is_none() {
                minimums[at..at + 2].copy_from_slice(&f16::from_f32(stretch.minimums[group]).to_le_bytes());
            }
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

    /// Slabs of a panel.
    pub(super) fn slabs(&self) -> usize {
        self.inputs / STRETCH
    }

    /// The bytes of panel number `panel`.
    pub(super) fn panel(&self, panel: usize) -> &[u8] {
        let bytes = self.slabs() * self.scheme.slab_bytes();
        &bytemuck::cast_slice(&self.lines)[panel * bytes..][..bytes]
    }

    /// Writes the weights of one output, as f32, to `to`.
    pub(in crate::engine::model) fn row(&self, output: usize, to: &mut [f32]) {
        let Scheme { nibbles, group, zero } = self.scheme;
        let lane = output % LANES;
        let panel = self.panel(output / LANES);
        for (slab, to) in panel.chunks_exact(self.scheme.slab_bytes()).zip(to.chunks_exact_mut(STRETCH)) {
            let (codes, rest) = slab.split_at(self.scheme.code_bytes());
            let (scales, minimums) = rest.split_at(self.scheme.scale_bytes());
            let half = |from: &[u8], group| {
                let at = 2 * (group * LANES + lane);
                f16::from_le_bytes([from[at], from[at + 1]]).to_f32()
            };
            for (k, weight) in to.iter_mut().enumerate() {
                let code = |k: usize| codes[k / 4 * 4 * LANES + 4 * lane + k % 4];
                let code = match nibbles {
                    true => code(k % 32) >> (k / 32 * 4) & 15,
                    false => code(k),
                };
                let scale = half(scales, k / group);
                let minimum = zero.map_or_else(|| half(minimums, k / group), |zero| scale * f32::from(zero));
                *weight = scale * f32::from(code) - minimum;
            }
        }
    }
}
