//! Activations in eight bits: the other factor of a multiplication.
//!
//! Each row is cut into spans of [`SPAN`] numbers with one scale each, as ggml's Q8_K does: codes are
//! `round(x * 127 / max |x|)`. The sums of the codes take the weights' zeros and minimums out of the product.

use super::blocks::Scheme;
use super::pool::Pool;
use super::simd::Simd;

/// Numbers that share a scale.
pub(super) const SPAN: usize = 256;
/// Numbers that share a sum: the smallest group of a weight.
pub(super) const SUM: usize = 16;

/// `[rows, inputs]`, quantised.
pub(super) struct Rows {
    pub(super) simd: Simd,
    inputs: usize,
    /// `[rows, inputs]`
    codes: Vec<i8>,
    /// `[rows, spans]`
    scales: Vec<f32>,
    /// `[rows, inputs / SUM]`
    sums: Vec<i32>,
}

/// What a scheme needs to know about the codes, for each row and group: `[rows, inputs / group]`.
pub(super) enum Sums {
    /// The sums, which minimums are multiplied by.
    Plain(Vec<f32>),
    /// What a product of codes starts with, so that the weights' zero drops out: `-zero * sum`.
    Starts(Vec<i32>),
}

impl Rows {
    /// Quantises `x`, whose length is a multiple of `inputs`, itself a multiple of [`SUM`].
    pub(super) fn quantize(simd: Simd, pool: &Pool, x: &[f32], inputs: usize) -> Self {
        assert!(x.len().is_multiple_of(inputs));
        let count = x.len() / inputs;
        let spans = inputs.div_ceil(SPAN);
        let mut rows = Self {
            simd,
            inputs,
            codes: vec![0; x.len()],
            scales: vec![0.0; count * spans],
            sums: vec![0; x.len() / SUM],
        };
        let parts = x.chunks_exact(inputs).zip(rows.codes.chunks_exact_mut(inputs));
        let parts = parts.zip(rows.scales.chunks_exact_mut(spans)).zip(rows.sums.chunks_exact_mut(inputs / SUM));
        let mut parts: Vec<_> = parts.collect();
        pool.each(&mut parts, |(((x, codes), scales), sums)| {
            let spans = x.chunks(SPAN).zip(codes.chunks_mut(SPAN));
            for (((x, codes), scale), sums) in spans.zip(scales.iter_mut()).zip(sums.chunks_mut(SPAN / SUM)) {
                *scale = simd.quantize(x, codes, sums);
            }
        });
        rows
    }

    pub(super) fn len(&self) -> usize {
        self.codes.len() / self.inputs
    }

    pub(super) fn codes(&self) -> &[i8] {
        &self.codes
    }

    pub(super) fn scales(&self) -> &[f32] {
        &self.scales
    }

    pub(super) fn sums(&self, scheme: Scheme) -> Sums {
        let sums = self.sums.chunks_exact(scheme.group / SUM).map(|sums| sums.iter().sum::<i32>());
        match scheme.zero {
            None => Sums::Plain(sums.map(|sum| sum as f32).collect()),
            Some(zero) => Sums::Starts(sums.map(|sum| -i32::from(zero) * sum).collect()),
        }
    }
}
