//! Activations in eight bits: the other factor of a multiplication.
//!
//! Each row is cut into spans with one scale each: codes are `round(x * 127 / max |x|)`. A span is as long as the weights'
//! own, as ggml has it: 256 numbers for the K types (its Q8_K), 32 for the others (Q8_0). The sums of the codes take the
//! weights' zeros and minimums out of the product.

use super::blocks::Scheme;
use super::matrix::Matrix;
use super::pool::Pool;
use super::simd::Simd;

/// Weights of a span, and numbers that share a scale when the weights' scales are nested.
pub(super) const SPAN: usize = 256;
/// Numbers that share a scale when they are not.
const FINE_SPAN: usize = 32;
/// Numbers that share a sum: the smallest group of a weight.
pub(super) const SUM: usize = 16;

/// `[rows, inputs]`, quantised.
pub(super) struct Rows {
    pub(super) simd: Simd,
    inputs: usize,
    /// `[rows, inputs]`
    codes: Vec<i8>,
    /// Numbers that share a scale.
    span: usize,
    /// `[rows, inputs / span]`, rounded up.
    scales: Vec<f32>,
    /// `[rows, inputs / SUM]`
    sums: Vec<i32>,
}

/// Some rows of activations, as [`Rows`] has them.
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

/// The same rows in each of the two ways that some matrices need.
pub(super) struct RowsFor {
    nested: Option<Rows>,
    fine: Option<Rows>,
}

impl Scheme {
    /// Activations that share a scale.
    pub(super) fn span(self) -> usize {
        if self.nested { SPAN } else { FINE_SPAN }
    }
}

impl RowsFor {
    /// Quantises `x`, whose length is a multiple of what all these matrices take in.
    pub(super) fn quantize((simd, pool): (Simd, &Pool), x: &[f32], matrices: &[&Matrix]) -> Self {
        let of = |nested: bool| {
            let matrix = matrices.iter().find(|matrix| matrix.scheme().nested == nested)?;
            Some(Rows::quantize((simd, pool), x, (matrix.inputs(), matrix.scheme().span())))
        };
        Self { nested: of(true), fine: of(false) }
    }

    /// Those for a scheme of one of the matrices.
    pub(super) fn of(&self, scheme: Scheme) -> &Rows {
        let rows = if scheme.nested { &self.nested } else { &self.fine };
        rows.as_ref().expect("it is a scheme of one of the matrices")
    }
}

/// What a scheme needs to know about the codes, for each row and group: `[rows, inputs / group]`.
pub(super) enum Sums {
    /// The sums, which minimums are multiplied by; with the scale in them where a span is one group.
    Plain(Vec<f32>),
    /// What a product of codes starts with, so that the weights' zero drops out: `-zero * sum`.
    Starts(Vec<i32>),
}

impl Rows {
    /// Quantises `x`, whose length is a multiple of `inputs`, itself a multiple of [`SUM`].
    fn quantize((simd, pool): (Simd, &Pool), x: &[f32], (inputs, span): (usize, usize)) -> Self {
        assert!(x.len().is_multiple_of(inputs));
        let count = x.len() / inputs;
        let spans = inputs.div_ceil(span);
        let mut rows = Self {
            simd,
            inputs,
            codes: vec![0; x.len()],
            span,
            scales: vec![0.0; count * spans],
            sums: vec![0; x.len() / SUM],
        };
        let parts = x.chunks_exact(inputs).zip(rows.codes.chunks_exact_mut(inputs));
        let parts = parts.zip(rows.scales.chunks_exact_mut(spans)).zip(rows.sums.chunks_exact_mut(inputs / SUM));
        let mut parts: Vec<_> = parts.collect();
        pool.each(&mut parts, |(((x, codes), scales), sums)| {
            let spans = x.chunks(span).zip(codes.chunks_mut(span));
            for (((x, codes), scale), sums) in spans.zip(scales.iter_mut()).zip(sums.chunks_mut(span / SUM)) {
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
            None if self.span == scheme.group => {
                Sums::Plain(sums.zip(&self.scales).map(|(sum, scale)| sum as f32 * scale).collect())
            }
            None => Sums::Plain(sums.map(|sum| sum as f32).collect()),
            Some(zero) => Sums::Starts(sums.map(|sum| -i32::from(zero) * sum).collect()),
        }
    }
}
