//! The vector code of this machine: which there is, and the checked way in.
//!
//! Two levels, AVX-512 with VNNI and AVX2. Both compute sixteen outputs side by side, in the same order, so that a product
//! has the same bits on either: an answer does not depend on the processor. The arithmetic in f32 is written once, over
//! [`Vector`](super::vector::Vector); the integer products are written for each level.

use super::float::Product;
use super::gate::Gate;
use super::matrix::{Panels, TASK};
use super::rows::{Factors, SUM};
use super::{KernelLevel, avx2, avx512, few};

/// Proof that this machine has the instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::model) struct Simd(Level);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Avx512,
    Avx2,
}

impl Simd {
    /// The level that these instructions are.
    pub(in crate::engine::model) fn level(self) -> KernelLevel {
        match self.0 {
            Level::Avx512 => KernelLevel::Avx512,
            Level::Avx2 => KernelLevel::Avx2,
        }
    }

    /// Everything that this machine has, the best first.
    pub(in crate::engine::model) fn all() -> impl Iterator<Item = Self> {
        let wide = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        let narrow =
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c");
        let levels = [wide.then_some(Level::Avx512), narrow.then_some(Level::Avx2)];
        levels.into_iter().flatten().map(Self)
    }

    /// Quantises a span: codes, their sums over [`SUM`], and the scale that is returned. Not-a-number in, not-a-number
    /// out: it is found in the scale.
    pub(super) fn quantize(self, x: &[f32], codes: &mut [i8], sums: &mut [i32]) -> f32 {
        assert!(x.len().is_multiple_of(SUM) && codes.len() == x.len() && sums.len() == x.len() / SUM);
        // SAFETY: `self` is the proof of the features, and the lengths were checked.
        unsafe {
            match self.0 {
                Level::Avx512 => avx512::quantize(x, codes, sums),
                Level::Avx2 => avx2::quantize(x, codes, sums),
            }
        }
    }

    /// Multiplies rows by a pair of panels, and adds to the products.
    pub(super) fn multiply(self, panels: Panels<'_>, rows: &Factors<'_>, products: &mut [[f32; TASK]]) {
        let scheme = panels.scheme;
        let groups = rows.inputs / scheme.group;
        assert!(panels.bytes.iter().all(|panel| panel.len() == scheme.panel_bytes(rows.inputs)));
        assert_eq!(rows.codes.len(), products.len() * rows.inputs);
        assert_eq!(rows.scales.len(), products.len() * rows.inputs.div_ceil(scheme.span()));
        assert_eq!(if scheme.zero.is_some() { rows.starts.len() } else { rows.sums.len() }, products.len() * groups);
        // SAFETY: as above.
        unsafe {
            match self.0 {
                Level::Avx512 if products.len() <= few::ROWS => few::multiply(panels, rows, products),
                Level::Avx512 => avx512::multiply(panels, rows, products),
                Level::Avx2 => avx2::multiply(panels, rows, products),
            }
        }
    }

    /// Multiplies small matrices.
    pub(super) fn matmul(self, product: Product<'_>) {
        let Product { a, b, c, .. } = &product;
        let (rows, inner, columns) = (a.numbers.len() / a.stride, a.stride, c.stride);
        assert!(columns.is_multiple_of(16) && c.numbers.len() == rows * columns && a.numbers.len() == rows * inner);
        assert!(inner > 0 && columns <= b.stride && b.numbers.len() >= (inner - 1) * b.stride + columns);
        // SAFETY: as above.
        unsafe {
            match self.0 {
                Level::Avx512 => avx512::matmul(product),
                Level::Avx2 => avx2::matmul(product),
            }
        }
    }

    /// One step of a running softmax over a row: `scores` become weights, `exp(score - greatest)`. A greater score than
    /// before scales down what was mixed and summed until now. `running` is the greatest score and the sum of weights.
    pub(super) fn soften(self, scores: &mut [f32], mixed: &mut [f32], running: &mut [f32; 2]) {
        assert!(scores.len().is_multiple_of(16) && mixed.len().is_multiple_of(16));
        // SAFETY: as above.
        unsafe {
            match self.0 {
                Level::Avx512 => avx512::soften(scores, mixed, running),
                Level::Avx2 => avx2::soften(scores, mixed, running),
            }
        }
    }

    /// `gate = bend(gate) * up`.
    pub(super) fn gate(self, kind: Gate, gate: &mut [f32], up: &[f32]) {
        assert!(gate.len() == up.len() && gate.len().is_multiple_of(16));
        // SAFETY: as above.
        unsafe {
            match self.0 {
                Level::Avx512 => avx512::gate(kind, gate, up),
                Level::Avx2 => avx2::gate(kind, gate, up),
            }
        }
    }
}
